"""Words and kinds for the calls of torch that make a layer's answer without being a module."""

from collections.abc import Callable

_KINDS = {
    "convolution": """conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d""",
    "linear": """linear bilinear matmul bmm baddbmm addmm einsum""",
    "normalization": """batch_norm layer_norm group_norm instance_norm local_response_norm rms_norm normalize""",
    "activation": """relu relu6 leaky_relu prelu rrelu elu selu celu gelu silu mish hardtanh hardswish hardsigmoid
        sigmoid tanh softmax log_softmax softplus softsign logsigmoid hardshrink softshrink tanhshrink threshold glu
        clamp clamp_min""",
    "pooling": """max_pool1d max_pool2d max_pool3d avg_pool1d avg_pool2d avg_pool3d lp_pool1d lp_pool2d
        adaptive_max_pool1d adaptive_max_pool2d adaptive_avg_pool1d adaptive_avg_pool2d mean amax""",
    "sum": "add sub",
    "product": "mul div",
    "join": "cat",
    "attention": "attention",
    "block": "interpolate pixel_shuffle",
}
KIND_BY_WORD = {word: kind for kind, words in _KINDS.items() for word in words.split()}

# The same call under another name: operators, Tensor methods, torch's synonyms.
_SYNONYMS = {
    "scaled_dot_product_attention": "attention",
    "multi_head_attention_forward": "attention",
    "max_pool1d_with_indices": "max_pool1d",
    "max_pool2d_with_indices": "max_pool2d",
    "max_pool3d_with_indices": "max_pool3d",
    "iadd": "add",
    "radd": "add",
    "isub": "sub",
    "rsub": "sub",
    "subtract": "sub",
    "imul": "mul",
    "rmul": "mul",
    "multiply": "mul",
    "truediv": "div",
    "rtruediv": "div",
    "itruediv": "div",
    "divide": "div",
    "concat": "cat",
    "concatenate": "cat",
    "rmatmul": "matmul",
    "clip": "clamp",
}

_MOVES = """view view_as reshape reshape_as flatten unflatten ravel permute transpose swapaxes swapdims movedim moveaxis
    t mT squeeze unsqueeze expand expand_as repeat tile broadcast_to contiguous clone detach to type type_as float half
    double bfloat16 cpu cuda chunk split tensor_split unbind narrow select getitem index_select gather roll flip stack
    unfold fold as_strided pad dropout dropout1d dropout2d dropout3d alpha_dropout feature_alpha_dropout zeros_like
    ones_like empty_like full_like rand_like randn_like new_zeros new_ones new_full new_empty new_tensor"""
# Calls that only cut, reorder or copy numbers which a layer has made, or make some that no picture changes.
MOVES = frozenset(_MOVES.split())


def word_of(function: Callable) -> str:
    """Return the word that stands for a torch function in a site's name: "add" for +, +=, torch.add and Tensor.add_.

    Empty for attributes that are read, such as x.T.
    """
    name = getattr(function, "__name__", "")
    if name in ("__get__", "__set__"):
        return ""
    word = name.strip("_")
    return _SYNONYMS.get(word, word)

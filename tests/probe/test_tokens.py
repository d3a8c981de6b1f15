"""Transformers: tokens shown as the grid of their patches, attention as where each head looks."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from nbutils.probe import activations, arrange, layers
from nbutils.probe.tokens import attention_weights, find_grid, map_attention

DIM, HEADS, PATCH = 8, 2, 4
PICTURES = torch.linspace(0, 9, 2 * 3 * 16 * 24).sin().reshape(2, 3, 16, 24)
GRID = (4, 6)


@given(st.integers(2, 30), st.sampled_from([0, 1]))
def test_square_grids_are_found_with_and_without_a_class_token(side, extra):
    assert find_grid(side * side + extra) == (extra, side, side)


@given(st.integers(2, 30), st.integers(2, 30))
def test_the_grid_has_the_shape_of_the_picture(height, width):
    assert find_grid(height * width, width / height) == (0, height, width)


@pytest.mark.parametrize(
    ("tokens", "aspect", "grid"),
    [
        (5 + 16 * 16, 1.0, (5, 16, 16)),  # DINOv2's class token and four registers
        (1 + 14 * 14, 1.0, (1, 14, 14)),
        (197, 16 / 9, (1, 14, 14)),  # a picture that was squeezed into a square
        (12, 1.0, None),  # 3 + 9 or 8 + 4
        (1, 1.0, None),
        (2, 1.0, None),
        (77, 1.0, None),
        (25, 1.5, (1, 4, 6)),  # a picture half as wide again as high, and not five rows of five
        (25, 1.0, (0, 5, 5)),
    ],
)
def test_what_stands_before_the_patches_is_left_out_only_where_it_can_be_told(tokens, aspect, grid):
    assert find_grid(tokens, aspect) == grid


def test_each_token_stands_where_its_patch_was():
    tokens = torch.arange(2 * 25 * 3.0).reshape(2, 25, 3)
    maps = arrange(tokens, 2, 24 / 16)
    assert maps.shape == (2, 3, *GRID)
    for row in range(4):
        for column in range(6):
            assert torch.equal(maps[:, :, row, column], tokens[:, 1 + 6 * row + column])
    assert torch.equal(arrange(tokens.transpose(0, 1), 2, 24 / 16), maps), "tokens first"


def test_what_is_no_grid_of_tokens_is_left_as_it_is_or_becomes_units():
    maps, units = torch.randn(2, 3, 4, 5), torch.randn(2, 7)
    assert arrange(maps, 2) is maps
    assert arrange(units, 2) is units
    assert torch.equal(arrange(torch.ones(2, 11, 3), 2), torch.ones(2, 33))
    assert arrange(torch.randn(2, 3, 4, 5, 6), 2).shape == (2, 12, 5, 6)
    assert arrange(torch.randn(8, 9, 5), 2).shape == (2, 4, 9, 5), "windows stay together with their picture"
    assert arrange(torch.randn(2 * 9, 5), 2).shape == (2, 5, 3, 3)


def test_attention_weights_are_a_plain_softmax():
    torch.manual_seed(0)
    query, key, value = torch.randn(2, 4, 5, 8), torch.randn(2, 2, 6, 8), torch.randn(2, 2, 6, 8)
    mask = torch.rand(5, 6) > 0.3
    mask[:, 0] = True
    for chosen in ({}, {"attn_mask": mask}, {"attn_mask": torch.randn(5, 6)}, {"is_causal": True}, {"scale": 0.3}):
        weights = attention_weights(query, key, value, enable_gqa=True, **chosen)
        answer = F.scaled_dot_product_attention(query, key, value, enable_gqa=True, **chosen)
        torch.testing.assert_close(weights @ value.repeat_interleave(2, 1), answer)
    scores = [float(query[0, 3, 1] @ key[0, 1, k]) / math.sqrt(8) for k in range(6)]
    shares = torch.tensor([math.exp(score) for score in scores])
    torch.testing.assert_close(attention_weights(query, key, value, enable_gqa=True)[0, 3, 1], shares / shares.sum())


def test_a_map_of_attention_is_the_class_tokens_or_the_average_querys():
    weights = torch.rand(2, 3, 5, 5).softmax(-1)
    assert torch.equal(map_attention(weights, 2), weights[:, :, 0, 1:].reshape(2, 3, 2, 2))
    weights = torch.rand(2, 3, 4, 4).softmax(-1)
    torch.testing.assert_close(map_attention(weights, 2), weights.mean(2).reshape(2, 3, 2, 2))
    assert map_attention(torch.rand(2, 3, 1, 4), 2).shape == (2, 3, 2, 2), "one query that gathers all patches"
    assert map_attention(torch.rand(6, 11, 11), 2).shape == (2, 3, 1, 11), "no grid: one row"


class Embedding(nn.Module):
    """Cuts pictures into patches and puts a class token before them."""

    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, DIM, PATCH, stride=PATCH)
        self.first = nn.Parameter(torch.randn(1, 1, DIM))
        self.place = nn.Parameter(torch.randn(1, 1 + GRID[0] * GRID[1], DIM))

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        return torch.cat([self.first.expand(len(x), -1, -1), x], 1) + self.place


class Block(nn.Module):
    """Attention with torch's function, and one linear layer, each added to what came in."""

    def __init__(self):
        super().__init__()
        self.norm, self.qkv, self.out = nn.LayerNorm(DIM), nn.Linear(DIM, 3 * DIM), nn.Linear(DIM, DIM)

    def forward(self, x):
        query, key, value = self.split(self.qkv(self.norm(x)))
        answer = F.scaled_dot_product_attention(query, key, value)
        x = x + answer.transpose(1, 2).flatten(2)
        return x + F.gelu(self.out(x))

    def split(self, qkv):
        return qkv.unflatten(2, (3, HEADS, DIM // HEADS)).permute(2, 0, 3, 1, 4)


class ByHand(Block):
    """The same with the attention written out."""

    def forward(self, x):
        query, key, value = self.split(self.qkv(self.norm(x)))
        attention = (query @ key.transpose(-2, -1) / math.sqrt(DIM // HEADS)).softmax(-1)
        x = x + (attention @ value).transpose(1, 2).flatten(2)
        return x + F.gelu(self.out(x))


def with_torchs_own(batch_first=True):
    layer = nn.TransformerEncoderLayer(DIM, HEADS, 2 * DIM, batch_first=batch_first)
    return nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)


def test_layers_of_a_vision_transformer_written_by_hand():
    network = nn.Sequential(Embedding(), Block()).eval()
    found = [(layer.name, layer.kind, layer.shape) for layer in layers(network, PICTURES)]
    assert found == [
        ("0.patches", "convolution", (DIM, *GRID)),
        ("0.cat()", "join", (DIM, *GRID)),
        ("0", "block", (DIM, *GRID)),
        ("1.norm", "normalization", (DIM, *GRID)),
        ("1.qkv", "linear", (3 * DIM, *GRID)),
        ("1.attention()", "attention", (HEADS, *GRID)),
        ("1.add()", "sum", (DIM, *GRID)),
        ("1.out", "linear", (DIM, *GRID)),
        ("1.gelu()", "activation", (DIM, *GRID)),
        ("1", "block", (DIM, *GRID)),
    ]


def test_the_map_of_the_functions_attention_is_the_one_written_out():
    torch.manual_seed(0)
    embedding, written = Embedding(), ByHand()
    called = Block()
    called.load_state_dict(written.state_dict())
    by_call = activations(nn.Sequential(embedding, called).eval(), PICTURES, ["1.attention()", "1"])
    by_hand = activations(nn.Sequential(embedding, written).eval(), PICTURES, ["1.softmax()", "1"])
    torch.testing.assert_close(by_call["1"], by_hand["1"])
    rows = by_hand["1.softmax()"]
    torch.testing.assert_close(rows.sum(-1), torch.ones(rows.shape[:-1]))
    torch.testing.assert_close(by_call["1.attention()"], rows[:, :, 0, 1:].unflatten(2, GRID))


@pytest.mark.parametrize("batch_first", [True, False])
def test_torchs_own_encoder_shows_everything_its_fast_path_would_hide(batch_first):
    torch.manual_seed(0)
    embedding, encoder = Embedding().eval(), with_torchs_own(batch_first).eval()

    class Transformer(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding, self.encoder, self.head = embedding, encoder, nn.Linear(DIM, 3)

        def forward(self, x):
            tokens = self.embedding(x)
            if batch_first:
                return self.head(self.encoder(tokens)[:, 0])
            return self.head(self.encoder(tokens.transpose(0, 1))[0])

    network = Transformer().eval()
    found = {layer.name: layer for layer in layers(network, PICTURES)}
    one = [name for name in found if name.startswith("encoder.layers.1.")]
    parts = ["self_attn.attention()", "self_attn", "add()", "norm1", "linear1", "relu()", "linear2", "add()@2", "norm2"]
    assert [name.removeprefix("encoder.layers.1.") for name in one] == parts
    assert {found[name].shape[1:] for name in one} == {GRID}
    name = "encoder.layers.0.self_attn.attention()"
    assert (found[name].shape, found[name].kind) == ((HEADS, *GRID), "attention")

    answers = activations(network, PICTURES, [name, "encoder.layers.1.linear1", "encoder.layers.1", "head"])
    with torch.inference_mode():
        tokens = embedding(PICTURES)
        tokens = tokens if batch_first else tokens.transpose(0, 1)
        _, weights = encoder.layers[0].self_attn(tokens, tokens, tokens, average_attn_weights=False)
        torch.testing.assert_close(answers[name], weights[:, :, 0, 1:].unflatten(2, GRID))
        torch.testing.assert_close(answers["head"], network(PICTURES))
        after = encoder.layers[0](tokens)
        layer = encoder.layers[1]
        second = layer.norm1(after + layer.self_attn(after, after, after)[0])
        inner = layer.linear1(second) if batch_first else layer.linear1(second).transpose(0, 1)
    torch.testing.assert_close(answers["encoder.layers.1.linear1"], inner[:, 1:].mT.unflatten(2, GRID))
    assert answers["encoder.layers.1"].shape == (2, DIM, *GRID)


def test_gradients_pass_through_a_map_of_attention():
    from nbutils.probe import watch

    torch.manual_seed(0)
    network, pictures, maps = nn.Sequential(Embedding(), Block()).eval(), PICTURES.clone().requires_grad_(), []
    with watch(network, ["1.attention()"], lambda _name, answer: maps.append(answer)):
        network(pictures)
    maps[0][0, 1].sum().backward()
    assert float(pictures.grad[0].abs().sum()) > 0
    assert float(pictures.grad[1].abs().sum()) == 0


def test_the_network_answers_the_same_while_it_is_watched():
    torch.manual_seed(0)
    network = nn.Sequential(Embedding(), with_torchs_own()).eval()
    with torch.inference_mode():
        plain = network(PICTURES)
    watched = activations(network, PICTURES, ["1.layers.0.self_attn.attention()", "1"])["1"]
    torch.testing.assert_close(watched, arrange(plain, 2, 24 / 16))

from dataclasses import replace

import numpy as np
import pytest
import torch

from nbutils import zoo
from nbutils.preferred import judge
from nbutils.preferred.maximizing import every_step, maximize
from nbutils.preferred.recipe import Recipe
from tests.preferred import networks

WARPED = {"jitter": 2, "rotation": 8, "zoom": 0.1}
BASE = Recipe(size=32, steps=12, objectives=('logit("three")',), **WARPED)


@pytest.fixture(scope="module")
def tiny():
    return networks.make_colour()


def last_of(network, recipe, **given):
    *_, last = every_step(network, recipe, **given)
    return last


def same(one, other):
    return one.pictures.tobytes() == other.pictures.tobytes() and one.objectives.tobytes() == other.objectives.tobytes()


RISING = [
    "logit(3)",
    'probability("seven")',
    'unit("conv2", 4)',
    'unit("relu1", 2, 0, 3)',
    'unit("classes", 1)',
    'channel("conv2", 4)',
    'channel("pool", 5)',
    'direction("conv2", 9)',
    'direction("conv1", (1, 0, 0, -1, 0, 0, 0, 0.5))',
    'layer("conv2")',
    "-1 * logit(3)",
    '-1 * layer("relu2")',
    'logit("three") + 0.1 * channel("conv2", 4)',
    'channel("conv1", 1) * channel("conv2", 4) - 0.5 * layer("relu1")',
]


@pytest.mark.parametrize("kind", ["fourier", "pixels"])
@pytest.mark.parametrize("line", RISING)
def test_every_objective_rises(tiny, kind, line):
    recipe = Recipe(size=32, steps=15, objectives=(line,), picture=kind)
    made = list(every_step(tiny, recipe))
    assert [snapshot.step for snapshot in made] == list(range(1, 16))
    assert made[-1].objectives[0] > made[0].objectives[0]
    assert [snapshot.finished for snapshot in made] == [False] * 14 + [True]
    assert made[-1].pictures.shape == (1, 3, 32, 32)
    assert made[-1].pictures.dtype == np.float32
    assert 0 <= made[-1].pictures.min() <= made[-1].pictures.max() <= 1


def test_objectives_and_probabilities_are_what_the_network_says_of_the_pictures(tiny):
    recipe = Recipe(size=32, steps=6, objectives=("logit(3)", 'channel("conv2", 1)', "probability(4)"))
    last = last_of(tiny, recipe)
    seen = (last.pictures - np.array(tiny.mean)[:, None, None]) / np.array(tiny.std)[:, None, None]
    with torch.no_grad():
        pictures = torch.from_numpy(seen.astype(np.float32))
        logits, maps = tiny.module(pictures), tiny.module[:3](pictures)
    wanted = [logits[0, 3], maps[1, 1].mean(), logits[2].softmax(0)[4]]
    np.testing.assert_allclose(last.objectives, wanted, rtol=1e-4)
    np.testing.assert_allclose(last.probabilities[[0, 2]], logits.softmax(1)[[0, 2], [3, 4]], rtol=1e-4)
    assert np.isnan(last.probabilities[1])
    np.testing.assert_allclose(judge(tiny, last.pictures), logits.softmax(1), rtol=1e-4)


def test_adam_on_pixels_is_torchs_adam(tiny):
    """Five steps by hand with torch.optim.Adam, the pixels kept within black and white after each."""
    recipe = Recipe(
        size=32,
        steps=6,
        objectives=("logit(3)",),
        picture="pixels",
        start="uniform",
        rate=0.02,
        total_variation=0.3,
        sparsity=20.0,
    )
    mean, std = (torch.tensor(values)[:, None, None] for values in (tiny.mean, tiny.std))
    x = torch.from_numpy(last_of(tiny, replace(recipe, steps=1)).pictures) - mean
    x.requires_grad_()
    adam = torch.optim.Adam([x], lr=0.02)
    for _ in range(5):
        shown = x + mean
        across, down = shown.diff(dim=3).abs().mean(), shown.diff(dim=2).abs().mean()
        price = 0.3 * 32 * (across + down) + 20 * x.abs().mean()
        (x.grad,) = torch.autograd.grad(price - tiny.module((shown - mean) / std)[0, 3], x)
        adam.step()
        x.data = (x.data + mean).clamp(0, 1) - mean
    last = last_of(tiny, recipe)
    np.testing.assert_allclose(last.pictures, (x + mean).detach().numpy(), atol=2e-4)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"picture": "pixels", "start": "uniform"},
        {"coarse_size": 16, "coarse_steps": 5},
        {"octaves": 3, "gradient_blur": 3},
        {"method": "published", "policy": "constant", "rate": 1e3, "blur": 0.5, "blur_every": 4, "decay": 0.01},
    ],
    ids=["spectrum", "pixels", "coarse", "octaves", "published"],
)
class TestWhateverTheRecipe:
    @staticmethod
    def recipe_of(fields):
        start = {"start": "mean plus noise"} if fields.get("method") else {}
        return replace(BASE, **start | fields)

    def test_the_same_seed_makes_the_same_picture_and_another_seed_another(self, tiny, fields):
        recipe = self.recipe_of(fields)
        one, two, other = (last_of(tiny, replace(recipe, seeds=(seed,))) for seed in (4, 4, 5))
        assert same(one, two)
        assert np.abs(one.pictures - other.pictures).max() > 0.01

    def test_a_batch_of_mixed_objectives_equals_its_pictures_one_by_one(self, tiny, fields):
        lines = ('logit("three")', 'channel("conv2", 4)', '-1 * unit("conv1", 2)', 'layer("relu2") * 0.5', "logit(1)")
        recipe = replace(self.recipe_of(fields), objectives=lines, seeds=(1, 2, 3, 4, 5), steps=6)
        together = last_of(tiny, recipe)
        for place, (line, seed) in enumerate(recipe.pairs()):
            alone = last_of(tiny, replace(recipe, objectives=(line,), seeds=(seed,)))
            np.testing.assert_allclose(together.pictures[place], alone.pictures[0], atol=2e-3)
            assert together.objectives[place] == pytest.approx(alone.objectives[0], rel=1e-3, abs=1e-4)

    def test_a_run_that_was_stopped_goes_on_as_if_it_was_not(self, tiny, fields):
        recipe = replace(self.recipe_of(fields), seeds=(1, 2))
        through = list(every_step(tiny, recipe))
        for stop in (1, 4, 7):
            resumed = list(every_step(tiny, recipe, start=through[stop - 1]))
            assert [snapshot.step for snapshot in resumed] == list(range(stop + 1, 13))
            assert all(map(same, resumed, through[stop:]))
            np.testing.assert_array_equal(resumed[-1].passes, through[-1].passes)


def test_more_steps_can_be_added_to_a_finished_run(tiny):
    short, long = replace(BASE, steps=5), replace(BASE, steps=9)
    assert same(last_of(tiny, long, start=last_of(tiny, short)), last_of(tiny, long))


def test_a_snapshot_of_another_recipe_is_refused(tiny):
    with pytest.raises(ValueError, match="made by another recipe"):
        last_of(tiny, replace(BASE, decay=0.5), start=last_of(tiny, BASE))


def test_coarse_steps_are_made_small_and_carried_to_the_full_size(tiny):
    seen = []
    recipe = replace(BASE, coarse_size=16, coarse_steps=4, steps=6, jitter=0, rotation=0, zoom=0)
    hook = tiny.module.conv1.register_forward_pre_hook(lambda _, given: seen.append(tuple(given[0].shape[2:])))
    try:
        made = list(every_step(tiny, recipe))
    finally:
        hook.remove()
    assert seen[-6:] == [(16, 16)] * 4 + [(32, 32)] * 2
    assert {snapshot.pictures.shape for snapshot in made} == {(1, 3, 32, 32)}
    small = made[3].pictures[0].reshape(3, 16, 2, 16, 2).mean((2, 4))
    large = made[4].pictures[0].reshape(3, 16, 2, 16, 2).mean((2, 4))
    assert np.corrcoef(small.ravel(), large.ravel())[0, 1] > 0.8


def test_what_is_steered_acts_from_the_next_step_and_is_part_of_the_recipe(tiny):
    sliders, steered = {}, []
    for snapshot in every_step(tiny, BASE, steer=lambda: sliders):
        steered.append(snapshot)
        if snapshot.step == 4:
            sliders.update(rate=0.2, decay=0.1)
        if snapshot.step == 8:
            sliders.update(decay=0.0)
    recipe = steered[-1].recipe
    assert recipe.changes == ((5, "rate", 0.2), (5, "decay", 0.1), (9, "decay", 0.0))
    assert [("decay" in snapshot.removed) for snapshot in steered] == [False] * 4 + [True] * 4 + [False] * 4
    assert same(last_of(tiny, recipe), steered[-1])
    assert same(
        last_of(tiny, BASE, start=steered[5], steer=lambda: {"decay": 0.1}),
        last_of(tiny, replace(recipe, changes=recipe.changes[:2])),
    )
    with pytest.raises(ValueError, match="rate must be a number"):
        last_of(tiny, BASE, steer=lambda: {"rate": -1})
    with pytest.raises(ValueError, match="these can change"):
        last_of(tiny, BASE, steer=lambda: {"size": 64})


def test_what_each_regularizer_removed_is_told(tiny):
    recipe = replace(BASE, picture="pixels", start="uniform", steps=1, rate=1e-6, seeds=(1, 2))
    start = last_of(tiny, recipe).pictures - np.array(tiny.mean, np.float32)[:, None, None]
    norms = np.linalg.norm(start.reshape(2, -1), axis=1)
    decayed = last_of(tiny, replace(recipe, decay=0.25, total_variation=0.5, gradient_blur=4, colour_bound=0.1)).removed
    assert set(decayed) == {"decay", "total_variation", "gradient_blur", "colour_bound"}
    np.testing.assert_allclose(decayed["decay"], 0.25 * norms, rtol=1e-3)
    roughness = np.abs(np.diff(start, axis=2)).mean((1, 2, 3)) + np.abs(np.diff(start, axis=3)).mean((1, 2, 3))
    np.testing.assert_allclose(decayed["total_variation"], 0.5 * 32 * roughness, rtol=1e-4)
    assert (decayed["gradient_blur"] > 0).all()


@pytest.mark.parametrize("kind", ["fourier", "pixels"])
def test_regularizers_do_to_pictures_what_they_say(tiny, kind):
    recipe = replace(BASE, picture=kind, steps=30, rate=0.1)
    plain, bound = last_of(tiny, recipe), last_of(tiny, replace(recipe, colour_bound=0.1))
    mean = np.array(tiny.mean, np.float32)[:, None, None]
    assert np.linalg.norm(plain.pictures[0] - mean, axis=0).max() > 0.3
    assert np.linalg.norm(bound.pictures[0] - mean, axis=0).max() < 0.12
    clipped = last_of(tiny, replace(recipe, small_norm=60)).pictures[0] - mean
    assert (np.linalg.norm(clipped, axis=0) < 1e-3).mean() > (0.55 if kind == "pixels" else 0.3)
    smooth = last_of(tiny, replace(recipe, total_variation=2.0))
    assert np.abs(np.diff(smooth.pictures)).mean() < 0.7 * np.abs(np.diff(plain.pictures)).mean()


@pytest.mark.parametrize("fields", [{"picture": "pixels"}, {}])
def test_a_number_that_is_none_stops_with_a_sentence(fields):
    network = networks.make_colour()
    with torch.no_grad():
        network.module.classes.bias[3] = torch.nan
    with pytest.raises(
        FloatingPointError, match=r"Step 1 stopped: picture 1, logit\(\"three\"\).*Lower the learning rate"
    ):
        last_of(network, replace(BASE, **fields))


def test_only_quick_steps_are_told_of_together(tiny):
    shown = [snapshot.step for snapshot in maximize(tiny, BASE)]
    assert shown[-1] == 12
    assert shown == sorted(set(shown))
    assert same(list(maximize(tiny, BASE))[-1], last_of(tiny, BASE))


def test_a_run_ends_when_its_objectives_no_longer_rise(tiny):
    recipe = replace(BASE, objectives=("probability(3)",), steps=400, rate=0.2, jitter=0, rotation=0, zoom=0)
    settled = last_of(tiny, replace(recipe, settle=True))
    assert 32 <= settled.step < 300
    assert settled.finished
    longer = last_of(tiny, replace(recipe, steps=settled.step + 32))
    assert longer.objectives[0] < 1.1 * settled.objectives[0]
    slow = last_of(tiny, replace(recipe, objectives=("logit(3)",), rate=0.002, steps=60, settle=True))
    assert slow.step == 60


def test_the_network_is_left_as_it_was():
    tiny = networks.make_colour()
    module = tiny.module
    before = {name: value.clone() for name, value in module.state_dict().items()}
    generator, threads = torch.random.get_rng_state(), torch.get_num_threads()
    run = every_step(tiny, replace(BASE, objectives=('layer("conv2")',), steps=5))
    next(run)
    assert torch.get_num_threads() == threads
    run.close()
    with pytest.raises(ValueError, match="layer"):
        last_of(tiny, replace(BASE, objectives=('layer("conv9")',)))
    assert all(parameter.grad is None and parameter.requires_grad for parameter in module.parameters())
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())
    assert not any(part._forward_hooks or part._forward_pre_hooks or part._backward_hooks for part in module.modules())
    assert torch.equal(torch.random.get_rng_state(), generator)


def test_the_pass_stops_at_the_deepest_layer_used(tiny):
    reached = []
    hooks = [
        part.register_forward_hook(lambda *_, name=name: reached.append(name))
        for name, part in tiny.module.named_children()
    ]
    last_of(tiny, replace(BASE, objectives=('channel("relu1", 1) + channel("conv1", 0)',), steps=1))
    for hook in hooks:
        hook.remove()
    assert reached == ["conv1", "relu1"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('logit("thre")', "The nearest are: three"),
        ("logit(10)", "classes are 0 to 9"),
        ('channel("conv3", 1)', 'no layer "conv3".* nearest are: conv'),
        ('channel("conv1", 8)', "channels 0 to 7"),
        ('unit("conv1", 1, 16, 0)', "rows 0 to 15"),
    ],
)
def test_what_the_network_does_not_have_is_a_sentence(tiny, line, said):
    with pytest.raises(ValueError, match=said):
        last_of(tiny, replace(BASE, objectives=(line,)))


def test_devices_that_are_not_there_and_half_precision_without_one_are_sentences(tiny):
    for device, there in (("cuda", torch.cuda.is_available()), ("mps", torch.backends.mps.is_available())):
        if not there:
            with pytest.raises(ValueError, match=f'no device "{device}"; it has cpu'):
                last_of(tiny, replace(BASE, device=device))
    with pytest.raises(ValueError, match="Half precision needs a GPU"):
        last_of(tiny, replace(BASE, half=True))


DEVICES = [("cpu", False)]
DEVICES += [("cuda", half) for half in (False, True) if torch.cuda.is_available()]
DEVICES += [("mps", half) for half in (False, True) if torch.backends.mps.is_available()]


@pytest.mark.parametrize(("device", "half"), DEVICES)
@pytest.mark.parametrize("kind", ["fourier", "pixels"])
def test_pictures_are_made_on_every_device_that_is_here(tiny, device, half, kind):
    lines = ("logit(3)", 'channel("conv2", 4)', 'direction("conv1", 2)')
    recipe = replace(BASE, objectives=lines, device=device, half=half, picture=kind)
    first, *_, last = every_step(tiny, recipe)
    assert (last.objectives > first.objectives).all()
    on_cpu, *_ = every_step(tiny, replace(recipe, device="cpu", half=False))
    np.testing.assert_allclose(first.objectives, on_cpu.objectives, rtol=0.02 if half else 1e-3, atol=0.02)
    assert {value.device.type for value in tiny.module.state_dict().values()} == {"cpu"}


def test_a_network_for_digits():
    digits = networks.make_grey()
    for kind in ("fourier", "pixels"):
        recipe = Recipe(size=28, steps=20, objectives=('logit("four")', 'channel("0", 2)'), picture=kind, jitter=1)
        first, *_, last = every_step(digits, recipe)
        assert last.pictures.shape == (2, 1, 28, 28)
        assert (last.objectives > first.objectives).all()


def test_a_vision_transformer():
    patches = networks.make_transformer()
    lines = ("logit(2)", 'channel("block", 3)', 'unit("block.linear1", 5, 1, 2)', 'channel("patches", 7)')
    first, *_, last = every_step(patches, Recipe(size=16, steps=20, objectives=lines))
    assert (last.objectives > first.objectives).all()
    assert last.recipe.network == "patches"


@pytest.mark.parametrize("fields", [{"size": 32}, {"size": 16, "coarse_size": 8, "coarse_steps": 2}])
def test_a_network_that_takes_one_size_alone_says_so(fields):
    with pytest.raises(ValueError, match=r'"patches" cannot look at .* only at 16 x 16: set size to 16'):
        last_of(networks.make_transformer(), Recipe(steps=3, objectives=("logit(1)",), **fields))


class Functional(torch.nn.Module):
    """A convolution whose answer is overwritten by a function, and a normalization that is worked into another."""

    def __init__(self, overwrites):
        super().__init__()
        torch.manual_seed(6)
        self.first = torch.nn.Conv2d(3, 6, 3)
        self.second = torch.nn.Conv2d(6, 5, 3)
        self.norm = torch.nn.BatchNorm2d(5)
        self.norm.running_mean.normal_()
        self.overwrites = overwrites

    def forward(self, x):
        """Return maps (n, 5, height - 4, width - 4)."""
        x = torch.nn.functional.relu(self.first(x), inplace=self.overwrites)
        return (self.norm(self.second(x)) * 2).sigmoid_()


def test_functions_and_layers_that_overwrite_what_they_are_given():
    line = 'channel("first", 2) + unit("relu()", 1) - layer("second") + channel("norm", 3) + channel("mul()", 0)'
    recipe = Recipe(size=20, steps=8, objectives=(line,), picture="pixels")
    made = [
        list(every_step(zoo.wrap(Functional(overwrites), size=20, mean=0.5, std=0.5), recipe))
        for overwrites in (False, True)
    ]
    assert made[0][-1].objectives[0] > made[0][0].objectives[0]
    np.testing.assert_allclose(made[1][-1].pictures, made[0][-1].pictures, atol=1e-5)


def test_a_network_whose_pictures_are_not_square_and_have_five_channels():
    torch.manual_seed(5)
    module = torch.nn.Sequential(torch.nn.Conv2d(5, 4, 3, stride=2), torch.nn.ReLU())
    network = zoo.wrap(module, size=(12, 20), mean=0.5, std=0.5, channels=5, name="wide")
    first, *_, last = every_step(network, Recipe(size=20, steps=10, objectives=('channel("0", 1)',), **WARPED))
    assert last.pictures.shape == (1, 5, 12, 20)
    assert last.objectives[0] > first.objectives[0]


@pytest.mark.parametrize(
    ("name", "line", "size"),
    [("mobilenet_v2", 'logit("strawberry")', 96), ("alexnet", 'channel("conv5", 12)', 80)],
)
def test_networks_of_the_zoo(name, line, size):
    network = zoo.load(name)
    recipe = Recipe(size=size, steps=14, objectives=(line,), total_variation=0.5, **WARPED)
    first, *_, last = every_step(network, recipe)
    assert last.objectives[0] > first.objectives[0] + 3
    assert last.recipe.network == name
    assert (last.probabilities is None) == (name == "alexnet")

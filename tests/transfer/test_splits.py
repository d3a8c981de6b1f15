"""Halves of classes, cats among them, and sets with few examples of every class."""

import itertools

import numpy as np
import pytest

from nbutils import zoo
from nbutils.transfer.splits import at_most, classes_of, count_felids, felid_chances, halve


@pytest.mark.parametrize("data", [*zoo.LABELLED, "imagenet"])
def test_random_halves_share_no_class_and_leave_none_out(data):
    first, second = classes_of(data, "random-3")
    count = 1000 if data == "imagenet" else len(zoo.class_names(data))
    assert sorted((*first, *second)) == list(range(count))
    assert len(first) == count // 2
    assert list(first) == sorted(first)
    assert list(second) == sorted(second)


def test_a_seed_always_gives_the_same_halves_and_other_seeds_others():
    drawn = [classes_of("cifar10", f"random-{seed}") for seed in range(8)]
    assert drawn == [classes_of("cifar10", f"random-{seed}") for seed in range(8)]
    assert len(set(drawn)) == 8
    # numpy's default_rng(0).permutation(10) is 4 6 2 7 3 5 9 0 8 1, which numpy promises to keep only within a version.
    assert drawn[0] == ((2, 3, 4, 6, 7), (0, 1, 5, 8, 9))


def test_every_class_is_in_a_about_half_of_the_time():
    times = np.zeros(10)
    for seed in range(400):
        times[list(classes_of("cifar10", f"random-{seed}")[0])] += 1
    assert np.abs(times - 200).max() < 50  # five standard deviations


def test_small_photographs_are_man_made_or_natural():
    names = zoo.class_names("cifar10")
    made, natural = ([names[at] for at in half] for half in classes_of("cifar10", "nature"))
    assert made == ["airplane", "automobile", "ship", "truck"]
    assert natural == ["bird", "cat", "deer", "dog", "frog", "horse"]


def test_imagenet_is_man_made_or_natural_as_in_the_thesis():
    made, natural = classes_of("imagenet", "nature")
    assert (len(made), len(natural)) == (551, 449)
    assert sorted((*made, *natural)) == list(range(1000))
    assert natural[:3] == (0, 1, 2)  # tench, goldfish, great white shark
    assert 963 in made  # pizza
    assert 980 in natural  # volcano


def test_some_of_the_thousand_are_halved_by_what_they_are():
    nodes = ("n01440764", "n02690373", "n01443537", "n02708093")  # tench, airliner, goldfish, analog clock
    assert halve(nodes, "nature") == ((1, 3), (0, 2))
    assert sorted(sum(halve(nodes, "random-1"), ())) == [0, 1, 2, 3]
    with pytest.raises(ValueError, match="nobody has said it of 'cats'"):
        halve((*nodes, "cats"), "nature")


def test_all_classes_are_one_part():
    assert classes_of("cifar10", "all") == (tuple(range(10)), ())


@pytest.mark.parametrize(
    ("data", "split", "sentence"),
    [
        ("cifar10", "random-", "such as random-0"),
        ("cifar10", "random--1", "such as random-0"),
        ("cifar10", "random-1٣", "such as random-0"),
        ("cifar10", "random-" + "9" * 5000, "such as random-0"),
        ("cifar10", "", "such as random-0"),
        ("mnist", "nature", 'The split "nature" is for cifar10 and imagenet'),
        ("food", "all", "no set of labelled images"),
    ],
    ids=["no seed", "negative", "other digits", "huge", "empty", "digits by nature", "no such data"],
)
def test_what_there_is_not_is_refused(data, split, sentence):
    with pytest.raises(ValueError, match=sentence) as caught:
        classes_of(data, split)
    assert len(str(caught.value)) < 300


def test_cats_are_shared_out_by_chance():
    chances = felid_chances()
    # Drawn one after the other: the chance that none of thirteen given classes is among 500 of 1000.
    assert chances[0] == pytest.approx(np.prod([(500 - i) / (1000 - i) for i in range(13)]))
    assert chances.sum() == pytest.approx(1)
    assert chances @ np.arange(14) == pytest.approx(6.5)  # "approximately 6 or 7 each" (section 5.3)
    assert chances.argsort()[-2:].tolist() in ([6, 7], [7, 6])
    counts = np.array([count_felids(f"random-{seed}") for seed in range(200)])
    assert (counts.sum(1) == 13).all()
    spread = np.sqrt(chances @ (np.arange(14) - 6.5) ** 2 / 200)
    assert abs(counts[:, 0].mean() - 6.5) < 4 * spread
    assert count_felids("nature") == (0, 13)


def test_the_first_examples_of_every_class_are_kept_in_order():
    labels = np.array([2, 0, 2, 2, 1, 0, 2, 0])
    assert at_most(labels, 2).tolist() == [0, 1, 2, 4, 5]
    assert at_most(labels, 1).tolist() == [0, 1, 4]
    assert at_most(labels, 99).tolist() == list(range(8))
    assert at_most(labels[:0], 3).tolist() == []


def test_smaller_sets_are_parts_of_larger_ones():
    labels = np.random.default_rng(0).integers(0, 10, 500)
    for seed in (0, 5):
        kept = [set(at_most(labels, most, seed).tolist()) for most in (1, 2, 5, 10, 25)]
        assert all(small < large for small, large in itertools.pairwise(kept))
        assert [len(part) for part in kept] == [10, 20, 50, 100, 250]


def test_a_seed_draws_which_examples_are_kept():
    labels = np.repeat(np.arange(4), 50)
    first, again, other = (at_most(labels, 5, seed) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert np.bincount(labels[first]).tolist() == [5] * 4
    assert (np.diff(first) > 0).all()


def test_no_example_at_all_is_refused():
    with pytest.raises(ValueError, match="At least 1 example of every class is needed, got 0"):
        at_most(np.zeros(3, int), 0)

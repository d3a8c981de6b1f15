"""What sections 6.1 to 6.3 of the thesis say of networks, measured on the networks and photographs at hand."""

from collections.abc import Callable
from dataclasses import asdict

import numpy as np

from nbutils import zoo
from nbutils.deepvis import (
    classes,
    faces,
    gallery_findings,
    gallery_plans,
    guessing,
    looking,
    noise,
    perturbing,
    selectivity,
    variety,
)
from nbutils.probe import activations, find_layer

SHOWN_STRENGTHS = (1.0, 2.0, 4.0)
FLIPPED = 100  # photographs of each kind that are moved along the gradient


def measure_parameters() -> dict:
    """Return how many trained numbers every network that is ready has (C6-01)."""
    return {name: zoo.load(name).parameters for name in ready_networks()}


def measure_detectors(seed: int = 0) -> dict:
    """Return the share of AlexNet's conv4 and conv5 channels that tell pets from food, with its control (C6-04).

    A channel's strength on a photograph is its largest answer after the rectifier.
    """
    network = zoo.load("alexnet")
    known = looking.list_layers(network)
    photos = [photo for photo in zoo.photos() if photo.collection in ("food", "pets")]
    pets = np.array([photo.collection == "pets" for photo in photos])
    pictures = [zoo.read_photo(photo, network.size) for photo in photos]
    result = {}
    for name in ("relu4", "relu5"):
        strengths = looking.channel_strengths(network, find_layer(known, name), pictures, batch=1)
        found = selectivity.measure_selectivity(strengths, pets, seed)
        result[name] = {
            "channels": len(found.areas),
            "photographs": len(photos),
            "share_above_0.9": found.share,
            "share_above_0.8": selectivity.share_selective(found.areas, 0.8),
            "share_above_0.9_by_chance": found.by_chance,
            "best_channel": int(np.abs(found.areas - 0.5).argmax()),
            "best_area": float(found.areas[np.abs(found.areas - 0.5).argmax()]),
        }
    return result


def measure_naming() -> dict:
    """Return how often and how surely each network with classes names each kind of photograph (C6-05)."""
    return each_classifier(_name_kinds)


def _name_kinds(network: zoo.Network) -> dict:
    result = {}
    for kind, fitting in classes.CLASSES.items():
        pictures = (zoo.read_photo(photo, network.size) for photo in photos_of(kind))
        found = guessing.name_pictures(network, pictures, fitting)
        result[kind] = {"photographs": found.photographs, "right": _plain(found.right), "sure": found.sure}
    return result


def measure_trembling(seed: int = 0) -> dict:
    """Return how far noise moves the probabilities of photographs with a fitting class and without (C6-06)."""
    return each_classifier(lambda network: _tremble(network, seed))


def _tremble(network: zoo.Network, seed: int) -> dict:
    output = looking.classifier(network, looking.list_layers(network))
    result = {}
    for name, kinds in (("with_class", ("pizza", "cat", "dog")), ("without_class", ("steak", "sushi"))):
        photos = classes.mix([photo for kind in kinds for photo in photos_of(kind)], 10_000, seed)

        def read(place: int, photos: list[zoo.Photo] = photos) -> np.ndarray:
            return zoo.read_photo(photos[place], network.size)

        changes = list(noise.measure_changes(network, (output,), len(photos), read, SHOWN_STRENGTHS, seed))
        result[name] = {
            "photographs": len(changes),
            "strengths": list(SHOWN_STRENGTHS),
            "moved": np.median([change.moved for change in changes], 0).tolist(),
            "flipped": np.mean([change.flipped for change in changes], 0).tolist(),
            "sure": float(np.median([change.confidence for change in changes])),
        }
    return result


def measure_flips(seed: int = 0) -> dict:
    """Return how many photographs a step along the gradient makes another class of, by grey levels (C6-09)."""
    return each_classifier(lambda network: _flip(network, seed))


def _flip(network: zoo.Network, seed: int) -> dict:
    photos = classes.mix([photo for kind in ("pizza", "cat", "dog") for photo in photos_of(kind)], FLIPPED, seed)
    found = [
        perturbing.find_flip(network, zoo.read_photo(photo, network.size), seed=seed + place)
        for place, photo in enumerate(photos)
    ]
    return {
        "photographs": len(photos),
        "steps": list(perturbing.STEPS),
        "flipped": np.mean([flip.flipped for flip in found], 0).tolist(),
        "by_chance": np.mean([flip.by_chance for flip in found], 0).tolist(),
    }


def measure_face_channel() -> dict:
    """Return the channel of AlexNet's relu5 that stands out most on faces of people, and how it bears change (F6.2)."""
    network, photos = zoo.load("alexnet"), zoo.photos()
    known = looking.list_layers(network)
    layer = find_layer(known, "relu5")
    strengths = looking.channel_strengths(
        network, layer, [zoo.read_photo(photo, network.size) for photo in photos], batch=1
    )
    food = np.array([photo.collection == "food" for photo in photos])
    shown = {face.photo: next(photo for photo in photos if photo.name == face.photo) for face in faces.FACES}
    answers = [
        faces.answer(network, layer.name, zoo.read_photo(shown[face.photo], network.size)) for face in faces.FACES
    ]
    channel = faces.rank_face_channels(answers, faces.FACES, strengths[food])[0]
    trials = {}
    for face in faces.FACES:
        picture = zoo.read_photo(shown[face.photo], 512)
        trials[face.photo] = {
            trial.change: {"share": trial.share, "on_face": trial.on_face}
            for trial in faces.try_face(network, layer.name, channel, picture, face)
        }
    order = np.argsort(-strengths[:, channel])
    return {
        "layer": layer.name,
        "channel": channel,
        "photographs": len(photos),
        "strongest": [photos[place].name for place in order[:9]],
        "ranks": {
            name: int((strengths[:, channel] > strengths[photos.index(photo), channel]).sum()) + 1
            for name, photo in shown.items()
        },
        "answer": {face.photo: float(maps[channel].max()) for face, maps in zip(faces.FACES, answers, strict=True)},
        "food_median": float(np.median(strengths[food, channel])),
        "food_95th": float(np.percentile(strengths[food, channel], 95)),
        "trials": trials,
    }


def measure_silence() -> dict:
    """Return how many channels of each rectified layer never answer above zero on any photograph."""
    return {name: _count_silent(zoo.load(name)) for name in ready_networks()}


def _count_silent(network: zoo.Network) -> dict:
    """Return the layers with silent channels, and how many channels were looked at in all."""
    rectified = [layer for layer in looking.list_layers(network) if layer.kind == "activation"]
    highest = {layer.name: np.full(layer.channels, -np.inf) for layer in rectified}
    photos = zoo.photos()
    for photo in photos:
        pixels = zoo.prepare(network, zoo.read_photo(photo, network.size))
        for name, found in activations(network.module, pixels, list(highest)).items():
            highest[name] = np.maximum(highest[name], found[0].flatten(1).amax(1).cpu().numpy())
    silent = {name: [int((found <= 0).sum()), len(found)] for name, found in highest.items()}
    return {
        "photographs": len(photos),
        "channels": sum(len(found) for found in highest.values()),
        "silent": {name: counts for name, counts in silent.items() if counts[0]},
    }


def measure_starts() -> dict:
    """Return how alike pictures of one channel from several starts are, for each convolution of AlexNet (F6.5)."""
    network = zoo.load("alexnet")
    parts = gallery_plans.plan_gallery(network)
    return {part.layer: asdict(variety.measure_variety(network, part)) for part in parts}


# The ledger's row of each measurement, and the function that makes it.
CLAIMS: dict[str, Callable[[], dict]] = {
    "F6.2": measure_face_channel,
    "F6.5": measure_starts,
    "F6.6": gallery_findings.sum_up_galleries,
    "C6-01": measure_parameters,
    "C6-04": measure_detectors,
    "C6-05": measure_naming,
    "C6-06": measure_trembling,
    "C6-09": measure_flips,
    "silent": measure_silence,  # of no row: what the page on channels tells
}


def ready_networks() -> list[str]:
    """Return the networks that are on this machine."""
    return [entry.name for entry in zoo.entries() if entry.kind == "network" and zoo.is_ready(entry.name)]


def each_classifier(measure: Callable[[zoo.Network], dict]) -> dict:
    """Return what a function measures on every network that names classes."""
    networks = [zoo.load(name) for name in ready_networks()]
    return {network.name: measure(network) for network in networks if network.labels}


def photos_of(kind: str) -> list[zoo.Photo]:
    """Return the photographs that show one kind of thing."""
    return [photo for photo in zoo.photos() if classes.subject_of(photo) == kind]


def _plain(value: float) -> float | None:
    return None if np.isnan(value) else value

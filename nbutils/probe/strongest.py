"""The photographs that excite each channel most and least, found in one pass over any number of them."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn

from nbutils.probe.activations import activations
from nbutils.probe.ranking import Best, Ranking, add, begin_ranking
from nbutils.probe.receptive import Fields, receptive_fields
from nbutils.probe.shares import to_shares
from nbutils.zoo import Network, Photo, prepare, read_photo

MOST_NUMBER = 100  # photographs at each end
MOST_NAMED = 20  # photographs named among those skipped
# A thousand probabilities in float16 add up to 1 within this.


@dataclass(frozen=True)
class Strongest:
    """What was found so far: a snapshot that the work can go on from."""

    network: str
    weights: str  # SHA-256 of the network's weights
    album: str  # SHA-256 of the photographs' names
    photographs: int  # how many the album holds
    place: int  # of the next photograph
    rankings: Mapping[str, Ranking]  # by layer
    unread: int = 0  # photographs that could not be read
    reasons: tuple[str, ...] = ()  # why, of the first of them

    @property
    def finished(self) -> bool:
        """Whether every photograph was looked at."""
        return self.place == self.photographs


def strongest(
    network: Network, photos: Sequence[Photo], layers: Sequence[str], n: int = 9, start: Strongest | None = None
) -> Iterator[Strongest]:
    """Yield after each photograph, for every channel of the layers, the n that excite it most and the n least.

    A photograph counts by the channel's largest answer to it, and is kept with the place of that answer and the
    receptive field there: one crop a photograph, as in the published toolbox (J. Yosinski et al., "Understanding Neural
    Networks Through Deep Visualization", 2015; its find_max_acts.py). What is held does not grow with the album.
    Photographs that cannot be read are counted and passed over.
    start : a snapshot of the same search to go on from; a finished one is yielded again
    Raises ValueError for an empty album, a layer that there is not, n out of range, a snapshot of another search, and
    where the network answers with NaN or infinity.
    """
    found = begin(network, photos, layers, n)
    if start is not None:
        if other := name_difference(start, found):
            raise ValueError(f"This search was begun with other {other}: go on with the same, or begin anew.")
        found = start
    fields = receptive_fields(network.module, list(found.rankings), network.shape)
    if found.finished:
        yield found
    while not found.finished:
        found = _look_at_next(network, photos, fields, found)
        yield found


def begin(network: Network, photos: Sequence[Photo], layers: Sequence[str], n: int = 9) -> Strongest:
    """Return the snapshot before the first photograph; raises as `strongest` does."""
    if not len(photos):
        raise ValueError("There is no photograph to look at.")
    if not 1 <= n <= MOST_NUMBER:
        raise ValueError(f"n must be 1 to {MOST_NUMBER}, got {n}.")
    fields = receptive_fields(network.module, layers, network.shape)
    return Strongest(
        network=network.name,
        weights=hash_weights(network.module),
        album=hash_names(photos),
        photographs=len(photos),
        place=0,
        rankings={name: begin_ranking(field.shape[0], n) for name, field in fields.items()},
    )


def name_difference(one: Strongest, other: Strongest) -> str:
    """Return in what two snapshots are of different searches, "" where they are of the same."""
    kinds = [{name: held.strongest.photos.shape for name, held in found.rankings.items()} for found in (one, other)]
    pairs = {
        "network": (one.network, other.network),
        "weights": (one.weights, other.weights),
        "photographs": ((one.album, one.photographs), (other.album, other.photographs)),
        "layers or n": kinds,
    }
    return next((what for what, (first, second) in pairs.items() if first != second), "")


def hash_weights(module: nn.Module) -> str:
    """Return the SHA-256 of a network's weights and their names."""
    digest = hashlib.sha256()
    for name, values in module.state_dict().items():
        if isinstance(values, Tensor):
            digest.update(f"{name} {values.dtype} {tuple(values.shape)}".encode())
            digest.update(values.detach().cpu().contiguous().flatten().view(torch.uint8).numpy())
    return digest.hexdigest()


def hash_names(photos: Sequence[Photo]) -> str:
    """Return the SHA-256 of the names of photographs in their order."""
    digest = hashlib.sha256()
    for photo in photos:
        digest.update(f"{photo.collection}/{photo.name}\n".encode())
    return digest.hexdigest()


def _look_at_next(
    network: Network, photos: Sequence[Photo], fields: Mapping[str, Fields], found: Strongest
) -> Strongest:
    """Return what is found once one more photograph has been looked at."""
    photo = photos[found.place]
    try:
        pixels = read_photo(photo, network.size)
    except ValueError as error:
        reasons = (*found.reasons, str(error))[:MOST_NAMED]
        return replace(found, place=found.place + 1, unread=found.unread + 1, reasons=reasons)
    answers = activations(network.module, prepare(network, pixels), list(fields))
    rankings = {}
    for name, ranking in found.rankings.items():
        answer = answers[name].float()
        if not bool(torch.isfinite(answer).all()):
            raise ValueError(
                f'"{name}" answered with NaN or infinity to "{photo.name}": look at the network\'s weights and at the '
                "photograph."
            )
        best = find_best(answer, fields[name], is_classes(network, answer))
        rankings[name] = add(ranking, best, np.array([found.place]))
    return replace(found, place=found.place + 1, rankings=rankings)


def find_best(answer: Tensor, fields: Fields, classes: bool = False) -> Best:
    """Return the largest answer of each channel to each picture, where it is, and what is seen from there.

    answer : (n, channels, rows, columns) or (n, units), float
    classes : whether the units are classes, whose probabilities are wanted
    """
    values, places = (answer.flatten(2) if answer.dim() > 2 else answer[..., None]).max(2)
    rows, columns = np.divmod(places.cpu().numpy(), answer.shape[3] if answer.dim() > 2 else 1)
    channels = np.tile(np.arange(answer.shape[1]), (len(rows), 1))
    boxes = fields.boxes(channels.ravel(), rows.ravel(), columns.ravel())
    shares = to_shares(answer) if classes else torch.full_like(values, torch.nan)
    return Best(
        values=values.cpu().numpy(),
        positions=np.stack([rows, columns], 2).astype(np.int32),
        boxes=boxes.reshape(*rows.shape, 4),
        probabilities=shares.cpu().numpy(),
    )


def is_classes(network: Network, answer: Tensor) -> bool:
    """Whether a layer's units are the network's classes, going by their number.

    answer : (n, channels, rows, columns) or (n, units)
    """
    return network.labels is not None and answer.dim() == 2 and answer.shape[1] == len(network.labels)

"""The clinic: five machines with a fault each and a healthy one, dealt blind, to be told apart by their plots."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from nbutils.boltzmann.settings import Training
from nbutils.rbm.examples import Examples, Source, load
from nbutils.rbm.running import Followed, follow

NUMBER = 10_000  # spheres: a fifth of the thesis', enough for every fault to show
SEEDS = range(5)  # of the runs whose measurements are kept
DEALT_SEEDS = SEEDS[:2]  # of those whose plots are kept, too
DEALS = 10_000  # numbers that a deal can have
NAMES = ("A", "B", "C", "D", "E", "F")  # of patients
USUAL = Training(epochs=6, rate_on="sum")  # else the thesis' settings (Table 4.2)


@dataclass(frozen=True)
class Case:
    """What a patient may have.

    diagnosis : the words that a student chooses
    sign : what its plots would show, as the end of "were it so, ..."
    plot : the one that shows it first; "" for the healthy one
    scale : what the examples are multiplied with
    """

    diagnosis: str
    sign: str
    plot: str
    settings: Training
    scale: float = 1.0


CASES = {
    "healthy": Case(
        "Nothing: it is healthy",
        "the hidden image would begin gray and settle into a pattern, and the error would fall far below the mean "
        "image's",
        "",
        USUAL,
    ),
    "weights": Case(
        "The initial weights are too large",
        "the hidden image would be black and white before training, with a histogram of W that is wide already then",
        "probabilities",
        replace(USUAL, weight_range=2.0),
    ),
    "rate_high": Case(
        "The learning rate is far too high",
        "the hidden image would begin gray and be pegged after epoch 1",
        "probabilities",
        replace(USUAL, rate=0.1),
    ),
    "rate_low": Case(
        "The learning rate is far too low",
        "the hidden image would stay gray, and at last show horizontal bands",
        "probabilities",
        replace(USUAL, rate=1e-6),
    ),
    "bias": Case(
        "The hidden biases begin far too low",
        "the hidden image would be all black before training and stay so",
        "probabilities",
        replace(USUAL, hidden_bias=-20.0),
    ),
    "input": Case(
        "The examples are not between 0 and 1",
        "the hidden image would be black and white before training although the histogram of W is narrow then",
        "probabilities",
        USUAL,
        255.0,
    ),
}


@dataclass(frozen=True)
class Visit:
    """What is set in the clinic: the number of a deal, and which of its patients is looked at.

    Raises ValueError for a number or a name that there is not.
    """

    deal: int = 0
    patient: str = NAMES[0]

    def __post_init__(self) -> None:
        if isinstance(self.deal, bool) or not isinstance(self.deal, int) or not 0 <= self.deal < DEALS:
            raise ValueError(f"A deal has a number from 0 to {DEALS - 1:,}, got {str(self.deal)[:20]!r}.")
        if self.patient not in NAMES:
            raise ValueError(f"A patient is one of {', '.join(NAMES)}, got {str(self.patient)[:20]!r}.")


@dataclass(frozen=True)
class Patient:
    """One machine of a deal: a name that tells nothing, what it has, and the seed of its run."""

    name: str
    case: str
    seed: int


@dataclass(frozen=True)
class Verdict:
    """Whether a diagnosis was right, and a sentence that says why."""

    right: bool
    sentence: str


def deal(seed: int) -> tuple[Patient, ...]:
    """Return every case once, in an order that the seed decides, under the names A to F.

    Who has the number of a deal and this program can look its answers up, as in the back of a book; the page cannot.
    """
    chance = np.random.default_rng(seed)
    cases = chance.permutation(list(CASES)).tolist()
    seeds = chance.choice(list(DEALT_SEEDS), len(cases)).tolist()
    return tuple(Patient(*told) for told in zip(NAMES, cases, seeds, strict=True))


def judge(case: str, diagnosis: str) -> Verdict:
    """Return whether a case was recognised; a wrong diagnosis is answered with what it would look like.

    case, diagnosis : keys of CASES
    Raises ValueError for another word.
    """
    for word in (case, diagnosis):
        if word not in CASES:
            raise ValueError(f"A diagnosis is one of {', '.join(CASES)}, got {str(word)[:40]!r}.")
    if case == diagnosis:
        return Verdict(True, f"Right. {CASES[case].diagnosis}.")
    said, was = CASES[diagnosis], CASES[case]
    return Verdict(False, f"No. Were it so, {said.sign}. The answer is: {was.diagnosis[0].lower()}{was.diagnosis[1:]}.")


def from_settings(settings: Mapping[str, str]) -> Visit:
    """Read the text of a link; names that a visit does not have are left out.

    Raises ValueError for what cannot be read or is not there.
    """
    deal_number, patient = settings.get("deal", "0"), settings.get("patient", NAMES[0])
    if not deal_number.isascii() or not deal_number.isdigit() or len(deal_number) > len(str(DEALS)):
        raise ValueError(f"A deal has a number from 0 to {DEALS - 1:,}, got {deal_number[:20]!r}.")
    return Visit(int(deal_number), patient)


def to_python(visit: Visit) -> str:
    """Return the lines of Python that open the clinic with this visit."""
    return f"from nbutils.rbm.dashboards import clinic\nclinic(deal={visit.deal}, patient={visit.patient!r})"


def run_case(case: str, seed: int, *, number: int = NUMBER, hidden: int = USUAL.hidden) -> Iterator[Followed]:
    """Yield the run of a case on spheres drawn with the seed, which the machine begins with, too.

    Raises ValueError for a case that is none of CASES.
    """
    if case not in CASES:
        raise ValueError(f"A case is one of {', '.join(CASES)}, got {str(case)[:40]!r}.")
    examples = scale(load(Source("spheres", number=number, seed=seed)), CASES[case].scale)
    yield from follow(examples, replace(CASES[case].settings, seed=seed, hidden=hidden))


def scale(examples: Examples, factor: float) -> Examples:
    """Return the examples with every number multiplied by the factor."""
    if factor == 1:
        return examples
    return replace(examples, train=examples.train * factor, valid=examples.valid * factor)

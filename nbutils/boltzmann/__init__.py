"""Restricted Boltzmann machines: models, samplers, training, and the numbers that tell how they do."""

from nbutils.boltzmann.learners import initial_machine
from nbutils.boltzmann.machine import Machine, hidden_probabilities, initialize, visible_means
from nbutils.boltzmann.samplers import Sweep, from_noise, gibbs, sample_hidden, sample_visible
from nbutils.boltzmann.settings import Training, from_json, to_json
from nbutils.boltzmann.tempering import Tempered, temper
from nbutils.boltzmann.training import Snapshot, train

__all__ = [
    "Machine",
    "Snapshot",
    "Sweep",
    "Tempered",
    "Training",
    "from_json",
    "from_noise",
    "gibbs",
    "hidden_probabilities",
    "initial_machine",
    "initialize",
    "sample_hidden",
    "sample_visible",
    "temper",
    "to_json",
    "train",
    "visible_means",
]

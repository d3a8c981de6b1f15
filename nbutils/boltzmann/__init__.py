"""Restricted Boltzmann machines: models, samplers, training, and the numbers that tell how they do."""

from nbutils.boltzmann.checkpoints import pack_checkpoint, read_checkpoint, save_checkpoint
from nbutils.boltzmann.files import pack_machine, read_machine, save_machine
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
    "pack_checkpoint",
    "pack_machine",
    "read_checkpoint",
    "read_machine",
    "sample_hidden",
    "sample_visible",
    "save_checkpoint",
    "save_machine",
    "temper",
    "to_json",
    "train",
    "visible_means",
]

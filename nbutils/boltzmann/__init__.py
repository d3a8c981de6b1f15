"""Restricted Boltzmann machines: models, samplers, training, and the numbers that tell how they do."""

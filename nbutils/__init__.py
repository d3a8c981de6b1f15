"""The helper package behind the Deep Visualization Notebooks."""

__version__ = "0.1.0"

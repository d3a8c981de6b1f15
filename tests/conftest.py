"""Tests use one thread, as live dashboards do: on a busy machine two threads of one test wait for each other."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

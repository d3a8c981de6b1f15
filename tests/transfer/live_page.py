"""A page whose networks learn from few made-up pictures, those of a sweep in other processes, too."""

from joblib import parallel_config

from nbutils.transfer import monitoring, running
from nbutils.transfer.dashboards.page import TransferPage
from nbutils.transfer.dashboards.session import Session
from nbutils.transfer.view import View
from tests.transfer.tiny_data import make_labelled

HERE, ELSEWHERE = 300, 200  # pictures of a class that a network learns from, on the page and in a sweep


def read_few(each):
    """Let runs of this process read so many pictures of each class."""
    running._labelled = lambda name="cifar10": make_labelled(name, each, each // 10)
    running._read_examples.cache_clear()


def open_live(**settings):
    """The page with the runs that ship; a sweep that it starts has worker processes of its own as always."""
    read_few(HERE)
    monitoring.require_pictures = lambda wanted: None
    monitoring.run_grid = run_few(monitoring.run_grid)
    return TransferPage(View(**settings), Session(read_only=False))


def run_few(run_grid):
    """Return a sweep whose workers read few pictures, too."""

    def run(*given):
        with parallel_config(backend="loky", initializer=read_few, initargs=(ELSEWHERE,)):
            yield from run_grid(*given)

    return run

"""Folders with base networks trained on tiny data, for the tests of runs; torch only comes where they are asked for."""

import shutil

import pytest


@pytest.fixture(scope="module")
def tiny_data():
    """Let runs read a few made-up pictures in place of CIFAR-10."""
    from tests.transfer.tiny_data import read_tiny

    with read_tiny():
        yield


@pytest.fixture(scope="module")
def trained(tiny_data, tmp_path_factory):
    """A folder with both base networks."""
    from tests.transfer.tiny_data import run_bases

    folder = tmp_path_factory.mktemp("bases")
    run_bases(folder)
    return folder


@pytest.fixture
def folder(trained, tmp_path):
    """A copy of that folder, which a test may change."""
    return shutil.copytree(trained, tmp_path / "runs")

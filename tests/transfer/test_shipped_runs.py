"""The runs that ship are those that the commands make that ship with them."""

import pytest

from nbutils.transfer import small
from nbutils.transfer.commands import read_line
from nbutils.transfer.results import load_results, read_origins
from nbutils.transfer.wishes import list_runs, tell_line


def test_every_run_that_ships_is_made_by_a_command_that_is_told():
    lines = [origin["command"] for origin in read_origins()]
    made = {run for line in lines for run in list_runs(read_line(line))}
    assert [run.settings for run in load_results() if run.settings not in made] == []


@pytest.mark.parametrize("line", [origin["command"] for origin in read_origins()])
def test_every_command_that_is_told_makes_runs_that_ship(line):
    assert {run.settings for run in load_results()} & set(list_runs(read_line(line)))
    assert tell_line(read_line(line)) == line


def test_the_small_networks_of_the_page_have_their_own_command():
    commands = [origin["command"] for origin in read_origins(small.SMALL)]
    assert commands
    assert all(command.startswith("python -m nbutils.transfer small ") for command in commands)

"""The commands that make what ships in data/deepvis."""

import json
from functools import partial

import pytest
from click.testing import CliRunner

from nbutils.deepvis import __main__ as command
from nbutils.deepvis import records


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Let records be kept in a folder of the test's own."""
    monkeypatch.setattr(records, "read_record", partial(records.read_record, folder=tmp_path))
    monkeypatch.setattr(records, "write_record", partial(records.write_record, folder=tmp_path))
    return tmp_path


def run(*words):
    return CliRunner().invoke(command.main, words)


def test_noise_is_measured_and_kept_beside_what_is_there(folder):
    first = run("noise", "alexnet", "--photographs", "2")
    assert first.exit_code == 0, first.output
    assert run("noise", "mobilenet_v2", "--photographs", "2", "--seed", "5").exit_code == 0
    held = json.loads((folder / "noise.json").read_text())["networks"]
    assert [(entry["network"], entry["photographs"]) for entry in held] == [("mobilenet_v2", 2), ("alexnet", 2)]
    assert held[0]["provenance"]["command"].endswith("noise mobilenet_v2 --photographs 2 --seed 5")
    assert held[0]["provenance"]["seed"] == 5


def test_a_claim_is_printed_and_kept(folder):
    found = run("claims", "C6-01")
    assert found.exit_code == 0, found.output
    assert found.output.startswith('C6-01: {"mobilenet_v2": 3504872')
    kept = json.loads((folder / "claims.json").read_text())
    assert kept["C6-01"]["result"]["alexnet"] == 2_469_696


def test_frequencies_are_measured_and_kept(folder):
    found = run("frequencies", "--photographs", "4", "--seed", "2")
    assert found.exit_code == 0, found.output
    held = json.loads((folder / "frequencies.json").read_text())
    assert held["findings"]["photographs"] == 4
    assert set(held["result"]) == {"C6-12", "C6-13", "C6-14"}
    assert held["provenance"]["command"].endswith("frequencies --photographs 4 --seed 2")


@pytest.mark.parametrize("words", [("noise", "lenet"), ("claims", "C9-99"), ("noise", "alexnet", "--photographs", "x")])
def test_what_does_not_exist_is_a_sentence_and_nothing_is_kept(folder, words):
    found = run(*words)
    assert found.exit_code == 2
    assert words[1] in found.output or "not a valid" in found.output
    assert list(folder.iterdir()) == []

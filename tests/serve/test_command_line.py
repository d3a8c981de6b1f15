"""The command line: what it accepts, what it says, what it returns."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from nbutils import bench, zoo
from nbutils.cli import main


def run(*arguments):
    return CliRunner().invoke(main, arguments)


@pytest.mark.parametrize("command", ["", "serve", "lab", "data", "bench", "doctor", "data fetch"])
def test_every_command_explains_itself(command):
    result = run(*command.split(), "--help")
    assert result.exit_code == 0
    assert "Usage:" in result.output


@pytest.mark.parametrize("arguments", [["serve", "--port", "0"], ["serve", "--port", "x"], ["lab", "--port", "70000"]])
def test_a_port_is_a_number_that_a_port_can_have(arguments):
    assert run(*arguments).exit_code == 2


def test_visitors_belong_to_publish():
    result = run("serve", "--visitors", "3")
    assert result.exit_code == 2
    assert "--publish" in result.output


def test_the_list_names_every_entry_and_where_it_is_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("NBUTILS_CACHE", str(tmp_path))
    result = run("data", "list")
    assert result.exit_code == 0
    for entry in zoo.entries():
        assert entry.name in result.output
    assert "not fetched" in result.output
    assert str(tmp_path) in result.output


def test_what_is_ready_is_not_fetched_again_and_nothing_is_said_when_asked():
    assert "mobilenet_v2: ready." in run("data", "fetch", "mobilenet_v2").output
    assert run("data", "fetch", "--quiet-when-done").output == ""


@pytest.mark.parametrize("command", ["fetch", "verify"])
def test_an_unknown_name_is_a_sentence(command):
    result = run("data", command, "no_such_network")
    assert result.exit_code == 2
    assert 'There is no "no_such_network"; choose from mobilenet_v2' in result.output


def test_what_cannot_be_fetched_is_a_sentence(monkeypatch, tmp_path):
    def fetch(name):
        raise zoo.Unavailable("There is no network: try again when there is.")
        yield

    monkeypatch.setenv("NBUTILS_CACHE", str(tmp_path))
    monkeypatch.setattr(zoo, "fetch", fetch)
    result = run("data", "fetch", "alexnet")
    assert result.exit_code == 1
    assert result.output == "Error: There is no network: try again when there is.\n"


def test_what_not_every_chapter_needs_keeps_nothing_else_from_being_fetched(monkeypatch, tmp_path):
    asked = []

    def fetch(name):
        asked.append(name)
        if zoo.find_entry(name).optional:
            raise zoo.Unavailable(f"{name} was given by nobody.")
        yield zoo.Progress(name, "done", 10, 10)

    monkeypatch.setenv("NBUTILS_CACHE", str(tmp_path))
    monkeypatch.setattr(zoo, "fetch", fetch)
    result = run("data", "fetch", "--quiet-when-done")
    assert result.exit_code == 0
    assert asked == [entry.name for entry in zoo.entries()]
    assert "mnist was given by nobody. Everything else works without it." in result.output
    assert run("data", "fetch", "mnist").exit_code == 1


def test_each_stage_is_said_once(monkeypatch, tmp_path):
    def fetch(name):
        for done in (0, 5, 10):
            yield zoo.Progress(name, "downloading", done, 10, "the publisher")
        yield zoo.Progress(name, "checking", 10, 10)
        yield zoo.Progress(name, "done", 10, 10)

    monkeypatch.setenv("NBUTILS_CACHE", str(tmp_path))
    monkeypatch.setattr(zoo, "fetch", fetch)
    said = run("data", "fetch", "alexnet").output.splitlines()
    assert said == ["alexnet: downloading, the publisher", "alexnet: checking", "alexnet: done"]


@pytest.mark.parametrize(("right", "code"), [(True, 0), (False, 1)])
def test_verify_says_what_it_found_and_returns_it(monkeypatch, right, code):
    monkeypatch.setattr(zoo, "verify", lambda name: zoo.Verdict(name, right, f"{name}: looked at."))
    result = run("data", "verify", "alexnet")
    assert result.output == "alexnet: looked at.\n"
    assert result.exit_code == code


def test_an_unknown_bench_is_a_sentence():
    result = run("bench", "nothing")
    assert result.exit_code == 1
    assert "There is no bench" in result.output


def test_a_bench_prints_one_object_as_its_last_line(monkeypatch):
    def measure(say):
        say("looking")
        return {"live": {"alexnet": {"fps": 30.5}}}

    monkeypatch.setattr(bench.importlib, "import_module", lambda name: type("Bench", (), {"measure": measure}))
    result = json.loads(run("bench", "deepvis", "--json").stdout.splitlines()[-1])
    assert result["live"] == {"alexnet": {"fps": 30.5}}
    assert {"cores", "threads", "torch", "date", "processor"} <= set(result["machine"])
    assert "30.5" in run("bench", "deepvis").stdout


def test_the_command_line_opens_without_torch():
    code = "import sys, nbutils.cli; print([name for name in ('torch', 'voila', 'numpy') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

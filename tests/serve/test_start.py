"""Starting the server: quick, clear about where it is, and clear about why not."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
import requests
import urllib3

from nbutils.commands import as_typed
from nbutils.serve import places
from nbutils.serve import start as starting
from nbutils.serve.start import CannotServeError, Wish

ROOT = Path(__file__).parents[2]


def run(*arguments, **environment):
    command = [sys.executable, "-m", "nbutils", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, timeout=60, env={**os.environ, **environment}
    )


@pytest.fixture
def taken_port():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


@pytest.mark.parametrize("command", ["serve", "lab"])
def test_a_taken_port_is_a_sentence(taken_port, command):
    result = run(command, "--port", str(taken_port))
    assert result.returncode == 1
    assert f"Port {taken_port} is taken" in result.stderr
    assert as_typed(f"nbutils {command} --port {taken_port + 1}") in result.stderr
    assert "Traceback" not in result.stderr


def test_no_notebooks_is_a_sentence(tmp_path):
    result = run("serve", "--notebooks", str(tmp_path))
    assert result.returncode == 1
    assert f"No notebooks were found in {tmp_path}" in result.stderr
    assert "Traceback" not in result.stderr


def test_no_settings_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(places, "SHARE", tmp_path / "jupyter")
    with pytest.raises(places.MissingError, match=r"git checkout nbutils/serve/share/voila\.json"):
        places.configuration_folder()


def test_a_system_port_is_a_sentence(monkeypatch):
    def refuse(self, address):
        raise PermissionError

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(CannotServeError, match="above 1023"):
        starting.check_port("127.0.0.1", 80, "serve")


def test_starting_takes_less_than_three_seconds_of_work(start, server):
    with start() as started:
        used = psutil.Process(started.process.pid).cpu_times()
        assert used.user + used.system < 3
        assert requests.get(f"{started.url}/health", timeout=5).json()["places"] is None
        log = started.log.read_text()
    assert log == f"Open {started.url}/   (Ctrl-C ends the server)\n"


def test_one_suite_is_open_to_this_computer_only(server):
    listening = {c.laddr.ip for c in psutil.Process(server.process.pid).net_connections("tcp") if c.status == "LISTEN"}
    assert listening == {"127.0.0.1"}


@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
def test_for_the_network_it_speaks_https_and_says_what_browsers_warn_about(start):
    with start("--lan") as started:
        assert started.url.startswith("https://")
        with urllib3.PoolManager(cert_reqs="CERT_NONE") as browser:
            assert browser.request("GET", f"{started.url}/health").status == 200
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(f"{started.url}/health", timeout=5)
        with pytest.raises((requests.ConnectionError, requests.ReadTimeout)):
            requests.get(f"http://127.0.0.1:{started.port}/health", timeout=5)
        log = started.log.read_text()
    assert "A browser warns once" in log
    for browser in ("Chrome", "Firefox", "Safari"):
        assert browser in log


def test_a_published_suite_says_how_many_pages_it_allows():
    assert "for 7 open pages at most" in starting.announcement(Wish(publish=True), 7)


@pytest.mark.parametrize(("free", "expected"), [(8 << 30, 12), (100 << 20, 1)])
def test_without_a_number_memory_sets_the_limit(monkeypatch, free, expected):
    monkeypatch.setattr(psutil, "virtual_memory", lambda: type("Memory", (), {"available": free}))
    assert starting.places(Wish(publish=True)) == expected
    assert starting.places(Wish(publish=True, visitors=3)) == 3
    assert starting.places(Wish()) is None


def test_the_users_own_jupyter_settings_do_not_count(tmp_path, monkeypatch):
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_CONFIG_PATH", "JUPYTER_DATA_DIR", "JUPYTER_PATH", "IPYTHONDIR"):
        monkeypatch.setenv(name, str(tmp_path))
    changed = places.server_environment(os.environ)
    assert not [name for name, value in changed.items() if value == str(tmp_path)]
    assert changed["JUPYTER_PATH"] == str(places.SHARE)


def test_another_port_keeps_what_was_asked_for(taken_port):
    result = run("serve", "--publish", "--visitors", "3", "--port", str(taken_port))
    assert as_typed(f"nbutils serve --publish --visitors 3 --port {taken_port + 1}") in result.stderr


def test_threads_of_the_kernels_sleep_while_they_wait(server, visit):
    assert psutil.Process(visit(server).pid).environ()["OMP_WAIT_POLICY"] == "PASSIVE"


def test_a_published_suite_writes_nothing_for_a_visitor(start, visit, wait_until, tmp_path, monkeypatch):
    def sizes():
        return {path: path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()}

    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    with start("--publish") as started:
        visitor = visit(started)
        assert wait_until(lambda: started.health()["warm"] == 1)
        before = sizes()
        visitor.leave()
        assert wait_until(lambda: len(started.kernels()) == 1)
        visitor = visit(started)
        visitor.leave()
        assert wait_until(lambda: len(started.kernels()) == 1)
        assert sizes() == before
    assert list(tmp_path.rglob("history*")) == []

"""Starting servers for tests and benches: which are up, which never come up, and that none stays."""

import http.server
import sys
import threading

import psutil
import pytest

from nbutils.bench import CannotMeasureError, suite

SERVER = (
    "import http.server, sys\n"
    "class Quiet(http.server.BaseHTTPRequestHandler):\n"
    "    def do_GET(self): self.send_error(404)\n"
    "    def log_message(self, *_): pass\n"
    "print('here', flush=True)\n"
    "http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), Quiet).serve_forever()\n"
)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/missing":
            self.send_error(404)
        elif self.path == "/nonsense":
            self.wfile.write(b"nonsense\n")
        else:
            self.send_response(200)
            self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def address():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_server_is_up_that_answers_be_it_with_an_error_page(address):
    assert suite.answers(f"{address}/")
    assert suite.answers(f"{address}/missing")


def test_what_does_not_speak_http_is_not_up(address):
    assert not suite.answers(f"{address}/nonsense")
    assert not suite.answers(f"http://127.0.0.1:{suite.free_port()}/")
    assert not suite.answers(address.replace("http", "https"))


def test_a_server_runs_until_the_block_ends(tmp_path):
    port = suite.free_port()
    command = [sys.executable, "-c", SERVER, str(port)]
    with suite.running(command, f"http://127.0.0.1:{port}/", tmp_path / "log") as process:
        assert suite.answers(f"http://127.0.0.1:{port}/")
    assert not psutil.pid_exists(process.pid)
    assert (tmp_path / "log").read_text() == "here\n"


def test_a_server_that_ends_at_once_is_told_with_what_it_said(tmp_path):
    command = [sys.executable, "-c", "import sys; sys.exit('the port is taken')"]
    failing = suite.running(command, f"http://127.0.0.1:{suite.free_port()}/", tmp_path / "log")
    with pytest.raises(CannotMeasureError, match="ended at once:\nthe port is taken"), failing:
        pass


def test_a_server_that_never_answers_is_given_up_and_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(suite, "PATIENCE", 0.3)
    before = set(psutil.Process().children())
    waiting = suite.running(
        [sys.executable, "-c", "import time; time.sleep(60)"],
        f"http://127.0.0.1:{suite.free_port()}/",
        tmp_path / "log",
    )
    with pytest.raises(suite.NotUpError, match=r"within 0\.3 s"), waiting:
        pass
    assert set(psutil.Process().children()) <= before


def test_the_suite_itself_is_served_with_its_environment(monkeypatch, tmp_path):
    seen = {}

    def running(command, url, log, **environment):
        seen.update(command=command, url=url, environment=environment)
        return own([sys.executable, "-c", SERVER, command[5]], url.replace("https", "http"), log)

    own = suite.running
    monkeypatch.setattr(suite, "running", running)
    with suite.served("--publish", NBUTILS_CACHE=str(tmp_path)) as address:
        assert suite.answers(f"{address}/health")
    assert seen["command"][1:4] == ["-m", "nbutils", "serve"]
    assert seen["command"][-1] == "--publish"
    assert seen["url"] == f"{address}/health"
    assert seen["environment"] == {"NBUTILS_CACHE": str(tmp_path)}

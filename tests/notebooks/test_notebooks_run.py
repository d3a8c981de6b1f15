"""Every notebook runs from its first cell to its last, offline and without a camera, in under a minute."""

import os
import sys
import time
from pathlib import Path

import nbformat
import psutil
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
SECONDS = 60
SHOWS_ERRORS = {"dev_parts"}  # the page of all parts in all their states, the error line among them
WIDGETS = "application/vnd.jupyter.widget-state+json"

# Python runs a module of this name at its start, before anything else: it notes and refuses ways out of the machine.
STAY_AT_HOME = """
import sys

def refuse(event, arguments):
    if event == "socket.connect":
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else ""
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    if str(host or "") not in ("", "127.0.0.1", "::1", "localhost", "0.0.0.0"):
        with open({log!r}, "a") as log:
            print(event, host, file=log)
        raise OSError("the network is switched off for this test")

sys.addaudithook(refuse)
"""


@pytest.fixture
def outside(tmp_path, monkeypatch):
    """Switch the network off in kernels started from now on; the file lists what tried to get out."""
    log = tmp_path / "outside.txt"
    log.touch()
    (tmp_path / "sitecustomize.py").write_text(STAY_AT_HOME.format(log=str(log)))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return log


def errors_shown(notebook):
    """Return the sentences of the error lines on the page: a dashboard that fails leaves one in its place."""
    models = notebook.metadata.get("widgets", {}).get(WIDGETS, {}).get("state", {}).values()
    return [model["state"]["sentence"] for model in models if model["state"].get("sentence")]


def output_problems(notebook):
    """Return what cells wrote to stderr, and the types of the errors they ended with."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [
        output.get("text", output.get("ename", ""))
        for output in outputs
        if output.output_type == "error" or output.get("name") == "stderr"
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_whole(path, outside, capsys):
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook, timeout=SECONDS, kernel_name="python3", resources={"metadata": {"path": path.parent}}
    )
    begin = time.perf_counter()
    with client.setup_kernel(env=dict(os.environ)):
        for number, cell in enumerate(notebook.cells):
            client.execute_cell(cell, number)
        cpu = psutil.Process(client.km.provisioner.pid).cpu_times()
        client.set_widgets_metadata()
    seconds = time.perf_counter() - begin
    with capsys.disabled():
        sys.stdout.write(f" {path.stem}: {seconds:.1f} s, {cpu.user + cpu.system:.1f} s of processor time ")
    assert output_problems(notebook) == []
    assert errors_shown(notebook) == [] or path.stem in SHOWS_ERRORS
    assert outside.read_text() == ""
    assert seconds < SECONDS

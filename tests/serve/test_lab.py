"""JupyterLab as the suite opens it."""

import json
import re

import requests
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from traitlets import import_item

from nbutils.serve.connection import NoDelayConnection
from nbutils.serve.lab import SETTINGS


def page_config(jupyterlab):
    page = requests.get(f"{jupyterlab.url}/lab?token={jupyterlab.token}", timeout=20).text
    return json.loads(re.search(r'id="jupyter-config-data" type="application/json">(.*?)</script>', page, re.S)[1])


def test_it_asks_for_the_token_that_it_printed(jupyterlab):
    assert requests.get(f"{jupyterlab.url}/api/contents", timeout=10).status_code == 403
    listed = requests.get(f"{jupyterlab.url}/api/contents?token={jupyterlab.token}", timeout=10).json()
    assert "plain.ipynb" in {entry["name"] for entry in listed["content"]}


def test_it_asks_nobody_for_news_and_installs_nothing(jupyterlab):
    configuration = page_config(jupyterlab)
    assert configuration["news"] == {"disabled": True}
    assert "@jupyterlab/apputils-extension:announcements" in configuration["disabledExtensions"]
    assert configuration["extensionManager"]["can_install"] is False
    settings = json.loads(SETTINGS.read_text())["LabApp"]
    assert settings["check_for_updates_class"].endswith("NeverCheckForUpdate")


def test_it_says_one_line(jupyterlab):
    said = jupyterlab.log.read_text().splitlines()[0]
    assert said == f"Open {jupyterlab.url}/lab?token={jupyterlab.token}   (Ctrl-C ends JupyterLab)"


def test_lab_and_suite_use_a_websocket_that_does_not_wait(settings):
    for named in (json.loads(SETTINGS.read_text())["ServerApp"], settings["Voila"]):
        assert issubclass(import_item(named["kernel_websocket_connection_class"]), NoDelayConnection)


def test_the_websocket_turns_waiting_off_before_it_connects(monkeypatch):
    order = []

    class Handler:
        def set_nodelay(self, value):
            order.append(("nodelay", value))

    connection = NoDelayConnection.__new__(NoDelayConnection)
    monkeypatch.setattr(NoDelayConnection, "websocket_handler", Handler())
    monkeypatch.setattr(ZMQChannelsWebsocketConnection, "connect", lambda self: order.append("connect"))
    connection.connect()
    assert order == [("nodelay", True), "connect"]


def test_lab_does_not_serve_notebooks_as_apps(jupyterlab):
    # Voila inside JupyterLab would let visitors run code: whoever sees a page there has a full server behind it.
    address = f"{jupyterlab.url}/voila/render/plain.ipynb?token={jupyterlab.token}"
    assert requests.get(address, timeout=20).status_code == 404

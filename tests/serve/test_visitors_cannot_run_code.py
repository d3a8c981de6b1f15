"""A visitor has a websocket to a kernel: what can be asked through it."""

import json
import struct
import uuid
from datetime import UTC, datetime

import pytest
import requests
import websocket

V1 = "v1.kernel.websocket.jupyter.org"
CODE = "open({marker!r}, 'w').write('ran')"
ASKED = {
    "execute_request": {"silent": False, "store_history": False, "user_expressions": {}, "allow_stdin": False},
    "inspect_request": {"code": "open", "cursor_pos": 3, "detail_level": 0},
    "complete_request": {"code": "o", "cursor_pos": 1},
    "history_request": {"hist_access_type": "tail", "n": 5, "output": False, "raw": True},
    "is_complete_request": {"code": "1 + 1"},
    "debug_request": {"type": "request", "seq": 1, "command": "debugInfo", "arguments": {}},
}
TRIES = [(channel, kind) for kind in ASKED for channel in ("shell", "control")]
# What a kernel answers nowhere (JupyterLab shows it): each kind on the other channel.
DEAF = {("control", "inspect_request"), ("control", "complete_request"), ("control", "history_request")}
DEAF |= {("control", "is_complete_request"), ("shell", "debug_request")}


def header(kind):
    now = datetime.now(UTC).isoformat()
    return {
        "msg_id": uuid.uuid4().hex,
        "username": "x",
        "session": uuid.uuid4().hex,
        "msg_type": kind,
        "version": "5.3",
        "date": now,
    }


def as_json(channel, kind, content):
    parts = {"header": header(kind), "parent_header": {}, "metadata": {}, "content": content, "buffers": []}
    return json.dumps({"channel": channel, **parts}), websocket.ABNF.OPCODE_TEXT


def as_v1(channel, kind, content):
    parts = [channel.encode(), *(json.dumps(part).encode() for part in (header(kind), {}, {}, content))]
    offsets = [8 * (len(parts) + 2)]
    for part in parts:
        offsets.append(offsets[-1] + len(part))
    packed = struct.pack(f"<{len(offsets) + 1}Q", len(offsets), *offsets)
    return packed + b"".join(parts), websocket.ABNF.OPCODE_BINARY


def ask(socket, write, channel, kind, content):
    """Ask, then ask on the same channel what a page may ask; return the kinds of all answers until that answer.

    A channel answers in order: what has not been answered before the second question never will be.
    """
    for message, opcode in (write(channel, kind, content), write(channel, "kernel_info_request", {})):
        socket.send(message, opcode=opcode)
    answers = set()
    while "kernel_info_reply" not in answers:
        answer = socket.recv()
        text = answer if isinstance(answer, str) else answer.decode("latin1")
        answers |= {kind for kind in (*replies(), "kernel_info_reply") if f'"{kind}"' in text}
    return answers


def replies():
    return {kind.replace("_request", "_reply") for kind in ASKED}


def content_of(kind, marker):
    code = {"code": CODE.format(marker=str(marker))} if kind == "execute_request" else {}
    return ASKED[kind] | code


@pytest.fixture(params=["json", V1])
def protocol(request):
    return {"json": (as_json, {}), V1: (as_v1, {"subprotocols": [V1]})}[request.param]


@pytest.fixture(scope="module")
def page(server):
    # One page for all tries: opening one costs more than all of them.
    import re

    text = requests.get(f"{server.url}/voila/render/plain.ipynb", timeout=60).text
    kernel = re.search(r'"kernelId": ?"([0-9a-f-]{36})"', text)[1]
    return f"{server.url.replace('http', 'ws', 1)}/api/kernels/{kernel}/channels"


@pytest.fixture(scope="module")
def free_kernel(jupyterlab):
    """A kernel of JupyterLab, where whoever has the token may run code."""
    headers = {"Authorization": f"token {jupyterlab.token}"}
    made = requests.post(f"{jupyterlab.url}/api/kernels", json={"name": "python3"}, headers=headers, timeout=30)
    address = f"{jupyterlab.url.replace('http', 'ws', 1)}/api/kernels/{made.json()['id']}/channels"
    return address, [f"Authorization: token {jupyterlab.token}"]


@pytest.mark.parametrize(("channel", "kind"), TRIES)
def test_nothing_but_widgets_messages_is_answered(page, protocol, channel, kind, tmp_path):
    write, options = protocol
    socket = websocket.create_connection(page, timeout=20, **options)
    marker = tmp_path / "marker"
    answers = ask(socket, write, channel, kind, content_of(kind, marker))
    socket.close()
    assert answers == {"kernel_info_reply"}
    assert not marker.exists()


@pytest.mark.parametrize(("channel", "kind"), [try_ for try_ in TRIES if try_ not in DEAF])
def test_the_same_questions_are_answered_where_code_may_run(free_kernel, protocol, channel, kind, tmp_path):
    # The control: if these questions were wrong, the test above would pass whatever the server did.
    write, options = protocol
    address, headers = free_kernel
    socket = websocket.create_connection(address, timeout=20, header=headers, **options)
    marker = tmp_path / "marker"
    answers = ask(socket, write, channel, kind, content_of(kind, marker))
    socket.close()
    assert kind.replace("_request", "_reply") in answers
    assert marker.exists() == (kind == "execute_request")


def test_lab_gives_no_kernel_without_the_token(jupyterlab, free_kernel):
    assert requests.post(f"{jupyterlab.url}/api/kernels", json={"name": "python3"}, timeout=10).status_code == 403
    with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
        websocket.create_connection(free_kernel[0], timeout=10)

"""Kernels come and go with the pages that they belong to."""

import contextlib
import http.client
import signal
import socket
import time

import psutil
import pytest
import websocket


def test_every_visitor_has_a_kernel_of_their_own(server, visit):
    one, two = visit(server), visit(server)
    assert one.pid != two.pid
    assert one.kernel != two.kernel


def test_leaving_ends_the_kernel_and_no_other(server, visit, wait_until):
    leaver, stayer = visit(server), visit(server)
    assert leaver.leave() == 204
    assert wait_until(lambda: not psutil.pid_exists(leaver.pid))
    assert not leaver.is_here()
    assert stayer.is_here()
    assert psutil.pid_exists(stayer.pid)


def test_leaving_twice_is_no_error(server, visit):
    visitor = visit(server)
    assert [visitor.leave(), visitor.leave()] == [204, 204]


def test_only_a_page_of_this_server_can_say_that_it_is_left(server, visit):
    visitor = visit(server)
    address = f"{server.url}/voila/api/shutdown/{visitor.kernel}"
    token = {"_xsrf": visitor.session.cookies["_xsrf"]}
    assert visitor.session.post(address, timeout=10).status_code == 403
    assert visitor.session.post(address, {"_xsrf": "guess"}, timeout=10).status_code == 403
    foreign = visitor.session.post(address, token, headers={"Origin": "http://evil.example"}, timeout=10)
    assert foreign.status_code in (403, 404)
    assert visitor.is_here()


def test_about_to_leave_is_not_left(server, visit):
    visitor = visit(server)
    assert visitor.leave(leaving=True) == 204
    assert visitor.is_here()


def test_a_page_that_is_left_while_it_starts_keeps_no_kernel(server, wait_until):
    assert wait_until(lambda: server.health()["warm"] == 1, 30)
    before = server.kernels()
    with socket.create_connection(("127.0.0.1", server.port)) as visitor:
        visitor.sendall(b"GET /voila/render/slow.ipynb HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert b"200 OK" in visitor.recv(100)
        assert wait_until(lambda: server.kernels() - before)
    assert wait_until(lambda: not server.kernels() - before)


def test_the_start_screen_is_sent_before_the_notebook_has_run(server):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    begin = time.monotonic()
    connection.request("GET", "/voila/render/slow.ipynb")
    answer = connection.getresponse()
    head = b""
    while b"dv-bar" not in head:
        head += answer.read1()
    first = time.monotonic() - begin
    rest = answer.read()
    connection.close()
    assert time.monotonic() - begin - first > 3  # the notebook sleeps for four seconds
    assert b"<h1>A slow page</h1>" in head
    assert b"voila_process(3, 4)" in rest


def test_a_failing_cell_is_one_sentence_and_the_rest_runs(server, visit):
    visitor = visit(server, "failing.ipynb")
    assert visitor.page.text.count("This part stopped with an error") == 1
    assert visitor.pid  # of the last cell
    for inside in ("ZeroDivisionError", "Traceback", "sesame", "grumble"):
        assert inside not in visitor.page.text
    assert "Cell 2 failed with ZeroDivisionError" in server.log.read_text()


def test_a_kernel_that_dies_while_the_page_starts_leaves_a_page_with_sentences(server, visit):
    page = visit(server, "dying.ipynb").page
    assert page.status_code == 200
    assert "the program behind the page has ended" in page.text or "could not be finished" in page.text
    assert page.text.rstrip().endswith(("</html>", "</script>"))


def test_a_kernel_that_dies_later_is_not_started_again(server, visit, wait_until):
    # A new kernel would know nothing of the page: better the page says that it has ended.
    visitor = visit(server)
    psutil.Process(visitor.pid).kill()
    assert wait_until(lambda: not visitor.is_here())


def closing_code(connection):
    """Read until the server closes; return why, None when it did not say."""
    with contextlib.suppress(websocket.WebSocketConnectionClosedException, ConnectionError):
        while True:
            opcode, content = connection.recv_data()
            if opcode == websocket.ABNF.OPCODE_CLOSE:
                return int.from_bytes(content[:2], "big")
    return None


def test_a_message_over_ten_mebibytes_closes_the_connection_and_not_the_kernel(server, visit):
    visitor = visit(server)
    connection = visitor.connect()
    with contextlib.suppress(ConnectionError):  # the server may stop reading in the middle
        connection.send(b"x" * (11 << 20), opcode=websocket.ABNF.OPCODE_BINARY)
    assert closing_code(connection) in (1009, None)
    assert visitor.is_here()
    visitor.connect().close()


def test_a_flood_of_messages_closes_the_connection(server, visit):
    connection = visit(server).connect()
    for _ in range(2500):  # over a thousand in one second, wherever the second begins
        connection.send('{"channel": "nowhere"}')
    assert closing_code(connection) == 1008


def test_as_many_messages_as_a_camera_sends_pass(server, visit):
    connection = visit(server).connect()
    for _ in range(250):
        connection.send('{"channel": "nowhere"}')
    connection.ping()
    connection.settimeout(2)
    with pytest.raises(websocket.WebSocketTimeoutException):
        closing_code(connection)


def test_a_warm_kernel_is_handed_out_once_and_replaced(server, visit, wait_until):
    assert wait_until(lambda: server.health()["warm"] == 1, 30)
    one, two = visit(server, "00_home.ipynb"), visit(server, "00_home.ipynb")
    assert one.pid != two.pid
    assert wait_until(lambda: server.health()["warm"] == 1, 30)


def test_warm_kernels_are_not_visitors(server, wait_until):
    assert wait_until(lambda: server.health()["warm"] == 1, 30)
    assert wait_until(lambda: len(server.kernels()) == 1 + server.health()["visitors"], 30)


def test_pages_lead_home_and_the_home_page_leads_nowhere(server, visit):
    assert '<nav id="dv-nav"' in visit(server).page.text
    assert '<nav id="dv-nav"' not in visit(server, "00_home.ipynb").page.text


@pytest.fixture(scope="module")
def published(start):
    with start("--publish", "--visitors", "2") as server:
        yield server


def test_kernels_of_a_published_suite_are_told_not_to_write(published, visit, server):
    assert "data-publish='1'" in visit(published).page.text
    assert "data-publish='None'" in visit(server).page.text


def test_one_visitor_too_many_reads_what_to_do(published, visit):
    inside = [visit(published), visit(published)]
    refused = visit(published)
    assert refused.page.status_code == 503
    assert "2 visitors are here now" in refused.page.text
    assert "--visitors 3" in refused.page.text
    assert "Try again" in refused.page.text
    assert refused.page.headers["Retry-After"]
    assert all(visitor.is_here() for visitor in inside)
    inside[0].leave()
    assert visit(published).page.status_code == 200
    assert inside[1].is_here()


def test_whoever_reloads_keeps_their_place(published, visit):
    inside = [visit(published), visit(published)]
    inside[0].leave(leaving=True)
    assert visit(published).page.status_code == 200
    assert not inside[0].is_here()
    assert inside[1].is_here()


def test_no_kernel_outlives_the_server(start, visit, wait_until):
    signals = [signal.SIGINT, signal.SIGKILL]  # every server of these tests ends with SIGTERM, and is looked at
    with contextlib.ExitStack() as stack:
        visitors = [visit(stack.enter_context(start())) for _ in signals]
        for visitor, number in zip(visitors, signals, strict=True):
            visitor.server.process.send_signal(number)
        for visitor in visitors:
            visitor.server.process.wait(15)
            assert wait_until(lambda pid=visitor.pid: not psutil.pid_exists(pid))

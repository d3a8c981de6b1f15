"""What a visitor can reach by address: pages and pictures, and nothing else."""

import http.client
import json

import pytest
import requests
import websocket

OPEN = ["static/open.png", "static/deeper/open.png"]
SHUT = [
    "beside.png",
    "table.csv",
    "code.py",
    ".env",
    "plain.ipynb",
    "static/table.csv",
    "static/code.py",
    "static/.env",
    "static/a.png.py",
    "static/link.png",
    "static/.hidden/p.png",
    ".hidden/p.png",
    ".hidden/hidden.ipynb",
    "static",
    "static/",
    "",
    "static/../beside.png",
    "static/../table.csv",
    "static/..%2ftable.csv",
    "static/%2e%2e/table.csv",
    "static/%252e%252e/table.csv",
    "static/..%5ctable.csv",
    "static/open.png%00.csv",
    "static//open.png",
    "./static/open.png",
    "STATIC/open.png",
    "../voila.json",
    "/etc/passwd",
]
CLIMBS = [
    prefix + climb
    for prefix in ("/voila/static/", "/voila/templates/", "/voila/templates/dv/static/", "/voila/labextensions/")
    for climb in (
        "../../../../../../../../etc/passwd",
        "..%2f..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
        "%2e%2e/%2e%2e/static/passwd",
        "../static/../../../etc/passwd",
        "/etc/passwd",
        "x",
        "",
    )
]
ELSEWHERE = [
    "/voila/tree",
    "/voila/tree/",
    "/voila/api/contents",
    "/voila/api/contents/",
    "/api/contents",
    "/api/kernels",
    "/api/kernelspecs",
    "/api/sessions",
    "/api/terminals",
    "/api/status",
    "/lab",
    "/tree",
    "/login",
    "/metrics",
    "/voila/render/",
    "/voila/render/missing.ipynb",
    "/voila/render/code.py",
    "/voila/render/.hidden/hidden.ipynb",
    "/voila/render/../voila.json",
    "/voila/render/%2e%2e/plain.ipynb",
    "/voila/execution/00000000-0000-0000-0000-000000000000",
    "/voila/query/00000000-0000-0000-0000-000000000000",
    "/nothing/here",
]


def ask(server, path, method="GET", **headers):
    """Ask for a path as it is written here; libraries would tidy it up first."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.putrequest(method, path, skip_host="Host" in headers)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read().decode("utf-8", "replace")
    connection.close()
    return answer, body


@pytest.mark.parametrize("path", OPEN)
def test_pictures_of_the_one_folder_are_served(server, path):
    answer, _ = ask(server, f"/voila/files/{path}")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/png")


@pytest.mark.parametrize("path", SHUT)
def test_no_other_file_is_served(server, path):
    answer, body = ask(server, f"/voila/files/{path}")
    assert answer.status in (400, 403, 404)
    assert "sesame" not in body
    assert "To the home page" in body or answer.status == 400


@pytest.mark.parametrize("path", CLIMBS)
def test_nobody_climbs_out_of_the_folders_of_scripts_and_styles(server, path):
    answer, body = ask(server, path)
    assert answer.status in (400, 403, 404)
    assert "root:" not in body


@pytest.mark.parametrize("path", ELSEWHERE)
def test_unknown_addresses_lead_home(server, path):
    answer, body = ask(server, path)
    assert answer.status == 404
    assert '<a href="/">To the home page</a>' in body
    assert "Traceback" not in body


def test_the_root_leads_to_the_home_page(server):
    answer, _ = ask(server, "/")
    assert (answer.status, answer.headers["Location"]) == (302, "/voila/render/00_home.ipynb")


def test_a_notebook_in_a_deeper_folder_opens(server, visit):
    assert visit(server, "deeper/inner.ipynb").page.status_code == 200


@pytest.mark.parametrize("query", [{"template": "lab"}, {"theme": "dark"}, {"voila-template": "classic"}])
def test_a_visitor_cannot_switch_the_template(server, visit, query):
    page = visit(server, **query).page.text
    assert 'id="dv-start"' in page
    assert 'data-jp-theme-light="true"' in page


def test_a_notebook_cannot_switch_the_template(server, visit):
    page = visit(server, "dressed.ipynb").page.text
    assert 'id="dv-start"' in page
    assert "cdn." not in page


def test_code_is_not_in_the_page(server, visit):
    page = visit(server).page.text
    assert "IntSlider(value" in page  # what the cell shows
    assert "import ipywidgets" not in page  # what it says


@pytest.mark.parametrize("path", ["/", "/health", "/nothing", "/voila/files/static/open.png", "/voila/static/voila.js"])
def test_every_answer_carries_the_security_headers(server, path):
    headers = requests.get(server.url + path, allow_redirects=False, timeout=10).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    policy = headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy
    assert "default-src 'self'" in policy
    assert "http:" not in policy
    assert "https:" not in policy


def test_a_page_names_no_other_server_and_no_visitor(server, visit):
    visitor = visit(server)
    outside = [part for part in visitor.page.text.split('"') if part.startswith(("http:", "https:", "//"))]
    assert outside == []
    assert set(visitor.session.cookies.keys()) == {"_xsrf"}


def test_a_foreign_page_cannot_open_the_websocket(server, visit):
    visitor = visit(server)
    with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
        visitor.connect(origin="http://evil.example")
    visitor.connect(origin=server.url).close()


def test_a_foreign_name_for_this_computer_is_refused(server, visit):
    visitor = visit(server)
    answer, _ = ask(server, "/voila/render/plain.ipynb", Host=f"evil.example:{server.port}")
    assert answer.status == 403
    with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
        visitor.connect(host="evil.example", origin="http://evil.example")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_a_kernel_can_be_asked_about_and_nothing_more(server, visit, method):
    visitor = visit(server)
    path = f"/api/kernels/{visitor.kernel}"
    assert json.loads(ask(server, path)[1])["id"] == visitor.kernel
    assert ask(server, path, method)[0].status in (403, 404, 405)
    assert visitor.is_here()


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "iframe"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "image"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Dest": "empty"},
        {"Sec-Purpose": "prefetch;prerender", "Sec-Fetch-Dest": "document"},
    ],
)
def test_no_kernel_starts_for_a_page_that_nobody_opens(server, headers):
    before = server.health()["visitors"]
    answer, body = ask(server, "/voila/render/plain.ipynb", **headers)
    assert answer.status == 403
    assert "in a window of its own" in body
    assert server.health()["visitors"] == before


def test_a_link_on_another_site_opens_the_page(server):
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"}
    assert ask(server, "/voila/render/plain.ipynb", **headers)[0].status == 200


@pytest.mark.parametrize("notebook", ["broken.ipynb", "foreign.ipynb"])
def test_a_notebook_that_cannot_run_is_a_sentence(server, visit, notebook):
    page = visit(server, notebook).page
    assert page.status_code == 500
    assert "This page could not be shown" in page.text
    assert "Traceback" not in page.text

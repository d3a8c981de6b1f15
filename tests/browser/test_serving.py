"""Serving as a person in front of a browser meets it: opening, failing, leaving, coming too late, being elsewhere."""

import os
import re
import signal
from pathlib import Path

import nbformat
import psutil
import pytest
from playwright.sync_api import expect

from tests.browser.seeing import find_faults

WAIT = 60_000
TELL = "import os\nfrom IPython.display import HTML\nHTML(f\"<i id='kernel' data-pid='{os.getpid()}'></i>\")"
NUMBER = "import ipywidgets\nnumber = ipywidgets.IntText(description='Count')\nnumber"
ANSWER = (
    "answer = ipywidgets.Label()\n"
    "number.observe(lambda change: setattr(answer, 'value', f'is {change.new}'), 'value')\nanswer"
)
NOTEBOOKS = {
    "plain": ["# A plain page, $x^2$", TELL, NUMBER, ANSWER],
    "failing": ["# A page with a fault", "1 / 0", TELL, NUMBER, ANSWER],
    "slow": ["# A slow page", TELL, "import time\ntime.sleep(5)", NUMBER],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("pages")
    for name, cells in NOTEBOOKS.items():
        notebook = nbformat.v4.new_notebook()
        notebook.metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        for source in cells:
            new = nbformat.v4.new_markdown_cell if source.startswith("#") else nbformat.v4.new_code_cell
            notebook.cells.append(new(source))
        nbformat.write(notebook, place / f"{name}.ipynb")
    return place


@pytest.fixture(scope="module")
def small(serve, folder):
    """A server of three small notebooks."""
    return serve("--notebooks", str(folder))


@pytest.fixture
def open_small(open_page, small):
    """Open a small notebook: open_small("plain")."""
    return lambda name, **options: open_page(f"{small}/voila/render/{name}.ipynb", **options)


def kernel_of(page):
    return int(page.locator("#kernel").get_attribute("data-pid", timeout=WAIT))


def gone(page, pid, seconds=15):
    for _ in range(seconds * 10):
        if not psutil.pid_exists(pid):
            return True
        page.wait_for_timeout(100)
    return False


def works(page):
    """Count one further; the kernel's answer shows that the page is alive."""
    field = page.get_by_role("spinbutton", name="Count")
    further = int(field.input_value()) + 1
    field.fill(str(further))
    field.press("Enter")
    expect(page.get_by_text(f"is {further}", exact=True)).to_be_visible(timeout=WAIT)


def refusals(page):
    """Note what the page's own security policy refused."""
    page.refused = []
    page.on("console", lambda line: page.refused.append(line.text) if "Content Security Policy" in line.text else None)
    return page


def test_while_a_kernel_starts_there_is_a_title_and_a_bar_that_grows(open_page, small, keep_screen):
    page = open_page("/health", wait="")
    page.goto(f"{small}/voila/render/slow.ipynb", wait_until="commit")
    expect(page).to_have_title("A slow page")
    bar = page.get_by_role("progressbar", name="Opening this page")
    expect(page.get_by_role("heading", name="A slow page")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("Running part 3 of 4", timeout=WAIT)
    keep_screen(page, "start-screen")
    assert find_faults(page) == []
    before = int(bar.get_attribute("aria-valuenow"))
    expect(page.get_by_role("status")).to_contain_text(re.compile(r"part 4 of 4|Drawing"), timeout=WAIT)
    assert int(bar.get_attribute("aria-valuenow")) > before
    expect(page.get_by_role("spinbutton")).to_be_visible(timeout=WAIT)
    expect(bar).to_have_count(0)
    assert page.errors == []


def test_a_failing_cell_is_one_sentence_and_the_rest_works(open_small, keep_screen):
    page = open_small("failing")
    expect(page.get_by_text("This part stopped with an error and is not shown")).to_have_count(1)
    works(page)
    assert "ZeroDivisionError" not in page.content()
    assert find_faults(page) == []
    keep_screen(page, "failing-cell")


def test_mathematics_is_set_without_help_from_elsewhere(open_small):
    page = refusals(open_small("plain"))
    expect(page.locator("h1 mjx-container")).to_be_visible(timeout=WAIT)
    assert page.outside == []


def test_leaving_and_closing_end_the_kernel_and_no_other(open_small):
    leaver, closer, stayer = open_small("plain"), open_small("plain"), open_small("plain")
    pids = [kernel_of(page) for page in (leaver, closer, stayer)]
    assert len(set(pids)) == 3
    leaver.goto("about:blank")
    closer.close(run_before_unload=True)
    assert gone(stayer, pids[0])
    assert gone(stayer, pids[1])
    works(stayer)
    assert psutil.pid_exists(pids[2])


def test_coming_back_finds_a_working_page(open_small, small):
    page = open_small("plain")
    page.goto(f"{small}/nothing")
    page.go_back()
    expect(page.get_by_role("spinbutton")).to_be_visible(timeout=WAIT)
    works(page)


def test_a_kernel_that_has_ended_is_said(open_small):
    page = open_small("plain")
    pid = kernel_of(page)
    os.kill(pid, signal.SIGKILL)
    assert gone(page, pid)
    notice = page.get_by_role("alert").filter(has_text="The program behind this page has ended")
    for _ in range(50):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # looks at once, not after 15 s
        if notice.is_visible():
            break
        page.wait_for_timeout(100)
    expect(notice).to_be_visible()
    notice.get_by_role("button", name="Reload").click()
    expect(page.get_by_role("spinbutton")).to_be_visible(timeout=WAIT)
    works(page)


def test_a_network_that_is_gone_for_a_moment_is_said_and_forgotten(open_small):
    page = open_small("plain")
    pid = kernel_of(page)
    page.context.set_offline(True)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_text("The server does not answer.")).to_be_visible()
    page.context.set_offline(False)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_text("The server does not answer.")).to_have_count(0)
    works(page)
    assert kernel_of(page) == pid


def test_a_lost_connection_is_taken_up_again(open_page, small):
    page = open_page("/health", wait="")
    page.add_init_script(
        "window.sockets = []; window.WebSocket = class extends WebSocket {"
        " constructor(...options) { super(...options); window.sockets.push(this); } }"
    )
    page.goto(f"{small}/voila/render/plain.ipynb")
    expect(page.get_by_role("spinbutton")).to_be_visible(timeout=WAIT)
    pid = kernel_of(page)
    assert page.evaluate("window.sockets.length") == 1
    page.evaluate("window.sockets[0].close()")
    page.wait_for_function("window.sockets.length > 1 && window.sockets.at(-1).readyState === 1", timeout=WAIT)
    works(page)
    assert kernel_of(page) == pid


def test_a_part_that_arrives_at_the_last_moment_is_found(open_small):
    page = open_small("plain")
    works(page)
    found = page.evaluate(
        """async () => {
          const manager = window.jupyterapp.widgetManager;
          const [known] = Object.keys(manager.get_state_sync().state), begun = Date.now();
          const late = manager.get_model("late").then((model) => model.model_id, (error) => error.message);
          await new Promise((later) => setTimeout(later, 1500));
          manager.register_model("late", manager.get_model(known));
          while (Date.now() - begun < 2200); // nobody can look before the two seconds are over
          return (await late) === known;
        }"""
    )
    assert found is True


def test_whoever_reloads_a_full_house_stays_and_whoever_comes_reads_why(serve, folder, open_page, keep_screen):
    address = serve("--notebooks", str(folder), "--publish", "--visitors", "1") + "/voila/render/plain.ipynb"
    page = open_page(address)
    first = kernel_of(page)
    late = open_page(address, wait="h1")
    expect(late.get_by_role("heading", name="Every place is taken")).to_be_visible()
    expect(late.get_by_text("1 visitor is here now")).to_be_visible()
    assert find_faults(late) == []
    keep_screen(late, "no-place")
    page.reload()
    assert kernel_of(page) != first
    works(page)
    page.goto("about:blank")
    late.get_by_role("link", name="Try again").click()
    expect(late.get_by_role("spinbutton")).to_be_visible(timeout=WAIT)


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/", ".dv-card"),
        ("/voila/render/06_deepvis.ipynb", ".jupyter-widgets"),
        ("/voila/render/01_introduction.ipynb", ".jupyter-widgets"),
        ("/nothing/here", "h1"),
    ],
)
def test_nothing_is_asked_of_another_computer(open_page, suite, path, shown):
    page = refusals(open_page("/health", wait=""))
    page.goto(suite + path)
    page.wait_for_selector(shown, timeout=WAIT)
    page.wait_for_load_state("networkidle")
    assert page.outside == []
    assert page.refused == []
    assert page.errors == []


def test_the_home_page_is_for_everybody(open_page, keep_screen):
    page = open_page("/", wait=".dv-card")
    assert page.url.endswith("/voila/render/00_home.ipynb")
    assert find_faults(page) == []
    expect(page.get_by_role("main")).to_have_count(1)
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Deep Visualization Notebooks"))
    for picture in page.get_by_role("img").all():
        assert len(picture.get_attribute("alt")) > 20
    keep_screen(page, "home")
    for width in (1400, 700, 360):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.scrollingElement.scrollWidth <= document.scrollingElement.clientWidth")


def test_a_card_opens_its_chapter_with_the_keyboard_and_the_way_leads_back(open_page):
    page = open_page("/", wait=".dv-card")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name=re.compile("Introduction"))).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/01_introduction.ipynb")
    page.get_by_role("link", name="Deep Visualization Notebooks").click()
    page.wait_for_selector(".dv-card", timeout=WAIT)


def test_the_page_for_nothing_has_no_fault(open_page):
    page = open_page("/nothing/here", wait="h1")
    assert find_faults(page) == []
    page.get_by_role("link", name="To the home page").click()
    page.wait_for_selector(".dv-card", timeout=WAIT)


def test_for_the_network_pages_may_use_the_camera(serve, folder, open_page):
    page = open_page(serve("--notebooks", str(folder), "--lan") + "/voila/render/plain.ipynb")
    assert page.evaluate("isSecureContext")
    tracks = page.evaluate(
        "navigator.mediaDevices.getUserMedia({ video: true }).then((stream) => stream.getVideoTracks().length)"
    )
    assert tracks == 1
    works(page)


def test_lab_shows_the_home_page_alike_and_asks_for_no_news(browser, lab, keep_screen):
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    page = context.new_page()
    outside = []
    here = re.compile(r"(https?|wss?)://127\.0\.0\.1[:/]|data:|blob:")
    page.on("request", lambda request: None if here.match(request.url) else outside.append(request.url))
    page.goto(lab.replace("/lab?", "/lab/workspaces/home/tree/00_home.ipynb?"))
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=WAIT)
    page.get_by_role("menuitem", name="Run").click()
    page.get_by_text("Run All Cells", exact=True).click()
    suite = Path(__file__).parents[2] / "notebooks"
    chapters = [path for path in suite.glob("[0-9]*.ipynb") if path.stem != "00_home"]
    expect(page.locator(".dv-card")).to_have_count(len(chapters), timeout=WAIT)
    keep_screen(page, "lab-home")
    page.get_by_role("link", name=re.compile("Deep visualization")).click()
    page.wait_for_url("**/06_deepvis.ipynb*", timeout=WAIT)
    expect(page.get_by_text("Jupyter news")).to_have_count(0)
    assert outside == []
    context.close()

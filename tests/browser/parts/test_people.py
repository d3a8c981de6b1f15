"""Who somebody is, fields, stars, cards, the tree and the diagram, as people use them."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.seeing import find_faults

KEY = re.compile(r'"key":\s*"([A-Za-z0-9_-]{32})"')
PAGE = "/voila/render/dev_people.ipynb"
NODES = 9_841
WITHOUT_STORAGE = """Object.defineProperty(window, "localStorage", {
    get() { throw new DOMException("refused", "SecurityError"); } });"""
# What drawing took, in milliseconds, for each of so many pictures while the tree is moved.
DRAW = """async (tree) => {
    const took = [], frame = () => new Promise(requestAnimationFrame);
    for (let turn = 0; turn < 20; turn++) {
        const deltaY = turn % 2 ? 20 : -20;
        tree.dispatchEvent(new WheelEvent("wheel", { deltaY, cancelable: true, clientX: 700, clientY: 400 }));
        await frame();
        await frame();
        took.push(Number(tree.dataset.ms));
    }
    return took.sort((a, b) => a - b);
}"""
REST = """async (tree) => {
    for (let turn = 0; turn < 20; turn++) await new Promise(requestAnimationFrame);
    return Number(tree.dataset.painted);
}"""
MIDDLE = """(tree) => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => {
    const canvas = tree.querySelector("canvas");
    resolve([...canvas.getContext("2d").getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data].slice(0, 3));
})))"""


def open_tab(context, address):
    """Open the page; `keys` are those that it told Python, `brought` is what came from there."""
    page = context.new_page()
    page.errors, page.keys, page.brought = [], [], []
    page.on("pageerror", lambda error: page.errors.append(str(error)))

    def listen(socket):
        socket.on("framesent", lambda data: page.keys.extend(KEY.findall(text_of(data))))
        socket.on("framereceived", lambda data: page.brought.append(text_of(data)))

    page.on("websocket", listen)
    page.goto(address, wait_until="domcontentloaded", timeout=90_000)
    expect(page.get_by_role("application", name="A network with a cycle")).to_be_visible(timeout=90_000)
    return page


def text_of(data):
    return data if isinstance(data, str) else data.decode("utf-8", "replace")


@pytest.fixture(scope="module")
def people(browser, suite):
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    yield open_tab(context, suite + PAGE)
    context.close()


@pytest.fixture(autouse=True)
def nothing_breaks(people):
    before = len(people.errors)
    yield
    assert people.errors[before:] == []


def take_name(page, name):
    page.get_by_role("button", name=re.compile("name$")).first.click()
    page.get_by_role("textbox", name="Your name").fill(name)
    page.keyboard.press("Enter")


def test_a_name_is_kept_for_other_tabs_and_the_key_is_shown_nowhere(people, suite):
    expect(people.get_by_text("You have no name yet")).to_be_visible()
    expect(people.get_by_text("A key of 32 letters; the name is not known.")).to_be_visible()
    take_name(people, "عائشة \u202e<b>")
    expect(people.locator(".dv-identity")).to_contain_text("You are عائشة \u202e<b>")
    other = open_tab(people.context, suite + PAGE)
    expect(other.locator(".dv-identity")).to_contain_text("You are عائشة")
    take_name(other, "Grace")
    expect(people.get_by_text("A key of 32 letters; the name is Grace.")).to_be_visible()
    (key,) = set(people.keys + other.keys)
    for page in (people, other):
        assert key not in page.content()
        assert not any(key in frame for frame in page.brought)
    assert other.errors == []
    other.close()


def test_a_name_that_is_too_long_is_not_lost(people):
    take_name(people, "x" * 47)
    expect(people.get_by_text("this one has 7 too many")).to_be_visible()
    field = people.get_by_role("textbox", name="Your name")
    expect(field).to_have_value("x" * 47)
    field.press("Escape")
    expect(people.get_by_role("button", name="Change your name")).to_be_focused()


def test_a_browser_that_keeps_nothing_says_so(browser, suite):
    context = browser.new_context()
    context.add_init_script(WITHOUT_STORAGE)
    page = open_tab(context, suite + PAGE)
    expect(page.get_by_text("This browser keeps nothing")).to_be_visible()
    take_name(page, "Ada")
    expect(page.get_by_text("A key of 32 letters; the name is Ada.")).to_be_visible()
    assert len(set(page.keys)) == 1
    assert page.errors == []
    context.close()


def test_what_is_typed_arrives_without_leaving_the_field(people):
    title = people.get_by_role("textbox", name="Title")
    title.click()
    people.keyboard.type("<i>Ω 😀</i>")
    expect(people.get_by_text("heard '<i>Ω 😀</i>'")).to_be_visible()
    expect(people.locator(".dv-entry", has=title)).to_contain_text("30 left")
    title.fill("y" * 60)
    expect(title).to_have_value("y" * 40)
    expect(people.get_by_text("no more than 40 letters")).to_be_visible()


def test_a_problem_stands_under_its_field_until_one_types(people):
    title = people.get_by_role("textbox", name="Title")
    people.get_by_role("button", name="Complain").click()
    expect(people.get_by_text("A title is needed: write one.")).to_be_visible()
    expect(title).to_have_attribute("aria-invalid", "true")
    before = title.input_value()
    title.press("End")
    title.press("Backspace")
    expect(people.get_by_text("A title is needed: write one.")).to_be_hidden()
    expect(title).to_have_value(before[:-1])


def test_a_press_does_not_overtake_what_was_typed_while_python_worked(people):
    title, read = people.get_by_role("textbox", name="Title"), people.get_by_role("button", name="Read slowly")
    title.fill("")
    read.click()
    # Slowly enough for each letter to be sent by itself, and all of them while Python still works.
    title.press_sequentially("two", delay=300)
    title.press_sequentially(" words")
    read.click()
    expect(people.get_by_text("read 'two words'")).to_be_visible()


def test_tags_are_made_and_removed_by_keys(people):
    tags = people.get_by_role("textbox", name="Tags")
    tags.click()
    people.keyboard.type("dragon,")
    people.keyboard.type("שלום")
    people.keyboard.press("Enter")
    people.keyboard.type("Dragon,third,fourth")
    people.keyboard.press("Enter")
    expect(people.get_by_text("heard ('dragon', 'שלום', 'third')")).to_be_visible()
    expect(people.get_by_text("No more than 3 tags: remove one first.")).to_be_visible()
    expect(tags).to_have_value("fourth")
    tags.fill("")
    tags.press("Backspace")
    expect(people.get_by_role("button", name="Remove third")).to_be_focused()
    people.keyboard.press("Enter")
    expect(people.get_by_text("heard ('dragon', 'שלום')")).to_be_visible()
    expect(people.get_by_role("button", name="Remove שלום")).to_be_focused()


def test_stars_are_given_by_click_and_by_arrow_keys(people):
    group = people.get_by_role("group", name="Your stars")
    expect(group).to_contain_text("4.3 of 5 from 8 people")
    group.get_by_role("radio", name="3 stars").check(force=True)
    expect(people.get_by_text("rated 3")).to_be_visible()
    people.keyboard.press("ArrowRight")
    expect(people.get_by_text("rated 4")).to_be_visible()
    expect(group).to_contain_text("you gave 4")
    expect(group.locator(".dv-filled")).to_have_count(4)
    people.get_by_role("button", name="Take it back").click()
    expect(group.locator("input:checked")).to_have_count(0)
    expect(people.get_by_role("group", name="Everybody's stars").get_by_role("radio").first).to_be_disabled()


def cards_of(people):
    cards = people.get_by_role("list", name="Twenty balls")
    cards.scroll_into_view_if_needed()
    return cards, cards.get_by_role("button")


def test_cards_show_what_was_typed_inside_their_borders(people):
    cards, buttons = cards_of(people)
    expect(buttons).to_have_count(8)
    assert cards.locator("b, i, script").count() == 0
    titles = cards.locator(".dv-cards-title")
    assert titles.all_text_contents()[1:4] == ["\u202enogard", "שלום", "<b>not bold</b>"]
    assert titles.nth(5).get_attribute("title") == "A name much longer than its card"
    for title, button in zip(titles.all(), buttons.all(), strict=True):
        inner, outer = title.bounding_box(), button.bounding_box()
        assert inner is None or inner["x"] + inner["width"] <= outer["x"] + outer["width"]
    assert cards.locator("img").first.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 48
    expect(people.get_by_text("Nobody has made a ball yet: make one.")).to_be_visible()


def test_cards_are_opened_by_keys_and_there_are_more(people):
    _, buttons = cards_of(people)
    buttons.first.click()
    expect(people.get_by_text("opened 0")).to_be_visible()
    people.keyboard.press("ArrowRight")
    people.keyboard.press("End")
    people.keyboard.press("ArrowLeft")
    people.keyboard.press("Enter")
    expect(people.get_by_text("opened 6")).to_be_visible()
    for shown, button in (("9 to 16 of 20", "More"), ("17 to 20 of 20", "More"), ("9 to 16 of 20", "Back")):
        people.get_by_role("button", name=button, exact=True).click()
        expect(people.get_by_text(f"{shown} balls")).to_be_visible()


@pytest.fixture
def tree(people):
    """The tree, all of it in sight."""
    tree = people.get_by_role("application", name="A tree of 9,841 balls")
    tree.scroll_into_view_if_needed()
    people.get_by_role("button", name="Show all").click()
    expect(tree).to_have_attribute("data-seen", str(NODES))
    tree.focus()
    return tree


@pytest.mark.alone
def test_the_whole_tree_is_drawn_in_less_than_a_frame_and_only_when_it_changes(tree):
    took = tree.evaluate(DRAW)
    # Other programs may have the processor meanwhile: a quarter of the pictures tell what drawing takes.
    assert took[len(took) // 4] < 16
    assert tree.evaluate(REST) == tree.evaluate(REST)


def test_keys_go_through_the_tree(people, tree):
    people.keyboard.press("ArrowRight")
    people.keyboard.press("Home")
    said = people.locator(".dv-tree-below [role=status]")
    for key, node, words in (
        ("ArrowRight", 1, "one\u2069 · plain · 1 from the root · 3 children"),
        ("ArrowDown", 2, "ball 2\u2069 · plain · 1 from the root · 3 children"),
        ("ArrowRight", 7, "ball 7\u2069 · every seventh · 2 from the root · 3 children"),
        ("ArrowLeft", 2, "1 from the root"),
        ("ArrowUp", 1, "1 from the root"),
        ("Home", 0, "0 from the root"),
    ):
        people.keyboard.press(key)
        expect(people.get_by_text(f"selected {node}", exact=True)).to_be_visible()
        expect(said).to_contain_text(words)


def test_near_nodes_get_their_pictures(people, tree):
    people.keyboard.press("ArrowRight")
    people.keyboard.press("Home")
    people.get_by_role("button", name="Go to what is selected").click()
    expect(tree).not_to_have_attribute("data-seen", str(NODES))
    # The ball of hue 0 is red and bright in its middle; a node without a picture is grey.
    people.wait_for_function(
        "([tree, read]) => eval(read)(tree).then(([red, _, blue]) => red > 150 && red > blue + 60)",
        arg=[tree.element_handle(), MIDDLE],
    )


def test_a_click_selects_a_drag_moves_and_a_double_click_opens(people, tree):
    box = tree.bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    people.keyboard.press("ArrowRight")
    people.keyboard.press("Home")
    people.get_by_role("button", name="Go to what is selected").click()
    people.mouse.dblclick(*middle)
    expect(people.get_by_text("opened 0", exact=True).last).to_be_visible()
    before = tree.evaluate(MIDDLE)
    people.mouse.move(*middle)
    people.mouse.down()
    people.mouse.move(middle[0] - 90, middle[1] + 40, steps=4)
    people.mouse.up()
    assert tree.evaluate(MIDDLE) != before
    tip = people.locator(".dv-tree-tip")
    expect(tip).to_contain_text("ball 0")
    people.mouse.move(middle[0] - 90, middle[1] - 100)
    expect(tip).to_be_hidden()


@pytest.fixture
def diagram(people):
    diagram = people.get_by_role("application", name="A network with a cycle")
    diagram.scroll_into_view_if_needed()
    diagram.focus()
    people.keyboard.press("Escape")
    return diagram


def part(diagram, name):
    return diagram.locator(f'[data-part="{name}"]')


def test_sign_size_and_way_of_links_are_seen_without_colour(diagram):
    expect(diagram).to_have_attribute("aria-label", "A network with a cycle: 5 nodes, 7 links")
    dashed = diagram.locator(".dv-diagram-link > [stroke-dasharray]")
    expect(dashed).to_have_count(3)
    expect(diagram.locator(".dv-diagram-head")).to_have_count(2)
    lines = [part(diagram, f"link {number}").locator("path[stroke]") for number in (3, 2, 0, 1)]
    widths = [float(line.get_attribute("stroke-width")) for line in lines]
    assert widths == sorted(set(widths), reverse=True)
    for upper, lower in (("node 2", "node 4"), ("node 4", "node 3"), ("node 3", "node 0")):
        boxes = [part(diagram, name).locator("rect").bounding_box() for name in (upper, lower)]
        assert boxes[0]["y"] + boxes[0]["height"] < boxes[1]["y"]


def test_clicks_and_keys_select_and_words_say_what(people, diagram):
    said = people.locator(".dv-diagram-said")
    part(diagram, "node 4").click()
    expect(people.get_by_text("selected node 4")).to_be_visible()
    expect(said).to_have_text("abs, hidden node, 1 link in, 2 out")
    expect(diagram.locator(".dv-touched")).to_have_count(3)
    people.keyboard.press("ArrowDown")
    expect(said).to_have_text("sine, hidden node, 4 links in, 2 out")
    people.keyboard.press("Enter")
    expect(said).to_have_text("Link from x to sine, weight +1.50")
    people.keyboard.press("Enter")
    expect(said).to_have_text("Link from y to sine, weight −0.500")
    expect(people.get_by_text("selected link 1")).to_be_visible()
    people.keyboard.press("ArrowDown")
    expect(said).to_have_text("y, input, 0 links in, 1 out")
    people.keyboard.press("Escape")
    expect(people.get_by_text("selected nothing")).to_be_visible()


def test_the_table_holds_all_weights(people, diagram):
    people.get_by_text("All weights as a table").click()
    rows = people.get_by_role("region", name="All weights").locator("tbody tr")
    expect(rows).to_have_count(7)
    expect(rows.nth(4)).to_have_text(re.compile(r"y\s*field\s*\+0.250\s*off"))
    expect(rows.nth(5)).to_have_text(re.compile(r"abs\s*sine\s*\+1.00\s*on, back"))


def test_axe_finds_nothing_serious(people):
    assert find_faults(people) == []


@pytest.mark.parametrize("width", [1400, 900])
def test_nothing_scrolls_sideways(people, width, keep_screen):
    people.set_viewport_size({"width": width, "height": 900})
    wide = "document.scrollingElement.scrollWidth > document.scrollingElement.clientWidth"
    people.wait_for_function(f"!({wide})")
    keep_screen(people, f"people-{width}")
    assert not people.evaluate(wide)
    people.set_viewport_size({"width": 1400, "height": 900})

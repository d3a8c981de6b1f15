"""The plots of the training dashboard as a visitor uses them: film, clicks, layers, definitions, the likelihood."""

import re

import pytest
from playwright.sync_api import Page, expect

SHORT = (
    "/voila/render/04_rbm.ipynb#training.data_grid=6&training.data_number=2000&training.hidden=120&training.epochs=4"
)
EPOCHS = 4


@pytest.fixture(scope="module")
def trained(open_for_module):
    """The chapter's page with a short run that has ended."""
    page = open_for_module(SHORT)
    live = page.locator(".dv-shell").filter(has=page.get_by_role("button", name="Start training", exact=True))
    expect(live.get_by_label("Hidden units, as a number", exact=True)).to_have_value("120", timeout=60_000)
    live.get_by_role("button", name="Start training", exact=True).click()
    expect(live.locator(".dv-job-line").first).to_contain_text("Done:", timeout=90_000)
    expect(film(live)).to_contain_text(f"after epoch {EPOCHS}")
    page.live = live
    return page


def film(live):
    return live.get_by_role("group", name="Probabilities over the run")


def wall(page: Page, name: str):
    found = page.live.get_by_role("application", name=re.compile(f"^{name}"))
    found.scroll_into_view_if_needed()
    return found


def pixels(found) -> str:
    return found.locator("canvas").evaluate("canvas => canvas.toDataURL()")


def wait_for_pixels(page: Page, found, same: bool, as_before: str) -> None:
    """Wait until a wall shows the same pixels as before, or others."""
    page.wait_for_function(
        "([wall, same, before]) => (wall.querySelector('canvas').toDataURL() === before) === same",
        arg=[found.element_handle(), same, as_before],
    )


def test_the_picture_is_drawn_in_crisp_pixels_of_twenty_rows(trained):
    hidden = wall(trained, "hidden probabilities")
    size = hidden.locator("canvas").evaluate("canvas => [canvas.width, canvas.height]")
    assert size == [100, 40]
    expect(hidden.locator("canvas")).to_have_css("image-rendering", "pixelated")
    widths = hidden.evaluate("wall => [wall.clientWidth, wall.querySelector('.dv-wall-field').clientWidth]")
    assert widths[1] == pytest.approx(widths[0], abs=2)
    expect(trained.live).to_contain_text(re.compile(r"After epoch 4: \d+% gray \(.4 to .6\), \d+% pegged"))


def test_the_film_is_scrubbed_with_keys_and_played(trained):
    hidden, place = wall(trained, "hidden probabilities"), film(trained.live).get_by_role("slider")
    last = pixels(hidden)
    place.press("Home")
    expect(film(trained.live)).to_contain_text("before training")
    expect(trained.live).to_contain_text("Before training: 100% gray")
    wait_for_pixels(trained, hidden, False, last)
    expect(film(trained.live).get_by_role("switch", name="Newest")).not_to_be_checked()
    film(trained.live).get_by_role("button", name="Forward").click()
    expect(place).to_have_attribute("aria-valuetext", re.compile("update 100 of the first epoch|after epoch 1"))
    film(trained.live).get_by_role("button", name="Play").click()
    expect(place).to_have_attribute("aria-valuetext", f"after epoch {EPOCHS}")
    expect(film(trained.live).get_by_role("switch", name="Newest")).to_be_checked()
    expect(film(trained.live).get_by_role("button", name="Play")).to_be_visible()
    wait_for_pixels(trained, hidden, True, last)


def test_a_click_on_a_column_or_a_tile_selects_the_unit_in_both_plots(trained):
    hidden, filters = wall(trained, "hidden probabilities"), wall(trained, "filters")
    box = filters.locator(".dv-wall-field").bounding_box()
    trained.mouse.click(box["x"] + 4, box["y"] + 4)
    expect(filters.locator(".dv-wall-said")).to_contain_text("hidden unit 0")
    expect(hidden.locator(".dv-wall-said")).to_contain_text("hidden unit 0")
    hidden.press("ArrowRight")
    expect(filters.locator(".dv-wall-said")).to_contain_text("hidden unit 1 ")


def test_another_layer_and_another_axis_are_cut(trained):
    filters = wall(trained, "filters")
    before = pixels(filters)
    trained.live.get_by_label("Cut across").select_option("z")
    expect(trained.live.get_by_role("application", name=re.compile("layer . across z"))).to_be_visible()
    wait_for_pixels(trained, wall(trained, "filters"), False, before)


def test_filters_are_seen_in_space_and_in_slices_again(trained):
    trained.live.get_by_text("in space", exact=True).click()
    stage = trained.live.locator(".dv-stage3")
    stage.scroll_into_view_if_needed()
    expect(stage).to_have_attribute("data-painted", re.compile("[1-9]"))
    expect(trained.live.locator(".dv-stage-label").first).to_have_text("unit 0")
    expect(trained.live.get_by_label("Cut across")).to_be_hidden()
    trained.live.get_by_text("in slices", exact=True).click()
    expect(stage).to_be_hidden()
    expect(wall(trained, "filters")).to_be_visible()


def test_another_definition_of_the_error_has_its_own_baseline(trained):
    error = trained.live.get_by_role("img", name=re.compile("^Reconstruction error"))
    before = error.get_attribute("aria-label")
    trained.live.get_by_label("Error", exact=True).select_option("cross-entropy")
    expect(error).not_to_have_attribute("aria-label", before)
    expect(trained.live.locator(".dv-figure text", has_text="mean image").first).to_be_attached()


def test_the_likelihood_is_estimated_and_checked(trained, keep_screen):
    trained.live.get_by_role("button", name=re.compile("Likelihood")).click()
    trained.live.get_by_role("button", name=re.compile("^Estimate the likelihood")).click()
    expect(trained.live).to_contain_text(re.compile("The bound holds|AIS has missed a mode"), timeout=90_000)
    keep_screen(trained, "rbm-plots")
    assert trained.errors == []

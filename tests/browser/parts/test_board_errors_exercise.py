"""Figures that change in place, errors that are sentences, exercises that check themselves."""

from playwright.sync_api import expect


def range_of(page, name):
    return page.get_by_role("slider", name=name, exact=True)


def figure_of(page, alt):
    return page.get_by_role("img", name=alt)


def test_a_figure_changes_in_place_and_keeps_its_size(parts):
    figure = figure_of(parts, "A sine wave that turns")
    plot = figure.locator("svg.main-svg").first
    plot.evaluate("(svg) => { svg.dataset.mark = 'kept'; }")
    before = figure.bounding_box()
    range_of(parts, "Turns").focus()
    parts.keyboard.press("ArrowRight")
    expect(figure.locator(".gtitle")).to_have_text("sine of 2.5 t")
    expect(figure_of(parts, "A sine wave that turns 2.5 radians a second.")).to_be_visible()
    assert plot.get_attribute("data-mark") == "kept"
    after = figure.bounding_box()
    assert (before["width"], before["height"]) == (after["width"], after["height"])


def test_hover_and_click_name_the_point(parts):
    figure = figure_of(parts, "Bars: cat")
    figure.scroll_into_view_if_needed()
    bars = figure.locator(".bars .point")
    expect(bars).to_have_count(3)
    box = bars.nth(1).bounding_box()
    parts.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2 - 3)
    parts.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(parts.get_by_text("guesses at dog")).to_be_visible()
    parts.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(parts.get_by_text("clicked guesses: trace 0, point 1, y 0.21")).to_be_visible()


def test_another_figure_costs_under_200_kb(parts):
    before, figures = sum(parts.received), parts.locator(".dv-board").first.locator(".plot-container")
    count = figures.count()
    parts.get_by_role("button", name="Add a figure").click()
    expect(figures).to_have_count(count + 1)
    assert 0 < sum(parts.received) - before < 200_000


def test_figures_follow_the_width_of_the_page(parts):
    figure = figure_of(parts, "Bars: cat")
    wide = figure.locator("svg.main-svg").first.bounding_box()["width"]
    parts.set_viewport_size({"width": 900, "height": 900})
    parts.wait_for_function(
        "([svg, wide]) => svg.getBoundingClientRect().width < wide - 50",
        arg=[figure.locator("svg.main-svg").first.element_handle(), wide],
    )
    narrow = figure.locator("svg.main-svg").first.bounding_box()["width"]
    parts.set_viewport_size({"width": 1400, "height": 900})
    assert narrow < wide - 50


def test_an_error_is_a_sentence_and_the_page_lives_on(parts):
    parts.get_by_role("button", name="Divide by zero").click()
    alert = parts.get_by_role("alert").filter(has_text="division by zero")
    expect(alert).to_be_visible()
    expect(alert.locator("pre")).to_be_hidden()
    alert.get_by_text("Details").click()
    expect(alert.locator("pre")).to_contain_text("ZeroDivisionError")
    parts.get_by_role("button", name="Do it right").click()
    expect(alert).to_be_hidden()


def test_a_dashboard_that_fails_leaves_a_sentence_in_its_place(parts):
    expect(parts.get_by_role("alert").filter(has_text="There is no layer conv9 in this network")).to_be_visible()


def test_an_exercise_checks_itself_and_keeps_its_solution_folded(parts):
    exercise = parts.locator(".dv-exercise").first
    answer = exercise.get_by_role("textbox", name="Your answer")
    solution = exercise.get_by_text("64 / 2 / 2 / 2")
    answer.fill("16")
    exercise.get_by_role("button", name="Check").click()
    expect(exercise.get_by_role("status")).to_have_text("Not yet. Halve the side, not the area.")
    answer.fill("8")
    answer.press("Enter")
    expect(exercise.get_by_role("status")).to_have_text("Right.")
    expect(solution).to_be_hidden()
    exercise.get_by_text("Solution").click()
    expect(solution).to_be_visible()


def test_an_exercise_takes_the_answer_from_a_control(parts):
    exercise = parts.locator(".dv-exercise").nth(1)
    exercise.get_by_role("slider", name="Width").press("End")
    exercise.get_by_role("button", name="Check").click()
    expect(exercise.get_by_role("status")).to_have_text("Right.")


def test_a_check_in_a_cell_answers_with_a_sentence(parts):
    expect(parts.get_by_text("Not yet. Halve the side, not the area.").last).to_be_visible()

"""The page of chapter 5 as Python sees it: toggles, clicks, marks, links, and what is missing."""

import re
import subprocess
import sys
from dataclasses import replace

from nbutils.transfer.dashboards import run_words, tables
from nbutils.transfer.dashboards.styles import STYLES
from nbutils.transfer.records import TREATMENTS, RunSettings
from nbutils.transfer.results import key_of
from tests.transfer.made_up import make_all, make_grid, make_run
from tests.transfer.pages import figure, find_key, find_run, open_page, press, send, tab


def names(page):
    return {trace.get("name") for trace in figure(page)["data"]} - {None}


def test_the_page_opens_with_the_thesis_five_treatments():
    page = open_page()
    assert names(page) == set(TREATMENTS[:5])
    assert page.error.sentence == tab(page).error.sentence == ""


def test_a_toggle_takes_a_treatment_away_and_brings_it_back():
    page = open_page()
    press(page.toggles, "AnB")
    assert names(page) == {"base", "BnB", "BnB+", "AnB+"}
    assert 'data-part="AnB" aria-pressed="false"' in page.toggles.markup
    assert page.link.settings == {"treatments": '["base","BnB","BnB+","AnB+"]'}
    press(page.toggles, "AnB")
    press(page.toggles, "random")
    assert names(page) == set(TREATMENTS)


def test_every_treatment_has_its_own_look():
    looks = {(style.colour, style.marker, style.dash) for style in STYLES.values()}
    assert len(looks) == len({style.colour for style in STYLES.values()}) == len(TREATMENTS)
    # Not by colour alone.
    assert len({(style.marker, style.dash) for style in STYLES.values()}) == len(TREATMENTS)


def test_points_are_shifted_beside_each_other_but_lines_are_not():
    page = open_page()
    places = {}
    for trace in figure(page)["data"]:
        if trace["mode"] == "markers" and trace.get("name") in ("BnB", "AnB", "BnB+", "AnB+"):
            places[trace["name"]] = {round(x - round(x), 2) for x in trace["x"]}
        if trace["mode"] == "lines" and trace.get("name"):
            assert all(x == int(x) for x in trace["x"])
    assert places == {"BnB": {-0.12}, "AnB": {0.12}, "BnB+": {-0.24}, "AnB+": {0.24}}


def test_a_click_selects_the_run_everywhere():
    page = open_page()
    key = find_key(page, treatment="AnB+", n=5, target="A", split="random-1")
    send(page, "click", key)
    assert (page.view.run, page.view.treatment, page.view.n) == (key, "AnB+", 5)
    pane = tab(page).pane
    assert (pane.treatment.value, pane.n.value) == ("AnB+", 5)
    assert "B5A+, random halves 1" in pane.facts.value
    assert "Layers 1 to 5 come from the base of B and learn on" in pane.drawing.markup
    assert "RunSettings(split=&#x27;random-1&#x27;, target=&#x27;A&#x27;" in pane.python.value
    assert page.link.settings["run"] == key
    rings = [trace for trace in figure(page)["data"] if trace.get("marker", {}).get("symbol") == "circle-open"]
    assert any(trace["marker"]["size"] == 18 for trace in rings)
    assert pane.learning.board.panes[0].alt.startswith("B5A+, random halves 1: ")


def test_resting_on_a_point_or_on_its_row_shows_its_curve_beside():
    page = open_page()
    key = find_key(page, treatment="BnB", n=4, target="B", split="random-0")
    board = tab(page).pane.learning.board
    send(page, "hover", key)
    assert "B4B, random halves 0" in board.panes[0].alt
    assert page.view.run == ""
    tab(page).table.heading.is_open = True
    other = find_key(page, treatment="AnB", n=6)
    rows = tab(page).rows
    rows._handle_custom_msg({"event": "rest", "part": other}, [])
    assert "6A" in board.panes[0].alt
    press(rows, other)
    assert page.view.run == other
    assert "class='dv-chosen'" in rows.markup


def test_the_lines_of_python_give_the_same_run():
    settings = RunSettings(split="nature", target="A", treatment="BnB+", n=2, seed=3, per_class=100)
    lines = run_words.write_python(settings).splitlines()
    call = lines[-1]
    given = eval(call.removeprefix("train_one(to_json(").removesuffix('), "runs")'), {"RunSettings": RunSettings})  # noqa: S307
    assert given == settings


def test_changing_n_in_the_drawing_leaves_the_selected_run():
    page = open_page()
    send(page, "click", find_key(page, treatment="AnB", n=5))
    press(tab(page).pane.drawing, "n 2")
    assert (page.view.n, page.view.run) == (2, "")
    assert "A2B: Layers 1 to 2" in tab(page).pane.words.value


def test_the_other_score_moves_the_points():
    page = open_page()
    before = figure(page)
    page.score.value = "best_ten"
    assert figure(page) != before
    assert page.view.score == "best_ten"
    assert "Compare treatments by the last validation" in tab(page).told.value
    page.score.value = "last"
    assert "ten best" not in tab(page).told.value


def test_the_ten_best_are_told_where_there_were_enough_validations():
    run = make_run(0.7, 0.65)
    few = replace(run, accuracy=run.accuracy[:4])
    assert "0.6500" in run_words.tell_run(run)
    assert "0.6500" in tables.draw_rows([run], "")
    assert "0.6500" not in run_words.tell_run(few)
    assert "<td>0.7000</td><td>-</td>" in tables.draw_rows([few], "")


def test_subtracting_the_base_brings_gaps_and_the_numbers_of_the_thesis():
    page = open_page(thesis=True)
    texts = [note["text"] for note in figure(page)["layout"]["annotations"]]
    assert any("0.625" in text for text in texts)
    assert "subtract the base" in tab(page).told.value
    page.subtracted.value = True
    drawn = {trace.get("name"): trace for trace in figure(page)["data"]}
    assert drawn["thesis: AnB at n = 7"]["y"] == [-0.08]
    assert drawn["thesis: AnB+, mean of layers 5-7"]["y"] == [0.021, 0.021]
    assert "base" not in drawn
    page.halves.value = "cifar10_nature"
    drawn = {trace.get("name"): trace for trace in figure(page)["data"]}
    assert drawn["thesis: AnB at n = 7"]["y"] == [-0.25]
    assert "25 points below" in tab(page).told.value
    press(page.toggles, "AnB")
    assert not any(trace.get("name", "").startswith("thesis") for trace in figure(page)["data"])


def test_a_partial_grid_shows_what_is_there_and_says_how_much():
    some = [run for run in make_grid(("random-0",)) if run.settings.n <= 2 and run.settings.treatment != "BnB+"]
    page = open_page(tuple(some))
    assert f"{len(some)} of the 72 networks of 1 split are here." in tab(page).told.value
    assert names(page) == {"base", "BnB", "AnB", "AnB+"}
    assert max(x for trace in figure(page)["data"] for x in trace["x"]) < 3


def test_a_single_network_has_a_point_and_no_band():
    one = [run for run in make_grid(("random-0",)) if run.settings.target == "B"]
    assert not [trace for trace in figure(open_page(tuple(one)))["data"] if trace.get("fill")]
    assert [trace for trace in figure(open_page())["data"] if trace.get("fill")]


def test_without_any_run_every_tab_says_so():
    page = open_page(())
    for name in ("distance", "data", "curves"):
        page.change(tab=name)
        assert tab(page, name).error.sentence == ""
    assert "No network of these halves" in figure(page)["layout"]["annotations"][0]["text"]


def test_marks_are_judged_when_compare_is_pressed():
    page = open_page()
    questions = tab(page).questions
    questions.number.value = 2
    assert page.view.question == 2
    send(page, "click", "mark 4")
    press(questions.marks, "mark 5")
    assert "marked at 4, 5" in tab(page).board.panes[0].alt
    assert questions.reading.value == ""
    questions.compare.value += 1
    assert "Not yet" in questions.reading.value
    assert "Fragile co-adaptation" in questions.reading.value
    assert "-0.0300" in questions.reading.value
    for n in (3, 6):
        press(questions.marks, f"mark {n}")
    assert questions.reading.value == ""
    questions.compare.value += 1
    assert "Yes: BnB lies below the base by more than chance at n = 3, 4, 5, 6." in questions.reading.value


def test_marks_and_reading_of_a_question_stay_while_another_is_asked():
    page = open_page(question=4)
    questions = tab(page).questions
    press(questions.marks, "mark 7")
    questions.compare.value += 1
    told = questions.reading.value
    questions.number.value = 5
    assert questions.reading.value == ""
    assert questions.marked == frozenset()
    questions.number.value = 4
    assert (questions.reading.value, questions.marked) == (told, {7})


def test_a_reading_goes_with_the_runs_that_it_is_of():
    page = open_page(question=4)
    tab(page).questions.compare.value += 1
    assert tab(page).questions.reading.value
    page.halves.value = "cifar10_nature"
    assert tab(page).questions.reading.value == ""


def test_a_question_brings_its_treatments_less_the_base_and_no_others():
    page = open_page(treatments=("base", "random"))
    questions = tab(page).questions
    questions.number.value = 4
    assert (page.view.treatments, page.view.subtracted) == (("base", "BnB", "AnB"), True)
    questions.number.value = 1
    assert not page.view.subtracted


def test_the_plot_has_the_marks_of_the_question_that_is_asked():
    page = open_page(question=2)
    press(tab(page).questions.marks, "mark 4")
    assert "marked at 4" in tab(page).board.panes[0].alt
    tab(page).questions.number.value = 3
    assert "marked at" not in tab(page).board.panes[0].alt
    tab(page).questions.number.value = 2
    assert "marked at 4" in tab(page).board.panes[0].alt


def test_intervals_agree_with_what_is_called_beyond_chance():
    page = open_page(question=2)
    questions = tab(page).questions
    questions.compare.value += 1
    rows = re.findall(r"<td>([+-][\d.]+) to ([+-][\d.]+)</td><td>\d+</td><td>(.*?)</td>", questions.reading.value)
    assert len(rows) == 7
    for low, high, told in rows:
        assert (float(low) > 0 or float(high) < 0) == (told in ("yes", "the other way"))


def test_reset_brings_everything_back_and_says_so():
    page = open_page()
    send(page, "click", find_key(page, treatment="AnB", n=5))
    page.change(tab="distance", thesis=True)
    page.page.actions._msg_callbacks(page.page.actions, {"event": "reset"}, [])
    assert page.view == page.start
    assert "as they were" in page.status.message


def test_other_halves_are_offered_only_where_they_change_something():
    page = open_page()
    assert page.halves.layout.display is None
    page.change(tab="distance")
    assert page.halves.layout.display == "none"


def test_the_last_question_tells_what_longer_training_brings():
    page = open_page(question=5)
    questions = tab(page).questions
    questions.compare.value += 1
    assert questions.reading.value.count("<table") == 2
    assert "AnB+ less BnB+" in questions.reading.value


def test_the_first_question_is_answered_with_a_word():
    page = open_page()
    questions = tab(page).questions
    questions.compare.value += 1
    assert "Choose an answer first" in questions.reading.value
    press(questions.marks, "more")
    questions.compare.value += 1
    assert "Yes: half of the classes 0.840, all classes 0.650." in questions.reading.value


def test_table_5_1_has_intervals_and_the_thesis_beside():
    page = open_page()
    assert "<th scope='row'>5-7</th><td>+2.2%" in tab(page).boosts.value
    assert "thesis" not in tab(page).boosts.value
    page.thesis.value = True
    assert "<td>+2.1%</td><td>+1.7%</td>" in tab(page).boosts.value


def test_a_run_that_was_trained_here_lands_on_the_plot():
    page = open_page()
    own = make_run(0.61, treatment="AnB", n=3, per_class=400, epochs=2)
    page.session.tell("trained", own)
    (star,) = [trace for trace in figure(page)["data"] if trace.get("name") == "trained here"]
    assert (star["y"], star["marker"]["symbol"]) == ([0.61], "star")
    send(page, "click", "own 0")
    assert page.view.run == key_of(own.settings)
    assert "Trained here: A3B, random halves 0, 400 pictures a class" in tab(page).pane.facts.value


def test_a_star_is_compared_with_bases_of_the_same_training(monkeypatch):
    from nbutils.transfer.dashboards import curves_figure

    small = {"epochs": 2, "variants": 1}
    bases = tuple(make_run(score, seed=seed, **small) for seed, score in enumerate((0.6, 0.64)))
    monkeypatch.setattr(curves_figure, "load_small", lambda: bases)
    page = open_page(subtracted=True)
    page.session.tell("trained", make_run(0.61, treatment="AnB", n=3, **small))
    page.session.tell("trained", make_run(0.61, treatment="AnB", n=3, target="A", **small))
    (star,) = [trace for trace in figure(page)["data"] if trace.get("name") == "trained here"]
    assert star["y"] == [-0.01]
    assert "as short a time" in tab(page).told.value


def test_figure_5_4_has_both_axes_and_table_5_2_beside():
    page = open_page(tab="data")
    for name, kind in (("linear", None), ("logarithmic", "log")):
        layout = figure(page, name, "data")["layout"]
        assert (layout["xaxis"].get("type"), layout["yaxis"].get("type")) == (kind, kind)
    assert "0.55176" not in tab(page, "data").table.value
    page.thesis.value = True
    assert "0.55176" in tab(page, "data").table.value
    drawn = {trace.get("name"): trace for trace in figure(page, "logarithmic", "data")["data"]}
    assert drawn["thesis, caption"]["y"] == [0.044, 0.038]
    assert "brings +0.1500" in tab(page, "data").told.value


def test_only_the_controls_that_a_tab_answers_to_are_shown():
    page = open_page()
    assert page.toggles.layout.display is None
    page.tabs.value = "data"
    assert page.toggles.layout.display == page.subtracted.layout.display == "none"
    assert page.thesis.layout.display is None


def test_a_link_opens_the_page_as_it_was():
    first = open_page()
    key = find_key(first, treatment="AnB", n=4)
    send(first, "click", key)
    press(first.toggles, "base")
    second = open_page()
    second.link.set_state({"arrived": {"count": 1, "settings": first.link.settings}})
    assert second.view == first.view
    assert figure(second) == figure(first)


def test_a_bad_link_is_told_and_changes_nothing():
    page = open_page()
    page.link.set_state({"arrived": {"count": 1, "settings": {"n": "99"}}})
    assert page.error.sentence.startswith("n must be a whole number from 1 to 7")
    assert page.view == open_page().view


def test_damaged_runs_are_told_and_the_page_lives(monkeypatch):
    from nbutils.transfer.dashboards import session

    def refuse():
        raise ValueError("The measured runs cannot be read: get them from the repository again.")

    monkeypatch.setattr(session, "load_results", refuse)
    from nbutils.transfer.dashboards.page import transfer

    page = transfer()
    assert "get them from the repository again" in page.error.sentence


def test_new_results_are_read_when_they_are_there(monkeypatch):
    from nbutils.transfer.dashboards import session
    from nbutils.transfer.dashboards.page import TransferPage
    from nbutils.transfer.view import View

    shipped = [make_grid(("random-0",), ("base",))]
    monkeypatch.setattr(session, "load_results", lambda: shipped[-1])
    page = TransferPage(View(), session.Session())
    assert names(page) == {"base"}
    shipped.append(make_all())
    page.session.tell("stored")
    assert names(page) == set(TREATMENTS[:5])
    assert page.halves.labels[-1][1] == "CIFAR-10, man-made / natural"


def test_a_run_of_no_halves_is_selected_without_leaving_the_tab():
    page = open_page(tab="data")
    run = find_run(page, split="all", per_class=100)
    send(page, "click", key_of(run.settings), "linear", "data")
    assert (page.view.run, page.view.halves) == (key_of(run.settings), "cifar10_random")
    page.tabs.value = "curves"
    assert "100 pictures a class" in tab(page).pane.facts.value


def test_what_the_page_needs_leaves_torch_alone():
    names = ("results", "thesis", "records", "view", "summaries", "readings", "dashboards.page", "dashboards.data_tab")
    modules = ", ".join(f"nbutils.transfer.{name}" for name in names)
    program = f"import sys, {modules}; print('torch' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"

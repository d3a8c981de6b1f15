"""The page of section 6.5 without a browser: what it draws, what can be set, what is refused, its exercise."""

import json

import pytest

from nbutils.deepvis import frequencies, frequency_summaries, records, spectra, studies
from nbutils.deepvis.dashboards import frequency_study, odd_filter
from nbutils.deepvis.dashboards.frequencies import FrequencyStudyPage
from nbutils.deepvis.studies import FrequencyStudy
from nbutils.widgets import ErrorLine, check


@pytest.fixture(scope="module")
def opened():
    page = FrequencyStudyPage(FrequencyStudy(photographs=5))
    yield page
    page.job.close()


@pytest.fixture
def page(opened):
    opened.reset(FrequencyStudy(photographs=5))
    opened.error.clear()
    return opened


def figure(page, name, board="board"):
    return json.loads(next(pane.figure for pane in getattr(page, board).panes if pane.name == name))


def test_the_finished_findings_are_drawn_at_once(page):
    assert [pane.name for pane in page.board.panes] == ["means", "onward", "spectra", "sorted"]
    assert all(len(pane.alt) > 40 for pane in (*page.board.panes, *page.spectrum.panes))
    assert page.wall.shape == [64, 11, 11]
    assert len(page.wall.marked) == 10
    assert "90" in page.numbers.value
    assert "593 photographs" in page.numbers.value
    assert all(layer in page.alike.value for layer in frequencies.RECTIFIED)
    points = sum(len(trace["x"]) for trace in figure(page, "means")["data"][:3])
    assert points == 64


def test_the_wall_is_sorted_and_a_tile_selects_its_filter(page):
    order = page._order
    assert page.first.shapes.peak[order].tolist() == sorted(page.first.shapes.peak)
    page.wall.set_state({"selected": 63})
    assert page.study.channel == order[63] == 8
    assert "filter 8" in page.caption.value
    assert "neither edge nor colour" in page.caption.value
    page.change(measure="centroid")
    assert page._order[page.wall.selected] == 8


def test_a_point_selects_its_filter_and_what_is_no_point_nothing(page):
    names = figure(page, "means")["data"][1]["text"]
    page.board._receive(None, {"event": "click", "name": "means", "trace": 1, "point": 2, "x": 0.1, "y": 1}, [])
    assert f"channel {page.study.channel}" == names[2]
    before = page.study
    for message in ({"trace": 9, "point": 0}, {"trace": 0, "point": 999}, {"trace": 0, "point": None}, {"trace": 3}):
        page.board._receive(None, {"event": "click", "name": "means", "x": 0, "y": 0, **message}, [])
    page.board._receive(None, {"event": "click", "name": "sorted", "trace": 0, "point": 0, "x": 0, "y": 0}, [])
    assert page.study == before


def test_what_counts_as_an_edge_changes_the_factor(page):
    strict = page.numbers.value
    page.set_coherence.value = 0.5
    assert page.numbers.value != strict
    page.set_colour.value = 0
    assert "too few edges" in page.numbers.value
    assert page.wall.marked == []
    assert "too few" in next(pane.alt for pane in page.board.panes if pane.name == "onward")


def test_every_setting_can_be_drawn(page):
    for measure in spectra.MEASURES:
        for weights, unit in zip(frequency_summaries.WEIGHTS, frequencies.UNITS, strict=True):
            page.change(measure=measure, weights=weights, unit=unit)
            assert unit in figure(page, "spectra")["layout"]["title"]["text"]


def test_a_run_of_ones_own_is_drawn_and_forgotten(page):
    page.job.start()
    assert page.job.wait(60)
    assert page.job.state == "done", page.job.error.sentence
    assert page.own.photographs == 5
    assert "your run: 5 photographs" in page.numbers.value
    assert "your run, 5 photographs" in page.told.value
    page.page.actions._handle_custom_msg({"event": "reset"}, [])
    assert page.own is None


@pytest.mark.parametrize(
    "settings", [{"channel": "64"}, {"coherence": "nan"}, {"unit": "<b>"}, {"measure": "x"}, {"photographs": "1000000"}]
)
def test_hostile_links_are_sentences(page, settings):
    before = page.study
    page.link.set_state({"arrived": {"count": page.link.arrived.get("count", 0) + 1, "settings": settings}})
    assert next(iter(settings)) in page.error.sentence
    assert page.study == before


def test_a_link_and_a_line_of_python_bring_the_study_back():
    study = FrequencyStudy("centroid", coherence=0.3, channel=8, unit="conv2")
    assert studies.from_settings(FrequencyStudy, studies.to_settings(study)) == study
    assert studies.to_python(study, "frequency_study").endswith(
        "frequency_study(measure='centroid', coherence=0.3, channel=8, unit='conv2')"
    )


def test_what_cannot_be_is_a_sentence_in_place_of_the_page(monkeypatch, tmp_path):
    assert isinstance(frequency_study(channel=64), ErrorLine)
    monkeypatch.setattr(records.read_record, "__defaults__", (tmp_path,))
    line = frequency_study()
    assert isinstance(line, ErrorLine)
    assert "frequencies.json is not there" in line.sentence


def test_the_exercise_measures():
    exercise = odd_filter()
    assert check(exercise, "8").right
    for wrong, sentence in (("9", "Not yet"), ("37", "does not count"), ("64", "0 to 63"), ("8.5", "0 to 63")):
        found = check(exercise, wrong)
        assert not found.right
        assert sentence in found.sentence
    assert not check(exercise, "all").right

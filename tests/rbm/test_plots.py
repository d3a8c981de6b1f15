"""Histograms, filters and the error of a run: what stands in the figures is what was measured."""

import json
import time
from dataclasses import replace

import numpy as np
import pytest

from nbutils.boltzmann.machine import initialize
from nbutils.boltzmann.reconstruction import ERRORS
from nbutils.figures.palette import ACCENT, MUTED, STALE
from nbutils.rbm.dashboards.curves_of import curves_of, marks_of
from nbutils.rbm.dashboards.histogram_pane import judge_ratio, tell_ratio
from nbutils.rbm.dashboards.plots import ErrorPane, FilterPane, HiddenPane, HistogramPane


def figure_of(board, name=None):
    pane = next(pane for pane in board.panes if name in (None, pane.name))
    return json.loads(pane.figure), pane.alt


def words(figure):
    return [annotation["text"] for annotation in figure["layout"]["annotations"]]


def test_six_histograms_have_the_thesis_order_and_its_titles(run):
    pane = HistogramPane()
    pane.show(run[-1])
    figure, alt = figure_of(pane.board)
    machine, last = run[-1].snapshot.machine, run[-1].snapshot.last
    parameters = [
        ("vBias", machine.visible_bias),
        ("W", machine.weights),
        ("hBias", machine.hidden_bias),
        ("dvBias", last.visible_bias),
        ("dW", last.weights),
        ("dhBias", last.hidden_bias),
    ]
    for (title, values), bars, text in zip(parameters, figure["data"], words(figure), strict=True):
        mean = np.abs(values.double().numpy()).mean()
        assert text.startswith(f"<b>{title}</b>")
        assert text.endswith(f"<br>mm = {mean:.3g}")
        assert sum(bars["y"]) == values.numel()
    assert alt.startswith("vBias, mm = ")


@pytest.mark.parametrize(
    ("ratio", "epoch", "learned", "said", "colour"),
    [
        (99.9, 3, False, "rate too high", STALE),
        (99.9, 3, True, "large steps", MUTED),
        (100, 3, False, "in the band", ACCENT),
        (10_000, 40, True, "in the band", ACCENT),
        (10_001, 3, False, "rate too low", STALE),
        (10_001, 45, True, "small steps", MUTED),
        (5, 2.99, False, "too early", MUTED),
        (1e12, 0.04, False, "too early", MUTED),
        (float("nan"), 0, False, "no update", MUTED),
        (float("inf"), 5, False, "stands still", STALE),
    ],
)
def test_the_band_is_said_in_words_and_coloured(ratio, epoch, learned, said, colour):
    assert judge_ratio(ratio, epoch, learned) == (said, colour)


def test_the_ratio_stands_beside_its_band():
    assert "W is <b>465</b> times its last update: <b>in the band</b>." in tell_ratio(465.2, "in the band")
    assert "The band is 100 to 10,000." in tell_ratio(465.2, "in the band")
    assert "<b>too early</b> to judge, ask after epoch 3." in tell_ratio(76, "too early")
    assert "<b>small steps</b>, as it has learned what it will at this rate." in tell_ratio(11_766, "small steps")
    assert "<b>no update</b>" in tell_ratio(float("nan"), "no update")
    assert "changed no weight at all: W <b>stands still</b>." in tell_ratio(float("inf"), "stands still")


def test_the_pane_judges_the_ratio_of_its_run_by_its_epoch(run):
    pane = HistogramPane()
    for followed, said in ((run[0], "no update"), (run[2], "too early"), (run[-1], "large steps")):
        ratio = 7.0 if followed.points[-1].update else float("nan")
        point = followed.points[-1]
        measures = replace(point.measures, ratios=point.measures.ratios | {"weights": ratio})
        pane.show(replace(followed, points=(*followed.points[:-1], replace(point, measures=measures))))
        assert f"<b>{said}</b>" in pane.told.value
        assert f">{said}</span>" in words(figure_of(pane.board)[0])[4]


def test_weights_that_are_no_numbers_are_called_diverged_and_not_new(run):
    pane, point = HistogramPane(), run[-1].points[-1]
    measures = replace(point.measures, finite=False, ratios=dict.fromkeys(point.measures.ratios, float("nan")))
    pane.show(replace(run[-1], points=(*run[-1].points[:-1], replace(point, measures=measures))))
    assert "training has <b>diverged</b>" in pane.told.value
    assert ">diverged</span>" in words(figure_of(pane.board)[0])[4]


def test_histograms_are_drawn_anew_only_at_a_new_point(run):
    pane = HistogramPane()
    pane.show(run[-1])
    before = pane.board.panes[0].figure
    pane.board.panes[0].figure = ""
    pane.show(replace(run[-1], snapshot=replace(run[-1].snapshot, update=801)))
    assert pane.board.panes[0].figure == ""
    pane.log.value = True
    assert pane.board.panes[0].figure not in ("", before)
    assert figure_of(pane.board)[0]["layout"]["yaxis"]["type"] == "log"


def test_the_error_has_every_point_the_baseline_and_a_logarithmic_axis(run):
    pane = ErrorPane()
    pane.show(run[-1])
    figure, alt = figure_of(pane.board)
    curve, line = figure["data"]
    assert curve["x"] == [0, 0.5, 1, 2, 3, 4]
    measured = [point.measures.error["squared, sampled hidden"] for point in run[-1].points]
    np.testing.assert_allclose(curve["y"], measured, rtol=1e-4)
    assert line["y"] == [run[-1].points[-1].measures.baseline["squared, sampled hidden"]] * 2
    assert figure["layout"]["yaxis"]["type"] == "log"
    assert "mean image" in alt


@pytest.mark.parametrize("name", ERRORS)
def test_each_definition_of_the_error_can_be_chosen(run, name):
    pane = ErrorPane()
    pane.show(run[-1])
    pane.error.value = name
    figure, _ = figure_of(pane.board)
    assert figure["data"][0]["y"][-1] == pytest.approx(run[-1].points[-1].measures.error[name], rel=1e-4)
    assert figure["data"][1]["y"][0] == pytest.approx(run[-1].points[-1].measures.baseline[name], rel=1e-4)
    assert figure["layout"]["yaxis"]["title"]["text"] == ERRORS[name].title
    assert ERRORS[name].help in pane.help.value


def test_settings_changed_mid_run_are_marks_that_say_what(run):
    marks = marks_of(run[-1])
    assert [(mark.x, mark.text) for mark in marks] == [
        (1.5, "learning rate 0.05 to 0.1"),
        (2.5, "momentum 0 to 0.5"),
        (2.5, "k 1 to 2"),
    ]
    pane = ErrorPane()
    pane.show(run[-1])
    figure, _ = figure_of(pane.board)
    assert [shape["x0"] for shape in figure["layout"]["shapes"]] == [1.5, 2.5]
    assert "1 learning rate 0.05 to 0.1" in words(figure)
    assert "<b>2</b> momentum 0 to 0.5, k 1 to 2 (epoch 2.5)" in pane.help.value


def test_a_second_change_begins_where_the_first_ended(run):
    settings = replace(run[-1].snapshot.settings, changes=((101, "rate", 0.1), (201, "rate", 0.02)))
    changed = replace(run[-1], snapshot=replace(run[-1].snapshot, settings=settings))
    assert [mark.text for mark in marks_of(changed)] == ["learning rate 0.05 to 0.1", "learning rate 0.1 to 0.02"]


def test_a_change_between_two_points_marks_the_curve_at_once(run):
    pane = ErrorPane()
    pane.show(run[-1])
    settings = run[-1].snapshot.settings
    later = replace(settings, changes=(*settings.changes, (790, "rate", 0.5)))
    pane.show(replace(run[-1], snapshot=replace(run[-1].snapshot, settings=later)))
    assert len(figure_of(pane.board)[0]["layout"]["shapes"]) == 3


def test_the_run_beside_is_dashed_and_named(run):
    beside = replace(run[3], title="Cubes with a <small> rate")
    pane = ErrorPane()
    pane.show(run[-1], beside)
    mine, other = figure_of(pane.board)[0]["data"][:2]
    assert (mine["line"]["dash"], other["line"]["dash"]) == ("solid", "dash")
    assert (len(mine["x"]), len(other["x"])) == (6, 4)
    assert (mine["name"], other["name"]) == ("this run", "Cubes with a &lt;small&gt; rate")
    assert figure_of(pane.board)[0]["layout"]["showlegend"]
    pane.show(run[-1])
    assert not figure_of(pane.board)[0]["layout"]["showlegend"]
    assert len(figure_of(pane.board)[0]["data"]) == 2


def test_curves_know_their_epochs(run):
    gray = {"gray": lambda measures: measures.gray}
    curves = curves_of(run[-1], run[1], gray)
    assert [(curve.name, curve.beside, curve.x) for curve in curves] == [
        ("gray", False, [0, 0.5, 1, 2, 3, 4]),
        ("Cubes", True, [0, 0.5]),
    ]
    whole, other = curves_of(run[-1], run[1], gray, whole_epochs=True)
    assert (whole.x, other.x) == ([0, 1, 2, 3, 4], [0])
    assert list(whole.y) == [measures.gray for measures in run[-1].epochs]


def test_filters_are_tiles_of_one_layer_with_a_dark_border(run):
    pane = FilterPane()
    pane.show(run[-1])
    assert pane.wall.shape == [100, 4, 4]
    tiles = np.frombuffer(pane.wall.data, np.uint8).reshape(100, 4, 4)
    assert (tiles[:, 3] == 51).all()
    assert (tiles[:, :, 3] == 51).all()
    pane.axis.value, pane.layer.value = 1, 0
    tiles = np.frombuffer(pane.wall.data, np.uint8).reshape(100, 4, 4)
    for unit in (0, 57, 99):
        layer = run[-1].snapshot.machine.weights[:, unit].reshape(3, 3, 3)[:, 0].numpy()
        expected = (layer - layer.min()) / (layer.max() - layer.min() + 1e-6) * 255
        np.testing.assert_allclose(tiles[unit, :3, :3], expected, atol=1)


def test_the_layer_stays_within_the_solid(run):
    pane = FilterPane()
    pane.show(run[-1])
    assert (pane.layer.min, pane.layer.max) == (0, 2)
    pane.layer.set_state({"value": 9})
    assert pane.layer.value == 2


def test_a_solid_may_have_sides_of_different_lengths(run):
    pane = FilterPane()
    pane.show(replace(run[-1], shape=(1, 3, 9)))
    assert (pane.layer.value, pane.layer.disabled) == (0, True)
    pane.axis.value = 2
    pane.layer.value = 8
    assert pane.wall.shape == [100, 2, 4]
    pane.axis.value = 1
    assert pane.layer.max == 2
    assert pane.wall.shape == [100, 2, 10]


def test_images_have_no_layers_to_cut(run):
    pane = FilterPane()
    pane.show(replace(run[-1], shape=(3, 9)))
    assert pane.cutting.layout.display == "none"
    assert pane.wall.shape == [100, 4, 10]
    pane.show(run[-1])
    assert pane.cutting.layout.display is None
    assert pane.wall.shape == [100, 4, 4]


def test_filters_are_seen_in_space_a_dozen_around_the_chosen_unit(run):
    clicked = []
    pane = FilterPane()
    pane.on_select(clicked.append)
    pane.show(run[-1])
    assert pane.stage.box.children == ()
    pane.seen.value = "space"
    (stage,) = pane.stage.box.children
    assert stage.labels == [f"unit {unit}" for unit in range(12)]
    assert (pane.wall.layout.display, pane.cutting.layout.display) == ("none", "none")
    assert "more opaque" in pane.legend.value
    stage.set_state({"selected": 5})
    assert clicked == [5]
    pane.select(129)
    assert stage.labels == [f"unit {unit}" for unit in range(120, 130)]
    before = stage.geometry
    pane.show(replace(run[-1], snapshot=replace(run[-1].snapshot, machine=run[0].snapshot.machine)))
    assert stage.geometry is before
    pane.show(run[0])
    assert stage.geometry is not before
    pane.show(replace(run[0], shape=(3, 9)))
    assert (pane.seen.layout.display, pane.wall.layout.display) == ("none", None)
    pane.clear()
    assert stage.labels == []


def test_filters_that_are_not_finite_leave_a_sentence_in_space(run):
    pane = FilterPane()
    pane.seen.value = "space"
    machine = run[-1].snapshot.machine
    lost = replace(machine, weights=machine.weights * float("nan"))
    pane.show(replace(run[-1], snapshot=replace(run[-1].snapshot, machine=lost)))
    pane.seen.value = "slices"
    pane.seen.value = "space"
    (stage,) = pane.stage.box.children
    assert "no finite numbers" in stage.empty


def test_how_many_filters_can_be_chosen_and_one_be_clicked(run):
    clicked = []
    pane = FilterPane()
    pane.on_select(clicked.append)
    pane.show(run[-1])
    assert [label for _, label in pane.number.labels] == ["first 25", "first 100", "all 130"]
    pane.number.value = 25
    assert pane.wall.shape[0] == 25
    pane.number.value = 130
    assert pane.wall.shape[0] == 130
    pane.wall.set_state({"selected": 129})
    assert clicked == [129]
    pane.select(3)
    assert (pane.wall.selected, clicked) == (3, [129])


@pytest.mark.parametrize(("make", "name"), [(HistogramPane, "histograms"), (ErrorPane, "error")])
def test_clear_takes_all_away_and_the_same_run_can_come_again(make, name, run):
    pane = make()
    pane.show(run[-1])
    pane.clear()
    assert pane.board.panes == []
    pane.show(run[-1])
    assert [found.name for found in pane.board.panes] == [name]


def test_filters_out_of_sight_are_drawn_when_they_are_seen(run):
    pane = FilterPane()
    pane.wall.set_state({"visible": False})
    pane.show(run[-1])
    assert pane.wall.data == b""
    pane.wall.set_state({"visible": True})
    assert pane.wall.shape[0] == 100
    pane.clear()
    assert pane.wall.shape[0] == 0


def test_of_many_filters_only_the_points_of_the_curves_are_drawn(run):
    pane = FilterPane()
    pane.show(run[0])
    between = replace(run[0].snapshot, update=50, machine=run[-1].snapshot.machine)
    before = pane.wall.data
    pane.show(replace(run[0], snapshot=between))
    assert pane.wall.data != before
    pane.show(run[0])
    pane.number.value = 130
    before = pane.wall.data
    pane.show(replace(run[0], snapshot=between))
    assert pane.wall.data == before
    pane.show(run[-1])
    assert pane.wall.data != before
    assert pane.number.value == 130


def test_a_small_machine_has_all_of_its_filters_and_a_large_one_the_first(run):
    pane = FilterPane()
    for hidden, offered, chosen in (
        (16, ["all 16"], 16),
        (100, ["first 25", "all 100"], 100),
        (1_200, ["first 25", "first 100", "first 400", "first 1,000"], 100),
    ):
        pane.show(replace(run[-1], snapshot=replace(run[-1].snapshot, machine=initialize(27, hidden))))
        assert [label for _, label in pane.number.labels] == offered
        assert (pane.number.value, pane.wall.shape[0]) == (chosen, chosen)


def test_the_four_plots_of_a_run_as_large_as_the_thesis_take_less_than_30_ms(run):
    panes = [HiddenPane(), HistogramPane(), FilterPane(), ErrorPane()]
    machine, times = initialize(1000, 400), []
    for followed in run:
        snapshot = replace(followed.snapshot, machine=machine)
        points = (*run[-1].points * 12, followed.points[-1])
        begin = time.process_time()
        for pane in panes:
            pane.show(replace(followed, snapshot=snapshot, points=points, shape=(10, 10, 10)))
        times.append(time.process_time() - begin)
    assert sorted(times)[len(times) // 2] < 0.03

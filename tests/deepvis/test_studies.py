"""The two studies without a browser: records, what is set, what follows, what a hostile page can do."""

import json

import numpy as np
import pytest

from nbutils import zoo
from nbutils.deepvis import classes, records, studies
from nbutils.deepvis.dashboards import channel_statistics, half_the_time, noise_study, silent_channels
from nbutils.deepvis.dashboards.noise import NoiseStudyPage
from nbutils.deepvis.dashboards.noise_figures import choose_places, place_of
from nbutils.deepvis.dashboards.statistics import ChannelStatisticsPage
from nbutils.deepvis.studies import ChannelStudy, NoiseStudy
from nbutils.widgets import ErrorLine, check


@pytest.fixture
def channels():
    page = ChannelStatisticsPage(ChannelStudy(photographs=50))
    yield page
    page.job.close()


@pytest.fixture
def counted(channels):
    channels.job.start()
    assert channels.job.wait(60)
    assert channels.job.state == "done"
    return channels


@pytest.fixture
def noise():
    page = NoiseStudyPage(NoiseStudy(photographs=5))
    yield page
    page.job.close()


@pytest.mark.parametrize("study", [ChannelStudy("alexnet", "relu5", 130, 100, "positions"), NoiseStudy(8.0, own=0.5)])
def test_a_link_brings_a_record_back(study):
    assert studies.from_settings(type(study), studies.to_settings(study)) == study
    assert studies.to_settings(type(study)()) == {}


@pytest.mark.parametrize(
    ("kind", "settings", "sentence"),
    [
        (ChannelStudy, {"channel": "-1"}, "channel must be 0 to"),
        (ChannelStudy, {"channel": "x"}, "channel must be a number"),
        (ChannelStudy, {"over": "<b>"}, "over must be one of"),
        (ChannelStudy, {"photographs": "9000000"}, "photographs must be one of"),
        (ChannelStudy, {"layer": "l" * 300}, "layer is a name"),
        (NoiseStudy, {"own": "nan"}, "own must be a finite number"),
        (NoiseStudy, {"own": "99"}, "own must be 0.5 to 16"),
        (NoiseStudy, {"strength": "3"}, "strength must be one of"),
        (NoiseStudy, {"network": "n" * 300}, "network is a name"),
    ],
)
def test_an_impossible_record_is_a_sentence(kind, settings, sentence):
    with pytest.raises(ValueError, match=sentence):
        studies.from_settings(kind, settings)


def test_a_line_of_python_opens_the_same():
    line = studies.to_python(ChannelStudy("alexnet", "relu5", photographs=100), "channel_statistics")
    assert line.endswith("channel_statistics(network='alexnet', layer='relu5', photographs=100)")


@pytest.mark.parametrize("network", ["efficientnet_lite0", "alexnet", "vgg16"])
def test_a_link_may_name_a_network_alone(channels, network):
    channels.show(studies.from_settings(ChannelStudy, {"network": network}))
    assert channels.study.network == network
    assert channels.study.layer == channels.layer.name


def test_nothing_is_counted_before_count_is_pressed(channels):
    assert channels.wall.shape[0] == 0
    assert "Press Count: 50 photographs" in channels.wall.empty
    assert channels.board.panes == []


def test_counting_fills_the_wall_and_marks_the_silent_channels(counted):
    assert counted.wall.shape[0] == 32
    assert counted.wall.marked == [0, 16, 17, 23]
    assert "4 of 32 channels never answered above zero on any of 50 photographs" in counted.told.value
    assert counted.wall.names[0] == "never above zero"
    assert [pane.name for pane in counted.board.panes] == ["histogram", "related"]


def test_a_click_on_a_bar_and_a_choice_select_a_related_channel(counted):
    related = list(counted._related)
    counted.board._receive(None, {"event": "click", "name": "related", "trace": 0, "point": 1, "x": 0.5, "y": "3"}, [])
    assert counted.study.channel == counted.wall.selected == related[1]
    counted.go_to.value = counted._related[0]
    assert counted.study.channel == counted.wall.selected
    assert f"channel {counted.study.channel}" in counted.caption.value


def test_bars_show_the_correlations_in_order(counted):
    figure = json.loads(next(pane.figure for pane in counted.board.panes if pane.name == "related"))
    values = figure["data"][0]["x"]
    assert values == sorted(values, reverse=True)
    assert max(values) <= 1
    assert figure["layout"]["xaxis"]["title"]["text"]


def test_a_silent_channel_can_be_selected_and_is_related_to_none(counted):
    counted.change(channel=16)
    assert "never answered above zero" in counted.numbers.value
    assert counted._related == []


def test_another_layer_is_empty_and_the_counted_one_is_still_there(counted):
    counted.change(layer="block2.expand_relu")
    assert counted.wall.shape[0] == 0
    assert counted.wall.marked == []
    counted.change(layer="conv1_relu")
    assert counted.wall.shape[0] == 32


def test_every_channel_beyond_the_layer_becomes_its_last(channels):
    channels.change(channel=19_000)
    assert channels.study.channel == 31


def test_an_impossible_layer_changes_nothing(channels):
    before = channels.study
    with pytest.raises(ValueError, match='no layer "nonsense"'):
        channels.change(layer="nonsense")
    assert channels.study == before


def test_hostile_links_are_sentences(channels, noise):
    channels.link.set_state({"arrived": {"count": 1, "settings": {"network": "<script>"}}})
    assert channels.error.sentence
    assert channels.study.network == "mobilenet_v2"
    noise.link.set_state({"arrived": {"count": 1, "settings": {"network": "../alexnet"}}})
    assert "network must be one of" in noise.error.sentence
    noise.link.set_state({"arrived": {"count": 2, "settings": {"strength": "8.0", "places": "all"}}})
    assert noise.error.sentence == ""
    assert noise.study.strength == 8


def test_a_click_that_is_no_bar_is_nothing(counted):
    before = counted.study
    for point in (99, None, [1, 2]):
        counted.board._receive(None, {"event": "click", "name": "related", "trace": 0, "point": point}, [])
    assert counted.study == before


def test_reset_goes_back_to_the_start(counted):
    counted.change(layer="conv1", channel=3)
    counted.page.actions._handle_custom_msg({"event": "reset"}, [])
    assert counted.study == ChannelStudy(photographs=50)


def test_the_finished_measurement_is_drawn_at_once(noise):
    figure = json.loads(noise.board.panes[0].figure)
    names = [trace["name"] for trace in figure["data"] if "name" in trace]
    assert len(names) == len(noise.summaries) == 4
    assert all(pane.alt for pane in (*noise.board.panes, *noise.strength_board.panes))
    assert "seed 0" in noise.page.panes.children[0].children[-1].value


def test_a_run_of_ones_own_is_drawn_beside_it(noise):
    noise.job.start()
    assert noise.job.wait(60)
    assert noise.job.state == "done"
    assert noise.own.photographs == 5
    names = [trace.get("name") for trace in json.loads(noise.board.panes[0].figure)["data"]]
    assert any(name and name.startswith("your run: MobileNetV2") for name in names)
    noise.page.actions._handle_custom_msg({"event": "reset"}, [])
    assert noise.own is None


def test_every_setting_of_the_noise_study_can_be_drawn(noise):
    for measure in studies.MEASURES:
        for places in studies.PLACES:
            noise.change(measure=measure, places=places)
            assert len(json.loads(noise.board.panes[0].figure)["data"]) == 2 * len(noise.summaries)


def test_the_sample_is_noisier_with_more_noise(noise):
    spread = []
    for strength in (1.0, 16.0):
        noise.change(strength=strength)
        clean, noisy = np.frombuffer(noise.sample.data, np.uint8).reshape(2, -1).astype(float)
        spread.append((noisy - clean).std())
    assert spread[0] < 2 < 8 < spread[1]
    assert "16 grey levels" in noise.sample.label


def test_a_curve_of_convolutions_ends_with_all_that_follows_the_last(noise):
    mobilenet = next(summary for summary in noise.summaries if summary.network == "mobilenet_v2")
    drawn = [mobilenet.places[place] for place in choose_places(mobilenet, "convolutions")]
    assert drawn[0] == "picture"
    assert drawn[-5:] == ["last_norm", "last_relu", "pool", "classes", "probabilities"]
    assert "conv1_relu" not in drawn
    assert len(choose_places(mobilenet, "all")) == len(mobilenet.places)
    assert [place_of(summary.network) for summary in noise.summaries] == [0, 1, 2, 3]


def test_settings_that_cannot_be_are_a_sentence_in_place_of_the_dashboards():
    for line in (channel_statistics(channel=-3), noise_study(strength=3.3), noise_study(nonsense=1)):
        assert isinstance(line, ErrorLine)
        assert line.sentence


def test_without_the_finished_measurement_there_is_a_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr(records, "FOLDER", tmp_path)
    monkeypatch.setattr(records.read_record, "__defaults__", (tmp_path,))
    line = noise_study()
    assert isinstance(line, ErrorLine)
    assert "noise.json is not there" in line.sentence


def test_records_are_written_whole_and_read_back(tmp_path):
    content = {"rows": [1, None, 0.5], "provenance": records.describe_origin("command", 7)}
    path = records.write_record("thing", content, tmp_path)
    assert records.read_record("thing", tmp_path) == content
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(ValueError, match="Out of range float"):
        records.write_record("thing", {"bad": float("nan")}, tmp_path)
    assert records.read_record("thing", tmp_path) == content


@pytest.mark.parametrize("text", ["", "{", "[1]", "\x00"])
def test_a_damaged_record_is_a_sentence(tmp_path, text):
    (tmp_path / "thing.json").write_text(text)
    with pytest.raises(ValueError, match=r"thing\.json"):
        records.read_record("thing", tmp_path)


@pytest.mark.parametrize("name", ["noise", "claims"])
def test_what_ships_says_where_it_comes_from(name):
    held = records.read_record(name)
    for entry in held["networks"] if name == "noise" else held.values():
        origin = entry["provenance"]
        assert origin["command"].startswith(f"python -m nbutils.deepvis {name}")
        assert set(origin) == {"command", "seed", "date", "machine", "versions"}


def test_photographs_are_taken_by_chance_and_always_the_same():
    photos = zoo.photos()
    chosen = classes.mix(photos, 50)
    assert chosen == classes.mix(photos, 50)
    assert chosen != classes.mix(photos, 50, seed=1)
    assert len({photo.name for photo in chosen}) == 50
    assert len(classes.mix(photos, 10_000)) == len(photos)


def test_every_photograph_of_food_and_pets_has_a_subject():
    kinds = {classes.subject_of(photo) for photo in zoo.photos() if photo.collection != "samples"}
    assert kinds == set(classes.CLASSES)
    labels = zoo.load("mobilenet_v2").labels
    assert labels[classes.CLASSES["pizza"][0]] == "pizza"
    assert all("cat" in labels[place].lower() or labels[place] == "tabby" for place in classes.CLASSES["cat"])
    assert (labels[classes.CLASSES["dog"][0]], labels[classes.CLASSES["dog"][-1]]) == ("Chihuahua", "Mexican hairless")


def test_the_exercise_on_silent_channels_measures():
    exercise = silent_channels()
    assert check(exercise, "0, 16, 17, 23").right
    assert check(exercise, "23 and 17; 16,0").right
    assert "there are more" in check(exercise, "0, 16").sentence
    assert "Channel 3 does answer" in check(exercise, "0, 3").sentence
    for wrong in ("", "four", "99", "-1"):
        assert not check(exercise, wrong).right


def test_the_exercise_on_noise_measures():
    exercise = half_the_time()
    assert check(exercise, "3.5").right
    assert "Try more" in check(exercise, "1").sentence
    assert "Try less" in check(exercise, "8").sentence
    for wrong in ("", "much", "100"):
        assert not check(exercise, wrong).right

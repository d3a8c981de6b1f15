"""The starter gallery: bred by rules, the same again, whole with its ancestors, and merged by the store."""

import gzip
import json

import pytest
from click.testing import CliRunner

from nbutils.forms import __main__ as commands
from nbutils.forms import starter
from nbutils.forms.fields import judge_genome
from nbutils.forms.looks import Taste
from nbutils.forms.meshing import is_watertight, make_body
from nbutils.forms.starter_breeding import Round, compete, from_record, replay, to_record
from nbutils.forms.starter_plan import PLANS, Plan, find_liking, list_before
from nbutils.forms.store import Query, ancestry, browse, champions, close, open_store, read_generation
from nbutils.forms.targets import TARGETS
from nbutils.forms.users import SCRATCH

SHORT = (Round(3, 2), Round(2, 3))
FEW = (
    Plan("Jar", "vase", "the volume of a vase", ("vase", "vessel")),
    Plan("Other jar", "goblet", "the volume of a goblet", ("goblet",), starts=("", "Jar"), first=9),
    Plan("Wild", Taste("z", 0.5), "parts that come again", ("wild",)),
)
DAY = 20_000


@pytest.fixture(scope="module")
def bred():
    return [step for step in starter.breed_all(FEW, rounds=SHORT) if isinstance(step, starter.Kept)]


@pytest.fixture(scope="module")
def shipped():
    store = open_store("sqlite://", read_only=True)
    yield store
    close(store)


def test_the_same_plans_give_the_same_file_byte_for_byte(bred):
    again = [step for step in starter.breed_all(FEW, rounds=SHORT) if isinstance(step, starter.Kept)]
    assert starter.write_gallery(again, DAY) == starter.write_gallery(bred, DAY)


def test_another_day_changes_nothing_but_times(bred):
    def without_times(data):
        lines = [json.loads(line) for line in gzip.decompress(data).splitlines()]
        for line in lines:
            for held in line.values():
                held.pop("created", None), held.pop("published", None)
        return lines

    one, other = starter.write_gallery(bred, DAY), starter.write_gallery(bred, DAY + 1)
    assert one != other
    assert without_times(one) == without_times(other)


def test_who_stops_goes_on_with_what_was_kept(bred, tmp_path):
    begun = starter.breed_all(FEW, tmp_path, SHORT)
    while not isinstance(next(begun), starter.Kept):
        pass
    begun.close()
    assert len(list(tmp_path.iterdir())) == 1
    steps = list(starter.breed_all(FEW, tmp_path, SHORT))
    assert isinstance(steps[0], starter.Kept), "the first shape is not bred again"
    assert [step for step in steps if isinstance(step, starter.Kept)] == bred


def test_what_another_plan_left_is_not_taken_for_this_one(bred, tmp_path):
    starter.keep(FEW[0], bred[0].bred, tmp_path)
    assert starter.find_kept(FEW[0], tmp_path) == bred[0].bred
    assert starter.find_kept(Plan("Jar", "bottle", "a bottle", ()), tmp_path) is None
    (tmp_path / "jar.json").write_text("{", encoding="utf-8")
    assert starter.find_kept(FEW[0], tmp_path) is None


def test_a_record_tells_all_that_was_done(bred):
    for one in bred:
        assert from_record(json.loads(json.dumps(to_record(one.bred)))) == one.bred


def test_the_best_user_of_the_last_round_is_kept():
    like = find_liking(FEW[0], {})
    seen = list(compete(like, (SCRATCH,), SHORT))
    assert len(seen) == 3 + 2
    assert [one.liking for one in seen[2:]] == sorted(one.liking for one in seen[2:])
    genome = replay(seen[-1])[-1].organisms[seen[-1].place].genome
    assert like(genome) == seen[-1].liking
    assert seen[-1].evolved == 5


def test_a_store_merges_the_file_with_ancestors_and_forks(bred, tmp_path):
    file = tmp_path / "small.json.gz"
    file.write_bytes(starter.write_gallery(bred, DAY))
    store = open_store(f"sqlite:///{tmp_path / 'forms.sqlite'}", read_only=False, starter=file)
    shapes = {shape.name: shape for shape in browse(store, Query(order="newest"), None).shapes}
    assert list(shapes) == ["Wild", "Other jar", "Jar"]
    assert shapes["Other jar"].forked_from == shapes["Jar"].id
    assert all(shape.author == starter.AUTHOR and shape.public for shape in shapes.values())
    for one in bred:
        line = ancestry(store, shapes[one.plan.name].id)
        assert {step.generation for step in line} >= {generation.id for generation in one.path}
        assert read_generation(store, one.path[-1].id) == one.path[-1]
    close(store)


def test_what_is_told_names_the_user_and_that_nobody_else_selected(bred):
    for one in bred:
        told = starter.describe(one)
        assert "not by a person" in told
        assert f"{len(one.path)} generations" in told
        assert one.plan.meant in told


def test_plans_can_be_carried_out():
    names = [plan.name for plan in PLANS]
    assert len(set(names)) == len(names) >= 24
    for plan in PLANS:
        assert isinstance(plan.wanted, Taste) or plan.wanted in TARGETS
        assert set(list_before(plan, PLANS)) <= set(names[: names.index(plan.name)])
    assert [plan.name for plan in starter.list_needed(["Broken heart"])] == ["Heart", "Broken heart"]
    assert starter.list_needed(()) == PLANS


def test_a_plan_that_is_not_there_is_said():
    answer = CliRunner().invoke(commands.main, ["starter", "--only", "Unicorn"])
    assert answer.exit_code == 2
    assert 'There is no plan "Unicorn"' in answer.output


def test_the_gallery_that_ships_has_the_shapes_of_the_plans(shipped):
    page = browse(shipped, Query(limit=100, order="newest"), None)
    assert page.total == len(PLANS) >= 24
    assert {shape.name for shape in page.shapes} == {plan.name for plan in PLANS}
    assert (starter.FOLDER / "starter.json.gz").stat().st_size < 1_500_000


def test_every_shape_that_ships_is_a_body_that_can_be_printed():
    for name, genome in starter.read_genomes().items():
        assert judge_genome(genome) == "", name
        assert is_watertight(make_body(genome)), name


def test_every_shape_that_ships_has_all_its_ancestors(shipped):
    genomes = starter.read_genomes()
    for shape in browse(shipped, Query(limit=100), None).shapes:
        line = ancestry(shipped, shape.id, most=1_000)
        assert line[0].genome == genomes[shape.name]
        assert line[-1].number == 0
        assert line[-1].begun_from is None, "the oldest ancestor is of a first generation from scratch"


def test_all_twelve_pieces_of_chess_ship(shipped):
    for first, second in champions(shipped).values():
        assert first is not None
        assert second is not None
        assert "light" in first.tags
        assert "dark" in second.tags


def test_a_gallery_that_is_absent_is_said(tmp_path):
    with pytest.raises(ValueError, match=r"starter.json.gz, is not there"):
        starter.read_genomes(tmp_path)

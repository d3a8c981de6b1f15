"""What the ledger's rows of chapter 3 are measured with, on few shapes; the ledger prints what was found."""

import json
import re
from contextlib import nullcontext

import numpy as np
import pytest

from nbutils.bench import forms_page
from nbutils.figures import ledger
from nbutils.forms import (
    findings,
    findings_breeding,
    findings_families,
    findings_shapes,
    findings_timing,
    findings_users,
    store,
)
from nbutils.forms.breeding import begin_from, gather
from nbutils.forms.drifting import drift
from nbutils.forms.fields import mark_inside, measure_field
from nbutils.forms.grids import EARLY, GRIDS, THESIS
from nbutils.neat import Evolution
from nbutils.runs import records

BY_BROWSER = {"S3-09", "S3-10"}
ROWS = [row for row in ledger.read() if row.chapter == "03_forms"]
MEASURED = [row for row in ROWS if row.ours.startswith("measured:")]
COMMAND = re.compile(r"\(python -m ([\w.]+)(?: findings ([\w.-]+))?\)")
NUMBER = re.compile(r"(?<![\w.-])-?(?:\d[\d,]*)?\.?\d+(?!\w)%?")


def kept():
    return records.read_record(findings.NAME, findings.FOLDER)


def test_kept_findings_are_those_that_are_measured_and_say_how():
    assert set(kept()) == set(findings.FINDINGS) | BY_BROWSER
    for row, found in kept().items():
        command = f"python -m nbutils.forms findings {row}"
        assert found["provenance"]["command"] == (
            "python -m nbutils.bench.forms_page" if row in BY_BROWSER else command
        )
        assert json.dumps(found["result"], allow_nan=False)
    assert findings.read() == {row: found["result"] for row, found in kept().items()}


def test_every_row_of_the_ledger_has_its_answer():
    assert [row.id for row in ROWS if row.state == "not yet"] == []
    ids = [row.id for row in ROWS]
    for kind, numbers in {"E3.": range(1, 6), "S3-": range(1, 14), "C3-": range(1, 11)}.items():
        width = 1 if kind == "E3." else 2
        assert [id_ for id_ in ids if id_.startswith(kind)] == [f"{kind}{number:0{width}}" for number in numbers]


@pytest.mark.parametrize("row", MEASURED, ids=lambda row: row.id)
def test_a_measured_row_names_a_command_that_there_is_and_prints_what_it_found(row):
    told, (module, name) = row.ours.partition(" (python")[0], COMMAND.search(row.ours).groups()
    if name:
        assert module == "nbutils.forms"
        assert name in findings.FINDINGS
    else:
        assert f"{module}.main" == f"{forms_page.__name__}.main"
        name = "S3-09" if row.id == "F3.3" else row.id
    result = findings.read()[name]
    for printed in NUMBER.findall(told.removeprefix("measured:")):
        assert any(is_told(printed, value) for value in numbers_of(result)), f"{row.id} prints {printed}"


def is_told(printed, value):
    """Say whether a number of the ledger is a value, rounded to the digits that are printed."""
    digits = len(printed.rstrip("%").partition(".")[2])
    scale = 100 if printed.endswith("%") else 1
    return abs(float(printed.rstrip("%").replace(",", "")) - scale * value) <= 0.5001 * 10**-digits


def numbers_of(found):
    """Yield all numbers in nested dicts: values, and those in names and in texts."""
    if isinstance(found, dict):
        for name, value in found.items():
            yield from (float(number) for number in re.findall(r"\d+", name))
            yield from numbers_of(value)
    elif isinstance(found, str):
        yield from (float(number) for number in re.findall(r"\d+", found))
    elif found is not None:
        yield float(found)


def test_printed_numbers_are_compared_to_their_last_digit():
    assert is_told("51%", 0.50778)
    assert not is_told("52%", 0.50778)
    assert is_told("1,080", 1080)
    assert is_told(".57", 0.57037)
    assert is_told("-.34", -0.3351)
    assert not is_told("4.1", 4.16)
    assert NUMBER.findall("1 of 1,080 have 5.5% and .57; -.3 at S3-01, 10x10x20") == [
        "1",
        "1,080",
        "5.5%",
        ".57",
        "-.3",
    ]


def test_measured_rows_are_as_many_as_there_are_measurements():
    named = {match[2] or match[1] for row in MEASURED for match in [COMMAND.search(row.ours)]}
    assert named == set(findings.FINDINGS) | {"nbutils.bench.forms_page"}


def test_another_row_is_a_sentence_and_nothing_is_measured(tmp_path):
    with pytest.raises(ValueError, match=r'^There is no measurement "C9-01"; choose from F3\.1, T3\.1,'):
        findings.write_findings(("E3.5", "C9-01"), print, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_row_is_kept_beside_others_with_its_origin(tmp_path, monkeypatch):
    monkeypatch.setattr(findings, "measure", lambda row: {"of": row, "third": 1 / 3})
    said = []
    findings.write_findings(("E3.4",), said.append, tmp_path)
    findings.write_findings(("E3.5",), said.append, tmp_path)
    assert findings.read(tmp_path) == {row: {"of": row, "third": 0.33333} for row in ("E3.4", "E3.5")}
    assert said == ["E3.4 is kept in findings.json.", "E3.5 is kept in findings.json."]


def test_each_parameter_of_table_3_1_has_the_rate_that_it_says():
    found = findings_breeding.count_mutations(seeds=8, generations=15)
    number = found["children"]
    for name, wanted in found["table"].items():
        if name == "MutateLinkWeightsProbability":
            wanted = found["weights_expected_to_change"]
        spread = 5 * np.sqrt(max(wanted * (1 - wanted), 0) / number)
        assert found["observed"][name] == pytest.approx(wanted, abs=spread + 1e-9), name
    assert 0.2 < found["two_parents_where_half_may_cross"] < 0.5


def test_networks_grow_and_first_ones_are_small():
    grown = findings_breeding.measure_growth(seeds=2, at=(0, 20))
    assert grown["0"]["nodes"] == grown["0"]["most_nodes"] == 1
    assert 2 <= grown["0"]["links"] <= 4
    assert grown["20"]["nodes"] > 1.5
    assert grown["20"]["links"] > grown["0"]["links"]
    first = findings_breeding.compare_first(seeds=2, generations=20)
    assert (first["first"], first["generation_20"]) == (grown["0"], grown["20"])


def test_without_radii_first_shapes_are_less_round_and_without_waves_none_repeats():
    symmetric = findings_shapes.measure_symmetries(seeds=5, generations=0)
    assert symmetric["with_radii_first"]["share_round"] > symmetric["without_radii_first"]["share_round"] + 0.1
    repeating = findings_shapes.measure_repetitions(seeds=2, generations=0)
    assert repeating["without_waves_first"]["share_repeating"] == 0


def test_volumes_come_to_rest_as_grids_become_finer(monkeypatch):
    few = {name: GRIDS[name] for name in ("coarse", "thesis", "fine")} | {"finest": GRIDS["finer"]}
    monkeypatch.setattr(findings_shapes, "GRIDS", few)
    found = findings_shapes.measure_resolutions(seeds=3, generations=5)
    off = [row["volume_off_by"] for row in found.values()]
    assert off[-1] == 0
    assert off[2] < off[0]
    assert [found[name]["corners"] for name in ("thesis", "fine")] == [16 * 16 * 31, 33 * 33 * 65]
    assert found["fine"]["faces"] > 3 * found["thesis"]["faces"]


def test_all_patterns_of_corners_are_closed_and_so_are_fields_of_coins():
    found = findings_shapes.measure_corners(noises=6)
    assert found["of_them_closed"] == found["patterns_with_a_surface"] == 255
    assert found["closed_here"] == 6
    assert found["closed_by_lewiners_variant"] < 6


def test_bred_shapes_are_closed_on_three_grids_and_as_files(monkeypatch):
    monkeypatch.setattr(findings_shapes, "FINER", EARLY)
    found = findings_shapes.measure_watertightness(seeds=1, checked_at=(2,))
    for row in found.values():
        assert row["closed"] == row["of_positive_volume"] == row["shapes"] == 15
    assert found["thesis"]["closed_as_a_file"] == 15


def test_fifteen_shapes_are_timed_step_by_step():
    for row in findings_timing.measure_fifteen(seeds=1, generations=2, rounds=1).values():
        parts = row["reproduce_ms"] + row["evaluate_ms"] + row["mesh_ms"]
        assert row["all_ms"] == pytest.approx(parts)


def test_choices_come_nearer_to_what_is_wanted_than_chance(monkeypatch):
    monkeypatch.setattr(findings_users, "THINGS", ("vase", "bottle"))
    found = findings_users.compare_choices(seeds=2, generations=12, at=(0, 11))
    assert found["chosen"]["generation_0"] == found["at_random"]["generation_0"]
    assert found["chosen"]["generation_11"] > found["at_random"]["generation_11"] + 0.05
    assert found["runs"] == 4


def test_a_heart_is_bred_and_forked():
    found = findings_users.breed_heart(seeds=2, presses=8, forked=3)
    assert 0 < found["heart_likeness"] <= found["heart_best_likeness"] <= 1
    assert found["broken_heart_forked"] >= found["broken_heart_likeness_of_the_heart"] - 1e-9


def test_relatives_are_told_from_others_by_their_first_generation():
    organisms = [(organism, seed) for seed in (0, 1) for organism in list(drift(seed, 3))[-1].organisms[:3]]
    shapes = [
        findings_families.Kept(None, one.genome, mark_inside(measure_field(one.genome, THESIS)), root)
        for one, root in organisms
    ]
    found = findings_families._compare(shapes)
    assert (found["shapes"], found["pairs"], found["related_pairs"]) == (6, 15, 6)
    assert found["genetic_of_related"] < found["genetic_of_others"]
    assert found["visual_of_related"] < found["visual_of_others"]
    assert found["rank_correlation"] > 0.3


def test_a_gallery_is_read_with_its_forks_runs_and_relatives(tmp_path, monkeypatch):
    """Two lineages of four generations each; of the first one a shape is forked."""
    opened = store.open_store(f"sqlite:///{tmp_path / 'forms.sqlite'}", read_only=False, starter=None)
    person = store.know(opened, "a-key-of-twenty-signs", "Ada")
    paths = [list(drift(seed, 3)) for seed in (0, 1)]
    for generation in (generation for path in paths for generation in path):
        store.keep_generation(opened, person, generation)
    kept = [_publish(opened, person, f"shape {number}", path[-1], ("king",)) for number, path in enumerate(paths)]
    genome = paths[0][-1].organisms[2].genome
    first = gather(begin_from(genome, 5, Evolution()), 5, begun_from=kept[0].id)
    store.keep_generation(opened, person, first)
    _publish(opened, person, "fork", first, ("queen",), kept[0].id)
    monkeypatch.setattr(findings_families, "_open", lambda: nullcontext(opened))
    gallery = findings_families.measure_gallery()
    assert (gallery["shapes"], gallery["generations"], gallery["forks"]) == (3, 9, 1)
    assert 0 <= gallery["visual_distance_of_forks"] < 1
    runs = findings_families.measure_runs()
    assert (runs["generations"], runs["runs"], runs["longest"]) == (9, 2, 5)
    compared = findings_families.compare_distances()
    assert (compared["pieces"]["shapes"], compared["gallery"]["related_pairs"]) == (3, 1)
    store.close(opened)


def _publish(opened, person, name, generation, words, forked_from=None):
    draft = store.Draft(
        name, "", words, generation.organisms[2].genome, generation.id, 2, public=True, forked_from=forked_from
    )
    return store.keep(opened, person, draft)

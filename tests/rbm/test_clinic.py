"""The clinic's cases, deals and verdicts, and its runs as they ship."""

import io
import json

import numpy as np
import pytest

from nbutils.boltzmann.settings import Training
from nbutils.rbm import clinic_measuring as kept
from nbutils.rbm import stored_runs
from nbutils.rbm.clinic import CASES, DEALS, DEALT_SEEDS, NAMES, SEEDS, Visit, deal, from_settings, judge, run_case
from nbutils.rbm.clinic_answers import explain
from nbutils.rbm.thresholds import baseline_of, error_of
from tests.rbm.histories import short_run


def small(case, seed=0):
    """Return a run of a case on 200 spheres with 30 hidden units."""
    *_, last = run_case(case, seed, number=200, hidden=30)
    return last


def test_the_cases_are_the_healthy_one_and_five_faults_in_one_setting_each():
    usual = CASES["healthy"].settings
    assert (usual.hidden, usual.batch, usual.rate, usual.rate_on, usual.weight_range) == (400, 20, 0.001, "sum", 0.022)
    other = {
        name: {field: value for field, value in vars(case.settings).items() if value != getattr(usual, field)}
        for name, case in CASES.items()
    }
    assert other == {
        "healthy": {},
        "weights": {"weight_range": 2.0},
        "rate_high": {"rate": 0.1},
        "rate_low": {"rate": 1e-6},
        "bias": {"hidden_bias": -20.0},
        "input": {},
    }
    assert {name: case.scale for name, case in CASES.items() if case.scale != 1} == {"input": 255.0}


def test_a_deal_has_every_case_once_under_names_that_tell_nothing():
    for number in range(40):
        patients = deal(number)
        assert sorted(patient.case for patient in patients) == sorted(CASES)
        assert tuple(patient.name for patient in patients) == NAMES
        assert {patient.seed for patient in patients} <= set(DEALT_SEEDS)


def test_deals_differ_and_every_case_comes_in_every_place():
    assert deal(5) == deal(5)
    dealt = [[patient.case for patient in deal(number)] for number in range(200)]
    assert len({tuple(cases) for cases in dealt}) > 150
    assert all({cases[place] for cases in dealt} == set(CASES) for place in range(len(CASES)))


def test_a_right_diagnosis_is_right_and_a_wrong_one_says_what_it_would_look_like():
    assert judge("bias", "bias").right
    wrong = judge("bias", "weights")
    assert not wrong.right
    assert CASES["weights"].sign in wrong.sentence
    assert "the hidden biases begin far too low" in wrong.sentence
    assert sum(judge(case, said).right for case in CASES for said in CASES) == len(CASES)


@pytest.mark.parametrize(("case", "said"), [("bias", "flu"), ("flu", "bias"), ("bias", "")])
def test_an_unknown_word_is_no_diagnosis(case, said):
    with pytest.raises(ValueError, match="A diagnosis is one of healthy, weights"):
        judge(case, said)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"deal": "-1"}, "from 0 to 9,999"),
        ({"deal": "10000"}, "from 0 to 9,999"),
        ({"deal": "1e3"}, "from 0 to 9,999"),
        ({"deal": "٣"}, "from 0 to 9,999"),
        ({"deal": "9" * 5000}, "from 0 to 9,999"),
        ({"deal": ""}, "from 0 to 9,999"),
        ({"patient": "G"}, "one of A, B, C"),
        ({"patient": "AB"}, "one of A, B, C"),
        ({"patient": "<script>"}, "one of A, B, C"),
        ({"patient": ""}, "one of A, B, C"),
    ],
)
def test_a_link_that_cannot_be_is_a_sentence(settings, sentence):
    with pytest.raises(ValueError, match=sentence):
        from_settings(settings)


def test_a_link_is_read():
    assert from_settings({"deal": str(DEALS - 1), "patient": "F", "other": "x"}) == Visit(DEALS - 1, "F")
    assert from_settings({}) == Visit(0, "A")


def test_the_examples_of_one_case_are_255_times_too_large():
    assert small("input").epochs[0].input_largest == 255
    assert small("healthy").epochs[0].input_largest == 1
    with pytest.raises(ValueError, match="A case is one of"):
        next(run_case("flu", 0))


def test_every_answer_gives_the_numbers_of_its_run():
    histories = kept.read_histories()
    for seed in SEEDS:
        said = {case: explain(case, histories[case, seed]) for case in CASES}
        last = {case: histories[case, seed][-1] for case in CASES}
        assert f"{error_of(last['weights']):.3g} at the end" in said["weights"].hid
        assert f"{last['rate_high'].ratio_weights:,.0f}, within 100 to 10,000" in said["rate_high"].hid
        assert f"{last['rate_low'].gap:.2g} nats" in said["rate_low"].hid
        assert f"to {error_of(last['bias']):.3g}, which looks like learning" in said["bias"].hid
        assert f"mean image's {baseline_of(last['bias']):.3g}" in said["bias"].hid
        assert f"{histories['input', seed][0].pegged:.0%} of it is pegged" in said["input"].shown
        assert f"was {histories['healthy', seed][1].ratio_weights:.0f}, below 100" in said["healthy"].hid


def test_the_kept_runs_begin_as_their_seed_says():
    for case in ("weights", "input"):
        first = next(run_case(case, 0)).epochs[0]
        held = kept.read_patient(case, 0).epochs[0]
        assert (first.gray, first.pegged) == pytest.approx((held.gray, held.pegged), rel=1e-5)
        assert first.largest_weight == pytest.approx(held.largest_weight, rel=1e-5)
        assert error_of(first) == pytest.approx(error_of(held), rel=1e-4)


@pytest.mark.parametrize("seed", DEALT_SEEDS)
def test_the_plots_that_ship_are_of_the_runs_that_were_measured(seed):
    histories = kept.read_histories()
    for case in CASES:
        run = kept.read_patient(case, seed)
        held = [stored_runs.measures_to_json(one) for one in run.epochs]
        assert held == [stored_runs.measures_to_json(one) for one in histories[case, seed]]
        assert run.snapshot.machine.weights.shape == (1000, kept.FILTERS)
        assert run.points[0].measures.probabilities.shape == (20, 100)


def test_what_ships_of_the_clinic_is_small_and_says_where_it_comes_from():
    files = [kept.FOLDER / "clinic.json", *(kept.FOLDER / "clinic").iterdir()]
    assert len(files) == 1 + len(CASES) * len(DEALT_SEEDS)
    assert sum(path.stat().st_size for path in files) < 1_500_000
    for seed, origin in kept.read_origins().items():
        assert origin["command"] == f"python -m nbutils.rbm clinic {seed}"
        assert origin["seed"] == seed


def test_a_seed_is_kept_and_another_leaves_it(tmp_path):
    finished = {case: small(case) for case in CASES}
    written = kept.keep_seed(finished, 0, {"seed": 0}, tmp_path)
    assert len(written) == 7
    kept.keep_seed(finished, 7, {"seed": 7}, tmp_path)
    histories = kept.read_histories(tmp_path)
    assert set(histories) == {(case, seed) for case in CASES for seed in (0, 7)}
    assert kept.read_origins(tmp_path) == {0: {"seed": 0}, 7: {"seed": 7}}
    assert histories["bias", 7][-1].dead == 1
    assert kept.read_patient("bias", 0, tmp_path).epochs[-1].dead == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clinic", "clinic.json"]


def test_patients_that_are_not_there_are_a_sentence(tmp_path):
    with pytest.raises(ValueError, match="it comes with the repository"):
        kept.read_patient("bias", 0, tmp_path)
    with pytest.raises(ValueError, match="No plots are kept of"):
        kept.read_patient("../../x", 0)
    with pytest.raises(ValueError, match="with seed 4"):
        kept.read_patient("bias", 4)


def test_a_damaged_record_is_a_sentence(tmp_path):
    (tmp_path / "clinic.json").write_text(json.dumps({"seeds": {"0": {"cases": {"bias": [{"gray": 1}]}}}}))
    with pytest.raises(ValueError, match="cannot be read"):
        kept.read_histories(tmp_path)


def test_a_stored_run_comes_back_as_it_was():
    run = short_run("healthy", 0)
    back = stored_runs.unpack(stored_runs.pack(run))
    assert back.snapshot.settings == run.snapshot.settings
    assert (back.shape, back.title, back.updates_per_epoch) == (run.shape, run.title, run.updates_per_epoch)
    assert [(point.epoch, point.update) for point in back.points] == [(p.epoch, p.update) for p in run.points]
    for found, wanted in zip(back.points, run.points, strict=True):
        assert stored_runs.measures_to_json(found.measures) == stored_runs.measures_to_json(wanted.measures)
        shown = np.asarray(wanted.measures.probabilities, np.float32)[:20, :100]
        np.testing.assert_allclose(found.measures.probabilities, shown, atol=0.003)
        for name, (edges, counts) in wanted.histograms.items():
            np.testing.assert_allclose(found.histograms[name][0], edges)
            np.testing.assert_array_equal(found.histograms[name][1], counts)
    np.testing.assert_allclose(back.snapshot.machine.weights, run.snapshot.machine.weights, rtol=1e-3, atol=1e-6)


def test_a_stored_run_is_as_small_as_is_wanted():
    back = stored_runs.unpack(stored_runs.pack(small("rate_low"), examples=5, units=7, filters=3))
    assert back.points[0].measures.probabilities.shape == (5, 7)
    assert back.snapshot.machine.weights.shape == (1000, 3)
    assert back.snapshot.settings == Training(hidden=30, epochs=6, rate=1e-6, rate_on="sum")


def pickled():
    """Return an npz file that holds a pickle where there should be facts."""
    file = io.BytesIO()
    np.savez(file, facts=np.array([{"title": "x"}], dtype=object))
    return file.getvalue()


@pytest.mark.parametrize(
    "damage",
    [
        lambda packed: b"",
        lambda packed: packed[: len(packed) // 2],
        lambda packed: b"PK" + bytes(400),
        lambda packed: packed.replace(b"PK\x03\x04", b"PK\x03\x05"),
        lambda packed: pickled(),
    ],
    ids=["empty", "half", "zeros", "flipped", "pickle"],
)
def test_a_damaged_run_is_a_sentence(damage):
    with pytest.raises(ValueError, match="The stored run cannot be read"):
        stored_runs.unpack(damage(stored_runs.pack(small("healthy"))))


def test_a_run_larger_than_stored_runs_are_is_refused(monkeypatch):
    packed = stored_runs.pack(small("healthy"))
    monkeypatch.setattr(stored_runs, "LARGEST", 1000)
    with pytest.raises(ValueError, match="The stored run cannot be read"):
        stored_runs.unpack(packed)

"""The clinic as a visitor uses it: plots, diagnoses right and wrong, a deal, a patient trained anew."""

import re

import pytest
from playwright.sync_api import expect

from nbutils.rbm.clinic import CASES, deal
from tests.browser.seeing import find_faults

CHAPTER = "/voila/render/04_rbm.ipynb#clinic.deal=3"
PATIENTS = {patient.case: patient.name for patient in deal(3)}

# Within the page, for the run is a short one: on a fast computer it might end before the test sees it.
TRAIN_AND_STOP = """async (shell) => {
    const press = (name) => [...shell.querySelectorAll('button')].find((one) => one.textContent === name).click();
    const until = performance.now() + 60_000;
    press('Train this patient anew');
    while (!/^update [1-9]\\d* of 3000, .* left/.test(shell.querySelector('.dv-job-line').textContent)) {
        if (performance.now() > until) throw new Error('no update was told');
        await new Promise(requestAnimationFrame);
    }
    press('Stop');
}"""


@pytest.fixture(scope="module")
def chapter(open_for_module):
    """The chapter's page, with the clinic on it."""
    page = open_for_module(CHAPTER, camera=False, wait="")
    expect(page.locator(".dv-shell").filter(has_text="The clinic")).to_be_visible(timeout=90_000)
    return page


@pytest.fixture
def clinic(chapter):
    found = chapter.locator(".dv-shell").filter(has=chapter.get_by_role("heading", name="The clinic"))
    found.scroll_into_view_if_needed()
    return found


def visit(clinic, case):
    clinic.get_by_role("radio", name=PATIENTS[case], exact=True).check(force=True)
    expect(clinic.get_by_role("heading", name=re.compile(f"^Patient {PATIENTS[case]}"))).to_be_visible()


def diagnose(clinic, case):
    clinic.get_by_label("Diagnosis").select_option(CASES[case].diagnosis)
    clinic.get_by_role("button", name="Give the diagnosis").click()


def test_a_patient_is_there_at_once_with_its_four_plots(clinic):
    expect(clinic.get_by_label(re.compile("^hidden probabilities, after epoch 6", re.IGNORECASE)).first).to_be_visible()
    expect(clinic.get_by_label(re.compile("^filters of 25 hidden units")).first).to_be_visible()
    expect(clinic.get_by_role("img", name=re.compile("^Reconstruction error"))).to_be_visible()
    expect(clinic.get_by_text("What has this patient?")).to_be_visible()


def test_a_wrong_diagnosis_is_answered_with_what_it_was_and_what_hid_it(clinic):
    visit(clinic, "weights")
    diagnose(clinic, "input")
    expect(clinic.get_by_text("The answer is: the initial weights are too large.").first).to_be_visible()
    expect(clinic.get_by_text(re.compile(r"^What hid it\. The reconstruction error: \d"))).to_be_visible()
    expect(clinic.get_by_role("heading", name="Score: 0 of 1 right")).to_be_visible()
    expect(clinic.get_by_role("button", name="Give the diagnosis")).to_be_disabled()


def test_a_right_diagnosis_is_given_with_the_keyboard_alone(chapter, clinic):
    visit(clinic, "weights")
    names = sorted(PATIENTS.values())
    steps = names.index(PATIENTS["bias"]) - names.index(PATIENTS["weights"])
    patients = clinic.get_by_role("radio", name=PATIENTS["weights"], exact=True)
    patients.focus()
    for _ in range(abs(steps)):
        chapter.keyboard.press("ArrowRight" if steps > 0 else "ArrowLeft")
    expect(clinic.get_by_role("heading", name=re.compile(f"^Patient {PATIENTS['bias']}"))).to_be_visible()
    diagnosis = clinic.get_by_label("Diagnosis")
    expect(diagnosis).to_be_enabled()
    diagnosis.focus()
    chapter.keyboard.type("The hidden biases")
    expect(diagnosis.locator("option:checked")).to_have_text(CASES["bias"].diagnosis)
    chapter.keyboard.press("Tab")
    chapter.keyboard.press("Enter")
    expect(clinic.get_by_text("Right.", exact=True)).to_be_visible()
    expect(clinic.get_by_role("heading", name="Score: 1 of 2 right")).to_be_visible()


def test_the_film_goes_back_to_before_training(clinic):
    visit(clinic, "rate_high")
    clinic.get_by_role("slider", name="Probabilities over the run").press("Home")
    expect(clinic.get_by_text(re.compile("Before training: 100% gray"))).to_be_visible()
    expect(clinic.get_by_role("heading", name=re.compile("plots 1 and 2 before training"))).to_be_visible()


def test_a_patient_is_trained_anew_and_can_be_stopped(clinic):
    clinic.evaluate(TRAIN_AND_STOP)
    expect(clinic.locator(".dv-job-line")).to_have_text(re.compile("^Stopped: update"))


@pytest.mark.parametrize("width", [1400, 900])
def test_nothing_scrolls_sideways_and_axe_finds_nothing_serious(chapter, clinic, keep_screen, width):
    chapter.set_viewport_size({"width": width, "height": 900})
    chapter.wait_for_function(f"innerWidth === {width}")
    fits = "board => board.scrollWidth <= board.clientWidth && board.getBoundingClientRect().right <= innerWidth"
    chapter.wait_for_function(fits, arg=clinic.element_handle())
    clinic.evaluate("dashboard => dashboard.id = 'the-clinic'")
    assert find_faults(chapter, "#the-clinic") == []
    clinic.evaluate("dashboard => dashboard.scrollIntoView()")
    keep_screen(chapter, f"clinic-{width}")


def test_dealing_again_keeps_the_score_and_asks_anew(clinic):
    clinic.get_by_role("button", name="Deal again").click()
    expect(clinic.get_by_role("heading", name=re.compile("^Patient A"))).to_be_visible()
    expect(clinic.get_by_text("What has this patient?")).to_be_visible()
    expect(clinic.get_by_role("heading", name="Score: 1 of 2 right")).to_be_visible()
    expect(clinic.get_by_role("cell", name="?", exact=True)).to_have_count(12)


def test_no_request_left_and_nothing_failed(chapter):
    assert chapter.errors == []
    assert chapter.outside == []

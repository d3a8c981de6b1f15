"""Errors become sentences; details follow the environment; a failing builder leaves a sentence in its place."""

import pytest

from nbutils.widgets import ErrorLine, dashboard, guard


def caught(exception):
    """Return the exception as one that was raised, with a traceback."""
    try:
        raise exception
    except type(exception) as error:
        return error


@pytest.mark.parametrize(
    ("exception", "sentence"),
    [
        (ValueError("There is no layer conv9: choose conv1."), "There is no layer conv9: choose conv1."),
        (KeyError("conv9"), "This did not work: KeyError: 'conv9'."),
        (ZeroDivisionError("division by zero"), "This did not work: ZeroDivisionError: division by zero."),
        (ValueError("conv9"), "This did not work: ValueError: conv9."),
        (RuntimeError(), "This did not work (RuntimeError); there was no further word on why."),
    ],
)
def test_an_exception_becomes_a_sentence(exception, sentence):
    line = ErrorLine()
    line.show(exception)
    assert line.sentence == sentence


def test_details_hold_the_traceback_at_home(monkeypatch):
    monkeypatch.delenv("NBUTILS_PUBLISH", raising=False)
    line = ErrorLine()
    line.show(caught(ValueError("No such layer.")))
    assert "Traceback" in line.details
    assert __file__ in line.details


def test_details_hold_type_and_message_alone_when_published(monkeypatch):
    monkeypatch.setenv("NBUTILS_PUBLISH", "1")
    line = ErrorLine()
    line.show(caught(ValueError("No such layer.")))
    assert line.details == "ValueError: No such layer.\n"


def test_a_message_of_any_length_is_bounded():
    line = ErrorLine()
    line.show(ValueError("too long " * 100_000 + "."))
    assert len(line.sentence) == 600
    assert len(line.details) <= 20_000


def test_clear_takes_everything_away():
    line = ErrorLine()
    line.show(ValueError("No such layer."))
    line.clear()
    assert (line.sentence, line.details) == ("", "")


def test_guard_shows_passes_on_and_clears():
    line = ErrorLine()

    @guard(line)
    def divide(a, b=1):
        """Divide."""
        return a / b

    assert divide(1, b=0) is None
    assert line.sentence == "This did not work: ZeroDivisionError: division by zero."
    assert divide(6, b=2) == 3
    assert (line.sentence, divide.__name__, divide.__doc__) == ("", "divide", "Divide.")


@pytest.mark.parametrize("leaving", [KeyboardInterrupt, SystemExit])
def test_guard_lets_through_what_ends_the_kernel(leaving):
    def leave():
        raise leaving

    with pytest.raises(leaving):
        guard(ErrorLine())(leave)()


def test_a_dashboard_that_fails_is_a_sentence_in_its_place():
    @dashboard
    def build(layer):
        raise ValueError(f"There is no layer {layer}: choose conv1.")

    found = build("conv9")
    assert isinstance(found, ErrorLine)
    assert found.sentence == "There is no layer conv9: choose conv1."


def test_a_dashboard_that_is_built_is_passed_on():
    line = ErrorLine()
    assert dashboard(lambda: line)() is line

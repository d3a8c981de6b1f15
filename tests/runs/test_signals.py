"""A first signal is noted, those that come with it mean the same, and a later one has its usual effect."""

import signal

import pytest

from nbutils.runs import signals
from nbutils.runs.signals import signals_noted

KINDS = [signal.SIGINT, signal.SIGTERM]


@pytest.mark.parametrize("kind", KINDS)
def test_the_first_is_noted_and_handlers_come_back(kind):
    before = [signal.getsignal(one) for one in KINDS]
    with signals_noted() as noted:
        assert noted == []
        signal.raise_signal(kind)
        assert noted == [kind]
    assert [signal.getsignal(one) for one in KINDS] == before


def test_a_second_one_interrupts():
    with signals_noted() as noted:
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert noted == [signal.SIGINT]


def test_for_some_seconds_others_mean_the_same(monkeypatch):
    clock = [100.0]
    monkeypatch.setattr(signals.time, "monotonic", lambda: clock[0])
    with signals_noted(together=5.0) as noted:
        signal.raise_signal(signal.SIGTERM)
        clock[0] += 4.9
        signal.raise_signal(signal.SIGINT)
        assert noted == [signal.SIGTERM]
        clock[0] += 0.2
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_what_somebody_wished_to_ignore_stays_ignored():
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with signals_noted() as noted:
            signal.raise_signal(signal.SIGTERM)
            assert noted == []
    finally:
        signal.signal(signal.SIGTERM, before)

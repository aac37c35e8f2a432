"""Statutory clocks from recorded facts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from amtsweg.dsl.periods import (
    Calendar,
    ClockFacts,
    Extension,
    LawError,
    Period,
    PeriodError,
    Stop,
    clock_end,
    explain,
    law,
    statutory,
)

HESSE = Calendar()
VWVFG = law("VwVfG")
RECEIVED = date(2025, 11, 30)


def tkg(**facts):
    return statutory("TKG § 127", RECEIVED, **facts)


def test_both_faces_of_the_fiction_are_known() -> None:
    """Catalogue P05 a."""
    state = clock_end(tkg(), VWVFG, HESSE)
    assert (state.state, state.plain, state.end) == ("running", date(2026, 2, 28), date(2026, 3, 2))
    assert state.instant == datetime(2026, 3, 2, 23, 0, tzinfo=UTC)


def test_a_demand_on_day_31_comes_too_late_and_the_clock_runs_from_receipt() -> None:
    """Catalogue P05 b."""
    state = clock_end(tkg(stopped=(date(2025, 12, 31),)), VWVFG, HESSE)
    assert (state.state, state.end) == ("running", date(2026, 3, 2))
    assert any("zählt nicht" in line for line in explain(state, "de"))


def test_a_demand_in_time_stops_and_a_supplement_starts_afresh() -> None:
    told = (date(2025, 12, 30),)
    stopped = clock_end(tkg(stopped=told), VWVFG, HESSE)
    assert (stopped.state, stopped.plain, stopped.end, stopped.instant) == ("stopped", None, None, None)
    again = statutory("TKG § 127", date(2026, 1, 15), stopped=told)
    assert clock_end(again, VWVFG, HESSE).end == date(2026, 4, 15)


def test_demand_and_supplement_on_one_day_are_told_apart_by_their_time() -> None:
    morning = datetime(2026, 1, 15, 8, 0, tzinfo=UTC)
    supplement = morning + timedelta(hours=2)
    assert clock_end(statutory("TKG § 127", supplement, stopped=(morning,)), VWVFG, HESSE).state == "running"
    later = supplement + timedelta(hours=1)
    assert clock_end(statutory("TKG § 127", supplement, stopped=(later,)), VWVFG, HESSE).state == "stopped"


@pytest.mark.parametrize(
    ("reading", "plain", "end"),
    [
        ("unmoved", date(2026, 3, 28), date(2026, 3, 30)),
        ("moved", date(2026, 4, 2), date(2026, 4, 2)),
        ("whole", date(2026, 3, 30), date(2026, 3, 30)),
    ],
)
def test_three_readings_of_an_extension_give_three_results(reading, plain, end) -> None:
    """BGB § 190; trial finding F14."""
    state = clock_end(tkg(extended_at=(date(2026, 2, 20),)), VWVFG, HESSE, reading=reading)
    assert (state.plain, state.end, state.extended) == (plain, end, 1)


def test_only_the_first_extension_in_time_counts() -> None:
    twice = clock_end(tkg(extended_at=(date(2026, 2, 20), date(2026, 3, 10))), VWVFG, HESSE)
    assert (twice.extended, twice.end) == (1, date(2026, 3, 30))
    late = clock_end(tkg(extended_at=(date(2026, 3, 3),)), VWVFG, HESSE)
    assert (late.extended, late.end) == (0, date(2026, 3, 2))


def test_an_extension_does_not_leak_into_a_clock_that_started_anew() -> None:
    anew = statutory("TKG § 127", date(2026, 3, 1), extended_at=(date(2026, 2, 20),))
    assert clock_end(anew, VWVFG, HESSE).end == date(2026, 6, 1)


def test_minor_works_have_one_month() -> None:
    state = clock_end(tkg(minor=True), VWVFG, HESSE)
    assert state.end == date(2025, 12, 30)
    assert "§ 127 Abs. 4 TKG" in explain(state, "de")[1]


def test_the_general_fiction_is_extended_once_by_what_the_office_sets() -> None:
    """VwVfG § 42a (2): three months; once, for an appropriate time."""
    started = date(2026, 1, 14)
    assert clock_end(statutory("VwVfG § 42a", started), VWVFG, HESSE).end == date(2026, 4, 14)
    facts = statutory("VwVfG § 42a", started, extended_at=(date(2026, 4, 1),), extend_by=Period(6, "weeks"))
    assert clock_end(facts, VWVFG, HESSE).end == date(2026, 5, 26)


def test_consent_of_the_road_authority_is_deemed_after_a_week() -> None:
    """Catalogue P08: received Tuesday 2 June 2026, 10:00."""
    received = datetime(2026, 6, 2, 8, 0, tzinfo=UTC)
    assert clock_end(statutory("StVO § 45 (7)", received), VWVFG, HESSE).end == date(2026, 6, 9)


def test_the_states_before_and_behind_the_clock() -> None:
    assert clock_end(tkg(applies=False), VWVFG, HESSE).state == "off"
    assert clock_end(statutory("TKG § 127", None), VWVFG, HESSE).state == "idle"
    over = datetime(2026, 3, 2, 23, 0, tzinfo=UTC)
    assert clock_end(tkg(), VWVFG, HESSE, now=over - timedelta(seconds=1)).state == "running"
    assert clock_end(tkg(), VWVFG, HESSE, now=over).state == "over"
    assert clock_end(tkg(), VWVFG, HESSE, now=date(2026, 3, 2)).state == "running"
    assert clock_end(tkg(), VWVFG, HESSE, now=date(2026, 3, 3)).state == "over"


def test_a_stop_without_a_window_counts_until_the_end() -> None:
    facts = ClockFacts(RECEIVED, Period(3, "months"), stops=(Stop((date(2026, 3, 2),)),))
    assert clock_end(facts, VWVFG, HESSE).state == "stopped"
    facts = ClockFacts(RECEIVED, Period(3, "months"), stops=(Stop((date(2026, 3, 3),)),))
    assert clock_end(facts, VWVFG, HESSE).state == "running"


def test_a_procedure_may_allow_several_extensions() -> None:
    facts = ClockFacts(
        date(2026, 1, 5),
        Period(1, "months"),
        extensions=(Extension((date(2026, 2, 1), date(2026, 3, 1)), Period(1, "months"), times=2),),
    )
    state = clock_end(facts, VWVFG, HESSE)
    assert (state.extended, state.plain, state.end) == (2, date(2026, 4, 5), date(2026, 4, 7))


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: statutory("BauGB § 36", RECEIVED), LawError, "no statutory clock"),
        (lambda: statutory("VwVfG § 42a", RECEIVED, minor=True), LawError, "no shorter clock"),
        (lambda: statutory("VwVfG § 42a", RECEIVED, stopped=(RECEIVED,)), LawError, "cannot be stopped"),
        (lambda: statutory("VwVfG § 42a", RECEIVED, extended_at=(RECEIVED,)), LawError, "is not given"),
        (
            lambda: statutory("StVO § 45 (7)", RECEIVED, extended_at=(RECEIVED,), extend_by=Period(1, "weeks")),
            LawError,
            "is not given",
        ),
        (
            lambda: clock_end(
                ClockFacts(RECEIVED, Period(3, "months"), extensions=(Extension((RECEIVED,), Period(2, "weeks")),)),
                VWVFG,
                HESSE,
                reading="whole",
            ),
            PeriodError,
            "cannot be added",
        ),
    ],
)
def test_what_a_statute_does_not_know_is_said_plainly(call, error, says) -> None:
    with pytest.raises(error, match=says):
        call()

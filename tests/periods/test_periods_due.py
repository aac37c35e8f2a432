"""How periods end: published outcomes, catalogue vectors, each unit."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from amtsweg.dsl.feel import values
from amtsweg.dsl.periods import (
    UNITS,
    Calendar,
    CalendarError,
    LawError,
    Period,
    PeriodError,
    add_months,
    due,
    extended,
    law,
    office_calendar,
    on_day,
    parse_period,
)

HESSE = Calendar()
BGB, VWVFG, AO = law("BGB"), law("VwVfG"), law("AO")


def days(text: str) -> Period:
    return parse_period(text)


@pytest.mark.parametrize(
    ("base", "period", "plain", "end"),
    [
        # BGB § 188 (2), (3): the same number, else the last day (Haufe, AO § 355 Rz. 22, 22a)
        ("2025-11-10", "1 month", "2025-12-10", "2025-12-10"),
        ("2025-01-30", "1 month", "2025-02-28", "2025-02-28"),
        ("2024-01-31", "1 month", "2024-02-29", "2024-02-29"),
        ("2026-03-31", "1 month", "2026-04-30", "2026-04-30"),
        # BFH IX R 68/98: served on Monday 22 December 1997
        ("1997-12-22", "1 month", "1998-01-22", "1998-01-22"),
        # catalogue P05 a: both faces
        ("2025-11-30", "3 months", "2026-02-28", "2026-03-02"),
        # designer AW901, moved
        ("2026-02-02", "6 months", "2026-08-02", "2026-08-03"),
        # catalogue P08: StVO § 45 (7), received Tuesday 2 June
        ("2026-06-02", "1 week", "2026-06-09", "2026-06-09"),
        # catalogue P11 D1: ten days after a death on Friday 12 June
        ("2026-06-12", "10 days", "2026-06-22", "2026-06-22"),
        # catalogue P05 d: five years of warranty
        ("2026-06-18", "5 years", "2031-06-18", "2031-06-18"),
        # leap day
        ("2024-02-29", "1 year", "2025-02-28", "2025-02-28"),
        # Good Friday to Easter Monday are jumped over together
        ("2026-03-20", "2 weeks", "2026-04-03", "2026-04-07"),
        # 31 December is a working day of the law (BFH on § 108 (3) AO), a weekend and New Year behind it are not
        ("2025-12-17", "2 weeks", "2025-12-31", "2025-12-31"),
        ("2022-12-18", "2 weeks", "2023-01-01", "2023-01-02"),
    ],
)
def test_legal_periods_end_where_the_law_says(base: str, period: str, plain: str, end: str) -> None:
    result = due(date.fromisoformat(base), days(period), AO, HESSE)
    assert (result.plain.isoformat(), result.end.isoformat()) == (plain, end)


@pytest.mark.parametrize(
    ("base", "period", "end"),
    [
        ("2026-06-01", "1 month", "2026-06-30"),
        ("2026-03-10", "15 years", "2041-03-09"),
        ("2026-03-15", "2 years", "2028-03-14"),  # catalogue P06 b
        ("2026-09-01", "1 year", "2027-08-31"),  # catalogue P06 a, the new term
        ("2026-01-31", "1 month", "2026-02-28"),  # the 30th is missing: § 188 (3)
        ("2026-01-30", "1 month", "2026-02-28"),
        ("2026-01-29", "1 month", "2026-02-28"),
        ("2026-01-28", "1 month", "2026-02-27"),
        ("2024-02-29", "1 year", "2025-02-28"),
        ("2026-06-01", "7 days", "2026-06-07"),
        ("2026-06-01", "1 week", "2026-06-07"),
    ],
)
def test_from_a_day_counts_it_as_the_first(base: str, period: str, end: str) -> None:
    result = due(date.fromisoformat(base), days(period), BGB, HESSE, relation="from", exactly=True)
    assert result.end.isoformat() == end


@pytest.mark.parametrize(
    ("base", "period", "end"),
    [
        ("2026-06-20", "4 calendar days", "2026-06-16"),  # catalogue P07 a
        ("2026-08-31", "2 months", "2026-06-30"),  # catalogue P06 a: "two calendar months back"
        ("2031-06-18", "3 months", "2031-03-18"),  # catalogue P05 d
        ("2026-06-18", "3 clear days", "2026-06-14"),  # three whole days between; a Sunday stays
        ("2026-06-08", "1 week", "2026-06-01"),
        ("2026-06-08", "2 working days", "2026-06-03"),  # Corpus Christi lies between
        ("2026-06-08", "2 weekdays", "2026-06-05"),
        ("2026-06-15", "1 day", "2026-06-14"),
    ],
)
def test_before_counts_backwards_and_is_never_moved(base: str, period: str, end: str) -> None:
    result = due(date.fromisoformat(base), days(period), VWVFG, HESSE, relation="before")
    assert result.end.isoformat() == end
    assert not result.moved


@pytest.mark.parametrize(
    ("base", "period", "end"),
    [
        ("2026-06-18", "4 calendar days", "2026-06-22"),  # catalogue P07 b
        ("2026-06-16", "4 calendar days", "2026-06-20"),  # a Saturday stays
        ("2026-06-03", "1 working day", "2026-06-05"),
        ("2025-12-23", "1 working day", "2025-12-29"),  # 24 December closed, holidays, weekend
        ("2025-12-23", "1 weekday", "2025-12-24"),
        ("2026-06-18", "2 clear days", "2026-06-21"),
        ("2026-06-07", "0 working days", "2026-06-08"),
        ("2026-06-08", "0 days", "2026-06-08"),
    ],
)
def test_units_count_what_they_say(base: str, period: str, end: str) -> None:
    assert due(date.fromisoformat(base), days(period), VWVFG, HESSE).end.isoformat() == end


def test_weekdays_end_on_a_saturday_as_counted_and_move_as_the_law_says() -> None:
    result = due(date(2026, 6, 18), days("2 weekdays"), BGB, HESSE)
    assert (result.plain, result.end) == (date(2026, 6, 20), date(2026, 6, 22))


def test_hours_count_sundays_and_are_never_moved() -> None:
    death = datetime(2026, 6, 12, 12, 0, tzinfo=UTC)  # Friday 14:00 in Berlin
    result = due(death, days("48 hours"), VWVFG, HESSE)
    assert result.instant == datetime(2026, 6, 14, 12, 0, tzinfo=UTC)
    assert result.end == date(2026, 6, 14)
    assert due(death, days("90 minutes"), VWVFG, HESSE).instant == datetime(2026, 6, 12, 13, 30, tzinfo=UTC)


def test_weekday_hours_leave_sundays_and_holidays_out() -> None:
    death = datetime(2026, 6, 12, 12, 0, tzinfo=UTC)
    # Friday 10 hours, Saturday 24; the other 14 on Monday.
    assert due(death, days("48 weekday hours"), VWVFG, HESSE).instant == datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
    back = due(datetime(2026, 6, 15, 12, 0, tzinfo=UTC), days("48 weekday hours"), VWVFG, HESSE, relation="before")
    assert back.instant == death


def test_hours_after_a_day_begin_when_it_is_over() -> None:
    result = due(date(2026, 6, 12), days("24 hours"), VWVFG, HESSE)
    assert result.instant == datetime(2026, 6, 13, 22, 0, tzinfo=UTC)
    assert result.end == date(2026, 6, 13)


def test_a_day_is_over_at_midnight_of_the_zone_also_when_the_clocks_change() -> None:
    spring = due(date(2026, 3, 28), days("1 calendar day"), BGB, HESSE)
    assert spring.begins == datetime(2026, 3, 28, 23, 0, tzinfo=UTC)
    assert spring.instant == datetime(2026, 3, 29, 22, 0, tzinfo=UTC)
    autumn = due(date(2026, 10, 24), days("1 calendar day"), BGB, HESSE)
    assert autumn.begins == datetime(2026, 10, 24, 22, 0, tzinfo=UTC)
    assert autumn.instant == datetime(2026, 10, 25, 23, 0, tzinfo=UTC)


def test_an_event_counts_on_its_local_day() -> None:
    late_evening = datetime(2026, 6, 1, 22, 30, tzinfo=UTC)  # 2 June, 00:30 in Berlin
    assert due(late_evening, days("1 week"), VWVFG, HESSE).end == date(2026, 6, 9)


def test_the_calendar_that_counts_is_the_callers_choice() -> None:
    bavaria = office_calendar("BY", municipality_holidays=("assumption",))
    # Due on Wednesday 10 August 2022, three days of grace: Saturday, then Monday, in a Catholic place Tuesday.
    assert due(date(2022, 8, 10), days("3 days"), AO, HESSE).end == date(2022, 8, 15)
    assert due(date(2022, 8, 10), days("3 days"), AO, bavaria).end == date(2022, 8, 16)


@pytest.mark.parametrize("nature", ["named day", "benefit", "appointment"])
def test_what_is_no_deadline_stays_on_a_free_day(nature) -> None:
    result = on_day(date(2026, 6, 21), VWVFG, HESSE, nature=nature)
    assert result.end == date(2026, 6, 21)
    assert result.steps[-1].source.startswith("§ 31 Abs.")


def test_the_fiscal_code_has_no_exception_for_a_named_day() -> None:
    assert on_day(date(2026, 6, 21), AO, HESSE, nature="named day").end == date(2026, 6, 22)


def test_an_extension_is_counted_from_the_end_that_was_not_moved() -> None:
    first = due(date(2025, 11, 30), days("3 months"), VWVFG, HESSE)
    longer = extended(first, days("1 month"), VWVFG, HESSE)
    assert (longer.plain, longer.end) == (date(2026, 3, 28), date(2026, 3, 30))


def test_shift_no_and_exactly_leave_an_end_where_it_falls() -> None:
    for options in ({"shift": False}, {"exactly": True}):
        assert due(date(2026, 2, 2), days("6 months"), BGB, HESSE, **options).end == date(2026, 8, 2)


def test_an_unmoved_end_needs_no_holidays_and_may_lie_far_away() -> None:
    assert due(date(2026, 3, 10), days("99 years"), BGB, HESSE, exactly=True).end == date(2125, 3, 10)
    assert due(date(2026, 3, 10), days("99 years"), BGB, HESSE, shift=False).end == date(2125, 3, 10)
    with pytest.raises(CalendarError, match="The holidays of 2125 are not known"):
        due(date(2026, 3, 10), days("99 years"), BGB, HESSE)


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: due(date(2026, 1, 1), Period(-1, "days"), BGB, HESSE), PeriodError, "negative"),
        (
            lambda: due(date(2026, 1, 1), Period(0, "days"), BGB, HESSE, relation="from"),
            PeriodError,
            "at least one day",
        ),
        (lambda: due(date(9999, 1, 1), Period(99, "years"), BGB, HESSE, exactly=True), PeriodError, "beyond"),
        (lambda: due(date(9999, 1, 1), Period(999, "days"), BGB, HESSE, exactly=True), PeriodError, "beyond"),
        (lambda: due(datetime(2026, 1, 1), Period(1, "days"), BGB, HESSE), CalendarError, "no time zone"),
        (lambda: parse_period("bald"), PeriodError, "not a period"),
        (lambda: parse_period("3 moons"), PeriodError, "not a unit"),
        (lambda: law("StGB"), LawError, "no law of periods “StGB”"),
    ],
)
def test_what_cannot_be_counted_is_said_plainly(call, error, says) -> None:
    with pytest.raises(error, match=says):
        call()


def test_periods_are_read_in_both_languages() -> None:
    assert parse_period("2 Wochen") == parse_period("2 weeks") == Period(2, "weeks")
    assert parse_period("1 month") == Period(1, "months")
    assert parse_period(" 10  working days ") == Period(10, "working days")
    assert str(Period(1, "clear days")) == "1 clear day"


def test_periods_of_the_expression_language_are_taken_as_they_are() -> None:
    from_expression = values.Period(10, "working days")
    assert due(date(2026, 6, 1), from_expression, VWVFG, HESSE).end == date(2026, 6, 16)
    assert set(values.UNITS) <= set(UNITS)


def test_months_go_back_as_they_go_on_except_at_the_end() -> None:
    assert add_months(date(2026, 1, 15), 14) == date(2027, 3, 15)
    assert add_months(date(2027, 3, 15), -14) == date(2026, 1, 15)
    assert add_months(date(2026, 5, 31), -3) == date(2026, 2, 28)

"""Laws that hold for every day of twenty years, every Land, every unit."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from amtsweg.dsl.periods import (
    UNITS,
    Calendar,
    ClockFacts,
    Extension,
    Period,
    clock_end,
    due,
    explain,
    in_words,
    law,
    laws,
    say_day,
    served,
    unit_of,
)
from amtsweg.dsl.periods.holidays import LAENDER
from amtsweg.dsl.periods.period import LEGAL, MOVABLE, TIMED

DAYS = st.dates(date(2015, 1, 1), date(2034, 12, 31))
CALENDARS = st.builds(Calendar, land=st.sampled_from(LAENDER))
LAWS = st.sampled_from([law(id) for id in laws()])
DAY_UNITS = [unit for unit in UNITS if unit not in TIMED]
PERIODS = st.builds(Period, st.integers(0, 40), st.sampled_from(DAY_UNITS))
LEGAL_PERIODS = st.builds(Period, st.integers(0, 40), st.sampled_from(sorted(LEGAL)))
SERVING = st.sampled_from([law("AO"), law("VwVfG")])
WAYS = st.sampled_from(["letter", "electronic", "registered"])


def test_no_day_of_twenty_years_ends_a_month_on_a_free_day() -> None:
    calendar, ao, month = Calendar(), law("AO"), Period(1, "months")
    day, last, earlier = date(2015, 1, 1), date(2034, 12, 31), date(2015, 1, 1)
    while day <= last:
        result = due(day, month, ao, calendar)
        assert calendar.is_business_day(result.end)
        assert timedelta(0) <= result.end - result.plain <= timedelta(days=4)
        assert result.end >= earlier, "a later event must not end earlier"
        earlier, day = result.end, day + timedelta(days=1)


@given(DAYS, PERIODS, LAWS, CALENDARS)
def test_the_moved_end_is_never_before_the_plain_one_and_free_only_where_nothing_moves(day, period, code, calendar):
    result = due(day, period, code, calendar)
    assert result.plain <= result.end
    if period.unit in MOVABLE:
        assert calendar.is_business_day(result.end)
        assert all(calendar.why_free(result.plain + timedelta(n)) for n in range((result.end - result.plain).days))
    else:
        assert result.end == result.plain


@given(DAYS, DAYS, PERIODS, LAWS, CALENDARS)
def test_later_events_never_end_earlier(one, other, period, code, calendar):
    first, second = sorted((one, other))
    assert due(first, period, code, calendar).end <= due(second, period, code, calendar).end
    assert due(first, period, code, calendar).plain <= due(second, period, code, calendar).plain


@given(DAYS, PERIODS, LAWS, CALENDARS)
def test_longer_periods_never_end_earlier(day, period, code, calendar):
    longer = Period(period.count + 1, period.unit)
    assert due(day, period, code, calendar).end <= due(day, longer, code, calendar).end


@given(DAYS, PERIODS, LAWS, CALENDARS)
def test_the_last_dated_line_of_the_explanation_is_the_end(day, period, code, calendar):
    result = due(day, period, code, calendar)
    assert [step.gives for step in result.steps if step.gives][-1] == result.end
    for language in ("de", "en"):
        lines = explain(result, language)
        assert len(lines) == len(result.steps)
        assert say_day(result.end, language) in lines[-1]


@given(DAYS, PERIODS, LAWS, CALENDARS)
def test_the_instant_is_the_midnight_after_the_last_day(day, period, code, calendar):
    result = due(day, period, code, calendar)
    assert calendar.day_of(result.instant) == result.end + timedelta(days=1)
    assert calendar.day_of(result.instant - timedelta(microseconds=1)) == result.end
    assert calendar.day_of(result.begins) == result.end
    hours = (result.instant - result.begins) / timedelta(hours=1)
    assert hours in (23, 24, 25)


@given(DAYS, LEGAL_PERIODS, LAWS, CALENDARS)
def test_from_a_day_ends_as_after_the_day_before_or_a_month_end_apart(day, period, code, calendar):
    assume(period.count > 0)
    begun = due(day, period, code, calendar, relation="from", exactly=True).end
    told = due(day - timedelta(days=1), period, code, calendar, exactly=True).end
    if period.unit in ("days", "weeks"):
        assert begun == told
    else:
        # Only the last days of months differ (BGB § 188 (3)); the day before the 1st may be a 28th to 31st.
        assert abs((begun - told).days) <= 3


@given(DAYS, st.integers(1, 40), st.sampled_from(["working days", "weekdays"]), CALENDARS)
def test_counting_days_forth_and_back_returns_to_the_start(day, count, unit, calendar):
    counts = calendar.is_working_day if unit == "working days" else calendar.is_weekday
    assume(counts(day))
    there = due(day, Period(count, unit), law("BGB"), calendar, exactly=True).end
    assert counts(there)
    assert due(there, Period(count, unit), law("BGB"), calendar, relation="before").end == day
    if unit == "working days":
        assert calendar.working_days_between(day, there) == count


@given(DAYS, WAYS, SERVING, CALENDARS)
def test_a_letter_is_served_three_or_four_days_after_posting_and_moved_for_taxes_only(posted, way, code, calendar):
    result = served(way, posted, code, calendar)
    presumed = 3 if posted < date(2025, 1, 1) else 4
    assert result.plain == posted + timedelta(days=presumed)
    assert result.day == (calendar.business_day_on_or_after(result.plain) if code.id == "AO" else result.plain)
    assert [step.gives for step in result.steps if step.gives][-1] == result.day


@given(DAYS, st.integers(0, 400), st.integers(0, 3), CALENDARS)
def test_an_extension_never_shortens_a_clock(start, told_after, months, calendar):
    length = Period(3, "months")
    told = (start + timedelta(days=told_after),)
    short = clock_end(ClockFacts(start, length), law("VwVfG"), calendar)
    facts = ClockFacts(start, length, extensions=(Extension(told, Period(months, "months")),))
    long = clock_end(facts, law("VwVfG"), calendar)
    assert long.end >= short.end
    assert long.extended == (told[0] <= short.end)


@given(st.sampled_from(UNITS))
def test_every_unit_is_read_back_from_its_words_in_both_languages(unit):
    for count in (1, 2):
        words = in_words(Period(count, unit))
        assert unit_of(words.de.split(" ", 1)[1]) == unit_of(words.en.split(" ", 1)[1]) == unit

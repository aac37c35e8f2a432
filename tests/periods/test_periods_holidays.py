"""Which days are holidays, held against a second source and against published dates."""

from __future__ import annotations

from datetime import date

import holidays as second_source
import pytest

from amtsweg.dsl.periods import Calendar, CalendarError, easter, known_years, office_calendar, statutory_holidays
from amtsweg.dsl.periods.holidays import LAENDER


@pytest.mark.parametrize("land", LAENDER)
def test_every_land_and_year_agrees_with_a_second_source(land: str) -> None:
    first, last = known_years()
    for year in range(first, last + 1):
        theirs = set(second_source.country_holidays("DE", subdiv=land, years=year))
        assert set(statutory_holidays(land, year)) == theirs, year


@pytest.mark.parametrize(
    ("year", "day"),
    [
        (1818, (3, 22)),
        (1943, (4, 25)),
        (1997, (3, 30)),
        (2000, (4, 23)),
        (2008, (3, 23)),
        (2026, (4, 5)),
        (2038, (4, 25)),
    ],
)
def test_easter_falls_on_the_published_days(year: int, day: tuple[int, int]) -> None:
    assert easter(year) == date(year, *day)


def test_hesse_has_ten_holidays_in_2026_and_each_names_its_law() -> None:
    found = statutory_holidays("HE", 2026)
    assert [(day.isoformat(), holiday.name.de) for day, holiday in sorted(found.items())] == [
        ("2026-01-01", "Neujahr"),
        ("2026-04-03", "Karfreitag"),
        ("2026-04-06", "Ostermontag"),
        ("2026-05-01", "1. Mai"),
        ("2026-05-14", "Christi Himmelfahrt"),
        ("2026-05-25", "Pfingstmontag"),
        ("2026-06-04", "Fronleichnam"),
        ("2026-10-03", "Tag der Deutschen Einheit"),
        ("2026-12-25", "1. Weihnachtstag"),
        ("2026-12-26", "2. Weihnachtstag"),
    ]
    assert {holiday.source for holiday in found.values()} == {"§ 1 HFeiertagsG"}


def test_assumption_day_is_a_holiday_in_catholic_municipalities_of_bavaria_only() -> None:
    day = date(2025, 8, 15)
    assert office_calendar("BY").holiday(day) is None
    assert office_calendar("BY", municipality_holidays=("Mariä Himmelfahrt",)).holiday(day).de == "Mariä Himmelfahrt"
    assert office_calendar("BY", municipality_holidays=("assumption",)).holiday(day) is not None
    assert office_calendar("SL").holiday(day) is not None


def test_a_holiday_of_one_year_is_none_in_the_next() -> None:
    assert date(2017, 10, 31) in statutory_holidays("HE", 2017)
    assert date(2018, 10, 31) not in statutory_holidays("HE", 2018)
    assert date(2025, 5, 8) in statutory_holidays("BE", 2025)
    assert date(2026, 5, 8) not in statutory_holidays("BE", 2026)


def test_days_on_which_the_office_is_closed_are_no_working_days_but_move_no_end() -> None:
    calendar = office_calendar("HE", closed=("12-24", "2026-05-15", "2026-12-28..2026-12-30"))
    for day in (date(2026, 12, 24), date(2026, 5, 15), date(2026, 12, 29)):
        assert not calendar.is_working_day(day)
        assert calendar.is_business_day(day)
    assert calendar.is_working_day(date(2026, 12, 31))


def test_a_local_holiday_written_as_a_day_moves_ends_and_has_its_name() -> None:
    calendar = office_calendar("BY", municipality_holidays=("07-06 Stadtfeiertag",))
    assert calendar.why_free(date(2026, 7, 6)).de == "Stadtfeiertag"
    assert not calendar.is_business_day(date(2026, 7, 6))


def test_saturday_is_a_weekday_of_the_law_but_no_business_day() -> None:
    calendar = Calendar()
    assert calendar.is_weekday(date(2026, 6, 20))
    assert not calendar.is_business_day(date(2026, 6, 20))
    assert not calendar.is_weekday(date(2026, 6, 21))
    assert not calendar.is_weekday(date(2026, 6, 4))


def test_working_days_between_two_days_count_the_last_and_are_negative_backwards() -> None:
    calendar = Calendar()
    assert calendar.working_days_between(date(2026, 5, 29), date(2026, 6, 5)) == 4  # Corpus Christi lies between
    assert calendar.working_days_between(date(2026, 6, 5), date(2026, 5, 29)) == -4
    assert calendar.working_days_between(date(2026, 6, 5), date(2026, 6, 5)) == 0


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: statutory_holidays("XX", 2026), "There is no Land “XX”"),
        (lambda: statutory_holidays("HE", 2200), "The holidays of 2200 are not known"),
        (lambda: statutory_holidays("HE", 2026, frozenset({"assumption"})), "not a holiday that HE leaves"),
        (lambda: office_calendar("BY", municipality_holidays=("Kirmes",)), "“Kirmes” is not a holiday"),
        (lambda: office_calendar("HE", closed=("24.12.",)), "“24.12.” is not a day"),
        (lambda: office_calendar("HE", "Europe/Usingen"), "no time zone “Europe/Usingen”"),
    ],
)
def test_what_the_calendar_cannot_answer_is_said_plainly(call, says) -> None:
    with pytest.raises(CalendarError, match=says):
        call()

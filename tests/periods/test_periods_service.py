"""The legal date of a decision by way of delivery."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from amtsweg.dsl.periods import Calendar, LawError, due, explain, law, parse_period, served

HESSE = Calendar()
VWVFG, AO, BGB = law("VwVfG"), law("AO"), law("BGB")


def test_the_federal_fiscal_court_moves_the_third_day_and_the_month_follows() -> None:
    """BFH 14.10.2003, IX R 68/98: posted 18 Dec 1997, served Monday 22 Dec, the month ends 22 Jan 1998."""
    result = served("letter", date(1997, 12, 18), AO, HESSE)
    assert (result.plain, result.day) == (date(1997, 12, 21), date(1997, 12, 22))
    assert due(result.day, parse_period("1 month"), AO, HESSE).end == date(1998, 1, 22)


def test_easter_monday_moves_service_of_a_tax_notice_only() -> None:
    """Catalogue P01 e."""
    posted = date(2026, 4, 2)
    assert served("post", posted, AO, HESSE).day == date(2026, 4, 7)
    assert served("post", posted, VWVFG, HESSE).day == date(2026, 4, 6)
    assert served("post", posted, VWVFG, HESSE, shift=True).day == date(2026, 4, 7)
    assert served("post", posted, AO, HESSE, shift=False).day == date(2026, 4, 6)


def test_the_example_of_the_language_is_served_on_its_day() -> None:
    assert served("post", date(2021, 7, 2), AO, HESSE).day == date(2021, 7, 5)


@pytest.mark.parametrize("way", ["letter", "electronic", "registered"])
def test_the_day_of_posting_decides_between_three_and_four_days(way: str) -> None:
    assert served(way, date(2024, 12, 31), VWVFG, HESSE).day == date(2025, 1, 3)
    assert served(way, date(2025, 1, 2), VWVFG, HESSE).day == date(2025, 1, 6)


@pytest.mark.parametrize(
    ("way", "posted", "day"),
    [
        ("mailbox", "2026-06-01", "2026-06-05"),
        ("portal", "2026-06-01", "2026-06-05"),
        ("handover", "2026-06-01", "2026-06-01"),
        ("pzu", "2026-06-06", "2026-06-06"),  # a Saturday: what a certificate proves is not moved
        ("registered with receipt", "2026-06-03", "2026-06-03"),
        ("acknowledged", "2026-06-03", "2026-06-03"),
        ("announcement", "2026-06-01", "2026-06-15"),
        ("public service", "2026-06-01", "2026-06-15"),
    ],
)
def test_each_way_has_its_day(way: str, posted: str, day: str) -> None:
    assert served(way, date.fromisoformat(posted), VWVFG, HESSE).day == date.fromisoformat(day)


def test_two_weeks_of_announcement_move_for_taxes_as_the_three_days_do() -> None:
    """AEAO on § 108: § 108 (3) holds for the two-week rule of § 122 (4) too."""
    announced = date(2026, 3, 20)
    assert served("announcement", announced, AO, HESSE).day == date(2026, 4, 7)
    assert served("announcement", announced, VWVFG, HESSE).day == date(2026, 4, 3)


def test_a_general_ruling_may_name_the_next_day_but_no_earlier_one() -> None:
    result = served("announcement", date(2026, 6, 1), VWVFG, HESSE, fixed=date(2026, 6, 2))
    assert result.day == date(2026, 6, 2)
    with pytest.raises(LawError, match="is not after the announcement"):
        served("announcement", date(2026, 6, 1), VWVFG, HESSE, fixed=date(2026, 6, 1))
    with pytest.raises(LawError, match="lets nobody choose"):
        served("letter", date(2026, 6, 1), VWVFG, HESSE, fixed=date(2026, 6, 2))


def test_later_arrival_counts_and_earlier_reading_changes_nothing() -> None:
    posted = date(2026, 6, 1)
    assert served("letter", posted, VWVFG, HESSE, arrived=date(2026, 6, 9)).day == date(2026, 6, 9)
    assert served("letter", posted, VWVFG, HESSE, arrived=date(2026, 6, 2)).day == date(2026, 6, 5)
    moment = datetime(2026, 6, 8, 22, 30, tzinfo=UTC)
    assert served("letter", posted, VWVFG, HESSE, arrived=moment).day == date(2026, 6, 9)


def test_a_download_serves_on_the_day_after_it_or_not_at_all() -> None:
    """VwVfG § 41 (2a)."""
    told = date(2026, 6, 1)
    fetched = served("download", told, VWVFG, HESSE, retrieved=date(2026, 6, 5))
    assert (fetched.day, fetched.lapses) == (date(2026, 6, 6), date(2026, 6, 11))
    for nothing in (None, date(2026, 6, 12)):
        missed = served("download", told, VWVFG, HESSE, retrieved=nothing)
        assert (missed.day, missed.lapses) == (None, date(2026, 6, 11))
        assert "nicht bekannt gegeben" in explain(missed, "de")[-1]


def test_a_letter_abroad_is_presumed_for_taxes_after_a_month_and_else_must_be_proven() -> None:
    assert served("letter abroad", date(2026, 6, 2), AO, HESSE).day == date(2026, 7, 2)
    with pytest.raises(LawError, match="presumes no day of service for “letter abroad”"):
        served("letter abroad", date(2026, 6, 2), VWVFG, HESSE)


@pytest.mark.parametrize(
    ("way", "posted", "code", "says"),
    [
        ("pigeon", date(2026, 6, 2), VWVFG, "not a way of delivery"),
        ("mailbox", date(2024, 6, 2), VWVFG, "holds from 2025-01-01"),
        ("letter", date(2026, 6, 2), BGB, "BGB presumes no day"),
    ],
)
def test_what_the_law_does_not_know_is_said_plainly(way, posted, code, says) -> None:
    with pytest.raises(LawError, match=says):
        served(way, posted, code, HESSE)

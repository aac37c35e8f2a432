"""Values as people read them: a golden table in both languages, and what holds for every value."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amtsweg.dsl.feel import temporal as tm
from amtsweg.dsl.feel.formatting import format_value
from amtsweg.dsl.feel.ranges import Range
from amtsweg.dsl.feel.types import of_text
from amtsweg.dsl.feel.values import UNITS, Money, Period

GOLDEN = Path(__file__).parent / "golden" / "feel_formatting.txt"
TITLES = {"guide": "Blindenführhund", "pet": "Familienhund"}
VALUES: list[tuple[Any, str]] = [
    (None, ""), (True, "boolean"), (False, "boolean"), ("frei", "string"), ("guide", "enum kind(guide|pet)"),
    (["guide", "pet"], "list<enum kind(guide|pet)>"), (Decimal(2026), "number"), (Decimal("12345.60"), "number"),
    (Decimal("-0.5"), "number"), (Decimal("-1234567"), "number"), (Decimal("1E+50"), "number"),
    (Decimal("1E-45"), "number"), (Decimal("7.5"), "money EUR"), (Money(Decimal("7.5")), "money EUR"),
    (Money(Decimal("2.345")), "money EUR"), (Money(Decimal("2.355")), "money EUR"), (Money(Decimal("-1234.5")), ""),
    (Money(Decimal("99.9"), "CHF"), "money CHF"), (Money(Decimal("99.5"), "JPY"), "money JPY"),
    (tm.Date(2026, 2, 1), "date"), (tm.Date(12026, 12, 31), "date"), (tm.Date(-44, 3, 15), "date"),
    (tm.Time(9, 5, 0), "time"), (tm.Time(23, 59, 7), "time"),
    (tm.parse_date_time("2026-02-01T09:05:00"), "date and time"), (tm.DaysDuration.of(days=1), ""),
    (tm.DaysDuration.of(days=-2, hours=-1, minutes=-30), ""),
    (tm.parse_duration("-PT12000H0.5S"), ""), (tm.DaysDuration(0), ""), (tm.MonthsDuration(14), ""),
    (tm.MonthsDuration(1), ""), (tm.MonthsDuration(0), ""), *((Period(1, unit), "period") for unit in UNITS),
    *((Period(14, unit), "period") for unit in UNITS), ([], "list<number>"), ([Decimal(1)], "list<number>"),
    ([Decimal(1), None, Decimal(2), Decimal(3)], "list<number>"), ([Decimal(1), Decimal(2)], "list<money EUR>"),
    (Range(Decimal(1), Decimal(5)), "range<number>"), (Range(Decimal(1), Decimal(5), False, True), "range<money EUR>"),
    (Range(None, Decimal(5), False, False, test=True), "range<number>"),
    (Range(Decimal(3), None, True, False, test=True), "range<number>"),
    (Range(Decimal(3), Decimal(3), False, False, test=True), "range<number>"),
    (Range(Decimal(3), Decimal(3), test=True), "range<number>"), (Range(None, None, False, False), "range<number>"),
    ({"titel": "Dr.", "vorname": "Eva", "nachname": "Müller"}, "context"), ({"name": "Dr. Eva Müller", "x": 1}, ""),
    ({"strasse": "Am Markt", "hausnummer": "1", "plz": "99999", "ort": "Neustadt"}, ""),
    ({"a": Decimal(1), "b": tm.Date(2026, 1, 1), "c": None}, "context<a: money EUR, b: date, c: string?>"),
]  # fmt: skip


def table() -> str:
    """Every value in both languages; non-breaking spaces are shown as ~."""
    lines = []
    for value, kind in VALUES:
        said = [format_value(value, language, kind, TITLES).replace("\u00a0", "~") for language in ("de", "en")]
        lines.append(" | ".join([kind or "-", *said]))
    return "\n".join(lines) + "\n"


def test_values_are_said_as_in_the_golden_table() -> None:
    assert table() == GOLDEN.read_text("utf-8")


def test_simple_language_writes_values_as_german_does() -> None:
    for value, kind in VALUES:
        assert format_value(value, "leicht", kind) == format_value(value, "de", kind)


@pytest.mark.parametrize("text", ["enum of nothing(", "no type at all", "list<"])
def test_a_type_that_cannot_be_read_leaves_the_value_to_speak_for_itself(text: str) -> None:
    assert format_value(tm.Date(2026, 2, 1), "de", text) == "1. Februar 2026"


@given(st.decimals(min_value=-(10**15), max_value=10**15, allow_nan=False, places=6))
def test_an_amount_is_rounded_half_up_to_the_cent(amount: Decimal) -> None:
    said = format_value(Money(amount), "de").replace(".", "").replace(",", ".").replace("\u00a0€", "")
    assert abs(Decimal(said) - amount) <= Decimal("0.005")
    if abs(amount * 100) % 1 == Decimal("0.5"):
        assert abs(Decimal(said)) > abs(amount)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20))
def test_a_number_loses_no_digit(number: Decimal) -> None:
    said = format_value(number, "en").replace(",", "")
    assert Decimal(said) == number


@given(st.lists(st.text("abc", min_size=1), max_size=5))
def test_a_list_is_joined_with_one_and(words: list[str]) -> None:
    said = format_value(words, "de")
    assert said.count(" und ") == (1 if len(words) > 1 else 0)
    assert said.count(", ") == max(0, len(words) - 2)


def test_types_written_beside_the_values_are_types() -> None:
    for _, kind in VALUES:
        if kind:
            assert of_text(kind).text == kind

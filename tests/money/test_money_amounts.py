"""Rounding, kinds, shares and plans of money."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amtsweg.dsl.money import (
    KINDS,
    MoneyError,
    floor_to_fifty,
    instalments,
    kind_of,
    months_of_year,
    pro_rata,
    property_tax_dates,
    round_money,
    split,
    yearly_dates,
)
from amtsweg.dsl.periods import Calendar, law

HESSE, AO = Calendar(), law("AO")
AMOUNTS = st.decimals(min_value=0, max_value=10_000_000, places=2)
RULES = ("half up", "half down", "half even", "up", "down")


@pytest.mark.parametrize(
    ("amount", "step", "rule", "rounded"),
    [
        ("2.345", "0.01", "half up", "2.35"),
        ("2.345", "0.01", "half down", "2.34"),
        ("2.345", "0.01", "half even", "2.34"),
        ("2.355", "0.01", "half even", "2.36"),
        ("2.341", "0.01", "up", "2.35"),
        ("2.349", "0.01", "down", "2.34"),
        ("-2.345", "0.01", "half up", "-2.35"),
        ("7.12", "0.05", "half up", "7.10"),
        ("7.13", "0.05", "half up", "7.15"),
        ("1234.56", "1", "down", "1234.00"),
        ("0", "0.01", "half up", "0.00"),
        ("0.0005", "0.001", "up", "0.001"),
    ],
)
def test_rounding_follows_the_rule_that_is_named(amount: str, step: str, rule, rounded: str) -> None:
    assert str(round_money(Decimal(amount), Decimal(step), rule)) == rounded


@given(
    st.decimals(min_value=-(10**9), max_value=10**9, places=5),
    st.sampled_from(RULES),
    st.sampled_from(["0.01", "0.05", "1", "50"]),
)
def test_a_rounded_amount_is_a_multiple_of_its_step_and_less_than_a_step_away(amount, rule, step) -> None:
    size = Decimal(step)
    rounded = round_money(amount, size, rule)
    assert rounded % size == 0
    assert abs(rounded - amount) < size
    assert round_money(rounded, size, rule) == rounded
    if rule.startswith("half"):
        assert abs(rounded - amount) <= size / 2


@pytest.mark.parametrize(
    ("amount", "floor"), [("49.99", "0.00"), ("50", "50.00"), ("1234.56", "1200.00"), ("1250", "1250.00")]
)
def test_the_fiscal_code_rounds_down_to_fifty(amount: str, floor: str) -> None:
    assert str(floor_to_fifty(Decimal(amount))) == floor


@pytest.mark.parametrize(
    "call",
    [
        lambda: round_money(1.5),  # a float is never exactly what was meant
        lambda: round_money(True),
        lambda: round_money(Decimal("NaN")),
        lambda: round_money(Decimal(1), Decimal(0)),
        lambda: round_money(Decimal(1), Decimal(1), "sideways"),
        lambda: pro_rata(Decimal(72), 13),
        lambda: split(Decimal(100), 0),
        lambda: split(Decimal("-1"), 2),
        lambda: split(Decimal("1.005"), 2),
        lambda: kind_of("trinkgeld"),
        lambda: instalments(Decimal(100), 2, date(2026, 1, 1), AO, HESSE, every=0),
        lambda: yearly_dates(Decimal(100), 2026, [(2, 30)], AO, HESSE),
        lambda: yearly_dates(Decimal(100), 2026, [], AO, HESSE),
    ],
)
def test_amounts_that_make_no_sense_are_refused(call) -> None:
    with pytest.raises(MoneyError):
        call()


def test_every_kind_is_found_by_both_its_words() -> None:
    for kind in KINDS:
        assert kind_of(kind.id) == kind_of(kind.word) == kind
    assert kind_of("Gebühr") == kind_of("fee")


def test_only_public_money_bears_a_surcharge() -> None:
    assert {kind.id for kind in KINDS if kind.surcharge} == {"tax", "fee", "contribution"}
    assert all(kind.public for kind in KINDS if kind.surcharge)
    assert [kind.id for kind in KINDS if kind.returned] == ["deposit"]


@pytest.mark.parametrize(
    ("yearly", "first", "last", "amount"),
    [
        ("72", date(2021, 3, 15), None, "60.00"),  # catalogue P01 a
        ("72", date(2021, 2, 1), None, "66.00"),  # P01 b: the puppy is three months old on 20 February
        ("600", date(2021, 10, 9), None, "150.00"),  # P01 d
        ("72", None, date(2021, 5, 10), "30.00"),  # P02 a
        ("72", None, date(2021, 9, 3), "54.00"),  # P02 b, month of notice
        ("192", None, date(2021, 5, 10), "80.00"),  # P02 c, both dogs
        ("72", date(2021, 6, 1), None, "42.00"),  # P02 c, the remaining dog
        ("72", None, None, "72.00"),
        ("72", date(2022, 1, 1), None, "0.00"),
        ("72", None, date(2020, 12, 31), "0.00"),
    ],
)
def test_dog_tax_counts_each_month_that_is_touched(yearly: str, first, last, amount: str) -> None:
    assert str(pro_rata(Decimal(yearly), months_of_year(2021, first, last))) == amount


@given(AMOUNTS, st.integers(1, 60), st.sampled_from(["first", "last"]))
def test_parts_add_up_to_the_cent_and_differ_by_less_than_the_number_of_parts(amount, parts, rest) -> None:
    shares = split(amount, parts, rest)
    assert sum(shares) == amount
    assert max(shares) - min(shares) < Decimal("0.01") * parts
    assert len(shares) == parts


def test_instalments_keep_their_number_and_move_off_free_days() -> None:
    plan = instalments(Decimal("100.00"), 3, date(2026, 1, 31), AO, HESSE)
    assert [(part.amount, part.due.plain, part.due.end) for part in plan] == [
        (Decimal("33.33"), date(2026, 1, 31), date(2026, 2, 2)),
        (Decimal("33.33"), date(2026, 2, 28), date(2026, 3, 2)),
        (Decimal("33.34"), date(2026, 3, 31), date(2026, 3, 31)),
    ]


def test_a_yearly_amount_falls_on_the_tenants_days() -> None:
    """Kelkheim: 15 February, May, August and October."""
    plan = yearly_dates(Decimal("100.02"), 2026, [(2, 15), (5, 15), (8, 15), (10, 15)], AO, HESSE)
    assert [str(part.amount) for part in plan] == ["25.02", "25.00", "25.00", "25.00"]
    assert [part.due.end for part in plan] == [
        date(2026, 2, 16),
        date(2026, 5, 15),
        date(2026, 8, 17),
        date(2026, 10, 15),
    ]


@pytest.mark.parametrize(
    ("amount", "months"), [("15.00", [8]), ("15.01", [2, 8]), ("30.00", [2, 8]), ("30.01", [2, 5, 8, 11])]
)
def test_small_property_taxes_fall_due_once_or_twice(amount: str, months: list[int]) -> None:
    """GrStG § 28 (2)."""
    plan = property_tax_dates(Decimal(amount), 2026, AO, HESSE)
    assert [part.due.plain.month for part in plan] == months
    assert sum(part.amount for part in plan) == Decimal(amount)

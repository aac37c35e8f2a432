"""Money over time: pro-rata months, instalments, yearly due dates.

In: an amount, dates, the cash office's calendar. Out: parts that add up to the amount to the cent, with due dates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from amtsweg.dsl.diagnostics import Text
from amtsweg.dsl.money.kinds import MoneyError, exact
from amtsweg.dsl.money.rounding import CENT, Rule, round_money
from amtsweg.dsl.periods.calendar import Calendar
from amtsweg.dsl.periods.due import Due, add_months, on_day
from amtsweg.dsl.periods.rules import Law

QUARTERS: Final = ((2, 15), (5, 15), (8, 15), (11, 15))


@dataclass(frozen=True, slots=True)
class Instalment:
    """One part of a plan: number from 1, amount, and when it is due (both faces)."""

    number: int
    amount: Decimal
    due: Due


def months_of_year(year: int, first: date | None = None, last: date | None = None) -> int:
    """How many months of a year are touched from `first` to `last`, both months counted.

    The rule of dog and other municipal taxes: the duty begins with the month of taking in and ends with the month in
    which it stops. None means since before the year, or beyond it.
    """
    begin = 1 if first is None or first.year < year else first.month if first.year == year else 13
    end = 12 if last is None or last.year > year else last.month if last.year == year else 0
    return max(0, end - begin + 1)


def pro_rata(yearly: Decimal, months: int, rule: Rule = "half up") -> Decimal:
    """`months` twelfths of a yearly amount, rounded to the cent.

    Raises `MoneyError` for a number of months outside 0 to 12, or an inexact amount.
    """
    if not 0 <= months <= 12:
        raise MoneyError(f"A year has no {months} months.", "Give 0 to 12.")
    return round_money(exact(yearly) * months / 12, CENT, rule)


def split(amount: Decimal, parts: int, rest: Literal["first", "last"] = "first") -> tuple[Decimal, ...]:
    """Equal parts in full cents; what is left over goes to the first or the last. They add up to the amount.

    Raises `MoneyError` for no parts, a negative amount, or one with fractions of a cent.
    """
    whole = exact(amount)
    if parts < 1 or whole < 0 or whole != round_money(whole):
        raise MoneyError(f"{amount} cannot be split into {parts} parts.", "Give full cents and at least one part.")
    each = round_money(whole / parts, CENT, "down")
    left = whole - each * parts
    amounts = [each] * parts
    amounts[0 if rest == "first" else -1] += left
    return tuple(amounts)


def instalments(
    amount: Decimal,
    parts: int,
    first_due: date,
    law: Law,
    calendar: Calendar,
    *,
    every: int = 1,
    rest: Literal["first", "last"] = "last",
) -> tuple[Instalment, ...]:
    """A plan of equal parts, the first on `first_due`, then each `every` months on the same number.

    Each day is counted from the first, so the 31st stays the 31st where a month has one. A day that falls on a free
    day is moved in `due.end` (AO § 108 (3), BGB § 193).

    Raises `MoneyError` as `split` does, or for `every` below one.
    """
    if every < 1:
        raise MoneyError("Instalments need at least a month between them.", "Give every=1 or more.")
    label = Text("Rate fällig", "instalment due")
    return tuple(
        Instalment(number + 1, part, on_day(add_months(first_due, number * every), law, calendar, label=label))
        for number, part in enumerate(split(amount, parts, rest))
    )


def yearly_dates(
    amount: Decimal, year: int, days: Sequence[tuple[int, int]], law: Law, calendar: Calendar
) -> tuple[Instalment, ...]:
    """A yearly amount on the tenant's days of the year as (month, day), in equal parts, rest on the first.

    Raises `MoneyError` for no days or one that does not exist.
    """
    try:
        dates = [date(year, month, day) for month, day in days]
    except ValueError:
        raise MoneyError(f"Not all of {list(days)} are days of {year}.", "Give (month, day).") from None
    label = Text("fällig", "due")
    return tuple(
        Instalment(number, part, on_day(day, law, calendar, label=label))
        for number, (part, day) in enumerate(zip(split(amount, len(dates)), sorted(dates), strict=True), start=1)
    )


def property_tax_dates(amount: Decimal, year: int, law: Law, calendar: Calendar) -> tuple[Instalment, ...]:
    """Due dates of property tax (GrStG § 28): quarters; up to 15 EUR once on 15 August, up to 30 EUR in two halves.

    The two exceptions hold where the municipality has decided so (§ 28 (2)); it then calls this, else `yearly_dates`.
    """
    if exact(amount) <= 15:
        return yearly_dates(amount, year, QUARTERS[2:3], law, calendar)
    if amount <= 30:
        return yearly_dates(amount, year, QUARTERS[0::2], law, calendar)
    return yearly_dates(amount, year, QUARTERS, law, calendar)

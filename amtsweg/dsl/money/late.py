"""What late payment and deferral cost: surcharges and interest of the Fiscal Code, with the calculation.

In: amounts, due days, payments, the cash office's calendar. Out: the sum and how it came about. Pure; the law's numbers
are arguments' defaults only where the statute writes them. Sources: AO §§ 234, 238 to 240, 259; AEAO on these. Fees and
contributions follow through the Land's KAG.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from amtsweg.dsl.diagnostics import Text
from amtsweg.dsl.money.kinds import MoneyError, exact
from amtsweg.dsl.money.rounding import EURO, floor_to_fifty, round_money
from amtsweg.dsl.periods.calendar import Calendar
from amtsweg.dsl.periods.due import Due, due, on_day
from amtsweg.dsl.periods.explain import ExplainStep
from amtsweg.dsl.periods.period import Period
from amtsweg.dsl.periods.rules import Law, law

SURCHARGE_RATE: Final = Decimal("0.01")
DEFERRAL_RATE: Final = Decimal("0.005")
SMALLEST_INTEREST: Final = Decimal("10.00")
GRACE: Final = Period(3, "days")
REMINDER: Final = Period(1, "weeks")


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that came in: the day on which it counts as paid (AO § 224 (2)), and how much."""

    day: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Charge:
    """A surcharge or interest: the sum, for how many months, and the calculation."""

    amount: Decimal
    months: int
    steps: tuple[ExplainStep, ...]


def _euro(amount: Decimal) -> Text:
    """`1.234,50 EUR` and `EUR 1,234.50`."""
    english = f"{amount:,.2f}"
    return Text(f"{english.translate(str.maketrans(',.', '.,'))} EUR", f"EUR {english}")


def _line(what: Text, day: date | None, value: Decimal, source: str = "") -> ExplainStep:
    return ExplainStep(what, day, source, _euro(value))


def late_surcharge(
    amount: Decimal,
    due_day: date,
    payments: Sequence[Payment],
    until: date,
    calendar: Calendar,
    *,
    grace: bool = True,
    months_move: bool = True,
    code: Law | None = None,
) -> Charge:
    """The surcharge for late payment (Säumniszuschlag), AO § 240.

    1 % for each started month of what is still owed at its beginning, rounded down to 50 EUR. A transfer that arrives
    within three days costs nothing (§ 240 (3)); after them the month counts from the due day (BFH V B 16/09).

    Parameters
    ----------
    amount: what was due, in EUR.
    due_day: the day set; a free day is moved (AO § 108 (3)).
    payments: what came in, in any order.
    until: the last day looked at.
    calendar: the cash office's, whose holidays count for payments.
    grace: False for cash and cheques (§ 240 (3) sentence 2).
    months_move: whether a month of default that ends on a free day goes on to the next business day (§ 108 (3)).
    code: the law of periods; the Fiscal Code if None.

    Raises `MoneyError` for a negative or inexact amount or payment.
    """
    ao = code or law("AO")
    owed = _positive(amount)
    ordered = sorted(((payment.day, _positive(payment.amount)) for payment in payments), key=lambda pair: pair[0])
    falls = on_day(due_day, ao, calendar, label=Text("fällig", "due"))
    free = due(falls.end, GRACE, ao, calendar, label=Text("fällig", "due"), source="§ 240 Abs. 3 Satz 1 AO")
    steps = [*falls.steps]
    # Payments inside the three days count as if they had come in time.
    spared = free.end if grace else falls.end
    begin, total, months = falls.end, Decimal("0.00"), 0
    while begin < until:
        open_amount = owed - sum(paid for day, paid in ordered if day <= (spared if months == 0 else begin))
        if open_amount <= 0 or (months == 0 and grace and until <= free.end):
            break
        months += 1
        base = floor_to_fifty(open_amount)
        share = base * SURCHARGE_RATE
        total += share
        label = Text(
            f"{months}. angefangener Monat, 1 % von {_euro(base).de}", f"month {months}, 1 % of {_euro(base).en}"
        )
        steps.append(_line(label, begin + timedelta(days=1), share, "§ 240 Abs. 1 Satz 1 AO"))
        month = due(falls.end, Period(months, "months"), ao, calendar)
        begin = month.end if months_move else month.plain
    if months == 0 and owed > 0:
        note = Text("kein Säumniszuschlag", "no surcharge")
        steps.append(
            ExplainStep(Text("Schonfrist bis", "days of grace until"), free.end, "§ 240 Abs. 3 Satz 1 AO", note)
        )
    return Charge(round_money(total), months, tuple(steps))


def full_months(first: date, last: date) -> int:
    """Full months of interest from `first` to `last`, both counted (AO § 238 (1); AEAO on § 238 no. 1)."""
    months = max(0, (last.year - first.year) * 12 + last.month - first.month - 1)
    while _full(first, months + 1) <= last:
        months += 1
    return months


def _full(first: date, months: int) -> date:
    """The last day of `months` full months from `first`: the day before the same number (BGB § 188 (2))."""
    return due(first, Period(months, "months"), law("BGB"), Calendar(), relation="from", exactly=True).end


def deferral_interest(
    parts: Sequence[tuple[date, Decimal]],
    due_day: date,
    calendar: Calendar,
    *,
    rate: Decimal = DEFERRAL_RATE,
    code: Law | None = None,
) -> Charge:
    """Interest for deferred payment (Stundungszinsen), AO §§ 234, 238, 239.

    0.5 % for each full month of the deferral that was granted, whenever it is paid in fact. The whole is rounded down
    to 50 EUR once; what is cut off comes off the last part (AEAO on § 234 no. 9). The sum is rounded down to full euro
    and asked for from 10 EUR on (§ 239 (2)).

    Parameters
    ----------
    parts: until when each part is deferred, with its amount.
    due_day: when it would have been due; interest begins on the day after it (moved off a free day).
    calendar: the cash office's.
    rate: per month.
    code: the law of periods; the Fiscal Code if None.

    `months` of the result is the longest part's. Raises `MoneyError` for no parts, inexact or negative amounts.
    """
    if not parts:
        raise MoneyError("There is nothing deferred.", "Give at least one part.")
    ao = code or law("AO")
    ordered = sorted(((day, _positive(amount)) for day, amount in parts), key=lambda part: part[0])
    whole = sum((amount for _, amount in ordered), Decimal(0))
    cut = whole - floor_to_fifty(whole)
    first = on_day(due_day, ao, calendar).end + timedelta(days=1)
    steps = [ExplainStep(Text("Zinslauf beginnt", "interest begins"), first, "§ 234 Abs. 1 AO")]
    total, longest, percent = Decimal(0), 0, f"{(rate * 100).normalize():f}"
    for index, (day, amount) in enumerate(ordered):
        # A cut larger than the last part eats into the one before it.
        spare = sum((later for _, later in ordered[index + 1 :]), Decimal(0))
        base = amount - min(amount, max(Decimal(0), cut - spare))
        last = on_day(day, ao, calendar).end
        months = full_months(first, last)
        longest = max(longest, months)
        total += base * rate * months
        label = Text(
            f"{_euro(base).de}, {months} volle Monate zu {percent.replace('.', ',')} %",
            f"{_euro(base).en}, {months} full months at {percent} %",
        )
        steps.append(_line(label, last, base * rate * months, "§ 238 Abs. 1 AO"))
    rounded = round_money(total, EURO, "down")
    if rounded < SMALLEST_INTEREST:
        rounded = Decimal("0.00")
    steps.append(_line(Text("festzusetzen", "to be charged"), None, rounded, "§ 239 Abs. 2 AO"))
    return Charge(rounded, longest, tuple(steps))


def reminder_end(sent: date, calendar: Calendar, *, code: Law | None = None) -> Due:
    """Until when a reminder gives time before enforcement: one week (AO § 259)."""
    return due(sent, REMINDER, code or law("AO"), calendar, label=Text("Mahnung", "reminder"), source="§ 259 Satz 1 AO")


def _positive(amount: Decimal) -> Decimal:
    value = exact(amount)
    if value < 0:
        raise MoneyError(f"The amount {value} is negative.", "Book refunds as refunds.")
    return value

"""What offices need beyond FEEL: working days, legal periods, rounding of money, age, a value in place of null.

None of these is in DMN; they are available where procedures are written and in `strict` mode everywhere. Everything
that depends on time or law comes from the evaluation's `Env`.
"""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal, localcontext
from typing import Any

from amtsweg.dsl.feel.builtins.registry import Builtin, Call, Param, Signature
from amtsweg.dsl.feel.numbers import ARITHMETIC_ERRORS, CONTEXT
from amtsweg.dsl.feel.temporal import Date, DateTime
from amtsweg.dsl.feel.values import Money, Period

Value = Any
RULES = {"half up": ROUND_HALF_UP, "half even": ROUND_HALF_EVEN, "up": ROUND_UP, "down": ROUND_DOWN}


def _default(call: Call, value: Value, otherwise: Value) -> Value:
    return otherwise if value is None else value


def _age(call: Call, birth: Date, day: Value) -> Value:
    at = day.date if isinstance(day, DateTime) else day
    years = at.year - birth.year - ((at.month, at.day) < (birth.month, birth.day))
    return Decimal(years) if years >= 0 else call.ops.fail("age", birth=birth, day=at)


def _round_money(call: Call, amount: Money, step: Value, rule: str | None) -> Value:
    way = RULES.get(rule or "half up")
    if isinstance(step, Money) and step.currency != amount.currency:
        return call.ops.fail("currencies", left=amount.currency, right=step.currency)
    unit = step.amount if isinstance(step, Money) else Decimal("0.01") if step is None else step
    if way is None or not isinstance(unit, Decimal) or unit <= 0:
        return call.ops.fail("rounding", rule=rule, step=step)
    try:
        with localcontext(CONTEXT):
            return Money((amount.amount / unit).to_integral_value(rounding=way) * unit, amount.currency)
    except ARITHMETIC_ERRORS:
        return call.ops.fail("overflow", amount=amount, step=step)


def _working_days_between(call: Call, start: Date, end: Date) -> Value:
    if call.env is None or call.env.calendar is None:
        return call.ops.fail("no_calendar")
    return Decimal(call.env.calendar.working_days_between(start, end))


def _add_working_days(call: Call, start: Date, count: Decimal) -> Value:
    if call.env is None or call.env.calendar is None:
        return call.ops.fail("no_calendar")
    if count != count.to_integral_value() or abs(count) > 100_000:
        return call.ops.fail("whole_number", value=count)
    period = Period(abs(int(count)), "working days")
    return call.env.calendar.due(period, start, "after" if count >= 0 else "before")


def _deadline(call: Call, period: Period, base: Value) -> Value:
    if call.env is None or call.env.calendar is None:
        return call.ops.fail("no_calendar")
    return call.env.calendar.due(period, base, "after")


def _last(call: Call, items: list[Value]) -> Value:
    return items[-1] if items else None


DATE = Param("date", "date")
BUILTINS = (
    Builtin(
        "default",
        (Signature((Param("value", "Any", null=True), Param("otherwise", "Any", null=True)), "Any"),),
        _default,
    ),
    Builtin(
        "age at",
        (
            Signature((Param("birth", "date"), Param("day", "date")), "number"),
            Signature((Param("birth", "date"), Param("day", "date and time")), "number"),
        ),
        _age,
    ),
    Builtin(
        "round money",
        (
            Signature(
                (
                    Param("amount", "money"),
                    Param("step", "Any", True, True),
                    Param("rule", "string", True, True),
                ),
                "money EUR",
            ),
        ),
        _round_money,
    ),
    Builtin(
        "working days between",
        (Signature((Param("start", "date"), Param("end", "date")), "number"),),
        _working_days_between,
    ),
    Builtin(
        "add working days",
        (Signature((Param("start", "date"), Param("count", "number")), "date"),),
        _add_working_days,
    ),
    Builtin(
        "deadline",
        (
            Signature((Param("period", "period"), Param("base", "date")), "date"),
            Signature((Param("period", "period"), Param("base", "date and time")), "date"),
        ),
        _deadline,
    ),
    Builtin("last", (Signature((Param("list", "list"),), "Any"),), _last),
)

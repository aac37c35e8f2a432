"""Of what kind a value is: the names of the kinds, the types it belongs to, and the properties it has.

In: values, static types. Out: names, membership, properties with their static types (DMN 1.5, 10.3.2.3 and 10.3.2.9).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from amtsweg.dsl.feel import types as ty
from amtsweg.dsl.feel.ranges import Range
from amtsweg.dsl.feel.temporal import NANOS, Date, DateTime, DaysDuration, MonthsDuration, Time
from amtsweg.dsl.feel.types import Type
from amtsweg.dsl.feel.values import Function, Money, Period

Value = Any


def kind_name(value: Value) -> str:
    """What people call the kind of a value."""
    return KIND_NAMES.get(type(value), "value")


KIND_NAMES = {
    bool: "boolean", Decimal: "number", str: "string", list: "list", dict: "context", Date: "date", Time: "time",
    DateTime: "date and time", DaysDuration: "days and time duration", MonthsDuration: "years and months duration",
    Range: "range", Function: "function", Money: "money", Period: "period", type(None): "null",
}  # fmt: skip
_STRUCTURED = {list, dict, Range, Function, Money, type(None)}
_SIMPLE: dict[str, type] = {name: cls for cls, name in KIND_NAMES.items() if cls not in _STRUCTURED}


def is_a(value: Value, kind: Type) -> bool:
    """Whether a value has a type; null is in every type."""
    if value is None or kind.is_any:
        return True
    simple = _SIMPLE.get(kind.kind)
    if simple is not None:
        return isinstance(value, simple)
    if kind.kind == "list":
        element = kind.element
        return type(value) is list and (element is None or all(is_a(item, element) for item in value))
    if kind.kind == "range":
        element = kind.element
        return type(value) is Range and (element is None or (is_a(value.low, element) and is_a(value.high, element)))
    if kind.kind == "context":
        if type(value) is not dict:
            return False
        return all(name in value and is_a(value[name], part) for name, part in kind.fields or ())
    if kind.kind == "enum":
        return isinstance(value, str) and (not kind.values or value in kind.values)
    if kind.kind == "money":
        return isinstance(value, Money) and (not kind.name or value.currency == kind.name)
    if kind.kind == "function":
        return isinstance(value, Function) and (not kind.params or len(value.params) == len(kind.params))
    return False


def _offset(value: Time | DateTime) -> DaysDuration | None:
    seconds = value.offset if isinstance(value, DateTime) else value.utc_offset()
    return None if seconds is None else DaysDuration(seconds * NANOS)


PROPERTIES: dict[tuple[type, str], Callable[[Any], Value]] = {
    (Date, "year"): lambda d: Decimal(d.year),
    (Date, "month"): lambda d: Decimal(d.month),
    (Date, "day"): lambda d: Decimal(d.day),
    (Date, "weekday"): lambda d: Decimal(d.weekday),
    (Time, "hour"): lambda t: Decimal(t.hour),
    (Time, "minute"): lambda t: Decimal(t.minute),
    (Time, "second"): lambda t: Decimal(t.second),
    (Time, "time offset"): _offset,
    (Time, "timezone"): lambda t: t.zone,
    (DateTime, "year"): lambda d: Decimal(d.date.year),
    (DateTime, "month"): lambda d: Decimal(d.date.month),
    (DateTime, "day"): lambda d: Decimal(d.date.day),
    (DateTime, "weekday"): lambda d: Decimal(d.date.weekday),
    (DateTime, "hour"): lambda d: Decimal(d.time.hour),
    (DateTime, "minute"): lambda d: Decimal(d.time.minute),
    (DateTime, "second"): lambda d: Decimal(d.time.second),
    (DateTime, "time offset"): _offset,
    (DateTime, "timezone"): lambda d: d.time.zone,
    (DaysDuration, "days"): lambda d: Decimal(d.parts[0]),
    (DaysDuration, "hours"): lambda d: Decimal(d.parts[1]),
    (DaysDuration, "minutes"): lambda d: Decimal(d.parts[2]),
    (DaysDuration, "seconds"): lambda d: Decimal(d.parts[3]),
    (MonthsDuration, "years"): lambda d: Decimal(d.parts[0]),
    (MonthsDuration, "months"): lambda d: Decimal(d.parts[1]),
    (Range, "start"): lambda r: r.low,
    (Range, "end"): lambda r: r.high,
    (Range, "start included"): lambda r: r.low_closed,
    (Range, "end included"): lambda r: r.high_closed,
    (Money, "amount"): lambda m: m.amount,
    (Money, "currency"): lambda m: m.currency,
}


def _members() -> dict[str, dict[str, Type]]:
    found: dict[str, dict[str, Type]] = {"money": {"amount": ty.NUMBER, "currency": ty.STRING}}
    special = {"time offset": ty.DAYS, "timezone": ty.optional(ty.STRING)}
    for kind, name in PROPERTIES:
        if kind not in (Range, Money):
            found.setdefault(KIND_NAMES[kind], {})[name] = special.get(name, ty.INTEGER)
    return found


MEMBERS: Mapping[str, Mapping[str, Type]] = _members()
"""The properties that the values of a kind have, with their static types; what a range has depends on its ends."""

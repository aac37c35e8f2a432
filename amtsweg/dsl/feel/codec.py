"""Values as JSON and back, canonical and lossless: how they are stored, hashed and sent.

None, booleans, texts, lists and contexts are plain JSON; everything else is `{"@": kind, "v": text}`. A context that
itself has the key `@` is wrapped, so that no data can be taken for a value.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from amtsweg.dsl.feel import temporal as tm
from amtsweg.dsl.feel.numbers import CONTEXT
from amtsweg.dsl.feel.ranges import Range
from amtsweg.dsl.feel.values import Money, Period

Value = Any


def encode(value: Value) -> Any:
    """Plain JSON data of a value. Raises TypeError for functions and anything that is no value."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, list | tuple):
        return [encode(item) for item in value]
    if isinstance(value, dict):
        plain = {key: encode(item) for key, item in value.items()}
        return {"@": "context", "v": plain} if "@" in plain else plain
    for kind, (name, write, _) in KINDS.items():
        if isinstance(value, kind):
            return {"@": name, "v": write(value)}
    raise TypeError(f"{type(value).__name__} cannot be stored")


def decode(data: Any) -> Value:
    """The value of plain JSON data. Raises ValueError for an unknown kind."""
    if isinstance(data, list):
        return [decode(item) for item in data]
    if not isinstance(data, dict):
        return data
    kind = data.get("@")
    if kind is None:
        return {key: decode(item) for key, item in data.items()}
    if kind == "context":
        return {key: decode(item) for key, item in data["v"].items()}
    read = READERS.get(kind)
    if read is None:
        raise ValueError(f"unknown kind of value: {kind}")
    return read(data["v"])


def _number(value: Decimal) -> str:
    """One text per number: no exponent games, trailing zeros kept as they were computed."""
    return format(value, "f") if abs(value.adjusted()) < 60 else str(value)


def _date_time(data: Any) -> tm.DateTime:
    """A moment of its text; the second of two equal wall clock times has a mark beside it."""
    if isinstance(data, str):
        return tm.parse_date_time(data)
    moment = tm.parse_date_time(data[0])
    return tm.DateTime(moment.date, moment.time, data[1] == "later")


KINDS: dict[type, tuple[str, Callable[[Any], Any], Callable[[Any], Value]]] = {
    Decimal: ("number", _number, CONTEXT.create_decimal),
    tm.Date: ("date", str, tm.parse_date),
    tm.Time: ("time", str, tm.parse_time),
    tm.DateTime: ("date time", lambda v: [str(v), "later"] if v.later else str(v), _date_time),
    tm.DaysDuration: ("days duration", lambda v: v.nanos, tm.DaysDuration),
    tm.MonthsDuration: ("months duration", lambda v: v.months, tm.MonthsDuration),
    Money: (
        "money",
        lambda v: [_number(v.amount), v.currency],
        lambda d: Money(CONTEXT.create_decimal(d[0]), d[1]),
    ),
    Range: (
        "range",
        lambda v: [encode(v.low), encode(v.high), v.low_closed, v.high_closed, v.test],
        lambda d: Range(decode(d[0]), decode(d[1]), d[2], d[3], d[4]),
    ),
    Period: ("period", lambda v: [v.count, v.unit], lambda d: Period(d[0], d[1])),
}
READERS = {name: read for name, _, read in KINDS.values()}

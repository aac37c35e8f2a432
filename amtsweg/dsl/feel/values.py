"""The values of the expression language, and how they meet Python's.

number = `Decimal`, string = `str`, boolean = `bool`, null = None, list = `list`, context = `dict`; dates, times and
durations are the classes of `temporal`, ranges of `ranges`. `Function` is a user function or a built-in as a value.
`Money` and `Period` are what procedures add: amounts with a currency, and periods as the law speaks of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from amtsweg.dsl.feel import temporal
from amtsweg.dsl.feel.numbers import CONTEXT
from amtsweg.dsl.feel.ranges import Range

Value = Any


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency (ISO 4217). Amounts of different currencies are never compared or added."""

    amount: Decimal
    currency: str = "EUR"

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"


UNITS = (
    "hours", "days", "weeks", "months", "years", "working days", "calendar days", "weekdays", "clear days",
)  # fmt: skip
"""Units of periods: `days weeks months years` as the law counts them (the end may move), `calendar days` never move,
`working days` are office days, `weekdays` are Werktage (Monday to Saturday), `clear days` count whole days between."""


@dataclass(frozen=True, slots=True)
class Period:
    """A period as people say it: a number and a unit of `UNITS`."""

    count: int
    unit: str

    def __str__(self) -> str:
        return f"{self.count} {self.unit if self.count != 1 else self.unit.removesuffix('s')}"


@dataclass(frozen=True, slots=True)
class Function:
    """A function as a value: parameter names, how to call it with positional values, its name for messages."""

    params: tuple[str, ...]
    call: Callable[..., Value]
    name: str = ""
    types: tuple[Any, ...] = ()


def from_python(value: Any) -> Value:
    """A FEEL value of a Python one.

    int, float (by its shortest text) and Decimal become numbers; date, time, datetime and timedelta become FEEL's own;
    lists and tuples become lists, mappings contexts. Values of FEEL stay. Raises TypeError for anything else.
    """
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, float):
        return CONTEXT.create_decimal(repr(value))
    if isinstance(value, Decimal):
        return CONTEXT.plus(value)
    if isinstance(value, dt.datetime):
        return temporal.from_datetime(value)
    if isinstance(value, dt.date):
        return temporal.Date(value.year, value.month, value.day)
    if isinstance(value, dt.time):
        offset = value.utcoffset()
        seconds = int(offset.total_seconds()) if offset is not None else None
        return temporal.Time(value.hour, value.minute, value.second, value.microsecond * 1000, seconds)
    if isinstance(value, dt.timedelta):
        return temporal.DaysDuration((value.days * 86_400 + value.seconds) * temporal.NANOS + value.microseconds * 1000)
    if isinstance(value, list | tuple):
        return [from_python(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): from_python(item) for key, item in value.items()}
    if isinstance(value, FEEL_CLASSES):
        return value
    raise TypeError(f"{type(value).__name__} is no value of the expression language")


def to_python(value: Value) -> Any:
    """A Python value of a FEEL one; what Python cannot hold (year 12000, a range, money) stays as it is."""
    if isinstance(value, list):
        return [to_python(item) for item in value]
    if isinstance(value, dict):
        return {key: to_python(item) for key, item in value.items()}
    if isinstance(value, temporal.Date) and 1 <= value.year <= 9999:
        return dt.date(value.year, value.month, value.day)
    if isinstance(value, temporal.DateTime) and 1 <= value.date.year <= 9999:
        return temporal.to_datetime(value)
    if isinstance(value, temporal.DaysDuration):
        try:
            return dt.timedelta(microseconds=value.nanos // 1000)
        except OverflowError:
            return value
    return value


FEEL_CLASSES = (
    temporal.Date, temporal.Time, temporal.DateTime, temporal.DaysDuration, temporal.MonthsDuration, Range, Money,
    Period, Function,
)  # fmt: skip

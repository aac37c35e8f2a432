"""The engine's door to the expression language: compiled expressions, truth, and instants to and fro.

In: `Expr` of a compiled procedure (a tree as data). Out: its value in a frame. Compiled once per machine and kept as
long as the machine is. Nothing here parses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from amtsweg.dsl.feel import temporal
from amtsweg.dsl.feel.env import Env
from amtsweg.dsl.feel.expressions import Expression
from amtsweg.dsl.procedure import Expr

Value = Any
Run = Callable[[Mapping[str, Value], "Env | None"], Value]


class Compiled:
    """The expressions of one machine, compiled when first needed."""

    def __init__(self) -> None:
        # keyed by identity; the machine keeps its expressions alive, and the tuple keeps the key honest
        self._known: dict[int, tuple[Expr, Expression]] = {}

    def get(self, expr: Expr) -> Expression:
        """The expression, ready to run."""
        found = self._known.get(id(expr))
        if found is None or found[0] is not expr:
            found = self._known[id(expr)] = (expr, Expression.from_data(expr.tree, "procedure", expr.text))
        return found[1]


def moment(at: datetime | None, zone: str) -> temporal.DateTime | None:
    """An instant as expressions see it: date and time in the office's zone."""
    if at is None:
        return None
    return temporal.from_datetime(at.astimezone(temporal.zone(zone)))


def day(value: date | None) -> temporal.Date | None:
    """A day as expressions see it."""
    return None if value is None else temporal.Date(value.year, value.month, value.day)


def to_day(value: temporal.Date) -> date:
    """Python's date of a day of the expression language. Raises ValueError outside the years 1 to 9999."""
    return date(value.year, value.month, value.day)


def to_instant(value: temporal.DateTime, zone: str) -> datetime:
    """The UTC instant of a date and time; one without a zone is meant in the office's."""
    found = temporal.to_datetime(value)
    if found.tzinfo is None:
        found = found.replace(tzinfo=temporal.zone(zone))
    return found.astimezone(UTC)


def said(value: Value, language: str = "de") -> str:
    """A value as people read it."""
    from amtsweg.dsl.feel.formatting import format_value

    return str(format_value(value, language))

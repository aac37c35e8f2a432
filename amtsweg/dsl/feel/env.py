"""What an evaluation may know of the world outside its expression: the clock, the law's calendar, the case.

Expressions are deterministic: `now()`, `today()`, `today` and every legal period read this object and nothing else.
Evaluators take `env: Env | None`; without one, `now` and `today` raise in strict mode and are null in spec mode.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from amtsweg.dsl.feel.temporal import Date, DateTime
    from amtsweg.dsl.feel.values import Period

Relation = Literal["after", "from", "before"]


class PeriodCalculator(Protocol):
    """The law's calendar as expressions see it; the engine hands in one that also records how a date came about."""

    def due(
        self, period: Period, base: Date | DateTime, relation: Relation = "after", *, exactly: bool = False
    ) -> Date | DateTime:
        """The day (or instant, for hours) that lies `period` after, from or before `base`, moved as the law says.

        `exactly` leaves the end unmoved. `after` does not count the day of `base`, `from` does.
        """
        ...

    def working_days_between(self, start: Date, end: Date) -> int:
        """How many office days lie after `start` up to and including `end`; negative if `end` is earlier."""
        ...


@dataclass(frozen=True, slots=True)
class Env:
    """The outside world of one evaluation.

    Parameters
    ----------
    now: the case's clock, an aware date and time; `today` is its day in the office's zone.
    calendar: how legal periods are computed; None where none are allowed.
    functions: further functions of the host language level by name (decisions of the procedure, `valid`, `at`):
        plain Python callables that take and return FEEL values positionally.
    """

    now: DateTime | None = None
    today: Date | None = None
    calendar: PeriodCalculator | None = None
    functions: Mapping[str, Any] = field(default_factory=dict)

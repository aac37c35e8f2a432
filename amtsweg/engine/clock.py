"""Time enters through one door: an object with `now()`.

The engine reads the wall clock only through it; tests, simulation and demonstrations hand in one that stands until it
is set.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Whatever can say what time it is."""

    def now(self) -> datetime:
        """The present instant, aware and in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The present instant."""
        return datetime.now(UTC)


class SettableClock:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        self._at = _aware(at)

    def now(self) -> datetime:
        """The instant it was set to."""
        return self._at

    def set(self, at: datetime) -> None:
        """Move to an instant, forwards or backwards. Raises ValueError without a time zone."""
        self._at = _aware(at)

    def advance(self, **delta: float) -> None:
        """Move on by days, hours, minutes, seconds."""
        self._at += timedelta(**delta)


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("A clock needs an aware datetime; give it a time zone.")
    return at.astimezone(UTC)

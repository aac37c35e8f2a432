"""A period as people say it: a number and a unit.

`Period` is the value of this package; everything here also takes any other object with `count` and `unit` (the
expression language has its own), so nobody converts. Units differ in what they count and whether their end moves:

========================================  =================================================================
days, weeks, months, years                the law's period: the end moves off Saturday, Sunday and holidays
calendar days                             counted like days, never moved
clear days                                that many whole days lie between, never moved
working days                              days on which the office works
weekdays                                  Werktage, Monday to Saturday without holidays
hours, minutes                            elapsed time, Sundays counted, never moved (VwVfG § 31 (6))
weekday hours                             hours, Sundays and statutory holidays left out
========================================  =================================================================
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from amtsweg.dsl.diagnostics import Text
from amtsweg.errors import AmtswegError

Unit = Literal[
    "minutes",
    "hours",
    "weekday hours",
    "days",
    "calendar days",
    "clear days",
    "working days",
    "weekdays",
    "weeks",
    "months",
    "years",
]

_NAMES: Final[Mapping[Unit, tuple[str, str, str]]] = {
    # unit: German one, German many, English one
    "minutes": ("Minute", "Minuten", "minute"),
    "hours": ("Stunde", "Stunden", "hour"),
    "weekday hours": ("Stunde an Werktagen", "Stunden an Werktagen", "weekday hour"),
    "days": ("Tag", "Tage", "day"),
    "calendar days": ("Kalendertag", "Kalendertage", "calendar day"),
    "clear days": ("voller Tag", "volle Tage", "clear day"),
    "working days": ("Arbeitstag", "Arbeitstage", "working day"),
    "weekdays": ("Werktag", "Werktage", "weekday"),
    "weeks": ("Woche", "Wochen", "week"),
    "months": ("Monat", "Monate", "month"),
    "years": ("Jahr", "Jahre", "year"),
}
_UNITS: Final[Mapping[str, Unit]] = {word.casefold(): unit for unit, words in _NAMES.items() for word in (unit, *words)}
UNITS: Final[tuple[str, ...]] = tuple(_NAMES)
TIMED: Final = frozenset({"minutes", "hours", "weekday hours"})
LEGAL: Final = frozenset({"days", "weeks", "months", "years"})
# Weekdays may end on a Saturday; BGB § 193 and VwVfG § 31 (3) name the Saturday whatever the unit was.
MOVABLE: Final = LEGAL | {"weekdays"}
_TEXT = re.compile(r"\s*(\d{1,6})\s+([a-zA-ZäöüÄÖÜ ]+?)\s*$")


class PeriodError(AmtswegError):
    """The period cannot be counted as it is written."""


class PeriodLike(Protocol):
    """Anything with a number and a unit."""

    @property
    def count(self) -> int:
        """How many units."""
        ...

    @property
    def unit(self) -> str:
        """One of `UNITS`, in the plural or the singular."""
        ...


@dataclass(frozen=True, slots=True)
class Period:
    """`count` times `unit`; the direction is said by after, from or before, so `count` is never negative."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        return in_words(self).en


def unit_of(word: str) -> Unit:
    """The unit behind an English or German word, singular or plural.

    Raises `PeriodError` for any other word.
    """
    found = _UNITS.get(" ".join(word.split()).casefold())
    if found is None:
        raise PeriodError(f"“{word}” is not a unit of time.", f"Use one of {', '.join(UNITS)}.")
    return found


def checked(period: PeriodLike) -> Period:
    """The period with its unit in the plural.

    Raises `PeriodError` for an unknown unit or a negative number.
    """
    if period.count < 0:
        raise PeriodError(f"A period of {period.count} {period.unit} is negative.", "Say before instead of after.")
    return Period(int(period.count), unit_of(period.unit))


def parse_period(text: str) -> Period:
    """Read `3 months`, `1 week`, `10 working days`, `2 Wochen`.

    Raises `PeriodError` if the text is not a number and a unit.
    """
    found = _TEXT.match(text)
    if found is None:
        raise PeriodError(f"“{text}” is not a period.", "Write a number and a unit, such as 10 working days.")
    return Period(int(found.group(1)), unit_of(found.group(2)))


def in_words(period: PeriodLike) -> Text:
    """`6 Monate` / `6 months`."""
    plain = checked(period)
    one, many, english = _NAMES[plain.unit]
    if plain.count == 1:
        return Text(f"1 {one}", f"1 {english}")
    return Text(f"{plain.count} {many}", f"{plain.count} {plain.unit}")

"""The statutory holidays of a Land in a year, from dated rules.

In: a Land, a year, the optional holidays that hold in the municipality. Out: day -> `Holiday` with its German and
English name and the law. The rules are data of ours (`law/holidays.json`) and not a library's: a library that is
updated must not change a date that was computed, explained and written into a journal years ago, and an explanation
names the paragraph. The tests hold every Land and year against the `holidays` package.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from amtsweg.dsl.diagnostics import Text
from amtsweg.errors import AmtswegError

LAENDER = ("BB", "BE", "BW", "BY", "HB", "HE", "HH", "MV", "NI", "NW", "RP", "SH", "SL", "SN", "ST", "TH")


class CalendarError(AmtswegError):
    """The calendar cannot answer for this day or place."""


@dataclass(frozen=True, slots=True)
class Holiday:
    """A statutory holiday: stable id, name, and the law that makes it one."""

    id: str
    name: Text
    source: str


@dataclass(frozen=True, slots=True)
class _Rule:
    """One line of the data: which holiday, on which day, in which Länder and years."""

    id: str
    name: Text
    on: str
    laender: tuple[str, ...]
    first: int
    last: int
    only: tuple[int, ...]
    municipality: bool

    def holds(self, land: str, year: int, options: frozenset[str]) -> bool:
        """Whether the rule makes a holiday in this Land and year, with the municipality's `options`."""
        if land not in self.laender or (self.municipality and self.id not in options):
            return False
        return year in self.only if self.only else self.first <= year <= self.last


@dataclass(frozen=True, slots=True)
class _Data:
    rules: tuple[_Rule, ...]
    sources: Mapping[str, str]
    first: int
    last: int


def law_data(name: str) -> dict[str, Any]:
    """One file of dated law, as JSON (read once by its caller)."""
    text = (files("amtsweg.dsl.periods") / "law" / name).read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@lru_cache(maxsize=1)
def _data() -> _Data:
    raw = law_data("holidays.json")
    first, last = raw["known"]["from"], raw["known"]["until"]
    rules = tuple(
        _Rule(
            id=line["id"],
            name=Text(line["de"], line["en"]),
            on=line["on"],
            laender=LAENDER if line["in"] == "*" else tuple(line["in"].split()),
            first=line.get("from", first),
            last=line.get("until", last),
            only=tuple(line.get("only", ())),
            municipality=line.get("municipality", False),
        )
        for line in raw["holidays"]
    )
    return _Data(rules, MappingProxyType(raw["sources"]), first, last)


def known_years() -> tuple[int, int]:
    """The first and the last year for which the data hold; beyond them `statutory_holidays` refuses."""
    data = _data()
    return data.first, data.last


def optional_holidays(land: str) -> Mapping[str, Text]:
    """Holidays of the Land that hold in some municipalities only (15 August in Bavaria, Corpus Christi in Saxony)."""
    return {rule.id: rule.name for rule in _data().rules if rule.municipality and land in rule.laender}


def easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar (the rule of 1582; Meeus, Astronomical Algorithms, chapter 8)."""
    golden, century, rest = year % 19, year // 100, year % 100
    skipped, leap_centuries = century // 4, century % 4
    moon = (19 * golden + century - skipped - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    week = (32 + 2 * leap_centuries + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _repentance(year: int) -> date:
    """Buß- und Bettag: the Wednesday before 23 November, eleven days before Advent."""
    last = date(year, 11, 22)
    return last - timedelta(days=(last.weekday() - 2) % 7)


def _day(on: str, year: int) -> date:
    if on == "repentance":
        return _repentance(year)
    if on.startswith("easter"):
        return easter(year) + timedelta(days=int(on.removeprefix("easter")))
    month, day = on.split("-")
    return date(year, int(month), int(day))


@lru_cache(maxsize=1024)
def statutory_holidays(land: str, year: int, options: frozenset[str] = frozenset()) -> Mapping[date, Holiday]:
    """The statutory holidays of `land` in `year`.

    Parameters
    ----------
    land: two letters as in ISO 3166-2:DE (`HE`).
    year: a calendar year inside `known_years()`.
    options: ids of `optional_holidays` that hold in the municipality.

    Raises `CalendarError` for an unknown Land, a year beyond the data, or an option that the Land does not have.
    """
    data = _data()
    if land not in LAENDER:
        raise CalendarError(f"There is no Land “{land}”.", f"Use one of {', '.join(LAENDER)}.")
    if not data.first <= year <= data.last:
        raise CalendarError(
            f"The holidays of {year} are not known; the calendar reaches from {data.first} to {data.last}.",
            "Use a period that is not moved (exactly, calendar days), or check the date.",
        )
    for option in sorted(options - optional_holidays(land).keys()):
        offered = ", ".join(optional_holidays(land)) or "none"
        raise CalendarError(
            f"“{option}” is not a holiday that {land} leaves to municipalities.", f"There are: {offered}."
        )
    return MappingProxyType(
        {
            _day(rule.on, year): Holiday(rule.id, rule.name, data.sources[land])
            for rule in data.rules
            if rule.holds(land, year, options)
        }
    )

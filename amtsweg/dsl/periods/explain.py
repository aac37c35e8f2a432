"""How a date came about, line by line, in German and English.

In: `ExplainStep`s as the rules left them. Out: aligned lines of text. Each step has what was done, what that gave, and
the paragraph; the last step that gives a date gives the result, so a reader can check the calculation from the top.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Protocol

from amtsweg.dsl.diagnostics import Text

_DAYS_DE: Final = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")
_DAYS_EN: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS_DE: Final = (
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
)
_MONTHS_EN: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@dataclass(frozen=True, slots=True)
class ExplainStep:
    """One line of a calculation.

    Parameters
    ----------
    what: what was done (`+ 6 Monate`) or taken (`Aufgabe zur Post`).
    gives: the day or local time that results; None where nothing changes.
    source: the paragraph in its German form (`§ 188 Abs. 2 BGB`), "" if there is none.
    note: a further half sentence.
    """

    what: Text
    gives: date | datetime | None = None
    source: str = ""
    note: Text | None = None


class Explained(Protocol):
    """Whatever carries its steps."""

    @property
    def steps(self) -> tuple[ExplainStep, ...]:
        """The calculation from the top."""
        ...


def cite(source: str, language: str) -> str:
    """A paragraph as the language writes it: `§ 188 Abs. 2 BGB` is `§ 188 (2) BGB` in English."""
    if language == "de":
        return source
    english = re.sub(r" Abs\. (\w+)", r" (\1)", source)
    return re.sub(r" Nr\. ", " no. ", re.sub(r" Satz ", " sentence ", english))


def say_day(moment: date | datetime, language: str) -> str:
    """`Mo, 2. Februar 2026` or `Mon 2 February 2026`; with the clock time if the moment has one."""
    name = moment.weekday()
    if language == "de":
        day = f"{_DAYS_DE[name]}, {moment.day}. {_MONTHS_DE[moment.month - 1]} {moment.year}"
        return f"{day}, {moment:%H:%M} Uhr" if isinstance(moment, datetime) else day
    day = f"{_DAYS_EN[name]} {moment.day} {_MONTHS_EN[moment.month - 1]} {moment.year}"
    return f"{day}, {moment:%H:%M}" if isinstance(moment, datetime) else day


def explain(result: Explained, language: str) -> tuple[str, ...]:
    """The calculation as aligned lines: what, the day, the paragraph in brackets.

    Parameters
    ----------
    result: a `Due`, `Served`, `ClockState` or anything with `steps`.
    language: `de` or anything else for English.
    """
    rows = [
        (
            step.what.in_language(language),
            "" if step.gives is None else say_day(step.gives, language),
            step.note.in_language(language) if step.note else "",
            f"({cite(step.source, language)})" if step.source else "",
        )
        for step in result.steps
    ]
    first = max((len(what) for what, *_ in rows), default=0)
    second = max((len(day) for _, day, _, _ in rows), default=0)
    lines = []
    for what, day, note, source in rows:
        middle = day.ljust(second) if day else ""
        tail = "   ".join(part for part in (middle, note, source) if part)
        lines.append(f"{what.ljust(first)}   {tail}".rstrip())
    return tuple(lines)

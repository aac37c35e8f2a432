"""Which days count: weekends, statutory holidays of a place, and the days on which an office is closed.

In: Land, optional holidays of the municipality, closed days, time zone. Out: a frozen `Calendar` that answers what a
day is, and turns days into instants. Two kinds of free day are kept apart: the law moves an end only off Saturday,
Sunday and statutory holidays (BGB § 193, VwVfG § 31 (3)); 24 and 31 December and other closed days are not such days,
but nobody works in the office then, so `working days` leave them out. Which calendar counts (the recipient's, the
authority's, the cash office's) is for the caller to choose: it is an argument of every rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from amtsweg.dsl.diagnostics import Text, same
from amtsweg.dsl.periods.holidays import CalendarError, Holiday, optional_holidays, statutory_holidays

ONE_DAY: Final = timedelta(days=1)
SATURDAY: Final = Text("Samstag", "Saturday")
SUNDAY: Final = Text("Sonntag", "Sunday")
YEAR_END: Final = ("12-24", "12-31")


@dataclass(frozen=True, slots=True)
class ClosedDays:
    """Days on which an office is closed: every year (`12-24`), once (`2026-05-15`) or `2026-12-27..2026-12-30`.

    Parsed by `closed_days`; kept as text so that a calendar stays small and hashable.
    """

    yearly: frozenset[tuple[int, int]]
    once: tuple[tuple[date, date], ...]

    def holds(self, day: date) -> bool:
        """Whether the office is closed on `day`."""
        return (day.month, day.day) in self.yearly or any(first <= day <= last for first, last in self.once)


def closed_days(entries: tuple[str, ...]) -> ClosedDays:
    """Read entries of a tenant's `closed_days`.

    Raises `CalendarError` for an entry that is none of `MM-DD`, `YYYY-MM-DD`, `YYYY-MM-DD..YYYY-MM-DD`.
    """
    yearly: set[tuple[int, int]] = set()
    once: list[tuple[date, date]] = []
    for entry in entries:
        try:
            if len(entry) == 5:
                leap = date.fromisoformat(f"2024-{entry}")
                yearly.add((leap.month, leap.day))
            else:
                first, _, last = entry.partition("..")
                once.append((date.fromisoformat(first), date.fromisoformat(last or first)))
        except ValueError:
            raise CalendarError(
                f"“{entry}” is not a day.", "Write 12-24, 2026-05-15 or 2026-12-27..2026-12-30."
            ) from None
    return ClosedDays(frozenset(yearly), tuple(once))


@lru_cache(maxsize=256)
def _closed(entries: tuple[str, ...]) -> ClosedDays:
    return closed_days(entries)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise CalendarError(f"There is no time zone “{name}”.", "Use a name such as Europe/Berlin.") from None


@dataclass(frozen=True, slots=True)
class Calendar:
    """The calendar of a place and an office.

    Parameters
    ----------
    land: two letters as in ISO 3166-2:DE.
    options: ids of holidays the Land leaves to municipalities (`assumption`, `corpus_christi`, `peace_festival`).
    closures: days on which the office is closed (see `closed_days`); they never move a legal end.
    local: further statutory holidays of the place as (day entry, name), for what no data file knows.
    zone: IANA time zone in which days begin and end.

    Every question about a year beyond the known holidays raises `CalendarError`.
    """

    land: str = "HE"
    options: frozenset[str] = frozenset()
    closures: tuple[str, ...] = YEAR_END
    local: tuple[tuple[str, str], ...] = ()
    zone: str = "Europe/Berlin"

    def holidays(self, year: int) -> Mapping[date, Holiday]:
        """The statutory holidays of the place in `year`, without `local` ones."""
        return statutory_holidays(self.land, year, self.options)

    def holiday(self, day: date) -> Text | None:
        """The name of the statutory holiday on `day`, if it is one here."""
        found = self.holidays(day.year).get(day)
        if found is not None:
            return found.name
        for entry, name in self.local:
            if _closed((entry,)).holds(day):
                return same(name)
        return None

    def why_free(self, day: date) -> Text | None:
        """Why an end that falls on `day` is moved (holiday before weekend: it tells more); None if it is not."""
        holiday = self.holiday(day)
        if holiday is not None:
            return holiday
        return {5: SATURDAY, 6: SUNDAY}.get(day.weekday())

    def is_weekday(self, day: date) -> bool:
        """A Werktag: Monday to Saturday, not a statutory holiday (BUrlG § 3 (2))."""
        return day.weekday() < 6 and self.holiday(day) is None

    def is_business_day(self, day: date) -> bool:
        """A day on which a legal end stays: Monday to Friday, not a statutory holiday (BGB § 193)."""
        return day.weekday() < 5 and self.holiday(day) is None

    def is_working_day(self, day: date) -> bool:
        """A day on which the office works: a business day on which it is not closed."""
        return self.is_business_day(day) and not _closed(self.closures).holds(day)

    def business_day_on_or_after(self, day: date) -> date:
        """The day itself, or the next one on which a legal end stays."""
        while not self.is_business_day(day):
            day += ONE_DAY
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """How many office days lie after `start` up to and including `end`; negative if `end` is earlier."""
        if end < start:
            return -self.working_days_between(end, start)
        return sum(self.is_working_day(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))

    def day_of(self, moment: date | datetime) -> date:
        """The local day of a moment.

        Raises `CalendarError` for a datetime without a time zone: nobody could say which day it is.
        """
        if not isinstance(moment, datetime):
            return moment
        if moment.tzinfo is None:
            raise CalendarError(f"The moment {moment.isoformat()} has no time zone.", "Give an aware datetime.")
        return moment.astimezone(_zone(self.zone)).date()

    def begin_of(self, day: date) -> datetime:
        """The instant at which `day` begins here, in UTC."""
        return datetime.combine(day, time(), _zone(self.zone)).astimezone(UTC)

    def end_of(self, day: date) -> datetime:
        """The instant at which `day` is over: midnight after it, in UTC; right also when the clocks change."""
        return self.begin_of(day + ONE_DAY)

    def local_time(self, instant: datetime) -> datetime:
        """An aware instant in this calendar's zone."""
        self.day_of(instant)
        return instant.astimezone(_zone(self.zone))


def office_calendar(
    land: str,
    zone: str = "Europe/Berlin",
    municipality_holidays: tuple[str, ...] = (),
    closed: tuple[str, ...] = YEAR_END,
) -> Calendar:
    """The calendar of a tenant's `Office` fields.

    `municipality_holidays` are ids or German names of the Land's optional holidays (`assumption`, `Mariä
    Himmelfahrt`), or days (`07-04`, `2026-09-08`) with a name after a blank (`07-04 Stadtfeiertag`).

    Raises `CalendarError` for an entry that is neither, an unknown Land or an unreadable closed day.
    """
    known = optional_holidays(land)
    by_name = {name.de.casefold(): id for id, name in known.items()} | {id: id for id in known}
    options: set[str] = set()
    local: list[tuple[str, str]] = []
    for entry in municipality_holidays:
        id = by_name.get(entry.casefold())
        if id is not None:
            options.add(id)
            continue
        day, _, name = entry.partition(" ")
        if not day[:1].isdigit():
            offered = ", ".join(known) or "none"
            raise CalendarError(
                f"“{entry}” is not a holiday that {land} leaves to municipalities.",
                f"There are: {offered}; or write a day (07-04 Stadtfeiertag).",
            )
        _closed((day,))
        local.append((day, name or "Örtlicher Feiertag"))
    _closed(closed)
    statutory_holidays(land, 2025)
    _zone(zone)
    return Calendar(land, frozenset(options), closed, tuple(local), zone)

"""Dates, times and durations of FEEL (DMN 1.5, 10.3.2.3.4 to 10.3.2.3.9), with years far beyond 9999 and nanoseconds.

Python's `datetime` ends at the year 9999 and at microseconds, so these are classes of our own: frozen, ordered by their
own comparison functions, written exactly as the standard writes them. Zone rules come from `zoneinfo`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

MAX_YEAR = 999_999_999
NANOS = 1_000_000_000
DAY = 86_400 * NANOS
MAX_NANOS = (2**63 - 1) * NANOS
MAX_MONTHS = 12 * MAX_YEAR


def days_from_civil(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01 in the proleptic Gregorian calendar."""
    year -= month <= 2
    era = year // 400
    of_era = year - era * 400
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468


def civil_from_days(days: int) -> tuple[int, int, int]:
    """Year, month, day of a number of days since 1970-01-01."""
    days += 719_468
    era = days // 146_097
    of_era = days - era * 146_097
    year_of_era = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * of_year + 2) // 153
    day = of_year - (153 * shifted + 2) // 5 + 1
    month = shifted + (3 if shifted < 10 else -9)
    return year_of_era + era * 400 + (month <= 2), month, day


def is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def days_in_month(year: int, month: int) -> int:
    return (31, 29 if is_leap(year) else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]


class TemporalError(ValueError):
    """No such day, time or duration."""


@dataclass(frozen=True, slots=True)
class Date:
    """A day."""

    year: int
    month: int
    day: int

    def __post_init__(self) -> None:
        if not (abs(self.year) <= MAX_YEAR and 1 <= self.month <= 12):
            raise TemporalError("date")
        if not 1 <= self.day <= days_in_month(self.year, self.month):
            raise TemporalError("date")

    @property
    def ordinal(self) -> int:
        """Days since 1970-01-01."""
        return days_from_civil(self.year, self.month, self.day)

    @classmethod
    def of_ordinal(cls, days: int) -> Date:
        if abs(days) > 366 * MAX_YEAR:
            raise TemporalError("date")
        return cls(*civil_from_days(days))

    @property
    def weekday(self) -> int:
        """1 (Monday) to 7 (Sunday)."""
        return (self.ordinal + 3) % 7 + 1

    def add_months(self, months: int) -> Date:
        """The same day some months later, or the last day of that month."""
        total = self.year * 12 + self.month - 1 + months
        year, month = total // 12, total % 12 + 1
        if abs(year) > MAX_YEAR:
            raise TemporalError("date")
        return Date(year, month, min(self.day, days_in_month(year, month)))

    def __str__(self) -> str:
        sign = "-" if self.year < 0 else ""
        return f"{sign}{abs(self.year):04d}-{self.month:02d}-{self.day:02d}"

    def __lt__(self, other: Date) -> bool:
        return (self.year, self.month, self.day) < (other.year, other.month, other.day)


@lru_cache(maxsize=512)
def zone(name: str) -> ZoneInfo:
    """The zone of that name; TemporalError if there is none."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_+\-/]{0,63}", name) or ".." in name:
        raise TemporalError("zone")
    try:
        return ZoneInfo(name)
    except Exception as error:
        raise TemporalError("zone") from error


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day. `offset` is in seconds east of UTC; `zone` is a zone id and then decides. Both None: local."""

    hour: int
    minute: int
    second: int
    nano: int = 0
    offset: int | None = None
    zone: str | None = None

    def __post_init__(self) -> None:
        if not (0 <= self.hour < 24 and 0 <= self.minute < 60 and 0 <= self.second < 60 and 0 <= self.nano < NANOS):
            raise TemporalError("time")
        if self.offset is not None and abs(self.offset) > 18 * 3600:
            raise TemporalError("offset")
        if self.zone is not None:
            zone(self.zone)

    @property
    def nanos(self) -> int:
        """Nanoseconds since midnight."""
        return ((self.hour * 60 + self.minute) * 60 + self.second) * NANOS + self.nano

    @classmethod
    def of_nanos(cls, nanos: int, offset: int | None = None, zone_id: str | None = None) -> Time:
        nanos %= DAY
        seconds, nano = divmod(nanos, NANOS)
        return cls(seconds // 3600, seconds // 60 % 60, seconds % 60, nano, offset, zone_id)

    @property
    def is_local(self) -> bool:
        return self.offset is None and self.zone is None

    def utc_offset(self, day: Date | None = None, later: bool = False) -> int | None:
        """Seconds east of UTC; if a zone decides, on that day (without one, on 1970-01-01).

        `later` picks the second of two equal wall clock times, where clocks were turned back.
        """
        if self.offset is not None:
            return self.offset
        if self.zone is None:
            return None
        where = day or Date(1970, 1, 1)
        year = min(max(where.year, 1), 9999)
        moment = datetime(
            year, where.month, min(where.day, days_in_month(year, where.month)), self.hour, self.minute, self.second
        )
        found = moment.replace(tzinfo=zone(self.zone), fold=int(later)).utcoffset()
        return int(found.total_seconds()) if found is not None else 0

    @property
    def suffix(self) -> str:
        """How the zone is written."""
        if self.zone is not None:
            return f"@{self.zone}"
        if self.offset is None:
            return ""
        if self.offset == 0:
            return "Z"
        sign, rest = ("-" if self.offset < 0 else "+"), abs(self.offset)
        text = f"{sign}{rest // 3600:02d}:{rest // 60 % 60:02d}"
        return text + (f":{rest % 60:02d}" if rest % 60 else "")

    def __str__(self) -> str:
        fraction = f".{self.nano:09d}".rstrip("0") if self.nano else ""
        return f"{self.hour:02d}:{self.minute:02d}:{self.second:02d}{fraction}{self.suffix}"


@dataclass(frozen=True)
class DateTime:
    """A date and time.

    In a zone whose clocks are turned back, one wall clock time comes twice; `later` marks the second. Its text does not
    show that (the standard has no way to write it), so whoever stores a moment stores the mark beside the text.
    """

    date: Date
    time: Time
    later: bool = False

    @property
    def is_local(self) -> bool:
        return self.time.is_local

    @cached_property
    def offset(self) -> int | None:
        """Seconds east of UTC on that day."""
        return self.time.utc_offset(self.date, self.later)

    @cached_property
    def instant(self) -> int:
        """Nanoseconds since 1970-01-01T00:00:00; in UTC if there is a zone, else as if it were UTC."""
        return self.date.ordinal * DAY + self.time.nanos - (self.offset or 0) * NANOS

    @classmethod
    def of_instant(cls, instant: int, like: Time) -> DateTime:
        """The moment at an instant, told with the zone of `like`."""
        if like.zone is not None:
            seconds, nano = divmod(instant, NANOS)
            day, second = divmod(seconds, 86_400)
            year = civil_from_days(day)[0]
            if 1 < year < 9999:
                utc = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day, seconds=second)
                here = utc.astimezone(zone(like.zone))
                return cls(
                    Date(here.year, here.month, here.day),
                    Time(here.hour, here.minute, here.second, nano, None, like.zone),
                    bool(here.fold),
                )
            # Years beyond Python's: the zone's offset is that of the nearest year it can tell.
            offset = like.utc_offset(Date.of_ordinal(day)) or 0
        else:
            offset = like.offset or 0
        day, nanos = divmod(instant + offset * NANOS, DAY)
        return cls(Date.of_ordinal(day), Time.of_nanos(nanos, like.offset, like.zone))

    def __str__(self) -> str:
        return f"{self.date}T{self.time}"


@dataclass(frozen=True, slots=True)
class DaysDuration:
    """A days and time duration, in nanoseconds."""

    nanos: int

    def __post_init__(self) -> None:
        if abs(self.nanos) > MAX_NANOS:
            raise TemporalError("duration")

    @classmethod
    def of(cls, days: int = 0, hours: int = 0, minutes: int = 0, seconds: int = 0) -> DaysDuration:
        return cls((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * NANOS)

    @property
    def parts(self) -> tuple[int, int, int, int, int]:
        """Days, hours, minutes, seconds, nanoseconds, all with the sign of the duration."""
        sign = -1 if self.nanos < 0 else 1
        seconds, nano = divmod(abs(self.nanos), NANOS)
        days, seconds = divmod(seconds, 86_400)
        return (sign * days, sign * (seconds // 3600), sign * (seconds // 60 % 60), sign * (seconds % 60), sign * nano)

    @property
    def seconds(self) -> Decimal:
        """All of it in seconds."""
        return Decimal(self.nanos) / NANOS

    def __str__(self) -> str:
        if self.nanos == 0:
            return "PT0S"
        days, hours, minutes, seconds, nano = (abs(part) for part in self.parts)
        text = ("-" if self.nanos < 0 else "") + "P" + (f"{days}D" if days else "")
        if hours or minutes or seconds or nano:
            fraction = f".{nano:09d}".rstrip("0") if nano else ""
            text += "T" + (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
            text += f"{seconds}{fraction}S" if seconds or nano else ""
        return text


@dataclass(frozen=True, slots=True)
class MonthsDuration:
    """A years and months duration, in months."""

    months: int

    def __post_init__(self) -> None:
        if abs(self.months) > MAX_MONTHS:
            raise TemporalError("duration")

    @property
    def parts(self) -> tuple[int, int]:
        """Years and months, both with the sign of the duration."""
        sign = -1 if self.months < 0 else 1
        return sign * (abs(self.months) // 12), sign * (abs(self.months) % 12)

    def __str__(self) -> str:
        if self.months == 0:
            return "P0M"
        years, months = (abs(part) for part in self.parts)
        return (
            ("-" if self.months < 0 else "") + "P" + (f"{years}Y" if years else "") + (f"{months}M" if months else "")
        )


Temporal = Date | Time | DateTime | DaysDuration | MonthsDuration

# --------------------------------------------------------------------------------------------------------------- texts

_DATE = re.compile(r"(?P<y>-?(?:\d{4}|[1-9]\d{4,8}))-(?P<m>\d\d)-(?P<d>\d\d)", re.ASCII)
_TIME = re.compile(
    r"(?P<h>\d\d):(?P<m>\d\d):(?P<s>\d\d)(?:\.(?P<f>\d+))?"
    r"(?P<z>Z|[+-]\d\d:\d\d(?::\d\d)?|@[A-Za-z][A-Za-z0-9_+\-/]*)?",
    re.ASCII,
)
_DAYS = re.compile(
    r"(?P<sign>-)?P(?:(?P<d>\d{1,19})D)?"
    r"(?:T(?=\d)(?:(?P<h>\d{1,19})H)?(?:(?P<m>\d{1,19})M)?(?:(?P<s>\d{1,19})(?:\.(?P<f>\d{0,60}))?S)?)?",
    re.ASCII,
)
_MONTHS = re.compile(r"(?P<sign>-)?P(?:(?P<y>\d{1,19})Y)?(?:(?P<m>\d{1,19})M)?", re.ASCII)


def parse_date(text: str) -> Date:
    """A date from its text (XML Schema `date` without a zone). Raises TemporalError."""
    found = _DATE.fullmatch(text)
    if found is None or found["y"].startswith("-0000"):
        raise TemporalError("date")
    return Date(int(found["y"]), int(found["m"]), int(found["d"]))


def parse_time(text: str) -> Time:
    """A time from its text. Raises TemporalError."""
    found = _TIME.fullmatch(text)
    if found is None:
        raise TemporalError("time")
    hour = int(found["h"])
    nano = int((found["f"] or "0")[:9].ljust(9, "0"))
    zone_text = found["z"]
    offset: int | None = None
    zone_id: str | None = None
    if zone_text == "Z":
        offset = 0
    elif zone_text and zone_text.startswith("@"):
        zone_id = zone_text[1:]
    elif zone_text:
        parts = [int(part) for part in zone_text[1:].split(":")]
        offset = parts[0] * 3600 + parts[1] * 60 + (parts[2] if len(parts) > 2 else 0)
        if parts[1] > 59:
            raise TemporalError("offset")
        offset = -offset if zone_text[0] == "-" else offset
    return Time(hour, int(found["m"]), int(found["s"]), nano, offset, zone_id)


def parse_date_time(text: str) -> DateTime:
    """A date and time from its text; a date alone is its midnight. Raises TemporalError."""
    day, mark, rest = text.partition("T")
    if not mark:
        return DateTime(parse_date(day), Time(0, 0, 0))
    if rest.startswith("24:00:00") and not rest[8:].strip("0.")[:1].isdigit():
        time = parse_time("00" + rest[2:])
        return DateTime(Date.of_ordinal(parse_date(day).ordinal + 1), time)
    return DateTime(parse_date(day), parse_time(rest))


def parse_duration(text: str) -> DaysDuration | MonthsDuration:
    """A duration from its text. Raises TemporalError."""
    found = _MONTHS.fullmatch(text)
    if found is not None and (found["y"] or found["m"]):
        months = int(found["y"] or 0) * 12 + int(found["m"] or 0)
        return MonthsDuration(-months if found["sign"] else months)
    found = _DAYS.fullmatch(text)
    if found is None or not any(found[name] is not None for name in "dhms"):
        raise TemporalError("duration")
    nano = int((found["f"] or "0")[:9].ljust(9, "0"))
    total = int(found["d"] or 0) * 86_400 + int(found["h"] or 0) * 3600 + int(found["m"] or 0) * 60
    nanos = (total + int(found["s"] or 0)) * NANOS + nano
    return DaysDuration(-nanos if found["sign"] else nanos)


def parse_literal(text: str) -> Temporal:
    """What `@"…"` means: date, time, date and time or duration by its form. Raises TemporalError."""
    if "P" in text[:2]:
        return parse_duration(text)
    if "T" in text.partition("@")[0]:
        return parse_date_time(text)
    if ":" in text and not _DATE.match(text):
        return parse_time(text)
    return parse_date(text)


# ------------------------------------------------------------------------------------------------- to and from Python


def from_datetime(moment: datetime) -> DateTime:
    """A FEEL date and time of Python's; aware ones keep their zone (its id where it has one, else the offset)."""
    zone_id: str | None = None
    offset: int | None = None
    if moment.tzinfo is not None:
        key = getattr(moment.tzinfo, "key", None)
        found = moment.utcoffset()
        offset = int(found.total_seconds()) if found is not None else 0
        if isinstance(key, str) and key not in ("UTC", "Etc/UTC"):
            zone_id, offset = key, None
    time = Time(moment.hour, moment.minute, moment.second, moment.microsecond * 1000, offset, zone_id)
    return DateTime(Date(moment.year, moment.month, moment.day), time, bool(moment.fold) and zone_id is not None)


def to_datetime(moment: DateTime) -> datetime:
    """Python's datetime of a FEEL one; OverflowError beyond the years 1 to 9999, nanoseconds are cut."""
    day, time = moment.date, moment.time
    if not 1 <= day.year <= 9999:
        raise OverflowError(f"{day} lies beyond what datetime can hold")
    tz: tzinfo | None = None
    if time.zone is not None:
        tz = zone(time.zone)
    elif time.offset is not None:
        tz = UTC if time.offset == 0 else timezone(timedelta(seconds=time.offset))
    return datetime(
        day.year, day.month, day.day, time.hour, time.minute, time.second, time.nano // 1000, tz, fold=int(moment.later)
    )

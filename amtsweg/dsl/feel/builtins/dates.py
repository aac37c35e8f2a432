"""Built-ins on dates, times and durations (DMN 1.5, 10.3.4.1, 10.3.4.7, 10.3.4.10)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from amtsweg.dsl.feel import temporal as tm
from amtsweg.dsl.feel.builtins.registry import Builtin, Call, Param, Signature
from amtsweg.dsl.feel.numbers import CONTEXT
from amtsweg.dsl.feel.operators import as_moment
from amtsweg.dsl.feel.temporal import Date, DateTime, DaysDuration, MonthsDuration, TemporalError, Time

Value = Any
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def _date(call: Call, given: Value) -> Value:
    if isinstance(given, DateTime):
        return given.date
    if isinstance(given, Date):
        return given
    if isinstance(given, str):
        try:
            return tm.parse_date(given)
        except TemporalError:
            pass
    return call.ops.fail("date", value=given)


def _date_parts(call: Call, year: Decimal, month: Decimal, day: Decimal) -> Value:
    try:
        return Date(_whole(year), _whole(month), _whole(day))
    except TemporalError:
        return call.ops.fail("date", year=year, month=month, day=day)


def _whole(value: Decimal) -> int:
    if value != value.to_integral_value() or abs(value.adjusted()) > 12:
        raise TemporalError("number")
    return int(value)


def _date_time(call: Call, given: Value) -> Value:
    if isinstance(given, DateTime):
        return given
    if isinstance(given, Date):
        return as_moment(given)
    if isinstance(given, str):
        try:
            return tm.parse_date_time(given)
        except TemporalError:
            pass
    return call.ops.fail("date_time", value=given)


def _date_and_time(call: Call, day: Value, time: Time) -> Value:
    if isinstance(day, DateTime):
        day = day.date
    return DateTime(day, time)


def _moment_with_zone(call: Call, moment: DateTime, zone: str) -> Value:
    try:
        return DateTime(moment.date, Time(moment.time.hour, moment.time.minute, moment.time.second,
                                          moment.time.nano, None, zone))  # fmt: skip
    except TemporalError:
        return call.ops.fail("zone", value=zone)


def _time(call: Call, given: Value) -> Value:
    if isinstance(given, DateTime):
        return given.time
    if isinstance(given, Time):
        return given
    if isinstance(given, Date):
        return Time(0, 0, 0, 0, 0)
    if isinstance(given, str):
        try:
            return tm.parse_time(given)
        except TemporalError:
            try:
                return tm.parse_date_time(given).time
            except TemporalError:
                pass
    return call.ops.fail("time", value=given)


def _time_parts(call: Call, hour: Decimal, minute: Decimal, second: Decimal, offset: DaysDuration | None) -> Value:
    try:
        if not 0 <= second < 60:
            raise TemporalError("second")
        whole = int(second)
        nano = int(CONTEXT.multiply(CONTEXT.subtract(second, Decimal(whole)), Decimal(tm.NANOS)))
        seconds = None if offset is None else offset.nanos // tm.NANOS
        return Time(_whole(hour), _whole(minute), whole, nano, seconds)
    except TemporalError:
        return call.ops.fail("time", hour=hour, minute=minute, second=second)


def _duration(call: Call, given: Value) -> Value:
    if isinstance(given, DaysDuration | MonthsDuration):
        return given
    try:
        return tm.parse_duration(given)
    except (TemporalError, TypeError):
        return call.ops.fail("duration", value=given)


def _months_between(call: Call, start: Value, end: Value) -> Value:
    first, last = as_moment(start), as_moment(end)
    months = (last.date.year - first.date.year) * 12 + last.date.month - first.date.month
    later = (last.date.day, last.time.nanos) < (first.date.day, first.time.nanos)
    earlier = (last.date.day, last.time.nanos) > (first.date.day, first.time.nanos)
    if months > 0 and later:
        months -= 1
    elif months < 0 and earlier:
        months += 1
    try:
        return MonthsDuration(months)
    except TemporalError:
        return call.ops.fail("overflow", left=start, right=end)


def _day_of(value: Value) -> Date:
    return value.date if isinstance(value, DateTime) else value


def _day_of_year(call: Call, value: Value) -> Value:
    day = _day_of(value)
    return Decimal(day.ordinal - Date(day.year, 1, 1).ordinal + 1)


def _week_of_year(call: Call, value: Value) -> Value:
    day = _day_of(value)
    thursday = Date.of_ordinal(day.ordinal - day.weekday + 4)
    return Decimal((thursday.ordinal - Date(thursday.year, 1, 1).ordinal) // 7 + 1)


def _now(call: Call) -> Value:
    return call.env.now if call.env is not None and call.env.now is not None else call.ops.fail("no_clock")


def _today(call: Call) -> Value:
    return call.env.today if call.env is not None and call.env.today is not None else call.ops.fail("no_clock")


FROM = Param("from")
DATES = (Param("date", "date"),)
MOMENTS = (Param("date", "date and time"),)


def _on_dates(result: str) -> tuple[Signature, ...]:
    return (Signature(DATES, result), Signature(MOMENTS, result))


def _pairs(result: str) -> tuple[Signature, ...]:
    kinds = ("date", "date and time")
    return tuple(Signature((Param("from", a), Param("to", b)), result) for a in kinds for b in kinds)


YMD = (Param("year", "number"), Param("month", "number"), Param("day", "number"))
HMS = (
    Param("hour", "number"),
    Param("minute", "number"),
    Param("second", "number"),
    Param("offset", "days and time duration", True, True),
)


def _date_any(call: Call, *args: Value) -> Value:
    return _date(call, *args) if len(args) == 1 else _date_parts(call, *args)


def _time_any(call: Call, *args: Value) -> Value:
    return _time(call, *args) if len(args) == 1 else _time_parts(call, *args)


def _date_time_any(call: Call, *args: Value) -> Value:
    if len(args) == 1:
        return _date_time(call, *args)
    if isinstance(args[1], str):
        return _moment_with_zone(call, args[0], args[1])
    return _date_and_time(call, *args)


BUILTINS = (
    Builtin("date", (Signature((FROM,), "date"), Signature(YMD, "date")), _date_any),
    Builtin("time", (Signature((FROM,), "time"), Signature(HMS, "time")), _time_any),
    Builtin(
        "date and time",
        (
            Signature((FROM,), "date and time"),
            Signature((Param("date", "date"), Param("time", "time")), "date and time"),
            Signature((Param("date", "date and time"), Param("time", "time")), "date and time"),
            Signature((Param("date", "date and time"), Param("timezone", "string")), "date and time"),
        ),
        _date_time_any,
    ),
    Builtin("duration", (Signature((FROM,), "Any"),), _duration),
    Builtin("years and months duration", _pairs("years and months duration"), _months_between),
    Builtin("day of year", _on_dates("number"), _day_of_year),
    Builtin("day of week", _on_dates("string"), lambda call, value: DAYS[_day_of(value).weekday - 1]),
    Builtin("month of year", _on_dates("string"), lambda call, value: MONTHS[_day_of(value).month - 1]),
    Builtin("week of year", _on_dates("number"), _week_of_year),
    Builtin("now", (Signature((), "date and time"),), _now),
    Builtin("today", (Signature((), "date"),), _today),
)

"""When a period ends: the law's counting, moving, and the instant at which it is over.

In: a base (day or instant), a period, a law, a calendar. Out: `Due` with both faces of a legal date, `plain` as counted
and `end` as moved, the instant at which it is over, and the calculation. Pure: the caller chooses law and calendar;
nothing reads a clock. Sources: BGB §§ 187 to 193, VwVfG § 31, AO § 108.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal

from amtsweg.dsl.diagnostics import Text, same
from amtsweg.dsl.periods.calendar import ONE_DAY, SATURDAY, SUNDAY, Calendar
from amtsweg.dsl.periods.explain import ExplainStep
from amtsweg.dsl.periods.holidays import known_years
from amtsweg.dsl.periods.period import MOVABLE, TIMED, Period, PeriodError, PeriodLike, checked, in_words
from amtsweg.dsl.periods.rules import Law, Nature

Relation = Literal["after", "from", "before"]
Moment = date | datetime

WEEKEND: Final = Text("Wochenende", "weekend")
BASE: Final = Text("Ereignis", "event")
_STAYS: Final[dict[str, Text]] = {
    "named day": Text("ein bestimmter Tag ist genannt", "a certain day is named"),
    "benefit": Text("eine Leistung endet mit ihrem letzten Tag", "a benefit ends with its last day"),
    "appointment": Text(
        "ein Termin ist auch an einem freien Tag einzuhalten", "an appointment holds on a free day too"
    ),
}
_SIGN: Final[dict[str, Text]] = {
    "after": same("+ "),
    "from": Text("ab da ", "from there "),
    "before": same("− "),
}


@dataclass(frozen=True, slots=True)
class Due:
    """When a period ends.

    Parameters
    ----------
    end: the last day, moved as the law says.
    plain: the last day as counted, not moved. Warn and stop by it; take effect by `end`.
    instant: when it is over, in UTC: midnight after `end`, or the exact time for hours.
    begins: when the last day begins, in UTC (the exact time for hours): follow-ups act then.
    steps: the calculation; the last one with a date gives `end`.
    """

    end: date
    plain: date
    instant: datetime
    begins: datetime
    steps: tuple[ExplainStep, ...]

    @property
    def moved(self) -> bool:
        """Whether the end was moved off a free day."""
        return self.end != self.plain


def month_end(day: date) -> int:
    """The number of the last day in the month of `day`."""
    return monthrange(day.year, day.month)[1]


def add_months(day: date, months: int) -> date:
    """The same number `months` later (earlier if negative), else the month's last day (BGB § 188 (3)).

    Raises `PeriodError` beyond the year 9999 or before 1.
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if not 1 <= year <= 9999:
        raise PeriodError(f"{months} months from {day.isoformat()} lie beyond the calendar.")
    first = date(year, month + 1, 1)
    return first.replace(day=min(day.day, month_end(first)))


def _months_from(day: date, months: int) -> date:
    """The day before the one that corresponds by number, else the month's last day (BGB § 188 (2), (3))."""
    if day.day == 1:
        return add_months(day, months) - ONE_DAY
    first = add_months(day.replace(day=1), months)
    return first.replace(day=min(day.day - 1, month_end(first)))


def _shift_days(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        raise PeriodError(f"{days} days from {day.isoformat()} lie beyond the calendar.") from None


def _count_days(counts: Callable[[date], bool], base: date, count: int, relation: Relation) -> date:
    """The `count`-th day that `counts`, walking from `base`; with `from` the base may be the first."""
    step = -ONE_DAY if relation == "before" else ONE_DAY
    day = base - ONE_DAY if relation == "from" else base
    left = count
    while left:
        day += step
        left -= counts(day)
    if count == 0:
        while not counts(day):
            day += step
    return day


def _last_day(base: date, period: Period, relation: Relation, calendar: Calendar) -> date:
    """The last day of a period in days or longer, as counted."""
    count, unit = period.count, period.unit
    if unit == "working days":
        return _count_days(calendar.is_working_day, base, count, relation)
    if unit == "weekdays":
        return _count_days(calendar.is_weekday, base, count, relation)
    if unit in ("months", "years"):
        months = count * (12 if unit == "years" else 1)
        if relation == "from":
            return _months_from(base, months)
        return add_months(base, -months if relation == "before" else months)
    days = count * 7 if unit == "weeks" else count
    if unit == "clear days":
        days += 0 if relation == "from" else 1
    elif relation == "from":
        days -= 1
    return _shift_days(base, -days if relation == "before" else days)


def _rule_of(period: Period, base: date, plain: date, relation: Relation, law: Law) -> str:
    """The paragraph that gives the last day."""
    if relation == "before" or period.unit not in MOVABLE | {"calendar days"}:
        return ""
    if period.unit in ("days", "calendar days", "weekdays"):
        return law.paragraph("days")
    wanted = base.day - 1 if relation == "from" else base.day
    by_month = period.unit in ("months", "years")
    clamped = by_month and wanted > plain.day and plain.day == month_end(plain)
    return law.paragraph("month end" if clamped else "months")


def _free_names(calendar: Calendar, plain: date, end: date) -> Text:
    """What lay between: `Wochenende`, `Samstag, Sonntag, Ostermontag`."""
    names: list[Text] = []
    day = plain
    while day < end:
        why = calendar.why_free(day)
        if why is not None:
            names.append(why)
        day += ONE_DAY
    if names == [SATURDAY, SUNDAY]:
        return WEEKEND
    return Text(", ".join(name.de for name in names), ", ".join(name.en for name in names))


def _moved(plain: date, law: Law, calendar: Calendar) -> tuple[date, tuple[ExplainStep, ...]]:
    """The end moved to the next day that is no Saturday, Sunday or holiday, with the step that says so."""
    end = calendar.business_day_on_or_after(plain)
    if end == plain:
        return plain, ()
    return end, (ExplainStep(_free_names(calendar, plain, end), end, law.paragraph("moved")),)


def _unmoved(plain: date, calendar: Calendar, reason: Text | None, source: str) -> tuple[ExplainStep, ...]:
    """The line that says why a free day does not move the end; nothing if the day is not free or unknown."""
    first, last = known_years()
    if reason is None or not first <= plain.year <= last:
        return ()
    why = calendar.why_free(plain)
    if why is None:
        return ()
    if why in (SATURDAY, SUNDAY):
        why = WEEKEND
    note = Text(f"verschiebt nicht, {reason.de}", f"does not move it, {reason.en}")
    return (ExplainStep(why, None, source, note),)


def _day_due(end: date, plain: date, calendar: Calendar, steps: tuple[ExplainStep, ...]) -> Due:
    return Due(end, plain, calendar.end_of(end), calendar.begin_of(end), steps)


def _stay(nature: Nature, shift: bool, because: Text | None, law: Law) -> tuple[bool, Text | None, str]:
    """Whether the end stays on a free day; the reason and paragraph to tell."""
    source = law.unmoved.get(nature, "")
    if nature != "deadline" and source:
        return True, Text(f"denn {_STAYS[nature].de}", f"because {_STAYS[nature].en}"), source
    if not shift:
        return True, because or Text("denn so ist es bestimmt (shift: no)", "because it is set so (shift: no)"), ""
    return False, None, ""


def due(
    base: Moment,
    period: PeriodLike,
    law: Law,
    calendar: Calendar,
    *,
    relation: Relation = "after",
    shift: bool = True,
    exactly: bool = False,
    nature: Nature = "deadline",
    label: Text = BASE,
    unmoved_because: Text | None = None,
    source: str = "",
) -> Due:
    """When `period` after, from or before `base` ends.

    Parameters
    ----------
    base: the event, a day or an aware instant (its day in the calendar's zone counts).
    period: number and unit; see `amtsweg.dsl.periods.period` for what each unit counts.
    law: by which code it is counted and moved.
    calendar: the calendar that counts for this act.
    relation: `after` leaves the event's day out (BGB § 187 (1)); `from` counts it as the first whole day (§ 187 (2));
        `before` counts backwards and is never moved.
    shift: False leaves a legal end on a free day; `unmoved_because` then says why (`weil Zeile 148 es sagt`).
    exactly: the number is the answer: not moved, without a word about it.
    nature: `named day`, `benefit` and `appointment` stay on a free day where the law has a paragraph for it
        (VwVfG § 31 (3) to (5)).
    label: what the event is called in the explanation.
    source: the paragraph that sets the period, where it is another than the one of counting.

    Raises `PeriodError` for an impossible period, `CalendarError` beyond the known holidays (only if they are needed).
    """
    counted = checked(period)
    if relation == "from" and counted.count == 0:
        raise PeriodError("A period from a day on has at least one day.", "Use after, or a number above zero.")
    if counted.unit in TIMED:
        return _timed(base, counted, law, calendar, relation, label, source)
    day = calendar.day_of(base)
    plain = _last_day(day, counted, relation, calendar)
    rule = _rule_of(counted, day, plain, relation, law)
    if source:
        # Whoever sets the period is named first; of the counting only the rule that surprises.
        surprising = rule == law.paragraph("month end") != ""
        rule = f"{source}, {rule}" if surprising else source
    words, sign = in_words(counted), _SIGN[relation]
    steps = (ExplainStep(label, day), ExplainStep(Text(sign.de + words.de, sign.en + words.en), plain, rule))
    if exactly or relation == "before" or counted.unit not in MOVABLE:
        return _day_due(plain, plain, calendar, steps)
    stays, reason, paragraph = _stay(nature, shift, unmoved_because, law)
    if stays:
        return _day_due(plain, plain, calendar, steps + _unmoved(plain, calendar, reason, paragraph))
    end, moving = _moved(plain, law, calendar)
    return _day_due(end, plain, calendar, steps + moving)


def on_day(
    day: date,
    law: Law,
    calendar: Calendar,
    *,
    shift: bool = True,
    nature: Nature = "deadline",
    label: Text | None = None,
    unmoved_because: Text | None = None,
) -> Due:
    """The due date of something that is to be done on a given day (`payable on 15 November`), moved as the law says.

    Source: BGB § 193 covers a day as well as a period; parameters as in `due`.
    """
    steps = (ExplainStep(label or Text("bestimmter Tag", "given day"), day),)
    stays, reason, paragraph = _stay(nature, shift, unmoved_because, law)
    if stays:
        return _day_due(day, day, calendar, steps + _unmoved(day, calendar, reason, paragraph))
    end, moving = _moved(day, law, calendar)
    return _day_due(end, day, calendar, steps + moving)


def extended(previous: Due, by: PeriodLike, law: Law, calendar: Calendar, *, source: str = "") -> Due:
    """A period that was extended: the new one is counted from the old end that was not moved (BGB § 190).

    Old and new period are one; BGB § 193 moves the end of the whole only (Prütting/Wegen/Weinreich, BGB, § 190).
    Also for periods that an office set and extends afterwards (VwVfG § 31 (7)): nothing here asks whether it is late.
    """
    label = Text("Ende ohne Verschiebung", "end before moving")
    return due(previous.plain, by, law, calendar, label=label, source=source or law.paragraph("extended"))


def _start_instant(base: Moment, calendar: Calendar, relation: Relation) -> datetime:
    """Hours after a day begin when it is over; hours from or before a day when it begins."""
    if isinstance(base, datetime):
        calendar.day_of(base)
        return base.astimezone(UTC)
    return calendar.end_of(base) if relation == "after" else calendar.begin_of(base)


def _timed(
    base: Moment, period: Period, law: Law, calendar: Calendar, relation: Relation, label: Text, source: str
) -> Due:
    """Hours and minutes are elapsed time and never moved; weekday hours skip Sundays and holidays."""
    start = _start_instant(base, calendar, relation)
    length = timedelta(minutes=period.count) if period.unit == "minutes" else timedelta(hours=period.count)
    back = relation == "before"
    if period.unit == "weekday hours":
        instant = _weekday_hours(start, length, calendar, back)
    else:
        instant = start - length if back else start + length
    words, sign = in_words(period), _SIGN["before" if back else "after"]
    local = calendar.local_time(instant)
    # An instant at midnight ends the day before it, as everybody says: "until the end of Sunday".
    day = calendar.day_of(instant if back else instant - timedelta(microseconds=1))
    steps = (
        ExplainStep(label, calendar.local_time(start)),
        ExplainStep(Text(sign.de + words.de, sign.en + words.en), local, source or law.paragraph("hours")),
    )
    return Due(day, day, instant, instant, steps)


def _weekday_hours(start: datetime, length: timedelta, calendar: Calendar, back: bool) -> datetime:
    """Walk from day to day, spending `length` only on Mondays to Saturdays that are no holidays."""
    left, at = length, start
    while True:
        day = calendar.day_of(at - timedelta(microseconds=1)) if back else calendar.day_of(at)
        edge = calendar.begin_of(day) if back else calendar.end_of(day)
        if calendar.is_weekday(day):
            room = abs(edge - at)
            if left <= room:
                return at - left if back else at + left
            left -= room
        at = edge

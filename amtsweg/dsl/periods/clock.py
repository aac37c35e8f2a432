"""Statutory clocks: a fiction that comes when the office stays silent, as a pure function of recorded facts.

In: when it started, how long it runs, what was told and extended. Out: `ClockState`. Nothing is restarted or paused by
hand: a supplement moves `start`, and everything is computed again from the facts, so what belongs to an earlier
start drops out by itself.

=======  =====================================================================================================
off      the clock does not apply to this case
idle     it applies, but has not started (documents incomplete, VwVfG § 42a (2))
running  started; `plain` and `end` are known
stopped  a demand was told inside its window (TKG § 127 (3)); no end until `start` moves
over     `now` lies behind the end: the fiction has come
=======  =====================================================================================================

A stop counts only between the current start and the end of its window, an extension only between the start and the
end that holds then, and at most `times`. Extensions are counted from the end that was not moved (BGB § 190).
Sources: VwVfG § 42a, TKG § 127, StVO § 45 (7).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from amtsweg.dsl.diagnostics import Text
from amtsweg.dsl.periods.calendar import Calendar
from amtsweg.dsl.periods.due import Due, Moment, due, extended
from amtsweg.dsl.periods.explain import ExplainStep, say_day
from amtsweg.dsl.periods.period import Period, PeriodError, PeriodLike, checked
from amtsweg.dsl.periods.rules import Law, LawError, clock_law

State = Literal["off", "idle", "running", "stopped", "over"]
Reading = Literal["unmoved", "moved", "whole"]

DEMAND: Final = Text("Nachforderung", "demand for documents")
EXTENSION: Final = Text("Verlängerung", "extension")
_START: Final = Text("Beginn der Frist", "clock starts")


@dataclass(frozen=True, slots=True)
class Stop:
    """Demands that stop the clock: when they were told, and until when that counts (None: any time before the end)."""

    at: tuple[Moment, ...]
    within: PeriodLike | None = None
    label: Text = DEMAND
    source: str = ""


@dataclass(frozen=True, slots=True)
class Extension:
    """Extensions: when they were told, by how much each, at most how often."""

    at: tuple[Moment, ...]
    by: PeriodLike
    times: int = 1
    label: Text = EXTENSION
    source: str = ""


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """What a clock is computed from.

    Parameters
    ----------
    start: when it started last (the latest complete submission); None: not yet.
    length: how long it runs.
    applies: False switches it off.
    stops, extensions: see there.
    label, source: how the start is called, and by which paragraph the length holds.
    """

    start: Moment | None
    length: PeriodLike
    applies: bool = True
    stops: tuple[Stop, ...] = ()
    extensions: tuple[Extension, ...] = ()
    label: Text = _START
    source: str = ""


@dataclass(frozen=True, slots=True)
class ClockState:
    """Where a clock stands; `plain` and `end` are the two faces of its last day, None unless it runs or ran out.

    `instant` is when the fiction comes, in UTC. `extended` counts the extensions that held.
    """

    state: State
    start: Moment | None
    plain: date | None
    end: date | None
    instant: datetime | None
    extended: int
    steps: tuple[ExplainStep, ...]


def clock_end(
    facts: ClockFacts,
    law: Law,
    calendar: Calendar,
    *,
    now: Moment | None = None,
    reading: Reading = "unmoved",
) -> ClockState:
    """The state and end of a statutory clock.

    Parameters
    ----------
    facts: what is recorded.
    law, calendar: by which code it is counted, and which calendar counts.
    now: the case's clock, to tell `running` from `over`; a day counts as its beginning. None: never over.
    reading: from where an extension is counted: the `unmoved` end (BGB § 190), the `moved` end, or the `whole` period
        from the start (then both must have the same unit).

    Raises `PeriodError` and `CalendarError` as `due` does.
    """
    if not facts.applies:
        return ClockState("off", None, None, None, None, 0, ())
    if facts.start is None:
        return ClockState("idle", None, None, None, None, 0, (ExplainStep(Text("noch kein Beginn", "not started")),))
    first = due(facts.start, facts.length, law, calendar, label=facts.label, source=facts.source)
    current, count, told = _extended(facts, first, law, calendar, reading)
    late: tuple[ExplainStep, ...] = ()
    for stop in facts.stops:
        window = current if stop.within is None else due(facts.start, stop.within, law, calendar)
        for at in _sorted(stop.at, calendar):
            if not _at_or_after(at, facts.start, calendar):
                continue
            if _instant(at, calendar) < window.instant:
                step = ExplainStep(
                    stop.label,
                    calendar.day_of(at),
                    stop.source,
                    Text("hält die Frist an, bis neu eingereicht wird", "stops the clock until a new submission"),
                )
                return ClockState("stopped", facts.start, None, None, None, 0, (first.steps[0], step))
            late = (*late, _too_late(stop.label, at, window.end, calendar, stop.source))
    over = now is not None and _instant(now, calendar) >= current.instant
    steps = first.steps[:1] + late + first.steps[1:] + told
    return ClockState(
        "over" if over else "running", facts.start, current.plain, current.end, current.instant, count, steps
    )


def statutory(
    id: str,
    start: Moment | None,
    *,
    minor: bool = False,
    applies: bool = True,
    stopped: tuple[Moment, ...] = (),
    extended_at: tuple[Moment, ...] = (),
    extend_by: PeriodLike | None = None,
) -> ClockFacts:
    """The facts of a clock that a statute defines (`TKG § 127`, `VwVfG § 42a`, `StVO § 45 (7)`).

    Parameters
    ----------
    start: the latest complete submission.
    minor: the short clock of minor works (TKG § 127 (4)).
    stopped: when the office told that documents are missing.
    extended_at: when an extension was told; `extend_by` where the statute leaves the length to the office.

    Raises `LawError` for an unknown clock, or one that knows no short form, stop or extension although it is asked.
    """
    rules = clock_law(id)
    if minor and rules.minor is None:
        raise LawError(f"{id} has no shorter clock.", "Leave minor out.")
    if stopped and rules.stop_within is None:
        raise LawError(f"{id} cannot be stopped.", "Only a new start changes it.")
    by = extend_by or rules.extend_by
    if extended_at and (by is None or not rules.extend_times):
        raise LawError(f"How long {id} is extended is not given.", "Give extend_by, if it may be extended at all.")
    length = rules.minor if minor and rules.minor is not None else rules.length
    stops = (Stop(stopped, rules.stop_within, source=rules.sources["stop"]),) if stopped else ()
    extensions: tuple[Extension, ...] = ()
    if extended_at and by is not None:
        extensions = (Extension(extended_at, by, rules.extend_times, source=rules.sources["extend"]),)
    source = rules.sources["minor" if minor else "effect"]
    return ClockFacts(start, length, applies, stops, extensions, source=source)


def _instant(moment: Moment, calendar: Calendar) -> datetime:
    """An instant as it is, a day as its beginning."""
    if isinstance(moment, datetime):
        calendar.day_of(moment)
        return moment
    return calendar.begin_of(moment)


def _sorted(moments: tuple[Moment, ...], calendar: Calendar) -> list[Moment]:
    return sorted(moments, key=lambda moment: _instant(moment, calendar))


def _at_or_after(moment: Moment, start: Moment, calendar: Calendar) -> bool:
    """Whether a fact belongs to the current start; by day where only days are known."""
    if isinstance(moment, datetime) and isinstance(start, datetime):
        return moment >= start
    return calendar.day_of(moment) >= calendar.day_of(start)


def _too_late(label: Text, at: Moment, until: date, calendar: Calendar, source: str) -> ExplainStep:
    """The line for a fact that came after the last day on which it counted."""
    note = Text(
        f"zählt nicht, möglich war es bis {say_day(until, 'de')}",
        f"does not count, it was possible until {say_day(until, 'en')}",
    )
    return ExplainStep(label, calendar.day_of(at), source, note)


def _extended(
    facts: ClockFacts, first: Due, law: Law, calendar: Calendar, reading: Reading
) -> tuple[Due, int, tuple[ExplainStep, ...]]:
    """The end after all extensions that held, how many, and their lines."""
    assert facts.start is not None
    current, count = first, 0
    steps: tuple[ExplainStep, ...] = ()
    for extension in facts.extensions:
        held = 0
        for at in _sorted(extension.at, calendar):
            if not _at_or_after(at, facts.start, calendar):
                continue
            if _instant(at, calendar) >= current.instant:
                steps = (*steps, _too_late(extension.label, at, current.end, calendar, extension.source))
                continue
            if held == extension.times:
                note = Text("zählt nicht, die Frist ist schon verlängert", "does not count, it was extended before")
                steps = (*steps, ExplainStep(extension.label, calendar.day_of(at), extension.source, note))
                continue
            held += 1
            count += 1
            current = _longer(facts, current, extension.by, count, law, calendar, reading)
            told = ExplainStep(extension.label, calendar.day_of(at), extension.source)
            steps = (*steps, told, *current.steps)
    return current, count, steps


def _longer(
    facts: ClockFacts, current: Due, by: PeriodLike, count: int, law: Law, calendar: Calendar, reading: Reading
) -> Due:
    """The end extended once more, in the chosen reading."""
    if reading == "unmoved":
        return extended(current, by, law, calendar)
    if reading == "moved":
        label = Text("verschobenes Ende", "moved end")
        return due(current.end, by, law, calendar, label=label)
    whole, more = checked(facts.length), checked(by)
    if whole.unit != more.unit:
        raise PeriodError(
            f"{whole} and {more} cannot be added to one period.", "Count the extension from the unmoved end."
        )
    assert facts.start is not None
    total = Period(whole.count + more.count * count, whole.unit)
    return due(facts.start, total, law, calendar, label=facts.label, source=facts.source)

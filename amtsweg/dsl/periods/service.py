"""The legal date of a decision (Bekanntgabe): from which day remedies run, by way of delivery.

In: the way, the day of posting (sending, provision, announcement, certificate), the law, the calendar that counts (the
recipient's), and what is proven besides. Out: `Served` with its calculation. The version of the law that holds on the
day of posting decides (four days since 2025, three before). Sources: VwVfG § 41, AO § 122, OZG § 9, VwZG §§ 3 to 10.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from amtsweg.dsl.diagnostics import Text
from amtsweg.dsl.periods.calendar import Calendar
from amtsweg.dsl.periods.due import Moment, due
from amtsweg.dsl.periods.explain import ExplainStep
from amtsweg.dsl.periods.rules import Law, LawError, ServiceRule

_ACTS: Final[dict[str, Text]] = {
    "letter": Text("Aufgabe zur Post", "posted"),
    "letter abroad": Text("Aufgabe zur Post (Ausland)", "posted abroad"),
    "electronic": Text("Absendung", "sent"),
    "mailbox": Text("Bereitstellung im Postfach", "placed in the mailbox"),
    "download": Text("Benachrichtigung", "notification sent"),
    "announcement": Text("Öffentliche Bekanntmachung", "public announcement"),
    "handover": Text("Übergabe", "handed over"),
    "formal": Text("Zustellungsurkunde", "certificate of service"),
    "registered": Text("Aufgabe zur Post (Einschreiben)", "posted (registered)"),
    "registered with receipt": Text("Rückschein", "return receipt"),
    "acknowledged": Text("Empfangsbekenntnis", "acknowledgement"),
    "public service": Text("Bekanntmachung der Benachrichtigung", "notification made public"),
}
_ALIASES: Final[dict[str, str]] = {
    "post": "letter",
    "brief": "letter",
    "email": "electronic",
    "e-mail": "electronic",
    "portal": "mailbox",
    "postfach": "mailbox",
    "abruf": "download",
    "uebergabe": "handover",
    "pzu": "formal",
    "einschreiben": "registered",
    "aushang": "announcement",
    "bekanntmachung": "announcement",
}
WAYS: Final[tuple[str, ...]] = tuple(_ACTS)


@dataclass(frozen=True, slots=True)
class Served:
    """When a decision counts as served.

    Parameters
    ----------
    way: one of `WAYS`.
    day: the legal date, moved where the law moves it; None if it is not served (a download that was not retrieved).
    plain: the same before moving.
    begins: when `day` begins, in UTC.
    lapses: the last day on which a download serves; after it the decision must be made known again.
    steps: the calculation.
    """

    way: str
    day: date | None
    plain: date | None
    begins: datetime | None
    lapses: date | None
    steps: tuple[ExplainStep, ...]


def way_of(word: str) -> str:
    """The way behind a word of a procedure (`post`, `portal`, `pzu`) or of `WAYS`.

    Raises `LawError` for any other word.
    """
    plain = " ".join(word.replace("_", " ").casefold().split())
    way = _ALIASES.get(plain, plain)
    if way not in _ACTS:
        raise LawError(f"“{word}” is not a way of delivery.", f"Use one of {', '.join(WAYS)}.")
    return way


def served(
    way: str,
    posted: Moment,
    law: Law,
    calendar: Calendar,
    *,
    arrived: Moment | None = None,
    retrieved: Moment | None = None,
    fixed: date | None = None,
    shift: bool | None = None,
) -> Served:
    """The legal date of a decision.

    Parameters
    ----------
    way: a word of `WAYS` or of a procedure's letter (`post`).
    posted: the day of the act that the way names: posting, sending, provision, notification, announcement, or the
        day that the certificate, receipt or acknowledgement proves.
    arrived: proven later arrival; it replaces a presumed day before it and never brings one forward.
    retrieved: when a download happened.
    fixed: the day a public announcement names for itself, at the earliest the day after it (VwVfG § 41 (4)).
    shift: whether a presumed day moves off a free day; None asks the law (AO yes: BFH IX R 68/98; VwVfG no).

    Raises `LawError` if the law has no rule for the way on that day, or `fixed` is too early.
    """
    known = way_of(way)
    day = calendar.day_of(posted)
    rule = law.service_rule(known, day)
    act = ExplainStep(_ACTS[known], day)
    if rule.window is not None:
        return _download(rule, day, law, calendar, retrieved)
    if fixed is not None:
        return _fixed(known, rule, day, fixed, calendar, act)
    if rule.period is None:
        step = ExplainStep(_ACTS[known], day, rule.source)
        return Served(known, day, day, calendar.begin_of(day), None, (step,))
    moves = law.fiction_moves if shift is None else shift
    why = law.fiction_source if moves == law.fiction_moves else None
    presumed = due(
        day, rule.period, law, calendar, shift=moves, label=_ACTS[known], source=rule.source, unmoved_because=why
    )
    steps = presumed.steps
    if presumed.moved and why is not None:
        steps = (*steps[:-1], replace(steps[-1], note=why))
    late = None if arrived is None else calendar.day_of(arrived)
    if late is not None and late > presumed.end:
        step = ExplainStep(Text("später zugegangen", "arrived later"), late, law.paragraph("arrived") or rule.source)
        return Served(known, late, presumed.plain, calendar.begin_of(late), None, (*steps, step))
    return Served(known, presumed.end, presumed.plain, presumed.begins, None, steps)


def _fixed(way: str, rule: ServiceRule, day: date, fixed: date, calendar: Calendar, act: ExplainStep) -> Served:
    """A day that the announcement names for itself."""
    if not rule.fixed_source:
        raise LawError(f"The law lets nobody choose the day of service for “{way}”.", "Leave the chosen day out.")
    if fixed <= day:
        raise LawError(
            f"The announced day {fixed.isoformat()} is not after the announcement of {day.isoformat()}.",
            "Choose at the earliest the day after it.",
        )
    step = ExplainStep(Text("darin bestimmter Tag", "day named in it"), fixed, rule.fixed_source)
    return Served(way, fixed, fixed, calendar.begin_of(fixed), None, (act, step))


def _download(rule: ServiceRule, day: date, law: Law, calendar: Calendar, retrieved: Moment | None) -> Served:
    """The day after retrieval; not served if nobody retrieved it inside the window."""
    assert rule.window is not None and rule.period is not None
    window = due(day, rule.window, law, calendar, label=_ACTS["download"], source=rule.window_source)
    fetched = None if retrieved is None else calendar.day_of(retrieved)
    if fetched is None or fetched > window.end:
        note = Text("ohne Abruf nicht bekannt gegeben", "not served unless retrieved")
        end = ExplainStep(Text("Ende der Bereitstellung", "end of provision"), window.end, rule.window_source, note)
        return Served("download", None, None, None, window.end, (*window.steps, end))
    result = due(
        fetched, rule.period, law, calendar, exactly=True, label=Text("Abruf", "retrieved"), source=rule.source
    )
    return Served("download", result.end, result.plain, result.begins, window.end, (window.steps[0], *result.steps))

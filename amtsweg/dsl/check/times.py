"""V10: deadlines that can be met, timers that can fire, reminders that come in time.

The periods of one place form a small temporal network: they all count from its entry or from its due day. The law's
calendar makes them uneven (holidays, weekends, months), so the network is not solved in the abstract: it is tried with
the real calendar on start days all over a year. What fails on all of them is an error, what fails on some a warning.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from amtsweg.dsl.check.subject import Subject
from amtsweg.dsl.diagnostics import TRY, Advice, Diagnostic, Fix, Text
from amtsweg.dsl.feel import tree as t
from amtsweg.dsl.feel.numbers import ONE
from amtsweg.dsl.periods import Calendar, Law, PeriodError, due, law, office_calendar, say_day
from amtsweg.dsl.procedure import Expr, Machine, Office, Place

START = date(2026, 2, 2)
STEP, SAMPLES = 3, 122
TOWN = Office(id="beispiel")


@dataclass(frozen=True)
class Moment:
    """A plain date formula: so much time after the entry, or before or after the due day."""

    count: int
    unit: str
    anchor: str = "entry"
    sign: int = 1


def check_times(subject: Subject) -> list[Diagnostic]:
    """AW601 and AW605 for every place with timers."""
    machine = subject.machine
    calendar = calendar_of(subject.office or TOWN)
    rules = law(machine.deadline_law)
    found: list[Diagnostic] = []
    for flow in machine.flows.values():
        for place in flow.places.values():
            found += _place(subject, machine, place, rules, calendar)
    return found


def calendar_of(office: Office) -> Calendar:
    """The calendar of a town."""
    return office_calendar(office.land, office.zone, office.municipality_holidays, office.closed_days)


def _place(subject: Subject, machine: Machine, place: Place, rules: Law, calendar: Calendar) -> list[Diagnostic]:
    due_expr = place.task.due if place.task else place.job.due if place.job else None
    due_moment = read(due_expr) if due_expr is not None else None
    found: list[Diagnostic] = []
    leaves: list[tuple[str, Moment]] = []
    for timer in place.timers:
        moment = read(timer.when)
        if moment is None:
            continue
        if timer.name.startswith(("after", "overdue", "until")):
            leaves.append((timer.name, moment))
        if timer.name.startswith("remind") and moment.anchor == "due" and moment.sign < 0 and due_moment is not None:
            early = [day for day in days() if _early(day, moment, due_moment, rules, calendar)]
            if early:
                found.append(_too_early(subject, timer.when, due_expr, due_moment, moment, early, rules, calendar))
    for timer in place.timers:
        moment = read(timer.when)
        if moment is None or not timer.name.startswith("remind"):
            continue
        for _, leave in leaves:
            if all(_after(day, moment, leave, due_moment, rules, calendar) for day in days()[::6]):
                found.append(
                    subject.finding(
                        "AW605",
                        timer.at,
                        "Diese Erinnerung kommt nie: Der Schritt ist vorher schon verlassen",
                        "This reminder never comes: the step is left before",
                        advice=(
                            Advice(
                                Text("Abhilfe", "Way out"),
                                Text(
                                    "Erinnern Sie früher, oder lassen Sie mehr Zeit.",
                                    "Remind earlier, or allow more time.",
                                ),
                            ),
                        ),
                    )
                )
                break
    return found


def days() -> list[date]:
    """Start days all over a year, weekends among them."""
    return [START + timedelta(days=STEP * i) for i in range(SAMPLES)]


def read(expr: Expr) -> Moment | None:
    """A formula as a plain moment; None if it depends on other things."""
    return _moment(t.from_data(expr.tree))


def _moment(node: t.Node) -> Moment | None:
    if isinstance(node, t.Period) and isinstance(node.count, t.Number) and node.count.value % ONE == 0:
        return Moment(int(node.count.value), node.unit)
    if isinstance(node, t.When) and isinstance(node.base, t.Name) and node.base.name == "due":
        inner = _moment(node.period)
        if inner is not None:
            return Moment(inner.count, inner.unit, "due", -1 if node.relation == "before" else 1)
    return None


def _at(start: date, moment: Moment, due_moment: Moment | None, rules: Law, calendar: Calendar) -> date | None:
    base = start
    if moment.anchor == "due":
        if due_moment is None or due_moment.anchor == "due":
            return None
        found = _at(start, due_moment, None, rules, calendar)
        if found is None:
            return None
        base = found
    try:
        return due(base, moment, rules, calendar, relation="before" if moment.sign < 0 else "after").end
    except PeriodError:
        return None


def _early(start: date, remind: Moment, due_moment: Moment, rules: Law, calendar: Calendar) -> bool:
    found = _at(start, remind, due_moment, rules, calendar)
    return found is not None and found < start


def _after(
    start: date, first: Moment, second: Moment, due_moment: Moment | None, rules: Law, calendar: Calendar
) -> bool:
    one = _at(start, first, due_moment, rules, calendar)
    two = _at(start, second, due_moment, rules, calendar)
    return one is not None and two is not None and one > two


WORDS = {
    "working days": ("Arbeitstage", "working days"), "days": ("Tage", "days"), "weeks": ("Wochen", "weeks"),
    "calendar days": ("Kalendertage", "calendar days"), "weekdays": ("Werktage", "weekdays"),
    "months": ("Monate", "months"),
}  # fmt: skip


def _because(remind: Moment, due_moment: Moment) -> tuple[Text, ...]:
    """Where the reminder lies, in the unit both are told in."""
    if remind.unit != due_moment.unit or remind.unit not in WORDS:
        return ()
    de, en = WORDS[remind.unit]
    gap = remind.count - due_moment.count
    return (
        Text(
            f"{remind.count} {de} vor der Fälligkeit, das ist {gap} {de} vor dem Beginn.",
            f"{remind.count} {en} before it is due: that is {gap} {en} before it starts.",
        ),
    )


def _too_early(
    subject: Subject,
    remind: Expr,
    due_expr: Expr | None,
    due_moment: Moment,
    moment: Moment,
    early: list[date],
    rules: Law,
    calendar: Calendar,
) -> Diagnostic:
    start = early[0]
    due_day = _at(start, due_moment, None, rules, calendar) or start
    remind_day = _at(start, moment, due_moment, rules, calendar) or start
    always = len(early) == len(days())

    def told(language: str) -> str:
        return (
            f"{'Beginn' if language == 'de' else 'start'} {say_day(start, language)} · "
            f"{'fällig' if language == 'de' else 'due'} {say_day(due_day, language)} · "
            f"{'Erinnerung' if language == 'de' else 'reminder'} {say_day(remind_day, language)}"
        )

    from amtsweg.dsl.diagnostics import Label

    most = f"{due_moment.count - 1 or 1} {due_moment.unit} before due"
    related = (Label(subject.whole(due_expr), Text("nach Beginn", "after the start")),) if due_expr is not None else ()
    return subject.finding(
        "AW601",
        subject.whole(remind),
        "Die Erinnerung käme, bevor die Aufgabe beginnt"
        if always
        else "Die Erinnerung käme manchmal, bevor die Aufgabe beginnt",
        "The reminder would come before the task begins"
        if always
        else "The reminder would sometimes come before the task begins",
        severity="error" if always else "warning",
        body=_because(moment, due_moment),
        related=related,
        advice=(
            Advice(Text("Beispiel", "Example"), Text(told("de"), told("en"))),
            Advice(TRY, Text(f"höchstens {most}", f"at most {most}")),
        ),
        fix=Fix("none"),
    )

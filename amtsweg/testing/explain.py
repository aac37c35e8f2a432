"""How a value of a case came about: the calculation of a day, the formulas behind an amount, the row of a table.

In: the case as it stands, and the path that was looked at. Out: lines in German and English, at most a dozen, from the
result down to what people entered. They stand under a finding of a test (AW901), so that a designer can check the
calculation and see whether the case or the procedure is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from amtsweg.dsl.diagnostics import Text
from amtsweg.dsl.feel.formatting import format_value
from amtsweg.dsl.periods import LawError, explain, served
from amtsweg.dsl.periods.explain import Explained
from amtsweg.dsl.procedure import Expr, Field, Form, Place, StepInfo
from amtsweg.engine import timers
from amtsweg.engine.case import Case
from amtsweg.engine.draft import Stop
from amtsweg.engine.feel import to_instant
from amtsweg.engine.scope import Scope
from amtsweg.errors import ExpressionError
from amtsweg.play import Player, fields_of

MOST_LINES = 12
BASE = re.compile(r"\b(?:after|from|before)\s+([\w./]+)\s*$")
"""What a period counts from, as the designer wrote it (`1 month after bescheid.served`)."""
Value = Any


def lines_of(found: Explained) -> tuple[Text, ...]:
    """A calculation of the calendar as lines in both languages."""
    return tuple(Text(de, en) for de, en in zip(explain(found, "de"), explain(found, "en"), strict=True))


def of_formula(player: Player, run: str, place: Place, expr: Expr, entered: datetime, shift: bool) -> tuple[Text, ...]:
    """How the day of a timer, a task or a payment was computed."""
    draft = player.draft()
    scope = Scope(draft, run, place.id, dict(timers.due_locals(draft, run, place)))
    try:
        timers.compute(scope, scope.value(expr), entered, "over", shift)
    except (Stop, ExpressionError):
        return ()
    if not draft.dues:
        return (Text(expr.text, expr.text),)
    due = draft.dues[-1]
    base = BASE.search(expr.text)
    if base is not None and due.steps:
        due = replace(due, steps=(replace(due.steps[0], what=Text(base[1], base[1])), *due.steps[1:]))
    return lines_of(due)


def of_due(player: Player, shown: str) -> tuple[Text, ...]:
    """The calculation of the open task or payment that is due on a day."""
    case, machine = player.state(), player.machine
    for task in case.tasks.values():
        place = machine.flows[case.runs[task.run].flow].places[task.place]
        if place.task is not None and place.task.due is not None and task.due_day == shown:
            return of_formula(player, task.run, place, place.task.due, task.opened, True)
    for job in case.jobs.values():
        place = machine.flows[case.runs[job.run].flow].places[job.place]
        if place.job is not None and place.job.due is not None:
            draft = player.draft()
            return of_formula(player, job.run, place, place.job.due, timers.job_entered(draft, job.run, place), True)
    return of_timer(player, shown)


def of_timer(player: Player, shown: str) -> tuple[Text, ...]:
    """The calculation of the timer that acts on a day."""
    case = player.state()
    prepared = player.prepared()
    for timer in case.timers.values():
        if timer.shown == shown:
            spec, place = timers.spec_of(prepared, case.runs[timer.run].flow, timer)
            return of_formula(player, timer.run, place, spec.when, timer.entered, spec.shift)
    return ()


def of_path(player: Player, path: str) -> tuple[Text, ...]:
    """How the value behind a path came about; nothing where a person entered it."""
    head, _, rest = path.partition(".")
    case, machine = player.state(), player.machine
    if rest == "served":
        return _served(player, case, head)
    if rest == "due" and head in machine.steps:
        return of_due(player, _due_of(case, head))
    form = machine.forms.get(head)
    if form is None or not rest:
        return ()
    draft = player.draft()
    record = draft.record("", head)
    if record is None:
        return ()
    return tuple(_formulas(form, record.data, rest.split(".")))[:MOST_LINES]


def _due_of(case: Case, step: str) -> str:
    state = case.runs[""].steps.get(step)
    found = state.facts.get("due") if state is not None else None
    return str(found) if found is not None else ""


def _served(player: Player, case: Case, name: str) -> tuple[Text, ...]:
    """When a letter counts as served: the paragraphs of the procedure's law."""
    steps: list[StepInfo] = [s for s in player.machine.steps.values() if name in (s.id, s.letter)]
    for step in steps:
        state = case.runs[""].steps.get(step.id)
        sent = state.facts.get("sent") if state is not None else None
        if state is None or sent is None:
            continue
        prepared = player.prepared()
        at = to_instant(sent, prepared.zone)
        try:
            return lines_of(served(str(state.facts.get("way") or "post"), at, prepared.law, prepared.calendar))
        except LawError:
            return ()
    return ()


def _formulas(form: Form, record: Value, parts: Sequence[str]) -> Iterator[Text]:
    """The formula of a computed field, then those of the computed fields it reads."""
    fields = {field.path.removeprefix(f"{form.id}."): field for field in fields_of(form.pages)}
    asked = ".".join(parts)
    waiting, seen = [asked], set[str]()
    while waiting:
        path = waiting.pop(0)
        if path in seen or path not in fields:
            continue
        seen.add(path)
        field = fields[path]
        for label, value in _values(record, path.split("."), ""):
            shown = ("–", "–") if value is None else tuple(_shown(value, field, lang) for lang in ("de", "en"))
            formula = field.compute.text if field.compute is not None else ""
            yield Text(_line(label, shown[0], formula or "eingegeben"), _line(label, shown[1], formula or "entered"))
        if field.compute is not None:
            below = path.rpartition(".")[0]
            for name in _read(field.compute):
                waiting += [f"{below}.{name}" if below else name, name]


def _read(expr: Expr) -> Iterator[str]:
    """The paths an expression names, as far as its text shows them."""
    word = ""
    for sign in f"{expr.text} ":
        if sign.isalnum() or sign in "_.":
            word += sign
            continue
        if word and not word[0].isdigit():
            yield word
            if "." in word:
                yield word.split(".")[0]
        word = ""


def _line(label: str, value: str, formula: str) -> str:
    return f"{label} = {value}   ({formula})"


def _shown(value: Value, field: Field, language: str) -> str:
    return str(format_value(value, language, field.type.name if field.type.name == "percent" else ""))


def _values(record: Value, parts: list[str], prefix: str) -> Iterator[tuple[str, Value]]:
    """Every value under a path, rows counted from 1."""
    if isinstance(record, list):
        for number, row in enumerate(record, 1):
            yield from _values(row, parts, f"{prefix}[{number}]")
    elif isinstance(record, dict) and parts and parts[0] in record:
        label = f"{prefix}.{parts[0]}" if prefix else parts[0]
        if len(parts) == 1:
            yield label, record[parts[0]]
        else:
            yield from _values(record[parts[0]], parts[1:], label)

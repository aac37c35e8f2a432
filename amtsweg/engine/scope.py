"""Names and values for an expression at a place of a run (SEMANTICS section 4).

In: a draft of the case, the run, the clock, names that hold only here (a form's fields, `outcome`, `due`). Out: a value
per name, on demand. One namespace: what is local; the element of a `for_each`; slots; steps, events and stages as
records; letters; parameters (dated, pinned); lists; decisions; what the language gives. An absent value is null.

Dates that expressions compute go through `LegalCalendar`, which keeps how each came about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from amtsweg.dsl.feel import temporal
from amtsweg.dsl.feel.env import Env, Relation
from amtsweg.dsl.feel.values import Function, Period
from amtsweg.dsl.periods import (
    CalendarError,
    ClockFacts,
    ClockState,
    Due,
    Extension,
    LawError,
    PeriodError,
    Stop,
    clock_end,
    due,
    explain,
)
from amtsweg.dsl.procedure import Clock, Decision, Expr, Part, TextPart, WhenPart
from amtsweg.dsl.procedure import HolePart as Hole
from amtsweg.engine import draft as drafts
from amtsweg.engine.case import Run, StepState
from amtsweg.engine.draft import Draft
from amtsweg.engine.feel import day, moment, said, to_day, to_instant
from amtsweg.errors import ExpressionError

Value = Any
GIVEN = frozenset({"today", "now", "case", "applicant", "account", "tenant", "item", "position"})
TIMED_UNITS = frozenset({"hours", "minutes", "weekday hours"})


class LegalCalendar:
    """The law's calendar as expressions see it (`Env.calendar`); keeps the calculation of every date."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def due(
        self,
        period: Period,
        base: temporal.Date | temporal.DateTime,
        relation: Relation = "after",
        *,
        exactly: bool = False,
    ) -> temporal.Date | temporal.DateTime:
        """The day (or instant, for hours) that lies `period` after, from or before `base`."""
        scope = self._scope
        found = scope.legal(period, scope.python_moment(base), relation=relation, exactly=exactly)
        if period.unit in TIMED_UNITS:
            instant = moment(found.instant, scope.zone)
            assert instant is not None
            return instant
        return temporal.Date(found.end.year, found.end.month, found.end.day)

    def working_days_between(self, start: temporal.Date, end: temporal.Date) -> int:
        """Office days after `start` up to and including `end`."""
        return self._scope.draft.prepared.calendar.working_days_between(to_day(start), to_day(end))


class Scope:
    """The names an expression may read at one place."""

    __slots__ = ("_env", "draft", "locals", "place", "run", "shift")

    def __init__(self, draft: Draft, run: str, place: str = "", local: Mapping[str, Value] | None = None) -> None:
        self.draft = draft
        self.run = run
        self.place = place
        self.locals: tuple[Mapping[str, Value], ...] = (local,) if local else ()
        self.shift = True
        self._env: Env | None = None

    @property
    def zone(self) -> str:
        """The office's time zone."""
        return self.draft.prepared.zone

    def inside(self, local: Mapping[str, Value]) -> Scope:
        """The same place with further names in front. The mapping is read when asked, so it may still grow."""
        made = Scope(self.draft, self.run, self.place)
        made.locals = (local, *self.locals)
        made.shift = self.shift
        return made

    # ------------------------------------------------------------------------------------------------------ evaluating

    def value(self, expr: Expr) -> Value:
        """The value of an expression here. Raises `Stop("failed")` with the place if it cannot be computed."""
        compiled = self.draft.prepared.expressions.get(expr)
        try:
            return compiled(self.frame(compiled.names), self.env)
        except drafts.Stop:
            raise
        except (ExpressionError, CalendarError, PeriodError, LawError) as error:
            raise drafts.Stop("failed", at=expr.at, text=expr.text, sentence=str(error)) from error

    def holds(self, expr: Expr | None) -> bool:
        """Whether a condition is true (null is not)."""
        return expr is None or self.value(expr) is True

    def frame(self, names: Iterable[str]) -> dict[str, Value]:
        """Plain names and values for an evaluation."""
        return {name: self[name] for name in names}

    @property
    def env(self) -> Env:
        """The outside world of an evaluation: the case's clock, the law's calendar, the procedure's decisions."""
        if self._env is None:
            draft = self.draft
            today = day(draft.prepared.local_day(draft.now))
            functions = {
                name: self._function(decision)
                for name, decision in draft.prepared.machine.decisions.items()
                if decision.inputs
            }
            functions["valid"] = Function(("parameter", "date"), self._valid, "valid")
            functions["at"] = Function(("step",), self._stands_at, "at")
            self._env = Env(moment(draft.now, self.zone), today, LegalCalendar(self), functions)
        return self._env

    # ------------------------------------------------------------------------------------------------------------ names

    def __getitem__(self, name: str) -> Value:
        for local in self.locals:
            if name in local:
                return local[name]
        return self._named(name)

    def _named(self, name: str) -> Value:
        draft, machine = self.draft, self.draft.prepared.machine
        found, value = self._element(name)
        if found:
            return value
        record = draft.record(self.run, name)
        known = machine.steps.get(name)
        if known is not None:
            if known.kind == "for_each":
                return self._elements(name)
            return self._step(name, known.kind, record.data if record is not None else None)
        if record is not None:
            return record.data
        if name in machine.stages or name in machine.clocks:
            return self._stage(name)
        if name in machine.forms:
            return [] if machine.forms[name].many else None
        if name in machine.letters:
            return self._letter(name)
        if name in machine.parameters:
            return self.parameter(name)
        if name in machine.lists:
            return [option.id for option in machine.lists[name].options]
        if name in machine.decisions:
            decision = machine.decisions[name]
            return self._function(decision) if decision.inputs else self.decide(decision, ())
        if name in GIVEN:
            return self._given(name)
        return None

    def _element(self, name: str) -> tuple[bool, Value]:
        names = self.draft.prepared.element_names
        for run in self.draft.chain(self.run):
            if run.key == "" and run.position == 0:
                continue
            if name in (names.get(run.flow), "item"):
                return True, run.item
            if name == "position":
                return True, Decimal(run.position)
        return False, None

    def _elements(self, step: str) -> Value:
        """A `for_each` from outside: a list of its elements with their state and values."""
        draft = self.draft
        owners = [run.id for run in draft.chain(self.run)]
        found: list[Run] = []
        for owner in owners:
            mine = [r for r in draft.runs.values() if r.flow == step and r.owner is not None and r.owner[0] == owner]
            if mine:
                latest = max(r.owner[2] for r in mine if r.owner is not None)
                found = [r for r in mine if r.owner is not None and r.owner[2] == latest]
                break
        name = draft.prepared.element_names.get(step, "item")
        return [
            {
                **{slot: record.data for slot, record in run.slots.items()},
                "key": run.key,
                "item": run.item,
                name: run.item,
                "position": Decimal(run.position),
                "state": run.state,
                "result": run.result or None,
            }
            for run in found
        ]

    def _step(self, name: str, kind: str, data: Value) -> Value:
        """A step as a record; what a job or a `set` of the same name left is part of it."""
        info = self.draft.prepared.machine.steps[name]
        state = self.draft.step_state(self.run, name) or StepState()
        made: dict[str, Value] = dict.fromkeys(info.outcomes)
        made |= {outcome: moment(at, self.zone) for outcome, at in state.moments.items()}
        made |= {
            "at": moment(state.at, self.zone),
            "done": moment(state.done, self.zone),
            "by": state.by or None,
            "outcome": state.outcome or None,
            "visits": Decimal(state.visits),
            "due": None,
            "ended": None,
        }
        if kind in ("parallel", "for_each"):
            made["joined"] = state.outcome or None
        made |= state.facts
        if isinstance(data, dict):
            made |= data
        elif data is not None:
            made["value"] = data
        for out, expr in info.outs.items():
            made[out] = self.value(expr)
        return made

    def _letter(self, name: str) -> Value:
        """A letter by its own name: the step that sent it last, else the one that may send it."""
        steps = [s for s in self.draft.prepared.machine.steps.values() if s.letter == name and s.kind == "letter"]
        if not steps:
            return None

        def last(step: str) -> datetime:
            state = self.draft.step_state(self.run, step)
            return state.at if state is not None and state.at is not None else datetime.min.replace(tzinfo=UTC)

        best = max(steps, key=lambda step: last(step.id))
        record = self.draft.record(self.run, best.id)
        return self._step(best.id, "letter", record.data if record is not None else None)

    def _stage(self, name: str) -> Value:
        state = self.draft.step_state(self.run, name) or StepState()
        made: dict[str, Value] = {
            "at": moment(state.at, self.zone),
            "done": moment(state.done, self.zone),
            "state": None,
            "from": None,
            "plain": None,
            "end": None,
        }
        clock = self.draft.prepared.machine.clocks.get(name)
        if clock is not None:
            found = self.clock(clock)
            start = found.start
            made |= {
                "state": found.state,
                "from": day(self.draft.prepared.calendar.day_of(start)) if start is not None else None,
                "plain": day(found.plain),
                "end": day(found.end),
            }
        return made

    def _given(self, name: str) -> Value:
        draft, case, office = self.draft, self.draft.case, self.draft.prepared.office
        if name == "today":
            return self.env.today
        if name == "now":
            return self.env.now
        if name == "case":
            return {
                "id": case.id,
                "number": case.number,
                "received": moment(draft.received, self.zone),
                "started": moment(case.started, self.zone),
                "outcome": draft.outcome or None,
                "result": draft.result or None,
                "input": case.input,
            }
        if name == "tenant":
            return {"id": office.id, "name": office.name, "land": office.land, "bank": dict(office.bank)}
        if name == "account":
            return draft.account if draft.account is not None else {"id": None, "person": None, "trust_level": "none"}
        if name == "applicant":
            return self._applicant()
        return None

    def _applicant(self) -> Value:
        """The person or organisation the case is about: what the form says, else what the account says."""
        machine = self.draft.prepared.machine
        main = self.draft.runs.get("")
        for form in machine.forms.values():
            record = main.slots.get(form.id) if main is not None else None
            if record is None or not isinstance(record.data, dict):
                continue
            for page in form.pages:
                for item in page.items:
                    kind = getattr(getattr(item, "type", None), "name", "")
                    if kind in ("person", "organisation") and record.data.get(item.id) is not None:
                        return record.data[item.id]
        account = self.draft.account
        return account.get("person") if isinstance(account, dict) else None

    # ----------------------------------------------------------------------------------------------- parameters, tables

    def parameter(self, name: str) -> Value:
        """The town's value, by the parameter's day; pinned at the first look."""
        spec = self.draft.prepared.machine.parameters[name]
        on: date | None = None
        if spec.valid_on is not None:
            given = self.value(spec.valid_on)
            if isinstance(given, temporal.DateTime):
                on = self.draft.prepared.local_day(to_instant(given, self.zone))
            elif isinstance(given, temporal.Date):
                on = to_day(given)
        return self._dated(name, on or self._default_day())

    def _default_day(self) -> date:
        return self.draft.prepared.local_day(self.draft.received or self.draft.now)

    def _dated(self, name: str, on: date) -> Value:
        key = (name, on.isoformat())
        if key in self.draft.pins:
            return self.draft.pins[key]
        known, value = self.draft.prepared.parameter(name, on)
        if not known:
            raise drafts.Stop("failed", at=name, text=name, sentence=f"There is no value of {name} for {on}.")
        self.draft.pins[key] = value
        self.draft.trace("value", name, on=on.isoformat(), value=value)
        return value

    def _valid(self, parameter: Value, on: Value) -> Value:
        if not isinstance(parameter, str) or not isinstance(on, temporal.Date):
            return None
        return self._dated(parameter, to_day(on))

    def _stands_at(self, step: Value) -> bool:
        machine = self.draft.prepared.machine
        return any(
            machine.flows[run.flow].places[place].step == step
            for run in self.draft.runs.values()
            for place in run.marking
        )

    def _function(self, decision: Decision) -> Function:
        names = tuple(name for name, _ in decision.inputs)
        return Function(names, lambda *given: self.decide(decision, given), decision.id)

    def decide(self, decision: Decision, given: tuple[Value, ...]) -> Value:
        """The answer of a decision; the rules that matched are kept."""
        names = tuple(name for name, _ in decision.inputs)
        inner = self.inside(dict(zip(names, given, strict=False)))
        if decision.value is not None:
            return inner.value(decision.value)
        table = self.draft.prepared.table(decision.id)
        frame = {name: inner[name] for name in (*names, *self.draft.prepared.names_read(decision.id))}
        try:
            if not self.draft.tracing:
                return table(frame, inner.env)
            told = table.explain(frame, inner.env)
        except ExpressionError as error:
            raise drafts.Stop("failed", at=decision.at, text=decision.id, sentence=str(error)) from error
        self.draft.trace(
            "rule",
            decision.id,
            ", ".join(str(rule.at) for rule in told.fired) or decision.at,
            inputs=dict(told.inputs),
            result=told.result,
        )
        return told.result

    # ------------------------------------------------------------------------------------------------------------- time

    def python_moment(self, base: Value) -> date | datetime:
        """A day or instant of the expression language as Python's. Raises PeriodError for anything else."""
        if isinstance(base, temporal.DateTime):
            return to_instant(base, self.zone)
        if isinstance(base, temporal.Date):
            return to_day(base)
        raise PeriodError("A period is counted from a day or a moment.", "Give a date.")

    def legal(
        self, period: Period, base: date | datetime, *, relation: Relation = "after", exactly: bool = False
    ) -> Due:
        """When a period ends, by the procedure's law and the office's calendar; the calculation is kept."""
        prepared = self.draft.prepared
        found = due(base, period, prepared.law, prepared.calendar, relation=relation, exactly=exactly, shift=self.shift)
        self.draft.dues.append(found)
        self.draft.trace("date", str(period), end=found.end.isoformat(), steps=list(explain(found, "de")))
        return found

    def clock(self, clock: Clock) -> ClockState:
        """Where a statutory clock stands, computed from what is recorded."""
        prepared = self.draft.prepared
        applies = self.holds(clock.when)
        start = self.value(clock.start) if applies else None
        length = self.value(clock.length) if applies else Period(0, "days")
        stops = tuple(
            Stop((self.python_moment(at),), within=self.value(within) if within is not None else None)
            for told, within in clock.stops
            if (at := self.value(told)) is not None
        )
        extensions = tuple(
            Extension((self.python_moment(at),), self.value(by), times)
            for told, by, times in clock.extends
            if (at := self.value(told)) is not None
        )
        facts = ClockFacts(
            self.python_moment(start) if start is not None else None,
            length,
            applies,
            stops,
            extensions,
            source=clock.law,
        )
        return clock_end(facts, prepared.law, prepared.calendar, now=self.draft.now)

    # ------------------------------------------------------------------------------------------------------------- text

    def text(self, parts: tuple[Part, ...], language: str = "de") -> str:
        """A caption or short message with its holes filled."""
        words: list[str] = []
        for part in parts:
            if isinstance(part, TextPart):
                words.append(part.text)
            elif isinstance(part, Hole):
                value = self.value(part.expr)
                words.append("" if value is None else said(value, language))
            elif isinstance(part, WhenPart):
                words.append(self.text(part.body, language) if self.holds(part.test) else "")
            else:
                items = self.value(part.items)
                words += [self.inside({part.name: item}).text(part.body, language) for item in items or []]
        return "".join(words)

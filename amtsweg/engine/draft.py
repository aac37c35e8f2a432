"""A case while a step is being made: the same facts as `Case`, open for change, and what the step brings about.

Lives only inside one call of `machine.step` (or one view) and never leaves it; `freeze` gives the new case. Nothing
here decides; `moves`, `match`, `timers` do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from amtsweg.dsl.feel.values import from_python
from amtsweg.dsl.periods import Due
from amtsweg.engine.case import (
    Case,
    CaseStatus,
    Child,
    InboxLetter,
    Job,
    Record,
    Run,
    StepState,
    Task,
    Timer,
    Value,
)
from amtsweg.engine.event import SYSTEM, Actor, Effect, FieldError, Fired, Refused, Trace, Written
from amtsweg.engine.prepared import Prepared


class Stop(Exception):
    """The event is refused; caught by `machine.step`, never seen outside."""

    def __init__(self, code: str, errors: tuple[FieldError, ...] = (), **args: Any) -> None:
        self.refused = Refused(code, args, errors)
        super().__init__(code)


class Draft:
    """The open case of one step."""

    def __init__(self, prepared: Prepared, case: Case, now: datetime, actor: Actor = SYSTEM) -> None:
        self.prepared = prepared
        self.case = case
        self.now = now
        self.actor = actor
        self.event_received: datetime = now
        self.runs: dict[str, Run] = dict(case.runs)
        self.tasks: dict[str, Task] = dict(case.tasks)
        self.timers: dict[str, Timer] = dict(case.timers)
        self.jobs: dict[str, Job] = dict(case.jobs)
        self.children: dict[str, Child] = dict(case.children)
        self.inbox: list[InboxLetter] = list(case.inbox)
        self.pins: dict[tuple[str, str], Value] = dict(case.pins)
        self.parties: dict[str, str] = dict(case.parties)
        self.excluded = case.excluded
        self.erased = case.erased
        self.status: CaseStatus = case.status
        self.outcome = case.outcome
        self.result = case.result
        self.received = case.received
        self.ended = case.ended
        self.account = case.account
        self.machine_hash = case.machine
        self.effects: list[Effect] = []
        self.fired: list[Fired] = []
        self.traces: list[Trace] = []
        self.written: list[Written] = []
        self.sent: list[tuple[str, str, str, Value]] = []
        self.dues: list[Due] = []
        self.tracing = True

    def freeze(self) -> Case:
        """The case after the step."""
        return replace(
            self.case,
            machine=self.machine_hash,
            at=self.now,
            entries=self.case.entries + 1,
            status=self.status,
            outcome=self.outcome,
            result=self.result,
            received=self.received,
            ended=self.ended,
            parties=self.parties,
            account=self.account,
            runs=self.runs,
            tasks=self.tasks,
            timers=self.timers,
            jobs=self.jobs,
            children=self.children,
            inbox=tuple(self.inbox),
            pins=self.pins,
            excluded=self.excluded,
            erased=self.erased,
        )

    # --------------------------------------------------------------------------------------------------------- looking

    def flow_of(self, run: str) -> str:
        """The flow a run walks through."""
        return self.runs[run].flow

    def chain(self, run: str) -> Iterator[Run]:
        """The run and the runs around it, innermost first."""
        at: Run | None = self.runs.get(run)
        while at is not None:
            yield at
            at = self.runs.get(at.owner[0]) if at.owner is not None else None

    def home(self, run: str, slot: str) -> str:
        """The run in which a slot lives: that of the outermost flow that writes it."""
        flows = self.prepared.machine.flows
        for around in self.chain(run):
            if slot in flows[around.flow].slots:
                return around.id
        return run

    def record(self, run: str, slot: str) -> Record | None:
        """A slot as a run sees it: its own, or that of a run around it."""
        for around in self.chain(run):
            found = around.slots.get(slot)
            if found is not None:
                return found
        return None

    def step_state(self, run: str, step: str) -> StepState | None:
        """What is known of a step: in the same run first, then in the runs around it."""
        for around in self.chain(run):
            found = around.steps.get(step)
            if found is not None:
                return found
        return None

    def owned(self, run: str, place: str, visit: int | None = None) -> list[Run]:
        """The runs that belong to a place (of one visit), in order of creation."""
        return [
            r
            for r in self.runs.values()
            if r.owner is not None and r.owner[:2] == (run, place) and (visit is None or r.owner[2] == visit)
        ]

    def key(self, run: str, place: str, visit: int | None = None) -> str:
        """The id of what belongs to a visit of a place: `pruefen#2`, `stellen[bauamt]/stellungnahme#1`."""
        number = visit if visit is not None else self.runs[run].visits.get(place, 0)
        return f"{run}/{place}#{number}" if run else f"{place}#{number}"

    # -------------------------------------------------------------------------------------------------------- changing

    def change(self, run: str, **changes: Any) -> None:
        """Replace parts of a run."""
        self.runs[run] = replace(self.runs[run], **changes)

    def change_step(self, run: str, step: str, **changes: Any) -> None:
        """Replace parts of what is known of a step in a run."""
        at = self.runs[run]
        state = at.steps.get(step, StepState())
        self.runs[run] = replace(at, steps={**at.steps, step: replace(state, **changes)})

    def note(self, run: str, step: str, facts: Mapping[str, Value]) -> None:
        """Add facts to a step."""
        state = self.runs[run].steps.get(step, StepState())
        self.change_step(run, step, facts={**state.facts, **facts})

    def write(self, run: str, slot: str, data: Value, place: str, append: bool = False) -> None:
        """Give a slot a new version."""
        home = self.home(run, slot)
        at = self.runs[home]
        old = at.slots.get(slot)
        if append:
            data = [*(old.data if old is not None and isinstance(old.data, list) else []), data]
        version = old.version + 1 if old is not None else 1
        visit = self.runs[run].visits.get(place, 0)
        record = Record(data, version, visit, self.now, self.actor.id)
        self.runs[home] = replace(at, slots={**at.slots, slot: record})
        self.written.append(Written(home, slot, version))

    def trace(self, kind: str, name: str, at: str = "", **facts: Any) -> None:
        """Keep how something came about."""
        if self.tracing:
            self.traces.append(Trace(kind, name, at, facts))

    def effect(self, key: str, kind: str, data: Mapping[str, Value], job: str = "", retries: int = 8) -> None:
        """Something leaves the case."""
        plain = {name: from_python(value) for name, value in data.items()}
        self.effects.append(Effect(f"{self.case.id}/{key}", kind, plain, job, retries))

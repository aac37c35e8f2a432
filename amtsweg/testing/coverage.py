"""V14: what the designer's cases go through, and what they do not: steps, ways, rows of tables, timers."""

from __future__ import annotations

from dataclasses import dataclass, field

from amtsweg.dsl.check.subject import Subject
from amtsweg.dsl.diagnostics import Advice, Diagnostic, Text
from amtsweg.dsl.procedure import Machine, Transition
from amtsweg.engine.journal import Entry


@dataclass
class Coverage:
    """What was seen while the cases were played. `ways` are transition ids by flow."""

    machine: Machine
    ways: set[tuple[str, str]] = field(default_factory=set)
    runs: dict[str, str] = field(default_factory=dict)

    def add(self, entries: tuple[Entry, ...], flows: dict[str, str]) -> None:
        """Take what a journal says has fired; `flows` are run id -> flow id."""
        for entry in entries:
            for fired in entry.fired:
                run, transition = (fired.run, fired.transition) if hasattr(fired, "run") else fired
                self.ways.add((flows.get(run, ""), transition))

    def all_ways(self) -> list[tuple[str, Transition]]:
        """The ways a designer wrote: outcomes, events, timers, branches; those the compiler added are not asked for."""
        return [
            (flow.id, transition)
            for flow in self.machine.flows.values()
            for transition in flow.transitions
            if transition.own and transition.way not in ("partly", "skipped")
        ]

    def missing(self) -> list[tuple[str, Transition]]:
        """The ways that no case goes."""
        return [(flow, way) for flow, way in self.all_ways() if (flow, way.id) not in self.ways]

    @property
    def share(self) -> float:
        """The part of the ways that is gone, from 0 to 1."""
        every = self.all_ways()
        return 1.0 if not every else 1 - len(self.missing()) / len(every)

    def steps(self) -> tuple[int, int]:
        """(steps gone through, steps there are)."""
        every = {way.step for _, way in self.all_ways() if way.step}
        gone = {way.step for flow, way in self.all_ways() if (flow, way.id) in self.ways}
        return len(gone & every), len(every)

    def findings(self, subject: Subject) -> list[Diagnostic]:
        """AW902 for every way that no case goes."""
        found = []
        for _, way in self.missing():
            step = way.step.rpartition("/")[2]
            found.append(
                subject.finding(
                    "AW902",
                    way.at,
                    f"Kein Testfall geht durch „{step}: {way.way}“",
                    f"No case goes through “{step}: {way.way}”",
                    severity="note",
                    advice=(
                        Advice(
                            Text("Vorschlag", "Try"),
                            Text("amtsweg test --suggest zeigt einen Anfang.", "amtsweg test --suggest shows a start."),
                        ),
                    ),
                )
            )
        return found

"""V14: what the designer's cases go through, and what they do not: steps, ways, time limits, rows of tables.

In: the journals of the cases that were played. Out: counts, and AW902 for each way, time limit and row that no case
goes through. Building blocks of the library are not asked for: they have cases of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from amtsweg.dsl.check.subject import Subject
from amtsweg.dsl.diagnostics import Advice, Diagnostic, Text
from amtsweg.dsl.procedure import Decision, Machine, TableRule, Transition
from amtsweg.engine.journal import Entry, Part

Kind = Literal["steps", "ways", "timers", "rows"]
KINDS: tuple[Kind, ...] = ("steps", "ways", "timers", "rows")
UNASKED = frozenset({"partly", "skipped"})
"""Ways that the compiler adds to a step whether or not the designer wants them."""


@dataclass
class Coverage:
    """What was seen while the cases were played: fired ways by (flow, transition), and places of rows."""

    machine: Machine
    seen: set[tuple[str, str]] = field(default_factory=set)
    rows: set[str] = field(default_factory=set)

    def add(self, entries: Iterable[Entry], parts: Iterable[Part], flows: Mapping[str, str]) -> None:
        """Take what a journal tells; `flows` are run id -> flow id."""
        for entry in entries:
            self.seen |= {(flows.get(run, ""), transition) for run, transition in entry.fired}
        for part in parts:
            if isinstance(part.data, Mapping):
                for trace in part.data.get("traces", ()):
                    if trace["kind"] == "rule":
                        self.rows |= set(str(trace["at"]).split(", "))

    def asked(self, kind: Literal["ways", "timers"]) -> list[tuple[str, Transition]]:
        """The ways a designer wrote; those that time takes are counted apart."""
        return [
            (flow.id, way)
            for flow in self.machine.flows.values()
            for way in flow.transitions
            if way.own
            and way.way not in UNASKED
            and "/" not in way.step
            and "/" not in flow.id
            and (way.cause.kind == "due") == (kind == "timers")
        ]

    def all_rows(self) -> list[tuple[Decision, int, TableRule]]:
        """The rows of the procedure's own tables; those of the municipality are its own affair."""
        return [
            (decision, number, row)
            for decision in self.machine.decisions.values()
            if not decision.by_tenant and "/" not in decision.id
            for number, row in enumerate(decision.rules, 1)
        ]

    def missing(self) -> list[tuple[str, Transition]]:
        """The ways and time limits that no case goes."""
        every = [*self.asked("ways"), *self.asked("timers")]
        return [(flow, way) for flow, way in every if (flow, way.id) not in self.seen]

    def missing_rows(self) -> list[tuple[Decision, int, TableRule]]:
        """The rows that no case comes to."""
        return [(decision, number, row) for decision, number, row in self.all_rows() if row.at not in self.rows]

    def counts(self) -> dict[Kind, tuple[int, int]]:
        """Per kind (gone through, there are)."""
        ways, timers, rows = self.asked("ways"), self.asked("timers"), self.all_rows()
        every = {way.step.removesuffix(".check") for _, way in ways if way.step}
        gone = {way.step.removesuffix(".check") for flow, way in ways if (flow, way.id) in self.seen}
        return {
            "steps": (len(gone & every), len(every)),
            "ways": (sum((flow, way.id) in self.seen for flow, way in ways), len(ways)),
            "timers": (sum((flow, way.id) in self.seen for flow, way in timers), len(timers)),
            "rows": (sum(row.at in self.rows for _, _, row in rows), len(rows)),
        }

    @property
    def share(self) -> float:
        """The part of everything that is gone through, from 0 to 1."""
        counts = self.counts().values()
        every = sum(count for _, count in counts)
        return sum(gone for gone, _ in counts) / every if every else 1.0

    def findings(self, subject: Subject) -> list[Diagnostic]:
        """AW902 for every way, time limit and row that no case goes through."""
        found = [
            _finding(subject, way.at, way_name(self.machine, way, "de"), way_name(self.machine, way, "en"))
            for _, way in self.missing()
        ]
        for decision, number, row in self.missing_rows():
            name = Text(f"Zeile {number} von {decision.id}", f"row {number} of {decision.id}")
            found.append(_finding(subject, row.at or decision.at, name.de, name.en, ROW))
        return sorted(found, key=lambda one: one.sort_key)

    def to_data(self) -> dict[str, Any]:
        """Counts, and what is missing, as plain data."""
        missing = [{"step": way.step, "way": way.way, "at": way.at} for _, way in self.missing()]
        rows = [{"decision": decision.id, "row": number, "at": row.at} for decision, number, row in self.missing_rows()]
        return {
            **{kind: {"covered": gone, "all": every} for kind, (gone, every) in self.counts().items()},
            "share": round(self.share, 4),
            "missing": [*missing, *rows],
        }


SUGGEST = Text(
    "amtsweg test --suggest zeigt einen Testfall, der dorthin führt.",
    "amtsweg test --suggest shows a case that leads there.",
)
ROW = Text(
    "Schreiben Sie einen Testfall mit Werten, die diese Zeile treffen.", "Write a case with values that meet this row."
)


def _finding(subject: Subject, at: str, de: str, en: str, advice: Text = SUGGEST) -> Diagnostic:
    return subject.finding(
        "AW902",
        at,
        f"Kein Testfall geht durch „{de}“",
        f"No case goes through “{en}”",
        severity="warning",
        advice=(Advice(Text("Vorschlag", "Try"), advice),),
    )


def way_name(machine: Machine, way: Transition, language: str) -> str:
    """How people call a way: the step, and the button, event, time limit or condition that takes it."""
    check = way.step.endswith(".check")
    step = way.step.removesuffix(".check")
    if way.cause.kind == "due":
        german = "Erinnerung" if way.way.startswith("remind") else "Frist"
        word = german if language == "de" else "reminder" if way.way.startswith("remind") else "time limit"
        text = way.way.removeprefix("remind ").removeprefix("after ")
        return f"{step} – {word} {text}".strip()
    if check:
        return f"{step} – {way.way}"
    if way.way in ("done", "") or (way.cause.kind == "outcome" and len(machine.steps[step].outcomes) == 1):
        return step
    if way.cause.kind == "auto":
        words = {"else": ("sonst", "else")}.get(way.way)
        branch = words[0 if language == "de" else 1] if words else way.way
        return f"{step} – {'Zweig' if language == 'de' else 'branch'} {branch}"
    return f"{step} – {way.way}"

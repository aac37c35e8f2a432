"""`Machine`, the whole compiled procedure, and what it declares around its flow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from amtsweg.dsl.canonical import canonical_bytes, digest, dump, load
from amtsweg.dsl.procedure.decisions import Decision
from amtsweg.dsl.procedure.expressions import Expr
from amtsweg.dsl.procedure.flow import Flow
from amtsweg.dsl.procedure.forms import FieldType, Form, OptionList, RecordType
from amtsweg.dsl.procedure.letters import Letter


@dataclass(frozen=True, slots=True)
class Role:
    """Who may act: a role of an office, or a party of the case.

    `party`: `applicant`, or an expression that gives a person. `per`: a list whose options each are a member.
    """

    id: str
    title: str
    office: str = ""
    party: str = ""
    party_expr: Expr | None = None
    per: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that each town sets with a validity date; `valid_on` says which day picks it (default: received)."""

    id: str
    title: str
    type: FieldType
    example: Any = None
    valid_on: Expr | None = None
    at: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A declared message from outside: who may send it, what it carries, by which key it finds its case."""

    id: str
    title: str = ""
    sender: str = ""
    form: str = ""
    key: Expr | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """A statutory clock as a formula over recorded moments: gives `.state`, `.from`, `.plain`, `.end`.

    `when` false: off. `start` null: idle. `stops` and `extends` count only inside their window; extensions count from
    the unmoved end (BGB § 190). `extends` are (moment, by how much, how often at most).
    """

    id: str
    title: str
    start: Expr
    length: Expr
    when: Expr | None = None
    stops: tuple[tuple[Expr, Expr | None], ...] = ()
    extends: tuple[tuple[Expr, Expr, int], ...] = ()
    law: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """A group of steps with a title for the applicant's progress bar; its container place carries ways and timers."""

    id: str
    title: str
    steps: tuple[str, ...]
    at: str = ""


@dataclass(frozen=True, slots=True)
class StepInfo:
    """What people and expressions know of a step of the source: kind, title, stage, flow and how to read it.

    As a record every step has `at` (entered last), `done` (completed last), `by`, `outcome`, `visits`, `due`, and one
    moment per outcome (`pruefen.festsetzen`: when that outcome was last taken); by kind also `sent served document`
    (letter), `amount paid request` (pay), `until` (wait), `reason` (event), `case` (open_case), `joined` (parallel,
    for_each). `outs` are further fields computed on reading (a block's `out:`). Events are steps of kind `event`.
    """

    id: str
    kind: str
    title: str
    flow: str = ""
    place: str = ""
    stage: str = ""
    role: str = ""
    type: str = "Any"
    form: str = ""
    letter: str = ""
    outcomes: tuple[str, ...] = ()
    outs: Mapping[str, Expr] = field(default_factory=dict)
    at: str = ""


@dataclass(frozen=True, slots=True)
class Connector:
    """An operation of a service as the procedure sees it: typed inputs and outputs, errors it may answer."""

    id: str
    title: str = ""
    inputs: tuple[tuple[str, str], ...] = ()
    outputs: tuple[tuple[str, str], ...] = ()
    errors: tuple[str, ...] = ()
    trust_level: str = "none"


@dataclass(frozen=True)
class Machine:
    """A compiled procedure. Same text, same machine, same hash, in every town."""

    id: str
    version: str
    title: str
    flows: Mapping[str, Flow]
    summary: str = ""
    office: str = ""
    leika: str = ""
    law: tuple[str, ...] = ()
    deadline_law: Literal["AO", "VwVfG", "BGB"] = "VwVfG"
    trust_level: str = "none"
    keep: Mapping[str, str] = field(default_factory=dict)
    forms: Mapping[str, Form] = field(default_factory=dict)
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    letters: Mapping[str, Letter] = field(default_factory=dict)
    messages: Mapping[str, Message] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    lists: Mapping[str, OptionList] = field(default_factory=dict)
    types: Mapping[str, RecordType] = field(default_factory=dict)
    clocks: Mapping[str, Clock] = field(default_factory=dict)
    stages: Mapping[str, Stage] = field(default_factory=dict)
    steps: Mapping[str, StepInfo] = field(default_factory=dict)
    connectors: Mapping[str, Connector] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    language: str = "de"
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    slot_types: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def hash(self) -> str:
        """The sha256 of the canonical JSON: running cases are pinned to it."""
        return digest(self)

    def to_json(self) -> bytes:
        """Canonical JSON, as it is stored."""
        return canonical_bytes(dump(self))

    @classmethod
    def from_json(cls, data: Any) -> Machine:
        """The machine from parsed JSON (the inverse of `to_json`)."""
        return load(cls, data)

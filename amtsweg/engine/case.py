"""A case as a value: where its tokens are, what is pending at each place, what is known (SEMANTICS section 1).

Everything is frozen; `machine.step` makes a new case from an old one. Values inside records are values of the
expression language (`amtsweg.dsl.feel`); `plain.py` turns a case into canonical JSON and back. Instants are aware and
in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Value = Any
"""A value of the expression language: None, bool, str, Decimal, list, dict, or one of `dsl.feel`'s own classes."""


@dataclass(frozen=True, slots=True)
class Record:
    """The newest content of a slot: a form's data or a computed value; older versions are in the journal.

    `version` counts the writes of the slot in its run, `visit` the entry of the place that wrote it.
    """

    data: Value
    version: int
    visit: int
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class StepState:
    """What is known of a step in a run: entered how often and last when, completed by whom with what.

    `at` is the last entry, `done` the last completion; `moments` says when each outcome was last taken; `people` are
    all who ever completed it, each with the person deputised for ("" if none): four eyes look at these. `facts` are
    further values by kind (`sent`, `served`, `amount`, `joined`, `reason` …).
    """

    visits: int = 0
    at: datetime | None = None
    done: datetime | None = None
    by: str = ""
    outcome: str = ""
    moments: Mapping[str, datetime] = field(default_factory=dict)
    people: tuple[tuple[str, str], ...] = ()
    last: tuple[str, str] = ("", "")
    facts: Mapping[str, Value] = field(default_factory=dict)


RunState = Literal["waiting", "running", "done", "cancelled"]


@dataclass(frozen=True, slots=True)
class Run:
    """One walk through a flow: the main run, one per element of a `for_each`, one per side branch.

    `owner` is (run, place, visit) of the place it belongs to; when that place loses its token the run is cancelled.
    `key`, `item`, `position` describe an element; `visits` counts the entries of each place and is never reset, so that
    ids never repeat.
    """

    id: str
    flow: str
    owner: tuple[str, str, int] | None = None
    state: RunState = "running"
    result: str = ""
    key: str = ""
    item: Value = None
    position: int = 0
    marking: frozenset[str] = frozenset()
    slots: Mapping[str, Record] = field(default_factory=dict)
    steps: Mapping[str, StepState] = field(default_factory=dict)
    visits: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Task:
    """A person's open work at a place. `base` is the version of the slot that the form shows (0: none yet).

    `due_day` is the day people are told, `due` the instant at which it is over; `fixed`: an administrator
    set it. `waived` are persons whom four eyes do not keep out.
    """

    id: str
    run: str
    place: str
    visit: int
    opened: datetime
    due: datetime | None = None
    due_day: str = ""
    base: int = 0
    waived: frozenset[str] = frozenset()
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Timer:
    """A timer of an entered place.

    `entered` is the base of plain periods, `shown` the day or instant people are told, `due` when it fires (grace
    included); None: its date is not known yet. `count` says how often it has fired; `over` that it will not again.
    `fixed` marks a date that an administrator set.
    """

    id: str
    run: str
    place: str
    name: str
    visit: int
    entered: datetime
    due: datetime | None = None
    shown: str = ""
    count: int = 0
    over: bool = False
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """Work of the world outside that a place waits for. `issue` grows when a person asks again with changed data."""

    id: str
    run: str
    place: str
    kind: str
    visit: int
    issue: int = 1


@dataclass(frozen=True, slots=True)
class Child:
    """Another case this one waits for, or only knows (`waited` false)."""

    id: str
    run: str
    place: str
    visit: int
    procedure: str
    waited: bool = True


@dataclass(frozen=True, slots=True)
class InboxLetter:
    """A message that nobody has taken yet; a `wait` may find it later."""

    id: str
    name: str
    key: Value
    data: Value
    received: datetime


CaseStatus = Literal["draft", "open", "ended"]
DocumentStatus = Literal["draft", "released", "sent", "received"]


@dataclass(frozen=True, slots=True)
class Case:
    """A whole case.

    `machine` is the hash of the compiled procedure it is pinned to. `entries` counts its journal entries and is the
    version that a store checks. `pins` hold the dated values as they were when first looked up, by (parameter, day).
    `parties` are role -> id of a person outside; `account` what is known of the applicant's account.
    """

    id: str
    tenant: str
    procedure: str
    machine: str
    number: str
    at: datetime
    started: datetime
    entries: int = 0
    status: CaseStatus = "draft"
    outcome: str = ""
    result: str = ""
    received: datetime | None = None
    ended: datetime | None = None
    parties: Mapping[str, str] = field(default_factory=dict)
    account: Value = None
    input: Value = None
    parent: str = ""
    depth: int = 0
    runs: Mapping[str, Run] = field(default_factory=dict)
    tasks: Mapping[str, Task] = field(default_factory=dict)
    timers: Mapping[str, Timer] = field(default_factory=dict)
    jobs: Mapping[str, Job] = field(default_factory=dict)
    children: Mapping[str, Child] = field(default_factory=dict)
    inbox: tuple[InboxLetter, ...] = ()
    pins: Mapping[tuple[str, str], Value] = field(default_factory=dict)
    erased: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()

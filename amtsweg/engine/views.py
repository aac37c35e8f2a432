"""What goes out: frozen views of cases and tasks (forms: `amtsweg.dsl.formview`), already filtered by who asks.

Renderers, the web host, the command and the simulator read these and nothing else; permission is decided where they are
made (`people.py`, `look.py`), never in a page. Values are values of the expression language; `dsl.feel.formatting`
prints them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from amtsweg.dsl.formview import FormView
from amtsweg.engine.case import DocumentStatus, Value

# ---------------------------------------------------------------------------------------------------------------- tasks


@dataclass(frozen=True, slots=True)
class OutcomeView:
    """One button of a task. `reason` is the caption of the text that must be given with it ("" if none)."""

    id: str
    title: str
    offered: bool = True
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task in a work-list, and (`form`, `outcomes` filled) when it is opened.

    `id` is unique in the whole store. `base` is to be handed back with `complete`. `may` false: `why_not` says in a
    sentence why the asker may not do it (four eyes, excluded, claimed by somebody else).
    """

    id: str
    case: str
    number: str
    tenant: str
    procedure: str
    procedure_title: str
    step: str
    title: str
    opened: datetime
    text: str = ""
    roles: tuple[str, ...] = ()
    due: datetime | None = None
    due_day: str = ""
    overdue: bool = False
    claimed_by: str = ""
    delegated_by: str = ""
    as_deputy_for: str = ""
    follow_up: datetime | None = None
    note: str = ""
    may: bool = True
    why_not: str = ""
    base: int = 0
    form: FormView | None = None
    outcomes: tuple[OutcomeView, ...] = ()
    columns: Mapping[str, Value] = field(default_factory=dict)
    letter: str = ""


@dataclass(frozen=True, slots=True)
class TaskPage:
    """One page of a work-list; `next` is the key of the following one ("" on the last)."""

    tasks: tuple[TaskView, ...]
    next: str = ""


@dataclass(frozen=True, slots=True)
class ActResult:
    """What became of one task of a bulk act."""

    task: str
    ok: bool
    code: str = ""
    sentence: str = ""


# ---------------------------------------------------------------------------------------------------------------- cases


@dataclass(frozen=True, slots=True)
class OfferView:
    """A button of a case: something the asker may report now."""

    name: str
    title: str
    reason: str = ""
    form: FormView | None = None
    place: str = ""
    run: str = ""


@dataclass(frozen=True, slots=True)
class StageView:
    """One stage of the progress bar."""

    id: str
    title: str
    state: Literal["done", "here", "ahead"]


@dataclass(frozen=True, slots=True)
class PlaceView:
    """Where a case stands: one marked place with the step it belongs to."""

    step: str
    title: str
    kind: str
    place: str
    run: str = ""
    flow: str = ""
    since: datetime | None = None
    due_day: str = ""


@dataclass(frozen=True, slots=True)
class DeadlineView:
    """A running timer or clock: what happens when. `steps` say how the day came about (German, with paragraphs)."""

    name: str
    step: str
    day: str
    due: datetime | None
    what: str = ""
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document in the file (Akte) of a case."""

    id: str
    title: str
    kind: str
    created: datetime
    hash: str
    size: int
    media_type: str
    letter: str = ""
    step: str = ""
    status: DocumentStatus = "draft"
    sent: datetime | None = None
    served: str = ""


@dataclass(frozen=True, slots=True)
class HistoryView:
    """One line of the history: who did what when ("i. V." in `for_`)."""

    no: int
    at: datetime
    actor: str
    for_: str
    what: str
    step: str = ""
    outcome: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as the asker may see it.

    `values` are the slots (forms and computed values) by name; `at` are the steps it stands in, `places` the marked
    places in detail (for drawings), `visited` the steps it has been in.
    """

    id: str
    number: str
    tenant: str
    procedure: str
    version: str
    machine: str
    title: str
    status: Literal["draft", "open", "ended"]
    outcome: str
    result: str
    started: datetime
    received: datetime | None
    ended: datetime | None
    clock: datetime
    entries: int
    at: tuple[str, ...] = ()
    places: tuple[PlaceView, ...] = ()
    visited: tuple[str, ...] = ()
    stages: tuple[StageView, ...] = ()
    tasks: tuple[TaskView, ...] = ()
    offers: tuple[OfferView, ...] = ()
    deadlines: tuple[DeadlineView, ...] = ()
    documents: tuple[DocumentView, ...] = ()
    history: tuple[HistoryView, ...] = ()
    values: Mapping[str, Value] = field(default_factory=dict)
    steps: Mapping[str, Value] = field(default_factory=dict)
    incidents: tuple[IncidentView, ...] = ()
    children: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in a list."""

    id: str
    number: str
    tenant: str
    procedure: str
    title: str
    status: str
    outcome: str
    started: datetime
    changed: datetime
    at: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IncidentView:
    """Something a person has to look at: an effect that failed for good, a message nobody waits for."""

    id: str
    case: str
    kind: str
    code: str
    sentence: str
    opened: datetime
    job: str = ""
    attempts: int = 0
    closed: datetime | None = None
    resolution: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of the answer to "why does it not go on": sentence, lines below it, who can help how."""

    kind: str
    sentence: str
    lines: tuple[tuple[str, str], ...] = ()
    advice: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Why:
    """Why a case does not go on: where it stands, for each place the reason, and what comes then."""

    head: str
    reasons: tuple[Reason, ...] = ()
    then: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    def text(self) -> str:
        """The answer as people read it."""
        lines = [self.head]
        for reason in self.reasons:
            lines += ["", f"  {reason.sentence}"]
            width = max((len(label) for label, _ in reason.lines), default=0)
            lines += [f"    {label.ljust(width)}  {content}".rstrip() for label, content in reason.lines]
            lines += [f"    {number}. {item}" for number, item in enumerate(reason.advice, 1)]
        if self.then:
            lines += ["", *(f"  {line}" for line in self.then)]
        return "\n".join(lines)

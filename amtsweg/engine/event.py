"""What may happen to a case, and what comes of it: events in, a `Step` out (SEMANTICS section 2).

An event is what somebody outside did or said; time reaches a case only as `Due`. A refusal is a value here: the pure
core never raises for something a person did; the facade turns it into `amtsweg.errors.Refused`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from amtsweg.engine.case import Case, Value

ActorKind = Literal["person", "party", "connector", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts.

    `kind`: `person` works in the town hall, `party` is outside (applicant), `connector` is a service, `system` the
    engine itself. `roles` are `role` or `procedure:role`; `for_` is the person deputised for ("i. V."). `account` is
    what is known of a party's account (for `prefill`), `trust` its trust level. `tenant` is the municipality the actor
    belongs to; "" only for `system`.
    """

    id: str
    kind: ActorKind = "person"
    roles: frozenset[str] = frozenset()
    for_: str = ""
    name: str = ""
    tenant: str = ""
    trust: str = "none"
    account: Value = None

    @property
    def people(self) -> frozenset[str]:
        """The persons this act counts for: the actor, and who is deputised for (four eyes compare these)."""
        return frozenset(person for person in (self.id, self.for_) if person)


SYSTEM = Actor("amtsweg", "system")


# ------------------------------------------------------------------------------------------------------- event kinds


@dataclass(frozen=True, slots=True)
class Start:
    """A case begins. `parties` are role -> id, `input` what a parent case handed in."""

    case: str
    tenant: str
    number: str = ""
    parties: Mapping[str, str] = field(default_factory=dict)
    input: Value = None
    account: Value = None
    parent: str = ""
    depth: int = 0
    entry: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A person completes a task. `base` is the slot version that the form showed (None: not checked)."""

    task: str
    name: str
    data: Value = None
    base: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Skip:
    """A task is passed over with a reason, by whoever may (`admin`); it takes `name` without the form."""

    task: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Due:
    """A timer's time has come."""

    timer: str


@dataclass(frozen=True, slots=True)
class Message:
    """Something is told to the case: a button that a person pressed, a service, another case.

    `at` limits it to one listening place (run, place), as a button on a page does; None: whoever listens innermost.
    """

    name: str
    data: Value = None
    key: Value = None
    reason: str = ""
    at: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Signal:
    """Said to everybody; who does not listen now never hears it."""

    name: str
    data: Value = None


@dataclass(frozen=True, slots=True)
class Result:
    """A job came back."""

    job: str
    name: str = "ok"
    data: Value = None


@dataclass(frozen=True, slots=True)
class Failed:
    """A job came back with an error that the procedure may know (`code`)."""

    job: str
    code: str
    data: Value = None


@dataclass(frozen=True, slots=True)
class ChildEnded:
    """A child case has ended."""

    child: str
    outcome: str
    data: Value = None


@dataclass(frozen=True, slots=True)
class Grow:
    """Elements are added to an open `for_each`."""

    run: str
    place: str
    items: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Drop:
    """One element of a `for_each` is called off."""

    run: str
    reason: str


@dataclass(frozen=True, slots=True)
class Change:
    """One correction by an administrator.

    `put`: slot `target` gets `value` · `move`: run `target` goes from step `from_` to step `to` · `due`: timer or task
    `target` gets the instant or day `value` · `settle`: job `target` gets result `to` with `value` · `waive`: person
    `to` may do task `target` in spite of four eyes · `end`: the case ends with outcome `to` · `served`: letter step
    `target` was served on `value` · `exclude`/`include`: person `to` is kept out of the case, or no longer.
    """

    kind: Literal["put", "move", "due", "settle", "waive", "end", "served", "exclude", "include"]
    target: str = ""
    from_: str = ""
    to: str = ""
    value: Value = None


@dataclass(frozen=True, slots=True)
class Correct:
    """Corrections with a reason, all or none."""

    changes: tuple[Change, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Migrate:
    """The case goes over to another version: `to` is the machine's hash, `steps`, `slots` map old names to new."""

    to: str
    steps: Mapping[str, str] = field(default_factory=dict)
    slots: Mapping[str, str] = field(default_factory=dict)
    fill: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Erase:
    """Fields kept no longer are removed; `classes` are retention classes (`keep` texts, "" for the case's own)."""

    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """A work-list act: claim, release, forward, delegate, follow-up, note. It never moves the machine."""

    kind: str
    task: str = ""
    text: str = ""
    data: Value = None


Kind = (
    Start | Outcome | Skip | Due | Message | Signal | Result | Failed | ChildEnded | Grow | Drop | Correct | Migrate
    | Erase | Remark
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened.

    `id` is the caller's and unique in the case: the same id again gives the recorded result. `received` is when it
    reached the house (at most now); it is data and never reorders events.
    """

    id: str
    actor: Actor
    kind: Kind
    received: datetime | None = None


# ----------------------------------------------------------------------------------------------------------- results


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong in a form: path as sent (`hunde[1].rasse`), stable code, arguments for the sentence."""

    path: str
    code: str
    args: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """Why nothing was changed: a stable code, its arguments, and the errors of a form."""

    code: str
    args: Mapping[str, Any] = field(default_factory=dict)
    errors: tuple[FieldError, ...] = ()


@dataclass(frozen=True, slots=True)
class Effect:
    """What leaves the case. `key` is unique and travels with it, so that it happens once however often it is tried.

    `kind`: `call produce deliver pay book publish notify start send cancel`; `data` is a snapshot: handlers read
    nothing from the case. `job` is the job that waits for the answer ("" if nothing does).
    """

    key: str
    kind: str
    data: Mapping[str, Any]
    job: str = ""
    retries: int = 8


@dataclass(frozen=True, slots=True)
class Fired:
    """One move of the machine: the transition `id` of run `run`."""

    run: str
    transition: str


@dataclass(frozen=True, slots=True)
class Trace:
    """How something came about: a date, a dated value, a decision's rule, a way not taken.

    `kind`: `date`, `value`, `rule`, `way`, `dropped`; `at` is its place in the source, `facts` what it was made of.
    """

    kind: str
    name: str
    at: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Written:
    """A slot got a new version in this step."""

    run: str
    slot: str
    version: int


@dataclass(frozen=True, slots=True)
class Step:
    """What an event did. `refused` set: `case` is the very same object and there are no effects."""

    case: Case
    effects: tuple[Effect, ...] = ()
    fired: tuple[Fired, ...] = ()
    traces: tuple[Trace, ...] = ()
    written: tuple[Written, ...] = ()
    refused: Refused | None = None
    error: str = ""

"""Handlers: what the host does when something leaves a case, registered by name and typed.

Names: `call:<connector>.<operation>`, `call:<connector>` (all its operations), `letters.produce`, `letters.deliver`,
`pay`, `notify`, `publish`, `book`. A handler gets a `Call` and returns an `Answer`, plain values (an `ok` answer), or
`PENDING` if the answer comes later. It raises `ServiceError` for an error the service declares; anything else that it
raises is tried again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from amtsweg.dsl.feel import temporal
from amtsweg.dsl.feel.values import from_python
from amtsweg.dsl.periods import LawError, served
from amtsweg.dsl.procedure import Procedure
from amtsweg.engine.feel import day, moment
from amtsweg.engine.prepared import prepare

Value = Any


@dataclass(frozen=True, slots=True)
class Call:
    """What a handler is asked to do; it needs nothing else.

    Parameters
    ----------
    key: unique; the same key is the same request, however often it is tried. Pass it on.
    kind: `call produce deliver pay notify publish book`.
    data: a snapshot: names and values.
    attempt: which try this is, from 1.
    procedure: machine and office of the case, for renderers.
    now: the engine's clock.
    """

    key: str
    kind: str
    case: str
    tenant: str
    data: Mapping[str, Value]
    attempt: int
    procedure: Procedure
    now: datetime

    @property
    def input(self) -> Mapping[str, Value]:
        """The named inputs of the step."""
        found = self.data.get("input")
        return found if isinstance(found, Mapping) else {}


@dataclass(frozen=True, slots=True)
class File:
    """A document that a handler hands back; it goes into the file of the case."""

    name: str
    content: bytes
    media_type: str = "application/pdf"
    title: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the result's name, its values, and a document if there is one."""

    name: str = "ok"
    data: Mapping[str, Any] = field(default_factory=dict)
    file: File | None = None


class Pending:
    """The answer comes later, as a message of its own."""


PENDING: Final = Pending()


class ServiceError(Exception):
    """The service answered with an error that it declares; trying again would not help."""

    def __init__(self, code: str, sentence: str = "") -> None:
        self.code = code
        self.sentence = sentence or code
        super().__init__(self.sentence)


Handler = Callable[[Call], "Answer | Pending | Mapping[str, Any] | None"]


class Handlers:
    """The host's handlers by name; what nobody registered has a default or becomes an incident."""

    def __init__(self, given: Mapping[str, Handler] | None = None) -> None:
        self._known: dict[str, Handler] = dict(given or {})

    def register(self, name: str, handler: Handler) -> Handler:
        """Register a handler; usable as `@handlers.on(name)` too."""
        self._known[name] = handler
        return handler

    def on(self, name: str) -> Callable[[Handler], Handler]:
        """Decorator: register the function under a name."""
        return lambda handler: self.register(name, handler)

    def find(self, kind: str, data: Mapping[str, Value]) -> Handler | None:
        """The handler for an effect; None if there is neither one nor a default."""
        if kind == "call":
            connector, operation = data.get("connector", ""), data.get("operation", "")
            return self._known.get(f"call:{connector}.{operation}") or self._known.get(f"call:{connector}")
        name = {"produce": "letters.produce", "deliver": "letters.deliver"}.get(kind, kind)
        return self._known.get(name) or DEFAULTS.get(kind)


def answer_of(found: Answer | Pending | Mapping[str, Any] | None) -> Answer | Pending:
    """What a handler returned, as an answer; Python's dates and numbers become those of the language."""
    if found is None or isinstance(found, Pending):
        return found or Answer()
    answer = found if isinstance(found, Answer) else Answer("ok", found)
    return replace(answer, data={name: from_python(value) for name, value in answer.data.items()})


# ------------------------------------------------------------------------------------------------------------ defaults


def produce_nothing(call: Call) -> Answer:
    """Without a renderer a letter is kept as its values only."""
    return Answer("ok", {"document": None})


def deliver_by_law(call: Call) -> Answer:
    """Without a post office a letter counts as sent now; when it is served the law says (VwVfG § 41, AO § 122)."""
    return Answer("ok", sent_and_served(call, call.now))


def sent_and_served(call: Call, sent: datetime) -> dict[str, Value]:
    """The values of a delivery: when it was sent, and the day on which it counts as served."""
    prepared = prepare(call.procedure)
    way = str(call.data.get("way") or "post")
    found: dict[str, Value] = {
        "sent": moment(sent, prepared.zone),
        "document": call.data.get("document"),
        "way": way,
        "served": None,
    }
    try:
        found["served"] = day(served(way, sent, prepared.law, prepared.calendar).day)
    except LawError:
        local = prepared.local_day(sent)
        found["served"] = temporal.Date(local.year, local.month, local.day)
    return found


def tell_nobody(call: Call) -> Answer:
    """Without a mail server a notice is only kept."""
    return Answer()


def ask_later(call: Call) -> Pending:
    """Without a payment provider the request stands until somebody reports the payment."""
    return PENDING


DEFAULTS: Mapping[str, Handler] = {
    "produce": produce_nothing,
    "deliver": deliver_by_law,
    "notify": tell_nobody,
    "pay": ask_later,
}

"""Small machines built by hand, and the people and office that the engine's tests use."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from amtsweg.dsl.feel import codec, parser, tree
from amtsweg.dsl.feel.values import Money
from amtsweg.dsl.procedure import (
    Cause,
    DatedValue,
    Deputy,
    Expr,
    Field,
    FieldType,
    Flow,
    Form,
    Group,
    JobSpec,
    Letter,
    ListenSpec,
    Machine,
    Need,
    Office,
    Option,
    OptionList,
    Outcome,
    Parameter,
    Person,
    Place,
    Procedure,
    Role,
    RunsSpec,
    StepInfo,
    TaskSpec,
    TextPart,
    TimerSpec,
    Transition,
    Write,
)
from amtsweg.engine import Actor
from amtsweg.engine.case import Case
from amtsweg.engine.event import Event, Kind, Start, Step
from amtsweg.engine.machine import step

NAMES = (
    "antrag", "pruefen", "pruefung", "bescheid", "name", "betrag", "outcome", "today", "x", "y", "gebuehr", "stelle",
    "stellen", "votum", "item", "position", "due", "message", "hunde", "rasse", "seit", "case", "tarif", "zahlen",
    "alle", "a", "b", "key",
)  # fmt: skip


def feel(text: str, names: Iterable[str] = NAMES) -> Expr:
    """An expression of a procedure."""
    return Expr(text, tree.to_data(parser.parse(text, names, units=True)), at=f"test:{text}")


def unary(text: str) -> Expr:
    """A cell of a decision table."""
    return Expr(text, tree.to_data(parser.parse_unary(text, NAMES, units=True)))


def at(text: str) -> datetime:
    """An instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


NOON = at("2026-03-02T11:00")

ADA = Actor("ada", "party", frozenset({"halter"}), name="Ada Beispiel", tenant="musterstadt")
KAYA = Actor("kaya", "person", frozenset({"sachbearbeitung", "freigabe"}), name="Frau Kaya", tenant="musterstadt")
LENZ = Actor("lenz", "person", frozenset({"freigabe"}), name="Herr Lenz", tenant="musterstadt")
BOSS = Actor("boss", "person", frozenset({"administration"}), name="Leitung", tenant="musterstadt")
OTHER = Actor("eve", "person", frozenset({"sachbearbeitung", "freigabe", "administration"}), tenant="andernorts")

ROLES = {
    "halter": Role("halter", "Halterin oder Halter", party="applicant"),
    "sachbearbeitung": Role("sachbearbeitung", "Sachbearbeitung", office="steueramt"),
    "freigabe": Role("freigabe", "Freigabe", office="steueramt"),
}


def office(id_: str = "musterstadt", **more: Any) -> Office:
    """A municipality with three people."""
    given: dict[str, Any] = {
        "id": id_,
        "name": "Musterstadt",
        "people": {
            "kaya": Person("kaya", "Frau Kaya", frozenset({"sachbearbeitung", "freigabe"})),
            "lenz": Person("lenz", "Herr Lenz", frozenset({"freigabe"})),
            "boss": Person("boss", "Leitung", frozenset({"administration"})),
        },
        "values": {
            "probe/gebuehr": (
                DatedValue("2026-01-01", codec.encode(money("7.50"))),
                DatedValue("2027-01-01", codec.encode(money("9.00"))),
            )
        },
    }
    return Office(**{**given, **more})


def money(amount: str) -> Money:
    """An amount in euros."""
    from decimal import Decimal

    return Money(Decimal(amount), "EUR")


def needs(*places: str) -> tuple[Need, ...]:
    """Each of these places is marked."""
    return tuple(Need(1, (place,)) for place in places)


class FlowMaker:
    """Collects places and moves of one flow; numbers follow the order of the calls."""

    def __init__(self, id_: str = "", start: tuple[str, ...] = ()) -> None:
        self.id = id_
        self.start = start
        self.places: dict[str, Place] = {}
        self.moves: list[Transition] = []
        self.slots: tuple[str, ...] = ()

    def place(self, id_: str, kind: str = "wait", step: str = "", **more: Any) -> FlowMaker:
        self.places[id_] = Place(id_, len(self.places), step or id_, kind, **more)
        self.start = self.start or (id_,)
        return self

    def task(
        self, id_: str, by: str = "sachbearbeitung", outcomes: tuple[str, ...] = ("done",), **more: Any
    ) -> FlowMaker:
        place = {name: more.pop(name) for name in ("timers", "block", "depth", "listens") if name in more}
        made = tuple(Outcome(o, o.title()) for o in outcomes)
        slot = more.pop("slot", more.get("form") or id_)
        spec = TaskSpec((TextPart(id_.title()),), (by,), more.pop("given", made), slot, **more)
        return self.place(id_, "task", task=spec, **place)

    def move(
        self,
        id_: str,
        kind: str,
        place: str,
        name: str = "",
        put: tuple[str, ...] = (),
        clear: tuple[str, ...] | None = None,
        **more: Any,
    ) -> FlowMaker:
        need = more.pop("need", needs(place))
        wanted = more.pop("completes", None)
        if wanted is None:
            wanted = ((place, name),) if kind == "outcome" else ()
        self.moves.append(
            Transition(
                id_,
                len(self.moves),
                Cause(kind, place, name),  # type: ignore[arg-type]  # a word of the machine
                step=more.pop("step", place),
                way=more.pop("way", name),
                need=need,
                put=put,
                clear=(place,) if clear is None else clear,
                completes=wanted,
                **more,
            )
        )
        return self

    def auto(self, id_: str, place: str, put: tuple[str, ...] = (), **more: Any) -> FlowMaker:
        return self.move(id_, "auto", place, "", put, **more)

    def flow(self) -> Flow:
        return Flow(self.id, self.start, self.places, tuple(self.moves), self.slots)


def machine(*flows: FlowMaker, **more: Any) -> Machine:
    """A machine of these flows; every place's step is known."""
    steps = {
        place.step: StepInfo(
            place.step,
            place.kind,
            place.step.title(),
            flow.id,
            place.step,
            outcomes=tuple(dict.fromkeys(m.way for m in flow.moves if m.step == place.step and m.way)),
            letter=more.get("letter_steps", {}).get(place.step, ""),
        )
        for flow in flows
        for place in flow.places.values()
    }
    more.pop("letter_steps", None)
    steps |= more.pop("steps", {})
    return Machine(
        "probe", more.pop("version", "1.0.0"), "Probe", {flow.id: flow.flow() for flow in flows}, roles=ROLES,
        steps=steps, **more,
    )  # fmt: skip


class Walk:
    """A case walked through the pure core, event by event."""

    def __init__(self, made: Machine, town: Office | None = None, now: datetime = NOON, **start: Any) -> None:
        self.procedure = Procedure(made, town or office())
        self.now = now
        self.count = 0
        self.steps: list[Step] = []
        self.events: list[tuple[Event, datetime]] = []
        self.case: Case | None = None
        self.tell(Start("c1", "musterstadt", "P-2026-0001", **start))

    def tell(self, kind: Kind, actor: Actor = KAYA, **more: Any) -> Step:
        """One event; what it did is kept."""
        self.count += 1
        event = Event(f"e{self.count}", actor, kind, **more)
        made = step(self.procedure, self.case, event, self.now)
        self.steps.append(made)
        if made.refused is None:
            self.case = made.case
            self.events.append((event, self.now))
        return made

    @property
    def at(self) -> set[str]:
        """The marked places of all runs."""
        assert self.case is not None
        return {place for run in self.case.runs.values() for place in run.marking}

    @property
    def last(self) -> Step:
        """What the last event did."""
        return self.steps[-1]


__all__ = [
    "ADA", "BOSS", "KAYA", "LENZ", "NAMES", "NOON", "OTHER", "Cause", "DatedValue", "Deputy", "Expr", "Field",
    "FieldType", "FlowMaker", "Form", "Group", "JobSpec", "Letter", "ListenSpec", "Machine", "Need", "Office", "Option",
    "OptionList", "Outcome", "Parameter", "Person", "Place", "Procedure", "Role", "RunsSpec", "StepInfo", "TaskSpec",
    "TextPart", "TimerSpec", "Transition", "Walk", "Write", "at", "feel", "machine", "money", "needs", "office",
    "unary",
]  # fmt: skip

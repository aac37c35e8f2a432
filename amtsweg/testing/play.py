"""One case, played: people act, time passes, the world outside answers, on the real engine over the memory store.

`Player` is also what the simulator walks with. Services answer `ok` with nothing unless the case says otherwise;
letters are written for real (as text); a payment stands open until `event: paid` (or `declined`) of its step comes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from amtsweg.dsl.cases import CaseFile, Do, Happens, Wait, task_of
from amtsweg.dsl.feel import temporal
from amtsweg.dsl.periods import Period, due, law, office_calendar, parse_period
from amtsweg.dsl.procedure import Machine, Office
from amtsweg.dsl.yamltree import Node, Scalar, to_plain
from amtsweg.engine.case import Case
from amtsweg.engine.clock import SettableClock
from amtsweg.engine.engine import Engine
from amtsweg.engine.event import Actor
from amtsweg.engine.handlers import Answer, Call, Handler
from amtsweg.engine.views import CaseView
from amtsweg.errors import NotFound
from amtsweg.hosting import handlers

DEFAULT_DAY = date(2026, 2, 2)
MORNING = time(9, 0)
MOST_MOMENTS = 5_000


class CannotPlay(Exception):
    """What the case asks for cannot be done here; the message says why."""


@dataclass
class Player:
    """A case being played.

    Parameters
    ----------
    machine, office: what is run, and where.
    cases: the people and samples.
    day: the day on which it begins, at nine in the morning.
    more: handlers in place of the usual ones.
    """

    machine: Machine
    office: Office
    cases: CaseFile
    day: date = DEFAULT_DAY
    more: Mapping[str, Handler] = field(default_factory=dict)

    def __post_init__(self) -> None:
        zone = temporal.zone(self.office.zone)
        self.clock = SettableClock(datetime.combine(self.day, MORNING, zone).astimezone(UTC))
        self.letters: list[str] = []
        self.pending: dict[str, str] = {}
        self.case_id = ""
        given: dict[str, Handler] = {"letters.deliver": self._deliver, "pay": self._pay, **dict(self.more)}
        for connector in self.machine.connectors:
            given.setdefault(f"call:{connector}", lambda call: Answer())
        for flow in self.machine.flows.values():
            for place in flow.places.values():
                if place.job is not None and place.job.kind == "call":
                    given.setdefault(f"call:{place.job.connector}", lambda call: Answer())
                if place.job is not None and place.job.kind in ("publish", "book"):
                    given.setdefault(place.job.kind, lambda call: Answer("booked" if call.kind == "book" else "ok"))
        self.engine = Engine.open("memory:", clock=self.clock, handlers=handlers("text", given))
        self.engine.deploy(self.machine)
        self.engine.set_office(self.office)

    # ------------------------------------------------------------------------------------------------ the world outside

    def _deliver(self, call: Call) -> Answer:
        from amtsweg.engine.handlers import deliver_by_law

        letter = str(call.data.get("letter", ""))
        self.letters.append(letter.rpartition("/")[2])
        return deliver_by_law(call)

    def _pay(self, call: Call) -> Any:
        from amtsweg.engine.handlers import PENDING

        self.pending[str(call.data.get("step", ""))] = call.key
        return PENDING

    # ------------------------------------------------------------------------------------------------------------ acts

    def actor(self, name: str | None) -> Actor:
        """Somebody of the case's people (or the system where nobody is named)."""
        person = self.cases.person(name) if name else None
        if person is None:
            return Actor(name or "amtsweg", "system" if not name else "person", tenant=self.office.id)
        parties = {role.id for role in self.machine.roles.values() if role.party}
        kind = "party" if person.roles and set(person.roles) <= parties else "person"
        known = self.office.people.get(person.id)
        roles = frozenset(person.roles) | (known.roles if known is not None else frozenset())
        account = {"id": person.id, "person": None, "email": None, "trust_level": "high"}
        shown = known.name if known is not None and known.name else person.id.capitalize()
        return Actor(person.id, kind, roles, "", shown, self.office.id, "high", account)  # type: ignore[arg-type]  # one of two words

    def do(self, act: Do) -> CaseView:
        """Somebody completes a task; the first one opens the case. Raises Refused as the engine does."""
        place, verb = task_of(self.machine, act.step.text)
        outcome = act.outcome.text if act.outcome is not None else verb
        actor = self.actor(act.by.text if act.by is not None else None)
        data = self.data(act)
        if not self.case_id:
            entry = place if place != self.first_step() else ""
            view = self.engine.start(self.machine.id, actor, self.office.id, data=data, outcome=outcome, entry=entry)
            self.case_id = view.id
            self.settle()
            return view
        task = self.task_at(place, actor)
        reason = act.reason.text if act.reason is not None else ""
        known = self._completed(data, place)
        self.engine.complete(f"{self.case_id}:{task}", actor, outcome, known, reason=reason, tenant=self.office.id)
        self.settle()
        return self.view()

    def with_sample(self, sample: Scalar) -> Player:
        """A case of its own that was just opened with a sample, to look at what its form asked."""
        other = Player(self.machine, self.office, self.cases, self.day, self.more)
        parties = {role.id for role in self.machine.roles.values() if role.party}
        person = next((p for p in self.cases.people if set(p.roles) & parties), None)
        who = Scalar.made(person.id, sample.span) if person is not None else None
        other.do(Do(Scalar.made(self.first_step(), sample.span), who, sample))
        return other

    def task_at(self, place: str, actor: Actor) -> str:
        """The id of the open task at a place. Raises CannotPlay if there is none."""
        found = [task.id for task in self.state().tasks.values() if task.place == place]
        if not found:
            here = ", ".join(self.standing()) or "nowhere"
            raise CannotPlay(f"{place}|{here}")
        for task in found:
            run = self.state().runs[self.state().tasks[task].run]
            if run.key and run.key in actor.roles | {actor.id}:
                return task
        return found[0]

    def happens(self, act: Happens) -> None:
        """An event is reported by somebody, or a message or payment comes from outside."""
        name = act.name.text
        data = self.data(act)
        reason = act.reason.text if act.reason is not None else ""
        word, _, step = name.partition(" ")
        if word in ("paid", "declined", "partly") and self.pending:
            target = step.removeprefix("of ").strip() or next(reversed(self.pending))
            key = self.pending.get(target)
            if key is None:
                raise CannotPlay(f"{target}|{', '.join(self.pending)}")
            if word != "partly":
                del self.pending[target]
            self.engine.answer(key, word, data, tenant=self.office.id)
        elif act.by is None:
            done = self.engine.message(self.case_id, name, data, tenant=self.office.id)
            if done.refused is not None:
                from amtsweg.engine.messages import as_error

                raise as_error(done.refused)
        else:
            self.engine.report(self.case_id, name, self.actor(act.by.text), data, reason=reason, tenant=self.office.id)
        self.settle()

    def data(self, act: Do | Happens) -> dict[str, Any] | None:
        """The data of an act: its sample with its own values on top, as they were written."""
        values: dict[str, Any] = {}
        if act.sample is not None:
            sample = self.cases.sample(act.sample.text)
            if sample is not None:
                values |= {key.text: plain(node) for key, node in sample.values}
        values |= {key.text: plain(node) for key, node in act.values}
        if not values and act.sample is None and not isinstance(act, Do):
            return None
        return values

    def _completed(self, data: dict[str, Any] | None, place: str) -> dict[str, Any] | None:
        """What a sample has too much for the open form is left out; the rest is as the case says."""
        spec = next(p.task for f in self.machine.flows.values() for p in f.places.values() if p.id == place)
        return data if spec is not None and spec.form else None

    def first_step(self) -> str:
        """The place of the first task."""
        flow = self.machine.flows[""]
        return next((place for place in flow.start if flow.places[place].task is not None), "")

    # ------------------------------------------------------------------------------------------------------------ time

    def settle(self) -> None:
        """Let everything happen that is due now."""
        self.engine.work()

    def wait(self, act: Wait) -> None:
        """Time passes; timers that become due on the way fire in their order."""
        self.wait_until(self.moment_of(act.until))

    def wait_until(self, target: datetime) -> None:
        """Move to an instant, stopping at every moment at which something is due."""
        for _ in range(MOST_MOMENTS):
            self.settle()
            following = self.engine.next_moment()
            if following is None or following > target:
                break
            self.clock.set(max(self.clock.now(), following))
        self.clock.set(max(self.clock.now(), target))
        self.settle()

    def moment_of(self, until: Scalar) -> datetime:
        """What `wait:` means: `3 weeks`, `until 2026-08-03`, `until due`."""
        text = until.text.strip()
        zone = temporal.zone(self.office.zone)
        word, _, rest = text.partition(" ")
        if word == "until":
            if rest.strip() in ("due", "next"):
                following = self.engine.next_moment()
                return following if following is not None else self.clock.now()
            try:
                return datetime.combine(date.fromisoformat(rest.strip()), MORNING, zone).astimezone(UTC)
            except ValueError as error:
                raise CannotPlay(f"{text}|") from error
        period = parse_period(text)
        local = self.clock.now().astimezone(zone)
        if period.unit in ("hours", "minutes"):
            hours = period.count if period.unit == "hours" else period.count / 60
            return self.clock.now() + timedelta(hours=hours)
        calendar = office_calendar(
            self.office.land, self.office.zone, self.office.municipality_holidays, self.office.closed_days
        )
        found = due(
            local.date(), Period(period.count, period.unit), law(self.machine.deadline_law), calendar, shift=False
        )
        return datetime.combine(found.end, local.timetz().replace(tzinfo=None), zone).astimezone(UTC)

    def today(self) -> date:
        """The day it is now, where the office is."""
        return self.clock.now().astimezone(temporal.zone(self.office.zone)).date()

    # ----------------------------------------------------------------------------------------------------------- looks

    def state(self) -> Case:
        """The case as it is stored. Raises CannotPlay before it was opened."""
        if not self.case_id:
            raise CannotPlay("|")
        return self.engine.state(self.case_id, self.office.id)

    def view(self) -> CaseView:
        """The case as the administration sees it."""
        return self.engine.case(self.case_id, self.admin(), self.office.id)

    def admin(self) -> Actor:
        """Somebody who may see everything."""
        roles = frozenset(role for role in self.machine.roles) | {"admin"}
        return Actor("test", "system", roles, tenant=self.office.id)

    def standing(self) -> list[str]:
        """The steps the case stands in, innermost ones, ended ones too."""
        case = self.state()
        found: dict[str, None] = {}
        for run in case.runs.values():
            if run.state not in ("running", "waiting") and run.id:
                continue
            flow = self.machine.flows[run.flow]
            for name in sorted(run.marking, key=lambda place: flow.places[place].no):
                place = flow.places[name]
                if place.kind in ("stage", "branch") or (place.kind in ("use", "parallel") and len(run.marking) > 1):
                    continue
                found.setdefault(place.step)
        return list(found)


def plain(node: Node) -> Any:
    """A node as plain data; `null` and `~` are nothing."""
    if isinstance(node, Scalar):
        return None if node.text in ("null", "~") and node.style == "" else node.text
    return _lists(to_plain(node))


def _lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _lists(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_lists(item) for item in value]
    return None if value in ("null", "~") else value


__all__ = ["CannotPlay", "NotFound", "Player", "plain"]

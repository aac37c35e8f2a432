"""One case, played: people act, time passes, the world outside answers, on the real engine over the memory store.

In: a machine, an office, the people and samples of `cases.yaml`. Out: a case that moved. Tests, the simulator and the
demonstration walk with it. Services answer `ok` with nothing unless the case has `answers`; letters are written for
real (as text); a payment stands open until `event: paid` (or `declined`, `paid of <step>`) comes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Sequence as Sequence_
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, get_args

from amtsweg.dsl.cases import CaseFile, CasePerson, CaseSource, Do, Happens, Wait, task_of
from amtsweg.dsl.compile.literals import value_of
from amtsweg.dsl.feel import temporal
from amtsweg.dsl.load import Loaded
from amtsweg.dsl.periods import Period, PeriodError, due, law, office_calendar, parse_period
from amtsweg.dsl.procedure import BuiltinType, Field, FieldType, Group, Machine, Office, TaskSpec
from amtsweg.dsl.source import Span
from amtsweg.dsl.yamltree import Mapping as Tree
from amtsweg.dsl.yamltree import Node, Scalar, Sequence
from amtsweg.engine import look
from amtsweg.engine.case import Case
from amtsweg.engine.clock import SettableClock
from amtsweg.engine.draft import Draft
from amtsweg.engine.engine import Engine
from amtsweg.engine.event import Actor, ActorKind
from amtsweg.engine.handlers import PENDING, Answer, Call, Handler, ServiceError, deliver_by_law
from amtsweg.engine.messages import as_error
from amtsweg.engine.prepared import Prepared
from amtsweg.engine.views import CaseView
from amtsweg.hosting import handlers

DEFAULT_DAY = date(2026, 2, 2)
MORNING = time(9, 0)
MOST_MOMENTS = 5_000


class CannotPlay(Exception):
    """What the case asks for cannot be done here.

    `what`: `task` (no such task is open), `payment`, `wait` (not understood), `time` (behind us), `case` (not begun);
    `name` is what was asked for, `here` what there is instead.
    """

    def __init__(self, what: str, name: str = "", here: Sequence_[str] = ()) -> None:
        self.what = what
        self.name = name
        self.here = tuple(here)
        super().__init__(f"{what}: {name} ({', '.join(here)})")


@dataclass
class Player:
    """A case being played.

    Parameters
    ----------
    machine, office: what is run, and where.
    cases: the people and samples.
    day: the day on which it begins, at nine in the morning.
    answers: what services answer, by step, operation or connector (the node under `answers:` of a case).
    more: handlers in place of the usual ones.
    """

    machine: Machine
    office: Office
    cases: CaseFile
    day: date = DEFAULT_DAY
    answers: Node | None = None
    more: Mapping[str, Handler] = field(default_factory=dict)

    def __post_init__(self) -> None:
        zone = temporal.zone(self.office.zone)
        self.clock = SettableClock(datetime.combine(self.day, MORNING, zone).astimezone(UTC))
        self.letters: list[str] = []
        self.pending: dict[str, str] = {}
        self.case_id = ""
        self.asked: dict[str, int] = {}
        self.told: set[str] = set()
        given: dict[str, Handler] = {"letters.deliver": self._deliver, "pay": self._pay, **dict(self.more)}
        for name in [*self.machine.connectors, *self._connectors()]:
            given.setdefault(f"call:{name.partition('.')[0]}", self._call)
        given.setdefault("publish", self._call)
        given.setdefault("book", self._call)
        self.engine = Engine.open("memory:", clock=self.clock, handlers=handlers("text", given))
        self.engine.deploy(self.machine)
        self.engine.set_office(self.office)

    # ------------------------------------------------------------------------------------------------ the world outside

    def _deliver(self, call: Call) -> Answer:
        letter = str(call.data.get("letter", ""))
        self.letters.append(letter.rpartition("/")[2])
        return deliver_by_law(call)

    def _pay(self, call: Call) -> Any:
        self.pending[str(call.data.get("step", ""))] = call.key
        return PENDING

    def _connectors(self) -> set[str]:
        """The connectors that steps call, declared or not."""
        jobs = [place.job for flow in self.machine.flows.values() for place in flow.places.values()]
        return {job.connector for job in jobs if job is not None and job.kind == "call"}

    def _call(self, call: Call) -> Any:
        """What a service answers: `ok`, or what the case's `answers` say for the step, operation or connector."""
        step = str(call.data.get("step", ""))
        connector, operation = str(call.data.get("connector", "")), str(call.data.get("operation", ""))
        for name in (step, f"{connector}.{operation}", connector):
            node = self.answers.get(name) if isinstance(self.answers, Tree) else None
            if node is not None:
                return self._answered(name, node, step, connector, operation)
        return Answer("booked" if call.kind == "book" else "ok")

    def _answered(self, name: str, node: Node, step: str, connector: str, operation: str) -> Any:
        if isinstance(node, Sequence):
            number = min(self.asked.get(name, 0), len(node.items) - 1)
            self.asked[name] = number + 1
            node = node.items[number]
        word = node.text.strip() if isinstance(node, Scalar) else ""
        values: dict[str, Any] = {}
        if isinstance(node, Tree):
            told = node.get("answer")
            word = told.text.strip() if isinstance(told, Scalar) else "ok"
            known = self.machine.connectors.get(f"{connector}.{operation}") or self.machine.connectors.get(connector)
            types = dict(known.outputs) if known is not None else {}
            values = {
                key.text: typed(plain(value), types.get(key.text, "")) for key, value in node if key.text != "answer"
            }
        errors = {
            move.cause.name
            for flow in self.machine.flows.values()
            for move in flow.transitions
            if move.cause.kind == "failed"
        }
        if word in errors:
            raise ServiceError(word)
        return Answer(word, values)

    # ------------------------------------------------------------------------------------------------------------ acts

    def actor(self, name: str | None) -> Actor:
        """Somebody of the case's people (or the system where nobody is named)."""
        person = self.cases.person(name) if name else None
        if person is None:
            return Actor(name or "amtsweg", "system" if not name else "person", tenant=self.office.id)
        return acting(self.machine, self.office, person)

    def somebody(self, place: str) -> Actor:
        """Who does a task when the case does not say: the first of its people who has the role."""
        spec = self.task_spec(place)
        for person in self.cases.people:
            if set(person.roles) & set(spec.by):
                return self.actor(person.id)
        role = spec.by[0] if spec.by else ""
        party = role in self.machine.roles and bool(self.machine.roles[role].party)
        kind: ActorKind = "party" if party else "person"
        account = account_of(role) if party else None
        return Actor(role, kind, frozenset(spec.by), "", role.capitalize(), self.office.id, "high", account)

    def do(self, act: Do) -> CaseView:
        """Somebody completes a task; the first one opens the case. Raises Refused as the engine does."""
        place, verb = task_of(self.machine, act.step.text)
        outcome = act.outcome.text if act.outcome is not None else verb
        actor = self.actor(act.by.text) if act.by is not None else self.somebody(place)
        data = self.data(act)
        if not self.case_id:
            entry = place if self.task_spec(place).start and place != self.first_step() else ""
            view = self.engine.start(self.machine.id, actor, self.office.id, data=data, outcome=outcome, entry=entry)
            self.case_id = view.id
            self.settle()
            return view
        task = self.task_at(place, actor)
        reason = act.reason.text if act.reason is not None else ""
        known = data if self.task_spec(place).form else None
        self.engine.complete(f"{self.case_id}:{task}", actor, outcome, known, reason=reason, tenant=self.office.id)
        self.settle()
        return self.view()

    def begun(self) -> Player:
        """A case of its own that was opened on the same day and has done nothing yet, to look at its first form."""
        other = Player(self.machine, self.office, self.cases, self.today(), self.answers, self.more)
        actor = self.somebody(self.first_step()) if self.first_step() else self.admin()
        other.case_id = other.engine.start(self.machine.id, actor, self.office.id).id
        other.settle()
        return other

    def task_at(self, place: str, actor: Actor) -> str:
        """The id of the open task at a place. Raises CannotPlay if there is none."""
        found = [task.id for task in self.state().tasks.values() if task.place == place]
        if not found:
            raise CannotPlay("task", place, self.standing())
        for task in found:
            run = self.state().runs[self.state().tasks[task].run]
            if run.key and run.key in actor.roles | {actor.id}:
                return task
        return found[0]

    def happens(self, act: Happens) -> None:
        """An event is reported by somebody, or a message or payment comes from outside; `grow <step>` adds elements."""
        name = act.name.text
        data = self.data(act)
        reason = act.reason.text if act.reason is not None else ""
        word, _, step = name.partition(" ")
        if word in ("paid", "declined", "partly") and self.pending:
            target = step.removeprefix("of ").strip() or next(reversed(self.pending))
            key = self.pending.get(target)
            if key is None:
                raise CannotPlay("payment", target, tuple(self.pending))
            if word != "partly":
                del self.pending[target]
            self.engine.answer(key, word, data, tenant=self.office.id)
        elif word == "grow" and act.by is not None:
            items = (data or {}).get("items") or []
            self.engine.grow(self.case_id, step.strip(), items, self.actor(act.by.text), tenant=self.office.id)
        elif act.by is None:
            done = self.engine.message(self.case_id, name, data, tenant=self.office.id)
            if done.refused is not None:
                raise as_error(done.refused)
        else:
            self.engine.report(self.case_id, name, self.actor(act.by.text), data, reason=reason, tenant=self.office.id)
        self.settle()

    def data(self, act: Do | Happens) -> dict[str, Any] | None:
        """The data of an act: its sample with its own values on top, as they were written."""
        if isinstance(act, Happens) and act.sample is None and not act.values:
            return None
        return self.given(act.sample.text if act.sample is not None else "", act.values)

    def given(self, sample: str, values: Iterable[tuple[Scalar, Node]] = ()) -> dict[str, Any]:
        """A sample with single values on top, as they were written; a sample that is not there holds nothing."""
        known = self.cases.sample(sample)
        return {**(plain_values(known.values) if known is not None else {}), **plain_values(values)}

    def task_spec(self, place: str) -> TaskSpec:
        """The compiled task of a place. Raises CannotPlay if there is none."""
        found = next((p.task for f in self.machine.flows.values() for p in f.places.values() if p.id == place), None)
        if found is None:
            raise CannotPlay("task", place, self.standing() if self.case_id else ())
        return found

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
        """What `wait:` means: `3 weeks`, `until 2026-08-03`, `until next`, `until zahlen overdue`.

        Raises CannotPlay where it cannot be read, or lies behind.
        """
        text = " ".join(until.text.split())
        word, _, rest = text.partition(" ")
        if word == "until":
            return self._until(text, rest)
        try:
            period = parse_period(text)
        except PeriodError as error:
            raise CannotPlay("wait", text) from error
        if period.unit in ("hours", "minutes"):
            return self.clock.now() + timedelta(hours=period.count if period.unit == "hours" else period.count / 60)
        calendar = office_calendar(
            self.office.land, self.office.zone, self.office.municipality_holidays, self.office.closed_days
        )
        zone = temporal.zone(self.office.zone)
        local = self.clock.now().astimezone(zone)
        plain_period = Period(period.count, period.unit)
        found = due(local.date(), plain_period, law(self.machine.deadline_law), calendar, shift=False)
        return datetime.combine(found.end, local.timetz().replace(tzinfo=None), zone).astimezone(UTC)

    def _until(self, text: str, rest: str) -> datetime:
        zone = temporal.zone(self.office.zone)
        if rest in ("due", "next"):
            following = self.engine.next_moment()
            if following is None:
                raise CannotPlay("wait", text)
            return max(following, self.clock.now())
        step, _, timer = rest.partition(" ")
        if timer:
            return self._timer(text, step, timer)
        try:
            target = datetime.combine(date.fromisoformat(rest), MORNING, zone).astimezone(UTC)
        except ValueError as error:
            raise CannotPlay("wait", text) from error
        if target < self.clock.now():
            raise CannotPlay("time", rest, (self.today().isoformat(),))
        return target

    def _timer(self, text: str, step: str, word: str) -> datetime:
        """`until zahlen overdue`: when a timer of a step acts; `due` is its day, `next` its first one."""
        case = self.state()
        places = {place.id: place.step for flow in self.machine.flows.values() for place in flow.places.values()}
        ready = [t for t in case.timers.values() if t.due is not None and places[t.place] == step]
        named = [t for t in ready if word in (t.name, "next") or t.name.startswith(word)]
        if not named and word == "due":
            named = ready
        moments = [t.due for t in named if t.due is not None]
        if not moments:
            raise CannotPlay("wait", text, [f"{places[t.place]} {t.name}" for t in case.timers.values()])
        return max(min(moments), self.clock.now())

    def today(self) -> date:
        """The day it is now, where the office is."""
        return self.clock.now().astimezone(temporal.zone(self.office.zone)).date()

    # ----------------------------------------------------------------------------------------------------------- looks

    def state(self) -> Case:
        """The case as it is stored. Raises CannotPlay before it was opened."""
        if not self.case_id:
            raise CannotPlay("case")
        return self.engine.state(self.case_id, self.office.id)

    def view(self) -> CaseView:
        """The case as the administration sees it."""
        return self.engine.case(self.case_id, self.admin(), self.office.id)

    def admin(self) -> Actor:
        """Somebody who may see everything."""
        roles = frozenset(role for role in self.machine.roles) | {"admin"}
        return Actor("test", "system", roles, tenant=self.office.id)

    def prepared(self) -> Prepared:
        """The procedure the case runs under, ready to evaluate."""
        with self.engine.shell.transaction() as tx:
            return self.engine.shell.prepared(tx, self.office.id, self.state().machine)

    def draft(self) -> Draft:
        """A draft of the case to look at it with."""
        return look.draft_of(self.prepared(), self.state(), self.clock.now(), self.admin())

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


# ------------------------------------------------------------------------------------------------- the text of a case


def player_for(loaded: Loaded, case: CaseSource | None = None, handlers: Mapping[str, Handler] | None = None) -> Player:
    """Everything set up for a case (or for none in particular), on its first morning.

    Raises NotValid where the procedure has errors.
    """
    day, answers = (day_of(case), case.answers) if case is not None else (DEFAULT_DAY, None)
    return Player(loaded.procedure().machine, loaded.office, loaded.cases, day, answers, handlers or {})


def day_of(case: CaseSource) -> date:
    """The day on which a case begins."""
    try:
        return date.fromisoformat(case.today.text.strip()) if case.today is not None else DEFAULT_DAY
    except ValueError:
        return DEFAULT_DAY


def cases_named(loaded: Loaded, words: str) -> list[CaseSource]:
    """The cases of `cases.yaml` whose name contains the words; all of them for ""."""
    return [case for case in loaded.cases.cases if words.casefold() in case.name.casefold()]


def perform(player: Player, act: Do | Happens | Wait) -> None:
    """Do what a line of a case says. Raises what the act raises."""
    if isinstance(act, Do):
        player.do(act)
    elif isinstance(act, Happens):
        player.happens(act)
    else:
        player.wait(act)


def unwritten(text: str) -> Scalar:
    """A word of a case that stands in no file."""
    return Scalar.made(text, Span.at("cases.yaml", 1, 1))


def acting(machine: Machine, office: Office, person: CasePerson) -> Actor:
    """Somebody of the test cases as an actor, with the roles of the office as well."""
    parties = {role.id for role in machine.roles.values() if role.party}
    kind: ActorKind = "party" if person.roles and set(person.roles) <= parties else "person"
    known = office.people.get(person.id)
    roles = frozenset(person.roles) | (known.roles if known is not None else frozenset())
    shown = known.name if known is not None and known.name else person.id.capitalize()
    return Actor(person.id, kind, roles, "", shown, office.id, "high", account_of(person.id))


def account_of(person: str) -> dict[str, Any]:
    """An account as a portal would hand it over, of which only the name is known."""
    return {"id": person, "person": None, "email": None, "trust_level": "high"}


# -------------------------------------------------------------------------------------------------------------- values


def fields_of(items: Iterable[Field | Group]) -> Iterator[Field]:
    """The fields of pages or groups, inner groups too, in written order."""
    for item in items:
        if isinstance(item, Field):
            yield item
        else:
            yield from fields_of(item.items)


def plain(node: Node) -> Any:
    """A node as plain data; `null` and `~` are nothing."""
    if isinstance(node, Scalar):
        return None if node.text in ("null", "~") and node.style == "" else node.text
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return plain_values(node)


def plain_values(pairs: Iterable[tuple[Scalar, Node]]) -> dict[str, Any]:
    """Names and their values as plain data."""
    return {key.text: plain(value) for key, value in pairs}


FIELD_KINDS: dict[str, BuiltinType] = {"boolean": "yes_no", "date and time": "date_time"}
BUILTIN: dict[str, BuiltinType] = {name: name for name in get_args(BuiltinType)}


def typed(value: Any, kind: str = "") -> Any:
    """A written value of an answer as a value of its type; without a type, as what it looks like."""
    if isinstance(value, list):
        return [typed(item, kind.removeprefix("list<").removesuffix(">")) for item in value]
    if isinstance(value, dict):
        return {name: typed(item) for name, item in value.items()}
    if not isinstance(value, str) or kind in ("text", "string"):
        return value
    word = kind.partition(" ")[0]
    wanted: list[BuiltinType] = ["money", "date", "date_time"]
    if kind:
        wanted = [FIELD_KINDS.get(kind) or BUILTIN.get(word, "text")]
    for name in wanted:
        try:
            return value_of(value, FieldType(name))
        except (ValueError, ArithmeticError):
            continue
    return value

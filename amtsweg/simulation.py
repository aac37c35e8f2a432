"""Walking one case in virtual time, and looking at everything after each step.

In: a loaded procedure, and a case of `cases.yaml` or a person who chooses. Out: `Moment`s as plain values: where the
case stands, who must act, what time will do, what is new in the data and in the file; `to_text` says it for people.
The case runs on the real engine over the memory store, so what is seen here is what will happen.

    for moment in walk(loaded, "Von der Anmeldung bis zum Bescheid"):
        print(to_text(moment))
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Literal

from amtsweg.dsl.cases import CaseSource, CaseStep, Do, Expect, Happens, Refused, Wait, task_of
from amtsweg.dsl.diagnostics import Text
from amtsweg.dsl.endings import ending
from amtsweg.dsl.feel import temporal
from amtsweg.dsl.formview import FormView
from amtsweg.dsl.load import Loaded
from amtsweg.dsl.periods import say_day
from amtsweg.dsl.procedure import Machine
from amtsweg.dsl.suggest import closest
from amtsweg.engine.handlers import Handler
from amtsweg.engine.views import CaseView
from amtsweg.errors import AmtswegError, NotFound
from amtsweg.hosting import shown, titles_of
from amtsweg.play import CannotPlay, Player, cases_named, fields_of, perform, player_for, unwritten

WIDTH = 12


@dataclass(frozen=True, slots=True)
class Line:
    """Something with a label: a step and its title, a person and what is asked of them, a path and its value."""

    label: Text
    says: Text


@dataclass(frozen=True, slots=True)
class Moment:
    """The case after something happened.

    Parameters
    ----------
    no: counted from 1.
    act: what happened.
    now: the virtual time, where the office is.
    at: the steps it stands in.
    people: who must act: step, role, people, until when.
    timers: what time will do on which day.
    buttons: what may be reported.
    values: what is new in the data.
    documents: what is new in the file.
    ended: the outcome, "" while the case is open.
    trouble: why the act did not go, "" if it did.
    """

    no: int
    act: Text
    now: datetime
    at: tuple[Line, ...] = ()
    people: tuple[Line, ...] = ()
    timers: tuple[Line, ...] = ()
    buttons: tuple[Line, ...] = ()
    values: tuple[Line, ...] = ()
    documents: tuple[Line, ...] = ()
    ended: str = ""
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """Something that can be done now: a task, a button, or letting time pass; `person` is who does it."""

    kind: Literal["task", "event", "time", "payment"]
    name: str
    title: Text
    person: str = ""
    outcomes: tuple[tuple[str, str], ...] = ()
    task: str = ""


@dataclass
class Walk:
    """A case on its way, and what was seen of it so far."""

    player: Player
    moments: list[Moment] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)
    filed: set[str] = field(default_factory=set)

    def look(self, act: Text, trouble: str = "") -> Moment:
        """The case as it stands, after an act."""
        player = self.player
        now = player.clock.now().astimezone(temporal.zone(player.office.zone))
        moment = Moment(len(self.moments) + 1, act, now, trouble=trouble)
        if player.case_id:
            moment = self._seen(moment, player.view())
        self.moments.append(moment)
        return moment

    def _seen(self, moment: Moment, view: CaseView) -> Moment:
        machine = self.player.machine
        return replace(
            moment,
            at=tuple(Line(_both(step), _both(_title(machine, step))) for step in self.player.standing()),
            people=tuple(self._people(view)),
            timers=tuple(_timers(machine, view)),
            buttons=tuple(self._buttons()),
            values=tuple(self._news(view)),
            documents=tuple(self._papers(view)),
            ended=view.outcome if view.status == "ended" else "",
        )

    def _people(self, view: CaseView) -> Iterator[Line]:
        roles = self.player.machine.roles
        for task in view.tasks:
            titles = ", ".join(roles[role].title if role in roles else role for role in task.roles)
            able = [one.id for one in self.player.cases.people if set(one.roles) & set(task.roles)]
            who = f"{titles} ({', '.join(able)})" if able else titles
            due = _day(task.due_day)
            says = Text(f"{who}, bis {due.de}", f"{who}, until {due.en}") if task.due_day else _both(who)
            yield Line(_both(task.title), says)
        for step in self.player.pending:
            if step in view.at:
                yield Line(_both(_title(self.player.machine, step)), Text("eine Zahlung kommt", "a payment arrives"))

    def _buttons(self) -> Iterator[Line]:
        for person in self.player.cases.people:
            for offer in self._offers(person.id):
                yield Line(_both(offer.name), _both(f"{offer.title} ({person.id})"))

    def _offers(self, person: str) -> Iterator[Any]:
        player = self.player
        try:
            yield from player.engine.case(player.case_id, player.actor(person), player.office.id).offers
        except NotFound:
            return

    def _news(self, view: CaseView) -> Iterator[Line]:
        every = {
            path: (value, kind)
            for slot, data in view.values.items()
            for path, value, kind in _flat(slot, data, _types(self.player.machine, slot))
        }
        for path, (value, kind) in every.items():
            said = shown(value, kind, self.player.machine)
            if self.known.get(path) != said:
                yield Line(_both(path), Text(said, shown(value, kind, self.player.machine, "en")))
            self.known[path] = said
        for path in [path for path in self.known if path not in every]:
            del self.known[path]

    def _papers(self, view: CaseView) -> Iterator[Line]:
        words = {
            "draft": Text("Entwurf", "draft"),
            "released": Text("freigegeben", "released"),
            "sent": Text("verschickt", "sent"),
            "received": Text("eingegangen", "received"),
        }
        for document in view.documents:
            key = f"{document.id}:{document.status}:{document.served}"
            if key in self.filed:
                continue
            self.filed.add(key)
            says = words[document.status]
            if document.served:
                day = _day(document.served)
                says = Text(f"{says.de}, bekannt gegeben am {day.de}", f"{says.en}, served on {day.en}")
            yield Line(_both(document.title), says)

    # ------------------------------------------------------------------------------------------------------------ doing

    def take(self, step: CaseStep) -> Moment | None:
        """Do what a line of a case says; expectations are passed over, refusals are tried."""
        if isinstance(step, Expect):
            return None
        act, refused = (step.act, True) if isinstance(step, Refused) else (step, False)
        text = describe(self.player, act)
        try:
            perform(self.player, act)
        except AmtswegError as error:
            return self.look(text, error.sentence)
        except CannotPlay as error:
            return self.look(text, f"{error.name}: {', '.join(error.here)}")
        return self.look(text, "…" if refused else "")

    def options(self) -> tuple[Option, ...]:
        """What can be done now, and by whom."""
        player = self.player
        if not player.case_id:
            actor = player.somebody(player.first_step())
            title = _title(player.machine, player.first_step())
            return (Option("task", player.first_step(), _both(title), actor.id),)
        view = player.view()
        found: list[Option] = []
        if view.status == "ended":
            return ()
        for task in view.tasks:
            place = player.state().tasks[task.id.partition(":")[2]].place
            spec = player.task_spec(place)
            outcomes = tuple((one.id, one.title) for one in spec.outcomes)
            for person in self._able(spec.by) or [""]:
                found.append(Option("task", place, _both(task.title), person, outcomes, task.id))
        for somebody in player.cases.people:
            for offer in self._offers(somebody.id):
                found.append(Option("event", offer.name, _both(offer.title), somebody.id))
        for step in player.pending:
            paid = Text(f"Zahlung geht ein: {_title(player.machine, step)}", f"payment arrives: {step}")
            found.append(Option("payment", f"paid of {step}", paid))
        following = player.engine.next_moment()
        if following is not None:
            local = following.astimezone(temporal.zone(player.office.zone)).date()
            german, english = say_day(local, "de"), say_day(local, "en")
            found.append(Option("time", "until next", Text(f"warten bis {german}", f"wait until {english}")))
        return tuple(found)

    def choose(self, option: Option, outcome: str = "", data: Any = None) -> Moment:
        """Do one of the options; a task takes its outcome and what its form is filled with."""
        player = self.player
        arrow = f" → {outcome}" if option.kind == "task" and len(option.outcomes) > 1 else ""
        who = f"{option.person}: " if option.person else ""
        act = Text(f"{who}{option.title.de}{arrow}", f"{who}{option.title.en}{arrow}")
        try:
            if option.kind == "time":
                player.wait(Wait(unwritten(option.name)))
            elif option.kind == "task":
                self._complete(option, outcome, data)
            else:
                by = unwritten(option.person) if option.person else None
                player.happens(Happens(unwritten(option.name), by))
        except AmtswegError as error:
            told = "; ".join(problem.text for problem in getattr(error, "problems", ()))
            return self.look(act, told or error.sentence)
        return self.look(act)

    def _complete(self, option: Option, outcome: str, data: Any) -> None:
        player = self.player
        actor = player.actor(option.person) if option.person else player.somebody(option.name)
        if not player.case_id:
            view = player.engine.start(player.machine.id, actor, player.office.id, data=data, outcome=outcome)
            player.case_id = view.id
        else:
            player.engine.complete(option.task, actor, outcome, data, tenant=player.office.id)
        player.settle()

    def form(self, option: Option) -> str | None:
        """The form of a task, if it has one."""
        return self.player.task_spec(option.name).form or None if option.kind == "task" else None

    def shown(self, option: Option, data: Any) -> FormView:
        """The form of a task with what was typed so far, and what is wrong with it."""
        player = self.player
        seen = player if player.case_id else player.begun()
        actor = player.actor(option.person) if option.person else player.somebody(option.name)
        task = seen.task_at(option.name, actor)
        view = seen.engine.task(f"{seen.case_id}:{task}", actor, data=data or None, judge=bool(data)).form
        assert view is not None
        return view

    def samples(self) -> tuple[str, ...]:
        """The samples of `cases.yaml`."""
        return tuple(sample.id for sample in self.player.cases.samples)

    def sample(self, name: str) -> dict[str, Any]:
        """The values of a sample, as they are typed into a form."""
        return self.player.given(name)

    def _able(self, roles: tuple[str, ...]) -> list[str]:
        return [person.id for person in self.player.cases.people if set(person.roles) & set(roles)]


def walk(loaded: Loaded, name: str = "", handlers: Mapping[str, Handler] | None = None) -> Iterator[Moment]:
    """Walk a case of `cases.yaml`: its first one, or the one whose name contains the words.

    Raises NotValid where the procedure has errors, NotFound where there is no such case.
    """
    case = case_named(loaded, name)
    found = begin(loaded, case, handlers)
    for step in case.steps:
        moment = found.take(step)
        if moment is not None:
            yield moment


def begin(loaded: Loaded, case: CaseSource | None = None, handlers: Mapping[str, Handler] | None = None) -> Walk:
    """A walk that has not begun, on the first morning of a case (or an ordinary one)."""
    return Walk(player_for(loaded, case, handlers))


def case_named(loaded: Loaded, name: str) -> CaseSource:
    """The case whose name contains the words. Raises NotFound with the names there are."""
    found = cases_named(loaded, name)
    if found:
        return found[0]
    names = [case.name for case in loaded.cases.cases]
    best = closest(name, names)
    there = f"Did you mean “{best}”?" if best else f"There are: {'; '.join(names) or 'none'}."
    raise NotFound(f"There is no case “{name}” in {loaded.path.name}.", there)


# ------------------------------------------------------------------------------------------------------------- telling


def describe(player: Player, act: Do | Happens | Wait) -> Text:
    """What a line of a case does, in a few words."""
    if isinstance(act, Wait):
        return Text(f"Zeit vergeht: {act.until.text}", f"time passes: {act.until.text}")
    by = f"{act.by.text}: " if act.by is not None else ""
    if isinstance(act, Happens):
        title = _title(player.machine, act.name.text.partition(" ")[0])
        return _both(f"{by}{title}")
    place, verb = task_of(player.machine, act.step.text)
    outcome = act.outcome.text if act.outcome is not None else verb
    title = _title(player.machine, place.removesuffix(".check"))
    return _both(f"{by}{title}{f' → {outcome}' if outcome else ''}")


def to_text(moment: Moment, language: str = "de") -> str:
    """A moment as people read it."""
    german = language == "de"
    day = say_day(moment.now.date(), language)
    lines = [f"{moment.no}  {day}, {moment.now:%H:%M}   {moment.act.in_language(language)}"]
    if moment.trouble and moment.trouble != "…":
        lines.append(_row("abgewiesen" if german else "refused", moment.trouble))
        return "\n".join(lines)
    for line in moment.at:
        label, title = line.label.in_language(language), line.says.in_language(language)
        text = label if title.casefold() == label.replace("_", " ") else f"{label} – {title}"
        lines.append(_row("steht in" if german else "stands in", text))
    for words, found in (
        (("am Zug", "to act"), moment.people),
        (("möglich", "possible"), moment.buttons),
        (("Zeit", "time"), moment.timers),
        (("neu", "new"), moment.values),
        (("Akte", "file"), moment.documents),
    ):
        width = max((len(line.label.in_language(language)) for line in found), default=0)
        for number, line in enumerate(found):
            label = words[0 if german else 1] if number == 0 else ""
            lines.append(
                _row(label, f"{line.label.in_language(language).ljust(width)}  {line.says.in_language(language)}")
            )
    if moment.ended:
        word = ending(moment.ended).in_language(language)
        lines.append(_row("Ende" if german else "end", word))
    return "\n".join(lines)


def _row(label: str, text: str) -> str:
    return f"   {label.ljust(WIDTH)}{text}".rstrip()


def _both(text: str) -> Text:
    return Text(text, text)


def _title(machine: Machine, step: str) -> str:
    known = machine.steps.get(step)
    return known.title if known is not None and known.title else step


def _day(text: str) -> Text:
    """The day of a day or an instant (ISO 8601) as people read it."""
    if not text:
        return _both("")
    day = date.fromisoformat(text[:10])
    return Text(say_day(day, "de"), say_day(day, "en"))


def _timers(machine: Machine, view: CaseView) -> Iterator[Line]:
    for one in view.deadlines:
        if one.due is None:
            continue
        word = one.name.partition(".")[0]
        names = {
            "remind": Text("Erinnerung", "reminder"),
            "after": Text("Frist", "time limit"),
            "until": Text("geht weiter", "goes on"),
            "overdue": Text("Zahlungsfrist", "payment due"),
        }
        name = names.get(word, _both(word))
        title = _title(machine, one.step)
        yield Line(_day(one.day), Text(f"{name.de}: {title}", f"{name.en}: {title}"))


def _types(machine: Machine, slot: str) -> dict[str, str]:
    """The printed types of a form's fields by path, so that choices are said by their titles."""
    form = machine.forms.get(slot)
    kinds = {one.path: f"enum {one.type.options}" for one in fields_of(form.pages if form is not None else ())}
    return {path: kind for path, kind in kinds.items() if titles_of(machine, kind)}


def _flat(path: str, value: Any, types: Mapping[str, str], plain: str = "") -> Iterator[tuple[str, Any, str]]:
    """Every single value below a name, rows counted from 1; what is nothing is passed over."""
    plain = plain or path
    if isinstance(value, dict) and "sha256" in value:
        return  # a document: the file of the case shows it
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _flat(f"{path}.{name}", inner, types, f"{plain}.{name}")
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for number, item in enumerate(value, 1):
            yield from _flat(f"{path}[{number}]", item, types, plain)
    elif value is not None:
        yield path, value, types.get(plain, "")

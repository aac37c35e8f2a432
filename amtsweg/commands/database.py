"""What the commands over a database share: the option `--db`, opening the engine, actors, tables, plain sentences.

In: the words of the command line. Out: an open `Database` (engine, language, municipality), and text on the screen. A
database is only made by `amtsweg init`: a mistyped address must not look like an empty office. Errors of
`amtsweg.errors` become one sentence with a next step on stderr and exit code 1, never a traceback.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from amtsweg.dsl.procedure import Office
    from amtsweg.engine.engine import Engine
    from amtsweg.engine.event import Actor
    from amtsweg.engine.store.sql import SqlStore
    from amtsweg.engine.views import CaseView, TaskView
    from amtsweg.errors import AmtswegError

DEFAULT = "sqlite:///amtsweg.sqlite3"
Command = TypeVar("Command", bound=Callable[..., Any])


# ------------------------------------------------------------------------------------------------------------- options


def database_option(command: Command) -> Command:
    """`--db` and `--language`."""
    command = click.option("--language", type=click.Choice(["de", "en"]), default="de", show_default=True)(command)
    return click.option(
        "--db",
        envvar="AMTSWEG_DB",
        default=DEFAULT,
        metavar="URL",
        show_default=True,
        show_envvar=True,
        help="The database: sqlite:///FILE, a FILE, or postgresql://USER@HOST/NAME.",
    )(command)


def tenant_option(command: Command) -> Command:
    """`--tenant`: which municipality, where the database holds several."""
    text = "The municipality; needed only where the database holds several."
    return click.option("--tenant", default="", metavar="ID", help=text)(command)


def actor_options(command: Command) -> Command:
    """`--as` and `--role`."""
    command = click.option(
        "--role", "roles", multiple=True, help="A role to act in; people of the office have theirs anyway."
    )(command)
    return click.option("--as", "person", default="", metavar="PERSON", help="Who acts.")(command)


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
"""`--json`."""


# ---------------------------------------------------------------------------------------------------------- a database


@dataclass(frozen=True, slots=True)
class Database:
    """An open database.

    Parameters
    ----------
    engine: over the database, with the handlers of `amtsweg.hosting`.
    language: `de` or `en`.
    tenant: the municipality that was named, or the only one there is ("" while there is none).
    flags: what the next command needs to come back to the same database (` --db …` if it was said that way).
    """

    engine: Engine
    language: str = "de"
    tenant: str = ""
    flags: str = ""

    def say(self, german: str, english: str) -> str:
        """The sentence in the reader's language."""
        return english if self.language == "en" else german

    def next(self, command: str) -> str:
        """The line that says what comes next, ready to be copied."""
        return self.say("Weiter: ", "Next: ") + self.call(command)

    def call(self, command: str) -> str:
        """A command on this database, ready to be copied."""
        return f"amtsweg {command}{self.flags}"

    def office(self) -> Office:
        """The municipality. Raises NotFound while none was put into the database."""
        from amtsweg.errors import NotFound

        with self.engine.shell.transaction() as tx:
            found = tx.office(self.tenant) if self.tenant else None
        if found is None:
            raise NotFound(
                self.say("In dieser Datenbank ist noch kein Verfahren.", "There is no procedure in this database yet."),
                self.next("deploy FOLDER"),
            )
        return found

    def system(self) -> Actor:
        """Whoever runs the command: may look at everything of the municipality."""
        from amtsweg.engine.event import Actor

        return Actor("amtsweg", "system", tenant=self.office().id)

    def actor(self, person: str, roles: Sequence[str], parties: Sequence[str] = ()) -> Actor:
        """Somebody by name: a person of the office with its roles there, or a party from outside.

        Parameters
        ----------
        parties: the roles that are parties; who holds nothing else and does not work here is one.
        """
        from amtsweg.engine.event import Actor

        office = self.office()
        known = office.people.get(person)
        held = frozenset(roles) | (known.roles if known is not None else frozenset())
        if known is None and held <= frozenset(parties):
            account = {"id": person, "person": None, "email": None, "trust_level": "high"}
            return Actor(person, "party", held, "", person, office.id, "high", account)
        name = known.name if known is not None and known.name else person
        return Actor(person, "person", held, "", name, office.id)

    def parties(self, procedure: str) -> tuple[str, ...]:
        """The roles of a procedure that are parties (outside the town hall)."""
        roles = self.engine.procedure(procedure, self.office().id).machine.roles.values()
        return tuple(role.id for role in roles if role.party)

    def case(self, text: str) -> str:
        """The id of a case, by its number or id. Raises NotFound."""
        from amtsweg.errors import NotFound

        tenant = self.office().id
        with self.engine.shell.transaction() as tx:
            found = tx.by_number(tenant, text) or text
            if tx.case_row(tenant, found) is not None:
                return found
        raise NotFound(
            self.say(f"Es gibt hier keinen Vorgang „{text}“.", f"There is no case “{text}” here."),
            self.say("Alle offenen zeigt: ", "All open ones: ") + self.call("tasks"),
        )

    def tasks(self, case: str = "") -> list[TaskView]:
        """The open tasks of a case, or of all cases, whoever may do them; the most urgent first."""
        from amtsweg.engine.look import task_line

        engine, now = self.engine, self.engine.clock.now()
        found: list[TaskView] = []
        for id_ in [case] if case else self.cases("open", "draft"):
            with engine.shell.transaction() as tx:
                found += [task_line(row, now) for row in tx.tasks_of(id_)]
        return sorted(found, key=lambda task: (task.due is None, task.due or task.opened, task.id))

    def cases(self, *states: str) -> Iterator[str]:
        """The ids of all cases (of some states), page by page."""
        actor = self.system()
        for state in states or ("",):
            after = ""
            while page := self.engine.cases(actor, status=state, after=after, limit=500):
                yield from (line.id for line in page)
                after = f"{_key(page[-1].changed)}|{page[-1].id}"

    def moment(self, at: datetime | None) -> str:
        """An instant as people of the office read it."""
        if at is None:
            return ""
        from amtsweg.dsl.feel.temporal import zone

        local = at.astimezone(zone(self.office().zone if self.tenant else "Europe/Berlin"))
        return local.strftime("%d.%m.%Y %H:%M" if self.language == "de" else "%Y-%m-%d %H:%M")

    def day(self, text: str) -> str:
        """A day (ISO) as people read it."""
        if not text:
            return ""
        return date.fromisoformat(text).strftime("%d.%m.%Y") if self.language == "de" else text


def _key(at: datetime) -> str:
    from amtsweg.engine.plain import instant

    return instant(at)


@contextmanager
def plainly(language: str = "de") -> Iterator[None]:
    """Errors of the program's own as a sentence and a next step on stderr, exit code 1."""
    from amtsweg.errors import AmtswegError

    try:
        yield
    except AmtswegError as error:
        tell(error, language)
        sys.exit(1)


@contextmanager
def opened(url: str, language: str = "de", tenant: str = "", *, any_tenant: bool = False) -> Iterator[Database]:
    """The database of a command, closed at its end; what goes wrong is said plainly, with exit code 1.

    `any_tenant`: the command is about no municipality that must be there already.
    """
    from amtsweg.engine.engine import Engine
    from amtsweg.engine.store.schema import HEAD
    from amtsweg.errors import NotFound, StoreError
    from amtsweg.hosting import handlers

    with plainly(language):
        flags = flags_of(url)
        place = Database(Engine(), language, "", flags)
        missing = StoreError(
            place.say(f"Unter {shown(url)} ist keine Datenbank.", f"There is no database at {shown(url)}."),
            place.say("Anlegen: ", "Make one: ") + place.call("init"),
        )
        file = file_of(url)
        if file is not None and not file.is_file() and not forgets(url):
            raise missing
        store = connect(url, language)
        try:
            version = store.version()
            if not version:
                raise missing
            if version != HEAD:
                raise StoreError(
                    place.say(
                        f"Die Datenbank hat die Version {version}, dieses Programm arbeitet mit {HEAD}.",
                        f"The database has version {version}, this program works with {HEAD}.",
                    ),
                    place.next("init") if version < HEAD else "",
                )
            engine = Engine(store, handlers=handlers(), language=language)
            with engine.shell.transaction() as tx:
                known = list(tx.tenants())
            if not any_tenant and ((tenant and tenant not in known) or (not tenant and len(known) > 1)):
                sentence = (
                    place.say(f"Es gibt hier keine Gemeinde „{tenant}“.", f"There is no municipality “{tenant}” here.")
                    if tenant
                    else place.say("Hier sind mehrere Gemeinden.", "There are several municipalities here.")
                )
                raise NotFound(sentence, f"--tenant: {', '.join(known)}" if known else place.next("deploy FOLDER"))
            only = known[0] if len(known) == 1 else ""
            yield Database(engine, language, tenant or only, flags)
        finally:
            store.close()


def connect(url: str, language: str = "de") -> SqlStore:
    """A store over an address, its tables left as they are. Raises StoreError."""
    from amtsweg.engine.store.sql import SqlStore
    from amtsweg.errors import StoreError

    german = language != "en"
    if forgets(url):
        raise StoreError(
            "Im Speicher bleibt nichts bis zum nächsten Befehl."
            if german
            else "Memory keeps nothing between commands.",
            f"--db {DEFAULT}",
        )
    try:
        return SqlStore.open(full(url), migrate=False)
    except ImportError as error:
        raise StoreError(
            f"Für diese Datenbank fehlt {error.name}."
            if german
            else f"This database needs {error.name}, which is missing.",
            "pip install 'amtsweg[postgres]'",
        ) from error


def forgets(url: str) -> bool:
    """Whether an address means memory: nothing would be left for the next command."""
    return url.startswith("memory:") or full(url) in ("sqlite://", "sqlite:///", "sqlite:///:memory:")


def full(url: str) -> str:
    """An address with its scheme: a bare file name means SQLite."""
    return url if "://" in url else f"sqlite:///{url}"


def joined(before: Office | None, office: Office, procedure: str) -> Office:
    """An office whose values for other procedures, deployed before, are kept beside those of this one."""
    from dataclasses import replace

    kept = {name: value for name, value in (before.values if before else {}).items() if "/" in name}
    kept = {name: value for name, value in kept.items() if not name.startswith(f"{procedure}/")}
    return replace(office, values={**kept, **office.values})


def file_of(url: str) -> Path | None:
    """The file of an SQLite address, else None."""
    scheme, _, rest = full(url).partition("://")
    return Path(rest[1:].partition("?")[0]) if scheme.partition("+")[0] == "sqlite" and len(rest) > 1 else None


def shown(url: str) -> str:
    """An address as it may be shown: never with its password."""
    file = file_of(url)
    if file is not None:
        return str(file)
    head, at, tail = url.rpartition("@")
    scheme, slashes, user = head.partition("://")
    return f"{scheme}{slashes}{user.partition(':')[0]}{at}{tail}"


def flags_of(url: str) -> str:
    """` --db …` if the database was named on the command line, so that the next command finds it, too."""
    context = click.get_current_context(silent=True)
    if context is None or context.get_parameter_source("db") is not click.core.ParameterSource.COMMANDLINE:
        return ""
    return f" --db {url if file_of(url) is not None else shown(url)}"


# ------------------------------------------------------------------------------------------------------------ printing


def tell(error: AmtswegError, language: str = "de") -> None:
    """An error on stderr: the sentence, what is wrong field by field, the next step."""
    from amtsweg.errors import Refused

    problems = error.problems if isinstance(error, Refused) else ()
    value = error.value if isinstance(error, Refused) else None
    sentence = error.sentence
    if problems and value is not None:
        from dataclasses import replace

        from amtsweg.engine.messages import refusal_sentences

        sentence = refusal_sentences(replace(value, errors=()), language)[0]
    click.echo(click.style(sentence, fg="red"), err=True)
    width = max((len(one.path) for one in problems), default=0)
    for one in problems:
        click.echo(f"  {one.path.ljust(width)}  {one.text}", err=True)
    if error.next_step:
        click.echo(error.next_step, err=True)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows under their heads, columns as wide as their longest text."""
    widths = [max(len(row[at]) for row in [heads, *rows]) for at in range(len(heads))]
    lines = ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) for row in [heads, *rows]]
    return "\n".join([click.style(lines[0].rstrip(), bold=True), *(line.rstrip() for line in lines[1:])])


def print_json(value: Any) -> None:
    """A value, also of views, as JSON."""
    click.echo(json.dumps(as_data(value), ensure_ascii=False, indent=2))


def as_data(value: Any) -> Any:
    """Views and values of the expression language as plain data; instants in ISO 8601, amounts as their text."""
    if isinstance(value, datetime):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type) and type(value).__module__.startswith("amtsweg.engine"):
        return {one.name: as_data(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): as_data(item) for key, item in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(as_data(item) for item in value)
    if isinstance(value, list | tuple):
        return [as_data(item) for item in value]
    if value is None or isinstance(value, str | bool | int):
        return value
    from amtsweg.dsl.dmn.values import to_json

    return to_json(value)


def short_ids(tasks: Sequence[TaskView]) -> dict[str, str]:
    """How tasks are called on the command line: number and step, or number and id where a step stands open twice."""
    plain = {task.id: f"{task.number}:{task.step}" for task in tasks}
    names = list(plain.values())
    return {
        task.id: plain[task.id]
        if names.count(plain[task.id]) == 1
        else f"{task.number}:{task.id.partition(':')[2]}"
        for task in tasks
    }  # fmt: skip


def state_of(db: Database, task: TaskView) -> str:
    """The state of a task in a word or two."""
    words = []
    if task.overdue:
        words.append(db.say("überfällig", "overdue"))
    if task.follow_up is not None:
        words.append(db.say("Wiedervorlage ", "put off to ") + db.moment(task.follow_up))
    if task.claimed_by:
        words.append(db.say("bei ", "with ") + task.claimed_by)
    return ", ".join(words) or db.say("offen", "open")


def task_table(db: Database, tasks: Sequence[TaskView]) -> str:
    """Tasks as a table: how to name them, what to do, who may, by when, how they stand."""
    names = short_ids(tasks)
    heads = (
        ("Aufgabe", "Was zu tun ist", "Wer darf", "Fällig", "Stand")
        if db.language == "de"
        else ("Task", "What to do", "Who may", "Due", "State")
    )
    rows = [
        (
            names[task.id],
            task.title,
            ", ".join(role.removeprefix("party:") for role in task.roles),
            db.day(task.due_day) or db.moment(task.due),
            state_of(db, task),
        )
        for task in tasks
    ]
    return table(heads, rows)


STATES = {
    "draft": ("Entwurf", "draft"),
    "open": ("offen", "open"),
    "ended": ("beendet", "ended"),
    "done": ("erledigt", "done"),
    "here": ("hier", "here"),
    "ahead": ("kommt noch", "ahead"),
    "released": ("freigegeben", "released"),
    "sent": ("versandt", "sent"),
    "received": ("eingegangen", "received"),
}
"""States in the words of people: German, English."""


def word(db: Database, state: str) -> str:
    """A state in the reader's language."""
    german, english = STATES.get(state, (state, state))
    return db.say(german, english)


def standing(db: Database, view: CaseView) -> str:
    """Where a case stands, in one line."""
    places = dict.fromkeys(place.title for place in view.places if place.kind not in ("stage", "parallel", "branch"))
    if view.status == "ended":
        return db.say(f"beendet: {view.outcome}", f"ended: {view.outcome}")
    return db.say("steht bei: ", "stands at: ") + (", ".join(places) or word(db, view.status))


def what_next(db: Database, view: CaseView) -> str:
    """What to do after an act: let the worker run if something is due at once, else the case's tasks."""
    due = db.engine.next_moment()
    if due is not None and due <= db.engine.clock.now():
        return db.next("run --once")
    tasks = db.tasks(view.id)
    if not tasks:
        return db.next(f"why {view.number}" if view.status != "ended" else f"show {view.number}")
    role = tasks[0].roles[0] if tasks[0].roles else ""
    who = (
        f" --as {role.removeprefix('party:')}" if role.startswith("party:")
        else f" --as PERSON --role {role}" if role else ""
    )  # fmt: skip
    people = [one for one in db.office().people.values() if role and role in one.roles]
    return db.next(f"tasks --as {people[0].id}") if people else db.next(f"tasks{who}")


# ---------------------------------------------------------------------------------------------------------------- show


def show_case(db: str, case_id: str, as_json: bool, language: str = "de", tenant: str = "") -> None:
    """Print a case of a database: number, state, steps, tasks, deadlines, documents.

    Parameters
    ----------
    db: the address of the database.
    case_id: the number or id of the case.

    Ends the program with exit code 1 and a sentence where there is no such case or database.
    """
    with opened(db, language, tenant) as found:
        view = found.engine.case(found.case(case_id), found.system())
        if as_json:
            print_json(view)
            return
        click.echo(case_text(found, view))


def case_text(db: Database, view: CaseView) -> str:
    """A case as people read it."""
    lines = [click.style(f"{view.number}  {view.title}", bold=True) + f"  ({view.procedure} {view.version})"]
    received = db.moment(view.received)
    facts = [
        (db.say("Stand", "State"), word(db, view.status) + (f", {view.outcome}" if view.outcome else "")),
        (db.say("Begonnen", "Started"), db.moment(view.started)),
        (db.say("Eingegangen", "Received"), received if received != db.moment(view.started) else ""),
        (db.say("Beendet", "Ended"), db.moment(view.ended)),
    ]
    facts += [
        (db.say("Schritt", "Step"), f"{place.title} ({place.step})" + _since(db, place.since))
        for place in view.places
        if place.kind not in ("stage", "parallel", "branch")
    ]
    width = max(len(name) for name, text in facts if text)
    lines += [f"  {name.ljust(width)}  {text}" for name, text in facts if text]
    if view.stages:
        lines += ["", "  " + "  >  ".join(f"{stage.title} ({word(db, stage.state)})" for stage in view.stages)]
    for title, text in (
        (db.say("Aufgaben", "Tasks"), task_table(db, view.tasks) if view.tasks else ""),
        (db.say("Fristen", "Deadlines"), _deadlines(db, view)),
        (db.say("Dokumente", "Documents"), _documents(db, view)),
        (db.say("Verlauf", "History"), _history(db, view)),
        (db.say("Störungen", "Incidents"), "\n".join(one.sentence for one in view.incidents if one.closed is None)),
    ):
        if text:
            lines += ["", click.style(title, bold=True), *(f"  {line}" for line in text.splitlines())]
    return "\n".join(lines)


def _since(db: Database, at: datetime | None) -> str:
    return db.say(", seit ", ", since ") + db.moment(at) if at is not None else ""


def _deadlines(db: Database, view: CaseView) -> str:
    found = []
    for one in view.deadlines:
        found.append(f"{db.day(one.day) or db.moment(one.due)}  {one.what or one.name} ({one.step})")
        found += [f"            {step}" for step in one.steps]
    return "\n".join(found)


def _documents(db: Database, view: CaseView) -> str:
    found = []
    for one in view.documents:
        served = db.say(", bekannt gegeben am ", ", served on ") + db.day(one.served) if one.served else ""
        state = word(db, one.status) if one.status != "draft" else db.say("Entwurf", "draft")
        found.append(f"{db.moment(one.created)}  {one.title}  ({state}{served})")
    return "\n".join(found)


def _history(db: Database, view: CaseView) -> str:
    found = []
    for one in view.history:
        who = f"{one.actor} i. V. {one.for_}" if one.for_ else one.actor
        outcome = one.outcome if one.outcome not in ("done", "ok") else ""
        about = (one.text or one.step) + (f" ({outcome})" if outcome else "")
        found.append(f"{db.moment(one.at)}  {who}  {one.what}" + (f": {about}" if about else ""))
    return "\n".join(found)

"""What the commands over a database share: the options, opening the engine, actors.

In: the words of the command line. Out: an open `Database` (engine, language, municipality). A database is only made by
`amtsweg init`: a mistyped address must not look like an empty office. How cases and tasks are told is in `wording`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from amtsweg.commands.shared import Command, Voice, language_option, plainly
from amtsweg.errors import NotFound, StoreError

if TYPE_CHECKING:
    from amtsweg.dsl.procedure import Office
    from amtsweg.engine.engine import Engine
    from amtsweg.engine.event import Actor
    from amtsweg.engine.store.sql import SqlStore
    from amtsweg.engine.views import TaskView

DEFAULT = "sqlite:///amtsweg.sqlite3"


# ------------------------------------------------------------------------------------------------------------- options


db_option = click.option(
    "--db",
    envvar="AMTSWEG_DB",
    default=DEFAULT,
    metavar="URL",
    show_default=True,
    show_envvar=True,
    help="The database: sqlite:///FILE, a FILE, or postgresql://USER@HOST/NAME.",
)
"""`--db`."""

tenant_option = click.option(
    "--tenant", default="", metavar="ID", help="The municipality; needed only where the database holds several."
)
"""`--tenant`: which municipality, where the database holds several."""


def database_option(command: Command) -> Command:
    """`--db` and `--language`."""
    return db_option(language_option(command))


def actor_options(command: Command) -> Command:
    """`--as` and `--role`."""
    command = click.option(
        "--role", "roles", multiple=True, help="A role to act in; people of the office have theirs anyway."
    )(command)
    return click.option("--as", "person", default="", metavar="PERSON", help="Who acts.")(command)


# ---------------------------------------------------------------------------------------------------------- a database


@dataclass(frozen=True, slots=True)
class Database(Voice):
    """An open database.

    Parameters
    ----------
    engine: over the database, with the handlers of `amtsweg.hosting`.
    tenant: the municipality that was named, or the only one there is ("" while there is none).
    """

    engine: Engine
    tenant: str

    def office(self) -> Office:
        """The municipality. Raises NotFound while none was put into the database."""
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
        from amtsweg.engine.plain import instant

        actor = self.system()
        for state in states or ("",):
            after = ""
            while page := self.engine.cases(actor, status=state, after=after, limit=500):
                yield from (line.id for line in page)
                after = f"{instant(page[-1].changed)}|{page[-1].id}"

    def is_busy(self) -> bool:
        """Whether the worker has something to do at once."""
        due = self.engine.next_moment()
        return due is not None and due <= self.engine.clock.now()

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


@contextmanager
def opened(url: str, language: str = "de", tenant: str = "", *, any_tenant: bool = False) -> Iterator[Database]:
    """The database of a command, closed at its end; what goes wrong is said plainly, with exit code 1.

    `any_tenant`: the command is about no municipality that must be there already.
    """
    from amtsweg.engine.engine import Engine
    from amtsweg.engine.store.schema import HEAD
    from amtsweg.hosting import handlers

    with plainly(language):
        voice = Voice(language, flags_of(url))
        missing = StoreError(
            voice.say(f"Unter {shown(url)} ist keine Datenbank.", f"There is no database at {shown(url)}."),
            voice.say("Anlegen: ", "Make one: ") + voice.call("init"),
        )
        file = file_of(url)
        if file is not None and not file.is_file() and not forgets(url):
            raise missing
        store = connect(url, voice)
        try:
            version = store.version()
            if not version:
                raise missing
            if version != HEAD:
                raise StoreError(
                    voice.say(
                        f"Die Datenbank hat die Version {version}, dieses Programm arbeitet mit {HEAD}.",
                        f"The database has version {version}, this program works with {HEAD}.",
                    ),
                    voice.next("init") if version < HEAD else "",
                )
            engine = Engine(store, handlers=handlers(), language=language)
            with engine.shell.transaction() as tx:
                known = list(tx.tenants())
            if not any_tenant and ((tenant and tenant not in known) or (not tenant and len(known) > 1)):
                sentence = (
                    voice.say(f"Es gibt hier keine Gemeinde „{tenant}“.", f"There is no municipality “{tenant}” here.")
                    if tenant
                    else voice.say("Hier sind mehrere Gemeinden.", "There are several municipalities here.")
                )
                raise NotFound(sentence, f"--tenant: {', '.join(known)}" if known else voice.next("deploy FOLDER"))
            only = known[0] if len(known) == 1 else ""
            yield Database(language, voice.flags, engine, tenant or only)
        finally:
            store.close()


def connect(url: str, voice: Voice) -> SqlStore:
    """A store over an address, its tables left as they are. Raises StoreError."""
    from amtsweg.engine.store.sql import SqlStore

    if forgets(url):
        sentence = voice.say(
            "Im Speicher bleibt nichts bis zum nächsten Befehl.", "Memory keeps nothing between commands."
        )
        raise StoreError(sentence, f"--db {DEFAULT}")
    try:
        return SqlStore.open(full(url), migrate=False)
    except ImportError as error:
        sentence = voice.say(
            f"Für diese Datenbank fehlt {error.name}.", f"This database needs {error.name}, which is missing."
        )
        raise StoreError(sentence, "pip install 'amtsweg[postgres]'") from error


def forgets(url: str) -> bool:
    """Whether an address means memory: nothing would be left for the next command."""
    return url.startswith("memory:") or full(url) in ("sqlite://", "sqlite:///", "sqlite:///:memory:")


def full(url: str) -> str:
    """An address with its scheme: a bare file name means SQLite."""
    return url if "://" in url else f"sqlite:///{url}"


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

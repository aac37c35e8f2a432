"""Keep users and roles yourself: a directory of the host decides who somebody is; the engine checks what they may do.

Run it: python examples/own_users.py
"""

import sqlite3
from pathlib import Path

from amtsweg import Actor, Answer, Engine, Refused, ServiceError, load
from amtsweg.engine.handlers import Call
from amtsweg.hosting import handlers

HERE = Path(__file__).resolve().parent


class Directory:
    """The host's own table of people, as it could stand behind a single sign-on."""

    def __init__(self, tenant: str) -> None:
        self.tenant = tenant
        self.rows = sqlite3.connect(":memory:")
        self.rows.execute("create table member (person text, name text, role text)")
        self.rows.executemany(
            "insert into member values (?, ?, ?)",
            [("mara", "Mara Vogt", "disposition"), ("timo", "Timo Hahn", "kantine")],
        )

    def close(self) -> None:
        """Let go of the table."""
        self.rows.close()

    def staff(self, person: str) -> Actor:
        """Somebody of the town hall, with the roles that the table has today."""
        found = self.rows.execute("select name, role from member where person = ?", (person,)).fetchall()
        name = found[0][0] if found else person
        return Actor(person, "person", frozenset(role for _, role in found), name=name, tenant=self.tenant)

    def citizen(self, account: str) -> Actor:
        """Somebody from outside, known by an account."""
        return Actor(account, "party", frozenset({"buerger"}), tenant=self.tenant, trust="basic")


def fully_booked(call: Call) -> Answer:
    """The waste company has no day left, so that somebody has to look for one."""
    raise ServiceError("ausgebucht")


def main() -> tuple[list[str], str, list[str]]:
    """(what Mara finds in her list, why Timo is refused, what is left when Mara is done)."""
    procedure = load(HERE / "sperrmuell")
    directory = Directory(procedure.office.id)
    with Engine.open("memory:", handlers=handlers("text", {"call:entsorgung": fully_booked})) as engine:
        engine.deploy(procedure)
        engine.start("sperrmuell", directory.citizen("ada"), data={"menge": 2})
        engine.work()
        mara, timo = directory.staff("mara"), directory.staff("timo")
        tasks = list(engine.tasks(mara))
        try:
            engine.complete(tasks[0].id, timo)
            refused = ""
        except Refused as error:
            refused = error.sentence
        engine.complete(tasks[0].id, mara)
        directory.close()
        return [task.title for task in tasks], refused, [task.title for task in engine.tasks(mara)]


if __name__ == "__main__":
    print(main())

"""Embed the engine in a script: load a procedure, open a case, let a clerk decide, see what comes next.

Run it: python examples/embed_in_a_script.py
"""

from pathlib import Path

import amtsweg
from amtsweg import Actor, Engine, load
from amtsweg.hosting import handlers

PROCEDURES = Path(amtsweg.__file__).parent / "procedures"
DOG = {
    "name": "Rex", "rasse": "labrador", "geschlecht": "ruede", "farbe": "braun", "wurfdatum": "2024-05-01",
    "herkunft": "privat", "seit": "2026-02-01", "auffaellig": False,
}  # fmt: skip
APPLICATION = {
    "person": {
        "vorname": "Ada", "nachname": "Beispiel", "anrede": "frau",
        "anschrift": {"strasse": "Am Bach", "hausnummer": "3", "plz": "34999", "ort": "Musterstadt"},
    },
    "geburtsdatum": "1985-04-12", "bisher": 0, "zugezogen": False, "hunde": [DOG],
    "befreiung": "nein", "zahlungsweise": "ueberweisung", "marke": "post",
}  # fmt: skip


def main(database: str = "memory:") -> tuple[str, list[str]]:
    """One case up to the release of its notice: (number, titles of the open tasks)."""
    procedure = load(PROCEDURES / "hund-anmelden", PROCEDURES / "musterstadt" / "tenant.yaml")
    with Engine.open(database, handlers=handlers("text")) as engine:
        engine.deploy(procedure.machine)
        engine.set_office(procedure.office)

        ada = Actor("ada", "party", frozenset({"halter"}), tenant=procedure.office.id, trust="high")
        case = engine.start("hund-anmelden", ada, data=APPLICATION)

        kaya = procedure.office.people["kaya"]
        clerk = Actor(kaya.id, "person", kaya.roles, name=kaya.name, tenant=procedure.office.id)
        (task,) = [one for one in engine.tasks(clerk) if one.case == case.id]
        tax = case.values["antrag"]["steuer"]
        engine.complete(task.id, clerk, "festsetzen", {"wohnsitz": True, "festgesetzt": tax})
        engine.work()  # the worker of a service does this by itself

        after = engine.case(case.id, Actor("script", "system", tenant=procedure.office.id))
        return after.number, [one.title for one in after.tasks]


if __name__ == "__main__":
    number, titles = main()
    print(f"Vorgang {number}. Offen: {', '.join(titles)}.")

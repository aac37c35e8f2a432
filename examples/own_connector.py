"""Answer a `service` step yourself: the waste company names a day, or says that it is fully booked.

Run it: python examples/own_connector.py
"""

from datetime import date
from pathlib import Path

from amtsweg import Actor, Answer, Engine, ServiceError, load
from amtsweg.engine.handlers import Call
from amtsweg.hosting import handlers

HERE = Path(__file__).resolve().parent
BOOKED: dict[str, date] = {}
"""What the company has booked, by the key of the request: the same key again is the same request."""


def ask_the_company(call: Call) -> Answer:
    """The handler of the connector `entsorgung`: gets the inputs of the step, gives its outputs."""
    amount = call.data["input"]["menge"]
    if amount > 3:
        raise ServiceError("ausgebucht")
    day = BOOKED.setdefault(call.key, date(2026, 12, 1 + len(BOOKED)))
    return Answer("ok", {"tag": day})


def main(amount: int) -> tuple[str, list[str]]:
    """A case with so many cubic metres: (status, titles of the open tasks)."""
    procedure = load(HERE / "sperrmuell")
    with Engine.open("memory:", handlers=handlers("text", {"call:entsorgung": ask_the_company})) as engine:
        engine.deploy(procedure)
        citizen = Actor("ada", "party", frozenset({"buerger"}), tenant=procedure.office.id)
        case = engine.start("sperrmuell", citizen, data={"menge": amount})
        engine.work()
        after = engine.case(case.id, Actor("script", "system", tenant=procedure.office.id))
        return after.status, [task.title for task in after.tasks]


if __name__ == "__main__":
    for cubic_metres in (2, 5):
        status, titles = main(cubic_metres)
        print(f"{cubic_metres} m³: {status} {', '.join(titles)}".rstrip())

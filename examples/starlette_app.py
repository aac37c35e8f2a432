"""Embed the engine in a Starlette app and share its SQLAlchemy transaction: both are written, or neither.

The app keeps its own table of bookings. A request writes a booking and opens a case in one transaction; if the case is
refused, there is no booking either.

Serve it: uvicorn --factory examples.starlette_app:app
"""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from amtsweg import Actor, Answer, Engine, Refused, load
from amtsweg.engine.store.sql import SqlStore
from amtsweg.hosting import handlers

HERE = Path(__file__).resolve().parent
METADATA = sa.MetaData()
BOOKING = sa.Table(
    "booking",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("case_id", sa.Text),
)


def app(database: str = "sqlite:///amtsweg-example.sqlite3") -> Starlette:
    """The app over a database that it shares with the engine."""
    procedure = load(HERE / "sperrmuell")
    answer = {"call:entsorgung": lambda call: Answer("ok", {"tag": "2026-12-01"})}
    store = SqlStore.open(database)
    engine = Engine(store, handlers=handlers("text", answer))
    engine.deploy(procedure)
    engine.set_office(procedure.office)
    METADATA.create_all(store.engine)

    def book(account: str, data: Any) -> JSONResponse:
        citizen = Actor(account, "party", frozenset({"buerger"}), tenant=procedure.office.id)
        try:
            with store.engine.begin() as connection:
                booking = connection.execute(BOOKING.insert().values(account=account)).inserted_primary_key
                assert booking is not None
                with engine.using(connection) as shared:
                    case = shared.start("sperrmuell", citizen, data=data)
                connection.execute(BOOKING.update().where(BOOKING.c.id == booking[0]).values(case_id=case.id))
        except Refused as error:
            problems = {problem.path: problem.text for problem in error.problems}
            return JSONResponse({"sentence": error.sentence, "problems": problems}, 422)
        return JSONResponse({"case": case.id, "number": case.number}, 201)

    async def bookings(request: Request) -> JSONResponse:
        return book(request.query_params["account"], await request.json())

    def count(request: Request) -> JSONResponse:
        with store.engine.connect() as connection:
            rows = connection.execute(sa.select(sa.func.count()).select_from(BOOKING)).scalar_one()
        office = Actor("app", "system", tenant=procedure.office.id)
        return JSONResponse({"bookings": rows, "cases": len(engine.cases(office))})

    routes = [Route("/bookings", bookings, methods=["POST"]), Route("/count", count)]
    made = Starlette(routes=routes)
    made.state.engine = engine
    return made

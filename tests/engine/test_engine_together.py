"""Several cases, several threads, and the real dog registration, over every store."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from engine_build import ADA, BOSS, KAYA, NOON, FlowMaker, ListenSpec, TextPart, at, feel, machine, office
from engine_probe import DATA, probe

from amtsweg.dsl import load
from amtsweg.dsl.procedure import ChildSpec, Machine, Notify
from amtsweg.engine.clock import SettableClock
from amtsweg.engine.engine import Engine
from amtsweg.engine.event import Actor
from amtsweg.engine.handlers import Answer, Call
from amtsweg.errors import AmtswegError, Conflict, StoreError


def named(made: Machine, name: str) -> Machine:
    """The same machine under another procedure's name."""
    return Machine(**{**{f: getattr(made, f) for f in Machine.__dataclass_fields__}, "id": name})


def parent_and_child(engine: Engine) -> str:
    """A case that waits for another one; its id."""
    child = FlowMaker()
    child.task("c", listens=(ListenSpec("left"),)).place("ende", "end")
    child.move("c:done", "outcome", "c", "done", ("ende",), end="granted")
    child.move("c:left", "heard", "c", "left", ("ende",), end="withdrawn")
    parent = FlowMaker()
    parent.place("k", "open_case", child=ChildSpec("kind", {"x": feel("case.number")}), listens=(ListenSpec("stop"),))
    parent.place("ende", "end")
    parent.move("k:granted", "child_ended", "k", "granted", ("ende",), end="granted", completes=(("k", "granted"),))
    parent.move("k:stop", "heard", "k", "stop", ("ende",), end="withdrawn")
    engine.deploy(named(machine(child), "kind"))
    engine.deploy(named(machine(parent), "eltern"))
    return engine.start("eltern", BOSS).id


def test_a_child_case_begins_by_itself_and_its_end_brings_the_parent_on(engine: Engine) -> None:
    parent = parent_and_child(engine)
    engine.work()
    (child,) = engine.case(parent, BOSS).children
    assert engine.case(child, BOSS).procedure == "kind"
    engine.complete(f"{child}:c#1", KAYA)
    engine.work()
    done = engine.case(parent, BOSS)
    assert (done.outcome, done.steps["k"]["outcome"]) == ("granted", "granted")
    assert [engine.replay(id_, "musterstadt") for id_ in (parent, child)] == [None, None]


def test_a_child_case_is_told_when_nobody_waits_any_more(engine: Engine) -> None:
    parent = parent_and_child(engine)
    engine.work()
    (child,) = engine.case(parent, BOSS).children
    engine.message(parent, "stop", tenant="musterstadt")
    engine.work()
    assert engine.case(parent, BOSS).outcome == "withdrawn"
    assert engine.case(child, BOSS).outcome == "withdrawn"


def test_one_of_many_clicks_at_once_counts_and_the_others_are_told(url: str) -> None:
    """Eight threads complete the same task; exactly one succeeds, the journal has exactly one entry more."""
    with Engine.open(url, clock=SettableClock(NOON)) as engine:
        engine.set_office(office())
        engine.deploy(probe())
        case = engine.start("probe", ADA, data=DATA)
        task = next(engine.tasks(KAYA)).id
        said: list[str] = []

        def click() -> None:
            try:
                engine.complete(task, KAYA, "zurueck", {"alle": False})
                said.append("done")
            except AmtswegError as error:
                said.append(getattr(error, "code", type(error).__name__))

        threads = [threading.Thread(target=click) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(set(said)) == ["done", "stale"]
        assert said.count("done") == 1
        assert engine.case(case.id, KAYA).entries == 3
        assert engine.replay(case.id, "musterstadt") is None


def test_many_workers_do_every_job_once(url: str) -> None:
    seen: list[str] = []

    def deliver(call: Call) -> Answer:
        seen.append(call.key)
        return Answer("ok", {"served": at("2026-03-06T00:00").date().isoformat()})

    handlers = {"notify": deliver}
    with Engine.open(url, clock=SettableClock(NOON), handlers=handlers) as engine:
        engine.set_office(office())
        f = FlowMaker()
        f.task("a", by="halter").place("n", "notify").task("b")
        f.move("a:done", "outcome", "a", "done", ("b",), notify=(Notify((TextPart("Guten Tag"),), ("halter",)),))
        engine.deploy(machine(f))
        for _ in range(12):
            case = engine.start("probe", ADA)
            engine.complete(f"{case.id}:a#1", ADA)
        threads = [threading.Thread(target=engine.worker().work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(seen) == len(set(seen)) == 12


def test_a_stale_version_of_a_case_is_never_written(engine: Engine) -> None:
    engine.deploy(probe())
    case = engine.start("probe", ADA, data=DATA)
    old = engine.state(case.id, "musterstadt")
    engine.complete(next(engine.tasks(KAYA)).id, KAYA, "zurueck", {"alle": False})
    with pytest.raises(Conflict), engine.shell.transaction() as tx:
        row = tx.case_row("musterstadt", case.id)
        assert row is not None
        tx.save(old, old, row)


def test_an_exception_inside_a_transaction_leaves_nothing_behind(engine: Engine) -> None:
    with pytest.raises(RuntimeError), engine.shell.transaction() as tx:
        assert tx.next_number("musterstadt", "x") == 1
        raise RuntimeError("power cut")
    with engine.shell.transaction() as tx:
        assert tx.next_number("musterstadt", "x") == 1


def test_a_database_that_is_newer_is_not_touched(tmp_path: Path) -> None:
    from sqlalchemy import create_engine, text

    url = f"sqlite:///{tmp_path / 'amt.sqlite3'}"
    Engine.open(url).close()
    with create_engine(url).begin() as connection:
        connection.execute(text("UPDATE aw_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="Install the newer program"):
        Engine.open(url)


def test_the_migrations_make_the_tables_that_the_code_knows(tmp_path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from amtsweg.engine.store.sql import SqlStore
    from amtsweg.engine.store.tables import metadata

    store = SqlStore.open(f"sqlite:///{tmp_path / 'amt.sqlite3'}")
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "aw_version"})
        assert compare_metadata(context, metadata) == []
    store.close()


# -------------------------------------------------------------------------------------------------- the real procedure

DOG = {
    "person": {"vorname": "Ada", "nachname": "Beispiel", "anrede": "frau"},
    "geburtsdatum": "1985-04-12",
    "bisher": "0",
    "zugezogen": "no",
    "hunde": [
        {
            "name": "Rex",
            "rasse": "labrador",
            "geschlecht": "ruede",
            "farbe": "braun",
            "wurfdatum": "2019-05-01",
            "herkunft": "privat",
            "seit": "2021-03-15",
            "auffaellig": "no",
        }
    ],
    "befreiung": "nein",
    "zahlungsweise": "ueberweisung",
    "marke": "post",
}


def test_a_dog_is_registered_taxed_released_served_and_paid(engine: Engine, clock: SettableClock) -> None:
    """Everything at once: the shipped procedure, its block, its letter, its tenant, with its catalogue's amounts."""
    folder = Path(load.__file__).parent.parent / "procedures"
    loaded = load.load_folder(folder / "hund-anmelden", tenant=folder / "musterstadt" / "tenant.yaml")
    assert loaded.machine is not None, "the shipped procedure has findings"
    clock.set(at("2021-07-01T10:00"))
    engine.set_office(loaded.office)
    engine.deploy(loaded.machine)
    kaya = Actor("kaya", "person", loaded.office.people["kaya"].roles, tenant="musterstadt")
    lenz = Actor("lenz", "person", loaded.office.people["lenz"].roles, tenant="musterstadt")
    case = engine.start("hund-anmelden", ADA, data=DOG)
    assert str(case.values["antrag"].get("steuer")) == "60 EUR"
    engine.complete(next(engine.tasks(kaya)).id, kaya, "festsetzen", {"wohnsitz": "ja"})
    engine.work()
    engine.complete(next(engine.tasks(lenz)).id, lenz, "freigeben")
    engine.work()
    view = engine.case(case.id, kaya)
    assert view.at == ("zahlen",)
    assert str(view.steps["bescheid_senden"]["served"]) == "2021-07-05"
    assert str(view.steps["zahlen"]["due"]) == "2021-08-05"
    engine.answer(view.steps["zahlen"]["request"], "paid", tenant="musterstadt")
    assert engine.case(case.id, kaya).status == "ended"
    assert engine.verify(case.id, "musterstadt") is None
    assert engine.replay(case.id, "musterstadt") is None

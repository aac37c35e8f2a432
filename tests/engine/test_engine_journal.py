"""The journal: replay equals what is stored, and whatever is changed is found with the first bad entry named."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from engine_build import ADA, BOSS, KAYA, LENZ, NOON, office
from engine_probe import DATA, probe
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from amtsweg.engine.case import Case
from amtsweg.engine.clock import SettableClock
from amtsweg.engine.engine import Engine
from amtsweg.engine.event import Change
from amtsweg.engine.plain import dump, load
from amtsweg.errors import JournalBroken, NotFound, Refused

ACTS = st.lists(
    st.sampled_from(
        ["check good", "check back", "check bad", "release", "refuse", "withdraw", "message", "paid", "work", "day",
         "week", "month", "claim", "correct", "move", "erase"]
    ),
    max_size=14,
)  # fmt: skip


def act(engine: Engine, clock: SettableClock, case_id: str, what: str) -> None:
    """Try something; what is not possible now is refused, and that is fine."""
    tasks = {t.step: t.id for actor in (KAYA, LENZ) for t in engine.tasks(actor)}
    try:
        if what == "check good":
            engine.complete(tasks["pruefen"], KAYA, "gut", {"alle": True})
        elif what == "check back":
            engine.complete(tasks["pruefen"], KAYA, "zurueck", {"alle": False})
        elif what == "check bad":
            engine.complete(tasks["pruefen"], KAYA, "schlecht", {"alle": False}, reason="so")
        elif what == "release":
            engine.complete(tasks["freigeben"], LENZ, "ja")
        elif what == "refuse":
            engine.complete(tasks["freigeben"], LENZ, "nein")
        elif what == "withdraw":
            engine.report(case_id, "zurueck", ADA, reason="doch nicht")
        elif what == "message":
            engine.message(case_id, "geklaert", {"wie": "bar"}, tenant="musterstadt")
        elif what == "paid":
            request = engine.case(case_id, BOSS).steps["zahlen"]["request"]
            engine.answer(request, "paid", tenant="musterstadt")
        elif what == "work":
            engine.work()
        elif what == "claim":
            engine.claim(tasks["pruefen"], KAYA)
        elif what == "correct":
            engine.correct(case_id, BOSS, [Change("put", "antrag", value={"name": "Bello"})], "Tippfehler")
        elif what == "move":
            engine.correct(case_id, BOSS, [Change("move", "", to="pruefen")], "noch einmal")
        elif what == "erase":
            engine.erase(case_id, BOSS, ["1 year"])
        else:
            clock.advance(days={"day": 1, "week": 7, "month": 35}[what])
    except (Refused, NotFound, KeyError):
        pass


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ACTS)
def test_whatever_happens_the_journal_verifies_and_replays_to_what_is_stored(acts: list[str]) -> None:
    clock = SettableClock(NOON)
    engine = Engine(clock=clock)
    engine.set_office(office())
    engine.deploy(probe())
    case = engine.start("probe", ADA, data={**DATA, "notiz": "beißt"})
    for what in acts:
        act(engine, clock, case.id, what)
        stored = engine.state(case.id, "musterstadt")
        assert load(Case, json.loads(json.dumps(dump(stored)))) == stored
    assert engine.verify(case.id, "musterstadt") is None
    assert engine.replay(case.id, "musterstadt") is None


def test_a_change_of_the_office_does_not_disturb_the_replay() -> None:
    clock = SettableClock(NOON)
    engine = Engine(clock=clock)
    engine.set_office(office())
    engine.deploy(probe())
    case = engine.start("probe", ADA, data=DATA)
    engine.set_office(office(closed_days=("12-24", "12-31", "2026-03-05")))
    clock.advance(days=1)
    engine.complete(next(engine.tasks(KAYA)).id, KAYA, "zurueck", {"alle": False})
    assert next(engine.tasks(KAYA)).due_day == "2026-03-18"
    assert engine.replay(case.id, "musterstadt") is None


@pytest.fixture
def written(tmp_path: Path) -> tuple[str, str]:
    """A database with a case of five entries; its URL and the case's id."""
    url = f"sqlite:///{tmp_path / 'amt.sqlite3'}"
    clock = SettableClock(NOON)
    with Engine.open(url, clock=clock) as engine:
        engine.set_office(office())
        engine.deploy(probe())
        case = engine.start("probe", ADA, data=DATA)
        for _ in range(2):
            clock.advance(hours=1)
            engine.complete(next(engine.tasks(KAYA)).id, KAYA, "zurueck", {"alle": False})
        engine.claim(next(engine.tasks(KAYA)).id, KAYA)
        assert engine.verify(case.id, "musterstadt") is None
    return url, case.id


def tampered(written: tuple[str, str], sql: str) -> object:
    """What `verify` says after a change behind the engine's back."""
    url, case_id = written
    with create_engine(url).begin() as connection:
        assert connection.execute(text(sql)).rowcount >= 1
    with Engine.open(url) as engine:
        return engine.verify(case_id, "musterstadt")


@pytest.mark.parametrize(
    ("sql", "entry", "said"),
    [
        ("UPDATE aw_entry SET data = replace(data, 'kaya', 'lenz') WHERE no = 3", 3, "Entry 3 was changed"),
        ("DELETE FROM aw_entry WHERE no = 2", 2, "Entry 2 is missing"),
        ("DELETE FROM aw_entry WHERE no = 5", 5, "counts 5 entries, the journal has 4"),
        ("UPDATE aw_part SET data = replace(data, 'Rex', 'Max') WHERE no = 2", 2, "The values of entry 2 were changed"),
        ("UPDATE aw_part SET salt = '00' WHERE no = 4", 4, "The values of entry 4 were changed"),
        ("UPDATE aw_entry SET hash = '00' || substr(hash, 3) WHERE no = 1", 1, "Entry 1 was changed"),
        ("UPDATE aw_case SET data = replace(data, 'pruefen#3', 'pruefen#9')", 5, "not the one the journal leads to"),
        ("DELETE FROM aw_part WHERE no = 3", 3, "Values of entry 3 are missing"),
        ("UPDATE aw_part SET data = NULL, salt = '' WHERE no = 3", 3, "removed without a deletion"),
        ("INSERT INTO aw_part VALUES ('%', 1, 'x', '00', 'null')", 1, "a class it does not name"),
    ],
)
def test_a_change_behind_the_engine_is_found_with_its_first_entry(
    written: tuple[str, str], sql: str, entry: int, said: str
) -> None:
    finding = tampered(written, sql.replace("%", written[1]))
    assert finding is not None
    assert getattr(finding, "no", None) == entry
    assert said in str(finding)


def test_a_changed_value_of_the_stored_case_is_found_by_replay(written: tuple[str, str]) -> None:
    """Values are not in the control hash; running the events again finds them."""
    assert tampered(written, 'UPDATE aw_case SET data = replace(data, \'"name":"Rex"\', \'"name":"Max"\')') is None
    with Engine.open(written[0]) as engine:
        found = engine.replay(written[1], "musterstadt")
    assert found is not None and "another case than is stored" in found.sentence


def test_a_case_that_cannot_be_read_is_said_plainly(written: tuple[str, str]) -> None:
    with pytest.raises(JournalBroken, match="cannot be read"):
        tampered(written, "UPDATE aw_case SET data = '{\"id\": 1}'")


def test_a_deleted_value_leaves_a_chain_that_still_verifies(written: tuple[str, str]) -> None:
    url, case_id = written
    with Engine.open(url, clock=SettableClock(NOON + timedelta(days=1))) as engine:
        engine.erase(case_id, BOSS, [""])
        assert engine.verify(case_id, "musterstadt") is None
        assert engine.replay(case_id, "musterstadt") is None
        assert "Rex" not in json.dumps(engine.export(case_id, BOSS), default=str)

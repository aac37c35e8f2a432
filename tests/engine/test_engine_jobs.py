"""What leaves a case: done once, tried again, handed to a person in the end; and the connectors that ship with it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from email.message import EmailMessage
from pathlib import Path

import pytest
from engine_build import ADA, BOSS, KAYA, LENZ, NOON, JobSpec, TimerSpec, at, feel, machine, office
from engine_build import FlowMaker as Maker
from engine_probe import DATA, probe

from amtsweg.dsl.feel.values import Money
from amtsweg.dsl.procedure import Person
from amtsweg.engine.clock import SettableClock
from amtsweg.engine.connectors.fakepay import Behaviour, FakePay
from amtsweg.engine.connectors.filedrop import FileDrop
from amtsweg.engine.connectors.http import HttpService
from amtsweg.engine.connectors.mail import Mail
from amtsweg.engine.engine import Engine
from amtsweg.engine.event import Change
from amtsweg.engine.handlers import Answer, Call, File, Handlers, ServiceError
from amtsweg.engine.jobs import wait_before
from amtsweg.errors import AmtswegError


def asking(retries: int = 3) -> object:
    """A procedure that asks `kasse.buchen` and goes on."""
    f = Maker()
    f.task("a", by="halter")
    f.place(
        "s", "service", job=JobSpec("call", {"x": feel("case.number")}, "kasse", "buchen", slot="s", retries=retries)
    )
    f.task("gut").task("voll")
    f.move("a:done", "outcome", "a", "done", ("s",))
    f.move("s:ok", "result", "s", "ok", ("gut",))
    f.move("s:voll", "failed", "s", "voll", ("voll",))
    return machine(f)


class Town:
    """An engine whose service does what a test says."""

    def __init__(self, url: str, retries: int = 3) -> None:
        self.clock = SettableClock(NOON)
        self.handlers = Handlers()
        self.engine = Engine.open(url, clock=self.clock, handlers=self.handlers)
        self.engine.set_office(office())
        self.engine.deploy(asking(retries))  # type: ignore[arg-type]  # a machine
        case = self.engine.start("probe", ADA)
        self.case_id = case.id
        self.engine.complete(f"{case.id}:a#1", ADA)

    @property
    def at(self) -> tuple[str, ...]:
        return self.engine.case(self.case_id, KAYA).at


@pytest.fixture
def town(url: str) -> Iterator[Town]:
    made = Town(url)
    yield made
    made.engine.close()


def test_a_service_is_asked_again_with_patience_and_the_same_key(town: Town) -> None:
    keys: list[tuple[str, int]] = []

    @town.handlers.on("call:kasse.buchen")
    def flaky(call: Call) -> Answer:
        keys.append((call.key, call.attempt))
        if len(keys) < 3:
            raise TimeoutError("no answer")
        return Answer("ok", {"beleg": "1"})

    town.engine.work()
    assert town.at == ("s",)
    assert "nächster Versuch" in town.engine.why(town.case_id, KAYA).text()
    for _ in range(2):
        town.clock.advance(minutes=5)
        town.engine.work()
    assert town.at == ("gut",)
    assert keys == [(f"{town.case_id}/s#1:call/1", n) for n in (1, 2, 3)]


def test_after_the_last_try_a_person_is_asked_and_may_try_again(town: Town) -> None:
    answers: list[bool] = []

    @town.handlers.on("call:kasse.buchen")
    def down(call: Call) -> Answer:
        if not answers:
            raise ConnectionError("refused")
        return Answer()

    for _ in range(4):
        town.engine.work()
        town.clock.advance(hours=1)
    (incident,) = town.engine.incidents(BOSS)
    assert "Der Dienst antwortet nicht" in incident.sentence
    assert town.at == ("s",)
    answers.append(True)
    town.engine.retry(incident.id, BOSS)
    town.engine.work()
    assert town.at == ("gut",)
    assert town.engine.incidents(BOSS) == ()


def test_an_error_the_service_declares_takes_the_procedure_s_way_at_once(town: Town) -> None:
    @town.handlers.on("call:kasse")
    def full(call: Call) -> Answer:
        raise ServiceError("voll", "Kein Platz")

    town.engine.work()
    assert town.at == ("voll",)


def test_a_job_whose_worker_died_is_done_by_another_after_its_lease(town: Town) -> None:
    town.handlers.register("call:kasse", lambda call: Answer())
    (row,) = town.engine.runner.claim()
    town.engine.work()
    assert town.at == ("s",)
    town.clock.advance(minutes=6)
    town.engine.work()
    assert town.at == ("gut",)
    town.engine.runner.run(row)
    assert [e.kind for e in town.engine.journal(town.case_id, KAYA)] == ["Start", "Outcome", "Result"]


def test_an_answer_after_the_case_went_elsewhere_changes_nothing_but_is_shown(town: Town) -> None:
    town.handlers.register("call:kasse", lambda call: Answer())
    (row,) = town.engine.runner.claim()
    town.engine.correct(town.case_id, BOSS, [Change("settle", "s#1:call", to="ok")], "von Hand gebucht")
    assert town.at == ("gut",)
    town.engine.runner.finish(row, Answer("ok", {}))
    assert town.at == ("gut",)
    assert [i.code for i in town.engine.incidents(BOSS)] == ["late"]


def test_waiting_grows_is_bounded_and_spread_and_the_same_for_the_same_key() -> None:
    waits = [wait_before("k", attempt).total_seconds() for attempt in range(1, 15)]
    assert waits == [wait_before("k", attempt).total_seconds() for attempt in range(1, 15)]
    assert 24 <= waits[0] <= 36 and max(waits) <= 6 * 3600 * 1.2
    assert wait_before("k", 3) != wait_before("other", 3)


def to_payment(plan: tuple[Behaviour, ...]) -> tuple[Engine, SettableClock, FakePay, str]:
    """The probe procedure up to its payment, with a provider that behaves as planned."""
    clock, pay = SettableClock(NOON), FakePay(plan)
    engine = Engine(clock=clock, handlers={"pay": pay})
    engine.set_office(office())
    engine.deploy(probe())
    case = engine.start("probe", ADA, data=DATA)
    engine.complete(next(engine.tasks(KAYA)).id, KAYA, "gut", {"alle": True})
    engine.complete(next(engine.tasks(LENZ)).id, LENZ, "ja")
    engine.work()
    return engine, clock, pay, case.id


@pytest.mark.parametrize("behaviour", ["paid", "later", "partly", "timeout", "paid_then_timeout"])
def test_however_the_provider_behaves_the_fee_is_paid_once(behaviour: Behaviour) -> None:
    engine, clock, pay, case_id = to_payment((behaviour, "paid"))
    clock.advance(minutes=5)
    engine.work()
    pay.pay_all(lambda key, name, data: engine.answer(key, name, data, tenant="musterstadt"))
    assert engine.case(case_id, KAYA).outcome == "granted"
    assert pay.total == Decimal("15.00")
    assert [e.outcome for e in engine.journal(case_id, KAYA) if e.outcome == "paid"] == ["paid"]


def test_money_that_comes_after_the_deadline_is_shown_to_a_person() -> None:
    engine, clock, pay, case_id = to_payment(("later",))
    clock.set(at("2026-04-10T10:00"))
    pay.pay_all(lambda key, name, data: engine.answer(key, name, data, tenant="musterstadt"))
    assert engine.case(case_id, KAYA).at == ("warten",)
    assert {i.code for i in engine.incidents(BOSS)} == {"late"}


def test_a_renderer_s_document_is_kept_in_the_file_and_marked_as_sent() -> None:
    f = Maker()
    f.place("b", "letter").place(
        "b.make", "letter", "b", block="b", depth=1, job=JobSpec("produce", letter="brief", slot="b")
    )
    f.place("b.send", "letter", "b", block="b", depth=1, job=JobSpec("deliver", letter="brief", slot="b"))
    f.place("ende", "end")
    f.start = ("b", "b.make")
    f.move("made", "result", "b.make", "ok", ("b.send",))
    f.move("sent", "result", "b.send", "ok", ("ende",), clear=("b", "b.send"), end="granted")
    handlers = {"letters.produce": lambda call: Answer("ok", {}, File("brief.pdf", b"%PDF", title="Brief"))}
    engine = Engine(clock=SettableClock(NOON), handlers=handlers)
    engine.set_office(office())
    engine.deploy(machine(f))
    case = engine.start("probe", KAYA)
    engine.work()
    (document,) = engine.documents(case.id, KAYA)
    assert (document.title, document.status, document.sent, document.size) == ("Brief", "sent", NOON, 4)
    assert engine.document(document.id, KAYA)[1] == b"%PDF"


# ----------------------------------------------------------------------------------------------------------- connectors


def call(**data: object) -> Call:
    from amtsweg.dsl.procedure import Procedure

    people = {"kaya": Person("kaya", "Kaya", frozenset({"sachbearbeitung"}), email="kaya@example.org")}
    procedure = Procedure(probe(), office(people=people))
    return Call("c1/s#1:call/1", "call", "c1", "musterstadt", data, 1, procedure, NOON)


def test_mail_goes_to_everybody_with_the_role_once_and_its_id_is_always_the_same() -> None:
    sent: list[EmailMessage] = []

    class Box:
        def send_message(self, msg: EmailMessage) -> object:
            sent.append(msg)
            return {}

        def quit(self) -> object:
            return None

    mail = Mail("localhost", "amt@example.org", connect=lambda m: Box())
    notice = call(
        to=["sachbearbeitung", "halter"], text="Bitte prüfen", number="P-1", address={"email": "a@example.org"}
    )
    for _ in range(2):
        mail.notify(notice)
    assert [m["To"] for m in sent] == ["kaya@example.org", "a@example.org"] * 2
    assert sent[0]["Message-ID"] == sent[2]["Message-ID"] != sent[1]["Message-ID"]
    with pytest.raises(ServiceError, match="keine E-Mail"):
        mail.deliver(call(to=["halter"]))


def test_an_http_service_gets_json_with_the_key_and_its_errors_are_told_apart() -> None:
    asked: list[tuple[str, dict[str, object], str]] = []
    answers = iter([(200, b'{"beleg": "7", "summe": 12.5}'), (202, b""), (409, b'{"error": "voll"}'), (503, b"")])

    def send(url: str, body: bytes, headers: object, timeout: float) -> tuple[int, bytes]:
        asked.append((url, json.loads(body), headers["Idempotency-Key"]))  # type: ignore[index]  # a mapping
        return next(answers)

    service = HttpService("https://kasse.example/api/", send=send)
    request = call(operation="buchen", input={"betrag": Money(Decimal("7.50"), "EUR"), "name": "Ada"})
    found = service(request)
    assert isinstance(found, Answer) and found.data == {"beleg": "7", "summe": Decimal("12.5")}
    assert asked[0][0] == "https://kasse.example/api/buchen"
    assert asked[0][1]["input"] == {"betrag": "7.50 EUR", "name": "Ada"}
    assert asked[0][2] == request.key
    assert not isinstance(service(request), Answer)
    with pytest.raises(ServiceError) as caught:
        service(request)
    assert caught.value.code == "voll"
    with pytest.raises(ConnectionError):
        service(request)
    with pytest.raises(ValueError, match="https://"):
        HttpService("file:///etc/passwd")


def test_a_file_is_dropped_whole_and_once_per_key(tmp_path: Path) -> None:
    drop = FileDrop(tmp_path)
    first, again = drop(call(input={"name": "Ärger"})), drop(call(input={"name": "Ärger"}))
    assert first == again
    (file,) = tmp_path.iterdir()
    assert json.loads(file.read_text("utf-8"))["data"]["input"] == {"name": "Ärger"}


def test_a_host_s_own_rows_commit_or_vanish_with_the_engine_s(tmp_path: Path) -> None:
    from sqlalchemy import text

    from amtsweg.engine.store.sql import SqlStore

    store = SqlStore.open(f"sqlite:///{tmp_path / 'amt.sqlite3'}")
    engine = Engine(store, clock=SettableClock(NOON))
    engine.set_office(office())
    engine.deploy(probe())
    with store.engine.begin() as connection:
        connection.execute(text("CREATE TABLE hund (name TEXT)"))
    with pytest.raises(RuntimeError), store.engine.begin() as connection:
        connection.execute(text("INSERT INTO hund VALUES ('Rex')"))
        with engine.using(connection) as inside:
            inside.start("probe", ADA, data=DATA, case="c1")
        raise RuntimeError("the host changes its mind")
    assert engine.cases(KAYA) == ()
    with store.engine.begin() as connection:
        connection.execute(text("INSERT INTO hund VALUES ('Rex')"))
        with engine.using(connection) as inside:
            inside.start("probe", ADA, data=DATA, case="c1")
    assert [case.id for case in engine.cases(KAYA)] == ["c1"]
    with store.engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM hund")).scalar() == 1


def test_a_timer_that_cannot_act_is_shown_to_a_person_who_can_mend_the_case() -> None:
    f = Maker()
    f.task("a", timers=(TimerSpec("after.1", feel("1 week")),)).place("wahl", "branch").place("ende", "end")
    f.move("a:after", "due", "a", "after.1", ("wahl",))
    f.auto("wahl:1", "wahl", ("ende",), guard=feel("1 = 2"), alt="wahl", end="granted")
    clock = SettableClock(NOON)
    engine = Engine(clock=clock)
    engine.set_office(office())
    engine.deploy(machine(f))
    case = engine.start("probe", KAYA)
    clock.advance(days=10)
    engine.work()
    (incident,) = engine.incidents(BOSS)
    assert (incident.kind, incident.code) == ("timer", "failed")
    assert engine.case(case.id, KAYA).at == ("a",)
    with pytest.raises(AmtswegError, match="could not act"):
        engine.complete(next(engine.tasks(KAYA)).id, KAYA)
    engine.correct(case.id, BOSS, [Change("end", to="settled")], "von Hand erledigt")
    assert engine.case(case.id, KAYA).outcome == "settled"
    assert engine.replay(case.id, "musterstadt") is None

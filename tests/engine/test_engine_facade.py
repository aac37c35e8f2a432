"""The facade over every store: a case from application to payment, and everything people do on the way."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from engine_build import ADA, BOSS, KAYA, LENZ, NOON, OTHER, Deputy, at, office
from engine_probe import DATA, probe

from amtsweg.dsl.feel.temporal import Date
from amtsweg.dsl.feel.values import Money
from amtsweg.engine.clock import SettableClock
from amtsweg.engine.engine import Engine
from amtsweg.engine.event import Actor, Change
from amtsweg.errors import NotFound, Refused


@pytest.fixture(autouse=True)
def _deployed(engine: Engine) -> None:
    engine.deploy(probe())


def only_task(engine: Engine, actor: Actor) -> str:
    return next(engine.tasks(actor)).id


def to_release(engine: Engine) -> str:
    """A case that waits for its release; its id."""
    case = engine.start("probe", ADA, data=DATA)
    engine.complete(only_task(engine, KAYA), KAYA, "gut", {"alle": True})
    return case.id


def test_a_case_runs_from_application_to_payment_and_its_journal_replays(engine: Engine, clock: SettableClock) -> None:
    case_id = to_release(engine)
    engine.complete(only_task(engine, LENZ), LENZ, "ja")
    assert engine.work() >= 2
    case = engine.case(case_id, KAYA)
    assert case.at == ("zahlen",)
    assert case.steps["senden"]["served"] == Date(2026, 3, 6)
    assert case.steps["zahlen"]["due"] == Date(2026, 4, 7)
    request = case.steps["zahlen"]["request"]
    engine.answer(request, "paid", tenant="musterstadt")
    engine.answer(request, "paid", tenant="musterstadt")
    done = engine.case(case_id, KAYA)
    assert (done.status, done.outcome) == ("ended", "granted")
    assert engine.verify(case_id, "musterstadt") is None
    assert engine.replay(case_id, "musterstadt") is None


def test_a_date_in_the_past_is_the_law_s_not_the_worker_s(engine: Engine, clock: SettableClock) -> None:
    """A worker that slept two months fires the deadline at its own time."""
    case_id = to_release(engine)
    engine.complete(only_task(engine, LENZ), LENZ, "ja")
    engine.work()
    clock.set(at("2026-05-30T10:00"))
    engine.work()
    case = engine.case(case_id, KAYA)
    assert case.at == ("warten",)
    assert case.clock == at("2026-04-07T22:00")


def test_the_applicant_s_form_is_judged_and_nothing_is_written_if_it_is_wrong(engine: Engine) -> None:
    with pytest.raises(Refused) as caught:
        engine.start("probe", ADA, data={"name": "", "seit": "2026-12-24", "fremd": 1})
    assert set(caught.value.errors) == {("name", "required"), ("seit", "not_after"), ("fremd", "unknown_field")}
    assert engine.cases(KAYA) == ()


def test_four_eyes_keep_the_drafter_from_releasing(engine: Engine) -> None:
    to_release(engine)
    assert [task.step for task in engine.tasks(LENZ)] == ["freigeben"]
    assert list(engine.tasks(KAYA)) == []
    task = only_task(engine, LENZ)
    with pytest.raises(Refused, match="Vier Augen: Wer „Pruefen“ erledigt hat") as caught:
        engine.complete(task, KAYA, "ja")
    assert caught.value.code == "same_person"


def test_a_deputy_of_the_drafter_may_not_release_either(engine: Engine) -> None:
    """Compared are persons and whom they deputise for."""
    rules = (Deputy("kaya", "mara", "2026-01-01", "2026-12-31"),)
    engine.set_office(office(deputies=rules))
    mara = Actor("mara", "person", frozenset(), tenant="musterstadt")
    engine.start("probe", ADA, data=DATA)
    listed = next(engine.tasks(mara))
    assert listed.as_deputy_for == "kaya"
    engine.complete(listed.id, mara, "gut", {"alle": True})
    case_id = listed.case
    entry = engine.journal(case_id, BOSS)[-1]
    assert (entry.actor, entry.for_) == ("mara", "kaya")
    with pytest.raises(Refused) as caught:
        engine.complete(only_task(engine, LENZ), KAYA, "ja")
    assert caught.value.code == "same_person"


def test_an_administrator_may_waive_four_eyes_with_a_reason(engine: Engine) -> None:
    case_id = to_release(engine)
    task = only_task(engine, LENZ)
    engine.correct(case_id, BOSS, [Change("waive", task.split(":")[1], to="kaya")], "Sonst ist niemand da")
    assert engine.complete(task, KAYA, "ja").at == ("senden",)


def test_a_task_is_claimed_by_one_and_released_for_all(engine: Engine) -> None:
    engine.set_office(office())
    engine.start("probe", ADA, data=DATA)
    task = only_task(engine, KAYA)
    mara = Actor("mara", "person", frozenset({"sachbearbeitung"}), tenant="musterstadt")
    assert engine.claim(task, KAYA).claimed_by == "kaya"
    with pytest.raises(Refused, match="Frau Kaya bearbeitet diese Aufgabe schon"):
        engine.claim(task, mara)
    with pytest.raises(Refused) as caught:
        engine.complete(task, mara, "zurueck", {"alle": True})
    assert caught.value.code == "taken"
    assert list(engine.tasks(mara, "free")) == []
    engine.release(task, KAYA)
    assert [t.id for t in engine.tasks(mara, "free")] == [task]


def test_delegated_work_comes_back_when_it_is_resolved(engine: Engine) -> None:
    people = {
        **office().people,
        "mara": office().people["kaya"].__class__("mara", "Mara", frozenset({"sachbearbeitung"})),
    }
    engine.set_office(office(people=people))
    engine.start("probe", ADA, data=DATA)
    task = only_task(engine, KAYA)
    mara = Actor("mara", "person", frozenset({"sachbearbeitung"}), tenant="musterstadt")
    engine.claim(task, KAYA)
    assert engine.delegate(task, KAYA, "mara", "bitte vorbereiten").claimed_by == "mara"
    back = engine.resolve(task, mara, "ist vorbereitet")
    assert (back.claimed_by, back.delegated_by, back.note) == ("kaya", "", "ist vorbereitet")


def test_a_task_is_put_off_until_a_day(engine: Engine, clock: SettableClock) -> None:
    engine.start("probe", ADA, data=DATA)
    task = only_task(engine, KAYA)
    engine.follow_up(task, KAYA, NOON + timedelta(days=3), "Rückruf")
    assert [t.id for t in engine.tasks(KAYA, "follow_up")] == [task]
    assert list(engine.tasks(KAYA, "mine")) == []
    clock.advance(days=4)
    assert [t.id for t in engine.tasks(KAYA, "mine")] == [task]


def test_a_task_cannot_be_forwarded_to_somebody_who_may_not_do_it(engine: Engine) -> None:
    engine.start("probe", ADA, data=DATA)
    with pytest.raises(Refused) as caught:
        engine.forward(only_task(engine, KAYA), KAYA, "lenz")
    assert caught.value.code == "not_allowed"


def test_a_draft_is_kept_unjudged_and_shown_again(engine: Engine) -> None:
    case = engine.start("probe", ADA)
    task = f"{case.id}:antragen#1"
    engine.save_draft(task, ADA, {"name": "", "seit": "31.2.2026"})
    view = engine.task(task, ADA)
    assert view.form is not None
    fields = {field.id: field.raw for field in view.form.pages[0].items}
    assert (fields["name"], fields["seit"]) == ("", "31.2.2026")


def test_overdue_tasks_have_a_list_of_their_own(engine: Engine, clock: SettableClock) -> None:
    engine.start("probe", ADA, data=DATA)
    assert list(engine.tasks(KAYA, "overdue")) == []
    clock.set(at("2026-03-17T08:00"))
    assert [task.due_day for task in engine.tasks(KAYA, "overdue")] == ["2026-03-16"]


def test_a_work_list_is_paged_by_key_and_searched_by_folded_text(engine: Engine) -> None:
    for number in range(7):
        engine.start("probe", ADA, data={"name": f"Ärger mit Hund{number}"})
    seen: list[str] = []
    after = ""
    while True:
        page = engine.task_page(KAYA, limit=3, after=after)
        seen += [str(task.columns["antrag.name"]) for task in page.tasks]
        after = page.next
        if not after:
            break
    assert sorted(seen) == [f"Ärger mit Hund{number}" for number in range(7)]
    assert [t.columns["antrag.name"] for t in engine.tasks(KAYA, text="ÄRGER hund4")] == ["Ärger mit Hund4"]


def test_bulk_acts_give_each_task_its_own_result(engine: Engine) -> None:
    for _ in range(3):
        engine.start("probe", ADA, data=DATA)
    tasks = [task.id for task in engine.tasks(KAYA)]
    engine.complete(tasks[1], KAYA, "schlecht", {"alle": False}, reason="unvollständig")
    results = engine.bulk(tasks, KAYA, "gut", {"alle": True})
    assert [(r.ok, r.code) for r in results] == [(True, ""), (False, "stale"), (True, "")]


def test_a_repeated_event_gives_the_recorded_result(engine: Engine) -> None:
    case = engine.start("probe", ADA)
    task = f"{case.id}:antragen#1"
    first = engine.complete(task, ADA, data=DATA, event="click-1")
    again = engine.complete(task, ADA, data=DATA, event="click-1")
    assert (first.entries, again.entries) == (2, 2)
    with pytest.raises(Refused) as caught:
        engine.complete(task, ADA, data=DATA, event="click-2")
    assert caught.value.code == "stale"


def test_somebody_else_s_change_is_a_readable_conflict(engine: Engine) -> None:
    engine.start("probe", ADA, data=DATA)
    task = only_task(engine, KAYA)
    engine.complete(task, KAYA, "zurueck", {"alle": False})
    with pytest.raises(Refused, match="inzwischen von jemand anderem geändert") as caught:
        engine.complete(only_task(engine, KAYA), KAYA, "gut", {"alle": True}, base=0)
    assert caught.value.code == "changed"


def test_an_outcome_whose_condition_fails_is_not_offered(engine: Engine) -> None:
    engine.start("probe", ADA, data=DATA)
    with pytest.raises(Refused) as caught:
        engine.complete(only_task(engine, KAYA), KAYA, "gut", {"alle": False})
    assert caught.value.code == "not_offered"
    with pytest.raises(Refused) as caught:
        engine.complete(only_task(engine, KAYA), KAYA, "schlecht", {"alle": False})
    assert caught.value.errors == (("reason", "required"),)


def test_a_button_is_pressed_with_a_reason_and_cancels_what_is_inside(engine: Engine) -> None:
    case = engine.start("probe", ADA, data=DATA)
    offers = engine.case(case.id, ADA).offers
    assert [(offer.name, offer.reason) for offer in offers] == [("zurueck", "Warum?")]
    with pytest.raises(Refused):
        engine.report(case.id, "zurueck", ADA)
    with pytest.raises(Refused) as caught:
        engine.report(case.id, "zurueck", KAYA, reason="so")
    assert caught.value.code == "not_allowed"
    done = engine.report(case.id, "zurueck", ADA, reason="Hund ist verkauft")
    assert done.outcome == "withdrawn"
    assert list(engine.tasks(KAYA)) == []


def test_a_message_that_nobody_waits_for_is_kept_for_a_person(engine: Engine) -> None:
    case = engine.start("probe", ADA, data=DATA)
    engine.message(case.id, "unbekannt", {"x": 1}, tenant="musterstadt")
    assert [incident.code for incident in engine.incidents(BOSS)] == ["nobody_waits"]


def test_a_message_is_kept_until_somebody_waits_for_it(engine: Engine, clock: SettableClock) -> None:
    """The inbox is durable: the letter of March is heard in April."""
    case_id = to_release(engine)
    engine.message(case_id, "geklaert", {"wie": "bar bezahlt"}, tenant="musterstadt", event="post-1")
    engine.message(case_id, "geklaert", {"wie": "bar bezahlt"}, tenant="musterstadt", event="post-1")
    engine.complete(only_task(engine, LENZ), LENZ, "ja")
    engine.work()
    clock.set(at("2026-04-08T10:00"))
    engine.work()
    assert engine.case(case_id, KAYA).outcome == "settled"


def test_a_dated_value_is_pinned_at_the_first_look(engine: Engine, clock: SettableClock) -> None:
    clock.set(at("2026-12-30T10:00"))
    case = engine.start("probe", ADA, data=DATA)
    clock.set(at("2027-01-05T10:00"))
    later = engine.start("probe", ADA, data=DATA)
    amounts = [engine.case(c.id, KAYA).values["antrag"]["betrag"] for c in (case, later)]
    assert amounts == [Money(Decimal("15.00"), "EUR"), Money(Decimal("18.00"), "EUR")]


def test_versions_run_side_by_side_and_a_case_is_carried_over(engine: Engine) -> None:
    old = engine.start("probe", ADA, data=DATA)
    newer = probe("2.0.0")
    engine.deploy(newer)
    assert engine.start("probe", ADA, data=DATA).version == "2.0.0"
    assert engine.case(old.id, KAYA).version == "1.0.0"
    assert engine.migrate(old.id, BOSS, newer.hash, dry_run=True).version == "1.0.0"
    assert engine.migrate(old.id, BOSS, newer.hash).version == "2.0.0"
    assert engine.replay(old.id, "musterstadt") is None
    assert "neu ist" not in engine.why(old.id, KAYA).text()


def test_a_case_is_corrected_with_a_reason_and_a_trace(engine: Engine) -> None:
    case = engine.start("probe", ADA, data=DATA)
    with pytest.raises(Refused):
        engine.correct(case.id, KAYA, [Change("put", "antrag", value={"name": "Bello"})], "falsch")
    fixed = engine.correct(case.id, BOSS, [Change("put", "antrag", value={"name": "Bello"})], "Tippfehler")
    assert fixed.values["antrag"]["name"] == "Bello"
    moved = engine.correct(case.id, BOSS, [Change("end", to="cancelled")], "doppelt")
    assert moved.outcome == "cancelled"
    back = engine.correct(case.id, BOSS, [Change("move", "", to="pruefen")], "doch nicht")
    assert (back.status, back.at) == ("open", ("pruefen",))
    assert engine.replay(case.id, "musterstadt") is None


def test_values_are_deleted_when_due_and_the_chain_still_verifies(engine: Engine) -> None:
    case = engine.start("probe", ADA, data={"name": "Rex", "notiz": "beißt"})
    engine.complete(only_task(engine, KAYA), KAYA, "schlecht", {"alle": False}, reason="zu spät")
    engine.erase(case.id, BOSS, ["1 year"])
    assert "notiz" not in engine.case(case.id, KAYA).values["antrag"]
    assert "beißt" not in str(engine.export(case.id, BOSS))
    assert engine.cases(KAYA, text="beißt") == ()
    assert engine.verify(case.id, "musterstadt") is None
    assert engine.replay(case.id, "musterstadt") is None


def test_why_names_who_must_act_and_who_may_not(engine: Engine) -> None:
    case_id = to_release(engine)
    said = engine.why(case_id, KAYA).text()
    assert "Frau Kaya  ausgeschlossen: hat „Pruefen“ erledigt (Vier Augen)" in said
    assert "es bleibt  Herr Lenz" in said
    engine.set_office(office(deputies=(Deputy("lenz", "nobody", "2026-03-01", "2026-03-20"),)))
    said = engine.why(case_id, KAYA).text()
    assert "Herr Lenz  abwesend bis Fr, 20. März 2026, Vertretung: keine" in said
    assert "einer weiteren Person die Rolle „Freigabe“ geben" in said


def test_a_document_goes_into_the_file_with_its_hash(engine: Engine) -> None:
    case = engine.start("probe", ADA, data=DATA)
    added = engine.add_document(case.id, ADA, "chip.pdf", b"%PDF-1.7", "application/pdf", title="Chipnachweis")
    again = engine.add_document(case.id, ADA, "chip.pdf", b"%PDF-1.7", "application/pdf", title="Chipnachweis")
    assert added.id == again.id
    assert engine.document(added.id, KAYA)[1] == b"%PDF-1.7"
    assert [d.title for d in engine.documents(case.id, KAYA)] == ["Chipnachweis"]


def test_an_old_draft_is_ended_as_abandoned(engine: Engine, clock: SettableClock) -> None:
    case = engine.start("probe", ADA)
    worker = engine.worker()
    clock.advance(days=20)
    assert worker.end_old_drafts() == 0
    clock.advance(days=20)
    assert worker.end_old_drafts() == 1
    assert engine.case(case.id, KAYA).outcome == "abandoned"


def test_another_municipality_s_people_find_nothing(engine: Engine) -> None:
    """Every public call, with another tenant's ids."""
    case_id = to_release(engine)
    task = only_task(engine, LENZ)
    document = engine.add_document(case_id, KAYA, "a.pdf", b"x", "application/pdf")
    engine.message(case_id, "unbekannt", tenant="musterstadt")
    incident = engine.incidents(BOSS)[0].id
    engine.set_office(office("andernorts"))
    case = engine.case(case_id, KAYA)
    calls = [
        lambda: engine.case(case_id, OTHER),
        lambda: engine.case(case.number, OTHER),
        lambda: engine.task(task, OTHER),
        lambda: engine.claim(task, OTHER),
        lambda: engine.release(task, OTHER),
        lambda: engine.forward(task, OTHER, "lenz"),
        lambda: engine.delegate(task, OTHER, "lenz"),
        lambda: engine.resolve(task, OTHER),
        lambda: engine.follow_up(task, OTHER, NOON),
        lambda: engine.note(task, OTHER, "x"),
        lambda: engine.save_draft(task, OTHER, {}),
        lambda: engine.complete(task, OTHER, "ja"),
        lambda: engine.skip(task, OTHER, "ja", "x"),
        lambda: engine.report(case_id, "zurueck", OTHER, reason="x"),
        lambda: engine.message(case_id, "storniert", tenant="andernorts"),
        lambda: engine.answer(f"{case_id}/x", tenant="andernorts"),
        lambda: engine.grow(case_id, "x", [], OTHER),
        lambda: engine.drop(case_id, "x", OTHER, "x"),
        lambda: engine.correct(case_id, OTHER, [Change("end")], "x"),
        lambda: engine.migrate(case_id, OTHER, case.machine),
        lambda: engine.erase(case_id, OTHER),
        lambda: engine.why(case_id, OTHER),
        lambda: engine.journal(case_id, OTHER),
        lambda: engine.history(case_id, OTHER),
        lambda: engine.verify(case_id, "andernorts"),
        lambda: engine.replay(case_id, "andernorts"),
        lambda: engine.export(case_id, OTHER),
        lambda: engine.documents(case_id, OTHER),
        lambda: engine.document(document.id, OTHER),
        lambda: engine.add_document(case_id, OTHER, "b", b"b", "text/plain"),
        lambda: engine.state(case_id, "andernorts"),
        lambda: engine.procedure_of(case_id, OTHER),
        lambda: engine.retry(incident, OTHER),
        lambda: engine.resolve_incident(incident, OTHER, "x"),
        lambda: engine.case(case_id, OTHER, "musterstadt"),
        lambda: engine.incidents(OTHER, case_id),
    ]
    for number, call in enumerate(calls):
        with pytest.raises(NotFound):
            call()
            pytest.fail(f"call {number} found something")
    assert list(engine.tasks(OTHER)) == []
    assert engine.cases(OTHER) == ()
    assert engine.incidents(OTHER) == ()
    assert engine.signal("andernorts", "storniert") == 0
    assert [r.ok for r in engine.bulk([task], OTHER, "ja")] == [False]


def test_a_stranger_of_the_same_town_sees_nothing_and_an_excluded_person_neither(engine: Engine) -> None:
    case = engine.start("probe", ADA, data=DATA)
    bob = Actor("bob", "party", frozenset({"halter"}), tenant="musterstadt")
    with pytest.raises(NotFound):
        engine.case(case.id, bob)
    engine.correct(case.id, BOSS, [Change("exclude", to="kaya")], "verwandt")
    with pytest.raises(NotFound):
        engine.case(case.id, KAYA)
    assert list(engine.tasks(KAYA)) == []

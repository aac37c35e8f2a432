"""Each kind of step: its places, its moves, its ranks (SEMANTICS 3.2)."""

from __future__ import annotations

import pytest
from flow_workshop import codes, load, machine, way

from amtsweg.dsl.check.soundness import prove
from amtsweg.dsl.marking import Net
from amtsweg.dsl.procedure import Machine


def places(of: Machine, flow: str = "") -> list[str]:
    """The places of a flow, in written order."""
    return list(of.flows[flow].places)


# ------------------------------------------------------------------------------------------------------------ letters

LETTER = """
letters:
  bescheid: {title: Bescheid, kind: message, appeal: none%s}
flow:
  start: {task: Start, by: buergerin, next: pruefen}
  pruefen: {task: Prüfen, by: amt, next: senden}
  senden: {letter: bescheid, to: buergerin, next: end granted%s}
"""
BODY = "Guten Tag,\n\nes ist entschieden.\n"


def letter(release: str = "", step: str = "") -> Machine:
    """A procedure that sends a letter."""
    return machine(LETTER % (release, step), probe__bescheid_dot_md=BODY)


def test_a_letter_is_made_and_sent() -> None:
    """Without a release there are two jobs, one after the other, inside the letter's container."""
    probe = letter()
    assert [p for p in places(probe) if p.startswith("senden")] == ["senden", "senden.make", "senden.send"]
    assert way(probe, "pruefen:done").put == ("senden", "senden.make")
    assert way(probe, "senden:made").put == ("senden.send",)
    jobs = {p.id: p.job.kind for p in probe.flows[""].places.values() if p.job}
    assert jobs == {"senden.make": "produce", "senden.send": "deliver"}


def test_a_released_letter_waits_for_four_eyes_and_can_go_back() -> None:
    """The release is a task; refused, the way leads back to the step that drafted it, and the letter is left."""
    probe = letter(", approve_by: amt, four_eyes: pruefen")
    check = probe.flows[""].places["senden.check"].task
    assert check is not None and check.four_eyes == (("pruefen", "all"),)
    assert [o.id for o in check.outcomes] == ["freigeben", "zurueck"] and check.outcomes[1].reason
    assert way(probe, "senden.check:freigeben").put == ("senden.send",)
    back = way(probe, "senden.check:zurueck")
    assert set(back.clear) == {"senden", "senden.make", "senden.check", "senden.send"}
    assert back.put == ("pruefen",)


def test_a_step_says_where_a_refused_letter_goes() -> None:
    """`back` at the step wins over the step of the four eyes."""
    probe = letter(", approve_by: amt, four_eyes: pruefen", ", back: start")
    assert way(probe, "senden.check:zurueck").put == ("start",)


def test_a_letter_that_does_not_exist_is_told() -> None:
    """AW103 with the letter that is there."""
    assert "AW103" in codes((LETTER % ("", "")).replace("letter: bescheid", "letter: bescheit"),
                            probe__bescheid_dot_md=BODY)  # fmt: skip


# ------------------------------------------------------------------------------------------------------------- blocks

BLOCK = """
block: fragen
version: 1.0.0
title: Fragen
outcomes: {ja: Ja, nein: Nein}
roles: [amt]
flow:
  frage: {task: Fragen, by: amt, outcomes: {ja: done ja, nein: %s, noch: frage}}
"""
USE = """
flow:
  start: {task: Start, by: buergerin, next: b}
  b: {use: fragen, outcomes: {ja: end granted, nein: start}}
"""


def test_a_block_is_expanded_under_the_id_of_the_step() -> None:
    """One machine, one proof; the container is fresh at each entry."""
    probe = machine(USE, blocks__fragen__block_dot_yaml=BLOCK % "done nein")
    assert {"b.in", "b", "b/frage"} <= set(places(probe))
    assert probe.flows[""].places["b"].fresh
    assert way(probe, "b:enter").put == ("b", "b/frage")


def test_the_ends_of_a_block_are_the_ways_of_the_caller() -> None:
    """`done nein` goes where the caller's outcome says, leaves the block, and completes both steps."""
    probe = machine(USE, blocks__fragen__block_dot_yaml=BLOCK % "done nein")
    ended = way(probe, "b/frage:nein")
    assert (set(ended.clear), ended.put) == ({"b", "b/frage"}, ("start",))
    assert ended.completes == (("b/frage", "nein"), ("b", "nein"))


def test_a_way_inside_a_block_stays_inside() -> None:
    """The container is not left."""
    probe = machine(USE, blocks__fragen__block_dot_yaml=BLOCK % "done nein")
    assert way(probe, "b/frage:noch").clear == ("b/frage",)


@pytest.mark.parametrize(("target", "code"), [("done vielleicht", "AW103"), ("end refused", "AW208")])
def test_a_block_ends_only_with_what_it_declares(target: str, code: str) -> None:
    """Neither an outcome nobody knows, nor the caller's case."""
    assert code in codes(USE, blocks__fragen__block_dot_yaml=BLOCK % target)


def test_a_block_that_contains_itself_is_refused() -> None:
    """AW209 instead of an endless expansion."""
    inner = (BLOCK % "nochmal") + "  nochmal: {use: fragen, outcomes: {ja: done ja, nein: done nein}}\n"
    assert "AW209" in codes(USE, blocks__fragen__block_dot_yaml=inner)


# ----------------------------------------------------------------------------------------------------- pay, wait, lock

PAY = """
forms: {f: {title: F, fields: {betrag: {title: Betrag, type: money}}}}
flow:
  start: {task: Start, form: f, by: buergerin, next: zahlen}
  zahlen:
    pay: f.betrag
    by: buergerin
    purpose: Gebühr
    due: 1 month
    outcomes: {paid: end granted, overdue: %s}
  mahnen: {task: Mahnen, by: amt, next: zahlen}
"""
ONCE = (PAY % "end lapsed").replace("  mahnen: {task: Mahnen, by: amt, next: zahlen}\n", "")


def test_nothing_to_pay_is_paid_at_once() -> None:
    """The gate in front asks for the amount; with none the payment is never requested."""
    probe = machine(ONCE)
    nothing, request = way(probe, "zahlen:nothing"), way(probe, "zahlen:request")
    assert nothing.alt == request.alt == "zahlen.due"
    assert nothing.guard is not None and "<= 0 EUR" in nothing.guard.text
    assert (nothing.end, nothing.completes) == ("granted", (("zahlen", "paid"),))
    assert request.put == ("zahlen",)
    assert way(probe, "start:done").put == ("zahlen.due",)


def test_part_of_a_payment_moves_nothing() -> None:
    """It is written down, the rest stays open."""
    partly = way(machine(ONCE), "zahlen:partly")
    assert (partly.clear, partly.put) == ((), ())


def test_a_circle_of_reminders_that_only_a_payment_leaves_is_told() -> None:
    """AW212: nobody need ever pay."""
    assert "AW212" in codes(PAY % "mahnen")


def test_a_payment_without_a_day_cannot_become_overdue() -> None:
    """AW604 at the outcome."""
    assert "AW604" in codes((PAY % "mahnen").replace("    due: 1 month\n", ""))


WAIT = """
messages:
  auskunft: {title: Auskunft, from: register}
  absage: {title: Absage, from: register}
flow:
  start: {task: Start, by: buergerin, next: warten}
  warten: {%s}
  danach: {task: Danach, by: amt, next: end settled}
"""


@pytest.mark.parametrize("text", ["6 months", 'until start.done + duration("P1D")'])
def test_a_wait_for_a_time_has_a_timer_that_begins_its_day(text: str) -> None:
    """It acts when the day begins, where `after` acts when it is over."""
    probe = machine(WAIT % f"wait: {text}, next: danach")
    timers = probe.flows[""].places["warten"].timers
    assert [(t.name, t.edge) for t in timers] == [("until", "begin")]
    assert way(probe, "warten:until").cause.kind == "due"


def test_a_wait_for_messages_hears_each_and_looks_into_the_inbox() -> None:
    """One way per message, by the outcome of its name."""
    probe = machine(WAIT % ("wait: 'for auskunft, absage', after: {1 month: danach}, "
                            "outcomes: {auskunft: danach, absage: end refused}"))  # fmt: skip
    assert [(one.name, one.inbox) for one in probe.flows[""].places["warten"].listens] == [
        ("auskunft", True), ("absage", True),
    ]  # fmt: skip
    assert way(probe, "warten:absage").end == "refused"
    assert way(probe, "warten:auskunft").put == ("danach",)


def test_a_wait_for_a_condition_goes_by_itself_last_of_all() -> None:
    """Rank 3: after starts, joins and the inbox."""
    probe = machine(WAIT % "wait: when start.visits > 1, after: {1 month: danach}, next: danach")
    when = way(probe, "warten:when")
    assert (when.cause.kind, when.rank) == ("auto", 3) and when.guard is not None


@pytest.mark.parametrize("text", ["wait: for auskunft, next: danach", "wait: when start.visits > 1, next: danach"])
def test_a_wait_that_nothing_ends_for_certain_needs_a_reason(text: str) -> None:
    """AW212 without, nothing with `forever`."""
    assert "AW212" in codes(WAIT % text)
    assert "AW212" not in codes(WAIT % f"{text}, forever: Das Register antwortet immer")


LOCK = """
flow:
  start: {task: Start, by: amt, next: p}
  p:
    parallel:
      a: {task: A, by: amt, lock: wagen}
      b:
        steps:
          b1: {task: B1, by: amt, next: b2}
          b2:
            lock: wagen
            parallel:
              x:
                steps:
                  x1: {task: X1, by: amt, next: x2}
                  x2: {task: X2, by: amt}
    next: end settled
"""


def test_a_lock_is_a_place_in_front_and_a_look_at_all_others() -> None:
    """No token that cancelling could lose."""
    probe = machine(LOCK)
    lock = way(probe, "a:lock")
    assert (lock.lock, lock.clear, lock.put) == ("wagen", ("a.lock",), ("a",))
    assert probe.flows[""].places["a"].lock == "wagen"


def test_a_locked_block_holds_its_lock_until_it_is_closed() -> None:
    """The container carries it, so that the steps between have it too."""
    probe = machine(LOCK)
    net = Net(probe.flows[""])
    inside = frozenset({"p", "p.a", "a.lock", "p.b", "b2", "b2.x", "x2"})
    assert not net.enabled(inside, way(probe, "a:lock"))
    assert net.enabled((inside - {"b2", "b2.x", "x2"}) | {"b1"}, way(probe, "a:lock"))
    assert prove(probe, probe.flows[""]).sound


# ------------------------------------------------------------------------------------------- branch, set, service, net

MANY = """
forms:
  f: {title: F, fields: {a: {title: A, type: yes_no}, b: {title: B, type: yes_no}}}
flow:
  start: {task: Start, form: f, by: amt, next: teilen}
  teilen:
    branch:
      - {when: f.a, next: eins}
      - {when: f.b, next: zwei}
      %s
    ways: many
  eins: {task: Eins, by: amt, next: zusammen}
  zwei: {task: Zwei, by: amt, next: zusammen}
  drei: {task: Drei, by: amt, next: zusammen}
  zusammen: {join: active, next: end settled}
"""


def test_else_of_many_ways_goes_only_if_no_other_went() -> None:
    """Taking a way empties the gate of `else`, which itself waits for all the others to be decided."""
    probe = machine(MANY % "- {else: drei}")
    assert set(way(probe, "teilen:1").clear) == {"teilen.1", "teilen.3"}
    assert set(way(probe, "teilen:else").none) == {"teilen.1", "teilen.2"}
    assert prove(probe, probe.flows[""]).sound


def test_many_ways_without_else_may_take_none() -> None:
    """AW202: the case would stand nowhere."""
    assert "AW202" in codes((MANY % "").replace("  drei: {task: Drei, by: amt, next: zusammen}\n", ""))


def test_the_ways_of_a_choice_are_one_alternative_in_written_order() -> None:
    """All share `alt`; the last is `else`."""
    probe = machine("""
        forms: {f: {title: F, fields: {n: {title: N, type: integer}}}}
        flow:
          start: {task: Start, form: f, by: amt, next: b}
          b: {branch: [{when: f.n > 5, next: end granted}, {when: f.n > 1, next: start}, {else: end refused}]}
    """)
    ways = [way(probe, name) for name in ("b:1", "b:2", "b:else")]
    assert {one.alt for one in ways} == {"b"}
    assert [one.no for one in ways] == sorted(one.no for one in ways)
    assert ways[2].guard is None


def test_a_choice_behind_a_step_stands_in_a_place_of_its_own() -> None:
    """The step is completed before the choice is made."""
    probe = machine("""
        forms: {f: {title: F, fields: {n: {title: N, type: integer}}}}
        flow:
          start: {task: Start, form: f, by: amt, branch: [{when: f.n > 5, next: end granted}, {else: end refused}]}
    """)
    assert way(probe, "start:done").put == ("start.out",)
    assert way(probe, "start:1").end == "granted"


def test_a_circle_without_a_pause_is_told() -> None:
    """AW204: nobody does anything between two rounds."""
    assert "AW204" in codes("""
        forms: {f: {title: F, fields: {n: {title: N, type: integer}}}}
        flow:
          start: {task: Start, form: f, by: amt, next: b}
          b: {branch: [{when: f.n > 5, next: c}, {else: end settled}]}
          c: {set: {x: 1}, next: b}
    """)


def test_a_service_has_a_way_for_its_errors() -> None:
    """`events` of a service without `by` are its errors; any without a way waits for a person."""
    probe = machine("""
        flow:
          start: {task: Start, by: amt, next: fragen}
          fragen: {service: register.auskunft, events: {down: start}, next: end settled}
    """)
    assert way(probe, "fragen:down").cause.kind == "failed"
    assert way(probe, "fragen:down").put == ("start",)
    assert probe.flows[""].places["fragen"].job.kind == "call"  # type: ignore[union-attr]  # a service has a job


def test_a_when_in_front_of_a_step_passes_it_over() -> None:
    """Not true: the step's way on is gone without it."""
    probe = machine("""
        forms: {f: {title: F, fields: {a: {title: A, type: yes_no}}}}
        flow:
          start: {task: Start, form: f, by: amt, next: mitte}
          mitte: {task: Mitte, by: amt, when: f.a, next: schluss}
          schluss: {task: Schluss, by: amt, next: end settled}
    """)
    assert way(probe, "start:done").put == ("mitte.when",)
    assert way(probe, "mitte:skip").put == ("schluss",)
    assert way(probe, "mitte:skip").alt == way(probe, "mitte:when").alt


def test_a_sub_case_is_waited_for_or_let_go() -> None:
    """`wait: no` goes on at once; otherwise the outcomes of the other case are the ways."""
    text = """
        flow:
          start: {task: Start, by: amt, next: kind}
          kind: {open_case: probe, %s}
    """
    waited = machine(text % "outcomes: {granted: end granted, refused: start}")
    assert way(waited, "kind:granted").cause.kind == "child_ended"
    alone = machine(text % "wait: no, next: end settled")
    assert {one.cause.kind for one in alone.flows[""].transitions if one.step == "kind"} == {"auto"}


def test_a_net_join_has_one_place_for_each_way_that_comes_in() -> None:
    """Two ways from different steps never meet in one place."""
    probe = machine("""
        flow:
          start: {task: Start, by: amt, next: teilen}
          teilen: {fork: [a, b]}
          a: {task: A, by: amt, next: zusammen}
          b: {task: B, by: amt, next: zusammen}
          zusammen: {join: all, next: end settled}
    """)
    assert way(probe, "teilen:fork").put == ("a", "b")
    assert {"zusammen<a", "zusammen<b"} <= set(places(probe))
    assert [(need.count, set(need.places)) for need in way(probe, "zusammen:join").need] == [
        (2, {"zusammen<a", "zusammen<b"}),
    ]  # fmt: skip
    assert prove(probe, probe.flows[""]).sound


def test_a_reminder_moves_nothing() -> None:
    """It only tells whoever has the work."""
    probe = machine("""
        flow:
          start: {task: Start, by: amt, due: 2 weeks, remind: 3 days before due, next: end settled}
    """)
    told = way(probe, "start:remind.1")
    assert (told.clear, told.put) == ((), ()) and told.notify[0].to == ("amt",)


def test_a_payment_may_be_waited_for_for_ever_with_a_reason() -> None:
    """`forever` counts as certain, for payments as for waits."""
    assert "AW212" not in codes(
        (PAY % "mahnen").replace("    due: 1 month\n", "    due: 1 month\n    forever: Mahnlauf\n")
    )


def test_a_wait_for_ever_is_told_where_the_wait_is() -> None:
    """Not at the first step of the case, from which one also cannot end for certain."""
    found = [one for one in load(WAIT % "wait: for auskunft, next: danach").diagnostics if one.code == "AW212"]
    assert ["warten" in one.headline.en for one in found] == [True]

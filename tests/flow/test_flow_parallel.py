"""`parallel` and `for_each`: the table of moves (SEMANTICS 3.3), and what it does on markings."""

from __future__ import annotations

import pytest
from flow_workshop import codes, machine, names, way

from amtsweg.dsl.check.soundness import prove
from amtsweg.dsl.marking import Marking, Net
from amtsweg.dsl.procedure import Expr, Machine

THREE = """
flow:
  start: {task: Start, by: amt, next: p}
  p:
    parallel:
      a: {task: A, by: amt}
      b: {task: B, by: amt}
      c: {task: C, by: amt}
    %s
    next: danach
  danach: {task: Danach, by: amt, outcomes: {noch_einmal: p, fertig: fertig}}
  fertig: {end: settled, rest: wait}
"""


def walk(of: Machine, *moves: str) -> Marking:
    """The marking after these outside moves, each run to completion (automatic moves by rank and number)."""
    net = Net(of.flows[""])
    known = {one.id: one for one in of.flows[""].transitions}
    at = settle(net, frozenset(of.flows[""].start))
    for name in moves:
        assert net.enabled(at, known[name]), f"{name} is not enabled in {sorted(at)}"
        at, double = net.fire(at, known[name])
        assert not double
        at = settle(net, at)
    return at


def settle(net: Net, at: Marking) -> Marking:
    """Fire what goes by itself until nothing does."""
    while (move := next((one for one in net.automatic if net.enabled(at, one)), None)) is not None:
        at, double = net.fire(at, move)
        assert not double
        if move.end:
            return at
    return at


def test_all_branches_are_open_at_once() -> None:
    """Start marks the container and the first step of every branch."""
    at = walk(machine(THREE % "join: all"), "start:done")
    assert {"p", "a", "b", "c"} <= at
    assert "p.in" not in at


def test_join_all_waits_for_the_last_branch() -> None:
    """Only `over` leads out, and only when all are done."""
    probe = machine(THREE % "join: all")
    assert "p:join" not in names(probe)
    assert "danach" not in walk(probe, "start:done", "a:done", "b:done")
    assert walk(probe, "start:done", "a:done", "b:done", "c:done") == {"danach"}


@pytest.mark.parametrize(("join", "moves"), [("any", ["b:done"]), ("2", ["b:done", "a:done"])])
def test_rest_cancel_leaves_nothing_behind(join: str, moves: list[str]) -> None:
    """The branches that were not needed are emptied."""
    assert walk(machine(THREE % f"join: {join}"), "start:done", *moves) == {"danach"}


def test_rest_ignore_goes_on_beside_the_rest() -> None:
    """The others stay open; the container is left, so that its events and timers end with the join."""
    at = walk(machine(THREE % "join: any\n    rest: ignore"), "start:done", "b:done")
    assert {"danach", "p.rest", "a", "c"} <= at
    assert "p" not in at


def test_rest_ignore_resets_when_all_are_finished() -> None:
    """Nothing is left of the block once the last has come."""
    at = walk(machine(THREE % "join: any\n    rest: ignore"), "start:done", "b:done", "a:done", "c:done")
    assert at == {"danach"}


def test_a_second_round_waits_for_the_rest_of_the_first() -> None:
    """The next round stands in `p.in` until the block is empty."""
    probe = machine(THREE % "join: any\n    rest: ignore")
    at = walk(probe, "start:done", "b:done", "danach:noch_einmal")
    assert "p.in" in at and "b" not in at
    again = walk(probe, "start:done", "b:done", "danach:noch_einmal", "a:done", "c:done")
    assert {"p", "a", "b", "c"} <= again and "p.in" not in again


def test_rest_wait_holds_the_verdict_until_all_are_finished() -> None:
    """The verdict is fixed, the way on is not gone yet."""
    probe = machine(THREE % "join: any\n    rest: wait")
    held = walk(probe, "start:done", "b:done")
    assert "p.hold" in held and "danach" not in held and {"a", "c"} <= held
    assert walk(probe, "start:done", "b:done", "a:done", "c:done") == {"danach"}
    assert way(probe, "p:waited").completes == (("p", "reached"),)


@pytest.mark.parametrize("rest", ["cancel", "ignore", "wait"])
@pytest.mark.parametrize("join", ["all", "any", "2", "3", 'when a.outcome = "done"'])
def test_every_join_with_every_rest_is_sound(join: str, rest: str) -> None:
    """A join never hangs and never marks twice, in a loop too."""
    probe = machine(THREE % f"join: {join}\n    rest: {rest}")
    assert prove(probe, probe.flows[""]).sound


def test_a_join_with_a_condition_asks_it_and_may_be_over() -> None:
    """`join: when` is the guard; `over` is the way out when nobody is left to come."""
    probe = machine(THREE % 'join: when a.outcome = "done"')
    assert isinstance(way(probe, "p:join").guard, Expr)
    assert way(probe, "p:over").guard is None
    assert way(probe, "p:over").completes == (("p", "over"),)


WHEN = """
forms:
  f: {title: F, fields: {ja: {title: Ja, type: yes_no}}}
flow:
  start: {task: Start, form: f, by: amt, next: p}
  p:
    parallel:
      a: {task: A, by: amt, when: f.ja}
      b: {task: B, by: amt}
    join: any
    next: end settled
"""


def test_a_branch_with_when_is_skipped_or_begun() -> None:
    """Its gate has two ways of which exactly one goes."""
    probe = machine(WHEN)
    begin, skip = way(probe, "p.a:begin"), way(probe, "p.a:skip")
    assert begin.alt == skip.alt == "p.a.when"
    assert begin.guard is not None and skip.guard is None
    assert skip.put == ("p.a.skip",)


def test_a_skipped_branch_counts_for_over_not_for_the_join() -> None:
    """Skipped is not done."""
    probe = machine(WHEN)
    assert [set(need.places) for need in way(probe, "p:join").need] == [{"p"}, {"p.a.done", "p.b.done"}]
    assert {"p.a.done", "p.a.skip"} in [set(need.places) for need in way(probe, "p:over").need]


def test_a_way_out_of_the_stage_around_takes_the_rest_along() -> None:
    """If the way on leaves a stage that contains the block, nothing of it is kept."""
    probe = machine("""
        stages:
          s: {title: S, steps: [p]}
        flow:
          start: {task: Start, by: amt, next: p}
          p:
            parallel:
              a: {task: A, by: amt}
              b: {task: B, by: amt}
            join: any
            rest: ignore
            next: danach
          danach: {task: Danach, by: amt, next: end settled}
    """)
    assert walk(probe, "start:done", "a:done") == {"danach"}


def test_an_event_of_a_branch_clears_that_branch_only() -> None:
    """The branch beside goes on."""
    probe = machine("""
        flow:
          start: {task: Start, by: amt, next: p}
          p:
            parallel:
              a:
                steps:
                  a1: {task: A1, by: amt, next: a2}
                  a2: {task: A2, by: amt}
                events:
                  fort: {title: Fort, by: amt, next: done}
              b: {task: B, by: amt}
            next: end settled
    """)
    at = walk(probe, "start:done", "p.a:fort")
    assert {"p", "b", "p.a.done"} <= at and not {"a1", "a2"} & at
    assert prove(probe, probe.flows[""]).sound


EACH = """
flow:
  start: {task: Start, by: amt, next: e}
  e:
    for_each: n in [1, 2, 3]
    steps:
      tun: {task: Tun, by: amt}
    %s
    next: end settled
"""


def test_the_steps_of_an_element_are_a_flow_of_their_own() -> None:
    """The main flow owns the runs at one place and knows none of their steps."""
    probe = machine(EACH % "join: all")
    assert set(probe.flows) == {"", "e"}
    assert "tun" not in probe.flows[""].places
    runs = probe.flows[""].places["e.set"].runs
    assert runs is not None and (runs.flow, runs.as_name, runs.order, runs.rest) == ("e", "n", "together", "cancel")
    assert way(probe, "tun:done", "e").done == "done"


@pytest.mark.parametrize("rest", ["cancel", "ignore", "wait"])
@pytest.mark.parametrize("join", ["all", "any", "0", "2", 'when count(e[state = "done"]) >= 2'])
def test_every_join_of_elements_with_every_rest_is_sound(join: str, rest: str) -> None:
    """It waits for runs, not for tokens, and can always end."""
    probe = machine((EACH % f"join: {join}\n    rest: {rest}").replace("next: end settled", "next: fertig")
                    + "  fertig: {end: settled, rest: wait}\n")  # fmt: skip
    assert all(prove(probe, flow).sound for flow in probe.flows.values())


def test_elements_are_records_with_what_their_steps_wrote() -> None:
    """From outside: key, item, position, state, result, and the forms of the steps inside."""
    text = """
        forms:
          votum: {title: Votum, fields: {punkte: {title: Punkte, type: integer}}}
        flow:
          start: {task: Start, by: amt, next: e}
          e:
            for_each: n in [1, 2, 3]
            steps:
              tun: {task: Tun, form: votum, by: amt}
            join: when sum(for x in e[state = "done"] return default(x.votum.%s, 0)) > 5
            next: end settled
    """
    assert not codes(text % "punkte")
    assert "AW102" in codes(text % "punkt")


def test_what_an_element_has_not_written_yet_must_be_guarded() -> None:
    """The form of an element that is still running is missing."""
    assert "AW301" in codes("""
        forms:
          votum: {title: Votum, fields: {punkte: {title: Punkte, type: integer}}}
        flow:
          start: {task: Start, by: amt, next: e}
          e:
            for_each: n in [1, 2, 3]
            steps:
              tun: {task: Tun, form: votum, by: amt}
            join: when some x in e satisfies x.votum.punkte + 1 > 5
            next: end settled
    """)


def test_a_for_each_that_could_wait_for_ever_inside_is_found_inside() -> None:
    """The element's flow is proven by itself."""
    assert "AW212" in codes((EACH % "join: all").replace("tun: {task: Tun, by: amt}", "tun: {wait: for nie}"))

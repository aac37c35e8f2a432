"""The rules of places and ways, R1 to R5: what a way clears and marks, what it must not do, how things end."""

from __future__ import annotations

import pytest
from flow_workshop import codes, load, machine, names, way

from amtsweg.dsl.check.soundness import prove
from amtsweg.dsl.marking import Net

STAGE = """
stages:
  bearbeitung:
    title: In Bearbeitung
    steps: [pruefen, nachfordern]
    events:
      zurueck: {title: Zurücknehmen, by: buergerin, next: weg}
flow:
  anmelden: {task: Anmelden, by: buergerin, next: pruefen}
  pruefen:
    task: Prüfen
    by: amt
    outcomes: {gut: senden, luecke: nachfordern, von_vorn: bearbeitung}
    after: {4 weeks: senden}
  nachfordern: {task: Nachfordern, by: buergerin, next: pruefen}
  senden: {task: Senden, by: amt, next: end granted}
  weg: {end: withdrawn}
"""
INSIDE = {"bearbeitung", "pruefen", "nachfordern"}


def test_a_step_has_one_place_of_its_name() -> None:
    """R1: nothing stands before a step that need not wait."""
    assert set(machine(STAGE).flows[""].places) == {
        "anmelden", "bearbeitung", "pruefen", "nachfordern", "senden", "weg", "end:granted",
    }  # fmt: skip


def test_a_way_into_a_stage_marks_its_container() -> None:
    """R3: what contains the target and not the source is marked."""
    assert set(way(machine(STAGE), "anmelden:done").put) == {"bearbeitung", "pruefen"}


@pytest.mark.parametrize("name", ["pruefen:gut", "pruefen:after.1"])
def test_a_way_out_of_a_stage_clears_all_inside(name: str) -> None:
    """R3: what contains the source and not the target is emptied, inner places included."""
    leaving = way(machine(STAGE), name)
    assert set(leaving.clear) == INSIDE
    assert leaving.put == ("senden",)


def test_a_way_between_steps_of_a_stage_leaves_the_container_alone() -> None:
    """R3: the stage goes on, its timers too."""
    inner = way(machine(STAGE), "pruefen:luecke")
    assert (inner.clear, inner.put) == (("pruefen",), ("nachfordern",))


def test_a_way_from_inside_to_the_stage_itself_begins_at_its_first_step() -> None:
    """R3: the first step is entered anew."""
    again = way(machine(STAGE), "pruefen:von_vorn")
    assert "pruefen" in again.put
    assert "pruefen" in again.clear


def test_an_event_of_a_stage_needs_only_its_container() -> None:
    """R2: the container owns what may end the block, whatever stands open inside."""
    heard = way(machine(STAGE), "bearbeitung:zurueck")
    assert [need.places for need in heard.need] == [("bearbeitung",)]


def test_a_way_to_an_end_clears_every_place() -> None:
    """R5: nothing is left but the end."""
    probe = machine(STAGE)
    ended = way(probe, "bearbeitung:zurueck")
    assert set(ended.clear) == set(probe.flows[""].places)
    assert (ended.end, ended.put) == ("withdrawn", ("weg",))


def test_stages_inside_stages_open_from_outside_in() -> None:
    """R2: both containers are marked on the way to a step of the inner one."""
    probe = machine("""
        stages:
          aussen:
            title: Außen
            steps: [a]
            stages:
              innen: {title: Innen, steps: [b]}
        flow:
          start: {task: Start, by: amt, next: b}
          b: {task: B, by: amt, outcomes: {hinaus: a, weg: end settled}}
          a: {task: A, by: amt, next: b}
    """)
    assert way(probe, "start:done").put == ("aussen", "innen", "b")
    assert way(probe, "b:hinaus").clear == ("b", "innen") and way(probe, "b:hinaus").put == ("a",)
    assert way(probe, "a:done").put == ("innen", "b")
    assert [probe.flows[""].places[name].depth for name in ("start", "aussen", "innen", "b")] == [0, 0, 1, 2]


def test_a_case_that_begins_in_a_stage_begins_with_the_container_marked() -> None:
    """The start marks everything around the first step."""
    probe = machine("""
        stages:
          s: {title: S, steps: [a]}
        flow:
          a: {task: A, by: amt, next: end settled}
    """)
    assert probe.flows[""].start == ("s", "a")


OUTSIDE = """
flow:
  start: {task: Start, by: amt, next: %s}
"""


def test_done_outside_of_a_branch_is_refused() -> None:
    """R4: `done` needs something that it ends."""
    assert "AW208" in codes(OUTSIDE % "done")


BRANCH = """
flow:
  start: {task: Start, by: amt, next: beide}
  beide:
    parallel:
      a: {task: A, by: amt, outcomes: {gut: done, schlecht: %s}}
      b: {task: B, by: amt}
    next: danach
  danach: {task: Danach, by: amt, next: end settled}
"""


@pytest.mark.parametrize("target", ["danach", "start", "b"])
def test_a_branch_is_not_left_by_a_way(target: str) -> None:
    """R4: neither out of the block nor into the branch beside."""
    assert "AW208" in codes(BRANCH % target)


def test_a_branch_may_end_the_case() -> None:
    """R4: `end` ends everything, other branches too."""
    probe = machine(BRANCH % "end refused")
    ended = way(probe, "a:schlecht")
    assert ended.end == "refused"
    assert {"beide", "b", "beide.b", "beide.b.done"} <= set(ended.clear)


def test_no_way_leads_into_a_branch_from_outside() -> None:
    """R4: a block is entered only at its beginning."""
    assert "AW208" in codes("""
        flow:
          start: {task: Start, by: amt, outcomes: {a: beide, b: innen}}
          beide:
            parallel:
              x:
                steps:
                  erst: {task: Erst, by: amt, next: innen}
                  innen: {task: Innen, by: amt}
              y: {task: Y, by: amt}
            next: end settled
    """)


ENDS = """
stages:
  s:
    title: S
    steps: [a, fertig]
    events:
      mehr: {title: Mehr, by: amt, also: neben}
flow:
  start: {task: Start, by: amt, next: a}
  a: {task: A, by: amt, next: fertig}
  fertig: {end: settled, rest: wait}
  neben: {task: Neben, by: amt, next: done}
"""


def test_a_waiting_end_is_an_ordinary_place_until_all_is_quiet() -> None:
    """R5: `rest: wait` clears nothing on the way to it; the end comes by itself."""
    probe = machine(ENDS)
    assert way(probe, "a:done").end == ""
    last = way(probe, "fertig:end")
    assert (last.end, last.quiet, last.rank, last.cause.kind) == ("settled", True, 2, "auto")


def test_the_containers_around_a_waiting_end_do_not_keep_it_waiting() -> None:
    """R5: a stage is no work that is left; another step is."""
    net = Net(machine(ENDS).flows[""])
    last = next(one for one in net.automatic if one.quiet)
    assert net.enabled(frozenset({"s", "fertig"}), last)
    assert not net.enabled(frozenset({"s", "fertig", "a"}), last)


def test_an_event_with_also_begins_a_side_branch_and_moves_nothing() -> None:
    """The side branch is a flow of its own; the stage goes on."""
    probe = machine(ENDS)
    heard = way(probe, "s:mehr")
    assert (heard.clear, heard.put, heard.spawn) == ((), (), "~neben")
    assert way(probe, "neben:done", "~neben").done == "done"
    assert "neben" not in probe.flows[""].places


def test_a_step_of_the_main_way_cannot_run_on_the_side() -> None:
    """AW207: it would be open twice."""
    assert "AW207" in codes(ENDS.replace("also: neben", "also: a"))


def test_an_event_with_neither_next_nor_also_only_stores() -> None:
    """It is recorded, nothing moves, nothing begins."""
    heard = way(machine(ENDS.replace(", also: neben", "").replace("  neben: {task: Neben, by: amt, next: done}\n", "")),
                "s:mehr")  # fmt: skip
    assert (heard.clear, heard.put, heard.spawn) == ((), (), "")
    assert heard.completes == (("mehr", "done"),)


WHOLE = """
events:
  weg: {title: Zurücknehmen, by: buergerin, next: end withdrawn}
  stoppen: {title: Anhalten, by: amt, next: ruhen}
after: {1 year: ruhen}
stages:
  s: {title: S, steps: [a]}
flow:
  start: {task: Start, by: buergerin, next: a}
  a: {task: A, by: amt, next: end settled}
  ruhen: {task: Ruhen, by: amt, next: a}
"""


def test_events_of_the_procedure_belong_to_a_place_around_everything() -> None:
    """The procedure is the outermost block."""
    probe = machine(WHOLE)
    assert probe.flows[""].start == ("case", "start")
    assert {"case:weg", "case:stoppen", "case:after.1"} <= names(probe)
    assert all(place.block or place.id in ("case", "end:withdrawn", "end:settled")
               for place in probe.flows[""].places.values())  # fmt: skip
    assert prove(probe, probe.flows[""]).sound


def test_an_event_of_the_procedure_clears_the_steps_and_keeps_the_case_open() -> None:
    """The case's own timers run on."""
    stopped = way(machine(WHOLE), "case:stoppen")
    assert set(stopped.clear) == {"start", "s", "a", "ruhen"}
    assert stopped.put == ("ruhen",)


def test_a_step_in_the_case_block_belongs_to_no_stage() -> None:
    """The block around the procedure is not shown as a stage of it."""
    probe = machine(WHOLE)
    assert (probe.steps["start"].stage, probe.steps["a"].stage) == ("", "s")
    assert set(probe.stages) == {"s"}


def test_a_step_without_a_way_on_is_told() -> None:
    """Nothing falls through to the step below."""
    assert "AW202" in codes("""
        flow:
          a: {task: A, by: amt}
          b: {task: B, by: amt, next: end settled}
    """)


def test_a_way_to_a_step_that_is_not_there_is_told_with_the_nearest_name() -> None:
    """AW103 names the step that was probably meant."""
    found = [d for d in load("""
        flow:
          anmelden: {task: A, by: amt, next: prufen}
          pruefen: {task: B, by: amt, next: end settled}
    """).diagnostics if d.code == "AW103"]  # fmt: skip
    assert "pruefen" in str(found[0].body) + str(found[0].advice)


def test_a_step_in_two_stages_is_refused() -> None:
    """AW206: stages never overlap."""
    assert "AW206" in codes("""
        stages:
          eins: {title: Eins, steps: [a]}
          zwei: {title: Zwei, steps: [a]}
        flow:
          a: {task: A, by: amt, next: end settled}
    """)

"""The 43 control-flow patterns of Russell, ter Hofstede, van der Aalst and Mulyar (2006): valid, proven, run, as told.

Each folder of `examples/patterns` is one pattern; its `trace.txt` is the way its cases go, step by step. Run this file
as a program to write the traces anew (and read the difference before you believe it).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from amtsweg.dsl import report
from amtsweg.dsl.check.soundness import prove
from amtsweg.dsl.load import Loaded, load_folder
from amtsweg.play import Player
from amtsweg.testing.report import play, player_for

PATTERNS = Path(__file__).resolve().parents[2] / "examples" / "patterns"
FOLDERS = sorted(PATTERNS.glob("wcp-*"))


def loaded(folder: Path) -> Loaded:
    return load_folder(folder)


def ways(player: Player, case: str) -> Iterator[str]:
    """What a case went through: `step: way`; sub-cases one indent deeper."""
    flows = {run.id: run.flow for run in player.engine.state(case, player.office.id).runs.values()}
    known = {(flow.id, way.id): way for flow in player.machine.flows.values() for way in flow.transitions}
    for entry in player.engine.journal(case, player.admin(), player.office.id):
        for run, name in entry.fired:
            way = known[flows[run], name]
            if way.own:
                yield f"{way.step}: {way.way}"


def trace(one: Loaded) -> str:
    """The ways of all cases of a folder, as `trace.txt` tells them."""
    lines: list[str] = []
    for case in one.cases.cases:
        player = player_for(one, case)
        play(player, case)
        lines += [f"# {case.name}", *ways(player, player.case_id)]
        for depth, child in enumerate(children(player, player.case_id), 1):
            lines += [f"{'  ' * depth}{line}" for line in ways(player, child)]
        lines.append("")
    return "\n".join(lines)


def children(player: Player, case: str) -> Iterator[str]:
    """The sub-cases below a case, outer ones first."""
    for child in player.engine.state(case, player.office.id).children.values():
        yield child.id
        yield from children(player, child.id)


def test_all_forty_three_patterns_are_there() -> None:
    """No number is missing and none is there twice."""
    assert [int(folder.name.split("-")[1]) for folder in FOLDERS] == list(range(1, 44))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_pattern_has_no_finding_above_a_note(folder: Path) -> None:
    """The checker has nothing to say against it."""
    one = loaded(folder)
    worse = [finding for finding in one.diagnostics if finding.severity != "note"]
    assert not worse, report.to_text(worse, one.sources, "en")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_pattern_is_proven_sound(folder: Path) -> None:
    """Every flow of it, side branches and elements included, can always be walked to its end."""
    machine = loaded(folder).procedure().machine
    for flow in machine.flows.values():
        proof = prove(machine, flow)
        assert proof.sound, proof


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_pattern_runs_as_its_cases_say(folder: Path) -> None:
    """Every line of its cases comes out as expected on the engine over the memory store."""
    one = loaded(folder)
    assert one.cases.cases
    for case in one.cases.cases:
        result = play(player_for(one, case), case)
        assert result.passed, report.to_text(result.findings, one.sources, "en")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_pattern_goes_the_way_it_tells(folder: Path) -> None:
    """The (step, way) pairs that fired are those of `trace.txt`."""
    assert trace(loaded(folder)) == (folder / "trace.txt").read_text("utf-8")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_pattern_is_named_after_its_number_and_stays_small(folder: Path) -> None:
    """The title begins with its number, the id is the folder's, and one reads it without scrolling."""
    machine = loaded(folder).procedure().machine
    assert machine.id == folder.name
    assert re.match(rf"WCP {int(folder.name.split('-')[1])} \S", machine.title)
    assert len((folder / "procedure.yaml").read_text("utf-8").splitlines()) <= 50


def test_the_table_names_every_pattern_of_ways_and_of_resources_once() -> None:
    """`docs/muster.md` has 43 rows of each kind, in order."""
    rows = re.findall(r"^\| (\d+) \|", (PATTERNS.parents[1] / "docs" / "muster.md").read_text("utf-8"), re.MULTILINE)
    assert [int(number) for number in rows] == [*range(1, 44), *range(1, 44)]


if __name__ == "__main__":
    for place in FOLDERS:
        (place / "trace.txt").write_text(trace(loaded(place)), "utf-8")

"""The runner passes our own small suite and the shared part of the DMN TCK, and it can fail."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from amtsweg.commands.dmn import command
from amtsweg.dsl.dmn import tck, values
from amtsweg.dsl.dmn.markup import MarkupError

MODELS = Path(__file__).parent / "models"
SUITE = Path(__file__).parents[3] / "shared" / "data" / "dmn-tck"


def copied(folder: Path, to: Path, old: str = "", new: str = "") -> Path:
    """A copy of one of our suites with a text of its test file replaced."""
    for file in folder.iterdir():
        text = file.read_text("utf-8")
        if file.suffix == ".xml":
            assert old in text
            text = text.replace(old, new, 1)
        (to / file.name).write_text(text, "utf-8")
    return to


@pytest.mark.parametrize("folder", ["boxes", "tables", "graph", "types"])
def test_dmn_our_own_models_answer_as_their_test_files_say(folder: str) -> None:
    report = tck.run(MODELS / folder, values.clock())
    assert [(c.id, n.name, n.expected, n.got) for c in report.cases for n in c.nodes if not n.passed] == []


@pytest.mark.parametrize("folder", ["boxes", "tables", "graph", "types"])
def test_dmn_strict_mode_raises_exactly_where_our_models_mark_errors(folder: str) -> None:
    report = tck.run(MODELS / folder, values.clock())
    wrong = [(c.id, n.name, n.message) for c in report.cases for n in c.nodes if n.error_expected != n.error_raised]
    assert wrong == []


def test_dmn_a_wrong_expectation_fails_its_node_its_case_and_nothing_else(tmp_path: Path) -> None:
    folder = copied(MODELS / "boxes", tmp_path, ">18000<", ">18001<")
    report = tck.run(folder, values.clock())
    assert [n.name for n in report.nodes if not n.passed] == ["yearly income"]
    assert not report.cases[0].passed
    assert report.summary()["cases_passed"] == 0


def test_dmn_a_missing_member_of_a_context_fails(tmp_path: Path) -> None:
    folder = copied(MODELS / "boxes", tmp_path, '<component name="net pay">', '<component name="net">')
    assert [n.name for n in tck.run(folder).nodes if not n.passed] == ["context of rows"]


def test_dmn_numbers_may_differ_by_less_than_the_suites_tolerance_and_no_more(tmp_path: Path) -> None:
    (tmp_path / "near").mkdir()
    (tmp_path / "far").mkdir()
    near = copied(MODELS / "boxes", tmp_path / "near", ">18000<", ">18000.000000009<")
    far = copied(MODELS / "boxes", tmp_path / "far", ">18000<", ">18000.00000002<")
    assert all(node.passed for node in tck.run(near).nodes)
    assert not all(node.passed for node in tck.run(far).nodes)


def test_dmn_a_model_that_cannot_be_read_fails_all_its_nodes(tmp_path: Path) -> None:
    folder = copied(MODELS / "boxes", tmp_path)
    (folder / "boxes.dmn").write_text("<definitions/>", "utf-8")
    report = tck.run(folder)
    assert report.nodes
    assert not any(node.passed for node in report.nodes)


def test_dmn_a_folder_without_test_files_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(MarkupError, match="no test file"):
        tck.run(tmp_path)


def test_dmn_test_command_prints_the_four_numbers() -> None:
    done = CliRunner().invoke(command, ["test", str(MODELS / "types")])
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert [line.split("  ")[0] for line in lines] == [
        "cases passed",
        "value nodes passed",
        "folder average",
        "strict oracle",
    ]
    assert lines[0].endswith("3 of 3")


def test_dmn_test_command_fails_and_names_the_node_when_a_case_fails(tmp_path: Path) -> None:
    folder = copied(MODELS / "boxes", tmp_path, ">18000<", ">18001<")
    done = CliRunner().invoke(command, ["test", str(folder), "--failures"])
    assert done.exit_code == 1
    assert "yearly income: expected 18001, got 18000" in done.output


def test_dmn_test_command_gives_the_agreed_json() -> None:
    done = CliRunner().invoke(command, ["test", str(MODELS / "types"), "--json"])
    data = json.loads(done.output)
    assert set(data) == {"summary", "cases"}
    assert set(data["cases"][0]) == {"folder", "file", "id", "passed", "nodes"}
    assert set(data["cases"][0]["nodes"][0]) == {
        "name",
        "expected",
        "got",
        "passed",
        "error_expected",
        "error_raised",
    }


@pytest.fixture(scope="module")
def suite_report() -> tck.Report:
    if not SUITE.is_dir():
        pytest.skip("the DMN TCK does not lie beside the project")
    return tck.run(SUITE, values.clock())


@pytest.mark.conformance
def test_dmn_tck_passes_every_case(suite_report: tck.Report) -> None:
    failed = [f"{c.folder} {c.id} {n.name}" for c in suite_report.cases for n in c.nodes if not n.passed]
    assert failed == []
    assert len(suite_report.cases) > 2000


@pytest.mark.conformance
def test_dmn_tck_strict_mode_raises_at_errors_and_keeps_quiet_elsewhere(suite_report: tck.Report) -> None:
    oracle = suite_report.summary()["strict_oracle"]
    assert oracle["errors_raised"] >= 0.99
    assert oracle["false_alarms"] < 0.005

"""The commands over a procedure print what the rooms below make, and end with the right code."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from amtsweg.cli import COMMANDS, main

SHIPPED = Path(__file__).parents[2] / "amtsweg" / "procedures"
DOG = str(SHIPPED / "hund-anmelden")
GOLDEN = Path(__file__).parent / "golden"


def run(*words: str, given: str | None = None) -> Result:
    return CliRunner().invoke(main, list(words), input=given)


def test_every_command_has_a_help_with_an_example() -> None:
    for name in COMMANDS:
        result = run(name, "--help")
        assert result.exit_code == 0, name
        assert "Example" in result.output, name


@pytest.mark.parametrize("words", [["--help"], ["validate", "--help"], ["run", "--help"], ["demo", "--help"]])
def test_help_loads_nothing_heavy(words: list[str]) -> None:
    heavy = ["yaml", "lark", "jsonschema", "sqlalchemy", "jinja2", "rich", "babel", "holidays", "typst", "alembic"]
    code = (
        "import sys, click; from amtsweg.cli import main\n"
        f"try: main({words!r})\nexcept SystemExit: pass\n"
        f"print('LOADED', [m for m in {heavy!r} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.rstrip().endswith("LOADED []")


def test_the_cases_are_run_and_told_one_by_one() -> None:
    result = run("test", DOG)
    assert result.exit_code == 0, result.output
    assert "✓ Von der Anmeldung bis zum Bescheid" in result.output
    assert re.search(r"Alle \d+ Testfälle stimmen\.", result.output)
    data = json.loads(run("test", DOG, "--json", "--case", "Ostermontag").output)
    assert [(one["procedure"], one["passed"], len(one["cases"])) for one in data] == [("hund-anmelden", True, 1)]


def test_a_wrong_case_ends_with_one_and_accept_mends_it(tmp_path: Path) -> None:
    run("new", "Hund", "--in", str(tmp_path), "--yes")
    file = tmp_path / "hund" / "cases.yaml"
    right = file.read_text("utf-8")
    file.write_text(right.replace("at: erledigt", "at: pruefen"), "utf-8")
    result = run("test", str(tmp_path / "hund"))
    assert result.exit_code == 1
    assert "AW901" in result.output
    assert run("test", str(tmp_path / "hund"), "--accept").exit_code == 0
    assert file.read_text("utf-8") == right


def test_nothing_to_run_ends_with_two(tmp_path: Path) -> None:
    assert run("test", str(tmp_path)).exit_code == 2
    assert run("test", DOG, "--case", "gibt es nicht").exit_code == 2


def test_a_case_without_a_way_is_suggested(tmp_path: Path) -> None:
    run("new", "Hund", "--in", str(tmp_path), "--yes")
    file = tmp_path / "hund" / "cases.yaml"
    file.write_text(file.read_text("utf-8").partition("  - case: Abgelehnt")[0], "utf-8")
    result = run("test", str(tmp_path / "hund"), "--suggest")
    assert "outcome: ablehnen" in result.output


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_walk_shows_everything_after_each_step(language: str) -> None:
    words = ["simulate", DOG, "--case", "Auch auf die Erinnerung", "--language", language]
    result = run(*words)
    assert result.exit_code == 0, result.output
    assert result.output == (GOLDEN / f"walk.{language}.txt").read_text("utf-8")


def test_a_walk_can_be_chosen_step_by_step() -> None:
    given = "1\nlabrador\n2\n\n"
    result = run("simulate", DOG, "--interactive", given=given)
    assert result.exit_code == 0, result.output
    assert "steht in    pruefen" in result.output
    assert "Sachbearbeitung Hundesteuer" in result.output


def test_an_unknown_case_is_told_with_the_nearest_name() -> None:
    result = run("simulate", DOG, "--case", "Mit Lastschrift mus niemand überweisen")
    assert result.exit_code == 1
    assert "Did you mean “Mit Lastschrift muss niemand überweisen”?" in result.output


def test_the_flow_is_drawn_in_three_shapes(tmp_path: Path) -> None:
    assert run("draw", DOG).output.startswith("<svg")
    assert run("draw", DOG, "--format", "mermaid", "--case-at", "pruefen").output.startswith("flowchart TD")
    assert "Anmeldung prüfen führt zu" in run("draw", DOG, "--format", "text").output
    assert run("draw", DOG, "--out", str(tmp_path / "a.svg")).exit_code == 0
    assert (tmp_path / "a.svg").read_text("utf-8").startswith("<svg")
    wrong = run("draw", DOG, "--case-at", "pruefn")
    assert wrong.exit_code == 2
    assert "Did you mean “pruefen”?" in wrong.output


def test_a_form_is_a_page_data_or_questions() -> None:
    page = run("form", DOG, "--sample", "zwei_hunde").output
    assert "Luna" in page
    assert "<form" in page
    data = json.loads(run("form", DOG, "--form", "pruefung", "--format", "json").output)
    assert data["form"] == "pruefung"
    judged = run("form", DOG, "--sample", "labrador", "--page", "1", "--judge")
    assert judged.exit_code == 0
    answers = run("form", DOG, "--form", "stellungnahme", "--format", "questions", given="ja\n\n")
    assert '"gefaehrlich": ' in answers.output


def test_a_form_or_page_that_is_not_there_is_told() -> None:
    assert "Did you mean “pruefung”?" in run("form", DOG, "--form", "prufung").output
    assert run("form", DOG, "--page", "99").exit_code == 2
    assert "There are:" in run("form", DOG, "--sample", "xyz").output


def test_a_letter_is_written_with_a_sample_or_a_case(tmp_path: Path) -> None:
    assert "Tyson" in run("letter", DOG, "bescheid", "--sample", "pitbull").output
    assert "Blindenhund mit Ausweis" in run("letter", DOG, "bescheid", "--case", "Blindenhund").output
    assert "<html" in run("letter", DOG, "nachforderung", "--format", "html").output
    assert run("letter", DOG, "bescheid", "--format", "pdf").exit_code == 2
    assert run("letter", DOG, "bescheid", "--format", "pdf", "--out", str(tmp_path / "b.pdf")).exit_code == 0
    assert (tmp_path / "b.pdf").read_bytes().startswith(b"%PDF")
    assert "Did you mean “bescheid”?" in run("letter", DOG, "beschied").output


def test_a_procedure_with_errors_shows_its_findings(tmp_path: Path) -> None:
    run("new", "Hund", "--in", str(tmp_path), "--yes")
    file = tmp_path / "hund" / "procedure.yaml"
    file.write_text(file.read_text("utf-8").replace("next: pruefen", "next: prufen", 1), "utf-8")
    for words in (["simulate"], ["form"]):
        result = run(*words, str(tmp_path / "hund"))
        assert result.exit_code == 1
        assert "AW103" in result.output

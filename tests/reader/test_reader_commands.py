"""The commands `schema`, `fmt`, `fix` and `explain` parse, print and say by their exit code how it went."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from amtsweg.cli import main

FIXTURE = Path(__file__).parent.parent / "content" / "fixtures" / "fundsache-melden"


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "fundsache-melden"
    made.mkdir()
    for file in FIXTURE.iterdir():
        (made / file.name).write_bytes(file.read_bytes())
    return made


@pytest.mark.parametrize("kind", ["procedure", "block", "cases", "tenant", "texts"])
def test_schema_prints_a_schema_as_json(kind: str) -> None:
    code, output = run("schema", kind)
    assert code == 0
    assert json.loads(output)["$id"] == f"urn:amtsweg:schema:{kind}"


def test_schema_without_a_kind_is_that_of_the_procedure() -> None:
    assert json.loads(run("schema")[1])["title"] == "Verfahren (procedure.yaml)"


@pytest.mark.parametrize("word", ["AW006", "aw006", "006"])
def test_explain_takes_a_code_as_people_say_it(word: str) -> None:
    code, output = run("explain", word, "--language", "en")
    assert code == 0
    assert output.startswith("AW006  A blank is missing after the colon")


def test_explain_without_a_code_lists_them_all() -> None:
    code, output = run("explain")
    assert code == 0
    assert "AW401  Eine Lücke in der Tabelle" in output


def test_explain_gives_a_page_as_data() -> None:
    code, output = run("explain", "AW006", "--json")
    assert code == 0
    assert json.loads(output)["title"] == {
        "de": "Nach dem Doppelpunkt fehlt ein Leerzeichen",
        "en": "A blank is missing after the colon",
    }


def test_explain_says_so_if_there_is_no_such_code() -> None:
    code, output = run("explain", "AW999")
    assert code == 2
    assert "There is no code AW999." in output


def test_fmt_check_changes_nothing_and_fmt_does(tmp_path: Path) -> None:
    path = tmp_path / "procedure.yaml"
    path.write_text("a: {b: Was?}\n")
    code, output = run("fmt", str(tmp_path), "--check", "--language", "en")
    assert (code, path.read_text()) == (1, "a: {b: Was?}\n")
    assert "would change" in output
    assert run("fmt", str(tmp_path))[0] == 0
    assert path.read_text() == "a:\n  b: Was?\n"
    assert run("fmt", str(path), "--check") == (0, "")


def test_fmt_shows_what_must_be_mended_first(tmp_path: Path) -> None:
    (tmp_path / "procedure.yaml").write_text("type:money\n")
    code, output = run("fmt", str(tmp_path))
    assert code == 2
    assert "AW006" in output


def test_fmt_of_a_folder_without_yaml_says_so(tmp_path: Path) -> None:
    code, output = run("fmt", str(tmp_path))
    assert code == 2
    assert "There is no .yaml file" in output


def test_fix_mends_all_files_of_a_folder_in_rounds(folder: Path) -> None:
    for name in ("procedure.yaml", "cases.yaml"):
        text = (folder / name).read_text("utf-8").replace("wert_bestaetigen", "wert_bestätigen")
        (folder / name).write_text(text.replace("    due: 3 working days", "    frist: 3 Arbeitstage"), "utf-8")
    code, output = run("fix", str(folder))
    assert "AW101" in output and "AW104" in output
    for name in ("procedure.yaml", "cases.yaml"):
        assert (folder / name).read_bytes() == (FIXTURE / name).read_bytes()
    assert code == 0


def test_fix_without_doing_it_changes_nothing(folder: Path) -> None:
    text = (folder / "procedure.yaml").read_text("utf-8").replace("    due: 3", "    frist: 3")
    (folder / "procedure.yaml").write_text(text, "utf-8")
    code, output = run("fix", str(folder), "--dry-run", "--language", "en")
    assert code == 1
    assert "amtsweg fix translates “frist”" in output
    assert (folder / "procedure.yaml").read_text("utf-8") == text


def test_fix_asks_before_it_changes_a_meaning(folder: Path) -> None:
    text = (folder / "procedure.yaml").read_text("utf-8")
    (folder / "procedure.yaml").write_text(text.replace("lagerort: Lagerort", "lagerort: Regal #1"), "utf-8")
    result = CliRunner().invoke(main, ["fix", str(folder), "--ask"], input="y\n" * 9)
    assert "AW005" in result.output
    assert 'lagerort: "Regal #1"' in (folder / "procedure.yaml").read_text("utf-8")


def test_fix_of_a_folder_without_a_procedure_says_so(tmp_path: Path) -> None:
    code, output = run("fix", str(tmp_path))
    assert code == 2
    assert "There is no procedure.yaml" in output


@pytest.mark.parametrize("name", ["schema", "fmt", "fix", "explain"])
def test_help_shows_an_example(name: str) -> None:
    code, output = run(name, "--help")
    assert code == 0
    assert "Example: amtsweg" in output

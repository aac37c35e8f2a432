"""`amtsweg validate`: exit codes, the three formats, both languages, mending, and the procedures that are shipped."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import amtsweg.procedures
from amtsweg.commands.validate import command
from amtsweg.dsl.load import load_folder

HERE = Path(__file__).parent
FIXTURES = HERE / "fixtures"
SHIPPED = Path(amtsweg.procedures.__path__[0])
TOWN = SHIPPED / "musterstadt" / "tenant.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(FIXTURES / "fundsache-melden", tmp_path / "fundsache-melden")
    return tmp_path / "fundsache-melden"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(one) for one in arguments])


def spoil(folder: Path, good: str, bad: str) -> None:
    path = folder / "procedure.yaml"
    text = path.read_text("utf-8")
    assert good in text
    path.write_text(text.replace(good, bad, 1), "utf-8")


def test_when_all_is_well_it_says_so_and_what_was_counted(folder: Path) -> None:
    result = run(folder)
    assert result.exit_code == 0
    assert "In Ordnung: fundsache-melden. 14 Schritte" in result.output
    assert "4 Testfälle. Jeder Vorgang kommt an ein Ende." in result.output


def test_an_error_is_shown_in_the_language_that_was_asked_for(folder: Path) -> None:
    spoil(folder, "wert > 50 EUR", "wert > 50")
    german, english = run(folder), run(folder, "--language", "en")
    assert (german.exit_code, english.exit_code) == (1, 1)
    assert "Fehler AW302  Ein Betrag und eine Zahl lassen sich nicht vergleichen" in german.output
    assert "error AW302  An amount and a number cannot be compared" in english.output
    assert "In Ordnung" not in german.output


def test_programs_get_json_with_both_languages(folder: Path) -> None:
    spoil(folder, "wert > 50 EUR", "wert > 50")
    result = run(folder, "--format", "json")
    assert result.exit_code == 1
    (one,) = [one for one in json.loads(result.output) if one["severity"] == "error"]
    assert (one["code"], one["file"]) == ("AW302", "fundsache-melden/procedure.yaml")
    assert one["range"]["start"] == [66, 26]
    assert set(one["headline"]) == {"de", "en"}


def test_sarif_names_the_rule_and_the_place(folder: Path) -> None:
    spoil(folder, "wert > 50 EUR", "wert > 50")
    log = json.loads(run(folder, "--format", "sarif").output)
    assert log["version"] == "2.1.0"
    assert "AW302" in [one["ruleId"] for one in log["runs"][0]["results"]]


def test_what_cannot_change_a_meaning_is_mended_on_demand(folder: Path) -> None:
    spoil(folder, "wert > 50 EUR", "wert > 50")
    result = run(folder, "--fix")
    assert result.exit_code == 0
    assert "            when: wert > 50 EUR\n" in (folder / "procedure.yaml").read_text("utf-8")


def test_several_folders_are_checked_and_one_bad_one_is_enough_to_fail(folder: Path) -> None:
    spoil(folder, "wert > 50 EUR", "wert > 50")
    result = run(FIXTURES / "fundsache-melden", folder)
    assert result.exit_code == 1
    assert "In Ordnung: fundsache-melden" in result.output


def test_without_a_procedure_there_is_nothing_to_check(tmp_path: Path) -> None:
    result = run(tmp_path)
    assert result.exit_code == 2


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "\x00", "a: [" * 30_000, "title: Ohne Kennung\n"])
def test_a_file_that_is_no_procedure_is_told_and_nothing_breaks(folder: Path, text: str) -> None:
    (folder / "procedure.yaml").write_text(text, "utf-8")
    result = run(folder)
    assert result.exit_code == 1
    assert "fundsache-melden/procedure.yaml:1" in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)


@pytest.mark.parametrize("name", sorted(path.parent.name for path in SHIPPED.glob("*/procedure.yaml")))
def test_a_shipped_procedure_is_valid_with_and_without_a_town(name: str) -> None:
    for tenant in (None, TOWN):
        loaded = load_folder(SHIPPED / name, tenant)
        assert loaded.is_valid, [f"{one.code} {one.span} {one.headline.de}" for one in loaded.diagnostics]
        assert [one for one in loaded.diagnostics if one.severity == "warning"] == []

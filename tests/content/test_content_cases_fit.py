"""Test cases beside the compiled procedure: what they name exists, and what they fill in fits."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from amtsweg.dsl.check.testcases import check_cases
from amtsweg.dsl.load import load_folder

FIXTURES = Path(__file__).parent / "fixtures"

# what stands in cases.yaml, what is written instead, the code, the headline
MISTAKES = [
    ("do: melden, by: ada", "do: meldn, by: ada", "AW103", "Eine Aufgabe „meldn“ gibt es nicht"),
    ("outcome: bestaetigen", "outcome: bestaetign", "AW103", "Ein Ergebnis „bestaetign“ gibt es nicht"),
    (", outcome: bestaetigen}", "}", "AW903", "Hier fehlt, wie „wert_bestaetigen“ ausgeht"),
    (
        "{event: eigentuemer_meldet_sich,",
        "{event: eigentuemer_meldt_sich,",
        "AW103",
        "Ein Ereignis „eigentuemer_meldt_sich“ gibt es nicht",
    ),
    ("fundort: Bahnhof", "fundort_: Bahnhof", "AW102", "Ein Feld „fundort_“ gibt es im Formular „anzeige“ nicht"),
    ("{vorname: Ada,", "{vornam: Ada,", "AW102", "Ein Feld „vornam“ gibt es im Formular „anzeige“ nicht"),
    ("    art: fahrrad", "    art: fahrad", "AW304", "„fahrad“ steht nicht in der Liste „arten“"),
    ("    wert: 120 EUR", "    wert: 120", "AW332", "„120“ passt nicht: Erwartet wird „Betrag“"),
    ("gefunden_am: 2026-02-01", "gefunden_am: 01.02.2026", "AW305", "Ein Datum schreibt man hier Jahr-Monat-Tag"),
    ("behalten: yes", "behalten: vielleicht", "AW332", "„vielleicht“ passt nicht: Erwartet wird „Ja oder Nein“"),
]  # fmt: skip


@pytest.mark.parametrize(("good", "bad", "code", "headline"), MISTAKES)
def test_what_a_case_names_or_fills_in_is_held_against_the_procedure(
    tmp_path: Path, good: str, bad: str, code: str, headline: str
) -> None:
    folder = tmp_path / "fundsache-melden"
    shutil.copytree(FIXTURES / "fundsache-melden", folder)
    text = (folder / "cases.yaml").read_text("utf-8")
    assert good in text
    (folder / "cases.yaml").write_text(text.replace(good, bad, 1), "utf-8")
    found = load_folder(folder, checks=(check_cases,)).diagnostics
    assert [(one.code, one.headline.de) for one in found if one.severity == "error"] == [(code, headline)]
    line = text[: text.index(good)].count("\n") + 1
    assert [one.span.start.line for one in found if one.severity == "error"] == [line]


def test_good_cases_have_no_findings() -> None:
    found = load_folder(FIXTURES / "fundsache-melden", checks=(check_cases,)).diagnostics
    assert [one for one in found if one.severity != "note"] == []


def test_what_must_be_refused_may_be_wrong(tmp_path: Path) -> None:
    folder = tmp_path / "fundsache-melden"
    shutil.copytree(FIXTURES / "fundsache-melden", folder)
    text = (folder / "cases.yaml").read_text("utf-8")
    text += "      - refused: {do: wert_bestaetigen, by: kaya, outcome: gibt_es_nicht}\n"
    text += "      - refused: {event: gibt_es_nicht, by: kaya}\n"
    (folder / "cases.yaml").write_text(text, "utf-8")
    assert load_folder(folder, checks=(check_cases,)).is_valid

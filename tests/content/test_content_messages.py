"""The model messages of content: one mistake in a good procedure, the whole message in German and English.

`AMTSWEG_UPDATE_GOLDEN=1` writes the golden files anew; read the difference before it is committed.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from amtsweg.dsl.load import load_folder
from amtsweg.dsl.report import one_to_text

HERE = Path(__file__).parent
FIXTURES, GOLDEN = HERE / "fixtures", HERE / "golden"
PROCEDURE, TENANT, LETTER, CASES = (
    "fundsache-melden/procedure.yaml",
    "musterstadt/tenant.yaml",
    "fundsache-melden/erwerb.md",
    "fundsache-melden/cases.yaml",
)

WHEN = "            when: wert > 50 EUR\n"
COMPUTE = "        compute: finderlohn(wert_amtlich)\n"

# name: (code, file, what stands there, what is written instead)
MISTAKES: dict[str, tuple[str, str, str, str]] = {
    "unknown_field": ("AW102", PROCEDURE, WHEN, WHEN.replace("wert", "wert_geschaetzt")),
    "unknown_part": ("AW102", LETTER, "anzeige.gefunden_am", "anzeige.gefundn_am"),
    "unknown_slot": ("AW102", LETTER, "anzeige.art", "anzeig.art"),
    "unknown_list": ("AW102", PROCEDURE, "options: arten", "options: artn"),
    "unknown_type": ("AW102", PROCEDURE, "            type: long_text", "            type: longtext"),
    "unknown_person": ("AW102", CASES, "by: lenz, outcome", "by: lens, outcome"),
    "name_twice": ("AW106", PROCEDURE, "\n  wert_pruefen:\n    branch", "\n  pruefung:\n    branch"),
    "caption_for_step": (
        "AW107",
        PROCEDURE,
        "in_verwahrung: {title: In Verwahrung nehmen, next: wert_pruefen}",
        "in_verwahrung: In Verwahrung nehmen",
    ),
    "may_be_missing": ("AW301", LETTER, "{{ anzeige.fundort }}", "{{ anzeige.foto.name }}"),
    "money_and_number": ("AW302", PROCEDURE, WHEN, WHEN.replace("50 EUR", "50")),
    "excel": ("AW303", PROCEDURE, COMPUTE, "        compute: WENN(wert_amtlich<=500; wert_amtlich*0,05; 25)\n"),
    "option": ("AW304", PROCEDURE, WHEN, WHEN.replace("50 EUR", "50 EUR or art = fahrad")),
    "german_date": ("AW305", TENANT, "2027-01-01", "01.01.2027"),
    "german_date_in_expression": ("AW305", PROCEDURE, WHEN, "            when: gefunden_am > 01.01.2027\n"),
    "double_equals": ("AW306", PROCEDURE, WHEN, "            when: art == fahrrad\n"),
    "thousand": ("AW307", PROCEDURE, WHEN, WHEN.replace("50", "1.000")),
    "date_as_sum": ("AW308", PROCEDURE, WHEN, "            when: gefunden_am > 2026-01-01\n"),
    "is_for_equals": ("AW309", PROCEDURE, WHEN, "            when: art is fahrrad\n"),
    "german_word": ("AW317", PROCEDURE, WHEN, "            when: wert > 50 EUR und art = fahrrad\n"),
    "circle": (
        "AW331",
        PROCEDURE,
        COMPUTE,
        COMPUTE
        + "      zuschlag:\n        title: Zuschlag\n        type: money\n        compute: lohn + abzug\n"
        + "      abzug:\n        title: Abzug\n        type: money\n        compute: zuschlag * 2\n",
    ),
    "amount_in_german": ("AW332", TENANT, "value: 9.00 EUR", "value: 9.00"),
    "no_period": ("AW333", PROCEDURE, "    due: 3 working days\n", "    due: anzeige.fundort\n"),
    "whole_record": ("AW334", LETTER, "anzeige.person.greeting", "anzeige.person"),
    "too_many_cells": ("AW404", PROCEDURE, "<= 500 EUR | wert * 5 %", "<= 500 EUR | wert * 5 % | 1"),
    "too_few_cells": ("AW404", PROCEDURE, "      <= 500 EUR | wert * 5 %", "      <= 500 EUR"),
    "table_file": ("AW405", PROCEDURE, "    table: |\n", "    table: tarif.csv\n    law: |\n"),
    "role_for_step": ("AW502", PROCEDURE, "four_eyes: pruefen", "four_eyes: sachbearbeitung"),
    "amount_of_one_town": ("AW701", PROCEDURE, "pay: verwahrgebuehr", "pay: 7.50 EUR"),
    "address": ("AW704", LETTER, "(§ 973 BGB)", "(www.musterstadt.example)"),
    "no_appeal": ("AW803", PROCEDURE, "    appeal: none\n", ""),
    "no_letter": ("AW804", PROCEDURE, "    appeal: none\n", "    appeal: none\n    template: brief\n"),
    "open_brace": ("AW805", LETTER, "{{ anzeige.fundort }}", "{{ anzeige.fundort"),
}


@pytest.fixture
def files(tmp_path: Path) -> Path:
    shutil.copytree(FIXTURES, tmp_path / "files")
    return tmp_path / "files"


def messages(folder: Path, code: str, language: str) -> str:
    loaded = load_folder(folder / "fundsache-melden", folder / "musterstadt" / "tenant.yaml")
    found = [one for one in loaded.diagnostics if one.code == code]
    return "\n\n".join(one_to_text(one, loaded.sources, language) for one in found) + "\n"


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_gets_exactly_its_message(files: Path, mistake: str, language: str) -> None:
    code, name, good, bad = MISTAKES[mistake]
    text = (files / name).read_text("utf-8")
    assert good in text
    (files / name).write_text(text.replace(good, bad, 1), "utf-8")
    told = messages(files, code, language)
    golden = GOLDEN / f"{code}-{mistake}.{language}.txt"
    if os.environ.get("AMTSWEG_UPDATE_GOLDEN"):
        golden.write_text(told, "utf-8")
    assert told == golden.read_text("utf-8")


@pytest.mark.parametrize("mistake", MISTAKES)
def test_one_mistake_is_one_message(files: Path, mistake: str) -> None:
    """Nothing is reported that only follows from it (the renamed step and the left-out table leave more than one)."""
    code, name, good, bad = MISTAKES[mistake]
    text = (files / name).read_text("utf-8")
    (files / name).write_text(text.replace(good, bad, 1), "utf-8")
    loaded = load_folder(files / "fundsache-melden", files / "musterstadt" / "tenant.yaml")
    others = [one for one in loaded.diagnostics if one.code != code and one.severity == "error"]
    assert [(one.code, str(one.span)) for one in others if mistake != "name_twice"] == []


def test_the_procedure_without_mistakes_is_valid(files: Path) -> None:
    loaded = load_folder(files / "fundsache-melden", files / "musterstadt" / "tenant.yaml")
    assert loaded.is_valid, [one.headline.de for one in loaded.diagnostics]

"""The model messages about writing and keywords, whole, in both languages, from mistakes put into one procedure."""

from __future__ import annotations

from pathlib import Path

import pytest

from amtsweg.dsl import report, schema
from amtsweg.dsl.diagnostics import Diagnostic
from amtsweg.dsl.reader import read_text
from amtsweg.dsl.renames import across

HERE = Path(__file__).parent
FIXTURE = HERE.parent / "content" / "fixtures" / "fundsache-melden"
FILE = "fundsache-melden/procedure.yaml"
BASE = (FIXTURE / "procedure.yaml").read_text("utf-8").split("\n")
CASES = (FIXTURE / "cases.yaml").read_text("utf-8")


def with_lines(*changes: tuple[int, str]) -> str:
    lines = list(BASE)
    for number, text in changes:
        lines[number - 1] = text
    return "\n".join(lines)


def with_fee_in_braces() -> str:
    at = BASE.index("  verwahrgebuehr:")
    short = "  verwahrgebuehr: {title: Verwahrgebühr, type: money, example: 7,50 EUR}"
    return "\n".join([*BASE[:at], short, *BASE[at + 5 :]])


MISTAKES = {
    "AW001": with_lines((4, "summary: Etwas gefunden? Melden Sie es hier: wir suchen den Eigentümer.")),
    "AW002": with_fee_in_braces(),
    "AW003": with_lines((49, "           options: arten")),
    "AW004": with_lines(
        (118, "    task: Fundsache melden"),
        (119, "\t   form: anzeige"),
        (120, "\t   by: finder"),
        (121, "\t   next: pruefen"),
    ),
    "AW005": with_lines((82, "      lagerort: Regal #")),
    "AW006": with_lines((61, "            type:money")),
    "AW007": with_lines((166, "  pruefen:")),
    "AW101": with_lines((127, "    frist: 3 Arbeitstage")),
    "AW104": "\n".join(BASE).replace("wert_bestaetigen", "wert_bestätigen"),
}


def found_in(text: str, cases: str = CASES) -> list[Diagnostic]:
    read = read_text(text, FILE)
    assert read.tree is not None
    found = [*read.diagnostics, *schema.check(read.tree, "procedure")]
    return across(found, {FILE: text, "fundsache-melden/cases.yaml": cases})


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("code", MISTAKES)
def test_the_message_is_the_model_message(code: str, language: str) -> None:
    text = MISTAKES[code]
    cases = CASES.replace("wert_bestaetigen", "wert_bestätigen") if code == "AW104" else CASES
    found = found_in(text, cases)
    assert [one.code for one in found] == [code]
    wanted = (HERE / "model" / f"{code}.{language}.txt").read_text("utf-8")
    assert report.one_to_text(found[0], {FILE: text}, language) + "\n" == wanted


def test_the_procedure_without_mistakes_has_no_findings() -> None:
    assert found_in("\n".join(BASE)) == []

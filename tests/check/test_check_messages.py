"""The model messages on flow, values, tables, people and time, whole, in German and English.

`GOLDEN=update` writes the golden files anew; read the difference before you commit it.
"""

import os
import shutil
from pathlib import Path

import pytest

from amtsweg.dsl import report
from amtsweg.dsl.load import load_folder

ROOT = Path(__file__).resolve().parents[2]
FUND = ROOT / "tests" / "content" / "fixtures" / "fundsache-melden"
DOG = ROOT / "amtsweg" / "procedures" / "hund-anmelden"
TOWN = ROOT / "tests" / "content" / "fixtures" / "musterstadt" / "tenant.yaml"
GOLDEN = Path(__file__).parent / "golden"

MESSAGES = {
    "AW103-step": (FUND, "procedure.yaml", "{else: verwahren}", "{else: verwahrung}"),
    "AW103-outcome": (DOG, "procedure.yaml", "{answered: pruefen, silent", "{answerd: pruefen, silent"),
    "AW108-input": (DOG, "procedure.yaml", "missing: pruefung.fehlt", "mising: pruefung.fehlt"),
    "AW201-no_way": (FUND, "procedure.yaml", "overdue: kasse", "overdue: zurueckgegeben"),
    "AW202-stuck": (FUND, "procedure.yaml", "      - {else: an_gemeinde}\n", ""),
    "AW203-silent": (FUND, "procedure.yaml", "        by: sachbearbeitung\n        next: eigentum_pruefen",
                     "        next: eigentum_pruefen"),
    "AW204-circle": (FUND, "procedure.yaml", "{else: verwahren}", "{else: wert_pruefen}"),
    "AW212-for_ever": (FUND, "procedure.yaml", "wait: 6 months after melden.done\n    shift: no",
                       "wait: for eigentuemer_da"),
    "AW301-letter": (FUND, "erwerb.md", "anzeige.person.greeting", "nachweis.person.greeting"),
    "AW401-gap": (FUND, "procedure.yaml", "      <= 500 EUR |", "      < 500 EUR  |"),
    "AW401-three_columns": (DOG, "procedure.yaml", "| > 2    |", "| > 3    |"),
    "AW402-overlap": (FUND, "procedure.yaml", "> 500 EUR  ", "> 400 EUR  "),
    "AW501-left_over": (FUND, "tenant.yaml", "leitung: [lenz, kaya]", "leitung: [kaya]"),
    "AW503-nobody": (FUND, "tenant.yaml", "leitung: [lenz, kaya]", "chef: [kaya]"),
    "AW502-role": (FUND, "procedure.yaml", "four_eyes: pruefen", "four_eyes: sachbearbeitung"),
    "AW601-too_early": (FUND, "procedure.yaml", "remind: 1 working day before due",
                        "remind: 5 working days before due"),
    "AW604-never_overdue": (FUND, "procedure.yaml", "    due: 2 weeks\n    outcomes: {paid", "    outcomes: {paid"),
    "AW805-special": (FUND, "procedure.yaml", "            title: Geschätzter Wert\n",
                      "            title: Geschätzter Wert\n            special: yes\n"),
    "AW806-keep": (FUND, "procedure.yaml", "keep: {draft: 30 days, closed: 3 years}\n", "keep: {draft: 30 days}\n"),
}  # fmt: skip


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("name", MESSAGES)
def test_the_whole_message_is_as_agreed(name: str, language: str, tmp_path: Path) -> None:
    source, file, old, new = MESSAGES[name]
    folder, town = tmp_path / source.name, tmp_path / "musterstadt" / "tenant.yaml"
    shutil.copytree(source, folder)
    town.parent.mkdir()
    shutil.copy(TOWN, town)
    target = town if file == "tenant.yaml" else folder / file
    text = target.read_text("utf-8")
    assert old in text
    target.write_text(text.replace(old, new, 1), "utf-8")
    loaded = load_folder(folder, town if file == "tenant.yaml" else None)
    said = report.to_text([d for d in loaded.diagnostics if d.code == name[:5]][:1], loaded.sources, language)
    golden = GOLDEN / f"{name}.{language}.txt"
    if os.environ.get("GOLDEN") == "update":
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(said, "utf-8")
    assert said == golden.read_text("utf-8")

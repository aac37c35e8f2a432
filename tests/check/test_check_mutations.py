"""The mutation catalogue: seeded faults in real procedures; each is found, with its code, at the right line.

A fault is one replacement in one file. The unmutated procedures have no finding above a note.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from amtsweg.dsl.load import load_folder

ROOT = Path(__file__).resolve().parents[2]
FUND = ROOT / "tests" / "content" / "fixtures" / "fundsache-melden"
DOG = ROOT / "amtsweg" / "procedures" / "hund-anmelden"
TOWN = ROOT / "tests" / "content" / "fixtures" / "musterstadt" / "tenant.yaml"


@dataclass(frozen=True)
class Fault:
    rule: str
    code: str
    folder: Path
    old: str
    new: str
    at: str
    file: str = "procedure.yaml"
    town: bool = False


FAULTS = [
    # V1 shape and references
    Fault("V1", "AW103", FUND, "{else: verwahren}", "{else: verwahrung}", "verwahrung"),
    Fault("V1", "AW103", FUND, "next: wert_pruefen}", "next: wertpruefen}", "wertpruefen"),
    Fault("V1", "AW102", FUND, "form: nachweis", "form: nachweiss", "nachweiss"),
    Fault("V1", "AW102", DOG, "options: geschlechter", "options: geschlechte", "geschlechte"),
    Fault("V1", "AW101", FUND, "due: 3 working days", "frist: 3 working days", "frist"),
    # V2 every step reachable
    Fault("V2", "AW201", FUND, "overdue: kasse", "overdue: zurueckgegeben", "kasse:"),
    Fault("V2", "AW201", FUND, "{when: anzeige.behalten, next: erwerb_mitteilen}",
          "{when: anzeige.behalten, next: an_gemeinde}", "erwerb_mitteilen:"),
    Fault("V2", "AW201", DOG, "overdue: kasse", "overdue: erledigt", "kasse:"),
    # V3 soundness
    Fault("V3", "AW202", FUND, "      - {else: an_gemeinde}\n", "", "erwerb_pruefen:"),
    Fault("V3", "AW212", FUND, "wait: 6 months after melden.done\n    shift: no", "wait: for eigentuemer_da",
          "verwahren:"),
    Fault("V11", "AW204", FUND, "{else: verwahren}", "{else: wert_pruefen}", "wert_pruefen:"),
    Fault("V11", "AW204", FUND, "{else: an_gemeinde}", "{else: erwerb_pruefen}", "erwerb_pruefen:"),
    Fault("V11", "AW204", DOG, "      - else: bescheid_senden", "      - else: gefahr", "gefahr:"),
    # V5 definite assignment
    Fault("V5", "AW301", FUND, "anzeige.person.greeting", "nachweis.person.greeting", "nachweis", "erwerb.md"),
    Fault("V5", "AW301", FUND, "when: anzeige.behalten, next", "when: nachweis.beleg < anzeige.fundort, next",
          "nachweis.beleg"),
    Fault("V5", "AW301", DOG, "::: when pruefung.befreien = true", "::: when stellungnahme.gefaehrlich",
          "stellungnahme", "bescheid.md"),
    # V6 types and units
    Fault("V6", "AW302", FUND, "wert_amtlich > 50 EUR, next", "wert_amtlich > 50, next", "50"),
    Fault("V6", "AW304", DOG, "when: rasse = mischling", "when: rasse = mischlinge", "mischlinge"),
    Fault("V6", "AW102", DOG, "compute: sum(hunde.satz)", "compute: sum(hunde.saz)", "saz"),
    Fault("V6", "AW301", DOG, "herkunft = eigene_zucht and wurfdatum != null", "herkunft = eigene_zucht", "wurfdatum"),
    # V7 tables and branches
    Fault("V7", "AW401", FUND, "<= 500 EUR", "< 500 EUR", "< 500 EUR"),
    Fault("V7", "AW402", FUND, "> 500 EUR  ", "> 400 EUR  ", "> 400 EUR"),
    Fault("V7", "AW403", DOG, "      -           | -          | > 2    | satz_weitere",
          "      -           | -          | -      | satz_weitere\n"
          "      -           | -          | > 2    | satz_weitere", "> 2"),
    Fault("V7", "AW401", DOG, "| > 2    |", "| > 3    |", "listenhunde | -"),
    # V9 people
    Fault("V9", "AW501", FUND, "leitung: [lenz, kaya]", "leitung: [kaya]", "four_eyes:", "tenant.yaml", True),
    Fault("V9", "AW503", FUND, "leitung: [lenz, kaya]", "chef: [kaya]", "wert_bestaetigen:", "tenant.yaml", True),
    Fault("V9", "AW502", FUND, "four_eyes: pruefen", "four_eyes: sachbearbeitung", "sachbearbeitung"),
    # V10 time
    Fault("V10", "AW601", FUND, "remind: 1 working day before due", "remind: 5 working days before due", "5 working"),
    Fault("V10", "AW601", DOG, "remind: 3 working days before due", "remind: 3 weeks before due", "3 weeks"),
    Fault("V10", "AW605", DOG, "after: {14 days: bescheid_senden}",
          "after: {14 days: bescheid_senden}\n    remind: 20 days after due", "20 days"),
    # events that nobody reports
    Fault("V3", "AW203", FUND, "        by: sachbearbeitung\n        next: eigentum_pruefen",
          "        next: eigentum_pruefen", "eigentuemer_meldet_sich:"),
    # one town's values in a procedure for all
    Fault("V1", "AW701", FUND, "pay: verwahrgebuehr", "pay: 7.50 EUR", "7.50 EUR"),
    # V13 purpose and retention
    Fault("V13", "AW806", FUND, "keep: {draft: 30 days, closed: 3 years}\n", "keep: {draft: 30 days}\n", "anzeige:"),
    Fault("V13", "AW804", FUND, "law: §§ 965 bis 976 BGB\n", "", "person:"),
    Fault("V13", "AW805", FUND, "            title: Geschätzter Wert\n",
          "            title: Geschätzter Wert\n            special: yes\n", "wert:"),
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f"{f.rule}-{f.code}-{f.new[:24]!r}")
def test_every_seeded_fault_is_found_at_its_line(fault: Fault, tmp_path: Path) -> None:
    folder = tmp_path / fault.folder.name
    shutil.copytree(fault.folder, folder)
    town = None
    if fault.town:
        town = tmp_path / "musterstadt" / "tenant.yaml"
        town.parent.mkdir()
        shutil.copy(TOWN, town)
    target = town if fault.file == "tenant.yaml" and town is not None else folder / fault.file
    text = target.read_text("utf-8")
    assert fault.old in text
    target.write_text(text.replace(fault.old, fault.new, 1), "utf-8")
    found = load_folder(folder, town).diagnostics
    hits = [d for d in found if d.code == fault.code]
    assert hits, [f"{d.code} {d.headline.en}" for d in found]
    lines = {
        (folder / Path(d.span.file).name if not d.span.file.endswith("tenant.yaml") else target)
        .read_text("utf-8")
        .splitlines()[d.span.start.line - 1]
        for d in hits
    }
    assert any(fault.at in line for line in lines), lines


@pytest.mark.parametrize(
    ("folder", "town"), [(FUND, TOWN), (FUND, None), (DOG, None), (DOG, DOG.parent / "musterstadt" / "tenant.yaml")]
)
def test_the_unmutated_procedures_have_no_finding(folder: Path, town: Path | None) -> None:
    assert [d.code for d in load_folder(folder, town).diagnostics if d.severity != "note"] == []


def test_there_are_at_least_three_faults_for_every_rule_that_has_its_own_check() -> None:
    counts: dict[str, int] = {}
    for fault in FAULTS:
        counts[fault.rule] = counts.get(fault.rule, 0) + 1
    assert {rule: n for rule, n in counts.items() if n < 3} == {}

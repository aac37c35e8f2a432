"""`amtsweg new`: whatever is answered, the folder validates without a finding and its cases are green and complete."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from click.testing import CliRunner

from amtsweg.cli import main
from amtsweg.errors import NotValid
from amtsweg.scaffold import Answers, Cost, Kind, Law, Second, slug, write
from amtsweg.testing import run_folder

CHOICES = [
    *product(["apply"], ["none", "fee"], ["never", "always", "sometimes"], ["VwVfG"]),
    *product(["report", "order"], ["none", "price"], ["never", "always", "sometimes"], ["BGB"]),
    ("apply", "tax", "always", "AO"),
    ("order", "none", "never", "unknown"),
]


@pytest.mark.parametrize(("kind", "cost", "second", "law"), CHOICES)
def test_what_is_begun_is_clean_green_and_wholly_tested(
    tmp_path: Path, kind: Kind, cost: Cost, second: Second, law: Law
) -> None:
    answers = Answers("Fundsache melden", "", "Fundbüro", kind, "account", cost, second, law)
    report = run_folder(write(answers, tmp_path))
    assert report.loaded.diagnostics == ()
    assert report.passed
    assert report.gaps == ()


@pytest.mark.parametrize("title", ["Größe: 3 Meter?", 'Der „Bär“ & sein "Haus"', "ja", "#1 werden", "{a: b}", "Ü" * 80])
def test_any_title_gives_a_folder_that_can_be_read(tmp_path: Path, title: str) -> None:
    report = run_folder(write(Answers(title, office="Amt: Nord"), tmp_path))
    assert report.loaded.diagnostics == ()
    assert report.passed
    assert report.title == title


def test_a_title_becomes_an_id_without_umlauts() -> None:
    assert slug("Größe ändern, bitte!", "-") == "groesse-aendern-bitte"
    assert slug("???", "-") == "verfahren"


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    write(Answers("Hund"), tmp_path)
    with pytest.raises(NotValid, match="there already"):
        write(Answers("Hund"), tmp_path)


def test_the_command_asks_eight_things_and_tells_what_it_made(tmp_path: Path) -> None:
    given = "Fundsache melden\n\nFundbüro\n2\n1\n2\n3\n3\n"
    result = CliRunner().invoke(main, ["new", "--in", str(tmp_path)], input=given)
    assert result.exit_code == 0, result.output
    assert "Was möchten die Menschen bei Ihnen erledigen?" in result.output
    assert "Testfälle, alle grün" in result.output
    text = (tmp_path / "fundsache-melden" / "procedure.yaml").read_text("utf-8")
    assert "deadline_law: BGB" in text
    assert "zweite_noetig" in text


def test_the_command_asks_nothing_with_yes_and_refuses_a_second_time(tmp_path: Path) -> None:
    words = ["new", "Bank aufstellen", "--in", str(tmp_path), "--kind", "order", "--yes"]
    assert CliRunner().invoke(main, words).exit_code == 0
    again = CliRunner().invoke(main, words)
    assert again.exit_code == 1
    assert "--id" in again.output

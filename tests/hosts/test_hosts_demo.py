"""The demonstration: the story is told whole, its files are there, and no act depends on the memory of another."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from amtsweg.cli import main
from amtsweg.demonstration import CASE, DATABASE, FORM, PICTURE, Demonstration
from amtsweg.engine.engine import Engine

TITLES = [
    "Das Verfahren wird gelesen und geprüft",
    "Es kommt in eine Datenbank",
    "Ada Beispiel meldet zwei Hunde an",
    "Kaya Orth prüft und setzt fest",
    "Vier Augen",
    "Neustart",
    "Lenz Amann gibt frei, der Bescheid geht zur Post",
    "Drei Wochen später ist das Geld da",
]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demonstration in which every act was played by a new object, as after a kill."""
    out = tmp_path_factory.mktemp("demo")
    for number in range(len(TITLES)):
        act = Demonstration(out).acts[number]()
        assert act.title.de == TITLES[number]
        assert act.lines
        assert all((out / name).stat().st_size for name in act.files)
    return out


def test_every_act_goes_on_from_what_the_database_holds(told: Path) -> None:
    with Engine.open(f"sqlite:///{told / DATABASE}") as engine:
        case = engine.state(CASE, "musterstadt")
        assert (case.status, case.outcome) == ("ended", "granted")
        assert engine.verify(CASE, "musterstadt") is None
        assert engine.replay(CASE, "musterstadt") is None


def test_the_notice_holds_the_calculation_the_remedy_and_the_address(told: Path) -> None:
    text = (told / "bescheid.txt").read_text("utf-8")
    for words in ("192,00\u00a0€", "Rex", "Luna", "Am Bach 3", "Rechtsbehelfsbelehrung", "Widerspruch"):
        assert words in text
    assert (told / "bescheid.html").read_text("utf-8").startswith("<!")
    assert (told / "bescheid.pdf").read_bytes().startswith(b"%PDF")


def test_the_page_and_the_picture_are_there(told: Path) -> None:
    assert "Wie viele Hunde sind in Ihrem Haushalt" in (told / FORM).read_text("utf-8")
    assert "Der Vorgang steht in: Bewilligt" in (told / PICTURE).read_text("utf-8")


def test_the_command_tells_the_story_and_what_comes_next(tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = CliRunner().invoke(main, ["demo", "--out", str(out)])
    assert result.exit_code == 0, result.output
    for title in TITLES:
        assert title in result.output
    assert "darf hier nicht entscheiden" in result.output
    assert "audit verify" in result.output
    with closing(sqlite3.connect(out / DATABASE)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_second_demonstration_replaces_the_first_and_speaks_english(tmp_path: Path) -> None:
    out = tmp_path / "out"
    for _ in range(2):
        result = CliRunner().invoke(main, ["demo", "--out", str(out), "--language", "en"])
        assert result.exit_code == 0, result.output
    assert "Four eyes: whoever did" in result.output

"""What changes between two versions: a sentence for each, and a warning where running cases cannot simply go on."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from amtsweg.cli import main
from amtsweg.dsl.changes import Change, changes, places_gone
from amtsweg.dsl.load import load

ROOT = Path(__file__).resolve().parents[2]
FUND = ROOT / "tests" / "content" / "fixtures" / "fundsache-melden"
HUND = ROOT / "amtsweg" / "procedures" / "hund-anmelden"
DUE = "Frist von „Fundsache prüfen“: 3 working days → 5 working days"
BUTTON = "Knopf bei „Fundsache prüfen“: In Verwahrung nehmen → Annehmen"


def edited(folder: Path, *edits: tuple[str, str]) -> tuple[Change, ...]:
    """The changes that edits of the lost-and-found procedure make."""
    copy = folder / "fundsache-melden"
    shutil.copytree(FUND, copy)
    (copy / "cases.yaml").unlink()
    letter = copy / "erwerb.md"
    if any("lagern" in after for _, after in edits):
        letter.write_text(letter.read_text("utf-8").replace("verwahren.done", "lagern.done"), "utf-8")
    text = (copy / "procedure.yaml").read_text("utf-8")
    for before, after in edits:
        assert before in text
        text = text.replace(before, after)
    (copy / "procedure.yaml").write_text(text, "utf-8")
    return changes(load(FUND).machine, load(copy).machine)


def text_of(folder: Path) -> str:
    return (folder / "procedure.yaml").read_text("utf-8")


def test_nothing_changes_between_a_version_and_itself() -> None:
    assert changes(load(FUND).machine, load(FUND).machine) == ()


def test_a_comment_and_moved_lines_are_no_change(tmp_path: Path) -> None:
    assert edited(tmp_path, ("flow:\n", "# Ein Kommentar\n\nflow:\n")) == ()


@pytest.mark.parametrize(
    ("before", "after", "kind", "says"),
    [
        ("version: 1.0.0", "version: 1.1.0", "changed", "Fassung: 1.0.0 → 1.1.0"),
        ("due: 3 working days", "due: 5 working days", "changed", DUE),
        ("title: In Verwahrung nehmen", "title: Annehmen", "changed", BUTTON),
    ],
)  # fmt: skip
def test_a_change_is_one_sentence(tmp_path: Path, before: str, after: str, kind: str, says: str) -> None:
    found = edited(tmp_path, (before, after))
    assert (kind, says) in {(one.kind, one.says.de) for one in found}
    assert all(one.touches is None for one in found)


def test_a_step_with_another_name_touches_the_cases_that_stand_in_it(tmp_path: Path) -> None:
    edits = [("next: verwahren\n", "next: lagern\n"), ("next: verwahren}", "next: lagern}")]
    edits += [("else: verwahren}", "else: lagern}"), ("  verwahren:\n", "  lagern:\n")]
    found = edited(tmp_path, *[(before, after) for before, after in edits if before in text_of(FUND)])
    gone = [one for one in found if one.kind == "gone" and one.touches is not None]
    assert any(one.name.startswith("verwahren") for one in gone)
    assert any(one.kind == "new" and one.name.startswith("lagern") for one in found)


def test_the_places_that_are_gone_are_named_with_their_titles() -> None:
    old, new = load(FUND).machine, load(HUND).machine
    gone = places_gone(old, new)
    assert gone["verwahren"] == "Verwahren"
    assert gone["wert_bestaetigen"] == "Wert bestätigen"
    assert "pruefen" not in gone, "both have a step of this name"


def test_the_command_exits_with_zero_where_cases_go_on_and_says_that_nothing_changed() -> None:
    result = CliRunner().invoke(main, ["diff", str(FUND), str(FUND)])
    assert (result.exit_code, result.output) == (0, "Nichts hat sich geändert.\n")


def test_the_command_says_plainly_that_a_folder_is_missing() -> None:
    result = CliRunner().invoke(main, ["diff", "nirgends", str(FUND)])
    assert result.exit_code == 2
    assert "nirgends" in result.output

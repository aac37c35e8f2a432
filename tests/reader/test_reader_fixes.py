"""Fixes: what cannot change a meaning is done, and the file is content afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from amtsweg.dsl import fixes, schema
from amtsweg.dsl.diagnostics import Diagnostic, Edit, Fix, Safety, Text
from amtsweg.dsl.reader import read_text
from amtsweg.dsl.renames import across
from amtsweg.dsl.source import Span

BAD = sorted((Path(__file__).parent / "bad").glob("*.yaml"))


def finding(line: int, column: int, length: int, text: str, safety: Safety = "safe", file: str = "f") -> Diagnostic:
    span = Span.at(file, line, column, length)
    return Diagnostic("AW001", "error", span, Text("A", "A"), fix=Fix(safety, (Edit(span, text),)))


def check(path: Path, text: str) -> list[Diagnostic]:
    read = read_text(text, path.name)
    kind = path.name.split("-")[0]
    found = list(read.diagnostics)
    if kind != "read" and read.tree is not None:
        found += schema.check(read.tree, kind)
    return found


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_after_all_safe_fixes_none_is_left_and_nothing_new_is_wrong(path: Path) -> None:
    text = path.read_bytes().decode()
    before = check(path, text)
    for _ in range(5):
        mended = fixes.apply(check(path, text), {path.name: text})
        if not mended.done:
            break
        text = mended.texts[path.name]
    after = check(path, text)
    assert not [one for one in after if one.fix is not None and one.fix.safety == "safe" and one.fix.edits]
    assert {one.code for one in after} <= {one.code for one in before}


def test_several_edits_in_one_line_do_not_disturb_each_other() -> None:
    found = [finding(1, 1, 1, "AAA"), finding(1, 3, 1, ""), finding(1, 5, 0, "+")]
    assert fixes.apply(found, {"f": "abcdef\n"}).texts == {"f": "AAAbd+ef\n"}


def test_where_two_edits_meet_the_first_finding_wins() -> None:
    mended = fixes.apply([finding(1, 1, 3, "x"), finding(1, 2, 3, "y")], {"f": "abcdef"})
    assert mended.texts == {"f": "xdef"}
    assert len(mended.done) == 1


def test_fixes_that_people_must_agree_to_are_only_done_when_asked_for() -> None:
    found = [finding(1, 1, 1, "x", "ask")]
    assert fixes.apply(found, {"f": "abc"}).texts == {}
    assert fixes.apply(found, {"f": "abc"}, "ask").texts == {"f": "xbc"}


def test_a_finding_about_a_file_that_is_not_there_is_left_alone() -> None:
    assert fixes.apply([finding(1, 1, 1, "x", file="g")], {"f": "abc"}).done == ()


def test_line_ends_and_the_byte_order_mark_stay_as_they_were(tmp_path: Path) -> None:
    folder = tmp_path / "hund"
    folder.mkdir()
    path = folder / "procedure.yaml"
    path.write_bytes(b"\xef\xbb\xbftype:money\r\nb: c\r\n")
    text = "type:money\nb: c\n"
    found = read_text(text, "hund/procedure.yaml").diagnostics
    mended = fixes.mend(folder, found, {"hund/procedure.yaml": text})
    assert len(mended.done) == 1
    assert path.read_bytes() == b"\xef\xbb\xbftype: money\r\nb: c\r\n"
    assert list(folder.iterdir()) == [path]


def test_a_file_that_was_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "hund"
    folder.mkdir()
    (folder / "procedure.yaml").write_text("other: thing\n")
    found = read_text("type:money\n", "hund/procedure.yaml").diagnostics
    assert fixes.mend(folder, found, {"hund/procedure.yaml": "type:money\n"}).done == ()
    assert (folder / "procedure.yaml").read_text() == "other: thing\n"


def test_files_outside_the_folder_are_never_touched(tmp_path: Path) -> None:
    folder, other = tmp_path / "hund", tmp_path / "baustein"
    folder.mkdir()
    other.mkdir()
    (other / "block.yaml").write_text("type:money\n")
    found = read_text("type:money\n", "baustein/block.yaml").diagnostics
    assert fixes.mend(folder, found, {"baustein/block.yaml": "type:money\n"}).done == ()
    found = read_text("type:money\n", "../baustein/block.yaml").diagnostics
    assert fixes.mend(folder, found, {"../baustein/block.yaml": "type:money\n"}).done == ()
    assert (other / "block.yaml").read_text() == "type:money\n"


def test_an_id_is_renamed_in_cases_and_letters_but_not_in_their_prose() -> None:
    procedure = "flow:\n  prüfung: {task: prüfung, by: a, next: prüfung}\n"
    sources = {
        "p/procedure.yaml": procedure,
        "p/cases.yaml": "cases:\n  - case: prüfung\n    steps: [{do: prüfung}]\n",
        "p/brief.md": "Die prüfung vom {{ prüfung.at }}.\n::: when prüfung.done\nprüfung\n:::\n",
    }
    tree = read_text(procedure, "p/procedure.yaml").tree
    assert tree is not None
    found = [one for one in across(schema.check(tree, "procedure"), sources) if one.code == "AW104"]
    mended = fixes.apply(found, sources)
    assert mended.texts["p/procedure.yaml"] == "flow:\n  pruefung: {task: prüfung, by: a, next: pruefung}\n"
    assert mended.texts["p/cases.yaml"] == "cases:\n  - case: prüfung\n    steps: [{do: pruefung}]\n"
    assert mended.texts["p/brief.md"] == ("Die prüfung vom {{ pruefung.at }}.\n::: when pruefung.done\nprüfung\n:::\n")
    assert found[0].fix is not None and found[0].fix.says is not None
    assert found[0].fix.says.en == "amtsweg fix renames in 5 places (3 files)"

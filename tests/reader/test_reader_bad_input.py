"""Bad input: every file in `bad/` gets the same whole message, in German and in English, as in `golden/`.

The name of a file says what it is: `read-...` is only read, `procedure-...`, `cases-...`, `tenant-...` and `block-...`
are checked against their schema as well. `AMTSWEG_UPDATE_GOLDEN=1` writes the golden files anew; read the difference
before it is committed.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
import yaml

from amtsweg.dsl import report, schema
from amtsweg.dsl.codes import CODES
from amtsweg.dsl.diagnostics import Diagnostic
from amtsweg.dsl.reader import Read, read_text

HERE = Path(__file__).parent
GOLDEN = HERE / "golden"
BAD = sorted((HERE / "bad").glob("*.yaml"))
LOADERS = [yaml.SafeLoader] + ([yaml.CSafeLoader] if hasattr(yaml, "CSafeLoader") else [])
BANNED = re.compile(
    r"ungültig|illegal|unerwartet|\bSyntax|Token|\bParser|Mapping|Scalar|Knoten|Exception|haben Sie vergessen"
)


def findings(path: Path) -> tuple[Read, list[Diagnostic]]:
    read = read_text(path.read_bytes().decode(), f"muster/{path.name}")
    kind = path.name.split("-")[0]
    found = list(read.diagnostics)
    if kind != "read" and read.tree is not None:
        found += schema.check(read.tree, kind)
    return read, found


def golden(path: Path, text: str) -> None:
    if os.environ.get("AMTSWEG_UPDATE_GOLDEN"):
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8")


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_the_whole_message_stays_as_it_was_read_aloud(path: Path, language: str) -> None:
    read, found = findings(path)
    assert found
    text = report.to_text(found, {read.file: read.text}, language, cap=100)
    golden(GOLDEN / f"{path.stem}.{language}.txt", text + "\n")


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_the_answer_does_not_depend_on_the_loader(path: Path) -> None:
    text = path.read_bytes().decode()
    answers = [read_text(text, path.name, loader) for loader in LOADERS]
    assert all(answer == answers[0] for answer in answers)


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_messages_avoid_the_words_of_the_implementation(path: Path) -> None:
    _, found = findings(path)
    for one in found:
        said = [one.headline, *one.body, *(advice.text for advice in one.advice)]
        assert not BANNED.search(" ".join(text.de for text in said))


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_every_finding_has_a_page_and_a_place_inside_the_file(path: Path) -> None:
    read, found = findings(path)
    lines = read.text.split("\n")
    for one in found:
        assert one.code in CODES
        assert 1 <= one.span.start.line <= len(lines)
        assert 1 <= one.span.start.column <= len(lines[one.span.start.line - 1]) + 1
        assert one.span.end > one.span.start


def test_there_are_at_least_sixty_bad_inputs() -> None:
    assert len(BAD) >= 60


def test_no_golden_file_is_left_over() -> None:
    expected = {f"{path.stem}.{language}.txt" for path in BAD for language in ("de", "en")}
    assert {path.name for path in GOLDEN.glob("*.txt")} == expected

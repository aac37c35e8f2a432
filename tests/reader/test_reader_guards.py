"""Whatever is handed to the reader, there is an answer of our own: no crash, no foreign message, no silence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from amtsweg.dsl.reader import MAX_BYTES, Read, read, read_bytes, read_file, read_text
from amtsweg.dsl.source import Position
from amtsweg.dsl.yamltree import Mapping, to_plain

LOADERS = [yaml.SafeLoader] + ([yaml.CSafeLoader] if hasattr(yaml, "CSafeLoader") else [])


def codes(answer: Read) -> list[str]:
    return [one.code for one in answer.diagnostics]


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize(
    "deep", ["[" * 30_000, "{a: " * 15_000, "- " * 15_000 + "a", "a: " + "[" * 30_000 + "]" * 30_000]
)
def test_thirty_thousand_nested_brackets_are_a_finding(deep: str, loader: type) -> None:
    answer = read_text(deep, "f.yaml", loader)
    assert codes(answer)


def test_nested_brackets_do_not_end_the_process() -> None:
    program = "from amtsweg.dsl.reader import read_text; print(len(read_text('[' * 30000, 'f').diagnostics))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert int(done.stdout) >= 1


def test_ten_megabytes_are_refused_before_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "procedure.yaml"
    path.write_bytes(b"a: b\n" * 2_000_000)
    answer = read_file(path)
    assert (answer.tree, codes(answer)) == (None, ["AW019"])


def test_two_megabytes_are_the_limit_for_text_and_bytes() -> None:
    assert codes(read_bytes(b"#" * (MAX_BYTES + 1), "f.yaml")) == ["AW019"]
    assert codes(read_text("#" * (MAX_BYTES + 1), "f.yaml")) == ["AW019"]


def test_text_that_is_not_utf8_names_the_byte_its_line_and_column() -> None:
    answer = read_bytes("a: b\ntitle: Gebühr\n".encode("latin-1"), "f.yaml")
    assert codes(answer) == ["AW011"]
    assert answer.diagnostics[0].span.start == Position(2, 11)
    assert "0xfc" in answer.diagnostics[0].body[0].en


def test_utf16_is_called_by_its_name() -> None:
    answer = read_bytes("a: b\n".encode("utf-16"), "f.yaml")
    assert codes(answer) == ["AW011"]
    assert "UTF-16" in answer.diagnostics[0].body[0].de


def test_a_zero_byte_is_a_finding() -> None:
    assert codes(read_bytes(b"a: b\x00c\n", "f.yaml")) == ["AW012"]


def test_a_byte_order_mark_and_windows_line_ends_are_no_matter() -> None:
    answer = read_bytes(b"\xef\xbb\xbftitle: Gut\r\nsummary: Auch\r\n", "f.yaml")
    assert answer.tree is not None
    assert to_plain(answer.tree) == {"title": "Gut", "summary": "Auch"}
    assert answer.diagnostics == ()


def test_a_missing_file_is_a_finding_and_no_exception(tmp_path: Path) -> None:
    answer = read(tmp_path / "procedure.yaml")
    assert codes(answer) == ["AW010"]
    assert answer.file == "procedure.yaml"


@pytest.mark.parametrize("text", ["", "\n\n", "# nur Bemerkungen\n", "---\n"])
def test_an_empty_file_says_so(text: str) -> None:
    assert codes(read_text(text, "f.yaml")) == ["AW016"]


def test_every_scalar_stays_the_text_that_was_written() -> None:
    written = {
        "plz": "01067", "land": "no", "zeit": "12:30", "version": "1.10", "leer": "null", "tag": "2026-01-01",
        "zahl": "1_000", "wahr": "true", "hex": "0x1F", "tilde": "~", "exp": "1e3",
    }  # fmt: skip
    answer = read("".join(f"{key}: {value}\n" for key, value in written.items()))
    assert answer.tree is not None
    assert to_plain(answer.tree) == written
    assert answer.diagnostics == ()


def test_only_the_first_of_two_equal_keys_stays_in_the_tree() -> None:
    tree = read("a: 1\nb: {c: 2, c: 3}\na: 4\n").tree
    assert isinstance(tree, Mapping)
    assert to_plain(tree) == {"a": "1", "b": {"c": "2"}}


def test_what_can_be_repaired_is_read_on_as_it_was_meant() -> None:
    text = (
        "summary: Achtung: bitte\nart:\n  title: Was?\n type:money\n"
        "keep: {draft: 7,5 days}\nx: {when: min(a, b) > 2, y: z}\n"
    )
    answer = read(text)
    assert answer.tree is not None
    assert to_plain(answer.tree) == {
        "summary": "Achtung: bitte",
        "art": {"title": "Was?", "type": "money"},
        "keep": {"draft": "7.5 days"},
        "x": {"when": "min(a, b) > 2", "y": "z"},
    }
    assert codes(answer) == ["AW001", "AW003", "AW006", "AW002", "AW002"]


def test_a_question_mark_in_braces_is_no_matter_with_either_loader() -> None:
    for loader in LOADERS:
        answer = read_text("f: {title: Was haben Sie gefunden?, type: text}\n", "f.yaml", loader)
        assert answer.tree is not None
        assert to_plain(answer.tree) == {"f": {"title": "Was haben Sie gefunden?", "type": "text"}}
        assert answer.diagnostics == ()


def test_a_comment_after_a_value_is_no_matter() -> None:
    answer = read("a: b   # eine Bemerkung\nc: [d, e]  # noch eine\nf: |  # und hier\n  g # bleibt\n")
    assert answer.tree is not None
    assert to_plain(answer.tree) == {"a": "b", "c": ["d", "e"], "f": "g # bleibt\n"}
    assert answer.diagnostics == ()

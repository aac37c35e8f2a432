"""Laying out: braces that hold sentences become lines, tables are aligned, words and comments stay."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import amtsweg.procedures
from amtsweg.dsl.fmt import format
from amtsweg.dsl.reader import read_text
from amtsweg.dsl.yamltree import to_plain
from amtsweg.errors import NotValid

SHIPPED = sorted(Path(amtsweg.procedures.__file__).parent.rglob("*.yaml"))

UNFOLDED = [
    ("a: {b: c, d: e}\n", "a: {b: c, d: e}\n"),
    ('a: {b: "Ja, ich will", c: d}\n', 'a:\n  b: "Ja, ich will"\n  c: d\n'),
    ("a: {b: Was?, c: d}\n", "a:\n  b: Was?\n  c: d\n"),
    ("  a: {b: Was?, c: d}\n  e: f\n", "  a:\n    b: Was?\n    c: d\n  e: f\n"),
    ("a: {b: 'x: y'}   # warum\n", "a:  # warum\n  b: 'x: y'\n"),
    ("a:\n  - {b: Was?, c: {d: e}}\n", "a:\n  - b: Was?\n    c: {d: e}\n"),
    ("a: {b: {c: Was?}, d: e}\n", "a:\n  b:\n    c: Was?\n  d: e\n"),
    ("a: [{b: Was?}, {c: d}]\n", "a:\n  - b: Was?\n  - {c: d}\n"),
    ("a: {b: 12:30, c: d}\n", "a:\n  b: 12:30\n  c: d\n"),
    ("a: {b: -, c: Wer?}\n", 'a:\n  b: "-"\n  c: Wer?\n'),
    ("a: [b, c]\n", "a: [b, c]\n"),
    ("a: {b: c, # warum\n  d: Was?}\n", "a: {b: c, # warum\n  d: Was?}\n"),
    ("a: b", "a: b\n"),
    ("a: b\n\n\n", "a: b\n"),
]


@pytest.mark.parametrize(("text", "wanted"), UNFOLDED)
def test_braces_are_unfolded_if_a_value_reads_better_on_its_own_line(text: str, wanted: str) -> None:
    assert format(text) == wanted


def test_braces_longer_than_eighty_letters_are_unfolded() -> None:
    names = ", ".join(f"name_{number}: wert_{number}" for number in range(6))
    assert format(f"a: {{{names}}}\n").count("\n") == 7


def test_every_column_of_a_table_is_as_wide_as_its_widest_cell() -> None:
    text = "table: |\n  rasse|nummer  | = Satz\n  größer | 1 | satz_erster\n\n  -|> 2|  satz_weitere\n"
    assert format(text) == (
        "table: |\n  rasse  | nummer | = Satz\n  größer | 1      | satz_erster\n\n  -      | > 2    | satz_weitere\n"
    )


def test_a_row_with_too_few_cells_is_left_for_its_finding() -> None:
    text = "table: |\n  a | b\n  c\n"
    assert format(text) == text


def test_comments_blank_lines_quotes_and_numbers_stay() -> None:
    text = "# oben\na: 'x'   # hier\n\nplz: 01067\nb:\n  # innen\n  - c\n"
    assert format(text) == text


def test_windows_line_ends_and_the_byte_order_mark_stay() -> None:
    assert format("\ufeffa: {b: Was?}\r\n") == "\ufeffa:\r\n  b: Was?\r\n"


def test_what_cannot_be_read_is_not_laid_out() -> None:
    with pytest.raises(NotValid) as caught:
        format("a: {b: Ja, ich will}\n", "f.yaml")
    assert [one.code for one in caught.value.diagnostics] == ["AW002"]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_shipped_files_keep_their_meaning_and_a_second_run_changes_nothing(path: Path) -> None:
    text = path.read_text("utf-8")
    once = format(text, path.name)
    before, after = read_text(text, "f").tree, read_text(once, "f").tree
    assert before is not None and after is not None
    assert format(once, path.name) == once
    assert [line for line in once.split("\n") if "#" in line] == [line for line in text.split("\n") if "#" in line]


LEAF = st.text(st.sampled_from("abcäß :,#?[]{}\"'-|>"), min_size=1, max_size=12).map(str.strip).filter(bool)
NAME = st.from_regex(r"[a-z]{1,5}", fullmatch=True)
TREE = st.recursive(
    LEAF,
    lambda inner: st.dictionaries(NAME, inner, min_size=1, max_size=3) | st.lists(inner, min_size=1, max_size=3),
    max_leaves=8,
)


def written(node: object) -> str:
    """A tree in braces, every text in quote marks."""
    if isinstance(node, dict):
        return "{" + ", ".join(f"{key}: {written(value)}" for key, value in node.items()) + "}"
    if isinstance(node, list):
        return "[" + ", ".join(written(item) for item in node) + "]"
    return '"' + str(node).replace("\\", "\\\\").replace('"', '\\"') + '"'


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(NAME, TREE, min_size=1, max_size=3))
def test_laying_out_never_changes_what_a_file_says_and_settles_at_once(data: dict[str, object]) -> None:
    text = "".join(f"{key}: {written(value)}\n" for key, value in data.items())
    once = format(text)
    tree = read_text(once, "f").tree
    assert tree is not None
    assert to_plain(tree) == data
    assert format(once) == once

"""Every character of every text knows where it stands in the file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import amtsweg.procedures
from amtsweg.dsl.reader import read_text
from amtsweg.dsl.source import Position
from amtsweg.dsl.yamltree import Mapping, Node, Scalar, Sequence, to_plain

SHIPPED = sorted(Path(amtsweg.procedures.__file__).parent.rglob("*.yaml"))
LOADERS = [yaml.SafeLoader] + ([yaml.CSafeLoader] if hasattr(yaml, "CSafeLoader") else [])


def scalars(node: Node) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Mapping):
        for key, value in node.entries:
            yield key
            yield from scalars(value)
    else:
        for item in node.items:
            yield from scalars(item)


def value(text: str, key: str = "a") -> Scalar:
    tree = read_text(text, "f.yaml").tree
    assert isinstance(tree, Mapping)
    found = tree.get(key)
    assert isinstance(found, Scalar)
    return found


def at(text: str, place: Position) -> str:
    return text.split("\n")[place.line - 1][place.column - 1]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_in_every_shipped_file_each_letter_is_found_where_it_says(path: Path) -> None:
    text = path.read_text("utf-8")
    tree = read_text(text, path.name).tree
    assert tree is not None
    for scalar in scalars(tree):
        for offset, character in enumerate(scalar.text):
            if character not in " \n":
                assert at(text, scalar.position(offset)) == character


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_shipped_file_is_read_alike_by_both_loaders_and_without_findings(path: Path) -> None:
    answers = [read_text(path.read_text("utf-8"), path.name, loader) for loader in LOADERS]
    assert all(answer == answers[0] for answer in answers)
    assert answers[0].diagnostics == ()


def test_a_cell_in_a_block_text_points_into_the_table() -> None:
    scalar = value("a: |\n    rasse | = Satz\n    hund  | 72 EUR\n")
    assert scalar.position(scalar.text.index("72 EUR")) == Position(3, 13)
    assert scalar.span.start == Position(2, 5)


def test_a_folded_text_goes_on_in_the_next_line() -> None:
    scalar = value("a: >-\n  eins zwei\n  drei\n\n  vier\n")
    assert scalar.text == "eins zwei drei\nvier"
    assert scalar.position(scalar.text.index("drei")) == Position(3, 3)
    assert scalar.position(scalar.text.index("vier")) == Position(5, 3)


def test_a_plain_text_over_two_lines_keeps_its_places() -> None:
    scalar = value("a: eins\n   zwei drei\n")
    assert scalar.text == "eins zwei drei"
    assert scalar.position(scalar.text.index("drei")) == Position(2, 9)


def test_escapes_in_quotes_take_the_room_they_take() -> None:
    scalar = value('a: "x\\u00e4y\\tz"\n')
    assert scalar.text == "xäy\tz"
    assert [scalar.position(i).column for i in range(5)] == [5, 6, 12, 13, 15]


def test_doubled_single_quotes_count_as_two() -> None:
    scalar = value("a: 'x''y'\n")
    assert scalar.position(scalar.text.index("y")) == Position(1, 8)


def test_umlauts_emoji_and_wide_letters_count_one_column_each() -> None:
    scalar = value("a: ä🐕犬 b\n")
    assert scalar.position(scalar.text.index("b")) == Position(1, 8)


def test_a_repaired_line_still_speaks_of_the_columns_as_typed() -> None:
    text = "a: Achtung: bitte\nb: {c: min(x, y), d: e}\n\tf: g\n"
    tree = read_text(text, "f.yaml").tree
    assert tree is not None
    for scalar in scalars(tree):
        for offset, character in enumerate(scalar.text):
            if character not in " \n":
                assert at(text, scalar.position(offset)) == character


def test_a_part_of_a_scalar_keeps_its_own_place() -> None:
    scalar = value("a: |\n  eins\n  zwei\n")
    part = scalar.part(scalar.text.index("zwei"), scalar.text.index("zwei") + 4)
    assert (part.text, part.span.start, part.position(3)) == ("zwei", Position(3, 3), Position(3, 6))


WORDS = st.text(st.sampled_from("abc äöß:#-?![]{},'\"|>%@&*`1.\t🐕"), min_size=1, max_size=24)


def dumped(data: object, style: str | None) -> str:
    return yaml.dump(data, allow_unicode=True, default_style=style, width=40)


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(st.from_regex(r"[a-z]{1,4}", fullmatch=True), WORDS | st.lists(WORDS, min_size=1), min_size=1),
    st.sampled_from(["'", '"', "|", ">"]),
)
def test_whatever_yaml_writes_in_quotes_is_read_back_as_it_was(data: dict[str, object], style: str) -> None:
    text = dumped(data, style)
    read = read_text(text, "f.yaml")
    assert read.tree is not None
    assert to_plain(read.tree) == data


@settings(max_examples=250, deadline=None)
@given(st.text(st.sampled_from("ab: \n-#{}[],\"'|>\t?!&*1ä\u00a0"), max_size=60))
def test_no_text_makes_the_reader_stumble_and_loaders_never_differ_in_silence(text: str) -> None:
    answers = [read_text(text, "f.yaml", loader) for loader in LOADERS]
    told = all(any(one.severity == "error" for one in answer.diagnostics) for answer in answers)
    assert told or answers[0].tree is not None
    assert told or all(answer == answers[0] for answer in answers)


def test_a_list_in_brackets_and_one_with_dashes_say_how_they_were_written() -> None:
    tree = read_text("a: [x]\nb:\n  - x\nc: {d: e}\n", "f.yaml").tree
    assert isinstance(tree, Mapping)
    first, second, third = (value for _, value in tree.entries)
    assert isinstance(first, Sequence) and first.brackets
    assert isinstance(second, Sequence) and not second.brackets
    assert isinstance(third, Mapping) and third.braces

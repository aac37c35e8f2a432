"""Trees are written as text that reads as the same tree."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amtsweg.dsl.dmn.text import Writer, quoted
from amtsweg.dsl.feel import parser, tree

NAMES = ("monthly income", "a", "b", "people", "f", "x", "full name")

EXPRESSIONS = [
    "1 + 2 * 3",
    "(1 + 2) * 3",
    "a - (b - 1)",
    "a - b - 1",
    "-a ** 2",
    "-(a ** 2)",
    "2 ** 3 ** a",
    "2 ** (3 ** a)",
    "(a or b) and not(b)",
    "a or b and x",
    "(a = b) = x",
    "a < b and b >= 1 or x != 2",
    "a between 1 and 2 and b",
    "a in [1, 2]",
    "a in (1, < 5, [2..3])",
    "a in [1..5)",
    "a in (b..x]",
    "(if a then b else x) + 1",
    "if a then b else if b then a else 1",
    "for x in [1, 2], y in x..5 return x + y",
    "some x in people satisfies x.full name = \"Ada\"",
    "every x in people satisfies x.a > 1 and x.b < 2",
    "people[item.a > 1].full name",
    "people[1].a",
    "[1, 2][-1]",
    "{a: 1, full name: a + 1}.full name",
    "f(1, b)",
    "substring(string: \"abc\", start position: 2)",
    "(function(x: number, y) x + y)(1, 2)",
    "a instance of list<number>",
    "@\"2026-02-01\" + duration(\"P1D\")",
    "\"a \\\"quoted\\\" word\\n\"",
    "null = a",
    "monthly income * 1.5e3",
]  # fmt: skip


def bare(value: Any) -> Any:
    """A tree as data without places."""
    if isinstance(value, tree.Node):
        return bare(tree.to_data(value))
    if isinstance(value, dict):
        return {key: bare(one) for key, one in value.items()}
    if isinstance(value, list) and len(value) >= 3 and isinstance(value[0], str) and value[0] in tree.KINDS:
        return [value[0], *(bare(one) for one in value[3:])]
    if isinstance(value, list):
        return [bare(one) for one in value]
    return value


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_dmn_a_written_expression_reads_as_the_same_tree(text: str) -> None:
    node = parser.parse(text, NAMES)
    assert bare(parser.parse(Writer().write(node), NAMES)) == bare(node)


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_dmn_no_bracket_is_written_that_precedence_does_not_want(text: str) -> None:
    written = Writer().write(parser.parse(text, NAMES))
    assert written.count("(") <= text.count("(")


@pytest.mark.parametrize("text", ["-", "1, 2", "not(1, 2)", "< 5, [7..9], null", '"a"', "!= null", "? > a"])
def test_dmn_written_cells_read_as_the_same_tests(text: str) -> None:
    node = parser.parse_unary(text, NAMES)
    assert bare(parser.parse_unary(Writer().write(node), NAMES)) == bare(node)


@given(st.text(max_size=30))
def test_dmn_every_text_survives_quoting(text: str) -> None:
    node = parser.parse(quoted(text))
    assert isinstance(node, tree.String)
    assert node.value == text


def test_dmn_names_of_the_scope_are_renamed_and_bound_names_are_not() -> None:
    node = parser.parse("a + sum(for a in people return a.full name)", NAMES)
    renamed = Writer({("a",): "alpha", ("people",): "leute"}.get, lambda name: name.replace(" ", "_"))
    assert renamed.write(node) == "alpha + sum(for a in leute return a.full_name)"


def test_dmn_the_longest_known_path_is_renamed() -> None:
    node = parser.parse("lib.f(1) + lib.b", NAMES)
    assert Writer({("lib", "f"): "lib_f"}.get).write(node) == "lib_f(1) + lib.b"

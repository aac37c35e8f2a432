"""Letters: holes, conditions and repetitions, each with its exact place in the Markdown file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amtsweg.dsl.compile.files import text_scalar
from amtsweg.dsl.letters import EachPiece, HolePiece, Piece, TextPiece, WhenPiece, read_letter, read_text
from amtsweg.dsl.source import Position


def pieces(text: str) -> tuple[Piece, ...]:
    found, findings = read_letter(text_scalar(text, "f/brief.md"))
    assert not findings
    return found


def test_a_hole_knows_where_its_expression_stands() -> None:
    text, hole, rest = pieces("# Titel\n\nGuten Tag {{  antrag.person.name }},\n")
    assert isinstance(text, TextPiece)
    assert isinstance(hole, HolePiece)
    assert hole.expression.text == "antrag.person.name"
    assert hole.expression.span.start == Position(3, 15)
    assert hole.expression.position(7) == Position(3, 22)
    assert rest == TextPiece(",\n")


def test_a_condition_and_a_repetition_vanish_with_their_lines() -> None:
    found = pieces("A\n::: when x > 1\nB\n::: each hund in antrag.hunde\n* {{ hund.name }}\n:::\n:::\nC\n")
    first, when, last = found
    assert (first, last) == (TextPiece("A\n"), TextPiece("C\n"))
    assert isinstance(when, WhenPiece)
    assert when.test.text == "x > 1"
    assert when.test.span.start == Position(2, 10)
    before, each = when.body
    assert before == TextPiece("B\n")
    assert isinstance(each, EachPiece)
    assert (each.name.text, each.items.text) == ("hund", "antrag.hunde")
    assert each.items.span.start == Position(4, 18)


def test_two_braces_behind_a_backslash_are_text() -> None:
    assert pieces("\\{{ kein Wert }}") == (TextPiece("{{ kein Wert }}"),)


def test_braces_and_strings_inside_a_hole_belong_to_the_expression() -> None:
    (hole,) = pieces('{{ get value({a: {b: "}}"}}, "a") }}')
    assert isinstance(hole, HolePiece)
    assert hole.expression.text == 'get value({a: {b: "}}"}}, "a")'


@pytest.mark.parametrize(
    ("text", "line", "german"),
    [
        ("Guten Tag {{ name,\n\nEnde", 1, "Zu „{{“ fehlt „}}“"),
        ("{{ }}", 1, "Zwischen „{{“ und „}}“ steht nichts"),
        ("A\n:::\n", 2, "Dieses „:::“ beendet nichts"),
        ("::: when x\nA\n", 1, "Zu diesem „:::“ fehlt die Zeile, die es beendet"),
        ("::: falls x\nA\n:::\n", 1, "Hinter „:::“ steht „when“ oder „each“"),
    ],
)
def test_what_is_wrong_with_braces_and_fences_is_said_at_its_line(text: str, line: int, german: str) -> None:
    _, (finding, *more) = read_letter(text_scalar(text, "f/brief.md"))
    assert not more
    assert finding.headline.de == german
    assert finding.span.start.line == line


def test_a_caption_has_holes_only() -> None:
    found, findings = read_text(text_scalar("Hund {{ x }}\n::: when\n", "f"))
    assert not findings
    assert [type(piece).__name__ for piece in found] == ["TextPiece", "HolePiece", "TextPiece"]


@given(st.text(alphabet='ab {}:\n\\"x', max_size=60))
def test_no_text_is_too_odd_to_be_read(text: str) -> None:
    found, findings = read_letter(text_scalar(text, "f"))
    assert found or findings or not text.strip("\n ")


@given(st.text(alphabet="abc äö\n", max_size=80))
def test_text_without_signs_stays_exactly_as_it_was_written(text: str) -> None:
    assert "".join(p.text for p in pieces(text) if isinstance(p, TextPiece)) == text

"""Whatever is typed, the answer is a tree or an error with a place: no crash, no hang, no Python object."""

from __future__ import annotations

import re
import string
import time
from pathlib import Path
from typing import Any

import pytest
from feel_generator import ALL_NAMES, Generator, frame
from hypothesis import given, settings
from hypothesis import strategies as st

import amtsweg.dsl.feel as room
from amtsweg import feel
from amtsweg.dsl.feel import failures, messages, parser, values
from amtsweg.errors import ExpressionError

GENEROUS = 10.0
"""Seconds that no input here may take; a machine that is busy needs a fraction of it, an exponential way never ends."""


def refused(text: str, **more: Any) -> ExpressionError:
    """The error of a text that must not be read, found in bounded time and with a place inside the text."""
    begin = time.monotonic()
    with pytest.raises(ExpressionError) as caught:
        parser.parse(text, **more)
    assert time.monotonic() - begin < GENEROUS
    start, end = parser.locate(caught.value)
    assert 0 <= start < end
    assert caught.value.line >= 1
    assert caught.value.column >= 1
    return caught.value


@pytest.mark.parametrize("bracket", ["(", "[", "{a:", "if ", "-", "not(", "f(", "[1.."])
def test_thirty_thousand_open_brackets_are_an_error_with_a_place(bracket: str) -> None:
    refused(bracket * 30_000)


@pytest.mark.parametrize(
    "text",
    ["(" * 119 + "1" + ")" * 119, "+".join("1" * 2000), " and ".join(["true"] * 2000), "-" * 200 + "1",
     "a" + ".b" * 200, "if true then 1 else " * 200 + "2", "x" + "[1]" * 200],
)  # fmt: skip
def test_deep_and_long_expressions_are_computed_or_refused_but_never_crash(text: str) -> None:
    try:
        run = feel.compile(text)
    except ExpressionError as error:
        assert error.code in ("too_deep", "too_long")
        return
    run({})


def test_a_megabyte_of_text_is_refused_at_once() -> None:
    assert refused("1 + " * 250_000).code == "too_long"
    assert refused('"' + "a" * 1_000_000).code == "too_long"


def test_a_function_that_calls_itself_for_ever_is_an_error() -> None:
    text = "{f: function(n) f(n + 1), r: f(1)}.r"
    assert feel.evaluate(text) is None
    with pytest.raises(ExpressionError):
        feel.evaluate(text, mode="strict")


@pytest.mark.parametrize("text", ["1..1000000000000", "for i in 1..100000000 return i"])
def test_what_would_fill_the_memory_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        feel.evaluate(text, mode="strict")


@pytest.mark.parametrize("text", ["10 ** 999999999", "9 ** 9999", "exp(1000000)", "1e6144 * 10"])
def test_numbers_beyond_every_size_are_null_or_an_error(text: str) -> None:
    assert feel.evaluate(text) is None
    with pytest.raises(ExpressionError):
        feel.evaluate(text, mode="strict")


CODES = [
    ("", "empty", 0, 1), ("   ", "empty", 0, 3), ("(1 + 2", "bracket_open", 0, 1), ("[1, 2", "bracket_open", 0, 1),
    ("1 +", "ends_early", 2, 3), ("1 + + 2", "unexpected", 4, 5), ('"abc', "string_open", 0, 1),
    ("a == b", "double_equals", 2, 4), ("a # b", "character", 2, 3), ("a $ b", "character", 2, 3),
    ("a und b", "german_word", 2, 5), ("wenn a dann b", "unexpected", 5, 6), ("WENN(a;b;c)", "excel", 0, 11),
    ("12abc", "number", 0, 3), ("x instance of", "ends_early", 12, 13), ("for in x return 1", "variable", 4, 5),
    ("1 < 2 < 3", "chained", 6, 7), ("if a then b", "ends_early", 10, 11), ("a b", "unexpected", 2, 3),
    ("f(1,)", "unexpected", 4, 5), ("¹ + 1", "character", 0, 1),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "start", "end"), CODES)
def test_each_slip_has_its_code_and_its_place(text: str, code: str, start: int, end: int) -> None:
    error = refused(text)
    assert (error.code, *parser.locate(error)) == (code, start, end)


def test_a_place_counts_lines_and_columns() -> None:
    error = refused("1 +\n  2 + ) 3")
    assert (error.line, error.column) == (2, 7)


def codes_in(*patterns: str) -> set[str]:
    """All codes that the room's source gives to these calls."""
    root = Path(room.__file__).parent if room.__file__ else Path(next(iter(room.__path__)))
    found: set[str] = set()
    for file in root.rglob("*.py"):
        for pattern in patterns:
            found |= set(re.findall(pattern, file.read_text("utf-8")))
    return found


def test_every_failure_of_evaluation_has_a_sentence_in_both_languages() -> None:
    codes = codes_in(r'\bfail\(\s*"([a-z_]+)"', r'FeelError\(\s*"([a-z_]+)"', r'\bundefined\(\s*"([a-z_]+)"')
    assert len(codes) > 50
    assert codes - set(failures.SENTENCES) == set()


def test_every_error_of_reading_and_checking_has_a_sentence() -> None:
    codes = codes_in(r'\bat\(\s*(?:self\.)?text, "([a-z_]+)"', r'_error\(\s*"([a-z_]+)"', r'\.find\(\s*"([a-z_]+)"')
    assert len(codes) > 20
    assert codes - set(messages.SENTENCES) == set()


def test_sentences_have_no_open_holes() -> None:
    for code in failures.SENTENCES:
        said = failures.sentence(code, {})
        assert "{" not in said.de + said.en
        assert said.de != said.en


@pytest.mark.parametrize(
    ("text", "start", "end", "german", "english"),
    [
        ('1 + (2 * "a")', 4, 13, "„*“ lässt sich mit Zahl und Text nicht rechnen",
         "“*” cannot be computed with number and text"),
        ("[1][1] + null", 0, 13, "Hier fehlt ein Wert: Zahl und nichts", "A value is missing here: number and nothing"),
        ("1 / (1 - 1)", 0, 11, "Durch null lässt sich nicht teilen", "One cannot divide by zero"),
        ("{a: 1}.b", 0, 8, "Einen Eintrag „b“ gibt es hier nicht", "There is no entry “b” here"),
    ],
)  # fmt: skip
def test_strict_failures_say_what_and_where(text: str, start: int, end: int, german: str, english: str) -> None:
    with pytest.raises(feel.FeelError) as caught:
        feel.evaluate(text, mode="strict")
    place = failures.place(text, caught.value)
    said = failures.say(text, caught.value)
    assert (place.start, place.end, said.de, said.en) == (start, end, german, english)


SCRAPS = [
    "if", "then", "else", "for", "in", "return", "some", "every", "satisfies", "function", "instance of", "and", "or",
    "between", "null", "true", "(", ")", "[", "]", "{", "}", ",", ":", "..", ".", "+", "-", "*", "/", "**", "<", ">=",
    "=", "!=", '"x"', '@"P1D"', "1", "2.5", "a", "date and time", "sum", "not", "?", "item", "//", "/*", "*/", "EUR",
    "days", "after", "exactly", "%", "external", "list<number>", "\\", "'", "ß", "\u2028", "\U0001f40e",
]  # fmt: skip


def harmless(text: str) -> None:
    """Read and, where that works, compute in both modes; only errors of the one kind come out, and only values."""
    for units in (False, True):
        try:
            parser.parse(text, ALL_NAMES, units=units)
            parser.parse_unary(text, ALL_NAMES, units=units)
        except ExpressionError as error:
            assert error.code in messages.SENTENCES
    for mode in ("spec", "strict"):
        try:
            found = feel.evaluate(text, {"a": 1}, mode="spec" if mode == "spec" else "strict")
        except ExpressionError:
            continue
        is_value(found)


def is_value(found: Any) -> None:
    if isinstance(found, list):
        for item in found:
            is_value(item)
    elif isinstance(found, dict):
        for item in found.values():
            is_value(item)
    else:
        values.from_python(found)  # raises TypeError for what is no value


@given(st.text(max_size=60))
@settings(max_examples=400, deadline=None)
def test_random_text_is_read_or_refused(text: str) -> None:
    harmless(text)


@given(st.lists(st.sampled_from(SCRAPS), max_size=25))
@settings(max_examples=600, deadline=None)
def test_random_scraps_of_expressions_are_read_or_refused(scraps: list[str]) -> None:
    harmless(" ".join(scraps))


@given(st.integers(0, 100_000), st.integers(0, 400), st.sampled_from(string.printable))
@settings(max_examples=300, deadline=None)
def test_expressions_with_one_sign_changed_are_read_or_refused(seed: int, at: int, sign: str) -> None:
    text = Generator(seed).expression(4)
    at %= len(text)
    harmless(text[:at] + sign + text[at + 1 :])


@given(st.integers(0, 100_000))
@settings(max_examples=50, deadline=None)
def test_values_never_hold_python_objects(seed: int) -> None:
    from random import Random

    text = Generator(seed).expression(5)
    is_value(parser and feel.compile(text, ALL_NAMES)(frame(Random(seed))))

"""Text to tree: Lark's LALR parser with the scope-aware lexer; trees are built while it reduces, without recursion.

In: an expression's text and the names around it. Out: a `tree.Node`. The grammar is compiled once per process and its
tables are kept. Errors say where and carry a code that `messages` words; well-known slips of people who come from
Excel or from German have codes of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput, UnexpectedToken, VisitError

from amtsweg.dsl.feel import tree as t
from amtsweg.dsl.feel.lexer import Lexer, Source, at, spaced_names
from amtsweg.errors import ExpressionError

MAX_DEPTH = 220

TYPE_NAMES = ("date and time", "days and time duration", "years and months duration")


def _span(token: Token) -> tuple[int, int]:
    return int(token.start_pos or 0), int(token.end_pos or 0)


class _Build(Transformer[Token, Any]):
    """One method per rule; each gets its parts and returns a node."""

    def __init__(self) -> None:
        super().__init__(visit_tokens=False)

    def start_expression(self, parts: list[Any]) -> t.Node:
        node: t.Node = parts[0]
        return node

    start_unary = start_expression

    def group(self, parts: list[Any]) -> t.Node:
        """What stands in brackets has their place; a name, path or literal keeps its own, so that it can be mended."""
        inner: t.Node = parts[1]
        if isinstance(inner, t.Path) or next(t.children(inner), None) is None:
            return inner
        return replace(inner, start=_span(parts[0])[0], end=_span(parts[2])[1])

    def number(self, parts: list[Token]) -> t.Node:
        return t.Number(*_span(parts[0]), str(parts[0]))

    def string(self, parts: list[Token]) -> t.Node:
        return t.String(*_span(parts[0]), str(parts[0]))

    def at(self, parts: list[Token]) -> t.Node:
        return t.At(*_span(parts[0]), str(parts[0]))

    def true(self, parts: list[Token]) -> t.Node:
        return t.Boolean(*_span(parts[0]), True)

    def false(self, parts: list[Token]) -> t.Node:
        return t.Boolean(*_span(parts[0]), False)

    def null(self, parts: list[Token]) -> t.Node:
        return t.Null(*_span(parts[0]))

    def name(self, parts: list[Token]) -> t.Node:
        return t.Name(*_span(parts[0]), str(parts[0]))

    def money(self, parts: list[Token]) -> t.Node:
        amount, _, currency = str(parts[0]).partition(" ")
        return t.Money(*_span(parts[0]), amount, currency)

    def percent(self, parts: list[Token]) -> t.Node:
        return t.Percent(*_span(parts[0]), str(parts[0]).partition(" ")[0])

    def period_literal(self, parts: list[Token]) -> t.Node:
        start, end = _span(parts[0])
        count, _, unit = str(parts[0]).partition(" ")
        return t.Period(start, end, t.Number(start, start + len(count), count), unit)

    def period_computed(self, parts: list[Any]) -> t.Node:
        return t.Period(parts[0].start, _span(parts[1])[1], parts[0], str(parts[1]))

    def period_moment(self, parts: list[Any]) -> t.Node:
        exactly = isinstance(parts[0], Token)
        period, relation, base = parts[-3], parts[-2], parts[-1]
        return t.When(_span(parts[0])[0] if exactly else period.start, base.end, period, relation.value, base, exactly)

    def relation(self, parts: list[Token]) -> Token:
        return parts[0]

    comparer = range_close = relation

    def binary(self, parts: list[Any]) -> t.Node:
        return t.Binary(parts[0].start, parts[2].end, str(parts[1]), parts[0], parts[2])

    compare = binary

    def between(self, parts: list[Any]) -> t.Node:
        return t.Between(parts[0].start, parts[4].end, parts[0], parts[2], parts[4])

    def in_one(self, parts: list[Any]) -> t.Node:
        return t.In(parts[0].start, parts[2].end, parts[0], (parts[2],))

    def in_many(self, parts: list[Any]) -> t.Node:
        return t.In(parts[0].start, _span(parts[6])[1], parts[0], (parts[3], *parts[5]))

    def positives(self, parts: list[Any]) -> tuple[Any, ...]:
        return tuple(parts[::2])

    items = positives
    iterators = positives
    params = positives
    arguments = positives
    named_arguments = positives
    entries = positives
    unary_list = positives

    def test(self, parts: list[Any]) -> t.Node:
        return t.Test(_span(parts[0])[0], parts[1].end, str(parts[0]), parts[1])

    def if_(self, parts: list[Any]) -> t.Node:
        return t.If(_span(parts[0])[0], parts[5].end, parts[1], parts[3], parts[5])

    def for_(self, parts: list[Any]) -> t.Node:
        return t.For(_span(parts[0])[0], parts[3].end, parts[1], parts[3])

    def some_(self, parts: list[Any]) -> t.Node:
        return t.Quantified(_span(parts[0])[0], parts[3].end, "some", parts[1], parts[3])

    def every_(self, parts: list[Any]) -> t.Node:
        return t.Quantified(_span(parts[0])[0], parts[3].end, "every", parts[1], parts[3])

    def iterate(self, parts: list[Any]) -> tuple[str, t.Node, None]:
        return (str(parts[0]), parts[2], None)

    def iterate_to(self, parts: list[Any]) -> tuple[str, t.Node, t.Node]:
        return (str(parts[0]), parts[2], parts[4])

    def param(self, parts: list[Token]) -> tuple[str, str]:
        return (str(parts[0]), str(parts[2]) if len(parts) > 2 else "")

    def function(self, parts: list[Any]) -> t.Node:
        params = parts[2] if isinstance(parts[2], tuple) else ()
        return t.FunctionDefinition(_span(parts[0])[0], parts[-1].end, params, parts[-1])

    def external(self, parts: list[Any]) -> t.Node:
        params = parts[2] if isinstance(parts[2], tuple) else ()
        return t.FunctionDefinition(_span(parts[0])[0], parts[-1].end, params, parts[-1], True)

    def negate(self, parts: list[Any]) -> t.Node:
        return t.Negate(_span(parts[0])[0], parts[1].end, parts[1])

    def instance_of(self, parts: list[Any]) -> t.Node:
        return t.InstanceOf(parts[0].start, _span(parts[2])[1], parts[0], str(parts[2]))

    def path(self, parts: list[Any]) -> t.Node:
        return t.Path(parts[0].start, _span(parts[2])[1], parts[0], str(parts[2]))

    def filter(self, parts: list[Any]) -> t.Node:
        return t.Filter(parts[0].start, _span(parts[3])[1], parts[0], parts[2])

    def call(self, parts: list[Any]) -> t.Node:
        given = parts[2] if isinstance(parts[2], tuple) else ()
        arguments = tuple(item if isinstance(item, tuple) else ("", item) for item in given)
        return t.Call(parts[0].start, _span(parts[-1])[1], parts[0], arguments)

    def named(self, parts: list[Any]) -> tuple[str, t.Node]:
        return (str(parts[0]), parts[2])

    entry = named

    def range(self, parts: list[Any]) -> t.Node:
        return t.Range(
            _span(parts[0])[0], _span(parts[4])[1], parts[1], parts[3], str(parts[0]) == "[", str(parts[4]) == "]"
        )

    def empty_list(self, parts: list[Token]) -> t.Node:
        return t.List(_span(parts[0])[0], _span(parts[1])[1], ())

    def full_list(self, parts: list[Any]) -> t.Node:
        return t.List(_span(parts[0])[0], _span(parts[2])[1], parts[1])

    def empty_context(self, parts: list[Token]) -> t.Node:
        return t.Context(_span(parts[0])[0], _span(parts[1])[1], ())

    def context(self, parts: list[Any]) -> t.Node:
        return t.Context(_span(parts[0])[0], _span(parts[2])[1], parts[1])

    def dash(self, parts: list[Token]) -> t.Node:
        return t.Tests(*_span(parts[0]), (), False)

    def not_tests(self, parts: list[Any]) -> t.Node:
        return t.Tests(_span(parts[0])[0], _span(parts[3])[1], parts[2], True)

    def tests(self, parts: list[Any]) -> t.Node:
        return t.Tests(parts[0][0].start, parts[0][-1].end, parts[0], False)


@cache
def _lark() -> Lark:
    grammar = (files("amtsweg.dsl.feel") / "grammar.lark").read_text("utf-8")
    return Lark(
        grammar,
        parser="lalr",
        lexer=Lexer,
        start=["start_expression", "start_unary"],
        transformer=_Build(),
        keep_all_tokens=True,
    )


@lru_cache(maxsize=256)
def _known(names: frozenset[str]) -> dict[str, tuple[tuple[str, re.Pattern[str]], ...]]:
    from amtsweg.dsl.feel.builtins import BUILTINS

    return spaced_names((*names, *BUILTINS, *TYPE_NAMES))


def parse(text: str, names: Iterable[str] = (), *, units: bool = False) -> t.Node:
    """The tree of an expression.

    Parameters
    ----------
    text: the expression.
    names: names of the scope and of typed entries; only those with blanks or signs matter here.
    units: whether `50 EUR`, `5 %`, `10 working days` may be written.

    Raises ExpressionError with the place and a code.
    """
    return _parse(text, frozenset(names), units, False)


def parse_unary(text: str, names: Iterable[str] = (), *, units: bool = False) -> t.Node:
    """The tree of a cell: unary tests (DMN 1.5, 10.3.1.2, rule 15). Raises ExpressionError."""
    return _parse(text, frozenset(names), units, True)


@lru_cache(maxsize=8192)
def _parse(text: str, names: frozenset[str], units: bool, unary: bool) -> t.Node:
    if not text.strip():
        raise at(text, "empty", 0, max(1, len(text)), "There is no expression here.")
    spotted = _slip(text)
    if spotted is not None:
        raise spotted
    source = Source(text, names, units, unary, _known(names))
    start = "start_unary" if unary else "start_expression"
    try:
        node: object = _lark().parse(source, start=start)
        assert isinstance(node, t.Node)  # the transformer makes nodes, where Lark's types promise its own trees
    except UnexpectedToken as error:
        raise _unexpected(text, error.token, error.expected) from None
    except VisitError as error:
        if isinstance(error.orig_exc, ExpressionError):
            raise error.orig_exc from None
        raise
    except UnexpectedInput:
        raise at(text, "syntax", 0, len(text)) from None
    if t.depth(node) > MAX_DEPTH:
        raise at(text, "too_deep", 0, len(text), "This expression is nested too deeply.")
    return node


_EXCEL = re.compile(r"\b(WENN|SUMME|UND|ODER|SVERWEIS|NICHT|RUNDEN|IF|SUM)\s*\(", re.ASCII)
_GERMAN = re.compile(r"(?<![\w\"])(und|oder|nicht|wenn|dann|sonst)(?![\w\"])")


def _slip(text: str) -> ExpressionError | None:
    """Slips of people who come from Excel: a formula with semicolons."""
    found = _EXCEL.match(text.strip())
    if found is not None and ";" in text:
        return at(text, "excel", 0, len(text.rstrip()), "This is an Excel formula.")
    return None


CHAINED = {"EQ", "NE", "LT", "LE", "GT", "GE", "BETWEEN", "IN"}


def _unexpected(text: str, token: Token, expected: Iterable[str]) -> ExpressionError:
    if token.type == "$END":
        open_bracket = next((c for c in "([{" if text.count(c) > text.count({"(": ")", "[": "]", "{": "}"}[c])), "")
        code = "bracket_open" if open_bracket else "ends_early"
        start = text.find(open_bracket) if open_bracket else max(0, len(text.rstrip()) - 1)
        return at(text, code, start, start + 1)
    start, end = _span(token)
    if token.type in CHAINED and "AND" in expected:
        return at(text, "chained", start, end)
    german = _GERMAN.search(text)
    if german is not None and abs(german.start() - start) <= 12 and german.group() == str(token):
        return at(text, "german_word", german.start(), german.end())
    return at(text, "unexpected", start, end)


def locate(error: ExpressionError) -> tuple[int, int]:
    """The offsets of an error within its expression's text."""
    return int(getattr(error, "start", 0)), int(getattr(error, "end", 1))


__all__ = ["locate", "parse", "parse_unary"]

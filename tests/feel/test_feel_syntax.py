"""What is read as what: names, precedence, ranges, types, cells, units."""

from __future__ import annotations

from typing import Any

import pytest

from amtsweg import feel
from amtsweg.dsl.feel import parser
from amtsweg.dsl.feel import tree as t
from amtsweg.errors import ExpressionError

SCOPE = frozenset(
    {"Monthly income", "Monthly income - net", "date and time of birth", "a", "b", "a+b", "x", "größe", "in order",
     "Applicant's data", "list of items", "item count", "ifs", "not yet", "?", "and then"}
)  # fmt: skip


def written(node: t.Node) -> str:
    """A tree with all its brackets."""
    match node:
        case t.Name():
            return f"<{node.name}>"
        case t.Number():
            return node.text
        case t.String():
            return f'"{node.value}"'
        case t.Boolean():
            return str(node.value).lower()
        case t.Null():
            return "null"
        case t.Binary():
            return f"({written(node.left)} {node.op} {written(node.right)})"
        case t.Negate():
            return f"(-{written(node.value)})"
        case t.Path():
            return f"{written(node.base)}.{node.name}"
        case t.Filter():
            return f"{written(node.base)}[{written(node.test)}]"
        case t.Call():
            given = ", ".join((f"{name}: " if name else "") + written(value) for name, value in node.arguments)
            return f"{written(node.function)}({given})"
        case t.InstanceOf():
            return f"({written(node.value)} is {node.type})"
        case t.Between():
            return f"({written(node.value)} between {written(node.low)}, {written(node.high)})"
        case t.In():
            return f"({written(node.value)} in {', '.join(map(written, node.tests))})"
        case t.Test():
            return f"{node.op}{written(node.value)}"
        case t.If():
            return f"if({written(node.test)}, {written(node.then)}, {written(node.otherwise)})"
        case t.Range():
            ends = ("" if end is None else written(end) for end in (node.low, node.high))
            return ("[" if node.low_closed else "(") + "..".join(ends) + ("]" if node.high_closed else ")")
        case t.List():
            return "[" + ", ".join(map(written, node.items)) + "]"
        case t.For():
            heads = ", ".join(f"{name}:{written(low)}" for name, low, _ in node.iterators)
            return f"for({heads} | {written(node.body)})"
        case t.Quantified():
            heads = ", ".join(f"{name}:{written(low)}" for name, low, _ in node.iterators)
            return f"{node.kind}({heads} | {written(node.body)})"
        case t.FunctionDefinition():
            return f"fun({', '.join(name for name, _ in node.params)} | {written(node.body)})"
        case t.Context():
            return "{" + ", ".join(f"{name}={written(value)}" for name, value in node.entries) + "}"
        case t.Tests():
            inner = " | ".join(map(written, node.tests))
            return f"not<{inner}>" if node.negated else f"tests<{inner}>"
        case t.Money():
            return f"{node.amount}{node.currency}"
        case t.Percent():
            return f"{node.text}%"
        case t.Period():
            return f"period({written(node.count)} {node.unit})"
        case t.When():
            return f"when({written(node.period)} {node.relation} {written(node.base)}{' exactly' * node.exactly})"
        case t.At():
            return f"@{node.text}"
    raise AssertionError(type(node))


PRECEDENCE = [
    ("a or b and x", "(<a> or (<b> and <x>))"),
    ("a and b or x", "((<a> and <b>) or <x>)"),
    ("a = 1 and b = 2", "((<a> = 1) and (<b> = 2))"),
    ("a + b * x", "(<a> + (<b> * <x>))"),
    ("a - b - x", "((<a> - <b>) - <x>)"),
    ("a / b / x", "((<a> / <b>) / <x>)"),
    ("a * b ** x", "(<a> * (<b> ** <x>))"),
    ("2 ** 3 ** 2", "((2 ** 3) ** 2)"),
    ("-a ** 2", "((-<a>) ** 2)"),
    ("-a.b", "(-<a>.b)"),
    ("a < b + 1", "(<a> < (<b> + 1))"),
    ("a instance of number = true", "((<a> is number) = true)"),
    ("a between 1 and 2 and b", "((<a> between 1, 2) and <b>)"),
    ("a in [1..2] and b", "((<a> in [1..2]) and <b>)"),
    ("a in (1, >2) or b", "((<a> in 1, >2) or <b>)"),
    ("a in >= 2", "(<a> in >=2)"),
    ("if a then b else x + 1", "if(<a>, <b>, (<x> + 1))"),
    ("for i in a return i + 1", "for(i:<a> | (<i> + 1))"),
    ("some i in a satisfies i > 1 and b", "some(i:<a> | ((<i> > 1) and <b>))"),
    ("function(p) p + 1", "fun(p | (<p> + 1))"),
    ("a.b[1].x(2)", "<a>.b[1].x(2)"),
    ("(a + b) * x", "((<a> + <b>) * <x>)"),
    ("a[b > 1][1]", "<a>[(<b> > 1)][1]"),
]


@pytest.mark.parametrize(("text", "tree"), PRECEDENCE)
def test_operators_bind_as_the_written_rules_say(text: str, tree: str) -> None:
    assert written(parser.parse(text, frozenset({"a", "b", "x"}))) == tree


NAMES: list[tuple[str, str]] = [
    ("Monthly income - net", "<Monthly income - net>"),
    ("Monthly income - nets", "(<Monthly income> - <nets>)"),
    ("Monthly  income-1", "(<Monthly income> - 1)"),
    ("date and time of birth", "<date and time of birth>"),
    ('date and time("2026-01-01T00:00:00")', '<date and time>("2026-01-01T00:00:00")'),
    ("a+b", "<a+b>"),
    ("a + b", "<a+b>"),
    ("b+a", "(<b> + <a>)"),
    ("größe * 2", "(<größe> * 2)"),
    ("in order", "<in order>"),
    ("Applicant's data.x", "<Applicant's data>.x"),
    ("item count = 1", "(<item count> = 1)"),
    ("ifs", "<ifs>"),
    ("not yet", "<not yet>"),
    ("and then and and then", "(<and then> and <and then>)"),
    ("string length(x)", "<string length>(<x>)"),
    ("for My item in x return My item + 1", "for(My item:<x> | (<My item> + 1))"),
    ("{first name: 1, twice: first name * 2}", "{first name=1, twice=(<first name> * 2)}"),
    ("function(the first, b) the first", "fun(the first, b | <the first>)"),
    ("x.time offset", "<x>.time offset"),
    ("x.start included and a", "(<x>.start included and <a>)"),
    ("substring(string: x, start position: 2)", "<substring>(string: <x>, start position: 2)"),
    ("a // a remark\n = /* another */ 1", "(<a> = 1)"),
]


@pytest.mark.parametrize(("text", "tree"), NAMES)
def test_the_longest_known_name_is_one_name(text: str, tree: str) -> None:
    assert written(parser.parse(text, SCOPE)) == tree


OTHERS = [
    ("[1..2)", "[1..2)"),
    ("]1..2[", "(1..2)"),
    ("(1..x]", "(1..<x>]"),
    ("x in ]1..2[ and a", "((<x> in (1..2)) and <a>)"),
    ("[1, 2][item > 1]", "[1, 2][(<item> > 1)]"),
    ("(a..x[-1])", "(<a>..<x>[(-1)])"),
    ("x instance of list<date and time> and a", "((<x> is list<date and time>) and <a>)"),
    ("x instance of years and months duration", "(<x> is years and months duration)"),
    ("x instance of function<number, string> -> boolean", "(<x> is function<number, string> -> boolean)"),
    ("x instance of context<a: number, b: list<string>>", "(<x> is context<a: number, b: list<string>>)"),
    ("(< 5)", "<5"),
    ("[1.5..2.5]", "[1.5..2.5]"),
    ("[1..2]", "[1..2]"),
    (".5 + 1.", None),
    ('@"2026-01-01".year', "@2026-01-01.year"),
    ('"a\\"b\\u00e4\\U01F40E"', '"a"bä🐎"'),
]


@pytest.mark.parametrize(("text", "tree"), OTHERS)
def test_literals_ranges_and_types_are_read(text: str, tree: str | None) -> None:
    if tree is None:
        with pytest.raises(ExpressionError):
            parser.parse(text, SCOPE)
        return
    assert written(parser.parse(text, SCOPE)) == tree


UNITS = [
    ("12.50 EUR", "12.50EUR"),
    ("12,50", None),
    ("5 %", "5%"),
    ("14 days", "period(14 days)"),
    ("1 working day", "period(1 working days)"),
    ("(a + 1) weeks", "period((<a> + 1) weeks)"),
    ("1 month after x", "when(period(1 months) after <x>)"),
    ("exactly 10 working days before x.y", "when(period(10 working days) before <x>.y exactly)"),
    ("x + 2 years", "(<x> + period(2 years))"),
]


@pytest.mark.parametrize(("text", "tree"), UNITS)
def test_procedures_may_write_amounts_shares_and_periods(text: str, tree: str | None) -> None:
    if tree is None:
        with pytest.raises(ExpressionError):
            parser.parse(text, SCOPE, units=True)
        return
    assert written(parser.parse(text, SCOPE, units=True)) == tree


CELLS = [
    ("-", "tests<>"),
    ('"a", "b"', 'tests<"a" | "b">'),
    ("< 5, [7..9), null", "tests<<5 | [7..9) | null>"),
    ('not("a", "b")', 'not<"a" | "b">'),
    ("not(x) and a", "tests<(<not>(<x>) and <a>)>"),
    ("? > 5 and ? < 7", "tests<((<?> > 5) and (<?> < 7))>"),
    ("-1", "tests<(-1)>"),
    ("(1..2]", "tests<(1..2]>"),
    ("> x + 1", "tests<>(<x> + 1)>"),
]


@pytest.mark.parametrize(("text", "tree"), CELLS)
def test_cells_of_tables_are_read_as_tests(text: str, tree: str) -> None:
    assert written(parser.parse_unary(text, SCOPE)) == tree


VALUES: list[tuple[str, Any]] = [
    ("[1, 2, 3][item >= 2]", "[2, 3]"),
    ("[{item: 1}, {item: 2}][item = 2]", "[{item: 2}]"),
    ("(function(a: number) a) instance of function<number> -> number", "true"),
    ("[1..2).end included", "false"),
    ('time("10:00:00+02:00").time offset', "PT2H"),
    ("5 in (1, 2, 5)", "true"),
    ("20 in [20..30) and 1 = 1", "true"),
    ("{a: 1, b: a + 1}.b", "2"),
    ("for i in 1..3 return count(partial) + i", "[1, 3, 5]"),
    ("if null then 1 else 2", "2"),
    ("0.1 + 0.2 = 0.3", "true"),
    ("1 / 3", "0.3333333333333333333333333333333333"),
]


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_edges_of_the_grammar_give_the_values_they_should(text: str, value: str) -> None:
    assert feel.evaluate(f"string({text})") == value


def test_host_names_with_blanks_work_from_python() -> None:
    assert feel.evaluate("Monthly income * 12", {"Monthly income": 2000}) == 24000


@pytest.mark.parametrize("text", ["1 < 2 < 3", "1 = 1 = true", "a between 1 and 2 < 3", "1 in [1..2] in [true]"])
def test_comparisons_do_not_chain(text: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parser.parse(text, SCOPE)
    assert caught.value.code == "chained"

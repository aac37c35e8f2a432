"""Each built-in on small values of our own: what it gives, and where it is undefined."""

from __future__ import annotations

from typing import Any

import pytest

from amtsweg import feel
from amtsweg.dsl.feel.builtins import BUILTINS
from amtsweg.dsl.feel.env import Env
from amtsweg.dsl.feel.temporal import parse_date, parse_date_time

ENV = Env(now=parse_date_time("2026-03-02T09:30:00@Europe/Berlin"), today=parse_date("2026-03-02"))

GIVES: dict[str, list[tuple[str, str]]] = {
    "number": [
        ('number("12")', "12"),
        ('number("1.234,50", ".", ",")', "1234.50"),
        ('number("1 234", " ", null)', "1234"),
        ('number(from: "-0.5", grouping separator: null, decimal separator: ".")', "-0.5"),
        ('number("1e3", null, null)', "1000"),
    ],
    "string": [
        ("string(1.50)", '"1.5"'),
        ('string("Amt")', '"Amt"'),
        ("string(null)", "null"),
        ('string([1, "a", null])', '"[1, \\"a\\", null]"'),
        ("string({a: 1, b c: true})", '"{a: 1, b c: true}"'),
        ('string(@"2026-02-01")', '"2026-02-01"'),
        ("string([1..5))", '"[1..5)"'),
        ("string((>= 5))", '">= 5"'),
        ("string((!= 5))", '"!= 5"'),
    ],
    "substring": [
        ('substring("Rathaus", 4)', '"haus"'),
        ('substring("Rathaus", 1, 3)', '"Rat"'),
        ('substring("Rathaus", -4, 2)', '"ha"'),
        ('substring("Rathaus", 5, 100)', '"aus"'),
        ('substring("😀Amt", 2)', '"Amt"'),
    ],
    "string length": [('string length("Bürgeramt")', "9"), ('string length("😀")', "1"), ('string length("")', "0")],
    "upper case": [('upper case("Straße")', '"STRASSE"')],
    "lower case": [('lower case("ÄMTER")', '"ämter"')],
    "substring before": [
        ('substring before("FB-AB 12", "-")', '"FB"'),
        ('substring before("FB", "-")', '""'),
        ('substring before("FB", "")', '""'),
    ],
    "substring after": [
        ('substring after("FB-AB 12", "-")', '"AB 12"'),
        ('substring after("FB", "-")', '""'),
        ('substring after("FB", "")', '"FB"'),
    ],
    "contains": [('contains("Antrag", "tra")', "true"), ('contains("Antrag", "Tra")', "false")],
    "starts with": [('starts with("Antrag", "An")', "true"), ('starts with("Antrag", "an")', "false")],
    "ends with": [('ends with("Antrag", "ag")', "true"), ('ends with("Antrag", "")', "true")],
    "matches": [
        ('matches("FB-AB 12", "^[A-Z]{1,3}-[A-Z]{1,2} [0-9]{1,4}$")', "true"),
        ('matches("fb", "FB", "i")', "true"),
        ('matches("a.b", "a.b", "q")', "true"),
        ('matches("axb", "a.b", "q")', "false"),
    ],
    "replace": [
        ('replace("0170 1234", "[^0-9]", "")', '"01701234"'),
        ('replace("2026-02-01", "([0-9]+)-([0-9]+)-([0-9]+)", "$3.$2.$1")', '"01.02.2026"'),
        ('replace("abc", "B", "-", "i")', '"a-c"'),
    ],
    "split": [('split("a, b,c", ",\\s*")', '["a", "b", "c"]'), ('split("a;", ";")', '["a", ""]')],
    "string join": [
        ('string join(["Ort", "Straße"], ", ")', '"Ort, Straße"'),
        ('string join(["a", null, "b"])', '"ab"'),
        ("string join([])", '""'),
    ],
    "not": [("not(true)", "false"), ("not(null)", "null")],
    "list contains": [("list contains([1, null], null)", "true"), ('list contains(["a"], "b")', "false")],
    "count": [("count([1, null, 3])", "3"), ("count([])", "0")],
    "min": [("min([3, 1, 2])", "1"), ('min("b", "a")', '"a"'), ("min([])", "null")],
    "max": [('max([@"2026-01-01", @"2026-02-01"])', '@"2026-02-01"'), ("max(1, 5, 3)", "5")],
    "sum": [("sum([1, 2, 3.5])", "6.5"), ("sum(1, 2)", "3"), ("sum([])", "null")],
    "mean": [("mean([1, 2, 6])", "3"), ("mean(1, 2)", "1.5")],
    "all": [("all([true, true])", "true"), ("all([true, null])", "null"), ("all([null, false])", "false")],
    "any": [("any([false, true])", "true"), ("any([false, null])", "null"), ("any([])", "false")],
    "sublist": [
        ("sublist([1, 2, 3, 4], 2)", "[2, 3, 4]"),
        ("sublist([1, 2, 3, 4], 2, 2)", "[2, 3]"),
        ("sublist([1, 2, 3], -2)", "[2, 3]"),
    ],
    "append": [("append([1], 2, null)", "[1, 2, null]")],
    "concatenate": [("concatenate([1, 2], [2], [])", "[1, 2, 2]")],
    "insert before": [("insert before([1, 3], 2, 2)", "[1, 2, 3]"), ("insert before([1, 2], -1, 9)", "[1, 9, 2]")],
    "remove": [("remove([1, 2, 3], 2)", "[1, 3]"), ("remove([1, 2, 3], -1)", "[1, 2]")],
    "list replace": [
        ("list replace([1, 2, 3], 2, 9)", "[1, 9, 3]"),
        ("list replace([1, 2, 3], function(item, newItem) item > 1, 9)", "[1, 9, 9]"),
    ],
    "reverse": [("reverse([1, 2, 3])", "[3, 2, 1]")],
    "index of": [("index of([1, 2, 1, null], 1)", "[1, 3]"), ("index of([1, null], null)", "[2]")],
    "union": [("union([1, 2], [2, 3])", "[1, 2, 3]")],
    "distinct values": [("distinct values([1, 2, 1, null, null])", "[1, 2, null]")],
    "flatten": [("flatten([1, [2, [3, []]]])", "[1, 2, 3]")],
    "product": [("product([2, 3, 4])", "24"), ("product(2, 0.5)", "1.0")],
    "median": [("median([9, 1, 5])", "5"), ("median(1, 2, 3, 4)", "2.5"), ("median([])", "null")],
    "stddev": [("stddev([2, 4, 4, 4, 5, 5, 7, 9]) > 2.138", "true"), ("stddev([3, 3])", "0")],
    "mode": [("mode([2, 1, 2, 1, 3])", "[1, 2]"), ("mode([])", "[]")],
    "sort": [
        ("sort([3, 1, 2])", "[1, 2, 3]"),
        ("sort([3, 1, 2], function(x, y) x > y)", "[3, 2, 1]"),
        ('sort(list: ["b", "a"], precedes: function(x, y) x < y)', '["a", "b"]'),
    ],
    "decimal": [("decimal(1/3, 2)", "0.33"), ("decimal(2.5, 0)", "2"), ("decimal(1234, -2.9)", "1200")],
    "floor": [("floor(-1.5)", "-2"), ("floor(1.567, 2)", "1.56")],
    "ceiling": [("ceiling(-1.5)", "-1"), ("ceiling(1.561, 2)", "1.57")],
    "round up": [("round up(-5.21, 1)", "-5.3")],
    "round down": [("round down(-5.29, 1)", "-5.2")],
    "round half up": [("round half up(0.125, 2)", "0.13"), ("round half up(-0.125, 2)", "-0.13")],
    "round half down": [("round half down(0.125, 2)", "0.12")],
    "abs": [("abs(-3)", "3"), ('abs(@"-P1D")', '@"P1D"'), ('abs(@"-P3M")', '@"P3M"')],
    "modulo": [("modulo(-7, 3)", "2"), ("modulo(7, -3)", "-2"), ("modulo(7.5, 2)", "1.5")],
    "sqrt": [("sqrt(16)", "4")],
    "log": [("log(1)", "0")],
    "exp": [("exp(0)", "1")],
    "odd": [("odd(-3)", "true"), ("odd(2)", "false")],
    "even": [("even(0)", "true"), ("even(-3)", "false")],
    "date": [
        ('date("2026-02-01")', '@"2026-02-01"'),
        ("date(2026, 2, 28)", '@"2026-02-28"'),
        ('date(@"2026-02-01T23:59:00")', '@"2026-02-01"'),
    ],
    "time": [
        ('time("08:30:00")', '@"08:30:00"'),
        ('time(8, 30, 0, @"PT1H")', '@"08:30:00+01:00"'),
        ("time(8, 30, 0.5, null)", '@"08:30:00.5"'),
    ],
    "date and time": [
        ('date and time("2026-02-01")', '@"2026-02-01T00:00:00"'),
        ('date and time(@"2026-02-01", @"08:30:00")', '@"2026-02-01T08:30:00"'),
    ],
    "duration": [('duration("P1DT12H")', '@"PT36H"'), ('duration("P14M")', '@"P1Y2M"')],
    "years and months duration": [
        ('years and months duration(@"2020-02-29", @"2026-02-28")', '@"P5Y11M"'),
        ('years and months duration(@"2026-03-15", @"2026-01-16")', '@"-P1M"'),
    ],
    "day of year": [('day of year(@"2024-12-31")', "366")],
    "day of week": [('day of week(@"2026-02-02")', '"Monday"')],
    "month of year": [('month of year(@"2026-02-02")', '"February"')],
    "week of year": [('week of year(@"2027-01-01")', "53"), ('week of year(@"2026-01-01")', "1")],
    "now": [("now()", '@"2026-03-02T09:30:00@Europe/Berlin"')],
    "today": [("today()", '@"2026-03-02"')],
    "before": [("before(1, 2)", "true"), ("before([1..5), 5)", "true"), ("before([1..5], 5)", "false")],
    "after": [("after([5..9], [1..5))", "true"), ("after(5, [1..5])", "false")],
    "meets": [("meets([1..5], [5..9])", "true"), ("meets([1..5), [5..9])", "false")],
    "met by": [("met by([5..9], [1..5])", "true")],
    "overlaps": [("overlaps([1..5], [4..9])", "true"), ("overlaps([1..4), [4..9])", "false")],
    "overlaps before": [("overlaps before([1..5], [4..9])", "true"), ("overlaps before([4..9], [1..5])", "false")],
    "overlaps after": [
        ("overlaps after([4..9], [1..5])", "true"),
        ("overlaps after((2..6], [2..6])", "true"),
        ("overlaps after([2..6], [2..6))", "false"),
    ],
    "finishes": [("finishes(5, [1..5])", "true"), ("finishes([3..5], [1..5])", "true")],
    "finished by": [("finished by([1..5], 5)", "true"), ("finished by([1..5), 5)", "false")],
    "includes": [("includes([1..5], 3)", "true"), ("includes((1..5], [1..5])", "false")],
    "during": [("during(3, [1..5])", "true"), ("during([1..5], (1..5])", "false")],
    "starts": [("starts(1, [1..5])", "true"), ("starts([1..3], [1..5])", "true")],
    "started by": [("started by([1..5], 1)", "true"), ("started by((1..5], 1)", "false")],
    "coincides": [("coincides([1..5], [1..5])", "true"), ("coincides(5, 5)", "true")],
    "get value": [('get value({a: {b: 7}}, ["a", "b"])', "7"), ('get value({a: 1}, "a")', "1")],
    "get entries": [("get entries({a: 1})", '[{key: "a", value: 1}]')],
    "context": [('context([{key: "a", value: 1}])', "{a: 1}")],
    "context put": [('context put({a: 1}, "b", 2)', "{a: 1, b: 2}"), ('context put({}, ["a"], 1)', "{a: 1}")],
    "context merge": [("context merge([{a: 1, b: 1}, {b: 2}])", "{a: 1, b: 2}")],
    "is": [('is(@"10:00:00Z", @"10:00:00+00:00")', "true"), ("is(1, 1.0)", "true"), ('is(1, "1")', "false")],
    "range": [('range("[1..5)")', "[1..5)"), ('range("(1..)")', "(1..null)")],
    "default": [("default(null, 3)", "3"), ("default(0, 3)", "0")],
    "age at": [('age at(@"2008-02-29", @"2026-02-28")', "17"), ('age at(@"2008-02-29", @"2026-03-01")', "18")],
    "last": [("last([1, 2])", "2"), ("last([])", "null")],
}

UNDEFINED = [
    'range("[1..]")', 'number("1,5", ",", ",")', 'number("zwölf")', 'substring("Amt", 0)', 'substring("Amt", 5)',
    'matches("a", "(")', 'matches("a", "a", "z")', 'replace("a", "a", "$")', 'count(null)', 'min([1, "a"])',
    'sum([1, "a"])', 'mean([])', 'sublist([1], 2)', 'remove([1], 2)', 'insert before([1], 0, 1)',
    'list replace([1], 3, 1)', 'product([])', 'stddev([1])', 'median(["a"])', 'sort([1, "a"])', 'decimal(1, 7000)',
    'modulo(1, 0)', 'sqrt(-1)', 'log(0)', 'even(1.5)', 'date("2026-02-30")', 'date(2026, 2.5, 1)',
    'time("25:00:00")', 'date and time("2026-02-01T8:00:00")', 'duration("P1Y1D")', 'before(1, "a")', 'meets(1, 2)',
    'get value({}, "a")', 'context([{key: 1, value: 1}])', 'context put({a: 1}, ["a", "b"], 2)',
    'context merge([1])', 'range("[5..1]")', 'not("ja")', 'abs(true)', 'string join([1])',
    'age at(@"2026-01-01", @"2025-01-01")', 'upper case(null)', 'string length()', 'string length(text: "a")',
]  # fmt: skip

NEEDS_CALENDAR = {"working days between", "add working days", "deadline"}
NEEDS_MONEY = {"round money"}


@pytest.mark.parametrize(("given", "wanted"), [pair for pairs in GIVES.values() for pair in pairs])
@pytest.mark.parametrize("mode", ["spec", "strict"])
def test_a_builtin_gives_its_value_in_both_modes(given: str, wanted: str, mode: Any) -> None:
    """What is defined is the same in both modes."""
    got = feel.evaluate(given, {}, mode, ENV)
    expected = feel.evaluate(wanted, {}, "spec", ENV)
    assert (type(got), got) == (type(expected), expected)


@pytest.mark.parametrize("text", UNDEFINED)
def test_what_is_undefined_is_null_in_spec_and_an_error_in_strict(text: str) -> None:
    """The two modes differ exactly there."""
    assert feel.evaluate(text, {}, "spec", ENV) is None
    with pytest.raises(feel.FeelError):
        feel.evaluate(text, {}, "strict", ENV)


def test_every_builtin_has_its_line_in_the_table() -> None:
    """A new built-in must bring its own values."""
    assert set(BUILTINS) - NEEDS_CALENDAR - NEEDS_MONEY == set(GIVES)


@pytest.mark.parametrize("name", ["now", "today"])
def test_without_a_clock_there_is_no_now(name: str) -> None:
    """Expressions never ask the machine for the time."""
    assert feel.evaluate(f"{name}()") is None
    with pytest.raises(feel.FeelError):
        feel.evaluate(f"{name}()", mode="strict")


def test_functions_are_called_by_the_names_of_the_standard() -> None:
    """Named arguments may come in any order; an unknown name is no call."""
    assert feel.evaluate('contains(match: "b", string: "abc")') is True
    assert feel.evaluate('contains(part: "b", string: "abc")') is None

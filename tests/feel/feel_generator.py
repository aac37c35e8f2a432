"""Makes composed expressions that are well typed (nearly always), with frames of values for their names.

Every part is in brackets, so that what is meant does not rest on precedence. The names have values of all kinds, null
among them; about one part in forty is of a kind that does not fit, so that undefined operations occur too.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any

from amtsweg.dsl.feel import temporal as tm
from amtsweg.dsl.feel.ranges import Range

NAMES = {
    "number": ["a", "b", "monthly income"],
    "string": ["s", "r"],
    "boolean": ["p", "q"],
    "date": ["d", "e"],
    "days": ["u"],
    "months": ["m"],
    "list": ["xs", "ys"],
    "strings": ["ss"],
    "records": ["ks"],
    "context": ["k"],
    "range": ["g"],
}
ALL_NAMES = frozenset(name for names in NAMES.values() for name in names)


def frame(rng: Random) -> dict[str, Any]:
    """Values for all names."""

    def number() -> Decimal:
        return Decimal(rng.choice(["0", "1", "-1", "2.50", "7", "100", "0.1", "-3.75"]))

    def word() -> str:
        return rng.choice(["", "x", "abc", "Eva", "ö ß", "aXb"])

    def maybe(value: Any) -> Any:
        return None if rng.random() < 0.06 else value

    def day() -> tm.Date:
        return tm.Date(2024 + rng.randrange(3), 1 + rng.randrange(12), 1 + rng.randrange(28))

    def record() -> dict[str, Any]:
        return {"v": maybe(number()), "w": word()}

    low = number()
    return {
        "a": maybe(number()), "b": number(), "monthly income": number(), "s": maybe(word()), "r": word(),
        "p": maybe(rng.random() < 0.5), "q": rng.random() < 0.5, "d": maybe(day()), "e": day(),
        "u": tm.DaysDuration.of(days=rng.randrange(-3, 40), hours=rng.randrange(24)),
        "m": tm.MonthsDuration(rng.randrange(-5, 30)),
        "xs": [maybe(number()) for _ in range(rng.randrange(4))], "ys": [number() for _ in range(rng.randrange(5))],
        "ss": [word() for _ in range(rng.randrange(4))], "ks": [record() for _ in range(rng.randrange(4))],
        "k": record(), "g": Range(low, low + abs(number()), rng.random() < 0.5, rng.random() < 0.5),
    }  # fmt: skip


class Generator:
    """One random expression after another; equal seeds give equal expressions."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        self.bound: dict[str, list[str]] = {}

    def expression(self, size: int = 5) -> str:
        """A text of some kind."""
        self.bound = {kind: list(names) for kind, names in NAMES.items()}
        return self.part(self.rng.choice(list(MAKERS)), size)

    def part(self, kind: str, size: int) -> str:
        """A bracketed part of a kind."""
        if self.rng.random() < 0.025:
            kind = self.rng.choice(list(MAKERS))
        if size <= 0 or self.rng.random() < 0.12:
            return self.leaf(kind)
        made = self.rng.choice(MAKERS[kind])(self, size - 1)
        return f"({made})"

    def leaf(self, kind: str) -> str:
        if self.rng.random() < 0.03:
            return "null"
        if self.rng.random() < 0.6:
            return self.rng.choice(self.bound[kind])
        return self.rng.choice(LITERALS[kind])

    def binding(self, kind: str, name: str, size: int, wanted: str) -> str:
        """A part in which a further name is known."""
        self.bound[kind].append(name)
        try:
            return self.part(wanted, size)
        finally:
            self.bound[kind].remove(name)


LITERALS = {
    "number": ["0", "1", "2", "0.5", "12.75", "-3", "1e2"],
    "string": ['""', '"x"', '"abc"', '"Eva Ö"'],
    "boolean": ["true", "false"],
    "date": ['date("2026-02-28")', '@"2024-02-29"', "date(2025, 12, 31)"],
    "days": ['@"P1D"', '@"PT36H"', 'duration("-P2DT1H")'],
    "months": ['@"P1Y"', '@"P14M"', 'duration("-P3M")'],
    "list": ["[]", "[1]", "[1, 2, 3]", "[3, 1, 2, 1]"],
    "strings": ["[]", '["x"]', '["b", "a", "c"]'],
    "records": ["[]", '[{v: 1, w: "x"}]', '[{v: 1, w: "x"}, {v: 5, w: "y"}]'],
    "context": ['{v: 3, w: "x"}', '{v: 0, w: ""}'],
    "range": ["[1..5]", "(0..2.5]", "[-3..0)", "(<3)", "(>=2)"],
}
Maker = Callable[[Generator, int], str]


def form(text: str, *kinds: str) -> Maker:
    """A maker that fills the holes of a text with parts of these kinds."""
    return lambda made, size: text.format(*(made.part(kind, size) for kind in kinds))


def binder(text: str, source: str, kind: str, name: str, body: str) -> Maker:
    """A maker for what binds a name: a source, then a body that may use the name."""
    return lambda made, size: text.format(made.part(source, size), made.binding(kind, name, size, body))


MAKERS: dict[str, list[Maker]] = {
    "number": [
        form("{} + {}", "number", "number"), form("{} - {}", "number", "number"), form("{} * {}", "number", "number"),
        form("{} / {}", "number", "number"), form("-{}", "number"), form("{} ** 2", "number"),
        form("if {} then {} else {}", "boolean", "number", "number"), form("sum({})", "list"), form("max({})", "list"),
        form("count({})", "list"), form("string length({})", "string"), form("abs({})", "number"),
        form("floor({})", "number"), form("decimal({}, 1)", "number"), form("{}.year", "date"),
        form("{}[1]", "list"), form("{}[-1]", "list"), form("{}.v", "context"), form("{}.days", "days"),
        form("modulo({}, {})", "number", "number"), form("{} / {}", "days", "days"),
        form("(function(z) z + {})({})", "number", "number"), form("{{v: {}, t: v * 2}}.t", "number"),
        form("mean({})", "list"), form("{}.months", "months"),
    ],
    "string": [
        form("{} + {}", "string", "string"), form("upper case({})", "string"), form("lower case({})", "string"),
        form("if {} then {} else {}", "boolean", "string", "string"), form("string({})", "number"),
        form("substring({}, 1, 2)", "string"), form('string join({}, "-")', "strings"), form("{}.w", "context"),
        form("string({})", "date"), form("{}[1]", "strings"), form('replace({}, "[a-c]", "z")', "string"),
        form("substring before({}, {})", "string", "string"), form("string({})", "list"),
    ],
    "boolean": [
        form("{} and {}", "boolean", "boolean"), form("{} or {}", "boolean", "boolean"), form("not({})", "boolean"),
        form("{} < {}", "number", "number"), form("{} >= {}", "number", "number"), form("{} = {}", "number", "number"),
        form("{} != {}", "string", "string"), form("{} <= {}", "string", "string"), form("{} > {}", "date", "date"),
        form("{} = {}", "list", "list"), form("{} = {}", "context", "context"), form("{} < {}", "days", "days"),
        form("contains({}, {})", "string", "string"), form("starts with({}, {})", "string", "string"),
        form("{} in {}", "number", "range"), form("{} in {}", "number", "list"),
        form("{} in (< {}, 7)", "number", "number"),
        form("{} between {} and {}", "number", "number", "number"),
        form("{} between {} and {}", "date", "date", "date"),
        binder("some i in {} satisfies {}", "list", "number", "i", "boolean"),
        binder("every j in {} satisfies {}", "list", "number", "j", "boolean"),
        binder("some o in {} satisfies {}", "records", "context", "o", "boolean"),
        form("{} instance of number", "number"), form("{} instance of list<string>", "strings"),
        form("{} = null", "number"), form("list contains({}, {})", "list", "number"),
        form("includes({}, {})", "range", "number"),
        form("if {} then {} else {}", "boolean", "boolean", "boolean"), form("all({})", "boolean"),
        form('matches({}, "^[a-z]+$")', "string"),
    ],
    "date": [
        form("{} + {}", "date", "days"), form("{} - {}", "date", "months"), form("{} + {}", "months", "date"),
        form("if {} then {} else {}", "boolean", "date", "date"), form("min({}, {})", "date", "date"),
    ],
    "days": [
        form("{} - {}", "date", "date"), form("{} + {}", "days", "days"), form("{} * {}", "days", "number"),
        form("-{}", "days"), form("abs({})", "days"), form("if {} then {} else {}", "boolean", "days", "days"),
    ],
    "months": [
        form("years and months duration({}, {})", "date", "date"), form("{} + {}", "months", "months"),
        form("{} * 2", "months"), form("-{}", "months"),
    ],
    "list": [
        form("[{}, {}]", "number", "number"), form("append({}, {})", "list", "number"),
        form("concatenate({}, {})", "list", "list"), form("reverse({})", "list"), form("distinct values({})", "list"),
        form("{}[item > {}]", "list", "number"), binder("for i in {} return {}", "list", "number", "i", "number"),
        form("{}.v", "records"), form("sort({}, function(l, h) l < h)", "list"),
        form("for i in 1..3 return i * {}", "number"),
        binder("for o in {} return {}", "records", "context", "o", "number"), form("sublist({}, 1, 1)", "list"),
        form("for i in {}, j in {} return i + j", "list", "list"),
        form("for i in {} return i + count(partial)", "list"),
        form("flatten([{}, [{}]])", "list", "list"), form("if {} then {} else {}", "boolean", "list", "list"),
        form("{}[{}]", "list", "boolean"),
    ],
    "strings": [
        form("[{}, {}]", "string", "string"), form("{}.w", "records"), form('split({}, "X")', "string"),
        binder("for t in {} return {}", "strings", "string", "t", "string"),
        form("{}[item != {}]", "strings", "string"),
    ],
    "records": [
        form("[{}, {}]", "context", "context"), form("{}[v > {}]", "records", "number"),
        form("{}[item.w = {}]", "records", "string"), form("{}[w = {} or v = {}]", "records", "string", "number"),
        binder("for i in {} return {{v: i, w: {}}}", "list", "number", "i", "string"),
    ],
    "context": [
        form("{{v: {}, w: {}}}", "number", "string"), form("context put({}, \"v\", {})", "context", "number"),
        form("{}[1]", "records"), form("if {} then {} else {}", "boolean", "context", "context"),
        form("{{v: {}, w: string(v)}}", "number"),
    ],
    "range": [form("[{}..{}]", "number", "number"), form("({}..{})", "number", "number")],
}  # fmt: skip

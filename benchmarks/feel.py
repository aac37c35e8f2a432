"""What expressions cost: against native Python, and how long a library takes to compile.

Run `python benchmarks/feel.py [--json]`. Three questions:

* E1: `if income > 20000 and contains(name, "x") then fee * 1.19 else 0` against the same as a native function with
  `Decimal`, in spec and in strict mode; goal: at most 3 times;
* E2: a table of 50 rules (10 age ranges by 5 categories, first hit) against the same as native code; goal: 3 times;
* library: a thousand different expressions as procedures have them, parsed and compiled; goal: under 2 seconds.

The two sides of a ratio are timed in turn in one run, many rounds each, in processor time; the median is printed.
The native functions get their arguments by position, which is the fastest that Python knows; expressions get the
mapping of names that the engine has.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from statistics import median
from typing import Any

from amtsweg.dsl.feel import parser, table_cells
from amtsweg.dsl.feel.compiler import compile_tree
from amtsweg.dsl.feel.operators import SPEC
from amtsweg.dsl.feel.table import Constant, Input, Operators, Output, Rule, Table, Test

ROUNDS, CALLS = 25, 5_000
E1 = 'if income > 20000 and contains(name, "x") then fee * 1.19 else 0'
LIMIT, RATE, NOTHING = Decimal(20000), Decimal("1.19"), Decimal(0)
CATEGORIES = ("A", "B", "C", "D", "E")


def native_e1(income: Decimal, name: str, fee: Decimal) -> Decimal:
    """E1 as a programmer writes it."""
    if income > LIMIT and "x" in name:
        return fee * RATE
    return NOTHING


def native_e2(source: list[tuple[Decimal, Decimal, str, Decimal]]) -> Callable[[Decimal, str], Decimal | None]:
    """The table of E2 as a programmer writes it: nested `if`s, one per age range, one per category."""
    lines = ["def table(age, category):"]
    names: dict[str, Any] = {}
    for number, (low, high, category, result) in enumerate(source):
        names |= {f"l{number}": low, f"h{number}": high, f"r{number}": result}
        lines.append(f"    if l{number} <= age < h{number} and category == {category!r}: return r{number}")
    lines.append("    return None")
    exec("\n".join(lines), names)  # our own text, to have the fifty lines that a programmer would write
    made: Callable[[Decimal, str], Decimal | None] = names["table"]
    return made


def rules_e2() -> list[tuple[Decimal, Decimal, str, Decimal]]:
    """(from, below, category, result) of the 50 rules."""
    return [
        (Decimal(10 * i), Decimal(10 * i + 10), category, Decimal(100 * i + j))
        for i in range(10)
        for j, category in enumerate(CATEGORIES)
    ]


def table_e2(source: list[tuple[Decimal, Decimal, str, Decimal]]) -> Table:
    """The same rules as a decision table."""

    def test(text: str) -> Test:
        node = parser.parse_unary(text)
        return Test(compile_tree(node), table_cells.cells_of(node))

    def refuse(code: str, **args: Any) -> None:
        return None

    ops = Operators(SPEC.eq, sum, min, max, refuse, table_cells.KINDS)
    rules = tuple(
        Rule((test(f"[{low}..{high})"), test(f'"{category}"')), (Constant(result),))
        for low, high, category, result in source
    )
    inputs = tuple(Input(compile_tree(parser.parse(name)), name) for name in ("age", "category"))
    return Table(inputs, (Output(),), rules, ops, "first")


def ratio(ours: Callable[[], Any], native: Callable[[], Any]) -> dict[str, float]:
    """Median ratio of the two, and microseconds per call of each."""
    pairs = []
    for _ in range(ROUNDS):
        pairs.append((_timed(ours), _timed(native)))
    return {
        "ratio": round(median(a / b for a, b in pairs), 2),
        "ours_us": round(median(a for a, _ in pairs) * 1e6, 3),
        "native_us": round(median(b for _, b in pairs) * 1e6, 3),
    }


def _timed(run: Callable[[], Any]) -> float:
    start = time.process_time()
    run()
    return (time.process_time() - start) / CALLS


def measure_e1(mode: str) -> dict[str, float]:
    """E1 in a mode: half of the frames take each branch."""
    run = compile_tree(parser.parse(E1), mode)
    rows = [(Decimal(15000 + 500 * (k % 20)), "max" if k % 3 else "eva", Decimal(k % 90)) for k in range(CALLS)]
    frames = [{"income": income, "name": name, "fee": fee} for income, name, fee in rows]
    assert all(run(f, None) == native_e1(*row) for f, row in zip(frames, rows, strict=True))

    def ours() -> None:
        for frame in frames:
            run(frame, None)

    def native() -> None:
        for income, name, fee in rows:
            native_e1(income, name, fee)

    return ratio(ours, native)


def measure_e2() -> dict[str, float]:
    """E2 over all rules evenly."""
    source = rules_e2()
    table, by_hand = table_e2(source), native_e2(source)
    rows = [(Decimal(k * 37 % 100), CATEGORIES[k % 5]) for k in range(CALLS)]
    frames = [{"age": age, "category": category} for age, category in rows]
    assert all(table(f) == by_hand(*row) for f, row in zip(frames, rows, strict=True))

    def ours() -> None:
        for frame in frames:
            table(frame, None)

    def native() -> None:
        for age, category in rows:
            by_hand(age, category)

    return ratio(ours, native)


LIBRARY = (
    "applicant.age >= {n} and applicant.residence = \"here\"",
    "if dogs > {n} then fee * 1.{n} else fee",
    "sum(for d in dogs return if d.size > {n} then 120 else 60)",
    "count(children[age < {n}]) > 0 or income <= {n}00",
    'contains(lower case(name), "x{n}") and not(starts with(name, "y"))',
    "date(\"2026-01-{d:02d}\") + duration(\"P{n}D\")",
    "some c in children satisfies c.age between {n} and {m}",
    "amount in [{n}..{m}) or kind in (\"a\", \"b\", \"c{n}\")",
    "{{rate: {n}, total: rate * amount}}.total",
    "decimal((income - {n}) / 12, 2)",
)  # fmt: skip


def measure_library() -> dict[str, float]:
    """A thousand expressions, none like another, parsed and compiled; the grammar is loaded before."""
    parser.parse("1 + 1")
    texts = [form.format(n=10 + k, m=20 + k, d=1 + k % 28) for k in range(100) for form in LIBRARY]
    start = time.process_time()
    for text in texts:
        compile_tree(parser.parse(text), "strict")
    return {"expressions": len(texts), "seconds": round(time.process_time() - start, 2)}


def main() -> None:
    """Measure all and print it."""
    report = {
        "E1 spec": measure_e1("spec"),
        "E1 strict": measure_e1("strict"),
        "E2": measure_e2(),
        "library": measure_library(),
    }
    if "--json" in sys.argv:
        print(json.dumps(report, indent=1))
        return
    for name, figures in report.items():
        print(f"{name:10}", "  ".join(f"{key} {value}" for key, value in figures.items()))


if __name__ == "__main__":
    main()

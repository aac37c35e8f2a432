"""What a decision table costs: how a look-up grows with the number of rules, and against a native function.

Run `python benchmarks/tables.py [--json]`. Two questions:

* growth: tables of 10 to 10,000 rules (number ranges by texts, first hit; and each of the shapes `ranges only`,
  `texts only`, `computed cells beside indexed ones`): time of one look-up, and its ratio to the smallest table;
* E2: a table of 50 rules (10 age ranges by 5 categories) against the same rules as a native Python function with
  `Decimal`, both timed in turn in this run; goal: at most 3 times.

Values differ from look-up to look-up, and what the table remembers is dropped between rounds of the "cold" figure.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from statistics import median
from typing import Any

from amtsweg.dsl.dmn.boxes import Boxes
from amtsweg.dsl.dmn.items import ANY
from amtsweg.dsl.dmn.language import Language
from amtsweg.dsl.dmn.model import DecisionTable, Formula, InputClause, OutputClause, Rule
from amtsweg.dsl.feel.table import Table
from amtsweg.dsl.source import Span

PLACE = Span.at("benchmark", 1, 1)
ROUNDS = 7


def formula(text: str) -> Formula:
    """A formula of the benchmark."""
    return Formula(text, PLACE)


def table(rows: list[tuple[list[str], str]], inputs: list[str]) -> Table:
    """A FIRST table of rows of texts, compiled as a model's would be."""
    made = DecisionTable(
        tuple(InputClause(formula(name), PLACE) for name in inputs),
        (OutputClause("", PLACE),),
        tuple(Rule(tuple(formula(cell) for cell in tests), (formula(output),), PLACE) for tests, output in rows),
        PLACE,
        "FIRST",
    )
    box = Boxes(Language("spec"), lambda _: ANY).compile(made, dict.fromkeys(inputs, ANY))
    assert box.table is not None
    return box.table


def grid(ranges: int, texts: int) -> tuple[Table, list[dict[str, Any]]]:
    """`ranges` age ranges by `texts` categories, and frames that fall into all of them."""
    rows = [([f"[{10 * i}..{10 * i + 10})", f'"c{j}"'], str(100 * i + j)) for i in range(ranges) for j in range(texts)]
    frames = [{"age": Decimal(k * 37 % (10 * ranges)), "category": f"c{k % texts}"} for k in range(1000)]
    return table(rows, ["age", "category"]), frames


def ranges_only(count: int) -> tuple[Table, list[dict[str, Any]]]:
    """Disjoint ranges of one number."""
    rows = [([f"[{10 * i}..{10 * i + 10})"], str(i)) for i in range(count)]
    return table(rows, ["age"]), [{"age": Decimal(k * 7919 % (10 * count))} for k in range(1000)]


def texts_only(count: int) -> tuple[Table, list[dict[str, Any]]]:
    """One text per rule."""
    rows = [([f'"c{i}"'], str(i)) for i in range(count)]
    return table(rows, ["category"]), [{"category": f"c{k * 7919 % count}"} for k in range(1000)]


def computed(count: int) -> tuple[Table, list[dict[str, Any]]]:
    """Texts beside a cell that only running it decides."""
    rows = [([f'"c{i}"', "? > limit"], str(i)) for i in range(count)]
    frames = [{"category": f"c{k * 7919 % count}", "age": Decimal(5), "limit": Decimal(3)} for k in range(1000)]
    return table(rows, ["category", "age"]), frames


def per_call(run: Callable[[dict[str, Any]], Any], frames: list[dict[str, Any]]) -> float:
    """Seconds of one call."""
    begin = time.perf_counter()
    for frame in frames:
        run(frame)
    return (time.perf_counter() - begin) / len(frames)


def native(ranges: int, texts: int) -> Callable[[dict[str, Any]], Any]:
    """The rules of `grid` as one Python function, as a programmer writes them: range by range, then by category."""
    lines = ["def native(age, category):"]
    names: dict[str, Any] = {}
    for i in range(ranges):
        names |= {f"low{i}": Decimal(10 * i), f"high{i}": Decimal(10 * i + 10)}
        for j in range(texts):
            names[f"out{i}_{j}"] = Decimal(100 * i + j)
            lines.append(f"    if low{i} <= age < high{i} and category == 'c{j}':\n        return out{i}_{j}")
    exec("\n".join(lines), names)  # the benchmark's own text
    function = names["native"]
    return lambda frame: function(frame["age"], frame["category"])


def measure() -> dict[str, Any]:
    """All figures, in microseconds."""
    shapes: dict[str, Callable[[int], tuple[Table, list[dict[str, Any]]]]] = {
        "ranges by texts": lambda count: grid(max(1, count // 10), min(10, count)),
        "ranges only": ranges_only,
        "texts only": texts_only,
        "computed beside texts": computed,
    }
    growth: dict[str, Any] = {}
    for name, make in shapes.items():
        found = {}
        for count in (10, 100, 1_000, 10_000):
            begin = time.perf_counter()
            made, frames = make(count)
            built = time.perf_counter() - begin
            cold, warm = [], []
            for _ in range(ROUNDS):
                made.memo.clear()
                cold.append(per_call(made, frames))
                warm.append(per_call(made, frames))
            found[count] = {"cold": median(cold) * 1e6, "warm": median(warm) * 1e6, "build_ms": built * 1e3}
        growth[name] = found
    made, frames = grid(10, 5)
    function = native(10, 5)
    assert all(made(frame) == function(frame) for frame in frames)
    ratios, ours, theirs = [], [], []
    for _ in range(3 * ROUNDS):
        ours.append(per_call(made, frames))
        theirs.append(per_call(function, frames))
        ratios.append(ours[-1] / theirs[-1])
    return {
        "growth": growth,
        "E2": {"table": median(ours) * 1e6, "native": median(theirs) * 1e6, "ratio": median(ratios)},
    }


def main() -> None:
    """Print the figures."""
    found = measure()
    if "--json" in sys.argv:
        print(json.dumps(found, indent=1))
        return
    for name, counts in found["growth"].items():
        base = counts[10]
        print(name)
        for count, figures in counts.items():
            print(
                f"  {count:>6} rules  first look-up {figures['cold']:6.2f} us ({figures['cold'] / base['cold']:4.1f}x)"
                f"  again {figures['warm']:6.2f} us ({figures['warm'] / base['warm']:4.1f}x)"
                f"  built in {figures['build_ms']:8.1f} ms"
            )
    e2 = found["E2"]
    print(f"E2  table {e2['table']:.2f} us, native {e2['native']:.2f} us, ratio {e2['ratio']:.2f} (goal: at most 3)")


if __name__ == "__main__":
    main()

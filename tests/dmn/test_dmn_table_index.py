"""The index of a decision table finds exactly the rules that looking at each rule finds."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amtsweg.dsl.feel import table, table_index
from amtsweg.dsl.feel.table_index import Atom, Cell, ColumnIndex

NUMBERS = st.integers(-6, 6).map(Decimal) | st.just(Decimal("1.5"))
BOUNDS = st.none() | NUMBERS


@st.composite
def atoms(draw: st.DrawFn) -> Atom:
    low, high = draw(BOUNDS), draw(BOUNDS)
    return Atom(low, high, low is not None and draw(st.booleans()), high is not None and draw(st.booleans()))


CELLS = st.none() | st.builds(
    Cell, st.just("number"), st.lists(atoms(), min_size=1, max_size=3).map(tuple), st.booleans()
)


def entry(cell: Cell | None) -> tuple[Cell, ...] | None:
    return None if cell is None else (cell,)


def inside(cell: Cell | None, value: Decimal) -> bool:
    if cell is None:
        return True
    hit = any(
        (a.low is None or a.low < value or (a.low == value and a.low_closed))
        and (a.high is None or value < a.high or (a.high == value and a.high_closed))
        for a in cell.atoms
    )
    return hit != cell.negated


def found(index: ColumnIndex, value: Decimal) -> set[int]:
    find = index.finders.get("number")
    bits = index.candidates(find(value) if find is not None else table_index.ELSEWHERE)
    return {number for number in range(bits.bit_length()) if bits >> number & 1}


@given(st.lists(CELLS, max_size=25), NUMBERS)
def test_dmn_index_gives_exactly_the_rules_whose_cell_holds_the_value(cells: list[Cell | None], value: Decimal) -> None:
    assert found(ColumnIndex([entry(cell) for cell in cells]), value) == {
        number for number, cell in enumerate(cells) if inside(cell, value)
    }


@given(st.lists(CELLS, min_size=12, max_size=25), NUMBERS)
def test_dmn_coarse_index_never_loses_a_rule(cells: list[Cell | None], value: Decimal) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table_index, "BUDGET", 0)
        patch.setattr(table_index, "LEAST", 2)
        index = ColumnIndex([entry(cell) for cell in cells])
    assert found(index, value) >= {number for number, cell in enumerate(cells) if inside(cell, value)}


def test_dmn_index_of_another_kind_gives_only_the_rules_without_a_condition() -> None:
    index = ColumnIndex([(Cell("number", (Atom.point(Decimal(1)),)),), None])
    assert index.candidates(table_index.ELSEWHERE) == 0b10


def undefined(code: str, **args: object) -> None:
    return None


PLAIN = table.Operators(
    equal=lambda a, b: a == b,
    sum=sum,
    min=min,
    max=max,
    undefined=undefined,
    kinds={Decimal: ("number", None)},
)


def number_test(cell: Cell, indexed: bool) -> table.Test:
    return table.Test(lambda frame, env: inside(cell, frame["?"]), (cell,) if indexed else None)


@given(
    st.lists(st.tuples(CELLS, CELLS), max_size=12),
    NUMBERS,
    NUMBERS,
    st.sampled_from(["first", "collect"]),
    st.booleans(),
)
def test_dmn_table_with_index_answers_as_one_without(
    rows: list[tuple[Cell | None, Cell | None]], a: Decimal, b: Decimal, policy: table.HitPolicy, coarse: bool
) -> None:
    def make(indexed: bool) -> table.Table:
        rules = tuple(
            table.Rule(
                tuple(None if cell is None else number_test(cell, indexed) for cell in cells),
                (table.Constant(Decimal(number)),),
            )
            for number, cells in enumerate(rows)
        )
        inputs = (table.Input(lambda f, e: f["a"]), table.Input(lambda f, e: f["b"]))
        return table.Table(inputs, (table.Output(),), rules, PLAIN, policy)

    with pytest.MonkeyPatch.context() as patch:
        if coarse:
            patch.setattr(table_index, "LEAST", 2)
            patch.setattr(table_index, "BUDGET", 0)
        indexed = make(True)
    frame = {"a": a, "b": b}
    assert indexed(frame) == make(False)(frame)
    assert indexed(frame) == indexed(frame), "the remembered answer is the same"

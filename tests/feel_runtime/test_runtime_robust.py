"""No value whatever makes a built-in or an operator fail in a way of its own."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amtsweg.dsl.feel.builtins import BUILTINS, call
from amtsweg.dsl.feel.builtins.registry import MISFIT, fit
from amtsweg.dsl.feel.env import Env
from amtsweg.dsl.feel.numbers import CONTEXT
from amtsweg.dsl.feel.operators import SPEC, STRICT, FeelError
from amtsweg.dsl.feel.ranges import Range
from amtsweg.dsl.feel.temporal import (
    MAX_YEAR,
    Date,
    DateTime,
    DaysDuration,
    MonthsDuration,
    Time,
    parse_date,
    parse_date_time,
)
from amtsweg.dsl.feel.types import of_text
from amtsweg.dsl.feel.values import Function, Money, Period
from amtsweg.dsl.feel.writing import to_string

ENV = Env(parse_date_time("2026-03-02T09:30:00Z"), parse_date("2026-03-02"))
NUMBERS = [
    CONTEXT.create_decimal(text)
    for text in ("0", "-0", "1", "-1", "2", "1.5", "-2.5", "7", "1E+34", "1E+6144", "-1E+6144", "1E-6143", "9999999999")
]
TEXTS = ["", "a", "abc", "2026-02-30", "P1D", "P" + "9" * 30 + "D", "(a*)*", "$", "[1..2]", "\\", "😀", "i"]
TIMES = [
    Date(2026, 2, 28), Date(-MAX_YEAR, 1, 1), Date(MAX_YEAR, 12, 31),
    Time(23, 59, 59, 999_999_999, None, "Europe/Berlin"),
    Time(0, 0, 0), Time(0, 0, 0, 0, 64_800), DateTime(Date(MAX_YEAR, 12, 31), Time(23, 0, 0, 0, -64_800)),
    DateTime(Date(2026, 10, 25), Time(2, 30, 0, 0, None, "Europe/Berlin"), later=True),
    DateTime(Date(9999, 12, 31), Time(23, 0, 0, 0, None, "America/New_York")),
    DateTime(Date(1, 1, 1), Time(0, 0, 0, 0, None, "Asia/Tokyo")),
    DaysDuration(0), DaysDuration(-1), DaysDuration(2**62 * 10**9), MonthsDuration(0), MonthsDuration(12 * MAX_YEAR),
]  # fmt: skip
OTHERS = [
    None, True, False, Money(Decimal("1.5"), "EUR"), Money(Decimal(0), "CHF"), Period(3, "weeks"),
    Period(1, "working days"), Function(("a", "b"), lambda a, b: a), Function(("a",), lambda a: None),
]  # fmt: skip
ATOMS: list[Any] = [*NUMBERS, *TEXTS, *TIMES, *OTHERS]
EVERYTHING: list[Any] = [
    *ATOMS, [], {}, *([atom] for atom in ATOMS), *([atom, atom] for atom in ATOMS), NUMBERS, TEXTS, TIMES,
    [NUMBERS, []],
    *(Range(atom, atom) for atom in ATOMS), Range(NUMBERS[2], None, True, False), Range(None, TIMES[0], False, True),
    {"key": "a", "value": None}, [{"key": "a", "value": NUMBERS}], {"a": {"b": True}}, ["a", "b"], [["a"], ["a"]],
]  # fmt: skip
SIMPLE = st.sampled_from(ATOMS)
VALUES = st.recursive(
    st.one_of(SIMPLE, st.builds(Range, SIMPLE, SIMPLE, st.booleans(), st.booleans(), st.booleans())),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["key", "value", "a"]), inner, max_size=3)
    ),
    max_leaves=4,
)


@st.composite
def fitting(draw: st.DrawFn, name: str) -> list[Any]:
    """Arguments whose kinds a signature of the built-in takes, so that its own work is reached."""
    signature = draw(st.sampled_from(BUILTINS[name].signatures))
    params = [*signature.params, *([signature.params[-1]] * 2 if signature.variadic else [])]
    return [draw(st.sampled_from(pool(param.type))) for param in params]


@cache
def pool(kind: str) -> list[Any]:
    """Every value of the strategies above that a type takes, and lists and ranges of them."""
    wanted = of_text(kind)
    return [value for value in EVERYTHING if value is not None and fit(value, wanted) is not MISFIT]


@pytest.mark.parametrize("name", sorted(BUILTINS))
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_builtin_gives_a_value_or_a_located_error(name: str, data: st.DataObject) -> None:
    """Null or a value in spec mode, a FeelError at most in strict mode; and the same value where there is one."""
    arguments = data.draw(st.one_of(fitting(name), st.lists(VALUES, max_size=4)))
    plain = call(BUILTINS[name], arguments, {}, SPEC, ENV)
    try:
        strict = call(BUILTINS[name], arguments, {}, STRICT, ENV)
    except FeelError as error:
        assert str(error)
        return
    assert to_string(strict) == to_string(plain)


OPERATORS = ("add", "sub", "mul", "div", "power", "eq", "ne", "lt", "le", "gt", "ge", "in_", "and_", "or_", "index")


@pytest.mark.parametrize("name", OPERATORS)
@settings(max_examples=150, deadline=None)
@given(a=VALUES, b=VALUES)
def test_an_operator_gives_a_value_or_a_located_error(name: str, a: Any, b: Any) -> None:
    """Also at the ends of what numbers, days and durations can be."""
    if name == "index" and not isinstance(b, Decimal):
        return
    getattr(SPEC, name)(a, b)
    try:
        getattr(STRICT, name)(a, b)
    except FeelError as error:
        assert error.code


@settings(max_examples=300, deadline=None)
@given(VALUES)
def test_every_value_has_a_text(value: Any) -> None:
    """`string` never fails."""
    assert (to_string(value) is None) is (value is None)

"""Values to Python, to storage and back; numbers of 34 digits; logic with three values."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Context, Decimal, localcontext
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from amtsweg import feel
from amtsweg.dsl.canonical import canonical_bytes
from amtsweg.dsl.feel import codec
from amtsweg.dsl.feel import temporal as tm
from amtsweg.dsl.feel.kinds import kind_name
from amtsweg.dsl.feel.numbers import CONTEXT, number_text
from amtsweg.dsl.feel.operators import SPEC, STRICT, FeelError
from amtsweg.dsl.feel.ranges import Range
from amtsweg.dsl.feel.temporal import Date, DaysDuration, MonthsDuration
from amtsweg.dsl.feel.values import Function, Money, Period, from_python, to_python

NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=None, min_value=-(10**20), max_value=10**20).map(
    CONTEXT.plus
)
DATES = st.dates().map(from_python)
MOMENTS = st.datetimes(timezones=st.timezones()).map(from_python)
SIMPLE = st.one_of(
    st.none(),
    st.booleans(),
    st.text(max_size=8),
    NUMBERS,
    DATES,
    st.times().map(from_python),
    MOMENTS,
    st.integers(-(10**15), 10**15).map(DaysDuration),
    st.integers(-(10**5), 10**5).map(MonthsDuration),
    st.builds(Money, NUMBERS, st.sampled_from(["EUR", "CHF"])),
    st.builds(Period, st.integers(0, 99), st.sampled_from(["days", "working days", "months"])),
    st.builds(Range, st.one_of(st.none(), NUMBERS), NUMBERS, st.booleans(), st.booleans(), st.booleans()),
)
VALUES = st.recursive(
    SIMPLE,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.text(max_size=4), st.just("@")), inner, max_size=3),
    ),
    max_leaves=8,
)


@given(VALUES)
def test_a_stored_value_comes_back_as_it_was(value: Any) -> None:
    """Through real JSON text, also a context that has the key `@`."""
    stored = json.loads(json.dumps(codec.encode(value)))
    back = codec.decode(stored)
    assert back == value
    assert canonical_bytes(codec.encode(back)) == canonical_bytes(stored)


@given(st.datetimes(timezones=st.just(dt.UTC)))
def test_the_hour_that_comes_twice_is_stored_with_its_mark(moment: dt.datetime) -> None:
    """A wall clock alone would lose an hour."""
    first = tm.parse_date_time("2026-10-25T02:30:00@Europe/Berlin")
    second = SPEC.add(first, DaysDuration.of(hours=1))
    assert str(first) == str(second)
    assert codec.decode(codec.encode(second)) == second != first


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (Decimal("1.50"), {"@": "number", "v": "1.50"}),
        (Date(2026, 2, 1), {"@": "date", "v": "2026-02-01"}),
        (Money(Decimal("7.50"), "EUR"), {"@": "money", "v": ["7.50", "EUR"]}),
        (Period(10, "working days"), {"@": "period", "v": [10, "working days"]}),
        (MonthsDuration(14), {"@": "months duration", "v": 14}),
        ({"@": "x"}, {"@": "context", "v": {"@": "x"}}),
        ([None, True, "a"], [None, True, "a"]),
    ],
)
def test_values_are_stored_in_this_form(value: Any, stored: Any) -> None:
    """The form is a promise: journals keep it for years."""
    assert codec.encode(value) == stored


def test_what_cannot_be_stored_is_refused() -> None:
    """A function is no data; an unknown kind is not guessed."""
    with pytest.raises(TypeError):
        codec.encode(Function(("a",), lambda a: a))
    with pytest.raises(ValueError, match="unknown kind"):
        codec.decode({"@": "secret", "v": 1})


PYTHON = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.text(max_size=5), NUMBERS, st.dates(), st.datetimes(),
        st.timedeltas(dt.timedelta(days=-99), dt.timedelta(days=99)),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)),
    max_leaves=6,
)  # fmt: skip


@given(PYTHON)
def test_a_python_value_comes_back(value: Any) -> None:
    """Dates, moments, durations, numbers, lists and mappings."""
    assert to_python(from_python(value)) == value


def test_numbers_of_python_become_decimals() -> None:
    """A float by its shortest text, so 0.1 is a tenth; a bool stays a bool."""
    assert from_python(0.1) == Decimal("0.1")
    assert from_python(3) == Decimal(3)
    assert from_python(True) is True
    assert from_python((1, 2)) == [Decimal(1), Decimal(2)]
    with pytest.raises(TypeError):
        from_python(object())


@pytest.mark.parametrize("operation", ["add", "sub", "mul"])
@given(a=NUMBERS, b=NUMBERS)
def test_numbers_are_counted_to_34_digits_half_even(operation: str, a: Decimal, b: Decimal) -> None:
    """Checked against exact arithmetic rounded once."""
    with localcontext(Context(prec=200)):
        exact = {"add": a + b, "sub": a - b, "mul": a * b}[operation]
    got = getattr(SPEC, operation)(a, b)
    assert got == CONTEXT.plus(exact)
    assert len(got.as_tuple().digits) <= 34


@given(NUMBERS)
def test_a_number_comes_back_from_its_text(value: Decimal) -> None:
    """`string` writes no exponent and loses nothing."""
    text = number_text(value)
    assert CONTEXT.create_decimal(text) == value
    assert "E" not in text or abs(value.adjusted()) > 60
    assert feel.evaluate("number(x)", {"x": text}) == value


@pytest.mark.parametrize(
    "text",
    [
        "string(1234567890123456789012345678901234)", "abs(-1234567890123456789012345678901234) > 0",
        "even(1234567890123456789012345678901234)", "stddev([1234567890123456789012345678901234, 1]) > 0",
        "decimal(1234567890123456789012345678.905, 2) = 1234567890123456789012345678.90",
    ],
)  # fmt: skip
def test_long_numbers_do_not_depend_on_the_contexts_of_the_host(text: str) -> None:
    """Python's own arithmetic would stop at 28 digits, or at what the host has set."""
    with localcontext(Context(prec=5)):
        assert feel.evaluate(text, mode="strict") not in (None, False)


@pytest.mark.parametrize("text", ["1 / 0", "0 ** -1", "1E6144 * 10", "(-8) ** 0.5", "exp(1E6)", "10 ** 6145"])
def test_what_has_no_number_is_undefined(text: str) -> None:
    """Neither infinite nor a crash."""
    assert feel.evaluate(text) is None
    with pytest.raises(FeelError):
        feel.evaluate(text, mode="strict")


TRUTH = st.sampled_from([True, False, None])


@given(TRUTH, TRUTH, TRUTH)
def test_logic_with_three_values_keeps_its_laws(a: bool | None, b: bool | None, c: bool | None) -> None:
    """De Morgan, order, brackets, and null only where the answer depends on it."""
    ops = STRICT
    assert ops.and_(a, b) is ops.and_(b, a)
    assert ops.or_(a, b) is ops.or_(b, a)
    assert ops.and_(ops.and_(a, b), c) is ops.and_(a, ops.and_(b, c))
    assert ops.not_(ops.and_(a, b)) is ops.or_(ops.not_(a), ops.not_(b))
    assert ops.or_(a, ops.and_(b, c)) is ops.and_(ops.or_(a, b), ops.or_(a, c))


@given(SIMPLE, SIMPLE)
def test_equality_is_the_same_both_ways_and_never_true_across_kinds(a: Any, b: Any) -> None:
    """Different kinds cannot be compared; null equals only null."""
    assert SPEC.eq(a, b) == SPEC.eq(b, a)
    assert SPEC.eq(a, a) is True
    if a is None or b is None:
        assert SPEC.eq(a, b) is (a is b)
    elif Period not in (type(a), type(b)) and kind_name(a) != kind_name(b):
        assert SPEC.eq(a, b) is None


OPERATIONS = ("add", "sub", "mul", "div", "power", "eq", "ne", "lt", "le", "gt", "ge", "and_", "or_")


@pytest.mark.parametrize("name", OPERATIONS)
@given(a=SIMPLE, b=SIMPLE)
def test_both_modes_agree_where_strict_does_not_raise(name: str, a: Any, b: Any) -> None:
    """And where it does raise, the standard's answer is null."""
    plain = getattr(SPEC, name)(a, b)
    try:
        strict = getattr(STRICT, name)(a, b)
    except FeelError:
        assert plain is None
        return
    assert strict == plain


AMOUNTS = st.builds(Money, st.decimals(-(10**9), 10**9, places=2), st.just("EUR"))


@given(AMOUNTS, AMOUNTS, st.decimals(-1000, 1000, places=2))
def test_amounts_add_up_and_scale(a: Money, b: Money, factor: Decimal) -> None:
    """Money and money is money; money by a number is money; money by money is a number."""
    assert SPEC.add(a, b).amount == a.amount + b.amount
    assert SPEC.sub(SPEC.add(a, b), b).amount == a.amount
    assert SPEC.mul(a, factor) == SPEC.mul(factor, a)
    assume(b.amount)
    assert isinstance(SPEC.div(a, b), Decimal)


@pytest.mark.parametrize(
    "text", ["1 EUR + 1", "1 EUR + 1 CHF", "1 EUR = 1 CHF", "1 EUR < 1 CHF", "1 EUR * 1 EUR", "1 EUR > 0", "2 / 1 EUR"]
)
def test_amounts_never_meet_numbers_or_other_currencies(text: str) -> None:
    """Strict mode is the one that knows amounts."""
    with pytest.raises(FeelError):
        feel.evaluate(text, mode="strict")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("sum([1.50 EUR, 2 EUR])", "3.50 EUR"),
        ("max(1 EUR, 3 EUR, 2 EUR)", "3 EUR"),
        ("10 EUR / 4", "2.5 EUR"),
        ("10 EUR / 4 EUR", "2.5"),
        ("-(3 EUR)", "-3 EUR"),
        ("abs(-3 EUR)", "3 EUR"),
        ("round half up(7.345 EUR, 2)", "7.35 EUR"),
        ("round money(7.345 EUR)", "7.35 EUR"),
        ('round money(7.345 EUR, null, "half even")', "7.34 EUR"),
        ('round money(1237.40 EUR, 50 EUR, "down")', "1200 EUR"),
        ('round money(7.01 EUR, 0.05, "up")', "7.05 EUR"),
        ("5 % * 200 EUR", "10 EUR"),
        ('14 days > @"P13D"', "true"),
        ('@"2026-03-02" - @"2026-02-01" > 4 weeks', "true"),
    ],
)
def test_amounts_and_periods_are_counted_as_offices_count(text: str, wanted: str) -> None:
    """Units are part of the value."""
    assert feel.evaluate(f"({text}) = ({wanted})", mode="strict") is True


def test_an_undefined_operation_says_what_it_was_given() -> None:
    """Code and arguments are for the message; a long value is cut."""
    with pytest.raises(FeelError) as caught:
        STRICT.add(Decimal(1), "x")
    assert caught.value.code == "operands"
    assert caught.value.args_given == {"operation": "+", "left": "number", "right": "string"}

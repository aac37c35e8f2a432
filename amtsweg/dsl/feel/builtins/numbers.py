"""Built-ins on numbers (DMN 1.5, 10.3.4.5), and the conversion to them (10.3.4.1)."""

from __future__ import annotations

import re
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)
from typing import Any

from amtsweg.dsl.feel.builtins.registry import Builtin, Call, Param, Signature
from amtsweg.dsl.feel.numbers import ARITHMETIC_ERRORS, CONTEXT
from amtsweg.dsl.feel.temporal import DaysDuration, MonthsDuration
from amtsweg.dsl.feel.values import Money

Value = Any
N = Param("n", "number")
MIN_SCALE, MAX_SCALE = -6111, 6176


def _number(call: Call, text: str, grouping: str | None, point: str | None) -> Value:
    if grouping is not None and grouping not in (" ", ",", "."):
        return call.ops.fail("grouping_separator", value=grouping)
    if point is not None and point not in (",", "."):
        return call.ops.fail("decimal_separator", value=point)
    if grouping is not None and grouping == point:
        return call.ops.fail("separators", value=grouping)
    plain = text.replace(grouping, "") if grouping else text
    if point and point != ".":
        if "." in plain:
            return call.ops.fail("number", text=text)
        plain = plain.replace(point, ".")
    if not re.fullmatch(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", plain, re.ASCII):
        return call.ops.fail("number", text=text)
    try:
        return CONTEXT.create_decimal(plain)
    except ARITHMETIC_ERRORS:
        return call.ops.fail("number", text=text)


def _scaled(rounding: str) -> Any:
    def run(call: Call, value: Value, scale: Decimal | None = None) -> Value:
        if scale is not None and not MIN_SCALE <= scale <= MAX_SCALE:
            return call.ops.fail("scale", scale=scale)
        # A fraction of the scale is cut, as with every position and length.
        digits = 0 if scale is None else int(scale)
        amount = value.amount if isinstance(value, Money) else value
        found = rounded(amount, digits, rounding)
        return Money(found, value.currency) if isinstance(value, Money) else found

    return run


def rounded(value: Decimal, digits: int, rounding: str) -> Decimal:
    """A number with so many digits after the point, rounded by a rule of `decimal`."""
    exponent = value.as_tuple().exponent
    if value.is_zero() or not isinstance(exponent, int) or -exponent <= digits:
        return value
    step = Decimal(1).scaleb(-digits, CONTEXT)
    wide = CONTEXT.copy()
    wide.prec = 6200
    return CONTEXT.plus(value.quantize(step, rounding=rounding, context=wide))


def _abs(call: Call, value: Value) -> Value:
    if isinstance(value, Decimal):
        return value.copy_abs()
    if isinstance(value, DaysDuration):
        return DaysDuration(abs(value.nanos))
    if isinstance(value, MonthsDuration):
        return MonthsDuration(abs(value.months))
    if isinstance(value, Money):
        return Money(value.amount.copy_abs(), value.currency)
    return call.ops.fail("abs", value=value)


def _modulo(call: Call, a: Decimal, b: Decimal) -> Value:
    if not b:
        return call.ops.fail("division_by_zero", left=a)
    try:
        wide = CONTEXT.copy()
        wide.prec = 7000
        quotient = wide.divide_int(a, b)
        rest = wide.subtract(a, wide.multiply(b, quotient))
        if rest and (rest < 0) != (b < 0):
            rest = wide.add(rest, b)
        return CONTEXT.plus(rest)
    except ARITHMETIC_ERRORS:
        return call.ops.fail("overflow", left=a, right=b)


def _sqrt(call: Call, value: Decimal) -> Value:
    return call.ops.fail("sqrt", value=value) if value < 0 else CONTEXT.sqrt(value)


def _log(call: Call, value: Decimal) -> Value:
    return call.ops.fail("log", value=value) if value <= 0 else CONTEXT.ln(value)


def _exp(call: Call, value: Decimal) -> Value:
    try:
        return CONTEXT.exp(value)
    except ARITHMETIC_ERRORS:
        return call.ops.fail("overflow", value=value)


def _is_odd(call: Call, value: Decimal) -> Value:
    return int(value) % 2 != 0 if value == value.to_integral_value() else call.ops.fail("whole_number", value=value)


def _is_even(call: Call, value: Decimal) -> Value:
    return int(value) % 2 == 0 if value == value.to_integral_value() else call.ops.fail("whole_number", value=value)


SCALED = (
    Signature((N, Param("scale", "number")), "number"),
    Signature((Param("n", "money"), Param("scale", "number")), "money EUR"),
)
PLAIN_OR_SCALED = (Signature((N, Param("scale", "number", optional=True)), "number"),)

BUILTINS = (
    Builtin(
        "number",
        (
            Signature(
                (
                    Param("from", "string"),
                    Param("grouping separator", "string", True, True),
                    Param("decimal separator", "string", True, True),
                ),
                "number",
            ),
        ),
        _number,
    ),
    Builtin("decimal", SCALED, _scaled(ROUND_HALF_EVEN)),
    Builtin("floor", PLAIN_OR_SCALED, _scaled(ROUND_FLOOR)),
    Builtin("ceiling", PLAIN_OR_SCALED, _scaled(ROUND_CEILING)),
    Builtin("round up", SCALED, _scaled(ROUND_UP)),
    Builtin("round down", SCALED, _scaled(ROUND_DOWN)),
    Builtin("round half up", SCALED, _scaled(ROUND_HALF_UP)),
    Builtin("round half down", SCALED, _scaled(ROUND_HALF_DOWN)),
    Builtin("abs", (Signature((Param("n"),), "Any"),), _abs),
    Builtin("modulo", (Signature((Param("dividend", "number"), Param("divisor", "number")), "number"),), _modulo),
    Builtin("sqrt", (Signature((Param("number", "number"),), "number"),), _sqrt),
    Builtin("log", (Signature((Param("number", "number"),), "number"),), _log),
    Builtin("exp", (Signature((Param("number", "number"),), "number"),), _exp),
    Builtin("odd", (Signature((Param("number", "number"),), "boolean"),), _is_odd),
    Builtin("even", (Signature((Param("number", "number"),), "boolean"),), _is_even),
)

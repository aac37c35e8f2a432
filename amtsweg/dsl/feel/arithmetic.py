"""The static type of what `+ - * / **` give, money and periods included.

In: an operator and the types of both sides. Out: the type of the result, None where it is undefined.
"""

from __future__ import annotations

from amtsweg.dsl.feel import types as ty
from amtsweg.dsl.feel.calls import ADDITIVE, DURATIONS
from amtsweg.dsl.feel.types import Type

DAYS = {"date", "date and time"}
MOMENTS = {*DAYS, "time"}


def computed(op: str, a: Type, b: Type) -> Type | None:
    """The type of `a op b`; amounts of different currencies are the caller's to refuse."""
    if a.is_any or b.is_any:
        return ty.ANY
    kinds = (a.kind, b.kind)
    if kinds == ("number", "number"):
        return ty.INTEGER if a.integer and b.integer and op in ("+", "-", "*") else ty.NUMBER
    if op == "+" and {*kinds} <= {"string", "enum"}:
        return ty.STRING
    if op in ("+", "-"):
        return _moved(op, a, b)
    if op == "*" and "number" in kinds and {*kinds} & (ADDITIVE - {"number"}):
        return a if b.kind == "number" else b
    if op == "/" and b.kind == "number" and a.kind in ADDITIVE:
        return a
    if op == "/" and a.kind == b.kind and a.kind in ADDITIVE:
        return ty.NUMBER
    return None


def _moved(op: str, a: Type, b: Type) -> Type | None:
    """What sums and differences of amounts, moments and durations give."""
    if a.kind == b.kind == "money":
        return a
    if op == "-" and ((a.kind in DAYS and b.kind in DAYS) or a.kind == b.kind == "time"):
        return ty.DAYS
    if a.kind in MOMENTS and b.kind in DURATIONS:
        return a
    if op == "+" and b.kind in MOMENTS and a.kind in DURATIONS:
        return b
    if a.kind in DURATIONS and b.kind in DURATIONS:
        return a if a.kind != "period" else b if b.kind != "period" else ty.DAYS
    return None

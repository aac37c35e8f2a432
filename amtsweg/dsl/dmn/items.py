"""Item definitions at work: does a value have its declared type, and can it be made to fit?

In: the models' item definitions and a value. Out: the value as its type wants it, or `Misfit`. The rules are those of
DMN 1.5, 10.3.2.9.4: null fits every type; a list of one fits where its element does and a value where a list of it is
wanted; a date fits where a date and time is wanted; everything else must conform, structure by structure, allowed
values included.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from amtsweg.dsl.feel import temporal
from amtsweg.dsl.feel.ranges import Range
from amtsweg.dsl.feel.values import Function

Value = Any
Allowed = Callable[[Value], bool]
"""Whether a (non-null) value is among the allowed ones."""

BASE_TYPES: dict[str, tuple[type, ...]] = {
    "number": (Decimal,),
    "string": (str,),
    "boolean": (bool,),
    "date": (temporal.Date,),
    "time": (temporal.Time,),
    "date and time": (temporal.DateTime,),
    "days and time duration": (temporal.DaysDuration,),
    "years and months duration": (temporal.MonthsDuration,),
    "context": (dict,),
    "list": (list,),
    "function": (Function,),
    "range": (Range,),
}

MAX_DEPTH = 100


class Misfit(Exception):
    """The value does not have the type; `reason` is a code, `args` say more."""

    def __init__(self, reason: str, **details: Value) -> None:
        self.reason, self.details = reason, details
        super().__init__(reason)


@dataclass(slots=True, eq=False)
class Shape:
    """A type ready to test values.

    Exactly one of `base` (a type of FEEL, "Any"), `components`, `element` (a list of it) and `result` (a function) is
    given; or `other` is the shape that this one restricts. Shapes may refer to themselves through `other`, `element`
    and `components` (recursive item definitions), so they are linked after they are made.
    """

    name: str
    base: str = ""
    other: Shape | None = None
    components: Mapping[str, Shape] | None = None
    element: Shape | None = None
    parameters: tuple[tuple[str, Shape], ...] | None = None
    result: Shape | None = None
    allowed: Allowed | None = None
    constraint: Allowed | None = None

    @property
    def is_any(self) -> bool:
        """Whether every value fits."""
        return self.base == "Any" and self.allowed is None and self.constraint is None

    @property
    def core(self) -> Shape:
        """The shape that this one restricts at last, or itself."""
        shape = self
        for _ in range(MAX_DEPTH):
            if shape.other is None:
                break
            shape = shape.other
        return shape

    @property
    def is_list(self) -> bool:
        """Whether values of this type are lists."""
        core = self.core
        return core.element is not None or core.base == "list"

    @property
    def function(self) -> Shape | None:
        """The function shape behind this one, if it is one."""
        core = self.core
        return core if core.result is not None else None


ANY = Shape("Any", base="Any")


def conforms(value: Value, shape: Shape, depth: int = 0) -> bool:
    """Whether `value` has the type as it is (10.3.2.9.4, conforms to)."""
    if value is None or shape.is_any:
        return True
    if depth > MAX_DEPTH:
        return False
    if not _conforms_bare(value, shape, depth):
        return False
    if shape.allowed is not None and not shape.allowed(value):
        return False
    return shape.constraint is None or shape.constraint(value)


def _conforms_bare(value: Value, shape: Shape, depth: int) -> bool:
    if shape.other is not None:
        return conforms(value, shape.other, depth + 1)
    if shape.element is not None:
        element = shape.element
        return type(value) is list and all(conforms(one, element, depth + 1) for one in value)
    if shape.components is not None:
        return type(value) is dict and all(
            name in value and conforms(value[name], part, depth + 1) for name, part in shape.components.items()
        )
    if shape.result is not None:
        return isinstance(value, Function)
    if shape.base in ("", "Any"):
        return True
    return type(value) in BASE_TYPES.get(shape.base, ())


def fit(value: Value, shape: Shape) -> Value:
    """The value as `shape` wants it; raises `Misfit` where it cannot be made to fit."""
    if shape.is_any or conforms(value, shape):
        return value
    if type(value) is list and len(value) == 1 and not shape.is_list and conforms(value[0], shape):
        return value[0]
    if type(value) is not list and shape.is_list and conforms([value], shape):
        return [value]
    if type(value) is temporal.Date:
        # A date becomes its midnight in UTC (10.3.2.9.4).
        lifted = temporal.DateTime(value, temporal.Time(0, 0, 0, offset=0))
        if conforms(lifted, shape):
            return lifted
    raise Misfit("type_mismatch", type=shape.name, value=value)

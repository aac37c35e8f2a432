"""The pure functions of Java that models in the field call (external functions, DMN 1.5, 10.2.1.7 and Table 62).

In: a class name and a method signature as a model writes them. Out: a Python function of FEEL values, or None. There
is no Java here and no way to reach one: this is a closed table of functions of `java.lang.Math`, of the number classes,
of `Boolean` and `String` that depend on nothing but their arguments, with Java's ranges and roundings. Everything else
stays undefined.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from amtsweg.dsl.feel.numbers import CONTEXT, number_text

Value = Any
Foreign = Callable[..., Value]


class NoMatch(ValueError):
    """The arguments are not those of the signature, or Java would throw."""


WHOLE = {"byte": 8, "short": 16, "int": 32, "long": 64}
BOXES = {"Byte": "byte", "Short": "short", "Integer": "int", "Long": "long", "Float": "float", "Double": "double"}

ONE_DOUBLE: dict[str, Callable[[float], float]] = {
    "acos": math.acos,
    "asin": math.asin,
    "atan": math.atan,
    "cbrt": math.cbrt,
    "ceil": lambda x: float(math.ceil(x)),
    "cos": math.cos,
    "cosh": math.cosh,
    "exp": math.exp,
    "floor": lambda x: float(math.floor(x)),
    "log": math.log,
    "log10": math.log10,
    "rint": lambda x: float(round(x)),
    "signum": lambda x: math.copysign(1.0, x) if x else 0.0,
    "sin": math.sin,
    "sinh": math.sinh,
    "sqrt": math.sqrt,
    "tan": math.tan,
    "tanh": math.tanh,
    "toDegrees": math.degrees,
    "toRadians": math.radians,
}
TWO_DOUBLES: dict[str, Callable[[float, float], float]] = {"atan2": math.atan2, "hypot": math.hypot, "pow": math.pow}
SAME_KIND: dict[str, Callable[..., Any]] = {"abs": abs, "max": max, "min": min}

_SIGNATURE = re.compile(r"\s*(\w+)\s*\(([^()]*)\)\s*")


def find(class_name: str, signature: str) -> tuple[int, Foreign] | None:
    """The number of parameters and the function, or None where the table has none.

    Parameters
    ----------
    class_name: `java.lang.Math`, ...
    signature: `max(double, double)`, `valueOf(java.lang.String)`, `format(java.lang.String, [Ljava.lang.Object;)`.

    The function raises `NoMatch` for arguments that Java would not take or would throw at.
    """
    found = _SIGNATURE.fullmatch(signature)
    package, _, name = class_name.strip().rpartition(".")
    if found is None or package != "java.lang":
        return None
    kinds = tuple(_kind(part) for part in found[2].split(",")) if found[2].strip() else ()
    method = found[1]
    if name == "Math":
        plain = _math(method, kinds)
    elif name in BOXES:
        plain = _number_class(BOXES[name], method, kinds)
    elif name in ("String", "Boolean"):
        plain = _text_class(name, method, kinds)
    else:
        plain = None
    if plain is None:
        return None
    run = plain
    single = name == "Float" or "float" in kinds

    def call(*arguments: Value) -> Value:
        try:
            given = [_to_java(value, kind) for value, kind in zip(arguments, kinds, strict=True)]
            return _from_java(run(*given), single)
        except (ArithmeticError, ValueError, TypeError) as problem:
            raise NoMatch(str(problem)) from problem

    return len(kinds), call


def _kind(text: str) -> str:
    """A parameter's type without its package."""
    return text.strip().removeprefix("java.lang.").replace("[Ljava.lang.Object;", "Object[]")


def _math(method: str, kinds: tuple[str, ...]) -> Foreign | None:
    if method in ONE_DOUBLE and kinds == ("double",):
        return ONE_DOUBLE[method]
    if method in TWO_DOUBLES and kinds == ("double", "double"):
        return TWO_DOUBLES[method]
    if method == "round" and kinds in (("double",), ("float",)):
        return lambda x: math.floor(x + 0.5)
    number = ("int", "long", "float", "double")
    if method in SAME_KIND and kinds and set(kinds) <= {kinds[0]} and kinds[0] in number:
        return SAME_KIND[method] if len(kinds) == (1 if method == "abs" else 2) else None
    return None


def _number_class(kind: str, method: str, kinds: tuple[str, ...]) -> Foreign | None:
    parse = f"parse{kind.capitalize()}"
    if method in ("valueOf", parse) and kinds == ("String",):
        return lambda text: _parsed(text, kind)
    if method == "valueOf" and kinds == (kind,):
        return lambda value: value
    if method == "toString" and kinds == (kind,):
        return _shown
    return None


def _parsed(text: str, kind: str) -> Any:
    if kind in WHOLE:
        if not re.fullmatch(r"[+-]?\d+", text):
            raise NoMatch(text)
        return _whole(Decimal(text), kind)
    if not re.fullmatch(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[fFdD]?\s*", text):
        raise NoMatch(text)
    return _floating(float(text.strip().rstrip("fFdD")), kind)


def _text_class(name: str, method: str, kinds: tuple[str, ...]) -> Foreign | None:
    if name == "Boolean":
        if method in ("valueOf", "parseBoolean") and kinds == ("String",):
            return lambda text: text.lower() == "true"
        return (lambda value: value) if method == "valueOf" and kinds == ("boolean",) else None
    if method == "valueOf" and len(kinds) == 1 and kinds[0] in (*WHOLE, "float", "double", "char", "boolean", "Object"):
        return _shown
    if method == "format" and kinds == ("String", "Object[]"):
        return _formatted
    return None


def _to_java(value: Value, kind: str) -> Any:
    if kind in WHOLE and isinstance(value, Decimal):
        return _whole(value, kind)
    if kind in ("float", "double") and isinstance(value, Decimal):
        return _floating(float(value), kind)
    if kind == "boolean" and isinstance(value, bool):
        return value
    if kind == "char" and isinstance(value, str) and len(value) == 1:
        return value
    if kind == "String" and isinstance(value, str):
        return value
    if kind == "Object" and value is not None:
        return value
    if kind == "Object[]":
        return value if isinstance(value, list) else [value]
    raise NoMatch(f"{kind}: {value}")


def _whole(value: Decimal, kind: str) -> int:
    bits = WHOLE[kind]
    if value != value.to_integral_value() or not -(2 ** (bits - 1)) <= value < 2 ** (bits - 1):
        raise NoMatch(f"{kind}: {value}")
    return int(value)


def _floating(value: float, kind: str) -> float:
    return _single(value) if kind == "float" else value


def _single(value: float) -> float:
    """The nearest number of 32 bits."""
    found: float = struct.unpack("f", struct.pack("f", value))[0]
    return found


def _from_java(value: Any, single: bool) -> Value:
    if isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return Decimal(value)
    if math.isnan(value) or math.isinf(value):
        raise NoMatch(str(value))
    if single:
        # As Float.toString: the fewest digits that name this number of 32 bits.
        return next(Decimal(text) for p in range(1, 18) if _single(float(text := f"{value:.{p}g}")) == _single(value))
    return CONTEXT.create_decimal(repr(value))


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value)
    return number_text(value) if isinstance(value, Decimal) else str(value)


_DIRECTIVE = re.compile(r"%(?:%|n|([-+ 0,(]*)(\d{1,3})?(?:\.(\d{1,2}))?([sSdfbe]))")


def _formatted(template: str, arguments: Sequence[Value]) -> str:
    """`String.format` for `%s %S %d %f %b %e %% %n` with flags, width and precision; Java throws at all else."""
    if re.search(r"%", _DIRECTIVE.sub("", template)):
        raise NoMatch(template)
    left = list(arguments)

    def put(found: re.Match[str]) -> str:
        if found[0] in ("%%", "%n"):
            return "%" if found[0] == "%%" else "\n"
        if not left:
            raise NoMatch(template)
        text = _directive(left.pop(0), found[4], found[1], found[3])
        width = int(found[2] or 0)
        if "0" in found[1] and found[4] in "df":
            sign, digits = (text[0], text[1:]) if text[:1] in ("-", "+") else ("", text)
            return sign + digits.rjust(width - len(sign), "0")
        return text.ljust(width) if "-" in found[1] else text.rjust(width)

    return _DIRECTIVE.sub(put, template)


def _directive(value: Value, letter: str, flags: str, precision: str | None) -> str:
    if letter in "sSb":
        text = "null" if value is None else _shown(value)
        if letter == "b":
            text = "true" if value is not None and value is not False else "false"
        text = text[: int(precision)] if precision else text
        return text.upper() if letter == "S" else text
    if not isinstance(value, Decimal):
        raise NoMatch(str(value))
    group = "," if "," in flags else ""
    sign = "+" if "+" in flags else " " if " " in flags else ""
    if letter == "d":
        return format(_whole(value, "long"), f"{sign}{group}d")
    return format(value, f"{sign}{group}.{precision or 6}{letter}")

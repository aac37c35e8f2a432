"""Values as FEEL's `string()` writes them (DMN 1.5, 10.3.4.1 and 10.3.2.3)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from amtsweg.dsl.feel.numbers import number_text
from amtsweg.dsl.feel.ranges import Range
from amtsweg.dsl.feel.values import Function


def to_string(value: Any) -> str | None:
    """The text of a value; null has none. Texts inside lists and contexts are quoted."""
    if value is None:
        return None
    if isinstance(value, str):
        return value
    return _inside(value)


def _inside(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, list):
        return "[" + ", ".join(_inside(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)}: {_inside(item)}" for key, item in value.items()) + "}"
    if isinstance(value, Range):
        return _range(value)
    if isinstance(value, Function):
        return f"function({', '.join(value.params)})"
    return str(value)


def _key(key: str) -> str:
    plain = key.replace(" ", "").replace("_", "")
    return key if plain.isalnum() and not key[:1].isdigit() else _inside(key)


def _range(value: Range) -> str:
    if value.test and value.low is not None and value.high is not None:
        return f"{'=' if value.low_closed else '!='} {_inside(value.low)}"
    if value.low is None and value.high is not None:
        return f"{'<=' if value.high_closed else '<'} {_inside(value.high)}"
    if value.high is None and value.low is not None:
        return f"{'>=' if value.low_closed else '>'} {_inside(value.low)}"
    left, right = ("[" if value.low_closed else "("), ("]" if value.high_closed else ")")
    return f"{left}{_inside(value.low)}..{_inside(value.high)}{right}"

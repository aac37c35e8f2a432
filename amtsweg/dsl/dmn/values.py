"""Values between models, test files and people.

In: texts typed by XML Schema names, inputs as people type them. Out: values of the expression language; and their
texts, written as FEEL writes literals, for reports.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from amtsweg.dsl.feel import parser, temporal, tree
from amtsweg.dsl.feel.compiler import compile_tree
from amtsweg.dsl.feel.env import Env
from amtsweg.dsl.feel.numbers import CONTEXT, number_text
from amtsweg.dsl.feel.ranges import Range
from amtsweg.dsl.feel.values import Function
from amtsweg.errors import ExpressionError, NotFound

Value = Any

XSD_NAMES = {
    "number": "decimal",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    "date and time": "dateTime",
    "days and time duration": "duration",
    "years and months duration": "duration",
}
"""How a text is read whose declared type is one of FEEL's, and that says nothing of itself."""

NUMBER_KINDS = frozenset({"decimal", "double", "float", "integer", "int", "long", "short", "byte", "number"})


def from_xsd(kind: str, text: str) -> Value:
    """The value of a text of the XML Schema type `kind` (local name); texts of unknown types stay texts.

    Raises ValueError where the text is none of that type.
    """
    if kind in NUMBER_KINDS:
        try:
            return CONTEXT.create_decimal(text.strip())
        except InvalidOperation as problem:
            raise ValueError(text) from problem
    if kind == "boolean":
        if text.strip() not in ("true", "false", "0", "1"):
            raise ValueError(text)
        return text.strip() in ("true", "1")
    readers: dict[str, Callable[[str], Value]] = {
        "date": temporal.parse_date,
        "time": temporal.parse_time,
        "dateTime": temporal.parse_date_time,
        "duration": temporal.parse_duration,
        "dayTimeDuration": temporal.parse_duration,
        "yearMonthDuration": temporal.parse_duration,
    }
    reader = readers.get(kind)
    return reader(text.strip()) if reader is not None else text


def show(value: Value) -> str:
    """A value as FEEL writes it: `"text"`, `[1, 2]`, `{name: "Ada"}`, `@"2026-02-01"`."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{escaped}"'
    if isinstance(value, list):
        return f"[{', '.join(show(one) for one in value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {show(one)}" for name, one in value.items()) + "}"
    if isinstance(value, Range):
        left, right = "[" if value.low_closed else "(", "]" if value.high_closed else ")"
        return f"{left}{show(value.low)}..{show(value.high)}{right}"
    if isinstance(value, Function):
        return f"function {value.name}({', '.join(value.params)})"
    return f'@"{value}"'


def clock() -> Env:
    """The computer's clock in UTC, for models that ask `now()` or `today()` from the command line."""
    now = temporal.from_datetime(dt.datetime.now(dt.UTC))
    return Env(now=now, today=now.date)


def read_inputs(texts: Iterable[str]) -> dict[str, Value]:
    """Inputs as people type them: `name=value`, a JSON object, or a file that holds one.

    A value is read as FEEL where that can be done without a scope (`12`, `true`, `@"2026-02-01"`, `[1, 2]`,
    `{age: 12}`); everything else is a text. Raises `NotFound` for what is none of the three.
    """
    found: dict[str, Value] = {}
    for text in texts:
        name, mark, value = text.partition("=")
        if text.lstrip().startswith("{"):
            found |= _from_json(text)
        elif mark and name.strip():
            found[name.strip()] = _typed(value.strip())
        elif Path(text).is_file():
            found |= _from_json(Path(text).read_text("utf-8"))
        else:
            raise NotFound(f"`{text}` is no input.", "Write NAME=VALUE, a JSON object, or the name of a JSON file.")
    return found


def _from_json(text: str) -> dict[str, Value]:
    try:
        data = json.loads(text, parse_float=Decimal, parse_int=Decimal)
    except json.JSONDecodeError as problem:
        raise NotFound(f"This is no JSON ({problem.msg}, line {problem.lineno}).", "Check the brackets.") from problem
    if not isinstance(data, dict):
        raise NotFound("Inputs are a JSON object.", 'For example {"age": 12}.')
    return {name: _lifted(value) for name, value in data.items()}


def _lifted(value: Any) -> Value:
    """JSON has no dates: `@2026-02-01` as a text stands for one, as `@"2026-02-01"` does in FEEL."""
    if isinstance(value, str) and value.startswith("@"):
        try:
            return temporal.parse_literal(value[1:])
        except temporal.TemporalError:
            return value
    if isinstance(value, list):
        return [_lifted(one) for one in value]
    if isinstance(value, dict):
        return {name: _lifted(one) for name, one in value.items()}
    return value


def _typed(text: str) -> Value:
    try:
        node = parser.parse(text)
    except ExpressionError:
        return text
    if tree.free_names(node):
        return text
    return compile_tree(node, "spec")({}, None)


def to_json(value: Value) -> Any:
    """A value as JSON: numbers as numbers where JSON keeps them exactly, everything else of FEEL's own as its text."""
    if isinstance(value, Decimal):
        whole = value == value.to_integral_value()
        if whole and abs(value) < 2**53:
            return int(value)
        return float(value) if Decimal(repr(float(value))) == value else number_text(value)
    if isinstance(value, list):
        return [to_json(one) for one in value]
    if isinstance(value, dict):
        return {name: to_json(one) for name, one in value.items()}
    if value is None or isinstance(value, str | bool):
        return value
    return show(value) if isinstance(value, Range | Function) else str(value)

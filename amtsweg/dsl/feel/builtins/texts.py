"""Built-ins on texts (DMN 1.5, 10.3.4.3)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from amtsweg.dsl.feel import regex
from amtsweg.dsl.feel.builtins.registry import Builtin, Call, Param, Signature
from amtsweg.dsl.feel.writing import to_string

Value = Any
TEXT = Param("string", "string")


def _substring(call: Call, text: str, start: Decimal, length: Decimal | None) -> Value:
    first = int(start)
    count = None if length is None else int(length)
    if first == 0 or (count is not None and count < 1) or abs(first) > len(text):
        return call.ops.fail("substring", start=start, length=length)
    begin = first - 1 if first > 0 else len(text) + first
    return text[begin:] if count is None else text[begin : begin + count]


def _matches(call: Call, text: str, pattern: str, flags: str | None) -> Value:
    try:
        return regex.translate(pattern, flags or "").search(text) is not None
    except regex.PatternError:
        return call.ops.fail("pattern", pattern=pattern)


def _replace(call: Call, text: str, pattern: str, new: str, flags: str | None) -> Value:
    try:
        return regex.translate(pattern, flags or "").replace(text, new, literal="q" in (flags or ""))
    except regex.PatternError:
        return call.ops.fail("pattern", pattern=pattern)


def _split(call: Call, text: str, pattern: str) -> Value:
    try:
        return regex.translate(pattern).split(text)
    except regex.PatternError:
        return call.ops.fail("pattern", pattern=pattern)


def _join(call: Call, items: list[Value], delimiter: str | None) -> Value:
    kept = []
    for item in items:
        if item is None:
            continue
        if not isinstance(item, str):
            return call.ops.fail("string_join", value=item)
        kept.append(item)
    return (delimiter or "").join(kept)


def _before(call: Call, text: str, match: str) -> Value:
    return text[: text.index(match)] if match and match in text else ""


def _after(call: Call, text: str, match: str) -> Value:
    return text[text.index(match) + len(match) :] if match in text else ""


def _string(call: Call, value: Value) -> Value:
    return to_string(value)


LIST_OF_TEXTS = Param("list", "list")
BUILTINS = (
    Builtin("string", (Signature((Param("from", null=True),), "string"),), _string),
    Builtin(
        "substring",
        (Signature((TEXT, Param("start position", "number"), Param("length", "number", optional=True)), "string"),),
        _substring,
    ),
    Builtin("string length", (Signature((TEXT,), "number"),), lambda call, text: Decimal(len(text))),
    Builtin("upper case", (Signature((TEXT,), "string"),), lambda call, text: text.upper()),
    Builtin("lower case", (Signature((TEXT,), "string"),), lambda call, text: text.lower()),
    Builtin("substring before", (Signature((TEXT, Param("match", "string")), "string"),), _before),
    Builtin("substring after", (Signature((TEXT, Param("match", "string")), "string"),), _after),
    Builtin("contains", (Signature((TEXT, Param("match", "string")), "boolean"),), lambda call, t, m: m in t),
    Builtin(
        "starts with", (Signature((TEXT, Param("match", "string")), "boolean"),), lambda call, t, m: t.startswith(m)
    ),
    Builtin("ends with", (Signature((TEXT, Param("match", "string")), "boolean"),), lambda call, t, m: t.endswith(m)),
    Builtin(
        "matches",
        (
            Signature(
                (Param("input", "string"), Param("pattern", "string"), Param("flags", "string", True, True)), "boolean"
            ),
        ),
        _matches,
    ),
    Builtin(
        "replace",
        (
            Signature(
                (
                    Param("input", "string"),
                    Param("pattern", "string"),
                    Param("replacement", "string"),
                    Param("flags", "string", True, True),
                ),
                "string",
            ),
        ),
        _replace,
    ),
    Builtin("split", (Signature((TEXT, Param("delimiter", "string")), "list<string>"),), _split),
    Builtin(
        "string join",
        (
            Signature(
                (
                    LIST_OF_TEXTS,
                    Param("delimiter", "string", True, True),
                ),
                "string",
            ),
        ),
        _join,
    ),
)

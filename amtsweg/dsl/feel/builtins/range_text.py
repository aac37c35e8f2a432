"""`range("[1..10]")`: a range from its text; the ends are literals (DMN 1.5, 10.3.4.1)."""

from __future__ import annotations

import re
from typing import Any

from amtsweg.dsl.feel import temporal as tm
from amtsweg.dsl.feel.builtins.registry import Call
from amtsweg.dsl.feel.numbers import ARITHMETIC_ERRORS, CONTEXT
from amtsweg.dsl.feel.ranges import Range

_FORM = re.compile(r"\s*([\[(\]])(.*?)\.\.(.*?)([\])\[])\s*", re.S)
_CALL = re.compile(r'(?:date and time|date|time|duration|years and months duration)\s*\(\s*"([^"]*)"\s*\)|@"([^"]*)"')


def parse_range(call: Call, text: str) -> Any:
    """The range, or an undefined value if the text is none."""
    found = _FORM.fullmatch(text)
    if found is None:
        return call.ops.fail("range_text", text=text)
    try:
        low, high = _end(found[2]), _end(found[3])
    except (tm.TemporalError, ValueError, *ARITHMETIC_ERRORS):
        return call.ops.fail("range_text", text=text)
    low_closed, high_closed = found[1] == "[", found[4] == "]"
    if low is None and high is None:
        return call.ops.fail("range_text", text=text)
    if (low is None and low_closed) or (high is None and high_closed):
        return call.ops.fail("range_text", text=text)
    if low is not None and high is not None:
        if type(low) is not type(high):
            return call.ops.fail("range_text", text=text)
        order = call.ops.order(low, high)
        if order is None or order > 0:
            return call.ops.fail("range_order", low=low, high=high)
    return Range(low, high, low_closed, high_closed)


def _end(text: str) -> Any:
    plain = text.strip()
    if not plain:
        return None
    quoted = re.fullmatch(r'"((?:[^"\\]|\\.)*)"', plain)
    if quoted is not None:
        return quoted[1]
    literal = _CALL.fullmatch(plain)
    if literal is not None:
        return tm.parse_literal(literal[1] if literal[1] is not None else literal[2])
    if re.fullmatch(r"-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?", plain):
        return CONTEXT.create_decimal(plain)
    raise ValueError(text)

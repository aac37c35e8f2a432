"""Built-ins on ranges (DMN 1.5, 10.3.4.9, Allen's relations), on contexts (10.3.4.8), and `is` (10.3.4.10)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from amtsweg.dsl.feel.builtins.registry import Builtin, Call, Param, Signature
from amtsweg.dsl.feel.ranges import Range
from amtsweg.dsl.feel.temporal import DateTime, Time

Value = Any


def _as_range(value: Value) -> Range:
    return value if isinstance(value, Range) else Range(value, value)


def _relation(
    test: Callable[[Call, Range, Range], bool | None], points: tuple[bool, bool] = (True, True)
) -> Callable[..., Value]:
    """A relation of two ranges; `points` says whether the first, the second may be a single value."""

    def run(call: Call, a: Value, b: Value) -> Value:
        for value, allowed in ((a, points[0]), (b, points[1])):
            if not isinstance(value, Range) and (not allowed or isinstance(value, list | dict)):
                return call.ops.fail("range_expected", value=value)
        first, second = _as_range(a), _as_range(b)
        for end in (first.low, first.high, second.low, second.high):
            if end is None:
                return call.ops.fail("range_open")
        return test(call, first, second)

    return run


def _before(call: Call, a: Range, b: Range) -> bool | None:
    found = call.ops.order(a.high, b.low)
    return None if found is None else found < 0 or (found == 0 and not (a.high_closed and b.low_closed))


def _meets(call: Call, a: Range, b: Range) -> bool | None:
    found = call.ops.order(a.high, b.low)
    return None if found is None else found == 0 and a.high_closed and b.low_closed


def _overlaps(call: Call, a: Range, b: Range) -> bool | None:
    one, two = _before(call, a, b), _before(call, b, a)
    return None if one is None or two is None else not one and not two


def _lower(call: Call, a: Range, b: Range) -> int | None:
    """Which range begins first: -1, 0, 1."""
    found = call.ops.order(a.low, b.low)
    return found if found else (None if found is None else (b.low_closed - a.low_closed))


def _upper(call: Call, a: Range, b: Range) -> int | None:
    """Which range ends first: -1, 0, 1."""
    found = call.ops.order(a.high, b.high)
    return found if found else (None if found is None else (a.high_closed - b.high_closed))


def _overlaps_before(call: Call, a: Range, b: Range) -> bool | None:
    low, high, together = _lower(call, a, b), _upper(call, a, b), _overlaps(call, a, b)
    return None if low is None or high is None or together is None else together and low < 0 and high <= 0


def _overlaps_after(call: Call, a: Range, b: Range) -> bool | None:
    low, high, together = _lower(call, a, b), _upper(call, a, b), _overlaps(call, a, b)
    return None if low is None or high is None or together is None else together and low > 0 and high >= 0


def _finishes(call: Call, a: Range, b: Range) -> bool | None:
    low, high = _lower(call, a, b), _upper(call, a, b)
    return None if low is None or high is None else high == 0 and low >= 0


def _starts(call: Call, a: Range, b: Range) -> bool | None:
    low, high = _lower(call, a, b), _upper(call, a, b)
    return None if low is None or high is None else low == 0 and high <= 0


def _includes(call: Call, a: Range, b: Range) -> bool | None:
    low, high = _lower(call, a, b), _upper(call, a, b)
    return None if low is None or high is None else low <= 0 and high >= 0


def _coincides(call: Call, a: Range, b: Range) -> bool | None:
    low, high = _lower(call, a, b), _upper(call, a, b)
    return None if low is None or high is None else low == 0 and high == 0


def _flip(test: Callable[[Call, Range, Range], bool | None]) -> Callable[[Call, Range, Range], bool | None]:
    return lambda call, a, b: test(call, b, a)


def _two(*names: tuple[str, str]) -> tuple[Signature, ...]:
    return tuple(Signature((Param(a), Param(b)), "boolean") for a, b in names)


PAIRS = (("point1", "point2"), ("point", "range"), ("range", "point"), ("range1", "range2"))


def _get_value(call: Call, context: dict[str, Value], key: Value) -> Value:
    if isinstance(key, list):
        at: Value = context
        for part in key:
            if not isinstance(at, dict) or part not in at:
                return call.ops.fail("no_entry", name=part)
            at = at[part]
        return at
    return context[key] if key in context else call.ops.fail("no_entry", name=key)


def _entries(call: Call, context: dict[str, Value]) -> Value:
    return [{"key": key, "value": value} for key, value in context.items()]


def _context(call: Call, entries: list[Value]) -> Value:
    out: dict[str, Value] = {}
    for entry in entries:
        if not isinstance(entry, dict) or "key" not in entry or "value" not in entry:
            return call.ops.fail("context_entry", value=entry)
        key = entry["key"]
        if not isinstance(key, str) or key in out:
            return call.ops.fail("context_key", value=key)
        out[key] = entry["value"]
    return out


def _put(call: Call, context: dict[str, Value], key: Value, value: Value) -> Value:
    if isinstance(key, str):
        return {**context, key: value}
    if not isinstance(key, list) or not key or not all(isinstance(part, str) for part in key):
        return call.ops.fail("context_key", value=key)
    if len(key) == 1:
        return {**context, key[0]: value}
    inner = context.get(key[0], {})
    if not isinstance(inner, dict):
        return call.ops.fail("context_key", value=key)
    changed = _put(call, inner, key[1:], value)
    return None if changed is None else {**context, key[0]: changed}


def _merge(call: Call, contexts: list[Value]) -> Value:
    out: dict[str, Value] = {}
    for context in contexts:
        if not isinstance(context, dict):
            return call.ops.fail("context_expected", value=context)
        out |= context
    return out


def _is(call: Call, a: Value, b: Value) -> Value:
    """The very same value of the very same kind: zones and offsets included."""
    if type(a) is not type(b):
        return False
    if isinstance(a, DateTime | Time):
        first, second = (a.time, b.time) if isinstance(a, DateTime) else (a, b)
        if (first.zone, first.offset) != (second.zone, second.offset):
            return False
    return call.ops.eq(a, b)


def _range_of(call: Call, text: str) -> Value:
    from amtsweg.dsl.feel.builtins.range_text import parse_range

    return parse_range(call, text)


KEY = Param("key", "string")
KEYS = Param("keys", "list<string>")
CONTEXT = Param("context", "context")
BUILTINS = (
    Builtin("before", _two(*PAIRS), _relation(_before)),
    Builtin("after", _two(*PAIRS), _relation(_flip(_before))),
    Builtin("meets", _two(("range1", "range2")), _relation(_meets, (False, False))),
    Builtin("met by", _two(("range1", "range2")), _relation(_flip(_meets), (False, False))),
    Builtin("overlaps", _two(("range1", "range2")), _relation(_overlaps, (False, False))),
    Builtin("overlaps before", _two(("range1", "range2")), _relation(_overlaps_before, (False, False))),
    Builtin("overlaps after", _two(("range1", "range2")), _relation(_overlaps_after, (False, False))),
    Builtin("finishes", _two(("point", "range"), ("range1", "range2")), _relation(_finishes, (True, False))),
    Builtin("finished by", _two(("range", "point"), ("range1", "range2")), _relation(_flip(_finishes), (False, True))),
    Builtin("includes", _two(("range", "point"), ("range1", "range2")), _relation(_includes, (False, True))),
    Builtin("during", _two(("point", "range"), ("range1", "range2")), _relation(_flip(_includes), (True, False))),
    Builtin("starts", _two(("point", "range"), ("range1", "range2")), _relation(_starts, (True, False))),
    Builtin("started by", _two(("range", "point"), ("range1", "range2")), _relation(_flip(_starts), (False, True))),
    Builtin("coincides", _two(("point1", "point2"), ("range1", "range2")), _relation(_coincides)),
    Builtin(
        "get value",
        (Signature((Param("m", "context"), KEY), "Any"), Signature((Param("m", "context"), KEYS), "Any")),
        _get_value,
    ),
    Builtin("get entries", (Signature((Param("m", "context"),), "list"),), _entries),
    Builtin("context", (Signature((Param("entries", "list"),), "context"),), _context),
    Builtin(
        "context put",
        (
            Signature((CONTEXT, KEY, Param("value", "Any", null=True)), "context"),
            Signature((CONTEXT, KEYS, Param("value", "Any", null=True)), "context"),
        ),
        _put,
    ),
    Builtin("context merge", (Signature((Param("contexts", "list"),), "context"),), _merge),
    Builtin(
        "is",
        (
            Signature((Param("value1", "Any", null=True), Param("value2", "Any", null=True)), "boolean"),
            Signature((Param("value1", "Any", null=True), Param("value2", "Any", True, True)), "boolean"),
            Signature((Param("value1", "Any", True, True), Param("value2", "Any", null=True)), "boolean"),
        ),
        _is,
    ),
    Builtin("range", (Signature((Param("from", "string"),), "range"),), _range_of),
)

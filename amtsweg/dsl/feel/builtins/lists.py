"""Built-ins on lists (DMN 1.5, 10.3.4.4), sorting (10.3.4.11), and logic (10.3.4.2)."""

from __future__ import annotations

from decimal import Decimal, localcontext
from functools import cmp_to_key
from typing import Any

from amtsweg.dsl.feel.builtins.registry import Builtin, Call, Param, Signature
from amtsweg.dsl.feel.numbers import ARITHMETIC_ERRORS, CONTEXT, ZERO
from amtsweg.dsl.feel.operators import FeelError
from amtsweg.dsl.feel.values import Function, Money

Value = Any
LIST = Param("list", "list")
MANY = Param("c", "Any", null=True)


def _many(result: str) -> tuple[Signature, ...]:
    """`f(list)` and `f(a, b, …)`."""
    return (Signature((LIST,), result), Signature((MANY,), result, variadic=True))


def _contains(call: Call, items: list[Value], element: Value) -> Value:
    return any(same(call, item, element) for item in items)


def same(call: Call, a: Value, b: Value) -> bool:
    """Equality among elements: what cannot be compared is not equal."""
    if a is None or b is None:
        return a is b
    if type(a) is not type(b):
        return False
    try:
        return call.ops.eq(a, b) is True
    except FeelError:
        return False


def _extreme(sign: int) -> Any:
    def run(call: Call, items: list[Value]) -> Value:
        best: Value = None
        for item in items:
            if item is None:
                return None
            if best is None:
                best = item
                if call.ops.order(item, item) is None:
                    return None
                continue
            found = call.ops.order(item, best)
            if found is None:
                return None
            if found * sign > 0:
                best = item
        return best

    return run


def total(call: Call, items: list[Value]) -> Value:
    """The sum; an empty list has none (null), as the standard says; amounts add up as amounts."""
    if not items:
        return None
    result = items[0]
    if not isinstance(result, Decimal | Money) and result is not None:
        from amtsweg.dsl.feel.temporal import DaysDuration, MonthsDuration

        if not isinstance(result, DaysDuration | MonthsDuration):
            return call.ops.fail("sum", value=result)
    for item in items[1:]:
        result = call.ops.add(result, item)
    if any(item is None for item in items):
        return None
    return result


def _mean(call: Call, items: list[Value]) -> Value:
    if not items:
        return call.ops.fail("empty_list")
    found = total(call, items)
    return None if found is None else call.ops.div(found, Decimal(len(items)))


def _all(call: Call, items: list[Value]) -> Value:
    result: bool | None = True
    for item in items:
        if item is False:
            return False
        if item is not True:
            if item is not None:
                call.ops.fail("not_boolean", value=item)
            result = None
    return result


def _any(call: Call, items: list[Value]) -> Value:
    result: bool | None = False
    for item in items:
        if item is True:
            return True
        if item is not False:
            if item is not None:
                call.ops.fail("not_boolean", value=item)
            result = None
    return result


def _sublist(call: Call, items: list[Value], start: Decimal, length: Decimal | None) -> Value:
    first = int(start)
    count = None if length is None else int(length)
    if first == 0 or abs(first) > len(items) or (count is not None and count < 0):
        return call.ops.fail("sublist", start=start)
    begin = first - 1 if first > 0 else len(items) + first
    if count is not None and begin + count > len(items):
        return call.ops.fail("sublist", start=start, length=length)
    return items[begin:] if count is None else items[begin : begin + count]


def _append(call: Call, items: list[Value], added: list[Value]) -> Value:
    return [*items, *added]


def _concatenate(call: Call, parts: list[Value]) -> Value:
    out: list[Value] = []
    for part in parts:
        out += part if type(part) is list else [part]
    return out


def _insert(call: Call, items: list[Value], position: Decimal, new: Value) -> Value:
    at = _position(call, items, position)
    return at if at is None else [*items[:at], new, *items[at:]]


def _remove(call: Call, items: list[Value], position: Decimal) -> Value:
    at = _position(call, items, position)
    return at if at is None else [*items[:at], *items[at + 1 :]]


def _position(call: Call, items: list[Value], position: Decimal) -> int | None:
    number = int(position)
    if number == 0 or abs(number) > len(items):
        call.ops.fail("index", index=position)
        return None
    return number - 1 if number > 0 else len(items) + number


def _replace(call: Call, items: list[Value], where: Value, new: Value) -> Value:
    if isinstance(where, Function):
        if len(where.params) != 2:
            return call.ops.fail("arguments", name="match", given=len(where.params))
        out = []
        for item in items:
            found = call.ops.call(where, (item, new))
            if type(found) is not bool:
                return call.ops.fail("not_boolean", value=found)
            out.append(new if found else item)
        return out
    at = _position(call, items, where)
    return at if at is None else [*items[:at], new, *items[at + 1 :]]


def _reverse(call: Call, items: list[Value]) -> Value:
    return items[::-1]


def _index_of(call: Call, items: list[Value], match: Value) -> Value:
    return [Decimal(i) for i, item in enumerate(items, 1) if same(call, item, match)]


def distinct(call: Call, items: list[Value]) -> list[Value]:
    """The elements without repetitions, first ones kept."""
    out: list[Value] = []
    seen: set[tuple[type, Any]] = set()
    for item in items:
        if isinstance(item, str | Decimal | bool):
            key = (type(item), item)
            if key in seen:
                continue
            seen.add(key)
            out.append(item)
        elif not any(same(call, item, other) for other in out):
            out.append(item)
    return out


def _union(call: Call, lists: list[Value]) -> Value:
    return distinct(call, _concatenate(call, lists))


def _flatten(call: Call, items: list[Value]) -> Value:
    out: list[Value] = []
    todo = list(reversed(items))
    while todo:
        item = todo.pop()
        if type(item) is list:
            todo += reversed(item)
        else:
            out.append(item)
    return out


def _numbers(call: Call, items: list[Value]) -> list[Decimal] | None:
    for item in items:
        if not isinstance(item, Decimal):
            call.ops.fail("number_list", value=item)
            return None
    return items


def _product(call: Call, items: list[Value]) -> Value:
    if not items:
        return call.ops.fail("empty_list")
    found = _numbers(call, items)
    if found is None:
        return None
    result = Decimal(1)
    try:
        for item in found:
            result = CONTEXT.multiply(result, item)
    except ARITHMETIC_ERRORS:
        return call.ops.fail("overflow")
    return result


def _median(call: Call, items: list[Value]) -> Value:
    found = _numbers(call, items)
    if not found:
        return None
    ordered = sorted(found)
    half = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[half]
    return CONTEXT.divide(CONTEXT.add(ordered[half - 1], ordered[half]), Decimal(2))


def _stddev(call: Call, items: list[Value]) -> Value:
    found = _numbers(call, items)
    if found is None:
        return None
    if len(found) < 2:
        return call.ops.fail("stddev", count=len(found))
    try:
        with localcontext(CONTEXT):
            mean = sum(found, ZERO) / len(found)
            squares = sum(((item - mean) ** 2 for item in found), ZERO)
            return (squares / (len(found) - 1)).sqrt()
    except ARITHMETIC_ERRORS:
        return call.ops.fail("overflow")


def _mode(call: Call, items: list[Value]) -> Value:
    found = _numbers(call, items)
    if found is None:
        return None
    counts: dict[Decimal, int] = {}
    for item in found:
        counts[item] = counts.get(item, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(item for item, count in counts.items() if count == most)


def _sort(call: Call, items: list[Value], precedes: Function | None) -> Value:
    if precedes is not None and len(precedes.params) != 2:
        return call.ops.fail("arguments", name="precedes", given=len(precedes.params))

    def compare(a: Value, b: Value) -> int:
        if precedes is None:
            found = call.ops.order(a, b)
            if found is None:
                raise FeelError("incomparable", left=a, right=b)
            return found
        if call.ops.call(precedes, (a, b)) is True:
            return -1
        return 1 if call.ops.call(precedes, (b, a)) is True else 0

    try:
        return sorted(items, key=cmp_to_key(compare))
    except FeelError as error:
        return call.ops.fail(error.code, **error.args_given)


def _not(call: Call, value: Value) -> Value:
    return call.ops.not_(value)


NUMBERS = _many("number")
BUILTINS = (
    Builtin("not", (Signature((Param("negand", "Any", null=True),), "boolean"),), _not),
    Builtin("list contains", (Signature((LIST, Param("element", "Any", null=True)), "boolean"),), _contains),
    Builtin("count", _many("number"), lambda call, items: Decimal(len(items))),
    Builtin("min", _many("Any"), _extreme(-1)),
    Builtin("max", _many("Any"), _extreme(1)),
    Builtin("sum", _many("Any"), total),
    Builtin("mean", _many("Any"), _mean),
    Builtin("all", _many("boolean"), _all),
    Builtin("any", _many("boolean"), _any),
    Builtin(
        "sublist",
        (Signature((LIST, Param("start position", "number"), Param("length", "number", optional=True)), "list"),),
        _sublist,
    ),
    Builtin("append", (Signature((LIST, Param("item", "Any", null=True)), "list", variadic=True),), _append),
    Builtin("concatenate", (Signature((LIST,), "list", variadic=True),), _concatenate),
    Builtin(
        "insert before",
        (Signature((LIST, Param("position", "number"), Param("newItem", "Any", null=True)), "list"),),
        _insert,
    ),
    Builtin("remove", (Signature((LIST, Param("position", "number")), "list"),), _remove),
    Builtin(
        "list replace",
        (
            Signature((LIST, Param("position", "number"), Param("newItem", "Any", null=True)), "list"),
            Signature((LIST, Param("match", "function"), Param("newItem", "Any", null=True)), "list"),
        ),
        _replace,
    ),
    Builtin("reverse", (Signature((LIST,), "list"),), _reverse),
    Builtin("index of", (Signature((LIST, Param("match", "Any", null=True)), "list<number>"),), _index_of),
    Builtin("union", (Signature((LIST,), "list", variadic=True),), _union),
    Builtin("distinct values", (Signature((LIST,), "list"),), distinct),
    Builtin("flatten", (Signature((LIST,), "list"),), _flatten),
    Builtin("product", NUMBERS, _product),
    Builtin("median", NUMBERS, _median),
    Builtin("stddev", NUMBERS, _stddev),
    Builtin("mode", _many("list<number>"), _mode),
    Builtin("sort", (Signature((LIST, Param("precedes", "function", True, True)), "list"),), _sort),
)

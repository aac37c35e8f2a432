"""What the operators of FEEL do to values (DMN 1.5, 10.3.2.3 to 10.3.2.14), in two modes.

`SPEC` gives null wherever the standard says that an operation is undefined. `STRICT` raises `FeelError` exactly there,
and stays quiet where null itself is an operand, because an explicit null is legal. Both are instances of one class that
differ in one method, `fail`, so no flag is tested on the way. Compiled code inlines the common cases (two numbers, two
texts) and comes here for the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from amtsweg.dsl.feel import temporal as tm
from amtsweg.dsl.feel.kinds import PROPERTIES, is_a, kind_name
from amtsweg.dsl.feel.numbers import ARITHMETIC_ERRORS, CONTEXT
from amtsweg.dsl.feel.ranges import Range
from amtsweg.dsl.feel.temporal import Date, DateTime, DaysDuration, MonthsDuration, TemporalError, Time
from amtsweg.dsl.feel.types import Type
from amtsweg.dsl.feel.values import Function, Money, Period
from amtsweg.errors import ExpressionError

Value = Any
MAX_ITEMS = 1_000_000


class FeelError(ExpressionError):
    """An operation is undefined for these values; once `located`, `start` and `end` are the place in the text."""

    start: int
    end: int

    def __init__(self, code: str, **args: Any) -> None:
        self.args_given = args
        said = ", ".join(f"{name}: {show(value)}" for name, value in args.items())
        super().__init__(code, f"This operation is undefined here ({code}{': ' if said else ''}{said}).")
        self.located = False


def show(value: Value) -> str:
    """A value for a message, cut short."""
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."


class Operators:
    """The operators in one mode; `fail` says what an undefined operation gives."""

    mode = "spec"

    def fail(self, code: str, **args: Value) -> Value:
        """Null: the standard's answer to an undefined operation."""
        return None

    # ----------------------------------------------------------------------------------------------------- arithmetic

    def add(self, a: Value, b: Value) -> Value:
        if a is None or b is None:
            return self._of_null(a, b)
        ka, kb = type(a), type(b)
        try:
            if ka is Decimal and kb is Decimal:
                return CONTEXT.add(a, b)
            if ka is str and kb is str:
                return a + b
            if ka is Money and kb is Money and a.currency == b.currency:
                return Money(CONTEXT.add(a.amount, b.amount), a.currency)
            if ka is DaysDuration and kb is DaysDuration:
                return DaysDuration(a.nanos + b.nanos)
            if ka is MonthsDuration and kb is MonthsDuration:
                return MonthsDuration(a.months + b.months)
            if ka in (DaysDuration, MonthsDuration) and kb in (Date, DateTime, Time):
                return self._shift(b, a, 1)
            if kb in (DaysDuration, MonthsDuration) and ka in (Date, DateTime, Time):
                return self._shift(a, b, 1)
            if Period in (ka, kb):
                return self.add(plain_duration(a), plain_duration(b)) if movable(a, b) else self._undefined("+", a, b)
        except (*ARITHMETIC_ERRORS, TemporalError):
            return self.fail("overflow", left=a, right=b)
        return self._undefined("+", a, b)

    def sub(self, a: Value, b: Value) -> Value:
        if a is None or b is None:
            return self._of_null(a, b)
        ka, kb = type(a), type(b)
        try:
            if ka is Decimal and kb is Decimal:
                return CONTEXT.subtract(a, b)
            if ka is Money and kb is Money and a.currency == b.currency:
                return Money(CONTEXT.subtract(a.amount, b.amount), a.currency)
            if ka in (Date, DateTime) and kb in (Date, DateTime):
                left, right = as_moment(a), as_moment(b)
                if left.is_local != right.is_local:
                    return self._undefined("-", a, b)
                return DaysDuration(left.instant - right.instant)
            if ka is Time and kb is Time:
                left_offset, right_offset = a.utc_offset(), b.utc_offset()
                if (left_offset is None) != (right_offset is None):
                    return self._undefined("-", a, b)
                return DaysDuration(a.nanos - b.nanos - ((left_offset or 0) - (right_offset or 0)) * tm.NANOS)
            if ka is DaysDuration and kb is DaysDuration:
                return DaysDuration(a.nanos - b.nanos)
            if ka is MonthsDuration and kb is MonthsDuration:
                return MonthsDuration(a.months - b.months)
            if kb in (DaysDuration, MonthsDuration) and ka in (Date, DateTime, Time):
                return self._shift(a, b, -1)
            if Period in (ka, kb):
                return self.sub(plain_duration(a), plain_duration(b)) if movable(a, b) else self._undefined("-", a, b)
        except (*ARITHMETIC_ERRORS, TemporalError, OverflowError):
            return self.fail("overflow", left=a, right=b)
        return self._undefined("-", a, b)

    def _shift(self, moment: Date | DateTime | Time, by: DaysDuration | MonthsDuration, sign: int) -> Value:
        if isinstance(moment, Time):
            if isinstance(by, MonthsDuration):
                return self._undefined("+", moment, by)
            return Time.of_nanos(moment.nanos + sign * by.nanos, moment.offset, moment.zone)
        if isinstance(by, MonthsDuration):
            if isinstance(moment, Date):
                return moment.add_months(sign * by.months)
            return DateTime(moment.date.add_months(sign * by.months), moment.time)
        if isinstance(moment, Date):
            return Date.of_ordinal((moment.ordinal * tm.DAY + sign * by.nanos) // tm.DAY)
        return DateTime.of_instant(moment.instant + sign * by.nanos, moment.time)

    def mul(self, a: Value, b: Value) -> Value:
        if a is None or b is None:
            return self._of_null(a, b)
        ka, kb = type(a), type(b)
        try:
            if ka is Decimal and kb is Decimal:
                return CONTEXT.multiply(a, b)
            if kb in (Money, DaysDuration, MonthsDuration) and ka is Decimal:
                a, b, ka, kb = b, a, kb, ka
            if kb is Decimal:
                if ka is Money:
                    return Money(CONTEXT.multiply(a.amount, b), a.currency)
                if ka is DaysDuration:
                    return DaysDuration(int(CONTEXT.multiply(Decimal(a.nanos), b)))
                if ka is MonthsDuration:
                    return MonthsDuration(int(CONTEXT.multiply(Decimal(a.months), b)))
        except (*ARITHMETIC_ERRORS, TemporalError):
            return self.fail("overflow", left=a, right=b)
        return self._undefined("*", a, b)

    def div(self, a: Value, b: Value) -> Value:
        if a is None or b is None:
            return self._of_null(a, b)
        ka, kb = type(a), type(b)
        try:
            if ka is Decimal and kb is Decimal:
                return CONTEXT.divide(a, b) if b else self.fail("division_by_zero", left=a)
            if kb is Decimal and ka in (Money, DaysDuration, MonthsDuration):
                if not b:
                    return self.fail("division_by_zero", left=a)
                if ka is Money:
                    return Money(CONTEXT.divide(a.amount, b), a.currency)
                if ka is DaysDuration:
                    return DaysDuration(int(CONTEXT.divide(Decimal(a.nanos), b)))
                return MonthsDuration(int(CONTEXT.divide(Decimal(a.months), b)))
            if ka is kb and ka in (Money, DaysDuration, MonthsDuration):
                left, right = _magnitude(a), _magnitude(b)
                if ka is Money and a.currency != b.currency:
                    return self._undefined("/", a, b)
                return CONTEXT.divide(left, right) if right else self.fail("division_by_zero", left=a)
        except (*ARITHMETIC_ERRORS, TemporalError):
            return self.fail("overflow", left=a, right=b)
        return self._undefined("/", a, b)

    def power(self, a: Value, b: Value) -> Value:
        if a is None or b is None:
            return self._of_null(a, b)
        if type(a) is Decimal and type(b) is Decimal:
            try:
                if a == 0 and b <= 0:
                    return Decimal(1) if b == 0 else self.fail("division_by_zero", left=a)
                return CONTEXT.power(a, b)
            except ARITHMETIC_ERRORS:
                return self.fail("overflow", left=a, right=b)
        return self._undefined("**", a, b)

    def neg(self, a: Value) -> Value:
        if a is None:
            return None
        if type(a) is Decimal:
            return CONTEXT.minus(a)
        if type(a) is DaysDuration:
            return DaysDuration(-a.nanos)
        if type(a) is MonthsDuration:
            return MonthsDuration(-a.months)
        if type(a) is Money:
            return Money(CONTEXT.minus(a.amount), a.currency)
        return self.fail("negation", value=a)

    def _of_null(self, a: Value, b: Value) -> Value:
        """Arithmetic on null gives null; strictly it is an error, because nobody meant to add nothing."""
        return self.fail("null_operand", left=kind_name(a), right=kind_name(b))

    def _undefined(self, operation: str, a: Value, b: Value) -> Value:
        return self.fail("operands", operation=operation, left=kind_name(a), right=kind_name(b))

    # ----------------------------------------------------------------------------------------------------- comparison

    def eq(self, a: Value, b: Value) -> bool | None:
        """Equality (10.3.2.13): null equals only null; different kinds are incomparable."""
        if a is None or b is None:
            return a is b
        ka, kb = type(a), type(b)
        if ka is kb:
            return self._equal_kind(a, b)
        if ka is list and kb is not list:
            return self.eq(a[0], b) if len(a) == 1 else self.fail("incomparable", left=kind_name(a), right=kind_name(b))
        if kb is list:
            return self.eq(a, b[0]) if len(b) == 1 else self.fail("incomparable", left=kind_name(a), right=kind_name(b))
        if Period in (ka, kb) and movable(a, b):
            return self.eq(plain_duration(a), plain_duration(b))
        self.fail("incomparable", left=kind_name(a), right=kind_name(b))
        return None

    def _equal_kind(self, a: Value, b: Value) -> bool | None:
        kind = type(a)
        if kind is list:
            if len(a) != len(b):
                return False
            return self._all(self.eq(x, y) for x, y in zip(a, b, strict=True))
        if kind is dict:
            if a.keys() != b.keys():
                return False
            return self._all(self.eq(a[key], b[key]) for key in a)
        if kind is DateTime:
            if a.is_local != b.is_local:
                return False
            return bool(a.instant == b.instant)
        if kind is Time:
            left, right = a.utc_offset(), b.utc_offset()
            if (left is None) != (right is None):
                return False
            # Hour, minute, second and offset decide (10.3.2.13, Table 53); fractions of a second do not.
            return bool(a.nanos // tm.NANOS - (left or 0) == b.nanos // tm.NANOS - (right or 0))
        if kind is Range:
            return self._all(
                (
                    a.test == b.test,
                    a.low_closed == b.low_closed,
                    a.high_closed == b.high_closed,
                    self.eq(a.low, b.low),
                    self.eq(a.high, b.high),
                )
            )
        if kind is Money and a.currency != b.currency:
            self.fail("currencies", left=a.currency, right=b.currency)
            return None
        if kind is Function:
            return a is b
        return bool(a == b)

    @staticmethod
    def _all(answers: Any) -> bool | None:
        result: bool | None = True
        for answer in answers:
            if answer is False:
                return False
            if answer is None:
                result = None
        return result

    def ne(self, a: Value, b: Value) -> bool | None:
        found = self.eq(a, b)
        return None if found is None else not found

    def order(self, a: Value, b: Value) -> int | None:
        """-1, 0 or 1; None where the two cannot be ordered (null among them)."""
        a, b = single(a), single(b)
        if a is None or b is None:
            return None
        ka, kb = type(a), type(b)
        if ka is kb:
            if ka is Decimal or ka is str:
                return int(a > b) - int(a < b)
            if ka is Date:
                return _sign(a.ordinal, b.ordinal)
            if ka is DateTime:
                if a.is_local != b.is_local:
                    return self._unordered(a, b)
                return _sign(a.instant, b.instant)
            if ka is Time:
                left, right = a.utc_offset(), b.utc_offset()
                if (left is None) != (right is None):
                    return self._unordered(a, b)
                return _sign(a.nanos - (left or 0) * tm.NANOS, b.nanos - (right or 0) * tm.NANOS)
            if ka is DaysDuration:
                return _sign(a.nanos, b.nanos)
            if ka is MonthsDuration:
                return _sign(a.months, b.months)
            if ka is Money:
                if a.currency != b.currency:
                    self.fail("currencies", left=a.currency, right=b.currency)
                    return None
                return int(a.amount > b.amount) - int(a.amount < b.amount)
        if Period in (ka, kb) and movable(a, b):
            return self.order(plain_duration(a), plain_duration(b))
        return self._unordered(a, b)

    def _unordered(self, a: Value, b: Value) -> int | None:
        self.fail("incomparable", left=kind_name(a), right=kind_name(b))
        return None

    def lt(self, a: Value, b: Value) -> bool | None:
        found = self.order(a, b)
        return None if found is None else found < 0

    def le(self, a: Value, b: Value) -> bool | None:
        found = self.order(a, b)
        return None if found is None else found <= 0

    def gt(self, a: Value, b: Value) -> bool | None:
        found = self.order(a, b)
        return None if found is None else found > 0

    def ge(self, a: Value, b: Value) -> bool | None:
        found = self.order(a, b)
        return None if found is None else found >= 0

    def between(self, value: Value, low: Value, high: Value) -> bool | None:
        if value is None or low is None or high is None:
            self.fail("null_operand", value=kind_name(value), low=kind_name(low), high=kind_name(high))
            return None
        return self.and_(self.ge(value, low), self.le(value, high))

    # ---------------------------------------------------------------------------------------------------------- logic

    def and_(self, a: Value, b: Value) -> bool | None:
        """Three-valued and (Table 47); what is neither true nor false counts as null."""
        if a is False or b is False:
            return False
        return True if a is True and b is True else None

    def or_(self, a: Value, b: Value) -> bool | None:
        if a is True or b is True:
            return True
        return False if a is False and b is False else None

    def not_(self, a: Value) -> bool | None:
        if type(a) is bool:
            return not a
        if a is not None:
            self.fail("not_boolean", value=kind_name(a))
        return None

    def truth(self, a: Value) -> bool:
        """Whether a condition holds: only true does."""
        if a is not None and type(a) is not bool:
            self.fail("not_boolean", value=kind_name(a))
        return a is True

    # ------------------------------------------------------------------------------------------------ ranges and tests

    def range_(self, low: Value, high: Value, low_closed: bool, high_closed: bool) -> Value:
        low, high = single(low), single(high)
        for end in (low, high):
            if end is not None and type(end) not in ORDERED:
                return self.fail("range_ends", value=kind_name(end))
        if low is not None and high is not None:
            if type(low) is not type(high):
                return self.fail("range_ends", low=kind_name(low), high=kind_name(high))
            order = self.order(low, high)
            if order is None or order > 0:
                return self.fail("range_order", low=low, high=high)
        return Range(low, high, low_closed and low is not None, high_closed and high is not None)

    def includes(self, inside: Range, value: Value) -> bool | None:
        """Whether a value lies in a range."""
        if value is None or (not inside.test and (inside.low is None or inside.high is None)):
            return None
        if inside.test and inside.low is not None and inside.high is not None:
            return self.eq(value, inside.low) if inside.low_closed else self.ne(value, inside.low)
        answer: bool | None = True
        if inside.low is not None:
            found = self.order(value, inside.low)
            answer = None if found is None else found > 0 or (found == 0 and inside.low_closed)
        if inside.high is not None and answer is not False:
            found = self.order(value, inside.high)
            upper = None if found is None else found < 0 or (found == 0 and inside.high_closed)
            answer = self.and_(answer, upper)
        return answer

    def in_(self, value: Value, test: Value) -> bool | None:
        """`value in test` for a test that is a value: a range, a list, or something equal (Table 55)."""
        if type(test) is Range:
            if type(value) is Range:
                return self.eq(value, test)
            return self.includes(test, value)
        if type(test) is list:
            if type(value) is list and any(type(item) is list and self._same(item, value) for item in test):
                return True
            if type(value) is list and self._same(test, value):
                return True
            answer: bool | None = False
            for item in test:
                found = self._same_or_inside(value, item)
                if found is True:
                    return True
                if found is None:
                    answer = None
            return answer
        return self._same(value, test)

    def _same_or_inside(self, value: Value, item: Value) -> bool | None:
        if type(item) is Range and type(value) is not Range:
            return SPEC.includes(item, value)
        return self._same(value, item)

    def _same(self, a: Value, b: Value) -> bool:
        """Equality inside `in`: what cannot be compared is simply not equal."""
        if a is None or b is None:
            return a is b
        if type(a) is not type(b) and list not in (type(a), type(b)):
            return False
        return SPEC.eq(a, b) is True

    # ---------------------------------------------------------------------------------------------- paths and filters

    def path(self, base: Value, name: str) -> Value:
        """`base.name` (10.3.2.5): entries of contexts, of every context in a list, properties of temporal values."""
        kind = type(base)
        if kind is dict:
            if name in base:
                return base[name]
            return self.fail("no_entry", name=name)
        if base is None:
            return None
        if kind is list:
            # A list of contexts: one that lacks the entry gives null, as the list as a whole is asked.
            return [None if type(item) is dict and name not in item else self.path(item, name) for item in base]
        getter = PROPERTIES.get((kind, name))
        if getter is not None:
            return getter(base)
        return self.fail("no_property", name=name, value=kind_name(base))

    def index(self, base: Value, position: Decimal) -> Value:
        """`list[n]`: from 1, or from the end with a negative n; null outside."""
        items = base if type(base) is list else [base] if base is not None else []
        if position != position.to_integral_value():
            return self.fail("index", index=position)
        number = int(position)
        if 1 <= number <= len(items):
            return items[number - 1]
        return items[number] if -len(items) <= number <= -1 else None

    def filter_(self, base: Value, test: Callable[[Value], Value], constant: Value = None) -> Value:
        """`base[test]`: a number picks, a condition filters."""
        if base is None:
            items: Sequence[Value] = []
            if constant is not None:
                return None
        else:
            items = base if type(base) is list else [base]
        if type(constant) is Decimal:
            return self.index(base, constant)
        kept = []
        for item in items:
            found = test(item)
            if type(found) is Decimal:
                return self.index(base, found)
            if found is True:
                kept.append(item)
            elif found is not None and found is not False:
                return self.fail("filter", value=kind_name(found))
        return kept

    # ------------------------------------------------------------------------------------------------------ iteration

    def domain(self, low: Value, high: Value = None, bounded: bool = False) -> Sequence[Value] | None:
        """What an iterator runs over: a list, a range of whole numbers or days, `low..high`."""
        if not bounded:
            if type(low) is list:
                return low
            if type(low) is Range:
                if low.low is None or low.high is None:
                    self.fail("range_open")
                    return None
                found = self._span(low.low, low.high)
                if found is None:
                    return None
                if not low.low_closed:
                    found = found[1:]
                return found if low.high_closed else found[:-1]
            if low is None:
                return None
            return [low]
        return self._span(single(low), single(high))

    def _span(self, low: Value, high: Value) -> Sequence[Value] | None:
        if type(low) is Decimal and type(high) is Decimal:
            if low == low.to_integral_value() and high == high.to_integral_value():
                return self._counted(int(low), int(high), Decimal)
            self.fail("iterator", low=low, high=high)
        elif type(low) is Date and type(high) is Date:
            return self._counted(low.ordinal, high.ordinal, Date.of_ordinal)
        elif low is not None and high is not None:
            self.fail("iterator", low=kind_name(low), high=kind_name(high))
        return None

    def _counted(self, first: int, last: int, make: Callable[[int], Value]) -> Sequence[Value] | None:
        """Both ends and what lies between, upwards or downwards."""
        if abs(last - first) >= MAX_ITEMS:
            self.fail("too_many", count=abs(last - first))
            return None
        step = 1 if last >= first else -1
        return [make(n) for n in range(first, last + step, step)]

    # ---------------------------------------------------------------------------------------------------------- types

    def instance_of(self, value: Value, kind: Type) -> bool:
        """`value instance of type`; null is an instance of Null (and Any) only."""
        if value is None:
            return kind.kind == "Null"
        return is_a(value, kind)

    def coerce(self, value: Value, kind: Type) -> Value:
        """A value as a type wants it (10.3.2.9.4): conforms, a list of one, a single value for a list, a date."""
        if value is None or kind.is_any or is_a(value, kind):
            return value
        if type(value) is list and len(value) == 1 and is_a(value[0], kind):
            return value[0]
        if kind.kind == "list" and type(value) is not list and is_a(value, kind.element or kind):
            return [value]
        if kind.kind == "date and time" and type(value) is Date:
            return DateTime(value, Time(0, 0, 0, 0, 0))
        return self.fail("type", value=kind_name(value), wanted=kind.text)

    # ---------------------------------------------------------------------------------------------------------- calls

    def call(self, function: Value, arguments: Sequence[Value]) -> Value:
        """A function value with positional arguments."""
        if type(function) is not Function:
            return self.fail("not_a_function", value=kind_name(function))
        if len(arguments) != len(function.params):
            return self.fail("arguments", name=function.name, wanted=len(function.params), given=len(arguments))
        if function.types:
            given = []
            for value, kind in zip(arguments, function.types, strict=True):
                fitted = value if kind is None else self.coerce(value, kind)
                if fitted is None and value is not None:
                    return None
                given.append(fitted)
            arguments = given
        return function.call(*arguments)


class StrictOperators(Operators):
    """Undefined operations raise; null as an operand stays null."""

    mode = "strict"

    def fail(self, code: str, **args: Value) -> Value:
        raise FeelError(code, **args)


class ProcedureOperators(StrictOperators):
    """Strict, over records in which a field that was never asked has no entry: reading it gives null.

    The checker has proven that every name exists (SEMANTICS section 4: an expression sees one null).
    """

    mode = "procedure"

    def path(self, base: Value, name: str) -> Value:
        if type(base) is dict:
            return base.get(name)
        return super().path(base, name)


SPEC = Operators()
STRICT = StrictOperators()
PROCEDURE = ProcedureOperators()


def operators(mode: str) -> Operators:
    """The operators of a mode: `spec`, `strict`, or `procedure` (strict, absent fields are null)."""
    return {"strict": STRICT, "procedure": PROCEDURE}.get(mode, SPEC)


# ------------------------------------------------------------------------------------------------------------- helpers


def single(value: Value) -> Value:
    """A list of one stands for its element."""
    return value[0] if type(value) is list and len(value) == 1 else value


def as_moment(value: Date | DateTime) -> DateTime:
    """A date as its midnight in UTC, so that it meets moments (10.3.2.3.6)."""
    return value if isinstance(value, DateTime) else DateTime(value, Time(0, 0, 0, 0, 0))


def movable(a: Value, b: Value) -> bool:
    """Whether a plain period may stand for a duration here."""
    return all(p.unit in ("days", "weeks", "hours", "months", "years") for p in (a, b) if isinstance(p, Period))


def plain_duration(value: Value) -> Value:
    """`14 days` as a duration in arithmetic and comparisons; anything else as it is."""
    if not isinstance(value, Period):
        return value
    hours = {"hours": 1, "days": 24, "weeks": 168}.get(value.unit)
    if hours is not None:
        return DaysDuration.of(hours=value.count * hours)
    return MonthsDuration(value.count * (12 if value.unit == "years" else 1))


def _magnitude(value: Value) -> Decimal:
    if isinstance(value, Money):
        return value.amount
    return Decimal(value.nanos if isinstance(value, DaysDuration) else value.months)


def _sign(a: int, b: int) -> int:
    return (a > b) - (a < b)


ORDERED = (Decimal, str, Date, Time, DateTime, DaysDuration, MonthsDuration, Money)

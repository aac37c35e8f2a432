"""Decision tables: chapter 8 of DMN 1.5, for DMN models and for the `decisions` of procedures alike.

In: a `TableData` (plain frozen data: expression trees, no text) and how trees become functions. Out: a `Table` that is
called with the values of its scope, and that can explain itself: which rules fired, on which values, where they stand.
Nothing here parses. Cells that compare with constants are indexed (`table_index`), so that a table of 10,000 rules is
looked up in about the time of one of 10; all other cells are evaluated for the candidates only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, Protocol, get_args

from amtsweg.dsl.feel.env import Env
from amtsweg.dsl.feel.table_index import ELSEWHERE, Cell, ColumnIndex

HitPolicy = Literal["unique", "first", "priority", "any", "collect", "rule order", "output order"]
Aggregation = Literal["", "sum", "count", "min", "max"]
POLICIES: Mapping[str, HitPolicy] = {policy: policy for policy in get_args(HitPolicy)}
AGGREGATIONS: Mapping[str, Aggregation] = {aggregation: aggregation for aggregation in get_args(Aggregation)}

Value = Any
Frame = Mapping[str, Value]
Evaluate = Callable[[Frame, "Env | None"], Value]

MEMO = 8192
"""So many combinations of places a table remembers; then it forgets all of them."""


class Raise(Protocol):
    """What a table does when its answer is undefined: raises in strict mode, returns in spec mode (answer: null)."""

    def __call__(self, code: str, **args: Value) -> None: ...


@dataclass(frozen=True, slots=True)
class Test:
    """One cell: the function that decides it (`?` in the frame is the tested value), and what is known of it before.

    `cells` are given only when they say the same as `run` for every value of their kinds, and `run` is not true for any
    value of another kind.
    """

    run: Evaluate
    cells: tuple[Cell, ...] | None = None


@dataclass(frozen=True, slots=True)
class Input:
    """One input column: its expression, how it is called, and the test that its values must pass (inputValues)."""

    run: Evaluate
    label: str = ""
    name: str = ""
    allowed: Evaluate | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """One output column.

    Parameters
    ----------
    name: the entry's name in the result when there are several columns.
    order: the allowed values in order of priority (first is highest), for PRIORITY and OUTPUT ORDER.
    allowed: the test that results must pass (outputValues).
    default: the result when no rule matches.
    coerce: fits a result to the column's type; None leaves it.
    """

    name: str = ""
    label: str = ""
    order: tuple[Evaluate, ...] = ()
    allowed: Evaluate | None = None
    default: Evaluate | None = None
    coerce: Callable[[Value], Value] | None = None


@dataclass(frozen=True, slots=True)
class Constant:
    """An output that is the same for every case."""

    value: Value

    def __call__(self, frame: Frame, env: Env | None) -> Value:
        return self.value


@dataclass(slots=True)
class Lazy:
    """A function that is made when it is first called: cells that the index answers are seldom run at all."""

    make: Callable[[], Evaluate]
    made: Evaluate | None = None

    def __call__(self, frame: Frame, env: Env | None) -> Value:
        if self.made is None:
            self.made = self.make()
        return self.made(frame, env)


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: a test per input column (None: any value), an output per output column, and where it stands."""

    tests: tuple[Test | None, ...]
    outputs: tuple[Evaluate, ...]
    at: Any = ""
    cells: tuple[str, ...] = ()
    annotations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleTrace:
    """A rule that fired: number from 1, place, the cells as written, what it gave."""

    number: int
    at: Any
    cells: tuple[str, ...]
    outputs: tuple[Value, ...]
    annotations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableTrace:
    """How an answer came about: the tested values by label, the rules that matched, the answer."""

    inputs: tuple[tuple[str, Value], ...]
    fired: tuple[RuleTrace, ...]
    result: Value
    hit_policy: str
    used_default: bool = False


@dataclass(frozen=True, slots=True)
class Operators:
    """What a table needs of the values' own arithmetic, in the mode it runs in.

    `kinds` says of a Python class which kind of indexable value it holds and what its values are ordered by (None:
    themselves). Values of other classes are tested rule by rule.
    """

    equal: Callable[[Value, Value], bool | None]
    sum: Callable[[Sequence[Value]], Value]
    min: Callable[[Sequence[Value]], Value]
    max: Callable[[Sequence[Value]], Value]
    undefined: Raise
    kinds: Mapping[type, tuple[str, Callable[[Value], Any] | None]]
    strict: bool = False


class Tested(Mapping[str, Value]):
    """A frame with the tested value as `?`. The frame beneath may compute its values when they are asked for."""

    __slots__ = ("frame", "value")

    def __init__(self, frame: Frame, value: Value) -> None:
        self.frame, self.value = frame, value

    def __getitem__(self, name: str) -> Value:
        return self.value if name == "?" else self.frame[name]

    def __contains__(self, name: object) -> bool:
        return name == "?" or name in self.frame

    def __iter__(self) -> Iterator[str]:
        return iter({**dict.fromkeys(self.frame), "?": None})

    def __len__(self) -> int:
        return len(self.frame) + ("?" not in self.frame)


_Finder = tuple[Callable[[Any], int], Callable[[Value], Any] | None]
_COMPUTED: Any = object()


def _elsewhere(key: Any) -> int:
    return ELSEWHERE


@dataclass(slots=True)
class Table:
    """A decision table, ready to run. Call it with a frame (name to value) and an environment.

    Undefined answers (two rules of a UNIQUE table, differing outputs in an ANY table, an input outside its allowed
    values, a result outside the allowed outputs, a result without a priority) raise `FeelError` in strict mode and are
    null in spec mode. No rule and no default is null (8.2.11), in both modes.
    """

    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    operators: Operators
    hit_policy: HitPolicy = "unique"
    aggregation: Aggregation = ""
    columns: tuple[ColumnIndex, ...] = field(init=False)
    residual: tuple[tuple[tuple[int, Evaluate], ...], ...] = field(init=False)
    indexed: bool = field(init=False)
    memo: dict[tuple[int, ...], tuple[int, ...]] = field(init=False, default_factory=dict)
    _steps: tuple[tuple[Input, Evaluate, bool, Mapping[type, _Finder]], ...] = field(init=False)
    _constants: tuple[Value, ...] = field(init=False)

    def __post_init__(self) -> None:
        width = range(len(self.inputs))
        cells = [[_cells(rule.tests[number]) for rule in self.rules] for number in width]
        self.columns = tuple(ColumnIndex(column) for column in cells)
        self.residual = tuple(
            tuple(
                (number, test.run)
                for number, test in enumerate(rule.tests)
                if test is not None and (test.cells is None or self.columns[number].coarse)
            )
            for rule in self.rules
        )
        self.indexed = not any(self.residual)
        self._steps = tuple(
            (column, column.run, column.allowed is not None, self._finders(index))
            for column, index in zip(self.inputs, self.columns, strict=True)
        )
        self._constants = tuple(self._constant(rule) for rule in self.rules)

    def _finders(self, index: ColumnIndex) -> Mapping[type, _Finder]:
        """For each class of values that the index can place, how."""
        found: dict[type, _Finder] = {}
        for cls, (kind, key) in self.operators.kinds.items():
            if kind in index.finders:
                found[cls] = (index.finders[kind], key)
            elif kind == "null" or not (self.operators.strict and index.finders):
                # In strict mode comparing with another kind is an error, which only running the tests raises.
                found[cls] = (_elsewhere, None)
        return found

    def _constant(self, rule: Rule) -> Value:
        """The answer where this rule alone matches, if it needs no computing; else `_COMPUTED`."""
        output = self.outputs[0]
        simple = len(self.outputs) == 1 and output.coerce is None and output.allowed is None
        cell = rule.outputs[0]
        if simple and isinstance(cell, Constant) and self.hit_policy in ("unique", "first", "any"):
            return cell.value
        return _COMPUTED

    # Answering

    def __call__(self, frame: Frame, env: Env | None = None) -> Value:
        """The table's answer."""
        values: list[Value] = []
        where: list[int] | None = []
        for column, run, limited, finders in self._steps:
            value = run(frame, env)
            if limited and value is not None and not _allowed(column.allowed, value, frame, env):
                return self._refused(column, value)
            values.append(value)
            finder = finders.get(type(value))
            if finder is None:
                where = None
            elif where is not None:
                find, key = finder
                where.append(find(value if key is None else key(value)))
        hits = self._hits(where, values, frame, env)
        if len(hits) == 1:
            constant = self._constants[hits[0]]
            if constant is not _COMPUTED:
                return constant
        return self._answer(hits, frame, env)

    def explain(self, frame: Frame, env: Env | None = None) -> TableTrace:
        """The answer with its reasons. Raises what calling raises."""
        tested: list[tuple[str, Value]] = []
        where: list[int] | None = []
        for column, run, limited, finders in self._steps:
            value = run(frame, env)
            tested.append((column.label or column.name, value))
            if limited and value is not None and not _allowed(column.allowed, value, frame, env):
                self._refused(column, value)
                return TableTrace(tuple(tested), (), None, self.hit_policy)
            finder = finders.get(type(value))
            if finder is None or where is None:
                where = None
            else:
                where.append(finder[0](value if finder[1] is None else finder[1](value)))
        hits = self._hits(where, [value for _, value in tested], frame, env)
        fired = tuple(
            RuleTrace(
                hit + 1,
                self.rules[hit].at,
                self.rules[hit].cells,
                self._outputs(hit, frame, env),
                self.rules[hit].annotations,
            )
            for hit in hits
        )
        has_default = any(output.default for output in self.outputs)
        return TableTrace(
            tuple(tested), fired, self._answer(hits, frame, env), self.hit_policy, used_default=not hits and has_default
        )

    def _refused(self, column: Input, value: Value) -> Value:
        self.operators.undefined("input_not_allowed", name=column.label or column.name, value=value)
        return None

    # Matching

    def _hits(self, where: list[int] | None, values: list[Value], frame: Frame, env: Env | None) -> tuple[int, ...]:
        """The numbers of the rules that match, in order; FIRST stops at one."""
        if where is None:
            return self._scan(values, frame, env)
        key = tuple(where)
        known = self.memo.get(key)
        if known is not None:
            return known
        bits = (1 << len(self.rules)) - 1
        for column, place in zip(self.columns, where, strict=True):
            bits &= column.candidates(place)
            if not bits:
                break
        first = self.hit_policy == "first"
        hits = []
        while bits:
            lowest = bits & -bits
            bits ^= lowest
            rule = lowest.bit_length() - 1
            if self._passes(self.residual[rule], values, frame, env):
                hits.append(rule)
                if first:
                    break
        answer = tuple(hits)
        if self.indexed:
            if len(self.memo) >= MEMO:
                self.memo.clear()
            self.memo[key] = answer
        return answer

    def _scan(self, values: list[Value], frame: Frame, env: Env | None) -> tuple[int, ...]:
        """Every rule in turn: for values that the index does not know (lists, contexts, times with zones)."""
        first = self.hit_policy == "first"
        hits = []
        for number, rule in enumerate(self.rules):
            tests = tuple((column, test.run) for column, test in enumerate(rule.tests) if test is not None)
            if self._passes(tests, values, frame, env):
                hits.append(number)
                if first:
                    break
        return tuple(hits)

    @staticmethod
    def _passes(tests: tuple[tuple[int, Evaluate], ...], values: list[Value], frame: Frame, env: Env | None) -> bool:
        return all(test(Tested(frame, values[column]), env) is True for column, test in tests)

    # Composing the answer

    def _outputs(self, rule: int, frame: Frame, env: Env | None) -> tuple[Value, ...]:
        found = []
        for output, run in zip(self.outputs, self.rules[rule].outputs, strict=True):
            value = run(frame, env)
            if output.coerce is not None:
                value = output.coerce(value)
            if (
                output.allowed is not None
                and value is not None
                and output.allowed({**frame, "?": value}, env) is not True
            ):
                self.operators.undefined("output_not_allowed", name=output.label or output.name, value=value)
                value = None
            found.append(value)
        return tuple(found)

    def _boxed(self, outputs: tuple[Value, ...]) -> Value:
        if len(self.outputs) == 1:
            return outputs[0]
        return {column.name: value for column, value in zip(self.outputs, outputs, strict=True)}

    def _default(self, frame: Frame, env: Env | None) -> Value:
        if not any(output.default for output in self.outputs):
            return None
        values = tuple(output.default(frame, env) if output.default else None for output in self.outputs)
        answer = self._boxed(values)
        return [answer] if self._many() and not isinstance(answer, list) else answer

    def _many(self) -> bool:
        """Whether answers are lists."""
        policy = self.hit_policy
        return policy in ("rule order", "output order") or (policy == "collect" and not self.aggregation)

    def _answer(self, hits: tuple[int, ...], frame: Frame, env: Env | None) -> Value:
        if not hits:
            return self._default(frame, env)
        policy = self.hit_policy
        if policy == "unique" and len(hits) > 1:
            self.operators.undefined("several_rules", rules=tuple(hit + 1 for hit in hits))
            return None
        found = [self._outputs(hit, frame, env) for hit in hits]
        if policy == "any":
            return self._agreed(hits, found)
        if policy in ("priority", "output order"):
            ranked = self._ranked(found, frame, env)
            if ranked is None:
                return None
            return self._boxed(ranked[0]) if policy == "priority" else [self._boxed(one) for one in ranked]
        if self.aggregation and policy == "collect":
            return self._aggregated(found)
        if self._many():
            return [self._boxed(one) for one in found]
        return self._boxed(found[0])

    def _agreed(self, hits: tuple[int, ...], found: list[tuple[Value, ...]]) -> Value:
        first = found[0]
        for hit, other in zip(hits[1:], found[1:], strict=True):
            for left, right in zip(first, other, strict=True):
                if not (left is None and right is None) and self.operators.equal(left, right) is not True:
                    self.operators.undefined("rules_differ", rules=(hits[0] + 1, hit + 1), values=(left, right))
                    return None
        return self._boxed(first)

    def _ranked(self, found: list[tuple[Value, ...]], frame: Frame, env: Env | None) -> list[tuple[Value, ...]] | None:
        """Best first: by the first column's order of allowed values, then the second's, ... (8.2.11)."""
        orders = [[run(frame, env) for run in output.order] for output in self.outputs]
        keyed = []
        for one in found:
            rank = []
            for output, order, value in zip(self.outputs, orders, one, strict=True):
                if not order:
                    continue
                at = next((n for n, member in enumerate(order) if self.operators.equal(member, value) is True), None)
                if at is None:
                    self.operators.undefined("no_priority", name=output.label or output.name, value=value)
                    return None
                rank.append(at)
            keyed.append((rank, one))
        return [one for _, one in sorted(keyed, key=lambda pair: pair[0])]

    def _aggregated(self, found: list[tuple[Value, ...]]) -> Value:
        if self.aggregation == "count":
            return Decimal(len(found))
        combine = {"sum": self.operators.sum, "min": self.operators.min, "max": self.operators.max}[self.aggregation]
        return self._boxed(tuple(combine([one[n] for one in found]) for n in range(len(self.outputs))))


def _cells(test: Test | None) -> tuple[Cell, ...] | None:
    return test.cells if test is not None else None


def _allowed(test: Evaluate | None, value: Value, frame: Frame, env: Env | None) -> bool:
    return test is None or test(Tested(frame, value), env) is True

"""The static check of an expression: names, types, units, options, and whether something may be missing.

In: a tree, the static types of the names around it, perhaps the wanted type and conditions that are known to hold. Out:
`Checked`: the typed tree (bare options have become constants), its type, findings. The check goes both ways: down with
what is wanted, up with what is found. A name that may be null must be guarded before arithmetic, comparison by order,
logic and calls; the check follows `!= null`, `and`, `or`, `if` and `not` to see where it is.

Findings are codes with details; their sentences are in `messages`, in one place and both languages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from amtsweg.dsl.feel import tree as t
from amtsweg.dsl.feel import types as ty
from amtsweg.dsl.feel.arithmetic import computed
from amtsweg.dsl.feel.builtins import BUILTINS
from amtsweg.dsl.feel.builtins.registry import Builtin
from amtsweg.dsl.feel.calls import (
    ADDITIVE,
    DURATIONS,
    ELEMENTS,
    ORDERED,
    fewest,
    is_variadic,
    params_for,
    period_for,
    result_of,
    signature_for,
)
from amtsweg.dsl.feel.facts import Facts, learned_paths, paths_of
from amtsweg.dsl.feel.kinds import MEMBERS, kind_name
from amtsweg.dsl.feel.temporal import TemporalError, parse_literal
from amtsweg.dsl.feel.types import Type


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong: a stable code, the stretch of the text, details for the sentence."""

    code: str
    start: int
    end: int
    args: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Checked:
    """What the check found."""

    tree: t.Node
    type: Type
    findings: tuple[Finding, ...]


def check(
    node: t.Node,
    names: Mapping[str, Type],
    expected: Type | None = None,
    *,
    assume: Iterable[t.Node] = (),
    tested: Type | None = None,
    dialect: bool = False,
) -> Checked:
    """Check an expression.

    Parameters
    ----------
    node: its tree.
    names: the static types of the names in scope.
    expected: the type its value must fit; None takes anything.
    assume: conditions known to be true where it stands (the `when` of its section).
    tested: the type of the tested value (`?`), for the cells of a table.
    dialect: procedures: options without quotes, `today` and `now` as names, strict about what may be missing.
    """
    checker = _Checker(dialect)
    scope = dict(names)
    if tested is not None:
        scope["?"] = tested
    facts: Facts = frozenset()
    for condition in assume:
        facts |= learned_paths(condition, True)
    typed, kind = checker.visit(node, _Scope(scope, facts), expected)
    if expected is not None:
        checker.must_fit(typed, kind, expected)
    return Checked(typed, kind, tuple(dict.fromkeys(checker.findings)))


@dataclass(frozen=True, slots=True)
class _Scope:
    names: Mapping[str, Type]
    facts: Facts

    def having(self, names: Mapping[str, Type]) -> _Scope:
        kept = frozenset(path for path in self.facts if path[0] not in names)
        return _Scope({**self.names, **names}, kept)

    def knowing(self, facts: Facts) -> _Scope:
        return replace(self, facts=self.facts | facts) if facts else self


class _Checker:
    def __init__(self, dialect: bool) -> None:
        self.dialect = dialect
        self.findings: list[Finding] = []

    def find(self, code: str, node: t.Node, **args: Any) -> Type:
        self.findings.append(Finding(code, node.start, node.end, args))
        return ty.ANY

    # ---------------------------------------------------------------------------------------------------------- visit

    def visit(self, node: t.Node, scope: _Scope, expected: Type | None = None) -> tuple[t.Node, Type]:
        handler = HANDLERS[type(node)]
        typed, kind = handler(self, node, scope, expected)
        if kind.nullable and not kind.is_any and paths_of(typed) & scope.facts:
            kind = ty.required(kind)
        return typed, kind

    def must_fit(self, node: t.Node, kind: Type, wanted: Type) -> None:
        """Report a value that does not fit, or may be missing where it must not."""
        if wanted.is_any or kind.is_any:
            return
        if kind.kind != "Null" and not ty.fits(kind, wanted) and not period_for(kind, wanted):
            if {kind.kind, wanted.kind} == {"number", "money"}:
                self.find("money_wanted" if wanted.kind == "money" else "number_wanted", node, wanted=wanted.text)
            else:
                self.find("expected", node, wanted=wanted, found=kind)
        elif kind.nullable and not wanted.nullable and self.dialect:
            self.find("missing", node)

    def present(self, node: t.Node, kind: Type) -> Type:
        """The type without null; a finding where null is possible."""
        if kind.nullable and not kind.is_any and self.dialect:
            self.find("missing", node)
        return ty.required(kind)

    # ------------------------------------------------------------------------------------------------------- literals

    def _at(self, node: t.At, scope: _Scope, expected: Type | None) -> tuple[t.Node, Type]:
        try:
            return node, ty.of_text(kind_name(parse_literal(node.text)))
        except TemporalError:
            return node, self.find("literal", node, text=node.text)

    def _string(self, node: t.String, scope: _Scope, expected: Type | None) -> tuple[t.Node, Type]:
        if expected is not None and expected.kind == "enum" and expected.values:
            if node.value not in expected.values:
                self.find("option", node, list=expected.name, value=node.value)
            return t.Choice(node.start, node.end, expected.name, node.value), ty.required(expected)
        return node, ty.STRING

    def _name(self, node: t.Name, scope: _Scope, expected: Type | None) -> tuple[t.Node, Type]:
        if expected is not None and expected.kind == "list" and expected.element is not None:
            expected = expected.element
        if self.dialect and expected is not None and expected.kind == "enum" and node.name in expected.values:
            known = scope.names.get(node.name)
            if known is not None and known.kind == "enum" and known.name == expected.name:
                self.find("ambiguous", node, name=node.name, list=expected.name)
            return t.Choice(node.start, node.end, expected.name, node.name), ty.required(expected)
        found = scope.names.get(node.name)
        if found is not None:
            return node, found
        if self.dialect and node.name in ("today", "now"):
            return node, ty.DATE if node.name == "today" else ty.DATE_TIME
        builtin = BUILTINS.get(node.name)
        if builtin is not None:
            return node, ty.function((ty.ANY for _ in builtin.params), ty.ANY)
        if self.dialect and expected is not None and expected.kind == "enum" and expected.values:
            self.find("option", node, list=expected.name, value=node.name)
            return node, ty.ANY
        return node, self.find("unknown_name", node, name=node.name)

    def _period(self, node: t.Period, scope: _Scope, expected: Type | None) -> tuple[t.Node, Type]:
        count, kind = self.visit(node.count, scope)
        self.must_fit(count, kind, ty.INTEGER)
        return replace(node, count=count), ty.PERIOD

    def _when(self, node: t.When, scope: _Scope, expected: Type | None) -> tuple[t.Node, Type]:
        period, period_kind = self.visit(node.period, scope)
        base, base_kind = self.visit(node.base, scope)
        if not period_kind.is_any and period_kind.kind != "period":
            self.find("expected", period, wanted=ty.PERIOD, found=period_kind)
        if not base_kind.is_any and base_kind.kind not in ("date", "date and time", "Null"):
            self.find("expected", base, wanted=ty.DATE, found=base_kind)
        hours = isinstance(period, t.Period) and period.unit == "hours"
        result = ty.DATE_TIME if hours else ty.DATE
        nullable = base_kind.nullable or period_kind.nullable
        return replace(node, period=period, base=base), ty.optional(result) if nullable else result

    def _list(self, node: t.List, scope: _Scope, expected: Type | None) -> tuple[t.Node, Type]:
        wanted = ty.element_of(expected) if expected is not None and expected.kind == "list" else None
        items, kinds = [], []
        for item in node.items:
            typed, kind = self.visit(item, scope, wanted)
            items.append(typed)
            kinds.append(kind)
        element = wanted or ty.ANY
        if kinds:
            element = kinds[0]
            for kind in kinds[1:]:
                element = ty.join(element, kind)
        return replace(node, items=tuple(items)), ty.list_of(element)

    def _context(self, node: t.Context, scope: _Scope, expected: Type | None) -> tuple[t.Node, Type]:
        entries, fields = [], {}
        inner = scope
        for name, value in node.entries:
            wanted = expected.member(name) if expected is not None else None
            typed, kind = self.visit(value, inner, wanted)
            entries.append((name, typed))
            fields[name] = kind
            inner = inner.having({name: kind})
        return replace(node, entries=tuple(entries)), ty.record(fields)

    def _range(self, node: t.Range, scope: _Scope, expected: Type | None) -> tuple[t.Node, Type]:
        low, low_kind = self.visit(node.low, scope) if node.low is not None else (None, ty.NULL)
        high, high_kind = self.visit(node.high, scope) if node.high is not None else (None, ty.NULL)
        if low is not None and high is not None:
            self._same_kind("range", node, low, high, low_kind, high_kind)
        return replace(node, low=low, high=high), ty.range_of(ty.required(ty.join(low_kind, high_kind)))

    def _test(self, node: t.Test, scope: _Scope, expected: Type | None) -> tuple[t.Node, Type]:
        value, kind = self.visit(node.value, scope)
        return replace(node, value=value), ty.range_of(kind)

    # ------------------------------------------------------------------------------------------------------ operators

    def _negate(self, node: t.Negate, scope: _Scope, expected: Type | None) -> tuple[t.Node, Type]:
        value, kind = self.visit(node.value, scope)
        kind = self.present(value, kind)
        if not kind.is_any and kind.kind not in ADDITIVE:
            self.find("operand", value, operation="-", found=kind)
        return replace(node, value=value), kind

    def _binary(self, node: t.Binary, scope: _Scope, expected: Type | None) -> tuple[t.Node, Type]:
        if node.op in ("and", "or"):
            left, left_kind = self.visit(node.left, scope)
            learned = learned_paths(left, node.op == "and")
            right, right_kind = self.visit(node.right, scope.knowing(learned))
            for side, kind in ((left, left_kind), (right, right_kind)):
                self.must_fit(side, kind, ty.BOOLEAN)
            return replace(node, left=left, right=right), ty.BOOLEAN
        if node.op in ("=", "!="):
            return self._equality(node, scope)
        left, left_kind = self.visit(node.left, scope)
        right, right_kind = self.visit(node.right, scope)
        typed = replace(node, left=left, right=right)
        left_kind, right_kind = self.present(left, left_kind), self.present(right, right_kind)
        if node.op in ("<", "<=", ">", ">="):
            self._dates_as_numbers(typed, left_kind, right_kind)
            self._same_kind(node.op, node, left, right, left_kind, right_kind)
            return typed, ty.BOOLEAN
        return typed, self._arithmetic(typed, left_kind, right_kind)

    def _dates_as_numbers(self, node: t.Binary, left: Type, right: Type) -> None:
        """`datum > 2026-01-01` subtracts: 2026 minus 1 minus 1."""
        for side, kind, other in ((node.right, right, left), (node.left, left, right)):
            if kind.kind == "number" and other.kind in ("date", "date and time") and _looks_like_date(side):
                self.find("date_arithmetic", side)

    def _equality(self, node: t.Binary, scope: _Scope) -> tuple[t.Node, Type]:
        first, second = node.left, node.right
        turned = isinstance(first, t.Name) and first.name not in scope.names and not isinstance(second, t.String)
        if turned:
            first, second = second, first
        one, one_kind = self.visit(first, scope)
        wanted = one_kind if one_kind.kind == "enum" else None
        if one_kind.kind == "list" and ty.element_of(one_kind).kind == "enum":
            wanted = one_kind
        other, other_kind = self.visit(second, scope, wanted)
        if wanted is None and other_kind.kind == "enum" and isinstance(first, t.String | t.Name):
            self.findings = [f for f in self.findings if (f.start, f.end) != (first.start, first.end)]
            one, one_kind = self.visit(first, scope, other_kind)
        left, right = (other, one) if turned else (one, other)
        left_kind, right_kind = (other_kind, one_kind) if turned else (one_kind, other_kind)
        typed = replace(node, left=left, right=right)
        self._dates_as_numbers(typed, left_kind, right_kind)
        if "Null" not in (left_kind.kind, right_kind.kind):
            self._same_kind(node.op, node, left, right, left_kind, right_kind)
        return typed, ty.BOOLEAN

    def _same_kind(self, op: str, node: t.Node, left: t.Node, right: t.Node, a: Type, b: Type) -> None:
        if a.is_any or b.is_any:
            return
        if any((f.start, f.end) in ((left.start, left.end), (right.start, right.end)) for f in self.findings):
            return
        if {a.kind, b.kind} == {"number", "money"}:
            self._number_beside_money(left, right, a)
            return
        if a.kind == b.kind == "money" and a.name and b.name and a.name != b.name:
            self.find("currencies", node, left=a.name, right=b.name)
            return
        if a.kind in DURATIONS and b.kind in DURATIONS:
            return
        plain_a = ty.element_of(a) if a.kind == "list" and b.kind != "list" else a
        plain_b = ty.element_of(b) if b.kind == "list" and a.kind != "list" else b
        if not (ty.conforms(plain_a, plain_b) or ty.conforms(plain_b, plain_a)):
            self.find("compare", node, left=a, right=b, operation=op)
        elif op in ("<", "<=", ">", ">=") and plain_a.kind not in ORDERED:
            self.find("order", node, found=a, operation=op)

    def _arithmetic(self, node: t.Binary, a: Type, b: Type) -> Type:
        if node.op in ("+", "-"):
            if {a.kind, b.kind} == {"number", "money"}:
                return self._number_beside_money(node.left, node.right, a)
            if a.kind == b.kind == "money" and a.name and b.name and a.name != b.name:
                return self.find("currencies", node, left=a.name, right=b.name)
        found = computed(node.op, a, b)
        return found if found is not None else self.find("arithmetic", node, operation=node.op, left=a, right=b)

    def _number_beside_money(self, left: t.Node, right: t.Node, left_kind: Type) -> Type:
        """A plain number where only an amount goes with the other side, which is one."""
        number, amount = (left, right) if left_kind.kind == "number" else (right, left)
        return self.find("money_number", number, amount_start=amount.start, amount_end=amount.end)

    def _between(self, node: t.Between, scope: _Scope, expected: Type | None) -> tuple[t.Node, Type]:
        parts = [self.visit(part, scope) for part in (node.value, node.low, node.high)]
        kinds = [self.present(part, kind) for part, kind in parts]
        (value, _), (low, _), (high, _) = parts
        self._same_kind("<=", node, value, low, kinds[0], kinds[1])
        self._same_kind("<=", node, value, high, kinds[0], kinds[2])
        return replace(node, value=value, low=low, high=high), ty.BOOLEAN

    def _in(self, node: t.In, scope: _Scope, expected: Type | None) -> tuple[t.Node, Type]:
        value, kind = self.visit(node.value, scope)
        tests = tuple(self._one_test(test, ty.required(kind), scope) for test in node.tests)
        return replace(node, value=value, tests=tests), ty.BOOLEAN

    def _tests(self, node: t.Tests, scope: _Scope, expected: Type | None) -> tuple[t.Node, Type]:
        tested = scope.names.get("?", ty.ANY)
        tests = tuple(self._one_test(test, tested, scope) for test in node.tests)
        return replace(node, tests=tests), ty.BOOLEAN

    def _one_test(self, test: t.Node, tested: Type, scope: _Scope) -> t.Node:
        plain = ty.element_of(tested) if tested.kind == "list" else tested
        if isinstance(test, t.Test):
            value, kind = self.visit(test.value, scope, plain if plain.kind == "enum" else None)
            if kind.kind != "Null":
                self._test_kind(test.op, value, plain, kind)
            return replace(test, value=value)
        typed, kind = self.visit(test, scope, plain if plain.kind == "enum" else None)
        if kind.kind in ("list", "range"):
            kind = ty.element_of(kind)
        if kind.kind == "boolean" and plain.kind != "boolean":
            return typed
        if kind.kind != "Null":
            self._test_kind("=", typed, plain, kind)
        return typed

    def _test_kind(self, op: str, node: t.Node, tested: Type, kind: Type) -> None:
        if tested.is_any or kind.is_any or {tested.kind, kind.kind} <= DURATIONS:
            return
        if tested.kind == "money" and kind.kind == "number":
            self.find("money_number", node, amount_start=-1, amount_end=-1)
        elif not (ty.conforms(kind, tested) or ty.conforms(tested, kind)):
            self.find("compare", node, left=tested, right=kind, operation=op)

    # -------------------------------------------------------------------------------------------------------- control

    def _if(self, node: t.If, scope: _Scope, expected: Type | None) -> tuple[t.Node, Type]:
        test, kind = self.visit(node.test, scope)
        self.must_fit(test, kind, ty.BOOLEAN)
        then, then_kind = self.visit(node.then, scope.knowing(learned_paths(test, True)), expected)
        otherwise, other_kind = self.visit(node.otherwise, scope.knowing(learned_paths(test, False)), expected)
        typed = replace(node, test=test, then=then, otherwise=otherwise)
        if {then_kind.kind, other_kind.kind} == {"number", "money"}:
            return typed, self._number_beside_money(then, otherwise, then_kind)
        return typed, ty.join(then_kind, other_kind)

    def _iterators(
        self, iterators: tuple[tuple[str, t.Node, t.Node | None], ...], scope: _Scope
    ) -> tuple[tuple[tuple[str, t.Node, t.Node | None], ...], _Scope]:
        out = []
        for name, low, high in iterators:
            first, kind = self.visit(low, scope)
            last: t.Node | None = None
            element = ty.element_of(kind)
            if kind.kind != "list" and self.dialect and kind.nullable:
                self.present(first, kind)
            if high is not None:
                last, _ = self.visit(high, scope)
                element = ty.required(kind)
            out.append((name, first, last))
            scope = scope.having({name: element})
        return tuple(out), scope

    def _for(self, node: t.For, scope: _Scope, expected: Type | None) -> tuple[t.Node, Type]:
        iterators, inner = self._iterators(node.iterators, scope)
        wanted = ty.element_of(expected) if expected is not None and expected.kind == "list" else None
        body, kind = self.visit(node.body, inner.having({"partial": ty.list_of(ty.ANY)}), wanted)
        return replace(node, iterators=iterators, body=body), ty.list_of(kind)

    def _quantified(self, node: t.Quantified, scope: _Scope, expected: Type | None) -> tuple[t.Node, Type]:
        iterators, inner = self._iterators(node.iterators, scope)
        body, kind = self.visit(node.body, inner)
        self.must_fit(body, kind, ty.BOOLEAN)
        return replace(node, iterators=iterators, body=body), ty.BOOLEAN

    def _filter(self, node: t.Filter, scope: _Scope, expected: Type | None) -> tuple[t.Node, Type]:
        base, kind = self.visit(node.base, scope)
        element = ty.element_of(kind)
        names = {"item": element, **dict(element.fields or ())}
        test, test_kind = self.visit(node.test, scope.having(names))
        typed = replace(node, base=base, test=test)
        if test_kind.kind == "number":
            return typed, ty.optional(element)
        if test_kind.is_any:
            return typed, ty.ANY
        self.must_fit(test, test_kind, ty.optional(ty.BOOLEAN))
        learned = learned_paths(test, True)
        if element.fields is not None:
            known = tuple(
                (name, ty.required(part) if (name,) in learned or ("item", name) in learned else part)
                for name, part in element.fields
            )
            element = replace(element, fields=known)
        return typed, ty.list_of(element)

    def _path(self, node: t.Path, scope: _Scope, expected: Type | None) -> tuple[t.Node, Type]:
        base, kind = self.visit(node.base, scope)
        typed = replace(node, base=base)
        if kind.is_any:
            return typed, ty.ANY
        found = self._member(typed, kind, node.name)
        if kind.nullable and not found.is_any:
            found = ty.optional(found)
        return typed, found

    def _member(self, node: t.Path, kind: Type, name: str) -> Type:
        if kind.kind == "list":
            element = ty.element_of(kind)
            return ty.list_of(self._member(node, element, name)) if not element.is_any else ty.ANY
        if kind.kind == "context":
            found = kind.member(name)
            if found is not None:
                return found
            if kind.fields is None:
                return ty.ANY
            known = tuple(key for key, _ in kind.fields)
            return self.find("unknown_member", _end_of(node), name=name, known=known, base=_written(node.base))
        if kind.kind == "range" and name in ("start", "end", "start included", "end included"):
            return ty.element_of(kind) if name in ("start", "end") else ty.BOOLEAN
        member = MEMBERS.get(kind.kind, {}).get(name)
        if member is not None:
            return member
        return self.find(
            "unknown_member",
            _end_of(node),
            name=name,
            known=tuple(MEMBERS.get(kind.kind, {})),
            base=_written(node.base),
        )

    def _instance_of(self, node: t.InstanceOf, scope: _Scope, expected: Type | None) -> tuple[t.Node, Type]:
        value, _ = self.visit(node.value, scope)
        try:
            ty.of_text(node.type)
        except ty.TypeTextError:
            self.find("unknown_type", node, type=node.type)
        return replace(node, value=value), ty.BOOLEAN

    # ---------------------------------------------------------------------------------------------------------- calls

    def _function(self, node: t.FunctionDefinition, scope: _Scope, expected: Type | None) -> tuple[t.Node, Type]:
        params = {}
        for name, text in node.params:
            try:
                params[name] = ty.of_text(text) if text else ty.ANY
            except ty.TypeTextError:
                params[name] = self.find("unknown_type", node, type=text)
        body, kind = self.visit(node.body, scope.having(params))
        return replace(node, body=body), ty.function(params.values(), kind)

    def _call(self, node: t.Call, scope: _Scope, expected: Type | None) -> tuple[t.Node, Type]:
        if isinstance(node.function, t.Name) and node.function.name not in scope.names:
            builtin = BUILTINS.get(node.function.name)
            if builtin is None:
                arguments = tuple((name, self.visit(value, scope)[0]) for name, value in node.arguments)
                self.find("unknown_function", node.function, name=node.function.name)
                return replace(node, arguments=arguments), ty.ANY
            return self._builtin(node, builtin, scope)
        function, kind = self.visit(node.function, scope)
        if kind.kind != "function":
            arguments = tuple((name, self.visit(value, scope)[0]) for name, value in node.arguments)
            if not kind.is_any:
                self.find("not_a_function", function)
            return replace(node, function=function, arguments=arguments), ty.ANY
        if len(node.arguments) != len(kind.params):
            self.find(
                "arguments", node, name=_written(node.function), wanted=len(kind.params), given=len(node.arguments)
            )
            return node, kind.result or ty.ANY
        arguments_out = []
        for (name, value), wanted in zip(node.arguments, kind.params, strict=True):
            typed, found = self.visit(value, scope, wanted)
            self.must_fit(typed, found, wanted)
            arguments_out.append((name, typed))
        return replace(node, function=function, arguments=tuple(arguments_out)), kind.result or ty.ANY

    def _builtin(self, node: t.Call, builtin: Builtin, scope: _Scope) -> tuple[t.Node, Type]:
        arguments: list[tuple[str, t.Node]] = []
        kinds: list[Type] = []
        for name, value in node.arguments:
            hint = kinds[0] if builtin.name in ("list contains", "index of", "append") and kinds else None
            hint = ty.element_of(hint) if hint is not None else None
            typed, kind = self.visit(value, scope, hint if hint is not None and hint.kind == "enum" else None)
            arguments.append((name, typed))
            kinds.append(kind)
        typed_call = replace(node, arguments=tuple(arguments))
        if any(name for name, _ in arguments):
            return typed_call, self._named_call(node, builtin, arguments, kinds)
        signature = signature_for(builtin, kinds)
        if signature is None:
            counts = sorted({len(s.params) for s in builtin.signatures if not s.variadic})
            if counts and len(kinds) not in range(fewest(builtin), counts[-1] + 1) and not is_variadic(builtin):
                least = fewest(builtin)
                wanted = f"{least}–{counts[-1]}" if least < counts[-1] else str(least)
                self.find("arguments", node, name=builtin.name, wanted=wanted, given=len(kinds))
            else:
                self._wrong_argument(builtin, arguments, kinds)
            return typed_call, ty.of_text(builtin.signatures[0].result)
        for param, (_, argument), kind in zip(params_for(signature, len(kinds)), arguments, kinds, strict=True):
            if kind.nullable and not kind.is_any and not param.null and self.dialect:
                self.find("missing", argument)
        self._elements(builtin.name, arguments, kinds)
        return typed_call, result_of(builtin, signature, kinds)

    def _named_call(
        self, node: t.Call, builtin: Builtin, arguments: list[tuple[str, t.Node]], kinds: list[Type]
    ) -> Type:
        """A call with named arguments: all names known, all that must be given given, each of its kind."""
        given = {name for name, _ in arguments}
        for signature in builtin.signatures:
            params = {param.name: param for param in signature.params}
            if given <= set(params) and all(p.optional or name in given for name, p in params.items()):
                for (name, argument), kind in zip(arguments, kinds, strict=True):
                    wanted = params[name]
                    if not (kind.kind == "Null" or ty.fits(kind, wanted.kind) or period_for(kind, wanted.kind)):
                        self.find("argument", argument, name=builtin.name, wanted=wanted.kind, found=kind)
                return ty.of_text(signature.result)
        self.find("named_arguments", node, name=builtin.name, wanted=", ".join(builtin.params))
        return ty.of_text(builtin.signatures[0].result)

    def _elements(self, name: str, arguments: list[tuple[str, t.Node]], kinds: list[Type]) -> None:
        """What a signature with `Any` does not say: what can be added up, put in order, or turned around."""
        allowed, wanted = ELEMENTS.get(name, (None, ty.ANY))
        if allowed is None:
            return
        for (_, argument), kind in zip(arguments, kinds, strict=True):
            found = ty.element_of(kind)
            if found.kind not in ("Any", "Null") and found.kind not in allowed:
                self.find("argument", argument, name=name, wanted=wanted, found=found)

    def _wrong_argument(self, builtin: Builtin, arguments: list[tuple[str, t.Node]], kinds: list[Type]) -> None:
        signature = next((s for s in builtin.signatures if len(s.params) == len(kinds)), builtin.signatures[0])
        for param, (_, argument), kind in zip(params_for(signature, len(kinds)), arguments, kinds, strict=False):
            if not ty.fits(kind, param.kind):
                self.find("argument", argument, name=builtin.name, param=param.name, wanted=param.kind, found=kind)
                return


def _looks_like_date(node: t.Node) -> bool:
    return (
        isinstance(node, t.Binary)
        and node.op == "-"
        and isinstance(node.left, t.Binary)
        and node.left.op == "-"
        and isinstance(node.left.left, t.Number)
        and 1900 <= node.left.left.value <= 2200
    )


def _end_of(node: t.Path) -> t.Node:
    """The name at the end of a path, for the carets."""
    return t.Name(node.end - len(node.name), node.end, node.name)


def _written(node: t.Node) -> str:
    if isinstance(node, t.Name):
        return node.name
    if isinstance(node, t.Path):
        return f"{_written(node.base)}.{node.name}"
    return ""


_Handler = Callable[["_Checker", Any, _Scope, "Type | None"], tuple[t.Node, Type]]
HANDLERS: dict[type[t.Node], _Handler] = {
    t.Null: lambda c, n, s, e: (n, ty.NULL),
    t.Boolean: lambda c, n, s, e: (n, ty.BOOLEAN),
    t.Number: lambda c, n, s, e: (n, ty.INTEGER if "." not in n.text and "e" not in n.text.lower() else ty.NUMBER),
    t.String: _Checker._string,
    t.At: _Checker._at,
    t.Name: _Checker._name,
    t.Choice: lambda c, n, s, e: (n, ty.enum(n.list, (n.value,))),
    t.Money: lambda c, n, s, e: (n, ty.money(n.currency)),
    t.Percent: lambda c, n, s, e: (n, ty.NUMBER),
    t.Period: _Checker._period,
    t.When: _Checker._when,
    t.List: _Checker._list,
    t.Context: _Checker._context,
    t.Range: _Checker._range,
    t.Negate: _Checker._negate,
    t.Binary: _Checker._binary,
    t.Between: _Checker._between,
    t.In: _Checker._in,
    t.Test: _Checker._test,
    t.Tests: _Checker._tests,
    t.If: _Checker._if,
    t.For: _Checker._for,
    t.Quantified: _Checker._quantified,
    t.Filter: _Checker._filter,
    t.Path: _Checker._path,
    t.Call: _Checker._call,
    t.FunctionDefinition: _Checker._function,
    t.InstanceOf: _Checker._instance_of,
}

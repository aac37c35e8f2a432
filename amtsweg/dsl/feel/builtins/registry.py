"""How a built-in is described: names of parameters, types, which are optional, and who does the work.

`call` binds positional and named arguments to a signature, fits them to its types, and hands them on. A built-in has
one signature, or several that are tried in order (`min(list)` and `min(a, b, …)`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from amtsweg.dsl.feel.env import Env
from amtsweg.dsl.feel.kinds import is_a
from amtsweg.dsl.feel.operators import Operators
from amtsweg.dsl.feel.types import Type, of_text

Value = Any


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter: its name in named calls, its type as text, whether null may be given, whether it may be left out."""

    name: str
    type: str = "Any"
    null: bool = False
    optional: bool = False

    @property
    def kind(self) -> Type:
        return of_text(self.type)


@dataclass(frozen=True, slots=True)
class Signature:
    """Parameters and result type; `variadic` repeats the last parameter."""

    params: tuple[Param, ...]
    result: str = "Any"
    variadic: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """What a built-in may use: the operators of the mode and the outside world."""

    ops: Operators
    env: Env | None


@dataclass(frozen=True, slots=True)
class Builtin:
    """A function of the language. `run` gets a `Call` and the bound arguments (variadic ones as a list)."""

    name: str
    signatures: tuple[Signature, ...]
    run: Callable[..., Value]
    about: str = ""

    @property
    def params(self) -> tuple[str, ...]:
        return tuple(param.name for param in self.signatures[0].params)


def call(
    builtin: Builtin, positional: Sequence[Value], named: Mapping[str, Value], ops: Operators, env: Env | None
) -> Value:
    """Call a built-in. Arguments that no signature takes are an undefined call: null, or an error in strict mode."""
    for signature in builtin.signatures:
        bound = _bind(signature, positional, named)
        if bound is not None:
            if bound is NULL_GIVEN:
                return ops.fail("null_argument", name=builtin.name)
            return builtin.run(Call(ops, env), *bound)
    return ops.fail("arguments", name=builtin.name, given=len(positional) + len(named))


NULL_GIVEN: list[Value] = []
"""A null where none may be: the answer is null (DMN 1.5, 10.3.4: null arguments)."""


def _bind(signature: Signature, positional: Sequence[Value], named: Mapping[str, Value]) -> list[Value] | None:
    params = signature.params
    if named:
        names = {param.name for param in params}
        if any(name not in names for name in named):
            return None
        if any(p.name not in named and not p.optional for p in params):
            return None
        given = [named.get(param.name) for param in params]
        missing = [param.name not in named for param in params]
    else:
        if signature.variadic:
            fixed = len(params) - 1
            if len(positional) < fixed + 1:
                return None
            rest: list[Value] = []
            last = params[-1].kind
            for value in positional[fixed:]:
                fitted = fit(value, last)
                if fitted is MISFIT or (fitted is None and not params[-1].null):
                    return None
                rest.append(fitted)
            head = _fit_all(params[:-1], positional[:fixed], [False] * fixed)
            return head if head is None or head is NULL_GIVEN else [*head, rest]
        least = sum(not param.optional for param in params)
        if not least <= len(positional) <= len(params):
            return None
        given = [*positional, *([None] * (len(params) - len(positional)))]
        missing = [index >= len(positional) for index in range(len(params))]
    return _fit_all(params, given, missing)


def _fit_all(params: Sequence[Param], given: Sequence[Value], missing: Sequence[bool]) -> list[Value] | None:
    out: list[Value] = []
    refused = False
    for param, value, absent in zip(params, given, missing, strict=True):
        if absent:
            out.append(None)
            continue
        if value is None:
            if not param.null:
                refused = True
            out.append(None)
            continue
        fitted = fit(value, param.kind)
        if fitted is MISFIT:
            return None
        if fitted is None and not param.null:
            refused = True  # a list that holds only null stands for null
        out.append(fitted)
    return NULL_GIVEN if refused else out


MISFIT = object()


def fit(value: Value, kind: Type) -> Value:
    """A value as a parameter's type wants it, with singleton lists both ways; MISFIT if it does not fit."""
    if value is None or kind.is_any or is_a(value, kind):
        return value
    if type(value) is list and len(value) == 1 and kind.kind != "list" and is_a(value[0], kind):
        return value[0]
    if kind.kind == "list" and type(value) is not list and kind.element is not None and is_a(value, kind.element):
        return [value]
    return MISFIT

"""What the static check knows of the built-ins beyond their signatures: what elements may be, and results.

In: a built-in's signature and the static types of its arguments. Out: the result's type, and what its elements may be.
"""

from __future__ import annotations

from dataclasses import replace

from amtsweg.dsl.feel import types as ty
from amtsweg.dsl.feel.builtins.registry import Builtin, Param, Signature
from amtsweg.dsl.feel.types import Type

ADDITIVE = {"number", "money", "days and time duration", "years and months duration", "period"}
ORDERED = {*ADDITIVE, "string", "date", "time", "date and time", "enum"}
DURATIONS = {"days and time duration", "years and months duration", "period"}
SAME_LIST = {
    "append", "concatenate", "reverse", "sublist", "distinct values", "sort", "union", "insert before", "remove",
    "list replace",
}  # fmt: skip
SAME_VALUE = {"abs", "decimal", "floor", "ceiling", "round up", "round down", "round half up", "round half down",
              "round money"}  # fmt: skip
ELEMENTS: dict[str, tuple[set[str], Type]] = {
    "not": ({"boolean"}, ty.BOOLEAN), "sum": (ADDITIVE, ty.NUMBER), "mean": (ADDITIVE, ty.NUMBER),
    "product": ({"number"}, ty.NUMBER), "median": ({"number"}, ty.NUMBER), "stddev": ({"number"}, ty.NUMBER),
    "min": (ORDERED, ty.NUMBER), "max": (ORDERED, ty.NUMBER),
}  # fmt: skip
ELEMENT = {"min", "max", "sum", "mean", "median"}


def params_for(signature: Signature, count: int) -> list[Param]:
    """The parameters of a call with so many arguments; a variadic one repeats the last."""
    params = list(signature.params)
    while signature.variadic and len(params) < count:
        params.append(signature.params[-1])
    return params[:count]


def fewest(builtin: Builtin) -> int:
    """How many arguments a call has at least."""
    return min(sum(not param.optional for param in signature.params) for signature in builtin.signatures)


def is_variadic(builtin: Builtin) -> bool:
    """Whether any number of arguments may follow."""
    return any(signature.variadic for signature in builtin.signatures)


def signature_for(builtin: Builtin, kinds: list[Type]) -> Signature | None:
    """The first signature that takes arguments of these types; None if none does."""
    for signature in builtin.signatures:
        least = sum(not param.optional for param in signature.params)
        if not (least <= len(kinds) and (signature.variadic or len(kinds) <= len(signature.params))):
            continue
        if all(
            kind.kind == "Null" or ty.fits(kind, param.kind) or period_for(kind, param.kind)
            for param, kind in zip(params_for(signature, len(kinds)), kinds, strict=True)
        ):
            return signature
    return None


def result_of(builtin: Builtin, signature: Signature, kinds: list[Type]) -> Type:
    """The result's type, more exactly than the signature says where it depends on the arguments."""
    name = builtin.name
    if name in SAME_LIST and kinds and kinds[0].kind == "list":
        return ty.required(kinds[0])
    if name == "flatten" and kinds:
        element = kinds[0]
        while element.kind == "list":
            element = ty.element_of(element)
        return ty.list_of(element)
    if name in SAME_VALUE and kinds:
        found = ty.required(kinds[0])
        return replace(found, integer=False) if found.kind == "number" else found
    if name in ELEMENT and kinds:
        found = ty.element_of(kinds[0])
        for kind in kinds[1:]:
            found = ty.join(found, kind)
        return ty.required(replace(found, integer=False) if name in ("mean", "median") else found)
    if name == "last" and kinds:
        return ty.optional(ty.element_of(kinds[0]))
    if name == "default" and len(kinds) == 2:
        return ty.join(ty.required(kinds[0]), kinds[1]) if kinds[0].kind != "Null" else kinds[1]
    if name in ("count", "string length", "index of", "day of year", "week of year"):
        return ty.list_of(ty.INTEGER) if name == "index of" else ty.INTEGER
    if name == "duration":
        return ty.ANY
    if name == "context merge" or name == "context put":
        return ty.CONTEXT
    return ty.of_text(signature.result)


def period_for(kind: Type, wanted: Type) -> bool:
    """A plain period may stand for a duration."""
    return kind.kind == "period" and wanted.kind in DURATIONS

"""Cases, events and effects as plain data and back: what a store keeps and a hash is taken of.

In: the frozen dataclasses of `case` and `event`. Out: canonical JSON data (and the inverse). Values of the expression
language go through `dsl.feel.codec`, instants are ISO texts in UTC, what equals its default is left out, so that a
field added later changes nothing that was stored before. How a class is written follows from its annotations alone.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Hashable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

from amtsweg.dsl.canonical import canonical_bytes
from amtsweg.dsl.feel.codec import decode, encode
from amtsweg.engine.case import Case

T = TypeVar("T")
Convert = Callable[[Any], Any]

__all__ = ["case_bytes", "decode", "dump", "encode", "load", "value_bytes"]


def dump(value: Any) -> Any:
    """Plain data of a case, an event, an effect or a part of them."""
    return _converters(typing.cast(Hashable, type(value)))[0](value)


def load(kind: type[T], data: Any) -> T:
    """The inverse of `dump`."""
    return typing.cast(T, _converters(typing.cast(Hashable, kind))[1](data))


def case_bytes(case: Case) -> bytes:
    """A case as canonical JSON."""
    return canonical_bytes(dump(case))


def value_bytes(value: Any) -> bytes:
    """A value of the expression language as canonical JSON."""
    return canonical_bytes(encode(value))


def instant(at: datetime) -> str:
    """An instant as text that sorts like time."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_instant(text: str) -> datetime:
    """The inverse of `instant`."""
    return datetime.fromisoformat(text)


@cache
def _converters(kind: Hashable) -> tuple[Convert, Convert]:
    """How a type is written and read."""
    if is_dataclass(kind) and isinstance(kind, type):
        return _of_class(kind)
    if kind is Any:
        return encode, decode
    if kind is datetime:
        return instant, parse_instant
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _of_union(args)
    if origin is tuple:
        return _of_tuple(args)
    if origin is frozenset:
        return sorted, frozenset
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return _of_mapping(args)
    return _same, _same


def _same(value: Any) -> Any:
    return value


def _of_class(cls: type[Any]) -> tuple[Convert, Convert]:
    hints = typing.get_type_hints(cls)
    parts = [(f.name, *_converters(hints[f.name]), _default(f)) for f in fields(cls)]
    readers = {name: read for name, _, read, _ in parts}

    def write(value: Any) -> dict[str, Any]:
        made = {}
        for name, convert, _, default in parts:
            found = getattr(value, name)
            if default is MISSING or found != default or type(found) is not type(default):
                made[name] = convert(found)
        return made

    def read(data: Any) -> Any:
        return cls(**{name: readers[name](found) for name, found in data.items() if name in readers})

    return write, read


def _default(field: Any) -> Any:
    if field.default is not MISSING:
        return field.default
    return field.default_factory() if field.default_factory is not MISSING else MISSING


def _of_union(args: tuple[Any, ...]) -> tuple[Convert, Convert]:
    choices = [a for a in args if a is not type(None)]
    classes: dict[str, type[Any]] = {c.__name__: c for c in choices if isinstance(c, type) and is_dataclass(c)}
    if len(classes) > 1:

        def write_tagged(value: Any) -> Any:
            return {"_": type(value).__name__, **dump(value)}

        def read_tagged(data: Any) -> Any:
            return load(classes[data["_"]], {k: v for k, v in data.items() if k != "_"})

        return write_tagged, read_tagged
    inner = _converters(choices[0]) if choices and get_origin(choices[0]) is not Literal else (_same, _same)
    return (lambda v: None if v is None else inner[0](v)), (lambda v: None if v is None else inner[1](v))


def _of_tuple(args: tuple[Any, ...]) -> tuple[Convert, Convert]:
    if len(args) == 2 and args[1] is Ellipsis:
        write, read = _converters(args[0])
        return (lambda v: [write(x) for x in v]), (lambda v: tuple(read(x) for x in v))
    pairs = [_converters(a) for a in args]
    return (
        lambda v: [p[0](x) for p, x in zip(pairs, v, strict=True)],
        lambda v: tuple(p[1](x) for p, x in zip(pairs, v, strict=True)),
    )


def _of_mapping(args: tuple[Any, ...]) -> tuple[Convert, Convert]:
    write, read = _converters(args[1])
    if get_origin(args[0]) is tuple:
        return (
            lambda v: [[list(k), write(x)] for k, x in sorted(v.items())],
            lambda v: {tuple(k): read(x) for k, x in v},
        )
    return (lambda v: {str(k): write(x) for k, x in v.items()}), (lambda v: {k: read(x) for k, x in v.items()})

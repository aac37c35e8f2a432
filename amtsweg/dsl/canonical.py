"""Frozen dataclasses to canonical JSON and back, and the hash that pins a compiled procedure or a journal entry.

Canonical means: keys sorted, no blanks, UTF-8, values equal to their default left out. A field that is added later with
a default therefore changes no hash of what was stored before. Numbers in here are counters; money, dates and all other
values of the expression language go through `amtsweg.dsl.feel.codec` first and are plain JSON when they arrive.
"""

from __future__ import annotations

import hashlib
import json
import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin

T = TypeVar("T")


def dump(value: Any) -> Any:
    """Plain JSON data of a frozen dataclass, tuple, frozenset, mapping or scalar; defaults are left out."""
    if is_dataclass(value) and not isinstance(value, type):
        data = {f.name: dump(getattr(value, f.name)) for f in fields(value) if not _is_default(f, value)}
        if type(value).__name__ in _TAGGED:
            data["_"] = type(value).__name__
        return data
    if isinstance(value, tuple | list):
        return [dump(item) for item in value]
    if isinstance(value, frozenset | set):
        return sorted(dump(item) for item in value)
    if isinstance(value, Mapping):
        return {str(key): dump(item) for key, item in value.items()}
    return value


def load(cls: type[T], data: Any) -> T:
    """The inverse of `dump` for a known class. Raises KeyError or TypeError where the data do not fit."""
    return typing.cast(T, _load(cls, data))


def canonical_bytes(data: Any) -> bytes:
    """Canonical JSON bytes of plain data (what `dump` returns)."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def digest(value: Any) -> str:
    """The sha256 of a value's canonical JSON, in hexadecimal digits."""
    return hashlib.sha256(canonical_bytes(dump(value))).hexdigest()


def _is_default(f: Field[Any], value: Any) -> bool:
    actual = getattr(value, f.name)
    if f.default is not MISSING:
        return bool(actual == f.default and type(actual) is type(f.default))
    if f.default_factory is not MISSING:
        return bool(actual == f.default_factory())
    return False


_TAGGED: set[str] = set()


def tagged(cls: type[T]) -> type[T]:
    """Mark a dataclass that appears in a union, so that its data carry its name under `_`."""
    _TAGGED.add(cls.__name__)
    return cls


@cache
def _hints(cls: type[Any]) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def _load(kind: Any, data: Any) -> Any:
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _load_union(args, data)
    if origin is tuple:
        return tuple(_load(args[0] if len(args) == 2 and args[1] is ... else args[i], x) for i, x in enumerate(data))
    if origin in (frozenset, set):
        return frozenset(_load(args[0], x) for x in data)
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return {key: _load(args[1], x) for key, x in data.items()}
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: _load(hints[name], x) for name, x in data.items() if name != "_"})
    return data


def _load_union(args: tuple[Any, ...], data: Any) -> Any:
    if data is None:
        return None
    choices = [a for a in args if a is not type(None)]
    if isinstance(data, dict):
        if "_" in data:
            named = next(a for a in choices if getattr(a, "__name__", "") == data["_"])
            return _load(named, data)
        for choice in choices:
            if isinstance(choice, type) and is_dataclass(choice):
                return _load(choice, data)
    for choice in choices:
        if get_origin(choice) is not None and isinstance(data, list | dict):
            return _load(choice, data)
    return data

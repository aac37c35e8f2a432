"""The static types of `amtsweg.dsl.feel.types` under the short names the compilers of a procedure use.

In: nothing. Out: the constants, constructors and questions, and `person`, the record of a person as it stands in
`amtsweg.dsl.fieldtypes`. A choice inside a composite type (`person.anrede`) is a choice from a list of that name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from amtsweg.dsl.feel.tree import Node as Tree
from amtsweg.dsl.feel.types import (
    ANY,
    BOOLEAN,
    DATE,
    DATE_TIME,
    INTEGER,
    NUMBER,
    PERIOD,
    STRING,
    TIME,
    Type,
    element_of,
    enum,
    join,
    list_of,
    money,
    of_text,
    optional,
    record,
)
from amtsweg.dsl.feel.types import function as _function
from amtsweg.dsl.feel.types import required as strip
from amtsweg.dsl.fieldtypes import FIELD_TYPES, TypeFacts

_SIMPLE = {
    "string": STRING,
    "integer": INTEGER,
    "number": NUMBER,
    "percent": NUMBER,
    "date": DATE,
    "time": TIME,
    "date and time": DATE_TIME,
    "boolean": BOOLEAN,
}


def function(params: Mapping[str, Type], result: Type) -> Type:
    """A decision as a function of its inputs."""
    return _function(params.values(), result)


def is_any(kind: Type) -> bool:
    """Whether nothing is known of a value."""
    return kind.is_any


def is_optional(kind: Type) -> bool:
    """Whether a value may be missing (of what is not known, nothing is said)."""
    return kind.nullable and not kind.is_any


def show(kind: Type) -> str:
    """The type as text; `of_text` reads it again."""
    return kind.text


def common(kinds: Iterable[Type]) -> Type:
    """The smallest type that holds all of them; nothing is known of none."""
    found: Type | None = None
    for kind in kinds:
        found = kind if found is None else join(found, kind)
    return found if found is not None else ANY


@cache
def of_facts(facts: TypeFacts) -> Type:
    """The static type of a built-in field type; composite ones are records of their parts."""
    if facts.feel == "record":
        fields = {}
        for part in facts.parts:
            options = [option for option, _ in part.options]
            inner = enum(f"{facts.name}.{part.id}", options) if options else of_facts(FIELD_TYPES[part.type])
            fields[part.id] = optional(inner) if part.optional and not part.computed else inner
        return record(fields)
    if facts.feel == "money":
        return money("EUR")
    return _SIMPLE.get(facts.feel, ANY)


def person() -> Type:
    """What an expression sees of a person."""
    return of_facts(FIELD_TYPES["person"])


__all__ = [
    "ANY", "BOOLEAN", "DATE", "DATE_TIME", "INTEGER", "NUMBER", "PERIOD", "STRING", "TIME", "Tree", "Type", "common",
    "element_of", "enum", "function", "is_any", "is_optional", "list_of", "money", "of_facts", "of_text", "optional",
    "person", "record", "show", "strip",
]  # fmt: skip

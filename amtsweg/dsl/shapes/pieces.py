"""The pieces of shapes: a text, a word of a closed list, a list, a map of ids, a map of keywords.

In: what may stand there. Out: a piece of JSON Schema with what an editor shows for it.
"""

from __future__ import annotations

from typing import Any

from amtsweg.dsl.fieldtypes import FIELD_TYPES
from amtsweg.dsl.keywords import PLACES, keyword

Schema = dict[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"
TEXT_TYPES = ["string", "number", "boolean", "null"]
ID = "^[a-z][a-z0-9_]*$"
PROCEDURE_ID = "^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
BLOCK_ID = "^[a-z][a-z0-9]*([-_][a-z0-9]+)*$"
TARGET = "^\\s*(?:(?:done|end)(?:\\s+[a-z][a-z0-9_]*)?|[a-z][a-z0-9_]*)\\s*$"
VERSION = "^[0-9]{1,6}(\\.[0-9]{1,6}){0,2}$"
WHOLE = "^[0-9]{1,9}$"
DATE = "^([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{2}\\.[0-9]{2}\\.[0-9]{4})$"

YES_NO = ("yes", "no", "true", "false", "ja", "nein", True, False)

CASE_VALUE: Schema = {"$ref": "#/$defs/value"}


def text(wants: str = "", pattern: str = "") -> Schema:
    """A text; `wants` says in one word what should stand there."""
    found: Schema = {"type": TEXT_TYPES, "minLength": 1}
    if wants:
        found["x-wants"] = wants
    if wants == "type":
        found["examples"] = list(FIELD_TYPES)
    if pattern:
        found["pattern"] = pattern
    return found


def words(*allowed: str) -> Schema:
    """One of a closed list of words."""
    return {"type": TEXT_TYPES, "enum": list(allowed), "x-wants": "word"}


def yes_no() -> Schema:
    """`yes` or `no`."""
    return {"type": TEXT_TYPES, "enum": list(YES_NO), "x-wants": "yes_no"}


def list_of(items: Schema, *, least: int = 1) -> Schema:
    """A list with dashes or in brackets."""
    return {"type": "array", "items": items, "minItems": least}


def or_list(items: Schema) -> Schema:
    """One text or a list of them."""
    return {**items, "type": [*TEXT_TYPES, "array"], "items": items, "minItems": 1}


def ids(values: Schema, noun: str, pattern: str = ID) -> Schema:
    """A map from ids to what they name."""
    return {
        "type": "object",
        "x-ids": noun,
        "propertyNames": {"pattern": pattern},
        "additionalProperties": values,
        "minProperties": 1,
    }


def free(values: Schema) -> Schema:
    """A map whose keys are names, paths or expressions of any form."""
    return {"type": "object", "additionalProperties": values, "minProperties": 1}


def ref(name: str) -> Schema:
    """A shape that is used in several places."""
    return {"$ref": f"#/$defs/{name}"}


def record(place: str, keys: Schema, required: tuple[str, ...] = (), *, short: Schema | None = None) -> Schema:
    """A map of keywords; with `short`, a single text may stand in its place."""
    found: Schema = {
        "type": [*TEXT_TYPES, "object"] if short is not None else "object",
        "x-place": place,
        "title": PLACES[place].de,
        "properties": {word: explained(word, place, shape) for word, shape in keys.items()},
        "additionalProperties": False,
    }
    if required:
        found["required"] = list(required)
    if short is not None:
        found |= {key: value for key, value in short.items() if key not in ("type", "title")}
    return found


def explained(word: str, place: str, shape: Schema) -> Schema:
    """The shape of a key's value with what an editor shows for the key."""
    found = keyword(word, place)
    if found is None:
        raise LookupError(f"the table of keywords lacks {word} at {place}")
    notes: Schema = {
        "title": f"{found.name} · {word}",
        "description": f"{found.name}: {found.says.de}.\n\n{word}: {found.says.en}.\n\n    {found.example}",
    }
    if "$ref" in shape:
        return {**notes, "allOf": [shape]}
    return {**shape, **notes}


def one_of(*keys: str) -> Schema:
    """At least one of these keys must be there (if it is a map at all)."""
    return {"anyOf": [{"required": [key]} for key in keys], "x-one-of": list(keys)}

"""Static types of expressions: structural, with nullness, enumerations, money and periods.

One frozen class with a kind and its parts; `text` prints a type so that `of_text` reads it again (renderers format
values by that text). Conformance follows DMN 1.5, 10.3.2.9; `Any` conforms both ways, so that what is not known is not
a finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

BASIC = (
    "Any", "Null", "number", "string", "boolean", "date", "time", "date and time", "days and time duration",
    "years and months duration", "period",
)  # fmt: skip


@dataclass(frozen=True)
class Type:
    """A static type.

    Parameters
    ----------
    kind: one of `BASIC`, or `list range context function enum money`.
    element: of list and range.
    fields: of context: name -> type; None means any entries.
    params, result: of function.
    name: the list's id of an enum, the currency of money ("" = any).
    values: the option ids of an enum.
    nullable: may be null.
    integer: a number without fraction.
    """

    kind: str
    element: Type | None = None
    fields: tuple[tuple[str, Type], ...] | None = None
    params: tuple[Type, ...] = ()
    result: Type | None = None
    name: str = ""
    values: tuple[str, ...] = ()
    nullable: bool = False
    integer: bool = False
    title: str = field(default="", compare=False)

    def member(self, name: str) -> Type | None:
        """The type of a context's entry."""
        return next((kind for key, kind in self.fields or () if key == name), None)

    @property
    def is_any(self) -> bool:
        return self.kind == "Any"

    @property
    def text(self) -> str:
        """The type as text; a trailing `?` says that null is possible."""
        return _text(self) + ("?" if self.nullable and self.kind not in ("Any", "Null") else "")

    def __str__(self) -> str:
        return self.text


def _text(kind: Type) -> str:
    if kind.kind == "list":
        return f"list<{(kind.element or ANY).text}>"
    if kind.kind == "range":
        return f"range<{(kind.element or ANY).text}>"
    if kind.kind == "context":
        if kind.fields is None:
            return "context"
        return "context<" + ", ".join(f"{name}: {part.text}" for name, part in kind.fields) + ">"
    if kind.kind == "function":
        return f"function<{', '.join(p.text for p in kind.params)}> -> {(kind.result or ANY).text}"
    if kind.kind == "enum":
        return f"enum {kind.name}" + (f"({'|'.join(kind.values)})" if kind.values else "")
    if kind.kind == "money":
        return f"money {kind.name}".strip()
    if kind.kind == "number" and kind.integer:
        return "integer"
    return kind.kind


ANY = Type("Any", nullable=True)
NULL = Type("Null", nullable=True)
NUMBER = Type("number")
INTEGER = Type("number", integer=True)
STRING = Type("string")
BOOLEAN = Type("boolean")
DATE = Type("date")
TIME = Type("time")
DATE_TIME = Type("date and time")
DAYS = Type("days and time duration")
MONTHS = Type("years and months duration")
PERIOD = Type("period")
MONEY = Type("money", name="EUR")
CONTEXT = Type("context")


def list_of(element: Type) -> Type:
    return Type("list", element=element)


def range_of(element: Type) -> Type:
    return Type("range", element=element)


def record(fields: Mapping[str, Type]) -> Type:
    return Type("context", fields=tuple(fields.items()))


def function(params: Iterable[Type], result: Type) -> Type:
    return Type("function", params=tuple(params), result=result)


def enum(name: str, values: Iterable[str]) -> Type:
    return Type("enum", name=name, values=tuple(values))


def money(currency: str = "EUR") -> Type:
    return Type("money", name=currency)


def optional(kind: Type) -> Type:
    """The same type, null allowed."""
    return kind if kind.nullable else replace(kind, nullable=True)


def required(kind: Type) -> Type:
    """The same type, null not allowed."""
    return replace(kind, nullable=False) if kind.nullable and kind.kind not in ("Any", "Null") else kind


def element_of(kind: Type) -> Type:
    """What a list holds; a single value counts as a list of one."""
    if kind.kind in ("list", "range"):
        return kind.element or ANY
    return kind if kind.kind != "Null" else ANY


def conforms(kind: Type, wanted: Type) -> bool:
    """Whether every value of `kind` is one of `wanted` (nullness aside)."""
    if wanted.is_any or kind.is_any or kind.kind == "Null":
        return True
    if wanted.kind == "string" and kind.kind == "enum":
        return True
    if wanted.kind == "enum":
        if kind.kind == "string":
            return True
        return kind.kind == "enum" and (kind.name == wanted.name or set(kind.values) <= set(wanted.values))
    if kind.kind != wanted.kind:
        return False
    if kind.kind in ("list", "range"):
        return conforms(kind.element or ANY, wanted.element or ANY)
    if kind.kind == "context":
        if wanted.fields is None or kind.fields is None:
            return True
        return all((part := kind.member(n)) is not None and conforms(part, w) for n, w in wanted.fields)
    if kind.kind == "money":
        return not kind.name or not wanted.name or kind.name == wanted.name
    if kind.kind == "function":
        return len(kind.params) == len(wanted.params)
    return not (wanted.integer and not kind.integer)


def fits(kind: Type, wanted: Type) -> bool:
    """Like `conforms`, with FEEL's conversions: a list of one, a single value for a list, a date as midnight."""
    if conforms(kind, wanted):
        return True
    if wanted.kind == "number" and wanted.integer and kind.kind == "number":
        return True
    if wanted.kind == "list" and conforms(kind, wanted.element or ANY):
        return True
    if kind.kind == "list" and conforms(kind.element or ANY, wanted):
        return True
    return kind.kind == "date" and wanted.kind == "date and time"


def join(first: Type, second: Type) -> Type:
    """The smallest type that holds both (of the two branches of an `if`)."""
    nullable = first.nullable or second.nullable
    if first.kind == "Null":
        return optional(second)
    if second.kind == "Null":
        return optional(first)
    if first.is_any or second.is_any:
        return ANY
    if first.kind == second.kind == "context" and first.fields is not None and second.fields is not None:
        shared = {name: join(part, other) for name, part in first.fields if (other := second.member(name)) is not None}
        return replace(record(shared), nullable=nullable)
    if first.kind == second.kind == "list":
        return replace(list_of(join(element_of(first), element_of(second))), nullable=nullable)
    if first.kind == second.kind == "number":
        return replace(INTEGER if first.integer and second.integer else NUMBER, nullable=nullable)
    if conforms(first, second):
        return replace(second, nullable=nullable)
    if conforms(second, first):
        return replace(first, nullable=nullable)
    if {first.kind, second.kind} <= {"string", "enum"}:
        return replace(STRING, nullable=nullable)
    return ANY


# ------------------------------------------------------------------------------------------------------------- reading

_WORD = re.compile(r"\s*([^\s<>,:()|?][^<>,:()|?]*)")


class TypeTextError(ValueError):
    """The text is no type."""


@lru_cache(maxsize=4096)
def of_text(text: str) -> Type:
    """A type from its text, in FEEL's spelling or this file's own. Raises TypeTextError."""
    kind, rest = _read(text.strip())
    if rest.strip():
        raise TypeTextError(text)
    return kind


def _read(text: str) -> tuple[Type, str]:
    text = text.lstrip()
    for head in ("list", "range", "context", "function"):
        if re.match(head + r"\s*<", text):
            kind, rest = _read_generic(head, text[len(head) :].lstrip()[1:])
            return _mark(kind, rest)
    if text.startswith("enum "):
        found = re.match(r"enum ([\w./-]+)(?:\(([^)]*)\))?", text)
        if found is None:
            raise TypeTextError(text)
        values = tuple(v for v in (found[2] or "").split("|") if v)
        return _mark(enum(found[1], values), text[found.end() :])
    if re.match(r"money\b", text):
        found = re.match(r"money(?: ([A-Z]{3}))?", text)
        assert found is not None
        return _mark(Type("money", name=found[1] or ""), text[found.end() :])
    match = _WORD.match(text)
    if match is None:
        raise TypeTextError(text)
    word = " ".join(match[1].split())
    rest = text[match.end() :]
    simple = {
        "any": ANY, "Any": ANY, "Null": NULL, "null": NULL, "integer": INTEGER, "number": NUMBER, "string": STRING,
        "text": STRING, "boolean": BOOLEAN, "date": DATE, "time": TIME, "date and time": DATE_TIME,
        "dateTime": DATE_TIME, "days and time duration": DAYS, "dayTimeDuration": DAYS,
        "years and months duration": MONTHS, "yearMonthDuration": MONTHS, "period": PERIOD, "list": list_of(ANY),
        "context": CONTEXT, "range": range_of(ANY), "function": function((), ANY), "duration": DAYS,
    }.get(word)  # fmt: skip
    if simple is None:
        raise TypeTextError(word)
    return _mark(simple, rest)


def _read_generic(head: str, text: str) -> tuple[Type, str]:
    if head in ("list", "range"):
        element, rest = _read(text)
        return (list_of if head == "list" else range_of)(element), _close(rest)
    if head == "context":
        fields: dict[str, Type] = {}
        rest = text.lstrip()
        while not rest.startswith(">"):
            name, mark, after = rest.partition(":")
            if not mark:
                raise TypeTextError(text)
            fields[" ".join(name.split())], rest = _read(after)
            rest = rest.lstrip()
            rest = rest[1:].lstrip() if rest.startswith(",") else rest
        return record(fields), rest[1:]
    params: list[Type] = []
    rest = text.lstrip()
    while not rest.startswith(">"):
        param, rest = _read(rest)
        params.append(param)
        rest = rest.lstrip()
        rest = rest[1:].lstrip() if rest.startswith(",") else rest
    rest = rest[1:].lstrip()
    if not rest.startswith("->"):
        return function(params, ANY), rest
    result, rest = _read(rest[2:])
    return function(params, result), rest


def _close(rest: str) -> str:
    rest = rest.lstrip()
    if not rest.startswith(">"):
        raise TypeTextError(rest)
    return rest[1:]


def _mark(kind: Type, rest: str) -> tuple[Type, str]:
    return (optional(kind), rest.lstrip()[1:]) if rest.lstrip().startswith("?") else (kind, rest)


def names_in(kind: Type) -> Iterable[str]:
    """All entry names inside a type, for a lexer that must know names with blanks."""
    seen: set[int] = set()

    def visit(at: Type) -> Iterable[str]:
        if id(at) in seen:
            return
        seen.add(id(at))
        for name, part in at.fields or ():
            yield name
            yield from visit(part)
        if at.element is not None:
            yield from visit(at.element)
        if at.result is not None:
            yield from visit(at.result)

    return visit(kind)


GERMAN = {
    "number": "Zahl", "string": "Text", "boolean": "Ja/Nein", "date": "Datum", "time": "Uhrzeit",
    "date and time": "Zeitpunkt", "days and time duration": "Dauer", "years and months duration": "Dauer in Monaten",
    "period": "Frist", "list": "Liste", "range": "Bereich", "context": "Datensatz", "function": "Funktion",
    "enum": "Auswahl", "money": "Betrag", "Any": "beliebig", "Null": "nichts",
}  # fmt: skip
ENGLISH = {
    "number": "number", "string": "text", "boolean": "yes/no", "date": "date", "time": "time of day",
    "date and time": "moment", "days and time duration": "duration", "years and months duration": "months",
    "period": "period", "list": "list", "range": "range", "context": "record", "function": "function",
    "enum": "choice", "money": "amount", "Any": "anything", "Null": "nothing",
}  # fmt: skip


def spoken(kind: Type, language: str) -> str:
    """What people call a type."""
    return (GERMAN if language == "de" else ENGLISH).get(kind.kind, kind.kind)

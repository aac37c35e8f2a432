"""Forms: fields and their types, groups that repeat, checks; own record types and lists of options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from amtsweg.dsl.canonical import tagged
from amtsweg.dsl.procedure.expressions import Expr

BuiltinType = Literal[
    "text", "long_text", "integer", "number", "percent", "money", "date", "month", "time", "date_time", "yes_no",
    "confirm", "choice", "multi_choice", "email", "phone", "iban", "person", "organisation", "address", "place",
    "parcel", "plate", "chip", "file", "case_ref", "record",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class FieldType:
    """The type of a field: a built-in one, with what it needs.

    `options` names a list; `only` narrows it (an expression that gives a list of option ids); `record` names an own
    record type; `currency` is for money; `accept` and `max_mb` for files; `many` allows several files or values.
    """

    name: BuiltinType
    options: str = ""
    only: Expr | None = None
    record: str = ""
    currency: str = "EUR"
    accept: tuple[str, ...] = ()
    max_mb: int = 20
    many: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """`when` says what is wrong (or worth a note), `say` is the sentence people read."""

    when: Expr
    say: str
    at: str = ""


@tagged
@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form.

    `id` is the key in the record of its level; `path` is what expressions say (`antrag.hunde.rasse`). `optional` is
    yes, no or a condition. A field with `compute` is never typed in. `unknown` is the caption of "I do not know": the
    record then holds null for the field and true for `<id>_unknown`.
    """

    id: str
    path: str
    title: str
    type: FieldType
    when: Expr | None = None
    optional: bool | Expr = False
    compute: Expr | None = None
    default: Expr | None = None
    prefill: Expr | None = None
    hint: str = ""
    unknown: str = ""
    min: Expr | None = None
    max: Expr | None = None
    not_before: Expr | None = None
    not_after: Expr | None = None
    pattern: str = ""
    checks: tuple[Check, ...] = ()
    notes: tuple[Check, ...] = ()
    purpose: str = ""
    see: tuple[str, ...] = ()
    special: bool = False
    keep: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Repeat:
    """A group that is answered once per element: a list of records under the group's id."""

    title: str = ""
    min: int = 0
    max: int = 20
    over: Expr | None = None
    as_name: str = ""


@tagged
@dataclass(frozen=True, slots=True)
class Group:
    """A page or a section. It gives no name in paths unless it repeats (then its id names a list of records)."""

    id: str
    title: str
    kind: Literal["page", "section"] = "section"
    items: tuple[Field | Group, ...] = ()
    when: Expr | None = None
    repeat: Repeat | None = None
    hint: str = ""
    checks: tuple[Check, ...] = ()
    notes: tuple[Check, ...] = ()
    at: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A form: pages (one page of kind `page` if the designer wrote only fields), rules, review.

    `order` lists what is evaluated, in dependency order, as paths relative to the form (`hunde.satz`, and `hunde?` for
    a group's or field's `when`); the compiler refuses cycles. `many`: each submission is appended to a list.
    """

    id: str
    title: str
    pages: tuple[Group, ...]
    order: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    notes: tuple[Check, ...] = ()
    declaration: str = ""
    receipt: str = ""
    many: bool = False
    at: str = ""


@dataclass(frozen=True, slots=True)
class RecordType:
    """An own record type under `types:`: fields like those of a form."""

    id: str
    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One entry of a list: id (what is stored) and title (what people read)."""

    id: str
    title: str
    when: Expr | None = None


@dataclass(frozen=True, slots=True)
class OptionList:
    """A list of options; `part_of` names the list of which it is a part (then titles come from there)."""

    id: str
    options: tuple[Option, ...]
    part_of: str = ""
    by_tenant: bool = False

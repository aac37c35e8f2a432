"""A form at one moment, as plain data: what a person may see and fill in now.

Made by `amtsweg.engine.forms` from a compiled form, the values so far and the case; shown by the renderers as a page,
as JSON or as questions. Everything conditional is decided here: what is hidden is absent, what is computed has its
value, what is required says so. A renderer needs no expression and no engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from amtsweg.dsl.canonical import tagged


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with what was typed: the field's path, a stable code, the sentence in the reader's language."""

    path: str
    code: str
    text: str


@tagged
@dataclass(frozen=True, slots=True)
class FieldView:
    """One question.

    `path` is the name under which the answer is sent (`hunde[1].rasse`; elements count from 1). `control` is how it is
    asked (see `amtsweg.dsl.fieldtypes`). `raw` is what the person typed, kept word for word; `shown` is the value as
    people read it. `options` are (id, title). `parts` are the questions of a composite type (person, address).
    `limits` may hold `min`, `max`, `not_before`, `not_after` (as written in forms), `pattern`, `accept`, `max_mb`.
    """

    path: str
    id: str
    title: str
    type: str
    control: str = "text"
    hint: str = ""
    required: bool = True
    readonly: bool = False
    computed: bool = False
    raw: str = ""
    value: Any = None
    shown: str = ""
    options: tuple[tuple[str, str], ...] = ()
    chosen: tuple[str, ...] = ()
    many: bool = False
    unknown: str = ""
    unknown_chosen: bool = False
    autocomplete: str = ""
    limits: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[FieldView, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


@tagged
@dataclass(frozen=True, slots=True)
class GroupView:
    """A section, or a repeated group with one element per answer.

    `elements` are the answers of a repeated group, each with its items and a short text that tells them apart;
    `item_title` names one of them, `least` and `most` bound their number.
    """

    id: str
    path: str
    title: str
    hint: str = ""
    items: tuple[FieldView | GroupView, ...] = ()
    repeats: bool = False
    item_title: str = ""
    least: int = 0
    most: int = 1
    elements: tuple[tuple[FieldView | GroupView, ...], ...] = ()
    labels: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageView:
    """One page of the form; a page that repeats holds one repeated group."""

    id: str
    title: str
    items: tuple[FieldView | GroupView, ...]
    hint: str = ""
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    complete: bool = False


@dataclass(frozen=True, slots=True)
class FormView:
    """A form at one moment: the pages that apply now, in order, and everything that is wrong or worth a note.

    `buttons` are the ways to send it: (outcome id, title). `base` is the version of the data that this view shows; it
    is sent back so that nobody overwrites what another has written.
    """

    form: str
    title: str
    pages: tuple[PageView, ...]
    language: str = "de"
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    declaration: str = ""
    base: int = 0
    buttons: tuple[tuple[str, str], ...] = (("done", "Absenden"),)
    values: Mapping[str, Any] = field(default_factory=dict)

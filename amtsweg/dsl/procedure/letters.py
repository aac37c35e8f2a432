"""Letters: text in parts with holes, conditions and repetitions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from amtsweg.dsl.canonical import tagged
from amtsweg.dsl.procedure.expressions import Expr


@tagged
@dataclass(frozen=True, slots=True)
class TextPart:
    """Markdown text that stands as it is."""

    text: str


@tagged
@dataclass(frozen=True, slots=True)
class HolePart:
    """A value, formatted by its type and the reader's language."""

    expr: Expr


@tagged
@dataclass(frozen=True, slots=True)
class WhenPart:
    """`::: when <FEEL>` … `:::`"""

    test: Expr
    body: tuple[TextPart | HolePart | WhenPart | EachPart, ...]


@tagged
@dataclass(frozen=True, slots=True)
class EachPart:
    """`::: each <name> in <FEEL>` … `:::`"""

    name: str
    items: Expr
    body: tuple[TextPart | HolePart | WhenPart | EachPart, ...]


Part = TextPart | HolePart | WhenPart | EachPart


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter: its text per language as parts, and what the law asks of it.

    `appeal` names the remedy text (`widerspruch`, `klage`, `abgabe`, `none`); `legal_effect` is false for plain
    messages. `approve_by` and `four_eyes` are already compiled into the steps that send it; they stay for display.
    """

    id: str
    title: str
    bodies: Mapping[str, tuple[Part, ...]]
    kind: str = "bescheid"
    appeal: str = "none"
    approve_by: str = ""
    four_eyes: tuple[str, ...] = ()
    back: str = ""
    attach: tuple[str, ...] = ()
    way: str = "post"
    at: str = ""

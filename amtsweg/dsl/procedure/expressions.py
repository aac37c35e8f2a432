"""A checked expression, as all parts of a procedure hold it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Expr:
    """A checked expression.

    Parameters
    ----------
    text: as the designer wrote it.
    tree: its typed tree as plain data (`amtsweg.dsl.feel.tree.to_data`).
    type: its static type, printed (`money EUR`, `list<...>`, `enum rassen`); renderers format values by it.
    at: where it stands, `file:line:column`.
    names: the free names it reads, so that a scope need offer no more.
    """

    text: str
    tree: Any
    type: str = "Any"
    at: str = ""
    names: tuple[str, ...] = ()

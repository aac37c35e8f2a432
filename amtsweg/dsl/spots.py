"""Spots in a tree, and small helps for putting into words what is wrong there.

In: a tree and a path. Out: the spot with its key, its place and its noun; `misfits` and `misvalues` speak of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Sequence as Many
from dataclasses import dataclass

from amtsweg.dsl.diagnostics import Advice, Diagnostic, Fix, Label, Text
from amtsweg.dsl.keywords import STEP_KINDS
from amtsweg.dsl.nouns import NOUNS, Noun
from amtsweg.dsl.source import Position, Span
from amtsweg.dsl.yamltree import Mapping, Node, Scalar, Sequence

ID_MAPS = frozenset(NOUNS)
"""Keys whose entries are things with ids: below them stand ids, not keywords."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the tree.

    Parameters
    ----------
    node: what stands there.
    key: the key it stands under; None for the whole file and for items of lists.
    holder: the key of the map that holds `key` (`fields` for a field).
    above: the map that holds it.
    number: the item's number where it stands in a list, from 1.
    """

    node: Node
    key: Scalar | None = None
    holder: str = ""
    above: Mapping | None = None
    number: int = 0

    def names(self) -> frozenset[str]:
        """The keys that are there."""
        return frozenset(key.text for key, _ in self.node.entries) if isinstance(self.node, Mapping) else frozenset()

    def holds_kind(self, name: str) -> bool:
        """Whether `name` is a kind of step and another one is there, too."""
        return name in STEP_KINDS and any(kind in self.names() - {name} for kind in STEP_KINDS)

    @property
    def noun(self) -> Noun | None:
        """What the thing here is called, if it has a name of its own."""
        return NOUNS.get(self.holder) if self.key is not None else None

    @property
    def span(self) -> Span:
        """The key's place; for items of lists and whole files the place of the first key."""
        if self.key is not None and not self.number:
            return self.key.span
        return first_of(self.node)

    @property
    def value_span(self) -> Span:
        """The value's place if it is written on one line, else the key's."""
        span = self.node.span
        one_line = span.start.line == span.end.line and span.end > span.start
        return span if isinstance(self.node, Scalar) and one_line and self.node.text else self.span


def first_of(node: Node) -> Span:
    if isinstance(node, Mapping) and node.entries:
        return node.entries[0][0].span
    start = node.span.start
    return Span(node.span.file, start, Position(start.line, start.column + 1))


def at(tree: Node, path: Iterable[str | int]) -> Spot:
    """The spot a path leads to."""
    spot = Spot(tree)
    for part in path:
        node = spot.node
        if isinstance(node, Mapping) and isinstance(part, str):
            key = node.key(part)
            value = node.get(part)
            if key is None or value is None:
                break
            holder = spot.key.text if spot.key is not None and not spot.number else ""
            spot = Spot(value, key, holder, node)
        elif isinstance(node, Sequence) and isinstance(part, int):
            spot = Spot(node.items[part], spot.key, spot.holder, spot.above, part + 1)
        else:
            break
    return spot


def made(
    code: str,
    span: Span,
    headline: Text,
    *body: Text,
    caret: Text | None = None,
    related: tuple[Label, ...] = (),
    advice: Many[Advice] = (),
    fix: Fix | None = None,
) -> Diagnostic:
    return Diagnostic(code, "error", span, headline, caret, body, related, tuple(advice), fix)


def joined(names: Many[str], last: str) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"


def wrapped(words: Many[str], size: int = 88) -> str:
    lines: list[str] = []
    for word in words:
        if lines and len(lines[-1]) + len(word) + 2 <= size:
            lines[-1] += f", {word}"
        else:
            if lines:
                lines[-1] += ","
            lines.append(word)
    return "\n".join(lines)


def caption(name: str) -> str:
    """An id as a caption: `wert_amtlich` -> `Wert amtlich`."""
    words = re.sub("[_-]+", " ", name).strip()
    return words[:1].upper() + words[1:]

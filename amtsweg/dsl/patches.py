"""Small changes to the lines of a file, made in memory, that remember where everything stood before.

In: the lines as typed and edits on them. Out: the changed text, and for each place in it the place in the text as
typed, so that a finding never speaks of columns that nobody wrote. Lines are never added or taken away.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from amtsweg.dsl.source import Position


@dataclass(frozen=True, slots=True)
class _Move:
    """From `new` on, columns of the changed line stand for `old` on; `fixed`: all of them for `old` itself."""

    new: int
    old: int
    fixed: bool = False


@dataclass(slots=True)
class Patches:
    """Edits on lines, by line (from 0): (from, up to, text), columns from 0 in the line as typed."""

    edits: dict[int, list[tuple[int, int, str]]] = field(default_factory=dict)

    def replace(self, line: int, start: int, end: int, text: str) -> None:
        """Put `text` in place of the columns from `start` up to `end`."""
        self.edits.setdefault(line, []).append((start, end, text))

    def quote(self, line: int, start: int, value: str) -> None:
        """Put the text that begins at `start` in quote marks, sign by sign, so that every letter keeps its place."""
        sign = "'" if '"' in value or "\\" in value else '"'
        self.replace(line, start, start, sign)
        if sign == "'":
            for offset, character in enumerate(value):
                if character == "'":
                    self.replace(line, start + offset, start + offset, "'")
        self.replace(line, start + len(value), start + len(value), sign)

    def merge(self, other: Patches) -> None:
        """Take over the edits of another set."""
        for line, edits in other.edits.items():
            self.edits.setdefault(line, []).extend(edits)

    def apply(self, lines: list[str]) -> Changed:
        """The changed text with its way back."""
        changed = list(lines)
        moves: dict[int, tuple[_Move, ...]] = {}
        for line, edits in self.edits.items():
            changed[line], moves[line + 1] = _apply(lines[line], edits)
        return Changed("\n".join(changed), moves)


@dataclass(frozen=True, slots=True)
class Changed:
    """A text after first aid; `original` leads from its places to those of the text as typed."""

    text: str
    moves: dict[int, tuple[_Move, ...]]

    def original(self, place: Position) -> Position:
        """Where a place of the changed text stands in the text as typed."""
        moves = self.moves.get(place.line)
        if not moves:
            return place
        column = place.column - 1
        move = moves[max(0, bisect_right(moves, column, key=lambda one: one.new) - 1)]
        return Position(place.line, (move.old if move.fixed else move.old + column - move.new) + 1)


def _apply(line: str, edits: list[tuple[int, int, str]]) -> tuple[str, tuple[_Move, ...]]:
    parts: list[str] = []
    moves: list[_Move] = []
    at = new = 0
    for start, end, text in sorted(edits, key=lambda edit: (edit[0], edit[1])):
        if start < at:
            continue
        if start > at:
            moves.append(_Move(new, at))
            parts.append(line[at:start])
            new += start - at
        if text:
            moves.append(_Move(new, start, fixed=len(text) != end - start))
            parts.append(text)
            new += len(text)
        at = end
    moves.append(_Move(new, at))
    parts.append(line[at:])
    return "".join(parts), tuple(moves)

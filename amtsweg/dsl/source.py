"""Places in source texts: every value of the language knows where it was written.

Lines and columns count from 1 and count characters, never bytes; a tab counts one. `end` is exclusive.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """One place in a text: line and column, both counted from 1 in characters."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a source file from `start` up to, not including, `end`.

    `file` is the path as people say it, relative to the folder that was asked for (`hund-anmelden/procedure.yaml`).
    """

    file: str
    start: Position
    end: Position

    @classmethod
    def at(cls, file: str, line: int, column: int, length: int = 1) -> Span:
        """A span of `length` characters within one line."""
        return cls(file, Position(line, column), Position(line, column + length))

    def __str__(self) -> str:
        return f"{self.file}:{self.start.line}:{self.start.column}"

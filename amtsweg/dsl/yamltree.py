"""A YAML file as a tree of texts that know their places.

Every scalar is text (what it means is for the schema and the types to say). A scalar knows, for each of its characters,
where it stands in the file, also inside block scalars, folded lines and quotes: a finding in an expression in a table
cell in a block scalar can point at the very word. `compose` makes the tree from the reader's events.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from amtsweg.dsl.source import Position, Span


@dataclass(frozen=True, slots=True)
class Segment:
    """From `offset` of a scalar's text on, characters stand one beside the other from `place` on."""

    offset: int
    place: Position


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text with its place; `style` is "" (plain), `'`, `"`, `|` or `>`."""

    text: str
    span: Span
    style: str = ""
    segments: tuple[Segment, ...] = ()

    @classmethod
    def made(cls, text: str, span: Span) -> Scalar:
        """A text that was not written but stands for what was: every character is at the place's beginning."""
        return cls(text, span, "made")

    @property
    def is_made(self) -> bool:
        return self.style == "made"

    def position(self, offset: int) -> Position:
        """Where the character at `offset` of the text stands in the file."""
        if self.is_made:
            return self.span.start
        if not self.segments:
            return Position(self.span.start.line, self.span.start.column + offset)
        index = max(0, bisect_right(self.segments, offset, key=lambda segment: segment.offset) - 1)
        segment = self.segments[index]
        return Position(segment.place.line, segment.place.column + offset - segment.offset)

    def range(self, start: int, end: int) -> Span:
        """The place of the characters from `start` up to, not including, `end`."""
        if self.is_made:
            return self.span
        first = self.position(start)
        last = self.position(max(start, end - 1))
        return Span(self.span.file, first, Position(last.line, last.column + 1))

    def part(self, start: int, end: int | None = None) -> Scalar:
        """A piece of the text as a scalar of its own, with its own place."""
        stop = len(self.text) if end is None else end
        text = self.text[start:stop]
        if self.is_made:
            return Scalar(text, self.span, "made")
        segments = [Segment(0, self.position(start))]
        segments += [Segment(s.offset - start, s.place) for s in self.segments if start < s.offset < stop]
        return Scalar(text, self.range(start, max(stop, start + 1)), self.style, tuple(segments))


@dataclass(frozen=True, slots=True)
class Mapping:
    """A map in written order. Keys are unique (the reader refuses doubles)."""

    entries: tuple[tuple[Scalar, Node], ...]
    span: Span
    braces: bool = False

    def get(self, name: str) -> Node | None:
        """The value of a key, None if it is not there."""
        return next((value for key, value in self.entries if key.text == name), None)

    def key(self, name: str) -> Scalar | None:
        """The key itself, with its place."""
        return next((key for key, _ in self.entries if key.text == name), None)

    def __iter__(self) -> Iterator[tuple[Scalar, Node]]:
        return iter(self.entries)

    def __contains__(self, name: str) -> bool:
        return any(key.text == name for key, _ in self.entries)


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    span: Span
    brackets: bool = False


Node = Scalar | Mapping | Sequence


def to_plain(node: Node) -> object:
    """The tree without places: dicts, lists and texts."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return [to_plain(item) for item in node.items]
    return {key.text: to_plain(value) for key, value in node.entries}


ESCAPES = {"x": 2, "u": 4, "U": 8}


def segments_of(text: str, style: str, lines: list[str], start: Position, end: Position) -> tuple[Segment, ...]:
    """Where the characters of a scalar stand, found by laying its text beside the source.

    Parameters
    ----------
    text: what the scalar says.
    style: how it is written.
    lines: the source, line by line, without line ends.
    start, end: the scalar's marks; for block scalars the indicator is at `start`.
    """
    line, column = start.line, start.column
    if style in ("|", ">"):
        line, column = line + 1, 1
    elif style in ("'", '"'):
        column += 1
    elif line == end.line:
        return ()
    found: list[Segment] = []
    expected: Position | None = None
    for offset, character in enumerate(text):
        size = _written_size(lines, line, column, style, character)
        if size == 0 and character in " \n\t":
            here = Position(line, column)
            if expected != here:
                found.append(Segment(offset, here))
            if character == "\n" and style in ("|", ">"):
                line, column = line + 1, 1
            elif character == "\n":
                line, column = _next_content(lines, line + 1, 1)
            else:
                line, column = _next_content(lines, line, column)
            expected = None
            continue
        if size == 0:
            line, column = _next_content(lines, line, column)
            size = _written_size(lines, line, column, style, character) or 1
        here = Position(line, column)
        if expected != here:
            found.append(Segment(offset, here))
        column += size
        expected = Position(line, column) if size == 1 else None
    return tuple(found)


def _written_size(lines: list[str], line: int, column: int, style: str, character: str) -> int:
    """How many characters of the source stand for this one of the text (0: it is not written here)."""
    if style == "'" and character == "'":
        return 2
    escape = _escape_width(lines, line, column) if style == '"' else 0
    return escape or int(_stands(lines, line, column, character))


def _stands(lines: list[str], line: int, column: int, character: str) -> bool:
    return line <= len(lines) and column <= len(lines[line - 1]) and lines[line - 1][column - 1] == character


def _next_content(lines: list[str], line: int, column: int) -> tuple[int, int]:
    """The next place that holds something other than blanks."""
    while line <= len(lines):
        rest = lines[line - 1][column - 1 :]
        stripped = rest.lstrip(" \t")
        if stripped and stripped != "\\":
            return line, column + len(rest) - len(stripped)
        line, column = line + 1, 1
    return line, column


def _escape_width(lines: list[str], line: int, column: int) -> int:
    """How many characters an escape in double quotes takes (0: none stands here; one at the line's end joins lines)."""
    if line > len(lines):
        return 0
    rest = lines[line - 1][column - 1 :]
    return 2 + ESCAPES.get(rest[1], 0) if rest.startswith("\\") and len(rest) > 1 else 0

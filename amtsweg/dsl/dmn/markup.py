"""XML read safely into a small tree that knows where everything stood.

In: bytes of a file of unknown origin. Out: `Node`s with line and column, or `MarkupError` with the place. A document
type (and with it every entity, inside or outside) is refused, size, depth and number of elements are limited, so that
neither a "billion laughs" nor a file of another server can be reached from a model that somebody sent us.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from amtsweg.dsl.source import Position, Span
from amtsweg.errors import AmtswegError

MAX_BYTES = 20_000_000
MAX_DEPTH = 200
MAX_ELEMENTS = 1_000_000

XSI = "http://www.w3.org/2001/XMLSchema-instance"


class MarkupError(AmtswegError):
    """This XML cannot be read."""

    def __init__(self, sentence: str, next_step: str = "", place: Span | None = None) -> None:
        self.place = place
        super().__init__(f"{place}: {sentence}" if place else sentence, next_step)


@dataclass(slots=True)
class Node:
    """One element: local name, namespace, own attributes by local name, foreign ones by (namespace, name)."""

    name: str
    namespace: str
    place: Span
    attributes: dict[str, str] = field(default_factory=dict)
    foreign: dict[tuple[str, str], str] = field(default_factory=dict)
    prefixes: dict[str, str] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)
    text: str = ""
    text_place: Span | None = None

    def get(self, name: str, default: str = "") -> str:
        """The attribute without namespace, or `default`."""
        return self.attributes.get(name, default)

    def all(self, name: str) -> Iterator[Node]:
        """The children with this name that belong to the same vocabulary as this node."""
        return (child for child in self.children if child.name == name and child.namespace == self.namespace)

    def first(self, name: str) -> Node | None:
        """The first of `all(name)`."""
        return next(self.all(name), None)


def parse(data: bytes, file: str) -> Node:
    """The root of the document.

    Parameters
    ----------
    data: the file's bytes, in the encoding that its declaration names (UTF-8 without one).
    file: how the file is called in messages.

    Raises `MarkupError` for anything that is not well-formed XML 1.0 without a document type within the limits.
    """
    if len(data) > MAX_BYTES:
        raise MarkupError(f"{file} has {len(data)} bytes; at most {MAX_BYTES} are read.", "Split the model by imports.")
    return _Reader(file).read(data)


def parse_file(path: Path, file: str = "") -> Node:
    """`parse` for a file; raises `MarkupError` also when there is none."""
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise MarkupError(f"{file or path} cannot be read: {problem.strerror}.", "Check the path.") from problem
    return parse(data, file or str(path))


class _Reader:
    """The handlers of one parse."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.stack: list[Node] = []
        self.parts: list[list[str]] = []
        self.root: Node | None = None
        self.count = 0
        self.pending: list[tuple[str, str]] = []
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = False
        self.parser.StartNamespaceDeclHandler = lambda prefix, uri: self.pending.append((prefix or "", uri or ""))
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters
        self.parser.StartDoctypeDeclHandler = self.doctype

    def read(self, data: bytes) -> Node:
        try:
            self.parser.Parse(data, True)
        except expat.ExpatError as problem:
            place = Span.at(self.file, problem.lineno, problem.offset + 1)
            words = expat.errors.messages.get(problem.code, "not well-formed")
            raise MarkupError(f"This is not well-formed XML ({words}).", "Export the model again.", place) from problem
        except (LookupError, ValueError) as problem:
            raise MarkupError(f"{self.file} has an encoding that is not known here.", "Save it as UTF-8.") from problem
        assert self.root is not None
        return self.root

    def here(self) -> Span:
        return Span.at(self.file, self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1)

    def doctype(self, *_: object) -> None:
        raise MarkupError(
            "A document type (DOCTYPE) is not allowed here.", "Remove the line; DMN does not need it.", self.here()
        )

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if self.count > MAX_ELEMENTS or len(self.stack) >= MAX_DEPTH:
            limit = f"more than {MAX_ELEMENTS} elements" if self.count > MAX_ELEMENTS else f"over {MAX_DEPTH} levels"
            raise MarkupError(f"This document has {limit}.", "Split the model by imports.", self.here())
        namespace, _, name = tag.rpartition(" ")
        parent = self.stack[-1] if self.stack else None
        prefixes = parent.prefixes if parent else {}
        if self.pending:
            prefixes = {**prefixes, **dict(self.pending)}
            self.pending = []
        node = Node(name, namespace, self.here(), prefixes=prefixes)
        for key, value in attributes.items():
            space, _, local = key.rpartition(" ")
            if space:
                node.foreign[space, local] = value
            else:
                node.attributes[local] = value
        if parent is None:
            self.root = node
        else:
            parent.children.append(node)
        self.stack.append(node)
        self.parts.append([])

    def end(self, _: str) -> None:
        node = self.stack.pop()
        node.text = "".join(self.parts.pop())
        # Text between elements is layout; only an element without children speaks through its text.
        if node.children and not node.text.strip():
            node.text, node.text_place = "", None

    def characters(self, text: str) -> None:
        node = self.stack[-1]
        if node.text_place is None:
            node.text_place = self.here()
        self.parts[-1].append(text)


def shift(place: Span, line: int, column: int, length: int = 1) -> Span:
    """Where line `line`, column `column` (from 1) of a text that begins at `place` stands in the file."""
    start = Position(place.start.line + line - 1, column + (place.start.column - 1 if line == 1 else 0))
    return Span(place.file, start, Position(start.line, start.column + max(1, length)))

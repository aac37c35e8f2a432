"""Lays a file out: braces that hold sentences become lines, pipe tables are aligned; words and comments stay.

In: the text of a YAML file. Out: the same file, easier to read. The text is not written anew from a tree (that would
touch quotes, comments and numbers) but changed where a brace is unfolded or a table is aligned, by the places the
reader knows; everything else stays as typed, to the last blank. A second run changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from amtsweg.dsl.compile.tables import Row, read_pipes
from amtsweg.dsl.reader import read_text
from amtsweg.dsl.report import width
from amtsweg.dsl.slips import quoted
from amtsweg.dsl.source import Position
from amtsweg.dsl.yamltree import Mapping, Node, Scalar, Sequence, to_plain
from amtsweg.errors import AmtswegError, NotValid

LONGEST = 80
"""Braces that are longer are unfolded."""

HEAVY = re.compile(r"[,\[\]{}?:\"#]")
"""A value that holds one of these does not belong in braces."""

Change = tuple[int, int, str]


def format(text: str, file: str = "text") -> str:
    """The text, laid out.

    Parameters
    ----------
    text: the content of a YAML file of a procedure.
    file: its name, for findings.

    Raises `NotValid` if the file cannot be read without errors: what is not understood is not laid out.
    """
    read = read_text(text, file)
    errors = [one for one in read.diagnostics if one.severity == "error"]
    if errors or read.tree is None:
        raise NotValid(errors, f"{file} has slips that must be mended first.", f"Run: amtsweg fix {file}")
    end = "\r\n" if "\r\n" in text else "\n"
    layout = _Layout(read.text)
    made = layout.apply(list(layout.changes(read.tree))).rstrip("\n") + "\n"
    again = read_text(made, file)
    if again.tree is None or _loose(to_plain(again.tree)) != _loose(to_plain(read.tree)):
        raise AmtswegError(f"{file} could not be laid out without changing its words.", "It was left as it is.")
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    return mark + made.replace("\n", end)


def _loose(data: object) -> object:
    """Plain data in which the blanks of tables do not count."""
    if isinstance(data, str):
        return re.sub(r"\s*\|\s*", "|", re.sub(r"[ \t]+", " ", data)).strip()
    if isinstance(data, list):
        return [_loose(item) for item in data]
    if isinstance(data, dict):
        return {key: _loose(value) for key, value in data.items()}
    return data


class _Layout:
    """Finds what to change in a text, by the places of its tree."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0]
        for line in text.split("\n"):
            self.starts.append(self.starts[-1] + len(line) + 1)

    def apply(self, changes: list[Change]) -> str:
        text = self.text
        for start, end, new in sorted(changes, reverse=True):
            text = text[:start] + new + text[end:]
        return text

    def changes(self, node: Node, key: str = "") -> Iterator[Change]:
        """The changes below a node in block style."""
        if isinstance(node, Scalar):
            if key == "table" and node.style == "|":
                yield from self._table(node)
        elif isinstance(node, Mapping):
            for name, value in node.entries:
                if self._is_flow(value):
                    yield from self._unfold_value(name, value)
                else:
                    yield from self.changes(value, name.text)
        else:
            for item in node.items:
                if self._is_flow(item):
                    yield from self._unfold_item(item)
                else:
                    yield from self.changes(item)

    # ---------------------------------------------------------------------------------------------------------- braces

    def _offset(self, place: Position) -> int:
        return self.starts[place.line - 1] + place.column - 1

    def _source(self, scalar: Scalar) -> str:
        return self.text[self._offset(scalar.span.start) : self._offset(scalar.span.end)]

    def _is_flow(self, node: Node) -> bool:
        return (isinstance(node, Mapping) and node.braces) or (isinstance(node, Sequence) and node.brackets)

    def _has_comment(self, node: Node) -> bool:
        """Whether a comment stands inside the braces; then they are left alone."""
        lines = self.text.split("\n")[node.span.start.line - 1 : node.span.end.line - 1]
        return any(re.search(r"(^|\s)#", line) for line in lines)

    def _heavy(self, node: Node) -> bool:
        """Whether braces hold something that reads better on lines of its own."""
        if isinstance(node, Scalar):
            return False
        if isinstance(node, Sequence):
            return any(self._heavy(item) for item in node.items)
        if not node.entries:
            return False
        sentence = any(isinstance(value, Scalar) and HEAVY.search(self._source(value)) for _, value in node.entries)
        return sentence or len(self._compact(node)) > LONGEST or any(self._heavy(value) for _, value in node.entries)

    def _one_line(self, node: Node) -> bool:
        """Whether no text inside goes over several lines."""
        if isinstance(node, Scalar):
            return node.span.start.line == node.span.end.line
        inner = [value for _, value in node.entries] if isinstance(node, Mapping) else list(node.items)
        keys = [key for key, _ in node.entries] if isinstance(node, Mapping) else []
        return all(self._one_line(one) for one in (*keys, *inner))

    def _may_unfold(self, node: Node) -> bool:
        return self._heavy(node) and self._one_line(node) and not self._has_comment(node)

    def _unfold_value(self, key: Scalar, value: Node) -> Iterator[Change]:
        if not self._may_unfold(value):
            return
        after_key = self.text.index(":", self._offset(key.span.end))
        end, comment = self._behind(value)
        column = key.span.start.column - 1
        if isinstance(value, Sequence) and not any(self._heavy(item) for item in value.items):
            return
        lines = self._lines(value, column + 2)
        yield after_key + 1, end, f"{comment}\n" + "\n".join(lines)

    def _unfold_item(self, item: Node) -> Iterator[Change]:
        if not isinstance(item, Mapping) or not self._may_unfold(item):
            return
        start = self._offset(item.span.start)
        end, comment = self._behind(item)
        column = item.span.start.column - 1
        first, *rest = self._lines(item, column)
        yield start, end, "\n".join([first.lstrip() + comment, *rest])

    def _behind(self, node: Node) -> tuple[int, str]:
        """Where the line of a closing brace ends, and the comment behind the brace."""
        close = self._offset(node.span.end)
        end = self.text.find("\n", close)
        end = len(self.text) if end < 0 else end
        comment = self.text[close:end].strip()
        return end, f"  {comment}" if comment else ""

    def _lines(self, node: Node, indent: int) -> list[str]:
        """A node in braces as lines of its own."""
        pad = " " * indent
        lines: list[str] = []
        if isinstance(node, Mapping):
            for key, value in node.entries:
                name = f"{pad}{self._source(key)}:"
                if not isinstance(value, Scalar) and self._heavy(value):
                    lines += [name, *self._lines(value, indent + 2)]
                else:
                    lines.append(f"{name} {self._plain(value)}")
        elif isinstance(node, Sequence):
            for item in node.items:
                if not isinstance(item, Scalar) and self._heavy(item):
                    first, *rest = self._lines(item, indent + 2)
                    lines += [f"{pad}- {first.lstrip()}", *rest]
                else:
                    lines.append(f"{pad}- {self._plain(item)}")
        return lines

    def _plain(self, node: Node) -> str:
        """A value on its own line; a dash alone means something else there and is put in quote marks."""
        if not isinstance(node, Scalar):
            return self._compact(node)
        source = self._source(node)
        if node.style == "" and (source == "-" or source.startswith(("- ", "? ", "|", ">"))):
            return quoted(source)
        return source

    def _compact(self, node: Node) -> str:
        if isinstance(node, Scalar):
            return self._source(node)
        if isinstance(node, Sequence):
            return f"[{', '.join(self._compact(item) for item in node.items)}]"
        return "{" + ", ".join(f"{self._source(key)}: {self._compact(value)}" for key, value in node.entries) + "}"

    # ---------------------------------------------------------------------------------------------------------- tables

    def _table(self, scalar: Scalar) -> Iterator[Change]:
        """Every column of a pipe table as wide as its widest cell."""
        grid = read_pipes(scalar)
        rows = [row for row in (grid.head, *grid.rows) if row is not None]
        count = len(rows[0].cells) if rows else 0
        fitting = [row for row in rows if len(row.cells) == count and not self._line(row).lstrip().startswith("|")]
        if count < 2:
            return
        widths = [max(width(row.cells[i].text) for row in fitting) for i in range(count)] if fitting else []
        for row in fitting:
            cells = [
                cell.text + " " * (widths[i] - width(cell.text)) if i < count - 1 else cell.text
                for i, cell in enumerate(row.cells)
            ]
            start = self._offset(row.span.start)
            end = self.text.find("\n", start)
            yield start, len(self.text) if end < 0 else end, " | ".join(cells).rstrip()

    def _line(self, row: Row) -> str:
        return self.text.split("\n")[row.span.start.line - 1]

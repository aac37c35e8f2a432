"""Pipe tables: a block of lines with `|` between the cells, or a CSV file, as rows of cells that know their places.

In: the scalar of `table:`, or the text of a CSV file. Out: `Grid`. A bar inside a string is part of the string. Lines
of dashes (`--- | ---`) and empty lines are passed over; a bar at the beginning and end of a line is allowed.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from itertools import pairwise

from amtsweg.dsl.source import Position, Span
from amtsweg.dsl.yamltree import Scalar

_RULE = re.compile(r"[|\s:+-]*-[|\s:+-]*")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: its cells and its own place."""

    cells: tuple[Scalar, ...]
    span: Span
    number: int


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as written: head and rows."""

    head: Row | None
    rows: tuple[Row, ...]


def read_pipes(source: Scalar) -> Grid:
    """A pipe table in a block scalar."""
    rows: list[Row] = []
    offset = 0
    for line in source.text.splitlines(keepends=True):
        content = line.rstrip("\r\n")
        if content.strip() and not (_RULE.fullmatch(content) and "|" in content and "--" in content):
            rows.append(_row(source, offset, content, len(rows)))
        offset += len(line)
    return Grid(rows[0] if rows else None, tuple(rows[1:]))


def _row(source: Scalar, offset: int, content: str, number: int) -> Row:
    bounds = _bars(content)
    cells = []
    for start, end in bounds:
        inner = content[start:end]
        first = start + len(inner) - len(inner.lstrip())
        last = start + len(inner.rstrip())
        if last <= first:
            first = last = start
        cells.append(source.part(offset + first, offset + last))
    begin, end = offset + len(content) - len(content.lstrip()), offset + len(content.rstrip())
    start_at, end_at = source.position(begin), source.position(max(begin, end - 1))
    return Row(tuple(cells), Span(source.span.file, start_at, Position(end_at.line, end_at.column + 1)), number)


def _bars(content: str) -> list[tuple[int, int]]:
    """Where the cells of a line begin and end; bars inside strings do not count."""
    cuts, quoted, at = [], False, 0
    while at < len(content):
        char = content[at]
        if quoted and char == "\\":
            at += 2
            continue
        if char == '"':
            quoted = not quoted
        elif char == "|" and not quoted:
            cuts.append(at)
        at += 1
    edges = [-1, *cuts, len(content)]
    bounds = [(a + 1, b) for a, b in pairwise(edges)]
    if cuts and not content[: cuts[0]].strip():
        bounds = bounds[1:]
    if cuts and len(bounds) > 1 and not content[cuts[-1] + 1 :].strip():
        bounds = bounds[:-1]
    return bounds


def read_csv(text: str, file: str) -> Grid:
    """A table from a CSV file (comma or semicolon, as Excel writes it); places are the fields of its lines."""
    text = text.removeprefix("\ufeff")
    first = text.split("\n", 1)[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    rows: list[Row] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    lines = text.splitlines()
    before = 0
    for record in reader:
        line = before + 1
        before = reader.line_num
        if not any(cell.strip() for cell in record):
            continue
        written = lines[line - 1] if line <= len(lines) else ""
        cells, at = [], 0
        for cell in record:
            inner = cell.strip()
            found = written.find(inner, at) if inner else at
            at = found if found >= 0 else at
            cells.append(Scalar.made(inner, Span.at(file, line, at + 1, max(1, len(inner)))))
            at += len(inner)
        rows.append(Row(tuple(cells), Span.at(file, line, 1, max(1, len(written))), len(rows)))
    return Grid(rows[0] if rows else None, tuple(rows[1:]))

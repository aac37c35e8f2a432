"""What a check looks at, and how it names a place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from amtsweg.dsl.diagnostics import Advice, Diagnostic, Fix, Label, Severity, Text
from amtsweg.dsl.procedure import Expr, Machine, Office
from amtsweg.dsl.source import Span

TOKEN = re.compile(r"[\w\-äöüÄÖÜß]+|\S", re.UNICODE)


@dataclass(frozen=True)
class Subject:
    """A procedure to be checked.

    `sources` are the texts by file, as they stand in spans; `cases` the designer's test cases if there are any; `old`
    the version that is running now, if one is to be replaced.
    """

    machine: Machine
    office: Office | None = None
    sources: Mapping[str, str] = field(default_factory=dict)
    cases: Any = None
    old: Machine | None = None

    def span(self, at: str) -> Span:
        """The word that stands at a place written `file:line:column`."""
        file, line, column = split_place(at)
        lines = self.sources.get(file, "").splitlines()
        text = lines[line - 1][column - 1 :] if 0 < line <= len(lines) else ""
        found = TOKEN.match(text)
        return Span.at(file, line, column, len(found.group()) if found else 1)

    def whole(self, expr: Expr, start: int = 0, end: int | None = None) -> Span:
        """The stretch of an expression as it stands in its file (its first line, if it has several)."""
        file, line, column = split_place(expr.at)
        before, part = expr.text[:start], expr.text[start:end].split("\n")[0]
        if "\n" in before:
            line, column, before = line + before.count("\n"), 1, before.rpartition("\n")[2]
        return Span.at(file, line, column + len(before), max(1, len(part)))

    def finding(
        self,
        code: str,
        at: str | Span,
        de: str,
        en: str,
        *,
        severity: Severity = "error",
        caret: Text | None = None,
        body: tuple[Text, ...] = (),
        advice: tuple[Advice, ...] = (),
        related: tuple[Label, ...] = (),
        fix: Fix | None = None,
    ) -> Diagnostic:
        """A finding at a place."""
        span = self.span(at) if isinstance(at, str) else at
        return Diagnostic(code, severity, span, Text(de, en), caret, body, related, advice, fix)


def split_place(at: str) -> tuple[str, int, int]:
    """`file:line:column` as its three parts; what is not of that form stands at the beginning of the file."""
    parts = at.rsplit(":", 2)
    if len(parts) == 3 and parts[1].isdecimal() and parts[2].isdecimal():
        return parts[0], int(parts[1]), int(parts[2])
    return at, 1, 1

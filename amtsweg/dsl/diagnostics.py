"""What the language has to say about a text: findings as plain values.

A `Diagnostic` is made once, in both languages, and printed by `amtsweg.dsl.report` as text, JSON or SARIF. Codes are
`AW` and three digits that can be said on the telephone; the first digit says where to look: 0 writing, 1 names,
2 flow, 3 values and types, 4 tables, 5 people, 6 time, 7 municipality and version, 8 texts and data protection,
9 tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from amtsweg.dsl.source import Span

Severity = Literal["error", "warning", "note"]
Safety = Literal["safe", "ask", "none"]


@dataclass(frozen=True, slots=True)
class Text:
    """One thing said in German and in English."""

    de: str
    en: str

    def in_language(self, language: str) -> str:
        """The German text for `de`, the English one for everything else."""
        return self.de if language == "de" else self.en


def same(text: str) -> Text:
    """What reads the same in both languages: names, and lines to copy."""
    return Text(text, text)


TRY = Text("Vorschlag", "Try")
HERE = Text("Hier gibt es", "You have")
CHOICES = Text("Zur Wahl", "Choices")
"""Headings of an `Advice`: what to write instead, what there is in this file, what the language offers."""


@dataclass(frozen=True, slots=True)
class Label:
    """A further place that a finding speaks of, with two or three words."""

    span: Span
    text: Text


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace what stands at `span` by `text` (an empty span inserts)."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """How a finding can be mended, and how safe that is.

    `safe`: the meaning cannot change, `amtsweg fix` just does it. `ask`: shown before it is done. `none`: only people
    can decide; then there are no edits. `says` describes what exactly would change.
    """

    safety: Safety
    edits: tuple[Edit, ...] = ()
    says: Text | None = None


@dataclass(frozen=True, slots=True)
class Advice:
    """A labelled line of help under a finding: `Vorschlag`, `Abhilfe`, `Beispiel`, and the text to its right."""

    label: Text
    text: Text


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding: code, severity, place, headline, what it means, what to do.

    Parameters
    ----------
    code: `AW` and three digits.
    severity: `error` keeps the procedure from being deployed, `warning` and `note` do not.
    span: the place that is underlined with carets.
    headline: one sentence that says what is so.
    caret: two or three words behind the carets.
    body: at most three sentences on what it would mean for a case.
    related: further places, underlined with dashes.
    advice: suggestion, way out, example; whole lines to copy.
    fix: how it can be mended by the machine.
    """

    code: str
    severity: Severity
    span: Span
    headline: Text
    caret: Text | None = None
    body: tuple[Text, ...] = ()
    related: tuple[Label, ...] = ()
    advice: tuple[Advice, ...] = ()
    fix: Fix | None = None

    @property
    def sort_key(self) -> tuple[Span, str]:
        """Findings are shown by place, then code."""
        return (self.span, self.code)

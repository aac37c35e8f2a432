"""Findings as text for people, as JSON for programs and editors, as SARIF for continuous integration.

In: diagnostics and the texts they speak of. Out: text, or plain data. The form of the text is fixed: what is so, where,
the line with carets under the place, what it would mean for a case, what to do. Columns count characters; on paper
they are drawn by width, so that carets stand under wide letters, emoji and tabs as well.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote as percent

from amtsweg.dsl.diagnostics import Advice, Diagnostic, Fix, Label, Text
from amtsweg.dsl.source import Position, Span

CAP = 20
"""How many findings people are shown unless they ask for more."""

HARD_CAP = 100
"""How many findings are ever printed as text."""

MAX_WIDTH = 180
"""Wider lines are shown in part, around the place."""

SEVERITY = {"error": Text("Fehler", "error"), "warning": Text("Warnung", "warning"), "note": Text("Hinweis", "note")}
SAFETY = {"safe": Text("sicher", "safe"), "ask": Text("auf Nachfrage", "on request"), "none": Text("keine", "none")}
FIX = Text("Behebung", "Fix")
LABEL_WIDTH = 11

COLORS = {"error": "31", "warning": "33", "note": "36", "caret": "1", "related": "2", "gutter": "2", "advice": "32"}


# ---------------------------------------------------------------------------------------------------------------- text


def to_text(
    diagnostics: Sequence[Diagnostic],
    sources: Mapping[str, str],
    language: str = "de",
    *,
    color: bool = False,
    cap: int = CAP,
) -> str:
    """All findings as text, sorted, at most `cap` of them, with a last line that says what to do first.

    Parameters
    ----------
    diagnostics: the findings; files keep the order in which they come, within a file places do.
    sources: the text of each file by the name that the findings use.
    language: `de` or `en`.
    color: whether to colour for a terminal.
    cap: how many to show; never more than 100.
    """
    ordered = in_order(diagnostics)
    shown = ordered[: max(0, min(cap, HARD_CAP))]
    blocks = [one_to_text(one, sources, language, color=color) for one in shown]
    rest = len(ordered) - len(shown)
    if rest:
        blocks.append(f"und {rest} weitere" if language == "de" else f"and {rest} more")
    if ordered:
        blocks.append(summary(ordered, language))
    return "\n\n".join(blocks)


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Sorted by place, files in the order in which they first come, equal findings once."""
    unique = list(dict.fromkeys(diagnostics))
    files = {name: number for number, name in enumerate(dict.fromkeys(one.span.file for one in unique))}
    return sorted(unique, key=lambda one: (files[one.span.file], *one.sort_key))


def one_to_text(one: Diagnostic, sources: Mapping[str, str], language: str = "de", *, color: bool = False) -> str:
    """One finding as a block of text, without a line end behind it."""

    def paint(text: str, what: str, strong: bool = False) -> str:
        return f"\x1b[{'1;' if strong else ''}{COLORS[what]}m{text}\x1b[0m" if color and text else text

    word = SEVERITY[one.severity].in_language(language)
    lines = [
        f"{paint(f'{word} {one.code}', one.severity, strong=True)}  {one.headline.in_language(language)}",
        f"  {one.span}",
    ]
    main = [label for label in one.related if label.span.file == one.span.file]
    source = sources.get(one.span.file)
    if source is not None:
        lines += ["", *_excerpt(source, one, main, language, paint)]
    for file in dict.fromkeys(label.span.file for label in one.related if label.span.file != one.span.file):
        labels = [label for label in one.related if label.span.file == file]
        first = min(label.span.start.line for label in labels)
        lines.append(f"  {file}:{first}")
        if file in sources:
            lines += _excerpt(sources[file], None, labels, language, paint)
    if one.body:
        lines.append("")
        for text in one.body:
            lines += [f"  {part}".rstrip() for part in text.in_language(language).split("\n")]
    helps = [_advice(advice, language, paint) for advice in one.advice]
    if one.fix is not None:
        helps.append(_advice(Advice(FIX, _fix(one.fix)), language, paint))
    if helps:
        lines += ["", *helps]
    return "\n".join(lines)


def _fix(fix: Fix) -> Text:
    safety = SAFETY[fix.safety]
    if fix.says is None:
        return safety
    return Text(f"{safety.de} – {fix.says.de}", f"{safety.en} – {fix.says.en}")


def _advice(advice: Advice, language: str, paint: Any) -> str:
    label = advice.label.in_language(language)
    first, *more = advice.text.in_language(language).split("\n")
    gap = " " * max(1, LABEL_WIDTH - len(label))
    lines = [f"  {paint(label, 'advice')}{gap}{first}"]
    lines += [f"  {' ' * LABEL_WIDTH}{line}" for line in more]
    return "\n".join(lines)


def _excerpt(source: str, one: Diagnostic | None, labels: Sequence[Label], language: str, paint: Any) -> list[str]:
    """The lines of a file that a finding speaks of, in their order, each with what is underlined."""
    written = source.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff").split("\n")
    marks: dict[int, list[tuple[Span, str, str]]] = {}
    if one is not None:
        caret = one.caret.in_language(language) if one.caret else ""
        marks.setdefault(one.span.start.line, []).append((one.span, "^", caret))
    for label in labels:
        text = label.text.in_language(language)
        marks.setdefault(label.span.start.line, [])
        if text or label.span.end > label.span.start:
            marks[label.span.start.line].append((label.span, "-" if text else "", text))
    lines: list[str] = []
    width = max(4, *(len(str(number)) + 1 for number in marks))
    before: int | None = None
    for number in sorted(marks):
        if not 0 < number <= len(written):
            continue
        if before is not None and number > before + 1:
            lines.append("    ...")
        before = number
        text, shift = _window(written[number - 1], marks[number])
        lines.append(f"{paint(f'{number:>{width}} |', 'gutter')} {text.replace(chr(9), '→')}".rstrip())
        for span, sign, words in sorted(marks[number], key=lambda mark: mark[0]):
            if sign:
                below = _underline(text, span, shift, sign)
                painted = paint(below.strip(), "caret" if sign == "^" else "related", strong=sign == "^")
                pad = below[: len(below) - len(below.lstrip())]
                lines.append(f"{' ' * width} | {pad}{painted} {words}".rstrip())
    return lines


def _window(line: str, marks: Sequence[tuple[Span, str, str]]) -> tuple[str, int]:
    """The line, or the part of a very long one around the first mark, and how many characters were cut in front."""
    line = line.rstrip()
    if width(line) <= MAX_WIDTH:
        return line, 0
    first = min((span.start.column for span, _, _ in marks), default=1) - 1
    start = max(0, min(first - MAX_WIDTH // 3, len(line) - MAX_WIDTH))
    part = line[start : start + MAX_WIDTH]
    head = "…" if start else ""
    tail = "…" if start + MAX_WIDTH < len(line) else ""
    return head + part + tail, start - len(head)


def _underline(text: str, span: Span, shift: int, sign: str) -> str:
    start = max(0, span.start.column - 1 - shift)
    end = span.end.column - 1 - shift if span.end.line == span.start.line else len(text)
    end = max(end, start + 1)
    marked = text[start : max(start, min(end, len(text)))]
    return " " * (width(text[:start]) + max(0, start - len(text))) + sign * max(1, width(marked))


def width(text: str) -> int:
    """How many columns a text takes on a terminal: wide letters and emoji two, combining signs none, a tab one."""
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    if character < "\x7f":
        return 1
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def summary(diagnostics: Sequence[Diagnostic], language: str = "de") -> str:
    """The last line: how many of what, how many the machine can mend, what to do next."""
    german = language == "de"
    errors, warnings, notes = (
        sum(one.severity == severity for one in diagnostics) for severity in ("error", "warning", "note")
    )
    counts = [
        f"{number} {(one if number == 1 else many)}"
        for number, one, many in (
            (errors, "Fehler" if german else "error", "Fehler" if german else "errors"),
            (warnings, "Warnung" if german else "warning", "Warnungen" if german else "warnings"),
            (notes, "Hinweis" if german else "note", "Hinweise" if german else "notes"),
        )
        if number
    ]
    parts = [", ".join(counts)]
    safe = sum(one.fix is not None and one.fix.safety == "safe" and bool(one.fix.edits) for one in diagnostics)
    if safe:
        only = safe == len(diagnostics) == 1
        if german:
            parts.append("das behebt amtsweg fix" if only else f"{safe} davon behebt amtsweg fix")
        else:
            parts.append("amtsweg fix mends it" if only else f"amtsweg fix mends {safe} of them")
    step = "amtsweg fix" if safe else f"amtsweg explain {diagnostics[0].code}"
    parts.append(f"nächster Schritt: {step}" if german else f"next step: {step}")
    return " · ".join(parts)


# ---------------------------------------------------------------------------------------------------------------- JSON


def to_json(diagnostics: Iterable[Diagnostic]) -> list[dict[str, Any]]:
    """The findings as plain data, texts in both languages; lines and columns from 1, `end` exclusive."""
    return [_plain(one) for one in in_order(diagnostics)]


def _plain(one: Diagnostic) -> dict[str, Any]:
    data: dict[str, Any] = {
        "code": one.code,
        "severity": one.severity,
        "file": one.span.file,
        "range": _range(one.span),
        "headline": _both(one.headline),
    }
    if one.caret is not None:
        data["caret"] = _both(one.caret)
    data["body"] = {"de": [text.de for text in one.body], "en": [text.en for text in one.body]}
    data["related"] = [
        {"file": label.span.file, "range": _range(label.span), "label": _both(label.text)}
        for label in one.related
        if label.text.de
    ]
    data["advice"] = [{"label": _both(advice.label), "text": _both(advice.text)} for advice in one.advice]
    if one.fix is not None:
        data["fix"] = {
            "safety": one.fix.safety,
            "edits": [
                {"file": edit.span.file, "range": _range(edit.span), "text": edit.text} for edit in one.fix.edits
            ],
        }
        if one.fix.says is not None:
            data["fix"]["says"] = _both(one.fix.says)
    return data


def _both(text: Text) -> dict[str, str]:
    return {"de": text.de, "en": text.en}


def _range(span: Span) -> dict[str, list[int]]:
    return {"start": _pair(span.start), "end": _pair(span.end)}


def _pair(place: Position) -> list[int]:
    return [place.line, place.column]


# --------------------------------------------------------------------------------------------------------------- SARIF


def to_sarif(diagnostics: Iterable[Diagnostic], language: str = "de") -> dict[str, Any]:
    """The findings as a SARIF 2.1.0 log (OASIS, 27 March 2020), columns in Unicode characters."""
    from amtsweg.dsl.codes import page

    ordered = in_order(diagnostics)
    used = sorted({one.code for one in ordered})
    rules = []
    for code in used:
        found = page(code)
        rule: dict[str, Any] = {"id": code}
        if found is not None:
            rule["shortDescription"] = {"text": found.title.in_language(language)}
            rule["help"] = {"text": found.why.in_language(language)}
        rules.append(rule)
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "amtsweg", "rules": rules}},
                "columnKind": "unicodeCodePoints",
                "results": [_result(one, used.index(one.code), language) for one in ordered],
            }
        ],
    }


def _result(one: Diagnostic, rule: int, language: str) -> dict[str, Any]:
    sentences = [one.headline.in_language(language)]
    sentences += [text.in_language(language).replace("\n", " ") for text in one.body]
    result: dict[str, Any] = {
        "ruleId": one.code,
        "ruleIndex": rule,
        "level": one.severity,
        "message": {"text": ". ".join(sentence.rstrip(".") for sentence in sentences) + "."},
        "locations": [{"physicalLocation": _physical(one.span)}],
    }
    related = [label for label in one.related if label.text.de]
    if related:
        result["relatedLocations"] = [
            {
                "id": number,
                "physicalLocation": _physical(label.span),
                "message": {"text": label.text.in_language(language)},
            }
            for number, label in enumerate(related, 1)
        ]
    if one.fix is not None and one.fix.edits:
        result["fixes"] = [_sarif_fix(one.fix, language)]
    return result


def _sarif_fix(fix: Fix, language: str) -> dict[str, Any]:
    files = dict.fromkeys(edit.span.file for edit in fix.edits)
    changes = [
        {
            "artifactLocation": {"uri": percent(file)},
            "replacements": [
                {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.text}}
                for edit in fix.edits
                if edit.span.file == file
            ],
        }
        for file in files
    ]
    return {"description": {"text": _fix(fix).in_language(language)}, "artifactChanges": changes}


def _physical(span: Span) -> dict[str, Any]:
    return {"artifactLocation": {"uri": percent(span.file)}, "region": _region(span)}


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.start.line,
        "startColumn": span.start.column,
        "endLine": span.end.line,
        "endColumn": span.end.column,
    }

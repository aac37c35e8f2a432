"""Letters and texts with holes: Markdown with `{{ FEEL }}`, `::: when <FEEL>` and `::: each <name> in <FEEL>`.

In: a scalar (a whole `<id>.md`, or a caption) that knows where each of its characters stands in a file. Out: pieces,
whose expressions are scalars again, so that a finding inside a hole points into the letter. Nothing is parsed as FEEL
here. Conditions and repetitions are whole lines and vanish with their line ends; text stays exactly as written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from amtsweg.dsl.diagnostics import TRY, Advice, Diagnostic, Text, same
from amtsweg.dsl.source import Position, Span
from amtsweg.dsl.yamltree import Scalar


@dataclass(frozen=True, slots=True)
class TextPiece:
    """Text that stands as it is."""

    text: str


@dataclass(frozen=True, slots=True)
class HolePiece:
    """`{{ expression }}`"""

    expression: Scalar


@dataclass(frozen=True, slots=True)
class WhenPiece:
    """Lines shown only if the expression is true."""

    test: Scalar
    body: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class EachPiece:
    """Lines repeated for each element, which is called `name`."""

    name: Scalar
    items: Scalar
    body: tuple[Piece, ...]


Piece = TextPiece | HolePiece | WhenPiece | EachPiece

_FENCE = re.compile(r"^[ \t]*:::(?P<rest>[^\n]*)$")
_WHEN = re.compile(r"[ \t]*when[ \t]+(?P<test>\S.*?)[ \t]*$")
_EACH = re.compile(r"[ \t]*each[ \t]+(?P<name>[^\W\d]\w*)[ \t]+in[ \t]+(?P<items>\S.*?)[ \t]*$")


@dataclass(slots=True)
class _Open:
    """A block whose `:::` has not come yet."""

    start: int
    kind: str
    test: Scalar | None
    name: Scalar | None
    body: list[Piece]


def read_letter(source: Scalar) -> tuple[tuple[Piece, ...], tuple[Diagnostic, ...]]:
    """The pieces of a letter's text and what is wrong with its braces and fences."""
    findings: list[Diagnostic] = []
    stack = [_Open(0, "", None, None, [])]
    run = offset = 0
    text = source.text

    def flush(end: int) -> None:
        stack[-1].body.extend(_inline(source, run, end, findings))

    for line in text.splitlines(keepends=True):
        fence = _FENCE.match(line.rstrip("\r\n"))
        if fence is not None:
            flush(offset)
            run = offset + len(line)
            _fence(source, fence, offset, stack, findings)
        offset += len(line)
    flush(len(text))
    while len(stack) > 1:
        opened = stack.pop()
        findings.append(_unclosed(source, opened))
        stack[-1].body.append(_close(opened))
    return tuple(stack[0].body), tuple(findings)


def read_text(source: Scalar) -> tuple[tuple[Piece, ...], tuple[Diagnostic, ...]]:
    """The pieces of a caption or sentence: text and holes only."""
    findings: list[Diagnostic] = []
    return tuple(_inline(source, 0, len(source.text), findings)), tuple(findings)


def _fence(source: Scalar, fence: re.Match[str], offset: int, stack: list[_Open], findings: list[Diagnostic]) -> None:
    rest, at = fence["rest"], offset + fence.start("rest")
    if not rest.strip():
        if len(stack) == 1:
            findings.append(
                _finding(
                    source,
                    offset,
                    offset + fence.end(),
                    "Dieses „:::“ beendet nichts",
                    "This “:::” ends nothing",
                    "Davor fehlt eine Zeile „::: when …“ oder „::: each … in …“.",
                    "A line “::: when …” or “::: each … in …” is missing before it.",
                )
            )
            return
        opened = stack.pop()
        stack[-1].body.append(_close(opened))
        return
    when, each = _WHEN.match(rest), _EACH.match(rest)
    if when is not None:
        stack.append(_Open(offset, "when", source.part(at + when.start("test"), at + when.end("test")), None, []))
    elif each is not None:
        name = source.part(at + each.start("name"), at + each.end("name"))
        items = source.part(at + each.start("items"), at + each.end("items"))
        stack.append(_Open(offset, "each", items, name, []))
    else:
        findings.append(
            _finding(
                source,
                offset,
                offset + fence.end(),
                "Hinter „:::“ steht „when“ oder „each“",
                "Behind “:::” stands “when” or “each”",
                "So bliebe der Absatz im Brief stehen, ob er passt oder nicht.",
                "The paragraph would stand in the letter whether it fits or not.",
                "::: when antrag.wert > 50 EUR",
            )
        )
        stack.append(_Open(offset, "", None, None, []))


def _close(opened: _Open) -> Piece:
    body = tuple(opened.body)
    if opened.kind == "when" and opened.test is not None:
        return WhenPiece(opened.test, body)
    if opened.kind == "each" and opened.test is not None and opened.name is not None:
        return EachPiece(opened.name, opened.test, body)
    return TextPiece("")


def _inline(source: Scalar, start: int, end: int, findings: list[Diagnostic]) -> list[Piece]:
    """Text and holes of a stretch; `\\{{` stands for two braces."""
    pieces: list[Piece] = []
    text, at, plain = source.text, start, ""
    while at < end:
        brace = text.find("{{", at, end)
        if brace < 0:
            plain += text[at:end]
            break
        if brace > at and text[brace - 1] == "\\":
            plain += text[at : brace - 1] + "{{"
            at = brace + 2
            continue
        close = _end_of_hole(text, brace + 2, end)
        if close < 0:
            line_end = text.find("\n", brace, end)
            findings.append(
                _finding(
                    source,
                    brace,
                    end if line_end < 0 else line_end,
                    "Zu „{{“ fehlt „}}“",
                    "“{{” lacks its “}}”",
                    "Ohne das Ende wüsste niemand, wo der Wert aufhört und der Text weitergeht.",
                    "Without it nobody could tell where the value ends and the text goes on.",
                )
            )
            plain += text[at:end]
            break
        plain += text[at:brace]
        if plain:
            pieces.append(TextPiece(plain))
            plain = ""
        inner = text[brace + 2 : close]
        if inner.strip():
            first = brace + 2 + len(inner) - len(inner.lstrip())
            pieces.append(HolePiece(source.part(first, brace + 2 + len(inner.rstrip()))))
        else:
            findings.append(
                _finding(
                    source,
                    brace,
                    close + 2,
                    "Zwischen „{{“ und „}}“ steht nichts",
                    "Nothing stands between “{{” and “}}”",
                    "Hier bliebe im Brief eine Lücke.",
                    "There would be a gap in the letter.",
                )
            )
        at = close + 2
    if plain:
        pieces.append(TextPiece(plain))
    return pieces


def _end_of_hole(text: str, start: int, end: int) -> int:
    """Where the `}}` of a hole begins: outside strings, and not the end of a FEEL context `{a: {b: 1}}`."""
    depth, at, quoted = 0, start, False
    while at < end:
        char = text[at]
        if quoted:
            at += char == "\\"
            quoted = char != '"'
        elif char == '"':
            quoted = True
        elif char == "{":
            depth += 1
        elif char == "}":
            if depth == 0:
                return at if text.startswith("}}", at) else -1
            depth -= 1
        elif char == "\n" and text.startswith("\n", at + 1):
            return -1
        at += 1
    return -1


def span_of(source: Scalar, start: int, end: int) -> Span:
    """The place of characters `start` to `end` (exclusive) of a scalar's text."""
    first = source.position(start)
    last = source.position(max(start, end - 1))
    return Span(source.span.file, first, Position(last.line, last.column + 1))


def _unclosed(source: Scalar, opened: _Open) -> Diagnostic:
    line_end = source.text.find("\n", opened.start)
    return _finding(
        source,
        opened.start,
        len(source.text) if line_end < 0 else line_end,
        "Zu diesem „:::“ fehlt die Zeile, die es beendet",
        "This “:::” lacks the line that ends it",
        "Alles bis zum Ende des Briefs hinge von dieser Bedingung ab.",
        "Everything to the end of the letter would depend on this condition.",
        ":::",
    )


def _finding(
    source: Scalar, start: int, end: int, de: str, en: str, why_de: str, why_en: str, line: str = ""
) -> Diagnostic:
    advice = (Advice(TRY, same(line)),) if line else ()
    return Diagnostic(
        "AW805", "error", span_of(source, start, end), Text(de, en), body=(Text(why_de, why_en),), advice=advice
    )

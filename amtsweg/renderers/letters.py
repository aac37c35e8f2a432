"""A letter: from its parts and the case's values to one text in three shapes, HTML, plain text and (in `pdf`) PDF.

In: `Letter` parts from the compiled procedure, a function that evaluates an expression, one that formats a value for a
reader, and the frame (who writes to whom, about what). Out: a `Document`; HTML and text from it.

A letter's text is Markdown without HTML. Values are put in as text and escaped, so that a name like `*Müller*` or
`<script>` stays what it is. Conditions and repetitions are whole lines, so they never break a paragraph.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from amtsweg.dsl.procedure import EachPart, Expr, HolePart, Letter, Part, TextPart, WhenPart
from amtsweg.renderers.environment import render

Evaluate = Callable[[Expr, Mapping[str, Any]], Any]
"""Evaluates an expression in the case's scope; the mapping holds the names of the `each` around it."""

Format = Callable[[Any, Expr], str]
"""Formats a value for the reader, by the expression's static type."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything around the text of a letter, as DIN 5008 places it.

    `sender` is the letterhead (name, line, logo text), `contact` the lines of the information block (office, person,
    room, telephone, e-mail), `address` the addressee's lines, `reference` the case number, `place` and `date` as people
    read them, `closing` who signs, `footer` the lines at the foot (bank, hours), `remedy` the text on legal remedies.
    """

    subject: str
    sender: Mapping[str, str] = field(default_factory=dict)
    contact: tuple[tuple[str, str], ...] = ()
    address: tuple[str, ...] = ()
    reference: str = ""
    place: str = ""
    date: str = ""
    closing: tuple[str, ...] = ()
    footer: tuple[str, ...] = ()
    remedy: str = ""
    remedy_title: str = "Rechtsbehelfsbelehrung"
    attachments: tuple[str, ...] = ()
    language: str = "de"
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A composed letter: its frame and its text as Markdown in which all values stand."""

    frame: Frame
    markdown: str


MAX_ELEMENTS, MAX_LENGTH = 2_000, 400_000


def compose(letter: Letter, language: str, evaluate: Evaluate, format_value: Format, frame: Frame) -> Document:
    """Put the values into a letter's text.

    Takes the body of the reader's language, else the first one there is. Raises ValueError if a repetition runs over
    more than 2,000 elements or the text grows beyond 400,000 characters.
    """
    body = letter.bodies.get(language) or next(iter(letter.bodies.values()), ())
    out: list[str] = []
    _write(body, {}, evaluate, format_value, out)
    text = "".join(out)
    if len(text) > MAX_LENGTH:
        raise ValueError(f"The letter {letter.id} would be longer than {MAX_LENGTH} characters.")
    return Document(frame, re.sub(r"\n{3,}", "\n\n", text).strip() + "\n")


def _write(
    parts: tuple[Part, ...], names: Mapping[str, Any], evaluate: Evaluate, format_value: Format, out: list[str]
) -> None:
    for part in parts:
        if isinstance(part, TextPart):
            out.append(part.text)
        elif isinstance(part, HolePart):
            out.append(escape_markdown(format_value(evaluate(part.expr, names), part.expr)))
        elif isinstance(part, WhenPart):
            if evaluate(part.test, names) is True:
                _write(part.body, names, evaluate, format_value, out)
        elif isinstance(part, EachPart):
            items = evaluate(part.items, names) or []
            if len(items) > MAX_ELEMENTS:
                raise ValueError(f"A repetition over more than {MAX_ELEMENTS} elements is refused in a letter.")
            for position, item in enumerate(items, 1):
                inner = {**names, part.name: item, "position": position}
                _write(part.body, inner, evaluate, format_value, out)


def escape_markdown(text: str) -> str:
    """A value as Markdown that shows exactly this value; line breaks stay line breaks."""
    escaped = re.sub(r"([\\`*_{}\[\]<>#+\-.!|~&()=:])", r"\\\1", text)
    return "\\\n".join(escaped.splitlines()) if "\n" in escaped else escaped


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table").disable(["image", "link"])


def tokens(markdown: str) -> list[Token]:
    """The blocks of a letter's text (HTML, pictures and links are off: they stay plain text)."""
    return _parser().parse(markdown)


def to_html(document: Document) -> str:
    """The letter as an HTML page, for the portal's mailbox and the preview."""
    body = Markup(_parser().render(document.markdown))  # markdown-it escapes all text
    return render("letter.html", {"frame": document.frame, "body": body})


def to_text(document: Document) -> str:
    """The letter as plain text of 72 columns, for mails and the terminal."""
    frame, out = document.frame, []
    if frame.sender.get("name"):
        out += [frame.sender["name"], ""]
    out += [*frame.address, ""] if frame.address else []
    out += [f"{label}: {value}" for label, value in frame.contact]
    out += (
        [f"{'Aktenzeichen' if frame.language == 'de' else 'Reference'}: {frame.reference}"] if frame.reference else []
    )
    head = ", ".join(part for part in (frame.place, frame.date) if part)
    out += [head, ""] if head else [""]
    out += _text_blocks(tokens(document.markdown))
    if frame.closing:
        out += ["", *frame.closing]
    if frame.remedy:
        out += ["", frame.remedy_title, *textwrap.wrap(frame.remedy, 72)]
    if frame.attachments:
        out += ["", "Anlagen" if frame.language == "de" else "Enclosures", *(f"- {name}" for name in frame.attachments)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(out)).strip() + "\n"


def _text_blocks(found: list[Token]) -> list[str]:
    out: list[str] = []
    indent: list[str] = []
    numbers: list[int] = []
    row: list[str] = []
    rows: list[list[str]] = []
    heading = False
    for before, token in zip([None, *found], found, strict=False):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            numbers.append(0 if token.type == "ordered_list_open" else -1)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            numbers.pop()
            out.append("")
        elif token.type == "list_item_open":
            if numbers[-1] >= 0:
                numbers[-1] += 1
            indent.append(f"{numbers[-1]}. " if numbers[-1] >= 0 else "- ")
        elif token.type == "list_item_close":
            indent.pop()
        elif token.type == "heading_open":
            heading = True
        elif token.type == "tr_close":
            rows.append(row)
            row = []
        elif token.type == "table_close":
            out += [*_text_table(rows), ""]
            rows = []
        elif token.type == "hr":
            out += ["-" * 40, ""]
        elif token.type == "inline":
            text = inline_text(token)
            if before is not None and before.type in ("td_open", "th_open"):
                row.append(text)
                continue
            first = indent[-1] if indent else ""
            for line in text.split("\n"):
                out += textwrap.wrap(
                    line, 72, initial_indent=first, subsequent_indent=" " * len(first), break_long_words=False
                ) or [""]
                first = " " * len(first)
            if heading:
                out += ["=" * min(72, len(text))]
                heading = False
            if not indent:
                out.append("")
    return out


def _text_table(rows: list[list[str]]) -> list[str]:
    widths = [max(len(r[i]) if i < len(r) else 0 for r in rows) for i in range(max(map(len, rows), default=0))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip() for row in rows]
    return [*lines[:1], "-" * min(72, sum(widths) + 2 * max(0, len(widths) - 1)), *lines[1:]] if lines else []


def inline_text(token: Token) -> str:
    """The plain text of an inline token; breaks become new lines."""
    out = []
    for child in token.children or []:
        if child.type in ("text", "code_inline"):
            out.append(child.content)
        elif child.type == "softbreak":
            out.append(" ")
        elif child.type == "hardbreak":
            out.append("\n")
    return "".join(out)

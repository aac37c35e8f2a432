"""A letter as PDF in the layout of DIN 5008 (form B), with the extra `pdf` (the `typst` wheel, no system libraries).

PDF/A-2a and PDF/UA-1 in one file: tagged, with title and language, fit for the file and for screen readers. The text
goes to typst as markup made here from the letter's blocks; every piece of text is escaped, and typst may read no file
but its own fonts.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import fields
from importlib.resources import files

from markdown_it.token import Token

from amtsweg.errors import AmtswegError
from amtsweg.renderers.letters import Document, tokens


class PdfUnavailable(AmtswegError):
    """PDF letters need the extra `pdf`."""


def to_pdf(document: Document) -> bytes:
    """The letter as a PDF file, PDF/A-2a and PDF/UA-1.

    Raises PdfUnavailable if the extra is not installed.
    """
    try:
        import typst
    except ImportError as error:
        raise PdfUnavailable("PDF letters need the extra `pdf`.", "Install it: pip install 'amtsweg[pdf]'.") from error
    source = typst_source(document)
    return typst.compile(source.encode(), format="pdf", pdf_standards=["a-2a", "ua-1"])


def typst_source(document: Document) -> str:
    """The whole typst text: the frame's values as data, the body as markup, the template of the package."""
    frame = document.frame
    data = {one.name: getattr(frame, one.name) for one in fields(frame)} | {"sender": dict(frame.sender)}
    template = (files("amtsweg.renderers") / "templates" / "letter.typ").read_text("utf-8")
    packed = json.dumps(json.dumps(data, ensure_ascii=False), ensure_ascii=False)
    return template.replace("/*DATA*/", f"json(bytes({packed}))").replace(
        "/*BODY*/", "".join(_markup(tokens(document.markdown)))
    )


MARKUP = {
    "heading_close": "]\n", "bullet_list_open": "#list(", "bullet_list_close": ")\n\n", "ordered_list_open": "#enum(",
    "ordered_list_close": ")\n\n", "list_item_open": "[", "list_item_close": "],", "table_close": ")\n\n",
    "thead_open": "table.header(", "thead_close": "),", "th_open": "[", "th_close": "],", "td_open": "[",
    "td_close": "],", "hr": "#line(length: 100%, stroke: 0.4pt)\n\n", "blockquote_open": "#quote(block: true)[",
    "blockquote_close": "]\n\n", "softbreak": " ", "hardbreak": "#linebreak();", "strong_open": "#strong[",
    "strong_close": "];", "em_open": "#emph[", "em_close": "];",
}  # fmt: skip
"""Tokens that always become the same text; a token that is named nowhere leaves nothing."""


def _markup(found: list[Token]) -> Iterator[str]:
    """Blocks, and the inline pieces in them, as markup of typst."""
    for index, token in enumerate(found):
        match token.type:
            case "inline":
                yield from _markup(token.children or [])
            case "text":
                yield f"#{_quoted(token.content)};" if token.content else ""
            case "code_inline":
                yield f"#raw({_quoted(token.content)});"
            case "fence" | "code_block":
                yield f"#raw(block: true, {json.dumps(token.content, ensure_ascii=False)})\n\n"
            case "heading_open":
                yield f"#heading(level: {token.tag[1]})["
            case "paragraph_close":
                yield "" if token.hidden else "\n\n"
            case "table_open":
                columns = _columns(found, index)
                yield f"#table(columns: {columns}, stroke: 0.4pt + luma(140), inset: 5pt, align: left,"
            case kind:
                yield MARKUP.get(kind, "")


def _columns(found: list[Token], start: int) -> int:
    """How many cells the first row of a table has."""
    row = itertools.takewhile(lambda token: token.type != "tr_close", found[start:])
    return max(1, sum(token.type == "th_open" for token in row))


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

"""A letter as PDF in the layout of DIN 5008 (form B), with the extra `pdf` (the `typst` wheel, no system libraries).

PDF/A-2a and PDF/UA-1 in one file: tagged, with title and language, fit for the file and for screen readers. The text
goes to typst as markup made here from the letter's blocks; every piece of text is escaped, and typst may read no file
but its own fonts.
"""

from __future__ import annotations

import json
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
    data = {
        "subject": frame.subject,
        "sender": dict(frame.sender),
        "contact": [list(pair) for pair in frame.contact],
        "address": list(frame.address),
        "reference": frame.reference,
        "place": frame.place,
        "date": frame.date,
        "closing": list(frame.closing),
        "footer": list(frame.footer),
        "remedy": frame.remedy,
        "remedy_title": frame.remedy_title,
        "attachments": list(frame.attachments),
        "language": frame.language,
        "draft": frame.draft,
    }
    template = (files("amtsweg.renderers") / "templates" / "letter.typ").read_text("utf-8")
    packed = json.dumps(json.dumps(data, ensure_ascii=False), ensure_ascii=False)
    return template.replace("/*DATA*/", f"json(bytes({packed}))").replace(
        "/*BODY*/", _blocks(tokens(document.markdown))
    )


def _blocks(found: list[Token]) -> str:
    out: list[str] = []
    cells = 0
    for index, token in enumerate(found):
        kind = token.type
        if kind == "heading_open":
            level = int(token.tag[1])
            out.append(f"#heading(level: {max(1, level)})[")
        elif kind in ("heading_close", "list_item_close", "td_close", "th_close"):
            out.append("]\n" if kind == "heading_close" else "],")
        elif kind == "paragraph_close":
            out.append("\n\n" if not token.hidden else "")
        elif kind == "bullet_list_open":
            out.append("#list(")
        elif kind == "ordered_list_open":
            out.append("#enum(")
        elif kind in ("bullet_list_close", "ordered_list_close"):
            out.append(")\n\n")
        elif kind in ("list_item_open", "td_open", "th_open"):
            out.append("[")
        elif kind == "table_open":
            cells = _columns(found, index)
            out.append(f"#table(columns: {cells}, stroke: 0.4pt + luma(140), inset: 5pt, align: left,")
        elif kind == "thead_open":
            out.append("table.header(")
        elif kind == "thead_close":
            out.append("),")
        elif kind == "table_close":
            out.append(")\n\n")
        elif kind == "hr":
            out.append("#line(length: 100%, stroke: 0.4pt)\n\n")
        elif kind == "blockquote_open":
            out.append("#quote(block: true)[")
        elif kind == "blockquote_close":
            out.append("]\n\n")
        elif kind in ("fence", "code_block"):
            out.append(f"#raw(block: true, {json.dumps(token.content, ensure_ascii=False)})\n\n")
        elif kind == "inline":
            out.append(_inline(token))
    return "".join(out)


def _columns(found: list[Token], start: int) -> int:
    count = 0
    for token in found[start:]:
        if token.type == "th_open":
            count += 1
        elif token.type == "tr_close":
            return max(1, count)
    return max(1, count)


def _inline(token: Token) -> str:
    out: list[str] = []
    for child in token.children or []:
        kind = child.type
        if kind == "text":
            out.append(f"#{_quoted(child.content)};" if child.content else "")
        elif kind == "code_inline":
            out.append(f"#raw({_quoted(child.content)});")
        elif kind == "softbreak":
            out.append(" ")
        elif kind == "hardbreak":
            out.append("#linebreak();")
        elif kind == "strong_open":
            out.append("#strong[")
        elif kind == "em_open":
            out.append("#emph[")
        elif kind in ("strong_close", "em_close"):
            out.append("];")
    return "".join(out)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

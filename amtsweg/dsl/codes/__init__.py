"""A page for every code: what it means, a wrong and a right example, the law if there is one.

In: one text file per code beside this one (`AW001.txt`). Out: `CODES` and `page`. `amtsweg explain` prints a page, the
handbook prints them all, SARIF takes titles from here. Whoever adds a code adds its page: a test says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from amtsweg.dsl.diagnostics import Severity, Text

AREAS = {
    "0": Text("Schreibweise", "writing"),
    "1": Text("Namen und Schlüsselwörter", "names and keywords"),
    "2": Text("Ablauf", "flow"),
    "3": Text("Werte und Datentypen", "values and types"),
    "4": Text("Tabellen", "tables"),
    "5": Text("Menschen und Rollen", "people and roles"),
    "6": Text("Zeit", "time"),
    "7": Text("Gemeinde und Version", "municipality and version"),
    "8": Text("Texte und Datenschutz", "texts and data protection"),
    "9": Text("Testfälle", "test cases"),
}
"""What the first digit of a code says: where to look."""


_SEVERITIES: Mapping[str, Severity] = {"error": "error", "warning": "warning", "note": "note"}


@dataclass(frozen=True, slots=True)
class CodePage:
    """What is known of a code.

    Parameters
    ----------
    code: `AW` and three digits.
    severity: how it is reported.
    title: what it is about, in a few words.
    why: some sentences on what it would mean for a case, and how to mend it.
    wrong, right: what was written, and what to write instead ("" where there is nothing to show).
    law: the law behind it, if any.
    """

    code: str
    severity: Severity
    title: Text
    why: Text
    wrong: str = ""
    right: str = ""
    law: str = ""

    @property
    def area(self) -> Text:
        """Where to look."""
        return AREAS[self.code[2]]


class _Codes(Mapping[str, CodePage]):
    """Pages by code, read when they are asked for."""

    def __getitem__(self, code: str) -> CodePage:
        found = page(code)
        if found is None:
            raise KeyError(code)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(_names())

    def __len__(self) -> int:
        return len(_names())


@cache
def _names() -> tuple[str, ...]:
    files = (one.name for one in resources.files(__name__).iterdir())
    return tuple(sorted(name[:5] for name in files if re.fullmatch(r"AW\d{3}\.txt", name)))


@cache
def page(code: str) -> CodePage | None:
    """The page of a code, None if there is none."""
    if code not in _names():
        return None
    return _parsed(code, (resources.files(__name__) / f"{code}.txt").read_text("utf-8"))


def _parsed(code: str, text: str) -> CodePage:
    """`severity`, `de`, `en` and `law` as lines at the top; then parts behind `--- de`, `--- en`, `--- wrong`, ..."""
    head, *parts = re.split(r"^--- *(\w+) *\n", text, flags=re.MULTILINE)
    facts = dict(line.split(": ", 1) for line in head.strip().splitlines())
    body = {name: part.strip("\n") for name, part in zip(parts[::2], parts[1::2], strict=True)}
    return CodePage(
        code,
        _SEVERITIES[facts.get("severity", "error")],
        Text(facts["de"], facts["en"]),
        Text(body["de"], body["en"]),
        body.get("wrong", ""),
        body.get("right", ""),
        facts.get("law", ""),
    )


CODES: Mapping[str, CodePage] = _Codes()
"""All pages by code."""


def to_text(found: CodePage, language: str = "de") -> str:
    """A page as text for a terminal."""
    german = language == "de"
    lines = [f"{found.code}  {found.title.in_language(language)}", f"       {found.area.in_language(language)}", ""]
    lines += [f"  {line}".rstrip() for line in found.why.in_language(language).split("\n")]
    for title, example in (
        (("So nicht" if german else "Wrong"), found.wrong),
        (("So" if german else "Right"), found.right),
    ):
        if example:
            lines += ["", f"  {title}", *(f"    {line}".rstrip() for line in example.split("\n"))]
    if found.law:
        lines += ["", f"  {'Recht' if german else 'Law'}  {found.law}"]
    return "\n".join(lines)

"""An id that must be renamed is renamed in every file of the folder: procedure, cases, translations, letters.

In: findings about ids (AW104) with the edits of their own file, and all texts of the folder. Out: the same findings
with the edits of the other files as well, and a fix that says how many places and files that are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from amtsweg.dsl.diagnostics import Diagnostic, Edit, Fix, Text
from amtsweg.dsl.misvalues import references
from amtsweg.dsl.reader import read_text
from amtsweg.dsl.source import Position, Span

CODE = "AW104"
EXPRESSION = re.compile(r"\{\{.*?\}\}|^:::.*$", re.MULTILINE)


def across(findings: Iterable[Diagnostic], sources: Mapping[str, str]) -> list[Diagnostic]:
    """The findings; those about an id also rename it in the other files.

    Parameters
    ----------
    findings: all findings of a folder.
    sources: the text of each file by the name that findings use.
    """
    return [_everywhere(one, sources) if one.code == CODE else one for one in findings]


def _everywhere(one: Diagnostic, sources: Mapping[str, str]) -> Diagnostic:
    fix, source = one.fix, sources.get(one.span.file, "")
    lines = source.split("\n")
    if fix is None or not fix.edits or one.span.start.line > len(lines):
        return one
    name = lines[one.span.start.line - 1][one.span.start.column - 1 : one.span.end.column - 1]
    better = fix.edits[0].text
    edits = list(fix.edits)
    for file, text in sources.items():
        if file != one.span.file and name in text:
            edits += [Edit(span, better) for span in _places(file, text, name)]
    files = len({edit.span.file for edit in edits})
    if files == 1:
        return one
    says = Text(
        f"amtsweg fix benennt an {len(edits)} Stellen um ({files} Dateien)",
        f"amtsweg fix renames in {len(edits)} places ({files} files)",
    )
    return replace(one, fix=Fix(fix.safety, tuple(edits), says))


def _places(file: str, text: str, name: str) -> list[Span]:
    """Where the id is mentioned in another file."""
    if file.endswith(".yaml"):
        tree = read_text(text, file).tree
        return references(tree, name, keys=True) if tree is not None else []
    word = re.compile(rf"(?<![\w.]){re.escape(name)}(?![\w-])")
    found = []
    for expression in EXPRESSION.finditer(text):
        for match in word.finditer(expression[0]):
            start = expression.start() + match.start()
            line = text.count("\n", 0, start) + 1
            column = start - (text.rfind("\n", 0, start) + 1) + 1
            found.append(Span(file, Position(line, column), Position(line, column + len(name))))
    return found

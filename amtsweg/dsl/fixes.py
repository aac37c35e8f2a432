"""Findings mended by the machine: edits applied to texts, and to the files of a folder.

In: diagnostics with their fixes, and the texts they speak of. Out: the changed texts. Only what the caller allows is
done: `safe` fixes cannot change a meaning, `ask` fixes are for people who were shown them. Where two edits meet, the
first finding wins; the next check finds what is left.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from amtsweg.dsl.diagnostics import Diagnostic, Edit, Safety
from amtsweg.dsl.report import in_order
from amtsweg.dsl.source import Position

RANKS: dict[Safety, int] = {"safe": 0, "ask": 1, "none": 2}


@dataclass(frozen=True, slots=True)
class Mended:
    """What was done: the changed texts by file, and the findings whose fixes are in them."""

    texts: dict[str, str]
    done: tuple[Diagnostic, ...]


def apply(diagnostics: Iterable[Diagnostic], sources: Mapping[str, str], safety: Safety = "safe") -> Mended:
    """Apply the fixes that are at least as safe as `safety`.

    Parameters
    ----------
    diagnostics: findings; only those with edits count.
    sources: the text of each file by the name that the findings use.
    safety: `safe` for what cannot change a meaning, `ask` for what people have agreed to as well.
    """
    chosen: dict[str, list[tuple[int, int, str]]] = {}
    starts = {file: _line_starts(text) for file, text in sources.items()}
    done = []
    for one in in_order(diagnostics):
        fix = one.fix
        if fix is None or not fix.edits or RANKS[fix.safety] > RANKS[safety]:
            continue
        edits = [(edit.span.file, *_offsets(edit, starts)) for edit in fix.edits if edit.span.file in sources]
        if len(edits) < len(fix.edits) or any(_meets(chosen.get(file, []), a, b) for file, a, b, _ in edits):
            continue
        done.append(one)
        for file, start, end, text in edits:
            chosen.setdefault(file, []).append((start, end, text))
    return Mended({file: _edited(sources[file], edits) for file, edits in chosen.items()}, tuple(done))


def mend(
    folder: Path, diagnostics: Iterable[Diagnostic], sources: Mapping[str, str], safety: Safety = "safe"
) -> Mended:
    """Apply fixes to the files of a folder.

    Files outside the folder (building blocks of the library) are left alone, and so is a file that was changed since it
    was read. Line ends and a byte order mark stay as they were; a file is replaced as a whole or not at all.
    """
    inside = {name: text for name, text in sources.items() if _path(folder, name) is not None}
    mended = apply(diagnostics, inside, safety)
    written = {}
    for name, text in mended.texts.items():
        path = _path(folder, name)
        if path is not None and _write(path, inside[name], text):
            written[name] = text
    done = tuple(
        one for one in mended.done if one.fix is not None and all(edit.span.file in written for edit in one.fix.edits)
    )
    return Mended(written, done)


def _path(folder: Path, name: str) -> Path | None:
    """Where the file of that name lies, if it lies in the folder."""
    head, _, rest = name.partition("/")
    parts = rest.split("/") if head == folder.name else name.split("/")
    path = folder.joinpath(*parts)
    return path if ".." not in parts and path.is_file() else None


def _write(path: Path, before: str, after: str) -> bool:
    try:
        raw = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return False
    mark = "\ufeff" if raw.startswith("\ufeff") else ""
    end = "\r\n" if "\r\n" in raw else "\n"
    if raw.removeprefix("\ufeff").replace("\r\n", "\n") != before:
        return False
    with tempfile.NamedTemporaryFile("wb", dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        file.write((mark + after.replace("\n", end)).encode())
        name = Path(file.name)
    name.chmod(path.stat().st_mode & 0o777)
    name.replace(path)
    return True


def _line_starts(text: str) -> list[int]:
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return starts


def _offsets(edit: Edit, starts: Mapping[str, list[int]]) -> tuple[int, int, str]:
    lines = starts[edit.span.file]

    def offset(place: Position) -> int:
        line = min(place.line, len(lines) - 1)
        return min(lines[line - 1] + place.column - 1, lines[-1] - 1)

    return offset(edit.span.start), offset(edit.span.end), edit.text


def _meets(edits: Iterable[tuple[int, int, str]], start: int, end: int) -> bool:
    return any((start < b and a < end) or (start, end) == (a, b) for a, b, _ in edits)


def _edited(text: str, edits: Iterable[tuple[int, int, str]]) -> str:
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text

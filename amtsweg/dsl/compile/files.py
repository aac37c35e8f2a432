"""The files of a procedure's folder, and of the building blocks it uses, as they are called in messages.

In: a folder on the disk. Out: texts by the name people say (`hund-anmelden/bescheid.md`). A text file becomes one
scalar whose characters know their line and column, as those of a YAML file do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from amtsweg.dsl.source import Position, Span
from amtsweg.dsl.yamltree import Scalar, Segment

MAX_BYTES = 2_000_000
LANGUAGE = re.compile(r"[a-z]{2}|leicht")
MAIN_LANGUAGE = "de"


@dataclass(eq=False)
class Files:
    """Where files are and what was read of them.

    Parameters
    ----------
    folder: the procedure's folder.
    library: folders that hold building blocks (`<name>/block.yaml`), searched in order.
    sources: every text that was read, by the name messages use.
    block_at: which block's files belong to a prefix of the machine.
    """

    folder: Path
    library: tuple[Path, ...] = ()
    sources: dict[str, str] = field(default_factory=dict)
    block_at: dict[str, str] = field(default_factory=dict)
    language: str = MAIN_LANGUAGE

    def name(self, file: str, folder: Path | None = None) -> str:
        """How messages call a file: its folder's name and its own."""
        return f"{(folder or self.folder).name}/{file}"

    def read(self, file: str, folder: Path | None = None) -> str | None:
        """The text of a file, None if there is none (or it is no readable text)."""
        if Path(file).name != file:
            return None
        path = (folder or self.folder) / file
        try:
            if not path.is_file() or path.stat().st_size > MAX_BYTES:
                return None
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError):
            return None
        self.sources[self.name(file, folder)] = text
        return text

    def beside(self, file: str) -> str | None:
        """The text of another file of the procedure's folder."""
        return self.read(file)

    def block_folder(self, block: str) -> Path | None:
        """The folder of a building block: beside the procedure, or in the library."""
        if not re.fullmatch(r"[a-z][a-z0-9_-]*", block):
            return None
        places = [self.folder / "blocks", self.folder.parent / "blocks", *self.library]
        return next((place / block for place in places if (place / block / "block.yaml").is_file()), None)

    def letter(self, template: str, block: str = "") -> tuple[tuple[str, Scalar], ...]:
        """The texts of a letter, `<id>.md` and `<id>.<language>.md`, by language; the main one first."""
        folder = self.block_folder(block) if block else self.folder
        if folder is None:
            return ()
        found: list[tuple[str, Scalar]] = []
        main = self.read(f"{template}.md", folder)
        if main is not None:
            found.append((self.language, text_scalar(main, self.name(f"{template}.md", folder))))
        for path in sorted(folder.glob(f"{template}.*.md")):
            language = path.name[len(template) + 1 : -3]
            text = self.read(path.name, folder) if LANGUAGE.fullmatch(language) else None
            if text is not None:
                found.append((language, text_scalar(text, self.name(path.name, folder))))
        return tuple(found)

    def translations(self) -> tuple[tuple[str, str], ...]:
        """The files `texts.<language>.yaml` of the folder: (language, file)."""
        found = []
        for path in sorted(self.folder.glob("texts.*.yaml")):
            language = path.name[len("texts.") : -len(".yaml")]
            if LANGUAGE.fullmatch(language):
                found.append((language, path.name))
        return tuple(found)


def text_scalar(text: str, file: str) -> Scalar:
    """A whole text file as one scalar: its characters stand where they stand in the file."""
    text = text.replace("\r\n", "\n")
    segments, offset = [], 0
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        segments.append(Segment(offset, Position(number, 1)))
        offset += len(line) + 1
    end = Position(len(lines), len(lines[-1]) + 1)
    return Scalar(text, Span(file, Position(1, 1), end), "|", tuple(segments))

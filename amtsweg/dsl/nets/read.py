"""Net files in, nets out: the front door with its guard.

In: the bytes of a file. Out: `Net`s, or `NetUnreadable` with file, line and what was expected. The two formats have a
file each (`pnml`, `lola`); which one it is can be seen from the first character.

Why so strict about size and bytes: net files come from elsewhere and are read by a command that servers run too. The
limits lie a hundred times above the largest industrial nets.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from amtsweg.dsl.nets import lola, pnml
from amtsweg.dsl.nets.net import Net
from amtsweg.dsl.nets.refusal import NetUnreadable

Format = Literal["auto", "pnml", "lola"]

MOST_BYTES = 64 * 1024 * 1024


def read_file(path: Path, format: Format = "auto") -> tuple[Net, ...]:
    """All nets of a file (PNML may hold several). Raises NetUnreadable, also if the file cannot be opened."""
    try:
        with path.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise NetUnreadable(str(path), 0, f"cannot be opened: {error.strerror}") from error
    return read_bytes(data, str(path), format)


def read_bytes(data: bytes, file: str, format: Format = "auto") -> tuple[Net, ...]:
    """All nets in `data`; `file` is the name used in messages. Raises NetUnreadable."""
    if len(data) > MOST_BYTES:
        raise NetUnreadable(file, 0, f"larger than {MOST_BYTES // (1024 * 1024)} MB")
    if not data.strip():
        raise NetUnreadable(file, 1, "the file is empty")
    if format == "auto":
        looks = data.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0")[:1]
        format = "pnml" if looks == b"<" else "lola"
    if format == "pnml":
        return pnml.read(data, file)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return (lola.read(text, file),)

"""What is said when a net file cannot be read, and the limits both readers keep."""

from __future__ import annotations

from amtsweg.errors import AmtswegError

MOST_NODES = 100_000
MOST_ARCS = 1_000_000
MOST_TOKENS = 1_000_000_000
"""Above this a weight or a number of tokens is taken for a mistake."""


class NetUnreadable(AmtswegError):
    """A net file could not be read.

    `file` and `line` (from 1; 0 if the whole file is meant) say where.
    """

    def __init__(self, file: str, line: int, what: str, next_step: str = "") -> None:
        self.file, self.line, self.what = file, line, what
        super().__init__(f"{file}:{line}: {what}" if line else f"{file}: {what}", next_step)


def count(text: str, file: str, line: int, what: str) -> int:
    """A number of tokens or a weight written as digits. Raises NetUnreadable for anything else."""
    if not (text.isascii() and text.isdigit()):
        raise NetUnreadable(file, line, f'{what} "{text[:40]}" is not a whole number')
    if len(text) > 10 or int(text) > MOST_TOKENS:
        raise NetUnreadable(file, line, f"{what} is larger than {MOST_TOKENS}")
    return int(text)

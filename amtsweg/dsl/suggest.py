"""Which name was probably meant: the closest known one, by edits, with German spelling in mind."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

FOLD = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "-": "_", " ": "_"})


def closest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that is nearest to `name`, or None if none is near enough.

    Near enough is up to a third of the length in edits (insert, delete, replace, swap of neighbours), or a shared
    beginning of at least five letters. Ties go to the one named first.
    """
    wanted = fold(name)
    best: tuple[float, str] | None = None
    for candidate in candidates:
        other = fold(candidate)
        limit = max(1, min(len(wanted), len(other)) // 3)
        cost = float(distance(wanted, other, limit))
        if cost > limit:
            shared = _shared_beginning(wanted, other)
            if shared < 5 or shared * 2 < min(len(wanted), len(other)):
                continue
            cost = limit + 1 - shared / 100
        if best is None or cost < best[0]:
            best = (cost, candidate)
    return best[1] if best else None


def fold(name: str) -> str:
    """A name without case, umlauts and dashes, for comparing."""
    return name.casefold().translate(FOLD)


def distance(left: str, right: str, limit: int) -> int:
    """Edits between two texts (optimal string alignment); anything beyond `limit` counts as `limit + 1`."""
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        older, before = before, row
        row = [i]
        for j, b in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if older and i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return row[-1]


def _shared_beginning(left: str, right: str) -> int:
    count = 0
    for a, b in zip(left, right, strict=False):
        if a != b:
            break
        count += 1
    return count


SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def identifier(text: str, *, dashes: bool = False) -> str:
    """An id made of a caption: `Eigentum prüfen` -> `eigentum_pruefen` (with dashes for a procedure's own id)."""
    sign = "-" if dashes else "_"
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", text).casefold().translate(SPELLED))
    words = re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c)))
    made = sign.join(words)
    return made if made[:1].isalpha() else f"x{sign}{made}" if made else ""

"""Whole lines to copy: what a line of the file would look like with one piece of it written otherwise.

In: a scalar and the range of its text that should change. Out: the line as a designer would write it (`when: wert > 50
EUR`), taken from the file itself. Inside braces and letters it is only the piece that belongs together.
"""

from __future__ import annotations

import re

from amtsweg.dsl.yamltree import Scalar

KEY = re.compile(r"(?:^|[\s{,])(?P<key>[A-Za-z_][\w ]*?):\s+$")


def line_with(sources: dict[str, str], scalar: Scalar, start: int, end: int, new: str) -> str:
    """The line with the characters from `start` to `end` of the scalar's text replaced."""
    changed = scalar.text[:start] + new + scalar.text[end:]
    place = scalar.span.start
    lines = sources.get(scalar.span.file, "").splitlines()
    if "\n" in scalar.text.strip() or not 0 < place.line <= len(lines):
        return " ".join(changed.split())
    before = lines[place.line - 1][: place.column - 1]
    if before.rstrip().endswith("{{"):
        return "{{ " + changed.strip() + " }}"
    if before.lstrip().startswith(":::"):
        return f"{before.strip()} {changed.strip()}"
    key = KEY.search(before.rstrip("|>'\" ") + (" " if before.endswith(" ") else ""))
    return f"{key['key'].strip()}: {changed.strip()}" if key is not None else changed.strip()

"""Ranges (intervals) of FEEL, with closed, open and missing ends (DMN 1.5, 10.3.2.7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Range:
    """From `low` to `high`; None is a missing end. `[` and `]` are closed, `(` and `)` open.

    `test` marks the forms `< 5`, `>= 2`, `= 3`, `!= 3`: their missing end is no end at all, and `!= 3` has 3 at both
    ends and leaves it out. Written as an interval with null at an end, `(null..5]`, a range is another value, and
    whether something lies in it is not known.
    """

    low: Any
    high: Any
    low_closed: bool = True
    high_closed: bool = True
    test: bool = False

    def __str__(self) -> str:
        left, right = ("[" if self.low_closed else "("), ("]" if self.high_closed else ")")
        return f"{left}{self.low}..{self.high}{right}"

"""Reference numbers (Kassenzeichen) with check digits, in each tenant's own pattern.

In: a tenant's pattern and the parts of a number. Out: the number that stands on notices; and back, whether a number
that somebody typed into a bank form can be right. A pattern is text: digits and separators as printed, parts in
braces with their width, `{check}` where the check digits stand.

`5{year:2}.{kind:3}.{serial:7}-{check}` gives `526.041.0000123-68` with `mod97`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from amtsweg.dsl.money.kinds import MoneyError

_PART = re.compile(r"\{(\w+)(?::(\d{1,2}))?\}")


def mod97(text: str) -> int:
    """The rest modulo 97 of digits and letters (A is 10), as ISO 7064 MOD 97-10 and ISO 13616 take it."""
    return int("".join(str(int(sign, 36)) for sign in text)) % 97


def check_mod97(payload: str) -> str:
    """Two check digits by ISO 7064 MOD 97-10: the whole, with them behind, gives 1 modulo 97."""
    return f"{98 - mod97(payload + '00'):02d}"


def check_mod11_10(digits: str) -> str:
    """One check digit by ISO 7064 MOD 11,10 (as the tax identification number has it)."""
    product = 10
    for digit in digits:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return str((11 - product) % 10)


def check_luhn(digits: str) -> str:
    """One check digit by ISO/IEC 7812-1 annex B (doubling every second from the right)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def check_mod11(digits: str) -> str:
    """One check digit modulo 11 with weights 2 to 7 from the right; 10 and 11 become 0."""
    total = sum(int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(digits)))
    rest = 11 - total % 11
    return str(rest if rest < 10 else 0)


CHECKS: Final[Mapping[str, Callable[[str], str]]] = MappingProxyType(
    {
        "mod97": check_mod97,
        "mod11_10": check_mod11_10,
        "luhn": check_luhn,
        "mod11": check_mod11,
        "none": lambda digits: "",
    }
)


@dataclass(frozen=True, slots=True)
class Scheme:
    """A tenant's scheme: printed pattern, name of the check (`CHECKS`). `scheme` makes it and refuses bad patterns."""

    pattern: str
    check: str

    def number(self, **parts: int | str) -> str:
        """The printed number for these parts (`year=26, kind=41, serial=123`).

        Raises `MoneyError` for a missing or foreign part, one that is not a number, or one too wide for its place:
        a number is never cut, two cases would get the same one.
        """
        widths = _widths(self.pattern)
        if parts.keys() != widths.keys():
            raise MoneyError(f"The pattern {self.pattern} needs {', '.join(widths)}.", "Give just these parts.")
        filled = {name: _digits(name, parts[name], width) for name, width in widths.items()}
        payload = "".join(sign for sign in _PART.sub(lambda m: filled.get(m[1], ""), self.pattern) if sign.isdigit())
        filled["check"] = CHECKS[self.check](payload)
        return _PART.sub(lambda m: filled[m[1]], self.pattern)

    def valid(self, typed: str) -> bool:
        """Whether a number somebody typed is one of this scheme, whatever separators they used."""
        return self.parts(typed) is not None

    def parts(self, typed: str) -> Mapping[str, str] | None:
        """The parts of a typed number, without the check digits; None if it cannot be right."""
        plain = "".join(sign for sign in typed if sign.isalnum())
        found = _reader(self.pattern, len(CHECKS[self.check]("0"))).fullmatch(plain)
        if found is None:
            return None
        parts = {name: value for name, value in found.groupdict().items() if name != "check"}
        kept = "".join(sign for sign in self.number(**parts) if sign.isalnum())
        return parts if kept == plain else None


def scheme(pattern: str, check: str = "mod97") -> Scheme:
    """A tenant's scheme for reference numbers.

    Parameters
    ----------
    pattern: digits, separators, `{part:width}` and `{check}`.
    check: `mod97` (two digits), `mod11_10`, `luhn`, `mod11` (one digit) or `none`.

    Raises `MoneyError` for an unknown check, a part without width or named twice, letters in the pattern, no part
    at all, or a check without its place.
    """
    if check not in CHECKS:
        raise MoneyError(f"“{check}” is not a check digit scheme.", f"Use one of {', '.join(CHECKS)}.")
    names = [found[1] for found in _PART.finditer(pattern)]
    widths = _widths(pattern)
    if not widths or len(names) != len(set(names)) or any(width < 1 for width in widths.values()):
        raise MoneyError(f"The pattern {pattern} has no parts, or one twice or without width.", "Write {serial:7}.")
    if ("check" in names) != (check != "none"):
        raise MoneyError(f"The pattern {pattern} and the check “{check}” do not fit.", "Write {check} where it stands.")
    if any(sign.isalpha() or sign in "{}" for sign in _PART.sub("", pattern)):
        raise MoneyError(f"The pattern {pattern} has letters outside its parts.", "Use digits and separators.")
    return Scheme(pattern, check)


def creditor_reference(payload: str) -> str:
    """An RF creditor reference (ISO 11649) for up to 21 letters and digits: banks check it when it is typed.

    Raises `MoneyError` for anything else.
    """
    plain = "".join(payload.split()).upper()
    if not re.fullmatch(r"[A-Z0-9]{1,21}", plain):
        raise MoneyError(f"“{payload}” cannot be a creditor reference.", "Use up to 21 letters and digits.")
    return f"RF{check_mod97(plain + 'RF')}{plain}"


def is_creditor_reference(typed: str) -> bool:
    """Whether a typed RF reference has the right check digits."""
    plain = "".join(typed.split()).upper()
    return bool(re.fullmatch(r"RF\d{2}[A-Z0-9]{1,21}", plain)) and mod97(plain[4:] + plain[:4]) == 1


def _digits(name: str, value: int | str, width: int) -> str:
    text = str(value)
    if not (text.isascii() and text.isdigit()) or len(text) > width:
        raise MoneyError(f"{name} {value} does not fit into {width} digits.", "Widen the pattern for new numbers.")
    return text.zfill(width)


@lru_cache(maxsize=256)
def _widths(pattern: str) -> Mapping[str, int]:
    """The parts that a caller gives, with their widths (0: none written)."""
    return {found[1]: int(found[2] or 0) for found in _PART.finditer(pattern) if found[1] != "check"}


@lru_cache(maxsize=256)
def _reader(pattern: str, check_width: int) -> re.Pattern[str]:
    """What reads a typed number, separators left out."""
    widths = dict(_widths(pattern)) | {"check": check_width}
    text, at = "", 0
    for found in _PART.finditer(pattern):
        text += re.sub(r"\D", "", pattern[at : found.start()])
        text += rf"(?P<{found[1]}>[0-9]{{{widths[found[1]]}}})"
        at = found.end()
    return re.compile(text + re.sub(r"\D", "", pattern[at:]))

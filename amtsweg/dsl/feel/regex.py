"""XPath regular expressions (XML Schema 1.1 part 2, appendix G; XPath functions 5.6) for Python's `re`, safely.

Character class subtraction, `\\i \\c \\p{..} \\P{..} \\p{IsBlock}` and the flags `s m i x q` are translated; what
Python would read differently is escaped; what could run for ever (a repeated group that itself repeats) is refused.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import cache, lru_cache

MAX_PATTERN, MAX_INPUT = 2_000, 1_000_000
NAME_START = (
    r":A-Z_a-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F\u2C00-\u2FEF"
    r"\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF"
)
NAME_PART = NAME_START + r"\-.0-9\u00B7\u0300-\u036F\u203F-\u2040"
BLOCKS = {
    "BasicLatin": (0x0, 0x7F), "Latin-1Supplement": (0x80, 0xFF), "LatinExtended-A": (0x100, 0x17F),
    "LatinExtended-B": (0x180, 0x24F), "IPAExtensions": (0x250, 0x2AF), "GreekandCoptic": (0x370, 0x3FF),
    "Greek": (0x370, 0x3FF), "Cyrillic": (0x400, 0x4FF), "Armenian": (0x530, 0x58F), "Hebrew": (0x590, 0x5FF),
    "Arabic": (0x600, 0x6FF), "Devanagari": (0x900, 0x97F), "Thai": (0xE00, 0xE7F), "Hangul": (0xAC00, 0xD7AF),
    "GeneralPunctuation": (0x2000, 0x206F), "CurrencySymbols": (0x20A0, 0x20CF), "Arrows": (0x2190, 0x21FF),
    "MathematicalOperators": (0x2200, 0x22FF), "Hiragana": (0x3040, 0x309F), "Katakana": (0x30A0, 0x30FF),
    "CJKUnifiedIdeographs": (0x4E00, 0x9FFF), "PrivateUse": (0xE000, 0xF8FF),
}  # fmt: skip


class PatternError(ValueError):
    """The pattern is no XPath regular expression, or could run too long."""


@lru_cache(maxsize=1024)
def translate(pattern: str, flags: str = "") -> re.Pattern[str]:
    """A compiled Python pattern. Raises PatternError."""
    if len(pattern) > MAX_PATTERN or any(flag not in "smixq" for flag in flags):
        raise PatternError(pattern)
    mode = re.UNICODE
    mode |= re.IGNORECASE if "i" in flags else 0
    if "q" in flags:
        return re.compile(re.escape(pattern), mode)
    text = _Translate(pattern, flags).run()
    try:
        found = re.compile(text, mode)
    except (re.error, OverflowError, RecursionError) as error:
        raise PatternError(pattern) from error
    if _explodes(pattern):
        raise PatternError(pattern)
    return found


def replacement(text: str, groups: int) -> str:
    """XPath's `$1` as Python's `\\g<1>`. Raises PatternError for a lone `$` or `\\`."""
    out, index = [], 0
    while index < len(text):
        character = text[index]
        if character == "\\":
            if text[index + 1 : index + 2] not in ("\\", "$"):
                raise PatternError(text)
            out.append("\\\\" if text[index + 1] == "\\" else "$")
            index += 2
        elif character == "$":
            digits = re.match(r"\d+", text[index + 1 :])
            if digits is None:
                raise PatternError(text)
            number = digits.group()
            while len(number) > 1 and int(number) > groups:
                number = number[:-1]
            out.append(f"\\g<{number}>" if int(number) <= groups else "")
            index += 1 + len(number)
        else:
            out.append(character)
            index += 1
    return "".join(out)


class _Translate:
    """One walk over one pattern. `^`, `$` and `.` are spelled out: Python's differ at line ends (5.6.1)."""

    def __init__(self, pattern: str, flags: str) -> None:
        self.pattern = pattern
        self.extended = "x" in flags
        lines = "m" in flags
        self.signs = {
            "^": r"(?:\A|(?<=\n)(?!\Z))" if lines else r"\A",
            "$": r"(?=\n|\Z)" if lines else r"\Z",
            ".": r"(?s:.)" if "s" in flags else r"[^\n\r]",
        }
        self.at = 0

    def run(self) -> str:
        out = []
        while self.at < len(self.pattern):
            character = self.pattern[self.at]
            if self.extended and character in " \t\n\r":
                self.at += 1
            elif character == "[":
                out.append(self.char_class())
            elif character == "\\":
                out.append(self.escape(False))
            elif character == "(" and self.pattern[self.at + 1 : self.at + 2] == "?":
                if self.pattern[self.at + 2 : self.at + 3] != ":":
                    raise PatternError(self.pattern)
                out.append("(?:")
                self.at += 3
            else:
                out.append(self.signs.get(character, character))
                self.at += 1
        return "".join(out)

    def char_class(self) -> str:
        self.at += 1
        negated = self.pattern[self.at : self.at + 1] == "^"
        self.at += negated
        parts: list[str] = []
        minus = ""
        first = True
        while True:
            if self.at >= len(self.pattern):
                raise PatternError(self.pattern)
            character = self.pattern[self.at]
            if character == "]" and not first:
                self.at += 1
                break
            first = False
            if character == "-" and self.pattern[self.at + 1 : self.at + 2] == "[":
                self.at += 1
                minus = self.char_class()
                if self.pattern[self.at : self.at + 1] != "]":
                    raise PatternError(self.pattern)
                self.at += 1
                break
            if character == "[":
                raise PatternError(self.pattern)
            if character == "\\":
                parts.append(self.escape(True))
            else:
                parts.append("\\" + character if character in "&~|" else character)
                self.at += 1
        inner = "".join(parts)
        if not inner:
            raise PatternError(self.pattern)
        positive = f"[{'^' if negated else ''}{inner}]"
        return f"(?!{minus}){positive}" if minus else positive

    def escape(self, inside: bool) -> str:
        following = self.pattern[self.at + 1 : self.at + 2]
        self.at += 2
        if not following:
            raise PatternError(self.pattern)
        if following in "pP":
            found = re.compile(r"\{([A-Za-z0-9 \t\n\r-]+)\}").match(self.pattern, self.at)
            if found is None or (not self.extended and re.search(r"\s", found[1])):
                raise PatternError(self.pattern)
            self.at = found.end()
            content = _category("".join(found[1].split()))
            if following == "p":
                return content if inside else f"[{content}]"
            return _complement(content) if inside else f"[^{content}]"
        simple = {"i": NAME_START, "c": NAME_PART}
        if following.lower() in simple:
            content = simple[following.lower()]
            if following.islower():
                return content if inside else f"[{content}]"
            return _complement(content) if inside else f"[^{content}]"
        if following == "d":
            return r"\d"
        if following in "sS":
            return (
                (r" \t\n\r" if inside else r"[ \t\n\r]") if following == "s" else (r"\S" if inside else r"[^ \t\n\r]")
            )
        if following in "wWD":
            return "\\" + following
        if following in "nrt":
            return "\\" + following
        if following in r"\|.?*+(){}$-[]^":
            return "\\" + following
        if following.isdigit() and not inside:
            return f"(?:\\{following})"
        raise PatternError(self.pattern)


@cache
def _category(name: str) -> str:
    """The characters of a Unicode category or block as ranges for a class."""
    if name.startswith("Is"):
        block = BLOCKS.get(name[2:])
        if block is None:
            raise PatternError(name)
        return f"{_char(block[0])}-{_char(block[1])}"
    if not re.fullmatch(r"[LMNPZSC][a-z]?", name):
        raise PatternError(name)
    ranges: list[list[int]] = []
    for code in range(sys.maxunicode + 1):
        if unicodedata.category(chr(code)).startswith(name):
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(f"{_char(a)}-{_char(b)}" if a != b else _char(a) for a, b in ranges)


@cache
def _complement(content: str) -> str:
    matcher = re.compile(f"[{content}]")
    ranges: list[list[int]] = []
    for code in range(sys.maxunicode + 1):
        if not matcher.match(chr(code)):
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(f"{_char(a)}-{_char(b)}" for a, b in ranges)


def _char(code: int) -> str:
    return f"\\U{code:08X}"


_GROUP_REPEAT = re.compile(r"\)(?:[*+]|\{\d+,(?:\d*)\})")


def _explodes(pattern: str) -> bool:
    """Whether a repeated group holds an unbounded repetition or an alternation: then backtracking may explode."""
    stack: list[int] = []
    index, in_class = 0, False
    while index < len(pattern):
        character = pattern[index]
        if character == "\\":
            index += 2
            continue
        if in_class:
            in_class = character != "]"
        elif character == "[":
            in_class = True
        elif character == "(":
            stack.append(index)
        elif character == ")" and stack:
            start = stack.pop()
            if _GROUP_REPEAT.match(pattern, index):
                inner = re.sub(r"\\.|\[[^\]]*\]", "x", pattern[start + 1 : index])
                if re.search(r"[*+]|\{\d+,\d*\}", inner) and not re.search(r"^[^*+?|(){}]+[^*+?|(){}x]", inner):
                    return True
        index += 1
    return len(re.findall(r"(?<!\\)[*+]", re.sub(r"\[[^\]]*\]", "x", pattern))) > 8

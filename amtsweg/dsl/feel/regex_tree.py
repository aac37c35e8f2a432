"""XPath regular expressions as trees (XML Schema 1.1 part 2, appendix G; XPath functions 3.1, 5.6).

In: the text of a pattern. Out: a tree of symbols, edges, repetitions, alternatives and groups, every symbol as a class
that Python's `re` reads the same way. Reading it ourselves is what makes the rest exact: what XPath forbids is refused
(a lone `{`, `a++`, `\\0`), and how much work a pattern can make is computed instead of guessed.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from dataclasses import dataclass
from functools import cache
from itertools import groupby

MAX_PATTERN, MAX_DEPTH, MAX_SIZE = 2_000, 50, 20_000
Ranges = tuple[tuple[int, int], ...]


class PatternError(ValueError):
    """The text is no XPath regular expression, or it could run too long."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """One character of a class; `text` is the class for Python's `re`."""

    text: str


@dataclass(frozen=True, slots=True)
class Edge:
    """`^` or `$`, or `A` and `Z`, the ends of the whole text whatever the flags."""

    sign: str


@dataclass(frozen=True, slots=True)
class BackReference:
    """`\\1`: what a group has matched, again."""

    number: int


@dataclass(frozen=True, slots=True)
class Sequence:
    """One part after the other."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Alternatives:
    """One of the parts, earlier ones first."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A part in brackets; one with a number is remembered."""

    body: Node
    number: int | None


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part several times; `most` None is without end, `lazy` takes as few as possible."""

    body: Node
    least: int
    most: int | None
    lazy: bool


Node = Symbol | Edge | BackReference | Sequence | Alternatives | Group | Repeat

# ------------------------------------------------------------------------------------------------------------- reading


def parse(pattern: str, extended: bool = False) -> tuple[Node, int]:
    """The tree of a pattern and how many groups it remembers. Raises PatternError.

    `extended` is the flag `x`: blanks outside classes go before anything else is read (5.6.2).
    """
    if len(pattern) > MAX_PATTERN:
        raise PatternError("longer than 2,000 characters")
    reader = _Reader(_without_blanks(pattern) if extended else pattern)
    tree = reader.alternatives(0)
    if reader.at < len(reader.text):
        raise PatternError(f"{reader.text[reader.at]} closes nothing")
    if size(tree) > MAX_SIZE:
        raise PatternError("too many repetitions")
    return tree, reader.groups


def _without_blanks(pattern: str) -> str:
    out: list[str] = []
    depth, escaped = 0, False
    for character in pattern:
        if character in " \t\n\r" and depth == 0:
            continue
        out.append(character)
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == "[":
            depth += 1
        elif character == "]" and depth:
            depth -= 1
    return "".join(out)


class _Reader:
    """Recursive descent over one pattern."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.groups = 0
        self.closed: set[int] = set()

    def peek(self, ahead: int = 0) -> str:
        return self.text[self.at + ahead : self.at + ahead + 1]

    def alternatives(self, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise PatternError("brackets nested too deeply")
        parts = [self.branch(depth)]
        while self.peek() == "|":
            self.at += 1
            parts.append(self.branch(depth))
        return parts[0] if len(parts) == 1 else Alternatives(tuple(parts))

    def branch(self, depth: int) -> Node:
        parts: list[Node] = []
        while self.peek() not in ("", "|", ")"):
            parts.append(self.quantified(self.atom(depth)))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def atom(self, depth: int) -> Node:
        character = self.peek()
        if character == "(":
            return self.group(depth)
        if character == "[":
            return Symbol(self.char_class())
        if character == "\\":
            return self.escape()
        if character in "?*+{}]":
            raise PatternError(f"{character} stands alone")
        self.at += 1
        if character in "^$":
            return Edge(character)
        return Symbol("." if character == "." else re.escape(character))

    def group(self, depth: int) -> Node:
        self.at += 1
        number: int | None = None
        if self.peek() == "?":
            if self.peek(1) != ":":
                raise PatternError("only (?: is known")
            self.at += 2
        else:
            self.groups += 1
            number = self.groups
        body = self.alternatives(depth + 1)
        if self.peek() != ")":
            raise PatternError("a bracket is not closed")
        self.at += 1
        if number is not None:
            self.closed.add(number)
        return Group(body, number)

    def quantified(self, atom: Node) -> Node:
        sign = self.peek()
        if sign in ("?", "*", "+") and sign:
            least, most = {"?": (0, 1), "*": (0, None), "+": (1, None)}[sign]
            self.at += 1
        elif sign == "{":
            found = re.compile(r"\{(\d{1,9})(,(\d{0,9}))?\}", re.ASCII).match(self.text, self.at)
            if found is None:
                raise PatternError("no such quantity")
            least = int(found[1])
            most = (int(found[3]) if found[3] else None) if found[2] else least
            if most is not None and most < least:
                raise PatternError("a quantity runs backwards")
            self.at = found.end()
        else:
            return atom
        lazy = self.peek() == "?"
        self.at += lazy
        return Repeat(atom, least, most, lazy)

    def escape(self) -> Node:
        following = self.peek(1)
        if following.isdecimal() and following.isascii() and following != "0":
            digits = re.compile(r"\d+", re.ASCII).match(self.text, self.at + 1)
            number = digits[0] if digits is not None else ""
            while len(number) > 1 and int(number) not in self.closed:
                number = number[:-1]
            if int(number) not in self.closed:
                raise PatternError("a reference to no group")
            self.at += 1 + len(number)
            return BackReference(int(number))
        found = self.escaped_set()
        if isinstance(found, str):
            return Symbol(re.escape(found))
        return Symbol(f"(?-i:[{_text(found)}])")

    def escaped_set(self) -> str | Ranges:
        """What stands after a backslash: one character, or a set of them."""
        following = self.peek(1)
        self.at += 2
        if following and following in SINGLE:
            return SINGLE[following]
        if following and following in r"\|.?*+(){}-[]^$":
            return following
        if following and following in "pP":
            found = re.compile(r"\{([A-Za-z0-9-]+)\}").match(self.text, self.at)
            if found is None:
                raise PatternError("no such category")
            self.at = found.end()
            ranges = category(found[1])
            return ranges if following == "p" else complement(ranges)
        if following and following.lower() in "sicdw":
            ranges = multi(following.lower())
            return ranges if following.islower() else complement(ranges)
        raise PatternError(f"\\{following} means nothing")

    def char_class(self, depth: int = 0) -> str:
        if depth > MAX_DEPTH:
            raise PatternError("brackets nested too deeply")
        self.at += 1
        negated = self.peek() == "^"
        self.at += negated
        ranges: list[tuple[int, int]] = []
        minus = ""
        while self.peek() != "]":
            if self.peek() == "-" and self.peek(1) == "[" and ranges:
                self.at += 1
                minus = self.char_class(depth + 1)
                if self.peek() != "]":
                    raise PatternError("a class ends after what it leaves out")
                break
            ranges += self.class_part()
        self.at += 1
        if not ranges:
            raise PatternError("an empty class")
        inner = f"[{'^' if negated else ''}{_text(tuple(ranges))}]"
        return f"(?!{minus}){inner}" if minus else inner

    def class_part(self) -> Ranges:
        low = self.class_character()
        if isinstance(low, tuple):
            return low
        if self.peek() != "-" or self.peek(1) in ("]", "["):
            return ((ord(low), ord(low)),)
        self.at += 1
        high = self.class_character()
        if isinstance(high, tuple) or high < low:
            raise PatternError("a range runs backwards")
        return ((ord(low), ord(high)),)

    def class_character(self) -> str | Ranges:
        character = self.peek()
        if character in ("", "["):
            raise PatternError("a class is not closed")
        if character == "\\":
            return self.escaped_set()
        self.at += 1
        return character


# -------------------------------------------------------------------------------------------------- sets of characters

SINGLE = {"n": "\n", "r": "\r", "t": "\t"}
NAME_START = (
    (0x3A, 0x3A), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x2FF), (0x370, 0x37D),
    (0x37F, 0x1FFF), (0x200C, 0x200D), (0x2070, 0x218F), (0x2C00, 0x2FEF), (0x3001, 0xD7FF), (0xF900, 0xFDCF),
    (0xFDF0, 0xFFFD), (0x10000, 0xEFFFF),
)  # fmt: skip
NAME_PART = (*NAME_START, (0x2D, 0x2E), (0x30, 0x39), (0xB7, 0xB7), (0x300, 0x36F), (0x203F, 0x2040))
BLANKS = ((0x9, 0xA), (0xD, 0xD), (0x20, 0x20))
BLOCKS = {
    "BasicLatin": (0x0, 0x7F), "Latin-1Supplement": (0x80, 0xFF), "LatinExtended-A": (0x100, 0x17F),
    "LatinExtended-B": (0x180, 0x24F), "IPAExtensions": (0x250, 0x2AF), "SpacingModifierLetters": (0x2B0, 0x2FF),
    "CombiningDiacriticalMarks": (0x300, 0x36F), "GreekandCoptic": (0x370, 0x3FF), "Greek": (0x370, 0x3FF),
    "Cyrillic": (0x400, 0x4FF), "Armenian": (0x530, 0x58F), "Hebrew": (0x590, 0x5FF), "Arabic": (0x600, 0x6FF),
    "Syriac": (0x700, 0x74F), "Thaana": (0x780, 0x7BF), "Devanagari": (0x900, 0x97F), "Bengali": (0x980, 0x9FF),
    "Tamil": (0xB80, 0xBFF), "Thai": (0xE00, 0xE7F), "Lao": (0xE80, 0xEFF), "Tibetan": (0xF00, 0xFFF),
    "Georgian": (0x10A0, 0x10FF), "HangulJamo": (0x1100, 0x11FF), "Ethiopic": (0x1200, 0x137F),
    "Khmer": (0x1780, 0x17FF), "LatinExtendedAdditional": (0x1E00, 0x1EFF), "GreekExtended": (0x1F00, 0x1FFF),
    "GeneralPunctuation": (0x2000, 0x206F), "SuperscriptsandSubscripts": (0x2070, 0x209F),
    "CurrencySymbols": (0x20A0, 0x20CF), "LetterlikeSymbols": (0x2100, 0x214F), "NumberForms": (0x2150, 0x218F),
    "Arrows": (0x2190, 0x21FF), "MathematicalOperators": (0x2200, 0x22FF), "BoxDrawing": (0x2500, 0x257F),
    "GeometricShapes": (0x25A0, 0x25FF), "MiscellaneousSymbols": (0x2600, 0x26FF), "Dingbats": (0x2700, 0x27BF),
    "Hiragana": (0x3040, 0x309F), "Katakana": (0x30A0, 0x30FF), "Bopomofo": (0x3100, 0x312F),
    "CJKUnifiedIdeographs": (0x4E00, 0x9FFF), "HangulSyllables": (0xAC00, 0xD7AF), "PrivateUse": (0xE000, 0xF8FF),
    "ArabicPresentationForms-A": (0xFB50, 0xFDFF), "ArabicPresentationForms-B": (0xFE70, 0xFEFF),
    "HalfwidthandFullwidthForms": (0xFF00, 0xFFEF), "Emoticons": (0x1F600, 0x1F64F),
}  # fmt: skip


@cache
def _categories() -> dict[str, Ranges]:
    """Every general category of Unicode as ranges, in one pass over all characters."""
    found: dict[str, list[tuple[int, int]]] = {}
    codes = range(sys.maxunicode + 1)
    for name, run in groupby(codes, key=lambda code: unicodedata.category(chr(code))):
        members = list(run)
        found.setdefault(name, []).append((members[0], members[-1]))
    return {name: tuple(ranges) for name, ranges in found.items()}


@cache
def category(name: str) -> Ranges:
    """`Lu`, `L` or `IsCyrillic` as ranges. Raises PatternError for an unknown one."""
    if name.startswith("Is"):
        block = BLOCKS.get(name[2:])
        if block is None:
            raise PatternError(f"no such block: {name}")
        return (block,)
    if not re.fullmatch(r"[LMNPZSC][a-z]?", name):
        raise PatternError(f"no such category: {name}")
    ranges = [part for key, parts in _categories().items() if key.startswith(name) for part in parts]
    if not ranges:
        raise PatternError(f"no such category: {name}")
    return merged(ranges)


@cache
def multi(sign: str) -> Ranges:
    """The set of `\\s`, `\\i`, `\\c`, `\\d` or `\\w` (XML Schema 1.1, G.4.2.5)."""
    if sign == "w":
        return complement(merged([part for name in ("P", "Z", "C") for part in category(name)]))
    return {"s": BLANKS, "i": NAME_START, "c": merged(list(NAME_PART)), "d": category("Nd") if sign == "d" else ()}[
        sign
    ]


def merged(ranges: list[tuple[int, int]]) -> Ranges:
    """The same set in ascending ranges that do not touch."""
    out: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if out and low <= out[-1][1] + 1:
            out[-1] = (out[-1][0], max(out[-1][1], high))
        else:
            out.append((low, high))
    return tuple(out)


def complement(ranges: Ranges) -> Ranges:
    """Every other character."""
    out: list[tuple[int, int]] = []
    at = 0
    for low, high in merged(list(ranges)):
        if at < low:
            out.append((at, low - 1))
        at = high + 1
    if at <= sys.maxunicode:
        out.append((at, sys.maxunicode))
    return tuple(out)


def _text(ranges: Ranges) -> str:
    """Ranges as the inside of a class for Python."""
    return "".join(
        f"\\U{low:08X}-\\U{high:08X}" if low != high else f"\\U{low:08X}" for low, high in merged(list(ranges))
    )


# ---------------------------------------------------------------------------------------------------------------- work


def size(node: Node) -> int:
    """How many symbols a pattern has when its repetitions are written out; counted no further than `MAX_SIZE`."""
    if isinstance(node, Symbol | Edge | BackReference):
        return 1
    if isinstance(node, Sequence | Alternatives):
        return min(1 + sum(size(part) for part in node.parts), MAX_SIZE + 1)
    if isinstance(node, Group):
        return size(node.body) + 1
    return min((size(node.body) + 1) * max(node.most or 0, node.least + 1), MAX_SIZE + 1)


MANY = 10**12


def ways(node: Node, length: int) -> int:
    """In how many ways a part can match from one place of a text of that length, at most; no more than `MANY`."""
    if isinstance(node, Symbol | Edge | BackReference):
        return 1
    if isinstance(node, Group):
        return ways(node.body, length)
    found = 1
    if isinstance(node, Sequence):
        for part in node.parts:
            found *= ways(part, length)
            if found >= MANY:
                return MANY
        return found
    if isinstance(node, Alternatives):
        return min(sum(ways(part, length) for part in node.parts), MANY)
    most = length if node.most is None else min(node.most, length)
    choices = max(most - node.least, 0) + 1
    inner = ways(node.body, length)
    if inner == 1:
        return choices
    for _ in range(max(most, node.least)):
        found *= inner
        if found >= MANY:
            return MANY
    return min(found * choices, MANY)

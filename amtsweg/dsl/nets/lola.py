"""The net format of LoLA, low-level nets (PLACE, MARKING, TRANSITION, CONSUME, PRODUCE).

In: a text. Out: one `Net`. Grammar after the manual of LoLA 2 (Wolf 2018), with what older files have: comments in
braces or after //, `SAFE` or `SAFE n:` before places, `STRONG FAIR` or `WEAK FAIR` after a transition's name, lists
that may be empty or end in a comma, names in quotation marks. What follows the net (FORMULA, ANALYSE, FINAL...) asks
LoLA a question of its own and is left alone. High-level nets (sorts, variables, guards) are refused: they are another
language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from amtsweg.dsl.nets.net import Arcs, Net
from amtsweg.dsl.nets.refusal import MOST_ARCS, MOST_NODES, NetUnreadable, count

_TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*|\{[^}]*\})
      |(?P<quoted>"(?:[^"\\\n]|\\.)*"|'[^'\n]*')
      |(?P<mark>[,;:])
      |(?P<word>[^\s,;:{}"'()]+)""",
    re.VERBOSE,
)
_AFTER = ("FORMULA", "ANALYSE", "FINALMARKING", "FINALCONDITION", "FINAL")
_HIGH = ("SORT", "FUNCTION", "VAR", "GUARD", "CONSTANT")
_KEYWORDS = frozenset(
    ("PLACE", "MARKING", "TRANSITION", "CONSUME", "PRODUCE", "SAFE", "STRONG", "WEAK", "FAIR", *_AFTER)
)

Token = tuple[str, str, int]
"""Kind (mark, word, name, end), text, line. Quoted words are names and never keywords."""


def _tokens(text: str, file: str) -> Iterator[Token]:
    at, line = 0, 1
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            if text[at] == "{":
                raise NetUnreadable(file, line, "the comment that begins here has no closing brace")
            raise NetUnreadable(file, line, f"{text[at]!r} cannot stand here")
        piece, kind = found.group(), found.lastgroup
        if kind == "quoted":
            yield "name", piece[1:-1], line
        elif kind != "space":
            yield kind or "", piece, line
        line += piece.count("\n")
        at = found.end()
    yield "end", "", line


class _Reader:
    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.stream = _tokens(text, file)
        self.kind, self.text, self.line = next(self.stream)
        self.number: dict[str, int] = {}
        self.arcs = 0

    def step(self) -> str:
        text = self.text
        if self.kind != "end":
            self.kind, self.text, self.line = next(self.stream)
        return text

    def fail(self, wanted: str) -> NetUnreadable:
        found = f'"{self.text[:40]}"' if self.kind != "end" else "the end of the file"
        return NetUnreadable(self.file, self.line, f"{wanted} expected, found {found}")

    def at(self, *words: str) -> bool:
        return self.kind in ("word", "mark") and self.text in words

    def expect(self, word: str) -> None:
        if not self.at(word):
            raise self.fail(f'"{word}"')
        self.step()

    def name(self, what: str) -> str:
        if self.kind == "name" or (self.kind == "word" and self.text not in _KEYWORDS):
            return self.step()
        raise self.fail(what)

    def number_of(self, what: str) -> int:
        if self.kind != "word":
            raise self.fail(what)
        line = self.line
        return count(self.step(), self.file, line, what)

    def places(self) -> None:
        """`PLACE a, b; SAFE 2: c, d;` up to the next keyword."""
        while not self.at("MARKING"):
            if self.at("SAFE"):
                self.step()
                if self.kind == "word" and self.text.isdigit():
                    self.number_of("a bound")
                if self.at(":"):
                    self.step()
            while not self.at(";"):
                line, name = self.line, self.name("the name of a place")
                if name in self.number:
                    raise NetUnreadable(self.file, line, f'place "{name}" is declared twice')
                if len(self.number) >= MOST_NODES:
                    raise NetUnreadable(self.file, line, f"more than {MOST_NODES} places")
                if self.at(":"):
                    raise NetUnreadable(self.file, line, f'place "{name}" has a sort: high-level nets are not read')
                self.number[name] = len(self.number)
                if not self.at(";"):
                    self.expect(",")
            self.step()

    def listed(self, what: str) -> Arcs:
        """`a, b: 2;` as arcs; a place named twice counts twice."""
        found: dict[int, int] = {}
        while not self.at(";"):
            line, name = self.line, self.name(f"a place after {what}")
            if name not in self.number:
                raise NetUnreadable(self.file, line, f'place "{name}" is not declared')
            weight = 1
            if self.at(":"):
                self.step()
                weight = self.number_of("a number")
            if weight:
                found[self.number[name]] = found.get(self.number[name], 0) + weight
            self.arcs += 1
            if self.arcs > MOST_ARCS:
                raise NetUnreadable(self.file, line, f"more than {MOST_ARCS} arcs")
            if not self.at(";"):
                self.expect(",")
        self.step()
        return tuple(sorted(found.items()))

    def net(self) -> Net:
        if self.at(*_HIGH):
            raise NetUnreadable(self.file, self.line, f"{self.text}: high-level nets are not read")
        self.expect("PLACE")
        self.places()
        self.expect("MARKING")
        tokens = self.listed("MARKING")
        names: dict[str, int] = {}
        pre: list[Arcs] = []
        post: list[Arcs] = []
        while self.at("TRANSITION"):
            self.step()
            line, name = self.line, self.name("the name of a transition")
            if name in names:
                raise NetUnreadable(self.file, line, f'transition "{name}" is declared twice')
            if len(names) >= MOST_NODES:
                raise NetUnreadable(self.file, line, f"more than {MOST_NODES} transitions")
            names[name] = len(names)
            if self.at("STRONG", "WEAK"):
                self.step()
                self.expect("FAIR")
            self.expect("CONSUME")
            pre.append(self.listed("CONSUME"))
            self.expect("PRODUCE")
            post.append(self.listed("PRODUCE"))
        if self.kind != "end" and not self.at(*_AFTER):
            raise self.fail("TRANSITION")
        return Net("", tuple(self.number), tuple(names), tuple(pre), tuple(post), tokens)


def read(text: str, file: str) -> Net:
    """Read one net. Raises NetUnreadable with the line of the first thing that cannot be."""
    return _Reader(text, file).net()

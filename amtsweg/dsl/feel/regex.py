"""XPath regular expressions (XPath functions 3.1, 5.6), matched in bounded time.

In: a pattern and the flags `s m i x q`. Out: a `Pattern` that searches, replaces and splits. The tree of the pattern
says in how many ways it can match a text of some length; where that is little, Python's `re` does the work, because it
is fast; where it is not, `regex_machine` does it in a number of steps that grows with text times pattern. So a pattern
like `(a|a)*b` is neither refused nor dangerous. What neither can do in time is refused.
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache

from amtsweg.dsl.feel.regex_machine import Machine, Spans
from amtsweg.dsl.feel.regex_tree import (
    Alternatives,
    BackReference,
    Edge,
    Group,
    Node,
    PatternError,
    Sequence,
    Symbol,
    parse,
    size,
    ways,
)

CHEAP = 2_000_000
"""How many ways, places and symbols together Python's matcher may meet: about a tenth of a second."""

MAX_STEPS = 500_000
"""How many steps the linear matcher may make for one call: about a second."""


class Pattern:
    """A pattern ready to match."""

    def __init__(self, tree: Node, groups: int, ignore_case: bool, lines: bool, all_signs: bool) -> None:
        self.tree = tree
        self.groups = groups
        self.lines = lines
        self.flags = re.IGNORECASE if ignore_case else re.RegexFlag(0)
        dot = r"(?s:.)" if all_signs else r"[^\n\r]"
        self.tree = _with_dot(tree, dot)
        self.size = size(self.tree)
        try:
            self.quick = re.compile(_python(self.tree, lines), self.flags)
        except (re.error, OverflowError, RecursionError) as error:
            raise PatternError("unreadable") from error

    @cached_property
    def machine(self) -> Machine:
        """The linear matcher."""
        return Machine(self.tree, self.groups, self.flags, self.lines)

    @cached_property
    def whole(self) -> Machine:
        """The linear matcher of whole texts."""
        return Machine(Sequence((Edge("A"), self.tree, Edge("Z"))), self.groups, self.flags, self.lines)

    def is_cheap(self, length: int) -> bool:
        """Whether Python's matcher is certainly quick on a text of that length."""
        return ways(self.tree, length) * (length + 1) * self.size <= CHEAP

    def search(self, text: str, start: int = 0) -> Spans | None:
        """Where the leftmost match begins and ends, then where its groups do; None if there is none.

        Raises PatternError where it would be too much work.
        """
        if self.is_cheap(len(text)):
            return _spans(self.quick.search(text, start))
        return self.machine.search(text, start, [MAX_STEPS])

    def fullmatch(self, text: str) -> Spans | None:
        """The same for a match of the whole text."""
        if self.is_cheap(len(text)):
            return _spans(self.quick.fullmatch(text))
        return self.whole.search(text, 0, [MAX_STEPS])

    def matches(self, text: str) -> list[Spans]:
        """All matches, one after the other. Raises PatternError if the pattern matches the empty text (5.6.4)."""
        if self.search("") is not None:
            raise PatternError("a pattern that matches nothing at all cannot divide a text")
        cheap, steps = self.is_cheap(len(text)), [MAX_STEPS]
        found: list[Spans] = []
        at = 0
        while True:
            spans = _spans(self.quick.search(text, at)) if cheap else self.machine.search(text, at, steps)
            if spans is None:
                return found
            found.append(spans)
            # Only an edge together with a look at its surroundings could match nothing here; never stand still.
            at = max(spans[1], spans[0] + 1)

    def replace(self, text: str, template: str, literal: bool = False) -> str:
        """Every match replaced; `$1` is the first group, `\\$` a dollar (5.6.4). `literal` takes it as it stands."""
        parts: tuple[str | int, ...] = (template,) if literal else replacement(template, self.groups)
        out: list[str] = []
        at = 0
        for spans in self.matches(text):
            out.append(text[at : spans[0]])
            out += [part if isinstance(part, str) else _group(text, spans, part) for part in parts]
            at = spans[1]
        return "".join([*out, text[at:]])

    def split(self, text: str) -> list[str]:
        """What stands between the matches."""
        out: list[str] = []
        at = 0
        for spans in self.matches(text):
            out.append(text[at : spans[0]])
            at = spans[1]
        return [*out, text[at:]]


@lru_cache(maxsize=1024)
def translate(pattern: str, flags: str = "") -> Pattern:
    """A pattern ready to match.

    Parameters
    ----------
    flags: any of `s` (`.` takes line ends), `m` (`^` and `$` at lines), `i` (case does not matter), `x` (blanks in the
        pattern do not count), `q` (the pattern is a plain text).

    Raises PatternError if it is none, or one that is too large.
    """
    if any(flag not in "smixq" for flag in flags):
        raise PatternError("no such flag")
    if "q" in flags:
        tree: Node = Sequence(tuple(Symbol(re.escape(character)) for character in pattern[:20_001]))
        groups = 0
        if size(tree) > 20_000:
            raise PatternError("longer than 20,000 characters")
    else:
        tree, groups = parse(pattern, "x" in flags)
    return Pattern(tree, groups, "i" in flags, "m" in flags, "s" in flags)


def replacement(template: str, groups: int) -> tuple[str | int, ...]:
    """A template as texts and numbers of groups. Raises PatternError for a lone `$` or `\\`."""
    out: list[str | int] = []
    index = 0
    while index < len(template):
        character = template[index]
        if character == "\\":
            following = template[index + 1 : index + 2]
            if following not in ("\\", "$"):
                raise PatternError("a lone backslash in what is put in")
            out.append(following)
            index += 2
        elif character == "$":
            digits = re.compile(r"\d+", re.ASCII).match(template, index + 1)
            if digits is None:
                raise PatternError("a lone dollar in what is put in")
            number = digits[0][:9]
            while len(number) > 1 and int(number) > groups:
                number = number[:-1]
            out.append(int(number) if int(number) <= groups else "")
            index += 1 + len(number)
        else:
            out.append(character)
            index += 1
    return tuple(out)


def _group(text: str, spans: Spans, number: int) -> str:
    start, end = spans[2 * number], spans[2 * number + 1]
    return text[start:end] if start >= 0 <= end else ""


def _spans(found: re.Match[str] | None) -> Spans | None:
    if found is None:
        return None
    return tuple(place for number in range(found.re.groups + 1) for place in found.span(number))


def _with_dot(node: Node, dot: str) -> Node:
    """The tree with `.` spelled out: without the flag `s` it leaves out line feed and carriage return."""
    if isinstance(node, Symbol):
        return Symbol(dot) if node.text == "." else node
    if isinstance(node, Edge | BackReference):
        return node
    if isinstance(node, Sequence | Alternatives):
        return type(node)(tuple(_with_dot(part, dot) for part in node.parts))
    if isinstance(node, Group):
        return Group(_with_dot(node.body, dot), node.number)
    return type(node)(_with_dot(node.body, dot), node.least, node.most, node.lazy)


def _python(node: Node, lines: bool) -> str:
    """The tree as a pattern of Python's `re`; edges are spelled out, since Python's differ at line ends (5.6.1)."""
    if isinstance(node, Symbol):
        return node.text
    if isinstance(node, Edge):
        if node.sign == "^":
            return r"(?:\A|(?<=\n)(?!\Z))" if lines else r"\A"
        return r"(?=\n|\Z)" if lines else r"\Z"
    if isinstance(node, BackReference):
        return f"(?:\\{node.number})"
    if isinstance(node, Sequence):
        return "".join(_python(part, lines) for part in node.parts)
    if isinstance(node, Alternatives):
        return "(?:" + "|".join(_python(part, lines) for part in node.parts) + ")"
    if isinstance(node, Group):
        return f"({'' if node.number is not None else '?:'}{_python(node.body, lines)})"
    most = "" if node.most is None else str(node.most)
    return f"(?:{_python(node.body, lines)}){{{node.least},{most}}}" + ("?" if node.lazy else "")


__all__ = ["Pattern", "PatternError", "replacement", "translate"]

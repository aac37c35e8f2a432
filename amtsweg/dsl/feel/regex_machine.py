"""Matching without backtracking: as many steps as text times pattern, whatever the pattern (Thompson's construction).

In: the tree of a pattern (`regex_tree`). Out: the spans of the leftmost match, with the same choice among matches as a
backtracking matcher has (earlier alternatives first, greedy before short), because threads keep their order. Python's
own matcher is faster where a pattern is harmless; this one takes over where it might run for ever.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from amtsweg.dsl.feel.regex_tree import (
    Alternatives,
    BackReference,
    Edge,
    Group,
    Node,
    PatternError,
    Repeat,
    Sequence,
    Symbol,
)

Spans = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """Takes one character that passes the test."""

    test: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Assert:
    """Goes on only at an edge."""

    sign: str


@dataclass(frozen=True, slots=True)
class Jump:
    """Goes on there."""

    to: int


@dataclass(frozen=True, slots=True)
class Split:
    """Goes on in both places, the first one preferred."""

    first: int
    second: int


@dataclass(frozen=True, slots=True)
class Save:
    """Remembers the place where a group begins or ends."""

    place: int


@dataclass(frozen=True, slots=True)
class Done:
    """A match."""


Instruction = Read | Assert | Jump | Split | Save | Done


class Machine:
    """A program for one pattern. Raises PatternError for back-references, which no such machine can follow."""

    def __init__(self, tree: Node, groups: int, flags: re.RegexFlag, lines: bool) -> None:
        self.groups = groups
        self.flags = flags
        self.lines = lines
        self.program: list[Instruction] = []
        self.tests: dict[str, Read] = {}
        self._emit(Group(tree, 0))
        self.program.append(Done())

    # ------------------------------------------------------------------------------------------------------- building

    def _emit(self, node: Node) -> None:
        if isinstance(node, Symbol):
            self.program.append(self._read(node.text))
        elif isinstance(node, Edge):
            self.program.append(Assert(node.sign))
        elif isinstance(node, Sequence):
            for part in node.parts:
                self._emit(part)
        elif isinstance(node, Alternatives):
            self._alternatives(node.parts)
        elif isinstance(node, Group):
            self._group(node)
        elif isinstance(node, Repeat):
            self._repeat(node)
        elif isinstance(node, BackReference):
            raise PatternError("a reference to a group, in a pattern that could run too long")

    def _group(self, node: Group) -> None:
        if node.number is None:
            self._emit(node.body)
            return
        self.program.append(Save(node.number * 2))
        self._emit(node.body)
        self.program.append(Save(node.number * 2 + 1))

    def _alternatives(self, parts: tuple[Node, ...]) -> None:
        jumps = []
        for part in parts[:-1]:
            split = self._hole()
            self._emit(part)
            jumps.append(self._hole())
            self.program[split] = Split(split + 1, len(self.program))
        self._emit(parts[-1])
        for jump in jumps:
            self.program[jump] = Jump(len(self.program))

    def _repeat(self, node: Repeat) -> None:
        for _ in range(node.least):
            self._emit(node.body)
        if node.most is None:
            split = self._hole()
            self._emit(node.body)
            self.program.append(Jump(split))
            self._split(split, node.lazy)
            return
        splits = []
        for _ in range(node.most - node.least):
            splits.append(self._hole())
            self._emit(node.body)
        for split in splits:
            self._split(split, node.lazy)

    def _split(self, at: int, lazy: bool) -> None:
        end = len(self.program)
        self.program[at] = Split(end, at + 1) if lazy else Split(at + 1, end)

    def _hole(self) -> int:
        self.program.append(Jump(0))
        return len(self.program) - 1

    def _read(self, text: str) -> Read:
        found = self.tests.get(text)
        if found is not None:
            return found
        pattern = re.compile(text, self.flags)
        known: dict[str, bool] = {}

        def test(character: str) -> bool:
            answer = known.get(character)
            if answer is None:
                answer = known[character] = pattern.match(character) is not None
            return answer

        self.tests[text] = Read(test)
        return self.tests[text]

    # -------------------------------------------------------------------------------------------------------- running

    def search(self, text: str, start: int, steps: list[int]) -> Spans | None:
        """The spans of the leftmost match from `start`, two numbers a group, -1 where a group took no part.

        `steps` holds one number, what may still be spent; it is counted down. Raises PatternError when it is spent.
        """
        empty = (-1,) * (2 * self.groups + 2)
        current: list[tuple[int, Spans]] = []
        seen: set[int] = set()
        best: Spans | None = None
        for position in range(start, len(text) + 1):
            if best is None:
                self._follow(0, empty, position, text, current, seen, steps)
            elif not current:
                break
            following: list[tuple[int, Spans]] = []
            seen = set()
            for at, spans in current:
                instruction = self.program[at]
                if type(instruction) is Done:
                    best = spans
                    break
                if type(instruction) is Read and position < len(text) and instruction.test(text[position]):
                    self._follow(at + 1, spans, position + 1, text, following, seen, steps)
            current = following
        return best

    def _follow(
        self,
        at: int,
        spans: Spans,
        position: int,
        text: str,
        threads: list[tuple[int, Spans]],
        seen: set[int],
        steps: list[int],
    ) -> None:
        """Adds every thread that is reached from an instruction without reading, first choice first."""
        todo = [(at, spans)]
        while todo:
            at, spans = todo.pop()
            if at in seen:
                continue
            seen.add(at)
            steps[0] -= 1
            if steps[0] < 0:
                raise PatternError("too much work for this text")
            instruction = self.program[at]
            if type(instruction) is Jump:
                todo.append((instruction.to, spans))
            elif type(instruction) is Split:
                todo += [(instruction.second, spans), (instruction.first, spans)]
            elif type(instruction) is Save:
                place = instruction.place
                todo.append((at + 1, (*spans[:place], position, *spans[place + 1 :])))
            elif type(instruction) is Assert:
                if self._at_edge(instruction.sign, position, text):
                    todo.append((at + 1, spans))
            else:
                threads.append((at, spans))

    def _at_edge(self, sign: str, position: int, text: str) -> bool:
        if sign in "^A":
            lines = self.lines and sign == "^"
            return position == 0 or (lines and position < len(text) and text[position - 1] == "\n")
        lines = self.lines and sign == "$"
        return position == len(text) or (lines and text[position] == "\n")

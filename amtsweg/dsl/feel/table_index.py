"""Which rules of a table may match a value, without looking at each rule.

In: for each rule what its cell in one column means (`Cell`). Out: `ColumnIndex.candidates`, the set of candidate rules
as the bits of one integer. Every bound that the cells mention cuts the axis of its kind (numbers, texts, days, ...)
into points and gaps; within one of these all values match the same rules, so the sets are made once, by one sweep, and
a lookup is a hash (only equalities) or a binary search. Sets of columns are intersected with one `&` (30 rules a digit
of Python's integers). A column whose sets would take more than `BUDGET` bytes keeps one set for several neighbours: a
few candidates more, which the table then tests.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

BUDGET = 32_000_000
"""Bytes that the sets of one column may take."""

LEAST = 16
"""A column keeps at least so many sets."""

ELSEWHERE = 0
"""The place of values of kinds that no cell of the column speaks of."""

SMALL = 8
"""Up to so many rules a set is kept as a tuple of rule numbers."""


@dataclass(frozen=True, slots=True)
class Atom:
    """An interval of values of one kind; None is an open end; equal ends that are both closed are one value."""

    low: Any
    high: Any
    low_closed: bool = True
    high_closed: bool = True

    @classmethod
    def point(cls, value: Any) -> Atom:
        """Exactly this value."""
        return cls(value, value)


@dataclass(frozen=True, slots=True)
class Cell:
    """A test whose meaning is known before any value is: one of `atoms`, or (`negated`) none of them, within a kind.

    `elsewhere`: values of all other kinds pass, too (`not("a")` holds for a number).
    """

    kind: str
    atoms: tuple[Atom, ...]
    negated: bool = False
    elsewhere: bool = False


class _Axis:
    """The cut axis of one kind: keys, and for each point and gap the rules that match there."""

    __slots__ = ("base", "coarse", "keys", "points", "sets", "step")

    def __init__(self, cells: Sequence[tuple[int, Cell]], rules: int, base: int) -> None:
        self.base = base
        ends = {end for _, cell in cells for atom in cell.atoms for end in (atom.low, atom.high) if end is not None}
        self.keys = sorted(ends)
        where = {key: 2 * number + 1 for number, key in enumerate(self.keys)}
        positions = 2 * len(self.keys) + 1
        opens: list[list[int]] = [[] for _ in range(positions + 1)]
        closes: list[list[int]] = [[] for _ in range(positions + 1)]
        for rule, cell in cells:
            for first, last in _stretches(cell, where, positions):
                opens[first].append(rule)
                closes[last + 1].append(rule)
        room = max(LEAST, BUDGET // (rules // 8 + 40))
        self.step = -(-positions // room)
        self.coarse = self.step > 1
        self.sets: list[int | tuple[int, ...]] = []
        self._sweep(opens, closes, positions)
        equalities = all(atom.low == atom.high for _, cell in cells for atom in cell.atoms)
        self.points: dict[Any, int] = {key: base + place for key, place in where.items()}
        if not equalities or self.coarse:
            self.points = {}

    def _sweep(self, opens: list[list[int]], closes: list[list[int]], positions: int) -> None:
        active: dict[int, int] = {}
        bits = block = 0
        for position in range(positions):
            for rule in closes[position]:
                active[rule] -= 1
                if not active[rule]:
                    del active[rule]
                    bits ^= 1 << rule
            for rule in opens[position]:
                if rule not in active:
                    active[rule] = 0
                    bits |= 1 << rule
                active[rule] += 1
            block |= bits
            if position % self.step == self.step - 1 or position == positions - 1:
                small = len(active) <= SMALL and self.step == 1
                self.sets.append(tuple(sorted(active)) if small else block)
                block = 0

    @property
    def find(self) -> Callable[[Any], int]:
        """From a key to its place; by hash where all cells are equalities."""
        return self._by_hash if self.points else self._by_search

    def _by_hash(self, key: Any) -> int:
        return self.points.get(key, self.base)

    def _by_search(self, key: Any) -> int:
        keys = self.keys
        number = bisect_left(keys, key)
        position = 2 * number
        if number < len(keys) and keys[number] == key:
            position += 1
        return self.base + (position // self.step if self.coarse else position)


def _stretches(cell: Cell, where: dict[Any, int], positions: int) -> list[tuple[int, int]]:
    """The positions a cell covers, as disjoint stretches (first, last)."""
    found: list[tuple[int, int]] = []
    for atom in cell.atoms:
        first = 0 if atom.low is None else where[atom.low] + (0 if atom.low_closed else 1)
        last = positions - 1 if atom.high is None else where[atom.high] - (0 if atom.high_closed else 1)
        if first <= last:
            found.append((first, last))
    merged: list[tuple[int, int]] = []
    for first, last in sorted(found):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    if not cell.negated:
        return merged
    gaps: list[tuple[int, int]] = []
    start = 0
    for first, last in merged:
        if start < first:
            gaps.append((start, first - 1))
        start = last + 1
    if start < positions:
        gaps.append((start, positions - 1))
    return gaps


class ColumnIndex:
    """The index of one column.

    Parameters
    ----------
    cells: one entry per rule; `Cell`s (a value passes if it is in one of them), or None for a rule that the index says
        nothing about (any value, or a test that only running it decides): it is always a candidate.

    `finders` gives for each kind that a cell speaks of the function from a key to its place. A place is a number of
    this column: equal places mean equal candidates. `ELSEWHERE` is the place of every value of another kind.
    """

    __slots__ = ("always", "coarse", "finders", "sets")

    def __init__(self, cells: Sequence[tuple[Cell, ...] | None]) -> None:
        always = 0
        by_kind: dict[str, list[tuple[int, Cell]]] = {}
        anywhere: list[tuple[int, str]] = []
        for rule, entry in enumerate(cells):
            if entry is None:
                always |= 1 << rule
                continue
            for cell in entry:
                by_kind.setdefault(cell.kind, []).append((rule, cell))
                if cell.elsewhere:
                    anywhere.append((rule, cell.kind))
        for kind, found in by_kind.items():
            found.extend((rule, Cell(kind, (), negated=True)) for rule, own in anywhere if own != kind)
        self.always = always
        self.coarse = False
        self.sets: list[int | tuple[int, ...]] = [sum(1 << rule for rule, _ in anywhere)]
        self.finders: dict[str, Callable[[Any], int]] = {}
        for kind, found in by_kind.items():
            axis = _Axis(found, len(cells), len(self.sets))
            self.sets.extend(axis.sets)
            self.coarse = self.coarse or axis.coarse
            self.finders[kind] = axis.find
            axis.sets = []

    def candidates(self, place: int) -> int:
        """The rules that may match at a place, as bits."""
        found = self.sets[place]
        if isinstance(found, int):
            return self.always | found
        bits = self.always
        for rule in found:
            bits |= 1 << rule
        return bits

"""A layered layout of a directed graph (after Sugiyama, Tagawa, Toda 1981), small and deterministic.

In: node ids in written order and edges. Out: a column and row per node and, per edge, the spots it passes. Back edges
(loops) are found by depth-first search and turned round; long edges get a bend in every row they cross; columns are
ordered by the mean of their neighbours, a few sweeps down and up.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything stands, in units of columns and rows."""

    spots: dict[str, tuple[float, int]]
    paths: list[list[tuple[float, float]]]
    width: float
    height: int


def lay_out(nodes: list[str], edges: list[tuple[str, str]]) -> Layout:
    """Lay out a graph. Edges with unknown ends are refused with a KeyError."""
    forward = _without_loops(nodes, edges)
    rows = _rows(nodes, forward)
    height = max(rows.values(), default=0) + 1
    layers: list[list[str]] = [[] for _ in range(height)]
    for node in nodes:
        layers[rows[node]].append(node)
    bends: dict[int, list[str]] = {}
    links: list[tuple[str, str]] = []
    place = dict(rows)
    for number, (source, target) in enumerate(edges):
        low, high = sorted((rows[source], rows[target]))
        start = source if rows[source] == low else target
        chain = [start]
        for row in range(low + 1, high):
            bend = f"\0{number}.{row}"
            place[bend] = row
            layers[row].append(bend)
            bends.setdefault(number, []).append(bend)
            chain.append(bend)
        if source != target:
            chain.append(target if start == source else source)
            links += itertools.pairwise(chain)
    for sweep in range(8):
        _sweep(layers, links, down=sweep % 2 == 0)
    columns = _columns(layers, links)
    paths = []
    for number, (source, target) in enumerate(edges):
        between = bends.get(number, [])
        spots = [source, *(between if rows[source] < rows[target] else reversed(between)), target]
        paths.append([(columns[spot], float(place[spot])) for spot in spots])
    width = max(columns.values(), default=0.0) + 1
    return Layout({node: (columns[node], rows[node]) for node in nodes}, paths, width, height)


def _without_loops(nodes: list[str], edges: list[tuple[str, str]]) -> set[tuple[str, str]]:
    """The edges that do not close a circle, found depth first from the first node."""
    out: dict[str, list[str]] = {node: [] for node in nodes}
    for source, target in edges:
        out[source].append(target)
    state: dict[str, int] = {}
    kept: set[tuple[str, str]] = set()
    for root in nodes:
        if root in state:
            continue
        state[root] = 1
        stack = [(root, iter(out[root]))]
        while stack:
            node, ways = stack[-1]
            target = next(ways, "")
            if not target:
                state[node] = 2
                stack.pop()
            elif state.get(target) != 1:
                kept.add((node, target))
                if target not in state:
                    state[target] = 1
                    stack.append((target, iter(out[target])))
    return kept


def _rows(nodes: list[str], forward: set[tuple[str, str]]) -> dict[str, int]:
    """Each node one row below the lowest node before it."""
    incoming: dict[str, list[str]] = {node: [] for node in nodes}
    for source, target in forward:
        incoming[target].append(source)
    rows: dict[str, int] = {}

    def settle(node: str) -> None:
        stack = [node]
        while stack:
            at = stack[-1]
            missing = [source for source in incoming[at] if source not in rows]
            if missing:
                stack += missing
            else:
                rows[at] = max((rows[source] + 1 for source in incoming[at]), default=0)
                stack.pop()

    for node in nodes:
        if node not in rows:
            settle(node)
    return rows


def _sweep(layers: list[list[str]], links: list[tuple[str, str]], *, down: bool) -> None:
    order = range(1, len(layers)) if down else range(len(layers) - 2, -1, -1)
    for row in order:
        other = layers[row - 1] if down else layers[row + 1]
        rank = {node: index for index, node in enumerate(other)}
        near: dict[str, list[int]] = {node: [] for node in layers[row]}
        for source, target in links:
            upper, lower = source, target
            if down and upper in rank and lower in near:
                near[lower].append(rank[upper])
            elif not down and lower in rank and upper in near:
                near[upper].append(rank[lower])
        before = {node: index for index, node in enumerate(layers[row])}
        weight = {n: sum(ns) / len(ns) if ns else float(before[n]) for n, ns in near.items()}
        layers[row].sort(key=lambda node: (weight[node], before[node]))


def _columns(layers: list[list[str]], links: list[tuple[str, str]]) -> dict[str, float]:
    """Columns: each row is spread so that nodes stand below their neighbours and never overlap."""
    columns = {node: float(index) for layer in layers for index, node in enumerate(layer)}
    near: dict[str, list[str]] = {}
    for source, target in links:
        near.setdefault(source, []).append(target)
        near.setdefault(target, []).append(source)
    for sweep in range(12):
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            wish = {
                node: sum(columns[other] for other in near[node]) / len(near[node]) if near.get(node) else columns[node]
                for node in layer
            }
            _spread(layer, wish, columns)
    least = min(columns.values(), default=0.0)
    return {node: column - least for node, column in columns.items()}


def _spread(layer: list[str], wish: dict[str, float], columns: dict[str, float]) -> None:
    """Give each node of a row its wish as far as the order and a distance of one (a bend: 0.6) allow."""
    groups: list[list[float]] = []
    members: list[list[str]] = []
    offset: dict[str, float] = {}
    for node in layer:
        groups.append([wish[node]])
        members.append([node])
        offset[node] = 0.0
        while len(groups) > 1:
            left, right = members[-2], members[-1]
            step = _distance(left[-1], right[0])
            middle_left = sum(groups[-2]) / len(groups[-2])
            middle_right = sum(groups[-1]) / len(groups[-1])
            shift = offset[left[-1]] + step
            if middle_right >= middle_left + shift:
                break
            groups[-2] += [want - shift for want in groups[-1]]
            for moved in right:
                offset[moved] += shift
            members[-2] = left + right
            groups.pop()
            members.pop()
    for wants, nodes in zip(groups, members, strict=True):
        base = sum(wants) / len(wants)
        for node in nodes:
            columns[node] = base + offset[node]


def _distance(left: str, right: str) -> float:
    return 0.6 if left.startswith("\0") or right.startswith("\0") else 1.0

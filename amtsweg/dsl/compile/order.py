"""The order in which conditions and computed fields of a form are evaluated: what is read comes first.

In: nodes with what they read. Out: a stable topological order (ties in written order), or a circle. A condition whose
group is not shown decides about everything inside, so it comes before it.
"""

from __future__ import annotations

from dataclasses import dataclass

from amtsweg.dsl.yamltree import Scalar


@dataclass(frozen=True, slots=True)
class Node:
    """Something to evaluate: `path` ends with `?` for a condition; `parents` are conditions that come before it."""

    path: str
    key: Scalar
    reads: tuple[str, ...]
    parents: tuple[str, ...] = ()


def in_order(nodes: list[Node]) -> tuple[tuple[str, ...], list[Node]]:
    """The paths in evaluation order, and the nodes of one circle (empty if there is none)."""
    by_path = {node.path: node for node in nodes}
    needs = {node.path: _needs(node, by_path) for node in nodes}
    done: list[str] = []
    ready: set[str] = set()
    left = list(by_path)
    while left:
        following = next((path for path in left if needs[path] <= ready), None)
        if following is None:
            return tuple(done), [by_path[path] for path in _circle(left, needs)]
        left.remove(following)
        ready.add(following)
        done.append(following)
    return tuple(done), []


def _needs(node: Node, by_path: dict[str, Node]) -> set[str]:
    """What must be known before a node: what it reads, whether that is shown, and the conditions around itself."""
    found = {parent for parent in node.parents if parent in by_path}
    for read in node.reads:
        for path in by_path:
            bare = path.rstrip("?")
            if read in (bare, path) or bare.startswith(f"{read}."):
                found.add(path)
    return found


def _circle(left: list[str], needs: dict[str, set[str]]) -> list[str]:
    """Follow what each waits for until one comes again."""
    way: list[str] = []
    at = left[0]
    while at not in way:
        way.append(at)
        at = next(path for path in left if path in needs[at] and path in left)
    return way[way.index(at) :]

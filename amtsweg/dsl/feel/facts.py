"""What a condition tells of what is there: the paths that are certainly not null where it is true, or false.

In: the tree of a condition. Out: paths (`antrag.hund` as ("antrag", "hund")). The checks follow `!= null`, `and`, `or`,
`not` and comparisons.
"""

from __future__ import annotations

from amtsweg.dsl.feel import tree as t

Path = tuple[str, ...]
Facts = frozenset[Path]


def learned_paths(node: t.Node, truth: bool) -> Facts:
    """The paths that are certainly not null where a condition is true (or false)."""
    if isinstance(node, t.Binary):
        if (node.op == "and" and truth) or (node.op == "or" and not truth):
            return learned_paths(node.left, truth) | learned_paths(node.right, truth)
        if node.op in ("and", "or"):
            return learned_paths(node.left, truth) & learned_paths(node.right, truth)
        null_left, null_right = isinstance(node.left, t.Null), isinstance(node.right, t.Null)
        if node.op in ("=", "!=") and (null_left or null_right):
            other = node.left if null_right else node.right
            return paths_of(other) if (node.op == "!=") is truth else frozenset()
        if node.op == "=" and truth:  # null = null is true: two paths that are equal may both be missing
            left, right = paths_of(node.left), paths_of(node.right)
            return frozenset() if left and right else left | right
        if node.op in ("<", "<=", ">", ">=") and truth:
            return paths_of(node.left) | paths_of(node.right)
    if isinstance(node, t.In) and truth and not any(_may_be_null(test) for test in node.tests):
        return paths_of(node.value)
    if isinstance(node, t.Between) and truth:
        return paths_of(node.value)
    if isinstance(node, t.Call) and isinstance(node.function, t.Name) and node.function.name == "not":
        return learned_paths(node.arguments[0][1], not truth) if len(node.arguments) == 1 else frozenset()
    if isinstance(node, t.Name | t.Path):
        return paths_of(node)
    return frozenset()


def _may_be_null(test: t.Node) -> bool:
    """Whether a test is, or lists, a written null."""
    return isinstance(test, t.Null) or (isinstance(test, t.List) and any(map(_may_be_null, test.items)))


def paths_of(node: t.Node) -> Facts:
    """The node as a path, and all its beginnings: if the whole is there, so are they."""
    whole = t.path_of(node)
    return frozenset(whole[: length + 1] for length in range(len(whole)))

"""From a tree back to text: for import and export, where names change and units are put differently.

In: a tree of an expression. Out: FEEL text that is read as the same tree, with brackets only where precedence wants
them (DMN 1.5, 10.3.1.2, rules 4 to 15).
"""

from __future__ import annotations

from collections.abc import Callable

from amtsweg.dsl.feel import tree

# Precedence, loosest first.
TEXTUAL, OR, AND, COMPARISON, ADDITION, PRODUCT, POWER, NEGATION, INSTANCE, POSTFIX, PRIMARY = range(11)
TEST = -1
"""A test with an operator stands without brackets only where a test is expected."""

OPERATORS = {
    "or": (OR, OR, AND),
    "and": (AND, AND, COMPARISON),
    **dict.fromkeys(("=", "!=", "<", "<=", ">", ">="), (COMPARISON, ADDITION, ADDITION)),
    **dict.fromkeys(("+", "-"), (ADDITION, ADDITION, PRODUCT)),
    **dict.fromkeys(("*", "/"), (PRODUCT, PRODUCT, POWER)),
    "**": (POWER, POWER, NEGATION),
}

Rename = Callable[[tuple[str, ...]], str | None]
"""A new text for a name or dotted path from the scope; None leaves it."""


def keep(path: tuple[str, ...]) -> str | None:
    """No renaming."""
    return None


class Writer:
    """Writes trees.

    Parameters
    ----------
    rename: free names, and paths that begin with them, by their parts; the longest path is asked first.
    local: how names that the text itself binds (variables, parameters, keys, members) are written.
    """

    def __init__(self, rename: Rename = keep, local: Callable[[str], str] = str) -> None:
        self.rename, self.local = rename, local

    def write(self, node: tree.Node, bound: frozenset[str] = frozenset()) -> str:
        """The text of a node; `bound` are names that are not of the scope."""
        return self._at(node, TEXTUAL, bound)

    def _at(self, node: tree.Node, least: int, bound: frozenset[str]) -> str:
        text, level = self._text(node, bound)
        return f"({text})" if level < least else text

    def _text(self, node: tree.Node, bound: frozenset[str]) -> tuple[str, int]:
        """The text of a node and how tightly it holds together."""
        match node:
            case tree.Name() | tree.Path():
                return self._path(node, bound), POSTFIX
            case tree.Negate():
                return f"-{self._at(node.value, INSTANCE, bound)}", NEGATION
            case tree.Binary():
                level, left, right = OPERATORS[node.op]
                return f"{self._at(node.left, left, bound)} {node.op} {self._at(node.right, right, bound)}", level
            case tree.Between():
                value, low, high = (
                    self._at(part, least, bound)
                    for part, least in ((node.value, ADDITION), (node.low, ADDITION), (node.high, ADDITION))
                )
                return f"{value} between {low} and {high}", COMPARISON
            case tree.In():
                value = self._at(node.value, ADDITION, bound)
                if len(node.tests) == 1:
                    return f"{value} in {self._test(node.tests[0], ADDITION, bound)}", COMPARISON
                return f"{value} in ({self._tests(node.tests, bound)})", COMPARISON
            case tree.Test():
                return f"{node.op} {self._at(node.value, ADDITION, bound)}", TEST
            case tree.Tests():
                if not node.tests:
                    return "-", TEXTUAL
                tests = self._tests(node.tests, bound)
                return (f"not({tests})" if node.negated else tests), TEXTUAL
            case tree.InstanceOf():
                return f"{self._at(node.value, POSTFIX, bound)} instance of {node.type}", INSTANCE
            case tree.Filter():
                inner = bound | {"item"}
                return f"{self._at(node.base, POSTFIX, bound)}[{self._at(node.test, TEXTUAL, inner)}]", POSTFIX
            case tree.Call():
                function = self._at(node.function, POSTFIX, bound)
                # Functions that get a new name get new names for their parameters, too; built-ins keep theirs.
                known = isinstance(node.function, tree.Name) and node.function.name == function
                named = (lambda name: name) if known else self.local
                arguments = ", ".join(
                    (f"{named(name)}: " if name else "") + self._at(value, TEXTUAL, bound)
                    for name, value in node.arguments
                )
                return f"{function}({arguments})", POSTFIX
            case tree.If() | tree.For() | tree.Quantified() | tree.FunctionDefinition():
                return self._textual(node, bound), TEXTUAL
            case _:
                return self._literal(node, bound), PRIMARY

    def _path(self, node: tree.Node, bound: frozenset[str]) -> str:
        parts: list[str] = []
        at = node
        while isinstance(at, tree.Path):
            parts.insert(0, at.name)
            at = at.base
        if isinstance(at, tree.Name):
            return self._scope_path((at.name, *parts), bound)
        return ".".join((self._at(at, POSTFIX, bound), *(self.local(part) for part in parts)))

    def _scope_path(self, path: tuple[str, ...], bound: frozenset[str]) -> str:
        if path[0] not in bound:
            for length in range(len(path), 0, -1):
                renamed = self.rename(path[:length])
                if renamed is not None:
                    return ".".join((renamed, *(self.local(part) for part in path[length:])))
            return ".".join((path[0], *(self.local(part) for part in path[1:])))
        return ".".join(self.local(part) for part in path)

    def _test(self, node: tree.Node, least: int, bound: frozenset[str]) -> str:
        """A test beside `in` or in a list: operators need no brackets there."""
        return self._text(node, bound)[0] if isinstance(node, tree.Test) else self._at(node, least, bound)

    def _tests(self, nodes: tuple[tree.Node, ...], bound: frozenset[str]) -> str:
        return ", ".join(self._test(node, TEXTUAL, bound) for node in nodes)

    def _textual(
        self, node: tree.If | tree.For | tree.Quantified | tree.FunctionDefinition, bound: frozenset[str]
    ) -> str:
        match node:
            case tree.If():
                test, then, otherwise = (
                    self._at(part, TEXTUAL, bound) for part in (node.test, node.then, node.otherwise)
                )
                return f"if {test} then {then} else {otherwise}"
            case tree.FunctionDefinition():
                params = ", ".join(self.local(name) + (f": {kind}" if kind else "") for name, kind in node.params)
                body = self._at(node.body, TEXTUAL, bound | set(tree.bound_names(node)))
                return f"function({params}) {'external ' if node.external else ''}{body}"
        iterators = []
        inner = bound
        for name, low, high in node.iterators:
            until = f"..{self._at(high, TEXTUAL, inner)}" if high is not None else ""
            iterators.append(f"{self.local(name)} in {self._at(low, TEXTUAL, inner)}{until}")
            inner = inner | {name}
        head = "for" if isinstance(node, tree.For) else node.kind
        verb = "return" if isinstance(node, tree.For) else "satisfies"
        body = self._at(node.body, TEXTUAL, inner | {"partial"})
        return f"{head} {', '.join(iterators)} {verb} {body}"

    def _literal(self, node: tree.Node, bound: frozenset[str]) -> str:
        match node:
            case tree.Null():
                return "null"
            case tree.Boolean():
                return "true" if node.value else "false"
            case tree.Number():
                return node.text
            case tree.String():
                return quoted(node.value)
            case tree.Choice():
                return quoted(node.value)
            case tree.At():
                return f"@{quoted(node.text)}"
            case tree.List():
                return f"[{self._tests(node.items, bound)}]"
            case tree.Context():
                return self._context(node, bound)
            case tree.Range():
                return self._range(node, bound)
            case tree.Money():
                return f"{node.amount} {node.currency}"
            case tree.Percent():
                return f"{node.text} %"
            case tree.Period():
                return f"{self._at(node.count, PRIMARY, bound)} {node.unit}"
            case tree.When():
                exactly = "exactly " if node.exactly else ""
                period, base = self._at(node.period, POSTFIX, bound), self._at(node.base, ADDITION, bound)
                return f"({exactly}{period} {node.relation} {base})"
        raise AssertionError(type(node))

    def _context(self, node: tree.Context, bound: frozenset[str]) -> str:
        entries = []
        inner = bound
        for name, value in node.entries:
            entries.append(f"{self.local(name)}: {self._at(value, TEXTUAL, inner)}")
            inner = inner | {name}
        return "{" + ", ".join(entries) + "}"

    def _range(self, node: tree.Range, bound: frozenset[str]) -> str:
        if node.low is None and node.high is not None:
            return f"({'<=' if node.high_closed else '<'} {self._at(node.high, ADDITION, bound)})"
        if node.high is None and node.low is not None:
            return f"({'>=' if node.low_closed else '>'} {self._at(node.low, ADDITION, bound)})"
        assert node.low is not None
        assert node.high is not None
        left, right = "[" if node.low_closed else "(", "]" if node.high_closed else ")"
        return f"{left}{self._at(node.low, ADDITION, bound)}..{self._at(node.high, ADDITION, bound)}{right}"


def quoted(text: str) -> str:
    """A text as a FEEL string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return '"' + escaped.replace("\r", "\\r") + '"'

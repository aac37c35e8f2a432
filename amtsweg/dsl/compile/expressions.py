"""The bridge to FEEL: a scalar of a file becomes a checked expression, and what is wrong with it points into the file.

In: a scalar (a whole value, a piece of one, a table cell, a hole in a letter), a scope, perhaps the wanted type. Out:
`Compiled`: the `Expr` that the machine carries (tree as data, type as text), the typed tree, the static type, the paths
it reads. Findings of the parser and the checker are worded in `wording`; an expression with a finding has the type
`Any`, so that nothing else is found because of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from amtsweg.dsl.compile import statics as st
from amtsweg.dsl.compile import wording
from amtsweg.dsl.compile.scope import Scope
from amtsweg.dsl.feel import checker, parser, tree
from amtsweg.dsl.feel.types import DATE, DATE_TIME, DAYS, MONTHS, PERIOD
from amtsweg.dsl.procedure import Expr
from amtsweg.dsl.yamltree import Scalar
from amtsweg.errors import ExpressionError

if TYPE_CHECKING:
    from amtsweg.dsl.compile.context import Context

ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
MOMENTS = (PERIOD, DATE, DATE_TIME, DAYS, MONTHS)
NOTHING = tree.Null(0, 0)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A compiled expression and what the compilers want to know of it."""

    expr: Expr
    tree: tree.Node | None
    type: st.Type
    reads: tuple[tuple[str, ...], ...]


def compile_expression(ctx: Context, scalar: Scalar, scope: Scope, expected: st.Type | None) -> Compiled:
    """An expression whose value must fit `expected` (None: anything)."""
    node = _parse(ctx, scalar, scope, unary=False)
    return _broken(scalar) if node is None else _check(ctx, scalar, scope, node, expected)


def compile_hole(ctx: Context, scalar: Scalar, scope: Scope) -> Compiled:
    """A value that is printed: it must be there, and be one thing (or a list of things)."""
    found = compile_expression(ctx, scalar, scope, None)
    inner = found.type.element if found.type.kind == "list" else found.type
    if found.type.kind == "Null" or st.is_optional(found.type):
        ctx.report(wording.missing(scalar, 0, len(scalar.text)))
    elif inner is not None and inner.kind in ("context", "function"):
        ctx.report(wording.not_printable(scalar, inner))
    return found


def compile_unary(ctx: Context, scalar: Scalar, tested: st.Type, scope: Scope) -> Compiled:
    """A table cell that tests a value of type `tested` (called `?` inside)."""
    node = _parse(ctx, scalar, scope, unary=True)
    if node is None:
        return _broken(scalar)
    return _check(ctx, scalar, scope.with_names({"?": tested}), node, None, tested)


def compile_period(ctx: Context, scalar: Scalar, scope: Scope) -> Compiled:
    """A period, a moment, or a formula for one; a date may be written without quotes."""
    text = scalar.text.strip()
    if ISO_DATE.fullmatch(text):
        start = scalar.text.index(text)
        node: tree.Node | None = tree.At(start, start + len(text), text)
    else:
        node = _parse(ctx, scalar, scope, unary=False)
    if node is None:
        return _broken(scalar)
    found = _check(ctx, scalar, scope, node, None)
    if not found.type.is_any and found.type.kind != "Null" and found.type.kind not in {one.kind for one in MOMENTS}:
        ctx.report(wording.no_moment(scalar, found.type))
        return _broken(scalar)
    return found


def _parse(ctx: Context, scalar: Scalar, scope: Scope, *, unary: bool) -> tree.Node | None:
    for finding in wording.thousands(ctx, scalar):
        ctx.report(finding)
    names = _spaced(scope)
    try:
        read = parser.parse_unary if unary else parser.parse
        return read(scalar.text, names, units=True)
    except ExpressionError as error:
        start, end = parser.locate(error)
        ctx.report(wording.of_error(ctx, scalar, scope, error, start, end))
        return None


def _spaced(scope: Scope) -> frozenset[str]:
    """Only names with blanks or signs matter to the lexer; ids of procedures have neither."""
    return frozenset(name for name in scope.names if not name.isidentifier())


def _check(
    ctx: Context,
    scalar: Scalar,
    scope: Scope,
    node: tree.Node,
    expected: st.Type | None,
    tested: st.Type | None = None,
) -> Compiled:
    found = checker.check(node, scope.names, expected, assume=scope.assume, tested=tested, dialect=True)
    for finding in found.findings:
        ctx.report(wording.of_finding(ctx, scalar, scope, finding))
    if found.findings:
        return _broken(scalar, found.tree)
    renamed = _quoted(found.tree, scope)
    renamed = tree.rename(renamed, dict(scope.renames)) if scope.renames else renamed
    known = {scope.renames.get(name, name) for name in scope.names}
    expr = Expr(
        text=scalar.text.strip(),
        tree=tree.to_data(renamed),
        type=found.type.text,
        at=str(scalar.span),
        names=tuple(name for name in tree.free_names(renamed) if name in known and name not in BY_NAME),
    )
    return Compiled(expr, found.tree, found.type, tree.read_paths(found.tree))


BY_NAME = ("at", "valid")
"""Functions that take the name of a step or parameter, not its value: `at(pruefen)`, `valid(satz, today)`."""


def _quoted(node: tree.Node, scope: Scope) -> tree.Node:
    """The first argument of `at` and `valid` becomes the name it is in the machine, as a text."""

    def visit(at: tree.Node) -> tree.Node:
        made = tree.rebuild(at, visit)
        if not (isinstance(made, tree.Call) and isinstance(made.function, tree.Name) and made.arguments):
            return made
        name, first = made.arguments[0]
        if made.function.name not in BY_NAME or not isinstance(first, tree.Name):
            return made
        text = tree.String(first.start, first.end, scope.renames.get(first.name, first.name))
        return replace(made, arguments=((name, text), *made.arguments[1:]))

    return visit(node)


def _broken(scalar: Scalar, node: tree.Node | None = None) -> Compiled:
    """What stands for an expression that could not be read: it is null and fits everywhere."""
    expr = Expr(scalar.text.strip(), tree.to_data(NOTHING), "Any", str(scalar.span))
    return Compiled(expr, node, st.ANY, tree.read_paths(node) if node is not None else ())

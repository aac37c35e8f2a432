"""Letters of a procedure: what the law asks of each, and its text in every language as typed parts.

In: the nodes under `letters:` and the Markdown files beside the procedure. Out: `Letter`. The pieces come from
`amtsweg.dsl.letters`; here each hole and condition is checked in the scope of the file. Inside `::: when` its
condition is known to hold; inside `::: each` the element has the name that was given.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from amtsweg.dsl import nodes
from amtsweg.dsl.compile import statics as st
from amtsweg.dsl.compile.scope import Scope
from amtsweg.dsl.diagnostics import TRY, Advice, Diagnostic, Text, same
from amtsweg.dsl.letters import EachPiece, HolePiece, Piece, TextPiece, WhenPiece, read_letter, read_text
from amtsweg.dsl.procedure import EachPart, HolePart, Letter, Part, TextPart, WhenPart
from amtsweg.dsl.yamltree import Mapping, Node, Scalar

if TYPE_CHECKING:
    from amtsweg.dsl.compile.context import Context

NO_LEGAL_EFFECT = ("message", "notice", "certificate", "reminder")
"""Kinds of letters without legal effect: they need no word on an appeal."""

_ADDRESS = re.compile(
    r"https?://\S+|www\.\S+|[\w.+-]+@[\w-]+\.[\w.]+|\b\d{5} [A-ZÄÖÜ][\wäöüß-]+|\b[A-Z]{2}\d{2}( ?\d{4}){4,}"
)


def compile_letter(ctx: Context, key: Scalar, node: Node, full: str, scope: Scope, prefix: str) -> Letter:
    """One letter; `id: Title` is a message without legal effect."""
    title = node.text if isinstance(node, Scalar) else nodes.text(node, "title", key.text)
    kind = nodes.text(node, "kind", "message" if isinstance(node, Scalar) else "bescheid")
    appeal = nodes.scalar(node, "appeal")
    if appeal is None and kind not in NO_LEGAL_EFFECT:
        ctx.report(_no_appeal(key))
    approve = nodes.scalar(node, "approve_by")
    if approve is not None:
        ctx.check_role(approve)
    template = nodes.text(node, "template", key.text).removesuffix(".md")
    bodies = {}
    for language, source in ctx.letter_files(template, prefix):
        pieces, findings = read_letter(source)
        for finding in findings:
            ctx.report(finding)
        bodies[language] = compile_parts(ctx, pieces, scope)
        check_addresses(ctx, source)
    if not bodies:
        ctx.report(_no_text(key, template))
    return Letter(
        id=full,
        title=title,
        bodies=bodies,
        kind=kind,
        appeal=appeal.text if appeal is not None else "none",
        approve_by=approve.text if approve is not None else "",
        four_eyes=nodes.texts(node, "four_eyes"),
        back=nodes.text(node, "back"),
        attach=nodes.texts(node, "attach"),
        way=nodes.text(node, "way", "post"),
        at=str(key.span),
    )


def compile_text(ctx: Context, source: Scalar, scope: Scope) -> tuple[Part, ...]:
    """A caption or sentence with holes."""
    pieces, findings = read_text(source)
    for finding in findings:
        ctx.report(finding)
    return compile_parts(ctx, pieces, scope)


def compile_parts(ctx: Context, pieces: tuple[Piece, ...], scope: Scope) -> tuple[Part, ...]:
    """The typed parts of a text."""
    parts: list[Part] = []
    for piece in pieces:
        match piece:
            case TextPiece(text):
                parts.append(TextPart(text))
            case HolePiece(expression):
                parts.append(HolePart(ctx.hole(expression, scope)))
            case WhenPiece(test, body):
                inner = scope
                tree = ctx.silent_tree(test, scope)
                if tree is not None:
                    inner = scope.assuming((tree,))
                parts.append(WhenPart(ctx.expr(test, scope, "boolean"), compile_parts(ctx, body, inner)))
            case EachPiece(name, items, body):
                found = ctx.expr(items, scope)
                element = st.element_of(ctx.type_of(found))
                inner = scope.with_names({name.text: element, "position": st.INTEGER})
                parts.append(EachPart(name.text, found, compile_parts(ctx, body, inner)))
    return tuple(parts)


def check_addresses(ctx: Context, source: Scalar) -> None:
    """AW704: an address, a link or a bank account of one town in a text that all towns use."""
    for found in _ADDRESS.finditer(source.text):
        if "{{" in found[0]:
            continue
        ctx.report(
            Diagnostic(
                "AW704",
                "warning",
                source.part(found.start(), found.end()).span,
                Text(
                    "Eine Adresse gehört in tenant.yaml, nicht ins Verfahren",
                    "An address belongs in tenant.yaml, not in the procedure",
                ),
                body=(
                    Text(
                        "Jede Gemeinde, die dieses Verfahren benutzt, würde diese Adresse nennen.",
                        "Every municipality that uses this procedure would name this address.",
                    ),
                ),
            )
        )


def _no_appeal(key: Scalar) -> Diagnostic:
    line = "appeal: widerspruch"
    return Diagnostic(
        "AW803",
        "error",
        key.span,
        Text(
            f"„{key.text}“ sagt nichts zum Rechtsbehelf; ohne Belehrung gilt ein Jahr statt eines Monats",
            f"“{key.text}” says nothing about an appeal; without instruction the time is a year, not a month",
        ),
        advice=(
            Advice(TRY, same(line)),
            Advice(
                Text("Sonst", "Or"),
                Text(
                    "appeal: none   (wenn das Schreiben nichts entscheidet)",
                    "appeal: none   (if the letter decides nothing)",
                ),
            ),
        ),
    )


def _no_text(key: Scalar, template: str) -> Diagnostic:
    return Diagnostic(
        "AW804",
        "error",
        key.span,
        Text(f"Zu „{key.text}“ fehlt die Datei {template}.md", f"“{key.text}” lacks its file {template}.md"),
        body=(Text("Der Brief hätte keinen Text.", "The letter would have no text."),),
    )


def letters_of(tree: Mapping) -> tuple[tuple[Scalar, Node], ...]:
    """The entries of `letters:`."""
    return tuple(nodes.entries(tree, "letters"))

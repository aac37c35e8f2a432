"""Building blocks: reading `block.yaml`, and what a block declares when a step uses it.

In: the name behind `use:`. Out: `BlockSource` (once per block), and per use: its forms, letters, lists, parameters and
decisions compiled under the step's prefix, with the scope in which the block's own expressions are read. A block sees
its inputs, what it declares, and the names the language gives; nothing of the caller.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from amtsweg.dsl import nodes, reader
from amtsweg.dsl.compile import statics as st
from amtsweg.dsl.compile.declare import compile_declared, declare_all
from amtsweg.dsl.compile.fieldtypes import FIELDS_OF, fields_list, read_field_type, static_type
from amtsweg.dsl.compile.scope import Names, Scope, given_names
from amtsweg.dsl.diagnostics import HERE, TRY, Advice, Diagnostic, Text, same
from amtsweg.dsl.flow.files import BlockSource
from amtsweg.dsl.flow.source import read_flow
from amtsweg.dsl.shapecheck import check_shape
from amtsweg.dsl.suggest import closest
from amtsweg.dsl.yamltree import Mapping, Node, Scalar

if TYPE_CHECKING:
    from amtsweg.dsl.compile.context import Context


@dataclass(frozen=True, slots=True)
class Blocks:
    """The building blocks of a compilation (`context.Library`)."""

    def find(self, ctx: Context, name: Scalar) -> BlockSource | None:
        """The block of that name; AW102 where there is none."""
        return find_block(ctx, name)

    def open(
        self,
        ctx: Context,
        block: BlockSource,
        prefix: str,
        references: dict[str, str],
        given: dict[str, Scalar],
        caller: Scope,
    ) -> Scope:
        """Compile what the block declares under a prefix; the scope of its expressions."""
        return open_block(ctx, block, prefix, references, given, caller)

    def outs(
        self, ctx: Context, block: BlockSource, prefix: str, references: dict[str, str], caller: Scope
    ) -> dict[str, st.Type]:
        """The static types of what the block gives back."""
        return block_outs(ctx, block, prefix, references, caller)


REFERENCES = ("form", "letter", "step", "role")


def find_block(ctx: Context, name: Scalar) -> BlockSource | None:
    """The block of that name, read once."""
    wanted = name.text.strip()
    if wanted in ctx.blocks:
        return ctx.blocks[wanted]
    folder = ctx.files.block_folder(wanted)
    if folder is None:
        known = sorted(
            {path.parent.name for place in _places(ctx) for path in place.glob("*/block.yaml") if place.is_dir()}
        )
        best = closest(wanted, known)
        have = ", ".join(known)
        ctx.report(
            Diagnostic(
                "AW102",
                "error",
                name.span,
                Text(f"Einen Baustein „{wanted}“ gibt es nicht", f"There is no block “{wanted}”"),
                advice=(
                    *((Advice(TRY, same(f"use: {best}")),) if best else ()),
                    *((Advice(HERE, same(have)),) if have else ()),
                ),
            )
        )
        ctx.blocks[wanted] = None
        return None
    text = ctx.files.read("block.yaml", folder) or ""
    file = ctx.files.name("block.yaml", folder)
    read = reader.read_text(text, file)
    tree, told = check_shape(read.tree, "block") if read.tree is not None else (None, [])
    for finding in (*read.diagnostics, *told):
        ctx.report(finding)
    ctx.blocks[wanted] = read_block(tree, file) if isinstance(tree, Mapping) else None
    return ctx.blocks[wanted]


def _places(ctx: Context) -> list[Path]:
    return [ctx.files.folder / "blocks", ctx.files.folder.parent / "blocks", *ctx.files.library]


def read_block(tree: Mapping, file: str) -> BlockSource:
    """What a block file declares."""
    inputs: dict[str, str] = {}
    defaults: dict[str, Scalar] = {}
    for key, value in nodes.entries(tree, "in"):
        kind = value.text.strip() if isinstance(value, Scalar) else nodes.text(value, "type", "text")
        inputs[key.text] = kind if kind in REFERENCES else "value"
        default = nodes.scalar(value, "default")
        if default is not None:
            defaults[key.text] = default
        elif nodes.text(value, "optional") == "yes":
            defaults[key.text] = Scalar.made("null", key.span)
    outcomes = tree.get("outcomes")
    names = (
        tuple(key.text for key, _ in outcomes.entries)
        if isinstance(outcomes, Mapping)
        else tuple(word.text for word in nodes.words(outcomes))
    )
    return BlockSource(
        id=nodes.text(tree, "block"),
        node=tree,
        flow=read_flow(tree.get("flow"), tree.get("stages")),
        inputs=inputs,
        defaults=defaults,
        outs={key.text: value for key, value in nodes.entries(tree, "out") if isinstance(value, Scalar)},
        outcomes=names,
        roles=nodes.texts(tree, "roles"),
        file=file,
    )


def open_block(
    ctx: Context,
    block: BlockSource,
    prefix: str,
    references: dict[str, str],
    given: dict[str, Scalar],
    caller: Scope,
    compiled: bool = True,
) -> Scope:
    """The scope of a block used under a prefix; with `compiled` its forms, letters and decisions are compiled, too.

    `references` are the inputs that name something of the caller (by its id in the machine).
    """
    ctx.files.block_at[prefix] = block.id
    outer_names, ctx.names = ctx.names, Names()
    try:
        names: dict[str, st.Type] = given_names(st.person())
        renames: dict[str, str] = {}
        for name, kind in block.inputs.items():
            key = _input_key(block.node, name)
            ctx.declare(name, "input", key)
            if kind == "value":
                names[name] = _input_type(ctx, block, name, references)
                renames[name] = prefix + name
                ctx.slot_types[prefix + name] = names[name]
            elif kind == "form" and references.get(name) in ctx.form_types:
                names[name] = _slot(ctx, references[name])
                renames[name] = references[name]
            elif name in references:
                names[name] = caller.names.get(given[name].text, st.ANY) if name in given else st.ANY
                renames[name] = references[name]
        scope = Scope(names, renames)
        ctx.scopes[prefix] = scope
        declared = declare_all(ctx, block.node, prefix, scope, block.flow, references)
        ctx.scopes[prefix] = declared.scope
        if compiled:
            compile_declared(ctx, declared, prefix)
        return ctx.scopes[prefix]
    finally:
        ctx.names = outer_names


def block_outs(
    ctx: Context, block: BlockSource, prefix: str, references: dict[str, str], caller: Scope
) -> dict[str, st.Type]:
    """The static types of what a block gives back, found before it is expanded."""
    ctx.quiet += 1
    try:
        scope = open_block(ctx, block, prefix, references, {}, caller, compiled=False)
        return {name: ctx.infer(value, scope) or st.ANY for name, value in block.outs.items()}
    finally:
        ctx.quiet -= 1


def _slot(ctx: Context, form: str) -> st.Type:
    types = ctx.form_types[form]
    record = st.record(types.record())
    return st.list_of(record) if types.source.many else record


def _input_type(ctx: Context, block: BlockSource, name: str, references: dict[str, str]) -> st.Type:
    """The type of a value a block takes; it may be left empty where the caller's value may be."""
    node = nodes.mapping(block.node, "in")
    value: Node | None = node.get(name) if node is not None else None
    word = value if isinstance(value, Scalar) else nodes.scalar(value, "type")
    if word is None:
        return st.optional(st.STRING)
    text = word.text.strip()
    if text == "period":
        return st.PERIOD
    of_form = FIELDS_OF.fullmatch(text)
    if of_form is not None:
        form = references.get(of_form["form"], "")
        types = ctx.form_types.get(form)
        ids = [one.path for one in types.source.fields if one.scalar("compute") is None] if types else []
        found = st.enum(fields_list(form), ids)
        return st.optional(st.list_of(found) if nodes.yes(value, "many") else found)
    kind = static_type(ctx, read_field_type(ctx, word, value if isinstance(value, Mapping) else word, ""))
    needed = name not in block.defaults and nodes.text(value, "optional") != "yes"
    return kind if needed else st.optional(kind)


def _input_key(node: Mapping, name: str) -> Scalar:
    declared = nodes.mapping(node, "in")
    key = declared.key(name) if declared is not None else None
    assert key is not None
    return key

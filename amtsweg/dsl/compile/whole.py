"""From the read tree of a procedure to the compiled machine: everything but the reading and the proofs.

In: the tree of `procedure.yaml` (overlays merged in) and the folder's files. Out: `Compiled` with the machine, whatever
could be compiled, and all findings. Names first, then expressions, then the flow; a finding in one part never hides
those of the others, and what could not be read has the type `Any`, so that nothing else is found because of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from amtsweg.dsl import nodes
from amtsweg.dsl.compile import statics as st
from amtsweg.dsl.compile.blocks import Blocks
from amtsweg.dsl.compile.context import Context
from amtsweg.dsl.compile.declare import compile_declared, declare_all, read_connectors, walk_steps
from amtsweg.dsl.compile.files import Files
from amtsweg.dsl.compile.head import read_head, read_roles
from amtsweg.dsl.compile.letters import check_addresses
from amtsweg.dsl.compile.scope import Scope, given_names
from amtsweg.dsl.compile.towns import check_amounts
from amtsweg.dsl.flow.compile import build_flows
from amtsweg.dsl.flow.source import FlowSource, read_flow
from amtsweg.dsl.procedure import Machine, Message, Role
from amtsweg.dsl.yamltree import Mapping, Scalar


@dataclass(eq=False)
class Compiled:
    """What came of a procedure's tree: the machine (as far as it goes), the context with all findings, the flow."""

    machine: Machine
    context: Context
    scope: Scope
    flow: FlowSource


def compile_procedure(tree: Mapping, files: Files) -> Compiled:
    """Compile a procedure; findings are in `context.diagnostics`."""
    ctx = Context(files, Blocks())
    head = read_head(tree)
    files.language = head["language"]
    ctx.roles = {role.id: role for role in read_roles(tree)}
    ctx.connectors = read_connectors(ctx, tree)
    source = read_flow(tree.get("flow"), tree.get("stages"), tree)
    base = Scope(given_names(st.person()))
    ctx.scopes[""] = base
    made = declare_all(ctx, tree, "", base, source)
    compile_declared(ctx, made, "")
    roles = _roles(ctx, made.scope)
    messages = _messages(ctx, tree, made.scope)
    flow = build_flows(ctx, source, made.scope)
    _check_texts(ctx, tree)
    check_amounts(ctx, source, ctx.parameters)
    machine = Machine(
        **head,
        flows=flow.flows,
        forms=ctx.compiled_forms,
        decisions=ctx.compiled_decisions,
        letters=ctx.compiled_letters,
        messages=messages,
        roles={**roles, **{name: Role(name, title) for name, title in ctx.used_roles.items()}},
        parameters=ctx.parameters,
        lists=ctx.lists,
        types=ctx.compiled_types,
        clocks=flow.clocks,
        stages=flow.stages,
        steps=flow.steps,
        connectors=ctx.connectors,
        columns=nodes.texts(tree, "columns"),
        slot_types=_slot_types(ctx),
    )
    return Compiled(machine, ctx, made.scope, source)


def _roles(ctx: Context, scope: Scope) -> dict[str, Role]:
    found = {}
    for role in ctx.roles.values():
        made = Role(role.id, role.title, role.office, per=role.per)
        if role.party is not None and role.party.text.strip() == "applicant":
            made = replace(made, party="applicant")
        elif role.party is not None:
            made = replace(made, party=role.party.text, party_expr=ctx.expr(role.party, scope))
        found[role.id] = made
    return found


def _messages(ctx: Context, tree: Mapping, scope: Scope) -> dict[str, Message]:
    found = {}
    for key, node in nodes.entries(tree, "messages"):
        own_form = key.text if key.text in ctx.compiled_forms else ""
        match = nodes.scalar(node, "key")
        found[key.text] = Message(
            key.text,
            nodes.text(node, "title"),
            nodes.text(node, "from"),
            nodes.text(node, "form", own_form),
            ctx.expr(match, scope) if match is not None else None,
        )
    return found


def _slot_types(ctx: Context) -> dict[str, str]:
    found = {name: st.show(kind) for name, kind in ctx.slot_types.items()}
    for name, types in ctx.form_types.items():
        record = st.record(types.record())
        found[name] = st.show(st.list_of(record) if types.source.many else record)
    return found


TEXT_KEYS = frozenset(
    {"title", "summary", "hint", "say", "declaration", "receipt", "task", "notify", "text", "purpose"}
)


def _check_texts(ctx: Context, node: Mapping) -> None:
    """AW704 in every text of the procedure."""
    for key, value in node.entries:
        if isinstance(value, Scalar):
            if key.text in TEXT_KEYS:
                check_addresses(ctx, value)
        elif isinstance(value, Mapping):
            _check_texts(ctx, value)
        else:
            for item in value.items:
                if isinstance(item, Mapping):
                    _check_texts(ctx, item)


__all__ = ["Compiled", "compile_procedure", "walk_steps"]

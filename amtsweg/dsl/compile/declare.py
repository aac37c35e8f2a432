"""Phase one and two for one file: declare every name with its static type, then compile what is not the flow.

In: the tree of `procedure.yaml` or `block.yaml`. Out: the file's scope, then forms, decisions, letters and types in the
context. The steps of the flow are declared here as records, so that forms and letters may read them; the flow itself is
compiled by `amtsweg.dsl.flow`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from amtsweg.dsl import nodes
from amtsweg.dsl.compile import statics as st
from amtsweg.dsl.compile.decisions import DecisionSource, compile_decision, declare_decision
from amtsweg.dsl.compile.fieldtypes import FIELDS, fill_fields_of, read_field_type
from amtsweg.dsl.compile.forms import FormTypes, compile_form, compile_record, declare_form, infer_computed
from amtsweg.dsl.compile.formsource import read_form
from amtsweg.dsl.compile.letters import compile_letter, letters_of
from amtsweg.dsl.compile.lists import read_lists
from amtsweg.dsl.compile.literals import read_value
from amtsweg.dsl.compile.scope import Scope, stage_record, step_record
from amtsweg.dsl.flow.source import EventSource, FlowSource, StepSource
from amtsweg.dsl.procedure import Connector, FieldType, Parameter
from amtsweg.dsl.yamltree import Mapping as Map
from amtsweg.dsl.yamltree import Node, Scalar

if TYPE_CHECKING:
    from amtsweg.dsl.compile.context import Context


@dataclass(eq=False)
class Declaration:
    """What one file declares, waiting for its expressions to be compiled."""

    tree: Map
    scope: Scope
    flow: FlowSource
    forms: list[FormTypes] = field(default_factory=list)
    types: list[FormTypes] = field(default_factory=list)
    decisions: list[DecisionSource] = field(default_factory=list)
    parameters: dict[str, tuple[Scalar, Map, FieldType]] = field(default_factory=dict)
    conditions: dict[tuple[str, str], Scalar] = field(default_factory=dict)


def declare_all(
    ctx: Context, tree: Map, prefix: str, base: Scope, flow: FlowSource, references: Mapping[str, str] | None = None
) -> Declaration:
    """Declare lists, types, parameters, forms, decisions, letters, steps, stages, events and set values."""
    made = Declaration(tree, base, flow)
    names: dict[str, st.Type] = {}
    _declare_lists(ctx, tree, prefix, made, names)
    _declare_types(ctx, tree, made)
    for key, node in nodes.entries(tree, "parameters"):
        if ctx.declare(key.text, "parameter", key) and isinstance(node, Map):
            kind = read_field_type(ctx, key, node, prefix)
            made.parameters[key.text] = (key, node, kind)
            names[key.text] = ctx.static_type(kind)
    for key, node in nodes.entries(tree, "forms"):
        if isinstance(node, Map) and ctx.declare(key.text, "form", key):
            source = read_form(prefix + key.text, key, node, lambda k, n, _: read_field_type(ctx, k, n, prefix))
            types = declare_form(ctx, source)
            ctx.form_types[source.id] = types
            made.forms.append(types)
    _messages(ctx, tree, prefix, made)
    for name in [name for name in ctx.lists if name.startswith(FIELDS) and not ctx.lists[name].options]:
        form = name.removeprefix(FIELDS)
        fill_fields_of(ctx, name, (references or {}).get(form, prefix + form))
    for types in made.forms:
        for one in types.source.fields:
            types.values[one.path] = ctx.static_type(one.type)
    for key, node in nodes.entries(tree, "decisions"):
        if isinstance(node, Map) and ctx.declare(key.text, "decision", key):
            source_ = declare_decision(ctx, key, node, prefix + key.text)
            made.decisions.append(source_)
            ctx.decision_sources[source_.id] = source_
            names[key.text] = st.function(source_.inputs, source_.result) if source_.inputs else source_.result
    for key, _ in nodes.entries(tree, "roles"):
        ctx.declare(key.text, "role", key)
    for key, _ in letters_of(tree):
        if ctx.declare(key.text, "letter", key):
            names[key.text] = step_record("letter", ("done",))
    for types in made.forms:
        names[types.source.key.text] = _slot(types)
    _note_outcomes(ctx, flow, prefix, references or {})
    names |= step_names(ctx, flow, prefix, base)
    renames = {name: prefix + name for name in names} if prefix else {}
    made.scope = _with(base, names, renames)
    ctx.scopes[prefix] = made.scope
    for types in made.forms:
        infer_computed(ctx, types)
    again = {types.source.key.text: _slot(types) for types in made.forms}
    again |= {s.id: elements(ctx, s, prefix) for s in walk_steps(flow.steps) if s.kind == "for_each"}
    made.scope = _with(made.scope, again, {name: prefix + name for name in again} if prefix else {})
    ctx.scopes[prefix] = made.scope
    made.scope = _with_values(ctx, flow, prefix, made.scope)
    ctx.scopes[prefix] = made.scope
    return made


def _with(scope: Scope, names: Mapping[str, st.Type], renames: Mapping[str, str]) -> Scope:
    return replace(scope, names={**scope.names, **names}, renames={**scope.renames, **renames})


def compile_declared(ctx: Context, made: Declaration, prefix: str) -> None:
    """Compile the expressions of everything a file declares, the flow excepted."""
    for (owner, option), scalar in made.conditions.items():
        condition = ctx.expr(scalar, made.scope, "boolean")
        whole = ctx.lists[owner]
        options = tuple(replace(o, when=condition) if o.id == option else o for o in whole.options)
        ctx.lists[owner] = replace(whole, options=options)
    for name, (place, written, kind) in made.parameters.items():
        ctx.parameters[prefix + name] = _parameter(ctx, prefix + name, place, written, kind, made.scope)
    for types in made.types:
        ctx.compiled_types[types.source.id] = compile_record(ctx, types)
    for source in made.decisions:
        ctx.compiled_decisions[source.id] = compile_decision(ctx, source, made.scope)
    for types in made.forms:
        ctx.compiled_forms[types.source.id] = compile_form(ctx, types)
    for key, node in letters_of(made.tree):
        full = prefix + key.text
        ctx.compiled_letters[full] = compile_letter(ctx, key, node, full, made.scope, prefix)


def _parameter(ctx: Context, name: str, key: Scalar, node: Map, kind: FieldType, scope: Scope) -> Parameter:
    """A parameter with its example and the day that picks its value."""
    parameter = Parameter(name, nodes.text(node, "title", key.text), kind, at=str(key.span))
    example, day = nodes.scalar(node, "example"), nodes.scalar(node, "valid_on")
    if example is not None:
        parameter = replace(parameter, example=read_value(ctx, example, parameter))
    return parameter if day is None else replace(parameter, valid_on=ctx.expr(day, scope))


# ------------------------------------------------------------------------------------------------------------ sections


def _declare_lists(ctx: Context, tree: Map, prefix: str, made: Declaration, names: dict[str, st.Type]) -> None:
    found = read_lists(tree)
    for finding in found.findings:
        ctx.report(finding)
    for name, one in found.lists.items():
        ctx.declare(name, "list", found.keys[name])
        full = prefix + name
        part_of = prefix + one.part_of if one.part_of else ""
        ctx.lists[full] = replace(one, id=full, part_of=part_of)
        ctx.list_keys[full] = found.keys[name]
    for (owner, option), key in found.option_keys.items():
        ctx.option_keys[prefix + owner, option] = key
    for (owner, option), scalar in found.conditions.items():
        made.conditions[prefix + owner, option] = scalar
    for name in found.lists:
        names[name] = st.list_of(ctx.enum_of(prefix + name))


def _declare_types(ctx: Context, tree: Map, made: Declaration) -> None:
    for key, node in nodes.entries(tree, "types"):
        if isinstance(node, Map) and ctx.declare(key.text, "type", key):
            ctx.record_types[key.text] = FormTypes(read_form(key.text, key, node, lambda k, n, _: FieldType("text")))
    for key, node in nodes.entries(tree, "types"):
        if isinstance(node, Map) and key.text in ctx.record_types:
            source = read_form(key.text, key, node, lambda k, n, _: read_field_type(ctx, k, n, ""))
            ctx.record_types[key.text] = types = declare_form(ctx, source)
            made.types.append(types)


def _messages(ctx: Context, tree: Map, prefix: str, made: Declaration) -> None:
    """`messages:` with fields of their own have a form of the same id."""
    for key, node in nodes.entries(tree, "messages"):
        if isinstance(node, Map) and node.get("fields") is not None and ctx.declare(key.text, "form", key):
            source = read_form(prefix + key.text, key, node, lambda k, n, _: read_field_type(ctx, k, n, prefix))
            ctx.form_types[source.id] = types = declare_form(ctx, source)
            made.forms.append(types)


def read_connectors(ctx: Context, tree: Map) -> dict[str, Connector]:
    """`connectors:` one entry per operation (`kasse.uebergeben`) or per service with `operations:`."""
    found: dict[str, Connector] = {}

    def pairs(node: Node | None, name: str) -> tuple[tuple[str, str], ...]:
        typed = []
        for key, value in nodes.entries(node, name):
            word = value if isinstance(value, Scalar) else nodes.scalar(value, "type")
            typed.append((key.text, st.show(ctx.type_word(word)) if word is not None else "Any"))
        return tuple(typed)

    def add(name: str, node: Node, service: Node) -> None:
        found[name] = Connector(
            name,
            nodes.text(node, "title") or nodes.text(service, "title"),
            pairs(node, "inputs"),
            pairs(node, "outputs"),
            nodes.texts(node, "errors"),
            nodes.text(node, "trust_level") or nodes.text(service, "trust_level", "none"),
        )

    for key, node in nodes.entries(tree, "connectors"):
        operations = nodes.mapping(node, "operations")
        if operations is None:
            add(key.text, node, node)
        else:
            for operation, inner in operations.entries:
                add(f"{key.text}.{operation.text}", inner, node)
    return found


# --------------------------------------------------------------------------------------------------------------- steps


def _slot(types: FormTypes) -> st.Type:
    record = st.record(types.record())
    return st.list_of(record) if types.source.many else record


def walk_steps(steps: tuple[StepSource, ...]) -> Iterator[StepSource]:
    """All steps in written order, those inside branches and elements included."""
    for step in steps:
        yield step
        yield from walk_steps(step.steps)
        for branch in step.branches:
            yield from walk_steps(branch.steps)


def _events(flow: FlowSource) -> Iterator[EventSource]:
    yield from flow.events
    for stage in flow.stages:
        yield from stage.events
    for step in walk_steps(flow.steps):
        if step.kind != "service":
            yield from step.events
        for branch in step.branches:
            yield from branch.events


def _note_outcomes(ctx: Context, flow: FlowSource, prefix: str, references: Mapping[str, str]) -> None:
    for step in walk_steps(flow.steps):
        form = step.text("form")
        if form is not None:
            full = references.get(form.text, prefix + form.text)
            ctx.form_outcomes.setdefault(full, {}).update({way.id: None for way in step.ways})


def step_names(ctx: Context, flow: FlowSource, prefix: str, base: Scope) -> dict[str, st.Type]:
    """Steps, stages and events as records."""
    names: dict[str, st.Type] = {}
    for step in walk_steps(flow.steps):
        ctx.declare(step.id, "step", step.key)
        extra: dict[str, st.Type] = {}
        outcomes = tuple(way.id for way in step.ways) or ("done",)
        if step.kind == "use" and isinstance(step.value, Scalar):
            extra, outcomes = _block_step(ctx, step, prefix, base, outcomes)
        elif step.kind == "task":
            outcomes = tuple(way.id for way in step.ways) or ("done",)
        record = step_record(step.kind, outcomes, extra)
        names[step.id] = elements(ctx, step, prefix) if step.kind == "for_each" else record
    for event in _events(flow):
        if event.id not in names:
            ctx.declare(event.id, "event", event.key)
            names[event.id] = step_record("event", ("done",))
    for stage in flow.stages:
        ctx.declare(stage.id, "stage", stage.key)
        names[stage.id] = stage_record()
        if stage.deadline is not None and stage.deadline.get("extend") is not None:
            names[f"{stage.id}_verlaengern"] = step_record("event", ("done",))
    return names


def elements(ctx: Context, step: StepSource, prefix: str) -> st.Type:
    """What a `for_each` is from outside: one record per element, with what its steps have written so far."""
    fields: dict[str, st.Type] = {
        "key": st.STRING,
        "item": st.ANY,
        "position": st.INTEGER,
        "state": st.STRING,
        "result": st.optional(st.STRING),
    }
    if isinstance(step.value, Scalar):
        fields[step.value.text.partition(" in ")[0].strip()] = st.ANY
    for inner in walk_steps(step.steps):
        form, named = inner.text("form"), inner.text("as") or inner.text("form")
        if form is not None and named is not None and prefix + form.text in ctx.form_types:
            fields[named.text] = st.optional(_slot(ctx.form_types[prefix + form.text]))
        if inner.kind == "set":
            fields |= {key.text: st.ANY for key, _ in nodes.entries(inner.value)}
        result = inner.text("result")
        if inner.kind == "service" and result is not None:
            fields[result.text] = st.ANY
    return st.list_of(st.record(fields))


def _block_step(
    ctx: Context, step: StepSource, prefix: str, base: Scope, named: tuple[str, ...]
) -> tuple[dict[str, st.Type], tuple[str, ...]]:
    assert isinstance(step.value, Scalar)
    block = ctx.block(step.value)
    if block is None or (f"/{block.id}/" in f"/{prefix}" or prefix.count("/") > 4):
        return {}, named
    references = {
        key.text: prefix + value.text
        for key, value in nodes.entries(step.get("with"))
        if isinstance(value, Scalar) and block.inputs.get(key.text, "value") != "value"
    }
    outs = ctx.block_outs(block, f"{prefix}{step.id}/", references, base)
    return outs, block.outcomes or ("done",)


def _with_values(ctx: Context, flow: FlowSource, prefix: str, scope: Scope) -> Scope:
    """The values of `set` steps and the results of services; a value may read one that is set further down."""
    keys: dict[str, list[Scalar]] = {}
    for step in walk_steps(flow.steps):
        if step.kind == "set":
            for key, value in nodes.entries(step.value):
                if isinstance(value, Scalar):
                    if key.text not in keys:
                        ctx.declare(key.text, "value", key)
                    keys.setdefault(key.text, []).append(value)
        result = step.text("result")
        if step.kind == "service" and result is not None:
            if result.text not in scope.names:
                ctx.declare(result.text, "value", result)
            name = step.value.text if isinstance(step.value, Scalar) else ""
            known = ctx.connectors.get(name)
            outputs = {n: st.optional(st.of_text(t)) for n, t in known.outputs} if known is not None else None
            kind = st.ANY if outputs is None else st.record({**outputs, "state": st.STRING})
            scope = _with(scope, {result.text: kind}, {result.text: prefix + result.text} if prefix else {})
        named = step.text("as")
        form = step.text("form")
        if named is not None and form is not None and prefix + form.text in ctx.form_types:
            ctx.declare(named.text, "value", named)
            slot = _slot(ctx.form_types[prefix + form.text])
            scope = _with(scope, {named.text: slot}, {named.text: prefix + named.text} if prefix else {})
    if not keys:
        return scope
    scope = _with(scope, dict.fromkeys(keys, st.ANY), {k: prefix + k for k in keys} if prefix else {})
    for _ in range(2):
        for name, values in keys.items():
            found = [ctx.infer(value, scope) or st.ANY for value in values]
            scope = scope.knowing(name, st.common(found))
    for name in keys:
        ctx.slot_types[prefix + name] = scope.names[name]
    return scope

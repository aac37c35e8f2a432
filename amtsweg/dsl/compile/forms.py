"""Forms: static record types first, then every expression in them, then the order in which they are evaluated.

In: `FormSource` and the compile's context. Out: `Form` and `RecordType`. Three things are decided here: what a field's
value is for an expression (and whether it may be missing), which names an expression in the form may use, and in which
order `when`, `compute` and the rest are evaluated (a circle is a finding with the whole circle).

A field may be missing for a reader if it is optional, may be answered "I do not know", has a condition of its own, or
stands in a group with a condition that does not hold for the reader as well (inside a section its `when` is known).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from amtsweg.dsl import nodes
from amtsweg.dsl.compile import statics as st
from amtsweg.dsl.compile.fieldtypes import field_type_of
from amtsweg.dsl.compile.formsource import FieldSource, FormSource, GroupSource
from amtsweg.dsl.compile.order import Node as OrderNode
from amtsweg.dsl.compile.order import in_order
from amtsweg.dsl.compile.scope import Scope
from amtsweg.dsl.diagnostics import Diagnostic, Label, Text
from amtsweg.dsl.procedure import Check, Expr, Field, Form, Group, RecordType, Repeat
from amtsweg.dsl.yamltree import Mapping, Scalar

if TYPE_CHECKING:
    from amtsweg.dsl.compile.context import Context


@dataclass(eq=False)
class FormTypes:
    """What is known of a form before its expressions are: the static type of each field and of the whole record."""

    source: FormSource
    values: dict[str, st.Type] = field(default_factory=dict)
    certain: dict[str, bool] = field(default_factory=dict)

    def seen_from(self, target: FieldSource, reader: GroupSource | None) -> st.Type:
        """The type of a field for a reader in a group (None: outside of the form)."""
        value = self.values[target.path]
        if not self.certain.get(target.path, True) or may_be_missing(target, reader):
            return st.optional(value)
        return value

    def record(self, reader: GroupSource | None = None, row: GroupSource | None = None) -> dict[str, st.Type]:
        """The names at one level: the fields outside of all rows, or those of the rows of `row`."""
        found: dict[str, st.Type] = {}
        for one in self.source.fields:
            if one.row is not row:
                continue
            found[one.id] = self.seen_from(one, reader)
            if one.scalar("unknown") is not None:
                found[f"{one.id}_unknown"] = st.optional(st.BOOLEAN)
        for group in self.source.groups:
            outer = group.outer.row_group if group.outer is not None else None
            if group.is_row and outer is row:
                found[group.id] = st.list_of(st.record(self.record(None, group)))
        return found


def may_be_missing(target: FieldSource, reader: GroupSource | None) -> bool:
    """Whether a reader in that group may find the field without a value."""
    if target.may_be_missing:
        return True
    known = reader.around if reader is not None else ()
    for group in target.group.around:
        if group is target.row:
            return False
        if group.when is not None and group not in known:
            return True
    return False


def declare_form(ctx: Context, source: FormSource) -> FormTypes:
    """The static types of a form; ids must differ within a form (pages and sections included)."""
    types = FormTypes(source)
    for one in source.fields:
        types.values[one.path] = ctx.static_type(one.type)
    seen: dict[str, Scalar] = {}
    items: list[FieldSource | GroupSource] = [*source.fields, *source.groups]
    for item in sorted(items, key=lambda one: one.key.span):
        if item.key.text == source.key.text and isinstance(item, GroupSource) and item.key is source.key:
            continue
        first = seen.setdefault(item.path, item.key)
        if first is not item.key:
            ctx.report(
                Diagnostic(
                    "AW106",
                    "error",
                    item.key.span,
                    Text(
                        f"„{item.id}“ kommt in diesem Formular schon in Zeile {first.span.start.line} vor",
                        f"“{item.id}” is already used in line {first.span.start.line} of this form",
                    ),
                    related=(Label(first.span, Text("schon hier", "already here")),),
                )
            )
    return types


def infer_computed(ctx: Context, types: FormTypes) -> None:
    """Find out which computed fields may be missing, before anything else reads them."""
    for _ in range(2):
        for one in types.source.fields:
            compute = one.scalar("compute")
            if compute is None:
                continue
            found = ctx.infer(compute, field_scope(ctx, types, one))
            if found is None:
                continue
            types.certain[one.path] = not st.is_optional(found)
            if not _is_declared(one):
                types.values[one.path] = st.strip(found)
                one.type = field_type_of(found, one.type)


def _is_declared(one: FieldSource) -> bool:
    return one.scalar("type") is not None or one.scalar("options") is not None


# -------------------------------------------------------------------------------------------------------------- scopes


def form_scope(ctx: Context, types: FormTypes, outer: Scope, reader: GroupSource | None = None) -> Scope:
    """The names inside a form: its fields by their bare ids, rows by theirs, `outcome`, and everything outside."""
    names = dict(types.record(reader))
    outcome = ctx.outcomes_of_form(types.source.id)
    extra = {"outcome": st.optional(st.enum("outcome", outcome))} if outcome else {}
    row = reader.row_group if reader is not None else None
    if row is not None:
        names |= types.record(reader, row)
        extra["position"] = st.INTEGER
    return outer.inside(
        ("form", types.source.key.text), {**names, **extra}, tuple(names), types.source.keys, types.source.titles
    )


def field_scope(ctx: Context, types: FormTypes, one: FieldSource, outer: Scope | None = None) -> Scope:
    """The scope of a field's expressions; the conditions of the groups around it are known to hold."""
    base = outer if outer is not None else ctx.scope_of(types.source.id)
    scope = replace(form_scope(ctx, types, base, one.group), own=_neighbours(types, one))
    return scope.assuming(_conditions(ctx, types, base, one.group))


def _neighbours(types: FormTypes, one: FieldSource) -> tuple[str, ...]:
    """What messages offer for a field's expressions: the fields above it on its page, else all others of the page."""
    page = one.group.around[-1]
    same = [other for other in types.source.fields if other.group.around[-1] is page]
    above = same[: same.index(one)]
    return tuple(other.id for other in above or [other for other in same if other is not one])


def _conditions(ctx: Context, types: FormTypes, base: Scope, group: GroupSource) -> tuple[st.Tree, ...]:
    found = []
    for around in group.around:
        if around.when is not None:
            scope = form_scope(ctx, types, base, around.outer)
            tree = ctx.silent_tree(around.when, scope)
            if tree is not None:
                found.append(tree)
    return tuple(found)


# --------------------------------------------------------------------------------------------------------- expressions


def compile_form(ctx: Context, types: FormTypes) -> Form:
    """The form with all its expressions, in the order in which they are evaluated."""
    source = types.source
    base = ctx.scope_of(source.id)
    compiler = _FormCompiler(ctx, types, base)
    pages = tuple(compiler.group(page) for page in source.pages)
    scope = form_scope(ctx, types, base)
    review = nodes.mapping(source.node, "review")
    return Form(
        id=source.id,
        title=source.title,
        pages=pages,
        order=compiler.order(),
        checks=compiler.checks(source.node, "checks", scope),
        notes=compiler.checks(source.node, "notes", scope),
        declaration=nodes.text(review, "declaration"),
        receipt=nodes.text(source.node, "receipt"),
        many=source.many,
        at=str(source.key.span),
    )


def compile_record(ctx: Context, types: FormTypes) -> RecordType:
    """An own record type: the fields of its one page."""
    compiler = _FormCompiler(ctx, types, ctx.scope_of(types.source.id))
    items = compiler.group(types.source.pages[0]).items if types.source.pages else ()
    fields = tuple(item for item in items if isinstance(item, Field))
    compiler.order()
    return RecordType(types.source.id, types.source.title, fields)


@dataclass(eq=False)
class _FormCompiler:
    ctx: Context
    types: FormTypes
    base: Scope
    nodes: list[OrderNode] = field(default_factory=list)

    def group(self, source: GroupSource) -> Group:
        """A page or section, its fields and sections inside."""
        outer = form_scope(self.ctx, self.types, self.base, source.outer)
        when = self.condition(source.when, outer, f"{source.path}?", source.outer, source.key)
        repeat = self.repeat(source, outer)
        items = tuple(self.field(item) if isinstance(item, FieldSource) else self.group(item) for item in source.items)
        scope = form_scope(self.ctx, self.types, self.base, source)
        return Group(
            id=source.id,
            title=nodes.text(source.node, "title", source.id),
            kind="page" if source.kind == "page" else "section",
            items=items,
            when=when,
            repeat=repeat,
            hint=nodes.text(source.node, "hint"),
            checks=() if source.key is self.types.source.key else self.checks(source.node, "checks", scope),
            notes=() if source.key is self.types.source.key else self.checks(source.node, "notes", scope),
            at=str(source.key.span),
        )

    def repeat(self, source: GroupSource, outer: Scope) -> Repeat | None:
        """`repeat: {title, min, max}` or `repeat: {for: <list>, as: <name>}`."""
        node = source.node.get("repeat")
        if node is None:
            return None
        if not isinstance(node, Mapping):
            return Repeat(node.text if isinstance(node, Scalar) and node.text != "yes" else source.id)
        over = nodes.scalar(node, "for") or nodes.scalar(node, "over")
        return Repeat(
            title=nodes.text(node, "title", source.id),
            min=nodes.integer(node, "min", 0),
            max=nodes.integer(node, "max", 20),
            over=self.ctx.expr(over, outer) if over is not None else None,
            as_name=nodes.text(node, "as"),
        )

    def condition(
        self, scalar: Scalar | None, scope: Scope, path: str, group: GroupSource | None, key: Scalar
    ) -> Expr | None:
        """A `when`, and its place in the order of evaluation."""
        if scalar is None:
            return None
        found = self.ctx.expr(scalar, scope, "boolean")
        self.nodes.append(OrderNode(path, key, self.reads(found, group), _above(group)))
        return found

    def field(self, source: FieldSource) -> Field:
        """One field with everything that belongs to it."""
        ctx, node = self.ctx, source.node
        scope = field_scope(ctx, self.types, source, self.base)
        value_type = self.types.values[source.path]
        when = self.condition(source.scalar("when"), scope, f"{source.path}?", source.group, source.key)
        if when is not None and (tree := ctx.silent_tree(source.scalar("when"), scope)) is not None:
            scope = scope.assuming((tree,))
            scope = scope.knowing(source.id, value_type) if not source.may_be_open else scope
        compute = self.part(source, "compute", scope, st.optional(value_type))
        if compute is not None:
            parents = (f"{source.path}?",) if when is not None else _above(source.group)
            self.nodes.append(OrderNode(source.path, source.key, self.reads(compute, source.group), parents))
        limit = st.optional(st.INTEGER if source.type.name in ("text", "long_text") else value_type)
        return Field(
            id=source.id,
            path=f"{self.types.source.id}.{source.path}",
            title=source.title,
            type=ctx.finish_type(source.type, node, scope),
            when=when,
            optional=self.optional(source, scope),
            compute=compute,
            default=self.part(source, "default", scope, st.optional(value_type)),
            prefill=self.part(source, "prefill", scope, None),
            hint=nodes.text(node, "hint"),
            unknown=nodes.text(node, "unknown"),
            min=self.part(source, "min", scope, limit),
            max=self.part(source, "max", scope, limit),
            not_before=self.moment(source, "not_before", scope),
            not_after=self.moment(source, "not_after", scope),
            pattern=nodes.text(node, "pattern"),
            checks=self.checks(node, "checks", scope) if isinstance(node, Mapping) else (),
            notes=self.checks(node, "notes", scope) if isinstance(node, Mapping) else (),
            purpose=nodes.text(node, "purpose"),
            see=nodes.texts(node, "see"),
            special=nodes.yes(node, "special"),
            keep=nodes.text(node, "keep"),
            at=str(source.key.span),
        )

    def part(self, source: FieldSource, name: str, scope: Scope, expected: st.Type | None) -> Expr | None:
        """One expression of a field."""
        scalar = source.scalar(name)
        return None if scalar is None else self.ctx.expr(scalar, scope, expected)

    def moment(self, source: FieldSource, name: str, scope: Scope) -> Expr | None:
        """`not_before` and `not_after`: a date, or a period counted from a moment."""
        scalar = source.scalar(name)
        return None if scalar is None else self.ctx.period(scalar, scope)

    def optional(self, source: FieldSource, scope: Scope) -> bool | Expr:
        """Yes, no, or a condition."""
        scalar = source.scalar("optional")
        if scalar is None:
            return False
        word = scalar.text.strip().lower()
        if word in ("yes", "true", "ja"):
            return True
        if word in ("no", "false", "nein"):
            return False
        return self.ctx.expr(scalar, scope, "boolean")

    def checks(self, node: Mapping, name: str, scope: Scope) -> tuple[Check, ...]:
        """`checks:` or `notes:`: what is wrong, and what people read then."""
        found = []
        for item in nodes.items(node.get(name)):
            when, say = nodes.scalar(item, "when"), nodes.scalar(item, "say")
            if when is not None and say is not None:
                found.append(Check(self.ctx.expr(when, scope, "boolean"), say.text, str(when.span)))
        return tuple(found)

    # ---------------------------------------------------------------------------------------------------------- order

    def reads(self, expr: Expr, group: GroupSource | None) -> tuple[str, ...]:
        """The fields and rows of this form that an expression reads, as paths (`hunde.satz`, `hunde`)."""
        row = group.row_group if group is not None else None
        fields, rows = self.types.source.by_path, self.types.source.rows
        found: list[str] = []
        for read in self.ctx.reads(expr):
            local = f"{row.path}.{read[0]}" if row is not None else ""
            if local in fields:
                found.append(local)
            elif read[0] in rows:
                inner = f"{read[0]}.{read[1]}" if len(read) > 1 else ""
                found.append(inner if inner in fields else read[0])
            elif read[0] in fields:
                found.append(read[0])
        for path in tuple(found):
            if path in fields:
                # Whether a field is there at all is decided before anybody reads it.
                found.extend(f"{one.path}?" for one in fields[path].group.around if one.when is not None)
        return tuple(dict.fromkeys(found))

    def order(self) -> tuple[str, ...]:
        """All conditions and computed fields in dependency order; reports a circle."""
        order, circle = in_order(self.nodes)
        if circle:
            self.ctx.report(_circle(circle))
        return order


def _above(group: GroupSource | None) -> tuple[str, ...]:
    """The nearest condition around a field: it is decided first."""
    if group is None:
        return ()
    return next(((f"{one.path}?",) for one in group.around if one.when is not None), ())


def _circle(circle: list[OrderNode]) -> Diagnostic:
    names = [node.path.rstrip("?") for node in circle]
    way = " → ".join([*names, names[0]])
    one = len(circle) == 1
    return Diagnostic(
        "AW331",
        "error",
        circle[0].key.span,
        Text(
            f"„{names[0]}“ hängt von sich selbst ab" if one else "Diese Felder hängen im Kreis voneinander ab",
            f"“{names[0]}” depends on itself" if one else "These fields depend on each other in a circle",
        ),
        body=(
            Text(
                f"{way}: Keines davon könnte zuerst berechnet werden.",
                f"{way}: none of them could be worked out first.",
            ),
        ),
        related=tuple(Label(node.key.span, Text("gehört dazu", "part of it")) for node in circle[1:]),
    )


def walk_fields(group: Group) -> Iterator[Field]:
    """All fields of a compiled page or section, in written order."""
    for item in group.items:
        if isinstance(item, Field):
            yield item
        else:
            yield from walk_fields(item)

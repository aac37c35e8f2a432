"""From the word behind `type:` to the type of a field, and from that to what expressions see of it.

In: a field's node. Out: `FieldType` and the static type. `options` without `type` is a choice; a list and an own record
type are types, too; `fields of <form>` is the list of that form's fields.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from amtsweg.dsl import nodes
from amtsweg.dsl.compile import statics as st
from amtsweg.dsl.diagnostics import CHOICES, HERE, TRY, Advice, Diagnostic, Label, Text, same
from amtsweg.dsl.fieldtypes import FIELD_TYPES
from amtsweg.dsl.procedure import BuiltinType, FieldType, Option, OptionList
from amtsweg.dsl.suggest import closest
from amtsweg.dsl.yamltree import Node, Scalar

if TYPE_CHECKING:
    from amtsweg.dsl.compile.context import Context

Choice = Literal["choice", "multi_choice"]

FIELDS_OF = re.compile(r"fields of (?P<form>\w+)")
FIELDS = "fields."
OF_KIND: Mapping[str, BuiltinType] = {
    "date": "date", "time": "time", "date and time": "date_time", "boolean": "yes_no",
}  # fmt: skip
"""The field types of the static types that have just one."""


def read_field_type(ctx: Context, key: Scalar, node: Node | None, prefix: str) -> FieldType:
    """The type of a field (or of the one word `node`, if it is a text that is its own key)."""
    if isinstance(node, Scalar) and node is not key:
        return FieldType("text")
    word = node if isinstance(node, Scalar) else nodes.scalar(node, "type")
    options = nodes.scalar(node, "options")
    if word is None:
        return _choice(ctx, "choice", options, prefix) if options is not None else FieldType("text")
    name = word.text.strip()
    many = nodes.yes(node, "many")
    if options is not None:
        return _choice(ctx, "multi_choice" if name == "multi_choice" else "choice", options, prefix)
    if name in ("choice", "multi_choice"):
        return FieldType("text")
    if name in FIELD_TYPES:
        return FieldType(
            FIELD_TYPES[name].name,
            currency=nodes.text(node, "currency", "EUR"),
            accept=nodes.texts(node, "accept"),
            max_mb=nodes.integer(node, "max_mb", 20),
            many=many,
        )
    if prefix + name in ctx.lists:
        return FieldType("multi_choice" if many else "choice", options=prefix + name)
    if name in ctx.lists:
        return FieldType("multi_choice" if many else "choice", options=name)
    if name in ctx.record_types:
        return FieldType("record", record=name, many=many)
    if FIELDS_OF.fullmatch(name):
        return _choice(ctx, "multi_choice" if many else "choice", word, prefix)
    ctx.report(_unknown_type(ctx, word))
    return FieldType("text", record="?")


def _choice(ctx: Context, kind: Choice, options: Scalar, prefix: str) -> FieldType:
    name = options.text.strip()
    of_form = FIELDS_OF.fullmatch(name)
    if of_form is not None:
        known = fields_list(of_form["form"])
        ctx.lists.setdefault(known, OptionList(known, ()))
        return FieldType(kind, options=known)
    known = prefix + name if prefix + name in ctx.lists else name
    if known not in ctx.lists:
        best = closest(name, [one for one in ctx.lists if "/" not in one])
        key = ctx.list_keys.get(best) if best else None
        have = ", ".join(one for one in ctx.lists if not one.startswith(FIELDS))
        ctx.report(
            Diagnostic(
                "AW102",
                "error",
                options.span,
                Text(f"Eine Auswahlliste „{name}“ gibt es hier nicht", f"There is no list “{name}” here"),
                related=(Label(key.span, Text("gemeint?", "meant?")),) if key is not None else (),
                advice=(
                    *((Advice(TRY, same(f"options: {best}")),) if best else ()),
                    *((Advice(HERE, same(have)),) if have else ()),
                ),
            )
        )
        return FieldType("text", record="?")
    return FieldType(kind, options=known)


def fields_list(form: str) -> str:
    """The id of the list that `fields of <form>` stands for."""
    return f"{FIELDS}{form}"


def fill_fields_of(ctx: Context, name: str, form: str) -> None:
    """Give the list `fields of <form>` its options: every field a person may fill in."""
    types = ctx.form_types.get(form)
    if types is None:
        return
    found = [Option(one.path, one.title) for one in types.source.fields if one.scalar("compute") is None]
    ctx.lists[name] = OptionList(name, tuple(found))


def static_type(ctx: Context, kind: FieldType) -> st.Type:
    """What an expression sees of a field: FEEL's types, amounts with their currency, choices with their options."""
    if kind.record == "?":
        return st.ANY
    if kind.name == "record":
        types = ctx.record_types.get(kind.record)
        found = st.record(types.record()) if types is not None else st.ANY
    elif kind.name in ("choice", "multi_choice"):
        found = ctx.enum_of(kind.options)
        return st.list_of(found) if kind.name == "multi_choice" else found
    elif kind.name == "money":
        found = st.money(kind.currency)
    else:
        found = st.of_facts(FIELD_TYPES[kind.name])
    return st.list_of(found) if kind.many else found


def field_type_of(kind: st.Type, otherwise: FieldType) -> FieldType:
    """The type of a computed field that does not name one: that of its expression."""
    if kind.kind == "number":
        return FieldType("integer" if kind.integer else "number")
    if kind.kind == "money":
        return FieldType("money", currency=kind.name or "EUR")
    if kind.kind == "enum":
        return FieldType("choice", options=kind.name)
    if kind.kind == "list" and kind.element is not None and kind.element.kind == "enum":
        return FieldType("multi_choice", options=kind.element.name)
    named = OF_KIND.get(kind.kind)
    return FieldType(named) if named is not None else otherwise


def _unknown_type(ctx: Context, word: Scalar) -> Diagnostic:
    best = closest(word.text, ctx.known_types())
    have = ", ".join(FIELD_TYPES)
    return Diagnostic(
        "AW102",
        "error",
        word.span,
        Text(f"Einen Typ „{word.text}“ gibt es nicht", f"There is no type “{word.text}”"),
        advice=(
            *((Advice(TRY, same(f"type: {best}")),) if best else ()),
            Advice(CHOICES, same(have)),
        ),
    )

"""The compile's shared state: files, findings, names, and the few questions everybody asks.

In: the trees and texts of a folder (`Files`). Out: findings and compiled parts. The flow compiler sees this object
through `amtsweg.dsl.flow.files.FlowContext`; the compilers of forms, decisions and letters use it directly. Two phases:
first every name is declared with its static type, then expressions are compiled, so that order in the file is free.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from amtsweg.dsl import nodes
from amtsweg.dsl.compile import expressions
from amtsweg.dsl.compile import statics as st
from amtsweg.dsl.compile.decisions import DecisionSource
from amtsweg.dsl.compile.fieldtypes import read_field_type, static_type
from amtsweg.dsl.compile.files import Files
from amtsweg.dsl.compile.forms import FormTypes, form_scope
from amtsweg.dsl.compile.head import COMMON_ROLES, RoleSource
from amtsweg.dsl.compile.letters import compile_text
from amtsweg.dsl.compile.scope import Names, Scope
from amtsweg.dsl.compile.suggestions import line_with
from amtsweg.dsl.diagnostics import HERE, TRY, Advice, Diagnostic, Label, Text, same
from amtsweg.dsl.fieldtypes import FIELD_TYPES
from amtsweg.dsl.flow.files import BlockSource, FileScope
from amtsweg.dsl.flow.source import StepSource
from amtsweg.dsl.procedure import (
    Connector,
    Decision,
    Expr,
    FieldType,
    Form,
    Letter,
    OptionList,
    Parameter,
    Part,
    RecordType,
)
from amtsweg.dsl.suggest import closest
from amtsweg.dsl.yamltree import Node, Scalar

Expected = str | st.Type | None


class Library(Protocol):
    """How building blocks are found and opened; `amtsweg.dsl.compile.blocks` has the one there is."""

    def find(self, ctx: Context, name: Scalar) -> BlockSource | None: ...

    def open(
        self,
        ctx: Context,
        block: BlockSource,
        prefix: str,
        references: dict[str, str],
        given: dict[str, Scalar],
        caller: Scope,
    ) -> Scope: ...

    def outs(
        self, ctx: Context, block: BlockSource, prefix: str, references: dict[str, str], caller: Scope
    ) -> dict[str, st.Type]: ...


@dataclass(eq=False)
class Context:
    """One compilation. Everything found is in `diagnostics`; what is compiled is in the dictionaries."""

    files: Files
    library: Library
    diagnostics: list[Diagnostic] = field(default_factory=list)
    roles: dict[str, RoleSource] = field(default_factory=dict)
    used_roles: dict[str, str] = field(default_factory=dict)
    lists: dict[str, OptionList] = field(default_factory=dict)
    option_keys: dict[tuple[str, str], Scalar] = field(default_factory=dict)
    list_keys: dict[str, Scalar] = field(default_factory=dict)
    form_types: dict[str, FormTypes] = field(default_factory=dict)
    record_types: dict[str, FormTypes] = field(default_factory=dict)
    decision_sources: dict[str, DecisionSource] = field(default_factory=dict)
    compiled_forms: dict[str, Form] = field(default_factory=dict)
    compiled_letters: dict[str, Letter] = field(default_factory=dict)
    compiled_decisions: dict[str, Decision] = field(default_factory=dict)
    parameters: dict[str, Parameter] = field(default_factory=dict)
    compiled_types: dict[str, RecordType] = field(default_factory=dict)
    connectors: dict[str, Connector] = field(default_factory=dict)
    form_outcomes: dict[str, dict[str, None]] = field(default_factory=dict)
    scopes: dict[str, Scope] = field(default_factory=dict)
    names: Names = field(default_factory=Names)
    blocks: dict[str, BlockSource | None] = field(default_factory=dict)
    slot_types: dict[str, st.Type] = field(default_factory=dict)
    compiled: dict[str, expressions.Compiled] = field(default_factory=dict)
    quiet: int = 0

    # ------------------------------------------------------------------------------------------------------- findings

    def report(self, diagnostic: Diagnostic) -> None:
        """Take a finding; the same one at the same place counts once."""
        if not self.quiet and diagnostic not in self.diagnostics:
            self.diagnostics.append(diagnostic)

    def declare(self, name: str, kind: str, key: Scalar) -> bool:
        """Take a name of the procedure's one namespace; False (and a finding) if something else has it."""
        found = self.names.declare(name, kind, key)
        if found is not None:
            self.report(found)
        return found is None

    # ---------------------------------------------------------------------------------------------------- expressions

    def expr(self, scalar: Scalar, scope: Scope, expected: Expected = None) -> Expr:
        """A checked expression; findings point into the file, whatever the scalar stands in.

        `expected` is a static type or its text; a value that does not fit is a finding. An expression that could not
        be read comes back with the type `Any`, so that nothing else is found because of it.
        """
        return self._keep(expressions.compile_expression(self, scalar, scope, self._type(expected)))

    def synth(self, text: str, like: Scalar, scope: Scope, expected: Expected = None) -> Expr:
        """An expression that the compiler writes itself; what is wrong with it is told at `like`."""
        return self.expr(Scalar.made(text, like.span), scope, expected)

    def hole(self, scalar: Scalar, scope: Scope) -> Expr:
        """A value that is printed in a text: it must be there, and be something people can read."""
        return self._keep(expressions.compile_hole(self, scalar, scope))

    def period(self, scalar: Scalar, scope: Scope) -> Expr:
        """A period (`2 weeks`), a date formula (`1 month after bescheid.served`), a date, or a moment."""
        return self._keep(expressions.compile_period(self, scalar, scope))

    def unary(self, cell: Scalar, tested: st.Type, scope: Scope) -> Expr:
        """A cell of a decision table: the test of a value of type `tested`."""
        return self._keep(expressions.compile_unary(self, cell, tested, scope))

    def text(self, scalar: Scalar, scope: Scope) -> tuple[Part, ...]:
        """A caption or sentence with `{{ }}` holes."""
        return compile_text(self, scalar, scope)

    def infer(self, scalar: Scalar, scope: Scope, expected: Expected = None) -> st.Type | None:
        """The static type of an expression; None (and no finding) where it cannot be read."""
        self.quiet += 1
        try:
            return expressions.compile_expression(self, scalar, scope, self._type(expected)).type
        finally:
            self.quiet -= 1

    def silent_tree(self, scalar: Scalar | None, scope: Scope) -> st.Tree | None:
        """The typed tree of a condition, without findings."""
        if scalar is None:
            return None
        self.quiet += 1
        try:
            found = expressions.compile_expression(self, scalar, scope, None)
        finally:
            self.quiet -= 1
        return found.tree

    def reads(self, expr: Expr) -> tuple[tuple[str, ...], ...]:
        """The paths an expression reads (`("hunde", "satz")`), as far as they are plain."""
        found = self.compiled.get(_key(expr))
        return found.reads if found is not None else ()

    def type_of(self, expr: Expr) -> st.Type:
        """The static type of a compiled expression."""
        found = self.compiled.get(_key(expr))
        return found.type if found is not None else st.ANY

    def _keep(self, found: expressions.Compiled) -> Expr:
        self.compiled[_key(found.expr)] = found
        return found.expr

    def _type(self, expected: Expected) -> st.Type | None:
        return st.of_text(expected) if isinstance(expected, str) else expected

    # ---------------------------------------------------------------------------------------------------------- types

    def static_type(self, kind: FieldType) -> st.Type:
        """What an expression sees of a field of this type."""
        return static_type(self, kind)

    def type_word(self, word: Scalar) -> st.Type:
        """The static type for a word in `inputs:` or `type:`: a field type, a list, an own record type, a form."""
        return static_type(self, read_field_type(self, word, word, ""))

    def finish_type(self, kind: FieldType, node: Node | None, scope: Scope) -> FieldType:
        """A field's type with the expression that narrows its options."""
        only = nodes.scalar(node, "only")
        return kind if only is None else replace(kind, only=self.expr(only, scope))

    def outcomes_of_form(self, form: str) -> tuple[str, ...]:
        """The outcomes of all tasks that show a form."""
        return tuple(self.form_outcomes.get(form, ()))

    def enum_of(self, name: str) -> st.Type:
        """The static type of a choice from a list."""
        found = self.lists.get(name)
        return st.ANY if found is None else st.enum(found.part_of or name, [o.id for o in self._whole(found)])

    def _whole(self, found: OptionList) -> Iterable[Any]:
        whole = self.lists.get(found.part_of) if found.part_of else None
        return (whole or found).options

    # --------------------------------------------------------------------------------------------------------- scopes

    def scope_of(self, form: str) -> Scope:
        """The scope of the file a form stands in."""
        prefix = form.rpartition("/")[0]
        return self.scopes[f"{prefix}/" if prefix else ""]

    def scope_with(self, scope: Scope, names: Mapping[str, Any]) -> Scope:
        """The scope with further names: name -> type or its text."""
        return scope.with_names({name: st.of_text(t) if isinstance(t, str) else t for name, t in names.items()})

    def element_scope(self, scope: Scope, items: Expr, name: str) -> Scope:
        """The scope inside a `for_each`: the element under its name, `item`, `position`."""
        element = st.element_of(self.type_of(items))
        return scope.with_names({name: element, "item": element, "position": st.INTEGER})

    def form_scope(self, scope: Scope, form: str) -> Scope:
        """The scope in which the fields of a form stand by their bare ids."""
        types = self.form_types.get(form)
        return scope if types is None else form_scope(self, types, scope)

    # ------------------------------------------------------------------------------------------ forms, letters, roles

    def forms(self) -> dict[str, Form]:
        """All compiled forms by id."""
        return self.compiled_forms

    def form_ids(self) -> Iterable[str]:
        """The ids of all declared forms, compiled or not."""
        return (*self.form_types, *self.compiled_forms)

    def letters(self) -> dict[str, Letter]:
        """All compiled letters by id."""
        return self.compiled_letters

    def line_with(self, scalar: Scalar, new: str) -> str:
        """The line of the file in which a scalar stands, with something else in its place."""
        return line_with(self.files.sources, scalar, 0, len(scalar.text), new)

    def is_role(self, name: str) -> bool:
        """Whether a role of that name is declared, or is one that every town hall has."""
        if name in self.roles:
            return True
        if name in COMMON_ROLES:
            self.used_roles.setdefault(name, COMMON_ROLES[name])
            return True
        return False

    def check_role(self, scalar: Scalar) -> None:
        """AW102 where a role is named that does not exist."""
        if self.is_role(scalar.text):
            return
        best = closest(scalar.text, [*self.roles, *COMMON_ROLES])
        key = self.roles[best].key if best in self.roles else None
        have = ", ".join(self.roles)
        self.report(
            Diagnostic(
                "AW102",
                "error",
                scalar.span,
                Text(f"Eine Rolle „{scalar.text}“ gibt es hier nicht", f"There is no role “{scalar.text}” here"),
                related=(Label(key.span, Text("gemeint?", "meant?")),) if key is not None else (),
                advice=(
                    *((Advice(TRY, same(best)),) if best else ()),
                    Advice(HERE, same(have)),
                ),
            )
        )

    # ---------------------------------------------------------------------------------------------------------- files

    def letter_files(self, template: str, prefix: str) -> tuple[tuple[str, Scalar], ...]:
        """The texts of a letter by language."""
        return self.files.letter(template, self.folder_of(prefix))

    def folder_of(self, prefix: str) -> str:
        """The block whose files belong to a prefix ("" for the procedure)."""
        return self.files.block_at.get(prefix, "")

    def read_beside(self, name: str) -> str | None:
        """The text of another file of the folder."""
        return self.files.beside(name)

    def name_beside(self, name: str) -> str:
        """How messages call another file of the folder."""
        return self.files.name(name)

    # --------------------------------------------------------------------------------------------------------- blocks

    def block(self, name: Scalar) -> BlockSource | None:
        """The building block of that name; AW102 where there is none."""
        return self.library.find(self, name)

    def open_block(
        self, block: BlockSource, prefix: str, inputs: dict[str, Scalar], file: FileScope, call: StepSource
    ) -> Scope:
        """Compile what a block declares under a prefix; the scope of its expressions."""
        references = {
            name: file.refs.get(given.text, file.full(given.text))
            for name, given in inputs.items()
            if block.inputs.get(name) != "value"
        }
        return self.library.open(self, block, prefix, references, inputs, file.scope)

    def block_outs(
        self, block: BlockSource, prefix: str, references: dict[str, str], caller: Scope
    ) -> dict[str, st.Type]:
        """The static types of what a block gives back, found before it is expanded."""
        return self.library.outs(self, block, prefix, references, caller)

    def known_types(self) -> tuple[str, ...]:
        """Every word that `type:` may name."""
        return (*FIELD_TYPES, *self.record_types, *self.lists)


def _key(expr: Expr) -> str:
    return f"{expr.at}\0{expr.text}\0{expr.type}"

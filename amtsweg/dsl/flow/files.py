"""What a step sees while it is compiled: its file (procedure or building block), names, roles, and the way out.

A procedure is one `FileScope`; every `use` of a building block opens another one inside it, with its own prefix, its
own expression scope and the caller's ways as its ends. `FlowContext` is what this room needs from the rest of the
compiler: expressions, texts, findings. Nothing here knows how they are made.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from amtsweg.dsl.diagnostics import Diagnostic
from amtsweg.dsl.flow.layout import Block, FlowBuilder, Site
from amtsweg.dsl.flow.source import FlowSource, StageSource, StepSource
from amtsweg.dsl.procedure import Expr, Form, Letter, Part
from amtsweg.dsl.yamltree import Mapping, Scalar

Scope = Any


@dataclass(frozen=True, slots=True)
class BlockSource:
    """A building block as it was read: what it declares, and its flow.

    `inputs` are (name, kind) where kind is `value` or a reference (`form`, `letter`, `step`, `role`); `required` lists
    the inputs without a default. `outs` are name -> expression text node.
    """

    id: str
    node: Mapping
    flow: FlowSource
    inputs: dict[str, str]
    defaults: dict[str, Scalar]
    outs: dict[str, Scalar]
    outcomes: tuple[str, ...]
    roles: tuple[str, ...]
    file: str


class FlowContext(Protocol):
    """What the flow compiler asks of the rest of the compiler."""

    def expr(self, scalar: Scalar, scope: Scope, expected: str | None = None) -> Expr: ...

    def synth(self, text: str, like: Scalar, scope: Scope, expected: str | None = None) -> Expr: ...

    def period(self, scalar: Scalar, scope: Scope) -> Expr: ...

    def text(self, scalar: Scalar, scope: Scope) -> tuple[Part, ...]: ...

    def report(self, diagnostic: Diagnostic) -> None: ...

    def scope_with(self, scope: Scope, names: dict[str, str]) -> Scope:
        """The scope with further names: name -> type text."""
        ...

    def element_scope(self, scope: Scope, items: Expr, name: str) -> Scope:
        """The scope inside a `for_each`: the element under its name, `item`, `position`."""
        ...

    def form_scope(self, scope: Scope, form: str) -> Scope:
        """The scope in which the fields of a form stand by their bare ids (guards of outcomes, checks of buttons)."""
        ...

    def block(self, name: Scalar) -> BlockSource | None:
        """The building block of that name; reports and returns None where there is none."""
        ...

    def open_block(
        self, block: BlockSource, prefix: str, inputs: dict[str, Scalar], file: FileScope, call: StepSource
    ) -> Scope:
        """Compile what the block declares (forms, letters, lists) under a prefix; the scope of its expressions.

        References are bound to the caller's things, values become slots `<prefix><input>`.
        """
        ...

    def forms(self) -> dict[str, Form]: ...

    def form_ids(self) -> Iterable[str]:
        """The ids of all declared forms, compiled or not."""
        ...

    def letters(self) -> dict[str, Letter]: ...

    def line_with(self, scalar: Scalar, new: str) -> str:
        """The line of the file in which a scalar stands, with something else in its place."""
        ...

    def is_role(self, name: str) -> bool: ...

    def check_role(self, scalar: Scalar) -> None:
        """Report a role that nobody declared."""
        ...


@dataclass(eq=False)
class FileScope:
    """One file's steps while they are laid out: `prefix` is "" for the procedure, `nachfordern/` inside that step."""

    source: FlowSource
    scope: Scope
    prefix: str = ""
    outer: FileScope | None = None
    call: StepSource | None = None
    block: BlockSource | None = None
    use: Block | None = None
    sites: dict[str, Site] = field(default_factory=dict)
    steps: dict[str, StepSource] = field(default_factory=dict)
    builders: dict[str, FlowBuilder] = field(default_factory=dict)
    stages: dict[str, tuple[StageSource, Block]] = field(default_factory=dict)
    side: dict[str, str] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)
    used: dict[str, FileScope] = field(default_factory=dict)
    element_scopes: dict[int, Scope] = field(default_factory=dict)

    def full(self, name: str) -> str:
        """The id in the compiled machine."""
        return self.prefix + name

    def role(self, name: str) -> str:
        """A role's id as the procedure knows it (blocks see the caller's roles under their own names)."""
        mapped = self.roles.get(name, name)
        return self.outer.role(mapped) if self.outer is not None else mapped

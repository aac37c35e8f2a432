"""An expression ready to run: from a tree or from its data, without the parser."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from amtsweg.dsl.feel import tree as t
from amtsweg.dsl.feel.compiler import compile_tree
from amtsweg.dsl.feel.env import Env
from amtsweg.dsl.feel.interpreter import Traced, evaluate
from amtsweg.dsl.feel.operators import operators

Value = Any


class Expression:
    """A compiled expression, called with a mapping of names (FEEL values) and, if needed, an environment.

    Parameters
    ----------
    tree: its tree.
    mode: `spec` or `strict`.
    text: as it was written, for messages.
    """

    __slots__ = ("__dict__", "mode", "run", "text", "tree")

    def __init__(self, tree: t.Node, mode: str = "spec", text: str = "") -> None:
        self.tree = tree
        self.mode = mode
        self.text = text
        self.run = compile_tree(tree, mode)

    @classmethod
    def from_data(cls, data: Any, mode: str = "strict", text: str = "") -> Expression:
        """The expression whose tree was written with `tree.to_data`."""
        return cls(t.from_data(data), mode, text)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names it reads from its frame (built-ins among them)."""
        from amtsweg.dsl.feel.builtins import BUILTINS

        called = {"today", "now"} | set(BUILTINS)
        return tuple(name for name in t.free_names(self.tree) if name not in called)

    def __call__(self, frame: Mapping[str, Value], env: Env | None = None) -> Value:
        """Its value. Raises `FeelError` in strict mode where an operation is undefined."""
        return self.run(frame, env)

    def explain(self, frame: Mapping[str, Value], env: Env | None = None) -> tuple[Value, tuple[Traced, ...]]:
        """Its value, and every part of it with the value that part had, innermost first."""
        trace: list[Traced] = []
        value = evaluate(self.tree, frame, env, operators(self.mode), trace)
        return value, tuple(trace)

"""The public face of the expression language (FEEL, DMN 1.5).

>>> from amtsweg import feel
>>> feel.evaluate("if income > 20000 then fee * 1.19 else 0", {"income": 25000, "fee": 100})
Decimal('119.00')
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Literal

from amtsweg.dsl.feel import parser, types
from amtsweg.dsl.feel.env import Env
from amtsweg.dsl.feel.expressions import Expression as Ready
from amtsweg.dsl.feel.interpreter import Traced
from amtsweg.dsl.feel.operators import FeelError
from amtsweg.dsl.feel.types import Type
from amtsweg.dsl.feel.values import from_python, to_python
from amtsweg.errors import ExpressionError

Mode = Literal["spec", "strict"]


class Expression:
    """A compiled expression that takes and gives plain Python values; `names` are those it reads."""

    __slots__ = ("_ready",)

    def __init__(self, ready: Ready) -> None:
        self._ready = ready

    @property
    def text(self) -> str:
        return self._ready.text

    @property
    def names(self) -> tuple[str, ...]:
        return self._ready.names

    def __call__(self, context: Mapping[str, Any], env: Env | None = None) -> Any:
        """The value for a mapping of names to Python or FEEL values. Raises FeelError in strict mode."""
        return to_python(self._ready({name: from_python(value) for name, value in context.items()}, env))

    def explain(self, context: Mapping[str, Any], env: Env | None = None) -> tuple[Any, tuple[Traced, ...]]:
        """The value, and the value of every part, innermost first."""
        value, trace = self._ready.explain({name: from_python(v) for name, v in context.items()}, env)
        return to_python(value), trace


def compile(text: str, names: Mapping[str, Type] | Iterable[str] | None = None, mode: Mode = "spec") -> Expression:
    """Compile an expression.

    Parameters
    ----------
    text: FEEL of DMN 1.5; in `strict` mode also amounts, per cent and periods.
    names: the names in scope with their types (or only the names); needed where names hold blanks or signs.
    mode: `spec` gives null where the standard does, `strict` raises.

    Raises ExpressionError, with line and column, if the text cannot be read.
    """
    known: set[str] = set()
    if isinstance(names, Mapping):
        for name, kind in names.items():
            known.add(name)
            known.update(types.names_in(kind))
    elif names is not None:
        known.update(names)
    return _compiled(text, frozenset(known), mode)


@lru_cache(maxsize=4096)
def _compiled(text: str, names: frozenset[str], mode: Mode) -> Expression:
    tree = parser.parse(text, names, units=mode == "strict")
    return Expression(Ready(tree, mode, text))


def evaluate(text: str, context: Mapping[str, Any] | None = None, mode: Mode = "spec", env: Env | None = None) -> Any:
    """The value of an expression in a context of Python values; the context's keys are known names.

    Raises ExpressionError if the text cannot be read, FeelError (one of them) where `strict` mode refuses.
    """
    context = context or {}
    return compile(text, names_of(context), mode)(context, env)


def names_of(value: Any) -> set[str]:
    """All names in a context and in the contexts inside it."""
    found: set[str] = set()
    if isinstance(value, Mapping):
        for key, inner in value.items():
            found.add(str(key))
            found |= names_of(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            found |= names_of(inner)
    return found


__all__ = ["Env", "Expression", "ExpressionError", "FeelError", "Type", "compile", "evaluate", "names_of"]

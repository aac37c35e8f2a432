"""Decisions: a table of rules, or one expression."""

from __future__ import annotations

from dataclasses import dataclass

from amtsweg.dsl.procedure.expressions import Expr


@dataclass(frozen=True, slots=True)
class TableRule:
    """One row: a unary test per input column (None for `-`), an expression per output column, and its place."""

    tests: tuple[Expr | None, ...]
    outputs: tuple[Expr, ...]
    at: str = ""
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision: a table or one expression.

    `inputs` are (name, type text); a decision without inputs reads the case. `columns` are the input expressions of the
    table (DMN 1.5, 8.2.9); `outputs` are the output names ("" for a single unnamed one) with their type texts.
    """

    id: str
    title: str
    inputs: tuple[tuple[str, str], ...] = ()
    output: str = "Any"
    value: Expr | None = None
    hit_policy: str = "unique"
    aggregation: str = ""
    columns: tuple[Expr, ...] = ()
    outputs: tuple[tuple[str, str], ...] = ()
    rules: tuple[TableRule, ...] = ()
    by_tenant: bool = False
    law: str = ""
    at: str = ""

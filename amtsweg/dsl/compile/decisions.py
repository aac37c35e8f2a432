"""Decisions: signatures first, then tables (pipe tables or CSV files) and single expressions.

In: the node of one decision. Out: `Decision`, whose columns, tests and outputs are checked expressions with the place
of their cell. A table's head names the inputs (a name or an expression) and, after `=`, the outputs; the first column
marked with `=` begins the outputs, without a mark it is the last one. Columns headed `#` are remarks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from amtsweg.dsl import nodes
from amtsweg.dsl.compile import statics as st
from amtsweg.dsl.compile.scope import Scope
from amtsweg.dsl.compile.tables import Grid, Row, read_csv, read_pipes
from amtsweg.dsl.diagnostics import Advice, Diagnostic, Label, Text
from amtsweg.dsl.procedure import Decision, Expr, TableRule
from amtsweg.dsl.yamltree import Mapping, Scalar

if TYPE_CHECKING:
    from amtsweg.dsl.compile.context import Context

HIT_POLICIES = ("unique", "first", "priority", "any", "collect", "rule_order", "output_order")
AGGREGATIONS = ("sum", "count", "min", "max")


@dataclass(eq=False)
class DecisionSource:
    """A decision as written, with its static signature."""

    id: str
    key: Scalar
    node: Mapping
    inputs: dict[str, st.Type]
    input_keys: dict[str, Scalar]
    output: st.Type
    outputs: dict[str, st.Type]

    @property
    def hit_policy(self) -> tuple[str, str]:
        """The hit policy and, for `collect`, how results are put together (`collect sum`)."""
        words = nodes.text(self.node, "hit_policy", "unique").strip().lower().replace(" ", "_").split("_")
        name = "_".join(words)
        if words[0] == "collect" and len(words) == 2 and words[1] in AGGREGATIONS:
            return "collect", words[1]
        return (name if name in HIT_POLICIES else "unique"), ""

    @property
    def result(self) -> st.Type:
        """The type that a call gives: the output, or a list of it where several rows may answer."""
        policy, aggregation = self.hit_policy
        if aggregation == "count":
            return st.INTEGER
        if policy in ("collect", "rule_order", "output_order") and not aggregation:
            return st.list_of(self.output)
        return self.output


def declare_decision(ctx: Context, key: Scalar, node: Mapping, full: str) -> DecisionSource:
    """The signature: typed inputs, one output or several named ones."""
    inputs, keys = {}, {}
    for name, value in nodes.entries(node, "inputs"):
        keys[name.text] = name
        inputs[name.text] = ctx.type_word(value) if isinstance(value, Scalar) else st.ANY
    outputs = {
        name.text: ctx.type_word(value) if isinstance(value, Scalar) else st.ANY
        for name, value in nodes.entries(node, "outputs")
    }
    word = nodes.scalar(node, "output")
    output = ctx.type_word(word) if word is not None else (st.record(outputs) if outputs else st.ANY)
    return DecisionSource(full, key, node, inputs, keys, output, outputs)


def compile_decision(ctx: Context, source: DecisionSource, base: Scope) -> Decision:
    """The decision with its expressions; a decision without inputs reads the case."""
    scope = base
    if source.inputs:
        scope = base.inside(("decision", source.key.text), source.inputs, tuple(source.inputs), source.input_keys, {})
    policy, aggregation = source.hit_policy
    title, law = nodes.text(source.node, "title", source.key.text), nodes.text(source.node, "law")
    at = str(source.key.span)
    inputs = tuple((name, st.show(kind)) for name, kind in source.inputs.items())
    by_tenant = nodes.text(source.node, "by") == "tenant"
    value = nodes.scalar(source.node, "value")
    if value is not None:
        expr = ctx.expr(value, scope, source.output)
        kind = expr.type if st.is_any(source.output) else st.show(source.output)
        return Decision(source.id, title, inputs, kind, expr, by_tenant=by_tenant, law=law, at=at)
    table = nodes.scalar(source.node, "table")
    compiled = _Table((), (), ())
    if table is not None:
        grid = _grid(ctx, table)
        if grid is not None:
            compiled = _table(ctx, source, grid, scope)
    return Decision(
        source.id,
        title,
        inputs,
        st.show(source.result),
        hit_policy=policy.replace("_", " "),
        aggregation=aggregation,
        columns=compiled.columns,
        outputs=compiled.outputs,
        rules=compiled.rules,
        by_tenant=by_tenant,
        law=law,
        at=at,
    )


@dataclass(frozen=True, slots=True)
class _Table:
    columns: tuple[Expr, ...]
    outputs: tuple[tuple[str, str], ...]
    rules: tuple[TableRule, ...]


def _grid(ctx: Context, table: Scalar) -> Grid | None:
    text = table.text.strip()
    if "\n" in text or "|" in text:
        return read_pipes(table)
    content = ctx.read_beside(text) if text.lower().endswith(".csv") else None
    if content is not None:
        return read_csv(content, ctx.name_beside(text))
    ctx.report(
        Diagnostic(
            "AW405",
            "error",
            table.span,
            Text(f"Eine Tabelle „{text}“ liegt nicht in diesem Ordner", f"There is no table “{text}” in this folder"),
            body=(
                Text(
                    "Eine Tabelle steht hier, mit | zwischen den Spalten, oder in einer Datei mit der Endung .csv.",
                    "A table stands here, with | between the columns, or in a file that ends in .csv.",
                ),
            ),
        )
    )
    return None


def _table(ctx: Context, source: DecisionSource, grid: Grid, scope: Scope) -> _Table:
    head = grid.head
    if head is None:
        return _Table((), (), ())
    first = _first_output(head)
    last = next((i for i, cell in enumerate(head.cells) if cell.text.startswith("#")), len(head.cells))
    tests, results = head.cells[:first], head.cells[first:last]
    columns = tuple(ctx.expr(cell, scope) for cell in tests)
    kinds = tuple(ctx.type_of(column) for column in columns)
    outputs = _outputs(source, results)
    rules = []
    for row in grid.rows:
        if len(row.cells) != len(head.cells):
            ctx.report(_cells_missing(source, head, row))
            continue
        rules.append(_rule(ctx, row, first, last, kinds, outputs, scope))
    shown = tuple((name, st.show(kind)) for name, kind in outputs)
    return _Table(columns, shown, tuple(rules))


def _first_output(head: Row) -> int:
    marked = next((i for i, cell in enumerate(head.cells) if cell.text.startswith("=")), None)
    if marked is not None:
        return marked
    remarks = next((i for i, cell in enumerate(head.cells) if cell.text.startswith("#")), len(head.cells))
    return max(0, remarks - 1)


def _outputs(source: DecisionSource, cells: tuple[Scalar, ...]) -> tuple[tuple[str, st.Type], ...]:
    """Names and types of the output columns; a single one needs no name."""
    if not source.outputs:
        return tuple(("" if len(cells) == 1 else cell.text.lstrip("= ").strip(), source.output) for cell in cells)
    found = []
    for cell in cells:
        name = cell.text.lstrip("= ").strip()
        found.append((name, source.outputs.get(name, st.ANY)))
    return tuple(found)


def _rule(
    ctx: Context,
    row: Row,
    first: int,
    last: int,
    kinds: tuple[st.Type, ...],
    outputs: tuple[tuple[str, st.Type], ...],
    scope: Scope,
) -> TableRule:
    tests = tuple(
        None if cell.text in ("-", "") else ctx.unary(cell, kind, scope)
        for cell, kind in zip(row.cells[:first], kinds, strict=True)
    )
    results = tuple(ctx.expr(cell, scope, kind) for cell, (_, kind) in zip(row.cells[first:last], outputs, strict=True))
    return TableRule(tests, results, str(row.span), tuple(cell.text for cell in row.cells))


def _cells_missing(source: DecisionSource, head: Row, row: Row) -> Diagnostic:
    """AW404: a row with more or fewer cells than the head."""
    have, want = len(row.cells), len(head.cells)
    many = have > want
    place = row.cells[want].span if many else row.span
    cells_de = f"{have} Zelle" if have == 1 else f"{have} Zellen"
    cells_en = f"{have} cell" if have == 1 else f"{have} cells"
    return Diagnostic(
        "AW404",
        "error",
        place,
        Text(
            f"Zeile {row.number} hat {cells_de}, die Tabelle hat {want} Spalten",
            f"Row {row.number} has {cells_en}, the table has {want} columns",
        ),
        caret=Text("zu viel", "too many") if many else Text("zu wenig", "too few"),
        body=(
            Text(
                f"In „{source.key.text}“ bliebe offen, welche Zelle zu welcher Spalte gehört.",
                f"In “{source.key.text}” nobody could tell which cell belongs to which column.",
            ),
        ),
        related=(Label(head.span, Text(f"{want} Spalten", f"{want} columns")),),
        advice=(
            Advice(
                Text("Abhilfe", "Way out"),
                Text(
                    "Eine Spalte ohne Bedingung bekommt einen Strich: -",
                    "A column without a condition gets a dash: -",
                ),
            ),
        ),
    )

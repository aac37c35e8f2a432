"""Decision tables: every hit policy, and an index that never says anything else than running the cells."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amtsweg.dsl.dmn.boxes import Boxes
from amtsweg.dsl.dmn.items import ANY
from amtsweg.dsl.dmn.language import Language, Mode
from amtsweg.dsl.dmn.model import Aggregation, DecisionTable, Formula, HitPolicy, InputClause, OutputClause, Rule
from amtsweg.dsl.feel import parser, table, table_cells, tree
from amtsweg.dsl.feel.compiler import compile_tree
from amtsweg.dsl.feel.table_build import build, table_operators
from amtsweg.dsl.feel.temporal import Date, DaysDuration, MonthsDuration
from amtsweg.dsl.procedure import Decision, Expr, TableRule
from amtsweg.dsl.source import Span
from amtsweg.errors import ExpressionError

PLACE = Span.at("t", 1, 1)

CELLS = [
    "1", "2, 3", "< 2", ">= 2", "[1..3]", "(1..3)", "not(1)", "not(1, 2)", "not(< 2)", "not([1..2])", "!= 1", "-1",
    "[-1..0)",
    '"a"', '"a", "b"', 'not("a")', '< "b"', '["a".."b"]', "true", "false", "not(true)", "null", "not(null)", "null, 1",
    "not(null, 1)", "!= null", "1, \"a\"", "not(1, \"a\")", 'date("2026-01-01")',
    '< date("2026-06-01")', '@"2026-01-01"',
    'not(date("2026-01-01"))', 'duration("P1D")', '<= duration("P2D")', 'duration("P1M")', "[1, 2]", "[[1..2], [5..6]]",
    "limit", "? > limit", "count(?) > 1", "< limit", "1 + 1", "not(limit)", "(< 3)", "= 2", "not(= 2)", "not(!= 2)",
    "-",
]  # fmt: skip

VALUES: list[Any] = [
    None, True, False, Decimal(0), Decimal(1), Decimal(2), Decimal("2.5"), Decimal(3), Decimal(-1), "", "a", "b", "c",
    Date(2026, 1, 1), Date(2025, 12, 31), DaysDuration(86_400 * 10**9), MonthsDuration(1), [Decimal(1)],
    [Decimal(1), Decimal(2)], [], {"a": Decimal(1)},
]  # fmt: skip


def outcome(run: Any, value: Any) -> Any:
    try:
        return run({"?": value, "v": value, "limit": Decimal(2)}, None)
    except ExpressionError as problem:
        return f"error {problem.code}"


def cell_table(texts: list[str], mode: Mode, indexed: bool) -> table.Table:
    rules = []
    for number, text in enumerate(texts):
        node = parser.parse_unary(text)
        cells = table_cells.cells_of(node) if indexed else None
        rules.append(table.Rule((table.Test(compile_tree(node, mode), cells),), (table.Constant(Decimal(number)),)))
    column = table.Input(lambda frame, env: frame["v"], "v")
    return table.Table((column,), (table.Output(),), tuple(rules), table_operators(mode), "collect")


@pytest.mark.parametrize("mode", ["spec", "strict"])
@pytest.mark.parametrize("text", CELLS)
def test_dmn_an_indexed_cell_says_what_running_it_says_for_every_kind_of_value(text: str, mode: Mode) -> None:
    plain, indexed = cell_table([text], mode, indexed=False), cell_table([text], mode, indexed=True)
    for value in VALUES:
        assert outcome(indexed, value) == outcome(plain, value), value


@given(st.lists(st.sampled_from(CELLS), max_size=12), st.sampled_from(["spec", "strict"]))
def test_dmn_a_table_of_any_cells_answers_with_its_index_as_without(texts: list[str], mode: Mode) -> None:
    plain, indexed = cell_table(texts, mode, indexed=False), cell_table(texts, mode, indexed=True)
    for value in VALUES:
        first, second = outcome(plain, value), outcome(indexed, value)
        # Which of several failing cells is met first may differ: an index looks at fewer of them.
        if not (isinstance(first, str) and first.startswith("error") and mode == "strict"):
            assert second == first, value


def test_dmn_most_cells_of_practice_are_known_to_the_index() -> None:
    known = [text for text in CELLS if table_cells.cells_of(parser.parse_unary(text)) is not None]
    assert {"1", "2, 3", "< 2", "[1..3]", "not(1)", "!= 1", '"a", "b"', 'date("2026-01-01")', "null, 1"} <= set(known)
    assert not {"limit", "? > limit", "1 + 1", "not(null)"} & set(known)


def make(
    policy: HitPolicy,
    outputs: list[str],
    values: str = "",
    default: str = "",
    aggregation: Aggregation | None = None,
) -> DecisionTable:
    """A table of one number column `n`, whose rules are `>= 0`, `>= 1`, ... with these outputs."""
    return DecisionTable(
        (InputClause(Formula("n", PLACE), PLACE),),
        (
            OutputClause(
                "", PLACE, values=Formula(values, PLACE) if values else None,
                default=Formula(default, PLACE) if default else None,
            ),
        ),
        tuple(Rule((Formula(f">= {n}", PLACE),), (Formula(text, PLACE),), PLACE) for n, text in enumerate(outputs)),
        PLACE,
        policy,
        aggregation,
    )  # fmt: skip


def compiled(made: DecisionTable, mode: Mode = "spec") -> table.Table:
    box = Boxes(Language(mode), lambda _: ANY).compile(made, {"n": ANY})
    assert box.table is not None
    return box.table


NUMBERS = {"1": Decimal(1), "2": Decimal(2), "3": Decimal(3)}


@pytest.mark.parametrize(
    ("made", "answer"),
    [
        (make("FIRST", ["1", "2", "3"]), Decimal(1)),
        (make("ANY", ["1", "1", "3 - 2"]), Decimal(1)),
        (make("PRIORITY", ["1", "2", "3"], values="2, 3, 1"), Decimal(2)),
        (make("OUTPUT ORDER", ["1", "2", "3"], values="2, 3, 1"), [Decimal(2), Decimal(3), Decimal(1)]),
        (make("RULE ORDER", ["3", "1", "2"]), [Decimal(3), Decimal(1), Decimal(2)]),
        (make("COLLECT", ["3", "3", "2"]), [Decimal(3), Decimal(3), Decimal(2)]),
        (make("COLLECT", ["3", "3", "2"], aggregation="SUM"), Decimal(8)),
        (make("COLLECT", ["3", "3", "2"], aggregation="MIN"), Decimal(2)),
        (make("COLLECT", ["3", "3", "2"], aggregation="MAX"), Decimal(3)),
        (make("COLLECT", ["3", "3", "2"], aggregation="COUNT"), Decimal(3)),
    ],
)
def test_dmn_each_hit_policy_answers_as_chapter_8_says(made: DecisionTable, answer: Any) -> None:
    assert compiled(made)({"n": Decimal(5)}) == answer
    assert compiled(made, "strict")({"n": Decimal(5)}) == answer


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (make("UNIQUE", ["1", "2"]), "several_rules"),
        (make("ANY", ["1", "2"]), "rules_differ"),
        (make("PRIORITY", ["1", "9"], values="1, 2, n"), "no_priority"),
        (make("FIRST", ["9"], values="1, 2"), "output_not_allowed"),
    ],
)
def test_dmn_an_undefined_answer_is_null_in_spec_mode_and_an_error_in_strict_mode(
    made: DecisionTable, code: str
) -> None:
    assert compiled(made)({"n": Decimal(5)}) is None
    with pytest.raises(ExpressionError) as caught:
        compiled(made, "strict")({"n": Decimal(7)})
    assert caught.value.code in (code, "output_not_allowed")


@pytest.mark.parametrize("policy", ["UNIQUE", "FIRST", "ANY", "COLLECT", "RULE ORDER"])
def test_dmn_without_a_matching_rule_the_answer_is_null_in_both_modes(policy: HitPolicy) -> None:
    made = make(policy, ["1"])
    assert compiled(made)({"n": Decimal(-1)}) is None
    assert compiled(made, "strict")({"n": Decimal(-1)}) is None


@pytest.mark.parametrize(
    ("policy", "answer"), [("UNIQUE", Decimal(7)), ("FIRST", Decimal(7)), ("COLLECT", [Decimal(7)])]
)
def test_dmn_without_a_matching_rule_the_default_is_taken(policy: HitPolicy, answer: Any) -> None:
    assert compiled(make(policy, ["1"], default="7"))({"n": Decimal(-1)}) == answer


def test_dmn_a_trace_names_the_values_the_rules_and_their_places() -> None:
    trace = compiled(make("RULE ORDER", ["1", "n * 2", "3"])).explain({"n": Decimal(1)})
    assert trace.inputs == (("n", Decimal(1)),)
    assert [(rule.number, rule.at, rule.cells, rule.outputs) for rule in trace.fired] == [
        (1, PLACE, (">= 0", "1"), (Decimal(1),)),
        (2, PLACE, (">= 1", "n * 2"), (Decimal(2),)),
    ]
    assert trace.result == [Decimal(1), Decimal(2)]
    assert not trace.used_default


def test_dmn_a_trace_says_when_the_default_was_taken() -> None:
    trace = compiled(make("FIRST", ["1"], default="7")).explain({"n": Decimal(-1)})
    assert (trace.fired, trace.result, trace.used_default) == ((), Decimal(7), True)


def expr(text: str, unary: bool = False) -> Expr:
    return Expr(text, tree.to_data((parser.parse_unary if unary else parser.parse)(text)))


def procedure_table(hit_policy: str, aggregation: str = "") -> table.Table:
    """Dog tax: the table of a procedure, as its compiled machine holds it."""
    rows = [(["listed", "-"], "600"), (["-", "1"], "72"), (["-", "2"], "base * 2"), (["-", "> 2"], "168")]
    decision = Decision(
        "tax",
        "Tax",
        inputs=(("breed", "string"), ("position", "integer")),
        hit_policy=hit_policy,
        aggregation=aggregation,
        columns=(expr("breed"), expr("position")),
        rules=tuple(
            TableRule(
                tuple(None if cell == "-" else expr(cell, unary=True) for cell in cells), (expr(out),), f"p.yaml:{n}:1"
            )
            for n, (cells, out) in enumerate(rows, 1)
        ),
    )
    return build(decision, lambda node: compile_tree(node, "strict"), table_operators("strict"))


FRAME = {"listed": ["pitbull", "bullterrier"], "base": Decimal(60)}


@pytest.mark.parametrize(
    ("breed", "position", "tax"),
    [("pitbull", 1, 600), ("labrador", 1, 72), ("labrador", 2, 120), ("labrador", 5, 168), ("bullterrier", 3, 600)],
)
def test_dmn_a_procedures_table_reads_lists_and_parameters_from_the_frame(breed: str, position: int, tax: int) -> None:
    frame = {**FRAME, "breed": breed, "position": Decimal(position)}
    assert procedure_table("first")(frame) == Decimal(tax)


def test_dmn_a_procedures_table_says_where_the_rule_stands_that_fired() -> None:
    trace = procedure_table("first").explain({**FRAME, "breed": "labrador", "position": Decimal(2)})
    assert [(rule.number, rule.at) for rule in trace.fired] == [(3, "p.yaml:3:1")]


def test_dmn_a_procedures_table_takes_priorities_from_the_order_of_its_rules() -> None:
    rows = [("> 9", '"high"'), ("> 0", '"low"'), ("< 99", '"high"')]
    rules = tuple(TableRule((expr(cell, unary=True),), (expr(out),)) for cell, out in rows)
    decision = Decision("d", "D", hit_policy="output order", columns=(expr("n"),), rules=rules)
    made = build(decision, lambda node: compile_tree(node, "strict"), table_operators("strict"))
    assert made({"n": Decimal(5)}) == ["high", "low"]


def test_dmn_a_table_remembers_no_more_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MEMO", 2)
    made = compiled(make("FIRST", [str(n) for n in range(6)]))
    for n in (0, 1, 2, 3, 4, 1):
        assert made({"n": Decimal(n)}) == 0
    assert len(made.memo) <= 2

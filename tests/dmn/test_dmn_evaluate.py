"""The requirements graph: only what is needed, each decision once, circles told, errors placed."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from amtsweg.dsl.dmn import foreign, language
from amtsweg.dsl.dmn.evaluate import Evaluator
from amtsweg.dsl.dmn.items import ANY, Misfit, Shape, fit
from amtsweg.dsl.dmn.language import Mode, shape_text, type_text
from amtsweg.dsl.dmn.library import Library, open_library
from amtsweg.dsl.dmn.markup import MarkupError
from amtsweg.dsl.dmn.values import clock, from_xsd, read_inputs, show, to_json
from amtsweg.dsl.dmn.xml import DmnError, loads
from amtsweg.dsl.feel.ranges import Range
from amtsweg.dsl.feel.temporal import Date, DateTime, Time
from amtsweg.errors import ExpressionError, NotFound

DMN15 = "https://www.omg.org/spec/DMN/20230324/MODEL/"


def decision(name: str, text: str, *requires: str) -> str:
    needs = "".join(
        f'<informationRequirement><requiredDecision href="#{one}"/></informationRequirement>' for one in requires
    )
    escaped = text.replace("<", "&lt;")
    return (
        f'<decision id="{name}" name="{name}"><variable name="{name}"/>{needs}'
        f"<literalExpression>\n<text>{escaped}</text></literalExpression></decision>\n"
    )


def model(*parts: str, mode: Mode = "spec") -> Evaluator:
    body = "".join(parts)
    data = f'<definitions xmlns="{DMN15}" name="m" namespace="urn:m">\n{body}</definitions>'.encode()
    return Evaluator(Library(loads(data, "m.dmn")), mode)


def test_dmn_a_decision_that_is_not_required_is_not_evaluated() -> None:
    made = model(decision("asked", "1 + 1"), decision("other", "1 + null"), mode="strict")
    assert made.decision("asked", {}) == 2
    with pytest.raises(ExpressionError):
        made.decision("other", {})


def test_dmn_a_decision_required_twice_is_evaluated_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made = model(
        decision("base", "1"), decision("a", "base", "base"), decision("b", "base", "base"),
        decision("top", "a + b", "a", "b"),
    )  # fmt: skip
    counted: list[str] = []
    frame = Evaluator._frame

    def counting(self: Evaluator, linked: Any, run: Any) -> Any:
        counted.append(linked.element.name)
        return frame(self, linked, run)

    monkeypatch.setattr(Evaluator, "_frame", counting)
    assert made.decision("top", {}) == 2
    assert sorted(counted) == ["a", "b", "base", "top"]


def test_dmn_a_circle_of_requirements_is_told() -> None:
    made = model(decision("a", "b", "b"), decision("b", "a", "a"))
    with pytest.raises(MarkupError, match="requires itself"):
        made.decision("a", {})


def test_dmn_an_error_names_file_line_and_column_of_the_formula() -> None:
    made = model(decision("a", "1 +\n  null * 2"), mode="strict")
    with pytest.raises(ExpressionError, match=r"m\.dmn:4:3") as caught:
        made.decision("a", {})
    assert (caught.value.line, caught.value.column) == (4, 3)


def test_dmn_a_formula_that_cannot_be_read_is_null_in_spec_mode_and_placed_in_strict_mode() -> None:
    assert model(decision("a", "1 + (")).decision("a", {}) is None
    with pytest.raises(ExpressionError, match=r"m\.dmn:3:"):
        model(decision("a", "1 + ("), mode="strict").decision("a", {})


def test_dmn_dividing_by_a_written_zero_is_null_and_by_a_computed_one_an_error() -> None:
    assert model(decision("a", "1 / 0"), mode="strict").decision("a", {}) is None
    with pytest.raises(ExpressionError):
        model(decision("a", "1 / (1 - 1)"), mode="strict").decision("a", {})
    assert model(decision("a", "1 / (1 - 1)")).decision("a", {}) is None


def test_dmn_the_clock_of_the_caller_is_the_models() -> None:
    made = model(decision("a", "today()"))
    env = clock()
    assert made.decision("a", {}, env) == env.today
    assert made.decision("a", {}) is None


def test_dmn_an_unknown_name_is_told_with_those_there_are() -> None:
    with pytest.raises(NotFound, match="It has: a"):
        model(decision("a", "1")).decision("b", {})


def test_dmn_a_missing_import_and_a_reference_to_nothing_are_told(tmp_path: Path) -> None:
    (tmp_path / "m.dmn").write_text(
        f'<definitions xmlns="{DMN15}" name="m" namespace="urn:m">'
        f'<import name="lib" namespace="urn:lib" importType="{DMN15}"/>'
        '<decision id="a" name="a"><informationRequirement><requiredDecision href="urn:lib#x"/>'
        "</informationRequirement></decision></definitions>",
        "utf-8",
    )
    with pytest.raises(DmnError, match="no model of the namespace `urn:lib`"):
        Evaluator(open_library(tmp_path / "m.dmn")).decision("a", {})
    with pytest.raises(DmnError, match="which is nowhere"):
        model(decision("a", "b", "b")).decision("a", {})


def test_dmn_a_knowledge_model_is_called_by_name() -> None:
    made = Evaluator(open_library(Path(__file__).parent / "models" / "graph" / "graph.dmn"))
    assert made.knowledge("factorial", {"k": Decimal(5)}) == 120


def endless(body: str) -> str:
    return (
        '<businessKnowledgeModel id="f" name="f"><variable name="f"/><encapsulatedLogic><formalParameter name="x"/>'
        f"<literalExpression><text>{body}</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>"
        '<decision id="d" name="d"><variable name="d"/>'
        '<knowledgeRequirement><requiredKnowledge href="#f"/></knowledgeRequirement>'
        "<literalExpression><text>f(1)</text></literalExpression></decision>"
    )


@pytest.mark.parametrize("body", ["f(x + 1)", "f(x + 1) + f(x + 2)", "[f(x + 1), f(x)][1]"])
def test_dmn_a_function_that_calls_itself_without_end_is_undefined_as_a_whole(body: str) -> None:
    assert model(endless(body)).decision("d", {}) is None
    with pytest.raises(ExpressionError, match="too_deep"):
        model(endless(body), mode="strict").decision("d", {})


def test_dmn_an_evaluation_may_call_functions_only_so_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "MAX_CALLS", 50)
    made = model(endless("if x > 40 then x else f(x + 1)"), mode="strict")
    assert made.decision("d", {}) == 41
    assert made.decision("d", {}) == 41, "each evaluation has a budget of its own"
    monkeypatch.setattr(language, "MAX_CALLS", 30)
    with pytest.raises(ExpressionError, match="too_deep"):
        made.decision("d", {})


# Types

NUMBER = Shape("number", base="number")
PAIR = Shape("pair", components={"a": NUMBER})
NUMBERS = Shape("numbers", element=NUMBER)


@pytest.mark.parametrize(
    ("value", "shape", "fitted"),
    [
        (Decimal(1), NUMBER, Decimal(1)),
        ([Decimal(1)], NUMBER, Decimal(1)),
        (Decimal(1), NUMBERS, [Decimal(1)]),
        (None, NUMBER, None),
        ({"a": Decimal(1), "b": "x"}, PAIR, {"a": Decimal(1), "b": "x"}),
        ("x", ANY, "x"),
        (Date(2026, 2, 1), Shape("d", base="date and time"), DateTime(Date(2026, 2, 1), Time(0, 0, 0, offset=0))),
    ],
)
def test_dmn_values_are_fitted_to_types_as_the_standard_says(value: Any, shape: Shape, fitted: Any) -> None:
    assert fit(value, shape) == fitted


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ("1", NUMBER),
        ([Decimal(1), Decimal(2)], NUMBER),
        (["a"], NUMBERS),
        ({"b": Decimal(1)}, PAIR),
        ({"a": "x"}, PAIR),
        (Decimal(5), Shape("small", other=NUMBER, allowed=lambda value: value < 5)),
        ([Decimal(1)] * 3, Shape("short", element=NUMBER, constraint=lambda value: len(value) < 3)),
    ],
)
def test_dmn_what_does_not_fit_is_a_misfit(value: Any, shape: Shape) -> None:
    with pytest.raises(Misfit):
        fit(value, shape)


def test_dmn_named_types_in_formulas_are_told_structurally() -> None:
    shapes = {"tPair": PAIR, "tNumbers": NUMBERS, "tF": Shape("f", parameters=(("x", PAIR),), result=NUMBER)}

    def of(name: str) -> Shape:
        return shapes.get(name, ANY)

    assert type_text("tPair", of) == "context<a: number>"
    assert type_text("list<tPair>", of) == "list<context<a: number>>"
    assert type_text("context<tPair: tNumbers>", of) == "context<tPair:list<number>>"
    assert type_text("function<tPair>->tNumbers", of) == "function<context<a: number>>->list<number>"
    assert type_text("tF", of) == "function<context<a: number>>->number"
    assert type_text("years and months duration", of) == "years and months duration"


def test_dmn_a_recursive_type_ends_in_any() -> None:
    tree = Shape("tree")
    tree.components = {"branches": Shape("branches", element=tree)}
    text = shape_text(tree, "tree")
    assert text.startswith("context<branches: list<context<branches: list<")
    assert "Any>" in text


# Java's pure functions


@pytest.mark.parametrize(
    ("cls", "signature", "arguments", "answer"),
    [
        ("Math", "max(double, double)", (Decimal(1), Decimal("2.5")), Decimal("2.5")),
        ("Math", "abs(int)", (Decimal(-3),), Decimal(3)),
        ("Math", "floor(double)", (Decimal("-1.5"),), Decimal(-2)),
        ("Math", "round(double)", (Decimal("2.5"),), Decimal(3)),
        ("Math", "rint(double)", (Decimal("2.5"),), Decimal(2)),
        ("Math", "pow(double,double)", (Decimal(2), Decimal(10)), Decimal(1024)),
        ("Integer", "valueOf(java.lang.String)", ("-12",), Decimal(-12)),
        ("Integer", "parseInt(java.lang.String)", ("7",), Decimal(7)),
        ("Integer", "parseInt(java.lang.String)", ("7.5",), None),
        ("Float", "valueOf(java.lang.String)", ("1234.56",), Decimal("1234.56")),
        ("Boolean", "parseBoolean(java.lang.String)", ("TRUE",), True),
        ("String", "valueOf(char)", ("a",), "a"),
        ("String", "format(java.lang.String, [Ljava.lang.Object;)", ("%5.2f|%-4s|%03d|%%|%S", None), None),
        ("String", "format(java.lang.String, [Ljava.lang.Object;)", ("%s!", "x"), "x!"),
        ("String", "format(java.lang.String, [Ljava.lang.Object;)",
         ("%06.2f|%-4s|%,d|%%|%S", [Decimal("1.5"), "ab", Decimal(1234567), "x"]), "001.50|ab  |1,234,567|%|X"),
    ],
)  # fmt: skip
def test_dmn_javas_pure_functions_answer_as_java(cls: str, signature: str, arguments: Any, answer: Any) -> None:
    found = foreign.find(f"java.lang.{cls}", signature)
    assert found is not None
    if answer is None:
        with pytest.raises(foreign.NoMatch):
            found[1](*arguments)
        return
    assert found[1](*arguments) == answer


@pytest.mark.parametrize(
    ("cls", "signature"),
    [
        ("java.lang.Runtime", "exec(java.lang.String)"),
        ("java.lang.System", "exit(int)"),
        ("java.lang.System", "getenv(java.lang.String)"),
        ("java.lang.Math", "random()"),
        ("java.lang.Math", "max(java.lang.String, java.lang.String)"),
        ("java.lang.Math", "max(int, double)"),
        ("java.io.File", "valueOf(int)"),
        ("Math", "abs(int)"),
        ("java.lang.Math", "__class__(int)"),
        ("java.lang.Math", "abs"),
    ],
)
def test_dmn_nothing_of_java_outside_the_table_is_reachable(cls: str, signature: str) -> None:
    assert foreign.find(cls, signature) is None


@pytest.mark.parametrize(
    ("signature", "argument"),
    [("abs(int)", Decimal("1.5")), ("abs(int)", Decimal(2**31)), ("abs(int)", "x"), ("log(double)", Decimal(0)),
     ("exp(double)", Decimal(5000)), ("sqrt(double)", Decimal(-1))],
)  # fmt: skip
def test_dmn_arguments_that_java_would_not_take_are_no_match(signature: str, argument: Any) -> None:
    found = foreign.find("java.lang.Math", signature)
    assert found is not None
    with pytest.raises(foreign.NoMatch):
        found[1](argument)


# Values


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("decimal", " 1.50 ", Decimal("1.50")),
        ("boolean", "true", True),
        ("date", "2026-02-01", Date(2026, 2, 1)),
        ("time", "10:00:00Z", Time(10, 0, 0, offset=0)),
        ("string", " x ", " x "),
    ],
)
def test_dmn_test_files_texts_are_read_by_their_type(kind: str, text: str, value: Any) -> None:
    assert from_xsd(kind, text) == value


@pytest.mark.parametrize(("kind", "text"), [("decimal", "x"), ("boolean", "yes"), ("date", "1.2.2026")])
def test_dmn_a_text_that_is_none_of_its_type_is_refused(kind: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"x|yes|date"):
        from_xsd(kind, text)


def test_dmn_inputs_are_read_as_people_type_them() -> None:
    read = read_inputs(
        ["a=12", 'b=@"2026-02-01"', "c=plain text", "d=[1, true]", '{"e": {"f": "@2026-02-01"}, "g": 0.1}']
    )
    assert read == {
        "a": Decimal(12),
        "b": Date(2026, 2, 1),
        "c": "plain text",
        "d": [Decimal(1), True],
        "e": {"f": Date(2026, 2, 1)},
        "g": Decimal("0.1"),
    }


@pytest.mark.parametrize(
    ("value", "shown", "json"),
    [
        (None, "null", None),
        (Decimal("1.50"), "1.5", 1.5),
        (Decimal("0.1000000000000000000001"), "0.1000000000000000000001", "0.1000000000000000000001"),
        ('a "b"', '"a \\"b\\""', 'a "b"'),
        ([True, None], "[true, null]", [True, None]),
        ({"a b": Decimal(1)}, "{a b: 1}", {"a b": 1}),
        (Date(2026, 2, 1), '@"2026-02-01"', "2026-02-01"),
        (Range(Decimal(1), Decimal(2), True, False), "[1..2)", "[1..2)"),
    ],
)
def test_dmn_values_are_shown_as_feel_and_as_json(value: Any, shown: str, json: Any) -> None:
    assert show(value) == shown
    assert to_json(value) == json

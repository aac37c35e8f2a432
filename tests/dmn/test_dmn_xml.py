"""Models of every version and vendor are read alike; what is wrong is said with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from amtsweg.dsl.dmn import export, markup, model
from amtsweg.dsl.dmn.markup import MarkupError, parse
from amtsweg.dsl.dmn.xml import VERSIONS, DmnError, load, loads

DMN15 = "https://www.omg.org/spec/DMN/20230324/MODEL/"


def definitions(body: str, namespace: str = DMN15, extra: str = "") -> bytes:
    return (
        f'<definitions xmlns="{namespace}" name="m" namespace="urn:m" id="d" {extra}>\n{body}\n</definitions>'
    ).encode()


def decision(logic: str) -> str:
    return f'<decision id="a" name="A"><variable name="A"/>{logic}</decision>'


def read_logic(logic: str) -> model.Expression | None:
    return loads(definitions(decision(logic))).decisions[0].logic


def literal(text: str) -> str:
    return f"<literalExpression><text>{text}</text></literalExpression>"


@pytest.mark.parametrize(("namespace", "version"), sorted(VERSIONS.items()))
def test_dmn_every_published_namespace_is_read(namespace: str, version: str) -> None:
    read = loads(definitions(decision(literal("1")), namespace))
    assert (read.version, read.name, read.namespace, read.decisions[0].name) == (version, "m", "urn:m", "A")


def test_dmn_prefixed_elements_of_trisotech_are_read() -> None:
    text = (
        f'<semantic:definitions xmlns:semantic="{DMN15}" xmlns:triso="http://www.trisotech.com/2015/triso/modeling" '
        'name="m" namespace="urn:m"><semantic:extensionElements><triso:x/></semantic:extensionElements>'
        '<semantic:inputData id="i" name="I" triso:displayName="x"><semantic:variable name="I" typeRef="number"/>'
        "</semantic:inputData></semantic:definitions>"
    )
    assert loads(text.encode()).input_data[0].variable == model.Variable("I", "number")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("feel:number", "number"),
        ("feel:dateTime", "date and time"),
        ("tns:tPerson", "tPerson"),
        ("{http://www.omg.org/spec/FEEL/20140401}string", "string"),
        ("lib:tPerson", "lib name.tPerson"),
        ("tPerson", "tPerson"),
        ("years and months duration", "years and months duration"),
    ],
)
def test_dmn_qualified_type_names_of_old_versions_become_those_of_new_ones(written: str, read: str) -> None:
    old = "http://www.omg.org/spec/DMN/20151101/dmn.xsd"
    extra = 'xmlns:feel="http://www.omg.org/spec/FEEL/20140401" xmlns:tns="urn:m" xmlns:lib="urn:lib"'
    body = (
        f'<import name="lib name" namespace="urn:lib" importType="{old}"/>'
        f'<inputData id="i" name="I"><variable name="I" typeRef="{written}"/></inputData>'
    )
    assert loads(definitions(body, old, extra)).input_data[0].variable.type_ref == read


def test_dmn_item_definitions_keep_structure_collection_and_restrictions() -> None:
    body = (
        '<itemDefinition name="tRow" isCollection="true"><itemComponent name="grade"><typeRef>string</typeRef>'
        '<allowedValues><text>"A","B"</text></allowedValues></itemComponent></itemDefinition>'
        '<itemDefinition name="tList" isCollection="true"><typeRef>number</typeRef>'
        "<typeConstraint><text>count(?) &lt; 3</text></typeConstraint></itemDefinition>"
        '<itemDefinition name="tFn"><functionItem outputTypeRef="number"><parameters name="x" typeRef="string"/>'
        "</functionItem></itemDefinition>"
    )
    row, numbers, function = loads(definitions(body)).items
    assert row.is_collection
    assert row.components[0].allowed_values is not None
    assert row.components[0].allowed_values.text == '"A","B"'
    assert numbers.type_constraint is not None
    assert numbers.type_constraint.text == "count(?) < 3"
    assert function.function == model.FunctionItem((model.Variable("x", "string"),), "number")


def test_dmn_a_formula_knows_where_its_text_begins() -> None:
    found = read_logic("\n <literalExpression>\n  <text>\n\n    a +\n  b</text></literalExpression>")
    assert isinstance(found, model.LiteralExpression)
    assert found.formula is not None
    assert found.formula.text == "a +\n  b"
    assert (found.formula.place.start.line, found.formula.place.start.column) == (6, 5)


def test_dmn_every_boxed_expression_is_read() -> None:
    one = literal("1")
    boxes = {
        f"<context><contextEntry><variable name='x'/>{one}</contextEntry></context>": model.Context,
        f"<invocation>{literal('f')}<binding><parameter name='x'/>{one}</binding></invocation>": model.Invocation,
        f"<list>{one}{one}</list>": model.ListExpression,
        f"<relation><column name='x'/><row>{one}</row></relation>": model.Relation,
        f"<functionDefinition><formalParameter name='x'/>{one}</functionDefinition>": model.FunctionDefinition,
        f"<conditional><if>{one}</if><then>{one}</then><else>{one}</else></conditional>": model.Conditional,
        f"<filter><in>{one}</in><match>{one}</match></filter>": model.Filter,
        f"<for iteratorVariable='x'><in>{one}</in><return>{one}</return></for>": model.Iterator,
        f"<some iteratorVariable='x'><in>{one}</in><satisfies>{one}</satisfies></some>": model.Iterator,
        f"<every iteratorVariable='x'><in>{one}</in><satisfies>{one}</satisfies></every>": model.Iterator,
        "<decisionTable><input><inputExpression><text>x</text></inputExpression></input><output/>"
        "<rule><inputEntry><text>-</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>"
        "</decisionTable>": model.DecisionTable,
    }
    for text, kind in boxes.items():
        assert isinstance(read_logic(text), kind), text


def test_dmn_what_was_read_is_the_same_after_writing_and_reading() -> None:
    files = sorted((Path(__file__).parent / "models").rglob("*.dmn"))
    assert len(files) > 3
    for file in files:
        before = load(file, "x")
        after = loads(export.dumps(before), "x")
        assert without_places(before) == without_places(after), file.name


def without_places(value: object) -> object:
    """The model as nested tuples without places, version and ids of single rules' texts."""
    if isinstance(value, tuple):
        return tuple(without_places(one) for one in value)
    if hasattr(value, "__dataclass_fields__"):
        fields = value.__dataclass_fields__
        left_out = (
            {"place", "version", "file", "kind"} if isinstance(value, model.Import) else {"place", "version", "file"}
        )
        return (type(value).__name__, *((n, without_places(getattr(value, n))) for n in fields if n not in left_out))
    return value


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"<definitions/>", "not a DMN model"),
        (b"<definitions", "not well-formed"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "document type"),
        (b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>', "document type"),
        (b"<a>" * 300 + b"</a>" * 300, "over 200 levels"),
        (definitions(decision("<decisionTable hitPolicy='BEST'><output/></decisionTable>")), "hit policy `BEST`"),
        (definitions(decision("<decisionTable aggregation='AVG'><output/></decisionTable>")), "aggregation `AVG`"),
        (definitions(decision("<decisionTable><output/><rule/></decisionTable>")), "0 conditions and 0 results"),
        (definitions(decision("<literalExpression expressionLanguage='urn:juel'/>")), "expression language"),
        (definitions(decision("<functionDefinition kind='Groovy'/>")), "kind `Groovy`"),
        (definitions(decision("<relation><column name='a'/><row/></relation>")), "0 cells"),
        (definitions("<decision id='a' name='A'><informationRequirement><requiredInput href='#'/>"
                     "</informationRequirement></decision>"), "points nowhere"),
    ],
)  # fmt: skip
def test_dmn_what_cannot_be_read_is_said_plainly(text: bytes, says: str) -> None:
    with pytest.raises(MarkupError, match=says):
        loads(text)


def test_dmn_a_file_too_large_is_refused_before_it_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markup, "MAX_BYTES", 10)
    with pytest.raises(MarkupError, match="at most 10"):
        parse(b"<a>" + b" " * 20 + b"</a>", "big.dmn")


def test_dmn_too_many_elements_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markup, "MAX_ELEMENTS", 3)
    with pytest.raises(MarkupError, match="more than 3 elements"):
        parse(b"<a><b/><b/><b/></a>", "wide.dmn")


def test_dmn_a_missing_file_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(MarkupError, match="cannot be read"):
        load(tmp_path / "none.dmn")


def test_dmn_errors_name_file_and_line() -> None:
    with pytest.raises(DmnError, match=r"m\.dmn:2:"):
        loads(definitions(decision("<decisionTable hitPolicy='BEST'><output/></decisionTable>")), "m.dmn")

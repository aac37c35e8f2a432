"""Decisions come in from DMN and go out to DMN, and answer the same on both sides."""

from __future__ import annotations

import re
import shlex
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xmlschema
from click.testing import CliRunner

from amtsweg.commands.dmn import command
from amtsweg.dsl.dmn import export
from amtsweg.dsl.dmn.evaluate import Evaluator
from amtsweg.dsl.dmn.from_procedure import NotExportable, decisions_of, from_procedure
from amtsweg.dsl.dmn.library import Library, open_library
from amtsweg.dsl.dmn.to_yaml import slug, to_yaml
from amtsweg.dsl.dmn.xml import DmnError, load, loads
from amtsweg.dsl.feel.compiler import compile_tree
from amtsweg.dsl.feel.table_build import build, table_operators
from amtsweg.dsl.feel.temporal import Date
from amtsweg.dsl.load import load_folder
from amtsweg.dsl.procedure import Machine

HERE = Path(__file__).parent
MODELS = HERE / "models"
GOLDEN = HERE / "golden"
SCHEMA = HERE.parents[2] / "shared" / "data" / "dmn-tck" / "DMN15.xsd"
DOG = Path(__file__).parents[2] / "amtsweg" / "procedures" / "hund-anmelden"

HEAD = """procedure: tabellen
version: 1.0.0
title: Tabellen
summary: Probe der übernommenen Tabellen.
office: amt
law: Satzung
deadline_law: AO
trust_level: none
keep: {draft: 30 days, closed: 10 years}
roles:
  sachbearbeitung:
    title: Sachbearbeitung
    office: amt
"""
FLOW = """flow:
  pruefen:
    task: Prüfen
    by: sachbearbeitung
    next: ende
  ende: {end: granted}
"""


def imported(text: str, folder: Path) -> Machine:
    """A procedure around imported decisions, compiled; what its tables leave open does not matter here."""
    (folder / "tabellen").mkdir()
    (folder / "tabellen" / "procedure.yaml").write_text(HEAD + text + FLOW, "utf-8")
    loaded = load_folder(folder / "tabellen")
    wrong = [one for one in loaded.diagnostics if one.severity == "error" and not one.code.startswith("AW4")]
    assert wrong == []
    assert loaded.draft is not None
    return loaded.draft


def test_dmn_imported_tables_read_as_people_would_write_them() -> None:
    text = to_yaml(open_library(MODELS / "tables" / "tables.dmn"))
    assert text == (GOLDEN / "tables.yaml").read_text("utf-8")


def test_dmn_imported_tables_compile_and_answer_as_the_model(tmp_path: Path) -> None:
    library = open_library(MODELS / "tables" / "tables.dmn")
    machine = imported(to_yaml(library), tmp_path)
    model = Evaluator(library)
    frames: list[dict[str, Any]] = [
        {"age": Decimal(age), "art": art, "day": day}
        for age in (3, 12, 18, 20, 65, 72, 99)
        for art in ("cat", "dog", "horse")
        for day in (Date(2025, 12, 31), Date(2026, 7, 1), Date(2027, 1, 1))
    ]
    compared = 0
    for name in model.names():
        ours = build(machine.decisions[slug(name)], lambda node: compile_tree(node, "spec"), table_operators("spec"))
        if name in ("allowed inputs", "allowed outputs"):
            continue  # our tables have no lists of allowed values: types say that here
        for frame in frames:
            assert ours(frame) == model.decision(name, frame), (name, frame)
            compared += 1
    assert compared > 500


IMPORTED = """<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="m" namespace="urn:m">
  <itemDefinition name="tPerson">
    <itemComponent name="Full Name"><typeRef>string</typeRef></itemComponent>
    <itemComponent name="Age"><typeRef>number</typeRef></itemComponent>
  </itemDefinition>
  <inputData id="p" name="Person"><variable name="Person" typeRef="tPerson"/></inputData>
  <businessKnowledgeModel id="f" name="Fee of">
    <variable name="Fee of" typeRef="number"/>
    <encapsulatedLogic>
      <formalParameter name="Years" typeRef="number"/><formalParameter name="Rate" typeRef="number"/>
      <literalExpression><text>Years * Rate</text></literalExpression>
    </encapsulatedLogic>
  </businessKnowledgeModel>
  <decision id="b" name="Base"><variable name="Base" typeRef="number"/>
    <informationRequirement><requiredInput href="#p"/></informationRequirement>
    <knowledgeRequirement><requiredKnowledge href="#f"/></knowledgeRequirement>
    <context>
      <contextEntry><variable name="Working Years"/>
        <literalExpression><text>Person.Age - 18</text></literalExpression></contextEntry>
      <contextEntry><literalExpression>
        <text>if Working Years > 0 then Fee of(Rate: 2, Years: Working Years) else 0</text></literalExpression>
      </contextEntry>
    </context>
  </decision>
  <decision id="l" name="Letter Text"><variable name="Letter Text" typeRef="string"/>
    <informationRequirement><requiredDecision href="#b"/></informationRequirement>
    <informationRequirement><requiredInput href="#p"/></informationRequirement>
    <literalExpression><text>Person.Full Name + " pays " + string(Base)</text></literalExpression>
  </decision>
</definitions>"""


def test_dmn_a_required_decision_becomes_a_call_with_the_inputs_that_it_needs(tmp_path: Path) -> None:
    text = to_yaml(Library(loads(IMPORTED.encode(), "m.dmn")))
    assert text == (GOLDEN / "calls.yaml").read_text("utf-8")
    assert set(imported(text, tmp_path).decisions) == {"fee_of", "base", "letter_text"}


@pytest.mark.parametrize(
    ("file", "says"), [("boxes/boxes.dmn", "function in Java"), ("graph/graph.dmn", "calls the service")]
)
def test_dmn_what_has_no_counterpart_in_a_procedure_is_refused_with_its_place(file: str, says: str) -> None:
    with pytest.raises(DmnError, match=says) as caught:
        to_yaml(open_library(MODELS / file))
    assert caught.value.place is not None


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("Monthly salary", "monthly_salary"),
        ("ApplicationRiskScore", "application_risk_score"),
        ("Gebühr für Straße", "gebuehr_fuer_strasse"),
        ("2. Mahnung", "x_2_mahnung"),
        ("???", "x"),
    ],
)
def test_dmn_names_become_ids_of_our_language(name: str, id_: str) -> None:
    assert slug(name) == id_


def dog() -> Machine:
    machine = load_folder(DOG).draft
    assert machine is not None
    return machine


def test_dmn_an_exported_table_answers_as_the_procedures_own() -> None:
    machine = dog()
    data = export.dumps(from_procedure(machine))
    model = Evaluator(Library(loads(data)), "strict")
    own = build(machine.decisions["steuersatz"], lambda node: compile_tree(node, "strict"), table_operators("strict"))
    options = [option.id for option in machine.lists["listenhunde"].options]
    rates = {f"satz_{name}": Decimal(amount) for name, amount in
             [("erster", 72), ("zweiter", 120), ("weitere", 168), ("gefaehrlich", 600)]}  # fmt: skip
    for breed in ("labrador", "pitbull", "andere"):
        for striking in (True, False):
            for number in (1, 2, 3):
                frame = {**rates, "rasse": breed, "auffaellig": striking, "nummer": Decimal(number)}
                expected = own({**frame, "listenhunde": options})
                assert model.decision("steuersatz decision", frame) == expected


def test_dmn_the_export_is_the_same_each_time_and_names_where_each_rule_stands() -> None:
    first, second = (export.dumps(from_procedure(dog())) for _ in range(2))
    assert first == second
    assert b"hund-anmelden/procedure.yaml:" in first


def test_dmn_exported_models_are_valid_against_the_schema_of_dmn_15() -> None:
    if not SCHEMA.is_file():
        pytest.skip("the schemas do not lie beside the project")
    schema = xmlschema.XMLSchema(str(SCHEMA))
    for data in [export.dumps(from_procedure(dog())), *(export.dumps(load(f)) for f in MODELS.rglob("*.dmn"))]:
        assert schema.is_valid(data.decode())


CHILDREN = {
    "definitions": ["import", "itemDefinition", "inputData", "decision", "businessKnowledgeModel", "decisionService"],
    "decision": ["description", "question", "allowedAnswers", "variable", "informationRequirement",
                 "knowledgeRequirement", "logic"],
    "businessKnowledgeModel": ["variable", "encapsulatedLogic", "knowledgeRequirement"],
    "decisionService": ["variable", "outputDecision", "encapsulatedDecision", "inputDecision", "inputData"],
    "decisionTable": ["input", "output", "annotation", "rule"],
    "rule": ["inputEntry", "outputEntry", "annotationEntry"],
    "input": ["inputExpression", "inputValues"],
    "output": ["outputValues", "defaultOutputEntry"],
    "itemDefinition": ["typeRef", "allowedValues", "typeConstraint", "itemComponent", "functionItem"],
    "conditional": ["if", "then", "else"],
}  # fmt: skip
"""The order that the schema's sequences want, for what we write (DMN15.xsd)."""

LOGIC = {
    "literalExpression", "context", "invocation", "list", "relation", "functionDefinition", "conditional", "filter",
    "for", "some", "every", "decisionTable",
}  # fmt: skip


def test_dmn_exported_elements_stand_in_the_order_of_the_schema() -> None:
    from amtsweg.dsl.dmn.markup import parse

    todo = [parse(export.dumps(from_procedure(dog())), "x")]
    todo += [parse(export.dumps(load(file)), "x") for file in MODELS.rglob("*.dmn")]
    seen = set()
    while todo:
        node = todo.pop()
        todo += node.children
        order = CHILDREN.get(node.name)
        if order is not None:
            seen.add(node.name)
            names = ["logic" if child.name in LOGIC else child.name for child in node.children]
            assert names == sorted(names, key=order.index), node.place
    assert seen == set(CHILDREN)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("10 working days after today", "a period of the law"),
        ("working days between(today, today)", "no function of DMN"),
    ],
)
def test_dmn_periods_of_the_law_are_not_exported(tmp_path: Path, value: str, says: str) -> None:
    text = f"decisions:\n  frist:\n    title: Frist\n    value: {value}\n"
    with pytest.raises(NotExportable, match=says):
        from_procedure(imported(text, tmp_path))


def test_dmn_money_becomes_numbers_and_calls_carry_what_the_called_decision_reads(tmp_path: Path) -> None:
    text = (
        "decisions:\n"
        "  grund:\n    title: Grundgebühr\n    inputs: {anzahl: number}\n    output: money\n"
        "    value: anzahl * 12.50 EUR\n"
        "  gebuehr:\n    title: Gebühr\n    inputs: {anzahl: number}\n    output: money\n"
        "    value: grund(anzahl) * (1 + 19 %)\n"
    )
    machine = imported(text, tmp_path)
    model = Evaluator(Library(loads(export.dumps(from_procedure(machine)))), "strict")
    assert model.decision("gebuehr decision", {"anzahl": Decimal(2)}) == Decimal("29.75")
    only = from_procedure(decisions_of(machine, ["grund"]))
    assert [decision.name for decision in only.decisions] == ["grund decision"]
    with pytest.raises(NotExportable, match="no decision"):
        decisions_of(machine, ["nichts"])


# The command line


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(command, list(arguments))
    return done.exit_code, done.output


def test_dmn_eval_answers_one_decision_and_explains_it() -> None:
    code, output = run(
        "eval", str(MODELS / "tables" / "tables.dmn"), "--decision", "first", "--input", "age=12", "--input", "art=cat",
        "--explain",
    )  # fmt: skip
    assert code == 0
    lines = output.splitlines()
    assert lines[0] == "1"
    assert lines[1].strip() == 'tested: age = 12, art = "cat"'
    assert "rule 1" in lines[2]
    assert '< 18 | "cat" | 1' in lines[2]


def test_dmn_eval_takes_json_and_files_and_answers_in_json(tmp_path: Path) -> None:
    file = tmp_path / "in.json"
    file.write_text('{"n": 4}', "utf-8")
    graph = str(MODELS / "graph" / "graph.dmn")
    assert run("eval", graph, "--decision", "top", "--input", str(file), "--json") == (0, '{"top": 25}\n')
    assert run("eval", graph, "--service", "both service", "--input", '{"n": 1}') == (0, "{left: 4, right: 6}\n")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--decision", "nope"), "The model has no `nope`. It has: unique,"),
        (("--decision", "first", "--input", "nonsense"), "`nonsense` is no input"),
        (("--decision", "first", "--input", "{"), "This is no JSON"),
        (("--decision", "unique with two hits", "--input", "age=20", "--mode", "strict"), "several_rules"),
    ],
)
def test_dmn_eval_says_what_is_wrong_and_ends_with_2(arguments: tuple[str, ...], says: str) -> None:
    code, output = run("eval", str(MODELS / "tables" / "tables.dmn"), *arguments)
    assert code == 2
    assert says in output


def test_dmn_import_and_export_write_files(tmp_path: Path) -> None:
    yaml, xml = tmp_path / "out.yaml", tmp_path / "out.dmn"
    assert run("import", str(MODELS / "tables" / "tables.dmn"), "--output", str(yaml))[0] == 0
    assert yaml.read_text("utf-8") == (GOLDEN / "tables.yaml").read_text("utf-8")
    assert run("export", str(DOG), "--decision", "steuersatz", "--output", str(xml))[0] == 0
    assert load(xml).knowledge[0].name == "steuersatz"


def test_dmn_the_handbooks_commands_do_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = HERE.parents[1]
    text = (root / "docs" / "dmn.md").read_text("utf-8")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "modell.dmn").write_bytes((MODELS / "tables" / "tables.dmn").read_bytes())
    (tmp_path / "amtsweg").symlink_to(root / "amtsweg")
    (tmp_path / "ORDNER").symlink_to(MODELS / "types")
    done = 0
    for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL):
        head, *expected = block.strip().splitlines()
        words = shlex.split(head.removeprefix("$ "))
        assert words[:2] == ["amtsweg", "dmn"]
        code, output = run(*words[2:])
        assert code == 0, output
        assert not expected or output.splitlines() == expected
        done += 1
    assert done == 4

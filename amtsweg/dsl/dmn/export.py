"""Writing DMN 1.5 XML: models as they were read, and the decisions of a procedure for outside tools.

In: `model.Definitions`, or `procedure.Decision`s with the titles they go by. Out: bytes that are valid against the
schema DMN15.xsd and give the same answers when they are loaded again. Ids are made from names, so that the same
decisions always give the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from amtsweg.dsl.dmn import model
from amtsweg.dsl.procedure import Decision as ProcedureDecision
from amtsweg.dsl.procedure import Expr, TableRule
from amtsweg.dsl.source import Span
from amtsweg.errors import AmtswegError

MODEL = "https://www.omg.org/spec/DMN/20230324/MODEL/"

# The types of procedures that FEEL has a name for; all others are Any to an outside tool.
TYPE_NAMES = {
    "text": "string",
    "long_text": "string",
    "integer": "number",
    "percent": "number",
    "yes_no": "boolean",
    "confirm": "boolean",
    "date_time": "date and time",
    "number": "number",
    "string": "string",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    "date and time": "date and time",
    "days and time duration": "days and time duration",
    "years and months duration": "years and months duration",
}


class NotExportable(AmtswegError):
    """DMN has no way to say this."""


def dumps(definitions: model.Definitions) -> bytes:
    """The model as DMN 1.5 XML in UTF-8."""
    root = _Writer().definitions(definitions)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'.encode()


class _Writer:
    """Builds one tree; ids of decisions, inputs and the like come from the model, all others are left out."""

    def __init__(self) -> None:
        self.ids: set[str] = set()

    def definitions(self, one: model.Definitions) -> Element:
        root = Element("definitions", {"xmlns": MODEL, "name": one.name, "namespace": one.namespace})
        if one.id:
            root.set("id", one.id)
        for item in one.imports:
            values = {"name": item.name, "namespace": item.namespace, "importType": _import_kind(item.kind)}
            SubElement(root, "import", values | ({"locationURI": item.location} if item.location else {}))
        for definition in one.items:
            self.item(root, "itemDefinition", definition)
        for data in one.input_data:
            self.variable(self.element(root, "inputData", data), data.variable)
        for decision in one.decisions:
            self.decision(root, decision)
        for knowledge in one.knowledge:
            self.knowledge(root, knowledge)
        for service in one.services:
            self.service(root, service)
        return root

    def element(self, root: Element, tag: str, one: model.Element) -> Element:
        return SubElement(root, tag, {"id": one.id, "name": one.name} if one.id else {"name": one.name})

    def decision(self, root: Element, one: model.Decision) -> None:
        node = self.element(root, "decision", one)
        _say(node, "description", one.description)
        _say(node, "question", one.question)
        _say(node, "allowedAnswers", one.allowed_answers)
        self.variable(node, one.variable)
        kinds = {data.id: "requiredInput" for data in self.inputs_of(root)}
        for reference in one.information:
            required = SubElement(node, "informationRequirement")
            SubElement(required, kinds.get(reference.id, "requiredDecision"), {"href": _href(reference)})
        self.knowledge_requirements(node, one.knowledge)
        self.box(node, one.logic)

    @staticmethod
    def inputs_of(root: Element) -> list[model.Reference]:
        return [model.Reference("", node.get("id", "")) for node in root if node.tag == "inputData"]

    def knowledge(self, root: Element, one: model.BusinessKnowledgeModel) -> None:
        node = self.element(root, "businessKnowledgeModel", one)
        self.variable(node, one.variable)
        if one.logic is not None:
            self.function(node, "encapsulatedLogic", one.logic)
        self.knowledge_requirements(node, one.knowledge)

    def knowledge_requirements(self, node: Element, references: Sequence[model.Reference]) -> None:
        for reference in references:
            required = SubElement(node, "knowledgeRequirement")
            SubElement(required, "requiredKnowledge", {"href": _href(reference)})

    def service(self, root: Element, one: model.DecisionService) -> None:
        node = self.element(root, "decisionService", one)
        self.variable(node, one.variable)
        groups = {
            "outputDecision": one.outputs,
            "encapsulatedDecision": one.encapsulated,
            "inputDecision": one.input_decisions,
            "inputData": one.input_data,
        }
        for tag, references in groups.items():
            for reference in references:
                SubElement(node, tag, {"href": _href(reference)})

    def variable(self, node: Element, one: model.Variable, tag: str = "variable") -> None:
        SubElement(node, tag, {"name": one.name} | _typed(one.type_ref))

    def item(self, root: Element, tag: str, one: model.ItemDefinition) -> None:
        node = SubElement(root, tag, {"name": one.name} | ({"isCollection": "true"} if one.is_collection else {}))
        if one.function is not None:
            function = SubElement(
                node, "functionItem", {"outputTypeRef": one.function.output_type} if one.function.output_type else {}
            )
            for parameter in one.function.parameters:
                self.variable(function, parameter, "parameters")
        elif one.components:
            for part in one.components:
                self.item(node, "itemComponent", part)
        elif one.type_ref:
            _say(node, "typeRef", one.type_ref)
            self.formula(node, "allowedValues", one.allowed_values)
            self.formula(node, "typeConstraint", one.type_constraint)

    def formula(self, node: Element, tag: str, one: model.Formula | None) -> None:
        if one is not None:
            _text(SubElement(node, tag), one.text)

    # Boxes

    def box(self, parent: Element, one: model.Expression | None) -> None:
        match one:
            case None:
                return
            case model.LiteralExpression():
                node = SubElement(parent, "literalExpression", _typed(one.type_ref))
                if one.formula is not None:
                    _text(node, one.formula.text)
            case model.Context():
                node = SubElement(parent, "context", _typed(one.type_ref))
                for entry in one.entries:
                    row = SubElement(node, "contextEntry")
                    if entry.variable is not None:
                        self.variable(row, entry.variable)
                    self.filled(row, entry.value)
            case model.Invocation():
                node = SubElement(parent, "invocation", _typed(one.type_ref))
                self.box(node, one.called)
                for binding in one.bindings:
                    row = SubElement(node, "binding")
                    self.variable(row, binding.parameter, "parameter")
                    self.box(row, binding.value)
            case model.ListExpression():
                node = SubElement(parent, "list", _typed(one.type_ref))
                for element in one.elements:
                    self.filled(node, element)
            case model.Relation():
                node = SubElement(parent, "relation", _typed(one.type_ref))
                for column in one.columns:
                    self.variable(node, column, "column")
                for cells in one.rows:
                    row = SubElement(node, "row")
                    for cell in cells:
                        self.filled(row, cell)
            case model.FunctionDefinition():
                self.function(parent, "functionDefinition", one)
            case model.Conditional():
                node = SubElement(parent, "conditional", _typed(one.type_ref))
                for tag, part in (("if", one.condition), ("then", one.then), ("else", one.otherwise)):
                    self.filled(SubElement(node, tag), part)
            case model.Filter():
                node = SubElement(parent, "filter", _typed(one.type_ref))
                self.filled(SubElement(node, "in"), one.source)
                self.filled(SubElement(node, "match"), one.match)
            case model.Iterator():
                values: dict[str, str] = {"iteratorVariable": one.variable}
                node = SubElement(parent, one.kind, values | _typed(one.type_ref))
                self.filled(SubElement(node, "in", _typed(one.variable_type)), one.source)
                self.filled(SubElement(node, "return" if one.kind == "for" else "satisfies"), one.body)
            case model.DecisionTable():
                self.table(parent, one)

    def filled(self, parent: Element, one: model.Expression | None) -> None:
        """A box where the schema demands one: an empty literal expression is null."""
        if one is None:
            SubElement(parent, "literalExpression")
        else:
            self.box(parent, one)

    def function(self, parent: Element, tag: str, one: model.FunctionDefinition) -> None:
        node = SubElement(parent, tag, ({} if one.kind == "FEEL" else {"kind": one.kind}) | _typed(one.type_ref))
        for parameter in one.parameters:
            self.variable(node, parameter, "formalParameter")
        self.box(node, one.body)

    def table(self, parent: Element, one: model.DecisionTable) -> None:
        values: dict[str, str] = {"hitPolicy": one.hit_policy}
        if one.aggregation:
            values["aggregation"] = one.aggregation
        if one.output_label:
            values["outputLabel"] = one.output_label
        node = SubElement(parent, "decisionTable", values | _typed(one.type_ref))
        for column in one.inputs:
            clause = SubElement(node, "input", {"label": column.label} if column.label else {})
            expression = SubElement(clause, "inputExpression", _typed(column.type_ref))
            if column.expression is not None:
                _text(expression, column.expression.text)
            self.formula(clause, "inputValues", column.values)
        for result in one.outputs:
            named = {"name": result.name} if result.name else {}
            labelled = {"label": result.label} if result.label else {}
            clause = SubElement(node, "output", labelled | named | _typed(result.type_ref))
            self.formula(clause, "outputValues", result.values)
            self.formula(clause, "defaultOutputEntry", result.default)
        for name in one.annotations:
            SubElement(node, "annotation", {"name": name})
        for rule in one.rules:
            row = SubElement(node, "rule", {"id": rule.id} if rule.id else {})
            for cell in rule.inputs:
                _text(SubElement(row, "inputEntry"), cell.text if cell is not None else "-")
            for cell in rule.outputs:
                entry = SubElement(row, "outputEntry")
                if cell is not None:
                    _text(entry, cell.text)
            for annotation in rule.annotations:
                _text(SubElement(row, "annotationEntry"), annotation)


def _say(node: Element, tag: str, text: str) -> None:
    if text:
        SubElement(node, tag).text = text


def _text(node: Element, text: str) -> None:
    SubElement(node, "text").text = text


def _typed(type_ref: str) -> dict[str, str]:
    return {"typeRef": type_ref} if type_ref else {}


def _href(reference: model.Reference) -> str:
    return f"{reference.namespace}#{reference.id}"


def _import_kind(kind: str) -> str:
    """Imports of older DMN are imports of DMN 1.5 in what we write."""
    return MODEL if "/DMN/" in kind else kind


# The decisions of a procedure


def from_decisions(decisions: Mapping[str, ProcedureDecision], name: str) -> model.Definitions:
    """The decisions of one procedure as a model: each becomes a decision, and a knowledge model where others call it.

    Parameters
    ----------
    decisions: by id, as compiled.
    name: the procedure's id; it names the model and its namespace.

    A decision of a procedure is a function of its inputs; DMN calls that a business knowledge model. Each gets one,
    and beside it a decision that applies it to input data of the same names, so that outside tools can evaluate it.
    Raises `NotExportable` for what DMN cannot say (units of money and legal periods).
    """
    place = Span.at(f"{name}.dmn", 1, 1)
    inputs: dict[str, str] = {}
    for one in decisions.values():
        for input_name, type_text in one.inputs:
            inputs[input_name] = _type_name(type_text)
    data = tuple(
        model.InputData(f"input_{_id(key)}", key, model.Variable(key, type_ref), place)
        for key, type_ref in sorted(inputs.items())
    )
    knowledge = tuple(_knowledge(one, decisions, place) for _, one in sorted(decisions.items()))
    answers = tuple(_answer(one, place) for _, one in sorted(decisions.items()))
    return model.Definitions(
        name=name,
        namespace=f"urn:amtsweg:{name}",
        version="1.5",
        file=f"{name}.dmn",
        id=f"definitions_{_id(name)}",
        input_data=data,
        decisions=answers,
        knowledge=knowledge,
    )


def _answer(one: ProcedureDecision, place: Span) -> model.Decision:
    """`<id> decision`: the knowledge model applied to input data."""
    called = model.LiteralExpression(model.Formula(one.id, place), place)
    bindings = tuple(
        model.Binding(model.Variable(name), model.LiteralExpression(model.Formula(name, place), place))
        for name, _ in one.inputs
    )
    return model.Decision(
        id=f"decision_{_id(one.id)}",
        name=f"{one.id} decision",
        variable=model.Variable(f"{one.id} decision", _type_name(one.output)),
        logic=model.Invocation(called, bindings, place),
        place=place,
        information=tuple(model.Reference("", f"input_{_id(name)}") for name, _ in one.inputs),
        knowledge=(model.Reference("", f"knowledge_{_id(one.id)}"),),
        description=one.title,
    )


def _knowledge(
    one: ProcedureDecision, decisions: Mapping[str, ProcedureDecision], place: Span
) -> model.BusinessKnowledgeModel:
    read = {name for expression in _expressions(one) for name in expression.names}
    logic: model.Expression
    if one.value is not None:
        logic = model.LiteralExpression(_formula(one.value, place), place)
    else:
        logic = _table(one, place)
    parameters = tuple(model.Variable(name, _type_name(type_text)) for name, type_text in one.inputs)
    return model.BusinessKnowledgeModel(
        id=f"knowledge_{_id(one.id)}",
        name=one.id,
        variable=model.Variable(one.id),
        logic=model.FunctionDefinition(parameters, logic, place),
        place=place,
        knowledge=tuple(
            model.Reference("", f"knowledge_{_id(other)}")
            for other in sorted(decisions)
            if other in read and other != one.id
        ),
    )


def _expressions(one: ProcedureDecision) -> list[Expr]:
    cells = [cell for rule in one.rules for cell in (*rule.tests, *rule.outputs) if cell is not None]
    return [*([one.value] if one.value is not None else []), *one.columns, *cells]


def _table(one: ProcedureDecision, place: Span) -> model.DecisionTable:
    policy = one.hit_policy.replace("_", " ").upper()
    aggregation = one.aggregation.upper()
    outputs = one.outputs or (("", one.output),)
    return model.DecisionTable(
        inputs=tuple(model.InputClause(_formula(column, place), place, label=column.text) for column in one.columns),
        outputs=tuple(
            model.OutputClause(name if len(outputs) > 1 else "", place, _type_name(type_text), label=name)
            for name, type_text in outputs
        ),
        rules=tuple(_rule(rule, place) for rule in one.rules),
        place=place,
        hit_policy=next(known for known in model.HIT_POLICIES if known == policy),
        aggregation=next((known for known in model.AGGREGATIONS if known == aggregation), None),
    )


def _rule(rule: TableRule, place: Span) -> model.Rule:
    return model.Rule(
        tuple(None if test is None else _formula(test, place) for test in rule.tests),
        tuple(_formula(output, place) for output in rule.outputs),
        place,
    )


_UNIT = re.compile(
    r"\d\s*(EUR|%|(working |calendar |week|clear )?days?|weeks?|months?|years?|hours?)(?![\w])", re.IGNORECASE
)


def _formula(one: Expr, place: Span) -> model.Formula:
    outside_strings = re.sub(r'"(?:[^"\\]|\\.)*"', '""', one.text)
    if _UNIT.search(outside_strings):
        raise NotExportable(
            f"{one.at or 'An expression'} uses a unit: `{one.text}`.",
            "DMN has numbers only; write the decision with numbers, or leave it out of the export.",
        )
    return model.Formula(one.text, place)


def _type_name(text: str) -> str:
    return TYPE_NAMES.get(text, "")


def _id(name: str) -> str:
    """A name as an XML id: letters, digits, `_`, `-`, `.` stay."""
    return re.sub(r"[^\w.-]", "_", name)

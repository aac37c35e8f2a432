"""Writing DMN 1.5 XML.

In: `model.Definitions`, read from a file of any version or made from a procedure (`from_procedure`). Out: bytes that
are valid against the schema DMN15.xsd and give the same answers when they are loaded again.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from amtsweg.dsl.dmn import model

MODEL = "https://www.omg.org/spec/DMN/20230324/MODEL/"


def dumps(definitions: model.Definitions) -> bytes:
    """The model as DMN 1.5 XML in UTF-8."""
    root = _Writer().definitions(definitions)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'.encode()


class _Writer:
    """Builds one tree; ids of decisions, inputs and the like come from the model, all others are left out."""

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
        for reference in one.information:
            required = SubElement(node, "informationRequirement")
            kind = "requiredInput" if reference.is_input else "requiredDecision"
            SubElement(required, kind, {"href": _href(reference)})
        self.knowledge_requirements(node, one.knowledge)
        self.box(node, one.logic)

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

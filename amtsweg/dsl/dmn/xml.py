"""Reading DMN files of every published version, as Camunda Modeler, Drools (KIE), Trisotech and others write them.

In: a file or bytes. Out: `model.Definitions`, or `DmnError` with file, line and what to do. All namespaces of DMN 1.1
to 1.5 are known; what the versions name differently (qualified names of types, "allowed values" of 1.5, annotations)
comes out alike. Diagrams and vendors' extensions are skipped, an unknown boxed expression is an error and never a
silent null.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal, cast

from amtsweg.dsl.dmn import model
from amtsweg.dsl.dmn.markup import MarkupError, Node, parse, parse_file
from amtsweg.dsl.source import Span

VERSIONS: dict[str, str] = {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20151101/dmn11.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
}

FEEL_NAMESPACES = frozenset(
    {
        "http://www.omg.org/spec/FEEL/20140401",
        "http://www.omg.org/spec/DMN/20180521/FEEL/",
        "https://www.omg.org/spec/DMN/20191111/FEEL/",
        "https://www.omg.org/spec/DMN/20211108/FEEL/",
        "https://www.omg.org/spec/DMN/20230324/FEEL/",
        "feel",
        "FEEL",
    }
)

# What tools of DMN 1.1 wrote for FEEL's types.
OLD_TYPE_NAMES = {
    "dateTime": "date and time",
    "dateandtime": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
    "any": "Any",
}

EXPRESSIONS = frozenset(
    {
        "literalExpression",
        "context",
        "invocation",
        "list",
        "relation",
        "functionDefinition",
        "conditional",
        "filter",
        "for",
        "some",
        "every",
        "decisionTable",
    }
)


class DmnError(MarkupError):
    """This DMN model cannot be read."""


def load(path: Path, file: str = "") -> model.Definitions:
    """The model in the file `path`; `file` is its name in messages. Raises `DmnError`, `MarkupError`."""
    return _Reader(parse_file(path, file), file or path.name).definitions()


def loads(data: bytes, file: str = "model.dmn") -> model.Definitions:
    """The model in `data`. Raises `DmnError`, `MarkupError`."""
    return _Reader(parse(data, file), file).definitions()


class _Reader:
    """Turns one tree into one model."""

    def __init__(self, root: Node, file: str) -> None:
        if root.name != "definitions" or root.namespace not in VERSIONS:
            raise DmnError(
                f"This is not a DMN model: its root is `{root.name}` in the namespace `{root.namespace}`.",
                "DMN 1.1 to 1.5 begin with `definitions` in a namespace of omg.org/spec/DMN.",
                root.place,
            )
        self.root, self.file = root, file
        self.namespace = root.get("namespace")
        self.import_names: dict[str, str] = {}

    def definitions(self) -> model.Definitions:
        root = self.root
        imports = tuple(
            model.Import(n.get("name"), n.get("namespace"), n.get("importType"), n.get("locationURI"))
            for n in root.all("import")
        )
        self.import_names = {i.namespace: i.name for i in imports}
        return model.Definitions(
            name=root.get("name"),
            namespace=self.namespace,
            version=VERSIONS[root.namespace],
            file=self.file,
            id=root.get("id"),
            imports=imports,
            items=tuple(self.item(n) for n in root.all("itemDefinition")),
            input_data=tuple(
                model.InputData(n.get("id"), _name(n), self.variable_of(n), n.place) for n in root.all("inputData")
            ),
            decisions=tuple(self.decision(n) for n in root.all("decision")),
            knowledge=tuple(self.knowledge_model(n) for n in root.all("businessKnowledgeModel")),
            services=tuple(self.service(n) for n in root.all("decisionService")),
        )

    # Elements

    def decision(self, node: Node) -> model.Decision:
        return model.Decision(
            id=node.get("id"),
            name=_name(node),
            variable=self.variable_of(node),
            logic=self.only(node),
            place=node.place,
            information=self.requirements(node, "informationRequirement", "requiredDecision", "requiredInput"),
            knowledge=self.requirements(node, "knowledgeRequirement", "requiredKnowledge"),
            question=_text(node.first("question")),
            allowed_answers=_text(node.first("allowedAnswers")),
            description=_text(node.first("description")),
        )

    def knowledge_model(self, node: Node) -> model.BusinessKnowledgeModel:
        logic = node.first("encapsulatedLogic")
        return model.BusinessKnowledgeModel(
            id=node.get("id"),
            name=_name(node),
            variable=self.variable_of(node),
            logic=self.function(logic) if logic else None,
            place=node.place,
            knowledge=self.requirements(node, "knowledgeRequirement", "requiredKnowledge"),
        )

    def service(self, node: Node) -> model.DecisionService:
        def of(name: str) -> tuple[model.Reference, ...]:
            return tuple(self.reference(child) for child in node.all(name))

        return model.DecisionService(
            id=node.get("id"),
            name=_name(node),
            variable=self.variable_of(node),
            place=node.place,
            outputs=of("outputDecision"),
            encapsulated=of("encapsulatedDecision"),
            input_decisions=of("inputDecision"),
            input_data=of("inputData"),
        )

    def requirements(self, node: Node, name: str, *targets: str) -> tuple[model.Reference, ...]:
        return tuple(
            self.reference(child)
            for requirement in node.all(name)
            for child in requirement.children
            if child.name in targets
        )

    def reference(self, node: Node) -> model.Reference:
        """`#id`, `id` (some tools leave the hash out), `namespace#id` or `file.dmn#id`."""
        href = node.get("href")
        space, hash_sign, name = href.rpartition("#")
        if not name:
            raise DmnError(f"`{node.name}` points nowhere (href `{href}`).", "Give the id of an element.", node.place)
        elsewhere = "" if not hash_sign or space == self.namespace else space
        return model.Reference(elsewhere, name, node.name in ("requiredInput", "inputData"))

    def variable_of(self, node: Node) -> model.Variable:
        found = node.first("variable")
        if found is None:
            return model.Variable(_name(node))
        return model.Variable(_tidy(found.get("name")) or _name(node), self.type_ref(found))

    def variable(self, node: Node) -> model.Variable:
        return model.Variable(_tidy(node.get("name")), self.type_ref(node))

    def item(self, node: Node) -> model.ItemDefinition:
        function = node.first("functionItem")
        return model.ItemDefinition(
            name=_name(node),
            place=node.place,
            type_ref=self.type_name(_text(node.first("typeRef")).strip(), node),
            is_collection=node.get("isCollection") in ("true", "1"),
            allowed_values=self.formula(node.first("allowedValues")),
            type_constraint=self.formula(node.first("typeConstraint")),
            components=tuple(self.item(child) for child in node.all("itemComponent")),
            function=None
            if function is None
            else model.FunctionItem(
                tuple(self.variable(n) for n in function.all("parameters")),
                self.type_name(function.get("outputTypeRef"), function),
            ),
        )

    # Types and texts

    def type_ref(self, node: Node) -> str:
        """The type an element names, as an attribute or (early 1.1 tools) as a child."""
        return self.type_name(node.get("typeRef") or _text(node.first("typeRef")).strip(), node)

    def type_name(self, text: str, node: Node) -> str:
        """A type's name as DMN 1.2 writes it: qualified names lose their prefix or get the import's name."""
        text = _tidy(text)
        if text.startswith("{"):  # Drools once wrote {namespace}name
            namespace, _, text = text[1:].partition("}")
        elif ":" in text and text.partition(":")[0].strip() in node.prefixes:
            prefix, _, text = text.partition(":")
            namespace = node.prefixes[prefix.strip()]
        elif text.startswith("feel:"):
            namespace, text = "feel", text[5:]
        else:
            return OLD_TYPE_NAMES.get(text, text)
        text = text.strip()
        if namespace in self.import_names:
            name = self.import_names[namespace]
            return f"{name}.{text}" if name else text
        return OLD_TYPE_NAMES.get(text, text)

    def formula(self, node: Node | None) -> model.Formula | None:
        """The FEEL text of an element that holds `text`; None when there is none or it is blank."""
        if node is None:
            return None
        text = node.first("text")
        if text is None or not text.text.strip():
            return None
        return _stripped(text)

    # Boxed expressions

    def only(self, node: Node | None) -> model.Expression | None:
        """The one boxed expression among the children."""
        found = self.boxes(node)
        return found[0] if found else None

    def boxes(self, node: Node | None) -> list[model.Expression]:
        if node is None:
            return []
        return [self.expression(n) for n in node.children if n.name in EXPRESSIONS and n.namespace == node.namespace]

    def expression(self, node: Node) -> model.Expression:
        readers: dict[str, Callable[[Node], model.Expression]] = {
            "literalExpression": self.literal,
            "context": self.context,
            "invocation": self.invocation,
            "list": self.list_expression,
            "relation": self.relation,
            "functionDefinition": self.function,
            "conditional": self.conditional,
            "filter": self.filter,
            "for": self.iterator,
            "some": self.iterator,
            "every": self.iterator,
            "decisionTable": self.table,
        }
        return readers[node.name](node)

    def literal(self, node: Node) -> model.LiteralExpression:
        language = node.get("expressionLanguage")
        if language and language not in FEEL_NAMESPACES and not language.rstrip("/").lower().endswith("feel"):
            raise DmnError(
                f"The expression language `{language}` is not spoken here.", "Write the expression in FEEL.", node.place
            )
        if node.first("importedValues") is not None:
            raise DmnError(
                "Values imported from a file of another kind are not read.", "Write them as a list.", node.place
            )
        return model.LiteralExpression(self.formula(node), node.place, self.type_ref(node))

    def context(self, node: Node) -> model.Context:
        entries = []
        for entry in node.all("contextEntry"):
            variable = entry.first("variable")
            entries.append(model.ContextEntry(self.variable(variable) if variable else None, self.only(entry)))
        return model.Context(tuple(entries), node.place, self.type_ref(node))

    def invocation(self, node: Node) -> model.Invocation:
        bindings = []
        for binding in node.all("binding"):
            parameter = binding.first("parameter")
            if parameter is None:
                raise DmnError("A binding names no parameter.", "Name the parameter.", binding.place)
            bindings.append(model.Binding(self.variable(parameter), self.only(binding)))
        return model.Invocation(self.only(node), tuple(bindings), node.place, self.type_ref(node))

    def list_expression(self, node: Node) -> model.ListExpression:
        return model.ListExpression(tuple(self.boxes(node)), node.place, self.type_ref(node))

    def relation(self, node: Node) -> model.Relation:
        columns = tuple(self.variable(n) for n in node.all("column"))
        rows = []
        for row in node.all("row"):
            cells = tuple(self.boxes(row))
            if len(cells) != len(columns):
                raise DmnError(
                    f"This row has {len(cells)} cells, the relation {len(columns)} columns.",
                    "Give one cell for each column.",
                    row.place,
                )
            rows.append(cells)
        return model.Relation(columns, tuple(rows), node.place, self.type_ref(node))

    def function(self, node: Node) -> model.FunctionDefinition:
        kind = node.get("kind", "FEEL")
        if kind not in ("FEEL", "Java", "PMML"):
            raise DmnError(f"A function of the kind `{kind}` is not known.", "Use FEEL.", node.place)
        return model.FunctionDefinition(
            tuple(self.variable(n) for n in node.all("formalParameter")),
            self.only(node),
            node.place,
            cast(model.FunctionKind, kind),
            self.type_ref(node),
        )

    def conditional(self, node: Node) -> model.Conditional:
        parts = (self.only(node.first(name)) for name in ("if", "then", "else"))
        condition, then, otherwise = parts
        return model.Conditional(condition, then, otherwise, node.place, self.type_ref(node))

    def filter(self, node: Node) -> model.Filter:
        return model.Filter(
            self.only(node.first("in")), self.only(node.first("match")), node.place, self.type_ref(node)
        )

    def iterator(self, node: Node) -> model.Iterator:
        source = node.first("in")
        return model.Iterator(
            cast(Literal["for", "some", "every"], node.name),
            _tidy(node.get("iteratorVariable")),
            self.only(source),
            self.only(node.first("return" if node.name == "for" else "satisfies")),
            node.place,
            self.type_ref(source) if source else "",
            self.type_ref(node),
        )

    # Tables

    def table(self, node: Node) -> model.DecisionTable:
        policy = node.get("hitPolicy", "UNIQUE")
        aggregation = node.get("aggregation")
        if policy not in model.HIT_POLICIES:
            raise DmnError(f"The hit policy `{policy}` is not known.", _one_of(model.HIT_POLICIES), node.place)
        if aggregation and aggregation not in model.AGGREGATIONS:
            raise DmnError(f"The aggregation `{aggregation}` is not known.", _one_of(model.AGGREGATIONS), node.place)
        inputs = tuple(self.input_clause(n) for n in node.all("input"))
        outputs = tuple(self.output_clause(n) for n in node.all("output"))
        return model.DecisionTable(
            inputs=inputs,
            outputs=outputs,
            rules=tuple(self.rule(n, len(inputs), len(outputs)) for n in node.all("rule")),
            place=node.place,
            hit_policy=policy,
            aggregation=aggregation or None,
            annotations=tuple(n.get("name") for n in node.all("annotation")),
            output_label=node.get("outputLabel"),
            type_ref=self.type_ref(node),
        )

    def input_clause(self, node: Node) -> model.InputClause:
        expression = node.first("inputExpression")
        return model.InputClause(
            expression=self.formula(expression),
            place=node.place,
            type_ref=self.type_ref(expression) if expression else "",
            values=self.formula(node.first("inputValues")),
            label=node.get("label"),
        )

    def output_clause(self, node: Node) -> model.OutputClause:
        return model.OutputClause(
            name=_tidy(node.get("name")),
            place=node.place,
            type_ref=self.type_ref(node),
            values=self.formula(node.first("outputValues")),
            default=self.formula(node.first("defaultOutputEntry")),
            label=node.get("label"),
        )

    def rule(self, node: Node, inputs: int, outputs: int) -> model.Rule:
        tests = tuple(self.formula(n) for n in node.all("inputEntry"))
        results = tuple(self.formula(n) for n in node.all("outputEntry"))
        if (len(tests), len(results)) != (inputs, outputs):
            raise DmnError(
                f"This rule has {len(tests)} conditions and {len(results)} results,"
                f" the table {inputs} inputs and {outputs} outputs.",
                "Give one cell for each column; `-` for any value.",
                node.place,
            )
        annotations = tuple(_text(n.first("text")).strip() for n in node.all("annotationEntry"))
        description = _text(node.first("description")).strip()
        return model.Rule(
            tests, results, node.place, annotations or ((description,) if description else ()), node.get("id")
        )


def _tidy(name: str) -> str:
    """A name with single blanks: names are compared without regard to layout (10.3.1.3)."""
    return " ".join(name.split())


def _name(node: Node) -> str:
    return _tidy(node.get("name"))


def _text(node: Node | None) -> str:
    return node.text if node is not None else ""


def _one_of(names: Iterable[str]) -> str:
    return f"It is one of {', '.join(names)}."


def _stripped(node: Node) -> model.Formula:
    """The text without blank margins, with the place where it then begins."""
    place = node.text_place or node.place
    text = node.text
    head = text[: len(text) - len(text.lstrip())]
    lines = head.count("\n")
    column = len(head) - head.rfind("\n") - 1 if lines else place.start.column - 1 + len(head)
    kept = text.strip()
    return model.Formula(kept, Span.at(place.file, place.start.line + lines, column + 1, len(kept.partition("\n")[0])))

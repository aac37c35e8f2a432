"""From a DMN model to the `decisions:` of a procedure.

In: a `Library`. Out: a piece of YAML in our language: one decision per decision and knowledge model, with typed inputs,
tables as pipe tables, everything else as one expression. A decision of DMN requires others by name; here a decision
is a function, so each gets the input data that it needs, directly or further down, as `inputs`, and names of required
decisions become calls. Names become ids (`Monthly salary` -> `monthly_salary`). What has no counterpart (decision
services, functions in Java) is refused with its place.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from amtsweg.dsl.dmn import model
from amtsweg.dsl.dmn.library import Key, Library, Linked
from amtsweg.dsl.dmn.text import Writer
from amtsweg.dsl.dmn.xml import DmnError
from amtsweg.dsl.feel import parser, tree

TYPES = {
    "number": "number",
    "string": "text",
    "boolean": "yes_no",
    "date": "date",
    "time": "time",
    "date and time": "date_time",
}

# Members that FEEL itself gives to dates, durations and ranges keep their names.
OWN_MEMBERS = frozenset({"time offset", "start included", "end included"})

_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "å": "a"})


def slug(name: str) -> str:
    """A name as an id of our language: ascii, lower case, `_`."""
    name = re.sub(r"(?<=[a-zäöüß0-9])(?=[A-ZÄÖÜ])", " ", name)  # CamelCase
    text = unicodedata.normalize("NFKD", name.lower().translate(_LETTERS)).encode("ascii", "ignore").decode()
    text = re.sub(r"[^a-z0-9]+", "_", text).strip("_") or "x"
    return f"x_{text}" if text[0].isdigit() else text


def member(name: str) -> str:
    """A member's name in our language."""
    return name if name in OWN_MEMBERS else slug(name)


@dataclass(slots=True)
class _Decision:
    """One decision in the making."""

    id: str
    title: str
    inputs: list[tuple[str, str]]
    output: str = ""
    outputs: list[tuple[str, str]] = field(default_factory=list)
    body: list[str] = field(default_factory=list)


def to_yaml(library: Library) -> str:
    """The model's decisions as YAML. Raises `DmnError` for what our language does not have, `ExpressionError`."""
    return _Import(library).text()


class _Import:
    """One run over one library."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.ids: dict[Key, str] = {}
        self.made: list[_Decision] = []
        self.taken: set[str] = set()
        self.parameters: dict[str, tuple[str, ...]] = {}
        self.spaced = frozenset(_names(library))

    def text(self) -> str:
        for owner in self.library.models:
            elements: tuple[model.Element, ...] = (*owner.decisions, *owner.knowledge)
            for element in elements:
                name = self.ids[Linked(owner, element).key] = self.unique(slug(element.name))
                if isinstance(element, model.BusinessKnowledgeModel) and element.logic is not None:
                    self.parameters[name] = tuple(parameter.name for parameter in element.logic.parameters)
        for owner in self.library.models:
            for one in owner.knowledge:
                self.knowledge(Linked(owner, one), one)
            for decision in owner.decisions:
                self.decision(Linked(owner, decision), decision)
        main = self.library.main
        services = [service.name for owner in self.library.models for service in owner.services]
        head = [
            f"# From {main.file}: DMN {main.version}, {main.name}",
            *(f"# Left out: the decision service {name}; its decisions stand below." for name in services),
            *self.types(),
        ]
        return "\n".join([*head, "decisions:", *self.written()]) + "\n"

    def unique(self, wanted: str) -> str:
        found, number = wanted, 2
        while found in self.taken:
            found, number = f"{wanted}_{number}", number + 1
        self.taken.add(found)
        return found

    # Types

    def types(self) -> list[str]:
        """Record types for structures, inner ones as types of their own."""
        lines = []
        for owner in self.library.models:
            for item in owner.items:
                if item.components:
                    lines += self.record(owner, item, item.name)
        return ["types:", *lines] if lines else []

    def record(self, owner: model.Definitions, item: model.ItemDefinition, name: str) -> list[str]:
        lines, inner = [f"  {slug(name)}:", f"    title: {_scalar(name)}", "    fields:"], []
        for part in item.components:
            if part.components:
                word = slug(f"{name} {part.name}")
                inner += self.record(owner, part, f"{name} {part.name}")
            else:
                word = self.type_word(owner, part.type_ref)
            if word == "text" and not part.is_collection:
                lines.append(f"      {slug(part.name)}: {_scalar(part.name)}")
                continue
            lines += [f"      {slug(part.name)}:", f"        title: {_scalar(part.name)}", f"        type: {word}"]
            lines += ["        many: yes"] if part.is_collection else []
        return [*inner, *lines]

    def type_word(self, owner: model.Definitions, type_ref: str, unknown: str = "text") -> str:
        """The word for a type; for inputs, one that we have no word for is `text`, which the checker then disputes."""
        for _ in range(20):
            if type_ref in TYPES:
                return TYPES[type_ref]
            found = self.library.item(owner, type_ref)
            if found is None or found[1].is_collection:
                return unknown
            owner, item = found
            if item.components:
                return slug(item.name)
            type_ref = item.type_ref
        return unknown

    # Elements

    def knowledge(self, linked: Linked, one: model.BusinessKnowledgeModel) -> None:
        if one.logic is None:
            return
        if one.logic.kind != "FEEL":
            raise DmnError(f"`{one.name}` is a function in {one.logic.kind}.", "Write it in FEEL.", one.place)
        inputs = [(slug(p.name), self.type_word(linked.owner, p.type_ref)) for p in one.logic.parameters]
        names = {(p.name,): slug(p.name) for p in one.logic.parameters}
        gives = self.type_word(linked.owner, one.logic.type_ref or one.variable.type_ref, "")
        made = _Decision(self.ids[linked.key], one.name, inputs, gives)
        self.write(made, one.logic.body, self.scope(linked) | names, linked.owner)

    def decision(self, linked: Linked, one: model.Decision) -> None:
        inputs = [
            (slug(data.element.variable.name), self.type_word(data.owner, data.element.variable.type_ref))
            for data in self.leaves(linked)
        ]
        gives = self.type_word(linked.owner, one.variable.type_ref, "")
        made = _Decision(self.ids[linked.key], one.name, inputs, gives)
        self.write(made, one.logic, self.scope(linked), linked.owner)

    def required(self, linked: Linked) -> list[Linked]:
        element = linked.element
        if isinstance(element, model.Decision):
            return [self.library.find(linked.owner, one) for one in (*element.information, *element.knowledge)]
        if isinstance(element, model.BusinessKnowledgeModel):
            return [self.library.find(linked.owner, one) for one in element.knowledge]
        return []

    def leaves(self, linked: Linked, depth: int = 0) -> list[Linked]:
        """The input data that a decision needs, directly and further down, each once."""
        if depth > 60:
            raise DmnError(f"`{linked.element.name}` requires itself.", "Break the circle.", linked.element.place)
        found: dict[Key, Linked] = {}
        for one in self.required(linked):
            if isinstance(one.element, model.InputData):
                found[one.key] = one
            elif isinstance(one.element, model.Decision):
                found |= {leaf.key: leaf for leaf in self.leaves(one, depth + 1)}
        return list(found.values())

    def scope(self, linked: Linked) -> dict[tuple[str, ...], str]:
        """What the names in an element's logic are called in ours."""
        names: dict[tuple[str, ...], str] = {}
        for one in self.required(linked):
            path = (*one.path, one.element.variable.name)
            if isinstance(one.element, model.InputData):
                names[path] = slug(one.element.variable.name)
            elif isinstance(one.element, model.Decision):
                arguments = ", ".join(slug(leaf.element.variable.name) for leaf in self.leaves(one))
                names[path] = f"{self.ids[one.key]}({arguments})"
            elif isinstance(one.element, model.BusinessKnowledgeModel):
                names[path] = self.ids[one.key]
            else:
                raise DmnError(
                    f"`{linked.element.name}` calls the service `{one.element.name}`, which has no counterpart.",
                    "Call its decisions directly.",
                    linked.element.place,
                )
        return names

    # Logic

    def write(
        self,
        made: _Decision,
        logic: model.Expression | None,
        names: dict[tuple[str, ...], str],
        owner: model.Definitions,
    ) -> None:
        if isinstance(logic, model.DecisionTable):
            made.body = self.table(logic, names, made, owner)
        else:
            writer = Writer(names.get, member)
            made.body = _value_lines(_laid_out(self.as_tree(logic, names, made, owner), writer))
        self.made.append(made)

    def table(
        self,
        table: model.DecisionTable,
        names: dict[tuple[str, ...], str],
        made: _Decision,
        owner: model.Definitions,
    ) -> list[str]:
        writer = Writer(names.get, member)

        def cell(formula: model.Formula | None, unary: bool) -> str:
            if formula is None or formula.text == "-":
                return "-" if unary else "null"
            read = parser.parse_unary if unary else parser.parse
            return writer.write(self.in_order(read(formula.text, self.spaced), names))

        several = len(table.outputs) > 1
        marks = [output.name or table.output_label or made.title for output in table.outputs]
        head = [cell(column.expression, unary=False) for column in table.inputs]
        head += [f"= {slug(mark) if several else ' '.join(mark.replace('|', ' ').split())}" for mark in marks]
        rules = _by_priority(table)
        rows = [
            [cell(one, unary=True) for one in rule.inputs] + [cell(one, unary=False) for one in rule.outputs]
            for rule in rules
        ]
        defaults = [output.default for output in table.outputs]
        policy = table.hit_policy.lower().replace(" ", "_")
        if any(default is not None for default in defaults):
            if policy not in ("unique", "first"):
                raise DmnError(
                    "A default beside this hit policy has no counterpart.", "Write a last rule instead.", table.place
                )
            # In a table of ours the last row says what is so otherwise; it needs FIRST.
            policy = "first"
            rows.append(["-"] * len(table.inputs) + [cell(one, unary=False) for one in defaults])
        self.typed(table, made, owner, [row[len(table.inputs) :] for row in rows])
        lines = []
        if policy != "unique":
            aggregation = f"_{table.aggregation.lower()}" if table.aggregation else ""
            lines.append(f"    hit_policy: {policy}{aggregation}")
        return [*lines, "    table: |", *(f"      {line}" for line in _aligned([head, *rows]))]

    def typed(
        self, table: model.DecisionTable, made: _Decision, owner: model.Definitions, outputs: list[list[str]]
    ) -> None:
        """The types of the outputs: as declared, else as all constants in the column show."""
        words = [
            self.type_word(owner, column.type_ref, "") or _type_of([row[number] for row in outputs])
            for number, column in enumerate(table.outputs)
        ]
        if len(words) == 1:
            made.output = made.output or words[0]
        elif all(words):
            made.output = ""
            made.outputs = [(slug(column.name), word) for column, word in zip(table.outputs, words, strict=True)]

    def as_tree(
        self,
        box: model.Expression | None,
        names: dict[tuple[str, ...], str],
        made: _Decision,
        owner: model.Definitions,
        local: frozenset[str] = frozenset(),
    ) -> tree.Node:
        """A boxed expression as one tree; tables inside become decisions of their own."""

        def of(part: model.Expression | None, *more: str) -> tree.Node:
            return self.as_tree(part, names, made, owner, local | set(more))

        match box:
            case None:
                return tree.Null(0, 0)
            case model.LiteralExpression():
                if box.formula is None:
                    return tree.Null(0, 0)
                return self.in_order(parser.parse(box.formula.text, self.spaced | local), names)
            case model.Context():
                return self.context(box, names, made, owner, local)
            case model.Invocation():
                bindings = tuple((one.parameter.name, of(one.value)) for one in box.bindings)
                return self.in_order(tree.Call(0, 0, of(box.called), bindings), names)
            case model.ListExpression():
                return tree.List(0, 0, tuple(of(one) for one in box.elements))
            case model.Relation():
                columns = [column.name for column in box.columns]
                rows = (tuple(zip(columns, (of(cell) for cell in row), strict=True)) for row in box.rows)
                return tree.List(0, 0, tuple(tree.Context(0, 0, row) for row in rows))
            case model.FunctionDefinition():
                if box.kind != "FEEL":
                    raise DmnError(f"This is a function in {box.kind}.", "Write it in FEEL.", box.place)
                params = tuple((one.name, "") for one in box.parameters)
                return tree.FunctionDefinition(0, 0, params, of(box.body, *(name for name, _ in params)))
            case model.Conditional():
                return tree.If(0, 0, of(box.condition), of(box.then), of(box.otherwise))
            case model.Filter():
                return tree.Filter(0, 0, of(box.source), of(box.match, "item"))
            case model.Iterator():
                iterators = ((box.variable, of(box.source), None),)
                body = of(box.body, box.variable, "partial")
                if box.kind == "for":
                    return tree.For(0, 0, iterators, body)
                return tree.Quantified(0, 0, box.kind, iterators, body)
            case model.DecisionTable():
                return self.inner_table(box, names, made, owner, local)

    def in_order(self, node: tree.Node, names: dict[tuple[str, ...], str]) -> tree.Node:
        """Calls of knowledge models with their arguments in order instead of by name."""
        changed = tree.rebuild(node, lambda child: self.in_order(child, names))
        if not (isinstance(changed, tree.Call) and all(name for name, _ in changed.arguments)):
            return changed
        parameters = self.parameters.get(names.get(tree.path_of(changed.function), ""))
        given = dict(changed.arguments)
        if parameters is None or set(given) != set(parameters):
            return changed
        return replace(changed, arguments=tuple(("", given[name]) for name in parameters))

    def context(
        self,
        box: model.Context,
        names: dict[tuple[str, ...], str],
        made: _Decision,
        owner: model.Definitions,
        local: frozenset[str],
    ) -> tree.Node:
        entries: list[tuple[str, tree.Node]] = []
        for entry in box.entries:
            value = self.as_tree(entry.value, names, made, owner, local)
            name = entry.variable.name if entry.variable is not None else "result"
            entries.append((name, value))
            local = local | {name}
        whole = tree.Context(0, 0, tuple(entries))
        has_result = any(entry.variable is None for entry in box.entries)
        return tree.Path(0, 0, whole, "result") if has_result else whole

    def inner_table(
        self,
        table: model.DecisionTable,
        names: dict[tuple[str, ...], str],
        made: _Decision,
        owner: model.Definitions,
        local: frozenset[str],
    ) -> tree.Node:
        """A table inside other logic: a decision beside this one, called with the local names that it reads."""
        read = {
            name
            for formula, unary in _formulas(table)
            for name in tree.free_names(
                (parser.parse_unary if unary else parser.parse)(formula.text, self.spaced | local)
            )
        }
        arguments = sorted(read & local)
        inner = _Decision(
            self.unique(f"{made.id}_table"),
            table.output_label or made.title,
            [*made.inputs, *((slug(name), "text") for name in arguments)],
        )
        inner.body = self.table(table, names | {(name,): slug(name) for name in arguments}, inner, owner)
        self.made.append(inner)
        call = tuple(("", tree.Name(0, 0, name)) for name, _ in made.inputs)
        return tree.Call(0, 0, tree.Name(0, 0, inner.id), (*call, *(("", tree.Name(0, 0, name)) for name in arguments)))

    def written(self) -> Iterator[str]:
        for one in self.made:
            yield f"  {one.id}:"
            yield f"    title: {_scalar(one.title)}"
            if one.inputs:
                yield f"    inputs: {{{', '.join(f'{name}: {word}' for name, word in one.inputs)}}}"
            if one.output:
                yield f"    output: {one.output}"
            if one.outputs:
                yield f"    outputs: {{{', '.join(f'{name}: {word}' for name, word in one.outputs)}}}"
            yield from one.body


def _formulas(table: model.DecisionTable) -> Iterator[tuple[model.Formula, bool]]:
    """All expressions of a table, and whether they are unary tests."""
    for column in table.inputs:
        if column.expression is not None:
            yield column.expression, False
    for rule in table.rules:
        for cell in rule.inputs:
            if cell is not None and cell.text != "-":
                yield cell, True
        for cell in rule.outputs:
            if cell is not None and cell.text != "-":
                yield cell, False


def _names(library: Library) -> Iterator[str]:
    """Every name that a text of the models may use."""
    for owner in library.models:
        for element in owner.elements:
            yield element.variable.name
        for one in owner.imports:
            yield one.name
        todo = list(owner.items)
        while todo:
            item = todo.pop()
            yield item.name
            todo += item.components
        for knowledge in owner.knowledge:
            if knowledge.logic is not None:
                yield from (one.name for one in knowledge.logic.parameters)
        for decision in owner.decisions:
            yield from _box_names(decision.logic)
        for knowledge in owner.knowledge:
            yield from _box_names(knowledge.logic)


def _box_names(box: model.Expression | None) -> Iterator[str]:
    match box:
        case model.Context():
            for entry in box.entries:
                if entry.variable is not None:
                    yield entry.variable.name
                yield from _box_names(entry.value)
        case model.Relation():
            yield from (column.name for column in box.columns)
        case model.FunctionDefinition():
            yield from (one.name for one in box.parameters)
            yield from _box_names(box.body)
        case model.DecisionTable():
            yield from (output.name for output in box.outputs if output.name)
        case model.Iterator():
            yield box.variable
            yield from _box_names(box.body)


def _aligned(rows: list[list[str]]) -> Iterator[str]:
    """Rows of a pipe table with their bars below each other."""
    lines = [[" ".join(cell.split()) for cell in row] for row in rows]
    widths = [max(len(row[number]) for row in lines) for number in range(len(lines[0]))]
    for row in lines:
        yield " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _by_priority(table: model.DecisionTable) -> list[model.Rule]:
    """The rules in the order of priority of their outputs: our tables take the order from the rules.

    Nothing else depends on the order of rules in PRIORITY and OUTPUT ORDER tables.
    """
    rules = list(table.rules)
    if table.hit_policy not in ("PRIORITY", "OUTPUT ORDER"):
        return rules
    orders = [_members(output.values) for output in table.outputs]

    def rank(rule: model.Rule) -> list[int]:
        texts = [cell.text if cell is not None else "null" for cell in rule.outputs]
        return [order.index(text) if text in order else len(order) for order, text in zip(orders, texts, strict=True)]

    rules.sort(key=rank)
    for number, order in enumerate(orders):
        seen = list(dict.fromkeys(cell.text for rule in rules if (cell := rule.outputs[number]) is not None))
        if order and seen != [text for text in order if text in seen]:
            raise DmnError(
                "The priorities of this table cannot be told by the order of its rules.",
                "Write it with FIRST.",
                table.place,
            )
    return rules


def _members(values: model.Formula | None) -> list[str]:
    """The allowed values as texts, in order."""
    if values is None:
        return []
    node = parser.parse_unary(values.text)
    tests = node.tests if isinstance(node, tree.Tests) else (node,)
    return [values.text[one.start : one.end] for one in tests]


def _type_of(cells: list[str]) -> str:
    """The type of a column of constants; "" where it is not plain to see."""
    kinds = {
        "text"
        if cell.startswith('"')
        else "number"
        if re.fullmatch(r"-?[\d.]+", cell)
        else "yes_no"
        if cell in ("true", "false")
        else ""
        for cell in cells
    }
    return kinds.pop() if len(kinds) == 1 else ""


def _laid_out(node: tree.Node, writer: Writer) -> str:
    """An expression as text; a context, and one whose result is asked for, with one entry a line."""
    whole = node.base if isinstance(node, tree.Path) and isinstance(node.base, tree.Context) else node
    text = writer.write(node)
    if not isinstance(whole, tree.Context) or len(text) < 90:
        return text
    lines, bound = [], frozenset[str]()
    for name, value in whole.entries:
        lines.append(f"  {writer.local(name)}: {writer.write(value, bound)}")
        bound |= {name}
    tail = f".{writer.local(node.name)}" if isinstance(node, tree.Path) else ""
    return "{\n" + ",\n".join(lines) + "\n}" + tail


def _value_lines(text: str) -> list[str]:
    """An expression as a scalar: on the key's line where YAML reads it as it is, else as a block."""
    plain = not re.search(r": |\s#|^[\[\]{}&*!|>'\"%@`?-]|:$|\n", text) and len(text) < 90
    return [f"    value: {text}"] if plain else ["    value: |", *(f"      {line}" for line in text.split("\n"))]


def _scalar(text: str) -> str:
    """A caption as YAML reads it; captions that would need quotation marks lose the signs that would make them."""
    tidy = re.sub(r"[:#]\s", "; ", " ".join(text.split())).strip("-?:,[]{}&*!|>'\"%@` #")
    return tidy or "x"

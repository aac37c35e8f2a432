"""The decisions of a procedure as a DMN model, for tools outside.

In: a compiled `Machine`. Out: `model.Definitions`. A decision of a procedure is a function of its inputs; DMN calls
that a business knowledge model. Each decision becomes one, and beside it a DMN decision that applies it to input data
of the same names, so that outside tools can evaluate it. What a decision reads besides its inputs (parameters of the
municipality, fields of forms) becomes further parameters. DMN knows no units: amounts of money become numbers, per
cent a factor, plain periods durations, options of lists texts. Periods of the law have no counterpart and are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from amtsweg.dsl.dmn import model
from amtsweg.dsl.dmn.text import Writer, quoted
from amtsweg.dsl.feel import tree, types
from amtsweg.dsl.feel.builtins import OFFICE, STANDARD
from amtsweg.dsl.feel.numbers import number_text
from amtsweg.dsl.procedure import Decision, Expr, Machine, OptionList, TableRule
from amtsweg.dsl.source import Span
from amtsweg.errors import AmtswegError

CLOCK = ("today", "now")


class NotExportable(AmtswegError):
    """DMN has no way to say this."""


def from_procedure(machine: Machine) -> model.Definitions:
    """The decisions of a procedure. Raises `NotExportable` for what DMN cannot say."""
    return _Export(machine).definitions()


@dataclass(slots=True)
class _Known:
    """What is known of one decision: its trees, and the names it reads besides its inputs (those it calls included)."""

    decision: Decision
    columns: tuple[tree.Node, ...]
    rules: tuple[tuple[tuple[tree.Node | None, ...], tuple[tree.Node, ...]], ...]
    value: tree.Node | None
    calls: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    done: bool = field(default=False)


class _Export:
    """One run over one machine."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.place = Span.at(f"{machine.id}.dmn", 1, 1)
        self.known = {one.id: self.read(one) for _, one in sorted(machine.decisions.items())}
        for name in self.known:
            self.settle(name, ())
        self.lists: dict[str, tuple[str, ...]] = {}
        self.writer = Writer()

    def definitions(self) -> model.Definitions:
        knowledge = tuple(self.knowledge(one) for one in self.known.values())
        answers = tuple(self.answer(one) for one in self.known.values())
        inputs: dict[str, str] = {}
        for one in self.known.values():
            for name, type_ref in self.parameters(one):
                inputs[name] = type_ref if inputs.get(name, type_ref) == type_ref else ""
        name = self.machine.id
        return model.Definitions(
            name=name,
            namespace=f"urn:amtsweg:{name}",
            version="1.5",
            file=f"{name}.dmn",
            id=f"definitions_{xml_id(name)}",
            items=tuple(self.item(name, values) for name, values in sorted(self.lists.items())),
            input_data=tuple(
                model.InputData(f"input_{xml_id(key)}", key, model.Variable(key, type_ref), self.place)
                for key, type_ref in sorted(inputs.items())
            ),
            decisions=answers,
            knowledge=knowledge,
        )

    # What decisions read

    def read(self, one: Decision) -> _Known:
        rules = tuple(
            (
                tuple(None if test is None else self.plain(test) for test in rule.tests),
                tuple(self.plain(output) for output in rule.outputs),
            )
            for rule in one.rules
        )
        columns = tuple(self.plain(column) for column in one.columns)
        value = self.plain(one.value) if one.value is not None else None
        return _Known(one, columns, rules, value)

    def settle(self, name: str, above: tuple[str, ...]) -> tuple[str, ...]:
        """The names a decision reads besides its inputs, in the order of their first use."""
        one = self.known[name]
        if one.done:
            return one.extras
        if name in above:
            raise NotExportable(f"The decision `{name}` calls itself.", "DMN tools differ there; export the others.")
        found: dict[str, None] = {}
        calls: dict[str, None] = {}
        own = {key for key, _ in one.decision.inputs}
        for node in _nodes(one):
            for read in tree.free_names(node):
                if read in own or read == "?" or read in STANDARD:
                    continue
                if read in self.known:
                    calls[read] = None
                    found.update(dict.fromkeys(n for n in self.settle(read, (*above, name)) if n not in own))
                elif read in OFFICE:
                    raise NotExportable(
                        f"{one.decision.at or name} calls `{read}`, which is no function of DMN.",
                        "Leave the decision out of the export.",
                    )
                else:
                    found[read] = None
        one.extras, one.calls, one.done = tuple(found), tuple(calls), True
        return one.extras

    def parameters(self, one: _Known) -> list[tuple[str, str]]:
        """The parameters of a decision's function with their types: its inputs, then what else it reads."""
        declared = [(name, self.type_ref(text)) for name, text in one.decision.inputs]
        return declared + [(name, self.extra_type(name)) for name in one.extras]

    def extra_type(self, name: str) -> str:
        parameter = self.machine.parameters.get(name)
        return self.type_ref(parameter.type.name) if parameter is not None else ""

    def type_ref(self, text: str) -> str:
        """DMN's name for a type of ours; "" (Any) where it has none. Lists become item definitions."""
        own = {
            "money": "number",
            "percent": "number",
            "text": "string",
            "yes_no": "boolean",
            "date_time": "date and time",
        }
        if text in own:
            return own[text]
        try:
            kind = types.of_text(text.removesuffix("?"))
        except types.TypeTextError:
            return ""
        if kind.kind == "enum" and kind.values:
            self.lists[kind.name] = kind.values
            return kind.name
        if kind.kind == "money":
            return "number"
        basic = ("number", "string", "boolean", "date", "time", "date and time")
        durations = ("days and time duration", "years and months duration")
        return kind.kind if kind.kind in (*basic, *durations) else ""

    def item(self, name: str, values: Iterable[str]) -> model.ItemDefinition:
        allowed = model.Formula(", ".join(quoted(value) for value in values), self.place)
        return model.ItemDefinition(name, self.place, "string", allowed_values=allowed)

    # Trees without units

    def plain(self, expression: Expr) -> tree.Node:
        """The tree in FEEL as the standard has it."""
        return self.visit(tree.from_data(expression.tree), expression)

    def visit(self, node: tree.Node, within: Expr) -> tree.Node:
        start, end = node.start, node.end
        match node:
            case tree.Money():
                return tree.Number(start, end, node.amount)
            case tree.Percent():
                return tree.Number(start, end, number_text(Decimal(node.text) / 100))
            case tree.Choice():
                return tree.String(start, end, node.value)
            case tree.Period():
                return self.duration(node, within)
            case tree.When():
                raise _refused(within, "a period of the law")
            case tree.Name() if node.name in CLOCK:
                return tree.Call(start, end, node, ())
            case tree.Name() if node.name in self.machine.lists and self.is_list(node.name):
                options = self.machine.lists[node.name].options
                return tree.List(start, end, tuple(tree.String(start, end, option.id) for option in options))
            case tree.Call(function=tree.Name(name="default"), arguments=((_, value), (_, otherwise))):
                known, other = self.visit(value, within), self.visit(otherwise, within)
                test = tree.Binary(start, end, "=", known, tree.Null(start, end))
                return tree.If(start, end, test, other, known)
        changed = tree.rebuild(node, lambda child: self.visit(child, within))
        if isinstance(changed, tree.Tests):
            # A list as a test means each of its elements; tools agree on that form only.
            tests = (one.items if isinstance(one, tree.List) else (one,) for one in changed.tests)
            return replace(changed, tests=tuple(test for group in tests for test in group))
        return changed

    def is_list(self, name: str) -> bool:
        """A list stands for its options only where the municipality does not write it."""
        found: OptionList = self.machine.lists[name]
        return not found.by_tenant

    def duration(self, node: tree.Period, within: Expr) -> tree.Node:
        """`14 days`, `2 weeks`, `1 month` as durations; office days and Werktage are no durations."""
        if not isinstance(node.count, tree.Number):
            raise _refused(within, "a period with a computed length")
        count = int(node.count.value)
        forms = {"days": "P{}D", "calendar days": "P{}D", "hours": "PT{}H", "months": "P{}M", "years": "P{}Y"}
        if node.unit == "weeks":
            text = f"P{7 * count}D"
        elif node.unit in forms:
            text = forms[node.unit].format(count)
        else:
            raise _refused(within, f"the unit `{node.unit}`")
        return tree.At(node.start, node.end, text)

    # Elements

    def knowledge(self, one: _Known) -> model.BusinessKnowledgeModel:
        decision = one.decision
        logic: model.Expression
        if one.value is not None:
            logic = model.LiteralExpression(self.formula(one.value), self.place)
        else:
            logic = self.table(one)
        parameters = tuple(model.Variable(name, type_ref) for name, type_ref in self.parameters(one))
        return model.BusinessKnowledgeModel(
            id=f"knowledge_{xml_id(decision.id)}",
            name=decision.id,
            variable=model.Variable(decision.id),
            logic=model.FunctionDefinition(parameters, logic, self.place),
            place=self.place,
            knowledge=tuple(model.Reference("", f"knowledge_{xml_id(other)}") for other in one.calls),
        )

    def answer(self, one: _Known) -> model.Decision:
        """`<id> decision`: the knowledge model applied to input data."""
        decision, place = one.decision, self.place
        called = model.LiteralExpression(model.Formula(decision.id, place), place)
        names = [name for name, _ in self.parameters(one)]
        bindings = tuple(
            model.Binding(model.Variable(name), model.LiteralExpression(model.Formula(name, place), place))
            for name in names
        )
        return model.Decision(
            id=f"decision_{xml_id(decision.id)}",
            name=f"{decision.id} decision",
            variable=model.Variable(f"{decision.id} decision", self.type_ref(decision.output)),
            logic=model.Invocation(called, bindings, place),
            place=place,
            information=tuple(model.Reference("", f"input_{xml_id(name)}", True) for name in names),
            knowledge=(model.Reference("", f"knowledge_{xml_id(decision.id)}"),),
            description=decision.title,
        )

    def table(self, one: _Known) -> model.DecisionTable:
        decision = one.decision
        policy = decision.hit_policy.replace("_", " ").upper()
        outputs = decision.outputs or (("", decision.output),)
        several = len(outputs) > 1
        order = self.priorities(one) if policy in ("PRIORITY", "OUTPUT ORDER") else [None] * len(outputs)
        return model.DecisionTable(
            inputs=tuple(
                model.InputClause(self.formula(node), self.place, label=column.text)
                for node, column in zip(one.columns, decision.columns, strict=True)
            ),
            outputs=tuple(
                model.OutputClause(name if several else "", self.place, self.type_ref(kind), values, label=name)
                for (name, kind), values in zip(outputs, order, strict=True)
            ),
            rules=tuple(
                self.rule(tests, results, rule)
                for (tests, results), rule in zip(one.rules, decision.rules, strict=True)
            ),
            place=self.place,
            hit_policy=next(known for known in model.HIT_POLICIES if known == policy),
            aggregation=next((known for known in model.AGGREGATIONS if known == decision.aggregation.upper()), None),
            annotations=("Quelle",),
        )

    def priorities(self, one: _Known) -> list[model.Formula | None]:
        """The allowed outputs in order of priority: our tables have it in the order of their rules."""
        columns = []
        for number in range(len(one.rules[0][1]) if one.rules else 0):
            texts = dict.fromkeys(self.writer.write(results[number]) for _, results in one.rules)
            columns.append(model.Formula(", ".join(texts), self.place))
        return [*columns]

    def rule(
        self, tests: tuple[tree.Node | None, ...], results: tuple[tree.Node, ...], written: TableRule
    ) -> model.Rule:
        return model.Rule(
            tuple(None if test is None else self.formula(test) for test in tests),
            tuple(self.formula(result) for result in results),
            self.place,
            (written.at,),
        )

    def formula(self, node: tree.Node) -> model.Formula:
        return model.Formula(self.writer.write(self.calls_completed(node)), self.place)

    def calls_completed(self, node: tree.Node) -> tree.Node:
        """Calls of other decisions get what those read besides their inputs."""
        changed = tree.rebuild(node, self.calls_completed)
        if not (isinstance(changed, tree.Call) and isinstance(changed.function, tree.Name)):
            return changed
        called = self.known.get(changed.function.name)
        if called is None:
            return changed
        named = any(name for name, _ in changed.arguments)
        extras = tuple((name if named else "", tree.Name(node.start, node.end, name)) for name in called.extras)
        return replace(changed, arguments=(*changed.arguments, *extras))


def _nodes(one: _Known) -> Iterable[tree.Node]:
    yield from one.columns
    if one.value is not None:
        yield one.value
    for tests, results in one.rules:
        yield from (test for test in tests if test is not None)
        yield from results


def _refused(within: Expr, what: str) -> NotExportable:
    return NotExportable(
        f"{within.at or 'An expression'} uses {what}: `{within.text}`.",
        "DMN has no counterpart; leave the decision out of the export.",
    )


def xml_id(name: str) -> str:
    """A name as an XML id: letters, digits, `_`, `-`, `.` stay."""
    return re.sub(r"[^\w.-]", "_", name)


def decisions_of(machine: Machine, names: Iterable[str]) -> Machine:
    """The machine with only these decisions. Raises `NotExportable` for a name it does not have."""
    chosen: Mapping[str, Decision] = machine.decisions
    wanted = list(names)
    for name in wanted:
        if name not in chosen:
            known = ", ".join(chosen)
            raise NotExportable(f"The procedure has no decision `{name}`.", f"It has: {known}." if known else "")
    return replace(machine, decisions={name: chosen[name] for name in wanted} if wanted else dict(chosen))

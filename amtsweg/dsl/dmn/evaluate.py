"""A DMN model at work: the decision requirements graph, evaluated lazily (chapters 6 and 10.4 of DMN 1.5).

In: a `Library` (a model and its imports), values for its input data. Out: what a decision, a knowledge model or a
decision service answers. Only what the asked decision requires is evaluated, each decision once; logic is compiled when
it is first needed and kept. Two modes: `spec` gives null where an operation is undefined, `strict` raises
`ExpressionError` there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from amtsweg.dsl.dmn import model
from amtsweg.dsl.dmn.boxes import Box, Boxes
from amtsweg.dsl.dmn.items import ANY, Shape
from amtsweg.dsl.dmn.language import Exhausted, Language, Mode
from amtsweg.dsl.dmn.library import Key, Library, Linked
from amtsweg.dsl.dmn.markup import MarkupError
from amtsweg.dsl.dmn.shapes import Shapes
from amtsweg.dsl.feel.env import Env
from amtsweg.dsl.feel.table import TableTrace
from amtsweg.dsl.feel.values import Function
from amtsweg.errors import NotFound

Value = Any

MAX_DEPTH = 60
"""So deep may decisions require each other; more is a circle."""


@dataclass(slots=True)
class _Run:
    """One evaluation: what is given, what is known already, what is being computed."""

    env: Env | None
    given: Mapping[Key, Value]
    known: dict[Key, Value] = field(default_factory=dict)
    busy: list[Key] = field(default_factory=list)


class Evaluator:
    """Answers the decisions of one library in one mode.

    Parameters
    ----------
    library: the model with its imports.
    mode: `spec` or `strict`.
    """

    def __init__(self, library: Library, mode: Mode = "spec") -> None:
        self.library = library
        self.language = Language(mode)
        self.shapes = Shapes(library, self.language.allowed)
        self.boxes: dict[Key, Box] = {}
        self.declared: dict[Key, Shape] = {}

    # What others call

    def decision(self, name: str, inputs: Mapping[str, Value], env: Env | None = None, namespace: str = "") -> Value:
        """What the decision `name` answers.

        Parameters
        ----------
        inputs: FEEL values by the name of input data; a decision's name stands in for that decision.
        env: clock and calendar; None where the model needs none.

        Raises `NotFound` for a name that the model does not have, `ExpressionError` in strict mode.
        """
        linked = self._named(name, namespace, model.Decision)
        return self._bounded(lambda: self._decide(linked, self._run(inputs, env)))

    def explain(self, name: str, inputs: Mapping[str, Value], env: Env | None = None) -> TableTrace | None:
        """Which rules made the decision `name` answer as it does; None where its logic is no table."""
        linked = self._named(name, "", model.Decision)
        box = self._logic(linked)
        table = box.table
        if table is None:
            return None
        trace: TableTrace | None = self._bounded(
            lambda: table.explain(self._frame(linked, self._run(inputs, env)), env)
        )
        return trace

    def service(self, name: str, inputs: Mapping[str, Value], env: Env | None = None, namespace: str = "") -> Value:
        """What the decision service `name` answers: the value of its one output decision, or a context of several.

        A parameter that is not given is null, and in strict mode an error.
        """
        linked = self._named(name, namespace, model.DecisionService)
        assert isinstance(linked.element, model.DecisionService)
        return self._bounded(lambda: self._serve(linked, self._arguments(linked, inputs), env))

    def _arguments(self, linked: Linked, inputs: Mapping[str, Value]) -> list[Value]:
        arguments = []
        for parameter in self._parameters(linked):
            if parameter.element.variable.name not in inputs and parameter.element.name not in inputs:
                self.language.undefined("argument_missing", name=parameter.element.name)
            arguments.append(inputs.get(parameter.element.variable.name, inputs.get(parameter.element.name)))
        return arguments

    def _bounded(self, evaluate: Callable[[], Value]) -> Value:
        """An evaluation that ends: one that calls too deeply or too often is undefined as a whole."""
        self.language.budget.start()
        try:
            return evaluate()
        except Exhausted as problem:
            self.language.undefined("too_deep", name=str(problem))
            return None

    def knowledge(self, name: str, inputs: Mapping[str, Value], env: Env | None = None) -> Value:
        """What the business knowledge model `name` gives for named arguments."""
        linked = self._named(name, "", model.BusinessKnowledgeModel)
        return self._bounded(lambda: self.language.call(self._function(linked, self._run({}, env)), dict(inputs)))

    def names(self) -> tuple[str, ...]:
        """The decisions of the main model."""
        return tuple(decision.name for decision in self.library.main.decisions)

    def declared_shape(self, name: str) -> Shape:
        """The declared type of an input or a decision; Any for a name that the model does not have."""
        found = self.library.named(name)
        return self.shapes.of(found.owner, found.element.variable.type_ref) if found is not None else ANY

    # Elements

    def _named(self, name: str, namespace: str, kind: type[model.Element]) -> Linked:
        found = self.library.named(name, namespace, (kind,))
        if found is None:
            known = ", ".join(element.name for element in self.library.main.elements if isinstance(element, kind))
            raise NotFound(f"The model has no `{name}`.", f"It has: {known}." if known else "")
        return found

    def _run(self, inputs: Mapping[str, Value], env: Env | None) -> _Run:
        """A fresh run with the given values fitted to their types; names may be prefixed by an import's name."""
        given: dict[Key, Value] = {}
        for owner in self.library.models:
            elements: tuple[model.Element, ...] = (*owner.input_data, *owner.decisions)
            for element in elements:
                linked = Linked(owner, element)
                for name in (element.variable.name, element.name):
                    if name in inputs:
                        given[linked.key] = self.language.fitted(
                            inputs[name], self.shapes.of(owner, element.variable.type_ref)
                        )
                        break
        for one in self.library.main.imports:
            nested = inputs.get(one.name)
            target = self.library.imported(self.library.main, one)
            if type(nested) is dict and target is not None:
                for data in target.input_data:
                    if data.variable.name in nested:
                        shape = self.shapes.of(target, data.variable.type_ref)
                        given[Linked(target, data).key] = self.language.fitted(nested[data.variable.name], shape)
        return _Run(env, given)

    def _decide(self, linked: Linked, run: _Run) -> Value:
        """The value of an input or decision in this run."""
        key = linked.key
        if key in run.given:
            return run.given[key]
        if key in run.known:
            return run.known[key]
        if not isinstance(linked.element, model.Decision):
            return None
        if key in run.busy or len(run.busy) > MAX_DEPTH:
            raise MarkupError(
                f"The decision `{linked.element.name}` requires itself.", "Break the circle.", linked.element.place
            )
        run.busy.append(key)
        try:
            value = self._logic(linked).run(self._frame(linked, run), run.env)
        finally:
            run.busy.pop()
        run.known[key] = value
        return value

    def _frame(self, linked: Linked, run: _Run) -> dict[str, Value]:
        """The values of everything that an element requires, by name; imported ones inside their import's name."""
        frame: dict[str, Value] = {}
        for required in self._required(linked):
            element = required.element
            if isinstance(element, model.Decision | model.InputData):
                value = self._decide(required, run)
            else:
                value = self._function(required, run)
            _put(frame, required.path, element.variable.name, value)
        return frame

    def _required(self, linked: Linked) -> list[Linked]:
        element = linked.element
        references: Iterable[model.Reference] = ()
        if isinstance(element, model.Decision):
            references = (*element.information, *element.knowledge)
        elif isinstance(element, model.BusinessKnowledgeModel):
            # A function may call itself; older tools write no requirement for that.
            others = [self.library.find(linked.owner, reference) for reference in element.knowledge]
            return [*(one for one in others if one.key != linked.key), Linked(linked.owner, element)]
        return [self.library.find(linked.owner, reference) for reference in references]

    def _scope(self, linked: Linked) -> dict[str, Shape]:
        scope: dict[str, Shape] = {}
        for required in self._required(linked):
            inner = scope
            for name in required.path:
                if name not in inner:
                    inner[name] = Shape(name, components={})
                components = inner[name].components
                assert isinstance(components, dict)
                inner = components
            inner[required.element.variable.name] = self._shape(required)
        return scope

    def _shape(self, linked: Linked) -> Shape:
        """The type of what an element puts in scope: as declared, else as its logic shows."""
        key = linked.key
        if key in self.declared:
            return self.declared[key]
        element = linked.element
        declared = self.shapes.of(linked.owner, element.variable.type_ref)
        self.declared[key] = declared  # for circles
        if isinstance(element, model.Decision) and declared.is_any:
            declared = self._logic(linked).shape
        elif isinstance(element, model.DecisionService):
            parameters = tuple((one.element.variable.name, self._shape(one)) for one in self._parameters(linked))
            outputs = [self.library.find(linked.owner, one) for one in element.outputs]
            if len(outputs) == 1:
                result = self._shape(outputs[0])
            else:
                result = Shape("context", components={o.element.variable.name: self._shape(o) for o in outputs})
            declared = Shape("function", parameters=parameters, result=result)
        elif isinstance(element, model.BusinessKnowledgeModel) and element.logic is not None:
            parameters = tuple(
                (one.name, self.shapes.of(linked.owner, one.type_ref)) for one in element.logic.parameters
            )
            function = declared.function
            gives = declared if function is None else function.result or ANY
            declared = Shape("function", parameters=parameters, result=gives)
        self.declared[key] = declared
        return declared

    def _logic(self, linked: Linked) -> Box:
        """The compiled logic of a decision or knowledge model, its result typed as its variable says."""
        key = linked.key
        if key not in self.boxes:
            owner, element = linked.owner, linked.element
            boxes = self._boxes_of(owner)
            if isinstance(element, model.BusinessKnowledgeModel):
                assert element.logic is not None
                self.boxes[key] = self._knowledge_logic(boxes, linked, element.logic)
            else:
                assert isinstance(element, model.Decision)
                made = boxes.compile(element.logic, self._scope(linked))
                self.boxes[key] = boxes.typed(made, element.variable.type_ref)
        return self.boxes[key]

    def _boxes_of(self, owner: model.Definitions) -> Boxes:
        def shape_of(type_ref: str) -> Shape:
            return self.shapes.of(owner, type_ref)

        return Boxes(Language(self.language.mode, shape_of, self.language.budget), shape_of)

    def _knowledge_logic(self, boxes: Boxes, linked: Linked, logic: model.FunctionDefinition) -> Box:
        """The variable of a knowledge model may name the function's type or (older tools) that of its result."""
        declared = self.shapes.of(linked.owner, linked.element.variable.type_ref)
        function = declared.function
        wanted = function.result if function is not None and function.result is not None else declared
        made = boxes.function(logic, self._scope(linked), linked.element.name)
        result_type = self.shapes.of(linked.owner, logic.type_ref)
        if wanted.is_any or wanted.base == "function":
            wanted = result_type
        if wanted.is_any or wanted.base == "function" or wanted.function is not None:
            return made
        language = self.language

        def typed(frame: Mapping[str, Value], env: Env | None) -> Value:
            plain = made.run(frame, env)
            if not isinstance(plain, Function):
                return plain
            return language.wrapped(plain, lambda value: self.language.fitted(value, wanted))

        return Box(typed, made.shape)

    def _function(self, linked: Linked, run: _Run) -> Value:
        """The function that a knowledge model or service puts in scope."""
        key = linked.key
        if key in run.known:
            return run.known[key]
        element = linked.element
        if isinstance(element, model.DecisionService):
            names = tuple(one.element.variable.name for one in self._parameters(linked))
            made: Value = self.language.function(
                element.name, names, lambda *arguments: self._serve(linked, list(arguments), run.env)
            )
        elif isinstance(element, model.BusinessKnowledgeModel) and element.logic is not None:
            frame: dict[str, Value] = {}
            made = self._logic(linked).run(frame, run.env)
            run.known[key] = made  # before its own frame is filled: it may call itself
            frame.update(self._frame(linked, run))
        else:
            made = None
        run.known[key] = made
        return made

    # Services

    def _parameters(self, linked: Linked) -> list[Linked]:
        """Input data first, then input decisions (10.4, the order of the standard)."""
        service = linked.element
        assert isinstance(service, model.DecisionService)
        return [self.library.find(linked.owner, one) for one in (*service.input_data, *service.input_decisions)]

    def _serve(self, linked: Linked, arguments: list[Value], env: Env | None) -> Value:
        service = linked.element
        assert isinstance(service, model.DecisionService)
        given = {
            parameter.key: self.language.fitted(
                value, self.shapes.of(parameter.owner, parameter.element.variable.type_ref)
            )
            for parameter, value in zip(self._parameters(linked), arguments, strict=True)
        }
        run = _Run(env, given)
        outputs = [self.library.find(linked.owner, one) for one in service.outputs]
        if len(outputs) == 1:
            answer = self._decide(outputs[0], run)
        else:
            answer = {one.element.variable.name: self._decide(one, run) for one in outputs}
        declared = self.shapes.of(linked.owner, service.variable.type_ref)
        function = declared.function
        wanted = function.result if function is not None and function.result is not None else declared
        return answer if wanted.base == "function" else self.language.fitted(answer, wanted)


def _put(frame: dict[str, Value], path: tuple[str, ...], name: str, value: Value) -> None:
    for part in path:
        frame = frame.setdefault(part, {})
    frame[name] = value

"""A DMN model as plain frozen data: what `dmn.xml` reads, `dmn.evaluate` runs and `dmn.export` writes.

In: nothing but the leaves. Out: one class per element of the DMN 1.5 metamodel (OMG formal/23-06, chapters 6 to 8 and
10) that has a meaning at run time; diagrams, requirements of authority and vendors' extensions are left out. Names of
types (`type_ref`) are written as DMN 1.2 and later write them (`number`, `tPerson`, `lib.tPerson`); older qualified
names are translated on reading, so that nobody behind the reader needs to know the version.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as Choice
from typing import TypeAlias

from amtsweg.dsl.source import Span

HitPolicy: TypeAlias = Choice["UNIQUE", "FIRST", "PRIORITY", "ANY", "COLLECT", "RULE ORDER", "OUTPUT ORDER"]
Aggregation: TypeAlias = Choice["SUM", "COUNT", "MIN", "MAX"]
FunctionKind: TypeAlias = Choice["FEEL", "Java", "PMML"]

HIT_POLICIES: tuple[HitPolicy, ...] = (
    "UNIQUE",
    "FIRST",
    "PRIORITY",
    "ANY",
    "COLLECT",
    "RULE ORDER",
    "OUTPUT ORDER",
)
AGGREGATIONS: tuple[Aggregation, ...] = ("SUM", "COUNT", "MIN", "MAX")


@dataclass(frozen=True, slots=True)
class Formula:
    """A piece of FEEL (an expression, or unary tests where the element says so) and where its text begins."""

    text: str
    place: Span


@dataclass(frozen=True, slots=True)
class Variable:
    """A name with the type its values must have; an empty `type_ref` is Any (information item, 7.3.4)."""

    name: str
    type_ref: str = ""


@dataclass(frozen=True, slots=True)
class LiteralExpression:
    """FEEL in a box; `formula` is None for an empty box, which is null."""

    formula: Formula | None
    place: Span
    type_ref: str = ""


@dataclass(frozen=True, slots=True)
class ContextEntry:
    """One row of a boxed context; without a variable it is the context's result."""

    variable: Variable | None
    value: Expression | None


@dataclass(frozen=True, slots=True)
class Context:
    """Named rows that see the rows above; a last row without a name is the value of the whole (10.2.1.4)."""

    entries: tuple[ContextEntry, ...]
    place: Span
    type_ref: str = ""


@dataclass(frozen=True, slots=True)
class Binding:
    """What one parameter of an invocation gets."""

    parameter: Variable
    value: Expression | None


@dataclass(frozen=True, slots=True)
class Invocation:
    """A function called with named parameters (10.2.1.3)."""

    called: Expression | None
    bindings: tuple[Binding, ...]
    place: Span
    type_ref: str = ""


@dataclass(frozen=True, slots=True)
class ListExpression:
    """A list, one box per element (10.2.1.5)."""

    elements: tuple[Expression | None, ...]
    place: Span
    type_ref: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """A list of contexts with the same names, written as a table (10.2.1.6)."""

    columns: tuple[Variable, ...]
    rows: tuple[tuple[Expression | None, ...], ...]
    place: Span
    type_ref: str = ""


@dataclass(frozen=True, slots=True)
class FunctionDefinition:
    """A function with typed parameters; only `FEEL` functions can be called here (10.2.1.7)."""

    parameters: tuple[Variable, ...]
    body: Expression | None
    place: Span
    kind: FunctionKind = "FEEL"
    type_ref: str = ""


@dataclass(frozen=True, slots=True)
class Conditional:
    """if, then, else in three boxes (10.2.1.8)."""

    condition: Expression | None
    then: Expression | None
    otherwise: Expression | None
    place: Span
    type_ref: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """Those elements of a list that match; `item` is the element (10.2.1.9)."""

    source: Expression | None
    match: Expression | None
    place: Span
    type_ref: str = ""


@dataclass(frozen=True, slots=True)
class Iterator:
    """for, some or every over one variable (10.2.1.10); `variable_type` types the elements."""

    kind: Choice["for", "some", "every"]
    variable: str
    source: Expression | None
    body: Expression | None
    place: Span
    variable_type: str = ""
    type_ref: str = ""


@dataclass(frozen=True, slots=True)
class InputClause:
    """One input column: what is tested, its type, which values may occur at all."""

    expression: Formula | None
    place: Span
    type_ref: str = ""
    values: Formula | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class OutputClause:
    """One output column: its name (when there are several), allowed values in order of priority, default."""

    name: str
    place: Span
    type_ref: str = ""
    values: Formula | None = None
    default: Formula | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: an entry per input, one per output, one per annotation."""

    inputs: tuple[Formula | None, ...]
    outputs: tuple[Formula | None, ...]
    place: Span
    annotations: tuple[str, ...] = ()
    id: str = ""


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """A decision table (chapter 8)."""

    inputs: tuple[InputClause, ...]
    outputs: tuple[OutputClause, ...]
    rules: tuple[Rule, ...]
    place: Span
    hit_policy: HitPolicy = "UNIQUE"
    aggregation: Aggregation | None = None
    annotations: tuple[str, ...] = ()
    output_label: str = ""
    type_ref: str = ""


Expression: TypeAlias = (
    LiteralExpression
    | Context
    | Invocation
    | ListExpression
    | Relation
    | FunctionDefinition
    | Conditional
    | Filter
    | Iterator
    | DecisionTable
)


@dataclass(frozen=True, slots=True)
class FunctionItem:
    """The type of a function: its parameters and what it gives."""

    parameters: tuple[Variable, ...]
    output_type: str = ""


@dataclass(frozen=True, slots=True)
class ItemDefinition:
    """A named type (7.3.2): a restricted other type, a structure of components, or a function.

    `allowed_values` restrict each value (each element of a collection); `type_constraint` (since 1.5) restricts the
    value as a whole, a collection as a list.
    """

    name: str
    place: Span
    type_ref: str = ""
    is_collection: bool = False
    allowed_values: Formula | None = None
    type_constraint: Formula | None = None
    components: tuple[ItemDefinition, ...] = ()
    function: FunctionItem | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """Which element is meant: the namespace of its model ("" is this one), its id, and whether it is input data."""

    namespace: str
    id: str
    is_input: bool = False


@dataclass(frozen=True, slots=True)
class Import:
    """Another model whose elements are reachable as `name.element`; an empty name brings them in unprefixed."""

    name: str
    namespace: str
    kind: str
    location: str = ""


@dataclass(frozen=True, slots=True)
class InputData:
    """Something the model is told."""

    id: str
    name: str
    variable: Variable
    place: Span


@dataclass(frozen=True, slots=True)
class Decision:
    """Something the model answers, from inputs, other decisions and knowledge."""

    id: str
    name: str
    variable: Variable
    logic: Expression | None
    place: Span
    information: tuple[Reference, ...] = ()
    knowledge: tuple[Reference, ...] = ()
    question: str = ""
    allowed_answers: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class BusinessKnowledgeModel:
    """A reusable function of the model."""

    id: str
    name: str
    variable: Variable
    logic: FunctionDefinition | None
    place: Span
    knowledge: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionService:
    """A part of the model with a signature: parameters are first the input data, then the input decisions."""

    id: str
    name: str
    variable: Variable
    place: Span
    outputs: tuple[Reference, ...] = ()
    encapsulated: tuple[Reference, ...] = ()
    input_decisions: tuple[Reference, ...] = ()
    input_data: tuple[Reference, ...] = ()


Element: TypeAlias = InputData | Decision | BusinessKnowledgeModel | DecisionService


@dataclass(frozen=True, slots=True)
class Definitions:
    """One DMN file.

    `version` is "1.1" to "1.5" by the file's namespace; `file` the path as people say it.
    """

    name: str
    namespace: str
    version: str
    file: str
    id: str = ""
    imports: tuple[Import, ...] = ()
    items: tuple[ItemDefinition, ...] = ()
    input_data: tuple[InputData, ...] = ()
    decisions: tuple[Decision, ...] = ()
    knowledge: tuple[BusinessKnowledgeModel, ...] = ()
    services: tuple[DecisionService, ...] = ()

    @property
    def elements(self) -> tuple[Element, ...]:
        """Everything that can be required, in the order of the kinds."""
        return (*self.input_data, *self.decisions, *self.knowledge, *self.services)

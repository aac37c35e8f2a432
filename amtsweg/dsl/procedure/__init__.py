"""The compiled procedure: plain, frozen data that the engine, the renderers, the checker and the simulator share.

What comes in: nothing; these are types. What goes out: `Machine` (one procedure, same for all towns, pinned by hash),
`Office` (one town: its calendar, values, people). `Procedure` is both together, the first argument of `step`.

Everything here is data: expressions travel as trees (`Expr.tree`), so that whoever holds a machine can run it without
the reader or the parser. Nothing here evaluates. `amtsweg.dsl.canonical` turns all of it into canonical JSON and back.
Names follow `SEMANTICS` section 1: a flow is a net of places and transitions; whatever is pending belongs to a place.

One floor per thought: `expressions`, `forms`, `decisions`, `letters`, `flow`, `machine` (a procedure as a whole) and
`office` (a town). Everybody imports from here.
"""

from amtsweg.dsl.procedure.decisions import Decision, TableRule
from amtsweg.dsl.procedure.expressions import Expr
from amtsweg.dsl.procedure.flow import (
    Cause,
    CauseKind,
    ChildSpec,
    Flow,
    JobSpec,
    ListenSpec,
    Need,
    Notify,
    Outcome,
    Place,
    Rest,
    RunsSpec,
    Send,
    TaskSpec,
    TimerSpec,
    Transition,
    Write,
)
from amtsweg.dsl.procedure.forms import (
    BuiltinType,
    Check,
    Field,
    FieldType,
    Form,
    Group,
    Option,
    OptionList,
    RecordType,
    Repeat,
)
from amtsweg.dsl.procedure.letters import EachPart, HolePart, Letter, Part, TextPart, WhenPart
from amtsweg.dsl.procedure.machine import Clock, Connector, Machine, Message, Parameter, Role, Stage, StepInfo
from amtsweg.dsl.procedure.office import DatedValue, Deputy, Office, OfficeUnit, Person, Procedure

__all__ = [
    "BuiltinType",
    "Cause",
    "CauseKind",
    "Check",
    "ChildSpec",
    "Clock",
    "Connector",
    "DatedValue",
    "Decision",
    "Deputy",
    "EachPart",
    "Expr",
    "Field",
    "FieldType",
    "Flow",
    "Form",
    "Group",
    "HolePart",
    "JobSpec",
    "Letter",
    "ListenSpec",
    "Machine",
    "Message",
    "Need",
    "Notify",
    "Office",
    "OfficeUnit",
    "Option",
    "OptionList",
    "Outcome",
    "Parameter",
    "Part",
    "Person",
    "Place",
    "Procedure",
    "RecordType",
    "Repeat",
    "Rest",
    "Role",
    "RunsSpec",
    "Send",
    "Stage",
    "StepInfo",
    "TableRule",
    "TaskSpec",
    "TextPart",
    "TimerSpec",
    "Transition",
    "WhenPart",
    "Write",
]

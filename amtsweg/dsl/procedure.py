"""The compiled procedure: plain, frozen data that the engine, the renderers, the checker and the simulator share.

What comes in: nothing; these are types. What goes out: `Machine` (one procedure, same for all towns, pinned by hash),
`Office` (one town: its calendar, values, people). `Procedure` is both together, the first argument of `step`.

Everything here is data: expressions travel as trees (`Expr.tree`), so that whoever holds a machine can run it without
the reader or the parser. Nothing here evaluates. `amtsweg.dsl.canonical` turns all of it into canonical JSON and back.
Names follow `SEMANTICS` section 1: a flow is a net of places and transitions; whatever is pending belongs to a place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from amtsweg.dsl.canonical import canonical_bytes, digest, dump, load, tagged

# --------------------------------------------------------------------------------------------------------- expressions


@dataclass(frozen=True, slots=True)
class Expr:
    """A checked expression.

    Parameters
    ----------
    text: as the designer wrote it.
    tree: its typed tree as plain data (`amtsweg.dsl.feel.tree.to_data`).
    type: its static type, printed (`money EUR`, `list<...>`, `enum rassen`); renderers format values by it.
    at: where it stands, `file:line:column`.
    names: the free names it reads, so that a scope need offer no more.
    """

    text: str
    tree: Any
    type: str = "Any"
    at: str = ""
    names: tuple[str, ...] = ()


# --------------------------------------------------------------------------------------------------------------- forms

BuiltinType = Literal[
    "text", "long_text", "integer", "number", "percent", "money", "date", "month", "time", "date_time", "yes_no",
    "confirm", "choice", "multi_choice", "email", "phone", "iban", "person", "organisation", "address", "place",
    "parcel", "plate", "chip", "file", "case_ref", "record",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class FieldType:
    """The type of a field: a built-in one, with what it needs.

    `options` names a list; `only` narrows it (an expression that gives a list of option ids); `record` names an own
    record type; `currency` is for money; `accept` and `max_mb` for files; `many` allows several files or values.
    """

    name: BuiltinType
    options: str = ""
    only: Expr | None = None
    record: str = ""
    currency: str = "EUR"
    accept: tuple[str, ...] = ()
    max_mb: int = 20
    many: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """`when` says what is wrong (or worth a note), `say` is the sentence people read."""

    when: Expr
    say: str
    at: str = ""


@tagged
@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form.

    `id` is the key in the record of its level; `path` is what expressions say (`antrag.hunde.rasse`). `optional` is
    yes, no or a condition. A field with `compute` is never typed in. `unknown` is the caption of "I do not know": the
    record then holds null for the field and true for `<id>_unknown`.
    """

    id: str
    path: str
    title: str
    type: FieldType
    when: Expr | None = None
    optional: bool | Expr = False
    compute: Expr | None = None
    default: Expr | None = None
    prefill: Expr | None = None
    hint: str = ""
    unknown: str = ""
    min: Expr | None = None
    max: Expr | None = None
    not_before: Expr | None = None
    not_after: Expr | None = None
    pattern: str = ""
    checks: tuple[Check, ...] = ()
    notes: tuple[Check, ...] = ()
    purpose: str = ""
    see: tuple[str, ...] = ()
    special: bool = False
    keep: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Repeat:
    """A group that is answered once per element: a list of records under the group's id."""

    title: str = ""
    min: int = 0
    max: int = 20
    over: Expr | None = None
    as_name: str = ""


@tagged
@dataclass(frozen=True, slots=True)
class Group:
    """A page or a section. It gives no name in paths unless it repeats (then its id names a list of records)."""

    id: str
    title: str
    kind: Literal["page", "section"] = "section"
    items: tuple[Field | Group, ...] = ()
    when: Expr | None = None
    repeat: Repeat | None = None
    hint: str = ""
    checks: tuple[Check, ...] = ()
    notes: tuple[Check, ...] = ()
    at: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A form: pages (one page of kind `page` if the designer wrote only fields), rules, review.

    `order` lists what is evaluated, in dependency order, as paths relative to the form (`hunde.satz`, and `hunde?` for
    a group's or field's `when`); the compiler refuses cycles. `many`: each submission is appended to a list.
    """

    id: str
    title: str
    pages: tuple[Group, ...]
    order: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    notes: tuple[Check, ...] = ()
    declaration: str = ""
    receipt: str = ""
    many: bool = False
    at: str = ""


@dataclass(frozen=True, slots=True)
class RecordType:
    """An own record type under `types:`: fields like those of a form."""

    id: str
    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One entry of a list: id (what is stored) and title (what people read)."""

    id: str
    title: str
    when: Expr | None = None


@dataclass(frozen=True, slots=True)
class OptionList:
    """A list of options; `part_of` names the list of which it is a part (then titles come from there)."""

    id: str
    options: tuple[Option, ...]
    part_of: str = ""
    by_tenant: bool = False


# ----------------------------------------------------------------------------------------------------------- decisions


@dataclass(frozen=True, slots=True)
class TableRule:
    """One row: a unary test per input column (None for `-`), an expression per output column, and its place."""

    tests: tuple[Expr | None, ...]
    outputs: tuple[Expr, ...]
    at: str = ""
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision: a table or one expression.

    `inputs` are (name, type text); a decision without inputs reads the case. `columns` are the input expressions of the
    table (DMN 1.5, 8.2.9); `outputs` are the output names ("" for a single unnamed one) with their type texts.
    """

    id: str
    title: str
    inputs: tuple[tuple[str, str], ...] = ()
    output: str = "Any"
    value: Expr | None = None
    hit_policy: str = "unique"
    aggregation: str = ""
    columns: tuple[Expr, ...] = ()
    outputs: tuple[tuple[str, str], ...] = ()
    rules: tuple[TableRule, ...] = ()
    by_tenant: bool = False
    law: str = ""
    at: str = ""


# ------------------------------------------------------------------------------------------------------------- letters


@tagged
@dataclass(frozen=True, slots=True)
class TextPart:
    """Markdown text that stands as it is."""

    text: str


@tagged
@dataclass(frozen=True, slots=True)
class HolePart:
    """A value, formatted by its type and the reader's language."""

    expr: Expr


@tagged
@dataclass(frozen=True, slots=True)
class WhenPart:
    """`::: when <FEEL>` … `:::`"""

    test: Expr
    body: tuple[TextPart | HolePart | WhenPart | EachPart, ...]


@tagged
@dataclass(frozen=True, slots=True)
class EachPart:
    """`::: each <name> in <FEEL>` … `:::`"""

    name: str
    items: Expr
    body: tuple[TextPart | HolePart | WhenPart | EachPart, ...]


Part = TextPart | HolePart | WhenPart | EachPart


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter: its text per language as parts, and what the law asks of it.

    `appeal` names the remedy text (`widerspruch`, `klage`, `abgabe`, `none`); `legal_effect` is false for plain
    messages. `approve_by` and `four_eyes` are already compiled into the steps that send it; they stay for display.
    """

    id: str
    title: str
    bodies: Mapping[str, tuple[Part, ...]]
    kind: str = "bescheid"
    appeal: str = "none"
    approve_by: str = ""
    four_eyes: tuple[str, ...] = ()
    back: str = ""
    attach: tuple[str, ...] = ()
    way: str = "post"
    at: str = ""


# ---------------------------------------------------------------------------------------------------------------- flow

CauseKind = Literal["auto", "outcome", "due", "heard", "result", "failed", "child_ended"]


@dataclass(frozen=True, slots=True)
class Cause:
    """What makes a transition fire.

    `auto`: by itself, when enabled and its guard holds. `outcome`: a person completes the task of `place` with outcome
    `name`. `due`: timer `name` of `place`. `heard`: message `name` heard by `place`. `result`/`failed`: the job of
    `place` comes back with result or error code `name` ("" = any). `child_ended`: outcome `name` ("" = any).
    """

    kind: CauseKind
    place: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """At least `count` of `places` are marked."""

    count: int
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Write:
    """Write a slot: the submitted data (`value` None) or a computed value; `append` adds to a list."""

    slot: str
    value: Expr | None = None
    append: bool = False


@dataclass(frozen=True, slots=True)
class Send:
    """Send a message: to `self` (same step), `parent`, `all`, or the case an expression names; or notify a person."""

    name: str
    to: str | Expr = "self"
    data: Mapping[str, Expr] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Notify:
    """A message to people without legal effect: text with holes, to roles, parties or expressions."""

    text: tuple[Part, ...]
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Transition:
    """One move of the machine. Only need, none, active, clear and put decide where tokens go (SEMANTICS 1).

    `rank` orders automatic moves: 0 conditions of branches, 1 set/branch/notify/send and starts, 2 joins and inbox,
    3 conditions that wait. `alt`: transitions with the same non-empty alt are the ways of one choice, tried in order.
    `joins`: for a for_each, which verdict over its runs enables it (`join`, `over`, `reset`, `waited`). `end`: the
    case's outcome if this way ends the case (everything in all runs is cleared); `done`: the run's result if it ends a
    run. `spawn`: a side run of that flow begins, owned by the place of the cause. `completes`: (step, outcome) pairs
    that this move records as done, innermost first. `quiet`: only when no other place is marked in any run. `result`:
    the case's result so far. `step` and `way` name it for people and coverage (`pruefen`, `festsetzen`); `own` is
    false for moves the compiler added (join bookkeeping), which coverage does not ask for.
    """

    id: str
    no: int
    cause: Cause
    rank: int = 1
    step: str = ""
    way: str = ""
    guard: Expr | None = None
    alt: str = ""
    need: tuple[Need, ...] = ()
    none: tuple[str, ...] = ()
    active: tuple[str, ...] = ()
    lock: str = ""
    joins: Literal["", "join", "over", "reset", "waited"] = ""
    clear: tuple[str, ...] = ()
    put: tuple[str, ...] = ()
    write: tuple[Write, ...] = ()
    send: tuple[Send, ...] = ()
    notify: tuple[Notify, ...] = ()
    spawn: str = ""
    end: str = ""
    done: str = ""
    result: str = ""
    completes: tuple[tuple[str, str], ...] = ()
    quiet: bool = False
    own: bool = True
    at: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One button of a task: `when` hides it, `reason` is the caption of a text that must be given with it."""

    id: str
    title: str
    when: Expr | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TaskSpec:
    """A person's work at a place.

    `by` names roles or parties (a person needs one of them); `by_expr` gives a role or party id from data. `slot` is
    where the form's data go. `due` is shown and measured; it is an expression that gives a period (counted from the
    entry) or a date. `four_eyes` are (step, `all` or `last`): who did that step may not do this task. `open` lists the
    fields that may be edited (None: all). `shows` limits what the worker sees of the case (None: role's own rule).
    `letter` is set on approval tasks: the letter whose draft is released.
    """

    title: tuple[Part, ...]
    by: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    slot: str
    form: str = ""
    by_expr: Expr | None = None
    due: Expr | None = None
    four_eyes: tuple[tuple[str, str], ...] = ()
    reopen: Literal["filled", "empty"] = "filled"
    open: Expr | None = None
    shows: tuple[str, ...] | None = None
    letter: str = ""
    start: str = ""
    text: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class TimerSpec:
    """A timer of a place.

    `when` gives a period (counted from the entry of the place), a date, an instant, or null (no timer now); it is
    computed again after every event until it has fired. `edge`: `over` fires when the day is over (after, due,
    overdue), `begin` when it begins (wait, remind). `grace` fires that much later. `every` re-arms from the previous
    due, at most `max` times. `shift` false leaves a legal end unmoved.
    """

    name: str
    when: Expr
    edge: Literal["over", "begin"] = "over"
    grace: Expr | None = None
    every: Expr | None = None
    max: int = 1
    shift: bool = True
    at: str = ""


@dataclass(frozen=True, slots=True)
class ListenSpec:
    """A place that hears a message or a button.

    With `by` a role or party presses a button (`title`, optional `form`, `reason`, offered while `when` holds);
    without, it is a message from a service, another case or `send`. `fresh` ignores the inbox.
    """

    name: str
    title: str = ""
    by: tuple[str, ...] = ()
    form: str = ""
    reason: str = ""
    when: Expr | None = None
    key: Expr | None = None
    inbox: bool = False
    fresh: bool = False
    slot: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class JobSpec:
    """Work for the world outside: `call`, `produce`, `deliver`, `pay`, `book`, `publish`.

    `input` are named expressions, evaluated on entry. `slot` receives the answer. `retries` before an incident.
    """

    kind: Literal["call", "produce", "deliver", "pay", "book", "publish"]
    input: Mapping[str, Expr] = field(default_factory=dict)
    connector: str = ""
    operation: str = ""
    letter: str = ""
    to: tuple[str, ...] = ()
    slot: str = ""
    retries: int = 8
    money: str = ""
    due: Expr | None = None


@dataclass(frozen=True, slots=True)
class ChildSpec:
    """Another procedure's case: waited for, or spawned and linked."""

    procedure: str
    input: Mapping[str, Expr] = field(default_factory=dict)
    waited: bool = True
    when_left: Literal["left", "leave"] = "left"
    slot: str = ""


Rest = Literal["wait", "cancel", "ignore"]


@dataclass(frozen=True, slots=True)
class RunsSpec:
    """One sub-flow per element of a list (`for_each`).

    `join`: `all`, `any`, a number as text, or an expression over the step's list; 0 goes on at once. `rest`: what
    happens to the others then. `grow` are the roles that may add elements while it runs.
    """

    items: Expr
    as_name: str
    flow: str
    key: Expr | None = None
    order: Literal["together", "one by one"] = "together"
    join: str | Expr = "all"
    rest: Rest = "cancel"
    max: int = 100
    grow: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A place of a flow. Whatever is pending belongs to it and is cancelled when its token goes.

    `step` is the step of the source (path with `/` inside blocks), `block` the container place around it ("" at the
    top of the flow), `depth` the number of blocks around it. `kind` is the source's word (`task`, `wait`, `stage`,
    `parallel`, `gate`, `end` …), for people and drawings. `fresh`: on entry, slots and done-marks whose name begins
    with `<id>/` are forgotten (a building block starts anew each time).
    """

    id: str
    no: int
    step: str
    kind: str
    depth: int = 0
    block: str = ""
    title: str = ""
    task: TaskSpec | None = None
    job: JobSpec | None = None
    child: ChildSpec | None = None
    runs: RunsSpec | None = None
    timers: tuple[TimerSpec, ...] = ()
    listens: tuple[ListenSpec, ...] = ()
    lock: str = ""
    forever: str = ""
    fresh: bool = False
    at: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """A net of places and transitions; `start` is marked when a run begins. The main flow has the id ""."""

    id: str
    start: tuple[str, ...]
    places: Mapping[str, Place]
    transitions: tuple[Transition, ...]
    slots: tuple[str, ...] = ()


# ---------------------------------------------------------------------------------------------------- around the flow


@dataclass(frozen=True, slots=True)
class Role:
    """Who may act: a role of an office, or a party of the case.

    `party`: `applicant`, or an expression that gives a person. `per`: a list whose options each are a member.
    """

    id: str
    title: str
    office: str = ""
    party: str = ""
    party_expr: Expr | None = None
    per: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that each town sets with a validity date; `valid_on` says which day picks it (default: received)."""

    id: str
    title: str
    type: FieldType
    example: Any = None
    valid_on: Expr | None = None
    at: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A declared message from outside: who may send it, what it carries, by which key it finds its case."""

    id: str
    title: str = ""
    sender: str = ""
    form: str = ""
    key: Expr | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """A statutory clock as a formula over recorded moments: gives `.state`, `.from`, `.plain`, `.end`.

    `when` false: off. `start` null: idle. `stops` and `extends` count only inside their window; extensions count from
    the unmoved end (BGB § 190). `extends` are (moment, by how much, how often at most).
    """

    id: str
    title: str
    start: Expr
    length: Expr
    when: Expr | None = None
    stops: tuple[tuple[Expr, Expr | None], ...] = ()
    extends: tuple[tuple[Expr, Expr, int], ...] = ()
    law: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """A group of steps with a title for the applicant's progress bar; its container place carries ways and timers."""

    id: str
    title: str
    steps: tuple[str, ...]
    at: str = ""


@dataclass(frozen=True, slots=True)
class StepInfo:
    """What people and expressions know of a step of the source: kind, title, stage, flow and how to read it.

    As a record every step has `at` (entered last), `done` (completed last), `by`, `outcome`, `visits`, `due`, and one
    moment per outcome (`pruefen.festsetzen`: when that outcome was last taken); by kind also `sent served document`
    (letter), `amount paid request` (pay), `until` (wait), `reason` (event), `case` (open_case), `joined` (parallel,
    for_each). `outs` are further fields computed on reading (a block's `out:`). Events are steps of kind `event`.
    """

    id: str
    kind: str
    title: str
    flow: str = ""
    place: str = ""
    stage: str = ""
    role: str = ""
    type: str = "Any"
    form: str = ""
    letter: str = ""
    outcomes: tuple[str, ...] = ()
    outs: Mapping[str, Expr] = field(default_factory=dict)
    at: str = ""


@dataclass(frozen=True, slots=True)
class Connector:
    """An operation of a service as the procedure sees it: typed inputs and outputs, errors it may answer."""

    id: str
    title: str = ""
    inputs: tuple[tuple[str, str], ...] = ()
    outputs: tuple[tuple[str, str], ...] = ()
    errors: tuple[str, ...] = ()
    trust_level: str = "none"


@dataclass(frozen=True)
class Machine:
    """A compiled procedure. Same text, same machine, same hash, in every town."""

    id: str
    version: str
    title: str
    flows: Mapping[str, Flow]
    summary: str = ""
    office: str = ""
    leika: str = ""
    law: tuple[str, ...] = ()
    deadline_law: Literal["AO", "VwVfG", "BGB"] = "VwVfG"
    trust_level: str = "none"
    keep: Mapping[str, str] = field(default_factory=dict)
    forms: Mapping[str, Form] = field(default_factory=dict)
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    letters: Mapping[str, Letter] = field(default_factory=dict)
    messages: Mapping[str, Message] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    lists: Mapping[str, OptionList] = field(default_factory=dict)
    types: Mapping[str, RecordType] = field(default_factory=dict)
    clocks: Mapping[str, Clock] = field(default_factory=dict)
    stages: Mapping[str, Stage] = field(default_factory=dict)
    steps: Mapping[str, StepInfo] = field(default_factory=dict)
    connectors: Mapping[str, Connector] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    language: str = "de"
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    slot_types: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def hash(self) -> str:
        """The sha256 of the canonical JSON: running cases are pinned to it."""
        return digest(self)

    def to_json(self) -> bytes:
        """Canonical JSON, as it is stored."""
        return canonical_bytes(dump(self))

    @classmethod
    def from_json(cls, data: Any) -> Machine:
        """The machine from parsed JSON (the inverse of `to_json`)."""
        return load(cls, data)


# -------------------------------------------------------------------------------------------------------------- office


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works here: id, name, roles (`procedure:role` or `role`), address for notices."""

    id: str
    name: str = ""
    roles: frozenset[str] = frozenset()
    offices: tuple[str, ...] = ()
    email: str = ""
    superior: str = ""


@dataclass(frozen=True, slots=True)
class Deputy:
    """From one day to another (both included), `deputy` may act for `person`, recorded "i. V."."""

    person: str
    deputy: str
    from_day: str
    to_day: str
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OfficeUnit:
    """An office (Amt): how it is named and where it is."""

    id: str
    title: str
    address: str = ""
    hours: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class DatedValue:
    """A value that holds from a day on; `value` is plain data of `amtsweg.dsl.feel.codec`."""

    from_day: str
    value: Any


@dataclass(frozen=True)
class Office:
    """One municipality (tenant): its name and Land, calendar facts, dated values, people.

    `values` are per `procedure/parameter`; `tables` are the municipality's own decision tables and lists. Everything
    is data; the calendar object is built from `land`, `municipality_holidays` and `closed_days`.
    """

    id: str
    name: str = ""
    land: str = "HE"
    zone: str = "Europe/Berlin"
    municipality_holidays: tuple[str, ...] = ()
    closed_days: tuple[str, ...] = ("12-24", "12-31")
    values: Mapping[str, tuple[DatedValue, ...]] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    deputies: tuple[Deputy, ...] = ()
    offices: Mapping[str, OfficeUnit] = field(default_factory=dict)
    letterhead: Mapping[str, str] = field(default_factory=dict)
    bank: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, str] = field(default_factory=dict)
    remedies: Mapping[str, str] = field(default_factory=dict)
    languages: tuple[str, ...] = ("de",)
    switched_off: tuple[str, ...] = ()

    @cached_property
    def hash(self) -> str:
        """The sha256 of the canonical JSON, named in every journal entry."""
        return digest(self)


@dataclass(frozen=True)
class Procedure:
    """What `step` runs: a machine in an office."""

    machine: Machine
    office: Office

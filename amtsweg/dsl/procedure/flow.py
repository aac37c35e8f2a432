"""The flow: a net of places and transitions (SEMANTICS 1), and what waits at a place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from amtsweg.dsl.procedure.expressions import Expr
from amtsweg.dsl.procedure.letters import Part

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

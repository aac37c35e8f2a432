"""What a designer wrote about the way of a case, as typed values with their places; no meaning yet.

In: the nodes of `flow:` and `stages:` (already checked against the schema). Out: `StepSource` and `StageSource`.
The short forms of the language are resolved here (`outcome: step`, `event: step`), so that nobody else knows them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from amtsweg.dsl.keywords import STEP_KINDS
from amtsweg.dsl.yamltree import Mapping, Node, Scalar, Sequence


@dataclass(frozen=True, slots=True)
class TargetSource:
    """Where a way leads: a step or stage id, `done [name]`, or `end [outcome]`."""

    scalar: Scalar

    @property
    def text(self) -> str:
        return " ".join(self.scalar.text.split())

    @property
    def word(self) -> str:
        """`done`, `end`, or "" for a step."""
        first = self.text.split(" ")[0]
        return first if first in ("done", "end") else ""

    @property
    def name(self) -> str:
        """The step's id, or the name behind `done` and `end`."""
        return self.text if not self.word else self.text[len(self.word) :].strip()


@dataclass(frozen=True, slots=True)
class WaySource:
    """One way on: an outcome, a line of a branch, or the plain `next`."""

    id: str
    key: Scalar
    next: TargetSource | None
    title: Scalar | None = None
    when: Scalar | None = None
    reason: Scalar | None = None


@dataclass(frozen=True, slots=True)
class EventSource:
    """Something that may happen meanwhile: with `next` it leaves, with `also` it adds, with neither it is recorded."""

    id: str
    key: Scalar
    next: TargetSource | None = None
    also: TargetSource | None = None
    title: Scalar | None = None
    by: tuple[Scalar, ...] = ()
    form: Scalar | None = None
    reason: Scalar | None = None
    when: Scalar | None = None
    match: Scalar | None = None
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class TimerSource:
    """What time does: leaves the step (`next`), adds a side branch (`also`), or only tells somebody (`remind`)."""

    when: Scalar
    next: TargetSource | None = None
    also: TargetSource | None = None
    say: Scalar | None = None
    to: tuple[Scalar, ...] = ()
    grace: Scalar | None = None
    every: Scalar | None = None
    max: int = 1
    shift: bool = True


@dataclass(frozen=True, slots=True)
class BranchSource:
    """One branch of a `parallel`: its steps, its condition, what may end it."""

    id: str
    key: Scalar
    steps: tuple[StepSource, ...]
    title: Scalar | None = None
    when: Scalar | None = None
    events: tuple[EventSource, ...] = ()
    after: tuple[TimerSource, ...] = ()


@dataclass(frozen=True, slots=True)
class StepSource:
    """One step: its kind, the value of the kind's key, ways on, events, timers, and everything else by name."""

    id: str
    key: Scalar
    kind: str
    value: Node | None
    node: Mapping
    ways: tuple[WaySource, ...] = ()
    branch: tuple[WaySource, ...] = ()
    next: TargetSource | None = None
    events: tuple[EventSource, ...] = ()
    after: tuple[TimerSource, ...] = ()
    remind: tuple[TimerSource, ...] = ()
    branches: tuple[BranchSource, ...] = ()
    steps: tuple[StepSource, ...] = ()

    def get(self, name: str) -> Node | None:
        """The value of one of the step's keys."""
        return self.node.get(name)

    def text(self, name: str) -> Scalar | None:
        """The value of a key, if it is a plain text."""
        value = self.node.get(name)
        return value if isinstance(value, Scalar) else None

    def words(self, name: str) -> tuple[Scalar, ...]:
        """The value of a key that is one text or a list of texts."""
        return scalars(self.node.get(name))

    @property
    def is_many_ways(self) -> bool:
        """`ways: many`: an inclusive branch that takes every true way."""
        mode = self.text("ways")
        return mode is not None and mode.text.strip() == "many"


@dataclass(frozen=True, slots=True)
class StageSource:
    """A stage: its title, the steps and stages inside, what may end it, its statutory deadline."""

    id: str
    key: Scalar
    title: Scalar | None
    steps: tuple[Scalar, ...]
    events: tuple[EventSource, ...] = ()
    after: tuple[TimerSource, ...] = ()
    remind: tuple[TimerSource, ...] = ()
    deadline: Mapping | None = None


@dataclass(frozen=True, slots=True)
class FlowSource:
    """All steps in written order (the first one starts the case), and the stages around them."""

    steps: tuple[StepSource, ...]
    stages: tuple[StageSource, ...] = ()
    events: tuple[EventSource, ...] = ()
    after: tuple[TimerSource, ...] = ()


def read_flow(flow: Node | None, stages: Node | None, top: Mapping | None = None) -> FlowSource:
    """Read `flow:` and `stages:`; `top` may carry `events` and `after` of the whole procedure."""
    return FlowSource(
        steps=read_steps(flow),
        stages=tuple(_stages(stages)),
        events=_events(top.get("events")) if top else (),
        after=_timers(top.get("after")) if top else (),
    )


def read_steps(node: Node | None) -> tuple[StepSource, ...]:
    """The steps of a map of steps, in written order."""
    if not isinstance(node, Mapping):
        return ()
    return tuple(_step(key, value) for key, value in node.entries if isinstance(value, Mapping))


def scalars(node: Node | None) -> tuple[Scalar, ...]:
    """One text, or a list of texts, as a tuple."""
    if isinstance(node, Scalar):
        return (node,)
    if isinstance(node, Sequence):
        return tuple(item for item in node.items if isinstance(item, Scalar))
    return ()


def kind_of(node: Mapping) -> str:
    """The kind of a step: the first of the closed list that is among its keys."""
    names = {key.text for key, _ in node.entries}
    return next((kind for kind in STEP_KINDS if kind in names), "")


def _step(key: Scalar, node: Mapping) -> StepSource:
    kind = kind_of(node)
    value = node.get(kind) if kind else None
    body = node.get("steps")
    return StepSource(
        id=key.text,
        key=key,
        kind=kind,
        value=value,
        node=node,
        ways=_outcomes(node.get("outcomes")),
        branch=_branch(node.get("branch")),
        next=_target(node.get("next")),
        events=_events(node.get("events")),
        after=_timers(node.get("after")),
        remind=_reminders(node.get("remind")),
        branches=_branches(value) if kind == "parallel" else (),
        steps=read_steps(body) if kind == "for_each" else (),
    )


def _branches(node: Node | None) -> tuple[BranchSource, ...]:
    if not isinstance(node, Mapping):
        return ()
    found = []
    for key, value in node.entries:
        if not isinstance(value, Mapping):
            continue
        if value.get("steps") is not None and not kind_of(value):
            steps = read_steps(value.get("steps"))
            events, after = _events(value.get("events")), _timers(value.get("after"))
        else:
            steps, events, after = (_step(key, value),), (), ()
        found.append(BranchSource(key.text, key, steps, _scalar(value, "title"), _scalar(value, "when"), events, after))
    return tuple(found)


def _stages(node: Node | None) -> list[StageSource]:
    if not isinstance(node, Mapping):
        return []
    found = []
    for key, value in node.entries:
        if not isinstance(value, Mapping):
            continue
        inner = _stages(value.get("stages"))
        deadline = value.get("deadline")
        found.append(
            StageSource(
                key.text,
                key,
                _scalar(value, "title"),
                scalars(value.get("steps")) + tuple(stage.key for stage in inner),
                _events(value.get("events")),
                _timers(value.get("after")),
                _reminders(value.get("remind")),
                deadline if isinstance(deadline, Mapping) else None,
            )
        )
        found.extend(inner)
    return found


def _outcomes(node: Node | None) -> tuple[WaySource, ...]:
    if not isinstance(node, Mapping):
        return ()
    found = []
    for key, value in node.entries:
        if isinstance(value, Mapping):
            found.append(
                WaySource(
                    key.text,
                    key,
                    _target(value.get("next")),
                    _scalar(value, "title"),
                    _scalar(value, "when"),
                    _scalar(value, "reason"),
                )
            )
        elif isinstance(value, Scalar):
            found.append(WaySource(key.text, key, TargetSource(value)))
    return tuple(found)


def _branch(node: Node | None) -> tuple[WaySource, ...]:
    if not isinstance(node, Sequence):
        return ()
    found = []
    for number, item in enumerate(node.items, 1):
        if not isinstance(item, Mapping):
            continue
        otherwise = item.get("else")
        when = _scalar(item, "when")
        key = when or (otherwise if isinstance(otherwise, Scalar) else item.entries[0][0])
        target = _target(otherwise) if otherwise is not None else _target(item.get("next"))
        found.append(WaySource("else" if otherwise is not None else str(number), key, target, None, when))
    return tuple(found)


def _events(node: Node | None) -> tuple[EventSource, ...]:
    if not isinstance(node, Mapping):
        return ()
    found = []
    for key, value in node.entries:
        if isinstance(value, Scalar):
            found.append(EventSource(key.text, key, TargetSource(value)))
        elif isinstance(value, Mapping):
            fresh = _scalar(value, "fresh")
            found.append(
                EventSource(
                    key.text,
                    key,
                    _target(value.get("next")),
                    _target(value.get("also")),
                    _scalar(value, "title"),
                    scalars(value.get("by")),
                    _scalar(value, "form"),
                    _scalar(value, "reason"),
                    _scalar(value, "when"),
                    _scalar(value, "key"),
                    fresh is not None and fresh.text == "yes",
                )
            )
    return tuple(found)


def _timers(node: Node | None) -> tuple[TimerSource, ...]:
    """`after: {6 months: step}` or `after: {6 months: {next, grace}}`."""
    if not isinstance(node, Mapping):
        return ()
    found = []
    for key, value in node.entries:
        if isinstance(value, Scalar):
            found.append(TimerSource(key, TargetSource(value)))
        elif isinstance(value, Mapping):
            found.append(
                TimerSource(
                    key,
                    _target(value.get("next")),
                    _target(value.get("also")),
                    _scalar(value, "say"),
                    scalars(value.get("to")),
                    _scalar(value, "grace"),
                    shift=not _is_no(value.get("shift")),
                )
            )
    return tuple(found)


def _reminders(node: Node | None) -> tuple[TimerSource, ...]:
    """`remind: 3 working days before due`, a list of them, or `{when, every, max, say, to}`."""
    if isinstance(node, Sequence):
        return tuple(timer for item in node.items for timer in _reminders(item))
    if isinstance(node, Scalar):
        return (TimerSource(node),)
    if isinstance(node, Mapping):
        when = _scalar(node, "when")
        if when is None:
            return ()
        most = _scalar(node, "max")
        return (
            TimerSource(
                when,
                say=_scalar(node, "say"),
                to=scalars(node.get("to")),
                every=_scalar(node, "every"),
                max=int(most.text) if most and re.fullmatch(r"\d{1,3}", most.text) else 1,
            ),
        )
    return ()


def _target(node: Node | None) -> TargetSource | None:
    return TargetSource(node) if isinstance(node, Scalar) else None


def _scalar(node: Mapping, name: str) -> Scalar | None:
    value = node.get(name)
    return value if isinstance(value, Scalar) else None


def _is_no(node: Node | None) -> bool:
    return isinstance(node, Scalar) and node.text.strip().lower() in ("no", "false", "nein")


def caption(name: str) -> str:
    """An id as a caption: `in_verwahrung` -> `In verwahrung`."""
    return name.replace("_", " ")[:1].upper() + name.replace("_", " ")[1:]


def title_of(step: StepSource) -> str:
    """What people read for a step: its `title`, a task's text, else its id as a caption."""
    title = step.text("title")
    if title is not None:
        return title.text
    if step.kind in ("task", "notify") and isinstance(step.value, Scalar):
        return step.value.text
    return caption(step.id)

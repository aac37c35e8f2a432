"""`cases.yaml` as typed values with their places: people, samples, and what is done, awaited and expected.

In: the tree of the file (already checked against the schema). Out: `CaseFile`. Nothing is run here; `amtsweg.testing`
plays the cases, the renderers fill previews from the samples. Values stay nodes of the tree: their type is that of the
field they are for, and only the compiled form knows it.
"""

from __future__ import annotations

from collections import abc
from collections.abc import Iterator
from dataclasses import dataclass

from amtsweg.dsl.diagnostics import HERE, TRY, Advice, Diagnostic, Label, Text, same
from amtsweg.dsl.nodes import entries, items, scalar, words
from amtsweg.dsl.procedure import Machine
from amtsweg.dsl.source import Span
from amtsweg.dsl.suggest import closest
from amtsweg.dsl.yamltree import Mapping, Node, Scalar


@dataclass(frozen=True, slots=True)
class CasePerson:
    """Somebody in the tests, with the roles and parties they act in."""

    id: str
    roles: tuple[str, ...]
    key: Scalar


@dataclass(frozen=True, slots=True)
class Sample:
    """Form data by name; `values` are those of the sample it is like, with its own on top."""

    id: str
    values: tuple[tuple[Scalar, Node], ...]
    key: Scalar
    like: Scalar | None = None

    def get(self, name: str) -> Node | None:
        """The value for a field id."""
        return next((value for key, value in self.values if key.text == name), None)


@dataclass(frozen=True, slots=True)
class Do:
    """Somebody completes a task: which one, as whom, with what, with which outcome.

    The data are those of `sample` with `values` on top.
    """

    step: Scalar
    by: Scalar | None = None
    sample: Scalar | None = None
    values: tuple[tuple[Scalar, Node], ...] = ()
    outcome: Scalar | None = None
    reason: Scalar | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Happens:
    """An event is reported, or a message comes from outside."""

    name: Scalar
    by: Scalar | None = None
    sample: Scalar | None = None
    values: tuple[tuple[Scalar, Node], ...] = ()
    reason: Scalar | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """Time passes: a period, `until <date>`, or `until due`."""

    until: Scalar
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Expect:
    """What must be so now: pairs of a path (or `at`, `due`, `letters`, `hidden` …) and the value."""

    values: tuple[tuple[Scalar, Node], ...]
    span: Span | None = None

    def get(self, name: str) -> Node | None:
        """The expected value under a word or path."""
        return next((value for key, value in self.values if key.text == name), None)


@dataclass(frozen=True, slots=True)
class Refused:
    """An act that must be refused, and why (a code of `errors.Refused`, or words of the message)."""

    act: Do | Happens
    because: Scalar | None = None
    span: Span | None = None


CaseStep = Do | Happens | Wait | Expect | Refused


@dataclass(frozen=True, slots=True)
class CaseSource:
    """One case: its name, the day it begins, what happens in it."""

    name: str
    key: Scalar
    steps: tuple[CaseStep, ...]
    today: Scalar | None = None
    tenant: Scalar | None = None
    span: Span | None = None
    answers: Node | None = None
    """What services answer, by step, operation or connector; a list is taken one after the other."""


@dataclass(frozen=True, slots=True)
class CaseFile:
    """All of `cases.yaml`."""

    file: str = ""
    people: tuple[CasePerson, ...] = ()
    samples: tuple[Sample, ...] = ()
    cases: tuple[CaseSource, ...] = ()

    def person(self, name: str) -> CasePerson | None:
        """The person of that name."""
        return next((person for person in self.people if person.id == name), None)

    def sample(self, name: str) -> Sample | None:
        """The sample of that name."""
        return next((sample for sample in self.samples if sample.id == name), None)


def read_cases(tree: Node | None, file: str) -> tuple[CaseFile, tuple[Diagnostic, ...]]:
    """The typed cases of a file, and what can be said without running them."""
    if not isinstance(tree, Mapping):
        return CaseFile(file), ()
    findings: list[Diagnostic] = []
    people = tuple(CasePerson(k.text, tuple(w.text for w in words(v)), k) for k, v in entries(tree, "people"))
    samples = _samples(tree, findings)
    cases = tuple(_case(node) for node in items(tree.get("cases")) if isinstance(node, Mapping))
    found = CaseFile(file, people, samples, cases)
    findings.extend(_check_names(found))
    return found, tuple(findings)


def task_of(machine: Machine, name: str) -> tuple[str, str]:
    """The place of the task that `do:` names, and the outcome its name already says ("" = none).

    `pruefen` is a step; `bescheid freigeben` and `bescheid zurueck` are the release of a letter (or of the step that
    sends it). ("", "") where there is no such task.
    """
    tasks = {place.id for flow in machine.flows.values() for place in flow.places.values() if place.task is not None}
    if name in tasks:
        return name, ""
    subject, _, verb = name.rpartition(" ")
    if not subject:
        return "", ""
    for step in machine.steps.values():
        check = f"{step.id}.check"
        if check in tasks and subject in (step.id, step.letter):
            place = next(p for flow in machine.flows.values() for p in flow.places.values() if p.id == check)
            assert place.task is not None
            if verb in (outcome.id for outcome in place.task.outcomes):
                return check, verb
    return "", ""


# ------------------------------------------------------------------------------------------------------------- reading


def _samples(tree: Mapping, findings: list[Diagnostic]) -> tuple[Sample, ...]:
    written: dict[str, tuple[Scalar, Node]] = {
        key.text: (key, value) for key, value in entries(tree, "samples") if isinstance(value, Mapping)
    }

    def values_of(name: str, seen: tuple[str, ...]) -> dict[str, tuple[Scalar, Node]]:
        key, value = written[name]
        found: dict[str, tuple[Scalar, Node]] = {}
        like = scalar(value, "like")
        if like is not None:
            if like.text not in written:
                findings.append(_unknown(like, written, "Ein Beispiel", "sample"))
            elif like.text in seen:
                findings.append(
                    Diagnostic(
                        "AW904",
                        "error",
                        like.span,
                        Text(f"„{name}“ ist am Ende sich selbst ähnlich", f"“{name}” is like itself in the end"),
                        related=(Label(key.span, Text("hier begonnen", "begun here")),),
                    )
                )
            else:
                found.update(values_of(like.text, (*seen, like.text)))
        found.update({k.text: (k, v) for k, v in entries(value) if k.text != "like"})
        return found

    return tuple(
        Sample(name, tuple(values_of(name, (name,)).values()), key, scalar(value, "like"))
        for name, (key, value) in written.items()
    )


def _case(node: Mapping) -> CaseSource:
    name = scalar(node, "case")
    first = name if name is not None else node.entries[0][0]
    steps = tuple(step for item in items(node.get("steps")) for step in _step(item))
    return CaseSource(
        name.text if name else "", first, steps, scalar(node, "today"), scalar(node, "tenant"), node.span,
        node.get("answers"),
    )  # fmt: skip


def _step(node: Node) -> Iterator[CaseStep]:
    if not isinstance(node, Mapping):
        return
    if node.get("do") is not None or node.get("event") is not None:
        act = _act(node)
        if act is not None:
            yield act
    elif (wait := scalar(node, "wait")) is not None:
        yield Wait(wait, node.span)
    elif isinstance(expect := node.get("expect"), Mapping):
        yield Expect(tuple(expect.entries), node.span)
    elif (refused := node.get("refused")) is not None:
        act = _act(refused) if isinstance(refused, Mapping) else _short_refusal(refused, node)
        because = scalar(refused, "because") or scalar(node, "because")
        if act is not None:
            yield Refused(act, because, node.span)


def _act(node: Mapping) -> Do | Happens | None:
    sample, values = _given(node)
    by, reason = scalar(node, "by"), scalar(node, "reason")
    if (step := scalar(node, "do")) is not None:
        return Do(step, by, sample, values, scalar(node, "outcome"), reason, node.span)
    if (event := scalar(node, "event")) is not None:
        return Happens(event, by, sample, values, reason, node.span)
    return None


def _given(node: Mapping) -> tuple[Scalar | None, tuple[tuple[Scalar, Node], ...]]:
    """`with:` a sample, values, or values on top of a sample (`{like: labrador, name: Rex}`)."""
    given = node.get("with")
    if isinstance(given, Scalar):
        return given, ()
    values = tuple((key, value) for key, value in entries(given) if key.text != "like")
    return scalar(given, "like"), values


def _short_refusal(refused: Node, node: Mapping) -> Do | None:
    """`{refused: bescheid freigeben, by: kaya}`"""
    if not isinstance(refused, Scalar):
        return None
    sample, values = _given(node)
    outcome, reason = scalar(node, "outcome"), scalar(node, "reason")
    return Do(refused, scalar(node, "by"), sample, values, outcome, reason, node.span)


def _check_names(found: CaseFile) -> Iterator[Diagnostic]:
    people = {person.id: person.key for person in found.people}
    samples = {sample.id: sample.key for sample in found.samples}
    for case in found.cases:
        for step in case.steps:
            act = step.act if isinstance(step, Refused) else step
            if not isinstance(act, Do | Happens):
                continue
            if act.by is not None and people and act.by.text not in people:
                yield _unknown(act.by, people, "Eine Person", "person")
            if act.sample is not None and act.sample.text not in samples:
                yield _unknown(act.sample, samples, "Ein Beispiel", "sample")


def _unknown(
    name: Scalar, known: abc.Mapping[str, tuple[Scalar, Node]] | abc.Mapping[str, Scalar], de: str, en: str
) -> Diagnostic:
    best = closest(name.text, tuple(known))
    label: tuple[Label, ...] = ()
    if best:
        place = known[best]
        key = place if isinstance(place, Scalar) else place[0]
        label = (Label(key.span, Text("gemeint?", "meant?")),)
    have = ", ".join(known)
    return Diagnostic(
        "AW102",
        "error",
        name.span,
        Text(f"{de} „{name.text}“ gibt es hier nicht", f"There is no {en} “{name.text}” here"),
        related=label,
        advice=(
            *((Advice(TRY, same(best)),) if best else ()),
            *((Advice(HERE, same(have)),) if have else ()),
        ),
    )

"""Beginnings of cases for what no case goes through: a case that comes near, cut where it comes near, and one more act.

In: a report. Out: cases as lines for `cases.yaml`. Each was tried on the engine; one that does not arrive says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from amtsweg.dsl.cases import CaseSource, CaseStep, Do, Expect, Happens, Refused, Wait
from amtsweg.dsl.procedure import Transition
from amtsweg.dsl.yamltree import Node, Scalar, Sequence
from amtsweg.play import player_for, unwritten
from amtsweg.testing.coverage import Coverage, way_name
from amtsweg.testing.report import CaseResult, Report, play


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A case for a way: its lines, and whether it was seen to arrive."""

    way: str
    text: str
    arrives: bool


def suggestions(report: Report) -> tuple[Suggestion, ...]:
    """A case for every way and time limit that no case goes through, as far as one can be made from those there are."""
    if report.coverage is None:
        return ()
    return tuple(found for flow, way in report.coverage.missing() if (found := _for(report, flow, way)) is not None)


def _for(report: Report, flow: str, way: Transition) -> Suggestion | None:
    assert report.coverage is not None
    name = way_name(report.coverage.machine, way, "de")
    best: Suggestion | None = None
    for result, length in _near(report, way):
        assert result.source is not None
        for act in _acts(report, way, result.source):
            kept = tuple(step for step in result.source.steps[:length] if not isinstance(step, Expect | Refused))
            case = replace(result.source, name=name, steps=(*kept, act))
            tried = Coverage(report.coverage.machine)
            outcome = play(player_for(report.loaded, case), case, tried)
            arrives = outcome.passed and (flow, way.id) in tried.seen
            made = Suggestion(name, _text(case, name), arrives)
            if arrives:
                return made
            best = best or made
    return best


def _near(report: Report, way: Transition) -> Iterator[tuple[CaseResult, int]]:
    """Cases that stood in the way's step (or its stage), and after how many lines; shortest first."""
    assert report.coverage is not None
    step = way.step.removesuffix(".check")
    stage = report.coverage.machine.stages.get(step)
    wanted = set(stage.steps) if stage is not None else {step}
    found = [
        (number, index, result)
        for number, result in enumerate(report.cases)
        for index, stood in enumerate(result.stood, 1)
        if wanted & set(stood)
    ]
    for _, index, result in sorted(found, key=lambda one: (one[1], one[0]))[:6]:
        yield result, index


def _acts(report: Report, way: Transition, near: CaseSource) -> Iterator[CaseStep]:
    """What could take the way: the button, the event, the time, the payment."""
    if way.cause.kind == "outcome":
        assert report.coverage is not None
        done = [
            step
            for case in report.cases
            if case.source is not None
            for step in case.source.steps
            if isinstance(step, Do) and step.step.text.partition(" ")[0] == way.step.partition(".")[0]
        ]
        verb = unwritten(way.way)
        if way.step.endswith(".check"):
            letter = report.coverage.machine.steps[way.step.removesuffix(".check")].letter
            yield Do(unwritten(f"{letter} {way.way}"), reason=unwritten("Grund"))
        for step in done:
            yield Do(step.step, step.by, step.sample, step.values, verb, step.reason)
        yield Do(unwritten(way.step), outcome=verb)
    elif way.cause.kind == "due":
        yield Wait(unwritten(f"until {way.step} {way.cause.name.partition('.')[0]}"))
    elif way.cause.kind == "heard":
        for person in report.loaded.cases.people:
            yield Happens(unwritten(way.cause.name), unwritten(person.id))
        yield Happens(unwritten(way.cause.name))
    elif way.cause.kind == "result" and way.way in ("paid", "declined"):
        yield Happens(unwritten(f"{way.way} of {way.step}"))


# --------------------------------------------------------------------------------------------------------------- text


def _text(case: CaseSource, name: str) -> str:
    lines = [
        f"  - case: {_quoted(name)}",
        f"    today: {case.today.text if case.today else '2026-02-02'}",
        "    steps:",
    ]
    return "\n".join([*lines, *(f"      - {{{_pairs(step)}}}" for step in case.steps)])


def _pairs(step: CaseStep) -> str:
    if isinstance(step, Wait):
        return f"wait: {step.until.text}"
    assert isinstance(step, Do | Happens)
    pairs = [("do", step.step.text) if isinstance(step, Do) else ("event", step.name.text)]
    pairs += [("by", step.by.text)] if step.by is not None else []
    if step.sample is not None and not step.values:
        pairs.append(("with", step.sample.text))
    elif step.values:
        like = f"like: {step.sample.text}, " if step.sample is not None else ""
        pairs.append(("with", "{" + like + ", ".join(f"{key.text}: {_flow(node)}" for key, node in step.values) + "}"))
    if isinstance(step, Do) and step.outcome is not None:
        pairs.append(("outcome", step.outcome.text))
    if step.reason is not None:
        pairs.append(("reason", step.reason.text))
    return ", ".join(f"{key}: {value}" for key, value in pairs)


def _flow(node: Node) -> str:
    if isinstance(node, Scalar):
        return _quoted(node.text)
    if isinstance(node, Sequence):
        return "[" + ", ".join(_flow(item) for item in node.items) + "]"
    return "{" + ", ".join(f"{key.text}: {_flow(value)}" for key, value in node) + "}"


def _quoted(text: str) -> str:
    """A text as it may stand inside braces."""
    if text and not any(sign in text for sign in ",[]{}:#\"'") and text == text.strip():
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

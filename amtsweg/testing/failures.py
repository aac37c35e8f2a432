"""Acts that did not go as the case says, as findings at the very place: refused, not refused, not possible, broken.

In: the act as it is written, and the exception. Out: AW903 where the case lacks something or asks for what is not
there, AW901 where the procedure decides otherwise than the case expects.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from amtsweg.dsl.cases import CaseFile, CaseStep, Do, Happens, Refused, Wait
from amtsweg.dsl.diagnostics import Advice, Diagnostic, Label, Text
from amtsweg.dsl.source import Span
from amtsweg.dsl.yamltree import Mapping, Node, Sequence
from amtsweg.engine.messages import as_error
from amtsweg.errors import AmtswegError
from amtsweg.errors import Refused as RefusedError
from amtsweg.play import CannotPlay, Player

CODES = {"four_eyes": "same_person", "not_allowed": "not_allowed", "vier_augen": "same_person"}
"""Words a designer may use for a refusal, besides the codes themselves."""


def place_of(step: CaseStep) -> Span:
    """The word that is underlined for a line of a case."""
    if isinstance(step, Refused):
        return place_of(step.act)
    if isinstance(step, Do):
        return step.step.span
    if isinstance(step, Happens):
        return step.name.span
    if isinstance(step, Wait):
        return step.until.span
    return step.values[0][0].span if step.values else step.span or Span.at("cases.yaml", 1, 1)


def impossible(step: CaseStep, error: CannotPlay) -> Diagnostic:
    """AW903: the case asks for something that is not there at this moment."""
    here = ", ".join(error.here)
    name = error.name
    texts = {
        "task": Text(
            f"„{name}“ ist hier nicht offen; der Vorgang steht in: {here or 'nirgends'}",
            f"“{name}” is not open here; the case stands in: {here or 'nowhere'}",
        ),
        "payment": Text(f"Für „{name}“ ist keine Zahlung offen", f"No payment is open for “{name}”"),
        "form": Text(
            f"Das Formular „{name}“ ist nicht offen und nicht ausgefüllt", f"Form “{name}” is neither open nor filled"
        ),
        "wait": Text(f"„{name}“ lässt sich hier nicht abwarten", f"“{name}” cannot be waited for here"),
        "time": Text(f"{name} ist schon vorbei: Im Testfall ist {here}", f"{name} is over: in the case it is {here}"),
        "case": Text("Der Vorgang ist noch nicht eröffnet", "The case has not been opened yet"),
    }  # fmt: skip
    examples = "3 weeks · until 2026-08-03 · until next · until zahlen overdue"
    advice = (Advice(Text("Beispiele", "Examples"), Text(examples, examples)),) if error.what == "wait" else ()
    return Diagnostic("AW903", "error", place_of(step), texts[error.what], advice=advice)


def failed(step: CaseStep, error: AmtswegError, cases: CaseFile) -> Iterator[Diagnostic]:
    """An act the engine refused although the case expects that it goes."""
    place = place_of(step)
    if not isinstance(error, RefusedError):
        yield Diagnostic("AW903", "error", place, Text(error.sentence, error.sentence))
        return
    english = as_error(error.value, "en") if error.value is not None else error
    if not error.problems or not isinstance(step, Do | Happens):
        yield Diagnostic(
            "AW901",
            "error",
            place,
            Text(f"Das wird abgewiesen: {error.sentence}", f"This is refused: {english.sentence}"),
            advice=(Advice(Text("Abhilfe", "Way out"), _refused_advice(step)),),
        )
        return
    for problem, said in zip(error.problems, english.problems, strict=True):
        node = find(step, cases, problem.path)
        name = re.sub(r"\[\d+\]", "", problem.path) or "–"
        related = (Label(place, Text("hier gebraucht", "needed here")),)
        if problem.code == "required":
            headline = Text(
                f"Dem Testfall fehlt „{name}“; im Formular ist es ein Pflichtfeld",
                f"The case lacks “{name}”, which the form requires",
            )
        else:
            headline = Text(f"„{name}“: {problem.text}", f"“{name}”: {said.text}")
        at = node.span if node is not None else _given_span(step) or place
        yield Diagnostic("AW903", "error", at, headline, related=related if at != place else ())


def _refused_advice(step: CaseStep) -> Text:
    act = step.step.text if isinstance(step, Do) else step.name.text if isinstance(step, Happens) else ""
    by = step.by.text if isinstance(step, Do | Happens) and step.by is not None else "…"
    verb = "do" if isinstance(step, Do) else "event"
    line = f"- refused: {{{verb}: {act}, by: {by}}}"
    return Text(f"Soll es so sein, schreiben Sie: {line}", f"If it should be so, write: {line}")


def not_refused(step: Refused) -> Diagnostic:
    """AW901: something went through that must not."""
    return Diagnostic(
        "AW901",
        "error",
        place_of(step),
        Text("Das müsste abgewiesen werden, ging aber durch", "This should have been refused, but went through"),
    )


def wrong_reason(step: Refused, error: AmtswegError) -> Diagnostic | None:
    """Whether a refusal is the one the case expects; if not, what it was instead."""
    if step.because is None:
        return None
    wanted = step.because.text.strip()
    code = error.code if isinstance(error, RefusedError) else "not_found"
    words = " ".join([error.sentence, *(p.text for p in error.problems)] if isinstance(error, RefusedError) else [])
    paths = {f"{path} {why}" for path, why in error.errors} if isinstance(error, RefusedError) else set()
    if CODES.get(wanted, wanted) == code or wanted.casefold() in words.casefold() or wanted in paths:
        return None
    return Diagnostic(
        "AW901",
        "error",
        step.because.span,
        Text(
            f"Abgewiesen wurde es, aber aus einem anderen Grund ({code}): {error.sentence}",
            f"It was refused, but for another reason ({code}): {_english(error)}",
        ),
    )


def _english(error: AmtswegError) -> str:
    value = error.value if isinstance(error, RefusedError) else None
    return as_error(value, "en").sentence if value is not None else error.sentence


def incidents(player: Player, step: CaseStep) -> Iterator[Diagnostic]:
    """What broke while the case went on by itself: an expression, a letter, a service that was not answered."""
    if not player.case_id:
        return
    with player.engine.shell.transaction() as tx:
        jobs = [row for row in tx.jobs_of(player.case_id) if row.error and row.state != "cancelled"]
        told = [(row.sentence, row.id) for row in tx.incidents(player.office.id, player.case_id)]
    for sentence, key in [*((row.error, row.key) for row in jobs), *told]:
        if key not in player.told:
            player.told.add(key)
            text = Text(f"Danach geht etwas schief: {sentence}", f"After this something goes wrong: {sentence}")
            yield Diagnostic("AW901", "error", place_of(step), text)


# -------------------------------------------------------------------------------------------------------------- places


def find(step: Do | Happens, cases: CaseFile, path: str) -> Node | None:
    """The value of a field where the case (or its sample) wrote it; None if it is not there."""
    parts = [part for part in re.split(r"[.\[\]]+", path) if part]
    written = list(step.values)
    sample = cases.sample(step.sample.text) if step.sample is not None else None
    if sample is not None:
        written += list(sample.values)
    for key, node in written:
        if parts and key.text == parts[0]:
            return _below(node, parts[1:])
    return None


def _below(node: Node, parts: list[str]) -> Node | None:
    if not parts:
        return node
    if isinstance(node, Sequence) and parts[0].isdecimal() and 0 < int(parts[0]) <= len(node.items):
        return _below(node.items[int(parts[0]) - 1], parts[1:]) or node.items[int(parts[0]) - 1]
    if isinstance(node, Mapping):
        inner = node.get(parts[0])
        return _below(inner, parts[1:]) if inner is not None else None
    return None


def _given_span(step: Do | Happens) -> Span | None:
    if step.sample is not None:
        return step.sample.span
    return step.values[0][0].span if step.values else None

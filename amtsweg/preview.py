"""Forms and letters as a designer previews them: with a sample, or with the data of a test case.

In: a loaded procedure, the id of a form or letter, perhaps a sample or a case of `cases.yaml`. Out: the form
as its task shows it, or the letter as the engine would write it. Both come from the engine itself: a case is played
until the form is open, or the letter is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from amtsweg.dsl.cases import CaseSource, CaseStep, Do, Expect, Refused
from amtsweg.dsl.formview import FormView
from amtsweg.dsl.load import Loaded
from amtsweg.dsl.suggest import closest
from amtsweg.engine import formshow
from amtsweg.engine.handlers import Answer, Call
from amtsweg.engine.scope import Scope
from amtsweg.errors import AmtswegError, NotFound
from amtsweg.hosting import document_of
from amtsweg.play import CannotPlay, Player, cases_named, perform, player_for, unwritten
from amtsweg.renderers.letters import Document


def form_view(
    loaded: Loaded, form: str = "", sample: str = "", *, language: str = "de", judge: bool = False
) -> FormView:
    """A form as people see it.

    Parameters
    ----------
    form: its id; the form of the first task by default.
    sample: what is filled in, a name under `samples`; nothing by default.
    judge: say what is wrong with the sample, as after sending it.

    Raises NotValid where the procedure has errors, NotFound where form or sample are not there.
    """
    first = player_for(loaded)
    name = _form_named(loaded, first, form)
    if sample:
        _known(sample, [one.id for one in loaded.cases.samples], "sample", loaded)
    data = first.given(sample) if sample else None
    for player in _moments(loaded, first):
        for task in player.state().tasks.values():
            if player.task_spec(task.place).form == name:
                actor = player.somebody(task.place)
                player.engine.language = player.engine.list.language = language
                task_id = f"{player.case_id}:{task.id}"
                shown = player.engine.task(task_id, actor, data=data, judge=judge).form
                if shown is not None:
                    return shown
    return Look(loaded, name, language).show(data, judge)


class Look:
    """A form that is filled in step by step: called with the answers so far it gives the view with what is wrong.

    The case behind it is made once, so that asking stays quick. Raises like `form_view`.
    """

    def __init__(self, loaded: Loaded, form: str = "", language: str = "de") -> None:
        first = player_for(loaded)
        self.form = first.machine.forms[_form_named(loaded, first, form)]
        self.language = language
        self.draft = (first.begun() if first.first_step() else first).draft()

    def __call__(self, answers: Mapping[str, str]) -> FormView:
        """The form with the answers so far; a form without answers is not judged."""
        return self.show(dict(answers) or None, bool(answers))

    def show(self, data: Mapping[str, Any] | None, judge: bool) -> FormView:
        """The form filled with data, judged or not."""
        return formshow.show(self.form, Scope(self.draft, ""), data=data, judge=judge, language=self.language)


def _form_named(loaded: Loaded, first: Player, form: str) -> str:
    """The form that is meant: that of the first task where none is named. Raises NotFound."""
    forms = first.machine.forms
    name = form or (first.task_spec(first.first_step()).form if first.first_step() else next(iter(forms), ""))
    _known(name, forms, "form", loaded)
    return name


def _moments(loaded: Loaded, first: Player) -> Iterator[Player]:
    """Cases that have just come to where a form may be open, the empty one first."""
    if first.first_step():
        yield first.begun()
    for case in loaded.cases.cases:
        player = player_for(loaded, case)
        for step in case.steps:
            if not _took(player, step):
                break
            if player.case_id:
                yield player


def letter(
    loaded: Loaded, name: str, *, case: str = "", sample: str = "", language: str = "", draft: bool = False
) -> Document:
    """A letter as the first case writes it that comes to it.

    Parameters
    ----------
    case: only cases whose name contains these words.
    sample: fill the first form with this sample instead of the case's own.
    language: `de`, `en` …; that of the case by default.
    draft: mark it as a draft.

    Raises NotFound where there is no such letter, or no case comes to it.
    """
    machine = loaded.procedure().machine
    letters = [one for one in machine.letters if one == name or one.endswith(f"/{name}")]
    _known(name, letters or list(machine.letters), "letter", loaded)
    calls: list[Call] = []

    def keep(call: Call) -> Answer:
        calls.append(call)
        return Answer("ok", {"document": None})

    for source in _cases(loaded, case, sample):
        calls.clear()
        player = player_for(loaded, source, {"letters.produce": keep})
        for step in source.steps:
            if not _took(player, step):
                break
            for call in calls:
                if call.data.get("letter") in letters:
                    data = {**call.data, **({"language": language} if language else {})}
                    return document_of(call.procedure, str(call.data["letter"]), data, call.now, draft=draft)
    raise NotFound(
        f"No case of {loaded.path.name} comes to the letter “{name}”.", "Write a case in cases.yaml that sends it."
    )


def _cases(loaded: Loaded, name: str, sample: str) -> Iterator[CaseSource]:
    """The cases to try: those asked for; with a sample, those that use it first, then others with it put in."""
    found = cases_named(loaded, name)
    if not found and name:
        names = [one.name for one in loaded.cases.cases]
        raise NotFound(f"There is no case “{name}” in {loaded.path.name}.", f"There are: {'; '.join(names)}.")
    if not sample:
        yield from found
        return
    _known(sample, [one.id for one in loaded.cases.samples], "sample", loaded)
    using = [c for c in found if any(isinstance(s, Do) and s.sample and s.sample.text == sample for s in c.steps)]
    yield from using
    for case in found:
        if case not in using and case.steps and isinstance(case.steps[0], Do):
            opening = replace(case.steps[0], sample=unwritten(sample), values=())
            yield replace(case, steps=(opening, *case.steps[1:]))


def _took(player: Player, step: CaseStep) -> bool:
    """Do what a line says; whether it went (expectations and refusals are passed over)."""
    try:
        if not isinstance(step, Expect | Refused):
            perform(player, step)
    except (AmtswegError, CannotPlay):
        return False
    return True


def _known(name: str, names: Iterable[str], what: str, loaded: Loaded) -> None:
    """Raises NotFound with what there is instead."""
    known = list(names)
    if name in known or any(one.endswith(f"/{name}") for one in known):
        return
    best = closest(name, known)
    there = f"Did you mean “{best}”?" if best else f"There are: {', '.join(known) or 'none'}."
    raise NotFound(f"There is no {what} “{name}” in {loaded.path.name}.", there)

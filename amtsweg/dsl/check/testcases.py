"""The designer's test cases beside the compiled procedure: does everything they name exist, do values fit their fields?

In: the typed cases and the machine. Out: AW103 for steps, outcomes and events that are not there, AW102 for fields that
the form of the step does not have, AW304 and AW332 for values that do not fit. Whether a case comes out as expected is
for `amtsweg test`; what is found here would only fail there with less to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from amtsweg.dsl.cases import CaseFile, Do, Happens, Refused, task_of
from amtsweg.dsl.check.subject import Subject
from amtsweg.dsl.compile.lists import not_in_list
from amtsweg.dsl.compile.literals import does_not_fit, value_of
from amtsweg.dsl.diagnostics import CHOICES, HERE, TRY, Advice, Diagnostic, Edit, Fix, Text, same
from amtsweg.dsl.fieldtypes import facts_of
from amtsweg.dsl.procedure import Field, FieldType, Form, Group, Machine, OptionList
from amtsweg.dsl.suggest import closest
from amtsweg.dsl.yamltree import Mapping, Node, Scalar, Sequence

TYPED = frozenset({"money", "integer", "number", "percent", "date", "month", "time", "date_time", "yes_no", "confirm"})
NOTHING = ("null", "", "~")


def check_cases(subject: Subject) -> Iterator[Diagnostic]:
    """What the cases name, against what the machine has."""
    if not isinstance(subject.cases, CaseFile):
        return
    checker = _Checker(subject.machine, subject.cases)
    for case in subject.cases.cases:
        for step in case.steps:
            act = step.act if isinstance(step, Refused) else step
            wrong = isinstance(step, Refused)
            if isinstance(act, Do):
                yield from checker.do(act, wrong)
            elif isinstance(act, Happens):
                yield from checker.event(act, wrong)


class _Checker:
    def __init__(self, machine: Machine, cases: CaseFile) -> None:
        self.machine = machine
        self.cases = cases
        self.places = {place.id: place for flow in machine.flows.values() for place in flow.places.values()}
        self.seen: set[tuple[str, str]] = set()

    def do(self, act: Do, refused: bool) -> Iterator[Diagnostic]:
        """A task that is done: it exists, it has the outcome, the data fit its form."""
        name, outcome = task_of(self.machine, act.step.text)
        if not name:
            tasks = [place for place, one in self.places.items() if one.task is not None]
            yield _unknown(act.step, tasks, "Eine Aufgabe", "task")
            return
        task = self.places[name].task
        assert task is not None
        outcomes = [one.id for one in task.outcomes]
        if act.outcome is not None and act.outcome.text not in outcomes and not refused:
            yield _unknown(act.outcome, outcomes, "Ein Ergebnis", "outcome")
        if not outcome and act.outcome is None and len(outcomes) > 1 and not refused:
            have = ", ".join(outcomes)
            yield Diagnostic(
                "AW903",
                "error",
                act.step.span,
                Text(f"Hier fehlt, wie „{name}“ ausgeht", f"How “{name}” comes out is missing here"),
                advice=(Advice(CHOICES, same(have)),),
            )
        if task.form:
            yield from self.data(self.machine.forms[task.form], act)

    def event(self, act: Happens, refused: bool) -> Iterator[Diagnostic]:
        """An event that is reported: somebody listens to it somewhere."""
        listens = [(one.name, one.form) for place in self.places.values() for one in place.listens]
        results = {one.cause.name for flow in self.machine.flows.values() for one in flow.transitions}
        known = [name for name, _ in listens]
        name = act.name.text.partition(" of ")[0]
        grows = {f"grow {place.step}" for place in self.places.values() if place.runs is not None and place.runs.grow}
        if name not in {*known, *results, *self.machine.messages, *grows} and not refused:
            yield _unknown(act.name, known, "Ein Ereignis", "event")
            return
        form = dict(listens).get(act.name.text, "")
        if form in self.machine.forms:
            yield from self.data(self.machine.forms[form], act)

    def data(self, form: Form, act: Do | Happens) -> Iterator[Diagnostic]:
        """Sample and values, against the fields of a form; a sample is judged once per form."""
        items = {item.id: item for item in _top(form)}
        sample = self.cases.sample(act.sample.text) if act.sample is not None else None
        if sample is not None and (sample.id, form.id) not in self.seen:
            self.seen.add((sample.id, form.id))
            yield from self.level(sample.values, items, form)
        yield from self.level(act.values, items, form)

    def level(
        self, values: Iterable[tuple[Scalar, Node]], items: dict[str, Field | Group], form: Form
    ) -> Iterator[Diagnostic]:
        """The values of one record."""
        for key, value in values:
            name = key.text.removesuffix("_unknown") if key.text not in items else key.text
            item = items.get(name)
            if item is None:
                yield _no_field(key, [*items], form)
            elif isinstance(item, Group):
                inner = {one.id: one for one in _level(item)}
                for row in value.items if isinstance(value, Sequence) else ():
                    if isinstance(row, Mapping):
                        yield from self.level(row.entries, inner, form)
            elif name == key.text:
                yield from self.value(value, item.type, form)

    def value(self, value: Node, kind: FieldType, form: Form) -> Iterator[Diagnostic]:
        """One value, against the type of its field."""
        if isinstance(value, Sequence):
            for item in value.items:
                yield from self.value(item, kind, form)
        elif isinstance(value, Mapping):
            parts = {part.id: part for part in facts_of(kind.name).parts}
            for key, inner in value.entries:
                part = parts.get(key.text)
                if parts and part is None:
                    yield _no_field(key, [*parts], form)
                elif part is not None and part.options and isinstance(inner, Scalar):
                    ids = [option for option, _ in part.options]
                    if inner.text not in ids:
                        yield _unknown(inner, ids, "Eine Auswahl", "option", "AW304")
                elif part is not None and not part.options and part.type in ("date", "integer", "number"):
                    yield from self.value(inner, FieldType(part.type), form)
        elif kind.options:
            whole = self.machine.lists.get(kind.options, OptionList("", ()))
            if value.text not in {option.id for option in whole.options} and value.text not in NOTHING:
                yield not_in_list(value, whole, {})
        elif kind.name in TYPED and value.text not in NOTHING:
            try:
                value_of(value.text, kind)
            except (ValueError, ArithmeticError):
                yield does_not_fit(value, kind)


def _top(form: Form) -> Iterator[Field | Group]:
    """The fields of a form outside of all rows, and the groups that repeat."""
    for page in form.pages:
        if page.repeat is None:
            yield from _level(page)
        else:
            yield page


def _level(group: Group) -> Iterator[Field | Group]:
    """The fields directly in a group, those of its sections included, and the groups inside that repeat."""
    for item in group.items:
        if isinstance(item, Group) and item.repeat is None:
            yield from _level(item)
        else:
            yield item


def _unknown(name: Scalar, known: list[str], de: str, en: str, code: str = "AW103") -> Diagnostic:
    best = closest(name.text, known)
    have = ", ".join(dict.fromkeys(known))
    return Diagnostic(
        code,
        "error",
        name.span,
        Text(f"{de} „{name.text}“ gibt es nicht", f"There is no {en} “{name.text}”"),
        advice=(
            *((Advice(TRY, same(best)),) if best else ()),
            Advice(CHOICES, same(have)),
        ),
        fix=Fix("ask", (Edit(name.span, best),)) if best else None,
    )


def _no_field(key: Scalar, known: list[str], form: Form) -> Diagnostic:
    best = closest(key.text, known)
    have = ", ".join(known)
    return Diagnostic(
        "AW102",
        "error",
        key.span,
        Text(
            f"Ein Feld „{key.text}“ gibt es im Formular „{form.id}“ nicht",
            f"There is no field “{key.text}” in form “{form.id}”",
        ),
        advice=(
            *((Advice(TRY, same(best)),) if best else ()),
            Advice(HERE, same(have)),
        ),
        fix=Fix("ask", (Edit(key.span, best),)) if best else None,
    )

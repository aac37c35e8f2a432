"""A procedure as a German document, for those who decide about it and never edit it.

In: a compiled procedure (and, with the town, its values). Out: Markdown: who acts, what is asked, the steps with their
ways and time limits as sentences, decisions as tables, letters, how long data are kept. It is made from the machine
that runs, so it cannot say something else than what happens.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from amtsweg.dsl.fieldtypes import FIELD_TYPES
from amtsweg.dsl.periods import PeriodError, in_words, parse_period
from amtsweg.dsl.procedure import Decision, Expr, Field, Form, Group, Machine, Place, TimerSpec
from amtsweg.renderers.diagram import extract

AROUND = re.compile(r"^(?P<period>\d+ [a-z ]+?) (?P<word>after|before) (?P<moment>.+)$")
LAW = {"AO": "Abgabenordnung", "VwVfG": "Verwaltungsverfahrensgesetz", "BGB": "Bürgerliches Gesetzbuch"}
HIT = {
    "unique": "Genau eine Zeile passt.", "first": "Die erste Zeile, die passt, gilt.",
    "any": "Mehrere Zeilen dürfen passen, wenn sie dasselbe sagen.",
    "collect": "Alle passenden Zeilen zählen.", "rule order": "Alle passenden Zeilen, in ihrer Reihenfolge.",
    "priority": "Von den passenden Zeilen gilt die mit dem höchsten Rang.",
    "output order": "Alle passenden Zeilen, die mit dem höchsten Rang zuerst.",
}  # fmt: skip
KINDS = {
    "branch": "Weiche", "service": "Fachverfahren", "letter": "Schreiben", "pay": "Zahlung", "notify": "Nachricht",
    "wait": "Warten", "set": "Berechnung", "parallel": "Gleichzeitig", "for_each": "Für jedes Element",
    "use": "Baustein", "open_case": "Neuer Vorgang", "book": "Buchung", "publish": "Bekanntmachung",
}  # fmt: skip
KEPT = {"draft": "Entwürfe", "closed": "Abgeschlossene Vorgänge", "open": "Offene Vorgänge"}


def reading(machine: Machine) -> str:
    """The procedure as a German document in Markdown."""
    out = [f"# {machine.title}", "", f"Verfahren `{machine.id}`, Fassung {machine.version}.", ""]
    if machine.summary:
        out += [machine.summary.strip(), ""]
    if machine.law:
        out += [f"Rechtsgrundlagen: {'; '.join(machine.law)}.", ""]
    law = LAW.get(machine.deadline_law, machine.deadline_law)
    out += [f"Fristen werden nach diesem Gesetz berechnet: {law}.", ""]
    for chapter in (_people, _forms, _flow, _decisions, _letters, _values, _kept):
        out += chapter(machine)
    return "\n".join(out).rstrip() + "\n"


def _people(machine: Machine) -> Iterator[str]:
    if not machine.roles:
        return
    yield from ("## Wer handelt", "")
    for role in machine.roles.values():
        what = "beteiligt am Verfahren" if role.party else (f"im Amt `{role.office}`" if role.office else "im Amt")
        yield f"- **{role.title or role.id}** ({what})"
    yield ""


def _forms(machine: Machine) -> Iterator[str]:
    if not machine.forms:
        return
    yield from ("## Was gefragt wird", "")
    for form in machine.forms.values():
        yield from (f"### {form.title or form.id}", "")
        for page in form.pages:
            yield from _group(page, form)
        if form.declaration:
            yield from (f"Erklärung beim Absenden: {form.declaration.strip()}", "")


def _group(group: Group, form: Form) -> Iterator[str]:
    if group.title and group.title != form.title:
        yield from (f"**{group.title}**" + (" (mehrfach möglich)" if group.repeat is not None else ""), "")
    if group.when is not None:
        yield from (f"Nur wenn {_code(group.when)}.", "")
    fields = [item for item in group.items if isinstance(item, Field)]
    if fields:
        yield from ("| Frage | Art | Pflicht | Bedingung |", "| --- | --- | --- | --- |")
        for field in fields:
            known = FIELD_TYPES.get(field.type.name)
            kind = known.title.de if known is not None else field.type.name
            when = f"nur wenn {_code(field.when)}" if field.when is not None else ""
            yield _row(field.title or field.id, kind, _duty(field), when)
        yield ""
    for check in (rule for field in fields for rule in (*field.checks, *field.notes)):
        yield f"- {check.say.strip()}"
    for check in (*group.checks, *group.notes):
        yield f"- {check.say.strip()}"
    if any(field.checks or field.notes for field in fields) or group.checks or group.notes:
        yield ""
    for item in group.items:
        if isinstance(item, Group):
            yield from _group(item, form)


def _duty(field: Field) -> str:
    if field.compute is not None:
        return "wird berechnet"
    if isinstance(field.optional, Expr):
        return f"freiwillig, wenn {_code(field.optional)}"
    return "freiwillig" if field.optional else "ja"


def _flow(machine: Machine) -> Iterator[str]:
    graph = extract(machine)
    titles = {node.id: node.title for node in graph.nodes}
    places = {place.step: place for flow in machine.flows.values() for place in flow.places.values()}
    yield from ("## Wie der Vorgang geht", "")
    number = 0
    for node in graph.nodes:
        if node.ends:
            continue
        number += 1
        kind = "" if node.kind == "task" else f" ({KINDS.get(node.kind, node.kind)})"
        yield from (f"{number}. **{node.title}**{kind}", "")
        place = places.get(node.id)
        for sentence in _sentences(node.role_title, place):
            yield f"   - {sentence}"
        for edge in (edge for edge in graph.edges if edge.source == node.id):
            ends = next((one.ends for one in graph.nodes if one.id == edge.target), False)
            target = f"Ende: {titles[edge.target]}" if ends else titles[edge.target]
            yield f"   - {_way(edge.label, by_condition=node.kind == 'branch')}{target}"
        yield ""


def _way(label: str, *, by_condition: bool) -> str:
    if not label or label == "sonst":
        return "Sonst: " if label else "Danach: "
    if label.startswith("nach ") and label[5:6].isdigit():
        return f"N{label[1:]}: "
    return f"Wenn `{label}`: " if by_condition else f"„{label}“: "


def _sentences(role: str, place: Place | None) -> Iterator[str]:
    if role:
        yield f"Zuständig: {role}."
    if place is None:
        return
    if place.task is not None:
        if place.task.due is not None:
            yield f"Zu erledigen: {period(place.task.due.text)}."
        for step, _ in place.task.four_eyes:
            yield f"Vier Augen: Wer „{step}“ erledigt hat, darf es hier nicht tun."
        for outcome in place.task.outcomes:
            if outcome.reason:
                yield f"„{outcome.title}“ braucht eine Begründung."
    for timer in place.timers:
        yield _timer(timer)
    if place.job is not None and place.job.kind == "produce" and place.job.letter:
        yield f"Das Schreiben „{place.job.letter}“ wird erstellt."


def _timer(timer: TimerSpec) -> str:
    when = period(timer.when.text)
    if timer.name.startswith("remind"):
        return f"Erinnerung: {when}."
    if timer.name == "due":
        return f"Frist: {when}."
    return f"Von selbst weiter: {when}."


def period(text: str) -> str:
    """A period of the language in German words: `10 working days` is „10 Arbeitstage“."""
    clean = " ".join(text.split())
    around = AROUND.match(clean)
    try:
        german = in_words(parse_period(around["period"] if around is not None else clean)).de
    except PeriodError:
        return f"`{clean}`"
    if around is None:
        return german
    word = "nach" if around["word"] == "after" else "vor"
    moment = "dem Ende der Frist" if around["moment"] == "due" else f"`{around['moment']}`"
    return f"{german} {word} {moment}"


def _decisions(machine: Machine) -> Iterator[str]:
    if not machine.decisions:
        return
    yield from ("## Wie entschieden und gerechnet wird", "")
    for decision in machine.decisions.values():
        yield from _decision(decision)


def _decision(decision: Decision) -> Iterator[str]:
    yield from (f"### {decision.title or decision.id}", "")
    if decision.law:
        yield from (f"Rechtsgrundlage: {decision.law}.", "")
    if decision.by_tenant:
        yield from ("Die Zeilen legt die Gemeinde fest.", "")
    if decision.value is not None:
        yield from (f"`{' '.join(decision.value.text.split())}`", "")
    if decision.rules:
        heads = [expr.text for expr in decision.columns]
        results = [name or "Ergebnis" for name, _ in decision.outputs]
        yield _row("", *heads, *results)
        yield _row(*["---"] * (1 + len(heads) + len(results)))
        for number, rule in enumerate(decision.rules, 1):
            tests = [test.text if test is not None else "–" for test in rule.tests]
            yield _row(str(number), *tests, *(out.text for out in rule.outputs))
        yield from ("", HIT.get(decision.hit_policy.replace("_", " "), decision.hit_policy), "")


def _letters(machine: Machine) -> Iterator[str]:
    if not machine.letters:
        return
    yield from ("## Welche Schreiben es gibt", "")
    for letter in machine.letters.values():
        facts = []
        if letter.appeal != "none":
            facts.append(f"mit Rechtsbehelfsbelehrung ({letter.appeal})")
        if letter.approve_by:
            role = machine.roles.get(letter.approve_by)
            facts.append(f"gibt frei: {role.title if role is not None else letter.approve_by}")
        yield f"- **{letter.title or letter.id}**" + (f", {', '.join(facts)}" if facts else "")
    yield ""


def _values(machine: Machine) -> Iterator[str]:
    if not machine.parameters:
        return
    yield from ("## Was jede Gemeinde selbst festlegt", "")
    for parameter in machine.parameters.values():
        yield f"- {parameter.title or parameter.id}"
    yield ""


def _kept(machine: Machine) -> Iterator[str]:
    if not machine.keep:
        return
    yield from ("## Wie lange Daten bleiben", "")
    for name, how_long in machine.keep.items():
        yield f"- {KEPT.get(name, name)}: {period(str(how_long))}"
    yield ""


def _code(expr: Expr) -> str:
    return f"`{' '.join(expr.text.split())}`"


def _row(*cells: str) -> str:
    return f"| {' | '.join(_cells(cells))} |"


def _cells(cells: Iterable[str]) -> Iterator[str]:
    for cell in cells:
        yield " ".join(cell.split()).replace("|", "\\|")

"""What changes between two versions of a procedure, as sentences; and what running cases have to be told.

In: two compiled procedures. Out: `Change`s in the order in which a designer thinks (form, flow, decisions, letters,
people, values, retention). Ids tell what is the same thing; a change of an id is one thing gone and one new.

A change `touches` running cases if a case that began with the old version could not simply go on in the new one: its
place is gone, or something it already passed is now asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from amtsweg.dsl.diagnostics import Text
from amtsweg.dsl.procedure import Decision, Expr, Field, Flow, Group, Letter, Machine, Place, TaskSpec

Kind = Literal["new", "gone", "changed"]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    Parameters
    ----------
    kind: whether something is new, gone or changed.
    area: `form`, `flow`, `decision`, `letter`, `role`, `parameter`, `list`, `keep`, `procedure`.
    name: the id or path of the thing.
    says: one sentence.
    touches: what it means for running cases; None if they can go on as they are.
    """

    kind: Kind
    area: str
    name: str
    says: Text
    touches: Text | None = None


def changes(old: Machine, new: Machine) -> tuple[Change, ...]:
    """All differences between two versions."""
    return tuple(
        change
        for part in (_head, _forms, _flow, _decisions, _letters, _roles, _parameters, _lists)
        for change in part(old, new)
    )


def places_gone(old: Machine, new: Machine) -> dict[str, str]:
    """The places of the old version in which a case may stand and that the new one lacks, with the step's title.

    A case that stands there must be told where it goes on (`Engine.migrate(steps=...)`).
    """
    found: dict[str, str] = {}
    for flow in old.flows.values():
        kept = new.flows[flow.id].places if flow.id in new.flows else {}
        for place in flow.places.values():
            if place.id not in kept and place.kind != "end":
                found[place.id] = _title(old, place)
    return found


# --------------------------------------------------------------------------------------------------------------- parts


def _head(old: Machine, new: Machine) -> Iterator[Change]:
    for name, de, en in (
        ("version", "Fassung", "Version"),
        ("title", "Titel", "Title"),
        ("deadline_law", "Fristenrecht", "Law of time limits"),
        ("trust_level", "Vertrauensniveau", "Trust level"),
        ("office", "Amt", "Office"),
    ):
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield Change("changed", "procedure", name, _from_to(de, en, before, after))
    for name in dict.fromkeys((*old.keep, *new.keep)):
        if old.keep.get(name) != new.keep.get(name):
            before, after = old.keep.get(name, "–"), new.keep.get(name, "–")
            yield Change(
                "changed", "keep", name, _from_to(f"Aufbewahrung „{name}“", f"Retention “{name}”", before, after)
            )


def _forms(old: Machine, new: Machine) -> Iterator[Change]:
    yield from _things("form", "Formular", "Form", old.forms, new.forms)
    for form in old.forms.keys() & new.forms.keys():
        before, after = _fields(old, form), _fields(new, form)
        for path in dict.fromkeys((*before, *after)):
            first, second = before.get(path), after.get(path)
            if second is None and first is not None:
                yield Change("gone", "form", path, Text(f"Frage weg: {first.title}", f"Question gone: {first.title}"))
            elif first is None and second is not None:
                must = second.optional is False and second.compute is None
                told = (
                    Text(
                        "Vorgänge, die das Formular schon hinter sich haben, kennen diesen Wert nicht (null).",
                        "Cases that have passed the form do not know this value (null).",
                    )
                    if must
                    else None
                )
                yield Change(
                    "new", "form", path, Text(f"Neue Frage: {second.title}", f"New question: {second.title}"), told
                )
            elif first is not None and second is not None:
                yield from _field(path, first, second)


def _field(path: str, first: Field, second: Field) -> Iterator[Change]:
    if first.type != second.type:
        told = Text(
            "Schon eingegebene Werte haben noch den alten Typ.", "Values that were given still have the old type."
        )
        says = _from_to(f"Typ von „{second.title}“", f"Type of “{second.title}”", first.type.name, second.type.name)
        if first.type.name == second.type.name:
            says = Text(f"Einzelheiten des Typs von „{second.title}“", f"Details of the type of “{second.title}”")
        yield Change("changed", "form", path, says, told)
    if first.title != second.title:
        yield Change("changed", "form", path, _from_to("Beschriftung", "Caption", first.title, second.title))
    if _plain(first.optional) != _plain(second.optional):
        yield Change("changed", "form", path, Text(f"Pflicht: {second.title}", f"Mandatory: {second.title}"))
    rest = ("when", "compute", "default", "prefill", "min", "max", "not_before", "not_after", "pattern", "checks")
    named = [name for name in (*rest, "notes") if _plain(getattr(first, name)) != _plain(getattr(second, name))]
    if named:
        listed = ", ".join(named)
        yield Change("changed", "form", path, Text(f"{listed} von „{second.title}“", f"{listed} of “{second.title}”"))


def _flow(old: Machine, new: Machine) -> Iterator[Change]:
    gone = places_gone(old, new)
    for place, title in gone.items():
        told = Text(
            "Wer hier steht, braucht ein Ziel: migrate(steps={„" + place + "“: …}).",
            "A case that stands here needs a target: migrate(steps={“" + place + "”: …}).",
        )
        yield Change("gone", "flow", place, Text(f"Schritt weg: {title}", f"Step gone: {title}"), told)
    for flow in new.flows.values():
        known = old.flows[flow.id].places if flow.id in old.flows else {}
        for place_ in flow.places.values():
            if place_.id not in known and place_.kind != "end":
                title = _title(new, place_)
                yield Change("new", "flow", place_.id, Text(f"Neuer Schritt: {title}", f"New step: {title}"))
            elif place_.id in known:
                yield from _place(new, known[place_.id], place_)
        if flow.id in old.flows:
            yield from _ways(old.flows[flow.id], flow)


def _place(machine: Machine, first: Place, second: Place) -> Iterator[Change]:
    title = _title(machine, second)
    if first.kind != second.kind:
        told = Text("Was hier offen ist, passt nicht mehr.", "What is open here does not fit any more.")
        says = _from_to(f"Art von „{title}“", f"Kind of “{title}”", first.kind, second.kind)
        yield Change("changed", "flow", second.id, says, told)
        return
    if first.task is not None and second.task is not None:
        if first.task.by != second.task.by:
            before, after = ", ".join(first.task.by), ", ".join(second.task.by)
            says = _from_to(f"Wer „{title}“ erledigt", f"Who does “{title}”", before, after)
            yield Change("changed", "flow", second.id, says)
        if _plain(first.task.due) != _plain(second.task.due):
            before = first.task.due.text if first.task.due is not None else "–"
            after = second.task.due.text if second.task.due is not None else "–"
            says = _from_to(f"Frist von „{title}“", f"Time for “{title}”", before, after)
            yield Change("changed", "flow", second.id, says)
        if _plain(first.task.four_eyes) != _plain(second.task.four_eyes):
            yield Change("changed", "flow", second.id, Text(f"Vier Augen bei „{title}“", f"Four eyes at “{title}”"))
        yield from _buttons(second.id, title, first.task, second.task)
    if _plain(first.listens) != _plain(second.listens):
        says = Text(f"Ereignisse bei „{title}“", f"Events at “{title}”")
        yield Change("changed", "flow", second.id, says)
    if _plain(first.timers) != _plain(second.timers):
        says = Text(f"Zeiten und Erinnerungen von „{title}“", f"Times and reminders of “{title}”")
        yield Change("changed", "flow", second.id, says)
    if _plain(first.job) != _plain(second.job):
        yield Change("changed", "flow", second.id, Text(f"Auftrag von „{title}“", f"Work of “{title}”"))


TOLD = ("by", "due", "four_eyes", "outcomes")
"""What `_place` and `_buttons` say of a task in sentences of their own."""


def _buttons(place: str, title: str, first: TaskSpec, second: TaskSpec) -> Iterator[Change]:
    before = {one.id: one for one in first.outcomes}
    after = {one.id: one for one in second.outcomes}
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name), after.get(name)
        if old is None and new is not None:
            says = Text(f"Neuer Knopf bei „{title}“: {new.title}", f"New button at “{title}”: {new.title}")
            yield Change("new", "flow", place, says)
        elif new is None and old is not None:
            says = Text(f"Knopf weg bei „{title}“: {old.title}", f"Button gone at “{title}”: {old.title}")
            yield Change("gone", "flow", place, says)
        elif old is not None and new is not None and _plain(old) != _plain(new):
            says = _from_to(f"Knopf bei „{title}“", f"Button at “{title}”", old.title, new.title)
            yield Change("changed", "flow", place, says)
    rest = [one.name for one in fields(TaskSpec) if one.name not in TOLD]
    named = [name for name in rest if _plain(getattr(first, name)) != _plain(getattr(second, name))]
    if named:
        says = Text(f"{', '.join(named)} von „{title}“", f"{', '.join(named)} of “{title}”")
        yield Change("changed", "flow", place, says)


def _ways(old: Flow, new: Flow) -> Iterator[Change]:
    before, after = _by_way(old), _by_way(new)
    for way in dict.fromkeys((*before, *after)):
        shown = " → ".join(part for part in way if part)
        if way not in after:
            yield Change("gone", "flow", shown, Text(f"Weg weg: {shown}", f"Way gone: {shown}"))
        elif way not in before:
            yield Change("new", "flow", shown, Text(f"Neuer Weg: {shown}", f"New way: {shown}"))
        elif before[way] != after[way]:
            yield Change("changed", "flow", shown, Text(f"Weg geändert: {shown}", f"Way changed: {shown}"))


def _by_way(flow: Flow) -> dict[tuple[str, str], list[Any]]:
    found: dict[tuple[str, str], list[Any]] = {}
    for one in flow.transitions:
        if one.own:
            plain = (one.guard.text if one.guard is not None else "", one.put, one.clear, one.end, _plain(one.write))
            found.setdefault((one.step, one.way), []).append(plain)
    return found


def _decisions(old: Machine, new: Machine) -> Iterator[Change]:
    yield from _things("decision", "Entscheidung", "Decision", old.decisions, new.decisions)
    for name in old.decisions.keys() & new.decisions.keys():
        first, second = old.decisions[name], new.decisions[name]
        if _plain(first) == _plain(second):
            continue
        before, after = _rows(first), _rows(second)
        gone = [row for row in before if row not in after]
        fresh = [row for row in after if row not in before]
        title = second.title or name
        for row in gone:
            yield Change("gone", "decision", name, Text(f"{title}, Zeile weg: {row}", f"{title}, row gone: {row}"))
        for row in fresh:
            yield Change("new", "decision", name, Text(f"{title}, neue Zeile: {row}", f"{title}, new row: {row}"))
        if not gone and not fresh:
            says = Text(f"{title}: Ausdruck, Reihenfolge oder Regel", f"{title}: expression, order or hit policy")
            yield Change("changed", "decision", name, says)


def _rows(decision: Decision) -> list[str]:
    return [
        " | ".join([*("-" if test is None else test.text for test in rule.tests), *(one.text for one in rule.outputs)])
        for rule in decision.rules
    ]


def _letters(old: Machine, new: Machine) -> Iterator[Change]:
    yield from _things("letter", "Schreiben", "Letter", old.letters, new.letters)
    for name in old.letters.keys() & new.letters.keys():
        first, second = old.letters[name], new.letters[name]
        title = second.title or name
        for language in dict.fromkeys((*first.bodies, *second.bodies)):
            if _plain(first.bodies.get(language)) != _plain(second.bodies.get(language)):
                says = Text(f"Text von „{title}“ ({language})", f"Text of “{title}” ({language})")
                yield Change("changed", "letter", name, says)
        if _plain(_frame(first)) != _plain(_frame(second)):
            says = Text(f"Rechtsbehelf, Freigabe oder Versand von „{title}“", f"Appeal, release or way of “{title}”")
            yield Change("changed", "letter", name, says)


def _frame(letter: Letter) -> Letter:
    return replace(letter, bodies={})


def _roles(old: Machine, new: Machine) -> Iterator[Change]:
    yield from _things("role", "Rolle", "Role", old.roles, new.roles)
    for name in old.roles.keys() & new.roles.keys():
        if _plain(old.roles[name]) != _plain(new.roles[name]):
            title = new.roles[name].title or name
            yield Change("changed", "role", name, Text(f"Rolle: {title}", f"Role: {title}"))


def _parameters(old: Machine, new: Machine) -> Iterator[Change]:
    yield from _things("parameter", "Stellgröße", "Parameter", old.parameters, new.parameters)
    for name in old.parameters.keys() & new.parameters.keys():
        if _plain(old.parameters[name]) != _plain(new.parameters[name]):
            title = new.parameters[name].title or name
            yield Change("changed", "parameter", name, Text(f"Stellgröße: {title}", f"Parameter: {title}"))


def _lists(old: Machine, new: Machine) -> Iterator[Change]:
    yield from _things("list", "Auswahlliste", "List", old.lists, new.lists)
    for name in old.lists.keys() & new.lists.keys():
        before = {option.id: option.title for option in old.lists[name].options}
        after = {option.id: option.title for option in new.lists[name].options}
        for option in before.keys() - after.keys():
            told = Text("Schon gewählte Einträge bleiben stehen.", "Entries that were chosen stay.")
            says = Text(f"{name}: „{before[option]}“ weg", f"{name}: “{before[option]}” gone")
            yield Change("gone", "list", f"{name}.{option}", says, told)
        for option in after.keys() - before.keys():
            says = Text(f"{name}: „{after[option]}“ neu", f"{name}: “{after[option]}” new")
            yield Change("new", "list", f"{name}.{option}", says)


# --------------------------------------------------------------------------------------------------------------- small


def _things(area: str, de: str, en: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for name in old:
        if name not in new:
            title = getattr(old[name], "title", "") or name
            yield Change("gone", area, name, Text(f"{de} weg: {title}", f"{en} gone: {title}"))
    for name in new:
        if name not in old:
            title = getattr(new[name], "title", "") or name
            yield Change("new", area, name, Text(f"{de} neu: {title}", f"{en} new: {title}"))


def _fields(machine: Machine, form: str) -> dict[str, Field]:
    def inside(group: Group) -> Iterator[Field]:
        for item in group.items:
            if isinstance(item, Group):
                yield from inside(item)
            else:
                yield item

    return {field.path: field for page in machine.forms[form].pages for field in inside(page)}


def _title(machine: Machine, place: Place) -> str:
    step = machine.steps.get(place.step)
    return (step.title if step is not None else "") or place.title or place.id


def _from_to(de: str, en: str, before: Any, after: Any) -> Text:
    return Text(f"{de}: {before} → {after}", f"{en}: {before} → {after}")


def _plain(value: Any) -> Any:
    """A value without the places where it stood, so that a comment above does not count as a change."""
    if isinstance(value, Expr):
        return " ".join(value.text.split())
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    names = getattr(type(value), "__dataclass_fields__", None)
    if names is not None:
        return [type(value).__name__, *(_plain(getattr(value, name)) for name in names if name != "at")]
    return value

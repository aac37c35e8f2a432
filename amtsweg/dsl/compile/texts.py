"""Every text people read, by the path of its id, and the translations of `texts.<language>.yaml`.

In: the compiled parts of a machine, and the tree of a translation. Out: `texts_of` (path -> German text) and the flat
translation. Paths are what a designer says: `forms.antrag.hunde` (a page), `forms.antrag.rasse.hint`,
`lists.rassen.labrador`, `flow.pruefen.festsetzen`. Pages and sections give no level, captions no word of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from amtsweg.dsl.diagnostics import Advice, Diagnostic, Label, Text, same
from amtsweg.dsl.procedure import Field, Group, Machine
from amtsweg.dsl.suggest import closest
from amtsweg.dsl.yamltree import Mapping as Map
from amtsweg.dsl.yamltree import Node, Scalar

CAPTION = "title"


def texts_of(machine: Machine) -> dict[str, str]:
    """All texts of a procedure that can be translated, in written order."""
    found: dict[str, str] = {}

    def add(path: str, text: str) -> None:
        if text.strip():
            found.setdefault(path, text)

    add("title", machine.title)
    add("summary", machine.summary)
    for role in machine.roles.values():
        add(f"roles.{role.id}", role.title)
    for options in machine.lists.values():
        if not options.part_of and not options.by_tenant and not options.id.startswith("fields."):
            for option in options.options:
                add(f"lists.{options.id}.{option.id}", option.title)
    for form in machine.forms.values():
        base = f"forms.{form.id}"
        add(f"{base}.title", form.title)
        for page in form.pages:
            for path, text in _group(base, page, form.id):
                add(path, text)
        for number, check in enumerate((*form.checks, *form.notes), 1):
            add(f"{base}.rule_{number}", check.say)
        add(f"{base}.declaration", form.declaration)
        add(f"{base}.receipt", form.receipt)
    for letter in machine.letters.values():
        add(f"letters.{letter.id}", letter.title)
    for stage in machine.stages.values():
        add(f"stages.{stage.id}", stage.title)
    for step in machine.steps.values():
        if step.kind in ("task", "event") and step.title and not step.letter:
            add(f"flow.{step.id}", step.title)
    for flow in machine.flows.values():
        for place in flow.places.values():
            if place.task is not None and not place.task.letter:
                for outcome in (one for one in place.task.outcomes if one.id != "done"):
                    add(f"flow.{place.step}.{outcome.id}", outcome.title)
    return found


def _group(base: str, group: Group, form: str) -> Iterator[tuple[str, str]]:
    if group.id != form:
        yield f"{base}.{group.id}", group.title
    if group.hint:
        yield f"{base}.{group.id}.hint", group.hint
    if group.repeat is not None:
        yield f"{base}.{group.id}.repeat", group.repeat.title
    for number, check in enumerate((*group.checks, *group.notes), 1):
        yield f"{base}.{group.id}.rule_{number}", check.say
    for item in group.items:
        if isinstance(item, Group):
            yield from _group(base, item, form)
        else:
            yield from _field(f"{base}.{item.id}", item)


def _field(path: str, field: Field) -> Iterator[tuple[str, str]]:
    yield path, field.title
    if field.hint:
        yield f"{path}.hint", field.hint
    if field.unknown:
        yield f"{path}.unknown", field.unknown
    for number, check in enumerate((*field.checks, *field.notes), 1):
        yield f"{path}.rule_{number}", check.say


def read_texts(tree: Node | None) -> dict[str, tuple[str, Scalar]]:
    """A translation flat: path -> (text, the key it stands at). `{title: …}` is the caption of its own path."""
    found: dict[str, tuple[str, Scalar]] = {}

    def walk(node: Map, base: str) -> None:
        for key, value in node.entries:
            path = f"{base}.{key.text}" if base else key.text
            if isinstance(value, Map):
                walk(value, path)
            elif isinstance(value, Scalar):
                form = base.startswith("forms.") and base.count(".") == 1
                own = key.text == CAPTION and "." in base and not form
                found[base if own else path] = (value.text, key)

    if isinstance(tree, Map):
        walk(tree, "")
    return found


def check_texts(
    language: str, given: Mapping[str, tuple[str, Scalar]], wanted: Mapping[str, str], file_key: Scalar | None
) -> Iterator[Diagnostic]:
    """Texts for things that do not exist (AW102), and texts that are missing (AW801, a note)."""
    for path, (_, key) in given.items():
        if path not in wanted:
            best = closest(path, wanted)
            yield Diagnostic(
                "AW102",
                "warning",
                key.span,
                Text(f"Einen Text „{path}“ gibt es im Verfahren nicht", f"There is no text “{path}” in the procedure"),
                advice=(Advice(Text("gemeint?", "meant?"), same(best)),) if best else (),
            )
    missing = [path for path in wanted if path not in given and "/" not in path]
    if missing and file_key is not None:
        name = {"en": ("Englisch", "English"), "leicht": ("Leichter Sprache", "Easy German")}.get(
            language, (language, language)
        )
        short = ", ".join(missing[:6]) + (" …" if len(missing) > 6 else "")
        yield Diagnostic(
            "AW801",
            "note",
            file_key.span,
            Text(
                f"{'In' if language == 'leicht' else 'Auf'} {name[0]} fehlen {len(missing)} von {len(wanted)} Texten",
                f"{len(missing)} of {len(wanted)} texts are missing in {name[1]}",
            ),
            advice=(Advice(Text("Es fehlen", "Missing"), same(short)),),
        )


def related(key: Scalar, de: str, en: str) -> Label:
    """A label at a key."""
    return Label(key.span, Text(de, en))

"""The wording for wrong values and wrong ids: an unknown word, a wrong shape, a caption where a step belongs.

In: a spot in the tree. Out: a `Diagnostic` in both languages.
"""

from __future__ import annotations

import re
from collections.abc import Sequence as Many

from amtsweg.dsl.diagnostics import CHOICES, TRY, Advice, Diagnostic, Edit, Fix, Text, same
from amtsweg.dsl.keywords import keyword
from amtsweg.dsl.slips import line_of, quoted
from amtsweg.dsl.source import Span
from amtsweg.dsl.spots import Spot, first_of, joined, made, wrapped
from amtsweg.dsl.suggest import closest, identifier
from amtsweg.dsl.yamltree import Mapping, Node, Scalar, Sequence

SHAPES = {
    "string": Text("ein Text", "a text"),
    "object": Text("Namen mit ihren Angaben", "names with their entries"),
    "array": Text("eine Liste", "a list"),
}

WANTS = {
    "target": Text(
        "Hier steht die Kennung des nächsten Schritts: kleine Buchstaben, Ziffern und _.",
        "The id of the next step belongs here: small letters, digits and _.",
    ),
    "id": Text("Eine Kennung besteht aus a–z, 0–9 und _.", "An id consists of a–z, 0–9 and _."),
    "procedure_id": Text(
        "Die Kennung eines Verfahrens besteht aus a–z, 0–9 und Bindestrichen.",
        "The id of a procedure consists of a–z, 0–9 and dashes.",
    ),
    "block_id": Text(
        "Die Kennung eines Bausteins besteht aus a–z, 0–9 und Bindestrichen.",
        "The id of a block consists of a–z, 0–9 and dashes.",
    ),
    "version": Text(
        "Eine Version sind ein bis drei Zahlen mit Punkten dazwischen.",
        "A version is one to three numbers with points between them.",
    ),
    "whole": Text("Hier steht eine ganze Zahl.", "A whole number belongs here."),
    "leika": Text("Ein LeiKa-Schlüssel besteht nur aus Ziffern.", "A LeiKa key consists of digits only."),
    "date": Text("Ein Datum schreibt man hier Jahr-Monat-Tag.", "A date is written year-month-day here."),
}
EXAMPLES = {"version": "1.0.0", "whole": "10", "leika": "99102013104000", "date": "2026-01-31"}


def empty(spot: Spot) -> Diagnostic:
    """A key without a value."""
    name = spot.key.text if spot.key is not None else ""
    found = keyword(name)
    advice = [Advice(TRY, same(found.example))] if found and spot.noun is None and "{" not in found.example else []
    return made(
        "AW116",
        spot.span,
        Text(f"Hinter „{name}“ steht nichts", f"Nothing stands after “{name}”"),
        advice=advice,
        fix=Fix("none"),
    )


def wrong_word(spot: Spot, allowed: tuple[str, ...]) -> Diagnostic:
    """A word that is not in a closed list."""
    text = spot.node.text if isinstance(spot.node, Scalar) else ""
    name = spot.key.text if spot.key is not None else ""
    yes_no = set(allowed) >= {"yes", "no"}
    shown = ("yes", "no") if yes_no else allowed
    near = closest(text, shown)
    advice = [Advice(TRY, same(f"{name}: {near}"))] if near else []
    advice.append(Advice(CHOICES, same(wrapped(shown))))
    return made(
        "AW111",
        spot.value_span,
        Text(f"„{text}“ gibt es bei „{name}“ nicht", f"There is no “{text}” for “{name}”"),
        advice=advice,
        fix=Fix("ask", (Edit(spot.value_span, near),) if near and spot.value_span != spot.span else ()),
    )


def wrong_text(spot: Spot, wants: str) -> Diagnostic:
    """A text that has not the form it needs: a caption where a step is wanted, a version, a number."""
    text = spot.node.text if isinstance(spot.node, Scalar) else ""
    name = spot.key.text if spot.key is not None else ""
    span = spot.value_span
    if wants == "target":
        return _caption_for_step(spot, text, name, span)
    said = WANTS.get(wants)
    proposal = identifier(text, dashes=True) if wants in ("procedure_id", "block_id") else EXAMPLES.get(wants, "")
    if wants == "id":
        proposal = identifier(text)
    return made(
        "AW112",
        span,
        Text(f"„{text}“ passt nicht zu „{name}“", f"“{text}” does not fit “{name}”"),
        *((said,) if said else ()),
        advice=[Advice(TRY, same(f"{name}: {proposal}"))] if proposal else [],
        fix=Fix("ask"),
    )


def _caption_for_step(spot: Spot, text: str, name: str, span: Span) -> Diagnostic:
    """`in_verwahrung: In Verwahrung nehmen`: the short form names the next step, not a caption."""
    outcome = spot.holder in ("outcomes", "events")
    line = f"{name}: {{title: {quoted(text) if ',' in text else text}, next: "
    return made(
        "AW107",
        span,
        Text(
            f"„{text}“ ist ein Titel; erwartet wird der nächste Schritt",
            f"“{text}” is a caption; the next step is wanted here",
        ),
        Text(
            "Die kurze Form nennt nur den Schritt, mit dem es weitergeht; mit Titel braucht sie beides.",
            "The short form only names the step with which it goes on; with a caption it needs both.",
        )
        if outcome
        else WANTS["target"],
        advice=[Advice(TRY, Text(f"{line}<Schritt>}}", f"{line}<step>}}"))]
        if outcome
        else [Advice(TRY, same(f"{name}: {identifier(text)}"))],
        fix=Fix("ask"),
    )


def wrong_shape(spot: Spot, wanted: tuple[str, ...]) -> Diagnostic:
    """A text where names with entries are wanted, a list where a text is wanted, and so on."""
    name = spot.key.text if spot.key is not None else ""
    kinds = [kind for kind in ("string", "object", "array") if kind in wanted]
    expected = Text(
        joined([SHAPES[kind].de for kind in kinds], "oder"), joined([SHAPES[kind].en for kind in kinds], "or")
    )
    found = SHAPES[
        "string" if isinstance(spot.node, Scalar) else "object" if isinstance(spot.node, Mapping) else "array"
    ]
    if isinstance(spot.node, Scalar) and not spot.node.text.strip():
        return empty(spot)
    who = f"Eintrag {spot.number} von „{name}“" if spot.number else f"„{name}“" if name else "diese Datei"
    who_en = f"entry {spot.number} of “{name}”" if spot.number else f"“{name}”" if name else "this file"
    verb = "werden" if kinds == ["object"] else "wird"
    stands = "stehen" if isinstance(spot.node, Mapping) else "steht"
    return made(
        "AW109",
        spot.span if not (spot.number and isinstance(spot.node, Scalar)) else spot.node.span,
        Text(
            f"Für {who} {verb} {expected.de} gebraucht; hier {stands} {found.de}",
            f"For {who_en}, {expected.en} {'are' if kinds == ['object'] else 'is'} wanted; this is {found.en}",
        ),
        *_shape_hint(spot, kinds),
        advice=_shape_advice(spot, kinds, name),
        fix=Fix("none"),
    )


def _shape_hint(spot: Spot, kinds: Many[str]) -> tuple[Text, ...]:
    if list(kinds) == ["object"] and isinstance(spot.node, Sequence):
        return (
            Text(
                "Was eine Kennung hat, steht ohne Strich: Kennung, Doppelpunkt, darunter eingerückt die Angaben.",
                "What has an id stands without a dash: id, colon, and below it, indented, its entries.",
            ),
        )
    if list(kinds) == ["string"] and isinstance(spot.node, Mapping):
        return (
            Text(
                "Ein Doppelpunkt mit Leerzeichen trennt den Namen vom Wert; gehört er zum Text, braucht der Text "
                "Anführungszeichen.",
                "A colon followed by a blank separates a name from its value; if it is part of the text, the text "
                "needs quote marks.",
            ),
        )
    return ()


def _shape_advice(spot: Spot, kinds: Many[str], name: str) -> list[Advice]:
    node = spot.node
    if list(kinds) == ["string"] and isinstance(node, Mapping) and len(node.entries) == 1:
        key, value = node.entries[0]
        if isinstance(value, Scalar):
            line = quoted(f"{key.text}: {value.text}")
            return [Advice(TRY, same(f"- {line}" if spot.number else f"{name}: {line}"))]
    if (
        list(kinds) == ["string"]
        and isinstance(node, Sequence)
        and all(isinstance(item, Scalar) for item in node.items)
    ):
        joined = ", ".join(item.text for item in node.items if isinstance(item, Scalar))
        return [Advice(TRY, same(f"{name}: {joined}"))]
    found = keyword(name)
    if found is not None and spot.noun is None:
        return [Advice(TRY, same(found.example))]
    return []


# ----------------------------------------------------------------------------------------------------------------- ids


def bad_id(tree: Node, spot: Spot, key: Scalar, pattern: str) -> Diagnostic:
    """An id with umlauts, capitals, blanks or dashes."""
    dashes = "(-[" in pattern
    better = identifier(key.text, dashes=dashes)
    mentioned = references(tree, key.text)
    umlaut = bool(re.search("[äöüÄÖÜß]", key.text))
    value = spot.node.get(key.text) if isinstance(spot.node, Mapping) else None
    below = first_of(value).start.line if isinstance(value, Mapping) and value.entries else 0
    sign = "-" if dashes else "_"
    edits = tuple(Edit(span, better) for span in (key.span, *mentioned))
    places = len(edits)
    return made(
        "AW104",
        key.span,
        Text("Kennungen haben keine Umlaute", "Ids have no umlauts")
        if umlaut
        else Text(f"„{key.text}“ taugt nicht als Kennung", f"“{key.text}” does not do as an id"),
        Text(
            f"Eine Kennung besteht aus a–z, 0–9 und {sign}. Der Titel darunter darf alles enthalten;\n"
            "nur ihn sehen die Menschen.",
            f"An id consists of a–z, 0–9 and {sign}. The title below may contain anything;\nit is all that people see.",
        ),
        related=(line_of(key.span.file, below),) if below == key.span.start.line + 1 else (),
        advice=[Advice(TRY, same(better))] if better else [],
        fix=Fix(
            "safe",
            edits,
            Text(f"amtsweg fix benennt an {places} Stellen um", f"amtsweg fix renames in {places} places")
            if places > 1
            else Text("amtsweg fix benennt um", "amtsweg fix renames it"),
        )
        if better
        else Fix("none"),
    )


def references(tree: Node, name: str, *, keys: bool = False) -> list[Span]:
    """Everywhere an id is mentioned as a word of its own; with `keys`, also as a name with a value."""
    if not re.fullmatch(r"[\w-]+", name):
        return []
    word = re.compile(rf"(?<![\w.]){re.escape(name)}(?![\w-])")
    found: list[Span] = []

    def walk(node: Node, key: str) -> None:
        if isinstance(node, Mapping):
            for inner, value in node.entries:
                if keys and inner.text == name:
                    found.append(inner.span)
                walk(value, inner.text)
        elif isinstance(node, Sequence):
            for item in node.items:
                walk(item, key)
        elif key not in PROSE:
            found.extend(node.range(match.start(), match.end()) for match in word.finditer(node.text))

    walk(tree, "")
    return found


PROSE = frozenset({"title", "hint", "summary", "say", "task", "case", "purpose", "declaration", "text", "law"})
"""Keys whose values are sentences for people: an id-like word in them is no reference."""

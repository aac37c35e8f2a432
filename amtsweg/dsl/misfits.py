"""The wording for what does not fit the shape of a file: unknown keys, missing keys, wrong values, wrong ids.

In: a spot in the tree and what is wrong there. Out: a `Diagnostic` in both languages, with the key's or value's exact
place. `schema` finds what is wrong; here it is only put into words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Sequence as Many
from dataclasses import dataclass

from amtsweg.dsl.diagnostics import Advice, Diagnostic, Edit, Fix, Label, Text
from amtsweg.dsl.keywords import PLACES, STEP_KINDS, UNITS, Place, keyword, places_of, value_slip
from amtsweg.dsl.nouns import NOUNS, Noun
from amtsweg.dsl.slips import TRY, WAY_OUT, line_of, quoted
from amtsweg.dsl.source import Position, Span
from amtsweg.dsl.suggest import closest, identifier
from amtsweg.dsl.yamltree import Mapping, Node, Scalar, Sequence

ID_MAPS = frozenset(NOUNS)
"""Keys whose entries are things with ids: below them stand ids, not keywords."""

ELSE = Text("Sonst", "Or")
CHOICE = Text("Zur Wahl", "Choices")
HERE = Text("Hier gibt es", "You have")

ENGLISH = Text(
    "Die Schlüsselwörter sind englisch, damit ein Verfahren in jeder Gemeinde gleich aussieht.",
    "Keywords are English, so that a procedure looks the same in every municipality.",
)

OLD_WORDS = frozenset(
    """
    label choose choices on deadlines trust who remedy release hit rules call into not_by description caption goto
    required error before tell spawn meanwhile ports clock enclose page section each validierung gateway
    """.split()  # noqa: SIM905 -- a list of words reads better
)
"""Words that were never German: older names, or those of other tools."""

INVERTED = frozenset({"pflicht", "pflichtfeld", "required"})
"""Words that mean the opposite of the keyword they lead to."""

HINTS = {
    ("frist", "due"): Text(
        "Eine gesetzliche Frist mit Folgen gehört als „deadline“ an einen Abschnitt (stages).",
        "A statutory time limit with consequences is a “deadline” on a stage.",
    ),
    ("to", "next"): Text(
        "„to“ nennt immer nur, an wen ein Schreiben oder eine Nachricht geht.",
        "“to” only ever names whom a letter or message goes to.",
    ),
}

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


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the tree.

    Parameters
    ----------
    node: what stands there.
    key: the key it stands under; None for the whole file and for items of lists.
    holder: the key of the map that holds `key` (`fields` for a field).
    above: the map that holds it.
    number: the item's number where it stands in a list, from 1.
    """

    node: Node
    key: Scalar | None = None
    holder: str = ""
    above: Mapping | None = None
    number: int = 0

    def names(self) -> frozenset[str]:
        """The keys that are there."""
        return frozenset(key.text for key, _ in self.node.entries) if isinstance(self.node, Mapping) else frozenset()

    def holds_kind(self, name: str) -> bool:
        """Whether `name` is a kind of step and another one is there, too."""
        return name in STEP_KINDS and any(kind in self.names() - {name} for kind in STEP_KINDS)

    @property
    def noun(self) -> Noun | None:
        """What the thing here is called, if it has a name of its own."""
        return NOUNS.get(self.holder) if self.key is not None else None

    @property
    def span(self) -> Span:
        """The key's place; for items of lists and whole files the place of the first key."""
        if self.key is not None and not self.number:
            return self.key.span
        return _first(self.node)

    @property
    def value_span(self) -> Span:
        """The value's place if it is written on one line, else the key's."""
        span = self.node.span
        one_line = span.start.line == span.end.line and span.end > span.start
        return span if isinstance(self.node, Scalar) and one_line and self.node.text else self.span


def _first(node: Node) -> Span:
    if isinstance(node, Mapping) and node.entries:
        return node.entries[0][0].span
    start = node.span.start
    return Span(node.span.file, start, Position(start.line, start.column + 1))


def at(tree: Node, path: Iterable[str | int]) -> Spot:
    """The spot a path leads to."""
    spot = Spot(tree)
    for part in path:
        node = spot.node
        if isinstance(node, Mapping) and isinstance(part, str):
            key = node.key(part)
            value = node.get(part)
            if key is None or value is None:
                break
            holder = spot.key.text if spot.key is not None and not spot.number else ""
            spot = Spot(value, key, holder, node)
        elif isinstance(node, Sequence) and isinstance(part, int):
            spot = Spot(node.items[part], spot.key, spot.holder, spot.above, part + 1)
        else:
            break
    return spot


def _made(
    code: str,
    span: Span,
    headline: Text,
    *body: Text,
    caret: Text | None = None,
    related: tuple[Label, ...] = (),
    advice: Many[Advice] = (),
    fix: Fix | None = None,
) -> Diagnostic:
    return Diagnostic(code, "error", span, headline, caret, body, related, tuple(advice), fix)


def _same(text: str) -> Text:
    return Text(text, text)


# -------------------------------------------------------------------------------------------------------- German words


def english_units(text: str) -> str:
    """A period with English units in place of German ones."""

    def unit(match: re.Match[str]) -> str:
        return f"{match[1]}{match[2]}{UNITS[match[3].casefold()]}"

    names = "|".join(sorted(UNITS, key=len, reverse=True))
    return re.sub(rf"\b(\d+)(\s+)({names})\b", unit, text, flags=re.IGNORECASE)


def _german_unit(text: str) -> str:
    names = "|".join(sorted(UNITS, key=len, reverse=True))
    found = re.search(rf"\b\d+\s+({names})\b", text, flags=re.IGNORECASE)
    return found[1] if found else ""


def german_units(value: Scalar, key: Scalar | None, better: str) -> Diagnostic:
    """`3 Arbeitstage` where a period is wanted; `better` is the English form."""
    unit = _german_unit(value.text)
    offset = value.text.index(unit)
    english = UNITS[unit.casefold()]
    span = value.range(offset, offset + len(unit))
    return _made(
        "AW101",
        span,
        Text(f"„{unit}“ heißt hier „{english}“", f"“{unit}” is called “{english}” here"),
        ENGLISH,
        advice=[Advice(TRY, _same(f"{key.text}: {better}" if key else f"{better}: …"))],
        fix=Fix(
            "safe",
            (Edit(span, english),),
            Text(f"amtsweg fix übersetzt „{unit}“", f"amtsweg fix translates “{unit}”"),
        ),
    )


OLD_VALUES = frozenset({"boolean", "bool", "checkbox", "choices", "string", "int", "decimal", "float", "datetime",
                        "tel", "geo", "org", "upload", "deemed", "partly", "mail"})  # fmt: skip


def german_value(key: Scalar, value: Scalar, meant: str) -> Diagnostic:
    """`type: betrag`: a German (or another tool's) word where one of ours is wanted."""
    return _made(
        "AW101",
        value.span,
        Text(f"„{value.text}“ heißt hier „{meant}“", f"“{value.text}” is called “{meant}” here"),
        *(() if value.text.casefold() in OLD_VALUES else (ENGLISH,)),
        advice=[Advice(TRY, _same(f"{key.text}: {meant}"))],
        fix=Fix(
            "safe",
            (Edit(value.span, meant),),
            Text(f"amtsweg fix übersetzt „{value.text}“", f"amtsweg fix translates “{value.text}”"),
        ),
    )


def german_word(spot: Spot, key: Scalar, value: Node, meant: str, where: str) -> Diagnostic:
    """A key in German, or by an older name."""
    place = PLACES[where]
    found = keyword(meant, where)
    says = found.says if found else Text("", "")
    line, edits, also = _line(key, value, meant)
    safe = key.text.casefold() not in INVERTED
    old = key.text.casefold() in OLD_WORDS
    body = [
        Text(f"Bei {place.at} sagt „{meant}“, {says.de}.", f"On {place.en}, “{meant}” says {says.en}."),
    ]
    if key.text.casefold() in INVERTED:
        body.append(
            Text(
                "Jedes Feld ist Pflicht, solange nichts anderes dasteht; nur das Freiwillige wird genannt.",
                "Every field is required unless it says otherwise; only what is optional is named.",
            )
        )
        line, edits = f"{meant}: yes", ()
    elif not old:
        body.append(ENGLISH)
    advice = [Advice(TRY, _same(line))] if line else []
    hint = HINTS.get((key.text.casefold(), meant))
    if hint is not None:
        advice.append(Advice(ELSE, hint))
    words = f"„{key.text}“ und „{also}“" if also else f"„{key.text}“"
    words_en = f"“{key.text}” and “{also}”" if also else f"“{key.text}”"
    says_fix = (
        Text(f"amtsweg fix benennt {words} um", f"amtsweg fix renames {words_en}")
        if old
        else Text(f"amtsweg fix übersetzt {words}", f"amtsweg fix translates {words_en}")
    )
    first = _first(spot.node).start.line
    return _made(
        "AW101",
        key.span,
        Text(f"„{key.text}“ heißt hier „{meant}“", f"“{key.text}” is called “{meant}” here"),
        *body,
        related=(line_of(key.span.file, first),) if first < key.span.start.line else (),
        advice=advice,
        fix=Fix("safe", edits, says_fix) if safe else Fix("ask"),
    )


def _line(key: Scalar, value: Node, meant: str) -> tuple[str, tuple[Edit, ...], str]:
    """The line as it should read, the edits that make it so, and a German word in its value."""
    edits = [Edit(key.span, meant)]
    short = flow_text(value)
    if not isinstance(value, Scalar) and short:
        return f"{meant}: {short}", tuple(edits), ""
    if not isinstance(value, Scalar) or "\n" in value.text or value.style in ("|", ">"):
        return (f"{meant}:" if not isinstance(value, Scalar) else f"{meant}: {value.style}"), tuple(edits), ""
    better, word = english_units(value.text), ""
    if better != value.text:
        word = _german_unit(value.text)
    else:
        other = value_slip(meant, value.text)
        if other is not None:
            better, word = other, value.text
    if word:
        edits.append(Edit(value.span, better))
    shown = quoted(better) if value.style in ("'", '"') else better
    return f"{meant}: {shown}".rstrip(), tuple(edits), word


def flow_text(node: Node, size: int = 60) -> str:
    """A short list or map as it is written in brackets or braces; "" if it is long."""
    if isinstance(node, Scalar):
        made = quoted(node.text) if re.search("[,:#\\[\\]{}]", node.text) else node.text
    elif isinstance(node, Sequence):
        made = f"[{', '.join(flow_text(item, 1000) for item in node.items)}]" if node.brackets else ""
    else:
        pairs = (f"{key.text}: {flow_text(value, 1000)}" for key, value in node.entries)
        made = f"{{{', '.join(pairs)}}}" if node.braces else ""
    return made if len(made) <= size else ""


# -------------------------------------------------------------------------------------------------------- unknown keys


def belongs_elsewhere(key: Scalar, where: str, elsewhere: Many[Place]) -> Diagnostic:
    """A keyword that is legal in other places only."""
    here = PLACES[where]
    names = [one.on for one in elsewhere[:3]]
    english = [one.en for one in elsewhere[:3]]
    more = ("", "") if len(elsewhere) <= 3 else (" und anderes", " and others")
    found = keyword(key.text, elsewhere[0].id)
    says = (
        [
            Text(
                f"Bei {elsewhere[0].at} sagt „{key.text}“, {found.says.de}.",
                f"On {elsewhere[0].en}, “{key.text}” says {found.says.en}.",
            )
        ]
        if found
        else []
    )
    return _made(
        "AW105",
        key.span,
        Text(
            f"„{key.text}“ gehört an {_joined(names, 'oder')}{more[0]}, nicht an {here.on}",
            f"“{key.text}” belongs on {_joined(english, 'or')}{more[1]}, not on {here.en}",
        ),
        *says,
        fix=Fix("none"),
    )


def called_and_elsewhere(key: Scalar, where: str, meant: str) -> Diagnostic:
    """A German or older word for a keyword that is legal in another place only."""
    here, there = PLACES[where], places_of(meant)[0]
    found = keyword(meant, there.id)
    says = Text(found.says.de, found.says.en) if found else Text("", "")
    return _made(
        "AW105",
        key.span,
        Text(
            f"„{key.text}“ heißt „{meant}“ und gehört an {there.on}, nicht an {here.on}",
            f"“{key.text}” is called “{meant}” and belongs on {there.en}, not on {here.en}",
        ),
        Text(f"Bei {there.at} sagt „{meant}“, {says.de}.", f"On {there.en}, “{meant}” says {says.en}."),
        fix=Fix("none"),
    )


def _joined(names: Many[str], last: str) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"


def unknown_key(spot: Spot, key: Scalar, where: str, allowed: frozenset[str]) -> tuple[Diagnostic, str]:
    """A key that is no keyword at all, and the keyword that was probably meant ("" if none is near)."""
    place = PLACES.get(where)
    free = sorted(allowed - spot.names())
    near = closest(key.text, free) or ""
    value = spot.node.get(key.text) if isinstance(spot.node, Mapping) else None
    line = _line(key, value, near)[0] if near and value is not None else near
    advice = [Advice(TRY, _same(line))] if near else []
    advice.append(Advice(HERE, _same(_wrapped(free if free else sorted(allowed)))))
    at_de = f"bei {place.at} " if place else ""
    on_en = f" on {place.en}" if place else " here"
    finding = _made(
        "AW108",
        key.span,
        Text(f"„{key.text}“ gibt es {at_de}nicht", f"There is no “{key.text}”{on_en}"),
        advice=advice,
        fix=Fix("ask", (Edit(key.span, near),) if near else ()),
    )
    return finding, near


def _wrapped(words: Many[str], size: int = 88) -> str:
    lines: list[str] = []
    for word in words:
        if lines and len(lines[-1]) + len(word) + 2 <= size:
            lines[-1] += f", {word}"
        else:
            if lines:
                lines[-1] += ","
            lines.append(word)
    return "\n".join(lines)


def two_kinds(spot: Spot, key: Scalar, where: str) -> Diagnostic:
    """A step with two kinds."""
    kind = "letter" if where == "letter_step" else where
    first = spot.node.key(kind) if isinstance(spot.node, Mapping) else None
    name = spot.key.text if spot.key is not None else key.text
    return _made(
        "AW115",
        key.span,
        Text(
            f"Der Schritt „{name}“ hat zwei Arten: „{kind}“ und „{key.text}“",
            f"Step “{name}” has two kinds: “{kind}” and “{key.text}”",
        ),
        Text(
            "Jeder Schritt tut genau eine Sache; was danach kommt, ist ein Schritt für sich.",
            "Every step does exactly one thing; what comes after it is a step of its own.",
        ),
        related=(Label(first.span, Text("die eine", "the first")),) if first is not None else (),
        advice=[
            Advice(
                WAY_OUT,
                Text(
                    f"Machen Sie aus „{key.text}“ einen eigenen Schritt und nennen Sie ihn hier mit „next“.",
                    f"Make “{key.text}” a step of its own and name it here with “next”.",
                ),
            )
        ],
        fix=Fix("none"),
    )


# -------------------------------------------------------------------------------------------------------- missing keys


def _dative(spot: Spot, where: str) -> Text:
    """`Dem Feld „wert“` / `Field “wert”`."""
    noun = spot.noun
    if noun is not None and spot.key is not None and not spot.number:
        article = "Der" if noun.article == "die" else "Dem"
        return Text(f"{article} {noun.de} „{spot.key.text}“", f"{noun.en.capitalize()} “{spot.key.text}”")
    place = PLACES.get(where)
    if spot.key is None:
        return Text("Dieser Datei", "This file")
    if spot.number:
        return Text(f"Dem Eintrag {spot.number} von „{spot.key.text}“", f"Entry {spot.number} of “{spot.key.text}”")
    return Text(f"Bei „{spot.key.text}“", f"“{spot.key.text}”") if place else Text("Hier", "Here")


def caption(name: str) -> str:
    """An id as a caption: `wert_amtlich` -> `Wert amtlich`."""
    words = re.sub("[_-]+", " ", name).strip()
    return words[:1].upper() + words[1:]


def missing(spot: Spot, name: str, where: str, line: str = "") -> Diagnostic:
    """A key that must be there; `line` is a proposal made from this file, else the example of the keyword."""
    who = _dative(spot, where)
    found = keyword(name, where)
    place = PLACES.get(where)
    said = (
        (Text(f"Bei {place.at} sagt „{name}“, {found.says.de}.", f"On {place.en}, “{name}” says {found.says.en}."),)
        if found and place
        else ()
    )
    example = found.example.split("{")[0].rstrip() if found and "{" in found.example else found.example if found else ""
    return _made(
        "AW110",
        spot.span,
        Text(f"{who.de} fehlt „{name}“", f"{who.en} lacks “{name}”"),
        *said,
        advice=[Advice(TRY, _same(line or example))] if line or example else [],
        fix=Fix("ask"),
    )


def not_yet(key: Scalar, way_out: Text) -> Diagnostic:
    """A word of the language that this version cannot compile."""
    return _made(
        "AW113",
        key.span,
        Text(f"„{key.text}“ kann diese Version noch nicht", f"This version cannot do “{key.text}” yet"),
        advice=[Advice(WAY_OUT, way_out)],
        fix=Fix("none"),
    )


def missing_one_of(spot: Spot, names: tuple[str, ...]) -> Diagnostic:
    """One of several keys must be there."""
    who = _dative(spot, "")
    both = _joined([f"„{name}“" for name in names], "oder")
    english = _joined([f"“{name}”" for name in names], "or")
    return _made(
        "AW110",
        spot.span,
        Text(f"{who.de} fehlt {both}", f"{who.en} lacks {english}"),
        fix=Fix("ask"),
    )


def both(spot: Spot, first: str, second: str) -> Diagnostic:
    """Two keys that exclude each other."""
    key = spot.node.key(second) if isinstance(spot.node, Mapping) else None
    return _made(
        "AW115",
        key.span if key is not None else spot.span,
        Text(f"„{first}“ und „{second}“ schließen sich aus", f"“{first}” and “{second}” exclude each other"),
        Text(
            f"„{first}“ gilt, wenn keine andere Zeile passt; eine Bedingung hat es nicht.",
            f"“{first}” counts if no other line fits; it has no condition.",
        ),
        advice=[Advice(TRY, Text("- {else: <Schritt>}", "- {else: <step>}"))],
        fix=Fix("none"),
    )


def no_kind(spot: Spot) -> Diagnostic:
    """A step without a kind."""
    name = spot.key.text if spot.key is not None else "?"
    names = spot.names()
    title = spot.node.get("title") if isinstance(spot.node, Mapping) else None
    said = title.text if isinstance(title, Scalar) else caption(name)
    likely = "task" if names & {"form", "by", "outcomes", "due", "four_eyes"} else ""
    advice = [Advice(TRY, _same(f"task: {said}"))] if likely else []
    advice.append(Advice(CHOICE, _same(_wrapped(STEP_KINDS))))
    return _made(
        "AW114",
        spot.span,
        Text(f"Dem Schritt „{name}“ fehlt seine Art", f"Step “{name}” lacks its kind"),
        Text(
            "Jeder Schritt sagt mit einem Schlüsselwort, was er tut; ein Formular allein ist keine Art.",
            "Every step says with one keyword what it does; a form alone is not a kind.",
        )
        if "form" in names
        else Text(
            "Jeder Schritt sagt mit einem Schlüsselwort, was er tut.",
            "Every step says with one keyword what it does.",
        ),
        advice=advice,
        fix=Fix("ask"),
    )


def no_verb(spot: Spot) -> Diagnostic:
    """A line of a case that does nothing."""
    return _made(
        "AW114",
        spot.span,
        Text("Diese Zeile des Testfalls sagt nicht, was geschieht", "This line of the case does not say what happens"),
        advice=[
            Advice(TRY, Text("- {do: <Schritt>, by: <Person>}", "- {do: <step>, by: <person>}")),
            Advice(CHOICE, _same("do, wait, event, expect, refused")),
        ],
        fix=Fix("ask"),
    )


# -------------------------------------------------------------------------------------------------------- wrong values


def empty(spot: Spot) -> Diagnostic:
    """A key without a value."""
    name = spot.key.text if spot.key is not None else ""
    found = keyword(name)
    advice = [Advice(TRY, _same(found.example))] if found and spot.noun is None and "{" not in found.example else []
    return _made(
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
    advice = [Advice(TRY, _same(f"{name}: {near}"))] if near else []
    advice.append(Advice(CHOICE, _same(_wrapped(shown))))
    return _made(
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
    return _made(
        "AW112",
        span,
        Text(f"„{text}“ passt nicht zu „{name}“", f"“{text}” does not fit “{name}”"),
        *((said,) if said else ()),
        advice=[Advice(TRY, _same(f"{name}: {proposal}"))] if proposal else [],
        fix=Fix("ask"),
    )


def _caption_for_step(spot: Spot, text: str, name: str, span: Span) -> Diagnostic:
    """`in_verwahrung: In Verwahrung nehmen`: the short form names the next step, not a caption."""
    outcome = spot.holder in ("outcomes", "events")
    line = f"{name}: {{title: {quoted(text) if ',' in text else text}, next: "
    return _made(
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
        else [Advice(TRY, _same(f"{name}: {identifier(text)}"))],
        fix=Fix("ask"),
    )


def wrong_shape(spot: Spot, wanted: tuple[str, ...]) -> Diagnostic:
    """A text where names with entries are wanted, a list where a text is wanted, and so on."""
    name = spot.key.text if spot.key is not None else ""
    kinds = [kind for kind in ("string", "object", "array") if kind in wanted]
    expected = Text(
        _joined([SHAPES[kind].de for kind in kinds], "oder"), _joined([SHAPES[kind].en for kind in kinds], "or")
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
    return _made(
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
            return [Advice(TRY, _same(f"- {line}" if spot.number else f"{name}: {line}"))]
    if (
        list(kinds) == ["string"]
        and isinstance(node, Sequence)
        and all(isinstance(item, Scalar) for item in node.items)
    ):
        joined = ", ".join(item.text for item in node.items if isinstance(item, Scalar))
        return [Advice(TRY, _same(f"{name}: {joined}"))]
    found = keyword(name)
    if found is not None and spot.noun is None:
        return [Advice(TRY, _same(found.example))]
    return []


# ----------------------------------------------------------------------------------------------------------------- ids


def bad_id(tree: Node, spot: Spot, key: Scalar, pattern: str) -> Diagnostic:
    """An id with umlauts, capitals, blanks or dashes."""
    dashes = "(-[" in pattern
    better = identifier(key.text, dashes=dashes)
    mentioned = references(tree, key.text)
    umlaut = bool(re.search("[äöüÄÖÜß]", key.text))
    value = spot.node.get(key.text) if isinstance(spot.node, Mapping) else None
    below = _first(value).start.line if isinstance(value, Mapping) and value.entries else 0
    sign = "-" if dashes else "_"
    edits = tuple(Edit(span, better) for span in (key.span, *mentioned))
    places = len(edits)
    return _made(
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
        advice=[Advice(TRY, _same(better))] if better else [],
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

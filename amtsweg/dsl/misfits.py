"""The wording for keys that do not fit: unknown ones, German ones, missing ones, ones that belong elsewhere.

In: a spot in the tree and what is wrong there. Out: a `Diagnostic` in both languages, with the key's or value's exact
place. `schema` finds what is wrong; here it is only put into words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence as Many

from amtsweg.dsl.diagnostics import CHOICES, HERE, TRY, Advice, Diagnostic, Edit, Fix, Label, Text, same
from amtsweg.dsl.keywords import PLACES, STEP_KINDS, UNITS, Place, keyword, places_of, value_slip
from amtsweg.dsl.slips import WAY_OUT, line_of, quoted
from amtsweg.dsl.spots import Spot, caption, first_of, joined, made, wrapped
from amtsweg.dsl.suggest import closest
from amtsweg.dsl.yamltree import Mapping, Node, Scalar, Sequence

ELSE = Text("Sonst", "Or")
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
    return made(
        "AW101",
        span,
        Text(f"„{unit}“ heißt hier „{english}“", f"“{unit}” is called “{english}” here"),
        ENGLISH,
        advice=[Advice(TRY, same(f"{key.text}: {better}" if key else f"{better}: …"))],
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
    return made(
        "AW101",
        value.span,
        Text(f"„{value.text}“ heißt hier „{meant}“", f"“{value.text}” is called “{meant}” here"),
        *(() if value.text.casefold() in OLD_VALUES else (ENGLISH,)),
        advice=[Advice(TRY, same(f"{key.text}: {meant}"))],
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
    says = found.says if found else same("")
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
    advice = [Advice(TRY, same(line))] if line else []
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
    first = first_of(spot.node).start.line
    return made(
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
    return made(
        "AW105",
        key.span,
        Text(
            f"„{key.text}“ gehört an {joined(names, 'oder')}{more[0]}, nicht an {here.on}",
            f"“{key.text}” belongs on {joined(english, 'or')}{more[1]}, not on {here.en}",
        ),
        *says,
        fix=Fix("none"),
    )


def called_and_elsewhere(key: Scalar, where: str, meant: str) -> Diagnostic:
    """A German or older word for a keyword that is legal in another place only."""
    here, there = PLACES[where], places_of(meant)[0]
    found = keyword(meant, there.id)
    says = Text(found.says.de, found.says.en) if found else same("")
    return made(
        "AW105",
        key.span,
        Text(
            f"„{key.text}“ heißt „{meant}“ und gehört an {there.on}, nicht an {here.on}",
            f"“{key.text}” is called “{meant}” and belongs on {there.en}, not on {here.en}",
        ),
        Text(f"Bei {there.at} sagt „{meant}“, {says.de}.", f"On {there.en}, “{meant}” says {says.en}."),
        fix=Fix("none"),
    )


def unknown_key(spot: Spot, key: Scalar, where: str, allowed: frozenset[str]) -> tuple[Diagnostic, str]:
    """A key that is no keyword at all, and the keyword that was probably meant ("" if none is near)."""
    place = PLACES.get(where)
    free = sorted(allowed - spot.names())
    near = closest(key.text, free) or ""
    value = spot.node.get(key.text) if isinstance(spot.node, Mapping) else None
    line = _line(key, value, near)[0] if near and value is not None else near
    advice = [Advice(TRY, same(line))] if near else []
    advice.append(Advice(HERE, same(wrapped(free if free else sorted(allowed)))))
    at_de = f"bei {place.at} " if place else ""
    on_en = f" on {place.en}" if place else " here"
    finding = made(
        "AW108",
        key.span,
        Text(f"„{key.text}“ gibt es {at_de}nicht", f"There is no “{key.text}”{on_en}"),
        advice=advice,
        fix=Fix("ask", (Edit(key.span, near),) if near else ()),
    )
    return finding, near


def two_kinds(spot: Spot, key: Scalar, where: str) -> Diagnostic:
    """A step with two kinds."""
    kind = "letter" if where == "letter_step" else where
    first = spot.node.key(kind) if isinstance(spot.node, Mapping) else None
    name = spot.key.text if spot.key is not None else key.text
    return made(
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
    return made(
        "AW110",
        spot.span,
        Text(f"{who.de} fehlt „{name}“", f"{who.en} lacks “{name}”"),
        *said,
        advice=[Advice(TRY, same(line or example))] if line or example else [],
        fix=Fix("ask"),
    )


def not_yet(key: Scalar, way_out: Text) -> Diagnostic:
    """A word of the language that this version cannot compile."""
    return made(
        "AW113",
        key.span,
        Text(f"„{key.text}“ kann diese Version noch nicht", f"This version cannot do “{key.text}” yet"),
        advice=[Advice(WAY_OUT, way_out)],
        fix=Fix("none"),
    )


def missing_one_of(spot: Spot, names: tuple[str, ...]) -> Diagnostic:
    """One of several keys must be there."""
    who = _dative(spot, "")
    both = joined([f"„{name}“" for name in names], "oder")
    english = joined([f"“{name}”" for name in names], "or")
    return made(
        "AW110",
        spot.span,
        Text(f"{who.de} fehlt {both}", f"{who.en} lacks {english}"),
        fix=Fix("ask"),
    )


def both(spot: Spot, first: str, second: str) -> Diagnostic:
    """Two keys that exclude each other."""
    key = spot.node.key(second) if isinstance(spot.node, Mapping) else None
    return made(
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
    advice = [Advice(TRY, same(f"task: {said}"))] if likely else []
    advice.append(Advice(CHOICES, same(wrapped(STEP_KINDS))))
    return made(
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
    return made(
        "AW114",
        spot.span,
        Text("Diese Zeile des Testfalls sagt nicht, was geschieht", "This line of the case does not say what happens"),
        advice=[
            Advice(TRY, Text("- {do: <Schritt>, by: <Person>}", "- {do: <step>, by: <person>}")),
            Advice(CHOICES, same("do, wait, event, expect, refused")),
        ],
        fix=Fix("ask"),
    )

"""Write `docs/sprache.md`: the reference of the language, from the tables that the program itself reads.

In: the words (`dsl/keywords.py`), the field types (`dsl/fieldtypes.py`), the pages of the findings (`dsl/codes`). Out:
one Markdown document. Run it after a change in one of them: `python docs/generate.py`; a test compares.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from amtsweg.dsl import codes, keywords
from amtsweg.dsl.fieldtypes import FIELD_TYPES

TARGET = Path(__file__).with_name("sprache.md")

HEAD = """\
# Die Sprache der Verfahren

*Diese Seite entsteht aus dem Programm selbst (`python docs/generate.py`). Bitte nicht von Hand ändern.*

Ein Verfahren ist ein Ordner: `procedure.yaml` (das Verfahren), `cases.yaml` (seine Testfälle), ein Text je Schreiben
(`<kennung>.md`), Übersetzungen (`texts.en.yaml`). Die Wörter der Sprache sind englisch, alles andere ist in der Sprache
des Amtes. Der Editor zeigt dieselben Erklärungen beim Schreiben; `amtsweg schema` gibt sie als JSON Schema aus.

* [Was wo stehen darf](#was-wo-stehen-darf)
* [Alle Wörter](#alle-wörter)
* [Arten von Feldern](#arten-von-feldern)
* [Befunde](#befunde)

Wie man rechnet, steht unter [Ausdrücke](ausdruecke.md), wie Fristen gezählt werden, unter [Fristen](fristen.md).
"""

SEVERITY = {"error": "Fehler", "warning": "Warnung", "note": "Hinweis"}


def document() -> str:
    """The whole document."""
    return "\n".join([HEAD, *_places(), "", *_words(), "", *_types(), "", *_findings()]) + "\n"


def _cell(text: str) -> str:
    """A text as it may stand in a table."""
    return " ".join(text.split()).replace("|", "\\|")


def _code(text: str) -> str:
    return f"`{_cell(text)}`" if text else ""


def _places() -> Iterator[str]:
    yield "## Was wo stehen darf"
    yield ""
    yield "Was für jeden Schritt gilt, steht einmal unter „Schritt“."
    yield ""
    yield "| Ort | Wörter |"
    yield "|---|---|"
    for place in keywords.PLACES.values():
        words = [one.word for one in keywords.table() if place.id in one.places]
        if words:
            yield f"| {_cell(place.de)} (bei {_cell(place.at)}) | {' '.join(f'`{word}`' for word in words)} |"


def _words() -> Iterator[str]:
    yield "## Alle Wörter"
    yield ""
    yield "| Wort | heißt | sagt, … | Beispiel | wo |"
    yield "|---|---|---|---|---|"
    for one in sorted(keywords.table(), key=lambda word: (word.word, word.places)):
        where = ", ".join(dict.fromkeys(keywords.PLACES[name].de for name in one.places))
        yield f"| `{one.word}` | {_cell(one.name)} | {_cell(one.says.de)} | {_code(one.example)} | {_cell(where)} |"


def _types() -> Iterator[str]:
    yield "## Arten von Feldern"
    yield ""
    yield "Hinter `type:`. Ohne `type` ist ein Feld eine Zeile Text (`text`); mit `options` ist es eine Auswahl (`choice`)."
    yield ""
    yield "| Wort | heißt | im Ausdruck | wie man es eingibt | Teile |"
    yield "|---|---|---|---|---|"
    for facts in FIELD_TYPES.values():
        parts = " ".join(f"`{part.id}`" for part in facts.parts)
        cells = (f"`{facts.name}`", _cell(facts.title.de), _code(facts.feel), _cell(facts.accepts.de), parts)
        yield f"| {' | '.join(cells)} |"


def _findings() -> Iterator[str]:
    yield "## Befunde"
    yield ""
    yield "Was die Prüfung sagen kann. `amtsweg explain AW202` zeigt dasselbe."
    area = ""
    for page in codes.CODES.values():
        if page.area.de != area:
            area = page.area.de
            yield ""
            yield f"### {area}"
        yield ""
        yield f"#### {page.code} {page.title.de}"
        yield ""
        yield f"*{SEVERITY[page.severity]}.* {' '.join(page.why.de.split())}"
        for title, example in (("So nicht", page.wrong), ("So", page.right)):
            if example:
                yield ""
                yield f"{title}:"
                yield ""
                yield "```text"
                yield example
                yield "```"
        if page.law:
            yield ""
            yield f"Recht: {page.law}"


if __name__ == "__main__":
    TARGET.write_text(document(), "utf-8")

"""The one table of keywords: word, where it is legal, German name, what it says, an example, German words for it.

In: `words/keywords.txt`. Out: what hover, completion, AW101, the handbook's index and the descriptions of the JSON
Schema are made of. The file of a procedure is English in one spelling; the window is German: that is done here and
nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from amtsweg.dsl.diagnostics import Text
from amtsweg.dsl.suggest import fold

STEP_KINDS = (
    "task", "set", "service", "letter", "pay", "notify", "open_case", "wait", "parallel", "for_each", "use", "book",
    "publish", "send", "fork", "join", "end", "branch",
)  # fmt: skip
"""The kinds of steps; the first that is among a step's keys is its kind."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where keywords stand: `at` follows „bei“ (dative) and `on` follows „gehört an“ (accusative)."""

    id: str
    de: str
    at: str
    on: str
    en: str


def _place(name: str, de: str, at: str, on: str, en: str) -> tuple[str, Place]:
    return name, Place(name, de, at, on, en)


PLACES: dict[str, Place] = dict((
    _place("procedure", "Verfahren", "einem Verfahren", "den Anfang des Verfahrens", "the head of a procedure"),
    _place("keep", "Aufbewahrung", "der Aufbewahrung", "die Aufbewahrung (keep)", "a retention (keep)"),
    _place("role", "Rolle", "einer Rolle", "eine Rolle", "a role"),
    _place("parameter", "Stellgröße", "einer Stellgröße", "eine Stellgröße", "a parameter"),
    _place("list", "Auswahlliste", "einer Auswahlliste", "eine Auswahlliste", "a list"),
    _place("option", "Auswahl", "einem Eintrag der Liste", "einen Eintrag der Liste", "an option"),
    _place("type", "Datentyp", "einem Datentyp", "einen Datentyp", "a type"),
    _place("group", "Feldgruppe", "einer Feldgruppe", "eine Feldgruppe", "a field group"),
    _place("form", "Formular", "einem Formular", "ein Formular", "a form"),
    _place("page", "Seite", "einer Seite", "eine Seite", "a page"),
    _place("section", "Gruppe", "einer Gruppe von Feldern", "eine Gruppe von Feldern", "a section"),
    _place("field", "Feld", "einem Feld", "ein Feld", "a field"),
    _place("repeat", "Wiederholung", "einer Wiederholung", "eine Wiederholung (repeat)", "a repeat"),
    _place("review", "Prüfseite", "der Prüfseite", "die Prüfseite (review)", "the review"),
    _place("rule", "Regel", "einer Regel", "eine Regel (checks, notes)", "a check or note"),
    _place("decision", "Entscheidung", "einer Entscheidung", "eine Entscheidung", "a decision"),
    _place("letter", "Schreiben", "einem Schreiben", "ein Schreiben (letters)", "a letter"),
    _place("stage", "Abschnitt", "einem Abschnitt", "einen Abschnitt", "a stage"),
    _place("deadline", "Frist", "einer gesetzlichen Frist", "eine gesetzliche Frist (deadline)", "a deadline"),
    _place("extend", "Verlängerung", "einer Verlängerung", "eine Verlängerung (extend)", "an extension"),
    _place("stop", "Anhalten", "dem Anhalten einer Frist", "das Anhalten einer Frist (stop)", "a stop"),
    _place("clock", "Fristuhr", "einer Fristuhr", "eine Fristuhr", "a clock"),
    _place("step", "Schritt", "einem Schritt", "einen Schritt", "a step"),
    _place("task", "Aufgabe", "einer Aufgabe", "eine Aufgabe", "a task"),
    _place("set", "Berechnung", "einer Berechnung (set)", "eine Berechnung (set)", "a set step"),
    _place("branch", "Verzweigung", "einer Verzweigung", "eine Verzweigung", "a branch"),
    _place("service", "Dienst", "einem Dienst", "einen Dienst (service)", "a service step"),
    _place("letter_step", "Versand", "dem Versand eines Schreibens", "den Versand eines Schreibens", "a letter step"),
    _place("pay", "Zahlung", "einer Zahlung", "eine Zahlung", "a payment"),
    _place("notify", "Nachricht", "einer Nachricht", "eine Nachricht (notify)", "a notify step"),
    _place("wait", "Warten", "einem Warten", "ein Warten (wait)", "a wait step"),
    _place("parallel", "Gleichzeitiges", "gleichzeitigen Zweigen", "gleichzeitige Zweige (parallel)", "a parallel"),
    _place("for_each", "Wiederholung", "einem Ablauf je Element", "einen Ablauf je Element (for_each)", "a for_each"),
    _place("use", "Baustein", "einem eingesetzten Baustein", "einen eingesetzten Baustein (use)", "a use step"),
    _place("open_case", "anderer Vorgang", "einem anderen Vorgang", "einen anderen Vorgang", "an open_case step"),
    _place("book", "Buchung", "einer Buchung", "eine Buchung", "a booking"),
    _place("publish", "Veröffentlichung", "einer Veröffentlichung", "eine Veröffentlichung", "a publication"),
    _place("send", "Senden", "dem Senden", "das Senden (send)", "a send step"),
    _place("fork", "Aufspaltung", "einer Aufspaltung", "eine Aufspaltung (fork)", "a fork"),
    _place("join", "Zusammenführung", "einer Zusammenführung", "eine Zusammenführung (join)", "a join"),
    _place("end", "Ende", "einem Ende", "ein Ende", "an end"),
    _place("outcome", "Ergebnis", "einem Ergebnis", "ein Ergebnis (outcomes)", "an outcome"),
    _place("way", "Zeile einer Verzweigung", "einer Zeile von branch", "eine Zeile von branch", "a line of a branch"),
    _place("event", "Ereignis", "einem Ereignis", "ein Ereignis (events)", "an event"),
    _place("after_item", "Ablauf einer Zeit", "dem Ablauf einer Zeit", "den Ablauf einer Zeit (after)", "an after"),
    _place("reminder", "Erinnerung", "einer Erinnerung", "eine Erinnerung (remind)", "a reminder"),
    _place("parallel_branch", "Zweig", "einem Zweig", "einen Zweig von parallel", "a branch of a parallel"),
    _place("message", "Nachricht", "einer Nachricht", "eine Nachricht (messages)", "a message"),
    _place("connector", "Anschluss", "einem Anschluss", "einen Anschluss", "a connector"),
    _place("connector_value", "Wert", "einem Wert eines Anschlusses", "einen Wert eines Anschlusses", "a value"),
    _place("operation", "Vorgang", "einem Vorgang des Anschlusses", "einen Vorgang des Anschlusses", "an operation"),
    _place("block", "Baustein", "einem Baustein", "den Anfang eines Bausteins", "the head of a block"),
    _place("input", "Eingabe", "einer Eingabe", "eine Eingabe (in)", "an input"),
    _place("tenant", "Gemeinde", "einer Gemeinde", "den Anfang von tenant.yaml", "the head of tenant.yaml"),
    _place("office", "Amt", "einem Amt", "ein Amt", "an office"),
    _place("person", "Person", "einer Person", "eine Person", "a person"),
    _place("deputy", "Vertretung", "einer Vertretung", "eine Vertretung", "a deputy"),
    _place("letterhead", "Briefkopf", "dem Briefkopf", "den Briefkopf", "the letterhead"),
    _place("bank", "Bankverbindung", "der Bankverbindung", "die Bankverbindung", "the bank account"),
    _place("dated_value", "Wert ab einem Tag", "einem Wert", "einen Wert", "a dated value"),
    _place("overlay", "Anpassung", "einer Anpassung", "eine Anpassung (overlays)", "an overlay"),
    _place("cases", "Testfälle", "den Testfällen", "den Anfang von cases.yaml", "the head of cases.yaml"),
    _place("sample", "Beispiel", "einem Beispiel", "ein Beispiel", "a sample"),
    _place("case", "Testfall", "einem Testfall", "einen Testfall", "a case"),
    _place("do", "Schritt eines Testfalls", "do", "eine Zeile mit do", "a do line"),
    _place("event_act", "Ereignis", "event", "eine Zeile mit event", "an event line"),
    _place("wait_act", "Warten", "wait", "eine Zeile mit wait", "a wait line"),
    _place("expect", "Erwartung", "expect", "expect", "an expect"),
    _place("expect_act", "Erwartung", "expect", "eine Zeile mit expect", "an expect line"),
    _place("refused", "Abweisung", "refused", "refused", "a refused"),
    _place("refused_act", "Abweisung", "refused", "eine Zeile mit refused", "a refused line"),
))  # fmt: skip

STEPS = frozenset({"step", *STEP_KINDS, "letter_step"}) - {"letter"}


@dataclass(frozen=True, slots=True)
class Keyword:
    """A word of the language.

    Parameters
    ----------
    word: as it stands in the file.
    places: where it is legal.
    name: its German name, for people.
    says: what it says, as the end of „bei einer Aufgabe sagt „due“, …“.
    example: a line to copy.
    slips: German and older words that people write instead.
    """

    word: str
    places: tuple[str, ...]
    name: str
    says: Text
    example: str
    slips: tuple[str, ...] = ()

    @property
    def description(self) -> Text:
        """One sentence for hover and completion."""
        return Text(f"{self.name}: {self.says.de}.", f"{self.word}: {self.says.en}.")


@cache
def table() -> tuple[Keyword, ...]:
    """All keywords, in the order of the table."""
    return tuple(_rows((resources.files("amtsweg.dsl") / "words" / "keywords.txt").read_text("utf-8")))


@cache
def _by_word() -> dict[str, tuple[Keyword, ...]]:
    found: dict[str, list[Keyword]] = {}
    for one in table():
        found.setdefault(one.word, []).append(one)
    return {word: tuple(ones) for word, ones in found.items()}


def _rows(text: str) -> Iterator[Keyword]:
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        word, places, name, de, en, example, slips = (cell.strip() for cell in line.split(" | "))
        yield Keyword(word, tuple(places.split()), name, Text(de, en), example, tuple(slips.split()))


def legal_at(place: str) -> tuple[Keyword, ...]:
    """The keywords that may stand at a place."""
    return tuple(one for one in table() if _fits(one, place))


def _fits(one: Keyword, place: str) -> bool:
    return place in one.places or (place in STEPS and "step" in one.places)


def keyword(word: str, place: str = "") -> Keyword | None:
    """A keyword by its word, if possible with the meaning it has at a place."""
    known = _by_word().get(word, ())
    return next((one for one in known if place and _fits(one, place)), known[0] if known and not place else None)


def places_of(word: str) -> tuple[Place, ...]:
    """Everywhere the word is legal."""
    names = [name for one in _by_word().get(word, ()) for name in one.places]
    return tuple(PLACES[name] for name in dict.fromkeys(names))


def slip(word: str, place: str, allowed: frozenset[str]) -> str | None:
    """The keyword meant by a German (or older) word at a place; None if there is none among those allowed there."""
    wanted = fold(word).replace("_", "")
    for fits in (True, False):
        for one in table():
            if one.word in allowed and _fits(one, place) is fits:
                names = (*one.slips, fold(one.name))
                if any(fold(name).replace("_", "") == wanted for name in names):
                    return one.word
    return None


def slip_anywhere(word: str) -> str | None:
    """The keyword meant by a German or older word, wherever it is legal."""
    wanted = fold(word).replace("_", "")
    return next((one.word for one in table() if any(fold(name).replace("_", "") == wanted for name in one.slips)), None)


def search(text: str, place: str = "") -> tuple[Keyword, ...]:
    """Keywords that a German or English word leads to, for completion: `frist` finds `due`, `deadline_law`, ..."""
    wanted = fold(text).replace("_", "")
    if not wanted:
        return legal_at(place) if place else table()
    found: list[tuple[int, int, Keyword]] = []
    for number, one in enumerate(table()):
        if place and not _fits(one, place):
            continue
        names = [fold(name).replace("_", "") for name in (one.word, one.name, *one.slips)]
        if any(name.startswith(wanted) for name in names):
            found.append((0, number, one))
        elif any(wanted in name for name in names) or wanted in fold(one.says.de).replace("_", ""):
            found.append((1, number, one))
    return tuple(one for _, _, one in sorted(found, key=lambda item: item[:2]))


UNITS = {
    "arbeitstag": "working day", "arbeitstage": "working days", "arbeitstagen": "working days", "tag": "day",
    "tage": "days", "tagen": "days", "woche": "week", "wochen": "weeks", "monat": "month", "monate": "months",
    "monaten": "months", "jahr": "year", "jahre": "years", "jahren": "years", "stunde": "hour", "stunden": "hours",
    "kalendertag": "calendar day", "kalendertage": "calendar days", "werktag": "working day",
    "werktage": "working days",
}  # fmt: skip
"""German units of time, as a period says them."""

VALUES: dict[str, dict[str, str]] = {
    "type": {
        "betrag": "money", "geld": "money", "datum": "date", "zahl": "number", "ganzzahl": "integer", "text": "text",
        "langtext": "long_text", "ja_nein": "yes_no", "janein": "yes_no", "boolean": "yes_no", "bool": "yes_no",
        "checkbox": "confirm", "auswahl": "choice", "mehrfachauswahl": "multi_choice", "choices": "multi_choice",
        "datei": "file", "anhang": "file", "upload": "file", "anschrift": "address", "adresse": "address",
        "telefon": "phone", "tel": "phone", "uhrzeit": "time", "zeit": "time", "zeitpunkt": "date_time",
        "datetime": "date_time", "monat": "month", "prozent": "percent", "organisation": "organisation",
        "org": "organisation", "firma": "organisation", "ort": "place", "geo": "place", "flurstueck": "parcel",
        "kennzeichen": "plate", "string": "text", "int": "integer", "decimal": "number", "float": "number",
        "zeitraum": "period", "mail": "email", "e_mail": "email", "vorgang": "case_ref",
    },
    "end": {
        "bewilligt": "granted", "genehmigt": "granted", "erteilt": "granted", "teilweise": "partly_granted",
        "partly": "partly_granted", "abgelehnt": "refused", "zurueckgenommen": "withdrawn", "erledigt": "settled",
        "fingiert": "deemed_granted", "deemed": "deemed_granted", "kraft_gesetzes": "by_law", "verfristet": "lapsed",
        "abgelaufen": "lapsed",
    },
    "trust_level": {"keines": "none", "keine": "none", "niedrig": "basic", "substantiell": "substantial",
        "substanziell": "substantial", "hoch": "high"},
    "appeal": {"keiner": "none", "keine": "none", "kein": "none", "nein": "none"},
    "hit_policy": {"eindeutig": "unique", "erste": "first", "erster": "first", "alle": "collect"},
    "join": {"alle": "all", "einer": "any", "eine": "any"},
    "rest": {"warten": "wait", "abbrechen": "cancel", "ignorieren": "ignore"},
}  # fmt: skip
"""German words that are written as values, by keyword."""


def value_slip(word: str, text: str) -> str | None:
    """The English value meant by a German one: `type: betrag` means `money`."""
    meant = VALUES.get(word, {}).get(fold(text.strip()))
    return None if meant == text.strip() else meant

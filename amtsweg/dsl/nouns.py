"""What the things of a procedure file are called in messages: `fields:` holds fields, `flow:` holds steps.

In: the name of the key that holds a thing. Out: a `Noun` in both languages, so that a message says „Das Feld „art““ and
not „der Schlüssel“.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Noun:
    """A German noun with what a sentence needs of it, and the English word.

    Parameters
    ----------
    de: nominative singular (`Feld`).
    article: `der`, `die` or `das`.
    plural: nominative plural (`Felder`).
    en, en_plural: the same in English.
    """

    de: str
    article: str
    plural: str
    en: str
    en_plural: str

    @property
    def the(self) -> str:
        """With its article, as a sentence begins: `Das Feld`."""
        return f"{self.article.capitalize()} {self.de}"


NOUNS = {
    "flow": Noun("Schritt", "der", "Schritte", "step", "steps"),
    "steps": Noun("Schritt", "der", "Schritte", "step", "steps"),
    "parallel": Noun("Zweig", "der", "Zweige", "branch", "branches"),
    "stages": Noun("Abschnitt", "der", "Abschnitte", "stage", "stages"),
    "forms": Noun("Formular", "das", "Formulare", "form", "forms"),
    "pages": Noun("Seite", "die", "Seiten", "page", "pages"),
    "fields": Noun("Feld", "das", "Felder", "field", "fields"),
    "roles": Noun("Rolle", "die", "Rollen", "role", "roles"),
    "parameters": Noun("Stellgröße", "die", "Stellgrößen", "parameter", "parameters"),
    "lists": Noun("Auswahlliste", "die", "Auswahllisten", "list", "lists"),
    "options": Noun("Auswahl", "die", "Auswahlen", "option", "options"),
    "types": Noun("Datentyp", "der", "Datentypen", "type", "types"),
    "groups": Noun("Feldgruppe", "die", "Feldgruppen", "field group", "field groups"),
    "decisions": Noun("Entscheidung", "die", "Entscheidungen", "decision", "decisions"),
    "letters": Noun("Schreiben", "das", "Schreiben", "letter", "letters"),
    "clocks": Noun("Uhr", "die", "Uhren", "clock", "clocks"),
    "messages": Noun("Nachricht", "die", "Nachrichten", "message", "messages"),
    "connectors": Noun("Anschluss", "der", "Anschlüsse", "connector", "connectors"),
    "outcomes": Noun("Ergebnis", "das", "Ergebnisse", "outcome", "outcomes"),
    "events": Noun("Ereignis", "das", "Ereignisse", "event", "events"),
    "offices": Noun("Amt", "das", "Ämter", "office", "offices"),
    "people": Noun("Person", "die", "Personen", "person", "people"),
    "samples": Noun("Beispiel", "das", "Beispiele", "sample", "samples"),
    "in": Noun("Eingabe", "die", "Eingaben", "input", "inputs"),
}

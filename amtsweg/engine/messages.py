"""Sentences for people, in German and English: why an act was refused, what is wrong in a form.

One table each; every code the engine uses has its words here, and a test asks for each. No blame, no jargon, and
the next step where there is one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from amtsweg.dsl.diagnostics import Text
from amtsweg.dsl.fieldtypes import facts_of
from amtsweg.dsl.formview import Problem
from amtsweg.engine.event import FieldError, Refused
from amtsweg.engine.feel import said
from amtsweg.errors import Refused as RefusedError

REFUSALS: Mapping[str, tuple[Text, Text]] = {
    # code: what is so, what to do next
    "stale": (
        Text("Diese Aufgabe ist nicht mehr offen.", "This task is no longer open."),
        Text("Laden Sie den Vorgang neu.", "Load the case again."),
    ),
    "not_allowed": (
        Text("Dafür sind Sie nicht zuständig.", "You are not the one to do this."),
        Text("Zuständig ist, wer die passende Rolle hat.", "It is for whoever has the role."),
    ),
    "same_person": (
        Text(
            "Vier Augen: Wer „{step}“ erledigt hat, darf hier nicht entscheiden.",
            "Four eyes: whoever did “{step}” may not decide here.",
        ),
        Text("Eine andere Person muss entscheiden.", "Another person has to decide."),
    ),
    "unknown_outcome": (
        Text("Das Ergebnis „{name}“ gibt es hier nicht.", "There is no outcome “{name}” here."),
        Text("Wählen Sie eines der angebotenen Ergebnisse.", "Choose one of the outcomes offered."),
    ),
    "changed": (
        Text(
            "Die Angaben wurden inzwischen von jemand anderem geändert.",
            "Somebody else has changed the data in the meantime.",
        ),
        Text("Laden Sie die Aufgabe neu und sehen Sie nach.", "Load the task again and look."),
    ),
    "invalid": (
        Text("Einige Angaben fehlen oder stimmen nicht.", "Some details are missing or not right."),
        Text("Bitte prüfen Sie die genannten Angaben.", "Please check the details named."),
    ),
    "not_offered": (
        Text("„{name}“ ist jetzt nicht möglich.", "“{name}” is not possible now."),
        Text("Laden Sie den Vorgang neu.", "Load the case again."),
    ),
    "closed": (
        Text("Der Vorgang ist abgeschlossen.", "The case is closed."),
        Text("Eine Korrektur kann ihn wieder öffnen.", "A correction can reopen it."),
    ),
    "early": (
        Text("Dafür ist es noch zu früh.", "It is too early for this."),
        Text("", ""),
    ),
    "due_first": (
        Text("Zuerst läuft eine Frist ab.", "A time limit runs out first."),
        Text("Versuchen Sie es gleich noch einmal.", "Try again in a moment."),
    ),
    "nobody_waits": (
        Text("Auf „{name}“ wartet dieser Vorgang nicht.", "This case does not wait for “{name}”."),
        Text("Prüfen Sie, ob es der richtige Vorgang ist.", "Check whether it is the right case."),
    ),
    "late": (
        Text("Die Antwort kam, als niemand mehr auf sie wartete.", "The answer came when nobody waited any more."),
        Text("Eine Person sieht sie sich an.", "A person looks at it."),
    ),
    "dead_end": (
        Text("Von dort käme der Vorgang nie an ein Ende.", "From there the case could never end."),
        Text("Wählen Sie einen anderen Schritt.", "Choose another step."),
    ),
    "unmapped": (
        Text(
            "Für diese Stellen gibt es in der neuen Version keinen Platz: {places}.",
            "The new version has no place for: {places}.",
        ),
        Text("Ordnen Sie sie in der Übergangsdatei zu.", "Map them in the migration file."),
    ),
    "failed": (
        Text("Ein Ausdruck ließ sich nicht berechnen: {sentence}", "An expression could not be computed: {sentence}"),
        Text("Die Verfahrensbetreuung muss das ansehen ({at}).", "Whoever keeps the procedure must look ({at})."),
    ),
    "unsafe": (
        Text("Der Ablauf käme doppelt an „{place}“ an.", "The flow would arrive twice at “{place}”."),
        Text("Die Verfahrensbetreuung muss das ansehen.", "Whoever keeps the procedure must look."),
    ),
    "limit": (
        Text("Eine Grenze ist erreicht ({what}).", "A limit is reached ({what})."),
        Text("", ""),
    ),
    "taken": (
        Text("{person} bearbeitet diese Aufgabe schon.", "{person} is already working on this task."),
        Text("Sprechen Sie sich ab oder wählen Sie eine andere.", "Agree with them or choose another."),
    ),
}

FIELD_ERRORS: Mapping[str, Text] = {
    "required": Text("Bitte füllen Sie „{title}“ aus", "Please fill in “{title}”"),
    "unknown_field": Text("„{name}“ gehört nicht zu diesem Formular", "“{name}” does not belong to this form"),
    "characters": Text("Der Text enthält Zeichen, die nicht möglich sind", "The text has characters that cannot be"),
    "too_long": Text("Höchstens {max} Zeichen sind möglich", "At most {max} characters are possible"),
    "too_few": Text("Bitte geben Sie mindestens {min} × „{row}“ an", "Please give at least {min} × “{row}”"),
    "too_many": Text("Höchstens {max} × „{row}“ sind möglich", "At most {max} × “{row}” are possible"),
    "cents": Text("Ein Betrag hat höchstens zwei Stellen nach dem Komma", "An amount has at most two decimals"),
    "currency": Text("Der Betrag muss in {currency} sein", "The amount must be in {currency}"),
    "option": Text("„{value}“ steht hier nicht zur Wahl", "“{value}” is not among the options here"),
    "min": Text("Mindestens {limit}", "At least {limit}"),
    "max": Text("Höchstens {limit}", "At most {limit}"),
    "min_length": Text("Mindestens {limit} Zeichen", "At least {limit} characters"),
    "max_length": Text("Höchstens {limit} Zeichen", "At most {limit} characters"),
    "not_before": Text("Nicht vor {limit}", "Not before {limit}"),
    "not_after": Text("Nicht nach {limit}", "Not after {limit}"),
    "birth": Text("Dieses Geburtsdatum kann nicht stimmen", "This date of birth cannot be right"),
    "file_name": Text("Der Dateiname ist nicht möglich", "This file name is not possible"),
    "file_type": Text("Erlaubt sind: {accept}", "Allowed are: {accept}"),
    "file_size": Text("Die Datei darf höchstens {max} MB groß sein", "The file may have at most {max} MB"),
    "file_empty": Text("Die Datei ist leer", "The file is empty"),
    "check": Text("{say}", "{say}"),
    "note": Text("{say}", "{say}"),
    "part": Text("{de}", "{de}"),
}


class _Missing(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""


def _fill(text: str, args: Mapping[str, Any], language: str) -> str:
    return text.format_map(_Missing({name: _say(value, language) for name, value in args.items()}))


def _say(value: Any, language: str) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_say(one, language) for one in value)
    if isinstance(value, str):
        return value
    return said(value, language)


def pick(text: Text, language: str) -> str:
    """The words in a language; what is not English is German."""
    return text.en if language == "en" else text.de


def field_sentence(error: FieldError, language: str = "de") -> str:
    """What is wrong with one entry."""
    known = FIELD_ERRORS.get(error.code)
    if known is None:
        known = facts_of(str(error.args.get("type", "text"))).message
    return _fill(pick(known, language), error.args, language)


def problem(error: FieldError, language: str = "de") -> Problem:
    """An error as a page shows it."""
    return Problem(error.path, error.code, field_sentence(error, language))


def refusal_sentences(refused: Refused, language: str = "de") -> tuple[str, str]:
    """What is so, and what to do next."""
    known, advice = REFUSALS.get(refused.code, (Text(refused.code, refused.code), Text("", "")))
    sentence = _fill(pick(known, language), refused.args, language)
    if refused.errors:
        told = "; ".join(field_sentence(error, language) for error in refused.errors[:5])
        sentence = f"{sentence} {told.rstrip('.')}."
    return sentence, _fill(pick(advice, language), refused.args, language)


def as_error(refused: Refused, language: str = "de") -> RefusedError:
    """A refusal as the exception that hosts see."""
    sentence, advice = refusal_sentences(refused, language)
    found = RefusedError(refused.code, sentence, advice, [(error.path, error.code) for error in refused.errors])
    found.problems = tuple(problem(error, language) for error in refused.errors)
    found.value = refused
    return found

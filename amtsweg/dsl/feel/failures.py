"""All sentences for what goes wrong while an expression is computed, German and English, by the operators' codes.

In: a `FeelError`, or its code and details. Out: a `Text`. `messages` holds the sentences of reading and checking; these
are apart because they speak of values and not of what is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from amtsweg.dsl.diagnostics import Text
from amtsweg.dsl.feel import messages
from amtsweg.dsl.feel.kinds import kind_name
from amtsweg.dsl.feel.operators import FeelError
from amtsweg.dsl.feel.types import ENGLISH, GERMAN
from amtsweg.dsl.feel.writing import to_string
from amtsweg.errors import ExpressionError

SENTENCES: dict[str, tuple[str, str]] = {
    "null_operand": ("Hier fehlt ein Wert: {left} und {right}", "A value is missing here: {left} and {right}"),
    "null_argument": ("„{name}“ braucht hier einen Wert, er fehlt", "“{name}” needs a value here, it is missing"),
    "operands": ("„{operation}“ lässt sich mit {left} und {right} nicht rechnen",
                 "“{operation}” cannot be computed with {left} and {right}"),
    "incomparable": ("{left} und {right} lassen sich nicht vergleichen", "{left} and {right} cannot be compared"),
    "currencies": ("Beträge in {left} und {right} lassen sich nicht verrechnen",
                   "Amounts in {left} and {right} do not go together"),
    "negation": ("{value} hat kein Vorzeichen", "{value} has no sign"),
    "overflow": ("Das Ergebnis ist zu groß oder nicht bestimmt", "The result is too large or undefined"),
    "division_by_zero": ("Durch null lässt sich nicht teilen", "One cannot divide by zero"),
    "not_boolean": ("Hier wird Ja oder Nein erwartet, nicht {value}", "Yes or no is expected here, not {value}"),
    "unknown_name": ("Einen Namen „{name}“ gibt es hier nicht", "There is no name “{name}” here"),
    "unknown_function": ("Eine Funktion „{name}“ gibt es nicht", "There is no function “{name}”"),
    "unknown_type": ("Einen Typ „{name}“ gibt es nicht", "There is no type “{name}”"),
    "no_entry": ("Einen Eintrag „{name}“ gibt es hier nicht", "There is no entry “{name}” here"),
    "no_property": ("{value} hat kein „{name}“", "{value} has no “{name}”"),
    "not_a_function": ("{value} ist keine Funktion", "{value} is not a function"),
    "arguments": ("„{name}“ lässt sich mit diesen Angaben nicht aufrufen: {given}",
                  "“{name}” cannot be called with these values: {given}"),
    "type": ("Erwartet wird {wanted}, gefunden {value}", "Expected {wanted}, found {value}"),
    "literal": ("„{text}“ ist kein Datum, keine Uhrzeit und keine Dauer", "“{text}” is no date, time or duration"),
    "external": ("Fremde Funktionen laufen hier nicht", "Foreign functions do not run here"),
    "range_ends": ("Diese Grenzen passen nicht zusammen: {low} {high} {value}",
                   "These ends do not go together: {low} {high} {value}"),
    "range_order": ("Der Bereich beginnt nach seinem Ende: {low}, {high}",
                    "The range begins after its end: {low}, {high}"),
    "range_open": ("Dieser Bereich hat kein Ende", "This range has no end"),
    "range_expected": ("Hier wird ein Bereich erwartet, nicht {value}", "A range is expected here, not {value}"),
    "range_text": ("„{text}“ ist kein Bereich", "“{text}” is not a range"),
    "index": ("{index} ist keine Stelle einer Liste", "{index} is no position in a list"),
    "filter": ("In eckigen Klammern steht eine Bedingung oder eine Stelle, nicht {value}",
               "A condition or a position stands in square brackets, not {value}"),
    "iterator": ("Von {low} bis {high} lässt sich nicht zählen", "One cannot count from {low} to {high}"),
    "too_many": ("Das sind zu viele Werte: {count}", "These are too many values: {count}"),
    "too_deep": ("Diese Funktion ruft sich zu oft selbst auf", "This function calls itself too often"),
    "context_key": ("„{key}{value}“ taugt hier nicht als Name eines Eintrags",
                    "“{key}{value}” cannot name an entry here"),
    "context_entry": ("{value} ist kein Eintrag aus Namen und Wert", "{value} is no entry of a key and a value"),
    "context_expected": ("Hier wird ein Datensatz erwartet, nicht {value}", "A record is expected here, not {value}"),
    "period_count": ("{value} ist keine ganze Zahl von Tagen, Wochen oder Monaten",
                     "{value} is no whole number of days, weeks or months"),
    "period_base": ("Eine Frist zählt ab einem Tag: {period}, {base}", "A period counts from a day: {period}, {base}"),
    "no_calendar": ("Hier gibt es keinen Kalender für Fristen", "There is no calendar for periods here"),
    "no_clock": ("Hier gibt es keine Uhr", "There is no clock here"),
    "date": ("Das ist kein Tag: {value}{year} {month} {day}", "This is no day: {value}{year} {month} {day}"),
    "date_time": ("Das ist kein Zeitpunkt: {value}", "This is no moment: {value}"),
    "time": ("Das ist keine Uhrzeit: {value}{hour} {minute} {second}",
             "This is no time of day: {value}{hour} {minute} {second}"),
    "zone": ("Eine Zeitzone {value} gibt es nicht", "There is no time zone {value}"),
    "duration": ("Das ist keine Dauer: {value}", "This is no duration: {value}"),
    "age": ("Der Stichtag {day} liegt vor der Geburt {birth}", "The day {day} lies before the birth {birth}"),
    "number": ("„{text}“ ist keine Zahl", "“{text}” is not a number"),
    "number_list": ("Diese Liste darf nur Zahlen haben, nicht {value}", "This list may hold only numbers, not {value}"),
    "grouping_separator": ("{value} taugt nicht als Zeichen zwischen Tausendern", "{value} cannot separate thousands"),
    "decimal_separator": ("{value} taugt nicht als Komma", "{value} cannot be the decimal sign"),
    "separators": ("Komma und Tausenderzeichen sind dasselbe: {value}", "Both separators are the same: {value}"),
    "scale": ("{scale} ist keine Zahl von Nachkommastellen", "{scale} is no number of decimal places"),
    "rounding": ("„{rule}“ auf {step} ist keine Rundungsregel", "“{rule}” to {step} is no rounding rule"),
    "abs": ("{value} hat keinen Betrag ohne Vorzeichen", "{value} has no absolute value"),
    "sqrt": ("Aus {value} gibt es keine Wurzel", "{value} has no square root"),
    "log": ("Von {value} gibt es keinen Logarithmus", "{value} has no logarithm"),
    "whole_number": ("{value} ist keine ganze Zahl", "{value} is not a whole number"),
    "sum": ("{value} lässt sich nicht addieren", "{value} cannot be added up"),
    "empty_list": ("Die Liste ist leer", "The list is empty"),
    "stddev": ("Dafür braucht es mindestens zwei Werte", "This needs at least two values"),
    "sublist": ("Diesen Teil hat die Liste nicht: ab {start}, Länge {length}",
                "The list has no such part: from {start}, length {length}"),
    "substring": ("Diesen Teil hat der Text nicht: ab {start}, Länge {length}",
                  "The text has no such part: from {start}, length {length}"),
    "string_join": ("{value} ist kein Text", "{value} is not a text"),
    "pattern": ("„{pattern}“ ist kein Muster, oder es wäre zu langsam",
                "“{pattern}” is no pattern, or it would be too slow"),
    "argument_missing": ("Die Angabe „{name}“ fehlt", "The value “{name}” is missing"),
    "argument_type": ("Die Angabe „{name}“ hat nicht die erwartete Art",
                      "The value “{name}” is not of the kind expected"),
    "external_arguments": ("„{function}“ lässt sich so nicht aufrufen", "“{function}” cannot be called like this"),
    "external_function": ("Die fremde Funktion „{function}“ läuft hier nicht",
                          "The foreign function “{function}” does not run here"),
    "input_not_allowed": ("Die Tabelle kennt für „{name}“ den Wert {value} nicht",
                          "The table does not know the value {value} of “{name}”"),
    "output_not_allowed": ("Die Tabelle darf für „{name}“ nicht {value} ergeben",
                           "The table must not give {value} for “{name}”"),
    "no_priority": ("Der Wert {value} von „{name}“ hat keinen Rang", "The value {value} of “{name}” has no rank"),
    "rules_differ": ("Zwei zutreffende Zeilen ergeben Verschiedenes: {rules}",
                     "Two matching rows give different results: {rules}"),
    "several_rules": ("Mehr als eine Zeile trifft zu: {rules}", "More than one row matches: {rules}"),
}  # fmt: skip
UNKNOWN = ("Das lässt sich hier nicht berechnen", "This cannot be computed here")
GERMAN_KINDS = {**GERMAN, "null": "nichts", "value": "Wert"}
ENGLISH_KINDS = {**ENGLISH, "null": "nothing", "value": "value"}


def sentence(code: str, details: Mapping[str, Any]) -> Text:
    """The sentence of a failure; details that a sentence has no hole for are left out."""
    de, en = SENTENCES.get(code, UNKNOWN)
    return Text(_fill(de, details, GERMAN_KINDS), _fill(en, details, ENGLISH_KINDS))


def sentence_of(error: FeelError) -> Text:
    """The sentence of an error as it was raised."""
    return sentence(error.code, error.args_given)


def _fill(text: str, details: Mapping[str, Any], kinds: Mapping[str, str]) -> str:
    return " ".join(text.format_map(_Holes({k: _said(v, kinds) for k, v in details.items()})).split())


def _said(value: Any, kinds: Mapping[str, str]) -> str:
    if isinstance(value, str):
        return kinds.get(value, value)
    if isinstance(value, tuple):
        return ", ".join(str(item) for item in value)
    said = to_string(value) if value is None or kind_name(value) != "value" else str(value)
    return said if said is not None else kinds["null"]


class _Holes(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an error stands in an expression: offsets, line and column from 1, the line as written, the mark below."""

    start: int
    end: int
    line: int
    column: int
    written: str
    indent: int
    width: int


def place(text: str, error: ExpressionError) -> Place:
    """The place of an error of reading or computing; the whole text where it does not say."""
    start = min(max(int(getattr(error, "start", 0)), 0), len(text))
    end = min(max(int(getattr(error, "end", len(text))), start + 1), max(len(text), start + 1))
    before = text[:start]
    first = before.rfind("\n") + 1
    written = text[first:].partition("\n")[0]
    column = start - first
    width = max(1, min(end - start, len(written) - column))
    return Place(start, end, before.count("\n") + 1, column + 1, written.replace("\t", " "), column, width)


def say(text: str, error: ExpressionError) -> Text:
    """The sentence of an error of reading or computing the expression `text`."""
    if isinstance(error, FeelError):
        return sentence_of(error)
    at = place(text, error)
    return messages.sentence(error.code, text[at.start : at.end], {})

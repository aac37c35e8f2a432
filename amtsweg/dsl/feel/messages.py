"""All general sentences on expressions, German and English, by the codes of the parser and the checker.

What only a procedure can say (which field was meant, what a list offers) is put beside them where it is known. Each
entry: the code people see, then the two sentences with holes for the finding's details.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from amtsweg.dsl.diagnostics import Text
from amtsweg.dsl.feel.types import Type, spoken

SENTENCES: dict[str, tuple[str, str, str]] = {
    # the parser
    "empty": ("AW320", "Hier fehlt der Ausdruck", "The expression is missing here"),
    "too_long": ("AW321", "Dieser Ausdruck ist zu lang", "This expression is too long"),
    "too_deep": ("AW321", "Dieser Ausdruck ist zu tief verschachtelt", "This expression is nested too deeply"),
    "string_open": ("AW322", "Dieser Text hört nicht auf: das zweite Anführungszeichen fehlt",
                    "This text does not end: the second quote mark is missing"),
    "bracket_open": ("AW322", "Diese Klammer wird nicht geschlossen", "This bracket is never closed"),
    "ends_early": ("AW323", "Hier bricht der Ausdruck ab", "The expression breaks off here"),
    "unexpected": ("AW323", "„{token}“ passt hier nicht", "“{token}” does not fit here"),
    "syntax": ("AW323", "Dieser Ausdruck lässt sich nicht lesen", "This expression cannot be read"),
    "character": ("AW324", "Das Zeichen „{token}“ gibt es in Ausdrücken nicht",
                  "The sign “{token}” does not occur in expressions"),
    "number": ("AW324", "„{token}“ ist keine Zahl", "“{token}” is not a number"),
    "double_equals": ("AW306", "Verglichen wird mit einem einfachen Gleichheitszeichen",
                      "Things are compared with a single equals sign"),
    "chained": ("AW328", "Vergleiche lassen sich nicht aneinanderhängen; verbinden Sie zwei davon mit „and“",
                "Comparisons cannot be chained; join two of them with “and”"),
    "german_word": ("AW317", "„{token}“ heißt in Ausdrücken „{english}“",
                    "“{token}” is “{english}” in expressions"),
    "excel": ("AW303", "Das ist eine Excel-Formel; hier heißt es „if … then … else“",
              "This is an Excel formula; here it is “if … then … else”"),
    "variable": ("AW323", "Hier wird ein Name mit „in“ dahinter erwartet", "A name followed by “in” is expected here"),
    "type": ("AW325", "Hier wird ein Typ erwartet", "A type is expected here"),
    # the checker
    "unknown_name": ("AW102", "Einen Namen „{name}“ gibt es hier nicht", "There is no name “{name}” here"),
    "unknown_member": ("AW102", "„{base}“ hat kein „{name}“", "“{base}” has no “{name}”"),
    "unknown_function": ("AW102", "Eine Funktion „{name}“ gibt es nicht", "There is no function “{name}”"),
    "unknown_type": ("AW325", "Einen Typ „{type}“ gibt es nicht", "There is no type “{type}”"),
    "missing": ("AW301", "„{text}“ ist hier nicht immer ausgefüllt", "“{text}” is not always filled in here"),
    "money_number": ("AW302", "Ein Betrag und eine Zahl lassen sich nicht vergleichen",
                     "An amount and a number cannot be compared"),
    "money_wanted": ("AW302", "Hier wird ein Betrag erwartet, keine bloße Zahl",
                     "An amount is expected here, not a bare number"),
    "number_wanted": ("AW302", "Hier wird eine Zahl erwartet, kein Betrag", "A number is expected here, not an amount"),
    "option": ("AW304", "„{value}“ steht nicht in der Liste „{list}“", "“{value}” is not in the list “{list}”"),
    "ambiguous": ("AW326", "„{name}“ kann hier die Auswahl oder der gleichnamige Wert sein",
                  "“{name}” may be the option or the value of that name here"),
    "date_arithmetic": ("AW308", "„{text}“ ist hier eine Subtraktion; ein Datum schreiben Sie date(\"{text}\")",
                        "“{text}” is a subtraction here; a date is date(\"{text}\")"),
    "literal": ("AW327", "„{text}“ ist kein Datum, keine Uhrzeit und keine Dauer",
                "“{text}” is no date, no time and no duration"),
    "expected": ("AW310", "Hier wird erwartet: {wanted}; gefunden: {found}", "Expected here: {wanted}; found: {found}"),
    "compare": ("AW311", "{left} und {right} lassen sich nicht vergleichen", "{left} and {right} cannot be compared"),
    "order": ("AW311", "{found} lässt sich nicht der Größe nach ordnen", "{found} cannot be put in order"),
    "arithmetic": ("AW313", "Mit {left} und {right} kann man nicht „{operation}“ rechnen",
                   "“{operation}” cannot be computed with {left} and {right}"),
    "operand": ("AW313", "Mit {found} kann man nicht „{operation}“ rechnen",
                "“{operation}” cannot be computed with {found}"),
    "currencies": ("AW314", "{left} und {right} sind verschiedene Währungen",
                   "{left} and {right} are different currencies"),
    "arguments": ("AW315", "„{name}“ braucht {wanted} Angaben, hier sind es {given}",
                  "“{name}” takes {wanted} values, here are {given}"),
    "named_arguments": ("AW315", "Die Angaben von „{name}“ heißen: {wanted}",
                        "The values of “{name}” are called: {wanted}"),
    "argument": ("AW315", "„{name}“ erwartet hier: {wanted}; gefunden: {found}",
                 "“{name}” expects here: {wanted}; found: {found}"),
    "not_a_function": ("AW316", "„{text}“ ist keine Funktion", "“{text}” is not a function"),
}  # fmt: skip

ENGLISH_OF = {"und": "and", "oder": "or", "nicht": "not( … )", "wenn": "if", "dann": "then", "sonst": "else"}


def code_of(code: str) -> str:
    """The code people see."""
    return SENTENCES.get(code, SENTENCES["syntax"])[0]


def sentence(code: str, text: str, args: Mapping[str, Any]) -> Text:
    """The sentence of a finding; `text` is the stretch it stands at."""
    _, de, en = SENTENCES.get(code, SENTENCES["syntax"])
    return Text(de.format_map(_Holes(text, args, "de")), en.format_map(_Holes(text, args, "en")))


class _Holes(dict[str, str]):
    def __init__(self, text: str, args: Mapping[str, Any], language: str) -> None:
        super().__init__(text=text, token=text, english=ENGLISH_OF.get(text, text))
        for name, value in args.items():
            self[name] = spoken(value, language) if isinstance(value, Type) else str(value)

    def __missing__(self, key: str) -> str:
        return ""

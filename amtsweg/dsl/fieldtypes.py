"""The types a field may have: what people see, what is accepted, what expressions see. One table for everybody.

In: nothing. Out: `FIELD_TYPES` (by the word a designer writes) and the parts of the composite ones. The compiler takes
the static types from here, the engine what it accepts, the renderers the control, the hints and the autocomplete
token. Nothing here reads or evaluates.

Sources: catalogue section 0.1 for parts and patterns; HTML Living Standard 4.10.18.7 for the autocomplete tokens;
ISO 13616 (IBAN), ISO 11784/11785 (animal transponders), DIN 91379 (letters of names). `fim` stays empty where no
identifier was found in a source: an invented one would be worse than none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from amtsweg.dsl.diagnostics import Text, same
from amtsweg.dsl.procedure import BuiltinType

Control = Literal[
    "line", "area", "number", "money", "date", "month", "time", "date_time", "yes_no", "checkbox", "radio",
    "checkboxes", "email", "phone", "group", "map", "upload", "lookup",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a composite type (`person.vorname`).

    `type` is the word of another field type; `options` are (id, title) pairs where the part is a choice of its own.
    `computed` parts are never typed in: the program puts them together when the record is stored.
    """

    id: str
    title: Text
    type: BuiltinType
    optional: bool = True
    options: tuple[tuple[str, Text], ...] = ()
    autocomplete: str = ""
    pattern: str = ""
    message: Text | None = None
    max_length: int = 200
    computed: bool = False
    fim: str = ""


@dataclass(frozen=True, slots=True)
class TypeFacts:
    """What is known of one field type.

    Parameters
    ----------
    name: the word in `type:`.
    title: how people call it.
    control: the kind of input it gets.
    feel: the static type in expressions, in FEEL's spelling; `record` for composites, `option` and `options` where the
        list decides.
    accepts: how it may be typed, for hints and error messages.
    message: the sentence shown when an entry does not fit.
    pattern: a regular expression for the whole normalised text ("" = none).
    autocomplete: the token of the HTML standard ("" = off).
    max_length: characters at most.
    parts: of composite types.
    """

    name: BuiltinType
    title: Text
    control: Control
    feel: str
    accepts: Text
    message: Text
    pattern: str = ""
    autocomplete: str = ""
    max_length: int = 0
    parts: tuple[Part, ...] = ()
    fim: str = ""

    def part(self, name: str) -> Part | None:
        """The part of that id, if the type has one."""
        return next((part for part in self.parts if part.id == name), None)


_NAME = r"[^\W\d_][\w .,'’\-]*"
_PLZ = r"\d{5}"

_ANREDE = (
    ("frau", Text("Frau", "Ms")),
    ("herr", Text("Herr", "Mr")),
    ("divers", Text("divers", "diverse")),
    ("keine", Text("keine Angabe", "not stated")),
)

_LEGAL_FORMS = (
    ("ek", "e.K."), ("gbr", "GbR"), ("egbr", "eGbR"), ("ohg", "OHG"), ("kg", "KG"), ("gmbh", "GmbH"), ("ug", "UG"),
    ("gmbh_co_kg", "GmbH & Co. KG"), ("ag", "AG"), ("eg", "eG"), ("ev", "e.V."), ("stiftung", "Stiftung"),
    ("kdoer", "KdöR"), ("aoer", "AöR"), ("partei", "Partei"), ("sonstige", "sonstige"),
)  # fmt: skip

_ADDRESS = (
    Part("strasse", Text("Straße", "Street"), "text", False, autocomplete="address-line1", max_length=100),
    Part(
        "hausnummer",
        Text("Hausnummer", "House number"),
        "text",
        False,
        pattern=r"\d{1,4}( ?[A-Za-z])?([-/]\d{1,4}( ?[A-Za-z])?)?",
        message=Text("Eine Hausnummer wie 12, 12 a oder 12-14", "A house number such as 12, 12 a or 12-14"),
        max_length=12,
    ),
    Part("zusatz", Text("Zusatz", "Addition"), "text", autocomplete="address-line2", max_length=60),
    Part(
        "plz",
        Text("Postleitzahl", "Postcode"),
        "text",
        False,
        autocomplete="postal-code",
        pattern=_PLZ,
        message=Text("Eine Postleitzahl hat fünf Ziffern", "A postcode has five digits"),
        max_length=5,
    ),
    Part("ort", Text("Ort", "Town"), "text", False, autocomplete="address-level2", max_length=80),
    Part("ortsteil", Text("Ortsteil", "District"), "text", autocomplete="address-level3", max_length=80),
    Part("land", Text("Land", "Country"), "text", autocomplete="country-name", max_length=60),
    Part("co", Text("Bei (c/o)", "Care of"), "text", max_length=80),
    Part("text", Text("Anschrift in einer Zeile", "Address in one line"), "text", computed=True),
)

_PERSON = (
    Part("anrede", Text("Anrede", "Form of address"), "choice", options=_ANREDE),
    Part("titel", Text("Titel", "Title"), "text", autocomplete="honorific-prefix", max_length=40),
    Part(
        "vorname",
        Text("Vorname", "First name"),
        "text",
        False,
        autocomplete="given-name",
        pattern=_NAME,
        message=Text("Ein Name besteht aus Buchstaben", "A name consists of letters"),
        max_length=120,
    ),
    Part(
        "nachname",
        Text("Nachname", "Surname"),
        "text",
        False,
        autocomplete="family-name",
        pattern=_NAME,
        message=Text("Ein Name besteht aus Buchstaben", "A name consists of letters"),
        max_length=120,
    ),
    Part("geburtsname", Text("Geburtsname", "Name at birth"), "text", max_length=120),
    Part("geburtsdatum", Text("Geburtsdatum", "Date of birth"), "date", autocomplete="bday"),
    Part("geburtsort", Text("Geburtsort", "Place of birth"), "text", max_length=120),
    Part("staatsangehoerigkeit", Text("Staatsangehörigkeit", "Nationality"), "text", max_length=60),
    Part("anschrift", Text("Anschrift", "Address"), "address"),
    Part("email", Text("E-Mail", "Email"), "email", autocomplete="email"),
    Part("telefon", Text("Telefon", "Phone"), "phone", autocomplete="tel"),
    Part("name", same("Name"), "text", computed=True),
    Part("greeting", Text("Anrede im Brief", "Salutation"), "text", computed=True),
)

_ORGANISATION = (
    Part("name", same("Name"), "text", False, autocomplete="organization", max_length=200),
    Part(
        "rechtsform",
        Text("Rechtsform", "Legal form"),
        "choice",
        options=tuple((key, same(word)) for key, word in _LEGAL_FORMS),
    ),
    Part("registergericht", Text("Registergericht", "Register court"), "text", max_length=80),
    Part(
        "registernummer",
        Text("Registernummer", "Register number"),
        "text",
        pattern=r"(HRA|HRB|GnR|GsR|VR|PR) ?\d{1,6}( ?[A-Z]{1,3})?",
        message=Text("Eine Registernummer wie HRB 12345", "A register number such as HRB 12345"),
        max_length=20,
    ),
    Part("vertretung", Text("Vertretungsberechtigt", "Represented by"), "person"),
    Part("anschrift", Text("Anschrift", "Address"), "address"),
    Part("email", Text("E-Mail", "Email"), "email", autocomplete="email"),
    Part("telefon", Text("Telefon", "Phone"), "phone", autocomplete="tel"),
    Part("greeting", Text("Anrede im Brief", "Salutation"), "text", computed=True),
)

_PARCEL = (
    Part("gemarkung", Text("Gemarkung", "Cadastral district"), "text", False, max_length=80),
    Part("flur", Text("Flur", "Section"), "integer", False),
    Part("zaehler", Text("Flurstück (Zähler)", "Parcel (numerator)"), "integer", False),
    Part("nenner", Text("Flurstück (Nenner)", "Parcel (denominator)"), "integer"),
    Part("flaeche_m2", Text("Fläche in m²", "Area in m²"), "number"),
    Part("text", Text("Flurstück in einer Zeile", "Parcel in one line"), "text", computed=True),
)

_PLACE = (
    Part("text", Text("Ort in Worten", "Place in words"), "text", False),
    Part("breite", Text("Breitengrad", "Latitude"), "number"),
    Part("laenge", Text("Längengrad", "Longitude"), "number"),
)

_FILE = (
    Part("name", Text("Dateiname", "File name"), "text", False, max_length=255),
    Part("type", Text("Dateityp", "Media type"), "text", max_length=100),
    Part("size", Text("Größe in Byte", "Size in bytes"), "integer"),
    Part("sha256", Text("Prüfsumme", "Checksum"), "text", max_length=64),
)


def _facts(
    name: BuiltinType,
    de: str,
    en: str,
    control: Control,
    feel: str,
    accepts: tuple[str, str],
    message: tuple[str, str],
    *,
    pattern: str = "",
    autocomplete: str = "",
    max_length: int = 0,
    parts: tuple[Part, ...] = (),
) -> TypeFacts:
    return TypeFacts(
        name, Text(de, en), control, feel, Text(*accepts), Text(*message), pattern, autocomplete, max_length, parts
    )


_TABLE = (
    _facts("text", "Text", "text", "line", "string", ("eine Zeile", "one line"),
           ("Bitte geben Sie einen Text ein", "Please enter a text"), max_length=200),
    _facts("long_text", "Langer Text", "long text", "area", "string", ("mehrere Zeilen", "several lines"),
           ("Bitte geben Sie einen Text ein", "Please enter a text"), max_length=4000),
    _facts("integer", "Ganze Zahl", "whole number", "number", "integer", ("12 oder 1.200", "12 or 1,200"),
           ("Bitte geben Sie eine ganze Zahl ein, zum Beispiel 12", "Please enter a whole number such as 12")),
    _facts("number", "Zahl", "number", "number", "number", ("12,5", "12.5"),
           ("Bitte geben Sie eine Zahl ein, zum Beispiel 12,5", "Please enter a number such as 12.5")),
    _facts("percent", "Prozent", "percent", "number", "percent", ("5 oder 5,5", "5 or 5.5"),
           ("Bitte geben Sie einen Prozentwert ein, zum Beispiel 5,5", "Please enter a percentage such as 5.5")),
    _facts("money", "Betrag", "amount of money", "money", "money", ("1.234,56", "1,234.56"),
           ("Bitte geben Sie einen Betrag ein, zum Beispiel 120,50", "Please enter an amount such as 120.50")),
    _facts("date", "Datum", "date", "date", "date", ("Tag, Monat, Jahr: 31.12.2026", "day, month, year: 31.12.2026"),
           ("Bitte geben Sie ein Datum ein, zum Beispiel 31.12.2026", "Please enter a date such as 31.12.2026")),
    _facts("month", "Monat", "month", "month", "date", ("Monat und Jahr: 12.2026", "month and year: 12.2026"),
           ("Bitte geben Sie Monat und Jahr ein, zum Beispiel 12.2026", "Please enter month and year: 12.2026")),
    _facts("time", "Uhrzeit", "time of day", "time", "time", ("14:30", "14:30"),
           ("Bitte geben Sie eine Uhrzeit ein, zum Beispiel 14:30", "Please enter a time such as 14:30")),
    _facts("date_time", "Datum und Uhrzeit", "date and time", "date_time", "date and time",
           ("31.12.2026 14:30", "31.12.2026 14:30"),
           ("Bitte geben Sie Datum und Uhrzeit ein", "Please enter date and time")),
    _facts("yes_no", "Ja oder Nein", "yes or no", "yes_no", "boolean", ("Ja oder Nein", "yes or no"),
           ("Bitte wählen Sie Ja oder Nein", "Please choose yes or no")),
    _facts("confirm", "Bestätigung", "confirmation", "checkbox", "boolean", ("ein Häkchen", "a tick"),
           ("Bitte bestätigen Sie dies", "Please confirm this")),
    _facts("choice", "Auswahl", "choice", "radio", "option", ("eine der Möglichkeiten", "one of the options"),
           ("Bitte wählen Sie eine der Möglichkeiten", "Please choose one of the options")),
    _facts("multi_choice", "Mehrfachauswahl", "multiple choice", "checkboxes", "options",
           ("eine oder mehrere Möglichkeiten", "one or more options"),
           ("Bitte wählen Sie mindestens eine Möglichkeit", "Please choose at least one option")),
    _facts("email", "E-Mail-Adresse", "email address", "email", "string", ("name@beispiel.de", "name@example.org"),
           ("Bitte geben Sie eine E-Mail-Adresse ein, zum Beispiel name@beispiel.de",
            "Please enter an email address such as name@example.org"),
           pattern=r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+", autocomplete="email", max_length=254),
    _facts("phone", "Telefonnummer", "phone number", "phone", "string", ("0561 12345", "+49 561 12345"),
           ("Bitte geben Sie eine Telefonnummer ein, zum Beispiel 0561 12345",
            "Please enter a phone number such as +49 561 12345"),
           pattern=r"\+?[\d ()/\-]{5,25}", autocomplete="tel", max_length=25),
    _facts("iban", "IBAN", "IBAN", "line", "string", ("DE89 3704 0044 0532 0130 00", "DE89 3704 0044 0532 0130 00"),
           ("Diese IBAN stimmt nicht; bitte vergleichen Sie sie mit Ihrer Karte",
            "This IBAN is not right; please compare it with your card"),
           pattern=r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", max_length=42),
    _facts("person", "Person", "person", "group", "record", ("Name und Anschrift", "name and address"),
           ("Bitte geben Sie Vor- und Nachnamen an", "Please enter first name and surname"), parts=_PERSON),
    _facts("organisation", "Organisation", "organisation", "group", "record", ("Name und Anschrift", "name, address"),
           ("Bitte geben Sie den Namen an", "Please enter the name"), parts=_ORGANISATION),
    _facts("address", "Anschrift", "address", "group", "record", ("Straße, Hausnummer, Ort", "street, number, town"),
           ("Bitte geben Sie Straße, Hausnummer, Postleitzahl und Ort an",
            "Please enter street, house number, postcode and town"), parts=_ADDRESS),
    _facts("place", "Ort auf der Karte", "place on a map", "map", "record", ("ein Punkt oder eine Beschreibung",
           "a point or a description"), ("Bitte beschreiben Sie den Ort", "Please describe the place"), parts=_PLACE),
    _facts("parcel", "Flurstück", "parcel of land", "group", "record", ("Gemarkung, Flur, Flurstück",
           "district, section, parcel"), ("Bitte geben Sie Gemarkung, Flur und Flurstück an",
           "Please enter district, section and parcel"), parts=_PARCEL),
    _facts("plate", "Kfz-Kennzeichen", "number plate", "line", "string", ("KS-AB 123", "KS-AB 123"),
           ("Bitte geben Sie ein Kennzeichen ein, zum Beispiel KS-AB 123", "Please enter a plate such as KS-AB 123"),
           pattern=r"[A-ZÄÖÜ]{1,3}-[A-Z]{1,2} ?[1-9]\d{0,3}[EH]?", max_length=12),
    _facts("chip", "Chipnummer", "transponder number", "line", "string", ("15 Ziffern", "15 digits"),
           ("Eine Chipnummer hat 15 Ziffern, zum Beispiel 276098100123456",
            "A transponder number has 15 digits such as 276098100123456"),
           pattern=r"(?!0{15})\d{15}", max_length=20),
    _facts("file", "Datei", "file", "upload", "record", ("eine Datei", "a file"),
           ("Bitte wählen Sie eine Datei aus", "Please choose a file"), parts=_FILE),
    _facts("case_ref", "Vorgang", "case", "lookup", "string", ("die Vorgangsnummer", "the number of the case"),
           ("Bitte geben Sie die Vorgangsnummer an", "Please enter the number of the case"), max_length=80),
)  # fmt: skip

FIELD_TYPES: Mapping[str, TypeFacts] = MappingProxyType({facts.name: facts for facts in _TABLE})
"""All types that `type:` may name, by their word, in the order of the handbook."""

RECORD = TypeFacts(
    "record",
    Text("Eigener Typ", "own type"),
    "group",
    "record",
    Text("mehrere Angaben", "several details"),
    Text("Bitte füllen Sie die Angaben aus", "Please fill in the details"),
)
"""What stands for the record types a procedure declares under `types:`."""


def facts_of(name: str) -> TypeFacts:
    """The facts of a field type; own record types share one entry."""
    return FIELD_TYPES.get(name, RECORD)


def computed_parts(type_name: str, value: Mapping[str, object]) -> dict[str, str]:
    """The parts that the program puts together itself: full name, salutation, address and parcel in one line.

    `value` holds the typed parts (text, or nothing); what is missing is left out. Unknown types have none.
    """
    word = {key: str(part) for key, part in value.items() if part is not None and not isinstance(part, Mapping)}

    def join(*names: str) -> str:
        return " ".join(word[name] for name in names if word.get(name))

    if type_name == "person":
        return {"name": join("titel", "vorname", "nachname"), "greeting": _greeting(word)}
    if type_name == "organisation":
        return {"greeting": "Sehr geehrte Damen und Herren"}
    if type_name == "address":
        lines = (join("strasse", "hausnummer", "zusatz"), join("plz", "ort"), word.get("land", ""))
        return {"text": ", ".join(line for line in lines if line)}
    if type_name == "parcel":
        number = "/".join(word[name] for name in ("zaehler", "nenner") if word.get(name))
        return {"text": f"Gemarkung {word.get('gemarkung', '')}, Flur {word.get('flur', '')}, Flurstück {number}"}
    return {}


def _greeting(word: Mapping[str, str]) -> str:
    """The salutation: by form of address where one is stated, else the neutral one with the full name."""
    title = word.get("titel", "")
    last = " ".join(part for part in (title, word.get("nachname", "")) if part)
    if word.get("anrede") == "frau":
        return f"Sehr geehrte Frau {last}"
    if word.get("anrede") == "herr":
        return f"Sehr geehrter Herr {last}"
    full = " ".join(word[part] for part in ("titel", "vorname", "nachname") if word.get(part))
    return f"Guten Tag {full}".strip()

"""What joins the engine and the renderers for a host that does not want to do it itself.

In: nothing. Out: `handlers()`: letters are written from the compiled procedure and the office's letterhead (HTML, text
or PDF), sent letters are served by law, notices are kept, payments wait until they are reported. Hosts replace single
handlers by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Literal

from amtsweg.dsl.feel import temporal
from amtsweg.dsl.feel.env import Env
from amtsweg.dsl.feel.expressions import Expression
from amtsweg.dsl.feel.formatting import format_value
from amtsweg.dsl.feel.types import TypeTextError, of_text
from amtsweg.dsl.procedure import Expr, Letter, Machine, Office, Procedure
from amtsweg.engine.handlers import Answer, Call, File, Handlers
from amtsweg.renderers import letters

Shape = Literal["html", "text", "pdf"]
MEDIA = {"html": "text/html; charset=utf-8", "text": "text/plain; charset=utf-8", "pdf": "application/pdf"}
SUFFIX = {"html": "html", "text": "txt", "pdf": "pdf"}


def handlers(shape: Shape = "html", more: Mapping[str, Callable[[Call], Any]] | None = None) -> Handlers:
    """The handlers of the host that comes with the program.

    Parameters
    ----------
    shape: how letters are kept: `html`, `text`, or `pdf` (needs the extra `pdf`).
    more: handlers of the host by name; they take the place of ours.
    """

    def produce(call: Call) -> Answer:
        document = document_of(call.procedure, str(call.data["letter"]), call.data, call.now)
        name = f"{call.data['letter']}.{SUFFIX[shape]}".replace("/", "-")
        title = call.procedure.machine.letters[str(call.data["letter"])].title
        return Answer("ok", {}, File(name, written(document, shape), MEDIA[shape], title))

    return Handlers({"letters.produce": produce, **dict(more or {})})


def written(document: letters.Document, shape: Shape) -> bytes:
    """A composed letter in one of its shapes."""
    if shape == "pdf":
        from amtsweg.renderers.pdf import to_pdf

        return to_pdf(document)
    return (letters.to_html(document) if shape == "html" else letters.to_text(document)).encode()


def document_of(
    procedure: Procedure, letter: str, data: Mapping[str, Any], now: datetime, *, draft: bool = False
) -> letters.Document:
    """A letter with the values of a case put in (what the engine hands to `letters.produce`)."""
    machine, office = procedure.machine, procedure.office
    spec = machine.letters[letter]
    language = str(data.get("language") or machine.language)
    values = data.get("values") or {}
    lists = {name: [option.id for option in found.options] for name, found in machine.lists.items()}
    moment = temporal.from_datetime(now.astimezone(temporal.zone(office.zone)))
    env = Env(now=moment, today=moment.date)

    def evaluate(expr: Expr, names: Mapping[str, Any]) -> Any:
        return Expression.from_data(expr.tree, "procedure", expr.text)({**lists, **values, **names}, env)

    return letters.compose(
        spec,
        language,
        evaluate,
        lambda value, expr: shown(value, expr.type, machine, language),
        frame_of(machine, office, spec, data, moment, language, draft),
    )


def shown(value: Any, kind: str, machine: Machine, language: str = "de") -> str:
    """A value as people read it; options by their titles."""
    return format_value(value, language, kind, titles_of(machine, kind))


def titles_of(machine: Machine, kind: str) -> dict[str, str]:
    """The titles of the options of an enumerated type (or of a list of them)."""
    try:
        found = of_text(kind)
    except TypeTextError:
        return {}
    if found.kind == "list" and found.element is not None:
        found = found.element
    known = machine.lists.get(found.name) if found.kind == "enum" else None
    return {option.id: option.title for option in known.options} if known is not None else {}


def frame_of(
    machine: Machine,
    office: Office,
    letter: Letter,
    data: Mapping[str, Any],
    moment: temporal.DateTime,
    language: str,
    draft: bool,
) -> letters.Frame:
    """Everything around a letter's text, from the office and the case."""
    head = office.letterhead
    unit = office.offices.get(machine.office)
    contact = []
    if unit is not None:
        contact = [
            ("Amt" if language != "en" else "Office", unit.title),
            ("Telefon" if language != "en" else "Phone", unit.phone),
            ("E-Mail", unit.email),
        ]
    name = head.get("name") or office.name
    line = " · ".join(part for part in (head.get("body", ""), unit.title if unit else "") if part)
    back = " · ".join(part for part in (name, head.get("street", ""), head.get("town", "")) if part)
    bank = office.bank
    footer = [" ".join(part for part in (bank.get("name", ""), bank.get("iban", "")) if part), head.get("web", "")]
    town = head.get("town", "").partition(" ")[2] or office.name
    legal = letter.appeal != "none"
    return letters.Frame(
        subject=letter.title,
        sender={"name": name, "line": line, "return": back},
        contact=tuple((label, value) for label, value in contact if value),
        address=address_lines(data.get("address")),
        reference=str(data.get("number") or ""),
        place=town,
        date=format_value(moment.date, language, "date"),
        closing=("Mit freundlichen Grüßen" if language != "en" else "Yours sincerely", name),
        footer=tuple(part for part in footer if part),
        remedy=" ".join(office.remedies.get(letter.appeal, STANDARD.get(letter.appeal, "")).split()) if legal else "",
        remedy_title="Rechtsbehelfsbelehrung" if language != "en" else "Your right to appeal",
        attachments=letter.attach,
        language=language,
        draft=draft,
    )


STANDARD = {
    "widerspruch": "Gegen diesen Bescheid können Sie innerhalb eines Monats nach seiner Bekanntgabe Widerspruch "
    "erheben.",
    "abgabe": "Gegen diesen Bescheid können Sie innerhalb eines Monats nach seiner Bekanntgabe Widerspruch erheben. "
    "Der Widerspruch schiebt die Zahlung nicht auf.",
    "klage": "Gegen diesen Bescheid können Sie innerhalb eines Monats nach seiner Bekanntgabe Klage erheben.",
}


def address_lines(person: Any) -> tuple[str, ...]:
    """The addressee's lines of a person or organisation."""
    if not isinstance(person, Mapping):
        return ()
    salutation = {"frau": "Frau", "herr": "Herrn"}.get(str(person.get("anrede") or ""), "")
    full = " ".join(str(person[key]) for key in ("titel", "vorname", "nachname") if person.get(key))
    name = full or str(person.get("name") or "")
    found = person.get("anschrift") or person.get("addr") or person.get("adresse")
    place = found if isinstance(found, Mapping) else person
    street = " ".join(str(place[key]) for key in ("strasse", "hausnummer") if place.get(key))
    town = " ".join(str(place[key]) for key in ("plz", "ort") if place.get(key))
    return tuple(line for line in (salutation, name, street, town) if line)

"""Values that are written down: examples of parameters, dated values of a town, data of test cases.

In: a text and the type it is for. Out: a FEEL value (`value_of`), or the plain data that is stored (`read_value`). The
spelling is that of the language (`7.50 EUR`, `2027-01-01`, `yes`), not that of a form; a German date or amount is
understood and told, never guessed silently.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from amtsweg.dsl.compile.lists import not_in_list
from amtsweg.dsl.diagnostics import Advice, Diagnostic, Edit, Fix, Text, same
from amtsweg.dsl.feel import temporal
from amtsweg.dsl.feel.codec import encode
from amtsweg.dsl.feel.values import Money, Value
from amtsweg.dsl.fieldtypes import FIELD_TYPES
from amtsweg.dsl.procedure import FieldType, Parameter
from amtsweg.dsl.tenant import german_date
from amtsweg.dsl.yamltree import Scalar

if TYPE_CHECKING:
    from amtsweg.dsl.compile.context import Context

MONEY = re.compile(r"(?P<amount>-?\d+(\.\d+)?) ?(?P<currency>[A-Z]{3})")
GERMAN_MONEY = re.compile(r"(?P<whole>-?\d{1,3}(\.\d{3})+|-?\d+)(,(?P<cents>\d{1,2}))? ?(EUR|Euro|€)?")
GERMAN_DATE = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
YES = {"yes": True, "true": True, "ja": True, "no": False, "false": False, "nein": False}


def value_of(text: str, kind: FieldType) -> Value:
    """The FEEL value of a text for a field of that type. Raises ValueError where it does not fit.

    Choices come back as they are: whether the list has them is for who knows the lists.
    """
    word = text.strip()
    match kind.name:
        case "money":
            found = MONEY.fullmatch(word)
            if found is None or found["currency"] != kind.currency:
                raise ValueError(word)
            return Money(Decimal(found["amount"]), found["currency"])
        case "integer":
            if not re.fullmatch(r"-?\d{1,30}", word):
                raise ValueError(word)
            return Decimal(word)
        case "number":
            return _decimal(word)
        case "percent":
            return _decimal(word.removesuffix("%").rstrip()) / 100 if word.endswith("%") else _decimal(word)
        case "date":
            return temporal.parse_date(word)
        case "month":
            return temporal.parse_date(f"{word}-01" if re.fullmatch(r"\d{4}-\d{2}", word) else word)
        case "time":
            return temporal.parse_time(f"{word}:00" if re.fullmatch(r"\d{2}:\d{2}", word) else word)
        case "date_time":
            return temporal.parse_date_time(word.replace(" ", "T"))
        case "yes_no" | "confirm":
            if word.lower() not in YES:
                raise ValueError(word)
            return YES[word.lower()]
        case _:
            return text


def read_value(ctx: Context, scalar: Scalar, parameter: Parameter) -> Any | None:
    """A parameter's value as plain data; None (and a finding) where it does not fit its type."""
    kind = parameter.type
    if kind.name in ("choice", "multi_choice") and kind.options in ctx.lists:
        whole = ctx.lists[kind.options]
        if scalar.text.strip() not in [option.id for option in whole.options]:
            ctx.report(not_in_list(scalar, whole, ctx.option_keys))
            return None
    try:
        return encode(value_of(scalar.text, kind))
    except (ValueError, ArithmeticError):
        ctx.report(does_not_fit(scalar, kind))
        return None


def does_not_fit(scalar: Scalar, kind: FieldType) -> Diagnostic:
    """Why a written value is none of its type, with the spelling that was probably meant."""
    facts = FIELD_TYPES.get(kind.name)
    word = scalar.text.strip()
    german = GERMAN_DATE.fullmatch(word) if kind.name == "date" else None
    if german is not None:
        try:
            return german_date(scalar, date(int(german[3]), int(german[2]), int(german[1])), "value")
        except ValueError:
            pass
    meant = _meant(word, kind)
    example = {"money": "7.50 EUR", "date": "2027-01-01", "percent": "5 %", "yes_no": "yes", "time": "12:30"}.get(
        kind.name, "12"
    )
    line = meant or example
    name_de, name_en = (facts.title.de, facts.title.en) if facts is not None else (kind.name, kind.name)
    return Diagnostic(
        "AW305" if kind.name == "date" else "AW332",
        "error",
        scalar.span,
        Text(f"„{word}“ passt nicht: Erwartet wird „{name_de}“", f"“{word}” does not fit: expected is “{name_en}”"),
        advice=(Advice(Text("Vorschlag" if meant else "Beispiel", "Try" if meant else "Example"), same(line)),),
        fix=Fix("ask", (Edit(scalar.span, meant),)) if meant else None,
    )


def _meant(word: str, kind: FieldType) -> str:
    """`7,50 €` -> `7.50 EUR`; a bare number gets its currency."""
    found = GERMAN_MONEY.fullmatch(word) if kind.name == "money" else None
    if found is None:
        return f"{word} {kind.currency}" if kind.name == "money" and re.fullmatch(r"\d+(\.\d+)?", word) else ""
    cents = f".{found['cents']}" if found["cents"] else ""
    return f"{found['whole'].replace('.', '')}{cents} {kind.currency}"


def _decimal(word: str) -> Decimal:
    if not re.fullmatch(r"-?\d{1,30}(\.\d{1,30})?", word):
        raise ValueError(word)
    return Decimal(word)

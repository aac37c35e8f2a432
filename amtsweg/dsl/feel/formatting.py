"""Values as people read them, in German and English: "1. Februar 2026", "7,50 €", "Ja", "14 Arbeitstage".

In: a value, the reader's language, and where it is known the value's static type as text (`money EUR`, `enum art(...)`)
with the titles of a list's options. Out: one line of text. Babel comes in through here and nowhere else. Amounts are
rounded half up before Babel sees them, because Babel rounds half to even.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import lru_cache
from typing import Any

from amtsweg.dsl.feel.numbers import CONTEXT, number_text
from amtsweg.dsl.feel.ranges import Range
from amtsweg.dsl.feel.temporal import Date, DateTime, DaysDuration, MonthsDuration, Time
from amtsweg.dsl.feel.types import Type, TypeTextError, of_text
from amtsweg.dsl.feel.values import Function, Money, Period

Value = Any

PLAIN_NUMBER = Type("Any")
LIMIT = 40
"""Digits before the point up to which a number is grouped; beyond, it is written as FEEL writes it."""

UNITS: dict[str, dict[str, tuple[str, str]]] = {
    "de": {
        "hours": ("Stunde", "Stunden"), "days": ("Tag", "Tage"), "weeks": ("Woche", "Wochen"),
        "months": ("Monat", "Monate"), "years": ("Jahr", "Jahre"), "working days": ("Arbeitstag", "Arbeitstage"),
        "calendar days": ("Kalendertag", "Kalendertage"), "weekdays": ("Werktag", "Werktage"),
        "clear days": ("voller Tag", "volle Tage"), "minutes": ("Minute", "Minuten"),
        "seconds": ("Sekunde", "Sekunden"),
    },
    "en": {
        "hours": ("hour", "hours"), "days": ("day", "days"), "weeks": ("week", "weeks"),
        "months": ("month", "months"), "years": ("year", "years"), "working days": ("working day", "working days"),
        "calendar days": ("calendar day", "calendar days"), "weekdays": ("weekday", "weekdays"),
        "clear days": ("clear day", "clear days"), "minutes": ("minute", "minutes"),
        "seconds": ("second", "seconds"),
    },
}  # fmt: skip
WORDS: dict[str, dict[str, str]] = {
    "de": {"true": "Ja", "false": "Nein", "and": "und", "o'clock": " Uhr", "to": "bis", "minus": "minus ",
           "from": "ab", "until": "bis", "over": "über", "under": "unter", "all": "beliebig", "not": "nicht"},
    "en": {"true": "Yes", "false": "No", "and": "and", "o'clock": "", "to": "to", "minus": "minus ",
           "from": "from", "until": "up to", "over": "over", "under": "under", "all": "any", "not": "not"},
}  # fmt: skip


def format_value(
    value: Value, language: str = "de", type_text: str = "", titles: Mapping[str, str] | None = None
) -> str:
    """A value as people read it.

    Parameters
    ----------
    value: any value of the expression language; null gives "".
    language: `de`, `leicht` (as German), `en`; any other reads as German.
    type_text: its static type as `Type.text` writes it; "" or a text that is no type: the value speaks for itself.
        A number whose type is `money EUR` is written as an amount.
    titles: what the options of a list are called, by their ids.
    """
    kind = _kind(type_text)
    return _say(value, "en" if language.split("-")[0] == "en" else "de", kind, titles or {})


@lru_cache(maxsize=1024)
def _kind(text: str) -> Type:
    try:
        return of_text(text) if text else PLAIN_NUMBER
    except TypeTextError:
        return PLAIN_NUMBER


def _say(value: Value, language: str, kind: Type, titles: Mapping[str, str]) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return WORDS[language]["true" if value else "false"]
    if isinstance(value, str):
        return titles.get(value, value)
    if isinstance(value, Decimal | int):
        number = Decimal(value)
        return _amount(number, kind.name or "EUR", language) if kind.kind == "money" else _number(number, language)
    if isinstance(value, list | tuple):
        inner = kind.element if kind.kind in ("list", "range") and kind.element else kind
        return _joined([said for item in value if (said := _say(item, language, inner, titles))], language)
    if isinstance(value, dict):
        return _record(value, language, kind, titles)
    if isinstance(value, Range):
        return _range(value, language, kind.element or PLAIN_NUMBER, titles)
    return _special(value, language)


def _special(value: Value, language: str) -> str:
    if isinstance(value, Money):
        return _amount(value.amount, value.currency, language)
    if isinstance(value, Date):
        return _date(value, language)
    if isinstance(value, Time):
        return _time(value, language)
    if isinstance(value, DateTime):
        return f"{_date(value.date, language)}, {_time(value.time, language)}"
    if isinstance(value, Period):
        return _counted(value.count, value.unit, language)
    if isinstance(value, MonthsDuration):
        years, months = value.parts
        return _duration({"years": years, "months": months}, "months", language)
    if isinstance(value, DaysDuration):
        days, hours, minutes, seconds, nanos = value.parts
        exact = Decimal(seconds) + Decimal(nanos).scaleb(-9)
        parts: dict[str, int | Decimal] = {"days": days, "hours": hours, "minutes": minutes, "seconds": exact}
        return _duration(parts, "days", language)
    if isinstance(value, Function):
        return value.name
    return str(value)


# ------------------------------------------------------------------------------------------------------------- numbers


def _locale(language: str) -> str:
    return "en_GB" if language == "en" else "de_DE"


def _number(value: Decimal, language: str) -> str:
    """Digits in groups of three from ten thousand on; a year or a house number below that stays in one piece."""
    if value.adjusted() >= LIMIT or value.adjusted() < -LIMIT:
        return number_text(value).replace(".", "." if language == "en" else ",")
    plain = number_text(value)
    if "E" in plain:
        return plain
    whole, _, fraction = plain.removeprefix("-").partition(".")
    point, group = (".", ",") if language == "en" else (",", ".")
    if len(whole) > 4:
        whole = f"{int(whole):,}".replace(",", group)
    return ("-" if plain.startswith("-") else "") + whole + (point + fraction if fraction else "")


def _amount(value: Decimal, currency: str, language: str) -> str:
    from babel.numbers import format_currency, get_currency_precision

    if value.adjusted() >= CONTEXT.prec - 4:
        return f"{number_text(value)} {currency}"
    step = Decimal(1).scaleb(-get_currency_precision(currency))
    with localcontext(CONTEXT):
        rounded = value.quantize(step, ROUND_HALF_UP)
        return format_currency(rounded, currency, locale=_locale(language))


# ------------------------------------------------------------------------------------------------------ dates and times


def _date(value: Date, language: str) -> str:
    from babel.dates import format_date

    if 1 <= value.year <= 9999:
        return format_date(date(value.year, value.month, value.day), "long", locale=_locale(language))
    stand_in = format_date(date(2000, value.month, value.day), "long", locale=_locale(language))
    return stand_in.replace("2000", str(value.year))


def _time(value: Time, language: str) -> str:
    from babel.dates import format_time

    shape = "HH:mm:ss" if value.second else "HH:mm"
    said = format_time(time(value.hour, value.minute, value.second), shape, locale=_locale(language))
    return said + WORDS[language]["o'clock"]


def _counted(count: int | Decimal, unit: str, language: str) -> str:
    one, many = UNITS[language].get(unit, (unit.removesuffix("s"), unit))
    return f"{_number(Decimal(count), language)} {one if abs(count) == 1 else many}"


def _duration(parts: Mapping[str, int | Decimal], least: str, language: str) -> str:
    minus = WORDS[language]["minus"] if any(count < 0 for count in parts.values()) else ""
    said = [_counted(abs(Decimal(count)), unit, language) for unit, count in parts.items() if count]
    return minus + (_joined(said, language) or _counted(0, least, language))


# ------------------------------------------------------------------------------------------- lists, ranges and records


def _joined(said: list[str], language: str) -> str:
    """`a`, `a und b`, `a, b und c`."""
    if len(said) < 2:
        return "".join(said)
    return f"{', '.join(said[:-1])} {WORDS[language]['and']} {said[-1]}"


def _range(value: Range, language: str, kind: Type, titles: Mapping[str, str]) -> str:
    word = WORDS[language]
    low = _say(value.low, language, kind, titles)
    high = _say(value.high, language, kind, titles)
    if value.test and low and low == high:
        return low if value.low_closed else f"{word['not']} {low}"
    if low and high and value.low_closed and value.high_closed:
        return f"{low} {word['to']} {high}"
    parts = []
    if low:
        parts.append(f"{word['from' if value.low_closed else 'over']} {low}")
    if high:
        parts.append(f"{word['until' if value.high_closed else 'under']} {high}")
    return " ".join(parts) or word["all"]


def _record(value: Mapping[str, Value], language: str, kind: Type, titles: Mapping[str, str]) -> str:
    """People and places by the words they are called by; other records part by part."""
    for whole in ("name", "text"):
        if isinstance(value.get(whole), str) and value[whole]:
            return str(value[whole])
    person = [str(value[part]) for part in ("titel", "vorname", "nachname") if value.get(part)]
    if person:
        return " ".join(person)
    street = [str(value[part]) for part in ("strasse", "hausnummer", "zusatz") if value.get(part)]
    town = [str(value[part]) for part in ("plz", "ort") if value.get(part)]
    if street or town:
        return ", ".join(" ".join(line) for line in (street, town) if line)
    said = [
        part
        for name, item in value.items()
        if name != "@" and (part := _say(item, language, kind.member(name) or PLAIN_NUMBER, titles))
    ]
    return ", ".join(said)

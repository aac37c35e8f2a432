"""What was typed into one field, as a value: every built-in type with its rules (catalogue 0.1).

In: the field's type and what came (text from a page, a plain Python value, or a value of the expression language).
Out: the value, or an error code with its arguments. The same value always comes back from its own text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from amtsweg.dsl.feel import temporal
from amtsweg.dsl.feel.values import Money, from_python
from amtsweg.dsl.fieldtypes import Part, computed_parts, facts_of
from amtsweg.dsl.procedure import FieldType
from amtsweg.engine.case import Value
from amtsweg.engine.feel import to_day

FILE_TYPES: Mapping[str, str] = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "txt": "text/plain",
    "csv": "text/csv",
    "xml": "application/xml",
}
YES = frozenset({"true", "yes", "ja", "on", "1"})
NO = frozenset({"false", "no", "nein", "off", "0"})
LONGEST = 100_000
OLDEST = 120
DIGITS = 34
"""So many digits a number has at most, as in the expression language."""


@dataclass(frozen=True, slots=True)
class Bad:
    """Why an entry is not accepted: an error code, its arguments, and the part it is about ("" for the field)."""

    code: str
    args: Mapping[str, Any]
    part: str = ""


def bad(code: str, part: str = "", **args: Any) -> Bad:
    """An error of one entry."""
    return Bad(code, args, part)


def is_empty(raw: Any) -> bool:
    """Whether nothing was entered."""
    if raw is None or raw == "" or raw == [] or raw == {}:
        return True
    if isinstance(raw, str):
        return not raw.strip()
    return isinstance(raw, Mapping) and all(is_empty(part) for part in raw.values())


def parse(kind: FieldType, raw: Any, today: date) -> tuple[Value, tuple[Bad, ...]]:
    """The value of an entry that is not empty, or what is wrong with it (choices are checked by the form)."""
    try:
        return _PARSERS.get(kind.name, _text)(kind, raw, today)
    except (TypeError, ValueError, InvalidOperation, ArithmeticError):
        return None, (bad("type", type=kind.name),)


def clean(text: str) -> str | None:
    """A text in NFC without control characters (line ends and tabs stay); None if it holds NUL or is far too long."""
    if len(text) > LONGEST or "\x00" in text:
        return None
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    if any(unicodedata.category(char) == "Cc" and char not in "\n\t" for char in text):
        return None
    return text.strip()


def _string(raw: Any) -> str:
    if isinstance(raw, str):
        return raw
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal | float | temporal.Date | temporal.DateTime):
        raise TypeError("text")
    return str(raw)


Parsed = tuple[Value, tuple[Bad, ...]]


def _text(kind: FieldType, raw: Any, today: date) -> Parsed:
    text = clean(_string(raw))
    if text is None:
        return None, (bad("characters"),)
    facts = facts_of(kind.name)
    if kind.name not in ("long_text",) and "\n" in text:
        text = " ".join(text.split())
    if facts.max_length and len(text) > facts.max_length:
        return None, (bad("too_long", max=facts.max_length),)
    if facts.pattern and not re.fullmatch(facts.pattern, text):
        return None, (bad("pattern", type=kind.name),)
    return text, ()


_GROUPED = re.compile(r"[+-]?\d{1,3}(\.\d{3})+")


def number_of(raw: Any) -> Decimal:
    """A number as typed: `1.234,56`, `1234.56`, `1.200` (grouped). Raises ValueError or InvalidOperation."""
    if isinstance(raw, bool):
        raise TypeError("number")
    if isinstance(raw, Decimal):
        found = raw
    elif isinstance(raw, int | float):
        found = Decimal(repr(raw))
    else:
        text = _string(raw).strip().replace("\u00a0", "").replace(" ", "").replace("−", "-")
        if len(text) > 40:
            raise ValueError("number")
        if "," in text:
            text = text.replace(".", "").replace(",", ".")
        elif _GROUPED.fullmatch(text):
            text = text.replace(".", "")
        found = Decimal(text)
    if not found.is_finite() or abs(found.adjusted()) > DIGITS or len(found.as_tuple().digits) > DIGITS:
        raise ValueError("number")
    return found


def _integer(kind: FieldType, raw: Any, today: date) -> Parsed:
    found = number_of(raw)
    if found != found.to_integral_value():
        return None, (bad("type", type=kind.name),)
    return found.quantize(Decimal(1)), ()


def _number(kind: FieldType, raw: Any, today: date) -> Parsed:
    return number_of(raw), ()


def _percent(kind: FieldType, raw: Any, today: date) -> Parsed:
    if isinstance(raw, str) and raw.strip().endswith("%"):
        return number_of(raw.strip()[:-1]) / 100, ()
    if isinstance(raw, Decimal):
        return raw, ()
    return number_of(raw) / 100, ()


def _money(kind: FieldType, raw: Any, today: date) -> Parsed:
    if isinstance(raw, Money):
        if raw.currency != kind.currency:
            return None, (bad("currency", currency=kind.currency),)
        amount = raw.amount
    else:
        if isinstance(raw, str):
            raw = raw.strip().removesuffix("€").removesuffix(kind.currency).strip()
        amount = number_of(raw)
    if amount != amount.quantize(Decimal("0.01")):
        return None, (bad("cents"),)
    return Money(amount.quantize(Decimal("0.01")), kind.currency), ()


_GERMAN_DATE = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")


def _day(raw: Any) -> temporal.Date:
    if isinstance(raw, temporal.Date):
        return raw
    if isinstance(raw, date):
        return temporal.Date(raw.year, raw.month, raw.day)
    text = _string(raw).strip()
    german = _GERMAN_DATE.fullmatch(text)
    if german:
        return temporal.Date(int(german[3]), int(german[2]), int(german[1]))
    return temporal.parse_date(text)


def _date(kind: FieldType, raw: Any, today: date) -> Parsed:
    found = _day(raw)
    if not 1 <= found.year <= 9999:
        return None, (bad("type", type=kind.name),)
    return found, ()


def _month(kind: FieldType, raw: Any, today: date) -> Parsed:
    if isinstance(raw, temporal.Date | date):
        return temporal.Date(raw.year, raw.month, 1), ()
    text = _string(raw).strip()
    found = re.fullmatch(r"(\d{1,2})[./](\d{4})", text)
    if found:
        return temporal.Date(int(found[2]), int(found[1]), 1), ()
    found = re.fullmatch(r"(\d{4})-(\d{2})(-\d{2})?", text)
    if not found:
        return None, (bad("type", type=kind.name),)
    return temporal.Date(int(found[1]), int(found[2]), 1), ()


def _time(kind: FieldType, raw: Any, today: date) -> Parsed:
    if isinstance(raw, temporal.Time):
        return raw, ()
    found = re.fullmatch(r"(\d{1,2}):(\d{2})(?::(\d{2}))?( Uhr)?", _string(raw).strip())
    if not found:
        return None, (bad("type", type=kind.name),)
    return temporal.Time(int(found[1]), int(found[2]), int(found[3] or 0)), ()


def _date_time(kind: FieldType, raw: Any, today: date) -> Parsed:
    if isinstance(raw, temporal.DateTime):
        return raw, ()
    if not isinstance(raw, str):
        return from_python(raw), ()
    day_text, _, time_text = raw.strip().replace("T", " ").partition(" ")
    time, errors = _time(kind, time_text.strip(), today)
    return (temporal.DateTime(_day(day_text), time), ()) if not errors else (None, errors)


def _yes_no(kind: FieldType, raw: Any, today: date) -> Parsed:
    if isinstance(raw, bool):
        return raw, ()
    word = _string(raw).strip().lower()
    if word in YES or word in NO:
        return word in YES, ()
    return None, (bad("type", type=kind.name),)


def _confirm(kind: FieldType, raw: Any, today: date) -> Parsed:
    value, errors = _yes_no(kind, raw, today)
    if errors or value is not True:
        return None, (bad("confirm"),)
    return True, ()


def _choice(kind: FieldType, raw: Any, today: date) -> Parsed:
    return _string(raw).strip(), ()


def _multi(kind: FieldType, raw: Any, today: date) -> Parsed:
    items = raw if isinstance(raw, list | tuple) else [part for part in _string(raw).split(",") if part.strip()]
    chosen = list(dict.fromkeys(_string(item).strip() for item in items))
    return chosen, ()


def _iban(kind: FieldType, raw: Any, today: date) -> Parsed:
    text = re.sub(r"\s", "", _string(raw)).upper()
    fits = re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", text) is not None
    if not fits or (text.startswith("DE") and len(text) != 22):
        return None, (bad("iban"),)
    digits = "".join(str(int(char, 36)) for char in text[4:] + text[:4])
    return (text, ()) if int(digits) % 97 == 1 else (None, (bad("iban"),))


def _plate(kind: FieldType, raw: Any, today: date) -> Parsed:
    text = " ".join(_string(raw).upper().split())
    text = re.sub(r"^([A-ZÄÖÜ]{1,3})[ -]+([A-Z]{1,2}) ?(\d)", r"\1-\2 \3", text)
    counted = sum(char.isalnum() for char in text)
    if not re.fullmatch(facts_of("plate").pattern, text) or counted > 8:
        return None, (bad("pattern", type="plate"),)
    return text, ()


def _chip(kind: FieldType, raw: Any, today: date) -> Parsed:
    text = re.sub(r"[\s.-]", "", _string(raw))
    if not re.fullmatch(facts_of("chip").pattern, text):
        return None, (bad("pattern", type="chip"),)
    return text, ()


def _phone(kind: FieldType, raw: Any, today: date) -> Parsed:
    return _text(kind, " ".join(_string(raw).split()), today)


def _file(kind: FieldType, raw: Any, today: date) -> Parsed:
    """A stored file's facts; the bytes themselves are in the store. A bare name stands for itself (tests, imports)."""
    given = {"name": raw} if isinstance(raw, str) else dict(raw)
    name = clean(_string(given.get("name", ""))) or ""
    if not name or len(name) > 255 or "/" in name or "\\" in name:
        return None, (bad("file_name"),)
    ending = name.rpartition(".")[2].lower()
    if kind.accept and ending not in kind.accept and not (ending == "jpeg" and "jpg" in kind.accept):
        return None, (bad("file_type", accept=", ".join(kind.accept)),)
    size = given.get("size")
    if size is not None and number_of(size) > kind.max_mb * 1_000_000:
        return None, (bad("file_size", max=kind.max_mb),)
    if size is not None and number_of(size) <= 0:
        return None, (bad("file_empty"),)
    media = str(given.get("type") or FILE_TYPES.get(ending, "application/octet-stream"))
    value: dict[str, Value] = {"name": name, "type": media}
    if size is not None:
        value["size"] = number_of(size)
    for key in ("sha256", "id"):
        if given.get(key):
            value[key] = str(given[key])
    return value, ()


def _composite(kind: FieldType, raw: Any, today: date) -> Parsed:
    """A person, organisation, address, place or parcel: part by part."""
    if isinstance(raw, str) and kind.name in ("place", "address"):
        raw = {"text": raw}
    if not isinstance(raw, Mapping):
        return None, (bad("type", type=kind.name),)
    facts = facts_of(kind.name)
    known = {part.id for part in facts.parts}
    errors = [bad("unknown_field", part=str(name)) for name in raw if name not in known]
    value: dict[str, Value] = {}
    one_line = kind.name == "address" and bool(raw.get("text")) and not raw.get("strasse")
    for part in facts.parts:
        given = raw.get(part.id)
        if part.computed:
            if one_line and part.id == "text":
                value["text"] = clean(_string(given))
            continue
        if is_empty(given):
            if not part.optional and not one_line:
                errors.append(bad("required", part=part.id, title=part.title.de))
            value[part.id] = None
            continue
        found, wrong = _part(part, given, today)
        errors += [Bad(w.code, w.args, f"{part.id}.{w.part}" if w.part else part.id) for w in wrong]
        value[part.id] = found
    if errors:
        return None, tuple(errors)
    if not one_line:
        value |= computed_parts(kind.name, value)
    return value, ()


def _part(part: Part, given: Any, today: date) -> Parsed:
    if part.options:
        word = _string(given).strip()
        known = {option for option, _ in part.options}
        by_title = {title.de.casefold(): option for option, title in part.options}
        word = word if word in known else by_title.get(word.casefold(), word)
        return (word, ()) if word in known else (None, (bad("option", value=word),))
    value, errors = parse(FieldType(part.type), given, today)
    if errors:
        return None, errors
    if isinstance(value, str):
        if len(value) > part.max_length:
            return None, (bad("too_long", max=part.max_length),)
        if part.pattern and not re.fullmatch(part.pattern, value):
            return None, (bad("part", de=part.message.de if part.message else "", part_id=part.id),)
    if part.id == "geburtsdatum" and isinstance(value, temporal.Date):
        born = to_day(value)
        if born > today or born.year < today.year - OLDEST:
            return None, (bad("birth"),)
    return value, ()


_PARSERS = {
    "integer": _integer,
    "number": _number,
    "percent": _percent,
    "money": _money,
    "date": _date,
    "month": _month,
    "time": _time,
    "date_time": _date_time,
    "yes_no": _yes_no,
    "confirm": _confirm,
    "choice": _choice,
    "multi_choice": _multi,
    "iban": _iban,
    "plate": _plate,
    "chip": _chip,
    "phone": _phone,
    "file": _file,
    "person": _composite,
    "organisation": _composite,
    "address": _composite,
    "place": _composite,
    "parcel": _composite,
}

"""How findings of expressions are told in a procedure: with the form's names, captions and lists, and a line to copy.

In: a finding of the parser or the checker (code, place inside of the expression, details), the scalar it was found in,
the scope. Out: a `Diagnostic` whose place is the place in the file. `amtsweg.dsl.feel.messages` has the general
sentences; here stands what only a procedure can say: which field was probably meant, what the list offers.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from amtsweg.dsl.compile import statics as st
from amtsweg.dsl.compile.scope import Scope
from amtsweg.dsl.compile.suggestions import line_with
from amtsweg.dsl.diagnostics import CHOICES, HERE, TRY, Advice, Diagnostic, Edit, Fix, Label, Text, same
from amtsweg.dsl.feel import messages
from amtsweg.dsl.feel.checker import Finding
from amtsweg.dsl.feel.types import spoken
from amtsweg.dsl.keywords import UNITS
from amtsweg.dsl.suggest import closest
from amtsweg.dsl.tenant import german_date
from amtsweg.dsl.yamltree import Scalar
from amtsweg.errors import ExpressionError

if TYPE_CHECKING:
    from amtsweg.dsl.compile.context import Context

MEANT = Text("gemeint?", "meant?")
MANY = 14

GERMAN_DATE = re.compile(r"(?<![\d.])\d{1,2}\.\d{1,2}\.\d{4}(?![\d.])")
IS = re.compile(r"(?P<name>[^\W\d][\w.]*) (?:is|ist) (?P<value>[\w.\"]+)")
PERIOD = re.compile(r"(?P<count>\d+) (?P<unit>[^\W\d][\w ]*)")
PLAIN_NUMBER = re.compile(r"\d+(\.\d+)?")
THOUSAND = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{3})+(?![\w.])")


def unknown_name(ctx: Context, scalar: Scalar, scope: Scope, start: int, end: int) -> Diagnostic:
    """AW102: a name that is not there, with the closest one, its caption and type, and what else there is."""
    name = scalar.text[start:end]
    best = closest(name, [*scope.own, *scope.names]) or _same_beginning(name, scope)
    what, _ = scope.where
    kind_de, kind_en = ("Ein Feld", "field") if what == "form" else ("Einen Namen", "name")
    key = scope.places.get(best) if best else None
    body: tuple[Text, ...] = ()
    advice: list[Advice] = []
    fix = None
    if best:
        body = (_closest(scope, best),)
        line = line_with(ctx.files.sources, scalar, start, end, best)
        advice.append(Advice(TRY, same(line)))
        fix = Fix("ask", (Edit(scalar.range(start, end), best),))
    advice.append(Advice(HERE, _have(scope)))
    return Diagnostic(
        "AW102",
        "error",
        scalar.range(start, end),
        Text(f"{kind_de} „{name}“ gibt es hier nicht", f"There is no {kind_en} “{name}” here"),
        body=body,
        related=(Label(key.span, MEANT),) if key is not None else (),
        advice=tuple(advice),
        fix=fix,
    )


def _same_beginning(name: str, scope: Scope) -> str | None:
    """`wert` for `wert_geschaetzt`, and the other way round."""
    known = [*scope.own, *scope.names]
    return next((one for one in known if name.startswith(f"{one}_") or one.startswith(f"{name}_")), None)


def _closest(scope: Scope, best: str) -> Text:
    what, where = scope.where
    kind = scope.names[best]
    title = scope.titles.get(best)
    de, en = spoken(kind, "de"), spoken(kind, "en")
    if kind.kind == "money":
        en = "money"
    inner_de = f"{title}, {de}" if title else de
    inner_en = f"{title}, {en}" if title else en
    if what == "form" and best in scope.own:
        return Text(
            f"Im Formular „{where}“ kommt „{best}“ ({inner_de}) am nächsten.",
            f"In form “{where}” the closest is “{best}” ({inner_en}).",
        )
    return Text(f"Am nächsten kommt „{best}“ ({inner_de}).", f"The closest is “{best}” ({inner_en}).")


def _have(scope: Scope) -> Text:
    given = ("at", "valid", "today", "now", "case", "applicant", "account", "tenant")
    own = scope.own or tuple(name for name in scope.names if name not in given)
    rest = ("today", "now") if scope.own else ("today", "now", "case")
    shown = ", ".join(own[:MANY]) + (" …" if len(own) > MANY else "")
    line = " · ".join(part for part in (shown, ", ".join(rest)) if part)
    return same(line)


def money_and_number(ctx: Context, scalar: Scalar, start: int, end: int, other: str, text: str) -> Diagnostic:
    """AW302: an amount compared with (or added to) a bare number at `start`; `other` is the amount as written."""
    new = f"{text} EUR"
    line = line_with(ctx.files.sources, scalar, start, end, new)
    return Diagnostic(
        "AW302",
        "error",
        scalar.range(start, end),
        Text("Ein Betrag und eine Zahl lassen sich nicht vergleichen", "An amount and a number cannot be compared"),
        body=(
            (Text(f"„{other}“ ist ein Betrag. {text} wovon?", f"“{other}” is an amount of money. {text} of what?"),)
            if other
            else (Text(f"Hier wird ein Betrag erwartet. {text} wovon?", f"An amount is wanted. {text} of what?"),)
        ),
        advice=(Advice(TRY, same(line)),),
        fix=Fix(
            "safe",
            (Edit(scalar.range(start, end), new),),
            Text("amtsweg fix ergänzt EUR", "amtsweg fix adds EUR"),
        ),
    )


def option_unknown(ctx: Context, scalar: Scalar, start: int, end: int, list_id: str, context: str) -> Diagnostic:
    """AW304: a word next to a choice that its list does not have; `context` is what stands before it (`art = `)."""
    word = scalar.text[start:end].strip('"')
    whole = ctx.lists.get(list_id)
    known = [option.id for option in whole.options] if whole is not None else []
    best = closest(word, known)
    key = ctx.option_keys.get((list_id, best)) if best else None
    have = ", ".join(known)
    advice = [Advice(TRY, same(f"{context}{best}"))] if best else []
    advice.append(Advice(CHOICES, same(have)))
    return Diagnostic(
        "AW304",
        "error",
        scalar.range(start, end),
        Text(f"„{word}“ steht nicht in der Liste „{list_id}“", f"“{word}” is not in the list “{list_id}”"),
        body=(
            Text(
                "So wäre dieser Teil der Bedingung nie erfüllt.",
                "This part of the condition could never be met.",
            ),
        ),
        related=(Label(key.span, MEANT),) if key is not None else (),
        advice=tuple(advice),
        fix=Fix("ask", (Edit(scalar.range(start, end), best),)) if best else None,
    )


def excel(ctx: Context, scalar: Scalar, scope: Scope, start: int, end: int) -> Diagnostic:
    """AW303: an Excel formula, with its translation where it is simple."""
    formula = scalar.text[start:end]
    found = re.fullmatch(r"(?:WENN|IF)\s*\((?P<test>[^;]+);(?P<yes>[^;]+);(?P<no>[^;]+)\)", formula.strip())
    advice: list[Advice] = []
    fix = Fix("none")
    if found is not None:
        new = _translate(found["test"], found["yes"], found["no"], scope)
        line = line_with(ctx.files.sources, scalar, start, end, new)
        advice.append(Advice(TRY, same(line)))
        fix = Fix(
            "ask",
            (Edit(scalar.range(start, end), new),),
            Text("amtsweg fix zeigt die Übersetzung vorher", "amtsweg fix shows the translation first"),
        )
    example = next((one for one in ctx.decision_sources if "/" not in one), "")
    see_de, see_en = (f" (siehe „{example}“)", f" (see “{example}”)") if example else ("", "")
    advice.append(
        Advice(
            Text("Besser", "Better"),
            Text(
                f"Bei mehreren Stufen ist eine Tabelle unter „decisions“ leichter zu prüfen{see_de}.",
                f"For several steps, a table under “decisions” is easier to check{see_en}.",
            ),
        )
    )
    return Diagnostic(
        "AW303",
        "error",
        scalar.range(start, end),
        Text(
            "Das ist eine Excel-Formel; hier heißt es „if … then … else“",
            "This is an Excel formula; here it is “if … then … else”",
        ),
        body=(
            Text(
                "Drei Unterschiede: WENN heißt if, das Semikolon wird zu then und else, das Komma der Zahl zum Punkt.",
                "Three differences: WENN is if, semicolons become then and else, the decimal comma becomes a point.",
            ),
        ),
        advice=tuple(advice),
        fix=fix,
    )


def _translate(test: str, yes: str, no: str, scope: Scope) -> str:
    """An Excel condition in words of the language; bare numbers next to amounts get their unit."""
    money = {name for name, kind in scope.names.items() if kind.kind == "money"}

    def spaced(text: str) -> str:
        text = re.sub(r"(\d),(\d)", r"\1.\2", text.strip())
        text = re.sub(r"\s*(<=|>=|<>|[<>=*/+])\s*", r" \1 ", text).replace(" <> ", " != ")
        return text.strip()

    def amounts(text: str) -> str:
        if not money & set(re.findall(r"\w+", text)):
            return text
        text = re.sub(r"((?:<=|>=|!=|[<>=+]) )(\d+(?:\.\d+)?)(?![\w.%])", r"\1\2 EUR", text)
        return re.sub(r"\* 0\.(\d\d)(?!\d)", lambda m: f"* {int(m[1])} %", text)

    parts = [amounts(spaced(part)) for part in (test, yes, no)]
    has_money = any("EUR" in part or money & set(re.findall(r"\w+", part)) for part in parts[1:])
    if has_money:
        parts[1:] = [f"{p} EUR" if re.fullmatch(r"\d+(\.\d+)?", p) else p for p in parts[1:]]
    return f"if {parts[0]} then {parts[1]} else {parts[2]}"


def no_moment(scalar: Scalar, kind: st.Type) -> Diagnostic:
    """AW333: a period or a date was wanted."""
    return Diagnostic(
        "AW333",
        "error",
        scalar.span,
        Text(
            f"Hier steht eine Frist oder ein Datum, nicht „{spoken(kind, 'de')}“",
            f"A period or a date stands here, not “{spoken(kind, 'en')}”",
        ),
        advice=(
            Advice(Text("Beispiel", "Example"), same("2 weeks")),
            Advice(Text("oder", "or"), same("1 month after antrag.done")),
        ),
    )


def german_day(scalar: Scalar, start: int, end: int, key: str) -> Diagnostic | None:
    """AW305 for a German date inside an expression."""
    found = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", scalar.text[start:end])
    if found is None:
        return None
    try:
        return german_date(scalar.part(start, end), date(int(found[3]), int(found[2]), int(found[1])), key)
    except ValueError:
        return None


def context_before(text: str, start: int) -> str:
    """What belongs to a compared value: `art = ` in `wert > 50 EUR or art = fahrad`."""
    found = re.search(r"[\w.]+\s*(?:=|!=)\s*$", text[:start])
    return found[0] if found is not None else ""


def of_error(ctx: Context, scalar: Scalar, scope: Scope, error: ExpressionError, start: int, end: int) -> Diagnostic:
    """What the parser could not read."""
    text = scalar.text
    for found in GERMAN_DATE.finditer(text):
        told = german_day(scalar, found.start(), found.end(), "") if found.end() >= start else None
        if told is not None:
            return _date_in_expression(ctx, scalar, told, found)
    said = IS.search(text)
    if said is not None and said.start() <= start <= said.end():
        return _is_for_equals(ctx, scalar, said)
    if error.code == "excel":
        return excel(ctx, scalar, scope, start, end)
    if error.code == "double_equals":
        return _double_equals(ctx, scalar, start, end)
    advice: tuple[Advice, ...] = ()
    fix = None
    period = PERIOD.fullmatch(text.strip()) if error.code == "unexpected" else None
    unit = closest(period["unit"], UNITS.values()) if period is not None else None
    if period is not None and unit is not None:
        line = line_with(ctx.files.sources, scalar, 0, len(text), f"{period['count']} {unit}")
        advice = (Advice(TRY, same(line)),)
        fix = Fix("ask", (Edit(scalar.range(0, len(text)), f"{period['count']} {unit}"),))
    if error.code == "german_word":
        word = text[start:end]
        new = messages.ENGLISH_OF.get(word, word)
        if new.isidentifier():
            line = line_with(ctx.files.sources, scalar, start, end, new)
            advice = (Advice(TRY, same(line)),)
            fix = Fix("safe", (Edit(scalar.range(start, end), new),))
    return Diagnostic(
        messages.code_of(error.code),
        "error",
        scalar.range(start, end),
        messages.sentence(error.code, text[start:end], {}),
        advice=advice,
        fix=fix,
    )


def of_finding(ctx: Context, scalar: Scalar, scope: Scope, finding: Finding) -> Diagnostic:
    """What the checker found."""
    start, end, args = finding.start, finding.end, finding.args
    text = scalar.text[start:end]
    if finding.code == "unknown_name":
        return unknown_name(ctx, scalar, scope, start, end)
    if finding.code == "option":
        return option_unknown(ctx, scalar, start, end, str(args["list"]), context_before(scalar.text, start))
    if finding.code in ("money_number", "money_wanted") and PLAIN_NUMBER.fullmatch(text):
        first, last = int(args.get("amount_start", -1)), int(args.get("amount_end", -1))
        other = scalar.text[first:last] if first >= 0 else ""
        return money_and_number(ctx, scalar, start, end, other, text)
    if finding.code == "unknown_member":
        return _unknown_member(ctx, scalar, finding)
    if finding.code == "missing":
        return missing(scalar, start, end)
    if finding.code == "date_arithmetic":
        return _date_as_sum(ctx, scalar, start, end)
    span = scalar.range(start, end)
    return Diagnostic(messages.code_of(finding.code), "error", span, messages.sentence(finding.code, text, args))


def thousands(ctx: Context, scalar: Scalar) -> tuple[Diagnostic, ...]:
    """AW307: `1.000` means one; somebody who writes it means a thousand."""
    found = []
    for number in THOUSAND.finditer(scalar.text):
        if scalar.text[: number.start()].count('"') % 2:
            continue
        new = number[0].replace(".", "")
        one = number[0].partition(".")[0]
        line = line_with(ctx.files.sources, scalar, number.start(), number.end(), new)
        found.append(
            Diagnostic(
                "AW307",
                "warning",
                scalar.range(number.start(), number.end()),
                Text(
                    f"„{number[0]}“ bedeutet hier {_word(one, 'de')}; tausend schreiben Sie „{new}“",
                    f"“{number[0]}” means {_word(one, 'en')} here; a thousand is “{new}”",
                ),
                advice=(Advice(TRY, same(line)),),
                fix=Fix("ask", (Edit(scalar.range(number.start(), number.end()), new),)),
            )
        )
    return tuple(found)


def not_printable(scalar: Scalar, kind: st.Type) -> Diagnostic:
    """AW334: a whole record in a text."""
    parts = [name for name, part in kind.fields or () if part.kind in ("string", "date", "money", "number")]
    best = next((name for name in ("name", "text", "title", *parts) if kind.member(name) is not None), "")
    line = f"{{{{ {scalar.text.strip()}.{best} }}}}"
    return Diagnostic(
        "AW334",
        "error",
        scalar.span,
        Text(
            f"„{scalar.text.strip()}“ besteht aus mehreren Angaben; was davon soll dastehen?",
            f"“{scalar.text.strip()}” consists of several details; which of them is wanted?",
        ),
        advice=(Advice(TRY, same(line)),) if best else (),
    )


def missing(scalar: Scalar, start: int, end: int) -> Diagnostic:
    """AW301: something that need not be there, where it must be."""
    text = scalar.text[start:end]
    if scalar.span.file.endswith(".md"):
        fence = f"::: when {text} != null"
        advice = Advice(
            TRY,
            Text(f"den Absatz nur bei Bedarf zeigen:  {fence}", f"show the paragraph only if needed:  {fence}"),
        )
    else:
        guard = f"{text} != null and …"
        advice = Advice(
            TRY,
            Text(f"davor fragen: {guard}   oder default({text}, …)", f"ask before: {guard}   or default({text}, …)"),
        )
    return Diagnostic(
        "AW301",
        "error",
        scalar.range(start, end),
        messages.sentence("missing", text, {}),
        body=(
            Text(
                "Es kann ausgeblendet, freiwillig oder nicht bekannt sein.",
                "It may be hidden, optional, or not known.",
            ),
        ),
        advice=(advice,),
    )


def _unknown_member(ctx: Context, scalar: Scalar, finding: Finding) -> Diagnostic:
    """AW102: a part that the record does not have."""
    start, end = finding.start, finding.end
    name, base = str(finding.args["name"]), str(finding.args["base"])
    known = [str(one) for one in finding.args["known"]]
    best = closest(name, known)
    have = ", ".join(known[:MANY]) + (" …" if len(known) > MANY else "")
    advice: list[Advice] = []
    fix = None
    if best:
        line = line_with(ctx.files.sources, scalar, start, end, best)
        advice.append(Advice(TRY, same(line)))
        fix = Fix("ask", (Edit(scalar.range(start, end), best),))
    if have:
        advice.append(Advice(HERE, same(have)))
    types = ctx.form_types.get(base)
    place = next((one.key for one in types.source.fields if one.path == best), None) if types is not None else None
    return Diagnostic(
        "AW102",
        "error",
        scalar.range(start, end),
        Text(f"„{base}“ hat kein „{name}“", f"“{base}” has no “{name}”"),
        related=(Label(place.span, MEANT),) if place is not None else (),
        advice=tuple(advice),
        fix=fix,
    )


def _date_as_sum(ctx: Context, scalar: Scalar, start: int, end: int) -> Diagnostic:
    """AW308: a date without quotes is a subtraction."""
    text = scalar.text[start:end]
    parts = " minus ".join(str(int(part)) for part in re.findall(r"\d+", text))
    new = f'date("{text}")'
    line = line_with(ctx.files.sources, scalar, start, end, new)
    return Diagnostic(
        "AW308",
        "error",
        scalar.range(start, end),
        Text(
            f"„{text}“ ist hier eine Rechnung ({parts}); ein Datum schreiben Sie {new}",
            f"“{text}” is a subtraction here ({parts}); a date is {new}",
        ),
        advice=(Advice(TRY, same(line)),),
        fix=Fix("safe", (Edit(scalar.range(start, end), new),)),
    )


def _double_equals(ctx: Context, scalar: Scalar, start: int, end: int) -> Diagnostic:
    line = line_with(ctx.files.sources, scalar, start, end, "=")
    return Diagnostic(
        "AW306",
        "error",
        scalar.range(start, end),
        Text("Gleich schreibt man hier mit einem „=“ (nicht „==“)", "Equals is one “=” here (not “==”)"),
        advice=(Advice(TRY, same(line)),),
        fix=Fix("safe", (Edit(scalar.range(start, end), "="),)),
    )


def _is_for_equals(ctx: Context, scalar: Scalar, said: re.Match[str]) -> Diagnostic:
    new = f"{said['name']} = {said['value']}"
    line = line_with(ctx.files.sources, scalar, said.start(), said.end(), new)
    return Diagnostic(
        "AW309",
        "error",
        scalar.range(said.start(), said.end()),
        Text(
            f"„{said[0]}“ wird als ein einziger Name gelesen; gemeint ist „{new}“",
            f"“{said[0]}” is read as one single name; you mean “{new}”",
        ),
        advice=(Advice(TRY, same(line)),),
        fix=Fix("safe", (Edit(scalar.range(said.start(), said.end()), new),)),
    )


def _date_in_expression(ctx: Context, scalar: Scalar, told: Diagnostic, found: re.Match[str]) -> Diagnostic:
    """A German date inside an expression is written `date("2027-01-01")`."""
    assert told.fix is not None
    iso = told.fix.edits[0].text
    new = f'date("{iso}")'
    line = line_with(ctx.files.sources, scalar, found.start(), found.end(), new)
    return replace(
        told,
        advice=(Advice(TRY, same(line)),),
        fix=replace(told.fix, edits=(Edit(told.span, new),)),
    )


def _word(number: str, language: str) -> str:
    words = {"1": ("eins", "one"), "2": ("zwei", "two"), "3": ("drei", "three"), "5": ("fünf", "five")}
    return words.get(number, (number, number))[0 if language == "de" else 1]

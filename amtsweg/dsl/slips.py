"""The wording of first aid: what is said about each slip of the pen (AW001 to AW009, AW020 to AW023).

In: where the slip is and what was written. Out: a `Diagnostic` in both languages. `firstaid` and `braces` find the
slips; here they are only put into words, so that all wording of this kind can be read in one place.
"""

from __future__ import annotations

from amtsweg.dsl.diagnostics import TRY, Advice, Diagnostic, Edit, Fix, Label, Safety, Severity, Text, same
from amtsweg.dsl.source import Position, Span

WAY_OUT = Text("Abhilfe", "Way out")
SHOW = same("")
"""The words of a `Label` that only shows a line, without underlining anything."""

ADDS_QUOTES = Text("amtsweg fix setzt die Anführungszeichen", "amtsweg fix adds the quote marks")


def quoted(text: str) -> str:
    """A text in quote marks, as YAML reads it back: double ones, or single ones where it holds double ones itself."""
    if '"' in text or "\\" in text:
        return "'" + text.replace("'", "''") + "'"
    return f'"{text}"'


def line_of(file: str, line: int) -> Label:
    """A line to be shown for orientation, without underlining."""
    return Label(Span(file, Position(line, 1), Position(line, 1)), SHOW)


def _found(
    code: str,
    span: Span,
    headline: Text,
    *body: Text,
    caret: Text | None = None,
    related: tuple[Label, ...] = (),
    advice: tuple[Text, ...] = (),
    fix: Fix | None = None,
    severity: Severity = "error",
) -> Diagnostic:
    lines = tuple(Advice(TRY, text) for text in advice)
    return Diagnostic(code, severity, span, headline, caret, body, related, lines, fix)


def _mend(span: Span, text: str, says: Text, safety: Safety = "safe") -> Fix:
    return Fix(safety, (Edit(span, text),), says)


def colon(at: Span, value: Span, key: str, text: str) -> Diagnostic:
    """A colon with a blank inside a sentence."""
    better = quoted(text)
    return _found(
        "AW001",
        at,
        Text(
            "Der Doppelpunkt mitten im Satz wird als Trennzeichen gelesen",
            "The colon inside this sentence is read as a separator",
        ),
        Text(
            "Ein Doppelpunkt mit Leerzeichen trennt in diesen Dateien den Namen vom Wert.",
            "In these files a colon followed by a blank separates a name from its value.",
        ),
        Text("Der Satz braucht deshalb Anführungszeichen.", "That is why this sentence needs quote marks."),
        advice=(same(f"{key}: {better}" if key else better),),
        fix=_mend(value, better, ADDS_QUOTES),
    )


def pair_in_line(at: Span, value: Span, key: str, text: str) -> Diagnostic:
    """`after: 6 months: step`: a name with its value where a map in braces is wanted."""
    better = f"{{{text}}}"
    return _found(
        "AW001",
        at,
        Text(
            f"In dieser Zeile stehen zwei Doppelpunkte; „{key}“ braucht eine Klammer",
            f"There are two colons on this line; “{key}” needs braces",
        ),
        Text(
            f"Unter „{key}“ stehen Namen mit ihrem Wert. In einer Zeile gehören sie in geschweifte Klammern.",
            f"“{key}” holds names with their values. On one line they belong in braces.",
        ),
        advice=(same(f"{key}: {better}"),),
        fix=_mend(value, better, Text("amtsweg fix setzt die Klammern", "amtsweg fix adds the braces")),
    )


def decimal_comma(span: Span, key: str, text: str, before: str, after: str, *, in_braces: bool) -> Diagnostic:
    """A German decimal comma inside braces or brackets."""
    better = text.replace(",", ".")
    reading = (
        (
            Text(
                f"Zwischen {{ und }} trennt ein Komma die Einträge. Gelesen würde: {key} = {before},",
                f"Between {{ and }} a comma separates entries. This would be read as {key} = {before},",
            ),
            Text(
                f"dazu ein zweiter Eintrag „{after}“ ohne Wert.",
                f"plus a second entry “{after}” without a value.",
            ),
        )
        if in_braces
        else (
            Text(
                f"Zwischen [ und ] trennt ein Komma die Einträge. Gelesen würden zwei: „{before}“ und „{after}“.",
                f"Between [ and ] a comma separates entries. This would be read as two: “{before}” and “{after}”.",
            ),
        )
    )
    return _found(
        "AW002",
        span,
        Text(f"Das Komma in „{text}“ beendet hier den Wert", f"The comma in “{text}” ends the value here"),
        *reading,
        Text(
            f"Beträge schreiben Sie mit Punkt; angezeigt werden sie immer als „{_shown(text)}“.",
            f"Write amounts with a point; people will always see “{_shown(text)}”.",
        )
        if "EUR" in text or "€" in text
        else Text("Zahlen schreiben Sie mit Punkt.", "Write numbers with a point."),
        advice=(same(f"{key}: {better}" if key else better),),
        fix=_mend(
            span,
            better,
            Text("amtsweg fix ersetzt das Komma durch einen Punkt", "amtsweg fix replaces the comma by a point"),
        ),
    )


def _shown(text: str) -> str:
    return text.replace("EUR", "€")


def comma(span: Span, key: str, text: str, before: str, after: str) -> Diagnostic:
    """A comma of a sentence or an expression inside braces."""
    better = quoted(text)
    return _found(
        "AW002",
        span,
        Text(f"Das Komma in „{text}“ beendet hier den Wert", f"The comma in “{text}” ends the value here"),
        Text(
            f"Zwischen {{ und }} trennt ein Komma die Einträge. Gelesen würde: {key} = {before},",
            f"Between {{ and }} a comma separates entries. This would be read as {key} = {before},",
        ),
        Text(f"dazu ein zweiter Eintrag „{after}“ ohne Wert.", f"plus a second entry “{after}” without a value."),
        Text(
            "In einer eigenen Zeile bräuchte der Text keine Anführungszeichen.",
            "On a line of its own the text would need no quote marks.",
        ),
        advice=(same(f"{key}: {better}"),),
        fix=_mend(span, better, ADDS_QUOTES),
    )


def split_law(span: Span, text: str) -> Diagnostic:
    """`[BGB §§ 965, 971, 973]`: one reference to the law became several entries."""
    better = quoted(text)
    return _found(
        "AW002",
        span,
        Text(f"Die Kommas in „{text}“ trennen hier Einträge", f"The commas in “{text}” separate entries here"),
        Text(
            "Zwischen [ und ] trennt ein Komma die Einträge; aus einer Angabe würden mehrere.",
            "Between [ and ] a comma separates entries; one reference would become several.",
        ),
        advice=(same(better),),
        fix=_mend(span, better, ADDS_QUOTES),
    )


def bracket(span: Span, key: str, text: str) -> Diagnostic:
    """A bracket inside a text inside braces."""
    better = quoted(text)
    return _found(
        "AW002",
        span,
        Text(
            f"Die Klammer in „{text}“ würde hier als Liste gelesen",
            f"The bracket in “{text}” would be read as a list here",
        ),
        Text(
            "Zwischen { und } und zwischen [ und ] brauchen Texte mit Klammern Anführungszeichen.",
            "Between { and } and between [ and ], texts with brackets need quote marks.",
        ),
        advice=(same(f"{key}: {better}" if key else better),),
        fix=_mend(span, better, ADDS_QUOTES),
    )


def between_levels(
    span: Span, key: str, parent: str, above: tuple[int, ...], here: int, outer: int, inner: int, edit: Edit | None
) -> Diagnostic:
    """A line that stands between two levels of indentation. Columns count from 1."""
    column = here
    right = inner - column
    way = f"{right} Leerzeichen" if right > 1 else "ein Leerzeichen"
    way_en = f"{right} blanks" if right > 1 else "one blank"
    file = span.file
    return _found(
        "AW003",
        span,
        Text(f"„{key}“ steht zwischen zwei Ebenen", f"“{key}” stands between two levels"),
        Text(
            f"{parent.split('|')[0]} beginnt in Spalte {outer}, seine Angaben in Spalte {inner}."
            if parent.startswith(("Das", "Der"))
            else f"{parent.split('|')[0]} beginnt in Spalte {outer}, ihre Angaben in Spalte {inner}.",
            f"{parent.split('|')[1]} begins in column {outer}, its entries in column {inner}.",
        ),
        Text(
            "Diese Zeile liegt dazwischen, deshalb ist unklar, wozu sie gehört.",
            "This line lies between them, so it is unclear what it belongs to.",
        ),
        caret=Text(f"Spalte {column}", f"column {column}"),
        related=tuple(line_of(file, line) for line in above),
        advice=(
            Text(
                f"Rücken Sie die Zeile um {way} nach rechts; dann gehört sie zu {_last(parent.split('|')[0])}.",
                f"Move the line {way_en} to the right; then it belongs to {_last(parent.split('|')[1])}.",
            ),
        ),
        fix=Fix(
            "ask",
            (edit,) if edit else (),
            Text("amtsweg fix zeigt beide Möglichkeiten", "amtsweg fix shows both possibilities"),
        ),
    )


def _last(phrase: str) -> str:
    return phrase.rsplit(" ", 1)[-1]


def too_deep(span: Span, key: str, column: int, wanted: int, above: int, edit: Edit | None) -> Diagnostic:
    """A line that is indented although the line above already has its value."""
    left = column - wanted
    return _found(
        "AW003",
        span,
        Text(f"„{key}“ steht zu weit rechts", f"“{key}” stands too far to the right"),
        Text(
            "Die Zeile darüber hat schon ihren Wert; eingerückt darunter kann nichts mehr stehen.",
            "The line above already has its value; nothing can stand indented below it.",
        ),
        caret=Text(f"Spalte {column}", f"column {column}"),
        related=(line_of(span.file, above),),
        advice=(
            Text(
                f"Rücken Sie die Zeile um {left} Leerzeichen nach links, in Spalte {wanted}.",
                f"Move the line {left} blanks to the left, to column {wanted}.",
            ),
        ),
        fix=Fix(
            "ask",
            (edit,) if edit else (),
            Text("amtsweg fix rückt die Zeile ein und zeigt sie vorher", "amtsweg fix moves the line, shown first"),
        ),
    )


def under_the_dash(span: Span, key: str, first: str, column: int, wanted: int, above: int) -> Diagnostic:
    """`title:` under the dash of `- page: fund` instead of under `page`."""
    right = wanted - column
    return _found(
        "AW003",
        span,
        Text(f"„{key}“ steht unter dem Strich statt unter „{first}“", f"“{key}” stands under the dash, not “{first}”"),
        Text(
            f"Was zu „{first}“ gehört, beginnt in derselben Spalte wie „{first}“.",
            f"What belongs to “{first}” begins in the same column as “{first}”.",
        ),
        caret=Text(f"Spalte {column}", f"column {column}"),
        related=(line_of(span.file, above),),
        advice=(
            Text(
                f"Rücken Sie die Zeile um {right} Leerzeichen nach rechts; dann gehört sie zu „{first}“.",
                f"Move the line {right} blanks to the right; then it belongs to “{first}”.",
            ),
        ),
        fix=Fix("ask", (), Text("amtsweg fix zeigt die Zeile vorher", "amtsweg fix shows the line first")),
    )


NUMBERS = {
    1: ("ein", "one"), 2: ("zwei", "two"), 3: ("drei", "three"), 4: ("vier", "four"), 5: ("fünf", "five"),
    6: ("sechs", "six"), 7: ("sieben", "seven"), 8: ("acht", "eight"), 10: ("zehn", "ten"), 12: ("zwölf", "twelve"),
}  # fmt: skip


def tab(span: Span, above: int, blanks: int, count: int, edits: tuple[Edit, ...], *, same: bool) -> Diagnostic:
    """A line that is indented with a tab; `count` tabs in the whole file."""
    de, en = NUMBERS.get(blanks, (str(blanks), str(blanks)))
    what = (
        Text("amtsweg fix ersetzt den Tabulator", "amtsweg fix replaces the tab")
        if count == 1
        else Text(
            f"amtsweg fix ersetzt alle {count} Tabulatoren dieser Datei",
            f"amtsweg fix replaces all {count} tabs of this file",
        )
    )
    advice = (
        (
            Text(
                f"{de} Leerzeichen{', wie in der Zeile darüber' if same else ''}",
                f"{en} blank{'' if blanks == 1 else 's'}{', as in the line above' if same else ''}",
            ),
        )
        if blanks
        else (Text("keine Einrückung", "no indentation"),)
    )
    return _found(
        "AW004",
        span,
        Text("Diese Zeile ist mit der Tabulatortaste eingerückt", "This line is indented with a tab"),
        Text(
            "Ein Tabulator ist in jedem Programm verschieden breit. Hier zählen deshalb nur Leerzeichen.",
            "Every program shows a tab in a different width. So only blanks count here.",
        ),
        caret=Text("Tabulator", "tab"),
        related=(line_of(span.file, above),) if above else (),
        advice=advice,
        fix=Fix("safe", edits, what),
    )


def tab_inside(span: Span, count: int, edits: tuple[Edit, ...]) -> Diagnostic:
    """A tab between a name and its value."""
    return _found(
        "AW004",
        span,
        Text("Hier steht ein Tabulator statt eines Leerzeichens", "There is a tab here instead of a blank"),
        caret=Text("Tabulator", "tab"),
        fix=Fix(
            "safe",
            edits,
            Text("amtsweg fix ersetzt den Tabulator", "amtsweg fix replaces the tab")
            if count == 1
            else Text(
                f"amtsweg fix ersetzt alle {count} Tabulatoren dieser Datei",
                f"amtsweg fix replaces all {count} tabs of this file",
            ),
        ),
    )


def hash_sign(at: Span, whole: Span, key: str, text: str, kept: str, *, caption: bool) -> Diagnostic:
    """` #` inside a text: what follows is a comment."""
    better = f"{key}: {quoted(text)}" if key else quoted(text)
    what = ("Die Beschriftung", "caption") if caption else ("Der Text", "text")
    return _found(
        "AW005",
        at,
        Text("Ab „#“ ist diese Zeile eine Bemerkung", "From “#” on this line is a comment"),
        Text(f"{what[0]} lautet damit nur „{kept}“.", f"So the {what[1]} is only “{kept}”.")
        if kept
        else Text(f"{what[0]} ist damit leer.", f"So the {what[1]} is empty."),
        advice=(
            Text(
                f"Gehört # zum Text?     {better}\n"
                "Ist es eine Bemerkung? Schreiben Sie „# “ mit einem Leerzeichen danach.",
                f"Part of the text?   {better}\nA comment?          Write “# ” with a blank after it.",
            ),
        ),
        fix=Fix("ask", (Edit(whole, quoted(text)),)),
        severity="warning",
    )


def hash_in_braces(at: Span, whole: Span, key: str, text: str) -> Diagnostic:
    """` #` inside braces: the closing brace would be part of the comment."""
    better = quoted(text)
    return _found(
        "AW005",
        at,
        Text(
            "Ab „#“ ist diese Zeile eine Bemerkung, auch die schließende Klammer",
            "From “#” on this line is a comment, the closing bracket, too",
        ),
        advice=(same(f"{key}: {better}" if key else better),),
        fix=_mend(whole, better, ADDS_QUOTES),
    )


def no_blank(span: Span, word: str, rest: str, above: int) -> Diagnostic:
    """`type:money`: the blank after the colon is missing."""
    return _found(
        "AW006",
        span,
        Text("Nach dem Doppelpunkt fehlt ein Leerzeichen", "A blank is missing after the colon"),
        Text(
            f"Ohne das Leerzeichen ist „{word}:{rest}“ ein einziges Wort.",
            f"Without the blank, “{word}:{rest}” is one single word.",
        ),
        related=(line_of(span.file, above),) if above else (),
        advice=(same(f"{word}: {rest}"),),
        fix=_mend(
            span,
            f"{word}: {rest}",
            Text("amtsweg fix fügt das Leerzeichen ein", "amtsweg fix inserts the blank"),
        ),
    )


def hard_blank(span: Span, word: str, *, after: bool) -> Diagnostic:
    """A no-break space around a name."""
    return _found(
        "AW008",
        span,
        Text(
            f"{'Hinter' if after else 'Vor'} „{word}“ steht ein geschütztes Leerzeichen (aus Word kopiert)",
            f"There is a no-break space {'after' if after else 'before'} “{word}” (copied from Word)",
        ),
        Text(
            "Es sieht aus wie ein Leerzeichen, zählt aber als Buchstabe.",
            "It looks like a blank but counts as a letter.",
        ),
        fix=_mend(
            span,
            " ",
            Text("amtsweg fix ersetzt es durch ein Leerzeichen", "amtsweg fix replaces it by a blank"),
        ),
    )


def special_sign(span: Span, key: str, text: str, reading: str | None = None) -> Diagnostic:
    """A value that begins with a sign that YAML keeps for itself; `reading` is what would be read instead."""
    better = quoted(text)
    headline = (
        Text(f"„{text}“ beginnt mit einem Sonderzeichen von YAML", f"“{text}” begins with a special sign of YAML")
        if reading is None
        else Text(
            f"„{text}“ am Anfang würde als „{reading}“ gelesen",
            f"“{text}” at the beginning would be read as “{reading}”",
        )
        if reading
        else Text(f"„{text}“ würde als leer gelesen", f"“{text}” would be read as empty")
    )
    return _found(
        "AW009",
        span,
        headline,
        Text(
            "In Anführungszeichen gilt der Text so, wie er dasteht.",
            "In quote marks the text counts as it stands.",
        ),
        advice=(same(f"{key}: {better}" if key else better),),
        fix=_mend(span, better, ADDS_QUOTES),
    )


def half_quoted(span: Span, key: str, text: str) -> Diagnostic:
    """A value that begins with quote marks but goes on behind them (`"pitbull" = rasse`)."""
    better = "'" + text.replace("'", "''") + "'"
    return _found(
        "AW009",
        span,
        Text(
            "Der Text beginnt mit Anführungszeichen und geht dahinter noch weiter",
            "This text begins with quote marks and goes on behind them",
        ),
        Text(
            "Anführungszeichen am Anfang umschließen in diesen Dateien immer den ganzen Wert.",
            "In these files, quote marks at the beginning always enclose the whole value.",
        ),
        advice=(same(f"{key}: {better}" if key else better),),
        fix=_mend(span, better, ADDS_QUOTES),
    )


def no_value(span: Span, word: str) -> Diagnostic:
    """A name without a value in braces."""
    return _found(
        "AW020",
        span,
        Text(f"„{word}“ hat hier keinen Wert", f"“{word}” has no value here"),
        Text(
            "Zwischen { und } steht zu jedem Namen ein Wert: Name, Doppelpunkt, Leerzeichen, Wert.",
            "Between { and } every name has a value: name, colon, blank, value.",
        ),
        advice=(same(f"{word}: …"),),
        fix=Fix("none"),
    )


def open_quote(span: Span, sign: str) -> Diagnostic:
    """Quote marks that are never closed."""
    return _found(
        "AW021",
        span,
        Text("Diese Anführungszeichen werden nicht geschlossen", "These quote marks are never closed"),
        Text(
            f"Alles danach würde zum Text gehören, bis wieder ein {sign} kommt.",
            f"Everything behind them would belong to the text until the next {sign}.",
        ),
        advice=(Text(f"am Ende des Textes ein {sign}", f"a {sign} at the end of the text"),),
        fix=Fix("ask"),
    )


def open_bracket(span: Span, sign: str, closing: str) -> Diagnostic:
    """A bracket that is never closed."""
    return _found(
        "AW022",
        span,
        Text(f"Die Klammer {sign} wird nicht geschlossen", f"The bracket {sign} is never closed"),
        Text(
            "Alles danach würde noch zu dieser Klammer gehören.",
            "Everything behind it would still belong to this bracket.",
        ),
        advice=(Text(f"am Ende der Angaben ein {closing}", f"a {closing} at the end of the entries"),),
        fix=Fix("ask"),
    )


def extra_bracket(span: Span, sign: str) -> Diagnostic:
    """A bracket that closes nothing, or text behind the closing one."""
    return _found(
        "AW022",
        span,
        Text(
            f"Zu „{sign}“ fehlt die öffnende Klammer" if len(sign) == 1 else "Hinter der Klammer steht noch etwas",
            f"The opening bracket for “{sign}” is missing" if len(sign) == 1 else "Something stands behind the bracket",
        ),
        Text(
            "Der Wert ist mit der schließenden Klammer zu Ende.",
            "The value ends with its closing bracket.",
        ),
        fix=Fix("ask", (Edit(span, ""),), Text("amtsweg fix löscht es", "amtsweg fix deletes it")),
    )


def no_colon(span: Span, text: str, *, opens: bool) -> Diagnostic:
    """A line among names that has no colon."""
    shown = text if len(text) <= 40 else text[:39] + "…"
    return _found(
        "AW023",
        span,
        Text(f"Hinter „{shown}“ fehlt ein Doppelpunkt", f"A colon is missing after “{shown}”")
        if opens
        else Text("In dieser Zeile fehlt ein Doppelpunkt", "A colon is missing on this line"),
        Text(
            "In diesen Dateien steht in jeder Zeile ein Name, dann ein Doppelpunkt und ein Leerzeichen, dann der Wert.",
            "In these files every line holds a name, then a colon and a blank, then the value.",
        ),
        advice=(same(f"{text}:"),) if opens else (),
        fix=_mend(span, f"{text}:", Text("amtsweg fix ergänzt ihn", "amtsweg fix adds it"), "ask")
        if opens
        else Fix("none"),
    )


def directive(span: Span) -> Diagnostic:
    """A `%` line of YAML itself."""
    return _found(
        "AW009",
        span,
        Text("Zeilen mit % am Anfang gehören hier nicht hin", "Lines that begin with % do not belong here"),
        Text("Sie stellen YAML selbst um; das ist hier nicht nötig.", "They configure YAML itself; not needed here."),
        fix=_mend(span, "", Text("amtsweg fix löscht die Zeile", "amtsweg fix deletes the line")),
    )


def sign_in_front(span: Span, sign: str) -> Diagnostic:
    """A question mark or colon alone at the beginning of a line: YAML's other way to write a name."""
    return _found(
        "AW017",
        span,
        Text(
            f"Mit „{sign}“ am Anfang beginnt keine Zeile",
            f"No line begins with “{sign}”",
        ),
        Text(
            "In jeder Zeile steht ein Name, dann ein Doppelpunkt und ein Leerzeichen, dann der Wert.",
            "Every line holds a name, then a colon and a blank, then the value.",
        ),
        fix=Fix("none"),
    )

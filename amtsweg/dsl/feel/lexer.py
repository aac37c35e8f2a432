"""The scope-aware lexer: names may hold blanks and signs, and the longest known name wins (DMN 1.5, 10.3.1.2, 2.).

`date and time`, `Monthly income - net`, `Applicant data`: whether these are names or expressions depends on what is in
scope. The lexer knows the scope's names, the built-ins, entries of typed contexts, and what the text itself binds: the
variables of for/some/every, parameters, keys of contexts. It also settles what LALR(1) cannot: whether `]` or `[` opens
or closes a range, and whether a word before `:` is a key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from lark import Token
from lark.lexer import Lexer as LarkLexer
from lark.lexer import LexerState

from amtsweg.errors import ExpressionError

MAX_LENGTH, MAX_TOKENS, MAX_NESTING = 200_000, 40_000, 120

START = (
    r"A-Za-z_?\u00b7-\u00b7\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f"
    r"\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
PART = START + r"0-9\u0300-\u036f\u203f\u2040"
WORD = re.compile(f"[{START}][{PART}]*")
PART_CHARACTER = re.compile(f"[{PART}]")
NUMBER = re.compile(r"(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
DIGITS = frozenset("0123456789")
BLANK = re.compile(
    r"(?:[\s\u0085\u1680\u180e\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff]|//[^\n]*|/\*.*?\*/)+", re.S
)
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.S)
KEY = re.compile(f"([{START}][{PART}.\\-'+*/ \\t\\n]*?)\\s*:")
UNIT_WORDS = re.compile(
    r"(working|calendar|clear)\s+days?\b|(days?|weeks?|months?|years?|hours?|weekdays?)\b", re.ASCII
)
CURRENCY = re.compile(r"(EUR|CHF|USD|GBP|PLN|CZK|DKK|SEK)\b|€")
SYMBOLS = {
    "**": "POWER", "..": "DOTS", "!=": "NE", "<=": "LE", ">=": "GE", "<": "LT", ">": "GT", "=": "EQ", "+": "PLUS",
    "-": "MINUS", "*": "STAR", "/": "SLASH", ".": "DOT", "(": "LPAR", ")": "RPAR", "[": "LSQB", "]": "RSQB",
    "{": "LBRACE", "}": "RBRACE", ",": "COMMA", ":": "COLON",
}  # fmt: skip
KEYWORDS = {
    "if": "IF", "then": "THEN", "else": "ELSE", "for": "FOR", "return": "RETURN", "some": "SOME", "every": "EVERY",
    "satisfies": "SATISFIES", "function": "FUNCTION", "external": "EXTERNAL", "or": "OR", "and": "AND",
    "between": "BETWEEN", "in": "IN", "true": "TRUE", "false": "FALSE", "null": "NULL",
}  # fmt: skip
PROPERTY = re.compile(r"time\s+offset|(?:start|end)\s+included")
RELATIONS = {"after": "AFTER", "before": "BEFORE", "from": "FROM"}
ENDS = {
    "NUMBER", "STRING", "AT", "TRUE", "FALSE", "NULL", "NAME", "MONEY", "PERCENT", "PERIOD", "RPAR", "RSQB", "RBRACE",
    "RANGE_CLOSE", "UNIT", "TYPE",
}  # fmt: skip


@dataclass(frozen=True)
class Source:
    """What Lark hands through to the lexer: the text and what is known around it."""

    text: str
    names: frozenset[str]
    units: bool
    unary: bool
    spaced: dict[str, tuple[tuple[str, re.Pattern[str]], ...]] = field(default_factory=dict)


def spaced_names(names: Iterable[str]) -> dict[str, tuple[tuple[str, re.Pattern[str]], ...]]:
    """Names that are more than one word, by their first character, longest first."""
    found: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for name in names:
        plain = " ".join(name.split())
        if plain and not (WORD.fullmatch(plain) or not WORD.match(plain)):
            pieces = [p for p in re.findall(r"[^\s.+\-*/']+|[.+\-*/']|\s+", plain) if p.strip()]
            glue = [re.escape(p) for p in pieces]
            pattern = r"\s*".join(glue)
            if " " in plain:
                pattern = r"\s+".join(_piece(word) for word in plain.split(" "))
            found.setdefault(plain[0], []).append((plain, re.compile(pattern)))
    return {first: tuple(sorted(group, key=lambda item: -len(item[0]))) for first, group in found.items()}


def _piece(word: str) -> str:
    return r"\s*".join(re.escape(p) for p in re.findall(r"[^.+\-*/']+|[.+\-*/']", word))


class Lexer(LarkLexer):
    """Lark's interface; each text is read by a `Scan` of its own."""

    __future_interface__ = 2  # Lark hands over its state, in which a `Source` stands for the text

    def __init__(self, lexer_conf: object) -> None:
        pass

    def lex(self, lexer_state: LexerState, parser_state: Any) -> Iterator[Token]:
        source: object = lexer_state.text
        assert isinstance(source, Source)
        return Scan(source).tokens()


class Scan:
    """One walk over one text."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.at = 0
        self.previous = ""
        self.stack: list[str] = []
        self.local: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
        self.binders: list[int] = []
        self.count = 0

    def tokens(self) -> Iterator[Token]:
        """All tokens, in order. Raises ExpressionError."""
        if len(self.text) > MAX_LENGTH:
            raise ExpressionError("too_long", "This expression is too long.")
        while True:
            blank = BLANK.match(self.text, self.at)
            if blank:
                self.at = blank.end()
            if self.at >= len(self.text):
                return
            self.count += 1
            if self.count > MAX_TOKENS:
                raise self._error("too_long", self.at, self.at + 1)
            token = self._next()
            self.previous = token.type
            yield token

    def _next(self) -> Token:
        character = self.text[self.at]
        if character == '"':
            return self._string("STRING", self.at)
        if character == "@" and self.text[self.at + 1 : self.at + 2] == '"':
            return self._string("AT", self.at)
        if self.previous == "INSTANCE" or (self.previous == "COLON" and self.stack and self.stack[-1] == "params"):
            return self._type()
        if character in DIGITS or (character == "." and NUMBER.match(self.text, self.at) and self.previous not in ENDS):
            return self._number()
        key = self._key()
        if key is not None:
            return key
        if self._binds():
            return self._bound()
        if WORD.match(character) or (self.previous == "DOT" and character.isalpha()):
            return self._word()
        return self._symbol()

    # ------------------------------------------------------------------------------------------------------- literals

    def _string(self, kind: str, start: int) -> Token:
        found = STRING.match(self.text, start + (kind == "AT"))
        if found is None:
            raise self._error("string_open", start, start + 1)
        self.at = found.end()
        as_key = kind == "STRING" and self.stack[-1:] == ["{"] and self.previous in ("LBRACE", "COMMA")
        return self._token("KEY_STRING" if as_key else kind, start, found.end(), unescape(found[1]))

    def _number(self) -> Token:
        start = self.at
        found = NUMBER.match(self.text, start)
        assert found is not None
        end = found.end()
        value = found.group()
        if self.text.startswith("..", start + len(value.split(".")[0])) and "." in value:
            end = start + len(value.split(".")[0])
            value = self.text[start:end]
        if PART_CHARACTER.match(self.text[end : end + 1]) and not self.source.units:
            raise self._error("number", start, end + 1)
        self.at = end
        if self.source.units:
            unit = self._unit_behind(end)
            if unit is not None:
                return self._token(unit[0], start, self.at, f"{value} {unit[1]}")
            if PART_CHARACTER.match(self.text[end : end + 1]):
                raise self._error("number", start, end + 1)
        return self._token("NUMBER", start, end, value)

    def _unit_behind(self, end: int) -> tuple[str, str] | None:
        """The unit after a number: per cent, a currency, or a unit of time."""
        blank = re.compile(r"[ \t]*").match(self.text, end)
        at = blank.end() if blank else end
        if self.text.startswith("%", at):
            self.at = at + 1
            return "PERCENT", "%"
        currency = CURRENCY.match(self.text, at)
        if currency and "EUR" not in self.source.names:
            self.at = currency.end()
            return "MONEY", "EUR" if currency.group() == "€" else currency.group()
        unit = UNIT_WORDS.match(self.text, at)
        if unit and unit.group() not in self.source.names:
            self.at = unit.end()
            return "PERIOD", plural(unit.group())
        return None

    def _type(self) -> Token:
        start = self.at
        if self.previous == "INSTANCE" and self.text.startswith("of", start):
            start += 2
        depth, at = 0, start
        while at < len(self.text):
            character = self.text[at]
            if character == "<":
                depth += 1
            elif character == ">" and depth:
                depth -= self.text[at - 1] != "-"
            elif depth == 0 and character in ",)]}":
                break
            elif depth == 0 and re.match(
                r"(and(?!\s+(?:time|months)\b)|or|then|else|return|satisfies|between|in)\b", self.text[at:]
            ):
                if at == 0 or not PART_CHARACTER.match(self.text[at - 1]):
                    break
            elif depth == 0 and character in "=!+*/":
                break
            at += 1
        value = self.text[start:at].strip()
        self.at = at
        if not value:
            raise self._error("type", start, start + 1)
        return self._token("TYPE", start, at, " ".join(value.split()))

    # ---------------------------------------------------------------------------------------------------------- names

    def _key(self) -> Token | None:
        """A word before `:` in a context or among named arguments."""
        inside = self.stack[-1] if self.stack else ""
        if self.previous not in ("LBRACE", "LPAR", "COMMA") or inside not in ("{", "call"):
            return None
        found = KEY.match(self.text, self.at)
        if found is None or "//" in found[1]:
            return None
        name = " ".join(found[1].split())
        start, end = self.at, self.at + len(found[1].rstrip())
        self.at = end
        if inside == "{":
            self._bind(name)
        return self._token("KEY", start, end, name)

    def _binds(self) -> bool:
        """Whether a variable is written here: after for/some/every, after their commas, or a parameter."""
        if self.previous in ("FOR", "SOME", "EVERY"):
            return True
        if self.stack and self.stack[-1] == "params" and self.previous in ("LPAR", "COMMA"):
            return self.text[self.at] != ")"
        if self.previous == "COMMA" and self.binders and self.binders[-1] == len(self.stack):
            return re.match(rf"[{START}][^,()\[\]{{}}\"]*?\sin\b", self.text[self.at :]) is not None
        return False

    def _bound(self) -> Token:
        start = self.at
        if self.stack and self.stack[-1] == "params":
            found = re.compile(r"[^:,)]+").match(self.text, start)
        else:
            found = re.compile(rf"[{START}][^,()\[\]{{}}\"]*?(?=\s+in\b)", re.S).match(self.text, start)
        if found is None or not found.group().strip():
            raise self._error("variable", start, start + 1)
        name = " ".join(found.group().split())
        self.at = start + len(found.group().rstrip())
        self._bind(name)
        return self._token("BOUND", start, self.at, name)

    def _bind(self, name: str) -> None:
        for first, group in spaced_names((name,)).items():
            self.local.setdefault(first, []).extend(group)

    def _word(self) -> Token:
        start = self.at
        if self.previous == "DOT":
            known = PROPERTY.match(self.text, start)
            if known and not PART_CHARACTER.match(self.text[known.end() : known.end() + 1]):
                self.at = known.end()
                return self._token("NAME", start, self.at, " ".join(known.group().split()))
        longest = self._longest(start)
        plain = WORD.match(self.text, start)
        word = plain.group() if plain else ""
        if longest is not None and len(longest[1]) > len(word):
            self.at = start + len(longest[1])
            return self._token("NAME", start, self.at, longest[0])
        self.at = start + len(word)
        if self.previous == "DOT":
            return self._token("NAME", start, self.at, word)
        if word == "instance" and re.match(r"\s+of\b", self.text[self.at :]):
            gap = re.match(r"\s+", self.text[self.at :])
            self.at += (gap.end() if gap else 0) + 2
            return self._token("INSTANCE", start, self.at, "instance of")
        if word == "not" and self.source.unary and self.count == 1 and _closes_at_end(self.text, self.at):
            return self._token("NOT", start, self.at, word)
        if word in KEYWORDS and not (word in self.source.names and word not in ("and", "or", "in")):
            kind = KEYWORDS[word]
            if kind in ("FOR", "SOME", "EVERY"):
                self.binders.append(len(self.stack))
            elif kind in ("RETURN", "SATISFIES") and self.binders:
                self.binders.pop()
            return self._token(kind, start, self.at, word)
        if self.source.units:
            if self.previous in ENDS and word in RELATIONS:
                return self._token(RELATIONS[word], start, self.at, word)
            if self.previous in ("NAME", "RPAR"):
                unit = UNIT_WORDS.match(self.text, start)
                if unit:
                    self.at = unit.end()
                    return self._token("UNIT", start, self.at, plural(unit.group()))
            if word == "exactly" and self.previous not in ENDS:
                return self._token("EXACTLY", start, self.at, word)
        return self._token("NAME", start, self.at, word)

    def _longest(self, start: int) -> tuple[str, str] | None:
        """The longest known name of several words that stands here: (name, text)."""
        best: tuple[str, str] | None = None
        groups = (*self.source.spaced.get(self.text[start], ()), *self.local.get(self.text[start], ()))
        for name, pattern in groups:
            found = pattern.match(self.text, start)
            if found is None or (best is not None and len(found.group()) <= len(best[1])):
                continue
            last, following = found.group()[-1], self.text[found.end() : found.end() + 1]
            if following and PART_CHARACTER.match(last) and PART_CHARACTER.match(following):
                continue
            best = (name, found.group())
        return best

    # -------------------------------------------------------------------------------------------------------- symbols

    def _symbol(self) -> Token:
        start = self.at
        text = self.text[start : start + 2]
        value = text if text in SYMBOLS else text[:1]
        if text == "==":
            raise self._error("double_equals", start, start + 2)
        if value not in SYMBOLS:
            raise self._error("character", start, start + 1)
        self.at = start + len(value)
        kind = SYMBOLS[value]
        if kind == "MINUS" and self.source.unary and not self.previous and not self.text[self.at :].strip():
            return self._token("DASH", start, self.at, value)
        if kind == "LPAR":
            params = self.previous == "FUNCTION"
            call = self.previous in ("NAME", "RPAR", "RSQB", "RBRACE", "STRING")
            self._open("params" if params else "call" if call else "(", start)
        elif kind == "LBRACE":
            self._open("{", start)
        elif kind == "LSQB":
            if self.previous in ENDS and self.stack and self.stack[-1].endswith("..") and self._closes(self.at):
                self.stack.pop()
                kind = "RANGE_CLOSE"
            else:
                self._open("[", start)
        elif kind == "RSQB":
            if self.previous not in ENDS and self.previous != "LSQB":
                self._open("]", start)
                kind = "RANGE_OPEN"
            elif self.previous == "LSQB" and self.stack[-1:] != ["["]:
                kind = "RANGE_OPEN"
            else:
                self._close()
        elif kind in ("RPAR", "RBRACE"):
            self._close()
        elif kind == "DOTS" and self.stack and not (self.binders and self.binders[-1] == len(self.stack)):
            self.stack[-1] += ".."
        return self._token(kind, start, self.at, value)

    def _open(self, kind: str, start: int) -> None:
        self.stack.append(kind)
        if len(self.stack) > MAX_NESTING:
            raise self._error("too_deep", start, start + 1)

    def _close(self) -> None:
        if self.stack:
            self.stack.pop()
        while self.binders and self.binders[-1] > len(self.stack):
            self.binders.pop()

    def _closes(self, at: int) -> bool:
        """Whether a `[` after `..` closes an open range: nothing that could be a filter follows."""
        rest = self.text[at : at + 200].lstrip()
        return not rest or re.match(r"[,)\]}=<>!]|\.[^0-9]|(and|or|then|else|return|in)\b", rest) is not None

    def _token(self, kind: str, start: int, end: int, value: str) -> Token:
        return Token(kind, value, start_pos=start, end_pos=end)

    def _error(self, code: str, start: int, end: int) -> ExpressionError:
        return at(self.text, code, start, end)


class UnreadableError(ExpressionError):
    """An expression cannot be read; `start` and `end` are offsets into its text."""

    start: int
    end: int


def at(text: str, code: str, start: int, end: int, sentence: str = "") -> UnreadableError:
    """An error at a stretch of an expression's text."""
    before = text[:start]
    line, column = before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1
    until = text[:end]
    error = UnreadableError(
        code,
        sentence or f"This expression cannot be read at “{text[start:end] or 'its end'}”.",
        line=line,
        column=column,
        end_line=until.count("\n") + 1,
        end_column=len(until.rpartition("\n")[2]) + 1,
    )
    error.start, error.end = start, max(end, start + 1)
    return error


def plural(unit: str) -> str:
    """A unit in its one spelling: `working days`."""
    word = " ".join(unit.split())
    return word if word.endswith("s") else word + "s"


def _closes_at_end(text: str, start: int) -> bool:
    depth = 0
    inside = False
    for index in range(start, len(text)):
        character = text[index]
        if depth == 0 and character != "(" and not character.isspace():
            return False
        if character == '"' and text[index - 1] != "\\":
            inside = not inside
        if inside:
            continue
        depth += (character == "(") - (character == ")")
        if depth == 0 and character == ")":
            return not text[index + 1 :].strip()
    return False


_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{6})|(.))", re.S)
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "'": "'"}


def unescape(text: str) -> str:
    """A string literal's inside as text; surrogate pairs written with two escapes become one character."""
    if "\\" not in text:
        return text

    def one(found: re.Match[str]) -> str:
        if found[1] or found[2]:
            return chr(int(found[1] or found[2], 16))
        return _SIMPLE.get(found[3], "\\" + found[3])

    plain = _ESCAPE.sub(one, text)
    if any("\ud800" <= c <= "\udfff" for c in plain):
        plain = plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return plain

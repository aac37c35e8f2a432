"""First aid inside braces and brackets, where most silent accidents of YAML happen.

In: the lines of a file and the place of an opening `{` or `[`. Out: where it closes, what went wrong inside, and the
edits that repair it. A comma ends a value there, a bracket opens a list, a colon makes a key: a German sentence, an
amount with a decimal comma or a call such as `min(a, b)` silently becomes something else. So the text is read here
once more, generously: what can only be one value is taken as one value, reported, and put in quote marks.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from amtsweg.dsl import slips
from amtsweg.dsl.diagnostics import Diagnostic
from amtsweg.dsl.patches import Patches
from amtsweg.dsl.source import Position, Span

DECIMAL = re.compile(r"[\d.]*\d,\d+(\s*(EUR|€|%|[A-Za-zäöüÄÖÜß]+))?")
WORD_AND_VALUE = re.compile(r"([A-Za-zÄÖÜäöüß_][\w-]*):(\S.*)", re.DOTALL)
FEEL_RANGE = re.compile(r"[\[(\]]\s*[^,\[\]{}\s][^,\[\]{}\n]*?\.\.[^,\[\]{}\n]*?[\])\[]")
SPECIAL_SIGNS = "!&*@`%|>"
CLOSING = {"{": "}", "[": "]", "(": ")"}
MAX_DEPTH = 60
"""How many levels may be nested; the parsers themselves are slow or worse far beyond."""


@dataclass(slots=True)
class _Token:
    """A piece of text inside braces, with what is odd about it."""

    start: int
    end: int
    plain: bool = True
    commas: bool = False
    brackets: bool = False
    colon: int = -1
    hash: int = -1
    half: bool = False


@dataclass(slots=True)
class _Entry:
    """What stands between two commas."""

    key: _Token | None = None
    colon: bool = False
    value: _Token | None = None
    nested: bool = False
    cut: int = -1
    comma: int = -1


@dataclass(slots=True)
class _Frame:
    """An open bracket."""

    sign: str
    start: int
    entry: _Entry = field(default_factory=_Entry)
    waiting: _Entry | None = None


@dataclass(slots=True)
class Reading:
    """What came of it: `line`, `column` behind the closing bracket, findings and edits.

    `deep`: there are too many levels; then the place is that of the bracket that opens one too many.
    """

    line: int
    column: int
    closed: bool
    deep: bool = False
    diagnostics: list[Diagnostic] = field(default_factory=list)
    patches: Patches = field(default_factory=Patches)


def read(file: str, lines: list[str], line: int, column: int, stop: int, depth: int = 0) -> Reading:
    """Read the bracket at `line`, `column` (from 0), `depth` levels deep; lines from `stop` on do not belong to it."""
    return _Braces(file, lines, line, column, stop).read(depth)


class _Braces:
    def __init__(self, file: str, lines: list[str], line: int, column: int, stop: int) -> None:
        self.file = file
        self.first = line
        region = lines[line:stop]
        self.starts = [0]
        for one in region:
            self.starts.append(self.starts[-1] + len(one) + 1)
        self.text = "\n".join(region)
        self.begin = column
        self.flat = False
        self.found: list[Diagnostic] = []
        self.patches = Patches()

    # ------------------------------------------------------------------------------------------------------- places

    def _at(self, offset: int) -> tuple[int, int]:
        index = max(0, min(bisect_right(self.starts, offset) - 1, len(self.starts) - 2))
        return self.first + index, offset - self.starts[index]

    def _span(self, start: int, end: int) -> Span:
        line, column = self._at(start)
        last_line, last_column = self._at(end)
        if last_line != line and last_column == 0:
            last_line, last_column = self._at(end - 1)
            last_column += 1
        return Span(self.file, Position(line + 1, column + 1), Position(last_line + 1, last_column + 1))

    def _text(self, token: _Token | None) -> str:
        return "" if token is None else self.text[token.start : token.end]

    # ------------------------------------------------------------------------------------------------------- the walk

    def read(self, depth: int) -> Reading:
        stack = [_Frame(self.text[self.begin], self.begin)]
        at = self.begin + 1
        closed = False
        while stack:
            at = self._skip(at)
            if at >= len(self.text):
                break
            frame, sign = stack[-1], self.text[at]
            if sign == CLOSING[frame.sign]:
                self._finish(frame, at)
                self._flush(frame)
                stack.pop()
                at += 1
                closed = not stack
                if stack:
                    self._nest(stack[-1])
            elif sign == ",":
                self._finish(frame, at)
                at += 1
            elif sign in "}]":
                self.found.append(slips.extra_bracket(self._span(at, at + 1), sign))
                self._blank(at, at + 1)
                at += 1
            elif sign == ":" and frame.sign == "{" and frame.entry.key is not None and not frame.entry.colon:
                frame.entry.colon = True
                at += 1
            elif sign in "{[" and not FEEL_RANGE.match(self.text, at):
                if depth + len(stack) >= MAX_DEPTH:
                    return Reading(*self._at(at), True, deep=True)
                stack.append(_Frame(sign, at))
                at += 1
            else:
                token = self._token(frame, at)
                self._take(frame, token)
                at = max(token.end, at + 1)
        if not closed:
            self._never_closed(stack)
        return Reading(*self._at(at), closed, False, self.found, self.patches)

    def _never_closed(self, stack: list[_Frame]) -> None:
        """Close what is open at the end; of what was odd inside, only the repairs stay."""
        for frame in reversed(stack):
            self._finish(frame, len(self.text.rstrip()))
            self._flush(frame)
        outer = stack[0]
        self.found = [slips.open_bracket(self._span(outer.start, outer.start + 1), outer.sign, CLOSING[outer.sign])]
        self._insert(len(self.text.rstrip()), "".join(CLOSING[frame.sign] for frame in reversed(stack)))

    def _skip(self, at: int) -> int:
        """Over blanks, line ends and comments."""
        while at < len(self.text):
            if self.text[at] in " \n\t":
                at += 1
            elif self.text[at] == "#" and self.text[at - 1] in " \n\t,{[":
                at = self._line_end(at)
            else:
                break
        return at

    def _line_end(self, at: int) -> int:
        end = self.text.find("\n", at)
        return len(self.text) if end < 0 else end

    def _blank(self, start: int, end: int) -> None:
        line, column = self._at(start)
        self.patches.replace(line, column, column + end - start, " " * (end - start))

    # ------------------------------------------------------------------------------------------------------- tokens

    def _token(self, frame: _Frame, at: int) -> _Token:
        if self.text[at] in "\"'":
            end = closing_quote(self.text, at)
            if end is not None:
                behind = self.text[self._skip(end) : self._skip(end) + 1]
                if behind == "" or behind in ",:}]":
                    return _Token(at, end, plain=False)
                token = self._plain(frame, at)
                token.half = True
                return token
            self.found.append(slips.open_quote(self._span(at, at + 1), self.text[at]))
            self._blank(at, at + 1)
        token = self._plain(frame, at)
        if token.end >= len(self.text) and not self.flat:
            self.flat = True
            again = self._plain(frame, at)
            self.flat = False
            if again.end < len(self.text):
                return again
        return token

    def _plain(self, frame: _Frame, at: int) -> _Token:
        """A text without quote marks, up to the sign that ends it; brackets inside belong to it."""
        token = _Token(at, at)
        inner: list[str] = []
        start, text = at, self.text
        if (span := FEEL_RANGE.match(text, at)) is not None:
            token.brackets = True
            at = span.end()
        while at < len(text):
            sign = text[at]
            behind = text[at + 1 : at + 2]
            if sign in "([{" and not self.flat:
                token.brackets = token.brackets or sign != "("
                inner.append(sign)
            elif sign in ")]}" and inner:
                token.brackets = token.brackets or sign != ")"
                inner.pop()
            elif sign in "]}":
                break
            elif sign == ",":
                if not inner:
                    break
                token.commas = True
            elif sign == ":" and not inner and (behind in ("", " ", "\n", ",", "]", "}")):
                if frame.sign == "{" and not frame.entry.colon:
                    break
                token.colon = at if token.colon < 0 else token.colon
            elif sign == "#" and at > start and text[at - 1] in " \n\t":
                if behind in ("", " ", "\n"):
                    break
                token.hash = at if token.hash < 0 else token.hash
            at += 1
        token.end = start + len(text[start:at].rstrip(" \n\t"))
        return token

    # ------------------------------------------------------------------------------------------------------- entries

    def _take(self, frame: _Frame, token: _Token) -> None:
        entry = frame.entry
        if frame.sign == "{" and entry.key is None and not entry.colon:
            entry.key = token
        elif entry.value is None and not entry.nested and (entry.colon or frame.sign == "["):
            entry.value = token
        else:
            self.found.append(slips.extra_bracket(self._span(token.start, token.end), self._text(token)))
            self._blank(token.start, token.end)

    def _nest(self, frame: _Frame) -> None:
        frame.entry.nested = True

    def _finish(self, frame: _Frame, at: int) -> None:
        """What stood before the comma or the closing bracket is complete."""
        entry, frame.entry = frame.entry, _Entry(comma=at)
        if frame.sign == "[":
            self._finish_item(frame, entry)
            return
        if entry.key is None:
            return
        if not entry.colon:
            self._without_colon(frame, entry)
            return
        self._flush(frame)
        if entry.value is None and not entry.nested:
            self.found.append(slips.no_value(self._span(entry.key.start, entry.key.end), self._text(entry.key)))
            self._insert(at, '""')
            return
        frame.waiting = entry

    def _without_colon(self, frame: _Frame, entry: _Entry) -> None:
        assert entry.key is not None
        text = self._text(entry.key)
        before = frame.waiting
        glued = WORD_AND_VALUE.fullmatch(text) if entry.key.plain else None
        if glued and not glued[2].startswith("//"):
            self._flush(frame)
            span = self._span(entry.key.start, entry.key.end)
            self.found.append(slips.no_blank(span, glued[1], glued[2], 0))
            self._insert(entry.key.start + len(glued[1]) + 1, " ")
        elif before is not None and before.value is not None and before.value.plain:
            if before.cut < 0:
                before.cut = before.value.end
            before.value.end = entry.key.end
            before.value.brackets |= entry.key.brackets
        else:
            self._flush(frame)
            self.found.append(slips.no_value(self._span(entry.key.start, entry.key.end), text))
            self._insert(entry.key.end, ': ""')

    def _finish_item(self, frame: _Frame, entry: _Entry) -> None:
        before = frame.waiting
        if (
            before is not None
            and before.value is not None
            and entry.value is not None
            and before.value.plain
            and entry.value.plain
            and self._belongs(before, entry)
        ):
            if before.cut < 0:
                before.cut = before.value.end
            before.value.end = entry.value.end
            return
        self._flush(frame)
        frame.waiting = entry if entry.value is not None else None

    def _belongs(self, before: _Entry, entry: _Entry) -> bool:
        """Whether an item of a list is the rest of the one before: `7,50 EUR`, `§§ 965, 971`."""
        assert before.value is not None and entry.value is not None
        left, right = self._text(before.value), self._text(entry.value)
        if entry.value.start == before.value.end + 1 and left[-1:].isdigit() and re.match(r"\d+\b", right):
            return bool(re.fullmatch(r"[\d.]+", left))
        return "§" in left and bool(re.fullmatch(r"\d+[a-z]?( ?f{1,2}\.?)?", right))

    def _insert(self, offset: int, text: str) -> None:
        line, column = self._at(offset)
        self.patches.replace(line, column, column, text)

    # ------------------------------------------------------------------------------------------------------- findings

    def _flush(self, frame: _Frame) -> None:
        """Judge the entry that was waiting for what might still belong to it."""
        entry, frame.waiting = frame.waiting, None
        if entry is None:
            return
        if entry.key is not None and entry.key.plain and "?" in self._text(entry.key):
            self._quote(entry.key)
        token = entry.value
        if token is None or not token.plain:
            return
        key, text = self._text(entry.key), self._text(token)
        span = self._span(token.start, token.end)
        if entry.cut >= 0 or token.commas:
            self._comma(frame, entry, token, key, text, span)
        elif token.brackets:
            self.found.append(slips.bracket(span, key, text))
            self._quote(token)
        elif token.colon >= 0:
            self.found.append(slips.colon(self._span(token.colon, token.colon + 1), span, key, text))
            self._quote(token)
        elif token.hash >= 0:
            self.found.append(slips.hash_in_braces(self._span(token.hash, token.hash + 1), span, key, text))
            self._quote(token)
        elif token.half:
            self.found.append(slips.half_quoted(span, key, text))
            self._quote(token)
        elif text[0] in SPECIAL_SIGNS or text.startswith("- "):
            self.found.append(slips.special_sign(span, key, text, reading_of(text)))
            self._quote(token)
        elif "?" in text:
            self._quote(token)

    def _comma(self, frame: _Frame, entry: _Entry, token: _Token, key: str, text: str, span: Span) -> None:
        cut = entry.cut if entry.cut >= 0 else token.start + text.index(",")
        before = self.text[token.start : cut].strip()
        after = self.text[cut : token.end].lstrip(", \n").split(",")[0].strip()
        if DECIMAL.fullmatch(text):
            self.found.append(slips.decimal_comma(span, key, text, before, after, in_braces=frame.sign == "{"))
            line, column = self._at(token.start + text.index(","))
            self.patches.replace(line, column, column + 1, ".")
            return
        if frame.sign == "[":
            self.found.append(slips.split_law(span, text) if "§" in text else slips.bracket(span, key, text))
        else:
            self.found.append(slips.comma(span, key, text, before, after))
        self._quote(token)

    def _quote(self, token: _Token) -> None:
        text = self._text(token)
        if "\n" in text:
            sign = "'" if '"' in text or "\\" in text else '"'
            for offset, character in enumerate(text):
                if character == sign == "'":
                    self._insert(token.start + offset, "'")
            self._insert(token.start, sign)
            self._insert(token.end, sign)
            return
        line, column = self._at(token.start)
        self.patches.quote(line, column, text)


def closing_quote(text: str, start: int) -> int | None:
    """The offset behind the quote mark that closes the one at `start`; None if none does."""
    sign = text[start]
    at = start + 1
    while at < len(text):
        if sign == '"' and text[at] == "\\":
            at += 2
            continue
        if text[at] == sign:
            if sign == "'" and text[at + 1 : at + 2] == "'":
                at += 2
                continue
            return at + 1
        at += 1
    return None


def reading_of(text: str) -> str | None:
    """What YAML would read instead of a text that begins with one of its own signs; None where it would refuse."""
    if text[0] in "!&":
        return re.sub(r"^[!&]\S*\s*", "", text)
    if text[0] == ">" and re.fullmatch(r">[+-]?\d?[+-]?", text):
        return ""
    return None

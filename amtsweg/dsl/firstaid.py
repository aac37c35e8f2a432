"""First aid before parsing: known slips of the pen are found line by line, repaired in memory, and reported.

In: a file as typed. Out: a text that YAML reads as the designer meant it, the findings AW001 to AW009 and AW020 to
AW023, and the way back from the repaired text's places to those as typed. A parser stops at its first error; this pass
does not, so that all findings of all later checks come at once, also after a typing error. It knows just as much YAML
as it needs: indentation, `key: value`, dashes, quotes, block texts; what stands in braces is read by `braces`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from amtsweg.dsl import braces, slips
from amtsweg.dsl.diagnostics import Diagnostic, Edit
from amtsweg.dsl.nouns import NOUNS
from amtsweg.dsl.patches import Changed, Patches
from amtsweg.dsl.source import Position, Span

HARD_BLANKS = "\u00a0\u2007\u202f"
BLANKS = " \t" + HARD_BLANKS
STRAY = re.compile(f"[\t{HARD_BLANKS}]")
BLOCK_TEXT = re.compile(r"[|>](?:[+-]?[1-9]?|[1-9][+-])(?:\s+#.*)?")
GLUED = re.compile(r"([A-Za-zÄÖÜäöüß_][\wÄÖÜäöüß-]*):(?!//)(\S.*)")
MAPS = frozenset({"after", "outcomes", "events", "with", "keep", "fields", "options", "inputs", "outputs", "repeat"})
"""Keys that hold names with their values: `after: 6 months: step` means braces, not a sentence."""

SPECIAL = "!&*@`%,]}"


@dataclass(slots=True)
class _Level:
    """An open level of indentation: where it begins, whether it holds keys or dashes, what stood there last."""

    indent: int
    kind: str
    key: str = ""
    line: int = 0
    opened: bool = False
    valued: bool = False


@dataclass(frozen=True, slots=True)
class Repaired:
    """The text for the parser, what was found, and the way back to the places as typed.

    `deep`: where one level too many begins; then the text must not be parsed at all.
    """

    changed: Changed
    diagnostics: tuple[Diagnostic, ...]
    deep: Position | None = None

    @property
    def text(self) -> str:
        return self.changed.text


def repair(text: str, file: str) -> Repaired:
    """Find and repair known slips.

    Parameters
    ----------
    text: the file as typed, lines ended by a line feed.
    file: its name as people say it.
    """
    return _FirstAid(text, file).run()


class _FirstAid:
    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.lines = text.split("\n")
        self.plain = list(self.lines)
        self.found: list[Diagnostic] = []
        self.patches = Patches()
        self.levels: list[_Level] = []
        self.tabs: list[tuple[int, int, int]] = []
        self.inner_tabs: list[tuple[int, int]] = []
        self.tab_depth: dict[int, int] = {}
        self.block_lines: set[int] = set()
        self.deep: Position | None = None
        self.root_text = False
        self.moved_from = -1
        self.moved_by = 0
        self.above = 0

    def run(self) -> Repaired:
        at = 0
        while at < len(self.lines) and self.deep is None:
            at = self._line(at)
        self._cut_trailing_tabs()
        self._report_tabs()
        return Repaired(self.patches.apply(self.lines), tuple(self.found), self.deep)

    # ------------------------------------------------------------------------------------------------------- places

    def _span(self, line: int, start: int, end: int) -> Span:
        return Span(self.file, Position(line + 1, start + 1), Position(line + 1, end + 1))

    # ---------------------------------------------------------------------------------------------------------- lines

    def _line(self, at: int) -> int:
        """Look at one line; the number of the next one to look at."""
        text = self.lines[at]
        content = text.lstrip(BLANKS)
        indent = len(text) - len(content)
        if not content:
            if text.strip(" "):
                self.patches.replace(at, 0, len(text), "")
            return at + 1
        if content.startswith("#"):
            if "\t" in text[:indent]:
                self._tabs_before(at, indent, comment=True)
            return at + 1
        if indent == 0 and re.match(r"(---|\.\.\.)(\s|$)", content):
            self.levels.clear()
            return at + 1
        if indent == 0 and content.startswith("%"):
            self.found.append(slips.directive(self._span(at, 0, len(text.rstrip()))))
            self.patches.replace(at, 0, len(text), "")
            return at + 1
        indent = self._indentation(at, indent)
        self._clean(at)
        following = self._structure(at, len(text) - len(content), indent)
        self.above = at + 1
        return following

    def _indentation(self, at: int, indent: int) -> int:
        """How deep the line stands, tabs and no-break spaces read as what they were meant to be."""
        text = self.lines[at]
        before = text[:indent]
        if "\t" in before:
            return self._tabs_before(at, indent)
        for offset, character in enumerate(before):
            if character in HARD_BLANKS:
                word = re.match(r"[^\s:]*", text[indent:])
                self._hard_blank(at, offset, word[0] if word else "", after=False)
        self.plain[at] = " " * indent + text[indent:]
        if self.moved_from >= 0:
            if indent > self.moved_from:
                self._move(at, indent, self.moved_by)
                return indent + self.moved_by
            self.moved_from = -1
        return indent

    def _hard_blank(self, at: int, column: int, word: str, *, after: bool) -> None:
        self.found.append(slips.hard_blank(self._span(at, column, column + 1), word, after=after))
        self.patches.replace(at, column, column + 1, " ")
        self.plain[at] = self.plain[at][:column] + " " + self.plain[at][column + 1 :]

    def _move(self, at: int, indent: int, by: int) -> None:
        if by > 0:
            self.patches.replace(at, indent, indent, " " * by)
        elif by < 0:
            self.patches.replace(at, max(0, indent + by), indent, "")

    # ----------------------------------------------------------------------------------------------------------- tabs

    def _tabs_before(self, at: int, indent: int, *, comment: bool = False) -> int:
        """Blanks in place of tabs: as deep as a line above with as many tabs, else as the line above."""
        text = self.lines[at]
        tabs = text[:indent].count("\t")
        depth = self.tab_depth.get(tabs)
        top = self.levels[-1] if self.levels else None
        if depth is None or (top is not None and depth > top.indent and not top.opened):
            if top is None:
                depth = 0
            elif top.opened:
                depth = top.indent + 2
            else:
                depth = top.indent
                fewer = [d for n, d in self.tab_depth.items() if n > tabs]
                if fewer and min(fewer) <= depth:
                    lower = [level.indent for level in self.levels if level.indent < min(fewer)]
                    depth = lower[-1] if lower else 0
                else:
                    depth = self._around_next(at, depth)
        if not comment:
            self.tab_depth = {n: d for n, d in self.tab_depth.items() if n <= tabs}
            self.tab_depth[tabs] = depth
        self.patches.replace(at, 0, indent, " " * depth)
        self.plain[at] = " " * indent + text[indent:]
        self.tabs.append((at, indent, depth))
        return depth

    def _around_next(self, at: int, depth: int) -> int:
        """A name without a value stands around the lines below it: on the deepest level above theirs."""
        if not self.lines[at].rstrip().endswith(":"):
            return depth
        following = next((line for line in self.lines[at + 1 :] if line.strip(BLANKS)), "")
        below = len(following) - len(following.lstrip(" "))
        if not following or following[below : below + 1] == "\t":
            return depth
        around = [level.indent for level in self.levels if level.indent < below]
        return min(depth, around[-1]) if around else depth

    def _report_tabs(self) -> None:
        count = sum(self.lines[at][:indent].count("\t") for at, indent, _ in self.tabs) + len(self.inner_tabs)
        edits = tuple(Edit(self._span(at, 0, indent), " " * depth) for at, indent, depth in self.tabs)
        edits += tuple(Edit(self._span(at, column, column + 1), " ") for at, column in self.inner_tabs)
        if self.tabs:
            at, _, depth = self.tabs[0]
            column = self.lines[at].index("\t")
            above = next((i for i in range(at - 1, -1, -1) if self.lines[i].strip()), -1)
            same = above >= 0 and len(self.lines[above]) - len(self.lines[above].lstrip(" ")) == depth
            span = self._span(at, column, column + 1)
            self.found.append(slips.tab(span, above + 1, depth, count, edits, same=same and depth > 0))
        elif self.inner_tabs:
            at, column = self.inner_tabs[0]
            self.found.append(slips.tab_inside(self._span(at, column, column + 1), count, edits))

    def _cut_trailing_tabs(self) -> None:
        """Tabs at the end of a line mean nothing, but one of the two parsers refuses them."""
        for at, text in enumerate(self.lines):
            kept = len(text.rstrip(" \t"))
            if at not in self.block_lines and "\t" in text[kept:] and kept:
                self.patches.replace(at, kept, len(text), "")

    def _clean(self, at: int) -> None:
        """Tabs behind a colon or a dash, and no-break spaces around the name, become blanks."""
        text = self.plain[at]
        if STRAY.search(text) is None:
            return
        content = len(text) - len(text.lstrip(" "))
        match = re.compile(r"((?:-[ \t]+)*)([^\s:#\"'{}\[\]][^:#\"'{}\[\]]*)?").match(text, content)
        end = match.end() if match else content
        colon = text.find(":", end - 1)
        if colon >= 0:
            word = text[content:colon].strip(BLANKS + "-")
            before = colon - 1
            while before > content and text[before] in BLANKS:
                if text[before] in HARD_BLANKS:
                    self._hard_blank(at, before, word, after=True)
                before -= 1
            behind = colon + 1
            while behind < len(text) and text[behind] in BLANKS:
                if text[behind] in HARD_BLANKS:
                    self._hard_blank(at, behind, word, after=True)
                behind += 1
        text = self.plain[at]
        quoted = re.compile(r"(?:(?<=[\s,{\[:-])|^)(?:\"(?:[^\"\\]|\\.)*\"|'[^']*')")
        shielded = [one.span() for one in quoted.finditer(text)]
        for column, character in enumerate(text.rstrip()):
            if character == "\t" and not any(start <= column < end for start, end in shielded):
                self.inner_tabs.append((at, column))
                self.patches.replace(at, column, column + 1, " ")
        self.plain[at] = "".join(
            " " if c == "\t" and not any(start <= i < end for start, end in shielded) else c for i, c in enumerate(text)
        )

    # ------------------------------------------------------------------------------------------------------ structure

    def _structure(self, at: int, column: int, indent: int) -> int:
        """Dashes, then `key: value` or a text. `column` is where it stands as typed, `indent` where it counts."""
        text = self.plain[at].rstrip()
        while text[column : column + 2] == "- " or text[column:] == "-":
            self._place(at, column, indent, "list", "-")
            if len(self.levels) > braces.MAX_DEPTH:
                self.deep = Position(at + 1, column + 1)
                return at + 1
            level = self.levels[-1]
            level.opened, level.valued, level.line = True, False, at + 1
            width = 1 + len(text[column + 1 :]) - len(text[column + 1 :].lstrip(" "))
            if column + width >= len(text):
                return at + 1
            column, indent = column + width, indent + width
        if text[column : column + 1] in ("?", ":") and text[column + 1 : column + 2] in ("", " "):
            self.found.append(slips.sign_in_front(self._span(at, column, column + 1), text[column]))
            self.patches.replace(at, column, column, "# ")
            return at + 1
        key = _key(text, column)
        if key is None:
            return self._text(at, column, indent, text)
        name, colon = key
        indent = self._place(at, column, indent, "map", name)
        if len(self.levels) > braces.MAX_DEPTH:
            self.deep = Position(at + 1, column + 1)
        level = self.levels[-1]
        level.key, level.line, level.opened, level.valued = name, at + 1, False, True
        start = colon + 1 + len(text[colon + 1 :]) - len(text[colon + 1 :].lstrip(" "))
        if start >= len(text) or re.match(r"#(\s|$)", text[start:]):
            level.opened, level.valued = True, False
            return at + 1
        return self._value(at, start, name, level)

    def _place(self, at: int, column: int, indent: int, kind: str, name: str) -> int:
        """Find or open the level the line belongs to; report a line that stands between two."""
        popped: _Level | None = None
        popped_list: _Level | None = None
        while self.levels and self.levels[-1].indent > indent:
            popped = self.levels.pop()
        if kind == "map" and self.levels and self.levels[-1].indent == indent and self.levels[-1].kind == "list":
            popped_list = self.levels.pop()
        top = self.levels[-1] if self.levels else None
        if top is None:
            if popped is not None and indent < popped.indent:
                top_indent = indent
                self.levels.append(_Level(top_indent, kind))
            else:
                self.levels.append(_Level(indent, kind))
            return indent
        if top.indent == indent:
            if kind == "list" and top.kind == "map" and top.opened:
                self.levels.append(_Level(indent, "list"))
            return indent
        if popped_list is not None:
            return self._under_dash(at, column, indent, name, popped_list, popped)
        if popped is not None:
            return self._between(at, column, indent, name, top, popped)
        if top.valued and kind in ("map", "list"):
            return self._too_deep(at, column, indent, name, top)
        self.levels.append(_Level(indent, kind))
        top.opened = False
        return indent

    def _between(self, at: int, column: int, indent: int, name: str, top: _Level, popped: _Level) -> int:
        to = popped.indent if popped.indent - indent <= indent - top.indent else top.indent
        above = tuple(dict.fromkeys(line for line in (top.line, self.above) if 0 < line <= at and at + 1 - line < 6))
        edit = Edit(self._span(at, 0, column), " " * to)
        self.found.append(
            slips.between_levels(
                self._span(at, column, column + len(name)),
                name,
                self._name_of(top),
                above,
                indent + 1,
                top.indent + 1,
                popped.indent + 1,
                edit,
            )
        )
        self._shift(at, column, indent, to)
        if to == popped.indent:
            self.levels.append(popped)
        return to

    def _under_dash(self, at: int, column: int, indent: int, name: str, items: _Level, popped: _Level | None) -> int:
        to = popped.indent if popped is not None else indent + 2
        first = popped.key if popped is not None and popped.key else "-"
        self.found.append(
            slips.under_the_dash(
                self._span(at, column, column + len(name)), name, first, indent + 1, to + 1, items.line
            )
        )
        self._move(at, column, to - indent)
        self.levels.append(items)
        self.levels.append(popped or _Level(to, "map"))
        return to

    def _too_deep(self, at: int, column: int, indent: int, name: str, top: _Level) -> int:
        edit = Edit(self._span(at, 0, column), " " * top.indent)
        span = self._span(at, column, column + len(name))
        self.found.append(slips.too_deep(span, name, indent + 1, top.indent + 1, top.line, edit))
        self._shift(at, column, indent, top.indent)
        return top.indent

    def _shift(self, at: int, column: int, indent: int, to: int) -> None:
        """Move this line and what is indented below it."""
        self._move(at, column, to - indent)
        self.moved_from, self.moved_by = indent, to - indent

    def _name_of(self, level: _Level) -> str:
        """`Das Feld „art“|The field “art”`: what the line above belongs to."""
        index = self.levels.index(level)
        holder = next((one.key for one in reversed(self.levels[:index]) if one.kind == "map"), "")
        noun = NOUNS.get(holder)
        if noun is None:
            return f"„{level.key}“|“{level.key}”"
        return f"{noun.the} „{level.key}“|The {noun.en} “{level.key}”"

    def _text(self, at: int, column: int, indent: int, text: str) -> int:
        """A line (or what follows a dash) without `key:`."""
        content = text[column:]
        top = self.levels[-1] if self.levels else None
        item = top is not None and top.kind == "list" and top.line == at + 1
        glued = GLUED.fullmatch(content)
        if glued and not glued[1].isdigit() and (not item or glued[1].islower()):
            continues = top is not None and top.valued and indent > top.indent
            if not continues:
                self._place(at, column, indent, "map", glued[1])
                level = self.levels[-1]
                level.key, level.line, level.opened, level.valued = glued[1], at + 1, False, True
                span = self._span(at, column, column + len(content))
                above = 0 if item or self.above == 0 else self.above
                self.found.append(slips.no_blank(span, glued[1], glued[2], above))
                colon = column + len(glued[1]) + 1
                self.patches.replace(at, colon, colon, " ")
                return self._value(at, colon, glued[1], level)
        if item and top is not None:
            top.opened, top.valued = False, True
            return self._value(at, column, "", top)
        if top is None and self.root_text:
            return at + 1
        if top is None and self._opens(at, indent, content):
            self._no_colon(at, column, indent, content)
            return at + 1
        if top is None:
            self.root_text = True
            return self._value(at, column, "", _Level(-1, "text"))
        if not top.opened and indent <= top.indent:
            self._no_colon(at, column, indent, content)
            return at + 1
        if top.opened:
            top.opened, top.valued = False, True
            return self._value(at, column, "", top)
        return at + 1

    def _opens(self, at: int, indent: int, content: str) -> bool:
        """Whether this is a single word with something indented below it."""
        below = next((line for line in self.lines[at + 1 :] if line.strip()), "")
        return len(below) - len(below.lstrip(" ")) > indent and re.fullmatch(r"[\w-]+", content) is not None

    def _no_colon(self, at: int, column: int, indent: int, content: str) -> None:
        if content[0] in "\"'{[|>?":
            return
        opens = self._opens(at, indent, content)
        self.found.append(slips.no_colon(self._span(at, column, column + len(content)), content, opens=opens))
        if opens:
            self._place(at, column, indent, "map", content)
            level = self.levels[-1]
            level.key, level.line, level.opened, level.valued = content, at + 1, True, False
            self.patches.replace(at, column + len(content), column + len(content), ":")
        else:
            self.patches.replace(at, column, column, "# ")

    # ---------------------------------------------------------------------------------------------------------- values

    def _value(self, at: int, start: int, key: str, level: _Level) -> int:
        """What stands behind `key: `; the number of the next line to look at."""
        text = self.plain[at].rstrip()
        value = text[start:]
        if BLOCK_TEXT.fullmatch(value) and not self._bare_number(at, value, level):
            return self._block_text(at, level)
        if value[0] in "\"'":
            return self._quoted(at, start, key, level)
        if value[0] in "{[":
            return self._bracketed(at, start, key, level)
        self._plain_value(at, start, key, text)
        return at + 1

    def _bare_number(self, at: int, value: str, level: _Level) -> bool:
        """Whether `>2` is a comparison: it would begin a block text, but nothing stands indented below."""
        below = next((line for line in self.lines[at + 1 :] if line.strip(BLANKS)), "")
        return re.match(r">\d", value) is not None and len(below) - len(below.lstrip(BLANKS)) <= level.indent

    def _block_text(self, at: int, level: _Level) -> int:
        """Over the lines of a block text; only tabs in its indentation are looked at."""
        at += 1
        content: int | None = None
        while at < len(self.lines):
            text = self.lines[at]
            stripped = text.lstrip(BLANKS)
            self.block_lines.add(at)
            if not stripped and text.strip(" "):
                self.patches.replace(at, 0, len(text), "")
            if stripped:
                indent = len(text) - len(stripped)
                lead = len(text) - len(text.lstrip(" "))
                if "\t" in text[:indent] and (content is None or lead < content):
                    depth = content if content is not None else level.indent + 2
                    self.patches.replace(at, 0, indent, " " * depth)
                    self.tabs.append((at, indent, depth))
                    indent = depth
                if indent <= level.indent:
                    self.block_lines.discard(at)
                    break
                content = indent if content is None else content
                if self.moved_from >= 0 and indent > self.moved_from:
                    self._move(at, indent, self.moved_by)
            at += 1
        return at

    def _quoted(self, at: int, start: int, key: str, level: _Level) -> int:
        stop = self._region(at, level.indent)
        joined = "\n".join(self.plain[at:stop])
        end = braces.closing_quote(joined, start)
        text = self.plain[at].rstrip()
        if end is None:
            self.found.append(slips.open_quote(self._span(at, start, start + 1), text[start]))
            self.patches.replace(at, len(text), len(text), text[start])
            return at + 1
        behind = joined[end:].split("\n")[0].strip()
        if "\n" not in joined[start:end] and behind and not behind.startswith("#"):
            value = text[start:]
            self.found.append(slips.half_quoted(self._span(at, start, len(text)), key, value))
            self.patches.replace(at, start, start, "'")
            for offset, character in enumerate(value):
                if character == "'":
                    self.patches.replace(at, start + offset, start + offset, "'")
            self.patches.replace(at, len(text), len(text), "'")
            return at + 1
        return at + joined[:end].count("\n") + 1

    def _region(self, at: int, indent: int) -> int:
        """The first line below that no longer belongs to the value at `at`."""
        stop = at + 1
        while stop < len(self.lines):
            text = self.lines[stop]
            content = text.lstrip(BLANKS)
            if content and len(text) - len(content) <= indent and content[0] not in "}]":
                break
            stop += 1
        return stop

    def _bracketed(self, at: int, start: int, key: str, level: _Level) -> int:
        text = self.plain[at].rstrip()
        value = text[start:]
        if braces.FEEL_RANGE.fullmatch(value):
            self.found.append(slips.special_sign(self._span(at, start, len(text)), key, value))
            self.patches.quote(at, start, value)
            return at + 1
        stop = self._region(at, level.indent)
        reading = braces.read(self.file, self.plain, at, start, stop, len(self.levels))
        if reading.deep:
            self.deep = Position(reading.line + 1, reading.column + 1)
            return stop
        for line in range(at + 1, min(reading.line + 1, stop)):
            self._clean(line)
        behind = self.plain[reading.line][reading.column :].strip() if reading.line < len(self.plain) else ""
        if reading.closed and reading.line == at and behind and not behind.startswith("#"):
            if set(behind) <= set("}]"):
                column = self.plain[at].index(behind, reading.column)
                self.found.append(slips.extra_bracket(self._span(at, column, column + 1), behind[0]))
                self.patches.replace(at, column, len(text), "")
            else:
                self.found.append(slips.special_sign(self._span(at, start, len(text)), key, value))
                self.patches.quote(at, start, value)
                return at + 1
        self.found.extend(reading.diagnostics)
        self.patches.merge(reading.patches)
        if not reading.closed:
            return self._region(at, level.indent)
        return max(at, reading.line) + 1

    def _plain_value(self, at: int, start: int, key: str, text: str) -> None:
        for column in range(start, len(text)):
            if text[column] == "\t":
                self.inner_tabs.append((at, column))
                self.patches.replace(at, column, column + 1, " ")
        text = text.replace("\t", " ")
        comment = re.search(r"\s#(?=\s|$)", text[start:])
        hash_at = re.search(r"\s#", text[start:])
        value = text[start : start + comment.start()].rstrip() if comment else text[start:]
        span = self._span(at, start, start + len(value))
        if text[start] == "#":
            self._hash(at, start, start, key, text)
            return
        if hash_at and (not comment or hash_at.start() < comment.start() or comment.end() + start >= len(text)):
            self._hash(at, start, start + hash_at.start() + 1, key, text)
            value = text[start : start + hash_at.start()].rstrip()
        reading = braces.reading_of(value)
        if value[0] in SPECIAL or (value[0] in "|>" and not BLOCK_TEXT.fullmatch(value)) or reading is not None:
            self.found.append(slips.special_sign(span, key, value, reading))
            self.patches.quote(at, start, value)
            return
        if re.match(r"[-?:](\s|$)", value):
            self.found.append(slips.special_sign(span, key, value))
            self.patches.quote(at, start, value)
            return
        colon = re.search(r":(?=\s|$)", value)
        if colon:
            self._colon(at, start, key, value, start + colon.start(), span)

    def _colon(self, at: int, start: int, key: str, value: str, colon: int, span: Span) -> None:
        place = self._span(at, colon, colon + 1)
        if key in MAPS and not value.endswith(":"):
            self.found.append(slips.pair_in_line(place, span, key, value))
            self.patches.replace(at, start, start, "{")
            self.patches.replace(at, start + len(value), start + len(value), "}")
            return
        self.found.append(slips.colon(place, span, key, value))
        self.patches.quote(at, start, value)

    def _hash(self, at: int, start: int, column: int, key: str, text: str) -> None:
        holder = self.levels[-2].key if len(self.levels) > 1 else ""
        caption = key in ("title", "hint", "declaration", "unknown") or holder in NOUNS
        self.found.append(
            slips.hash_sign(
                self._span(at, column, column + 1),
                self._span(at, start, len(text)),
                key,
                text[start:],
                text[start:column].rstrip(),
                caption=caption,
            )
        )


def _key(text: str, column: int) -> tuple[str, int] | None:
    """The name at `column` and where its colon stands; None if this is no `name: value`."""
    if text[column : column + 1] in ('"', "'"):
        end = braces.closing_quote(text, column)
        colon = re.compile(r"\s*:(?=\s|$)").match(text, end) if end is not None else None
        return (text[column + 1 : end - 1], colon.end() - 1) if colon and end is not None else None
    if column >= len(text) or text[column] in "\"'{}[],#&*!|>%@`":
        return None
    if text[column] in "-?:" and text[column + 1 : column + 2] in ("", " "):
        return None
    colon = re.compile(r":(?=\s|$)").search(text, column)
    comment = re.compile(r"\s#").search(text, column)
    if colon is None or (comment is not None and comment.start() < colon.start()):
        return None
    return text[column : colon.start()].rstrip(), colon.start()

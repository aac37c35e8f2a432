"""The strict reader: YAML text in, a tree of texts with places out, and findings of our own instead of YAML's.

The text goes through an event pass (never PyYAML's composer, which crashes the process on deep nesting), so that tags,
anchors, double keys and depth are ours to judge and the answer does not depend on which loader is installed. Before
that, `firstaid` repairs known slips line by line in memory and reports them, so that all findings come at once; places
in the repaired text are led back to the text as typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from amtsweg.dsl.braces import MAX_DEPTH
from amtsweg.dsl.diagnostics import Advice, Diagnostic, Fix, Text
from amtsweg.dsl.doubles import without_doubles
from amtsweg.dsl.firstaid import repair
from amtsweg.dsl.patches import Changed
from amtsweg.dsl.slips import WAY_OUT
from amtsweg.dsl.source import Position, Span
from amtsweg.dsl.yamltree import Mapping, Node, Scalar, Segment, Sequence, segments_of

MAX_BYTES = 2_000_000
MAX_NODES = 200_000

EMPTY = "AW016"

NOT_TEXT = re.compile(
    "[^\\t\\n\\x20-\\x7e\\xa0-\\u2027\\u202a-\\ud7ff\\ue000-\\ufefe\\uff00-\\ufffd\\U00010000-\\U0010ffff]"
)
"""What YAML 1.2 does not count as printable, and U+2028, U+2029, U+FEFF, which only look like nothing."""


@dataclass(frozen=True, slots=True)
class Read:
    """What came of a file: its tree (None if it cannot be read at all), findings, and the text as it was written."""

    tree: Node | None
    diagnostics: tuple[Diagnostic, ...]
    text: str
    file: str


def read(source: Path | str, file: str = "") -> Read:
    """Read a file (given as a `Path`) or a text (given as a `str`).

    Parameters
    ----------
    source: where the file is, or what stands in it.
    file: its name as people say it; without one, the file's own name, or `text`.
    """
    return read_file(source, file) if isinstance(source, Path) else read_text(source, file or "text")


def read_file(path: Path, file: str = "") -> Read:
    """Read a YAML file from disk. A file that cannot be opened is a finding, not an exception."""
    name = file or path.name
    try:
        if path.stat().st_size > MAX_BYTES:
            return Read(None, (_too_large(name),), "", name)
        return read_bytes(path.read_bytes(), name)
    except OSError as error:
        reason = error.strerror or str(error)
        finding = _finding(
            "AW010",
            Span.at(name, 1, 1),
            Text(
                f"Die Datei „{name}“ lässt sich nicht öffnen ({reason})",
                f"The file “{name}” cannot be opened ({reason})",
            ),
        )
        return Read(None, (finding,), "", name)


def read_bytes(data: bytes, file: str) -> Read:
    """Read YAML bytes: UTF-8, with or without a byte order mark."""
    if len(data) > MAX_BYTES:
        return Read(None, (_too_large(file),), "", file)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return Read(None, (_not_utf8(data, error.start, file),), data.decode("latin-1"), file)
    return read_text(text, file)


def read_text(text: str, file: str, loader: type[Any] | None = None) -> Read:
    """Read YAML text.

    Parameters
    ----------
    text: the file's content.
    file: its name as people say it; it stands in every place.
    loader: a PyYAML loader class to take instead of the fastest one there is (for tests).
    """
    if len(text) > MAX_BYTES:
        return Read(None, (_too_large(file),), text, file)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    strange = NOT_TEXT.search(text)
    if strange is not None:
        return Read(None, (_no_text(text, strange.start(), file),), text, file)
    repaired = repair(text, file)
    found = list(repaired.diagnostics)
    if repaired.deep is not None:
        found.append(_too_deep(Span.at(file, repaired.deep.line, repaired.deep.column)))
        return Read(None, tuple(sorted(found, key=lambda one: one.sort_key)), text, file)
    try:
        builder = _Builder(file, repaired.changed)
        tree = builder.build(_events(repaired.text, loader))
        tree, doubles = without_doubles(tree)
        found += builder.findings + doubles
    except _Stop as stop:
        tree = None
        if stop.finding.code != EMPTY or not any(one.severity == "error" for one in found):
            found.append(stop.finding)
    except yaml.YAMLError as error:
        tree = None
        if not any(one.severity == "error" for one in found):
            found.append(_broken(repaired.changed, error, file))
    return Read(tree, tuple(sorted(found, key=lambda one: one.sort_key)), text, file)


def _events(text: str, loader: type[Any] | None) -> Iterator[Any]:
    """PyYAML's events; the C parser where it is installed."""
    chosen: Any = loader or getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return iter(yaml.parse(text, Loader=chosen))


# ------------------------------------------------------------------------------------------------------- from events


class _Stop(Exception):
    """Reading cannot go on; `finding` says why."""

    def __init__(self, finding: Diagnostic) -> None:
        self.finding = finding
        super().__init__(finding.code)


@dataclass(slots=True)
class _Open:
    """A map or list whose end has not come yet; a map's keys and values alternate in `items`."""

    is_map: bool
    event: Any
    items: list[Node] = field(default_factory=list)


class _Builder:
    """Builds the tree from events, without recursion, with its own guards."""

    def __init__(self, file: str, changed: Changed) -> None:
        self.file = file
        self.changed = changed
        self.lines = changed.text.split("\n")
        self.findings: list[Diagnostic] = []
        self.count = 0

    def build(self, events: Iterator[Any]) -> Node:
        """The tree of the only document. Raises `_Stop` or PyYAML's error where there is none."""
        stack: list[_Open] = []
        root: Node | None = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._second_document(event)
            if not isinstance(event, yaml.NodeEvent | yaml.CollectionEndEvent):
                continue
            self._refuse(event, len(stack))
            if isinstance(event, yaml.CollectionStartEvent):
                stack.append(_Open(isinstance(event, yaml.MappingStartEvent), event))
                continue
            if isinstance(event, yaml.ScalarEvent):
                node: Node = self._scalar(event)
            else:
                node = self._close(stack.pop(), event)
            if stack:
                self._add(stack[-1], node)
            else:
                root = node
        if root is None or (isinstance(root, Scalar) and not root.text):
            raise _Stop(
                _finding(
                    EMPTY,
                    Span.at(self.file, 1, 1),
                    Text("Diese Datei ist leer", "This file is empty"),
                    advice=Text("Einen Anfang macht: amtsweg new", "A beginning is made by: amtsweg new"),
                )
            )
        return root

    # ------------------------------------------------------------------------------------------------------- nodes

    def _place(self, mark: Any) -> Position:
        return self.changed.original(Position(mark.line + 1, mark.column + 1))

    def _scalar(self, event: Any) -> Scalar:
        style = event.style if event.style in ("'", '"', "|", ">") else ""
        start, end = (Position(mark.line + 1, mark.column + 1) for mark in (event.start_mark, event.end_mark))
        found = segments_of(event.value, style, self.lines, start, end)
        segments = tuple(Segment(one.offset, self.changed.original(one.place)) for one in found)
        span = Span(self.file, self.changed.original(start), self.changed.original(end))
        if style in ("|", ">"):
            first = segments[0].place if segments else span.start
            last = Scalar(event.value, span, style, segments).position(max(0, len(event.value.rstrip("\n")) - 1))
            span = Span(self.file, first, Position(last.line, last.column + 1))
        return Scalar(event.value, span, style, segments)

    def _close(self, opened: _Open, event: Any) -> Node:
        flow = bool(opened.event.flow_style)
        start = self._place(opened.event.start_mark)
        end = self._place(event.end_mark)
        if not flow and opened.items:
            end = opened.items[-1].span.end
        span = Span(self.file, start, max(start, end))
        if not opened.is_map:
            return Sequence(tuple(opened.items), span, flow)
        pairs = zip(opened.items[::2], opened.items[1::2], strict=True)
        entries = tuple((key, value) for key, value in pairs if isinstance(key, Scalar))
        return Mapping(entries, span, flow)

    def _add(self, opened: _Open, node: Node) -> None:
        if opened.is_map and len(opened.items) % 2 == 0 and not isinstance(node, Scalar):
            self.findings.append(
                _finding(
                    "AW017",
                    Span(self.file, node.span.start, Position(node.span.start.line, node.span.start.column + 1)),
                    Text(
                        "Hier steht eine Klammer oder Liste, wo ein Name hingehört",
                        "There is a bracket or list where a name belongs",
                    ),
                    Text(
                        "In jeder Zeile steht ein Name, dann ein Doppelpunkt und ein Leerzeichen, dann der Wert.",
                        "Every line holds a name, then a colon and a blank, then the value.",
                    ),
                )
            )
        opened.items.append(node)

    # -------------------------------------------------------------------------------------------------------- guards

    def _refuse(self, event: Any, depth: int) -> None:
        """What YAML knows but this language does not; raises `_Stop`."""
        self.count += 1
        if self.count > MAX_NODES:
            raise self._stop(
                "AW014", event, Text("Diese Datei hat zu viele Einträge", "This file has too many entries")
            )
        if isinstance(event, yaml.CollectionEndEvent):
            return
        if isinstance(event, yaml.CollectionStartEvent) and depth >= MAX_DEPTH:
            place = self._place(event.start_mark)
            raise _Stop(_too_deep(Span.at(self.file, place.line, place.column)))
        sign = "*" if isinstance(event, yaml.AliasEvent) else "&" if event.anchor else ""
        if sign:
            raise self._special(event, f"{sign}{event.anchor}")
        tag = getattr(event, "tag", None)
        quoted = isinstance(event, yaml.ScalarEvent) and event.style and tag == "!"
        if tag is not None and not quoted:
            raise self._special(event, str(tag))

    def _special(self, event: Any, text: str) -> _Stop:
        return self._stop(
            "AW009",
            event,
            Text(
                f"„{text}“ ist ein Sonderzeichen von YAML; hier wird es nicht gebraucht",
                f"“{text}” is a special sign of YAML; it is not used here",
            ),
            advice=Text(
                "Gehört das Zeichen zum Text, setzen Sie den ganzen Text in Anführungszeichen.",
                "If the sign is part of the text, put the whole text in quote marks.",
            ),
        )

    def _second_document(self, event: Any) -> _Stop:
        return self._stop(
            "AW013",
            event,
            Text(
                "In einer Datei steht nur ein Dokument; „---“ beginnt ein zweites",
                "A file holds one document only; “---” begins a second one",
            ),
            advice=Text("Löschen Sie die Zeile „---“.", "Delete the line “---”."),
        )

    def _stop(
        self, code: str, event: Any, headline: Text, body: Text | None = None, advice: Text | None = None
    ) -> _Stop:
        place = self._place(event.start_mark)
        return _Stop(_finding(code, Span.at(self.file, place.line, place.column), headline, body, advice))


# ------------------------------------------------------------------------------------------------------------ findings


def _broken(changed: Changed, error: yaml.YAMLError, file: str) -> Diagnostic:
    """What the first-aid pass did not know: the place (always as the pure Python parser says it) and our sentence."""
    try:
        for _ in yaml.parse(changed.text, Loader=yaml.SafeLoader):
            pass
    except yaml.YAMLError as again:
        error = again
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    place = Position(mark.line + 1, mark.column + 1) if mark is not None else Position(1, 1)
    lines = changed.text.split("\n")
    while place.line > 1 and (place.line > len(lines) or not lines[place.line - 1].strip()):
        place = Position(place.line - 1, max(1, len(lines[place.line - 2])))
    place = changed.original(place)
    return _finding(
        "AW018",
        Span.at(file, place.line, place.column),
        Text("Ab hier lässt sich die Datei nicht lesen", "From here on the file cannot be read"),
        Text(
            "Oft liegt der Grund in der Zeile davor: eine Klammer, die nicht geschlossen ist,\n"
            "Anführungszeichen ohne Ende oder eine falsche Einrückung.",
            "Often the reason is on the line before: a bracket that is not closed,\n"
            "quote marks without an end, or a wrong indentation.",
        ),
    )


def _not_utf8(data: bytes, at: int, file: str) -> Diagnostic:
    before = data[:at]
    line = before.count(b"\n") + 1
    column = len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
    kind = "UTF-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ""
    return _finding(
        "AW011",
        Span.at(file, line, column),
        Text("Die Datei ist nicht in UTF-8 gespeichert", "The file is not saved as UTF-8"),
        Text("Sie ist in UTF-16 gespeichert.", "It is saved as UTF-16.")
        if kind
        else Text(
            f"Das Byte {data[at]:#04x} an dieser Stelle gehört zu einer anderen Kodierung, etwa der von Windows.",
            f"The byte {data[at]:#04x} at this place belongs to another encoding, such as that of Windows.",
        ),
        Text("Speichern Sie die Datei im Editor als UTF-8.", "Save the file as UTF-8 in your editor."),
    )


def _no_text(text: str, at: int, file: str) -> Diagnostic:
    before = text[:at]
    return _finding(
        "AW012",
        Span.at(file, before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1),
        Text(
            f"Hier steht ein unsichtbares Zeichen (U+{ord(text[at]):04X})",
            f"There is an invisible character here (U+{ord(text[at]):04X})",
        ),
        advice=Text("Löschen Sie das Zeichen und tippen Sie die Stelle neu.", "Delete it and type the place anew."),
    )


def _too_deep(span: Span) -> Diagnostic:
    return _finding(
        "AW015",
        span,
        Text(
            f"Hier sind mehr als {MAX_DEPTH} Ebenen ineinander geschachtelt",
            f"More than {MAX_DEPTH} levels are nested here",
        ),
        Text(
            "Ein Verfahren braucht selten mehr als zehn. Vielleicht ist eine Klammer zu viel.",
            "A procedure rarely needs more than ten. Perhaps there is a bracket too many.",
        ),
    )


def _too_large(file: str) -> Diagnostic:
    return _finding(
        "AW019",
        Span.at(file, 1, 1),
        Text(
            f"Die Datei ist größer als {MAX_BYTES // 1_000_000} MB",
            f"The file is larger than {MAX_BYTES // 1_000_000} MB",
        ),
        Text(
            "Ein Verfahren ist ein Text von einigen hundert Zeilen; große Tabellen gehören in eine csv-Datei.",
            "A procedure is a text of some hundred lines; large tables belong in a csv file.",
        ),
    )


def _finding(code: str, span: Span, headline: Text, body: Text | None = None, advice: Text | None = None) -> Diagnostic:
    return Diagnostic(
        code,
        "error",
        span,
        headline,
        body=(body,) if body else (),
        advice=(Advice(WAY_OUT, advice),) if advice else (),
        fix=Fix("none"),
    )

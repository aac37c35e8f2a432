"""The strict reader: YAML text in, a tree of texts with places out, and findings of our own instead of YAML's.

The text goes through an event pass (never PyYAML's composer, which crashes the process on deep nesting), so that tags,
anchors, double keys and depth are ours to judge and the answer does not depend on which loader is installed. Before
that, `firstaid` repairs known slips line by line in memory and reports them, so that all findings come at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from amtsweg.dsl.diagnostics import Advice, Diagnostic, Text
from amtsweg.dsl.firstaid import repair
from amtsweg.dsl.source import Position, Span
from amtsweg.dsl.yamltree import Mapping, Node, Scalar, Sequence, segments_of

MAX_BYTES = 2_000_000
MAX_DEPTH = 60
MAX_NODES = 200_000


@dataclass(frozen=True, slots=True)
class Read:
    """What came of a file: its tree (None if it cannot be read at all), findings, and the text as it was written."""

    tree: Node | None
    diagnostics: tuple[Diagnostic, ...]
    text: str
    file: str


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
            f"Die Datei „{name}“ lässt sich nicht öffnen ({reason})",
            f"The file “{name}” cannot be opened ({reason})",
        )
        return Read(None, (finding,), "", name)


def read_bytes(data: bytes, file: str) -> Read:
    """Read YAML bytes: UTF-8, with or without a byte order mark."""
    if len(data) > MAX_BYTES:
        return Read(None, (_too_large(file),), "", file)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
        finding = _finding(
            "AW011",
            Span.at(file, line, column),
            "Die Datei ist nicht in UTF-8 gespeichert",
            "The file is not saved as UTF-8",
            body=(
                Text(
                    f"Das Zeichen an dieser Stelle (Byte {data[error.start]:#04x}) stammt aus einer anderen Kodierung.",
                    f"The character at this place (byte {data[error.start]:#04x}) comes from another encoding.",
                ),
            ),
            advice=(
                Advice(
                    Text("Abhilfe", "Way out"),
                    Text("Speichern Sie die Datei im Editor als UTF-8.", "Save the file as UTF-8 in your editor."),
                ),
            ),
        )
        return Read(None, (finding,), data.decode("latin-1"), file)
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
    text = text.replace("\r\n", "\n")
    bad = next((i for i, c in enumerate(text) if (c < " " and c not in "\n\t") or c in "\x7f\ufffe\uffff"), None)
    if bad is not None:
        before = text[:bad]
        place = Span.at(file, before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1)
        finding = _finding(
            "AW012",
            place,
            f"Hier steht ein unsichtbares Steuerzeichen (U+{ord(text[bad]):04X})",
            f"There is an invisible control character here (U+{ord(text[bad]):04X})",
            advice=(
                Advice(
                    Text("Abhilfe", "Way out"),
                    Text("Löschen Sie das Zeichen und tippen Sie die Stelle neu.", "Delete it and type it anew."),
                ),
            ),
        )
        return Read(None, (finding,), text, file)
    repaired, slips = repair(text, file)
    builder = _Builder(file, repaired, text)
    try:
        tree = builder.build(_events(repaired, loader))
    except _Stop:
        tree = None
    found = [*slips, *builder.findings]
    return Read(tree, tuple(sorted(found, key=lambda d: d.sort_key)), text, file)


def _events(text: str, loader: type[Any] | None) -> Iterator[Any]:
    """PyYAML's events; the C parser where it is installed."""
    chosen = loader or getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return iter(yaml.parse(text, Loader=chosen))


class _Stop(Exception):  # noqa: N818 never leaves this file
    """Reading cannot go on; the finding is already noted."""


class _Builder:
    """Builds the tree from events, iteratively, with its own guards."""

    def __init__(self, file: str, text: str, original: str) -> None:
        self.file = file
        self.lines = text.split("\n")
        self.original = original
        self.findings: list[Diagnostic] = []
        self.count = 0

    def build(self, events: Iterator[Any]) -> Node | None:
        """The tree of the only document; None if the file is empty or broken."""
        stack: list[tuple[str, Any, list[Any], set[str]]] = []
        root: Node | None = None
        documents = 0
        try:
            for event in events:
                name = type(event).__name__
                if name == "DocumentStartEvent":
                    documents += 1
                    if documents > 1:
                        self._stop(
                            "AW013",
                            event,
                            "In einer Datei steht nur ein Dokument; „---“ beginnt ein zweites",
                            "A file holds one document only; “---” begins a second one",
                        )
                    continue
                if name in ("StreamStartEvent", "StreamEndEvent", "DocumentEndEvent"):
                    continue
                if name == "AliasEvent":
                    self._stop(
                        "AW009",
                        event,
                        f"„*{event.anchor}“ ist ein Verweiszeichen von YAML; hier wird es nicht gebraucht",
                        f"“*{event.anchor}” is a reference sign of YAML; it is not used here",
                        quote=True,
                    )
                self._refuse_specials(event, name)
                self.count += 1
                if self.count > MAX_NODES:
                    self._stop("AW014", event, "Diese Datei hat zu viele Einträge", "This file has too many entries")
                node: Node | None = None
                if name == "ScalarEvent":
                    node = self._scalar(event)
                elif name in ("MappingStartEvent", "SequenceStartEvent"):
                    if len(stack) >= MAX_DEPTH:
                        self._stop(
                            "AW015",
                            event,
                            f"Hier sind mehr als {MAX_DEPTH} Ebenen ineinander geschachtelt",
                            f"More than {MAX_DEPTH} levels are nested here",
                        )
                    stack.append(("map" if name[0] == "M" else "list", event, [], set()))
                    continue
                else:
                    kind, start, items, _ = stack.pop()
                    span = self._span(start.start_mark, event.end_mark)
                    flow = bool(start.flow_style)
                    if kind == "map":
                        node = Mapping(tuple(zip(items[::2], items[1::2], strict=True)), span, flow)
                    else:
                        node = Sequence(tuple(items), span, flow)
                if not stack:
                    root = node
                elif node is not None:
                    self._add(stack[-1], node)
        except yaml.YAMLError as error:
            self._broken(error)
            return None
        if root is None or (isinstance(root, Scalar) and not root.text):
            self.findings.append(
                _finding("AW016", Span.at(self.file, 1, 1), "Diese Datei ist leer", "This file is empty")
            )
            return None
        return self._drop_doubles(root)

    def _add(self, open_node: tuple[str, Any, list[Any], set[str]], node: Node) -> None:
        kind, _, items, _ = open_node
        if kind == "map" and len(items) % 2 == 0 and not isinstance(node, Scalar):
            self.findings.append(
                _finding(
                    "AW017",
                    node.span,
                    "Hier wird ein Name erwartet, keine Liste und keine Klammer",
                    "A name is expected here, not a list and not a brace",
                )
            )
            items.append(Scalar("?", node.span))
            return
        items.append(node)

    def _drop_doubles(self, node: Node) -> Node:
        """The tree without the second of two equal keys, each reported (AW007)."""
        if isinstance(node, Sequence):
            return Sequence(tuple(self._drop_doubles(item) for item in node.items), node.span, node.brackets)
        if isinstance(node, Scalar):
            return node
        seen: dict[str, Scalar] = {}
        entries = []
        for key, value in node.entries:
            if key.text in seen:
                self.findings.append(_double(key, seen[key.text], value))
                continue
            seen[key.text] = key
            entries.append((key, self._drop_doubles(value)))
        return Mapping(tuple(entries), node.span, node.braces)

    def _scalar(self, event: Any) -> Scalar:
        style = event.style if event.style in ("'", '"', "|", ">") else ""
        span = self._span(event.start_mark, event.end_mark)
        segments = segments_of(event.value, style, self.lines, span.start, span.end)
        if style in ("|", ">") and segments:
            span = Span(self.file, segments[0].place, span.end)
        return Scalar(event.value, span, style, segments)

    def _span(self, start: Any, end: Any) -> Span:
        return Span(self.file, Position(start.line + 1, start.column + 1), Position(end.line + 1, end.column + 1))

    def _refuse_specials(self, event: Any, name: str) -> None:
        tag, anchor = getattr(event, "tag", None), getattr(event, "anchor", None)
        if anchor is not None:
            self._stop(
                "AW009",
                event,
                f"„&{anchor}“ ist ein Merkzeichen von YAML; hier wird es nicht gebraucht",
                f"“&{anchor}” is an anchor sign of YAML; it is not used here",
                quote=True,
            )
        if tag is not None and not (name == "ScalarEvent" and event.style and tag == "!"):
            rest = str(getattr(event, "value", "")) or "nichts"
            self._stop(
                "AW009",
                event,
                f"„{tag} …“ am Anfang würde als „{rest}“ gelesen",
                f"“{tag} …” at the beginning would be read as “{rest}”",
                quote=True,
            )

    def _stop(self, code: str, event: Any, de: str, en: str, *, quote: bool = False) -> None:
        advice = (
            (
                Advice(
                    Text("Abhilfe", "Way out"),
                    Text(
                        "Gehört das Zeichen zum Text, setzen Sie den ganzen Text in Anführungszeichen.",
                        "If the sign is part of the text, put the whole text in quote marks.",
                    ),
                ),
            )
            if quote
            else ()
        )
        mark = event.start_mark
        span = Span.at(self.file, mark.line + 1, mark.column + 1)
        self.findings.append(_finding(code, span, de, en, advice=advice))
        raise _Stop

    def _broken(self, error: yaml.YAMLError) -> None:
        """What the first-aid pass did not know: the parser's place with a sentence of ours."""
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
        span = Span.at(self.file, min(line, len(self.lines)), column)
        self.findings.append(
            _finding(
                "AW018",
                span,
                "Ab hier lässt sich die Datei nicht lesen",
                "From here on the file cannot be read",
                body=(
                    Text(
                        "Oft liegt der Grund in der Zeile davor: eine Klammer, die nicht geschlossen ist, "
                        "Anführungszeichen ohne Ende oder eine falsche Einrückung.",
                        "Often the reason is on the line before: a bracket that is not closed, quote marks without "
                        "an end, or a wrong indentation.",
                    ),
                ),
            )
        )


def _double(key: Scalar, first: Scalar, value: Node) -> Diagnostic:
    from amtsweg.dsl.diagnostics import Fix, Label

    title = value.get("title") or value.get("task") if isinstance(value, Mapping) else None
    idea = ""
    if isinstance(title, Scalar):
        from amtsweg.dsl.suggest import identifier

        idea = identifier(title.text)
    is_step = isinstance(value, Mapping) and value.get("task") is not None
    advice = (
        (
            Advice(
                Text("Vorschlag", "Try"),
                Text(
                    f"Nach seinem Titel könnte der zweite „{idea}“ heißen.",
                    f"Going by its title, the second could be called “{idea}”.",
                ),
            ),
        )
        if idea and idea != key.text
        else ()
    )
    return Diagnostic(
        "AW007",
        "error",
        key.span,
        Text(
            f"Zwei Schritte heißen „{key.text}“" if is_step else f"„{key.text}“ steht hier zweimal",
            f"Two steps are called “{key.text}”" if is_step else f"“{key.text}” stands here twice",
        ),
        Text("der zweite", "the second"),
        (
            Text(
                "Nur einer von beiden könnte gelten; der andere ginge verloren.",
                "Only one of them could apply; the other would be lost.",
            ),
        ),
        (Label(first.span, Text("der erste", "the first")),),
        advice,
        Fix("ask"),
    )


def _too_large(file: str) -> Diagnostic:
    return _finding(
        "AW019",
        Span.at(file, 1, 1),
        f"Die Datei ist größer als {MAX_BYTES // 1_000_000} MB",
        f"The file is larger than {MAX_BYTES // 1_000_000} MB",
        body=(
            Text(
                "Ein Verfahren ist ein Text von einigen hundert Zeilen; große Tabellen gehören in eine csv-Datei.",
                "A procedure is a text of some hundred lines; large tables belong in a csv file.",
            ),
        ),
    )


def _finding(
    code: str,
    span: Span,
    de: str,
    en: str,
    *,
    body: tuple[Text, ...] = (),
    advice: tuple[Advice, ...] = (),
) -> Diagnostic:
    return Diagnostic(code, "error", span, Text(de, en), None, body, (), advice)

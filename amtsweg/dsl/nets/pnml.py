"""PNML (ISO/IEC 15909-2), place/transition nets, as the tools of the field really write it.

In: bytes. Out: the nets of the file. Namespaces are not looked at (many exports have none); nodes may lie in nested
pages; names are in `name/text` or `name/value`; weights and tokens in `text` or `value`, also as "Default,1"; reference
nodes are followed. Tool-specific parts, graphics and final markings (ends are seen from the arcs) are passed over.
Arcs that are not plain (inhibitor, reset, read) are refused by name: leaving them out would prove another net.

Why expat and its callbacks instead of a tree: a line number for every refusal, nothing built that is not needed, and a
document type declaration is refused at its first character. So no entity is ever declared, and none can be expanded.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

from amtsweg.dsl.nets.net import Arcs, Net
from amtsweg.dsl.nets.refusal import MOST_ARCS, MOST_NODES, NetUnreadable, count

DEEPEST = 200
_NODES = {"place": "place", "transition": "transition", "referencePlace": "place", "referenceTransition": "transition"}
_SKIPPED = frozenset(("toolspecific", "graphics", "finalmarkings", "declaration", "tokenclass"))
_LABELS = frozenset(("name", "initialMarking", "inscription", "type", "arctype"))
_PLAIN = frozenset(("normal", "ordinary", "pt", "p/t", "place/transition", "timed", ""))


@dataclass(slots=True)
class _Node:
    kind: str
    id: str
    line: int
    ref: str = ""
    name: str = ""
    tokens: int = 0


@dataclass(slots=True)
class _Arc:
    source: str
    target: str
    line: int
    weight: int = 1


@dataclass(slots=True)
class _Draft:
    id: str
    line: int
    nodes: dict[str, _Node] = field(default_factory=dict)
    arcs: list[_Arc] = field(default_factory=list)


class _Handler:
    def __init__(self, file: str) -> None:
        self.file = file
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.open
        self.parser.EndElementHandler = self.close
        self.parser.CharacterDataHandler = self.words
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.drafts: list[_Draft] = []
        self.stack: list[str] = []
        self.skipping = 0
        self.node: _Node | None = None
        self.arc: _Arc | None = None
        self.label = ""
        self.text: list[str] = []
        self.inside = False

    @property
    def line(self) -> int:
        return self.parser.CurrentLineNumber

    def fail(self, what: str, line: int = 0) -> NetUnreadable:
        return NetUnreadable(self.file, line or self.line, what)

    def doctype(self, name: str, system: str | None, public: str | None, internal: bool) -> None:
        raise self.fail("a document type declaration is not accepted", self.line)

    def open(self, full: str, attributes: dict[str, str]) -> None:
        tag = full.rpartition(" ")[2]
        self.stack.append(tag)
        if len(self.stack) > DEEPEST:
            raise self.fail(f"elements nested more than {DEEPEST} deep")
        if self.skipping or tag in _SKIPPED:
            self.skipping += 1
            return
        if len(self.stack) == 1 and tag not in ("pnml", "net"):
            raise self.fail(f"<pnml> expected, found <{tag}>")
        if tag == "net":
            self.drafts.append(_Draft(attributes.get("id", ""), self.line))
        elif tag in _NODES and self.node is None and self.arc is None:
            self.open_node(tag, attributes)
        elif tag == "arc":
            self.open_arc(attributes)
        elif tag in _LABELS and not self.label:
            self.label = tag
            self.text = []
            if tag in ("type", "arctype"):
                self.arc_kind(attributes.get("value", ""))
        elif tag in ("text", "value"):
            self.inside = bool(self.label)

    def draft(self) -> _Draft:
        if not self.drafts:
            raise self.fail("nodes and arcs must be inside <net>")
        return self.drafts[-1]

    def open_node(self, tag: str, attributes: dict[str, str]) -> None:
        draft, identity = self.draft(), attributes.get("id", "")
        if not identity:
            raise self.fail(f"<{tag}> has no id")
        if identity in draft.nodes:
            raise self.fail(f'the id "{identity}" is used twice (first in line {draft.nodes[identity].line})')
        if len(draft.nodes) >= MOST_NODES:
            raise self.fail(f"more than {MOST_NODES} places and transitions")
        ref = attributes.get("ref", "")
        if tag.startswith("reference") and not ref:
            raise self.fail(f'<{tag} id="{identity}"> has no ref')
        self.node = draft.nodes[identity] = _Node(_NODES[tag], identity, self.line, ref)

    def open_arc(self, attributes: dict[str, str]) -> None:
        draft = self.draft()
        if len(draft.arcs) >= MOST_ARCS:
            raise self.fail(f"more than {MOST_ARCS} arcs")
        for side in ("source", "target"):
            if not attributes.get(side):
                raise self.fail(f"<arc> has no {side}")
        self.arc = _Arc(attributes["source"], attributes["target"], self.line)
        draft.arcs.append(self.arc)
        self.arc_kind(attributes.get("type", ""))

    def arc_kind(self, kind: str) -> None:
        if self.arc is not None and kind.strip().lower() not in _PLAIN:
            raise self.fail(f'an arc of type "{kind.strip()[:40]}" is not plain; such nets are not read')

    def words(self, text: str) -> None:
        if self.inside and not self.skipping:
            self.text.append(text)

    def close(self, full: str) -> None:
        tag = self.stack.pop()
        if self.skipping:
            self.skipping -= 1
        elif tag in _NODES and self.node is not None and not self.label:
            self.node = None
        elif tag == "arc":
            self.arc = None
        elif tag in ("text", "value"):
            self.inside = False
        elif tag == self.label:
            self.close_label(" ".join("".join(self.text).split()))
            self.label = ""

    def close_label(self, text: str) -> None:
        if self.label == "name" and self.node is not None:
            self.node.name = text
        elif self.label == "initialMarking" and self.node is not None:
            self.node.tokens = self.amount(text, "the marking")
        elif self.label == "inscription" and self.arc is not None:
            self.arc.weight = self.amount(text, "the weight") if text else 1
        elif self.label in ("type", "arctype"):
            self.arc_kind(text)

    def amount(self, text: str, what: str) -> int:
        plain = text.rpartition(",")[2].strip()
        return count(plain, self.file, self.line, what) if plain else 0


def read(data: bytes, file: str) -> tuple[Net, ...]:
    """Read all nets of a PNML file. Raises NetUnreadable with the line of the first thing that cannot be."""
    handler = _Handler(file)
    try:
        handler.parser.Parse(data, True)
    except expat.ExpatError as error:
        reason = expat.errors.messages.get(error.code, str(error))
        raise NetUnreadable(file, error.lineno, f"not well-formed XML: {reason}") from None
    except (ValueError, LookupError) as error:
        raise NetUnreadable(file, 1, f"the encoding cannot be read: {error}") from None
    if not handler.drafts:
        raise NetUnreadable(file, 1, "there is no <net> in it")
    return tuple(_net(draft, file) for draft in handler.drafts)


def _net(draft: _Draft, file: str) -> Net:
    places = [node for node in draft.nodes.values() if node.kind == "place" and not node.ref]
    transitions = [node for node in draft.nodes.values() if node.kind == "transition" and not node.ref]
    place = {node.id: index for index, node in enumerate(places)}
    step = {node.id: index for index, node in enumerate(transitions)}
    pre: list[dict[int, int]] = [{} for _ in transitions]
    post: list[dict[int, int]] = [{} for _ in transitions]
    for arc in draft.arcs:
        source, target = (_target(draft, end, arc.line, file) for end in (arc.source, arc.target))
        if source.kind == target.kind:
            raise NetUnreadable(file, arc.line, f'arc from {source.kind} "{source.id}" to {target.kind} "{target.id}"')
        into, p = (
            (pre[step[target.id]], place[source.id])
            if source.kind == "place"
            else (post[step[source.id]], place[target.id])
        )
        if arc.weight:
            into[p] = into.get(p, 0) + arc.weight
    return Net(
        draft.id,
        _names(places),
        _names(transitions),
        _arcs(pre),
        _arcs(post),
        tuple((place[node.id], node.tokens) for node in places if node.tokens),
    )


def _arcs(sides: list[dict[int, int]]) -> tuple[Arcs, ...]:
    return tuple(tuple(sorted(side.items())) for side in sides)


def _target(draft: _Draft, identity: str, line: int, file: str) -> _Node:
    """The node an arc really means: references are followed, each at most once."""
    seen: set[str] = set()
    while True:
        node = draft.nodes.get(identity)
        if node is None:
            raise NetUnreadable(file, line, f'there is no node with the id "{identity}"')
        if not node.ref:
            return node
        if identity in seen:
            raise NetUnreadable(file, node.line, f'the reference "{identity}" leads back to itself')
        seen.add(identity)
        line, identity = node.line, node.ref


def _names(nodes: list[_Node]) -> tuple[str, ...]:
    """The drawn names; where one is missing the id, where one is not unique name and id."""
    used: dict[str, int] = {}
    for node in nodes:
        used[node.name] = used.get(node.name, 0) + 1
    return tuple(
        node.id if not node.name else node.name if used[node.name] == 1 else f"{node.name} ({node.id})"
        for node in nodes
    )

"""Two things of one name (AW007): YAML would silently keep the last one; here the first one stays and both are named.

In: a tree as read. Out: the tree without the later doubles, and a finding for each of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from amtsweg.dsl.diagnostics import TRY, Advice, Diagnostic, Edit, Fix, Label, Text
from amtsweg.dsl.nouns import NOUNS
from amtsweg.dsl.slips import line_of
from amtsweg.dsl.suggest import identifier
from amtsweg.dsl.yamltree import Mapping, Node, Scalar, Sequence

ORDINALS = {"der": ("der erste", "der zweite"), "die": ("die erste", "die zweite"), "das": ("das erste", "das zweite")}


def without_doubles(tree: Node) -> tuple[Node, list[Diagnostic]]:
    """The tree with unique keys, and what was left out."""
    found: list[Diagnostic] = []
    texts = [one.text for one in _values(tree)]
    return _cleaned(tree, "", texts, found), found


def _values(node: Node) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _values(item)
    else:
        for _, value in node.entries:
            yield from _values(value)


def _cleaned(node: Node, holder: str, texts: list[str], found: list[Diagnostic]) -> Node:
    if isinstance(node, Scalar):
        return node
    if isinstance(node, Sequence):
        return Sequence(tuple(_cleaned(item, holder, texts, found) for item in node.items), node.span, node.brackets)
    seen: dict[str, Scalar] = {}
    entries = []
    for key, value in node.entries:
        if key.text in seen:
            found.append(_double(seen[key.text], key, value, holder, texts, list(seen)))
            continue
        seen[key.text] = key
        entries.append((key, _cleaned(value, key.text, texts, found)))
    return Mapping(tuple(entries), node.span, node.braces)


def _double(first: Scalar, second: Scalar, value: Node, holder: str, texts: list[str], taken: list[str]) -> Diagnostic:
    noun = NOUNS.get(holder)
    name = second.text
    ordinals = ORDINALS[noun.article] if noun else ("das erste", "das zweite")
    title = _title(value)
    idea = identifier(title.text) if title else ""
    proposal = idea if idea and idea not in taken else ""
    references = texts.count(name)
    asks = (
        ("", "")
        if references == 0
        else (" und fragt bei 1 Verweis, welcher gemeint ist", " and asks about 1 reference")
        if references == 1
        else (
            f" und fragt bei {references} Verweisen, welcher gemeint ist",
            f" and asks about {references} references",
        )
    )
    accusative = {"der": "den zweiten", "die": "die zweite", "das": "das zweite"}[noun.article if noun else "das"]
    return Diagnostic(
        "AW007",
        "error",
        second.span,
        Text(
            f"Zwei {noun.plural} heißen „{name}“" if noun else f"„{name}“ steht hier zweimal",
            f"Two {noun.en_plural} are called “{name}”" if noun else f"“{name}” stands here twice",
        ),
        Text(ordinals[1], "the second"),
        (
            Text(
                "Nur einer von beiden könnte gelten; der andere ginge verloren.",
                "Only one of them could apply; the other would be lost.",
            ),
        ),
        (
            Label(first.span, Text(ordinals[0], "the first")),
            *((line_of(second.span.file, title.span.start.line),) if title else ()),
        ),
        (
            Advice(
                TRY,
                Text(
                    f"Nach seinem Titel könnte {ordinals[1]} „{proposal}“ heißen.",
                    f"Going by its title, the second could be called “{proposal}”.",
                ),
            ),
        )
        if proposal
        else (),
        Fix(
            "ask",
            (Edit(second.span, proposal),) if proposal else (),
            Text(f"amtsweg fix benennt {accusative} um{asks[0]}", f"amtsweg fix renames the second{asks[1]}"),
        ),
    )


def _title(value: Node) -> Scalar | None:
    if isinstance(value, Scalar):
        return None
    if isinstance(value, Mapping):
        for key in ("task", "title"):
            found = value.get(key)
            if isinstance(found, Scalar):
                return found
    return None

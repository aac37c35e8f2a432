"""Small questions to the tree of a file: the text of a key, a list of words, yes or no, a number.

The schema has already said what is wrong with a shape; here a wrong shape simply counts as absent, so that one mistake
is told once.
"""

from __future__ import annotations

from collections.abc import Iterator

from amtsweg.dsl.yamltree import Mapping, Node, Scalar, Sequence

EMPTY_TEXT = ""


def scalar(node: Node | None, key: str) -> Scalar | None:
    """The text under a key, with its place."""
    value = node.get(key) if isinstance(node, Mapping) else None
    return value if isinstance(value, Scalar) else None


def text(node: Node | None, key: str, default: str = EMPTY_TEXT) -> str:
    """The text under a key."""
    found = scalar(node, key)
    return default if found is None else found.text


def mapping(node: Node | None, key: str) -> Mapping | None:
    """The map under a key."""
    value = node.get(key) if isinstance(node, Mapping) else None
    return value if isinstance(value, Mapping) else None


def entries(node: Node | None, key: str = "") -> Iterator[tuple[Scalar, Node]]:
    """The entries of a map (of the map under `key`, if one is named)."""
    found = mapping(node, key) if key else node
    if isinstance(found, Mapping):
        yield from found.entries


def items(node: Node | None) -> tuple[Node, ...]:
    """The elements of a list; a single value counts as a list of one."""
    if isinstance(node, Sequence):
        return tuple(node.items)
    return () if node is None else (node,)


def words(node: Node | None, key: str = "") -> tuple[Scalar, ...]:
    """One text or a list of texts."""
    found = node.get(key) if key and isinstance(node, Mapping) else None if key else node
    return tuple(item for item in items(found) if isinstance(item, Scalar))


def texts(node: Node | None, key: str) -> tuple[str, ...]:
    """One text or a list of texts, as plain text."""
    return tuple(word.text for word in words(node, key))


def yes(node: Node | None, key: str, default: bool = False) -> bool:
    """A yes/no value; `yes`, `ja` and `true` mean yes."""
    found = scalar(node, key)
    return default if found is None else found.text.strip().lower() in ("yes", "true", "ja")


def integer(node: Node | None, key: str, default: int) -> int:
    """A whole number of at most nine digits."""
    found = text(node, key).strip()
    return int(found) if found.isdecimal() and len(found) < 10 else default

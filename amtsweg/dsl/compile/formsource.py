"""A form as it was written: pages, sections, fields and rows with their places; no expression is read yet.

In: the node of one form (or of an own record type). Out: `FormSource`. The short forms are resolved here: fields
without pages stand on one page, `id: Caption` is a line of text, `options` makes a choice. What a field's type may be
is decided here, too, because the record types of all forms must be known before any expression is checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from amtsweg.dsl import nodes
from amtsweg.dsl.procedure import FieldType
from amtsweg.dsl.yamltree import Mapping, Node, Scalar

FIELD_WORDS = frozenset(
    {"type", "options", "compute", "default", "prefill", "unknown", "optional", "accept", "not_after", "not_before"}
)

ReadType = Callable[[Scalar, Node | None, str], FieldType]
"""Decides the type of a field from its node: (key, node, path)."""


@dataclass(eq=False)
class GroupSource:
    """A page or section; `row` is true where it repeats, then its id names a list of records."""

    id: str
    key: Scalar
    node: Mapping
    kind: str
    path: str
    outer: GroupSource | None = None
    items: list[FieldSource | GroupSource] = field(default_factory=list)

    @property
    def is_row(self) -> bool:
        """Whether the group repeats."""
        return self.node.get("repeat") is not None

    @property
    def when(self) -> Scalar | None:
        """The condition under which the group is shown."""
        return nodes.scalar(self.node, "when")

    def around(self) -> tuple[GroupSource, ...]:
        """The group itself and those around it, innermost first."""
        return (self, *(self.outer.around() if self.outer is not None else ()))

    def row_group(self) -> GroupSource | None:
        """The innermost group around that repeats (itself included)."""
        return next((group for group in self.around() if group.is_row), None)


@dataclass(eq=False)
class FieldSource:
    """One field: `path` is its name relative to the form (`hunde.satz`)."""

    id: str
    key: Scalar
    node: Node | None
    title: str
    type: FieldType
    path: str
    group: GroupSource

    def scalar(self, name: str) -> Scalar | None:
        """The text of one of the field's keys."""
        return nodes.scalar(self.node, name)

    @property
    def row(self) -> GroupSource | None:
        """The repeated group the field stands in."""
        return self.group.row_group()


@dataclass(eq=False)
class FormSource:
    """A form (or own record type) as written."""

    id: str
    key: Scalar
    node: Mapping
    title: str
    pages: list[GroupSource]
    many: bool = False

    def fields(self) -> Iterator[FieldSource]:
        """All fields in written order."""
        for page in self.pages:
            yield from _fields(page)

    def groups(self) -> Iterator[GroupSource]:
        """All pages and sections in written order, outer ones first."""
        for page in self.pages:
            yield from _groups(page)


def _fields(group: GroupSource) -> Iterator[FieldSource]:
    for item in group.items:
        if isinstance(item, FieldSource):
            yield item
        else:
            yield from _fields(item)


def _groups(group: GroupSource) -> Iterator[GroupSource]:
    yield group
    for item in group.items:
        if isinstance(item, GroupSource):
            yield from _groups(item)


def read_form(form_id: str, key: Scalar, node: Mapping, read_type: ReadType) -> FormSource:
    """One form; without `pages` its fields stand on a page of their own."""
    form = FormSource(form_id, key, node, nodes.text(node, "title", key.text), [], nodes.yes(node, "many"))
    if node.get("pages") is not None:
        for page_key, page in nodes.entries(node, "pages"):
            if isinstance(page, Mapping):
                form.pages.append(_group(page_key, page, "page", None, read_type))
    elif node.get("fields") is not None:
        form.pages.append(_group(key, node, "page", None, read_type))
    return form


def _group(key: Scalar, node: Mapping, kind: str, outer: GroupSource | None, read_type: ReadType) -> GroupSource:
    base = _row_path(outer)
    group = GroupSource(key.text, key, node, kind, f"{base}{key.text}", outer)
    for field_key, value in nodes.entries(node, "fields"):
        if isinstance(value, Mapping) and value.get("fields") is not None and not _is_field(value):
            group.items.append(_group(field_key, value, "section", group, read_type))
            continue
        path = f"{_row_path(group)}{field_key.text}"
        title = value.text if isinstance(value, Scalar) else nodes.text(value, "title", field_key.text)
        group.items.append(
            FieldSource(field_key.text, field_key, value, title, read_type(field_key, value, path), path, group)
        )
    return group


def _is_field(node: Mapping) -> bool:
    return any(key.text in FIELD_WORDS for key, _ in node.entries)


def _row_path(group: GroupSource | None) -> str:
    """`hunde.` inside the rows of `hunde`, "" outside of all rows."""
    rows = [one.id for one in reversed(group.around()) if one.is_row] if group is not None else []
    return "".join(f"{row}." for row in rows)

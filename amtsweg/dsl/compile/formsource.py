"""A form as it was written: pages, sections, fields and rows with their places; no expression is read yet.

In: the node of one form (or of an own record type). Out: `FormSource`. The short forms are resolved here: fields
without pages stand on one page, `id: Caption` is a line of text, `options` makes a choice. What a field's type may be
is decided here, too, because the record types of all forms must be known before any expression is checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

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

    @cached_property
    def is_row(self) -> bool:
        """Whether the group repeats."""
        return self.node.get("repeat") is not None

    @cached_property
    def when(self) -> Scalar | None:
        """The condition under which the group is shown."""
        return nodes.scalar(self.node, "when")

    @cached_property
    def around(self) -> tuple[GroupSource, ...]:
        """The group itself and those around it, innermost first."""
        return (self, *(self.outer.around if self.outer is not None else ()))

    @cached_property
    def row_group(self) -> GroupSource | None:
        """The innermost group around that repeats (itself included)."""
        return next((group for group in self.around if group.is_row), None)


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
        return self.group.row_group

    @cached_property
    def may_be_open(self) -> bool:
        """Whether it may be left without a value even where it is asked."""
        optional = self.scalar("optional")
        return self.scalar("unknown") is not None or (optional is not None and optional.text.strip() != "no")

    @cached_property
    def may_be_missing(self) -> bool:
        """Whether its own words let it be without a value, whatever the groups around it say."""
        return self.may_be_open or self.scalar("when") is not None


@dataclass(eq=False)
class FormSource:
    """A form (or own record type) as written; once read, only the types of its fields may still change."""

    id: str
    key: Scalar
    node: Mapping
    title: str
    pages: tuple[GroupSource, ...]
    many: bool = False

    @cached_property
    def fields(self) -> tuple[FieldSource, ...]:
        """All fields in written order."""
        return tuple(field for page in self.pages for field in _fields(page))

    @cached_property
    def groups(self) -> tuple[GroupSource, ...]:
        """All pages and sections in written order, outer ones first."""
        return tuple(group for page in self.pages for group in _groups(page))

    @cached_property
    def by_path(self) -> dict[str, FieldSource]:
        """The fields by their path in the form."""
        return {one.path: one for one in self.fields}

    @cached_property
    def rows(self) -> frozenset[str]:
        """The paths of the groups that repeat."""
        return frozenset(one.path for one in self.groups if one.is_row)

    @cached_property
    def keys(self) -> dict[str, Scalar]:
        """Where each field id is written (the last one, where an id is used in several rows)."""
        return {one.id: one.key for one in self.fields}

    @cached_property
    def titles(self) -> dict[str, str]:
        """How people read each field id."""
        return {one.id: one.title for one in self.fields}


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
    pages: list[GroupSource] = []
    if node.get("pages") is not None:
        for page_key, page in nodes.entries(node, "pages"):
            if isinstance(page, Mapping):
                pages.append(_group(page_key, page, "page", None, read_type))
    elif node.get("fields") is not None:
        pages.append(_group(key, node, "page", None, read_type))
    title = nodes.text(node, "title", key.text)
    return FormSource(form_id, key, node, title, tuple(pages), nodes.yes(node, "many"))


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
    rows = [one.id for one in reversed(group.around) if one.is_row] if group is not None else []
    return "".join(f"{row}." for row in rows)

"""The head of a procedure and its roles: who it is for, by which law, how long data are kept, who may act.

In: the tree of `procedure.yaml`. Out: the plain attributes of `Machine` and the roles. Party expressions are compiled
later, when every name is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from amtsweg.dsl import nodes
from amtsweg.dsl.yamltree import Mapping, Node, Scalar

COMMON_ROLES: dict[str, str] = {
    "sachbearbeitung": "Sachbearbeitung",
    "freigabe": "Freigabe",
    "kasse": "Kasse",
    "aussendienst": "Außendienst",
    "bauhof": "Bauhof",
    "archiv": "Archiv",
    "gremienbuero": "Gremienbüro",
    "magistrat": "Magistrat",
    "gemeindevorstand": "Gemeindevorstand",
    "standesbeamter": "Standesbeamtin oder Standesbeamter",
    "dsb": "Datenschutzbeauftragte oder Datenschutzbeauftragter",
}
"""Roles every town hall has: they need no declaration (catalogue section 0)."""


@dataclass(frozen=True, slots=True)
class RoleSource:
    """A role as written; `party` is `applicant`, an expression, or absent."""

    id: str
    title: str
    office: str
    party: Scalar | None
    per: str
    key: Scalar


def read_head(tree: Mapping) -> dict[str, Any]:
    """The attributes of the machine that stand at the top of the file."""
    law = nodes.text(tree, "deadline_law", "VwVfG")
    return {
        "id": nodes.text(tree, "procedure").strip(),
        "version": nodes.text(tree, "version", "0.0.0"),
        "title": nodes.text(tree, "title") or nodes.text(tree, "procedure"),
        "summary": nodes.text(tree, "summary"),
        "office": nodes.text(tree, "office"),
        "leika": nodes.text(tree, "leika"),
        "law": nodes.texts(tree, "law"),
        "deadline_law": law if law in ("AO", "VwVfG", "BGB") else "VwVfG",
        "trust_level": nodes.text(tree, "trust_level", "none"),
        "keep": {key.text: value.text for key, value in nodes.entries(tree, "keep") if isinstance(value, Scalar)},
        "language": nodes.text(tree, "language", "de"),
    }


def read_roles(tree: Node | None) -> tuple[RoleSource, ...]:
    """`roles:`; the short form `id: Title` is a role of the procedure's office."""
    found = []
    for key, value in nodes.entries(tree, "roles"):
        if isinstance(value, Scalar):
            found.append(RoleSource(key.text, value.text, nodes.text(tree, "office"), None, "", key))
        elif isinstance(value, Mapping):
            found.append(
                RoleSource(
                    key.text,
                    nodes.text(value, "title", key.text),
                    nodes.text(value, "office"),
                    nodes.scalar(value, "party"),
                    nodes.text(value, "per"),
                    key,
                )
            )
    return tuple(found)

"""The door to the schema for everything that reads files: is the shape of a tree that of its kind of file?"""

from __future__ import annotations

from amtsweg.dsl import schema
from amtsweg.dsl.diagnostics import Diagnostic
from amtsweg.dsl.yamltree import Node


def check_shape(tree: Node, kind: str) -> tuple[Node, list[Diagnostic]]:
    """The tree with German and older keywords put right, and what is wrong with its shape.

    `kind` is `procedure`, `block`, `cases`, `tenant` or `texts`.
    """
    return schema.mended(tree, kind)

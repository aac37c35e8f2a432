"""The door to the schema for everything that reads files: is the shape of a tree that of its kind of file?"""

from __future__ import annotations

from importlib import import_module

from amtsweg.dsl.diagnostics import Diagnostic
from amtsweg.dsl.yamltree import Node


def check_shape(tree: Node, kind: str) -> tuple[Diagnostic, ...]:
    """Findings of the schema for a `procedure`, `block`, `cases`, `tenant` or `texts` file.

    The schema (and its validator) is loaded only here and only when a file is checked.
    """
    try:
        schema = import_module("amtsweg.dsl.schema")
    except ModuleNotFoundError:
        return ()
    return tuple(schema.check(tree, kind))

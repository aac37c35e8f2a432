"""Types by name: from the item definitions of linked models to `items.Shape`.

In: a `Library` and the tests of allowed values, compiled by whoever knows the expression language. Out: one `Shape` per
name and model, made once; recursive definitions end in themselves.
"""

from __future__ import annotations

from collections.abc import Callable

from amtsweg.dsl.dmn import model
from amtsweg.dsl.dmn.items import ANY, BASE_TYPES, Allowed, Shape
from amtsweg.dsl.dmn.library import Library

CompileAllowed = Callable[[model.Formula, Shape], Allowed]
"""Unary tests on a value of the given shape (its own elements' names are in scope)."""

BASES = {name: Shape(name, base=name) for name in BASE_TYPES} | {"Any": ANY, "": ANY}


class Shapes:
    """All types of a library.

    Parameters
    ----------
    library: the linked models.
    compile_allowed: makes the tests of `allowedValues` and `typeConstraint`.
    """

    def __init__(self, library: Library, compile_allowed: CompileAllowed) -> None:
        self.library = library
        self.compile_allowed = compile_allowed
        self.known: dict[tuple[int, str], Shape] = {}

    def of(self, owner: model.Definitions, type_ref: str) -> Shape:
        """The shape that `type_ref` means in `owner`; an unknown name is Any, as no meaning is given to it."""
        key = (id(owner), type_ref)
        if key in self.known:
            return self.known[key]
        found = self.library.item(owner, type_ref)
        if found is None:
            return BASES.get(type_ref, ANY)
        home, item = found
        if home is not owner or item.name != type_ref:
            shape = self.of(home, item.name)
        else:
            shape = Shape(item.name)
            self.known[key] = shape
            self._fill(shape, home, item)
        self.known[key] = shape
        return shape

    def _fill(self, shape: Shape, owner: model.Definitions, item: model.ItemDefinition) -> None:
        """Completes `shape`, which is known under its name already, so that it may be referred to meanwhile."""
        core = Shape(item.name) if item.is_collection else shape
        if item.components:
            components: dict[str, Shape] = {}
            core.components = components
            for part in item.components:
                components[part.name] = self._part(owner, part)
        elif item.function is not None:
            core.parameters = tuple((one.name, self.of(owner, one.type_ref)) for one in item.function.parameters)
            core.result = self.of(owner, item.function.output_type)
        elif item.type_ref == item.name and item.type_ref not in BASES:
            core.base = "Any"  # defined by nothing but itself
        elif item.type_ref == item.name:
            core.base = item.type_ref
        else:
            core.other = self.of(owner, item.type_ref)
        if item.is_collection:
            shape.element = core
        if item.allowed_values is not None:
            # On a collection of a simple type the values restrict its elements (7.3.2.2).
            core.allowed = self.compile_allowed(item.allowed_values, core)
        if item.type_constraint is not None:
            shape.constraint = self.compile_allowed(item.type_constraint, shape)

    def _part(self, owner: model.Definitions, part: model.ItemDefinition) -> Shape:
        plain = not (part.components or part.is_collection or part.allowed_values or part.type_constraint)
        if plain and part.function is None:
            return self.of(owner, part.type_ref)
        shape = Shape(part.name)
        self._fill(shape, owner, part)
        return shape

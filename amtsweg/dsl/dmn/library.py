"""Models linked to each other: which element a reference means, and which types a name means.

In: one or more `model.Definitions` (a model and what it imports, directly or further down). Out: a `Library` that
answers by reference and by name. Imports are followed by namespace; nothing is fetched from anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from amtsweg.dsl.dmn import model
from amtsweg.dsl.dmn.markup import MarkupError
from amtsweg.dsl.dmn.xml import VERSIONS, DmnError, load

Key = tuple[str, str]
"""An element's name in a library: number of its model (as text) and id, or `name:<name>` where it has no id."""


@dataclass(frozen=True, slots=True)
class Linked:
    """An element together with the model it stands in, and the import names that lead to it from the asker."""

    owner: model.Definitions
    element: model.Element
    path: tuple[str, ...] = ()

    @property
    def key(self) -> Key:
        """Equal for equal elements, however they are reached."""
        return _model_key(self.owner), self.element.id or f"name:{self.element.name}"


def _model_key(owner: model.Definitions) -> str:
    return f"{owner.namespace}|{owner.file}"


@dataclass(slots=True)
class Library:
    """A main model and all models that it may import.

    Raises `DmnError` where an import has no model or a reference has no element.
    """

    main: model.Definitions
    others: Sequence[model.Definitions] = ()
    by_id: dict[str, dict[str, model.Element]] = field(init=False)

    def __post_init__(self) -> None:
        self.by_id = {
            _model_key(one): {element.id: element for element in one.elements if element.id} for one in self.models
        }

    @property
    def models(self) -> tuple[model.Definitions, ...]:
        """All models, the main one first."""
        return (self.main, *self.others)

    def imported(self, owner: model.Definitions, one: model.Import) -> model.Definitions | None:
        """The model that an import brings in; None for an import that is not DMN (PMML, XSD)."""
        if one.kind and one.kind not in VERSIONS and "/DMN/" not in one.kind:
            return None
        for candidate in self.models:
            if candidate.namespace == one.namespace and candidate is not owner:
                return candidate
        raise DmnError(
            f"{owner.file} imports `{one.name or one.namespace}`, and no model of the namespace `{one.namespace}` is"
            " at hand.",
            "Put the imported model beside this one.",
        )

    def find(self, owner: model.Definitions, reference: model.Reference) -> Linked:
        """The element that `owner` refers to."""
        if not reference.namespace:
            element = self.by_id[_model_key(owner)].get(reference.id)
            if element is not None:
                return Linked(owner, element)
        for one in owner.imports:
            named = one.namespace == reference.namespace or (one.location and one.location == reference.namespace)
            if not (named or not reference.namespace):
                continue
            target = self.imported(owner, one)
            element = self.by_id[_model_key(target)].get(reference.id) if target is not None else None
            if target is not None and element is not None:
                return Linked(target, element, (one.name,) if one.name else ())
        raise DmnError(
            f"{owner.file} refers to `{reference.namespace}#{reference.id}`, which is nowhere.",
            "Check the href, or import the model it belongs to.",
        )

    def named(self, name: str, namespace: str = "", kinds: Iterable[type] = ()) -> Linked | None:
        """The element of this name, in the main model first, then in the imported ones."""
        wanted = tuple(kinds)
        for owner in self.models:
            if namespace and owner.namespace != namespace:
                continue
            for element in owner.elements:
                if name in (element.name, element.variable.name) and (not wanted or isinstance(element, wanted)):
                    return Linked(owner, element)
        return None

    def item(
        self, owner: model.Definitions, type_ref: str, hops: int = 0
    ) -> tuple[model.Definitions, model.ItemDefinition] | None:
        """The item definition that `type_ref` names inside `owner`, following import names; None if there is none.

        `hops` counts imports followed so far: models may import each other in a circle.
        """
        for item in owner.items:
            if item.name == type_ref:
                return owner, item
        if hops > len(self.others):
            return None
        for one in owner.imports:
            if not one.name or type_ref.startswith(f"{one.name}."):
                target = self.imported(owner, one)
                rest = type_ref[len(one.name) + 1 :] if one.name else type_ref
                found = self.item(target, rest, hops + 1) if target is not None else None
                if found is not None:
                    return found
        return None


def open_library(path: Path, folder: Path | None = None) -> Library:
    """The model in `path` with everything it imports, looked for in `folder` (default: beside it).

    Files of the folder that are no DMN models are passed over; a missing import is only an error when it is needed.
    """
    main = load(path)
    others: list[model.Definitions] = []
    if main.imports:
        for file in sorted((folder or path.parent).glob("*.dmn")):
            if file.resolve() == path.resolve():
                continue
            try:
                others.append(load(file))
            except MarkupError:
                continue
    return Library(main, tuple(others))

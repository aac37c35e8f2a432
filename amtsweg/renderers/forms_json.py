"""A form as JSON: fields, types, constraints, options and current values, for programs and other front ends."""

from __future__ import annotations

from typing import Any

from amtsweg.dsl.canonical import dump
from amtsweg.dsl.formview import FieldView, FormView, GroupView


def to_data(view: FormView) -> dict[str, Any]:
    """Plain data of a form view; what is hidden is absent, empty things are left out."""
    return {
        "form": view.form,
        "title": view.title,
        "language": view.language,
        "base": view.base,
        "pages": [
            {
                "id": page.id,
                "title": page.title,
                "items": [_item(item) for item in page.items],
                **({"notes": list(page.notes)} if page.notes else {}),
            }
            for page in view.pages
        ],
        "declaration": view.declaration,
        "buttons": [{"id": name, "title": title} for name, title in view.buttons],
        "problems": [dump(problem) for problem in view.problems],
        "notes": list(view.notes),
    }


def _item(item: FieldView | GroupView) -> dict[str, Any]:
    if isinstance(item, GroupView):
        data: dict[str, Any] = {"group": item.id, "path": item.path, "title": item.title}
        if item.repeats:
            data |= {"min": item.least, "max": item.most}
            data["elements"] = [[_item(child) for child in element] for element in item.elements]
        else:
            data["items"] = [_item(child) for child in item.items]
        return data
    data = {
        "field": item.id,
        "path": item.path,
        "title": item.title,
        "type": item.type,
        "control": item.control,
        "required": item.required,
    }
    optional = {
        "hint": item.hint, "readonly": item.readonly or item.computed, "value": item.raw, "shown": item.shown,
        "options": [{"id": name, "title": title} for name, title in item.options], "chosen": list(item.chosen),
        "many": item.many, "unknown": item.unknown, "limits": dict(item.limits), "autocomplete": item.autocomplete,
        "parts": [_item(part) for part in item.parts], "problems": [dump(problem) for problem in item.problems],
        "notes": list(item.notes),
    }  # fmt: skip
    return data | {name: value for name, value in optional.items() if value}

"""Which fields a form asks for, given a sample: so that tests can say `hidden: antrag.foto, with: schirm`.

In: the case being played (or one that has not begun), the path of a field, perhaps a sample. Out: whether it is asked
anywhere, in any row. With a sample the form is looked at as its task shows it; without, the stored record tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from amtsweg.dsl.formview import FieldView, FormView, GroupView
from amtsweg.dsl.yamltree import Mapping, Node, Scalar
from amtsweg.play import CannotPlay, Player


def asked(player: Player, path: str, sample: Node | None = None) -> bool:
    """Whether a field is asked for. Raises CannotPlay if its form is neither open nor filled in."""
    form, _, field = path.partition(".")
    if sample is None and player.case_id:
        record = player.state().runs[""].slots.get(form)
        if record is not None:
            return _there(record.data, field.split("."))
    view = form_view(player, form, sample)
    return any(found == field or found.startswith(f"{field}.") for found in paths(view))


def form_view(player: Player, form: str, sample: Node | None) -> FormView:
    """A form as its open task shows it, filled with a sample; before the case began, that of the first task."""
    if not player.case_id:
        player = player.begun()
    for task in player.state().tasks.values():
        spec = player.task_spec(task.place)
        if form in (spec.form, spec.slot):
            actor = player.somebody(task.place)
            view = player.engine.task(f"{player.case_id}:{task.id}", actor, data=_data(player, sample))
            if view.form is not None:
                return view.form
    raise CannotPlay("form", form, player.standing())


def _data(player: Player, sample: Node | None) -> dict[str, Any] | None:
    if sample is None:
        return None
    name = sample if isinstance(sample, Scalar) else None
    values: tuple[tuple[Scalar, Node], ...] = ()
    if isinstance(sample, Mapping):
        like = sample.get("like")
        name = like if isinstance(like, Scalar) else None
        values = tuple((key, value) for key, value in sample if key.text != "like")
    return player.given(name.text if name is not None else "", values) if name is not None or values else None


def paths(view: FormView) -> Iterator[str]:
    """The paths of all fields that are asked, without the numbers of rows."""
    for page in view.pages:
        yield from _paths(page.items)


def _paths(items: tuple[FieldView | GroupView, ...]) -> Iterator[str]:
    for item in items:
        if isinstance(item, GroupView):
            yield from _paths(item.items)
            for element in item.elements:
                yield from _paths(element)
        else:
            yield re.sub(r"\[\d+\]", "", item.path)


def _there(value: Any, parts: list[str]) -> bool:
    if isinstance(value, list):
        return any(_there(item, parts) for item in value)
    if not isinstance(value, dict) or parts[0] not in value:
        return False
    return len(parts) == 1 or _there(value[parts[0]], parts[1:])

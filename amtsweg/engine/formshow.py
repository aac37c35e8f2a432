"""A form as it is to be shown now: what is asked, what is already there, what is wrong (`dsl.formview`).

In: a compiled form, the case around it, what was entered so far. Out: `FormView`. The evaluation is the same as that of
a submission (`forms.Reading`), so a page can never ask for what the server refuses.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from amtsweg.dsl.feel import temporal
from amtsweg.dsl.feel.values import Money
from amtsweg.dsl.fieldtypes import Part, facts_of
from amtsweg.dsl.formview import FieldView, FormView, GroupView, PageView, Problem
from amtsweg.dsl.procedure import Expr, Field, Form, Group
from amtsweg.engine.case import Value
from amtsweg.engine.draft import Stop
from amtsweg.engine.event import FieldError
from amtsweg.engine.feel import said
from amtsweg.engine.forms import Index, Item, Reading, at_path, unique
from amtsweg.engine.messages import problem
from amtsweg.engine.scope import Scope


def show(
    form: Form,
    scope: Scope,
    *,
    data: Any = None,
    shown: Any = None,
    open_fields: frozenset[str] | None = None,
    judge: bool = False,
    language: str = "de",
    base: int = 0,
    buttons: tuple[tuple[str, str], ...] = (("done", "Absenden"),),
    errors: tuple[FieldError, ...] = (),
) -> FormView:
    """A form at this moment.

    Parameters
    ----------
    data: what was typed so far (a draft), None if nothing yet.
    shown: the record the form is opened with.
    judge: say what is wrong with `data`; a fresh form is not judged.
    errors: further errors to show (of a refused submission).
    """
    reading = Reading(form, scope, open_fields)
    reading.read(data, shown if isinstance(shown, Mapping) else None, defaults=True)
    unread = list(reading.errors)
    try:
        reading.evaluate(defaults=True)
        if judge:
            reading.judge()
    except Stop:
        reading.errors = unread
    found = unique([*reading.errors, *errors]) if judge or errors else ()
    return _Show(reading, scope, language, found).form(form, base, buttons)


class _Show:
    def __init__(self, reading: Reading, scope: Scope, language: str, errors: tuple[FieldError, ...]) -> None:
        self.reading = reading
        self.scope = scope
        self.language = language
        self.problems = [problem(error, language) for error in errors]
        self.notes = [problem(note, language) for note in reading.notes]

    def form(self, form: Form, base: int, buttons: tuple[tuple[str, str], ...]) -> FormView:
        pages = []
        for page in form.pages:
            item = self.reading.items[page.id]
            if self.reading.is_hidden(item, ()):
                continue
            if page.repeat is not None:
                inner = self.group(page, "", ())
                items: tuple[FieldView | GroupView, ...] = (inner,) if inner is not None else ()
            else:
                items = self.items(page.items, "", ())
            pages.append(
                PageView(page.id, page.title, items, page.hint, self.at(page.id), self.said(page.id), _complete(items))
            )
        return FormView(
            form.id,
            form.title,
            tuple(pages),
            self.language,
            tuple(self.problems),
            self.said(""),
            form.declaration,
            base,
            buttons,
            dict(self.reading.values),
        )

    def at(self, path: str) -> tuple[Problem, ...]:
        return tuple(p for p in self.problems if p.path == path)

    def said(self, path: str) -> tuple[str, ...]:
        return tuple(note.text for note in self.notes if note.path == path)

    def items(self, parts: tuple[Field | Group, ...], prefix: str, index: Index) -> tuple[FieldView | GroupView, ...]:
        found: list[FieldView | GroupView] = []
        for part in parts:
            if isinstance(part, Field):
                view = self.field(part, prefix, index)
                if view is not None:
                    found.append(view)
            else:
                group = self.group(part, prefix, index)
                if group is not None:
                    found.append(group)
        return tuple(found)

    def group(self, part: Group, prefix: str, index: Index) -> GroupView | None:
        item = self.reading.items[f"{prefix}{part.id}"]
        if self.reading.is_hidden(item, index):
            return None
        path = at_path(item, index)
        if part.repeat is None:
            return GroupView(
                part.id, path, part.title, part.hint, self.items(part.items, prefix, index),
                problems=self.at(path), notes=self.said(path),
            )  # fmt: skip
        rows = self.level(item, index).get(part.id) or []
        below = f"{item.path}."
        elements = tuple(self.items(part.items, below, (*index, n)) for n in range(1, len(rows) + 1))
        labels = tuple(_label(one) for one in elements)
        over = part.repeat.over is not None
        empty = self.items(part.items, below, (*index, len(rows) + 1)) if not rows and not over else ()
        return GroupView(
            part.id, path, part.title, part.hint, empty, True, part.repeat.title or part.title,
            len(rows) if over else part.repeat.min, len(rows) if over else part.repeat.max, elements, labels,
            self.at(path), self.said(path),
        )  # fmt: skip

    def level(self, item: Item, index: Index) -> dict[str, Value]:
        for at, record, _ in self.reading.spots(item):
            if at == index:
                return record
        return {}

    def around(self, item: Item, index: Index) -> Scope:
        for at, _, scope in self.reading.spots(item):
            if at == index:
                return scope
        return self.reading.scope

    def field(self, part: Field, prefix: str, index: Index) -> FieldView | None:
        item = self.reading.items[f"{prefix}{part.id}"]
        if self.reading.is_hidden(item, index):
            return None
        path = at_path(item, index)
        record, scope = self.level(item, index), self.around(item, index)
        value = record.get(part.id)
        typed = self.reading.raw.get((item.path, index))
        raw = typed if isinstance(typed, str) else _raw(value, part.type.name)
        facts = facts_of(part.type.name)
        options: tuple[tuple[str, str], ...] = ()
        if part.type.name in ("choice", "multi_choice"):
            options = tuple((option.id, option.title) for option in self.reading.options(part, scope))
        chosen = tuple(str(v) for v in (value if isinstance(value, list) else [value]) if v is not None)
        shown = self.say(value, options)
        if part.type.name == "yes_no":
            options = tuple((word, self.say(word == "yes", ())) for word in ("yes", "no"))
            chosen = (raw,)
        problems = tuple(p for p in self.problems if p.path == path)
        return FieldView(
            path=path,
            id=part.id,
            title=part.title,
            type=part.type.name,
            control=facts.control,
            hint=part.hint,
            required=part.compute is None and not self.reading._optional(part, scope),
            readonly=not self.reading.is_open(item),
            computed=part.compute is not None,
            raw=raw,
            value=value,
            shown=shown,
            options=options,
            chosen=chosen if options else (),
            many=part.type.many,
            unknown=part.unknown,
            unknown_chosen=record.get(f"{part.id}_unknown") is True,
            autocomplete=facts.autocomplete,
            limits=self.limits(part, scope),
            parts=self.parts(part, path, value, typed),
            problems=problems,
            notes=self.said(path),
        )

    def say(self, value: Value, options: tuple[tuple[str, str], ...]) -> str:
        if value is None:
            return ""
        titles = dict(options)
        if titles:
            return ", ".join(titles.get(str(v), str(v)) for v in (value if isinstance(value, list) else [value]))
        if isinstance(value, dict):
            return str(value.get("name") or value.get("text") or "")
        if isinstance(value, list):
            return ", ".join(self.say(one, ()) for one in value)
        return said(value, self.language)

    def limits(self, part: Field, scope: Scope) -> dict[str, str]:
        found: dict[str, str] = {}
        bounds: tuple[tuple[str, Expr | None], ...] = (
            ("min", part.min), ("max", part.max), ("not_before", part.not_before), ("not_after", part.not_after),
        )  # fmt: skip
        for name, expr in bounds:
            if expr is not None:
                limit = self.reading._try(scope, expr)
                if limit is not None:
                    found[name] = str(limit) if isinstance(limit, temporal.Date) else _raw(limit)
        if part.pattern:
            found["pattern"] = part.pattern
        if part.type.name == "file":
            found |= {"accept": ",".join(part.type.accept), "max_mb": str(part.type.max_mb)}
        if part.type.name == "money":
            found["currency"] = part.type.currency
        return found

    def parts(self, part: Field, path: str, value: Value, typed: Any) -> tuple[FieldView, ...]:
        """The questions of a composite or own record type."""
        machine = self.scope.draft.prepared.machine
        record = value if isinstance(value, dict) else {}
        entered = typed if isinstance(typed, Mapping) else {}
        if part.type.name == "record":
            known = machine.types.get(part.type.record)
            if known is None:
                return ()
            return tuple(self.own(field, f"{path}.{field.id}", record, entered) for field in known.fields)
        if part.type.name == "file":
            return ()
        return tuple(
            self.part(one, f"{path}.{one.id}", record, entered)
            for one in facts_of(part.type.name).parts
            if not one.computed
        )

    def own(self, field: Field, path: str, record: Mapping[str, Value], entered: Mapping[str, Any]) -> FieldView:
        value = record.get(field.id)
        typed = entered.get(field.id)
        facts = facts_of(field.type.name)
        return FieldView(
            path, field.id, field.title, field.type.name, facts.control, field.hint,
            required=field.optional is False, raw=typed if isinstance(typed, str) else _raw(value, field.type.name),
            value=value, shown=self.say(value, ()), problems=self.at(path), autocomplete=facts.autocomplete,
        )  # fmt: skip

    def part(self, one: Part, path: str, record: Mapping[str, Value], entered: Mapping[str, Any]) -> FieldView:
        value = record.get(one.id)
        typed = entered.get(one.id)
        facts = facts_of(one.type)
        english = self.language == "en"
        options = tuple((key, title.en if english else title.de) for key, title in one.options)
        inner_record = value if isinstance(value, dict) else {}
        inner_typed = typed if isinstance(typed, Mapping) else {}
        return FieldView(
            path, one.id, one.title.en if english else one.title.de, one.type, facts.control,
            required=not one.optional, raw=typed if isinstance(typed, str) else _raw(value, one.type), value=value,
            shown=self.say(value, options), options=options,
            chosen=(str(value),) if options and value is not None else (),
            autocomplete=one.autocomplete or facts.autocomplete,
            parts=tuple(
                self.part(p, f"{path}.{p.id}", inner_record, inner_typed) for p in facts.parts if not p.computed
            )
            if one.type != "file"
            else (),
            problems=self.at(path),
        )  # fmt: skip


def _raw(value: Value, kind: str = "") -> str:
    """A value as one would type it; `kind` is the type of its field."""
    if value is None or isinstance(value, dict | list):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f").replace(".", ",")
    if isinstance(value, Money):
        return format(value.amount, "f").replace(".", ",")
    if isinstance(value, temporal.Time):
        return str(value)[:5]
    if isinstance(value, temporal.Date) and 1 <= value.year <= 9999:
        day = "" if kind == "month" else f"{value.day:02}."
        return f"{day}{value.month:02}.{value.year:04}"
    return str(value)


def _complete(items: tuple[FieldView | GroupView, ...]) -> bool:
    """Whether everything required on a page has a value."""
    for item in items:
        if isinstance(item, GroupView):
            if len(item.elements) < item.least or not all(_complete(row) for row in item.elements):
                return False
            if not item.repeats and not _complete(item.items):
                return False
        elif item.required and item.value in (None, []) and not item.unknown_chosen:
            return False
    return True


def _label(items: tuple[FieldView | GroupView, ...]) -> str:
    """A short text that tells an element from the others: its first two shown values."""
    said = [item.shown for item in items if isinstance(item, FieldView) and item.shown and not item.computed]
    return ", ".join(said[:2])

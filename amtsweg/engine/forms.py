"""Forms on the server: what was sent becomes a record, or everything that is wrong with it is said at once.

In: a compiled form, what came (nested data, or a page's flat `hunde[1].rasse` names), the scope of the case. Out:
`Accepted`: values, errors, notes. Conditions and computed fields are evaluated in the order the compiler found; hidden
is absent, unknown is refused, computed is never typed in. `formshow` makes the view of the same evaluation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from amtsweg.dsl.feel.operators import STRICT
from amtsweg.dsl.feel.regex import PatternError, translate
from amtsweg.dsl.procedure import Check, Expr, Field, FieldType, Form, Group, Option
from amtsweg.engine.case import Value
from amtsweg.engine.draft import Stop
from amtsweg.engine.event import FieldError
from amtsweg.engine.fields import YES, is_empty, parse
from amtsweg.engine.scope import Scope

ROWS = 500
"""So many elements of a repeated group are read at all."""

Index = tuple[int, ...]
Spot = tuple[str, Index]
"""Where something is: its path relative to the form, and the numbers of the rows around it (from 1)."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What came of a submission: the record (with errors it is only what could be read), errors, notes."""

    values: dict[str, Value]
    errors: tuple[FieldError, ...]
    notes: tuple[FieldError, ...] = ()


def missing(path: str, title: str) -> FieldError:
    """The error of something that must be given."""
    return FieldError(path, "required", {"title": title})


class Names(Mapping[str, Value]):
    """The fields of one level as names: those without a value are null, so that nothing outside shines through."""

    def __init__(self, known: frozenset[str], data: Mapping[str, Value]) -> None:
        self.known = known
        self.data = data

    def __getitem__(self, name: str) -> Value:
        if name not in self.known:
            raise KeyError(name)
        return self.data.get(name)

    def __contains__(self, name: object) -> bool:
        return name in self.known

    def __iter__(self) -> Iterator[str]:
        return iter(self.known)

    def __len__(self) -> int:
        return len(self.known)


@dataclass(frozen=True, slots=True)
class Item:
    """A field or group with its path and the groups around it."""

    part: Field | Group
    path: str
    rows: tuple[Group, ...]
    around: tuple[str, ...]


def items_of(form: Form) -> dict[str, Item]:
    """Every field and group of a form by its path (`hunde.satz`)."""
    found: dict[str, Item] = {}

    def walk(parts: tuple[Field | Group, ...], prefix: str, rows: tuple[Group, ...], around: tuple[str, ...]) -> None:
        for part in parts:
            path = f"{prefix}{part.id}"
            if isinstance(part, Field):
                found[path] = Item(part, path, rows, around)
                continue
            # a page and the repeated group in it may share the id; the repeated one decides about rows
            found[path] = Item(part, path, rows, around)
            if part.repeat is not None:
                walk(part.items, f"{path}.", (*rows, part), (*around, path))
            else:
                walk(part.items, prefix, rows, (*around, path))

    walk(form.pages, "", (), ())
    return found


def names_of(items: Mapping[str, Item]) -> dict[str, frozenset[str]]:
    """The names of each level: of the form (""), and of an element of each repeated group, by the group's path."""
    found: dict[str, set[str]] = {"": set()}
    for item in items.values():
        level = item.path.removesuffix(item.part.id).rstrip(".")
        found.setdefault(level, set()).update(_names(item.part))
    return {level: frozenset(names) for level, names in found.items()}


class Reading:
    """One evaluation of a form: values, what is hidden, what is wrong."""

    def __init__(self, form: Form, scope: Scope, open_fields: frozenset[str] | None = None) -> None:
        self.form = form
        self.items = items_of(form)
        self.open_fields = open_fields
        self.values: dict[str, Value] = {}
        self.hidden: set[Spot] = set()
        self.errors: list[FieldError] = []
        self.notes: list[FieldError] = []
        self.raw: dict[Spot, Any] = {}
        self.carried: dict[Spot, Value] = {}
        self.names = names_of(self.items)
        self.scope = scope.inside({form.id: self.values} if not form.many else {}).inside(
            Names(self.names[""], self.values)
        )
        self.today = scope.draft.prepared.local_day(scope.draft.now)

    # ------------------------------------------------------------------------------------------------------- elements

    def spots(self, item: Item) -> list[tuple[Index, dict[str, Value], Scope]]:
        """Every place where an item stands: row numbers, the record of its level, the scope there."""
        level: list[tuple[Index, dict[str, Value], Scope]] = [((), self.values, self.scope)]
        prefix = ""
        for group in item.rows:
            path = f"{prefix}{group.id}"
            names = self.names.get(path, frozenset())
            below: list[tuple[Index, dict[str, Value], Scope]] = []
            for index, record, scope in level:
                for number, row in enumerate(record.get(group.id) or [], 1):
                    spot = (*index, number)
                    given: dict[str, Value] = {"position": Decimal(number)}
                    if group.repeat is not None and group.repeat.as_name:
                        given[group.repeat.as_name] = self.carried.get((path, spot))
                    below.append((spot, row, scope.inside(given).inside(Names(names, row))))
            level, prefix = below, f"{path}."
        return level

    def is_hidden(self, item: Item, index: Index) -> bool:
        """Whether an item, or a group around it, is hidden there."""
        for path in (*item.around, item.path):
            rows = len(self.items[path].rows)
            if (path, index[:rows]) in self.hidden:
                return True
        return False

    def is_open(self, item: Item) -> bool:
        """Whether a field may be edited in this step."""
        if self.open_fields is None:
            return True
        part = item.part
        ids = {part.id, item.path, *(path for path in item.around)}
        return bool(ids & self.open_fields)

    def error(self, item: Item, index: Index, code: str, part: str = "", **args: Any) -> None:
        """Note what is wrong at a place."""
        path = at_path(item, index)
        path = f"{path}.{part}" if part else path
        self.errors.append(FieldError(path, code, {"title": item.part.title, "type": _type(item), **args}))

    # -------------------------------------------------------------------------------------------------------- reading

    def read(self, data: Any, shown: Mapping[str, Value] | None, defaults: bool) -> None:
        """Read what came into values; nothing is judged yet but what cannot be read."""
        plain = unflatten(data) if isinstance(data, Mapping) else {}
        if data is not None and not isinstance(data, Mapping):
            self.errors.append(FieldError("", "type", {"type": "record"}))
        self._level(self.form.pages, plain, self.values, "", (), shown or {}, defaults)

    def _level(
        self,
        parts: tuple[Field | Group, ...],
        given: Mapping[str, Any],
        into: dict[str, Value],
        prefix: str,
        index: Index,
        shown: Mapping[str, Value],
        defaults: bool,
        top: bool = True,
    ) -> None:
        if top:
            known = set(_level_names(parts))
            for name in given:
                if str(name) not in known:
                    where = _join_path(prefix, index, self.items)
                    self.errors.append(FieldError(f"{where}{name}", "unknown_field", {"name": str(name)}))
        for part in parts:
            path = f"{prefix}{part.id}"
            item = self.items[path]
            if isinstance(part, Field):
                self._field(item, part, given, into, index, shown, defaults)
            elif part.repeat is None:
                self._level(part.items, given, into, prefix, index, shown, defaults, top=False)
            else:
                self._rows(item, part, given, into, index, shown, defaults)

    def _rows(
        self,
        item: Item,
        part: Group,
        given: Mapping[str, Any],
        into: dict[str, Value],
        index: Index,
        shown: Mapping[str, Value],
        defaults: bool,
    ) -> None:
        sent = given.get(part.id, [] if not defaults else shown.get(part.id, []))
        if isinstance(sent, Mapping):
            sent = [sent]
        if sent is None:
            sent = []
        if not isinstance(sent, list | tuple) or len(sent) > ROWS:
            self.error(item, index, "type")
            sent = []
        over: list[Value] | None = None
        repeat = part.repeat
        assert repeat is not None
        if repeat.over is not None:
            found = self.scope.value(repeat.over)
            over = found if isinstance(found, list) else []
            sent = [*sent[: len(over)], *({} for _ in range(len(over) - len(sent)))]
        elif defaults and not sent and repeat.min:
            sent = [{} for _ in range(repeat.min)]
        before = shown.get(part.id)
        rows: list[dict[str, Value]] = []
        into[part.id] = rows
        for number, one in enumerate(sent, 1):
            spot = (*index, number)
            row: dict[str, Value] = {}
            if over is not None:
                self.carried[(item.path, spot)] = over[number - 1]
                row[repeat.as_name or "item"] = over[number - 1]
            rows.append(row)
            if not isinstance(one, Mapping):
                self.error(item, spot, "type")
                continue
            plain = {k: v for k, v in one.items() if over is None or k != (repeat.as_name or "item")}
            old = before[number - 1] if isinstance(before, list) and len(before) >= number else {}
            inner = old if isinstance(old, dict) else {}
            self._level(part.items, plain, row, f"{item.path}.", spot, inner, defaults)

    def _field(
        self,
        item: Item,
        part: Field,
        given: Mapping[str, Any],
        into: dict[str, Value],
        index: Index,
        shown: Mapping[str, Value],
        defaults: bool,
    ) -> None:
        if part.compute is not None:
            return
        if not self.is_open(item):
            for name in _names(part):
                if name in shown:
                    into[name] = shown[name]
            return
        if part.unknown and _yes(given.get(f"{part.id}_unknown")):
            into[part.id] = None
            into[f"{part.id}_unknown"] = True
            return
        if part.id not in given:
            if defaults and part.id in shown:
                into[part.id] = shown[part.id]
                if f"{part.id}_unknown" in shown:
                    into[f"{part.id}_unknown"] = shown[f"{part.id}_unknown"]
            else:
                self.raw[(item.path, index)] = _ABSENT
            return
        raw = given[part.id]
        self.raw[(item.path, index)] = raw
        if is_empty(raw):
            into[part.id] = [] if part.type.many else None
            return
        into[part.id] = self._value(item, part.type, raw, index)

    def _value(self, item: Item, kind: FieldType, raw: Any, index: Index) -> Value:
        if kind.many and kind.name != "multi_choice":
            entries = raw if isinstance(raw, list | tuple) else [raw]
            one = replace(kind, many=False)
            return [self._value(item, one, entry, index) for entry in entries if not is_empty(entry)]
        if kind.name == "record":
            return self._record(item, kind, raw, index)
        value, wrong = parse(kind, raw, self.today)
        for problem in wrong:
            self.error(item, index, problem.code, problem.part, **dict(problem.args))
        return value

    def _record(self, item: Item, kind: FieldType, raw: Any, index: Index) -> Value:
        """An own record type: its fields are read like those of a form of one page."""
        known = self.scope.draft.prepared.machine.types.get(kind.record)
        if known is None or not isinstance(raw, Mapping):
            self.error(item, index, "type")
            return None
        inner = Form(kind.record, known.title, (Group(kind.record, "", "page", known.fields),))
        found = accept(inner, raw, self.scope)
        for problem in found.errors:
            self.errors.append(FieldError(f"{at_path(item, index)}.{problem.path}", problem.code, problem.args))
        return found.values

    # ----------------------------------------------------------------------------------------------------- evaluating

    def evaluate(self, defaults: bool) -> None:
        """Conditions and computed fields, in order; fields without an entry get their default."""
        order = self.form.order or natural_order(self.items)
        if defaults:
            self._defaults()
        for path in order:
            item = self.items.get(path.rstrip("?"))
            if item is None:
                continue
            for index, record, scope in self.spots(item):
                if path.endswith("?"):
                    self._condition(item, index, record, scope)
                elif isinstance(item.part, Field) and item.part.compute is not None:
                    self._compute(item, item.part, index, record, scope)
        if defaults:
            self._defaults()
        self._drop_hidden()

    def _condition(self, item: Item, index: Index, record: dict[str, Value], scope: Scope) -> None:
        if self.is_hidden(item, index):
            return
        if item.part.when is not None and self._try(scope, item.part.when) is not True:
            self.hidden.add((item.path, index))
            self._clear(item, record)

    def _clear(self, item: Item, record: dict[str, Value]) -> None:
        """Hidden is absent: at once, so that whatever is evaluated later sees it."""
        part = item.part
        if isinstance(part, Field) or part.repeat is not None:
            for name in _names(part):
                record.pop(name, None)
            return
        for inner in part.items:
            prefix = item.path[: len(item.path) - len(part.id)]
            self._clear(self.items[f"{prefix}{inner.id}"], record)

    def _compute(self, item: Item, part: Field, index: Index, record: dict[str, Value], scope: Scope) -> None:
        if self.is_hidden(item, index) or part.compute is None:
            return
        if not self.is_open(item) and part.id in record:
            return
        record[part.id] = self._try(scope, part.compute)

    def _try(self, scope: Scope, expr: Expr) -> Value:
        """A value; while something is wrong or missing elsewhere, what cannot be computed yet is null."""
        try:
            return scope.value(expr)
        except Stop as stop:
            if self.errors or self._incomplete():
                return None
            raise stop

    def _incomplete(self) -> bool:
        """Whether a required field has no value yet (then a failing expression is no surprise)."""
        for item in self.items.values():
            part = item.part
            if isinstance(part, Field) and part.compute is None and part.optional is False:
                for index, record, _ in self.spots(item):
                    if record.get(part.id) is None and not self.is_hidden(item, index):
                        return True
        return False

    def _defaults(self) -> None:
        """Fields that were not sent at all get their default, or what the account knows.

        Early, so that conditions see them; a second time for defaults that read computed values.
        """
        for item in self.items.values():
            part = item.part
            if not isinstance(part, Field) or part.compute is not None:
                continue
            source = part.default or part.prefill
            if source is None:
                continue
            for index, record, scope in self.spots(item):
                if self.raw.get((item.path, index)) is not _ABSENT or record.get(part.id) is not None:
                    continue
                if self.is_hidden(item, index):
                    continue
                try:
                    found = scope.value(source)
                except Stop:
                    continue
                if found is not None:
                    record[part.id] = found

    def _drop_hidden(self) -> None:
        for item in self.items.values():
            for index, record, _ in self.spots(item):
                if self.is_hidden(item, index) and (isinstance(item.part, Field) or item.part.repeat is not None):
                    for name in _names(item.part):
                        record.pop(name, None)

    # -------------------------------------------------------------------------------------------------------- judging

    def judge(self) -> None:
        """Everything that is wrong: missing, too few, out of bounds, no such option, checks."""
        broken = {error.path for error in self.errors}
        for item in self.items.values():
            for index, record, scope in self.spots(item):
                if self.is_hidden(item, index):
                    continue
                if isinstance(item.part, Field):
                    self._judge_field(item, item.part, index, record, scope, broken)
                elif item.part.repeat is not None and at_path(item, index) not in broken:
                    self._judge_rows(item, item.part, index, record)
        for item in self.items.values():
            part, place = item.part, item
            if isinstance(part, Group) and part.repeat is not None:
                place = Item(part, item.path, (*item.rows, part), item.around)
            for index, _, scope in self.spots(place):
                if not self.is_hidden(item, index):
                    self._checks(item, index, scope, part.checks, part.notes)
        self._form_checks()

    def _judge_field(
        self, item: Item, part: Field, index: Index, record: dict[str, Value], scope: Scope, broken: set[str]
    ) -> None:
        path = at_path(item, index)
        if any(p == path or p.startswith((path + ".", path + "[")) for p in broken):
            return
        value = record.get(part.id)
        if part.compute is None:
            record.setdefault(part.id, [] if part.type.many else None)
        if part.compute is not None or not self.is_open(item):
            return
        if value is None or value == []:
            if record.get(f"{part.id}_unknown") is not True and not self._optional(part, scope):
                self.error(item, index, "required")
            return
        self._options(item, part, index, value, scope)
        self._bounds(item, part, index, value, scope)

    def _optional(self, part: Field, scope: Scope) -> bool:
        return part.optional if isinstance(part.optional, bool) else self._try(scope, part.optional) is True

    def _options(self, item: Item, part: Field, index: Index, value: Value, scope: Scope) -> None:
        if part.type.name not in ("choice", "multi_choice"):
            return
        known = {option.id for option in self.options(part, scope)}
        for one in value if isinstance(value, list) else [value]:
            if one not in known:
                self.error(item, index, "option", value=one)

    def options(self, part: Field, scope: Scope) -> list[Option]:
        """The options of a choice that are offered here."""
        machine = scope.draft.prepared.machine
        listed = machine.lists.get(part.type.options)
        if listed is None:
            return []
        found = [option for option in listed.options if option.when is None or self._try(scope, option.when) is True]
        if part.type.only is not None:
            only = self._try(scope, part.type.only)
            if isinstance(only, list):
                found = [option for option in found if option.id in only]
        return found

    def _bounds(self, item: Item, part: Field, index: Index, value: Value, scope: Scope) -> None:
        if part.pattern and isinstance(value, str) and not _fits(part.pattern, value):
            self.error(item, index, "pattern", hint=part.hint)
        for name, expr, below in (
            ("min", part.min, True),
            ("max", part.max, False),
            ("not_before", part.not_before, True),
            ("not_after", part.not_after, False),
        ):
            limit = self._try(scope, expr) if expr is not None else None
            if limit is None:
                continue
            measured = Decimal(len(value)) if isinstance(value, str | list) and isinstance(limit, Decimal) else value
            wrong = STRICT.lt(measured, limit) if below else STRICT.lt(limit, measured)
            if wrong is True:
                code = f"{name}_length" if measured is not value else name
                self.error(item, index, code, limit=limit)

    def _judge_rows(self, item: Item, part: Group, index: Index, record: dict[str, Value]) -> None:
        rows = record.get(part.id) or []
        repeat = part.repeat
        assert repeat is not None
        if repeat.over is None and len(rows) < repeat.min:
            self.error(item, index, "too_few", min=repeat.min, row=repeat.title or part.title)
        if len(rows) > repeat.max:
            self.error(item, index, "too_many", max=repeat.max, row=repeat.title or part.title)

    def _checks(
        self,
        item: Item,
        index: Index,
        scope: Scope,
        checks: tuple[Check, ...],
        notes: tuple[Check, ...],
    ) -> None:
        if isinstance(item.part, Field) and not self.is_open(item):
            return
        path = at_path(item, index)
        for check in checks:
            if self._try(scope, check.when) is True:
                self.errors.append(FieldError(path, "check", {"say": check.say, "title": item.part.title}))
        for note in notes:
            if self._try(scope, note.when) is True:
                self.notes.append(FieldError(path, "note", {"say": note.say}))

    def _form_checks(self) -> None:
        for check in self.form.checks:
            if self._any_open(check) and self._try(self.scope, check.when) is True:
                self.errors.append(FieldError("", "check", {"say": check.say, "title": self.form.title}))
        for note in self.form.notes:
            if self._try(self.scope, note.when) is True:
                self.notes.append(FieldError("", "note", {"say": note.say}))

    def _any_open(self, check: Check) -> bool:
        """A check runs only where one of its own fields is open in this step."""
        if self.open_fields is None:
            return True
        names = self.scope.draft.prepared.expressions.get(check.when).names
        return any(name in self.open_fields for name in names)


def accept(
    form: Form,
    data: Any,
    scope: Scope,
    *,
    shown: Any = None,
    open_fields: frozenset[str] | None = None,
) -> Accepted:
    """Judge a submission.

    Parameters
    ----------
    data: nested records, or a page's flat names; None counts as nothing sent.
    scope: the case around the form.
    shown: the record the form was opened with: what is not open in this step keeps its value.
    open_fields: ids of the fields that may be edited (None: all).
    """
    reading = Reading(form, scope, open_fields)
    reading.read(data, shown if isinstance(shown, Mapping) else None, defaults=False)
    reading.evaluate(defaults=True)
    reading.judge()
    return Accepted(reading.values, unique(reading.errors), unique(reading.notes))


def unique(errors: list[FieldError]) -> tuple[FieldError, ...]:
    """Each error once, in order."""
    found: list[FieldError] = []
    for error in errors:
        if error not in found:
            found.append(error)
    return tuple(found)


# ------------------------------------------------------------------------------------------------------------- helpers

_ABSENT: Any = object()
_STEP = re.compile(r"([^.\[\]]+)|\[(\d{1,6})\]")


def unflatten(data: Mapping[str, Any]) -> dict[str, Any]:
    """A page's flat names as nested records: `hunde[1].rasse` counts elements from 1; plain names stay."""
    if not any(isinstance(name, str) and ("." in name or "[" in name) for name in data):
        return {str(name): value for name, value in data.items()}
    tree: dict[Any, Any] = {}
    for name, value in data.items():
        steps = [found[1] if found[1] else int(found[2]) for found in _STEP.finditer(str(name))]
        at = tree
        for one in steps[:-1]:
            below = at.setdefault(one, {})
            at = below if isinstance(below, dict) else at.setdefault(one, {})
        if steps:
            at[steps[-1]] = value
    return {str(key): _listed(value) for key, value in tree.items()}


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(isinstance(key, int) for key in value):
        return [_listed(value[key]) for key in sorted(value)]
    return {str(key): _listed(inner) for key, inner in value.items()}


def at_path(item: Item, index: Index) -> str:
    """The path as people and pages say it: `hunde[1].rasse`."""
    path, number = "", 0
    for group in item.rows:
        if number < len(index):
            path += f"{group.id}[{index[number]}]."
            number += 1
    if isinstance(item.part, Group) and item.part in item.rows:
        return path.rstrip(".")
    own = f"{path}{item.part.id}"
    return f"{own}[{index[number]}]" if number < len(index) else own


def _join_path(prefix: str, index: Index, items: Mapping[str, Item]) -> str:
    """The rows around a level as a path."""
    if not prefix:
        return ""
    group = items[prefix.rstrip(".")]
    return at_path(group, index) + "."


def natural_order(items: Mapping[str, Item]) -> tuple[str, ...]:
    """Conditions and computed fields as written, for forms that come without an order."""
    found: list[str] = []
    for path, item in items.items():
        if item.part.when is not None:
            found.append(f"{path}?")
        if isinstance(item.part, Field) and item.part.compute is not None:
            found.append(path)
    return tuple(found)


def _names(part: Field | Group) -> tuple[str, ...]:
    """The keys a field or repeated group has in the record of its level."""
    if isinstance(part, Group):
        return (part.id,) if part.repeat is not None else ()
    return (part.id, f"{part.id}_unknown") if part.unknown else (part.id,)


def _level_names(parts: tuple[Field | Group, ...]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, Group) and part.repeat is None:
            yield from _level_names(part.items)
        else:
            yield from _names(part)


def _type(item: Item) -> str:
    return item.part.type.name if isinstance(item.part, Field) else "group"


def _yes(raw: Any) -> bool:
    return raw is True or (isinstance(raw, str) and raw.strip().lower() in YES)


def _fits(pattern: str, value: str) -> bool:
    try:
        return translate(pattern).fullmatch(value) is not None
    except PatternError:
        return False

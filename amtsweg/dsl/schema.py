"""The shape of a file: JSON Schema for editors, and findings with exact places for people.

In: a tree as read and the kind of file. Out: findings (AW101, AW104, AW105, AW107 to AW116), and the tree with German
and older keywords put right, so that later checks can go on. `jsonschema` is used here and nowhere else; its errors
never leave this room, `misfits` words each cause once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from amtsweg.dsl import keywords, misfits, misvalues, shapes, spots
from amtsweg.dsl.diagnostics import Diagnostic, Text
from amtsweg.dsl.shapes.pieces import Schema
from amtsweg.dsl.yamltree import Mapping, Node, Scalar, Sequence, to_plain

KINDS: dict[str, Callable[[], Schema]] = {
    "procedure": shapes.procedure,
    "block": shapes.block,
    "cases": shapes.cases,
    "tenant": shapes.tenant,
    "texts": shapes.texts,
}

Path = tuple[str | int, ...]

NOT_YET: dict[tuple[str, str], Text] = {
    ("clocks", "procedure"): Text(
        "Eine gesetzliche Frist steht als „deadline“ an einem Abschnitt (stages).",
        "A statutory time limit is a “deadline” on a stage.",
    ),
    ("clocks", "block"): Text(
        "Eine gesetzliche Frist steht als „deadline“ an einem Abschnitt (stages).",
        "A statutory time limit is a “deadline” on a stage.",
    ),
    ("groups", "procedure"): Text(
        "Wiederholen Sie die Felder, oder legen Sie unter „types“ einen Datentyp an.",
        "Repeat the fields, or make a type under “types”.",
    ),
    ("groups", "block"): Text("Legen Sie unter „types“ einen Datentyp an.", "Make a type under “types”."),
    ("use", "field"): Text(
        "Legen Sie unter „types“ einen Datentyp an und nennen Sie ihn mit „type“.",
        "Make a type under “types” and name it with “type”.",
    ),
    ("unit", "field"): Text("Nennen Sie die Einheit im Titel: Fläche in m²", "Name the unit in the title: area in m²"),
    ("unit", "parameter"): Text("Nennen Sie die Einheit im Titel.", "Name the unit in the title."),
    ("as_of", "decision"): Text(
        "Der Stichtag einer Stellgröße heißt „valid_on“.", "The day that picks a parameter's value is “valid_on”."
    ),
}
"""What the language has but this version cannot compile: refused with a clear sentence and a way out."""


@cache
def schema(kind: str) -> Schema:
    """The JSON Schema (2020-12) of a kind of file: `procedure`, `block`, `cases`, `tenant` or `texts`."""
    return KINDS[kind]()


class _Schemas(dict[str, Schema]):
    """Made when asked for, so that nobody pays for schemas that are not looked at."""

    def __missing__(self, kind: str) -> Schema:
        return schema(kind)


SCHEMAS: dict[str, Schema] = _Schemas()
"""The published schemas by kind of file."""


def check(tree: Node, kind: str) -> list[Diagnostic]:
    """What is wrong with the shape of a file.

    Parameters
    ----------
    tree: the file as read.
    kind: `procedure`, `block`, `cases`, `tenant` or `texts`.
    """
    return mended(tree, kind)[1]


def mended(tree: Node, kind: str) -> tuple[Node, list[Diagnostic]]:
    """The tree with German and older words put right, and all findings, sorted by place."""
    found: list[Diagnostic] = []
    tree, told = _translated_values(tree, kind)
    found += told
    for _ in range(6):
        misfit = list(_misfits(tree, kind))
        ids = [one for one in misfit if one.finding.code == "AW104"]
        found += [one.finding for one in ids]
        for one in ids:
            if one.finding.fix is not None and one.finding.fix.edits:
                tree = _with_id(tree, one.key, one.finding.fix.edits[0].text)
        names = {one.key for one in ids}
        misfit = [one for one in misfit if one not in ids and (one.rename or one.key not in names)]
        renames = [one for one in misfit if one.rename]
        if not renames:
            found += [one.finding for one in misfit]
            break
        found += [one.finding for one in renames]
        for one in renames:
            tree = _renamed(tree, one.path, one.key, one.rename)
        tree, _ = _translated_values(tree, kind)
    return tree, sorted(dict.fromkeys(found), key=lambda one: one.sort_key)


# ------------------------------------------------------------------------------------------------------ from the errors


@dataclass(frozen=True, slots=True)
class _Misfit:
    """A finding; with `rename`, the key that was meant at `path`, so that the check can go on as if it stood there."""

    finding: Diagnostic
    path: Path = ()
    key: str = ""
    rename: str = ""


@cache
def _validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator(schema(kind))


def _misfits(tree: Node, kind: str) -> Iterator[_Misfit]:
    plain: Any = to_plain(tree)
    told: set[tuple[Path, str]] = set()
    explained: set[tuple[Path, str]] = set()
    errors = sorted(_validator(kind).iter_errors(plain), key=_unknown_first)
    for error in errors:
        path = tuple(error.absolute_path)
        for one, about in _explain(tree, kind, path, error):
            if (path, about) in told or (one.rename and (path, one.rename) in explained):
                continue
            if error.validator == "required" and (path, about) in explained:
                continue
            told.add((path, about))
            if one.rename:
                explained.add((path, one.rename))
            yield one


def _unknown_first(error: ValidationError) -> int:
    return 0 if error.validator == "additionalProperties" else 1 if error.schema_path and _no_kind(error) else 2


def _no_kind(error: ValidationError) -> bool:
    return isinstance(error.schema, dict) and "x-no-kind" in error.schema


def _explain(tree: Node, kind: str, path: Path, error: ValidationError) -> Iterator[tuple[_Misfit, str]]:
    """The findings of one error, each with a word that says what it is about."""
    place = spots.at(tree, path)
    form: dict[str, Any] = error.schema if isinstance(error.schema, dict) else {}
    validator = error.validator
    if validator == "additionalProperties" and isinstance(place.node, Mapping):
        allowed = frozenset(form.get("properties", {}))
        for key, value in place.node.entries:
            if key.text not in allowed:
                yield _unknown(place, key, value, str(form.get("x-place", kind)), allowed, path), key.text
    elif validator == "required":
        needed: Any = error.validator_value
        there: Any = error.instance
        missing = [name for name in needed if name not in there]
        for name in missing:
            line = _proposal(tree, place, name)
            yield _Misfit(misfits.missing(place, name, str(form.get("x-place", "")), line)), name
    elif validator == "anyOf":
        yield _Misfit(misfits.missing_one_of(place, tuple(form.get("x-one-of", ())))), "one of"
    elif validator == "not" and "x-no-kind" in form:
        yield _without_kind(place, path), "kind"
    elif validator == "not" and "x-no-verb" in form:
        yield _without_verb(place, path), "verb"
    elif validator == "not" and "x-both" in form:
        yield _Misfit(misfits.both(place, *form["x-both"])), "both"
    elif validator == "pattern" and "propertyNames" in list(error.schema_path):
        wrong = place.node.key(str(error.instance)) if isinstance(place.node, Mapping) else None
        if wrong is not None:
            finding = misvalues.bad_id(tree, place, wrong, str(error.validator_value))
            yield _Misfit(finding, key=wrong.text), wrong.text
    elif validator in ("minLength", "minProperties", "minItems"):
        yield _Misfit(misvalues.empty(place)), "value"
    elif validator == "type":
        wanted: Any = error.validator_value
        kinds = (wanted,) if isinstance(wanted, str) else tuple(wanted)
        yield _Misfit(misvalues.wrong_shape(place, kinds)), "value"
    elif validator in ("enum", "const"):
        allowed_words = tuple(str(word) for word in form.get("enum", ()) if isinstance(word, str))
        yield _Misfit(misvalues.wrong_word(place, allowed_words)), "value"
    elif validator == "pattern":
        about = place.node.text if isinstance(place.node, Scalar) else ""
        yield _Misfit(misvalues.wrong_text(place, str(form.get("x-wants", ""))), key=about), "value"


def _proposal(tree: Node, place: spots.Spot, name: str) -> str:
    """A line to copy that is made from this very file; "" if there is nothing to make it from."""
    top = tree.get("procedure") if isinstance(tree, Mapping) else None
    if name == "title":
        named = place.key if place.key is not None else top
        return f"title: {spots.caption(named.text)}" if isinstance(named, Scalar) else ""
    roles = tree.get("roles") if isinstance(tree, Mapping) else None
    if name == "by" and isinstance(roles, Mapping) and roles.entries:
        return f"by: {roles.entries[0][0].text}"
    return ""


def _unknown(place: spots.Spot, key: Scalar, value: Node, where: str, allowed: frozenset[str], path: Path) -> _Misfit:
    """A key that is not legal here: a German word, an older word, one that belongs elsewhere, a typing error."""
    if (key.text, where) in NOT_YET:
        return _Misfit(misfits.not_yet(key, NOT_YET[key.text, where]))
    meant = keywords.slip(key.text, where, allowed - place.names())
    if meant is None and where in keywords.STEPS and place.holds_kind(key.text):
        return _Misfit(misfits.two_kinds(place, key, where))
    if meant is not None:
        finding = misfits.german_word(place, key, value, meant, where)
        return _Misfit(finding, path, key.text, meant)
    elsewhere = [one for one in keywords.places_of(key.text) if one.id != where]
    if elsewhere:
        return _Misfit(misfits.belongs_elsewhere(key, where, elsewhere))
    other = keywords.slip_anywhere(key.text)
    if other is not None and other not in allowed:
        return _Misfit(misfits.called_and_elsewhere(key, where, other))
    finding, near = misfits.unknown_key(place, key, where, allowed)
    return _Misfit(finding, path if near else (), key.text if near else "", near)


def _without_kind(place: spots.Spot, path: Path) -> _Misfit:
    if isinstance(place.node, Mapping):
        for key, value in place.node.entries:
            for kind in keywords.STEP_KINDS:
                where = "letter_step" if kind == "letter" else kind
                if keywords.slip(key.text, where, frozenset({kind})):
                    return _Misfit(misfits.german_word(place, key, value, kind, where), path, key.text, kind)
    return _Misfit(misfits.no_kind(place))


def _without_verb(place: spots.Spot, path: Path) -> _Misfit:
    verbs = (("do", "do"), ("event", "event_act"), ("wait", "wait_act"), ("expect", "expect_act"),
             ("refused", "refused_act"))  # fmt: skip
    if isinstance(place.node, Mapping):
        for key, value in place.node.entries:
            for verb, where in verbs:
                if keywords.slip(key.text, where, frozenset({verb})):
                    return _Misfit(misfits.german_word(place, key, value, verb, where), path, key.text, verb)
    return _Misfit(misfits.no_verb(place))


# ------------------------------------------------------------------------------------------------------------- changes


def _renamed(node: Node, path: Path, old: str, new: str) -> Node:
    """The tree with a key of another name at `path`; its place stays."""
    if not path:
        if not isinstance(node, Mapping):
            return node
        entries = tuple((replace(key, text=new) if key.text == old else key, value) for key, value in node.entries)
        return replace(node, entries=entries)
    first, rest = path[0], path[1:]
    if isinstance(node, Mapping):
        entries = tuple(
            (key, _renamed(value, rest, old, new) if key.text == first else value) for key, value in node.entries
        )
        return replace(node, entries=entries)
    if isinstance(node, Sequence):
        items = tuple(_renamed(item, rest, old, new) if i == first else item for i, item in enumerate(node.items))
        return replace(node, items=items)
    return node


def _with_id(node: Node, old: str, new: str) -> Node:
    """The tree with an id by its better name, where it is declared and where a value names it."""
    if isinstance(node, Scalar):
        return Scalar.made(new, node.span) if node.text == old else node
    if isinstance(node, Sequence):
        return replace(node, items=tuple(_with_id(item, old, new) for item in node.items))
    entries = tuple(
        (replace(key, text=new) if key.text == old else key, _with_id(value, old, new)) for key, value in node.entries
    )
    return replace(node, entries=entries)


FREE = frozenset({"samples", "answers", "with", "set", "expect", "overlays", "numbers", "remedies"})
"""Keys below which values are the designer's own, never words of the language."""

PERIODS = frozenset({"due", "remind", "wait", "length", "once", "by_period", "within", "grace", "every", "draft",
                     "closed", "keep", "not_before", "not_after"})  # fmt: skip


class _Values:
    """Puts German units and words among the values right, and reports them."""

    def __init__(self, tree: Node) -> None:
        self.found: list[Diagnostic] = []
        self.own = frozenset(_declared(tree, ("lists", "types")))

    def walk(self, node: Node, key: Scalar | None, outer: str) -> Node:
        """`node` is the value of `key`, which stands in the map under `outer`."""
        if key is not None and key.text in FREE:
            return node
        if isinstance(node, Mapping):
            holder = key.text if key is not None else ""
            entries = tuple(
                (self.units(inner, None) if holder == "after" else inner, self.walk(value, inner, holder))
                for inner, value in node.entries
            )
            return replace(node, entries=entries)
        if isinstance(node, Sequence):
            return replace(node, items=tuple(self.walk(item, key, outer) for item in node.items))
        return node if key is None or outer in spots.ID_MAPS else self.word(key, node)

    def units(self, scalar: Scalar, key: Scalar | None) -> Scalar:
        text = misfits.english_units(scalar.text)
        if text == scalar.text:
            return scalar
        self.found.append(misfits.german_units(scalar, key, text))
        return Scalar.made(text, scalar.span)

    def word(self, key: Scalar, value: Scalar) -> Scalar:
        if key.text in PERIODS:
            return self.units(value, key)
        meant = keywords.value_slip(key.text, value.text)
        if meant is None or (key.text == "type" and value.text in self.own):
            return value
        self.found.append(misfits.german_value(key, value, meant))
        return Scalar.made(meant, value.span)


def _translated_values(tree: Node, kind: str) -> tuple[Node, list[Diagnostic]]:
    if kind not in ("procedure", "block"):
        return tree, []
    values = _Values(tree)
    return values.walk(tree, None, ""), values.found


def _declared(tree: Node, sections: Iterable[str]) -> Iterator[str]:
    for section in sections:
        value = tree.get(section) if isinstance(tree, Mapping) else None
        if isinstance(value, Mapping):
            for key, _ in value.entries:
                yield key.text

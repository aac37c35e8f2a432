"""`lists:`, the choices a procedure offers, and the parts of them that have names of their own.

In: the tree. Out: `OptionList` by id; a part (`listenhunde: [pitbull, ...]`) knows the list it belongs to and has its
titles. An option that stands in no list is found here (AW304).
"""

from __future__ import annotations

from dataclasses import dataclass

from amtsweg.dsl import nodes
from amtsweg.dsl.diagnostics import CHOICES, TRY, Advice, Diagnostic, Label, Text, same
from amtsweg.dsl.procedure import Option, OptionList
from amtsweg.dsl.suggest import closest
from amtsweg.dsl.yamltree import Mapping, Node, Scalar, Sequence


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists, and where each list and each option was written."""

    lists: dict[str, OptionList]
    keys: dict[str, Scalar]
    option_keys: dict[tuple[str, str], Scalar]
    conditions: dict[tuple[str, str], Scalar]
    findings: tuple[Diagnostic, ...]


def read_lists(tree: Node | None) -> Lists:
    """Read `lists:`; whole lists first, then the parts, which may stand above them."""
    lists: dict[str, OptionList] = {}
    keys: dict[str, Scalar] = {}
    options: dict[tuple[str, str], Scalar] = {}
    conditions: dict[tuple[str, str], Scalar] = {}
    findings: list[Diagnostic] = []
    parts: list[tuple[Scalar, tuple[Scalar, ...], str]] = []
    for key, value in nodes.entries(tree, "lists"):
        keys[key.text] = key
        if isinstance(value, Sequence):
            parts.append((key, nodes.words(value), ""))
        elif isinstance(value, Mapping) and nodes.scalar(value, "part_of") is not None:
            parts.append((key, nodes.words(value, "options"), nodes.text(value, "part_of")))
        elif isinstance(value, Mapping):
            by_tenant = nodes.text(value, "by") == "tenant"
            written = nodes.mapping(value, "options") or value
            lists[key.text] = OptionList(
                key.text, _options(key.text, written, options, conditions), by_tenant=by_tenant
            )
    for key, words, named in parts:
        lists[key.text] = _part(key, words, named, lists, options, findings)
    return Lists(lists, keys, options, conditions, tuple(findings))


def _options(
    owner: str,
    written: Mapping,
    places: dict[tuple[str, str], Scalar],
    conditions: dict[tuple[str, str], Scalar],
) -> tuple[Option, ...]:
    found = []
    for key, value in written.entries:
        if key.text == "by" and isinstance(value, Scalar) and value.text == "tenant":
            continue
        title = value.text if isinstance(value, Scalar) else nodes.text(value, "title", key.text)
        places[owner, key.text] = key
        condition = nodes.scalar(value, "when")
        if condition is not None:
            conditions[owner, key.text] = condition
        found.append(Option(key.text, title))
    return tuple(found)


def _part(
    key: Scalar,
    words: tuple[Scalar, ...],
    named: str,
    lists: dict[str, OptionList],
    places: dict[tuple[str, str], Scalar],
    findings: list[Diagnostic],
) -> OptionList:
    whole = lists.get(named) or _best_whole(words, lists)
    if whole is None:
        return OptionList(key.text, tuple(Option(word.text, word.text) for word in words))
    titles = {option.id: option.title for option in whole.options}
    for word in words:
        if word.text not in titles:
            findings.append(not_in_list(word, whole, places))
        else:
            places[key.text, word.text] = word
    found = tuple(Option(word.text, titles[word.text]) for word in words if word.text in titles)
    return OptionList(key.text, found, part_of=whole.id)


def _best_whole(words: tuple[Scalar, ...], lists: dict[str, OptionList]) -> OptionList | None:
    """The whole list that shares most options with the part."""
    wanted = {word.text for word in words}
    wholes = [one for one in lists.values() if not one.part_of]
    best = max(wholes, key=lambda one: len(wanted & {option.id for option in one.options}), default=None)
    return best if best is not None and wanted & {option.id for option in best.options} else None


def not_in_list(
    word: Scalar,
    whole: OptionList,
    places: dict[tuple[str, str], Scalar],
    body: Text | None = None,
    context: str = "",
) -> Diagnostic:
    """AW304: an option that the list does not have; `context` is what stands before the option in the suggestion."""
    known = [option.id for option in whole.options]
    best = closest(word.text, known)
    place = places.get((whole.id, best)) or places.get((whole.part_of, best)) if best else None
    line = f"{context}{best}"
    have = ", ".join(known)
    return Diagnostic(
        "AW304",
        "error",
        word.span,
        Text(f"„{word.text}“ steht nicht in der Liste „{whole.id}“", f"“{word.text}” is not in the list “{whole.id}”"),
        body=(body,) if body is not None else (),
        related=(Label(place.span, Text("gemeint?", "meant?")),) if place is not None else (),
        advice=(
            *((Advice(TRY, same(line)),) if best else ()),
            Advice(CHOICES, same(have)),
        ),
    )

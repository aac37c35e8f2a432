"""What a municipality adds: `tenant.yaml` becomes an `Office`, its overlays are laid over a procedure's tree.

In: the tree of the file (checked against the schema), and for each procedure the types of its parameters. Out: `Office`
and the merged tree. An overlay is merged by id before anything is compiled, so that the procedure it produces is
checked as a whole and a finding in an added field points into `tenant.yaml`, where it was written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from amtsweg.dsl import nodes
from amtsweg.dsl.diagnostics import HERE, TRY, Advice, Diagnostic, Edit, Fix, Label, Text, same
from amtsweg.dsl.procedure import DatedValue, Deputy, Office, OfficeUnit, Parameter, Person
from amtsweg.dsl.source import Span
from amtsweg.dsl.suggest import closest
from amtsweg.dsl.yamltree import Mapping, Node, Scalar, Sequence

LAENDER: dict[str, str] = {
    "baden-württemberg": "BW", "bayern": "BY", "berlin": "BE", "brandenburg": "BB", "bremen": "HB", "hamburg": "HH",
    "hessen": "HE", "mecklenburg-vorpommern": "MV", "niedersachsen": "NI", "nordrhein-westfalen": "NW",
    "rheinland-pfalz": "RP", "saarland": "SL", "sachsen": "SN", "sachsen-anhalt": "ST", "schleswig-holstein": "SH",
    "thüringen": "TH",
}  # fmt: skip
"""ISO 3166-2:DE without the country."""

MONTHS_DE = (
    "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
    "Dezember",
)  # fmt: skip
MONTHS_EN = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip

_GERMAN_DATE = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")

ReadValue = Callable[[Scalar, Parameter], object | None]
"""Reads a parameter's value by its type; reports and gives None where it does not fit."""


@dataclass(frozen=True, slots=True)
class TenantFile:
    """`tenant.yaml` as it was read; what belongs to one procedure waits for that procedure."""

    office: Office
    tree: Mapping
    file: str

    def overlay(self, procedure: str) -> Mapping | None:
        """What this town changes in a procedure."""
        return nodes.mapping(nodes.mapping(self.tree, "overlays"), procedure)


def read_tenant(tree: Node | None, file: str) -> tuple[TenantFile | None, tuple[Diagnostic, ...]]:
    """The office of a town, without the values of parameters."""
    if not isinstance(tree, Mapping):
        return None, ()
    findings: list[Diagnostic] = []
    people = _people(tree)
    offices = {key.text: _unit(key.text, value) for key, value in nodes.entries(tree, "offices")}
    for _, value in nodes.entries(tree, "people"):
        for named in nodes.words(value, "offices"):
            if offices and named.text not in offices:
                findings.append(unknown(named, offices, "Ein Amt", "office"))
    for procedure, roles in nodes.entries(tree, "roles"):
        for _, members in nodes.entries(roles):
            for member in nodes.words(members):
                if nodes.mapping(tree, "people") and member.text not in people:
                    findings.append(unknown(member, people, "Eine Person", "person"))
        people = _with_roles(people, procedure.text, roles)
    deputies = tuple(_deputies(tree, people, findings))
    land = nodes.text(tree, "land", "HE").strip()
    office = Office(
        id=nodes.text(tree, "tenant") or _folder(file),
        name=nodes.text(tree, "name"),
        land=LAENDER.get(land.lower(), land.upper()),
        zone=nodes.text(tree, "zone", "Europe/Berlin"),
        municipality_holidays=nodes.texts(tree, "holidays"),
        closed_days=nodes.texts(tree, "closed_days") or ("12-24", "12-31"),
        people=people,
        deputies=deputies,
        offices=offices,
        letterhead=_flat(tree, "letterhead"),
        bank=_flat(tree, "bank"),
        numbers=_flat(tree, "numbers"),
        remedies=_flat(tree, "remedies"),
        languages=nodes.texts(tree, "languages") or ("de",),
        switched_off=nodes.texts(tree, "switched_off"),
    )
    if land.lower() not in LAENDER and land.upper() not in LAENDER.values():
        scalar = nodes.scalar(tree, "land")
        if scalar is not None:
            findings.append(unknown(scalar, {name.title(): None for name in LAENDER}, "Ein Land", "Land"))
    return TenantFile(office, tree, file), tuple(findings)


def with_values(
    tenant: TenantFile, procedure: str, parameters: dict[str, Parameter], read: ReadValue
) -> tuple[Office, tuple[Diagnostic, ...]]:
    """The office with the dated values of one procedure's parameters (`procedure/parameter`)."""
    findings: list[Diagnostic] = []
    values = dict(tenant.office.values)
    given = nodes.mapping(nodes.mapping(tenant.tree, "parameters"), procedure)
    if given is None:
        return tenant.office, ()
    for key, written in given.entries:
        parameter = parameters.get(key.text)
        if parameter is None:
            findings.append(unknown(key, parameters, "Eine Stellgröße", "parameter"))
            continue
        dated: list[tuple[str, DatedValue, Scalar]] = []
        for item in nodes.items(written):
            start, value = nodes.scalar(item, "from"), nodes.scalar(item, "value")
            if start is None or value is None:
                continue
            day = read_day(start, findings)
            plain = read(value, parameter)
            if day is None or plain is None:
                continue
            dated.append((day, DatedValue(day, plain), start))
        findings.extend(_doubles(dated))
        values[f"{procedure}/{key.text}"] = tuple(value for _, value, _ in sorted(dated, key=lambda one: one[0]))
    return replace(tenant.office, values=values), tuple(findings)


def read_day(scalar: Scalar, findings: list[Diagnostic]) -> str | None:
    """A date year-month-day; a German one is understood and told (AW305)."""
    text = scalar.text.strip()
    german = _GERMAN_DATE.fullmatch(text)
    try:
        if german is not None:
            day = date(int(german[3]), int(german[2]), int(german[1]))
            findings.append(german_date(scalar, day))
            return None
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    findings.append(
        Diagnostic(
            "AW305",
            "error",
            scalar.span,
            Text(f"„{text}“ ist kein Tag im Kalender", f"“{text}” is no day of the calendar"),
            advice=(Advice(Text("Beispiel", "Example"), same("2027-01-01")),),
        )
    )
    return None


def german_date(scalar: Scalar, day: date, key: str = "from") -> Diagnostic:
    """AW305: what a German date was read as, and how it is written here."""
    iso = day.isoformat()
    return Diagnostic(
        "AW305",
        "error",
        scalar.span,
        Text("Ein Datum schreibt man hier Jahr-Monat-Tag", "A date is written year-month-day here"),
        body=(
            Text(
                f"Gelesen als {day.day}. {MONTHS_DE[day.month - 1]} {day.year}.",
                f"Read as {day.day} {MONTHS_EN[day.month - 1]} {day.year}.",
            ),
        ),
        advice=(Advice(TRY, same(f"{key}: {iso}")),),
        fix=Fix("safe", (Edit(scalar.span, iso),), Text("amtsweg fix schreibt es um", "amtsweg fix rewrites it")),
    )


# ------------------------------------------------------------------------------------------------------------ overlays


def merge(base: Mapping, over: Mapping) -> Mapping:
    """The tree of a procedure with a town's overlay: maps are merged by id, everything else is replaced.

    `drop: [id, ...]` takes entries of that map (or elements of that list) away. What is added keeps its place in
    `tenant.yaml`.
    """
    dropped = {word.text for word in nodes.words(over, "drop")}
    entries: list[tuple[Scalar, Node]] = []
    given = {key.text: (key, value) for key, value in over.entries if key.text != "drop"}
    for key, value in base.entries:
        if key.text in dropped:
            continue
        if key.text not in given:
            entries.append((key, value))
            continue
        _, new = given.pop(key.text)
        entries.append((key, _merged(value, new)))
    entries.extend(given.values())
    return replace(base, entries=tuple(entries))


def _merged(old: Node, new: Node) -> Node:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return merge(old, new)
    if isinstance(old, Sequence) and isinstance(new, Mapping) and new.get("drop") is not None:
        gone = {word.text for word in nodes.words(new, "drop")}
        kept = tuple(item for item in old.items if not (isinstance(item, Scalar) and item.text in gone))
        return replace(old, items=kept)
    if isinstance(old, Scalar) and isinstance(new, Mapping) and new.get("title") is None:
        # A field in its short form (`name: Caption`) that gets more keys keeps its caption.
        title = Scalar.made("title", old.span)
        return replace(new, entries=((title, old), *new.entries))
    if isinstance(old, Mapping) and isinstance(new, Scalar) and old.get("title") is not None:
        return merge(old, replace(old, entries=((Scalar.made("title", new.span), new),)))
    return new


# -------------------------------------------------------------------------------------------------------------- people


def _people(tree: Mapping) -> dict[str, Person]:
    found = {}
    for key, value in nodes.entries(tree, "people"):
        if isinstance(value, Mapping):
            found[key.text] = Person(
                key.text,
                nodes.text(value, "name", key.text),
                frozenset(nodes.texts(value, "roles")),
                nodes.texts(value, "offices"),
                nodes.text(value, "email"),
                nodes.text(value, "superior"),
            )
        else:
            found[key.text] = Person(key.text, key.text, frozenset(word.text for word in nodes.words(value)))
    return found


def _with_roles(people: dict[str, Person], procedure: str, roles: Node) -> dict[str, Person]:
    """`roles: {hund-anmelden: {freigabe: [lenz]}}` gives people roles in one procedure only."""
    found = dict(people)
    for role, members in nodes.entries(roles):
        for member in nodes.words(members):
            person = found.get(member.text, Person(member.text, member.text))
            found[member.text] = replace(person, roles=person.roles | {f"{procedure}:{role.text}"})
    return found


def _deputies(tree: Mapping, people: dict[str, Person], findings: list[Diagnostic]) -> Iterator[Deputy]:
    for item in nodes.items(tree.get("deputies")):
        person, deputy = nodes.scalar(item, "person"), nodes.scalar(item, "deputy")
        start, end = nodes.scalar(item, "from"), nodes.scalar(item, "to")
        if person is None or deputy is None or start is None or end is None:
            continue
        for who in (person, deputy):
            if nodes.mapping(tree, "people") and who.text not in people:
                findings.append(unknown(who, people, "Eine Person", "person"))
        first, last = read_day(start, findings), read_day(end, findings)
        if first is None or last is None:
            continue
        if last < first:
            findings.append(
                Diagnostic(
                    "AW305",
                    "error",
                    end.span,
                    Text("Diese Vertretung endet, bevor sie beginnt", "This deputising ends before it begins"),
                    related=(Label(start.span, Text("Beginn", "begin")),),
                )
            )
            continue
        yield Deputy(person.text, deputy.text, first, last, nodes.texts(item, "roles"))


def _unit(name: str, value: Node) -> OfficeUnit:
    if isinstance(value, Scalar):
        return OfficeUnit(name, value.text)
    facts = {key: nodes.text(value, key) for key in ("address", "hours", "phone", "email")}
    return OfficeUnit(name, nodes.text(value, "title", name), **facts)


def _flat(tree: Mapping, key: str) -> dict[str, str]:
    return {name.text: value.text for name, value in nodes.entries(tree, key) if isinstance(value, Scalar)}


def _folder(file: str) -> str:
    parts = file.replace("\\", "/").split("/")
    return parts[-2] if len(parts) > 1 else "town"


def _doubles(dated: list[tuple[str, DatedValue, Scalar]]) -> Iterator[Diagnostic]:
    seen: dict[str, Span] = {}
    for day, _, scalar in dated:
        if day in seen:
            yield Diagnostic(
                "AW702",
                "error",
                scalar.span,
                Text(f"Für den {day} stehen hier zwei Werte", f"There are two values for {day}"),
                related=(Label(seen[day], Text("der erste", "the first")),),
            )
        seen.setdefault(day, scalar.span)


def unknown(name: Scalar, known: object, de: str, en: str) -> Diagnostic:
    """AW102 for a name in `tenant.yaml` that is not known there or in the procedure."""
    names = [str(one) for one in known] if isinstance(known, dict) else []
    best = closest(name.text, names)
    have = ", ".join(names)
    return Diagnostic(
        "AW102",
        "error",
        name.span,
        Text(f"{de} „{name.text}“ gibt es hier nicht", f"There is no {en} “{name.text}” here"),
        advice=(
            *((Advice(TRY, same(best)),) if best else ()),
            *((Advice(HERE, same(have)),) if have else ()),
        ),
    )

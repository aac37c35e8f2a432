"""`tenant.yaml`: the office of a town, its dated values, people and deputies, and overlays over a procedure."""

from __future__ import annotations

from amtsweg.dsl import reader
from amtsweg.dsl.diagnostics import Diagnostic
from amtsweg.dsl.procedure import DatedValue, FieldType, Parameter
from amtsweg.dsl.tenant import TenantFile, merge, read_tenant, with_values
from amtsweg.dsl.yamltree import Mapping, to_plain

TEXT = """\
tenant: musterstadt
name: Stadt Musterstadt
land: Hessen
offices:
  steueramt:
    title: Steueramt
    hours: vormittags
people:
  kaya: {name: Kaya Orth, roles: [sachbearbeitung], offices: [steueramt]}
  lenz: {name: Lenz Amann}
roles:
  hund-anmelden:
    freigabe: [lenz]
deputies:
  - {person: lenz, deputy: kaya, from: 2026-07-13, to: 2026-07-31}
parameters:
  hund-anmelden:
    satz:
      - {from: 2027-01-01, value: 9.00 EUR}
      - {from: 2024-01-01, value: 7.50 EUR}
"""


def tenant(text: str = TEXT) -> tuple[TenantFile, tuple[Diagnostic, ...]]:
    found, findings = read_tenant(reader.read_text(text, "musterstadt/tenant.yaml").tree, "musterstadt/tenant.yaml")
    assert found is not None
    return found, findings


def test_a_town_has_its_land_by_code_its_offices_and_its_people() -> None:
    found, findings = tenant()
    assert not findings
    office = found.office
    assert (office.id, office.name, office.land) == ("musterstadt", "Stadt Musterstadt", "HE")
    assert office.offices["steueramt"].hours == "vormittags"
    assert office.people["kaya"].roles == {"sachbearbeitung"}
    assert office.people["lenz"].roles == {"hund-anmelden:freigabe"}
    assert office.deputies[0].to_day == "2026-07-31"


def test_dated_values_belong_to_a_procedure_and_stand_in_order_of_their_days() -> None:
    found, _ = tenant()
    parameters = {"satz": Parameter("satz", "Satz", FieldType("money"))}
    office, findings = with_values(found, "hund-anmelden", parameters, lambda scalar, _: scalar.text)
    assert not findings
    assert office.values["hund-anmelden/satz"] == (
        DatedValue("2024-01-01", "7.50 EUR"),
        DatedValue("2027-01-01", "9.00 EUR"),
    )


def test_a_german_date_is_understood_and_told() -> None:
    found, _ = tenant(TEXT.replace("2027-01-01", "01.01.2027"))
    parameters = {"satz": Parameter("satz", "Satz", FieldType("money"))}
    _, (finding,) = with_values(found, "hund-anmelden", parameters, lambda scalar, _: scalar.text)
    assert finding.code == "AW305"
    assert finding.body[0].de == "Gelesen als 1. Januar 2027."
    assert finding.fix is not None
    assert finding.fix.edits[0].text == "2027-01-01"


def test_what_a_town_names_must_exist() -> None:
    _, findings = tenant(TEXT.replace("offices: [steueramt]", "offices: [steuramt]").replace("[lenz]", "[lens]"))
    assert [(finding.code, finding.advice[0].text.de) for finding in findings] == [
        ("AW102", "steueramt"),
        ("AW102", "lenz"),
    ]
    found, _ = tenant()
    _, (finding,) = with_values(found, "hund-anmelden", {}, lambda scalar, _: scalar.text)
    assert finding.headline.en == "There is no parameter “satz” here"


def test_two_values_from_the_same_day_are_told() -> None:
    found, _ = tenant(TEXT.replace("2027-01-01", "2024-01-01"))
    parameters = {"satz": Parameter("satz", "Satz", FieldType("money"))}
    _, (finding,) = with_values(found, "hund-anmelden", parameters, lambda scalar, _: scalar.text)
    assert finding.code == "AW702"


def overlaid(base: str, over: str) -> object:
    first, second = reader.read_text(base, "p.yaml").tree, reader.read_text(over, "tenant.yaml").tree
    assert isinstance(first, Mapping)
    assert isinstance(second, Mapping)
    return to_plain(merge(first, second))


def test_an_overlay_adds_a_field_drops_an_option_and_changes_a_text() -> None:
    base = "lists: {a: {x: X, y: Y}}\nforms: {f: {fields: {n: Name, m: {title: M, type: date}}}}\ntitle: Alt\n"
    over = "lists: {a: {drop: [x], z: Z}}\nforms: {f: {fields: {n: {hint: H}, m: Neu, k: K}}}\n"
    assert overlaid(base, over) == {
        "lists": {"a": {"y": "Y", "z": "Z"}},
        "forms": {
            "f": {"fields": {"n": {"title": "Name", "hint": "H"}, "m": {"title": "Neu", "type": "date"}, "k": "K"}}
        },
        "title": "Alt",
    }


def test_an_overlay_drops_elements_of_a_list() -> None:
    assert overlaid("parts: [a, b, c]\n", "parts: {drop: [b]}\n") == {"parts": ["a", "c"]}


def test_an_overlay_that_says_nothing_changes_nothing() -> None:
    base = "a: {b: [c, d], e: f}\n"
    assert overlaid(base, "{}\n") == {"a": {"b": ["c", "d"], "e": "f"}}

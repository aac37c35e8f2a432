"""The table of field types is whole: every word of the language, every text in both languages."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from amtsweg.dsl.fieldtypes import FIELD_TYPES, computed_parts, facts_of
from amtsweg.dsl.procedure import BuiltinType


def test_every_type_a_compiled_field_may_have_stands_in_the_table() -> None:
    assert set(FIELD_TYPES) | {"record"} == set(get_args(BuiltinType))
    assert len(FIELD_TYPES) == 26


@pytest.mark.parametrize("name", FIELD_TYPES)
def test_a_type_says_everything_in_german_and_english(name: str) -> None:
    facts = FIELD_TYPES[name]
    for text in (facts.title, facts.accepts, facts.message, *(part.title for part in facts.parts)):
        assert text.de
        assert text.en


@pytest.mark.parametrize("name", [n for n, f in FIELD_TYPES.items() if f.parts])
def test_the_parts_of_a_composite_type_are_types_themselves(name: str) -> None:
    for part in FIELD_TYPES[name].parts:
        assert part.type in FIELD_TYPES
        assert bool(part.options) == (part.type == "choice")


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("chip", "276098100123456", "000000000000000"),
        ("plate", "KS-AB 123", "KSAB123"),
        ("email", "ada@beispiel.de", "ada@beispiel"),
        ("phone", "+49 561 12345", "null"),
        ("iban", "DE89370400440532013000", "89370400440532013000"),
    ],
)
def test_a_pattern_lets_the_right_entry_pass_and_the_wrong_one_not(name: str, good: str, bad: str) -> None:
    pattern = FIELD_TYPES[name].pattern
    assert re.fullmatch(pattern, good)
    assert not re.fullmatch(pattern, bad)


def test_a_name_may_carry_any_letter_but_no_digit() -> None:
    part = facts_of("person").part("nachname")
    assert part is not None
    for name in ("Müller-Lüdenscheid", "O’Connor", "Øster", "Nguyễn", "von der Tann"):
        assert re.fullmatch(part.pattern, name), name
    assert not re.fullmatch(part.pattern, "4711")


def test_the_salutation_follows_the_form_of_address_and_is_neutral_without_one() -> None:
    assert computed_parts("person", {"anrede": "frau", "titel": "Dr.", "nachname": "Beispiel"})["greeting"] == (
        "Sehr geehrte Frau Dr. Beispiel"
    )
    assert computed_parts("person", {"vorname": "Ada", "nachname": "Beispiel"}) == {
        "name": "Ada Beispiel",
        "greeting": "Guten Tag Ada Beispiel",
    }


def test_an_address_fits_on_one_line() -> None:
    parts = {"strasse": "Am Markt", "hausnummer": "1 a", "plz": "01067", "ort": "Dresden"}
    assert computed_parts("address", parts) == {"text": "Am Markt 1 a, 01067 Dresden"}

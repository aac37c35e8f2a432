"""Reference numbers and account numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amtsweg.dsl.money import (
    MoneyError,
    check_iban,
    creditor_reference,
    format_iban,
    is_creditor_reference,
    scheme,
)
from amtsweg.dsl.money.reference import CHECKS, check_luhn, check_mod11_10

PATTERN = "5{year:2}.{kind:3}.{serial:7}-{check}"
SCHEMES = st.sampled_from([scheme(PATTERN, check) for check in CHECKS if check != "none"])


def test_published_check_digits_are_met() -> None:
    assert check_luhn("7992739871") == "3"  # the usual example of ISO/IEC 7812-1
    assert check_mod11_10("0794") == "5"  # ISO 7064, example of MOD 11,10
    assert creditor_reference("539007547034") == "RF18539007547034"  # ISO 11649, EPC guidance
    assert is_creditor_reference("RF18 5390 0754 7034")
    assert not is_creditor_reference("RF18 5390 0754 7043")


@given(SCHEMES, st.integers(0, 99), st.integers(0, 999), st.integers(0, 9_999_999))
def test_a_number_is_read_back_whatever_the_separators(scheme_, year, kind, serial) -> None:
    number = scheme_.number(year=year, kind=kind, serial=serial)
    wanted = {"year": f"{year:02d}", "kind": f"{kind:03d}", "serial": f"{serial:07d}"}
    assert scheme_.parts(number) == wanted
    assert scheme_.parts(number.replace(".", " ").replace("-", "/")) == wanted


@given(st.sampled_from(["mod97", "mod11_10", "luhn"]), st.integers(0, 9_999_999), st.integers(0, 6), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(check, serial, place, by) -> None:
    made = scheme(PATTERN, check)
    digits = f"{serial:07d}"
    wrong = digits[:place] + str((int(digits[place]) + by) % 10) + digits[place + 1 :]
    number = made.number(year=26, kind=41, serial=digits)
    assert not made.valid(number.replace(digits, wrong))


@given(st.integers(0, 9_999_999), st.integers(0, 5))
def test_two_swapped_neighbours_are_noticed_modulo_97(serial, place) -> None:
    made = scheme(PATTERN, "mod97")
    digits = f"{serial:07d}"
    swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    number = made.number(year=26, kind=41, serial=digits)
    assert made.valid(number.replace(digits, swapped)) == (swapped == digits)


def test_a_scheme_without_check_digits_takes_its_own_numbers_only() -> None:
    made = scheme("{year:4}-{serial:5}", "none")
    assert made.number(year=2026, serial=17) == "2026-00017"
    assert made.valid("2026 00017")
    assert not made.valid("2026-0017")


def test_check_digits_may_stand_in_front() -> None:
    made = scheme("{check}.{serial:6}", "mod97")
    number = made.number(serial=123)
    assert made.valid(number)
    assert number.endswith(".000123")


@pytest.mark.parametrize(
    "call",
    [
        lambda: scheme(PATTERN, "mod1000"),
        lambda: scheme("{serial}-{check}"),
        lambda: scheme("{serial:3}{serial:3}{check}"),
        lambda: scheme("{serial:7}"),
        lambda: scheme("{serial:7}{check}", "none"),
        lambda: scheme("AB{serial:7}{check}"),
        lambda: scheme("{check}"),
        lambda: scheme(PATTERN).number(year=26, kind=41),
        lambda: scheme(PATTERN).number(year=26, kind=41, serial=10_000_000),
        lambda: scheme(PATTERN).number(year=26, kind="4a", serial=1),
        lambda: creditor_reference("Ä"),
    ],
)
def test_schemes_and_numbers_that_cannot_work_are_refused(call) -> None:
    with pytest.raises(MoneyError):
        call()


@pytest.mark.parametrize(
    "iban",
    [
        "DE02 1203 0000 0000 2020 51",
        "DE89370400440532013000",
        "at61 1904 3002 3457 3201",
        "GB29NWBK60161331926819",
        "FR14 2004 1010 0505 0001 3M02 606",
        "CH93 0076 2011 6238 5295 7",
        "NL91ABNA0417164300",
    ],
)
def test_published_ibans_are_right(iban: str) -> None:
    assert check_iban(iban) is None


@pytest.mark.parametrize(
    ("iban", "kind", "says"),
    [
        ("", "form", "beginnt mit zwei Buchstaben"),
        ("2002 1203", "form", "beginnt mit"),
        ("US12 1203 0000 0000 2020 51", "country", "kein SEPA-Land"),
        ("DE02 1203 0000 0000 2020 5", "length", "hat 22 Zeichen, diese hat 21"),
        ("DE02 1203 0000 0000 2020 5A", "length", "nur Ziffern"),
        ("DE02 1203 0000 0000 2020 15", "check", "Prüfziffer"),
        ("DE20 1203 0000 0000 2020 51", "check", "Prüfziffer"),
    ],
)
def test_wrong_ibans_are_told_why(iban: str, kind: str, says: str) -> None:
    problem = check_iban(iban)
    assert problem is not None
    assert problem.kind == kind
    assert says in problem.says.de
    assert problem.says.en


def test_an_iban_is_printed_in_fours() -> None:
    assert format_iban("de02120300000000202051") == "DE02 1203 0000 0000 2020 51"

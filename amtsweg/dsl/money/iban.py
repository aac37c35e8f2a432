"""Check an account number (ISO 13616): country, length, letters and digits, check digits modulo 97 (ISO 7064)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from amtsweg.dsl.diagnostics import Text
from amtsweg.dsl.money.reference import mod97

Problem = Literal["form", "country", "length", "check"]

# Lengths from the IBAN registry, for the countries of the SEPA area (EPC409-09).
_LENGTHS: Final[dict[str, int]] = {
    "AD": 24,
    "AL": 28,
    "AT": 20,
    "BE": 16,
    "BG": 22,
    "CH": 21,
    "CY": 28,
    "CZ": 24,
    "DE": 22,
    "DK": 18,
    "EE": 20,
    "ES": 24,
    "FI": 18,
    "FR": 27,
    "GB": 22,
    "GI": 23,
    "GR": 27,
    "HR": 21,
    "HU": 28,
    "IE": 22,
    "IS": 26,
    "IT": 27,
    "LI": 21,
    "LT": 20,
    "LU": 20,
    "LV": 21,
    "MC": 27,
    "MD": 24,
    "ME": 22,
    "MK": 19,
    "MT": 31,
    "NL": 18,
    "NO": 15,
    "PL": 28,
    "PT": 25,
    "RO": 24,
    "RS": 22,
    "SE": 24,
    "SI": 19,
    "SK": 24,
    "SM": 27,
    "VA": 22,
}
_FORM = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{8,30}")
_DIGITS_ONLY: Final = frozenset({"DE", "AT", "BE", "DK", "ES", "FI", "NO", "PL", "SE"})


@dataclass(frozen=True, slots=True)
class IbanProblem:
    """Why an IBAN is refused: stable `kind`, and a sentence for the person who typed it."""

    kind: Problem
    says: Text


def compact(iban: str) -> str:
    """Without blanks, in capital letters."""
    return "".join(iban.split()).upper()


def check_iban(iban: str) -> IbanProblem | None:
    """What is wrong with an IBAN; None if it is right. Whether the account exists, only the bank knows."""
    plain = compact(iban)
    if not _FORM.fullmatch(plain):
        return IbanProblem(
            "form",
            Text(
                "Eine IBAN beginnt mit zwei Buchstaben und zwei Ziffern, zum Beispiel DE02 …",
                "An IBAN begins with two letters and two digits, such as DE02 …",
            ),
        )
    country = plain[:2]
    length = _LENGTHS.get(country)
    if length is None:
        return IbanProblem(
            "country",
            Text(
                f"Aus dem Land {country} kann nicht eingezogen werden (kein SEPA-Land).",
                f"{country} is not a country of the SEPA area.",
            ),
        )
    if len(plain) != length or (country in _DIGITS_ONLY and not plain[2:].isdigit()):
        return IbanProblem(
            "length",
            Text(
                f"Eine IBAN aus {country} hat {length} Zeichen, diese hat {len(plain)}."
                if len(plain) != length
                else f"Eine IBAN aus {country} hat hinter dem Land nur Ziffern.",
                f"An IBAN of {country} has {length} characters, this one has {len(plain)}."
                if len(plain) != length
                else f"An IBAN of {country} has only digits after the country.",
            ),
        )
    if mod97(plain[4:] + plain[:4]) != 1:
        return IbanProblem(
            "check",
            Text(
                "Die Prüfziffer stimmt nicht; meist ist eine Ziffer vertauscht.",
                "The check digits do not fit; usually two digits are swapped.",
            ),
        )
    return None


def format_iban(iban: str) -> str:
    """In groups of four, as it is printed."""
    plain = compact(iban)
    return " ".join(plain[n : n + 4] for n in range(0, len(plain), 4))

"""The reading version of a procedure: a German document, made from the machine that runs."""

from pathlib import Path

import pytest

from amtsweg.dsl.load import load_folder
from amtsweg.renderers.reading import period, reading

SHIPPED = Path(__file__).resolve().parents[2] / "amtsweg" / "procedures" / "hund-anmelden"
GOLDEN = Path(__file__).parent / "golden" / "hund-anmelden.md"


def test_the_dog_registration_reads_as_written() -> None:
    assert reading(load_folder(SHIPPED).procedure().machine) == GOLDEN.read_text("utf-8")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("10 working days", "10 Arbeitstage"),
        ("1 month", "1 Monat"),
        ("1 working day before due", "1 Arbeitstag vor dem Ende der Frist"),
        ("2 weeks after bescheid.served", "2 Wochen nach `bescheid.served`"),
        ("antrag.bis", "`antrag.bis`"),
    ],
)
def test_periods_are_said_in_german_and_anything_else_stays_as_written(written: str, said: str) -> None:
    assert period(written) == said

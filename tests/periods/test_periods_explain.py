"""How dates explain themselves, in both languages, and the handbook chapter."""

from __future__ import annotations

import doctest
from datetime import date
from pathlib import Path

import pytest

from amtsweg.dsl.diagnostics import Text
from amtsweg.dsl.periods import Calendar, clock_end, due, explain, law, on_day, parse_period, served, statutory

HESSE = Calendar()
BGB, VWVFG, AO = law("BGB"), law("VwVfG"), law("AO")
GOLDEN = Path(__file__).parent / "golden"
HANDBOOK = Path(__file__).parents[2] / "docs" / "fristen.md"

CALCULATIONS = {
    "a tax notice over Easter": lambda: served("post", date(2026, 4, 2), AO, HESSE),
    "a permit over Easter": lambda: served("post", date(2026, 4, 2), VWVFG, HESSE),
    "an objection": lambda: due(
        date(2026, 1, 30), parse_period("1 month"), VWVFG, HESSE, label=Text("Bekanntgabe", "served")
    ),
    "a lost property of AW901": lambda: due(
        date(2026, 2, 2),
        parse_period("6 months"),
        BGB,
        HESSE,
        shift=False,
        label=Text("melden.done", "melden.done"),
        unmoved_because=Text("weil procedure.yaml:148 „shift: no“ sagt", "because procedure.yaml:148 says “shift: no”"),
    ),
    "a clock extended": lambda: clock_end(
        statutory("TKG § 127", date(2025, 11, 30), extended_at=(date(2026, 2, 20),)), VWVFG, HESSE
    ),
    "a demand too late": lambda: clock_end(
        statutory("TKG § 127", date(2025, 11, 30), stopped=(date(2025, 12, 31),)), VWVFG, HESSE
    ),
    "a demand in time": lambda: clock_end(
        statutory("TKG § 127", date(2025, 11, 30), stopped=(date(2025, 12, 30),)), VWVFG, HESSE
    ),
    "signs before a removal": lambda: due(
        date(2026, 6, 20), parse_period("4 calendar days"), VWVFG, HESSE, relation="before"
    ),
    "an appointment on a Sunday": lambda: on_day(date(2026, 6, 21), VWVFG, HESSE, nature="appointment"),
    "a download": lambda: served("download", date(2026, 6, 1), VWVFG, HESSE, retrieved=date(2026, 6, 5)),
    "a download that nobody fetched": lambda: served("download", date(2026, 6, 1), VWVFG, HESSE),
    "a letter that came late": lambda: served("post", date(2026, 6, 1), VWVFG, HESSE, arrived=date(2026, 6, 9)),
}


def everything(language: str) -> str:
    """All calculations under their titles."""
    return "\n".join(
        f"{title}\n" + "".join(f"  {line}\n" for line in explain(make(), language))
        for title, make in CALCULATIONS.items()
    )


@pytest.mark.parametrize("language", ["de", "en"])
def test_calculations_read_as_they_were_approved(language: str) -> None:
    """Golden files: read them aloud before changing one."""
    assert everything(language) == (GOLDEN / f"explain.{language}.txt").read_text(encoding="utf-8")


def test_every_example_of_the_handbook_runs() -> None:
    result = doctest.testfile(str(HANDBOOK), module_relative=False, encoding="utf-8")
    assert result.attempted > 20
    assert result.failed == 0

"""The handbook's chapter on expressions: every example is computed, every function is in its tables."""

from __future__ import annotations

import doctest
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from amtsweg import feel
from amtsweg.dsl.feel.builtins import BUILTINS
from amtsweg.dsl.feel.builtins.registry import Signature
from amtsweg.dsl.feel.env import Env, Relation
from amtsweg.dsl.feel.temporal import Date, DateTime, parse_date, parse_date_time
from amtsweg.dsl.feel.values import Period
from amtsweg.dsl.periods import Calendar, due, law
from amtsweg.errors import ExpressionError

CHAPTER = Path(__file__).parents[2] / "docs" / "ausdruecke.md"
TEXT = CHAPTER.read_text(encoding="utf-8")


class Office:
    """An office in Hesse whose procedures count by the Abgabenordnung."""

    calendar = Calendar("HE")

    def due(
        self, period: Period, base: Date | DateTime, relation: Relation = "after", *, exactly: bool = False
    ) -> Date:
        """The day on which a period ends."""
        day = base.date if isinstance(base, DateTime) else base
        start = date(day.year, day.month, day.day)
        found = due(start, period, law("AO"), self.calendar, relation=relation, exactly=exactly)
        return Date(found.end.year, found.end.month, found.end.day)

    def working_days_between(self, start: Date, end: Date) -> int:
        """Office days after one day up to another."""
        return self.calendar.working_days_between(
            date(start.year, start.month, start.day), date(end.year, end.month, end.day)
        )


ENV = Env(parse_date_time("2026-03-02T09:30:00@Europe/Berlin"), parse_date("2026-03-02"), Office())


def blocks(language: str) -> list[str]:
    """The fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.S | re.M)


def rows() -> list[dict[str, str]]:
    """Every row of every table, by the headings of its columns."""
    found: list[dict[str, str]] = []
    headings: list[str] = []
    for line in TEXT.splitlines():
        if not line.startswith("|"):
            headings = []
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not headings:
            headings = cells
        elif not set("".join(cells)) <= {"-"}:
            assert len(cells) == len(headings), line
            found.append(dict(zip(headings, cells, strict=True)))
    return found


def code(cell: str) -> str:
    """What stands between the backticks."""
    found = re.fullmatch(r"`(.*)`", cell)
    assert found is not None, cell
    return found[1]


CONTEXT = feel.evaluate(blocks("feel")[0], mode="strict")
EXAMPLES = [
    (code(row.get("Ausdruck") or row["sondern"]), row["Wert"], row.get("nach der Norm", ""))
    for row in rows()
    if "Wert" in row
]


def value_of(text: str, mode: Any = "strict") -> Any:
    """An expression of the chapter, in the chapter's world."""
    return feel.evaluate(text, CONTEXT, mode, ENV)


@pytest.mark.parametrize(("text", "wanted", "standard"), EXAMPLES)
def test_every_example_has_the_value_that_the_chapter_says(text: str, wanted: str, standard: str) -> None:
    """In strict mode, as procedures compute; where a third column stands, in the standard's mode too."""
    if wanted == "Fehler":
        with pytest.raises(ExpressionError):
            value_of(text)
    else:
        got, expected = value_of(text), value_of(code(wanted))
        assert (type(got), got) == (type(expected), expected)
    if standard:
        assert value_of(text, "spec") == value_of(code(standard), "spec")


def test_there_are_examples() -> None:
    """A chapter whose tables were not found would pass in silence."""
    assert len(EXAMPLES) > 180


def forms(name: str, signatures: tuple[Signature, ...]) -> str:
    """How the chapter writes the ways to call a function."""
    written: list[str] = []
    for signature in signatures:
        inner = ", ".join(param.name + ("?" if param.optional else "") for param in signature.params)
        form = f"`{name}({inner}{', …' if signature.variadic else ''})`"
        if form not in written:
            written.append(form)
    return " · ".join(written)


def test_the_tables_hold_every_function_as_it_is_called() -> None:
    """No function is missing, none is invented, and the names of parameters are those of the program."""
    told = [row["Funktion"] for row in rows() if "Funktion" in row]
    assert sorted(told) == sorted(forms(name, builtin.signatures) for name, builtin in BUILTINS.items())


@pytest.mark.parametrize("row", [row for row in rows() if "Funktion" in row], ids=lambda row: row["Funktion"][:24])
def test_the_example_of_a_function_calls_it(row: dict[str, str]) -> None:
    """An example beside the point explains nothing."""
    name = code(row["Funktion"].split(" · ")[0]).split("(")[0]
    assert f"{name}(" in row["Ausdruck"]
    assert row["Bedeutung"]


@pytest.mark.parametrize("row", [row for row in rows() if "nicht so" in row], ids=lambda row: row["gemeint"])
def test_what_is_often_written_instead_does_not_mean_that(row: dict[str, str]) -> None:
    """It is refused, or it is at least another value."""
    try:
        assert value_of(code(row["nicht so"])) != value_of(code(row["sondern"]))
    except ExpressionError as error:
        assert error.sentence


def test_the_python_examples_run() -> None:
    """As a reader would type them."""
    examples = "\n".join(blocks("python"))
    parsed = doctest.DocTestParser().get_doctest(examples, {}, "ausdruecke.md", str(CHAPTER), 0)
    result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS, verbose=False).run(parsed)
    assert result.attempted > 5 and result.failed == 0


def test_a_date_without_quotes_is_a_subtraction() -> None:
    """As the chapter warns."""
    assert feel.evaluate("2026-02-01") == 2023

"""`amtsweg feel`: what it prints, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from amtsweg.commands.feel import command


def run(*args: str) -> Result:
    return CliRunner().invoke(command, list(args))


def test_a_value_is_printed_as_the_language_writes_it() -> None:
    found = run("if dogs > 1 then fee * 1.5 else fee", "--context", '{"dogs": 2, "fee": 60.5}')
    assert (found.exit_code, found.output) == (0, "90.75\n")


@pytest.mark.parametrize(
    ("text", "output"),
    [("null", "null"), ('"a"', "a"), ("[1, {a: 2}]", "[1, {a: 2}]"), ("12 EUR * 2", "24 EUR"), ('@"P1D"', "P1D")],
)
def test_each_kind_of_value_has_a_text(text: str, output: str) -> None:
    assert run(text).output == output + "\n"


def test_explain_shows_every_part_innermost_first() -> None:
    assert run("1 + 2 * 3", "--explain").output.splitlines() == [
        "1  =  1", "2  =  2", "3  =  3", "2 * 3  =  6", "1 + 2 * 3  =  7",
    ]  # fmt: skip


def test_explain_as_json_has_places() -> None:
    found = json.loads(run("1 + x", "--explain", "--json", "--context", '{"x": 2}').output)
    assert found["value"] == {"@": "number", "v": "3"}
    assert [(part["text"], part["start"], part["end"]) for part in found["parts"]] == [
        ("1", 0, 1), ("x", 4, 5), ("1 + x", 0, 5),
    ]  # fmt: skip


def test_a_context_may_come_from_a_file_and_hold_dates(tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    file.write_text('{"day moved": {"@": "date", "v": "2026-01-31"}}', "utf-8")
    assert run('day moved + duration("P1M")', "--context", f"@{file}").output == "2026-02-28\n"


def test_an_error_shows_line_column_carets_and_a_sentence() -> None:
    found = run('1 +\n  (2 * "a")', "--lang", "de")
    assert found.exit_code == 1
    assert found.stderr.splitlines() == [
        "2:3: „*“ lässt sich mit Zahl und Text nicht rechnen.",
        '    (2 * "a")',
        "    ^^^^^^^^^",
    ]


def test_an_unreadable_expression_ends_with_one() -> None:
    found = run("1 == 2")
    assert found.exit_code == 1
    assert found.stderr.startswith("1:3: Things are compared with a single equals sign.")


def test_an_error_as_json_has_a_code_and_a_place() -> None:
    found = run("1 / 0", "--json")
    assert found.exit_code == 1
    assert json.loads(found.output)["error"] == {
        "code": "division_by_zero", "sentence": "One cannot divide by zero", "line": 1, "column": 1, "start": 0,
        "end": 5,
    }  # fmt: skip


def test_spec_mode_gives_null_where_strict_refuses() -> None:
    assert run("1 / 0", "--mode", "spec").output == "null\n"


@pytest.mark.parametrize("context", ["[1]", "{", "@there-is-no-such-file.json", '{"x": {"@": "no kind", "v": 1}}'])
def test_a_context_that_is_none_is_refused_with_its_reason(context: str) -> None:
    found = run("1", "--context", context)
    assert found.exit_code == 2
    assert "--context" in found.output + found.stderr


def test_help_has_an_example_that_works() -> None:
    shown = " ".join(run("--help").output.split())
    assert "if dogs > 1 then fee * 1.5 else fee" in shown
    assert run("if dogs > 1 then fee * 1.5 else fee", "--context", '{"dogs": 2, "fee": 60}').exit_code == 0

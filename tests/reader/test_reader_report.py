"""Findings as text, JSON and SARIF."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from amtsweg.dsl import report
from amtsweg.dsl.diagnostics import Advice, Diagnostic, Edit, Fix, Label, Text
from amtsweg.dsl.source import Position, Span


def finding(
    line: int = 1, column: int = 1, length: int = 1, *, code: str = "AW001", file: str = "f.yaml", **more: Any
) -> Diagnostic:
    severity = more.pop("severity", "error")
    return Diagnostic(code, severity, Span.at(file, line, column, length), Text("So ist es", "So it is"), **more)


def carets(text: str, line: str, one: Diagnostic) -> tuple[str, str]:
    lines = report.one_to_text(one, {"f.yaml": line}).split("\n")
    at = next(i for i, text in enumerate(lines) if text.startswith("   1 |"))
    return lines[at], lines[at + 1]


@pytest.mark.parametrize(
    ("line", "column", "below"),
    [
        ("abc", 2, "     |  ^"),
        ("äöü: x", 6, "     |      ^"),
        ("🐕: x", 4, "     |     ^"),
        ("犬犬: x", 5, "     |       ^"),
        ("a\u0301: x", 5, "     |    ^"),
        ("\tx", 2, "     |  ^"),
    ],
)
def test_the_caret_stands_under_its_letter_however_wide_the_letters_before_are(
    line: str, column: int, below: str
) -> None:
    assert carets("", line, finding(column=column))[1] == below


def test_a_wide_letter_gets_two_carets() -> None:
    assert carets("", "a犬b", finding(column=2))[1] == "     |  ^^"


def test_a_tab_is_drawn_as_one_arrow() -> None:
    assert carets("", "\tx: y", finding(column=2))[0] == "   1 | →x: y"


def test_a_place_behind_the_end_of_a_line_is_still_shown() -> None:
    assert carets("", "ab", finding(column=3))[1] == "     |   ^"


def test_a_place_over_several_lines_is_underlined_to_the_end_of_the_first() -> None:
    one = Diagnostic("AW001", "error", Span("f.yaml", Position(1, 3), Position(2, 2)), Text("A", "A"))
    assert "     |   ^^^" in report.one_to_text(one, {"f.yaml": "abcde\nf"})


def test_distant_lines_are_parted_by_dots_and_neighbours_are_not() -> None:
    source = "\n".join("abcdef")
    labels = (Label(Span.at("f.yaml", 1, 1), Text("hier", "here")), Label(Span.at("f.yaml", 4, 1), Text("", "")))
    text = report.one_to_text(finding(5, related=labels), {"f.yaml": source})
    assert text.split("\n")[3:9] == ["   1 | a", "     | - hier", "    ...", "   4 | d", "   5 | e", "     | ^"]


def test_places_in_another_file_get_their_own_heading() -> None:
    label = Label(Span.at("g.yaml", 2, 3, 2), Text("dort", "there"))
    text = report.one_to_text(finding(related=(label,)), {"f.yaml": "x", "g.yaml": "a\n  bc"})
    assert "  g.yaml:2\n   2 |   bc\n     |   -- dort" in text


def test_long_labels_of_advice_get_one_blank_and_following_lines_are_indented() -> None:
    advice = (Advice(Text("Hier gibt es", "You have"), Text("a\nb", "a\nb")),)
    text = report.one_to_text(finding(advice=advice), {"f.yaml": "x"})
    assert text.endswith("  Hier gibt es a\n             b")


def test_findings_are_sorted_by_place_and_equal_ones_shown_once() -> None:
    found = [finding(3), finding(1), finding(3), finding(2, file="a.yaml")]
    assert [str(one.span) for one in report.in_order(found)] == ["f.yaml:1:1", "f.yaml:3:1", "a.yaml:2:1"]


def test_people_are_shown_twenty_and_told_how_many_more_there_are() -> None:
    found = [finding(number) for number in range(1, 35)]
    text = report.to_text(found, {"f.yaml": "x\n" * 40})
    assert text.count("Fehler AW001") == 20
    assert "\n\nund 14 weitere\n\n34 Fehler · " in text


def test_more_than_a_hundred_are_never_printed() -> None:
    found = [finding(number) for number in range(1, 151)]
    text = report.to_text(found, {"f.yaml": "x\n" * 200}, "en", cap=1000)
    assert text.count("error AW001") == 100
    assert "and 50 more" in text


def test_the_last_line_counts_and_says_what_to_do_first() -> None:
    safe = Fix("safe", (Edit(Span.at("f.yaml", 1, 1), "x"),))
    found = [finding(1, fix=safe), finding(2), finding(3, severity="warning"), finding(4, severity="note")]
    assert (
        report.summary(found)
        == "2 Fehler, 1 Warnung, 1 Hinweis · 1 davon behebt amtsweg fix · nächster Schritt: amtsweg fix"
    )
    assert report.summary(found[1:2], "en") == "1 error · next step: amtsweg explain AW001"


def test_nothing_found_is_nothing_said() -> None:
    assert report.to_text([], {}) == ""


def test_colours_are_only_used_if_asked_for() -> None:
    plain = report.to_text([finding()], {"f.yaml": "x"})
    coloured = report.to_text([finding()], {"f.yaml": "x"}, color=True)
    assert "\x1b" not in plain
    assert "\x1b[1;31m" in coloured


def test_json_has_the_shape_that_editors_were_promised() -> None:
    fix = Fix("ask", (Edit(Span.at("f.yaml", 66, 19, 15), "wert"),))
    label = Label(Span.at("f.yaml", 59, 11, 4), Text("gemeint?", "meant?"))
    shown = Label(Span.at("f.yaml", 60, 1, 0), Text("", ""))
    one = finding(66, 19, 15, code="AW102", fix=fix, related=(label, shown), body=(Text("Eins", "One"),))
    assert report.to_json([one]) == [
        {
            "code": "AW102",
            "severity": "error",
            "file": "f.yaml",
            "range": {"start": [66, 19], "end": [66, 34]},
            "headline": {"de": "So ist es", "en": "So it is"},
            "body": {"de": ["Eins"], "en": ["One"]},
            "related": [
                {
                    "file": "f.yaml",
                    "range": {"start": [59, 11], "end": [59, 15]},
                    "label": {"de": "gemeint?", "en": "meant?"},
                }
            ],
            "advice": [],
            "fix": {
                "safety": "ask",
                "edits": [{"file": "f.yaml", "range": {"start": [66, 19], "end": [66, 34]}, "text": "wert"}],
            },
        }
    ]


REGION = {
    "type": "object",
    "required": ["startLine", "startColumn", "endLine", "endColumn"],
    "properties": {name: {"type": "integer", "minimum": 1} for name in ("startLine", "startColumn", "endLine")},
}
SARIF = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "required": ["tool", "results"],
                "properties": {
                    "tool": {"required": ["driver"], "properties": {"driver": {"required": ["name"]}}},
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "results": {
                        "items": {
                            "required": ["message", "ruleId", "level", "locations"],
                            "properties": {
                                "level": {"enum": ["none", "note", "warning", "error"]},
                                "message": {"required": ["text"]},
                                "locations": {
                                    "items": {
                                        "properties": {
                                            "physicalLocation": {
                                                "required": ["artifactLocation", "region"],
                                                "properties": {"region": REGION},
                                            }
                                        }
                                    }
                                },
                                "fixes": {
                                    "items": {
                                        "required": ["artifactChanges"],
                                        "properties": {
                                            "artifactChanges": {"minItems": 1, "items": {"required": ["replacements"]}}
                                        },
                                    }
                                },
                            },
                        }
                    },
                },
            },
        },
    },
}
"""What SARIF 2.1.0 demands of the parts that we write (sections 3.14, 3.27, 3.29, 3.30, 3.55)."""


def test_sarif_names_rules_places_and_replacements() -> None:
    fix = Fix("safe", (Edit(Span.at("ä f.yaml", 1, 2, 3), "x"),))
    data = report.to_sarif(
        [finding(1, 2, 3, file="ä f.yaml", fix=fix, related=(Label(Span.at("g", 1, 1), Text("a", "b")),))]
    )
    Draft202012Validator(SARIF).validate(data)
    result = data["runs"][0]["results"][0]
    rules = data["runs"][0]["tool"]["driver"]["rules"]
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == "AW001"
    assert rules[0]["shortDescription"]["text"] == "Ein Doppelpunkt mitten im Satz"
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "%C3%A4%20f.yaml"
    assert result["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"] == {"text": "x"}
    assert result["relatedLocations"][0]["message"] == {"text": "a"}


@given(st.text(max_size=30), st.integers(1, 40), st.integers(0, 10), st.integers(1, 5))
def test_no_place_in_no_text_makes_the_report_stumble(text: str, column: int, length: int, line: int) -> None:
    one = finding(line, column, length)
    assert report.one_to_text(one, {"f.yaml": text}).startswith("Fehler AW001")

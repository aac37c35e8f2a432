"""What the static check finds, at which place, in which words: one golden table in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from amtsweg.dsl.feel import messages, parser
from amtsweg.dsl.feel import types as ty
from amtsweg.dsl.feel.checker import check

GOLDEN = Path(__file__).parent / "golden" / "feel_findings.txt"
DOG = ty.record({"breed": ty.STRING, "size": ty.NUMBER, "chip": ty.optional(ty.STRING), "born": ty.DATE})
SCOPE = {
    "fee": ty.money("EUR"), "price": ty.money("CHF"), "count of dogs": ty.INTEGER, "income": ty.NUMBER,
    "name": ty.STRING, "nickname": ty.optional(ty.STRING), "moved": ty.optional(ty.DATE), "born": ty.DATE,
    "kind": ty.enum("kind", ("guide", "guard", "pet")), "agreed": ty.BOOLEAN, "dogs": ty.list_of(DOG), "dog": DOG,
    "discount": ty.optional(ty.NUMBER), "deadline": ty.PERIOD,
}  # fmt: skip

WRONG = [
    "fee > 100", "fee + 1", "fee > price", "fee + price", "income + name", "nam = \"x\"", "dog.braed", "dogs.size.x",
    'kind = "gurad"', "kind = gurad", "discount + 1", "discount > 5", "moved + 1 day", "string length(nickname)",
    "agreed + 1", "name and agreed", "if income then 1 else 2", "born > 2026-02-01", '@"2026-13-01"', "uppercase(name)",
    "substring(string: income, start position: 1)", "substring(start: 1)", "(dog.braed)", "(income + name) > 1",
    "upper case(income)", "substring(name)", "born = name", "born < 5", "income instance of nummer", "name(1)",
    "dogs[size > name]", "sum(dogs.breed)", "for d in dogs return d.sise", "some d in dogs satisfies d.size",
    "moved - born", "income in [1..fee]", "income between 1 and name", "not(income)", "kind in (pet, gard)",
    "-name", "fee * fee",
]  # fmt: skip
RIGHT = [
    "fee > 100 EUR", "fee * 2 + 3 EUR", "fee * 5 %", "kind = guard", 'kind = "guard"', "kind in (pet, guide)",
    "if discount != null then discount + 1 else 0", "discount != null and discount > 5",
    "discount = null or discount > 5", "count of dogs * 2", "dogs[size > 40].breed", "sum(dogs.size)",
    "for d in dogs return d.size", "some d in dogs satisfies d.born < born", "born + 14 days", "deadline after born",
    "if moved = null then born else moved", "string length(name) > 3 and agreed", 'if kind = pet then fee else 0 EUR',
    "max(dogs.size)", "dog.size > 3", "{a: income, b: a + 1}.b", "count(dogs[chip = null])", "fee / fee",
]  # fmt: skip


def findings(text: str) -> list[str]:
    """The findings of an expression: place, code, sentences."""
    checked = check(parser.parse(text, SCOPE, units=True), SCOPE, dialect=True)
    lines = []
    for one in checked.findings:
        said = messages.sentence(one.code, text[one.start : one.end], one.args)
        lines += [
            f"  {one.start}-{one.end} {messages.code_of(one.code)} {one.code}",
            f"    de {said.de}",
            f"    en {said.en}",
        ]
    return lines


def test_findings_are_as_in_the_golden_table() -> None:
    made = "\n".join("\n".join([text, *findings(text)]) for text in WRONG) + "\n"
    assert made == GOLDEN.read_text("utf-8")


@pytest.mark.parametrize("text", WRONG)
def test_each_wrong_expression_has_a_finding_inside_its_text(text: str) -> None:
    checked = check(parser.parse(text, SCOPE, units=True), SCOPE, dialect=True)
    assert checked.findings
    assert all(0 <= one.start < one.end <= len(text) for one in checked.findings)


@pytest.mark.parametrize("text", RIGHT)
def test_right_expressions_have_none(text: str) -> None:
    assert findings(text) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("fee * 2", "money EUR"), ("fee / fee", "number"), ("count of dogs + 1", "integer"), ("income / 2", "number"),
        ("dogs.breed", "list<string>"), ("dogs[1]", f"{DOG.text}?"), ("born - born", "days and time duration"),
        ("if agreed then 1 else null", "integer?"), ("kind = pet", "boolean"), ("[1, 2.5]", "list<number>"),
        ("for d in dogs return d.born", "list<date>"), ("upper case(name)", "string"),
    ],
)  # fmt: skip
def test_the_type_of_an_expression_is_found(text: str, kind: str) -> None:
    assert check(parser.parse(text, SCOPE, units=True), SCOPE, dialect=True).type.text == kind


def test_an_expected_type_is_asked_for_at_the_place_of_the_value() -> None:
    checked = check(parser.parse("income", SCOPE), SCOPE, ty.money("EUR"), dialect=True)
    assert [(one.code, one.start, one.end) for one in checked.findings] == [("money_wanted", 0, 6)]


def test_what_the_section_knows_counts_inside_it() -> None:
    node = parser.parse("discount + 1", SCOPE)
    known = parser.parse("discount != null", SCOPE)
    assert check(node, SCOPE, dialect=True).findings
    assert not check(node, SCOPE, assume=[known], dialect=True).findings


@pytest.mark.parametrize(
    "test", ["discount = rebate", "discount in [1, null]", "discount in (null, 2)", "discount != 3 or rebate > 1"]
)
def test_a_condition_that_null_may_meet_proves_nothing(test: str) -> None:
    scope = {"discount": ty.optional(ty.NUMBER), "rebate": ty.optional(ty.NUMBER)}
    checked = check(parser.parse(f"if {test} then discount + 1 else 0", scope), scope, dialect=True)
    assert "missing" in [one.code for one in checked.findings]


@pytest.mark.parametrize("test", ["discount = 3", "3 = discount", "discount in [1, 2]", "discount < 4"])
def test_a_condition_that_null_cannot_meet_proves_that_it_is_there(test: str) -> None:
    scope = {"discount": ty.optional(ty.NUMBER)}
    checked = check(parser.parse(f"if {test} then discount + 1 else 0", scope), scope, dialect=True)
    assert [one for one in checked.findings if one.start >= len(f"if {test} then ")] == []

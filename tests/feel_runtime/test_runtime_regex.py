"""XPath patterns: what they mean, what is refused, and that none of them can hang."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amtsweg.dsl.feel import regex
from amtsweg.dsl.feel.regex import PatternError, translate
from amtsweg.dsl.feel.regex_machine import Machine
from amtsweg.dsl.feel.regex_tree import category, complement, merged, parse, size, ways

FINDS = [
    ("a.c", "a\nc", "", False),
    ("a.c", "a\nc", "s", True),
    ("^b", "a\nb", "", False),
    ("^b", "a\nb", "m", True),
    ("a$", "a\nb", "m", True),
    ("a$", "a\n", "", False),
    ("A", "a", "i", True),
    (" a b ", "ab", "x", True),
    ("[ ]", "a b", "x", True),
    (r"\ d", "7", "x", True),
    ("a+b", "aab", "q", False),
    ("a+b", "a+b", "q", True),
    (r"^[a-z-[aeiou]]+$", "hmm", "", True),
    (r"^[a-z-[aeiou]]+$", "ham", "", False),
    (r"^[^a-c-[^x]]$", "x", "", True),
    (r"^\i\c*$", "xs:name-1", "", True),
    (r"^\i", "1", "", False),
    (r"^\p{Lu}\p{Ll}+$", "Ärger", "", True),
    (r"^\P{L}+$", "123", "", True),
    (r"^\p{IsCyrillic}+$", "Привет", "", True),
    (r"^\w+$", "a+b", "", True),
    (r"\w", "_", "", False),
    (r"^\d+$", "٣4", "", True),
    (r"^[\s]$", "\xa0", "", False),
    (r"^[\D]$", "a", "", True),
    (r"(ab)\1", "abab", "", True),
    (r"(?:ab)+c", "ababc", "", True),
    (r"[Q]", "q", "i", True),
    (r"[^Q]", "q", "i", False),
    (r"\p{Lu}", "q", "i", False),
    (r"[a\-z]", "-", "", True),
    (r"[0-9-]", "-", "", True),
    ("a{2}", "aa", "", True),
    ("^(a|ab)(c|bcd)$", "abcd", "", True),
    ("", "anything", "", True),
]

REFUSED = [
    "(", ")", "a)", "(a", "[", "[]", "[a", "[[a]]", "]", "}", "{", "{2}", "a{", "a{2", "a{,2}", "a{3,2}", "*", "a**",
    "a++", "a?+", "+", "(?=a)", "(?<n>a)", "(?i)a", r"\q", r"\0", r"\1", r"(a\1)", r"(a)\2", r"[\1]", "\\", r"\p{Foo}",
    r"\p{IsFoo}", r"\pL", "[z-a]", r"[a-\d]", "a" * 3000, "(" * 60 + ")" * 60, "((a{99}){99}){99}", r"\p{Lx}",
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "text", "flags", "wanted"), FINDS)
def test_a_pattern_finds_what_xpath_says(pattern: str, text: str, flags: str, wanted: bool) -> None:
    """Line ends, flags, classes that leave something out, categories and blocks."""
    assert (translate(pattern, flags).search(text) is not None) is wanted


@pytest.mark.parametrize("pattern", REFUSED)
def test_what_xpath_does_not_know_is_refused(pattern: str) -> None:
    """Also where Python's own patterns would take it."""
    with pytest.raises(PatternError):
        translate(pattern)


def test_an_unknown_flag_is_refused() -> None:
    """Only `smixq` are flags."""
    with pytest.raises(PatternError):
        translate("a", "g")


@pytest.mark.parametrize(
    ("pattern", "text", "template", "wanted"),
    [
        ("(a)(b)?", "ab a", "[$2$1]", "[ba] [a]"),
        ("a", "banana", r"\$\\", "b$\\n$\\n$\\"),
        ("(.)", "ab", "$1$1", "aabb"),
        ("(a)", "a", "$12", "a2"),
        ("a", "aa", "$0-", "a-a-"),
    ],
)
def test_replacing_puts_groups_in(pattern: str, text: str, template: str, wanted: str) -> None:
    """`$N` is as many digits as there are groups for; a group that took no part is empty."""
    assert translate(pattern).replace(text, template) == wanted


@pytest.mark.parametrize("template", ["$", "a$b", "\\", "\\a"])
def test_a_lone_dollar_or_backslash_in_what_is_put_in_is_refused(template: str) -> None:
    """As XPath has it (5.6.4)."""
    with pytest.raises(PatternError):
        translate("a").replace("a", template)


@pytest.mark.parametrize("pattern", ["", "a*", "^", "(a|)"])
def test_nothing_is_divided_by_a_pattern_that_matches_nothing(pattern: str) -> None:
    """Replacing and splitting with such a pattern is an error in XPath (5.6.4, 5.6.5)."""
    with pytest.raises(PatternError):
        translate(pattern).replace("abc", "-")
    with pytest.raises(PatternError):
        translate(pattern).split("abc")


def test_whole_texts_match_by_either_matcher() -> None:
    """`fullmatch` is what a form's pattern means."""
    assert translate("a|ab").fullmatch("ab") == (0, 2)
    assert translate("(a|a)*b").fullmatch("a" * 40 + "b") is not None
    assert translate("(a|a)*b").fullmatch("a" * 40 + "bc") is None
    assert translate("^a$", "m").fullmatch("a\n") is None


DANGEROUS = [
    ("(a|a)*b", "a" * 30), ("(a+)+b", "a" * 30), ("(a?){20}a{20}", "a" * 19), (".*.*.*.*.*.*.*.*.*.*b", "a" * 30),
    ("(a|aa)+$", "a" * 29 + "b"), ("((a{0,9}){0,9}){0,9}b", "a" * 30), ("(x+x+)+y", "x" * 30), ("((a*)*)*b", "a" * 30),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "text"), DANGEROUS)
def test_patterns_that_run_for_ever_elsewhere_take_few_steps(pattern: str, text: str) -> None:
    """Counted, not timed: Python's matcher is not asked, and ours needs less than text times pattern."""
    found = translate(pattern)
    assert not found.is_cheap(len(text))
    steps = [regex.MAX_STEPS]
    expected = (0, 20) if pattern.endswith("a{20}") and len(text) >= 20 else None
    assert found.machine.search(text, 0, steps) == expected
    assert regex.MAX_STEPS - steps[0] <= (len(text) + 2) * len(found.machine.program)


def test_too_much_work_is_an_error_and_not_a_wait() -> None:
    """A long text under a wide pattern is given up."""
    with pytest.raises(PatternError):
        translate("(a*)*b").search("a" * 1_000_000)
    with pytest.raises(PatternError):
        translate(r"(.*)(.*)(.*)(.*)(.*)\1b").search("a" * 1000)


ATOMS = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "(a)", "(a|b)", "(?:ab|a)", "(a(b)?)", "^", "$"])
PIECES = st.builds(
    lambda atom, sign: atom + sign, ATOMS, st.sampled_from(["", "", "?", "*", "+", "*?", "{1,2}", "{2}?"])
)
PATTERNS = st.lists(PIECES, min_size=1, max_size=5).map("".join)


@settings(max_examples=400, deadline=None)
@given(PATTERNS, st.text(alphabet="ab", max_size=8))
def test_both_matchers_find_the_same_match(pattern: str, text: str) -> None:
    """The linear matcher prefers what backtracking prefers; only rounds of a loop that read nothing may differ."""
    found = translate(pattern)
    quick = found.quick.search(text)
    slow = found.machine.search(text, 0, [regex.MAX_STEPS])
    assert (quick.span() if quick else None) == (slow[:2] if slow else None)


@settings(max_examples=200, deadline=None)
@given(PATTERNS, st.text(alphabet="ab", max_size=8))
def test_what_lies_between_the_matches_and_the_matches_make_the_text(pattern: str, text: str) -> None:
    """Replacing each match by itself changes nothing; splitting keeps what lies between."""
    found = translate(pattern)
    try:
        parts = found.split(text)
    except PatternError:
        assert found.search("") is not None
        return
    assert found.replace(text, "$0") == text
    assert len("".join(parts)) == len(text) - sum(spans[1] - spans[0] for spans in found.matches(text))


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab()|*+?{}[]\\^$.-,12:pLd", max_size=30))
def test_no_text_crashes_the_reader(text: str) -> None:
    """Every text is a pattern or a PatternError."""
    try:
        found = translate(text)
    except PatternError:
        return
    try:
        found.search("a" * 30)
    except PatternError:
        assert not found.is_cheap(30)


def test_the_work_of_a_pattern_is_computed() -> None:
    """A number plate is cheap; a choice inside a loop is not."""
    plate, _ = parse("[A-Z]{1,3}-[A-Z]{1,2} [0-9]{1,4}")
    loop, _ = parse("(a|a)*")
    assert ways(plate, 100) == 24
    assert size(plate) < 60
    assert ways(loop, 100) == 10**12
    assert translate("[A-Z]{1,3}-[A-Z]{1,2} [0-9]{1,4}").is_cheap(500)


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 30)), max_size=8))
def test_a_set_and_the_rest_share_nothing_and_miss_nothing(pairs: list[tuple[int, int]]) -> None:
    """Complement twice is the set itself."""
    ranges = merged([(low, low + width) for low, width in pairs])
    rest = complement(ranges)
    assert complement(rest) == ranges
    for code in range(450):
        assert any(a <= code <= b for a, b in ranges) != any(a <= code <= b for a, b in rest)


def test_categories_are_those_of_unicode() -> None:
    """`L` is all of `Lu Ll Lt Lm Lo`."""
    letters = re.compile("[" + "".join(f"\\U{a:08X}-\\U{b:08X}" for a, b in category("L")) + "]")
    for character in "aÄßжابא中ｱ":
        assert letters.match(character)
    for character in "1 _-€":
        assert not letters.match(character)


def test_a_reference_needs_backtracking() -> None:
    """The linear matcher says so instead of giving a wrong answer."""
    tree, groups = parse(r"(a)\1")
    with pytest.raises(PatternError):
        Machine(tree, groups, re.RegexFlag(0), lines=False)

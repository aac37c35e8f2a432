"""Every code that the program can report has a page, and every page its two languages."""

from __future__ import annotations

import re
from pathlib import Path

import amtsweg
from amtsweg.dsl.codes import AREAS, CODES, page, to_text
from amtsweg.dsl.reader import read_text

SOURCE = Path(amtsweg.__file__).parent


def test_every_code_in_the_program_has_a_page() -> None:
    used = {code for path in SOURCE.rglob("*.py") for code in re.findall(r"\bAW\d{3}\b", path.read_text("utf-8"))}
    assert used - set(CODES) == set()


def test_every_page_says_in_both_languages_what_it_is_about() -> None:
    for code, one in CODES.items():
        assert one.code == code
        assert one.title.de and one.title.en and one.why.de and one.why.en
        assert one.why.de.rstrip().endswith((".", ":", "“")), code
        assert all(len(line) <= 124 for line in (one.why.de + "\n" + one.why.en).split("\n")), code
        assert one.code[2] in AREAS


def test_what_is_shown_as_right_about_writing_has_no_slip() -> None:
    for code, one in CODES.items():
        if code[2] in "01" and one.right:
            assert read_text(one.right + "\n", code).diagnostics == (), code


def test_what_is_shown_as_wrong_about_writing_has_that_slip() -> None:
    for code in ("AW001", "AW002", "AW003", "AW005", "AW006", "AW007", "AW009", "AW020", "AW021", "AW022", "AW023"):
        assert code in [one.code for one in read_text(CODES[code].wrong + "\n", code).diagnostics], code


def test_a_page_reads_as_one_text() -> None:
    found = page("AW006")
    assert found is not None
    assert to_text(found, "en") == (
        "AW006  A blank is missing after the colon\n       writing\n\n"
        "  Only a colon with a blank separates a name from its value. Without the blank, both are one word.\n\n"
        "  Wrong\n    type:money\n\n  Right\n    type: money"
    )


def test_an_unknown_code_has_no_page() -> None:
    assert page("AW999") is None
    assert "AW999" not in CODES

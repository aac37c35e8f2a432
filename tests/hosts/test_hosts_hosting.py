"""The host that comes with the program: letters are written for real, framed by the town; handlers can be changed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from amtsweg.dsl.load import load_folder
from amtsweg.dsl.procedure import Office
from amtsweg.engine.handlers import Answer, Call
from amtsweg.hosting import address_lines, handlers, shown
from amtsweg.play import CannotPlay, Player, typed
from amtsweg.preview import form_view, letter
from amtsweg.renderers.letters import to_text

SHIPPED = Path(__file__).parents[2] / "amtsweg" / "procedures"
DOG = load_folder(SHIPPED / "hund-anmelden", SHIPPED / "musterstadt")
MACHINE = DOG.procedure().machine


def test_a_letter_is_framed_by_letterhead_office_bank_and_remedy() -> None:
    frame = letter(DOG, "bescheid").frame
    assert frame.sender["name"] == "Stadt Musterstadt"
    assert ("Amt", "Steueramt") in frame.contact
    assert frame.address == ("Frau", "Ada Beispiel", "Am Bach 3", "34999 Musterstadt")
    assert "Widerspruch" in frame.remedy
    assert any("DE02" in line for line in frame.footer)
    assert frame.place == "Musterstadt"


def test_an_english_letter_has_english_words_around_it() -> None:
    document = letter(DOG, "bescheid", language="en")
    assert document.frame.remedy_title == "Your right to appeal"
    assert document.frame.closing[0] == "Yours sincerely"


def test_a_letter_without_remedy_has_none() -> None:
    assert letter(DOG, "nachforderung").frame.remedy == ""


def test_a_draft_says_so() -> None:
    assert letter(DOG, "bescheid", draft=True).frame.draft
    assert "Tyson" in to_text(letter(DOG, "bescheid", sample="pitbull"))


@pytest.mark.parametrize(
    ("person", "lines"),
    [
        ({"vorname": "Bo", "nachname": "Muster"}, ("Bo Muster",)),
        ({"anrede": "herr", "titel": "Dr.", "vorname": "Bo", "nachname": "Muster"}, ("Herrn", "Dr. Bo Muster")),
        ({"name": "Verein e. V.", "anschrift": {"strasse": "Am Tor", "plz": "1", "ort": "X"}},
         ("Verein e. V.", "Am Tor", "1 X")),
        (None, ()),
    ],
)  # fmt: skip
def test_an_address_has_the_lines_there_are(person: object, lines: tuple[str, ...]) -> None:
    assert address_lines(person) == lines


def test_options_are_said_by_their_titles() -> None:
    assert shown("pitbull", "enum rassen", MACHINE) == "Pitbull-Terrier"
    assert shown(["pitbull", "dackel"], "list<enum rassen>", MACHINE) == "Pitbull-Terrier und Dackel"


def test_a_host_replaces_single_handlers() -> None:
    seen: list[str] = []

    def keep(call: Call) -> Answer:
        seen.append(call.kind)
        return Answer()

    found = handlers("text", {"notify": keep})
    assert found.find("notify", {}) is keep
    assert found.find("produce", {}) is not None


def test_a_form_that_opens_late_is_previewed_in_a_case_that_has_come_to_it() -> None:
    view = form_view(DOG, "pruefung")
    (field,) = [field for field in view.pages[0].items if field.id == "festgesetzt"]
    assert getattr(field, "raw", "").startswith("60")


def test_a_sample_is_judged_as_after_sending() -> None:
    broken = form_view(DOG, "antrag", "labrador", judge=True)
    assert broken.problems == ()


def test_somebody_acts_who_is_not_named() -> None:
    player = Player(MACHINE, Office("x", "X"), DOG.cases, date(2026, 2, 2))
    assert player.somebody("pruefen").id == "kaya"
    assert player.somebody("anmelden").kind == "party"


def test_a_case_that_has_not_begun_says_so() -> None:
    player = Player(MACHINE, DOG.office, DOG.cases)
    with pytest.raises(CannotPlay) as error:
        player.state()
    assert error.value.what == "case"


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("60 EUR", "", "60 EUR"),
        ("2026-02-02", "date", "2026-02-02"),
        ("2026-02-02", "text", "2026-02-02"),
        ("yes", "boolean", True),
        ("B 17", "", "B 17"),
        ("12", "number", 12),
    ],
)
def test_answers_of_services_have_the_type_that_is_declared(text: str, kind: str, found: object) -> None:
    value = typed(text, kind)
    assert value == found or str(value) == found

"""`cases.yaml` as typed values: every verb, samples that are like others, names that do not exist."""

from __future__ import annotations

from amtsweg.dsl import reader
from amtsweg.dsl.cases import CaseFile, Do, Expect, Happens, Refused, Wait, read_cases
from amtsweg.dsl.diagnostics import Diagnostic

TEXT = """\
people:
  ada: [halter]
  kaya: sachbearbeitung
samples:
  einer:
    name: Rex
    farbe: braun
  zwei:
    like: einer
    name: Bello
cases:
  - case: Alles geht gut
    today: 2021-07-02
    steps:
      - {do: anmelden, by: ada, with: einer}
      - do: pruefen
        by: kaya
        with: {festgesetzt: 60 EUR}
        outcome: festsetzen
      - expect: {at: zahlen, antrag.steuer: 60 EUR}
      - wait: 3 weeks
      - {event: zurueckgenommen, by: ada, reason: Hund verkauft}
      - {refused: bescheid freigeben, by: kaya}
      - refused: {do: pruefen, by: kaya, because: four_eyes}
"""


def cases(text: str = TEXT) -> tuple[CaseFile, tuple[Diagnostic, ...]]:
    return read_cases(reader.read_text(text, "hund/cases.yaml").tree, "hund/cases.yaml")


def test_every_verb_becomes_a_step_with_its_place() -> None:
    found, findings = cases()
    assert not findings
    (case,) = found.cases
    assert case.today is not None
    assert (case.name, case.today.text) == ("Alles geht gut", "2021-07-02")
    assert [type(step) for step in case.steps] == [Do, Do, Expect, Wait, Happens, Refused, Refused]
    do = case.steps[1]
    assert isinstance(do, Do)
    assert do.outcome is not None
    assert do.outcome.text == "festsetzen"
    assert [(key.text, value.text) for key, value in do.values if hasattr(value, "text")] == [("festgesetzt", "60 EUR")]
    short, full = case.steps[5], case.steps[6]
    assert isinstance(short, Refused)
    assert isinstance(full, Refused)
    assert isinstance(short.act, Do)
    assert short.act.step.text == "bescheid freigeben"
    assert full.because is not None
    assert full.because.text == "four_eyes"


def test_people_have_one_role_or_several() -> None:
    found, _ = cases()
    assert [(person.id, person.roles) for person in found.people] == [
        ("ada", ("halter",)),
        ("kaya", ("sachbearbeitung",)),
    ]


def test_a_sample_has_what_it_is_like_and_its_own_on_top() -> None:
    found, _ = cases()
    sample = found.sample("zwei")
    assert sample is not None
    assert {key.text: getattr(value, "text", "") for key, value in sample.values} == {"name": "Bello", "farbe": "braun"}


def test_unknown_people_and_samples_are_told_with_the_closest_name() -> None:
    _, findings = cases(TEXT.replace("by: kaya, because", "by: kaja, because").replace("with: einer", "with: einr"))
    assert [finding.headline.de for finding in findings] == [
        "Ein Beispiel „einr“ gibt es hier nicht",
        "Eine Person „kaja“ gibt es hier nicht",
    ]
    assert findings[1].advice[0].text.de == "kaya"


def test_samples_that_are_like_each_other_are_told_and_do_not_hang() -> None:
    _, findings = cases("samples:\n  a:\n    like: b\n  b:\n    like: a\n")
    assert {finding.code for finding in findings} == {"AW904"}


def test_a_file_that_is_no_map_has_no_cases() -> None:
    assert cases("- a\n")[0].cases == ()

"""Test cases are played on the real engine; what differs is told at its place, with the calculation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from amtsweg.dsl import report as printing
from amtsweg.testing import Report, run_folder, suggestions

SHIPPED = Path(__file__).parents[2] / "amtsweg" / "procedures"
SAMPLES = Path(__file__).parent / "golden" / "people_and_samples.yaml"
DOG, TOWN = SHIPPED / "hund-anmelden", SHIPPED / "musterstadt"


@pytest.fixture
def dog(tmp_path: Path) -> Any:
    """The dog registration with other cases: the samples stay, `cases:` is what the test writes."""

    def make(steps: str, *, today: str = "2021-03-22", head: str = "", edit: tuple[str, str] = ("", "")) -> Report:
        folder = tmp_path / "hund-anmelden"
        folder.mkdir(exist_ok=True)
        for file in DOG.iterdir():
            text = file.read_text("utf-8")
            if file.name == "procedure.yaml" and edit[0]:
                assert edit[0] in text
                text = text.replace(*edit)
            if file.name == "cases.yaml":
                text = (
                    text.partition("\ncases:")[0] + f"\ncases:\n  - case: Probe\n    today: {today}\n{head}    steps:\n"
                )
                text += "".join(f"      - {line}\n" for line in steps.strip().splitlines())
            (folder / file.name).write_text(text, "utf-8")
        return run_folder(folder, TOWN)

    return make


TO_PAYMENT = """
{do: anmelden, by: ada, with: labrador}
{do: pruefen, by: kaya, with: {wohnsitz: yes, festgesetzt: 60 EUR}, outcome: festsetzen}
{do: bescheid freigeben, by: lenz}
"""


def text_of(report: Report, language: str = "de") -> str:
    return printing.to_text(report.findings, report.sources, language)


def test_the_dog_registration_passes_and_its_cases_go_through_everything() -> None:
    report = run_folder(DOG, TOWN)
    assert report.findings == ()
    assert report.passed
    assert len(report.cases) >= 15
    assert report.gaps == ()
    assert report.coverage is not None
    assert report.coverage.share == 1.0


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize(
    ("name", "steps"),
    [
        ("due", TO_PAYMENT + "expect: {at: zahlen, due: 2021-04-25}"),
        ("served", TO_PAYMENT + "expect: {bescheid.served: 2021-03-24}"),
        ("amount", "{do: anmelden, by: ada, with: zwei_hunde}\nexpect: {antrag.steuer: 95 EUR}"),
        ("missing", "{do: anmelden, by: ada, with: {like: pitbull, zahlungsweise: sepa}}"),
        ("not_open", "{do: anmelden, by: ada, with: labrador}\n{do: anhoeren, by: jonas, with: {gefaehrlich: yes}}"),
        ("refused", TO_PAYMENT.replace("by: lenz", "by: kaya")),
        ("not_refused", "refused: {do: anmelden, by: ada, with: labrador}"),
        ("letters", TO_PAYMENT + "expect: {letters: [nachforderung, bescheid], hidden: antrag.steuer}"),
    ],
)
def test_a_difference_is_told_with_its_place_and_its_calculation(
    dog: Any, name: str, steps: str, language: str
) -> None:
    report = dog(steps, today="2021-10-12" if name in ("amount", "missing") else "2021-03-22")
    assert not report.passed
    golden = Path(__file__).parent / "golden" / f"test_{name}.{language}.txt"
    assert text_of(report, language) + "\n" == golden.read_text("utf-8")


def test_what_is_written_instead_makes_the_case_pass(dog: Any) -> None:
    report = dog(TO_PAYMENT + "expect: {due: 2021-04-25}")
    (finding,) = report.findings
    assert finding.fix is not None
    (edit,) = finding.fix.edits
    assert dog(TO_PAYMENT + f"expect: {{due: {edit.text}}}").passed


def test_a_refusal_for_another_reason_is_a_difference(dog: Any) -> None:
    refused = "refused: {do: bescheid freigeben, by: kaya, because: invalid}"
    steps = TO_PAYMENT.replace("{do: bescheid freigeben, by: lenz}", refused)
    assert not dog(steps).passed
    assert dog(steps.replace("invalid", "four_eyes")).passed
    assert dog(steps.replace("invalid", "Vier Augen")).passed


def test_a_service_answers_what_the_case_says(dog: Any) -> None:
    steps = """
{do: anmelden, by: ada, with: mit_lastschrift}
{do: pruefen, by: kaya, with: {wohnsitz: yes, festgesetzt: 60 EUR}, outcome: festsetzen}
{do: bescheid freigeben, by: lenz}
expect: {at: erledigt, einziehen.beleg: B 17, einziehen.gebucht: 60 EUR}
"""
    answers = "    answers:\n      kasse.einziehen: {beleg: B 17, gebucht: 60 EUR}\n"
    assert text_of(dog(steps, head=answers)) == ""


def test_time_can_be_waited_for_by_the_time_limit_of_a_step(dog: Any) -> None:
    steps = TO_PAYMENT + "wait: until zahlen overdue\nexpect: {at: erledigt}"
    assert dog(steps).passed


@pytest.mark.parametrize("wait", ["until 2020-01-01", "until anmelden due", "until morgen", "drei Wochen"])
def test_a_wait_that_cannot_be_is_told(dog: Any, wait: str) -> None:
    report = dog("{do: anmelden, by: ada, with: labrador}\nwait: " + wait)
    assert [one.code for one in report.findings] == ["AW903"]


def test_a_field_that_depends_on_others_is_hidden_or_shown_by_the_sample(dog: Any) -> None:
    steps = """
expect: {hidden: antrag.hunde.haftpflicht, with: labrador}
expect: {shown: antrag.hunde.haftpflicht, with: pitbull}
expect: {shown: antrag.iban, with: {like: labrador, zahlungsweise: sepa}}
"""
    assert text_of(dog(steps)) == ""
    assert len(dog("expect: {hidden: antrag.hunde.haftpflicht, with: pitbull}").findings) == 1


def test_expectations_may_be_expressions_over_the_case(dog: Any) -> None:
    steps = (
        TO_PAYMENT
        + "expect: {count(antrag.hunde): 1, pruefen.by: kaya, pruefen.outcome: festsetzen, zahlen.paid: null}"
    )
    assert text_of(dog(steps)) == ""


def test_a_case_stops_at_the_first_act_that_does_not_go(dog: Any) -> None:
    report = dog("{do: pruefen, by: kaya, outcome: kein_steuerfall}\n" + TO_PAYMENT.strip())
    assert len(report.findings) == 1


def test_what_no_case_goes_through_is_suggested_and_arrives(dog: Any) -> None:
    report = dog(TO_PAYMENT + "expect: {at: zahlen}")
    gaps = [one.headline.de for one in report.gaps]
    assert any("kein_steuerfall" in gap for gap in gaps)
    found = {one.way: one for one in suggestions(report)}
    assert found["zahlen – paid"].arrives
    assert found["pruefen – kein_steuerfall"].arrives
    lines = found["pruefen – kein_steuerfall"].text.splitlines()
    steps = "".join(line.strip().removeprefix("- ") + "\n" for line in lines[3:])
    again = dog(steps)
    assert again.passed
    assert "pruefen – kein_steuerfall" not in str([one.headline.de for one in again.gaps])


def test_a_procedure_with_errors_plays_nothing_and_says_why(dog: Any) -> None:
    report = dog(TO_PAYMENT, edit=("next: zahlung_noetig", "next: nirgendwo"))
    assert not report.passed
    assert report.cases == ()
    assert "AW103" in [one.code for one in report.findings]


def test_a_report_is_plain_data() -> None:
    found = run_folder(DOG, TOWN, only="Ostermontag").to_data()
    assert found["passed"] is True
    assert len(found["cases"]) == 1
    assert found["coverage"]["ways"]["covered"] < found["coverage"]["ways"]["all"]
    assert "bescheid_senden.check: freigeben" in found["cases"][0]["path"]

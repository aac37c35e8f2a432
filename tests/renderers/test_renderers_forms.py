"""A form as pages, as JSON and as questions: everything has a name, nothing typed is lost, no JavaScript."""

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from amtsweg.dsl.formview import FieldView, FormView, GroupView, PageView, Problem
from amtsweg.renderers import forms_html, forms_json, forms_terminal

LATE = "Die Anmeldung war innerhalb von zwei Wochen fällig."
WRONG = "Bitte geben Sie ein Datum ein, zum Beispiel 24.12.2025."


def view(language: str = "de") -> FormView:
    problem = Problem("seit", "date", WRONG)
    person = FieldView(
        "person", "person", "Halterin oder Halter", "person", "group",
        parts=(
            FieldView("person.vorname", "vorname", "Vorname", "text", autocomplete="given-name", raw='Ada "<b>'),
            FieldView("person.email", "email", "E-Mail", "email", "email", required=False),
        ),
    )  # fmt: skip
    since = FieldView(
        "seit", "seit", "Hund im Haushalt seit", "date", "date", hint="Zum Beispiel 24.12.2025", raw="gestern",
        problems=(problem,),
    )  # fmt: skip
    breed = FieldView(
        "hunde[2].rasse", "rasse", "Rasse", "choice", "radio",
        options=(("l", "Labrador Retriever"), ("p", "Pitbull-Terrier")), chosen=("p",), shown="Pitbull-Terrier",
    )  # fmt: skip
    dogs = GroupView(
        "hunde", "hunde", "Ihre Hunde", repeats=True, item_title="Hund", least=1, most=10, labels=("Rex", "Tyson"),
        elements=(
            (FieldView("hunde[1].name", "name", "Name des Hundes", "text", raw="Rex", shown="Rex"),),
            (FieldView("hunde[2].name", "name", "Name des Hundes", "text", raw="Tyson", shown="Tyson"), breed,
             FieldView("hunde[2].bild", "bild", "Foto", "file", "upload", limits={"accept": ".jpg,.png"}),
             FieldView("hunde[2].satz", "satz", "Steuersatz", "money", computed=True, shown="600,00 €")),
        ),
    )  # fmt: skip
    consent = FieldView("mandat", "mandat", "Ich erlaube den Einzug.", "confirm", "checkbox", raw="yes")
    return FormView(
        "antrag", "Hund anmelden",
        (PageView("halter", "Ihre Angaben", (person, since)), PageView("hunde", "Ihre Hunde", (dogs, consent))),
        language, declaration="Ich versichere, dass meine Angaben richtig sind.", notes=(LATE,), base=3,
    )  # fmt: skip


class Page(HTMLParser):
    """What a screen reader would find: labels, controls, ids, links inside the page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.labels: list[str] = []
        self.controls: list[dict[str, str]] = []
        self.links: list[str] = []
        self.described: list[str] = []
        self.tags: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        if "id" in found:
            self.ids.append(found["id"])
        if tag == "label":
            self.labels.append(found["for"])
        if tag in ("input", "select", "textarea") and found.get("type") != "hidden":
            self.controls.append(found)
        if tag == "a" and found.get("href", "").startswith("#"):
            self.links.append(found["href"][1:])
        self.described += found.get("aria-describedby", "").split()


PAGES = {
    "first": lambda: forms_html.page(view(), 1),
    "list": lambda: forms_html.page(view(), 2),
    "element": lambda: forms_html.page(view(), 2, editing="hunde[2]"),
    "review": lambda: forms_html.review(view()),
    "whole": lambda: forms_html.whole(view()),
    "english": lambda: forms_html.page(view("en"), 1),
}


@pytest.mark.parametrize("name", PAGES)
def test_every_control_has_a_label_and_every_reference_a_target(name: str) -> None:
    page = Page(PAGES[name]())
    assert {control["id"] for control in page.controls} <= set(page.labels)
    assert set(page.described) <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert "script" not in page.tags


@pytest.mark.parametrize("name", ["first", "whole", "english"])
def test_the_error_summary_links_to_the_field(name: str) -> None:
    page = Page(PAGES[name]())
    assert "f-seit" in page.links
    assert set(page.links) - {"main"} <= set(page.ids)


def test_what_was_typed_is_shown_again_and_escaped() -> None:
    html = forms_html.page(view(), 1)
    assert 'value="gestern"' in html
    assert 'value="Ada &#34;&lt;b&gt;"' in html
    assert "<b>" not in html


def test_the_same_words_stand_in_the_summary_and_at_the_field() -> None:
    assert forms_html.page(view(), 1).count(WRONG) == 2


def test_an_upload_is_sent_as_multipart_and_keeps_its_limits() -> None:
    html = forms_html.page(view(), 2, editing="hunde[2]")
    assert 'enctype="multipart/form-data"' in html
    assert 'accept=".jpg,.png"' in html
    assert "enctype" not in forms_html.page(view(), 1)


def test_computed_values_are_shown_and_never_asked() -> None:
    html = forms_html.page(view(), 2, editing="hunde[2]")
    assert "600,00 €" in html
    assert 'name="hunde[2].satz"' not in html


def test_the_base_version_travels_with_the_form() -> None:
    assert '<input type="hidden" name="base" value="3">' in forms_html.page(view(), 1)


@pytest.mark.parametrize(
    ("pressed", "what", "target"),
    [("next", "next", ""), ("add:hunde", "add", "hunde"), ("change:hunde[2]", "change", "hunde[2]"),
     ("send:festsetzen", "send", "festsetzen"), ("delete everything", "save", "")],
)  # fmt: skip
def test_a_button_is_read_as_data_and_an_unknown_one_only_saves(pressed: str, what: str, target: str) -> None:
    assert forms_html.read_button(pressed) == forms_html.Button(what, target)


def test_the_style_sheet_of_kern_is_shipped_with_its_licence() -> None:
    assert ".kern-form-input" in forms_html.style_sheet()
    licence = Path(forms_html.__file__).parent / "assets" / "kern" / "LICENSE.md"
    assert "EUPL" in licence.read_text("utf-8")


def test_json_has_fields_constraints_options_and_problems() -> None:
    data = json.loads(json.dumps(forms_json.to_data(view())))
    since = data["pages"][0]["items"][1]
    assert (since["type"], since["value"], since["problems"][0]["text"]) == ("date", "gestern", WRONG)
    group = data["pages"][1]["items"][0]
    assert (group["min"], group["max"], len(group["elements"])) == (1, 10, 2)
    assert group["elements"][1][1]["options"][1] == {"id": "p", "title": "Pitbull-Terrier"}


def test_questions_ask_what_applies_and_ask_again_what_is_wrong() -> None:
    asked: list[str] = []
    told: list[str] = []
    replies = iter(["Ada", "gestern", "2026-02-01", "n"])

    def now(answers: dict[str, str]) -> FormView:
        wrong = (Problem("seit", "date", WRONG),) if answers.get("seit") == "gestern" else ()
        return FormView(
            "f", "F",
            (PageView("p", "Angaben", (
                FieldView("name", "name", "Name", "text"),
                FieldView("seit", "seit", "Seit", "date", problems=wrong),
                GroupView("h", "h", "Hunde", repeats=True, item_title="Hund", most=2),
            )),),
        )  # fmt: skip

    def answer(question: str) -> str:
        asked.append(question)
        return next(replies)

    assert forms_terminal.ask(now, answer, told.append) == {"name": "Ada", "seit": "2026-02-01"}
    assert [q for q in asked if q.startswith("Seit")] == ["Seit: ", "Seit: "] or len(asked) == 4
    assert any(WRONG in line for line in told)


@pytest.mark.browser
def test_a_real_browser_lays_the_page_out_within_a_phone(tmp_path: Path) -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("Chromium is not installed (apt-get install chromium)")
    page = tmp_path / "page.html"
    html = forms_html.page(view(), 2, editing="hunde[2]")
    probe = "<script>document.title='W'+document.documentElement.scrollWidth+'/'+window.innerWidth</script>"
    page.write_text(html.replace("</body>", probe + "</body>"), "utf-8")
    done = subprocess.run(
        [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", f"--user-data-dir={tmp_path / 'profile'}", "--window-size=500,900",
         "--virtual-time-budget=2000", "--dump-dom", page.as_uri()],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    found = re.search(r"<title>W(\d+)/(\d+)", done.stdout)
    assert found is not None, done.stderr[-500:]
    assert int(found[1]) <= int(found[2])

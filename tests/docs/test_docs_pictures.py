"""The pictures of the README: there, small enough, and of the shipped procedure as it is."""

from __future__ import annotations

from pathlib import Path

import amtsweg.procedures
from amtsweg.dsl.formview import FieldView
from amtsweg.dsl.load import load_folder
from amtsweg.preview import form_view
from amtsweg.renderers import diagram, forms_html

IMAGES = Path(__file__).parents[2] / "docs" / "images"
DOG = load_folder(Path(amtsweg.procedures.__path__[0]) / "hund-anmelden")


def test_docs_the_drawing_is_that_of_the_shipped_procedure() -> None:
    assert DOG.draft is not None
    assert (IMAGES / "ablauf.svg").read_text("utf-8") == diagram.to_svg(diagram.extract(DOG.draft), ["pruefen"])


def test_docs_the_picture_of_the_form_is_a_png_of_less_than_300_kilobytes() -> None:
    data = (IMAGES / "formular.png").read_bytes()
    assert data.startswith(b"\x89PNG")
    assert len(data) < 300_000


def test_docs_a_question_for_yes_or_no_offers_both_on_the_page() -> None:
    view = form_view(DOG, "antrag", "labrador")
    [field] = [one for one in view.pages[0].items if isinstance(one, FieldView) and one.id == "zugezogen"]
    assert (field.options, field.chosen, field.shown) == ((("yes", "Ja"), ("no", "Nein")), ("no",), "Nein")
    page = forms_html.page(view, 1)
    assert 'name="zugezogen" value="no" checked' in page
    assert 'name="zugezogen" value="yes">' in page

"""Letters: values are put in as text, conditions and repetitions are whole lines, PDF/A and PDF/UA come out."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amtsweg.dsl.procedure import EachPart, Expr, HolePart, Letter, Part, TextPart, WhenPart
from amtsweg.renderers import letters, pdf


def name(text: str) -> Expr:
    return Expr(text, None)


def evaluate_in(values: Mapping[str, Any]) -> letters.Evaluate:
    return lambda expr, names: names.get(expr.text, values.get(expr.text))


def written(*parts: Part, **values: Any) -> letters.Document:
    letter = Letter("b", "Bescheid", {"de": parts})
    return letters.compose(letter, "de", evaluate_in(values), lambda value, _: str(value), FRAME)


FRAME = letters.Frame(
    "Bescheid", {"name": "Stadt Musterstadt"}, address=("Ada Beispiel", "Am Markt 1"), reference="HU-1",
    place="Musterstadt", date="25. November 2026", remedy="Gegen diesen Bescheid können Sie Widerspruch erheben.",
    closing=("Mit freundlichen Grüßen", "Kaya"),
)  # fmt: skip


def test_a_value_is_never_read_as_markup() -> None:
    document = written(TextPart("Frau "), HolePart(name("n")), TextPart(","), n="*Müller* <b> #1 [x](y)")
    assert "Frau *Müller* <b> #1 [x](y)," in letters.to_text(document)
    assert "<b>" not in letters.to_html(document)
    assert "<em>" not in letters.to_html(document)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=60))
def test_any_text_comes_out_as_it_went_in(value: str) -> None:
    plain = " ".join(value.split())
    if not plain:
        return
    document = written(TextPart("a "), HolePart(name("n")), TextPart(" z"), n=plain)
    blocks = [token for token in letters.tokens(document.markdown) if token.type == "inline"]
    assert len(blocks) == 1
    assert letters.inline_text(blocks[0]) == f"a {plain} z"


def test_a_condition_shows_its_lines_only_if_it_is_true() -> None:
    parts = (TextPart("Anfang\n\n"), WhenPart(name("c"), (TextPart("Nur dann.\n\n"),)), TextPart("Ende\n"))
    assert "Nur dann." in letters.to_text(written(*parts, c=True))
    for value in (False, None):
        assert "Nur dann." not in letters.to_text(written(*parts, c=value))


def test_a_repetition_gives_one_line_for_each_element_with_its_position() -> None:
    body = (TextPart("* "), HolePart(name("position")), TextPart(" "), HolePart(name("h")), TextPart("\n"))
    text = letters.to_text(written(EachPart("h", name("hs"), body), hs=["Rex", "Luna"]))
    assert "- 1 Rex\n- 2 Luna" in text


def test_a_repetition_without_end_is_refused() -> None:
    with pytest.raises(ValueError, match="2000"):
        written(EachPart("h", name("hs"), (TextPart("x"),)), hs=[1] * 2001)


def test_a_letter_falls_back_to_the_language_it_has() -> None:
    letter = Letter("b", "B", {"de": (TextPart("Guten Tag"),)})
    document = letters.compose(letter, "en", evaluate_in({}), lambda v, _: str(v), FRAME)
    assert document.markdown == "Guten Tag\n"


def test_the_text_shape_has_address_reference_remedy_and_closing() -> None:
    text = letters.to_text(written(TextPart("# Bescheid\n\nText.\n")))
    for line in ("Ada Beispiel", "Aktenzeichen: HU-1", "Rechtsbehelfsbelehrung", "Kaya"):
        assert line in text


def test_the_pdf_is_tagged_titled_and_fit_for_the_file() -> None:
    table = TextPart(
        "# Bescheid\n\n| Hund | Betrag |\n|---|---|\n| Rex | 72,00 € |\n\n1. eins\n2. zwei\n\n- **fett**\n"
    )
    data = pdf.to_pdf(written(table, HolePart(name("n")), n='#panic("x") $ \\ "'))
    assert data.startswith(b"%PDF-1.7")
    assert b"pdfaid" in data
    assert b"pdfuaid" in data


def test_no_text_can_become_code_of_the_typesetter() -> None:
    source = pdf.typst_source(written(HolePart(name("n")), n='"; #read("/etc/passwd")'))
    assert '#read("/etc/passwd")' not in source.replace("\\", "")[: source.find("#let data")]
    assert '\\"; #read(\\"/etc/passwd\\")' in source

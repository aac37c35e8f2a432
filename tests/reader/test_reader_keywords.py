"""One table of keywords: nothing in the schema without its German name, its two glosses and an example."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from amtsweg.dsl import keywords, schema
from amtsweg.dsl.flow.steps import KINDS
from amtsweg.dsl.reader import read_text


def records(node: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every map of keywords in a schema, with its place."""
    if isinstance(node, dict):
        if "x-place" in node:
            yield node["x-place"], node.get("properties", {})
        for value in node.values():
            yield from records(value)
    elif isinstance(node, list):
        for value in node:
            yield from records(value)


EVERYWHERE = [(place, words) for kind in schema.KINDS for place, words in records(schema.schema(kind))]


def test_every_key_of_every_schema_has_a_title_and_a_description_in_two_languages() -> None:
    for place, words in EVERYWHERE:
        for word, shape in words.items():
            found = keywords.keyword(word, place)
            if found is None:
                assert (place, word) in {("refused_act", "because"), ("refused_act", "outcome")}
                continue
            assert shape["title"] == f"{found.name} · {word}"
            assert found.says.de in shape["description"]
            assert found.says.en in shape["description"]


def test_every_keyword_is_complete_and_its_places_are_known() -> None:
    for one in keywords.table():
        assert one.name and one.says.de and one.says.en and one.example
        assert not one.says.de.endswith(".") and not one.says.en.endswith(".")
        assert set(one.places) <= set(keywords.PLACES)


def test_every_keyword_of_a_step_or_form_is_legal_somewhere_in_a_schema() -> None:
    legal = {word for _, words in EVERYWHERE for word in words}
    free = {"hidden", "amount", "at", "drop", *(word for word, _ in schema.NOT_YET), "body"}
    assert {one.word for one in keywords.table()} - legal - free == set()


def test_there_are_at_least_a_hundred_and_fifty_german_slips() -> None:
    assert len({slip for one in keywords.table() for slip in one.slips}) >= 150


def test_no_slip_is_itself_a_keyword_at_the_same_place() -> None:
    for one in keywords.table():
        for place in one.places:
            words = {other.word for other in keywords.legal_at(place)}
            assert not words & set(one.slips), (one.word, place, words & set(one.slips))


def test_examples_can_be_read() -> None:
    for one in keywords.table():
        answer = read_text(one.example + "\n", f"{one.word}.yaml")
        assert answer.diagnostics == (), one.word
        assert one.example.startswith(f"{one.word}:")


@pytest.mark.parametrize(
    ("german", "place", "word"),
    [
        ("frist", "task", "due"),
        ("Frist", "pay", "due"),
        ("fällig", "task", "due"),
        ("titel", "field", "title"),
        ("Überschrift", "page", "title"),
        ("label", "field", "title"),
        ("weiter", "task", "next"),
        ("auswahl", "field", "options"),
        ("not_by", "task", "four_eyes"),
        ("vier_augen", "letter", "four_eyes"),
        ("rechtsbehelf", "letter", "appeal"),
        ("gilt_ab", "dated_value", "from"),
    ],
)
def test_a_german_word_leads_to_the_keyword_that_is_legal_there(german: str, place: str, word: str) -> None:
    allowed = frozenset(one.word for one in keywords.legal_at(place))
    assert keywords.slip(german, place, allowed) == word


def test_a_word_that_means_nothing_leads_nowhere() -> None:
    assert keywords.slip("xyz", "task", frozenset({"due"})) is None
    assert keywords.slip_anywhere("xyz") is None


def test_completion_finds_keywords_by_german_words() -> None:
    assert keywords.search("frist", "task")[0].word == "due"
    assert "deadline_law" in [one.word for one in keywords.search("frist")]
    assert keywords.search("vier", "task")[0].word == "four_eyes"


def test_the_kinds_of_steps_are_those_of_the_flow() -> None:
    assert set(keywords.STEP_KINDS) >= set(KINDS)


def test_german_values_are_understood() -> None:
    assert keywords.value_slip("type", "Betrag") == "money"
    assert keywords.value_slip("end", "zurückgenommen") == "withdrawn"
    assert keywords.value_slip("type", "money") is None

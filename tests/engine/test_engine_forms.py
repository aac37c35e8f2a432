"""Forms on the server: what is accepted, what is refused with which sentence, what a page is told to show."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from engine_build import NOON, Field, FieldType, FlowMaker, Form, Group, feel, machine, office
from hypothesis import given
from hypothesis import strategies as st

from amtsweg.dsl.feel.temporal import Date, Time
from amtsweg.dsl.feel.values import Money
from amtsweg.dsl.formview import FieldView, GroupView
from amtsweg.dsl.procedure import Check, Option, OptionList, Procedure, RecordType, Repeat
from amtsweg.engine import formshow
from amtsweg.engine.case import Case, Run
from amtsweg.engine.draft import Draft
from amtsweg.engine.event import FieldError
from amtsweg.engine.forms import Accepted, accept, unflatten
from amtsweg.engine.messages import FIELD_ERRORS, REFUSALS, field_sentence
from amtsweg.engine.prepared import prepare
from amtsweg.engine.scope import Scope

NAMES = ("rasse", "listenhunde", "position", "hunde", "name", "satz", "a", "b", "c", "f", "today", "summe", "wert")
RASSEN = OptionList(
    "rassen", (Option("labrador", "Labrador"), Option("pitbull", "Pitbull"), Option("dackel", "Dackel"))
)
LISTE = OptionList("listenhunde", (Option("pitbull", "Pitbull"),), "rassen")
BREMEN = RecordType(
    "b", "B", (Field("x", "b.x", "X", FieldType("integer")), Field("y", "b.y", "Y", FieldType("text"), optional=True))
)


def f(text: str) -> Any:
    return feel(text, NAMES)


def field(name: str, kind: str = "text", **more: Any) -> Field:
    given_type = more.pop("type", None) or FieldType(kind)  # type: ignore[arg-type]  # a word of the table
    return Field(name, f"f.{name}", name.title(), given_type, **more)


def form(*items: Field | Group, **more: Any) -> Form:
    return Form("f", "Formular", (Group("seite", "Seite", "page", items),), **more)


def scope_for(made: Form) -> Scope:
    flow = FlowMaker()
    flow.task("t", form="f")
    built = machine(flow, forms={"f": made}, lists={"rassen": RASSEN, "listenhunde": LISTE}, types={"b": BREMEN})
    case = Case("c", "musterstadt", "probe", "", "P-1", NOON, NOON, runs={"": Run("", "")})
    return Scope(Draft(prepare(Procedure(built, office())), case, NOON), "")


def check(made: Form, data: Any, **more: Any) -> Accepted:
    return accept(made, data, scope_for(made), **more)


def errors(made: Form, data: Any, **more: Any) -> dict[str, str]:
    return {error.path: error.code for error in check(made, data, **more).errors}


DOGS = form(
    Group(
        "hunde",
        "Ihre Hunde",
        "section",
        (
            field("name"),
            field("rasse", type=FieldType("choice", "rassen")),
            field("chip", "chip", optional=f("not(rasse in listenhunde)")),
            Group("erlaubnis", "Erlaubnis", "section", (field("aktenzeichen"),), when=f("rasse in listenhunde")),
            field("satz", "money", compute=f("if position = 1 then 72 EUR else 120 EUR")),
        ),
        repeat=Repeat("Hund", 1, 3),
    ),
    field("summe", "money", compute=f("sum(hunde.satz)")),
)


def test_rows_have_positions_conditions_and_computed_values_of_their_own() -> None:
    found = check(DOGS, {"hunde": [{"name": "Rex", "rasse": "labrador"}, {"name": "Tyson", "rasse": "dackel"}]})
    assert found.errors == ()
    assert found.values["summe"] == Money(Decimal("192"), "EUR")
    assert found.values["hunde"][0] == {
        "name": "Rex", "rasse": "labrador", "chip": None, "satz": Money(Decimal("72"), "EUR"),
    }  # fmt: skip


def test_hidden_is_absent_even_if_it_was_sent() -> None:
    sent = {"hunde": [{"name": "Rex", "rasse": "labrador", "aktenzeichen": "OA 1"}]}
    assert "aktenzeichen" not in check(DOGS, sent).values["hunde"][0]


def test_what_a_condition_shows_is_required_with_the_path_of_its_row() -> None:
    sent = {"hunde": [{"name": "Rex", "rasse": "labrador"}, {"name": "T", "rasse": "pitbull"}]}
    assert errors(DOGS, sent) == {"hunde[2].chip": "required", "hunde[2].aktenzeichen": "required"}


def test_computed_values_are_never_typed_in() -> None:
    sent = {"hunde": [{"name": "Rex", "rasse": "labrador", "satz": "1"}], "summe": "1"}
    assert check(DOGS, sent).values["summe"] == Money(Decimal("72"), "EUR")


def test_a_page_s_flat_names_are_the_same_as_nested_data() -> None:
    flat = {"hunde[1].name": "Rex", "hunde[1].rasse": "labrador", "hunde[3].name": "Flo", "hunde[3].rasse": "dackel"}
    nested = {"hunde": [{"name": "Rex", "rasse": "labrador"}, {"name": "Flo", "rasse": "dackel"}]}
    assert unflatten(flat) == nested
    assert check(DOGS, flat).values == check(DOGS, nested).values


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        ({}, {"hunde": "too_few"}),
        ({"hunde": [{"name": str(n), "rasse": "dackel"} for n in range(4)]}, {"hunde": "too_many"}),
        ({"hunde": "Rex"}, {"hunde": "type"}),
        ({"hunde": [{"name": "R", "rasse": "katze"}]}, {"hunde[1].rasse": "option"}),
        ({"hunde": [{"name": "R", "rasse": "dackel", "alter": 3}]}, {"hunde[1].alter": "unknown_field"}),
        ({"hunde": [{"name": "R", "rasse": "dackel"}], "x": 1}, {"x": "unknown_field"}),
    ],
)
def test_what_is_wrong_is_said_where_it_is(data: dict[str, Any], wanted: dict[str, str]) -> None:
    found = errors(DOGS, data)
    assert {path: code for path, code in found.items() if path in wanted} == wanted


GOOD = [
    ("text", " Ada ", "Ada"),
    ("integer", "1.200", Decimal(1200)),
    ("number", "1.234,5", Decimal("1234.5")),
    ("number", "12.5", Decimal("12.5")),
    ("percent", "5,5 %", Decimal("0.055")),
    ("money", "1.234,50 €", Money(Decimal("1234.50"), "EUR")),
    ("money", "672 EUR", Money(Decimal("672.00"), "EUR")),
    ("date", "1.2.2026", Date(2026, 2, 1)),
    ("date", "2026-02-01", Date(2026, 2, 1)),
    ("month", "12.2026", Date(2026, 12, 1)),
    ("time", "9:05", Time(9, 5, 0)),
    ("yes_no", "Nein", False),
    ("confirm", "on", True),
    ("email", "ada@beispiel.de", "ada@beispiel.de"),
    ("phone", "+49  561 12345", "+49 561 12345"),
    ("iban", "de89 3704 0044 0532 0130 00", "DE89370400440532013000"),
    ("plate", "ks ab 123e", "KS-AB 123E"),
    ("chip", "276 098 100 123 456", "276098100123456"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "typed", "value"), GOOD)
def test_every_type_reads_what_people_type(kind: str, typed: str, value: Any) -> None:
    found = check(form(field("a", kind)), {"a": typed})
    assert (found.errors, found.values["a"]) == ((), value)


@pytest.mark.parametrize(
    ("kind", "typed", "code"),
    [
        ("text", "x" * 201, "too_long"),
        ("text", "a\x00b", "characters"),
        ("integer", "1,5", "type"),
        ("number", "NaN", "type"),
        ("number", "1e999999999", "type"),
        ("money", "1,005", "cents"),
        ("date", "31.2.2026", "type"),
        ("date", "gestern", "type"),
        ("time", "25:00", "type"),
        ("yes_no", "vielleicht", "type"),
        ("confirm", "nein", "confirm"),
        ("email", "ada@", "pattern"),
        ("iban", "DE89370400440532013001", "iban"),
        ("iban", "DE8937040044053201300", "iban"),
        ("plate", "KASSEL-1", "pattern"),
        ("plate", "ABC-DE 1234E", "pattern"),
        ("chip", "000000000000000", "pattern"),
        ("person", {"vorname": "Ada"}, "required"),
        ("person", {"vorname": "Ada", "nachname": "1"}, "part"),
        ("person", {"vorname": "A", "nachname": "B", "geburtsdatum": "1.1.2030"}, "birth"),
        ("person", {"vorname": "A", "nachname": "B", "gehalt": 1}, "unknown_field"),
        ("address", {"strasse": "Weg", "hausnummer": "1", "plz": "123", "ort": "X"}, "part"),
        ("file", {"name": "../x.pdf"}, "file_name"),
        ("file", {"name": "x.exe"}, "file_type"),
        ("file", {"name": "x.pdf", "size": 99_000_000}, "file_size"),
        ("file", {"name": "x.pdf", "size": 0}, "file_empty"),
    ],
)
def test_every_type_refuses_what_cannot_be(kind: str, typed: Any, code: str) -> None:
    kinds = {"file": FieldType("file", accept=("pdf",))}
    found = check(form(field("a", type=kinds.get(kind, FieldType(kind)))), {"a": typed})  # type: ignore[arg-type]  # a word of the table
    assert [error.code for error in found.errors] == [code]
    for language in ("de", "en"):
        sentence = field_sentence(found.errors[0], language)
        assert sentence and "{" not in sentence


def test_a_person_gets_a_full_name_and_a_salutation() -> None:
    value = check(
        form(field("a", "person")), {"a": {"anrede": "Frau", "vorname": "Ada", "nachname": "Beispiel"}}
    ).values["a"]
    assert (value["name"], value["greeting"]) == ("Ada Beispiel", "Sehr geehrte Frau Beispiel")


def test_an_own_record_type_is_read_field_by_field() -> None:
    made = form(field("a", type=FieldType("record", record="b")))
    assert check(made, {"a": {"x": "7"}}).values["a"] == {"x": Decimal(7), "y": None}
    assert errors(made, {"a": {"x": "viel"}}) == {"a.x": "type"}


def test_bounds_checks_and_notes_say_their_sentence() -> None:
    made = form(
        field("a", "integer", min=f("1"), max=f("10"), checks=(Check(f("a = 7"), "Nicht sieben."),)),
        field("b", "date", not_after=f("today"), optional=True),
        field("c", "text", max=f("3"), optional=True),
        notes=(Check(f("a > 8"), "Das ist viel."),),
    )
    assert errors(made, {"a": "11"}) == {"a": "max"}
    assert errors(made, {"a": "7"}) == {"a": "check"}
    assert errors(made, {"a": "1", "b": "3.3.2026"}) == {"b": "not_after"}
    assert errors(made, {"a": "1", "c": "vier"}) == {"c": "max_length"}
    found = check(made, {"a": "9"})
    assert (found.errors, [note.args["say"] for note in found.notes]) == ((), ["Das ist viel."])


def test_i_do_not_know_is_an_answer() -> None:
    made = form(field("a", "date", unknown="Weiß ich nicht"))
    assert errors(made, {}) == {"a": "required"}
    assert check(made, {"a_unknown": "on"}).values == {"a": None, "a_unknown": True}


def test_a_default_is_taken_if_nothing_was_sent_and_not_if_it_was_emptied() -> None:
    made = form(field("a", "integer", default=f("5"), optional=True))
    assert check(made, {}).values["a"] == Decimal(5)
    assert check(made, {"a": ""}).values["a"] is None


def test_what_is_not_open_in_this_step_keeps_its_value_and_is_not_checked() -> None:
    made = form(field("a", "date", checks=(Check(f("a < today"), "zu alt"),)), field("b"))
    old = {"a": Date(2026, 1, 1), "b": "alt"}
    found = check(made, {"a": "1.1.2020", "b": "neu"}, shown=old, open_fields=frozenset({"b"}))
    assert (found.errors, found.values) == ((), {"a": Date(2026, 1, 1), "b": "neu"})


def test_a_form_without_an_order_still_sees_conditions_as_written() -> None:
    made = form(
        field("a", "yes_no"), field("b", when=f("a = true")), field("c", compute=f('if b = null then "-" else b'))
    )
    assert check(made, {"a": "ja", "b": "x"}).values == {"a": True, "b": "x", "c": "x"}
    assert check(made, {"a": "nein", "b": "x"}).values == {"a": False, "c": "-"}


def fields_of(view: Any) -> dict[str, FieldView]:
    found: dict[str, FieldView] = {}

    def walk(items: Any) -> None:
        for item in items:
            if isinstance(item, GroupView):
                walk(item.items)
                for row in item.elements:
                    walk(row)
            else:
                found[item.path] = item

    for page in view.pages:
        walk(page.items)
    return found


def test_a_page_shows_what_was_typed_word_for_word_beside_what_is_wrong() -> None:
    sent = {"hunde[1].name": "Rex", "hunde[1].rasse": "pitbull", "hunde[1].chip": "12 34"}
    view = formshow.show(DOGS, scope_for(DOGS), data=sent, judge=True)
    shown = fields_of(view)
    assert shown["hunde[1].chip"].raw == "12 34"
    assert shown["hunde[1].chip"].problems[0].text.startswith("Eine Chipnummer hat 15 Ziffern")
    assert shown["hunde[1].aktenzeichen"].required
    assert shown["hunde[1].satz"].computed
    assert {problem.path for problem in view.problems} == {"hunde[1].chip", "hunde[1].aktenzeichen"}


def test_a_fresh_page_asks_for_one_row_and_blames_nobody() -> None:
    view = formshow.show(DOGS, scope_for(DOGS))
    assert view.problems == ()
    assert set(fields_of(view)) >= {"hunde[1].name", "hunde[1].rasse"}
    assert not view.pages[0].complete


def test_a_composite_is_asked_part_by_part_and_keeps_what_was_typed() -> None:
    made = form(field("a", "person"))
    view = formshow.show(made, scope_for(made), data={"a.vorname": "Ada", "a.geburtsdatum": "nie"}, judge=True)
    parts = {part.id: part for part in fields_of(view)["a"].parts}
    assert (parts["vorname"].raw, parts["geburtsdatum"].raw) == ("Ada", "nie")
    assert parts["nachname"].problems and parts["geburtsdatum"].problems
    assert "name" not in parts


def test_every_refusal_has_its_words_in_both_languages() -> None:
    for code, (sentence, advice) in REFUSALS.items():
        assert sentence.de and sentence.en, code
        assert bool(advice.de) is bool(advice.en), code
    for code, sentence in FIELD_ERRORS.items():
        assert field_sentence(FieldError("x", code, {}), "en") is not None and sentence.de


RAW = st.recursive(
    st.none() | st.booleans() | st.text(max_size=12) | st.integers() | st.floats(allow_nan=True),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
KINDS = ["text", "integer", "money", "date", "person", "address", "file", "choice", "multi_choice", "iban", "yes_no"]


@given(st.sampled_from(KINDS), RAW)
def test_whatever_is_sent_is_accepted_or_refused_with_a_sentence(kind: str, raw: Any) -> None:
    """Nothing that comes in from outside raises."""
    made = form(field("a", type=FieldType(kind, options="rassen" if "choice" in kind else "")))  # type: ignore[arg-type]  # a word of the table
    for error in check(made, {"a": raw}).errors:
        assert field_sentence(error)


@given(st.dictionaries(st.text(max_size=10), RAW, max_size=4))
def test_whatever_is_sent_as_a_whole_form_never_raises(data: dict[str, Any]) -> None:
    check(DOGS, data)
    formshow.show(DOGS, scope_for(DOGS), data=data, judge=True)


@pytest.mark.parametrize(
    ("kind", "value", "typed"),
    [("date", Date(2021, 3, 9), "09.03.2021"), ("month", Date(2021, 3, 1), "03.2021")],
)
def test_a_stored_day_is_shown_as_one_types_it_and_read_back_as_it_was(kind: str, value: Date, typed: str) -> None:
    made = form(field("a", kind))
    shown = fields_of(formshow.show(made, scope_for(made), shown={"a": value}))["a"]
    assert shown.raw == typed
    assert check(made, {"a": shown.raw}).values == {"a": value}

"""From text to machine: forms and what may be missing, order, decisions, letters, lists, blocks, overlays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from amtsweg.dsl.compile.forms import walk_fields
from amtsweg.dsl.load import Loaded, load, load_folder, once_per_cause
from amtsweg.dsl.procedure import EachPart, Field, HolePart, Machine, WhenPart
from amtsweg.errors import NotFound, NotValid

HEAD = """\
procedure: probe
version: 1.0.0
title: Probe
office: amt
roles:
  person: {title: Person, party: applicant}
  amt: {title: Amt}
"""

FLOW = """\
flow:
  stellen: {task: Antrag stellen, form: antrag, by: person, next: ende}
  ende: {end: granted}
"""


@pytest.fixture
def probe(tmp_path: Path) -> Any:
    def make(content: str, flow: str = FLOW, tenant: str = "", **files: str) -> Loaded:
        folder = tmp_path / "probe"
        folder.mkdir(exist_ok=True)
        (folder / "procedure.yaml").write_text(HEAD + content + flow, "utf-8")
        for name, text in files.items():
            (folder / name.replace("__", ".")).write_text(text, "utf-8")
        if tenant:
            (tmp_path / "tenant.yaml").write_text(tenant, "utf-8")
        return load_folder(folder, tmp_path / "tenant.yaml" if tenant else None, checks=())

    return make


def errors(loaded: Loaded) -> list[str]:
    return [f"{one.code} {one.span.start.line}" for one in loaded.diagnostics if one.severity == "error"]


def fields(machine: Machine, form: str) -> dict[str, Field]:
    return {field.path: field for page in machine.forms[form].pages for field in walk_fields(page)}


FORM = """\
forms:
  antrag:
    title: Antrag
    fields:
"""


def form(lines: str) -> str:
    return FORM + "".join(f"      {line}\n" for line in lines.strip("\n").split("\n"))


# --------------------------------------------------------------------------------------------------------------- forms


def test_fields_without_pages_stand_on_one_page(probe: Any) -> None:
    machine = probe(form("name: Name")).machine
    (page,) = machine.forms["antrag"].pages
    assert (page.kind, page.title) == ("page", "Antrag")
    assert fields(machine, "antrag")["antrag.name"].type.name == "text"


A = "a:\n  title: A\n  type: integer\n"
B = "b:\n  title: B\n  type: integer\n"
J = "j:\n  title: J\n  type: yes_no\n"


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (A + "  optional: yes\n" + B + "  compute: a + 1", "AW301"),
        (A + "  unknown: Weiß nicht\nb:\n  title: B\n  compute: a + 1", "AW301"),
        (J + A + "  when: j\nb:\n  title: B\n  compute: a + 1", "AW301"),
        (A + B + "  compute: a + 1", ""),
        (A + "  optional: yes\n" + B + "  compute: default(a, 0) + 1", ""),
        (A + "  optional: yes\n" + B + "  when: a != null\n  compute: a + 1", ""),
    ],
)
def test_what_may_be_missing_must_be_guarded(probe: Any, lines: str, code: str) -> None:
    found = errors(probe(form(lines)))
    assert [one.split()[0] for one in found] == ([code] if code else [])


def test_inside_a_section_its_condition_is_known(probe: Any) -> None:
    text = form(
        "j:\n  title: J\n  type: yes_no\n"
        "gruppe:\n  title: Gruppe\n  when: j\n  fields:\n"
        "    a:\n      title: A\n      type: integer\n"
        "    b:\n      title: B\n      type: integer\n      compute: a + 1\n"
        "c:\n  title: C\n  type: integer\n  compute: b + 1"
    )
    assert errors(probe(text)) == ["AW301 29"]


def test_a_computed_field_that_may_be_missing_is_missing_for_its_readers(probe: Any) -> None:
    text = form(
        "a:\n  title: A\n  type: integer\n  optional: yes\n"
        "b:\n  title: B\n  type: integer\n  compute: if a = null then null else a + 1\n"
        "c:\n  title: C\n  type: integer\n  compute: b + 1"
    )
    assert errors(probe(text)) == ["AW301 23"]


def test_fields_are_evaluated_in_the_order_in_which_they_read_each_other(probe: Any) -> None:
    text = form(
        "summe:\n  title: Summe\n  type: money\n  compute: sum(posten.betrag)\n"
        "posten:\n  title: Posten\n  repeat: {title: Posten, min: 1}\n  fields:\n"
        "    betrag:\n      title: Betrag\n      type: money\n      compute: menge * 2 EUR\n"
        "    menge:\n      title: Menge\n      type: integer\n"
        "    grund:\n      title: Grund\n      when: betrag > 10 EUR"
    )
    loaded = probe(text)
    assert errors(loaded) == []
    assert loaded.machine.forms["antrag"].order == ("posten.betrag", "summe", "posten.grund?")
    assert fields(loaded.machine, "antrag")["antrag.summe"].compute.type == "money EUR"


def test_fields_that_compute_each_other_are_told_with_the_whole_circle(probe: Any) -> None:
    text = form(
        "a:\n  title: A\n  type: integer\n  compute: b + 1\n"
        "b:\n  title: B\n  type: integer\n  compute: c + 1\n"
        "c:\n  title: C\n  type: integer\n  compute: a + 1"
    )
    (finding,) = [one for one in probe(text).diagnostics if one.code == "AW331"]
    assert finding.body[0].de.startswith("a → b → c → a")


def test_a_rows_fields_stand_by_their_bare_names_and_position_counts(probe: Any) -> None:
    text = form(
        "faktor:\n  title: Faktor\n  type: integer\n"
        "zeilen:\n  title: Zeilen\n  repeat: {title: Zeile}\n  fields:\n"
        "    n:\n      title: N\n      type: integer\n      compute: position * faktor"
    )
    loaded = probe(text)
    assert errors(loaded) == []
    assert loaded.machine.slot_types["antrag"] == "context<faktor: integer, zeilen: list<context<n: integer>>>"


def test_ids_of_pages_sections_and_fields_differ_within_a_form(probe: Any) -> None:
    page = "      eins:\n        title: E\n        fields:\n          eins: Eins\n"
    text = f"forms:\n  antrag:\n    title: A\n    pages:\n{page}"
    assert errors(probe(text)) == ["AW106 15"]


def test_an_own_record_type_is_a_type(probe: Any) -> None:
    text = (
        "types:\n  fahrzeug:\n    title: Fahrzeug\n    fields:\n      plakette: Plakette\n"
        "      baujahr: {title: Baujahr, type: integer}\n"
    ) + form(
        "wagen:\n  title: Wagen\n  type: fahrzeug\nalt:\n  title: Alt\n  type: yes_no\n  compute: wagen.baujahr < 1996"
    )
    loaded = probe(text)
    assert errors(loaded) == []
    assert loaded.machine.types["fahrzeug"].fields[1].type.name == "integer"
    assert fields(loaded.machine, "antrag")["antrag.wagen"].type.record == "fahrzeug"


def test_a_staff_form_knows_the_outcomes_of_its_tasks(probe: Any) -> None:
    flow = (
        "flow:\n  stellen: {task: T, form: antrag, by: amt, outcomes: {gut: ende, schlecht: ende}}\n"
        "  ende: {end: granted}\n"
    )
    good = form("grund:\n  title: Grund\n  when: outcome = schlecht")
    assert errors(probe(good, flow)) == []
    assert errors(probe(good.replace("schlecht", "schlect"), flow)) == ["AW304 14"]


# --------------------------------------------------------------------------------------------------- lists, decisions


def test_a_part_of_a_list_has_its_titles_and_only_its_options(probe: Any) -> None:
    text = "lists:\n  teil: [b, c]\n  ganz: {a: A, b: B, c: C}\n" + form("x:\n  title: X\n  options: teil")
    loaded = probe(text)
    part = loaded.machine.lists["teil"]
    assert part.part_of == "ganz"
    assert [(one.id, one.title) for one in part.options] == [("b", "B"), ("c", "C")]
    assert errors(probe(text.replace("[b, c]", "[b, d]"))) == ["AW304 9"]


def test_a_table_is_compiled_with_the_place_of_every_cell(probe: Any) -> None:
    text = (
        "lists:\n  arten: {a: A, b: B, c: C}\n  wenige: [a, b]\n"
        "decisions:\n  satz:\n    title: Satz\n    inputs: {art: arten, n: integer}\n    output: money\n"
        "    table: |\n      art    | n   | = Satz\n      wenige | > 2 | 5 EUR\n      c      | -   | n * 1 EUR\n"
    ) + form("x:\n  title: X\n  options: arten\ny:\n  title: Y\n  type: money\n  compute: satz(x, 3)")
    loaded = probe(text)
    assert errors(loaded) == []
    decision = loaded.machine.decisions["satz"]
    assert [column.text for column in decision.columns] == ["art", "n"]
    assert decision.outputs == (("", "money EUR"),)
    first, second = decision.rules
    assert [test.at if test else None for test in first.tests] == [
        "probe/procedure.yaml:18:7",
        "probe/procedure.yaml:18:16",
    ]
    assert second.tests[1] is None
    assert first.cells == ("wenige", "> 2", "5 EUR")


def test_a_table_may_stand_in_a_csv_file(probe: Any) -> None:
    text = (
        "decisions:\n  satz:\n    title: Satz\n    inputs: {n: integer}\n    output: money\n    table: tarif.csv\n"
    ) + form("y:\n  title: Y\n  type: money\n  compute: satz(3)")
    loaded = probe(text, tarif__csv="n;= Satz\n<= 2;1 EUR\n> 2;2 EUR\n")
    assert errors(loaded) == []
    assert loaded.machine.decisions["satz"].rules[1].outputs[0].at == "probe/tarif.csv:3:5"
    broken = probe(text, tarif__csv="n;= Satz\n<= 2;1 EUR\n> 2;2\n")
    assert [str(one.span) for one in broken.diagnostics if one.code == "AW302"] == ["probe/tarif.csv:3:5"]


def test_a_decision_with_several_outputs_gives_a_record(probe: Any) -> None:
    text = (
        "decisions:\n  d:\n    title: D\n    inputs: {n: integer}\n    outputs: {satz: money, frei: yes_no}\n"
        "    table: |\n      n   | = satz | = frei | # warum\n      > 2 | 5 EUR  | false  | teuer\n"
        "      <= 2| 0 EUR  | true   | klein\n"
    ) + form("y:\n  title: Y\n  type: money\n  compute: d(3).satz")
    loaded = probe(text)
    assert errors(loaded) == []
    assert loaded.machine.decisions["d"].outputs == (("satz", "money EUR"), ("frei", "boolean"))


def test_a_collecting_table_gives_a_list(probe: Any) -> None:
    text = (
        "decisions:\n  d:\n    title: D\n    inputs: {n: integer}\n    output: money\n    hit_policy: collect\n"
        "    table: |\n      n   | = x\n      > 2 | 5 EUR\n      > 3 | 6 EUR\n"
    ) + form("y:\n  title: Y\n  type: money\n  compute: sum(d(3))")
    assert errors(probe(text)) == []
    assert (
        errors(probe(text.replace("hit_policy: collect", "hit_policy: collect_sum").replace("sum(d(3))", "d(3)"))) == []
    )


# ------------------------------------------------------------------------------------------------------------- letters

LETTER = "letters:\n  brief:\n    title: Brief\n    appeal: none\n" + form(
    "name: Name\nplz:\n  title: P\n  optional: yes"
)


def test_a_letter_is_compiled_in_every_language(probe: Any) -> None:
    loaded = probe(LETTER, brief__md="{{ antrag.name }}\n", brief__en__md="Dear {{ antrag.name }}\n")
    assert errors(loaded) == []
    bodies = loaded.machine.letters["brief"].bodies
    assert list(bodies) == ["de", "en"]
    hole = bodies["en"][1]
    assert isinstance(hole, HolePart)
    assert (hole.expr.type, hole.expr.at) == ("string", "probe/brief.en.md:1:9")


def test_a_letter_shows_what_may_be_missing_only_behind_a_condition(probe: Any) -> None:
    assert errors(probe(LETTER, brief__md="A\n{{ antrag.plz }}\n")) == ["AW301 2"]
    good = probe(LETTER, brief__md="::: when antrag.plz != null\n{{ antrag.plz }}\n:::\n")
    assert errors(good) == []
    (when,) = good.machine.letters["brief"].bodies["de"]
    assert isinstance(when, WhenPart)


def test_the_element_of_a_repetition_has_the_name_it_was_given(probe: Any) -> None:
    text = "letters:\n  brief:\n    title: B\n    appeal: none\n" + form(
        "zeilen:\n  title: Z\n  repeat: {title: Z}\n  fields:\n    n: N"
    )
    loaded = probe(text, brief__md="::: each zeile in antrag.zeilen\n* {{ zeile.n }}\n:::\n")
    assert errors(loaded) == []
    (each,) = loaded.machine.letters["brief"].bodies["de"]
    assert isinstance(each, EachPart)
    assert each.name == "zeile"
    assert errors(probe(text, brief__md="::: each zeile in antrag.zeilen\n* {{ zeile.m }}\n:::\n")) == ["AW102 2"]


# -------------------------------------------------------------------------------------------------------------- blocks

BLOCK = """\
block: frage
version: 1.0.0
title: Frage
in:
  form: form
  grund: text
  frist: {type: period, default: 1 week}
out: {geantwortet: antworten.done}
outcomes: {ja: Ja, nein: Nein}
roles: [person]
letters:
  bitte: {title: Bitte, kind: message, appeal: none}
flow:
  bitten: {letter: bitte, to: person, next: antworten}
  antworten:
    task: Antworten
    form: form
    by: person
    after: {frist after bitten.served: nicht}
    next: done ja
  nicht: {notify: Schade, to: person, next: done nein}
"""
USE = """\
flow:
  stellen: {task: T, form: antrag, by: person, next: fragen}
  fragen:
    use: frage
    with: {form: antrag, grund: antrag.name}
    outcomes: {ja: ende, nein: ende}
  ende: {end: granted}
"""


def block(tmp_path: Path, text: str = BLOCK, letter: str = "{{ grund }}\n") -> None:
    folder = tmp_path / "probe" / "blocks" / "frage"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "block.yaml").write_text(text, "utf-8")
    (folder / "bitte.md").write_text(letter, "utf-8")


def test_a_block_is_compiled_under_the_name_of_its_step(probe: Any, tmp_path: Path) -> None:
    block(tmp_path)
    loaded = probe(form("name: Name"), USE)
    assert errors(loaded) == []
    machine = loaded.machine
    assert "fragen/bitte" in machine.letters
    (hole, _) = machine.letters["fragen/bitte"].bodies["de"]
    assert isinstance(hole, HolePart)
    assert hole.expr.names == ("fragen/grund",)
    assert machine.slot_types["fragen/frist"] == "period"
    assert machine.steps["fragen"].outs["geantwortet"].names == ("fragen/antworten",)
    timer = machine.flows[""].places["fragen/antworten"].timers[0]
    assert set(timer.when.names) == {"fragen/frist", "fragen/bitten"}


def test_the_caller_reads_what_a_block_gives_back(probe: Any, tmp_path: Path) -> None:
    block(tmp_path)
    warten = "  warten: {wait: 1 week after fragen.geantwortet, next: ende}\n"
    flow = USE.replace("  ende: {end", warten + "  ende: {end").replace("ja: ende", "ja: warten")
    assert errors(probe(form("name: Name"), flow)) == []
    assert errors(probe(form("name: Name"), flow.replace("fragen.geantwortet", "fragen.geantworted"))) == ["AW102 19"]


def test_a_block_sees_nothing_of_its_caller(probe: Any, tmp_path: Path) -> None:
    block(tmp_path, letter="{{ antrag.name }}\n")
    loaded = probe(form("name: Name"), USE)
    assert [str(one.span) for one in loaded.diagnostics if one.code == "AW102"] == ["frage/bitte.md:1:4"]


def test_a_block_that_does_not_exist_is_told_with_those_that_do(probe: Any) -> None:
    loaded = probe(form("name: Name"), USE.replace("use: frage", "use: nachforderun"))
    (finding,) = [one for one in loaded.diagnostics if one.code == "AW102"]
    assert finding.advice[0].text.de == "use: nachforderung"


# ------------------------------------------------------------------------------------------- tenant, load, everything


def test_an_overlay_is_checked_as_part_of_the_procedure(probe: Any) -> None:
    tenant = (
        "tenant: stadt\nname: Stadt\nland: Hessen\noverlays:\n  probe:\n    forms:\n      antrag:\n        fields:\n"
        "          hund: {title: Hund, type: integer}\n          doppelt: {title: D, compute: hnd * 2}\n"
    )
    loaded = probe(form("name: Name"), tenant=tenant)
    (finding,) = [one for one in loaded.diagnostics if one.severity == "error"]
    assert finding.code == "AW102"
    assert str(finding.span).endswith("tenant.yaml:10:40")
    good = probe(form("name: Name"), tenant=tenant.replace("hnd", "hund"))
    assert "antrag.hund" in fields(good.machine, "antrag")


def test_a_towns_values_are_stored_as_plain_data(probe: Any) -> None:
    text = "parameters:\n  satz: {title: Satz, type: money, example: 7.50 EUR}\n" + form("name: Name")
    dated = "      - {from: 2026-01-01, value: 9.00 EUR}\n"
    tenant = f"tenant: s\nname: S\nland: Hessen\nparameters:\n  probe:\n    satz:\n{dated}"
    loaded = probe(text, tenant=tenant)
    assert errors(loaded) == []
    (value,) = loaded.office.values["probe/satz"]
    assert value.from_day == "2026-01-01"
    assert loaded.machine.parameters["satz"].example != value.value
    assert errors(probe(text, tenant=tenant.replace("9.00 EUR", "9.00"))) == ["AW332 7"]


def test_the_order_of_sections_in_the_file_is_free(probe: Any) -> None:
    loaded = probe(FLOW + form("x:\n  title: X\n  options: l") + "lists:\n  l: {a: A}\n", flow="")
    assert errors(loaded) == []


def test_a_machine_survives_its_json_and_keeps_its_hash() -> None:
    folder = Path(__file__).parent / "fixtures" / "fundsache-melden"
    machine = load_folder(folder, checks=()).machine
    assert machine is not None
    again = Machine.from_json(__import__("json").loads(machine.to_json()))
    assert again.hash == machine.hash


def test_a_folder_without_a_procedure_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        load_folder(tmp_path)
    with pytest.raises(NotFound):
        load_folder(tmp_path / "nirgends")


def test_a_procedure_with_errors_is_not_valid_and_says_why(probe: Any, tmp_path: Path) -> None:
    probe(form("x:\n  title: X\n  compute: y"))
    with pytest.raises(NotValid) as caught:
        load(tmp_path / "probe")
    assert [one.code for one in caught.value.diagnostics] == ["AW102"]


def test_a_name_missing_in_many_places_is_one_finding(probe: Any) -> None:
    lines = "\n".join(f"f{i}:\n  title: F\n  type: integer\n  compute: fehlt + {i}" for i in range(9))
    found = [one for one in probe(form(lines)).diagnostics if one.code == "AW102"]
    assert len(found) == 1
    assert len(found[0].related) == 8
    assert once_per_cause(found) == tuple(found)


def test_translations_are_read_and_what_is_missing_is_counted(probe: Any) -> None:
    loaded = probe(
        form("name: Name"), texts__en__yaml="title: Test\nforms:\n  antrag: {title: Form, name: Your name, nme: X}\n"
    )
    assert loaded.machine.texts["en"]["forms.antrag.name"] == "Your name"
    told = {one.code: one for one in loaded.diagnostics}
    assert told["AW102"].severity == "warning"
    assert told["AW801"].headline.de.startswith("Auf Englisch fehlen")


def test_at_and_valid_take_names_not_values(probe: Any) -> None:
    flow = FLOW.replace("next: ende}", "next: warten}") + "  warten: {wait: when at(stellen), next: ende}\n"
    text = "parameters:\n  satz: {title: Satz, type: money, example: 7.50 EUR}\n" + form(
        "alt:\n  title: Alt\n  type: money\n  compute: valid(satz, today)"
    )
    loaded = probe(text, flow)
    assert errors(loaded) == []
    compute = fields(loaded.machine, "antrag")["antrag.alt"].compute
    assert compute is not None
    assert compute.names == ("today",)
    assert '"str",6,10,"satz"' in str(loaded.machine.to_json(), "utf-8")
    (guard,) = [one.guard for one in loaded.machine.flows[""].transitions if one.id == "warten:when"]
    assert guard is not None
    assert guard.names == ()

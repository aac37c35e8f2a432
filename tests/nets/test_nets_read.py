"""Net files: the dialects that are read, and what is said of those that are not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from amtsweg.commands.verify import command
from amtsweg.dsl.nets.read import read_bytes, read_file
from amtsweg.dsl.nets.refusal import NetUnreadable
from amtsweg.dsl.nets.soundness import check

NS = 'xmlns="http://www.pnml.org/version-2009/grammar/pnml"'
PM4PY = f"""<?xml version='1.0' encoding='UTF-8'?>
<pnml {NS}><net id="net1" type="http://www.pnml.org/version-2009/grammar/pnmlcoremodel">
 <name><text>Hundesteuer</text></name>
 <page id="n0">
  <place id="i"><name><text>Antrag eingegangen</text></name><initialMarking><text>1</text></initialMarking></place>
  <place id="o"><name><text>erledigt</text></name></place>
  <transition id="t"><name><text>prüfen</text></name>
   <toolspecific tool="ProM" version="6.4" activity="$invisible$" localNodeID="x"/></transition>
  <transition id="u"><name><text>prüfen</text></name></transition>
  <arc id="a" source="i" target="t"><inscription><text>1</text></inscription></arc>
  <arc id="b" source="t" target="o"/><arc id="c" source="i" target="u"/><arc id="d" source="u" target="o"/>
 </page>
 <finalmarkings><marking><place idref="o"><text>1</text></place></marking></finalmarkings>
</net></pnml>"""
WOPED = """<?xml version="1.0" encoding="ISO-8859-1"?>
<!--PLEASE DO NOT EDIT-->
<pnml><net type="http://www.informatik.hu-berlin.de/top/pntd/ptNetb" id="noID">
 <place id="p1"><name><value>start</value><graphics><offset x="1" y="2"/></graphics></name>
  <initialMarking><value>Default,1</value></initialMarking><capacity><value>0</value></capacity></place>
 <place id="p2"><name><text>ende</text></name></place>
 <transition id="t1"><name><text>los</text></name>
  <toolspecific tool="WoPeD" version="1.0"><trigger id="" type="200"/><place id="p2"/></toolspecific></transition>
 <arc id="a1" source="p1" target="t1"><inscription><value>Default,1</value></inscription><type value="normal"/></arc>
 <arc id="a2" source="t1" target="p2"><inscription><text>1</text></inscription></arc>
</net></pnml>"""
LOLA = """{ an example
of two lines }
PLACE SAFE 1: i, "a place"; o;
MARKING i: 1;
TRANSITION t1 STRONG FAIR CONSUME i; PRODUCE "a place": 2; // two
TRANSITION t2
  CONSUME "a place": 2,;
  PRODUCE o: 1;
FORMULA EF DEADLOCK
"""


def test_the_dialect_of_pm4py_and_prom_is_read_with_equal_names_told_apart() -> None:
    (net,) = read_bytes(PM4PY.encode(), "a.pnml")
    assert net.places == ("Antrag eingegangen", "erledigt")
    assert net.transitions == ("prüfen (t)", "prüfen (u)")
    assert net.tokens == ((0, 1),)
    assert check(net).verdict == "sound"


def test_the_dialect_of_woped_and_pipe_is_read() -> None:
    (net,) = read_bytes(WOPED.encode("latin-1"), "a.pnml")
    assert (net.places, net.transitions, net.pre, net.post) == (("start", "ende"), ("los",), (((0, 1),),), (((1, 1),),))
    assert net.tokens == ((0, 1),)


def test_reference_nodes_stand_for_what_they_refer_to() -> None:
    text = (
        '<pnml><net id="n"><page id="x"><place id="p"/><transition id="t"/></page><page id="y">'
        '<referencePlace id="r" ref="q"/><referencePlace id="q" ref="p"/><place id="o"/>'
        '<arc id="1" source="r" target="t"/><arc id="2" source="t" target="o"/></page></net></pnml>'
    )
    (net,) = read_bytes(text.encode(), "a.pnml")
    assert net.places == ("p", "o")
    assert net.pre == (((0, 1),),)


def test_lola_files_are_read_with_comments_bounds_fairness_and_quoted_names() -> None:
    (net,) = read_bytes(LOLA.encode(), "a.lola")
    assert net.places == ("i", "a place", "o")
    assert net.pre == (((0, 1),), ((1, 2),))
    assert net.post == (((1, 2),), ((2, 1),))
    assert net.tokens == ((0, 1),)
    assert check(net).verdict == "sound"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "n:1: the file is empty"),
        ("PLACE a, b\nMARKING a;", 'n:2: "," expected, found "MARKING"'),
        ("PLACE a, a;", 'n:1: place "a" is declared twice'),
        ("PLACE a;\nMARKING a: x;", 'n:2: a number "x" is not a whole number'),
        ("PLACE a;\nMARKING a: 99999999999;", "n:2: a number is larger than 1000000000"),
        ("PLACE a; MARKING ;\nTRANSITION t CONSUME b; PRODUCE ;", 'n:2: place "b" is not declared'),
        ("PLACE a; MARKING ;\n{ forgotten", "n:2: the comment that begins here has no closing brace"),
        ("PLACE a; MARKING ; TRANSITION t CONSUME a;", 'n:1: "PRODUCE" expected, found the end of the file'),
        ("PLACE a; MARKING ;\nWHAT", 'n:2: TRANSITION expected, found "WHAT"'),
        ("SORT x;", "n:1: SORT: high-level nets are not read"),
        ("PLACE a: colour; MARKING ;", 'n:1: place "a" has a sort: high-level nets are not read'),
        ("<pnml><net>", "n:1: not well-formed XML: no element found"),
        ("<html/>", "n:1: <pnml> expected, found <html>"),
        ("<pnml/>", "n:1: there is no <net> in it"),
        ('<!DOCTYPE p [<!ENTITY a "b">]>\n<pnml/>', "n:1: a document type declaration is not accepted"),
        ("<pnml><net>\n<place/></net></pnml>", "n:2: <place> has no id"),
        (
            '<pnml><net>\n<place id="a"/>\n<place id="a"/></net></pnml>',
            'n:3: the id "a" is used twice (first in line 2)',
        ),
        ('<pnml><net><arc id="x" source="a" target="b"/></net></pnml>', 'n:1: there is no node with the id "a"'),
        (
            '<pnml><net><place id="a"/><place id="b"/>\n<arc source="a" target="b"/></net></pnml>',
            'n:2: arc from place "a" to place "b"',
        ),
        (
            '<pnml><net><place id="a"/><transition id="t"/>\n<arc source="a" target="t"><type value="inhibitor"/></arc>'
            "</net></pnml>",
            'n:2: an arc of type "inhibitor" is not plain; such nets are not read',
        ),
        (
            '<pnml><net><referencePlace id="a" ref="b"/><referencePlace id="b" ref="a"/><transition id="t"/>'
            '<arc source="a" target="t"/></net></pnml>',
            'n:1: the reference "a" leads back to itself',
        ),
        (
            '<pnml><net><place id="a"><initialMarking><text>many</text></initialMarking></place></net></pnml>',
            'n:1: the marking "many" is not a whole number',
        ),
        ("<a>" * 300, "n:1: <pnml> expected, found <a>"),
        ("<pnml>" + "<a>" * 300, "n:1: elements nested more than 200 deep"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(NetUnreadable) as refused:
        read_bytes(text.encode(), "n")
    assert str(refused.value).strip() == message


@settings(max_examples=300, deadline=None)
@given(
    st.text(alphabet='PLACE MARKINGTSO<>/="pnmletac;:,{}1ab\n', max_size=80), st.sampled_from(["pnml", "lola", "auto"])
)
def test_any_text_is_read_or_refused_and_nothing_else(text: str, format_: str) -> None:
    try:
        nets = read_bytes(text.encode(), "n", format_)  # type: ignore[arg-type]  # sampled strings are the three literals
    except NetUnreadable as error:
        assert str(error).startswith("n:")
    else:
        assert nets


def test_a_file_that_is_not_there_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(NetUnreadable, match="cannot be opened"):
        read_file(tmp_path / "no.pnml")


def test_verify_prints_a_list_of_objects_and_the_worst_exit_code(tmp_path: Path) -> None:
    good, bad, broken = tmp_path / "good.pnml", tmp_path / "bad.lola", tmp_path / "broken.pnml"
    good.write_text(PM4PY, encoding="utf-8")
    bad.write_text(
        "PLACE i,p,o; MARKING i; TRANSITION t CONSUME i; PRODUCE p; TRANSITION u CONSUME p: 2; PRODUCE o;",
        encoding="utf-8",
    )
    broken.write_text("<pnml>", encoding="utf-8")
    run = CliRunner().invoke(command, [str(good), str(bad), "--json"])
    assert run.exit_code == 1
    rows = json.loads(run.output)
    assert [sorted(row) for row in rows] == [["file", "ms", "notes", "property", "states", "trace", "verdict"]] * 2
    assert [row["verdict"] for row in rows] == ["sound", "unsound"]
    assert (rows[1]["property"], rows[1]["trace"]) == ("option to complete", ["t"])
    assert CliRunner().invoke(command, [str(good)]).exit_code == 0
    text = CliRunner().invoke(command, [str(bad), str(broken)])
    assert text.exit_code == 2
    assert "trace: t" in text.output
    assert "broken.pnml:1: not well-formed XML" in text.output

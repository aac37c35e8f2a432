"""The flow as a picture: every step and way is there, boxes never overlap, those who do not see it hear it."""

import itertools
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amtsweg.dsl.load import load_folder
from amtsweg.renderers import diagram
from amtsweg.renderers.layers import lay_out

ROOT = Path(__file__).resolve().parents[2]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def graph() -> diagram.Graph:
    machine = load_folder(ROOT / "amtsweg" / "procedures" / "hund-anmelden").machine
    assert machine is not None
    return diagram.extract(machine)


def test_all_steps_of_the_source_are_nodes(graph: diagram.Graph) -> None:
    names = {node.id for node in graph.nodes}
    assert {"anmelden", "pruefen", "nachfordern", "bescheid_senden", "zahlen", "erledigt", "zurueck"} <= names
    assert not any("/" in name for name in names)


def test_every_node_can_be_come_to(graph: diagram.Graph) -> None:
    reached = {edge.target for edge in graph.edges} | {node.id for node in graph.nodes if node.starts}
    assert reached == {node.id for node in graph.nodes}


def test_the_picture_is_well_formed_and_speaks(graph: diagram.Graph) -> None:
    root = ET.fromstring(diagram.to_svg(graph, here=["pruefen"], gone=["anmelden"]))
    assert root.get("role") == "img"
    assert "Der Vorgang steht in: Anmeldung prüfen." in (root.findtext(f"{SVG}desc") or "")
    marked = [g for g in root.iter(f"{SVG}g") if g.get("data-step") == "pruefen"]
    assert "hier steht der Vorgang" in (marked[0].findtext(f"{SVG}title") or "")


def test_mermaid_has_a_line_for_every_way(graph: diagram.Graph) -> None:
    text = diagram.to_mermaid(graph, here=["pruefen"])
    assert text.count("-->") + text.count("-.->") == len(graph.edges)
    assert "class s_pruefen here" in text


@settings(max_examples=80, deadline=None)
@given(
    st.integers(1, 14).flatmap(
        lambda n: st.tuples(
            st.just(n), st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=30, unique=True)
        )
    )
)
def test_boxes_never_overlap_whatever_the_graph(given_graph: tuple[int, list[tuple[int, int]]]) -> None:
    count, pairs = given_graph
    nodes = [f"n{i}" for i in range(count)]
    layout = lay_out(nodes, [(f"n{a}", f"n{b}") for a, b in pairs])
    rows: dict[int, list[float]] = {}
    for column, row in layout.spots.values():
        rows.setdefault(row, []).append(column)
    for columns in rows.values():
        ordered = sorted(columns)
        assert all(b - a >= 0.999 for a, b in itertools.pairwise(ordered))
    assert all(0 <= column <= layout.width for column, _ in layout.spots.values())

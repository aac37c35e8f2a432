"""Pipe tables and CSV files: cells and their places."""

from __future__ import annotations

from amtsweg.dsl import reader
from amtsweg.dsl.compile.tables import Grid, read_csv, read_pipes
from amtsweg.dsl.source import Position
from amtsweg.dsl.yamltree import Mapping, Scalar

TABLE = """\
table: |
  rasse       | position | = Satz
  ------------|----------|-------
  listenhunde | -        | satz_gefaehrlich

  -           | > 2      | if x = "a|b" then 1 EUR else 2 EUR
"""


def grid(text: str = TABLE) -> Grid:
    tree = reader.read_text(text, "f/procedure.yaml").tree
    assert isinstance(tree, Mapping)
    scalar = tree.get("table")
    assert isinstance(scalar, Scalar)
    return read_pipes(scalar)


def test_a_pipe_table_has_a_head_and_rows_and_no_lines_of_dashes() -> None:
    found = grid()
    assert found.head is not None
    assert [cell.text for cell in found.head.cells] == ["rasse", "position", "= Satz"]
    assert [[cell.text for cell in row.cells] for row in found.rows] == [
        ["listenhunde", "-", "satz_gefaehrlich"],
        ["-", "> 2", 'if x = "a|b" then 1 EUR else 2 EUR'],
    ]


def test_a_cell_knows_where_it_stands_in_the_file() -> None:
    found = grid()
    assert found.rows[1].cells[1].span.start == Position(6, 17)
    assert found.rows[1].cells[1].position(2) == Position(6, 19)
    assert str(found.rows[0].span) == "f/procedure.yaml:4:3"


def test_bars_at_the_edges_of_a_line_make_no_cells() -> None:
    found = grid("table: |\n  | a | = b |\n  | 1 |  2  |\n")
    assert [[cell.text for cell in row.cells] for row in found.rows] == [["1", "2"]]


def test_a_table_from_excel_comes_with_semicolons_and_a_mark() -> None:
    found = read_csv('\ufeffart;= satz\n"kurz;lang";12,50\n\nx;3\n', "f/tarif.csv")
    assert found.head is not None
    assert [[cell.text for cell in row.cells] for row in found.rows] == [["kurz;lang", "12,50"], ["x", "3"]]
    assert found.rows[0].cells[1].span.start == Position(2, 13)
    assert found.rows[1].cells[0].span.start == Position(4, 1)

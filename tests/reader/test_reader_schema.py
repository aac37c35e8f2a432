"""The published schemas: valid in themselves, friendly to generic editors, exact behind our own door."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

import amtsweg.procedures
from amtsweg.dsl import schema
from amtsweg.dsl.reader import read_text
from amtsweg.dsl.yamltree import Mapping, to_plain

SHIPPED = Path(amtsweg.procedures.__file__).parent
FIXTURE = Path(__file__).parent.parent / "content" / "fixtures"
KIND = {"procedure.yaml": "procedure", "cases.yaml": "cases", "tenant.yaml": "tenant", "block.yaml": "block"}
FILES = sorted(path for folder in (SHIPPED, FIXTURE) for path in folder.rglob("*.yaml"))


def kind_of(path: Path) -> str:
    return KIND.get(path.name, "texts")


@pytest.mark.parametrize("kind", schema.KINDS)
def test_every_schema_is_a_valid_schema_of_its_draft(kind: str) -> None:
    Draft202012Validator.check_schema(schema.SCHEMAS[kind])
    assert schema.SCHEMAS[kind]["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_shipped_file_fits_its_schema(path: Path) -> None:
    tree = read_text(path.read_text("utf-8"), path.name).tree
    assert tree is not None
    assert schema.check(tree, kind_of(path)) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_an_editor_that_types_scalars_paints_no_correct_line_red(path: Path) -> None:
    class Editor(yaml.SafeLoader):
        """YAML as a generic editor reads it: numbers, yes/no and nothing are typed; days stay texts."""

    resolvers = {
        first: [(tag, rule) for tag, rule in rules if not tag.endswith(":timestamp")]
        for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    Editor.yaml_implicit_resolvers = resolvers
    data: Any = yaml.load(path.read_text("utf-8"), Loader=Editor)
    errors = [error.message for error in Draft202012Validator(schema.schema(kind_of(path))).iter_errors(data)]
    assert [message for message in errors if "does not match" not in message] == []


def test_german_keywords_are_put_right_in_the_tree_so_that_later_checks_go_on() -> None:
    text = "cases:\n  - testfall: Eins\n    heute: 2026-01-01\n    schritte:\n      - {mache: melden, durch: ada}\n"
    tree = read_text(text, "cases.yaml").tree
    assert tree is not None
    mended, found = schema.mended(tree, "cases")
    assert {one.code for one in found} == {"AW101"}
    assert to_plain(mended) == {
        "cases": [{"case": "Eins", "today": "2026-01-01", "steps": [{"do": "melden", "by": "ada"}]}]
    }
    assert isinstance(mended, Mapping)


def test_a_key_that_is_missing_because_it_is_misspelt_is_told_once() -> None:
    text = "name: Stadt\nlandd: Hessen\n"
    tree = read_text(text, "tenant.yaml").tree
    assert tree is not None
    assert [one.code for one in schema.check(tree, "tenant")] == ["AW108"]


def test_a_field_called_like_a_keyword_is_no_keyword() -> None:
    text = (
        "procedure: a\nversion: 1\ntitle: A\noffice: b\n"
        "forms: {f: {title: F, fields: {type: Betrag, due: Frist, end: Ende}}}\n"
        "flow: {s: {task: T, by: r, form: f, next: e}, e: {end: settled}}\n"
    )
    tree = read_text(text, "procedure.yaml").tree
    assert tree is not None
    assert schema.check(tree, "procedure") == []


def test_a_bad_id_is_told_once_and_not_again_where_it_is_named() -> None:
    text = (
        "procedure: a\nversion: 1\ntitle: A\noffice: b\n"
        "flow:\n  prüfen: {task: T, by: r, next: prüfen}\n  ende: {end: settled}\n"
    )
    tree = read_text(text, "procedure.yaml").tree
    assert tree is not None
    found = schema.check(tree, "procedure")
    assert [one.code for one in found] == ["AW104"]
    assert found[0].fix is not None
    assert len(found[0].fix.edits) == 2

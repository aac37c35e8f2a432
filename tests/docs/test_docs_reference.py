"""The language reference is what the program itself knows."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

from amtsweg.dsl import codes, keywords
from amtsweg.dsl.fieldtypes import FIELD_TYPES

DOCS = Path(__file__).parents[2] / "docs"


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_docs_the_reference_is_what_the_generator_writes() -> None:
    said = "docs/sprache.md is behind; run: python docs/generate.py"
    assert (DOCS / "sprache.md").read_text("utf-8") == generator().document(), said


def test_docs_the_reference_names_every_word_type_and_finding() -> None:
    text = (DOCS / "sprache.md").read_text("utf-8")
    for word in [*(one.word for one in keywords.table()), *FIELD_TYPES]:
        assert f"| `{word}` |" in text, word
    for code in codes.CODES:
        assert f"#### {code} " in text, code

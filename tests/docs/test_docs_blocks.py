"""Every fenced block of the documents is run, or at least read: what a document shows is what happens.

In: README.md, CONTRIBUTING.md and everything under docs/. A document is worked through from top to bottom, as a
reader does it, in a folder of its own. The rules:

* `yaml` headed by `# folder/procedure.yaml`: with a `procedure:` key the whole file, otherwise its sections are put in
  (a section that is there already is replaced). At the next heading the folder must be without errors, unless the head
  says `(mit Fehler)`. Without a head: a whole procedure must be without errors; a fragment must read without findings.
* `markdown` headed by `<!-- folder/letter.md -->` is written to that file.
* `console`: each `$ amtsweg ...` runs; the lines below are what it prints (`...` stands for left-out lines; no lines:
  not compared). The exit code is 0, or as in `console exit=1`. Of `$ make x` the target must exist.
* `python` runs in the document's folder; all blocks of a document share their names. `feel` must parse.
* `mermaid` and `text` are only shown.
"""

from __future__ import annotations

import re
import shlex
import textwrap
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from amtsweg import feel
from amtsweg.cli import main
from amtsweg.dsl import reader, report
from amtsweg.dsl.load import load_folder

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
LABELS = {"yaml", "markdown", "console", "python", "feel", "mermaid", "text"}
ELSEWHERE = {
    "docs/ausdruecke.md": ({"python"}, "tests/feel_runtime/test_runtime_handbook.py"),
    "docs/dmn.md": ({"console"}, "tests/dmn/test_dmn_exchange.py"),
    "docs/fristen.md": ({"python"}, "tests/periods/test_periods_explain.py"),
}
"""Blocks that a test of their own runs: labels, and the test."""


@dataclass(frozen=True)
class Block:
    """A fenced block: where it begins, its label, the words behind it, its text; or a heading (label `heading`)."""

    place: str
    label: str
    more: str
    text: str


@cache
def parts(path: Path) -> tuple[Block, ...]:
    """The blocks and second-level headings of a document, in their order."""
    found: list[Block] = []
    fence: tuple[int, int, str] | None = None
    lines: list[str] = []
    name = path.relative_to(ROOT).as_posix()
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        opened = re.match(r"^( *)```+(.*)$", line)
        if fence is None and opened:
            fence, lines = (number, len(opened[1]), opened[2].strip()), []
        elif fence is not None and opened and not opened[2].strip():
            label, _, more = fence[2].partition(" ")
            text = "".join(f"{one[fence[1] :]}\n" for one in lines)
            found.append(Block(f"{name}:{fence[0]}", label, more.strip(), text))
            fence = None
        elif fence is not None:
            lines.append(line)
        elif line.startswith("## "):
            found.append(Block(f"{name}:{number}", "heading", "", line))
    assert fence is None, f"{name}:{fence and fence[0]}: this block is never closed"
    return tuple(found)


class Folder:
    """What a reader has made so far, in a folder of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.names: dict[str, Any] = {"__name__": "__docs__"}
        self.touched: set[Path] = set()
        self.broken: set[Path] = set()
        for name in ("amtsweg", "examples"):
            (root / name).symlink_to(ROOT / name)

    def yaml(self, block: Block) -> None:
        head = re.match(r"# ([\w-]+/[\w./-]+\.yaml)( \(mit Fehler\))?\n", block.text)
        if head:
            self._put(self.root / head[1], block.text[head.end() :], bool(head[2]))
        elif re.search(r"^procedure: ", block.text, re.M):
            name = re.findall(r"^procedure: (\S+)", block.text, re.M)[0]
            self._put(self.root / "shown" / name / "procedure.yaml", block.text, False)
            self.settle(block.place)
        else:
            for piece in re.split(r"^ *\.\.\.\n", block.text, flags=re.M):
                found = reader.read_text(textwrap.dedent(piece), block.place)
                assert not found.diagnostics, report.to_text(found.diagnostics, {block.place: piece}, "de")

    def _put(self, path: Path, text: str, broken: bool) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.name == "procedure.yaml" and not re.search(r"^procedure: ", text, re.M):
            text = merged(path.read_text("utf-8"), text)
        path.write_text(text, "utf-8")
        if path.name == "tenant.yaml":
            return
        self.touched.add(path.parent)
        (self.broken.add if broken else self.broken.discard)(path.parent)

    def markdown(self, block: Block) -> None:
        head = re.match(r"<!-- ([\w-]+/[\w./-]+\.md) -->\n", block.text)
        assert head, f"{block.place}: say where it belongs: <!-- folder/letter.md -->"
        (self.root / head[1]).write_text(block.text[head.end() :], "utf-8")
        self.touched.add((self.root / head[1]).parent)

    def settle(self, place: str) -> None:
        """At the end of a section everything that was written is a procedure without errors."""
        for folder in sorted(self.touched):
            loaded = load_folder(folder)
            found = [one for one in loaded.diagnostics if one.severity == "error"]
            if folder in self.broken:
                assert found, f"before {place}: {folder.name} should have an error here"
            else:
                assert not found, f"before {place}\n{report.to_text(found, loaded.sources, 'de')}"
        self.touched.clear()

    def python(self, block: Block) -> None:
        exec(compile("\n" * int(block.place.rpartition(":")[2]) + block.text, block.place, "exec"), self.names)

    def console(self, block: Block) -> None:
        code = int(block.more.removeprefix("exit=") or 0)
        for command in re.split(r"^\$ ", block.text, flags=re.M)[1:]:
            line, _, expected = command.partition("\n")
            words = shlex.split(line, comments=True)
            if words[0] == "make":
                for target in words[1:]:
                    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text("utf-8"), re.M), block.place
                continue
            assert words[0] == "amtsweg", f"{block.place}: {line}"
            done = CliRunner().invoke(main, words[1:], prog_name="amtsweg")
            assert done.exit_code == code, f"{block.place}: {line}\n{done.output}{done.exception or ''}"
            if expected.strip():
                assert re.fullmatch(pattern(expected), tidy(done.output)), (
                    f"{block.place}: {line}\nshown:\n{expected}\nprinted:\n{done.output}"
                )


def merged(old: str, new: str) -> str:
    """A file with some of its sections replaced, the others as they were; new ones at the end."""
    sections = dict(_sections(old)) | dict(_sections(new))
    return "".join(sections.values())


def _sections(text: str) -> list[tuple[str, str]]:
    found = re.split(r"^(?=\w)", text, flags=re.M)
    return [(one.partition(":")[0], one if one.endswith("\n\n") else f"{one.rstrip()}\n\n") for one in found if one]


def tidy(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def pattern(shown: str) -> str:
    """The shown lines as a pattern: `...` on a line of its own stands for any lines, inside a line for any text."""
    found = ""
    for line in tidy(shown).splitlines():
        if line.strip() == "...":
            found += r"(?:.*\n)*?"
        else:
            found += ".*?".join(re.escape(part) for part in line.split("...")) + r"\n"
    return found.removesuffix(r"\n") if not found.endswith("*?") else found + ".*"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_docs_every_block_does_what_it_says(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = path.relative_to(ROOT).as_posix()
    skipped = ELSEWHERE.get(name, (set(), ""))[0]
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("AMTSWEG_DB", raising=False)
    monkeypatch.setenv("COLUMNS", "120")
    folder = Folder(tmp_path)
    for block in parts(path):
        if block.label == "heading":
            folder.settle(block.place)
            continue
        assert block.label in LABELS, f"{block.place}: a block is labelled with one of {', '.join(sorted(LABELS))}"
        if block.label in skipped:
            continue
        if block.label == "feel":
            feel.compile(block.text, mode="strict")
        elif block.label not in ("mermaid", "text"):
            getattr(folder, block.label)(block)
    folder.settle(f"the end of {name}")


@pytest.mark.parametrize("name", sorted(ELSEWHERE))
def test_docs_blocks_left_out_here_are_run_by_the_test_that_is_named(name: str) -> None:
    labels, test = ELSEWHERE[name]
    assert Path(name).name in (ROOT / test).read_text("utf-8")
    assert labels <= {block.label for block in parts(ROOT / name)}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_docs_links_between_documents_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text("utf-8")):
        if not re.match(r"[a-z]+:|#", target):
            assert (path.parent / target.partition("#")[0]).exists(), f"{path.name}: {target}"


def test_docs_a_shown_line_that_is_not_printed_is_noticed() -> None:
    assert re.fullmatch(pattern("a\n...\nd\n"), "a\nb\nc\nd")
    assert re.fullmatch(pattern("a\n...\n"), "a\nb\nc")
    assert re.fullmatch(pattern("a ... c\n"), "a b c")
    assert not re.fullmatch(pattern("a\nc\n"), "a\nb\nc")


def test_docs_sections_of_a_file_are_replaced_by_name() -> None:
    assert merged("a: 1\nb:\n  c: 1\n", "b:\n  c: 2\nd: 3\n") == "a: 1\n\nb:\n  c: 2\n\nd: 3\n\n"

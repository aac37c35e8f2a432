"""What an editor wants to know of a place in a procedure: folder, file, position -> facts.

In: a folder and, if they are open, the unsaved texts of its files. Out: findings, completions, what a word means, where
a name was written and where it is used. The language server, a page in the web host and a terminal can all be skins
over this. Nothing here knows a protocol; lines and columns count from 1 in characters.

While a file does not load, the last version that did answers for names, so that completion goes on working.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from amtsweg.dsl.diagnostics import Diagnostic, Text, same
from amtsweg.dsl.feel.builtins import BUILTINS
from amtsweg.dsl.feel.types import spoken
from amtsweg.dsl.keywords import STEP_KINDS, Keyword, keyword, search
from amtsweg.dsl.load import Loaded, load_folder
from amtsweg.dsl.procedure import Field, Group, Machine
from amtsweg.dsl.source import Position, Span

WORD = re.compile(r"[\w\-]+", re.UNICODE)
EXPRESSIONS = frozenset({
    "when", "compute", "optional", "default", "min", "max", "not_after", "not_before", "prefill", "pay", "due",
    "remind", "wait", "valid_on", "value", "set", "with", "join", "key", "from", "length", "starts", "items",
})  # fmt: skip
TARGETS = frozenset({"next", "else", "overdue", "paid", "declined", "back", "answered", "silent", "steps", "four_eyes"})
REFERENCES = {
    "form": "forms",
    "letter": "letters",
    "by": "roles",
    "to": "roles",
    "approve_by": "roles",
    "grow": "roles",
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """One completion: what is inserted, what is shown beside it, what it means."""

    text: str
    label: str
    detail: str = ""
    about: str = ""
    kind: str = "value"


@dataclass(frozen=True, slots=True)
class Symbol:
    """A named thing of a file, for the outline; `inner` stand below it."""

    name: str
    title: str
    kind: str
    span: Span
    inner: tuple[Symbol, ...] = ()


@dataclass
class Editor:
    """One folder while it is edited.

    Parameters
    ----------
    folder: the procedure's folder.
    open_texts: unsaved texts by file name (`procedure.yaml`, `bescheid.md`).
    language: of what people read.
    """

    folder: Path
    open_texts: dict[str, str] = field(default_factory=dict)
    language: str = "de"
    loaded: Loaded | None = None
    _last: Machine | None = None

    def load(self) -> Loaded:
        """Load the folder with its unsaved texts and remember what came of it."""
        with tempfile.TemporaryDirectory(prefix="amtsweg-editor-") as place:
            copy = Path(place) / self.folder.name
            shutil.copytree(self.folder, copy, ignore=shutil.ignore_patterns(".*", "__pycache__", "*.sqlite3*"))
            for name, text in self.open_texts.items():
                if Path(name).name == name:
                    (copy / name).write_text(text, "utf-8")
            self.loaded = load_folder(copy)
        if self.loaded.draft is not None:
            self._last = self.loaded.draft
        return self.loaded

    def findings(self) -> dict[str, list[Diagnostic]]:
        """All findings by file name, for every file of the folder that was read."""
        loaded = self.loaded or self.load()
        prefix = self.folder.name + "/"
        found: dict[str, list[Diagnostic]] = {
            name.removeprefix(prefix): [] for name in loaded.sources if name.startswith(prefix)
        }
        for one in loaded.diagnostics:
            if one.span.file.startswith(prefix):
                found.setdefault(one.span.file.removeprefix(prefix), []).append(one)
        return found

    # ---------------------------------------------------------------------------------------------------------- places

    def text(self, file: str) -> str:
        """A file as it stands in the editor, else on the disk."""
        if file in self.open_texts:
            return self.open_texts[file]
        path = self.folder / file
        return path.read_text("utf-8") if path.is_file() else ""

    def word_at(self, file: str, at: Position) -> tuple[str, Span] | None:
        """The word at a place, with its stretch."""
        lines = self.text(file).splitlines()
        if not 0 < at.line <= len(lines):
            return None
        for found in WORD.finditer(lines[at.line - 1]):
            if found.start() < at.column <= found.end() + 1:
                return found.group(), Span.at(file, at.line, found.start() + 1, len(found.group()))
        return None

    def keys_above(self, file: str, at: Position) -> list[str]:
        """The keys around a place, outermost first: `flow`, `pruefen`, `due`."""
        lines = self.text(file).splitlines()[: at.line]
        if not lines:
            return []
        current = lines[-1][: at.column - 1] if len(lines) == at.line else ""
        indent = len(lines[-1]) - len(lines[-1].lstrip()) if lines[-1].strip() else max(0, at.column - 1)
        found: list[str] = []
        own = re.match(r"\s*(?:- )?([\w-]+):\s", current + " ")
        if own is not None and current.rstrip().endswith(":") is False and ":" in current:
            found.insert(0, own[1])
        for line in reversed(lines[:-1]):
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            depth = len(line) - len(line.lstrip())
            if depth < indent:
                key = re.match(r"\s*(?:- )?\{?([\w-]+):", line)
                if key is not None:
                    found.insert(0, key[1])
                indent = depth
            if indent == 0:
                break
        return found

    # ------------------------------------------------------------------------------------------------------ completion

    def completions(self, file: str, at: Position) -> list[Proposal]:
        """What may stand here: names that are right, or keywords by their English or German word."""
        lines = self.text(file).splitlines()
        line = lines[at.line - 1][: at.column - 1] if 0 < at.line <= len(lines) else ""
        if file.endswith(".md"):
            return self._names("") if "{{" in line or line.lstrip().startswith(":::") else []
        keys = self.keys_above(file, at)
        value = re.match(r".*?\b([\w-]+):\s+\S*$|.*?\b([\w-]+):\s+.*$", line)
        if value is not None:
            key = value[1] or value[2]
            if key in TARGETS or (keys and keys[-1] == "outcomes"):
                return self._steps()
            if key in REFERENCES:
                return self._section(REFERENCES[key])
            if key in ("options",):
                return self._section("lists")
            if key == "type":
                return self._types()
            if key in EXPRESSIONS or "set" in keys[-2:]:
                return self._names(keys[1] if len(keys) > 1 and keys[0] == "forms" else "")
            return []
        typed = WORD.search(line[::-1])
        start = typed.group()[::-1] if typed is not None and line and not line.endswith(" ") else ""
        return [
            Proposal(f"{one.word}: ", one.word, one.name, one.description.in_language(self.language), "keyword")
            for one in self._keywords(file, at, keys, start)
        ]

    def _keywords(self, file: str, at: Position, keys: list[str], start: str) -> tuple[Keyword, ...]:
        """Keywords that may stand here; in a step those of its kind, or of every kind as long as it has none."""
        place = place_of(keys)
        if place != "step":
            return search(start, place)
        kind = self._step_kind(file, at)
        kinds = (kind,) if kind else (*STEP_KINDS, "letter_step")
        return tuple(dict.fromkeys(one for name in kinds for one in search(start, name)))

    def _step_kind(self, file: str, at: Position) -> str:
        """The kind of the step around a line, read from the keys beside it; empty as long as it has none."""
        lines = self.text(file).splitlines()
        own = lines[at.line - 1] if 0 < at.line <= len(lines) else ""
        indent = len(own) - len(own.lstrip()) if own.strip() else at.column - 1
        beside: set[str] = set()
        for stretch in (reversed(lines[: at.line - 1]), lines[at.line :]):
            for line in stretch:
                depth = len(line) - len(line.lstrip())
                if line.strip() and depth < indent:
                    break
                found = re.match(r"\s*([\w-]+):", line)
                if found is not None and depth == indent:
                    beside.add(found[1])
        kind = next((kind for kind in STEP_KINDS if kind in beside), "")
        return "letter_step" if kind == "letter" else kind

    def _machine(self) -> Machine | None:
        if self.loaded is None:
            self.load()
        return self._last

    def _steps(self) -> list[Proposal]:
        machine = self._machine()
        if machine is None:
            return []
        found = [
            Proposal(step.id, step.id, step.title, "", "step")
            for step in machine.steps.values()
            if step.kind != "event" and "/" not in step.id and "." not in step.id
        ]
        return [*found, *(Proposal(stage.id, stage.id, stage.title, "", "stage") for stage in machine.stages.values())]

    def _section(self, section: str) -> list[Proposal]:
        machine = self._machine()
        if machine is None:
            return []
        things: Mapping[str, object] = getattr(machine, section)
        return [
            Proposal(name, name, str(getattr(thing, "title", "")), "", section)
            for name, thing in things.items()
            if "/" not in name
        ]

    def _types(self) -> list[Proposal]:
        from amtsweg.dsl.fieldtypes import FIELD_TYPES

        return [
            Proposal(name, name, facts.title.in_language(self.language), "", "type")
            for name, facts in FIELD_TYPES.items()
        ]

    def _names(self, form: str) -> list[Proposal]:
        machine = self._machine()
        if machine is None:
            return []
        found: list[Proposal] = []
        if form in machine.forms:
            found += [Proposal(f.id, f.id, f"{f.title} · {f.type.name}", "", "field") for f in fields_of(machine, form)]
        for name in machine.forms:
            found += [
                Proposal(f.path, f.path, f"{f.title} · {f.type.name}", "", "field") for f in fields_of(machine, name)
            ]
        for section in ("parameters", "lists", "decisions", "letters"):
            found += self._section(section)
        found += [Proposal(name, name, "", "", "name") for name in ("today", "now", "case", "applicant")]
        found += [
            Proposal(f"{name}(", name, ", ".join(one.params), one.about, "function") for name, one in BUILTINS.items()
        ]
        return found

    # ----------------------------------------------------------------------------------------------------------- hover

    def hover(self, file: str, at: Position) -> Text | None:
        """What a word means: a keyword with an example, a name with its type and caption."""
        word = self.word_at(file, at)
        if word is None:
            return None
        name, span = word
        line = self.text(file).splitlines()[at.line - 1]
        is_key = re.match(r"\s*:(\s|$)", line[span.end.column - 1 :]) is not None
        keys = self.keys_above(file, at)
        place = place_of(keys)
        place = self._step_kind(file, at) or place if place == "step" else place
        known = keyword(name, place) or keyword(name)
        if is_key and known is not None:
            about = known.description
            return Text(
                f"**{name}** · {known.name}\n\n{about.de}\n\n```yaml\n{known.example}\n```",
                f"**{name}**\n\n{about.en}\n\n```yaml\n{known.example}\n```",
            )
        machine = self._machine()
        if machine is None:
            return None
        for form in machine.forms:
            for one in fields_of(machine, form):
                if one.id == name:
                    return Text(
                        f"**{one.path}** · {one.type.name}\n\n{one.title}",
                        f"**{one.path}** · {one.type.name}\n\n{one.title}",
                    )
        step = machine.steps.get(name)
        if step is not None:
            return Text(
                f"**{name}** · Schritt ({step.kind})\n\n{step.title}",
                f"**{name}** · step ({step.kind})\n\n{step.title}",
            )
        parameter = machine.parameters.get(name)
        if parameter is not None:
            kind = parameter.type.name
            return Text(
                f"**{name}** · Stellgröße ({kind})\n\n{parameter.title}",
                f"**{name}** · parameter ({kind})\n\n{parameter.title}",
            )
        builtin = BUILTINS.get(name)
        if builtin is not None:
            call = f"{name}({', '.join(builtin.params)})"
            return same(f"`{call}`\n\n{builtin.about}")
        return None

    # ------------------------------------------------------------------------------------------------- where things are

    def definition(self, file: str, at: Position) -> Span | None:
        """Where the name at a place was written as a key."""
        word = self.word_at(file, at)
        return None if word is None else next(iter(self._keys(word[0])), None)

    def references(self, file: str, at: Position) -> list[Span]:
        """Every place where the name at a place stands: its key and all its uses, in all files of the folder."""
        word = self.word_at(file, at)
        return [] if word is None else list(self._uses(word[0]))

    def rename(self, file: str, at: Position, new: str) -> list[Span]:
        """The places that a rename changes. Raises ValueError where the name is a keyword or the new one is no id."""
        word = self.word_at(file, at)
        if word is None or not re.fullmatch(r"[a-z][a-z0-9_]*", new):
            raise ValueError(
                "Eine Kennung besteht aus a–z, 0–9 und _."
                if self.language == "de"
                else "An id consists of a–z, 0–9, _."
            )
        if not list(self._keys(word[0])):
            raise ValueError(
                f"„{word[0]}“ ist kein Name dieses Verfahrens."
                if self.language == "de"
                else f"“{word[0]}” is no name of this procedure."
            )
        if list(self._keys(new)):
            raise ValueError(f"„{new}“ gibt es schon." if self.language == "de" else f"“{new}” exists already.")
        return list(self._uses(word[0]))

    def _files(self) -> list[str]:
        names = {path.name for path in self.folder.iterdir() if path.suffix in (".yaml", ".md", ".csv")}
        return sorted(names | set(self.open_texts))

    def _keys(self, name: str) -> Iterator[Span]:
        """Keys of that name in `procedure.yaml`, below the sections that declare names."""
        file = "procedure.yaml"
        for number, line in enumerate(self.text(file).splitlines(), 1):
            found = re.match(rf"(\s+){re.escape(name)}:", line)
            if found is not None and keyword(name) is None:
                yield Span.at(file, number, len(found[1]) + 1, len(name))

    def _uses(self, name: str) -> Iterator[Span]:
        pattern = re.compile(rf"(?<![\w\-]){re.escape(name)}(?![\w\-])")
        for file in self._files():
            inside_quotes = re.compile(r'"[^"]*"')
            for number, line in enumerate(self.text(file).splitlines(), 1):
                code = line if file.endswith(".md") else _code_of(line)
                spoken_part = [m.span() for m in inside_quotes.finditer(code)]
                for found in pattern.finditer(code):
                    in_text = file.endswith(".md") and not _in_hole(code, found.start())
                    quoted = any(a < found.start() < b for a, b in spoken_part)
                    if not in_text and not quoted and not _in_sentence(code, found.start()):
                        yield Span.at(file, number, found.start() + 1, len(name))

    # --------------------------------------------------------------------------------------------------------- outline

    def symbols(self, file: str) -> list[Symbol]:
        """The outline of a file: its sections and what is declared in them."""
        found: list[Symbol] = []
        inner: list[Symbol] = []
        for number, line in enumerate(self.text(file).splitlines(), 1):
            top = re.match(r"([\w-]+):", line)
            if top is not None:
                if found:
                    found[-1] = Symbol(found[-1].name, "", "section", found[-1].span, tuple(inner))
                inner = []
                found.append(Symbol(top[1], "", "section", Span.at(file, number, 1, len(top[1]))))
                continue
            second = re.match(r"  ([\w-]+):", line)
            if second is not None and found:
                inner.append(Symbol(second[1], "", found[-1].name, Span.at(file, number, 3, len(second[1]))))
        if found:
            found[-1] = Symbol(found[-1].name, "", "section", found[-1].span, tuple(inner))
        return found


def fields_of(machine: Machine, form: str) -> list[Field]:
    """All fields of a form, in written order."""
    found: list[Field] = []
    todo: list[Field | Group] = list(machine.forms[form].pages)
    while todo:
        item = todo.pop(0)
        if isinstance(item, Field):
            found.append(item)
        else:
            todo = [*item.items, *todo]
    return found


SECTIONS = {
    "roles": "role", "parameters": "parameter", "lists": "list", "types": "type", "forms": "form",
    "decisions": "decision", "letters": "letter", "stages": "stage", "flow": "step", "clocks": "clock",
    "messages": "message", "connectors": "connector",
}  # fmt: skip
INNER = {"pages": "page", "fields": "field", "outcomes": "outcome", "events": "event", "deadline": "deadline",
         "repeat": "repeat", "review": "review", "steps": "step"}  # fmt: skip


def place_of(keys: list[str]) -> str:
    """The kind of thing whose keywords may stand below these keys."""
    if not keys:
        return "procedure"
    place = ""
    for index, key in enumerate(keys):
        if index == 0:
            place = SECTIONS.get(key, key if key in ("keep",) else "")
        elif key in INNER:
            place = INNER[key]
    return place


def explained(kind: object, language: str) -> str:
    """What people call a static type (for inlays)."""
    from amtsweg.dsl.feel.types import Type

    return spoken(kind, language) if isinstance(kind, Type) else ""


def _code_of(line: str) -> str:
    """A line of YAML without its comment."""
    found = re.search(r"(^|\s)#\s", line)
    return line[: found.start()] if found is not None else line


def _in_hole(line: str, at: int) -> bool:
    if line.lstrip().startswith(":::"):
        return True
    return line.rfind("{{", 0, at) > line.rfind("}}", 0, at)


SENTENCES = re.compile(r"^\s*(?:- )?(title|summary|hint|say|declaration|task|purpose|receipt|text|case|law):\s")


def _in_sentence(line: str, at: int) -> bool:
    """Whether a place lies in a sentence for people, where a name is only a word."""
    found = SENTENCES.match(line)
    return found is not None and at >= found.end()

"""What commands share: options, finding procedures, saying what is wrong, tables, JSON, files. Parses and prints.

Exit codes: 0 all is well, 1 something must be mended (findings, failed tests, a refused act), 2 nothing to work on.
Nothing heavy is imported before a command runs, so that `--help` stays quick.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from amtsweg.errors import AmtswegError, Refused

if TYPE_CHECKING:
    from amtsweg.dsl.load import Loaded

Command = TypeVar("Command", bound=Callable[..., Any])


# ------------------------------------------------------------------------------------------------------------- options


language_option = click.option(
    "--language", type=click.Choice(["de", "en"]), default="de", show_default=True, help="Of what is printed."
)
"""`--language`: German or English words."""

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
"""`--json`."""

out_option = click.option("--out", type=click.Path(), help="Write to a file instead of printing.")
"""`--out`."""


def town_options(command: Command) -> Command:
    """`--tenant` and `--library`: where a procedure runs, and where its building blocks are."""
    text = "A tenant.yaml (or its folder): its values, people and overlays count."
    command = click.option(
        "--library", "libraries", multiple=True, type=click.Path(exists=True), help="A folder of blocks."
    )(command)
    return click.option("--tenant", type=click.Path(exists=True), help=text)(command)


# ---------------------------------------------------------------------------------------------------------- procedures


def procedures_in(path: Path) -> list[Path]:
    """The folder itself, or the folders in it that hold a procedure."""
    if path.name == "procedure.yaml" or (path / "procedure.yaml").is_file():
        return [path]
    if path.is_dir():
        return sorted(inner.parent for inner in path.glob("*/procedure.yaml"))
    return [path] if path.exists() else []


def folders_in(paths: Iterable[str]) -> list[Path]:
    """The folders of all procedures of some paths; ends with a sentence where there is none."""
    folders = [folder for path in paths for folder in procedures_in(Path(path))]
    if not folders:
        fail(f"There is no procedure.yaml in {', '.join(paths)}. Begin one with: amtsweg new NAME", 2)
    return folders


def loaded_folder(folder: Path, tenant: str | None = None, libraries: Sequence[str] = ()) -> Loaded:
    """A folder with its findings; ends with a sentence where it cannot be read at all."""
    from amtsweg.dsl.load import load_folder

    try:
        return load_folder(folder, tenant, library=libraries)
    except AmtswegError as error:
        fail(error, 2)


def loaded_from(path: str, tenant: str | None = None, libraries: Sequence[str] = ()) -> Loaded:
    """The one procedure of a path; ends with a sentence where there is none."""
    folders = folders_in([path])
    if len(folders) > 1:
        names = ", ".join(folder.name for folder in folders)
        fail(f"There are several procedures in {path}; name one of them: {names}", 2)
    return loaded_folder(folders[0], tenant or town_beside(folders[0]), libraries)


def town_beside(folder: Path) -> str | None:
    """The only `tenant.yaml` beside a procedure; its values serve where no town is named."""
    parent = folder.resolve().parent if folder.is_dir() else folder.resolve().parent.parent
    found = sorted(parent.glob("*/tenant.yaml"))
    return str(found[0]) if len(found) == 1 else None


def valid(loaded: Loaded, language: str = "de") -> Loaded:
    """The procedure if it may run; else its findings are printed and the command ends."""
    if not loaded.is_valid:
        show_findings(loaded, language)
        sys.exit(1)
    return loaded


def show_findings(loaded: Loaded, language: str) -> None:
    """The findings of a procedure, on stderr."""
    from amtsweg.dsl import report

    click.echo(report.to_text(loaded.diagnostics, loaded.sources, language, color=sys.stderr.isatty()), err=True)


# ------------------------------------------------------------------------------------------------------ what is wrong


def fail(error: AmtswegError | str, code: int = 1, language: str = "de") -> NoReturn:
    """Say on stderr what is wrong (field by field where a form was refused) and what to do next, and end."""
    if isinstance(error, str):
        error = AmtswegError(error)
    sentence = error.sentence
    problems = error.problems if isinstance(error, Refused) else ()
    if isinstance(error, Refused) and problems and error.value is not None:
        from dataclasses import replace

        from amtsweg.engine.messages import refusal_sentences

        sentence = refusal_sentences(replace(error.value, errors=()), language)[0]
    click.secho(sentence, err=True, fg="red")
    width = max((len(one.path) for one in problems), default=0)
    for one in problems:
        click.echo(f"  {one.path.ljust(width)}  {one.text}", err=True)
    if error.next_step:
        click.echo(error.next_step, err=True)
    sys.exit(code)


@contextmanager
def plainly(language: str = "de", code: int = 1) -> Iterator[None]:
    """Errors of the program's own become sentences on stderr and an exit code, never a traceback."""
    try:
        yield
    except AmtswegError as error:
        fail(error, code, language)


# ------------------------------------------------------------------------------------------------------------ printing


@dataclass(frozen=True, slots=True)
class Voice:
    """Sentences in the reader's language, and commands ready to be copied.

    Parameters
    ----------
    language: `de` or `en`.
    flags: what the next command needs to come back to the same database (` --db …` if it was said that way).
    """

    language: str
    flags: str

    def say(self, german: str, english: str) -> str:
        """The sentence in the reader's language."""
        return english if self.language == "en" else german

    def next(self, command: str) -> str:
        """The line that says what comes next, ready to be copied."""
        return self.say("Weiter: ", "Next: ") + self.call(command)

    def call(self, command: str) -> str:
        """A command on this database, ready to be copied."""
        return f"amtsweg {command}{self.flags}"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows under their heads, columns as wide as their longest text."""
    widths = [max(len(row[at]) for row in [heads, *rows]) for at in range(len(heads))]
    lines = ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) for row in [heads, *rows]]
    return "\n".join([click.style(lines[0].rstrip(), bold=True), *(line.rstrip() for line in lines[1:])])


def json_text(value: Any) -> str:
    """A value, also of views and of the expression language, as JSON."""
    return json.dumps(value, ensure_ascii=False, indent=2, default=_plain)


def print_json(value: Any) -> None:
    """Print a value for programs."""
    click.echo(json_text(value))


def _plain(value: Any) -> Any:
    """What JSON has no word for: views by their fields, instants in ISO 8601, amounts as their text."""
    if isinstance(value, datetime):
        return value.isoformat()
    if is_dataclass(value) and type(value).__module__.startswith("amtsweg.engine"):
        return {one.name: getattr(value, one.name) for one in fields(value)}
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, frozenset | set):
        return sorted(value)
    from amtsweg.dsl.dmn.values import to_json

    return to_json(value)


def ask_line(text: str, *, err: bool = False) -> str:
    """What a person types behind a question; `err`: the question goes to stderr, the answers are printed."""
    return str(click.prompt(text, default="", show_default=False, prompt_suffix="", err=err))


def write(text: str | bytes, out: str | None) -> None:
    """Write to a file and say so, or print."""
    data = text.encode() if isinstance(text, str) else text
    if out is None:
        click.echo(text, nl=not data.endswith(b"\n"))
        return
    path = Path(out)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    click.echo(f"Written: {out}", err=True)

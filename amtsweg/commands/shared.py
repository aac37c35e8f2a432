"""What commands over procedures share: finding them, saying what is wrong, writing what was made. Parses and prints.

Exit codes: 0 all is well, 1 something must be mended (findings, failed tests, a refused act), 2 nothing to work on.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from amtsweg.commands.validate import procedures_in

if TYPE_CHECKING:
    from amtsweg.dsl.load import Loaded
    from amtsweg.errors import AmtswegError

F = TypeVar("F", bound=Callable[..., Any])


def with_tenant(function: F) -> F:
    """`--tenant` and `--library`: where a procedure runs, and where its building blocks are."""
    function = click.option("--library", "libraries", multiple=True, type=click.Path(exists=True), help="Blocks.")(
        function
    )
    return click.option("--tenant", type=click.Path(exists=True), help="A tenant.yaml (or its folder).")(function)


def with_language(function: F) -> F:
    """`--language`: German or English words."""
    return click.option(
        "--language", type=click.Choice(["de", "en"]), default="de", show_default=True, help="Of what is printed."
    )(function)


def fail(error: AmtswegError | str, code: int = 1) -> NoReturn:
    """Say what is wrong and what to do next, and end."""
    sentence = error if isinstance(error, str) else str(error.sentence)
    click.secho(sentence, err=True, fg="red" if sys.stderr.isatty() else None)
    if not isinstance(error, str):
        problems: tuple[Any, ...] = getattr(error, "problems", ())
        for problem in problems:
            click.echo(f"  {problem.path or '–'}: {problem.text}", err=True)
        if error.next_step:
            click.echo(error.next_step, err=True)
    sys.exit(code)


def loaded_from(path: str, tenant: str | None = None, libraries: Sequence[str] = ()) -> Loaded:
    """The one procedure of a path; ends with a sentence where there is none."""
    from amtsweg.dsl.load import load_folder
    from amtsweg.errors import AmtswegError

    folders = procedures_in(Path(path))
    if not folders:
        fail(f"There is no procedure.yaml in {path}. Begin one with: amtsweg new NAME", 2)
    if len(folders) > 1:
        names = ", ".join(folder.name for folder in folders)
        fail(f"There are several procedures in {path}; name one of them: {names}", 2)
    try:
        return load_folder(folders[0], tenant or town_beside(folders[0]), library=libraries)
    except AmtswegError as error:
        fail(error, 2)


def town_beside(folder: Path) -> str | None:
    """The only `tenant.yaml` beside a procedure; its values serve where no town is named."""
    parent = folder.resolve().parent if folder.is_dir() else folder.resolve().parent.parent
    found = sorted(parent.glob("*/tenant.yaml"))
    return str(found[0]) if len(found) == 1 else None


def valid(loaded: Loaded, language: str = "de") -> Loaded:
    """The procedure if it may run; else its findings are printed and the command ends."""
    if loaded.is_valid:
        return loaded
    from amtsweg.dsl import report

    click.echo(report.to_text(loaded.diagnostics, loaded.sources, language, color=sys.stderr.isatty()), err=True)
    sys.exit(1)


def as_json(data: Any) -> None:
    """Print plain data for programs."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str))


def write(text: str | bytes, out: str | None) -> None:
    """Write to a file and say so, or print."""
    if out is None:
        if isinstance(text, bytes):
            sys.stdout.buffer.write(text)
        else:
            click.echo(text, nl=not text.endswith("\n"))
        return
    path = Path(out)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    click.echo(f"Written: {out}", err=True)

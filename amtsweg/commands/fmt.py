"""`amtsweg fmt`: lay procedure files out, or say which ones are not."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from amtsweg.commands.shared import fail, language_option


@click.command("fmt", epilog="Example: amtsweg fmt procedures/hund-anmelden --check")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True))
@click.option("--check", is_flag=True, help="Change nothing; exit with 1 if something would change.")
@language_option
def command(paths: tuple[str, ...], check: bool, language: str) -> None:
    """Lay files out: unfold braces that hold sentences, align tables; words and comments stay.

    PATHS are YAML files or folders; in folders, every .yaml file is laid out.
    """
    from amtsweg.dsl import report
    from amtsweg.dsl.fmt import format as laid_out
    from amtsweg.errors import AmtswegError, NotValid

    files = [file for path in paths for file in yaml_files(Path(path))]
    if not files:
        fail(f"There is no .yaml file in {', '.join(paths)}.", 2)
    changed, failed = 0, 0
    for file in files:
        name = f"{file.resolve().parent.name}/{file.name}"
        try:
            text = file.read_bytes().decode("utf-8")
            made = laid_out(text, name)
        except UnicodeDecodeError:
            click.echo(f"{file}: not UTF-8; save it as UTF-8 first.", err=True)
            failed += 1
            continue
        except NotValid as error:
            click.echo(report.to_text(error.diagnostics, {name: text}, language), err=True)
            failed += 1
            continue
        except AmtswegError as error:
            click.echo(str(error), err=True)
            failed += 1
            continue
        if made != text:
            changed += 1
            click.echo(f"{file}: {'würde sich ändern' if check and language == 'de' else 'would change'}" if check
                       else str(file))  # fmt: skip
            if not check:
                file.write_bytes(made.encode())
    sys.exit(2 if failed else 1 if check and changed else 0)


def yaml_files(path: Path) -> list[Path]:
    """The file itself, or the .yaml files of a folder and of the folders in it."""
    if path.is_dir():
        return sorted(file for file in path.rglob("*.yaml") if not any(part.startswith(".") for part in file.parts))
    return [path]

"""`amtsweg fix`: mend what cannot change a meaning; with `--ask`, show everything else before it is done."""

from __future__ import annotations

import sys

import click

from amtsweg.commands.shared import folders_in, language_option

ROUNDS = 5
"""One fix may uncover another; more rounds than this are never needed."""


@click.command("fix", epilog="Example: amtsweg fix procedures/hund-anmelden --ask")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True))
@click.option("--ask", is_flag=True, help="Show fixes that might change a meaning, and ask for each.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@language_option
def command(paths: tuple[str, ...], ask: bool, dry_run: bool, language: str) -> None:
    """Mend what the machine can mend without changing a meaning.

    PATHS are folders with a procedure.yaml (or folders of such folders). The exit code is 1 if errors are left.
    """
    from amtsweg.dsl import fixes, report
    from amtsweg.dsl.load import load_folder

    german = language == "de"
    left = 0
    for folder in folders_in(paths):
        loaded = load_folder(folder)
        for _ in range(ROUNDS):
            if dry_run:
                mended = fixes.apply(loaded.diagnostics, loaded.sources)
            else:
                mended = fixes.mend(loaded.path, loaded.diagnostics, loaded.sources)
            for one in mended.done:
                says = one.fix.says if one.fix is not None and one.fix.says is not None else one.headline
                click.echo(f"{one.span}  {one.code}  {says.in_language(language)}")
            if dry_run or not mended.done:
                break
            loaded = load_folder(folder)
        if ask and not dry_run:
            for one in loaded.diagnostics:
                if one.fix is None or one.fix.safety != "ask" or not one.fix.edits:
                    continue
                click.echo("\n" + report.one_to_text(one, loaded.sources, language))
                if click.confirm("Ausführen?" if german else "Do it?"):
                    fixes.mend(loaded.path, [one], loaded.sources, "ask")
                    loaded = load_folder(folder)
        left += sum(one.severity == "error" for one in loaded.diagnostics)
    if left:
        click.echo(
            f"{left} Fehler bleiben: amtsweg validate" if german else f"{left} errors are left: amtsweg validate"
        )
    sys.exit(1 if left else 0)

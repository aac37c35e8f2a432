"""`amtsweg validate`: check procedures and show all findings, or say what was found to be in order."""

from __future__ import annotations

import sys

import click

from amtsweg.commands.shared import folders_in, language_option, loaded_folder, print_json, town_options


@click.command(
    "validate",
    epilog="Example: amtsweg validate procedures/hund-anmelden --tenant procedures/musterstadt/tenant.yaml",
)
@click.argument("paths", nargs=-1, required=True, type=click.Path())
@town_options
@click.option("--format", "shape", type=click.Choice(["text", "json", "sarif"]), default="text", show_default=True)
@language_option
@click.option("--fix", is_flag=True, help="Mend what cannot change a meaning, then check again.")
@click.option("--all", "show_all", is_flag=True, help="Show every finding, not only the first twenty.")
def command(
    paths: tuple[str, ...],
    tenant: str | None,
    libraries: tuple[str, ...],
    shape: str,
    language: str,
    fix: bool,
    show_all: bool,
) -> None:
    """Check procedures and show all findings at once.

    PATHS are folders with a procedure.yaml (or folders of such folders). The exit code is 0 if all is well, 1 if
    something must be mended, 2 if there is nothing to check.
    """
    from amtsweg.dsl import report
    from amtsweg.dsl.fixes import mend
    from amtsweg.dsl.load import all_is_well

    folders = folders_in(paths)
    loaded = [loaded_folder(folder, tenant, libraries) for folder in folders]
    if fix:
        for one in loaded:
            mend(one.path, one.diagnostics, one.sources)
        loaded = [loaded_folder(folder, tenant, libraries) for folder in folders]
    diagnostics = [finding for one in loaded for finding in one.diagnostics]
    sources = {name: text for one in loaded for name, text in one.sources.items()}
    if shape == "json":
        print_json(report.to_json(diagnostics))
    elif shape == "sarif":
        print_json(report.to_sarif(diagnostics))
    else:
        if diagnostics:
            cap = 1000 if show_all else 20
            click.echo(report.to_text(diagnostics, sources, language, cap=cap, color=sys.stdout.isatty()))
        for one in loaded:
            if one.is_valid:
                click.echo(all_is_well(one, language))
    sys.exit(0 if all(one.is_valid for one in loaded) else 1)

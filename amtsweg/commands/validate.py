"""`amtsweg validate`: check procedures and show all findings, or say what was found to be in order."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click


@click.command(
    "validate",
    epilog="Example: amtsweg validate procedures/hund-anmelden --tenant procedures/musterstadt/tenant.yaml",
)
@click.argument("paths", nargs=-1, required=True, type=click.Path())
@click.option("--tenant", type=click.Path(exists=True), help="A tenant.yaml: its values, people and overlays count.")
@click.option("--library", "libraries", multiple=True, type=click.Path(exists=True), help="A folder of blocks.")
@click.option("--format", "shape", type=click.Choice(["text", "json", "sarif"]), default="text", show_default=True)
@click.option("--language", type=click.Choice(["de", "en"]), default="de", show_default=True)
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
    from amtsweg.dsl.load import Loaded, all_is_well, load_folder
    from amtsweg.errors import AmtswegError

    folders = [folder for path in paths for folder in procedures_in(Path(path))]
    if not folders:
        click.echo(f"There is no procedure.yaml in {', '.join(paths)}. Begin one with: amtsweg new NAME", err=True)
        sys.exit(2)

    def check(folder: Path) -> Loaded:
        try:
            return load_folder(folder, tenant, library=libraries)
        except AmtswegError as error:
            click.echo(str(error), err=True)
            sys.exit(2)

    loaded = [check(folder) for folder in folders]
    if fix:
        for one in loaded:
            mend(one.path, one.diagnostics, one.sources)
        loaded = [check(folder) for folder in folders]
    diagnostics = [finding for one in loaded for finding in one.diagnostics]
    sources = {name: text for one in loaded for name, text in one.sources.items()}
    if shape == "json":
        click.echo(json.dumps(report.to_json(diagnostics), ensure_ascii=False, indent=2))
    elif shape == "sarif":
        click.echo(json.dumps(report.to_sarif(diagnostics), ensure_ascii=False, indent=2))
    else:
        if diagnostics:
            cap = 1000 if show_all else 20
            click.echo(report.to_text(diagnostics, sources, language, cap=cap, color=sys.stdout.isatty()))
        for one in loaded:
            if one.is_valid:
                click.echo(all_is_well(one, language))
    sys.exit(0 if all(one.is_valid for one in loaded) else 1)


def procedures_in(path: Path) -> list[Path]:
    """The folder itself, or the folders in it that hold a procedure."""
    if path.name == "procedure.yaml" or (path / "procedure.yaml").is_file():
        return [path]
    if path.is_dir():
        return sorted(inner.parent for inner in path.glob("*/procedure.yaml"))
    return [path] if path.exists() else []

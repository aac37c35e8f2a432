"""`amtsweg test`: run the cases of procedures in virtual time, and say what was not as expected. Parses and prints."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from amtsweg.commands.shared import (
    fail,
    folders_in,
    json_option,
    language_option,
    plainly,
    print_json,
    town_beside,
    town_options,
)

if TYPE_CHECKING:
    from rich.console import Console

    from amtsweg.testing import Report


@click.command("test", epilog="Example: amtsweg test procedures/hund-anmelden --tenant procedures/musterstadt")
@click.argument("paths", nargs=-1, required=True, type=click.Path())
@town_options
@language_option
@click.option("--case", "only", default="", help="Only cases whose name contains these words.")
@json_option
@click.option("--suggest", is_flag=True, help="Print a case for each way that no case goes.")
@click.option("--accept", is_flag=True, help="Write what was computed into cases.yaml where it differs.")
def command(
    paths: tuple[str, ...],
    tenant: str | None,
    libraries: tuple[str, ...],
    language: str,
    only: str,
    as_json: bool,
    suggest: bool,
    accept: bool,
) -> None:
    """Run the cases of procedures (cases.yaml) in virtual time, on the real engine.

    The exit code is 0 if all cases are as expected, 1 if one is not, 2 if there is nothing to run.
    """
    from amtsweg.testing import run_folder

    reports = []
    for folder in folders_in(paths):
        town = tenant or town_beside(folder)
        with plainly(language, 2):
            report = run_folder(folder, town, library=libraries, only=only)
            if accept and report.findings and report.coverage is not None:
                _accept(report)
                report = run_folder(folder, town, library=libraries, only=only)
        reports.append(report)
        if not as_json:
            show(report, language, suggest)
    if as_json:
        print_json([report.to_data() for report in reports])
    if not any(report.cases or report.findings for report in reports):
        fail(f"No case is called “{only}”." if only else "There are no cases to run.", 2)
    sys.exit(0 if all(report.passed for report in reports) else 1)


def show(report: Report, language: str, suggest: bool) -> None:
    """A report for people: a line per case, the findings, what is not gone through."""
    from rich.console import Console
    from rich.markup import escape

    from amtsweg.dsl import report as printing
    from amtsweg.testing import suggestions

    console = Console(highlight=False, soft_wrap=True)
    german = language == "de"
    console.print(f"[bold]{escape(report.title)}[/]  [dim]{escape(report.procedure)}[/]")
    for case in report.cases:
        sign = "[green]✓[/]" if case.passed else "[red]✗[/]"
        console.print(f"  {sign} {escape(case.name)}")
    if report.findings:
        console.print()
        text = printing.to_text(report.findings, report.sources, language, color=console.is_terminal)
        click.echo(text)
    if report.coverage is None:
        return
    console.print()
    failed = sum(not case.passed for case in report.cases)
    if failed:
        every = len(report.cases)
        wrong = f"{failed} von {every} Testfällen stimmen nicht."
        said = wrong if german else f"{failed} of {every} cases are not as expected."
        console.print(f"[red bold]{said}[/]")
    else:
        said = f"Alle {len(report.cases)} Testfälle stimmen." if german else f"All {len(report.cases)} cases are right."
        console.print(f"[green bold]{said}[/]" if report.cases else "")
    _coverage(report, console, german)
    if suggest:
        for one in suggestions(report):
            if not one.arrives:
                note = "nicht mit Daten bestätigt" if german else "not confirmed with data"
                click.echo(f"  # {note}")
            click.echo(one.text)


def _coverage(report: Report, console: Console, german: bool) -> None:
    assert report.coverage is not None
    names = {
        "steps": ("Schritte", "steps"),
        "ways": ("Wege", "ways"),
        "timers": ("Fristen", "time limits"),
        "rows": ("Tabellenzeilen", "table rows"),
    }
    parts = [
        f"{names[kind][0 if german else 1]} {gone}/{every}"
        for kind, (gone, every) in report.coverage.counts().items()
        if every
    ]
    head = "Durchlaufen: " if german else "Gone through: "
    console.print(head + ", ".join(parts))
    for gap in report.gaps:
        console.print(f"  [yellow]○[/] {gap.headline.de if german else gap.headline.en}  [dim]{gap.span}[/]")
    if report.coverage.missing() and not report.findings:
        click.echo("Weiter: amtsweg test --suggest" if german else "Next: amtsweg test --suggest")


def _accept(report: Report) -> None:
    """Write the computed values into cases.yaml."""
    from amtsweg.dsl.fixes import mend

    mine = [one for one in report.findings if one.span.file.endswith("/cases.yaml") and one.fix is not None]
    done = mend(report.loaded.path, mine, report.sources, "ask").done
    for one in done:
        assert one.fix is not None
        click.echo(f"{one.span}  →  {one.fix.edits[0].text}", err=True)

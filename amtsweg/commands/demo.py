"""`amtsweg demo`: the dog registration from form to notice, told act by act. Prints; `demonstration` plays."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from amtsweg.commands.shared import language_option, plainly


@click.command("demo", epilog="Example: amtsweg demo --out demo-output")
@click.option(
    "--out", type=click.Path(file_okay=False), default="demo-output", show_default=True, help="Where to write."
)
@language_option
def command(out: str, language: str) -> None:
    """Run the dog registration: from the YAML text to the notice and the end of the case, on a database file."""
    from rich.console import Console

    from amtsweg.demonstration import DATABASE, FORM, PICTURE, PROCEDURES, Demonstration

    german = language == "de"
    console = Console(highlight=False, soft_wrap=True)
    story = Demonstration(Path(out))
    console.print("[bold]Amtsweg: ein Hund wird angemeldet[/]" if german else "[bold]Amtsweg: a dog is registered[/]")
    every = len(story.acts)
    written: dict[str, None] = {}
    with plainly(language):
        for number, act in enumerate(story.acts, 1):
            with console.status("…"):
                done = act()
            console.print(f"\n[cyan]{number}/{every}[/]  [bold]{done.title.in_language(language)}[/]")
            for line in done.lines:
                console.print(f"     {line.in_language(language)}", markup=False)
            written |= dict.fromkeys(done.files)
    names = {
        DATABASE: ("die Datenbank mit Vorgang und Protokoll", "the database with case and journal"),
        FORM: ("das Formular als Seite", "the form as a page"),
        PICTURE: ("der Ablauf als Bild, mit dem gegangenen Weg", "the flow as a picture, with the way that was gone"),
        "bescheid.html": ("der Bescheid als Seite", "the notice as a page"),
        "bescheid.pdf": ("der Bescheid zum Drucken", "the notice to print"),
        "bescheid.txt": ("der Bescheid als Text", "the notice as text"),
    }
    console.print("\n[bold]Das liegt jetzt da:[/]" if german else "\n[bold]This is what there is now:[/]")
    width = max(len(name) for name in written) + len(out) + 1
    for name in written:
        label = names.get(name, (name, name))[0 if german else 1]
        console.print(f"  {str(Path(out) / name).ljust(width)}  {label}", markup=False)
    program = "amtsweg " if shutil.which("amtsweg") else f"{near(Path(sys.argv[0]))} "
    database = f"sqlite:///{Path(out) / DATABASE}"
    console.print("\n[bold]So geht es weiter:[/]" if german else "\n[bold]What next:[/]")
    for command_, says in (
        (f"show demo-hund --db {database}", ("den Vorgang ansehen", "look at the case")),
        (f"audit verify --db {database}", ("das Protokoll prüfen", "prove the journal")),
        (f"test {near(PROCEDURES / 'hund-anmelden')}", ("die Testfälle laufen lassen", "run the test cases")),
        ("new mein-verfahren", ("ein eigenes Verfahren beginnen", "begin a procedure of your own")),
    ):
        console.print(f"  {program}{command_}", markup=False, style="green")
        console.print(f"      {says[0 if german else 1]}", markup=False)


def near(path: Path) -> Path:
    """A path as one types it here."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path

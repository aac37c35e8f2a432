"""`amtsweg new`: begin a procedure. Asks eight things (or takes options) and prints; `scaffold` writes the folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from amtsweg.commands.shared import plainly

if TYPE_CHECKING:
    from amtsweg.scaffold import Answers
    from amtsweg.testing import Report

KINDS = {
    "apply": "etwas beantragen (Sie entscheiden)",
    "report": "etwas anzeigen oder melden (Sie nehmen entgegen)",
    "order": "etwas bestellen oder buchen",
}
ACCESS = {
    "all": "alle",
    "account": "mit Konto",
    "bundid": "mit BundID",
    "eid": "nur mit der Ausweis-Funktion",
}
COSTS = {"none": "nein", "fee": "eine Gebühr", "tax": "eine Steuer", "price": "ein Entgelt"}
SECONDS = {"never": "nie", "always": "immer", "sometimes": "in bestimmten Fällen"}
LAWS = {
    "VwVfG": "Verwaltungsverfahrensgesetz",
    "AO": "Abgabenordnung",
    "BGB": "Bürgerliches Gesetzbuch",
    "unknown": "weiß ich nicht",
}


@click.command("new", epilog='Example: amtsweg new "Fundsache melden" --office Fundbüro --kind report --yes')
@click.argument("title", required=False)
@click.option("--id", "name", default="", help="Name of the folder; made from the title by default.")
@click.option("--office", default="", help="Which office works on it.")
@click.option("--kind", type=click.Choice(list(KINDS)), help="Apply for, report, or order something.")
@click.option("--access", type=click.Choice(list(ACCESS)), help="Who may use it: all, with an account, BundID, eID.")
@click.option("--cost", type=click.Choice(list(COSTS)), help="Whether it costs a fee, a tax, a price.")
@click.option("--second", type=click.Choice(list(SECONDS)), help="Whether a second person must agree.")
@click.option("--law", type=click.Choice(list(LAWS)), help="By which law time limits are counted.")
@click.option(
    "--in", "parent", type=click.Path(file_okay=False), default=".", show_default=True, help="Where to begin."
)
@click.option("--yes", is_flag=True, help="Ask nothing; what is not said gets a sensible answer.")
def command(
    title: str | None,
    name: str,
    office: str,
    kind: str | None,
    access: str | None,
    cost: str | None,
    second: str | None,
    law: str | None,
    parent: str,
    yes: bool,
) -> None:
    """Begin a procedure: a folder that validates, tests green and can be clicked through at once.

    Asks eight things, in German, each with a sensible answer on Enter. Every answer can be given as an option.
    """
    from amtsweg.scaffold import Answers, slug, write
    from amtsweg.testing import run_folder

    def ask(text: str, given: str | None, default: str) -> str:
        return given or (default if yes else str(click.prompt(text, default=default)))

    def choose(text: str, given: str | None, options: dict[str, str]) -> Any:
        if given or yes:
            return given or next(iter(options))
        click.echo(text)
        for number, says in enumerate(options.values(), 1):
            click.echo(f"  {number}  {says}")
        picked = click.prompt("  Nummer", default=1, type=click.IntRange(1, len(options)))
        return list(options)[picked - 1]

    title = ask(
        "Was möchten die Menschen bei Ihnen erledigen?", title, "Etwas beantragen" if yes else "Fundsache melden"
    )
    answers = Answers(
        title,
        name or (slug(title, "-") if yes else ask("  Kennung", None, slug(title, "-"))),
        ask("Welches Amt bearbeitet es?", office, "Bürgerbüro"),
        choose("Was davon trifft es am besten?", kind, KINDS),
        choose("Wer darf es benutzen?", access, ACCESS),
        choose("Kostet es etwas?", cost, COSTS),
        choose("Muss eine zweite Person zustimmen?", second, SECONDS),
        choose("Nach welchem Gesetz rechnen die Fristen?", law, LAWS),
    )
    with plainly():
        folder = write(answers, Path(parent))
        report = run_folder(folder)
    _tell(folder, answers, report)


def _tell(folder: Path, answers: Answers, report: Report) -> None:
    from amtsweg.scaffold import LETTER

    machine = report.loaded.procedure().machine
    lines = len((folder / "procedure.yaml").read_text("utf-8").splitlines())
    fields = sum(len(page.items) for page in machine.forms["angaben"].pages)
    steps = sum(
        step.kind not in ("event", "stage") and not step.id.endswith(".check") for step in machine.steps.values()
    )
    cost = ", 1 Betrag" if machine.parameters else ""
    green = sum(case.passed for case in report.cases)
    rows = [
        ("procedure.yaml", f"{lines} Zeilen: ein Formular mit {fields} Feldern, {steps} Schritte{cost}"),
        (f"{LETTER[answers.kind]}.md", "ein Schreiben mit Ihrem Briefkopf"),
        ("texts.en.yaml", "die englischen Texte"),
        ("cases.yaml", f"{len(report.cases)} Testfälle, {'alle' if green == len(report.cases) else green} grün"),
    ]
    click.echo(f"\nAngelegt in {folder}/")
    width = max(len(name) for name, _ in rows)
    for name, says in rows:
        click.echo(f"  {name.ljust(width)}  {says}")
    click.echo(f"Weiter:  amtsweg draw {folder} --out ablauf.svg      (der Ablauf als Bild)")
    click.echo(f"         amtsweg form {folder} --out formular.html   (das Formular als Seite)")
    click.echo(f"         amtsweg simulate {folder} --interactive     (zum Durchklicken)")

"""`amtsweg letter`: a letter with the values of a sample or a case. Parses and prints; `preview` writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from amtsweg.commands.shared import fail, loaded_from, out_option, plainly, town_options, valid, write

if TYPE_CHECKING:
    from amtsweg.hosting import Shape


@click.command("letter", epilog="Example: amtsweg letter procedures/hund-anmelden bescheid --format pdf --out b.pdf")
@click.argument("path", type=click.Path())
@click.argument("name")
@town_options
@click.option("--sample", default="", help="With this sample of cases.yaml in the first form.")
@click.option("--case", "case", default="", help="As the case writes it whose name contains these words.")
@click.option("--format", "shape", type=click.Choice(["text", "html", "pdf"]), default="text", show_default=True)
@click.option("--language", default="", help="Of the letter: de, en …; that of the case by default.")
@click.option("--draft", is_flag=True, help="Mark it as a draft.")
@out_option
def command(
    path: str,
    name: str,
    tenant: str | None,
    libraries: tuple[str, ...],
    sample: str,
    case: str,
    shape: Shape,
    language: str,
    draft: bool,
    out: str | None,
) -> None:
    """Write a letter as a case would: the first case of cases.yaml that comes to it, or the one you name."""
    from amtsweg import preview
    from amtsweg.hosting import written

    if shape == "pdf" and out is None:
        fail("A PDF is written to a file; name it with --out.", 2)
    loaded = valid(loaded_from(path, tenant, libraries))
    with plainly():
        document = preview.letter(loaded, name, case=case, sample=sample, language=language, draft=draft)
        made = written(document, shape)
        write(made if shape == "pdf" else made.decode(), out)

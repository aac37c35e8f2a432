"""`amtsweg form`: a form as a page, as data or as questions. Parses, asks and prints; `preview` makes the view."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from amtsweg.commands.shared import (
    ask_line,
    fail,
    json_text,
    language_option,
    loaded_from,
    out_option,
    plainly,
    town_options,
    valid,
    write,
)

if TYPE_CHECKING:
    from amtsweg.dsl.load import Loaded


@click.command("form", epilog="Example: amtsweg form procedures/hund-anmelden --sample labrador --out antrag.html")
@click.argument("path", type=click.Path())
@town_options
@language_option
@click.option("--form", "name", default="", help="Which form; that of the first task by default.")
@click.option("--format", "shape", type=click.Choice(["html", "json", "questions"]), default="html", show_default=True)
@click.option("--sample", default="", help="Fill in a sample of cases.yaml.")
@click.option("--page", "number", type=click.IntRange(1), help="Only this page, as the citizen sees it.")
@click.option("--review", is_flag=True, help="The page on which the answers are checked before they are sent.")
@click.option("--judge", is_flag=True, help="Say what is wrong with the sample.")
@out_option
def command(
    path: str,
    tenant: str | None,
    libraries: tuple[str, ...],
    language: str,
    name: str,
    shape: str,
    sample: str,
    number: int | None,
    review: bool,
    judge: bool,
    out: str | None,
) -> None:
    """Render a form as a page (HTML), as data (JSON), or ask its questions here and print the answers."""
    from amtsweg import preview
    from amtsweg.renderers import forms_html, forms_json

    loaded = valid(loaded_from(path, tenant, libraries), language)
    with plainly(language):
        if shape == "questions":
            write(_asked(loaded, name, language) + "\n", out)
            return
        view = preview.form_view(loaded, name, sample, language=language, judge=judge)
    if shape == "json":
        write(json_text(forms_json.to_data(view)) + "\n", out)
    elif review:
        write(forms_html.review(view), out)
    elif number is not None:
        if number > len(view.pages):
            fail(f"The form has {len(view.pages)} pages.", 2)
        write(forms_html.page(view, number), out)
    else:
        write(forms_html.whole(view), out)


def _asked(loaded: Loaded, name: str, language: str) -> str:
    """The answers of a person, as JSON."""
    from amtsweg import preview
    from amtsweg.renderers import forms_terminal

    look = preview.Look(loaded, name, language)
    try:
        answers = forms_terminal.ask(look, partial(ask_line, err=True), partial(click.echo, err=True))
    except (EOFError, click.Abort):
        fail("The answers ended too early; nothing was kept.", 1)
    return json_text(answers)

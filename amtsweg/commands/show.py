"""`amtsweg show`: a case from a database, or a procedure as a German document."""

from __future__ import annotations

from pathlib import Path

import click

from amtsweg.commands.database import database_option, opened, tenant_option
from amtsweg.commands.shared import json_option, plainly, print_json
from amtsweg.commands.wording import case_text


@click.command("show", epilog="Example: amtsweg show procedures/hund-anmelden --de")
@click.argument("what")
@click.option("--de", "as_document", is_flag=True, help="WHAT is a folder: read the procedure as a German document.")
@json_option
@tenant_option
@database_option
@click.option("--out", type=click.Path(dir_okay=False), help="Write the document to this file.")
def command(what: str, as_document: bool, as_json: bool, tenant: str, db: str, language: str, out: str | None) -> None:
    """Show a case, or read a procedure as a German document (--de).

    WHAT is the number of a case in the database, or the folder of a procedure.
    """
    if not as_document and not Path(what, "procedure.yaml").is_file():
        with opened(db, language, tenant) as found:
            view = found.engine.case(found.case(what), found.system())
            if as_json:
                print_json(view)
            else:
                click.echo(case_text(found, view))
        return
    from amtsweg.dsl.load import load_folder
    from amtsweg.renderers.reading import reading

    with plainly():
        text = reading(load_folder(what).procedure().machine)
    if out is None:
        click.echo(text, nl=False)
        return
    Path(out).write_text(text, "utf-8")
    click.echo(out)

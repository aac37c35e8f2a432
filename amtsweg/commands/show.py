"""`amtsweg show`: a case from a database, or a procedure as a German document."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command("show", epilog="Example: amtsweg show procedures/hund-anmelden --de")
@click.argument("what")
@click.option("--de", "as_document", is_flag=True, help="WHAT is a folder: read the procedure as a German document.")
@click.option("--db", envvar="AMTSWEG_DB", default="sqlite:///amtsweg.sqlite3", show_default=True, help="The database.")
@click.option("--json", "as_json", is_flag=True, help="The case as JSON.")
@click.option("--out", type=click.Path(dir_okay=False), help="Write the document to this file.")
def command(what: str, as_document: bool, db: str, as_json: bool, out: str | None) -> None:
    """Show a case, or read a procedure as a German document (--de).

    WHAT is the number of a case in the database, or the folder of a procedure.
    """
    if not as_document and not Path(what, "procedure.yaml").is_file():
        from amtsweg.commands.database import show_case

        show_case(db, what, as_json)
        return
    from amtsweg.dsl.load import load_folder
    from amtsweg.errors import AmtswegError
    from amtsweg.renderers.reading import reading

    try:
        text = reading(load_folder(what).procedure().machine)
    except AmtswegError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    if out is None:
        click.echo(text, nl=False)
        return
    Path(out).write_text(text, "utf-8")
    click.echo(out)

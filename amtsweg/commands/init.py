"""`amtsweg init`: make or upgrade the tables of a database."""

from __future__ import annotations

import click

from amtsweg.commands.database import database_option


@click.command("init", epilog="Example: amtsweg init --db sqlite:///amt.sqlite3")
@database_option
def command(db: str, language: str) -> None:
    """Make the tables of a database, or bring them up to this program; what is in them stays."""
    from amtsweg.commands import database
    from amtsweg.engine.store.schema import HEAD, bring_up_to_date
    from amtsweg.errors import StoreError

    german = language != "en"
    with database.plainly(language):
        file = database.file_of(db)
        if file is not None and not file.absolute().parent.is_dir():
            raise StoreError(
                f"Den Ordner {file.parent} gibt es nicht." if german else f"There is no folder {file.parent}.",
                f"mkdir {file.parent}",
            )
        store = database.connect(db, language)
        try:
            before = store.version()
            bring_up_to_date(store.engine)
        finally:
            store.close()
    where = database.shown(db)
    if before == HEAD:
        told = (
            f"Die Datenbank {where} ist auf dem Stand {HEAD}, nichts zu tun.",
            f"The database {where} is at version {HEAD} already; nothing to do.",
        )
    elif before:
        told = (
            f"Die Datenbank {where} ist von {before} auf {HEAD} gebracht.",
            f"The database {where} was brought from {before} to {HEAD}.",
        )
    else:
        told = (f"Die Datenbank {where} ist angelegt (Version {HEAD}).", f"Made the database {where} (version {HEAD}).")
    click.echo(told[0] if german else told[1])
    follows = f"amtsweg deploy FOLDER --tenant tenant.yaml{database.flags_of(db)}"
    click.echo(f"Weiter: {follows}" if german else f"Next: {follows}")

"""`amtsweg init`: make or upgrade the tables of a database."""

from __future__ import annotations

import click

from amtsweg.commands.database import connect, database_option, file_of, flags_of, shown
from amtsweg.commands.shared import Voice, plainly
from amtsweg.errors import StoreError


@click.command("init", epilog="Example: amtsweg init --db sqlite:///amt.sqlite3")
@database_option
def command(db: str, language: str) -> None:
    """Make the tables of a database, or bring them up to this program; what is in them stays."""
    from amtsweg.engine.store.schema import HEAD, bring_up_to_date

    voice = Voice(language, flags_of(db))
    with plainly(language):
        file = file_of(db)
        if file is not None and not file.absolute().parent.is_dir():
            raise StoreError(
                voice.say(f"Den Ordner {file.parent} gibt es nicht.", f"There is no folder {file.parent}."),
                f"mkdir {file.parent}",
            )
        store = connect(db, voice)
        try:
            before = store.version()
            bring_up_to_date(store.engine)
        finally:
            store.close()
    where = shown(db)
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
    click.echo(voice.say(*told))
    click.echo(voice.next("deploy FOLDER --tenant tenant.yaml"))

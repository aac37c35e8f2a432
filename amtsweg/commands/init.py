"""`amtsweg init`: make or upgrade the tables of a database. Parses and prints."""

from __future__ import annotations

import click

from amtsweg.commands.shared import opened, with_database


@click.command("init", epilog="Example: amtsweg init --db sqlite:///amt.sqlite3")
@with_database
def command(db: str) -> None:
    """Make the tables of a database, or bring them up to this program; what is in them stays."""
    engine = opened(db, make=True)
    versions = len(engine.versions())
    engine.close()
    click.echo(f"Ready: {db} ({versions} deployed versions).")
    click.echo("Next: amtsweg deploy PATH --tenant tenant.yaml")

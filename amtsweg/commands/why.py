"""`amtsweg why`: why a case does not go on, who must act, until when. Parses and prints."""

from __future__ import annotations

import click

from amtsweg.commands.shared import actor_of, as_json, fail, opened, with_actor, with_database, with_language


@click.command("why", epilog="Example: amtsweg why HA-2026-0001")
@click.argument("case")
@with_actor
@with_database
@with_language
@click.option("--json", "json_", is_flag=True, help="Print the answer as JSON.")
def command(case: str, person: str, tenant: str, db: str, language: str, json_: bool) -> None:
    """Say why a case does not go on: where it stands, who must act, until when, what one can do. CASE is its number."""
    from amtsweg.dsl.canonical import dump
    from amtsweg.errors import AmtswegError

    engine = opened(db)
    engine.language = language
    try:
        found = engine.why(case, actor_of(engine, person, tenant))
    except AmtswegError as error:
        fail(error)
    if json_:
        as_json(dump(found))
    else:
        click.echo(found.text())

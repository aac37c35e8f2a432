"""`amtsweg why`: say why a case does not go on, who must act, until when."""

from __future__ import annotations

import click

from amtsweg.commands.database import database_option, opened, tenant_option
from amtsweg.commands.shared import json_option, print_json


@click.command("why", epilog="Example: amtsweg why HU-2026-00001")
@click.argument("case")
@json_option
@tenant_option
@database_option
def command(case: str, as_json: bool, tenant: str, db: str, language: str) -> None:
    """Say why a case does not go on: where it stands, who must act, until when, what comes then.

    CASE is its number or id.
    """
    with opened(db, language, tenant) as found:
        told = found.engine.why(found.case(case), found.system())
        if as_json:
            print_json(told)
            return
        click.echo(told.text())
        if found.is_busy():
            click.echo()
            click.echo(found.next("run --once"))

"""`amtsweg diff`: what changes between two versions, and for which running cases."""

from __future__ import annotations

import sys

import click

from amtsweg.commands.database import opened
from amtsweg.commands.shared import json_option, language_option, plainly, print_json


@click.command("diff", epilog="Example: amtsweg diff hund-anmelden-1.0 hund-anmelden --db sqlite:///amtsweg.sqlite3")
@click.argument("old", type=click.Path())
@click.argument("new", type=click.Path())
@click.option("--db", envvar="AMTSWEG_DB", default="", help="Name the running cases of this database that are touched.")
@click.option("--tenant", default="", help="The municipality, where the database holds several.")
@language_option
@json_option
def command(old: str, new: str, db: str, tenant: str, language: str, as_json: bool) -> None:
    """Say what changes between two versions of a procedure (folders OLD and NEW).

    The exit code is 0 if running cases can go on as they are, 1 if some change touches them, 2 if a folder cannot be
    read.
    """
    from amtsweg.dsl.changes import changes, places_gone
    from amtsweg.dsl.load import load

    with plainly(language, 2):
        before, after = load(old).machine, load(new).machine
        found = changes(before, after)
        standing = _standing(db, language, tenant, before.id, places_gone(before, after)) if db else []
    if as_json:
        rows = [
            {
                "kind": one.kind,
                "area": one.area,
                "name": one.name,
                "says": one.says.in_language(language),
                "touches": one.touches.in_language(language) if one.touches is not None else "",
            }
            for one in found
        ]
        print_json({"changes": rows, "cases": standing})
    else:
        signs = {"new": ("+", "green"), "gone": ("-", "red"), "changed": ("~", "yellow")}
        for one in found:
            sign, colour = signs[one.kind]
            click.echo(f"{click.style(sign, colour, bold=True)} {one.says.in_language(language)}")
            if one.touches is not None:
                click.echo(f"    {one.touches.in_language(language)}")
        if not found:
            click.echo("Nichts hat sich geändert." if language == "de" else "Nothing has changed.")
        for number, place in standing:
            click.echo(f"! {number}: {place}")
    sys.exit(1 if any(one.touches is not None for one in found) else 0)


def _standing(db: str, language: str, tenant: str, procedure: str, gone: dict[str, str]) -> list[tuple[str, str]]:
    """The open cases that stand where the new version has no place: (number, step)."""
    found: list[tuple[str, str]] = []
    with opened(db, language, tenant) as database:
        for id_ in database.cases("open"):
            case = database.engine.state(id_, database.tenant)
            if case.procedure != procedure:
                continue
            places = {place for run in case.runs.values() for place in run.marking if place in gone}
            found += [(case.number or case.id, gone[place]) for place in sorted(places)]
    return found

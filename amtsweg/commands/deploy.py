"""`amtsweg deploy`: put a proven procedure into a database. Parses and prints."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from amtsweg.commands.shared import as_json, loaded_from, opened, valid, with_database, with_tenant

if TYPE_CHECKING:
    from amtsweg.dsl.load import Loaded
    from amtsweg.dsl.procedure import Office


@click.command("deploy", epilog="Example: amtsweg deploy procedures/hund-anmelden --tenant procedures/musterstadt")
@click.argument("path", type=click.Path())
@with_tenant
@with_database
@click.option("--json", "json_", is_flag=True, help="Print the result as JSON.")
def command(path: str, tenant: str | None, libraries: tuple[str, ...], db: str, json_: bool) -> None:
    """Put a procedure into a database, beside its other versions: new cases take the newest, running ones keep theirs.

    A procedure with errors is refused. With a tenant.yaml the municipality is set up too; without one it runs in an
    example town with the people of cases.yaml.
    """
    loaded = valid(loaded_from(path, tenant, libraries))
    machine = loaded.procedure().machine
    office = with_people(loaded)
    engine = opened(db, make=True)
    known = {row.hash for row in engine.versions(machine.id)}
    digest = engine.deploy(machine)
    engine.set_office(office)
    engine.close()
    if json_:
        as_json({"procedure": machine.id, "version": machine.version, "hash": digest, "tenant": office.id})
        return
    word = "Already deployed" if digest in known else "Deployed"
    click.echo(f"{word}: {machine.id} {machine.version} ({digest[:12]}) for {office.name or office.id}.")
    people = ", ".join(f"{one.id} ({', '.join(sorted(one.roles))})" for one in office.people.values())
    click.echo(f"People: {people or 'none; name them in tenant.yaml'}")
    click.echo(f"Next: amtsweg start {machine.id} --as NAME")


def with_people(loaded: Loaded) -> Office:
    """The town; the example town takes its people from the test cases, so that somebody can act."""
    from amtsweg.dsl.procedure import Person

    office, roles = loaded.office, loaded.procedure().machine.roles
    if office.people or office.id != "beispiel":
        return office
    inside = {role.id for role in roles.values() if not role.party and role.party_expr is None}
    people = {
        one.id: Person(one.id, one.id.capitalize(), frozenset(one.roles) & inside)
        for one in loaded.cases.people
        if set(one.roles) & inside
    }
    return replace(office, people=people)

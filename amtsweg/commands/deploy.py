"""`amtsweg deploy`: put a proven procedure, and the municipality it runs in, into a database."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from amtsweg.commands.database import database_option, opened
from amtsweg.commands.shared import json_option, plainly, print_json, show_findings, town_options

if TYPE_CHECKING:
    from amtsweg.dsl.load import Loaded
    from amtsweg.dsl.procedure import Office


@click.command(
    "deploy",
    epilog="Example: amtsweg deploy procedures/hund-anmelden --tenant procedures/musterstadt/tenant.yaml",
)
@click.argument("path", type=click.Path())
@town_options
@json_option
@database_option
def command(path: str, tenant: str | None, libraries: tuple[str, ...], as_json: bool, db: str, language: str) -> None:
    """Put a procedure into a database; new cases take it, running ones keep their version.

    PATH is the folder with procedure.yaml. What is not proven is refused with its findings (exit code 1). Without
    --tenant it runs in the municipality that is there already, or in an example town with the people of cases.yaml.
    """
    from amtsweg.dsl.load import all_is_well, load_folder

    with plainly(language):
        loaded = load_folder(path, tenant, library=libraries)
    if loaded.diagnostics:
        show_findings(loaded, language)
    if loaded.machine is None:
        click.echo(
            f"{loaded.path.name} kommt so nicht in die Datenbank. Erst beheben: amtsweg validate {path}"
            if language == "de"
            else f"{loaded.path.name} is not put into the database like this. Mend it first: amtsweg validate {path}",
            err=True,
        )
        sys.exit(1)
    machine = loaded.machine
    with opened(db, language, any_tenant=True) as found:
        engine = found.engine
        known = {row.hash for row in engine.versions(machine.id)}
        engine.deploy(machine)
        office = with_people(loaded)
        with engine.shell.transaction() as tx:
            towns = list(tx.tenants())
            before = tx.office(office.id)
        if tenant is not None or not towns or towns == [office.id]:
            engine.set_office(joined(before, office, machine.id))
            towns = [office.id]
        versions = engine.versions(machine.id)
        if as_json:
            print_json(
                {
                    "procedure": machine.id,
                    "version": machine.version,
                    "hash": machine.hash,
                    "new": machine.hash not in known,
                    "tenants": towns,
                    "versions": len(versions),
                }
            )
            return
        click.echo(all_is_well(loaded, language))
        name = f"{machine.id} {machine.version}"
        if machine.hash in known:
            click.echo(found.say(f"{name} war schon in der Datenbank.", f"{name} was in the database already."))
        else:
            number = len(versions)
            click.echo(
                found.say(
                    f"{name} ist jetzt in der Datenbank (Fassung Nr. {number}).",
                    f"{name} is in the database now (version no. {number}).",
                )
            )
        with engine.shell.transaction() as tx:
            offices = [one for one in map(tx.office, towns) if one is not None]
        click.echo(f"  Hash      {machine.hash[:16]}")
        for one in offices:
            people = ", ".join(one.people) or found.say("keine; nennen Sie sie in tenant.yaml", "none yet")
            click.echo(found.say("  Gemeinde  ", "  Town      ") + f"{one.name or one.id} ({one.id})")
            click.echo(found.say("  Personal  ", "  People    ") + people)
        sample = loaded.cases.samples[0].id if loaded.cases.samples else ""
        click.echo(found.next(f"start {machine.id}" + (f" --sample {sample} --from {path}" if sample else "")))


def joined(before: Office | None, office: Office, procedure: str) -> Office:
    """An office whose values for other procedures, deployed before, are kept beside those of this one."""
    from dataclasses import replace

    kept = {name: value for name, value in (before.values if before else {}).items() if "/" in name}
    kept = {name: value for name, value in kept.items() if not name.startswith(f"{procedure}/")}
    return replace(office, values={**kept, **office.values})


def with_people(loaded: Loaded) -> Office:
    """The office; the example town takes its people from the test cases, so that somebody can act."""
    from dataclasses import replace

    from amtsweg.dsl.load import EXAMPLE_TOWN
    from amtsweg.dsl.procedure import Person

    office = loaded.office
    if office.people or office.id != EXAMPLE_TOWN.id or loaded.machine is None:
        return office
    roles = loaded.machine.roles.values()
    inside = {role.id for role in roles if not role.party and role.party_expr is None}
    people = {
        one.id: Person(one.id, one.id.capitalize(), frozenset(one.roles) & inside)
        for one in loaded.cases.people
        if set(one.roles) & inside
    }
    return replace(office, people=people)

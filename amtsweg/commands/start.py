"""`amtsweg start`: open a case, with its first form filled in or still empty."""

from __future__ import annotations

import click

from amtsweg.commands import answers
from amtsweg.commands.database import actor_options, database_option, opened, tenant_option
from amtsweg.commands.shared import json_option, print_json
from amtsweg.commands.wording import standing, what_next
from amtsweg.errors import NotFound


@click.command(
    "start",
    epilog="Example: amtsweg start hund-anmelden --sample labrador --from procedures/hund-anmelden --as ada",
)
@click.argument("procedure")
@click.option("--data", type=click.Path(exists=True, dir_okay=False), help="The first form, as YAML or JSON.")
@click.option("--set", "settings", multiple=True, metavar="FIELD=VALUE", help="One answer; may be repeated.")
@click.option("--sample", help="A sample of cases.yaml as the first form.")
@click.option("--from", "folder", type=click.Path(exists=True), help="The folder whose cases.yaml has the sample.")
@click.option("--outcome", default="", help="The button pressed under the first form, where there are several.")
@actor_options
@json_option
@tenant_option
@database_option
def command(
    procedure: str,
    data: str | None,
    settings: tuple[str, ...],
    sample: str | None,
    folder: str | None,
    outcome: str,
    person: str,
    roles: tuple[str, ...],
    as_json: bool,
    tenant: str,
    db: str,
    language: str,
) -> None:
    """Open a case of a deployed procedure.

    With data, the first form is sent at once; if something is wrong with it, everything wrong is shown and there is no
    case. Without data, the case waits at its first form. Without --as, somebody with the role of the first step acts.
    """
    with opened(db, language, tenant) as found:
        town = found.office()
        known = sorted({row.procedure for row in found.engine.versions() if not row.retired})
        if procedure not in known:
            raise NotFound(
                found.say(f"Das Verfahren „{procedure}“ ist hier nicht.", f"The procedure “{procedure}” is not here."),
                found.say("Es gibt: ", "There are: ") + ", ".join(known),
            )
        flow = found.engine.procedure(procedure, town.id).machine.flows[""]
        first = next((flow.places[place].task for place in flow.start if flow.places[place].task is not None), None)
        role = first.by[0] if first is not None and first.by else ""
        if role and not roles and person not in town.people:
            roles = (role,)
        actor = found.actor(person or role or "amtsweg", roles, found.parties(procedure))
        given = answers.collect(found, data, settings, sample, folder or answers.folder_of(procedure))
        view = found.engine.start(procedure, actor, actor.tenant, data=given, outcome=outcome)
        if as_json:
            print_json(view)
            return
        click.echo(
            found.say("Vorgang ", "Case ")
            + click.style(view.number, bold=True)
            + found.say(f" ist eröffnet: {view.title}, ", f" is open: {view.title}, ")
            + standing(found, view)
            + "."
        )
        click.echo(what_next(found, view))

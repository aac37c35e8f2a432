"""`amtsweg tasks`: a work-list, somebody's own or everybody's."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, cast

import click

from amtsweg.commands.database import actor_options, database_option, opened, tenant_option
from amtsweg.commands.shared import json_option, print_json
from amtsweg.commands.wording import short_ids, task_table

if TYPE_CHECKING:
    from amtsweg.engine.views import TaskView
    from amtsweg.engine.worklist import ListKind


@click.command("tasks", epilog="Example: amtsweg tasks --as kaya --kind free")
@click.option("--case", help="Only the tasks of this case (number or id).")
@click.option(
    "--kind",
    type=click.Choice(["all", "mine", "free", "follow_up", "overdue"]),
    default="all",
    show_default=True,
    help="Which part of the list.",
)
@actor_options
@json_option
@tenant_option
@database_option
def command(
    case: str | None,
    kind: str,
    person: str,
    roles: tuple[str, ...],
    as_json: bool,
    tenant: str,
    db: str,
    language: str,
) -> None:
    """Show a work-list, the most urgent first.

    Without --as and --role, all open tasks of the municipality are shown, whoever may do them.
    """
    with opened(db, language, tenant) as found:
        id_ = found.case(case) if case is not None else ""
        if person or roles:
            actor = found.actor(person or roles[0], roles)
            tasks = list(found.engine.tasks(actor, cast("ListKind", kind)))
            tasks = [task for task in tasks if not id_ or task.case == id_]
        else:
            now = found.engine.clock.now()
            tasks = [task for task in found.tasks(id_) if belongs(task, kind, now)]
        if as_json:
            print_json(tasks)
            return
        if not tasks:
            click.echo(found.say("Keine offenen Aufgaben.", "No open tasks."))
            return
        click.echo(task_table(found, tasks))
        click.echo()
        name = short_ids(tasks)[tasks[0].id]
        click.echo(found.next(f"complete {name} --as {person or 'PERSON'}"))


def belongs(task: TaskView, kind: str, now: datetime) -> bool:
    """Whether a task belongs to a part of everybody's list; `mine` means that somebody has taken it."""
    if kind == "free":
        return not task.claimed_by
    if kind == "mine":
        return bool(task.claimed_by)
    if kind == "follow_up":
        return task.follow_up is not None
    return kind == "all" or (task.due is not None and task.due <= now)

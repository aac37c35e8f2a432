"""`amtsweg tasks`: a work-list as a table. Parses and prints."""

from __future__ import annotations

import click

from amtsweg.commands.shared import actor_of, as_json, fail, opened, with_actor, with_database

KINDS = ("all", "mine", "free", "follow_up", "overdue")


@click.command("tasks", epilog="Example: amtsweg tasks --as kaya --kind free")
@with_actor
@with_database
@click.option("--kind", type=click.Choice(KINDS), default="all", show_default=True, help="Which part of the list.")
@click.option("--procedure", default="", help="Only tasks of this procedure.")
@click.option("--text", default="", help="Only cases with these words in them.")
@click.option("--order", type=click.Choice(["due", "opened"]), default="due", show_default=True)
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True)
@click.option("--json", "json_", is_flag=True, help="Print the tasks as JSON.")
def command(
    person: str, tenant: str, db: str, kind: str, procedure: str, text: str, order: str, limit: int, json_: bool
) -> None:
    """Show the work-list of a person: what is theirs, what is free in their team, what is overdue.

    Without --as the whole list of the municipality is shown.
    """
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from amtsweg.dsl.canonical import dump
    from amtsweg.errors import AmtswegError

    engine = opened(db)
    try:
        actor = actor_of(engine, person, tenant)
        page = engine.task_page(actor, kind, procedure=procedure, text=text, order=order, limit=limit)  # type: ignore[arg-type]  # click has checked the word
    except AmtswegError as error:
        fail(error)
    if json_:
        as_json([dump(task) for task in page.tasks])
        return
    if not page.tasks:
        click.echo("Nothing to do here.")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in ("Case", "Procedure", "Task", "Step", "Due", "Taken by", "Roles"):
        table.add_column(head)
    for task in page.tasks:
        due = f"[red]{task.due_day[:10]}[/]" if task.overdue else task.due_day[:10]
        cells = (task.number, task.procedure_title, task.title, task.step)
        table.add_row(*map(escape, cells), due, escape(task.claimed_by), escape(", ".join(task.roles)))
    Console(highlight=False, soft_wrap=False).print(table)
    if page.next:
        click.echo(f"… and more; show them with --limit {min(limit * 2, 500)}")
    first = page.tasks[0]
    click.echo(f"Next: amtsweg complete {first.number}/{first.step} --as {person or 'NAME'}")

"""`amtsweg complete`: complete a task. Parses, asks and prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from amtsweg.commands.shared import (
    actor_of,
    as_json,
    fail,
    given_data,
    opened,
    tenant_of,
    with_actor,
    with_database,
    with_language,
)  # fmt: skip

if TYPE_CHECKING:
    from amtsweg.engine.engine import Engine
    from amtsweg.engine.event import Actor


@click.command("complete", epilog="Example: amtsweg complete HA-2026-0001/pruefen --as kaya --outcome festsetzen --ask")
@click.argument("task")
@with_actor
@with_database
@with_language
@click.option("--outcome", default="", help="Which button; needed if there are several.")
@click.option("--data", default="", help="What the form is filled with, as JSON.")
@click.option("--file", "file", type=click.Path(exists=True), help="The same from a file.")
@click.option("--set", "values", multiple=True, metavar="NAME=VALUE", help="A single answer; may be repeated.")
@click.option("--ask", is_flag=True, help="Ask the questions of the form here.")
@click.option("--reason", default="", help="The reason, where the button asks for one.")
@click.option("--json", "json_", is_flag=True, help="Print the case as JSON.")
def command(
    task: str,
    person: str,
    tenant: str,
    db: str,
    language: str,
    outcome: str,
    data: str,
    file: str | None,
    values: tuple[str, ...],
    ask: bool,
    reason: str,
    json_: bool,
) -> None:
    """Complete a task. TASK is the case (HA-2026-0001), the case and the step (HA-2026-0001/pruefen), or a task id."""
    from amtsweg.errors import AmtswegError

    engine = opened(db)
    engine.language = engine.list.language = language
    try:
        where = tenant_of(engine, tenant)
        actor = actor_of(engine, person, where)
        id_ = task_id(engine, task, actor, where)
        given = given_data(data, file, values)
        if ask:
            given = _asked(engine, id_, actor, given or {})
        engine.complete(id_, actor, outcome, given, reason=reason)
        engine.work()
        case = engine.case(id_.partition(":")[0], actor_of(engine, "", where), where)
    except AmtswegError as error:
        fail(error)
    if json_:
        as_json({"case": case.id, "number": case.number, "status": case.status, "at": list(case.at)})
        return
    click.echo(f"Done. {case.number} stands in: {', '.join(case.at)}" + (f" ({case.outcome})" if case.outcome else ""))


def task_id(engine: Engine, name: str, actor: Actor, tenant: str) -> str:
    """The task that is meant; ends with a sentence where it is not clear."""
    if ":" in name:
        return name
    number, _, step = name.partition("/")
    with engine.shell.transaction() as tx:
        case = tx.by_number(tenant, number) or number
        rows = [row for row in tx.tasks_of(case) if not step or step in (row.step, row.step.removesuffix(".check"))]
    if len(rows) == 1:
        return str(rows[0].id)
    if not rows:
        fail(f"No task is open at {name}. See: amtsweg tasks, amtsweg why {number}", 1)
    steps = ", ".join(f"{number}/{row.step}" for row in rows)
    fail(f"Several tasks are open in {number}; name one of them: {steps}", 2)


def _asked(engine: Engine, id_: str, actor: Actor, given: dict[str, Any]) -> dict[str, Any]:
    """The answers of a person to the form of a task."""
    from amtsweg.dsl.formview import FormView
    from amtsweg.renderers import forms_terminal

    def view(answers: dict[str, str]) -> FormView:
        shown = engine.task(id_, actor, data={**given, **answers} or None, judge=bool(answers)).form
        if shown is None:
            fail("This task has no form; leave --ask away.", 2)
        return shown

    def line(text: str) -> str:
        return str(click.prompt(text, default="", show_default=False, prompt_suffix=""))

    return {**given, **forms_terminal.ask(view, line, click.echo)}

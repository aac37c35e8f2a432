"""`amtsweg complete`: somebody completes a task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from amtsweg.commands import answers
from amtsweg.commands.database import actor_options, database_option, opened, tenant_option
from amtsweg.commands.shared import ask_line, json_option, print_json
from amtsweg.commands.wording import roles_of, short_ids, standing, what_next
from amtsweg.errors import NotFound, Refused

if TYPE_CHECKING:
    from amtsweg.commands.database import Database
    from amtsweg.dsl.formview import FormView
    from amtsweg.engine.event import Actor
    from amtsweg.engine.views import TaskView


@click.command(
    "complete",
    epilog="Example: amtsweg complete HU-2026-00001:pruefen --as kaya --outcome festsetzen --set wohnsitz=yes",
)
@click.argument("task")
@click.option("--data", type=click.Path(exists=True, dir_okay=False), help="The form, as YAML or JSON.")
@click.option("--set", "settings", multiple=True, metavar="FIELD=VALUE", help="One answer; may be repeated.")
@click.option("--ask", is_flag=True, help="Ask the questions of the form here.")
@click.option("--outcome", default="", help="The button, where a task has several.")
@click.option("--reason", default="", help="The reason, where the outcome asks for one.")
@actor_options
@json_option
@tenant_option
@database_option
def command(
    task: str,
    data: str | None,
    settings: tuple[str, ...],
    ask: bool,
    outcome: str,
    reason: str,
    person: str,
    roles: tuple[str, ...],
    as_json: bool,
    tenant: str,
    db: str,
    language: str,
) -> None:
    """Complete a task.

    TASK is what `amtsweg tasks` shows (NUMBER:STEP), a task's id, or the number of a case with one open task.
    """
    if not person and not roles:
        raise click.UsageError("Who completes it? Say --as PERSON (and --role ROLE, if the office does not know them).")
    with opened(db, language, tenant) as found:
        line = task_of(found, task)
        actor = found.actor(person or roles[0], roles, found.parties(line.procedure))
        try:
            task_view = found.engine.task(line.id, actor)
        except NotFound as error:
            raise NotFound(
                found.say(f"{actor.id} ist für diese Aufgabe nicht zuständig.", f"{actor.id} may not do this task."),
                responsible(found, line),
            ) from error
        given = answers.collect(found, data, settings)
        if task_view.form is not None:
            given = asked(found, line.id, actor, given or {}) if ask else given or {}
        try:
            view = found.engine.complete(line.id, actor, outcome, given, reason=reason)
        except Refused as error:
            explain(found, error, task_view, outcome)
            raise
        if as_json:
            print_json(view)
            return
        chosen = next(
            (one.title for one in task_view.outcomes if one.id == outcome and len(task_view.outcomes) > 1), ""
        )
        click.echo(
            click.style(view.number, bold=True)
            + found.say(f": „{task_view.title}“ ist erledigt", f": “{task_view.title}” is done")
            + (f" ({chosen})" if chosen else "")
            + f", {standing(found, view)}."
        )
        click.echo(what_next(found, view))


def task_of(db: Database, text: str) -> TaskView:
    """The open task that the command line names. Raises NotFound, with the tasks there are."""
    number, colon, name = text.rpartition(":")
    case = db.case(number if colon else text)
    tasks = db.tasks(case)
    fitting = [task for task in tasks if not colon or name in (task.id.partition(":")[2], task.step)]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(short_ids(fitting or tasks).values())
    if len(fitting) > 1:
        sentence = db.say(f"„{text}“ meint mehrere Aufgaben.", f"“{text}” means several tasks.")
    else:
        sentence = db.say(f"Die Aufgabe „{text}“ ist nicht offen.", f"The task “{text}” is not open.")
    raise NotFound(sentence, db.say("Offen: ", "Open: ") + names if names else db.next(f"why {number or text}"))


def asked(db: Database, task: str, actor: Actor, given: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of whoever sits at the terminal to the form of a task, beside those given already."""
    from amtsweg.renderers import forms_terminal

    def view(typed: dict[str, str]) -> FormView:
        form = db.engine.task(task, actor, data={**given, **typed} or None, judge=bool(typed)).form
        assert form is not None
        return form

    return {**given, **forms_terminal.ask(view, ask_line, click.echo)}


def explain(db: Database, error: Refused, task: TaskView, outcome: str) -> None:
    """Put the outcomes or roles there are into a refusal that only says there is no such one."""
    if error.code == "unknown_outcome":
        if not outcome:
            error.sentence = db.say("Diese Aufgabe kann verschieden ausgehen.", "This task has several outcomes.")
        error.next_step = "--outcome: " + ", ".join(f"{one.id} ({one.title})" for one in task.outcomes if one.offered)
    elif error.code == "not_allowed":
        error.next_step = responsible(db, task)


def responsible(db: Database, task: TaskView) -> str:
    """The roles that may do a task."""
    return db.say("Zuständig: ", "It is for: ") + roles_of(task)

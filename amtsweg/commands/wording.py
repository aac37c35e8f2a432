"""How commands over a database tell of cases and tasks: names for the command line, tables, a case as a page of text.

In: an open `Database` and the engine's views. Out: text; nothing is printed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from amtsweg.commands.shared import table
from amtsweg.dsl.endings import ending

if TYPE_CHECKING:
    from amtsweg.commands.database import Database
    from amtsweg.engine.views import CaseView, TaskView


def short_ids(tasks: Sequence[TaskView]) -> dict[str, str]:
    """How tasks are called on the command line: number and step, or number and id where a step stands open twice."""
    plain = {task.id: f"{task.number}:{task.step}" for task in tasks}
    names = list(plain.values())
    return {
        task.id: plain[task.id]
        if names.count(plain[task.id]) == 1
        else f"{task.number}:{task.id.partition(':')[2]}"
        for task in tasks
    }  # fmt: skip


def roles_of(task: TaskView) -> str:
    """The roles that may do a task."""
    return ", ".join(role.removeprefix("party:") for role in task.roles)


def who(actor: str, for_: str) -> str:
    """Who acted, and for whom."""
    return f"{actor} i. V. {for_}" if for_ else actor


def state_of(db: Database, task: TaskView) -> str:
    """The state of a task in a word or two."""
    words = []
    if task.overdue:
        words.append(db.say("überfällig", "overdue"))
    if task.follow_up is not None:
        words.append(db.say("Wiedervorlage ", "put off to ") + db.moment(task.follow_up))
    if task.claimed_by:
        words.append(db.say("bei ", "with ") + task.claimed_by)
    return ", ".join(words) or db.say("offen", "open")


def task_table(db: Database, tasks: Sequence[TaskView]) -> str:
    """Tasks as a table: how to name them, what to do, who may, by when, how they stand."""
    names = short_ids(tasks)
    heads = (
        ("Aufgabe", "Was zu tun ist", "Wer darf", "Fällig", "Stand")
        if db.language == "de"
        else ("Task", "What to do", "Who may", "Due", "State")
    )
    rows = [
        (
            names[task.id],
            task.title,
            roles_of(task),
            db.day(task.due_day) or db.moment(task.due),
            state_of(db, task),
        )
        for task in tasks
    ]
    return table(heads, rows)


STATES = {
    "draft": ("Entwurf", "draft"),
    "open": ("offen", "open"),
    "ended": ("beendet", "ended"),
    "done": ("erledigt", "done"),
    "here": ("hier", "here"),
    "ahead": ("kommt noch", "ahead"),
    "released": ("freigegeben", "released"),
    "sent": ("versandt", "sent"),
    "received": ("eingegangen", "received"),
}
"""States in the words of people: German, English."""


CONNECTORS = {
    "produce": ("Schreiben", "letters"),
    "deliver": ("Versand", "delivery"),
    "pay": ("Zahlung", "payment"),
    "call": ("Anschluss", "connector"),
    "book": ("Buchung", "booking"),
    "publish": ("Bekanntmachung", "publication"),
    "notify": ("Nachricht", "notice"),
}
"""Who answers from outside, in the words of people: German, English."""


def word(db: Database, state: str) -> str:
    """A state in the reader's language."""
    german, english = STATES.get(state, (state, state))
    return db.say(german, english)


def standing(db: Database, view: CaseView) -> str:
    """Where a case stands, in one line."""
    places = dict.fromkeys(place.title for place in view.places if place.kind not in ("stage", "parallel", "branch"))
    if view.status == "ended":
        how = ending(view.outcome)
        return db.say(f"beendet: {how.de}", f"ended: {how.en}")
    return db.say("steht bei: ", "stands at: ") + (", ".join(places) or word(db, view.status))


def what_next(db: Database, view: CaseView) -> str:
    """What to do after an act: let the worker run if something is due at once, else the case's tasks."""
    if db.is_busy():
        return db.next("run --once")
    tasks = db.tasks(view.id)
    if not tasks:
        return db.next(f"why {view.number}" if view.status != "ended" else f"show {view.number}")
    role = tasks[0].roles[0] if tasks[0].roles else ""
    able = next((one.id for one in db.office().people.values() if role in one.roles), "")
    if role.startswith("party:"):
        able = able or role.removeprefix("party:")
    more = f" --as {able}" if able else f" --as PERSON --role {role}" if role else ""
    return db.next(f"tasks{more}")


def case_text(db: Database, view: CaseView) -> str:
    """A case as people read it."""
    lines = [click.style(f"{view.number}  {view.title}", bold=True) + f"  ({view.procedure} {view.version})"]
    received = db.moment(view.received)
    outcome = ending(view.outcome).in_language(db.language) if view.outcome else ""
    facts = [
        (db.say("Stand", "State"), word(db, view.status) + (f", {outcome}" if outcome else "")),
        (db.say("Begonnen", "Started"), db.moment(view.started)),
        (db.say("Eingegangen", "Received"), received if received != db.moment(view.started) else ""),
        (db.say("Beendet", "Ended"), db.moment(view.ended)),
    ]
    facts += [
        (db.say("Schritt", "Step"), f"{place.title} ({place.step})" + _since(db, place.since))
        for place in view.places
        if place.kind not in ("stage", "parallel", "branch")
    ]
    width = max(len(name) for name, text in facts if text)
    lines += [f"  {name.ljust(width)}  {text}" for name, text in facts if text]
    if view.stages:
        lines += ["", "  " + "  >  ".join(f"{stage.title} ({word(db, stage.state)})" for stage in view.stages)]
    for title, text in (
        (db.say("Aufgaben", "Tasks"), task_table(db, view.tasks) if view.tasks else ""),
        (db.say("Fristen", "Deadlines"), _deadlines(db, view)),
        (db.say("Dokumente", "Documents"), _documents(db, view)),
        (db.say("Verlauf", "History"), _history(db, view)),
        (db.say("Störungen", "Incidents"), "\n".join(one.sentence for one in view.incidents if one.closed is None)),
    ):
        if text:
            lines += ["", click.style(title, bold=True), *(f"  {line}" for line in text.splitlines())]
    return "\n".join(lines)


def _since(db: Database, at: datetime | None) -> str:
    return db.say(", seit ", ", since ") + db.moment(at) if at is not None else ""


def _deadlines(db: Database, view: CaseView) -> str:
    found = []
    for one in view.deadlines:
        found.append(f"{db.day(one.day) or db.moment(one.due)}  {one.what or one.name} ({one.step})")
        found += [f"            {step}" for step in one.steps]
    return "\n".join(found)


def _documents(db: Database, view: CaseView) -> str:
    found = []
    for one in view.documents:
        served = db.say(", bekannt gegeben am ", ", served on ") + db.day(one.served) if one.served else ""
        state = word(db, one.status) if one.status != "draft" else db.say("Entwurf", "draft")
        found.append(f"{db.moment(one.created)}  {one.title}  ({state}{served})")
    return "\n".join(found)


def _history(db: Database, view: CaseView) -> str:
    found = []
    for one in view.history:
        outcome = one.outcome if one.outcome not in ("done", "ok") else ""
        step = one.step.removesuffix(".make").removesuffix(".send")
        about = (one.text or step) + (f" ({outcome})" if outcome else "")
        actor = db.say(*CONNECTORS.get(one.actor, (one.actor, one.actor)))
        found.append(f"{db.moment(one.at)}  {who(actor, one.for_)}  {one.what}" + (f": {about}" if about else ""))
    return "\n".join(found)

"""`amtsweg start`: open a case. Parses, asks and prints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from amtsweg.commands.shared import (
    actor_of,
    as_json,
    fail,
    given_data,
    loaded_from,
    opened,
    tenant_of,
    with_actor,
    with_database,
)  # fmt: skip


@click.command("start", epilog="Example: amtsweg start hund-anmelden --as ada --file antrag.json")
@click.argument("procedure")
@with_actor
@with_database
@click.option("--data", default="", help="What the first form is filled with, as JSON.")
@click.option("--file", "file", type=click.Path(exists=True), help="The same from a file.")
@click.option("--set", "values", multiple=True, metavar="NAME=VALUE", help="A single answer; may be repeated.")
@click.option("--sample", default="", help="A sample of cases.yaml; PROCEDURE is then the folder.")
@click.option("--outcome", default="", help="Which button of the first task, if it has several.")
@click.option("--json", "json_", is_flag=True, help="Print the case as JSON.")
def command(
    procedure: str,
    person: str,
    tenant: str,
    db: str,
    data: str,
    file: str | None,
    values: tuple[str, ...],
    sample: str,
    outcome: str,
    json_: bool,
) -> None:
    """Open a case of a deployed procedure. With data its first form is sent at once, else it waits for it."""
    from amtsweg.errors import AmtswegError

    given, name = given_data(data, file, values), procedure
    if (Path(procedure) / "procedure.yaml").is_file():
        loaded = loaded_from(procedure)
        name = loaded.draft.id if loaded.draft is not None else Path(procedure).name
        if sample:
            given = {**sample_of(loaded, sample), **(given or {})}
    elif sample:
        fail("A sample is read from the folder of the procedure; name the folder instead of the procedure.", 2)
    engine = opened(db)
    try:
        where = tenant_of(engine, tenant)
        case = engine.start(name, actor_of(engine, person, where), where, data=given, outcome=outcome)
        engine.work()
        case = engine.case(case.id, actor_of(engine, "", where), where)
    except AmtswegError as error:
        fail(error)
    if json_:
        as_json({"case": case.id, "number": case.number, "status": case.status, "at": list(case.at)})
        return
    click.echo(f"Opened: {case.number}  {case.title}  ({case.id})")
    click.echo(f"It stands in: {', '.join(case.at) or case.outcome}")
    click.echo(f"Next: amtsweg show {case.number} · amtsweg tasks --as NAME")


def sample_of(loaded: Any, name: str) -> dict[str, Any]:
    """The values of a sample; ends with a sentence where it is not there."""
    from amtsweg.play import plain

    found = loaded.cases.sample(name)
    if found is None:
        fail(f"There is no sample “{name}”. There are: {', '.join(one.id for one in loaded.cases.samples)}", 2)
    return {key.text: plain(node) for key, node in found.values}

"""`amtsweg verify NET...`: prove workflow nets sound, one row per net.

Parses and prints only; the answers come from `amtsweg.dsl.nets`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from amtsweg.commands.shared import json_option, print_json
from amtsweg.dsl.nets.read import Format, read_file
from amtsweg.dsl.nets.refusal import NetUnreadable
from amtsweg.dsl.nets.soundness import check

Row = dict[str, object]
CODES = {"sound": 0, "unreadable": 2}
"""The exit code of a verdict; 1 for all others."""


@click.command()
@click.argument("nets", nargs=-1, required=True, metavar="NET...")
@click.option("--format", "format_", type=click.Choice(["auto", "pnml", "lola"]), default="auto", show_default=True)
@json_option
@click.option("--cap-states", type=click.IntRange(1), default=200_000, show_default=True, help="Most markings per net.")
@click.option("--cap-seconds", type=click.FloatRange(0.0), default=5.0, show_default=True, help="Longest time per net.")
def command(nets: tuple[str, ...], format_: Format, as_json: bool, cap_states: int, cap_seconds: float) -> None:
    """Prove workflow nets sound (PNML or LoLA files).

    Exit code 0 if all are sound, 1 if one is not (or not decided within the caps), 2 if a file cannot be read.

    Example: amtsweg verify models/*.pnml --json
    """
    rows: list[Row] = []
    for file in nets:
        found = _rows(file, format_, cap_states, cap_seconds)
        rows += found
        if not as_json:
            for row in found:
                click.echo(_line(row))
    if as_json:
        print_json(rows)
    sys.exit(max((CODES.get(str(row["verdict"]), 1) for row in rows), default=0))


def _rows(file: str, format_: Format, cap_states: int, cap_seconds: float) -> list[Row]:
    try:
        found = read_file(Path(file), format_)
    except NetUnreadable as error:
        return [_row(file, "unreadable", None, [], 0, 0.0, [error.sentence])]
    rows = []
    for net in found:
        answer = check(net, cap_states, cap_seconds)
        name = file if len(found) == 1 else f"{file}#{net.name}"
        trace, notes = list(answer.trace), list(answer.notes)
        rows.append(_row(name, answer.verdict, answer.property, trace, answer.states, answer.milliseconds, notes))
    return rows


def _row(
    file: str, verdict: str, property_: str | None, trace: list[str], states: int, ms: float, notes: list[str]
) -> Row:
    return {
        "file": file,
        "verdict": verdict,
        "property": property_,
        "trace": trace,
        "states": states,
        "ms": ms,
        "notes": notes,
    }


def _line(row: Row) -> str:
    trace, notes = row["trace"], row["notes"]
    assert isinstance(trace, list)
    assert isinstance(notes, list)
    head = f"{row['verdict']:<10}  {row['property'] or '-':<20}  {row['states']:>7} states  {row['ms']:>9} ms"
    lines = [f"{head}  {row['file']}"]
    if trace:
        lines.append(f"            trace: {' > '.join(trace)}")
    lines.extend(f"            {note}" for note in notes)
    return "\n".join(lines)

"""`amtsweg audit`: verify the journal of cases, or show it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from amtsweg.commands.database import database_option, opened, tenant_option
from amtsweg.commands.shared import json_option, print_json, table
from amtsweg.commands.wording import who

if TYPE_CHECKING:
    from amtsweg.commands.database import Database


@click.group("audit", epilog="Example: amtsweg audit verify HU-2026-00001")
def command() -> None:
    """Verify or show the journal: what happened, chained by hashes."""


@command.command("verify", epilog="Example: amtsweg audit verify HU-2026-00001")
@click.argument("cases", nargs=-1, metavar="[CASE]...")
@json_option
@tenant_option
@database_option
def verify(cases: tuple[str, ...], as_json: bool, tenant: str, db: str, language: str) -> None:
    """Check journals: the chain of hashes, the values, the stored case, and that all events lead there again.

    Without CASE, all cases of the municipality are checked. Ends with 1 if one is not as it was written.
    """
    with opened(db, language, tenant) as found:
        wanted = [found.case(case) for case in cases] if cases else list(found.cases())
        rows = [checked(found, case) for case in wanted]
        bad = [row for row in rows if not row["ok"]]
        if as_json:
            print_json(rows)
        else:
            for row in rows if cases else bad:
                click.echo(said(found, row), err=not row["ok"])
            if not cases:
                click.echo(summary(found, len(rows), len(bad)))
    sys.exit(1 if bad else 0)


def checked(db: Database, case: str) -> dict[str, object]:
    """What was found of one case."""
    from amtsweg.errors import JournalBroken

    tenant = db.office().id
    with db.engine.shell.transaction() as tx:
        row = tx.case_row(tenant, case)
    number = row.number if row is not None else case
    entries, entry, sentence, replayed = 0, 0, "", False
    try:
        finding = db.engine.verify(case, tenant)
        if finding is None:
            with db.engine.shell.transaction() as tx:
                entries = len(tx.entries(case))
            finding = db.engine.replay(case, tenant)
            replayed = finding is None
        if finding is not None:
            entry, sentence = finding.no, finding.sentence
    except JournalBroken as error:
        entry, sentence = error.entry, str(error)
    return {
        "case": case,
        "number": number,
        "ok": not sentence,
        "entries": entries,
        "replayed": replayed,
        "entry": entry,
        "finding": sentence,
    }


def said(db: Database, row: dict[str, object]) -> str:
    """One case as a sentence."""
    if row["ok"]:
        return f"{row['number']}: " + db.say(
            f"In Ordnung. {row['entries']} Einträge, die Kette ist ganz, und sie führen wieder zu diesem Vorgang.",
            f"All is well. {row['entries']} entries, the chain is whole, and they lead to this case again.",
        )
    where = db.say(f" bei Eintrag {row['entry']}", f" at entry {row['entry']}") if row["entry"] else ""
    return click.style(
        f"{row['number']}: "
        + db.say(f"Das Protokoll stimmt{where} nicht. ", f"The journal is not right{where}. ")
        + str(row["finding"]),
        fg="red",
    )


def summary(db: Database, total: int, bad: int) -> str:
    """All cases in a sentence."""
    if not total:
        return db.say("Es gibt noch keinen Vorgang.", "There is no case yet.")
    if bad:
        return db.say(f"{bad} von {total} Protokollen stimmen nicht.", f"{bad} of {total} journals are not right.")
    return db.say(
        f"In Ordnung: {total} {'Protokoll' if total == 1 else 'Protokolle'}.",
        f"All is well: {total} {'journal' if total == 1 else 'journals'}.",
    )


@command.command("show", epilog="Example: amtsweg audit show HU-2026-00001")
@click.argument("case")
@json_option
@tenant_option
@database_option
def show(case: str, as_json: bool, tenant: str, db: str, language: str) -> None:
    """Show the journal of a case: one row per entry, without the values."""
    with opened(db, language, tenant) as found:
        entries = found.engine.journal(found.case(case), found.system())
        if as_json:
            print_json(entries)
            return
        heads = (
            ("Nr.", "Wann", "Wer", "Was", "Woran", "Ergebnis", "Hash")
            if language == "de"
            else ("No.", "When", "Who", "What", "About", "Outcome", "Hash")
        )
        rows = [
            (
                str(entry.no),
                found.moment(entry.at),
                who(entry.actor, entry.for_),
                entry.kind,
                entry.about,
                entry.outcome if entry.outcome != entry.about else "",
                entry.hash[:12],
            )
            for entry in entries
        ]
        click.echo(table(heads, rows))

"""`amtsweg run`: the worker over a database: timers that are due, jobs, drafts that nobody goes on with."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import click

from amtsweg.commands.database import database_option, opened
from amtsweg.commands.shared import json_option, print_json
from amtsweg.errors import AmtswegError, StoreError

if TYPE_CHECKING:
    import threading

    from amtsweg.commands.database import Database
    from amtsweg.engine.worker import Worker

CLEAN_SECONDS = 3600.0
"""How often drafts that nobody goes on with are looked for."""


@click.command("run", epilog="Example: amtsweg run --once")
@click.option("--once", is_flag=True, help="Do everything that is due now, say what was done, and end.")
@click.option("--until-idle", is_flag=True, help="End when no job is left, waiting for those that are tried again.")
@click.option("--idle", type=click.FloatRange(0.05), default=1.0, show_default=True, help="Seconds between two looks.")
@json_option
@database_option
def command(once: bool, until_idle: bool, idle: float, as_json: bool, db: str, language: str) -> None:
    """Run the worker: timers and jobs of all cases.

    Without an option it runs until Ctrl-C or SIGTERM and then ends after the present round. Any number of workers may
    run on one database.
    """
    import signal
    import threading

    stop = threading.Event()
    with opened(db, language, any_tenant=True) as found:
        worker = found.engine.worker()
        if once:
            done = everything_due(worker)
        else:
            ends = (signal.SIGINT, signal.SIGTERM)
            before = [signal.signal(one, lambda number, frame: stop.set()) for one in ends]
            if not as_json:
                click.echo(
                    found.say(
                        "Wartet, bis keine Arbeit mehr da ist. Ende mit Strg-C.",
                        "Works until nothing is left. Ctrl-C ends it.",
                    )
                    if until_idle
                    else found.say("Läuft. Ende mit Strg-C.", "Running. Ctrl-C ends it.")
                )
            try:
                done = loop(found, worker, stop, idle, until_idle, not as_json)
            finally:
                for one, handler in zip(ends, before, strict=True):
                    signal.signal(one, handler)
        following = found.engine.next_moment()
        if as_json:
            print_json({**done.facts(), "next": following})
            return
        click.echo(done.text(found))
        click.echo(coming(found, following))


@dataclass
class Done:
    """What a worker did, by kind."""

    timers: int = 0
    jobs: int = 0
    waiting: int = 0
    again: int = 0
    failed: int = 0
    drafts: int = 0

    def add(self, other: Done) -> None:
        """Count another round in."""
        for name, count in other.facts().items():
            setattr(self, name, getattr(self, name) + count)

    def facts(self) -> dict[str, int]:
        """The counts by name."""
        return asdict(self)

    def text(self, db: Database) -> str:
        """What was done, as a sentence."""
        parts = [
            count(self.timers, db.say("Frist", "timer"), db.say("Fristen", "timers")),
            count(self.jobs, db.say("Auftrag erledigt", "job done"), db.say("Aufträge erledigt", "jobs done")),
            count(self.waiting, db.say("wartet auf Antwort", "waits for an answer"),
                  db.say("warten auf Antwort", "wait for an answer")),
            count(self.again, db.say("wird noch einmal versucht", "is tried again"),
                  db.say("werden noch einmal versucht", "are tried again")),
            count(self.failed, db.say("gescheitert", "failed"), db.say("gescheitert", "failed")),
            count(self.drafts, db.say("alter Entwurf beendet", "old draft ended"),
                  db.say("alte Entwürfe beendet", "old drafts ended")),
        ]  # fmt: skip
        told = [part for part in parts if part]
        if not told:
            return db.say("Es war nichts zu tun.", "There was nothing to do.")
        return db.say("Getan: ", "Done: ") + ", ".join(told) + "."


def count(number: int, one: str, many: str) -> str:
    """A number with its word; "" for none."""
    return f"{number} {one if number == 1 else many}" if number else ""


def coming(db: Database, following: datetime | None) -> str:
    """When something is due next."""
    if following is None:
        return db.say("Es steht nichts an.", "Nothing is coming up.")
    return db.say("Als Nächstes: ", "Next: ") + db.moment(following)


def a_round(worker: Worker) -> Done:
    """Timers that are due, then jobs."""
    done = Done(timers=worker.fire_timers())
    for one in worker.do_jobs():
        done.jobs += one.state in ("done", "gone")
        done.waiting += one.state == "waiting"
        done.again += one.state == "again"
        done.failed += one.state == "failed"
    return done


def everything_due(worker: Worker) -> Done:
    """Rounds until nothing is due now. Raises AmtswegError if that never comes."""
    from amtsweg.engine.worker import ROUNDS

    total = Done(drafts=worker.end_old_drafts())
    for _ in range(ROUNDS):
        done = a_round(worker)
        if not any(done.facts().values()):
            return total
        total.add(done)
    raise AmtswegError(f"After {ROUNDS} rounds there is still work that is due at once.", "Look at the journal.")


def loop(db: Database, worker: Worker, stop: threading.Event, idle: float, until_idle: bool, talk: bool) -> Done:
    """Work until `stop` is set (or, with `until_idle`, no job is left); a database that is away is waited for."""
    import time

    total, cleaned, away = Done(), float("-inf"), False
    while not stop.is_set():
        try:
            done = a_round(worker)
            if time.monotonic() - cleaned > CLEAN_SECONDS:
                done.drafts, cleaned = worker.end_old_drafts(), time.monotonic()
            busy, away = any(done.facts().values()), False
            if not busy and until_idle:
                with db.engine.shell.transaction() as tx:
                    if tx.next_job() is None:
                        break
        except StoreError as error:
            if not away:
                click.echo(f"{error.sentence} {db.say('Neuer Versuch läuft.', 'Trying again.')}", err=True)
            done, busy, away = Done(), False, True
        total.add(done)
        if busy and talk:
            click.echo(f"{db.moment(db.engine.clock.now())}  {done.text(db)}")
        if not busy:
            stop.wait(idle)
    return total

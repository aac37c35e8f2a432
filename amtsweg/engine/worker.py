"""The embedded worker: fires timers that are due and does jobs, in this process or as `amtsweg run`.

Any number of workers may run on one database; a timer fires once because its event's id is computed from it, a job is
done by whoever has its lease.
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from amtsweg.dsl.periods import due, parse_period
from amtsweg.engine.event import SYSTEM, Change, Correct, Event
from amtsweg.engine.jobs import Outcome, Runner
from amtsweg.engine.messages import refusal_sentences
from amtsweg.engine.shell import Shell, TimerRefused
from amtsweg.engine.store.port import IncidentRow
from amtsweg.errors import AmtswegError, Conflict, StoreError

AT_ONCE = 50
IDLE_SECONDS = 1.0
ROUNDS = 10_000


class Worker:
    """Does what is due."""

    def __init__(self, shell: Shell, runner: Runner) -> None:
        self.shell = shell
        self.runner = runner
        self._stop = threading.Event()
        self._stuck: dict[str, datetime] = {}

    def once(self) -> int:
        """One round: due timers, then jobs; how many things were done."""
        return self.fire_timers() + len(self.do_jobs())

    def work(self, rounds: int = ROUNDS) -> int:
        """Go on until nothing is due; how many things were done."""
        total = 0
        for _ in range(rounds):
            done = self.once()
            if not done:
                return total
            total += done
        raise AmtswegError(f"After {rounds} rounds there is still work that is due at once.", "Look at the journal.")

    def fire_timers(self) -> int:
        """Fire the timers of cases that are due."""
        now = self.shell.clock.now()
        with self.shell.transaction() as tx:
            cases = tx.due_cases(now, AT_ONCE)
        fired = 0
        for tenant, case in cases:
            if self._stuck.get(case, now) > now:
                continue
            try:
                fired += self.shell.fire_due(tenant, case)
                self._stuck.pop(case, None)
            except TimerRefused as error:
                self._stuck[case] = now + timedelta(minutes=10)
                self._incident(tenant, error)
            except Conflict:
                continue
        return fired

    def _incident(self, tenant: str, error: TimerRefused) -> None:
        id_ = f"{error.case}:{error.timer}"
        with self.shell.transaction() as tx:
            if tx.incident(tenant, id_) is None:
                sentence = refusal_sentences(error.refused)[0]
                now = self.shell.clock.now()
                tx.put_incident(IncidentRow(id_, error.case, tenant, "timer", error.refused.code, sentence, now))

    def do_jobs(self) -> list[Outcome]:
        """Claim jobs and do them."""
        return [self.runner.run(row) for row in self.runner.claim(AT_ONCE)]

    def end_old_drafts(self, limit: int = 200) -> int:
        """End drafts that nobody went on with for longer than the procedure keeps them; how many."""
        ended = 0
        now = self.shell.clock.now()
        with self.shell.transaction() as tx:
            newest = {row.procedure: row.hash for row in tx.machines()}
        for procedure, hash_ in newest.items():
            with self.shell.transaction() as tx:
                machine = self.shell.machine(tx, hash_)
                old = tx.old_drafts(procedure, now, limit)
            kept = machine.keep.get("draft", "30 days")
            for tenant, case_id in old:
                with self.shell.transaction() as tx:
                    row = tx.case_row(tenant, case_id)
                    prepared = self.shell.prepared(tx, tenant, hash_)
                if row is None:
                    continue
                until = due(row.changed, parse_period(kept), prepared.law, prepared.calendar, shift=False).instant
                if until <= now:
                    change = Correct((Change("end", to="abandoned"),), "Entwurf abgelaufen")
                    self.shell.apply(tenant, case_id, Event(f"abandoned:{case_id}", SYSTEM, change))
                    ended += 1
        return ended

    def run_forever(self, idle: float = IDLE_SECONDS) -> None:
        """Work until `stop` is called; waits `idle` seconds when nothing is due."""
        while not self._stop.is_set():
            try:
                done = self.once()
            except StoreError:
                done = 0
            if not done:
                self._stop.wait(idle)

    def stop(self) -> None:
        """Let `run_forever` end after the present round."""
        self._stop.set()

"""Work-list acts: lists, claim, release, forward, delegate, follow-up, drafts, notes, completing one or many.

In: an actor and a task. Out: views. These acts never move the machine; claim, forward, notes and follow-up leave a
remark in the journal, drafts do not (they are nobody's business until they are sent). Completing is an event.
"""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from amtsweg.dsl.feel.temporal import zone
from amtsweg.dsl.feel.values import from_python
from amtsweg.engine import look, people
from amtsweg.engine.case import Case, Task, Value
from amtsweg.engine.draft import Draft
from amtsweg.engine.event import Actor, Event, FieldError, Outcome, Refused, Remark, Skip
from amtsweg.engine.messages import as_error
from amtsweg.engine.plain import encode, instant
from amtsweg.engine.prepared import Prepared
from amtsweg.engine.shell import Done, Shell
from amtsweg.engine.store.port import TaskQuery, TaskRow, Transaction, folded, sort_key
from amtsweg.engine.views import ActResult, TaskPage, TaskView
from amtsweg.errors import AmtswegError, NotFound
from amtsweg.errors import Refused as RefusedError

ListKind = Literal["mine", "free", "follow_up", "overdue", "all"]
BULK = 500
LONGEST_PAGE = 200


@dataclass(frozen=True, slots=True)
class Opened:
    """A task with everything that was loaded for it; `actor` is the one who may do it (perhaps "i. V.")."""

    row: TaskRow
    case: Case
    task: Task
    draft: Draft
    prepared: Prepared
    actor: Actor
    code: str
    against: str


class WorkList:
    """What people do with tasks."""

    def __init__(self, shell: Shell, language: str = "de") -> None:
        self.shell = shell
        self.language = language

    # ----------------------------------------------------------------------------------------------------------- lists

    def page(
        self,
        actor: Actor,
        tenant: str,
        kind: ListKind = "all",
        *,
        procedure: str = "",
        step: str = "",
        text: str = "",
        order: Literal["due", "opened"] = "due",
        after: str = "",
        limit: int = 50,
        deputies: bool = True,
    ) -> TaskPage:
        """One page of a work-list; `after` is `next` of the page before."""
        limit = max(1, min(limit, LONGEST_PAGE))
        now = self.shell.clock.now()
        words = tuple(folded(text).split())
        with self.shell.transaction() as tx:
            acting = [actor]
            if deputies and tx.office_hash(tenant) is not None:
                office = self.shell.office(tx, tenant)
                zone_day = now.astimezone(zone(office.zone)).date()
                acting += people.represented(office, actor, zone_day)
            found: dict[str, tuple[tuple[str, str], TaskView]] = {}
            for one in acting:
                query = TaskQuery(
                    tenant,
                    kind,
                    one.for_ or one.id,
                    searched_roles(one),
                    now,
                    procedure,
                    step,
                    words,
                    order,
                    _key(after),
                    limit,
                )
                for row in tx.task_page(query):
                    if one.for_ and actor.id in row.blocked:
                        continue
                    found.setdefault(row.id, (sort_key(row, order), look.task_line(row, now, one.for_)))
        ordered = sorted(found.values(), key=lambda pair: pair[0])[:limit]
        following = _token(ordered[-1][0]) if len(ordered) == limit else ""
        return TaskPage(tuple(view for _, view in ordered), following)

    def every(self, actor: Actor, tenant: str, kind: ListKind = "all", **filters: Any) -> Iterator[TaskView]:
        """All tasks of a list, page by page."""
        after = ""
        while True:
            page = self.page(actor, tenant, kind, after=after, **filters)
            yield from page.tasks
            after = page.next
            if not after:
                return

    # --------------------------------------------------------------------------------------------------------- opening

    def open(self, tx: Transaction, actor: Actor, tenant: str, task_id: str) -> Opened:
        """Load a task. Raises NotFound if it is not there (any more) or belongs to another tenant."""
        found = self._open(tx, actor, tenant, task_id)
        if found is None:
            raise NotFound("There is no such open task here.", "It may be done already; load the work-list again.")
        return found

    def open_or_stale(self, tx: Transaction, actor: Actor, tenant: str, task_id: str) -> Opened:
        """Like `open`, but a task that was there and is done is refused as `stale`."""
        found = self._open(tx, actor, tenant, task_id)
        if found is None and tx.case(tenant, split_task(task_id)[0]) is not None:
            raise as_error(Refused("stale", {"task": task_id}), self.language)
        return found if found is not None else self.open(tx, actor, tenant, task_id)

    def _open(self, tx: Transaction, actor: Actor, tenant: str, task_id: str) -> Opened | None:
        """A task, its case, and as whom the actor may do it; None if it is not open, or was done between two reads."""
        row = tx.task(tenant, task_id)
        if row is None:
            return None
        case = self.shell.load(tx, tenant, row.case)
        task = case.tasks.get(row.task)
        if task is None:
            return None
        prepared = self.shell.prepared(tx, tenant, case.machine)
        draft = look.draft_of(prepared, case, self.shell.clock.now(), actor)
        place = prepared.place(draft.flow_of(task.run), task.place)
        chosen, code, against = actor, *people.why_not(draft, task, place, actor)
        if code:
            for deputy in people.represented(prepared.office, actor, prepared.local_day(draft.now)):
                if not people.why_not(draft, task, place, deputy)[0]:
                    chosen, code, against = deputy, "", ""
                    break
        draft.actor = chosen
        return Opened(row, case, task, draft, prepared, chosen, code, against)

    def view(
        self,
        actor: Actor,
        tenant: str,
        task_id: str,
        *,
        data: Value = None,
        judge: bool = False,
        errors: tuple[FieldError, ...] = (),
    ) -> TaskView:
        """An opened task with form and buttons; only for whoever may see the case or do the task."""
        with self.shell.transaction() as tx:
            at = self.open(tx, actor, tenant, task_id)
            if at.code and not look.may_see(at.prepared, at.case, actor):
                raise NotFound("There is no such open task here.")
            return look.task_view(
                at.draft, at.row, at.task, at.actor, data=data, judge=judge, errors=errors, language=self.language
            )

    def refuse(self, at: Opened) -> RefusedError:
        """Why the actor may not do the task."""
        step = look.title_of(at.prepared, at.against)
        return as_error(Refused(at.code, {"step": step, "why": at.against}), self.language)

    # ------------------------------------------------------------------------------------------------------------ acts

    def act(
        self,
        actor: Actor,
        tenant: str,
        task_id: str,
        kind: str,
        text: str = "",
        data: Value = None,
        *,
        anyway: bool = False,
        **changes: Any,
    ) -> TaskView:
        """Change the work-list's side of a task and leave a remark.

        `anyway`: also if somebody else has claimed it (a superior forwards).
        """
        with self.shell.transaction() as tx:
            at = self.open(tx, actor, tenant, task_id)
            admin = people.is_admin(actor, at.case.procedure)
            if at.code and not admin:
                raise self.refuse(at)
            holder = at.row.claimed_by
            if holder and holder not in at.actor.people and not anyway and not admin:
                raise as_error(Refused("taken", {"person": self.name(at, holder)}), self.language)
            row = replace(at.row, **changes)
            tx.put_task(row)
            event = Event(fresh_id(), at.actor, Remark(kind, at.task.id, text, data))
            self.shell.apply_in(tx, tenant, at.case.id, event)
            return look.task_line(row, self.shell.clock.now(), at.actor.for_)

    def name(self, at: Opened, person: str) -> str:
        """How people call somebody of the office."""
        known = at.prepared.office.people.get(person)
        return known.name if known is not None and known.name else person

    def claim(self, actor: Actor, tenant: str, task_id: str) -> TaskView:
        """Take a task, so that others see somebody works on it. Refused (`taken`) if somebody else has it."""
        with self.shell.transaction() as tx:
            row = tx.task(tenant, task_id)
        if row is not None and row.claimed_by == actor.id:
            return look.task_line(row, self.shell.clock.now())
        return self.act(actor, tenant, task_id, "claim", claimed_by=actor.id, follow_up=None)

    def release(self, actor: Actor, tenant: str, task_id: str) -> TaskView:
        """Give a task back to everybody it is offered to."""
        return self.act(actor, tenant, task_id, "release", claimed_by="", delegated_by="", follow_up=None)

    def forward(self, actor: Actor, tenant: str, task_id: str, to: str, note: str = "") -> TaskView:
        """Hand a task over to another person who may do it."""
        self._may_take(actor, tenant, task_id, to)
        return self.act(
            actor, tenant, task_id, "forward", note, to, anyway=True, claimed_by=to, delegated_by="", note=note
        )

    def delegate(self, actor: Actor, tenant: str, task_id: str, to: str, note: str = "") -> TaskView:
        """Let another person prepare a task; `resolve` gives it back."""
        self._may_take(actor, tenant, task_id, to)
        return self.act(actor, tenant, task_id, "delegate", note, to, claimed_by=to, delegated_by=actor.id, note=note)

    def resolve(self, actor: Actor, tenant: str, task_id: str, note: str = "") -> TaskView:
        """Give a delegated task back to whoever delegated it."""
        with self.shell.transaction() as tx:
            at = self.open(tx, actor, tenant, task_id)
        if not at.row.delegated_by:
            raise as_error(Refused("not_offered", {"name": "resolve"}), self.language)
        return self.act(
            actor, tenant, task_id, "resolve", note, claimed_by=at.row.delegated_by, delegated_by="", note=note
        )

    def follow_up(self, actor: Actor, tenant: str, task_id: str, until: datetime | None, note: str = "") -> TaskView:
        """Put a task off until an instant (Wiedervorlage); None brings it back. It stays claimed by the actor."""
        told = instant(until) if until is not None else ""
        return self.act(
            actor, tenant, task_id, "follow_up", f"{told} {note}".strip(), claimed_by=actor.id, follow_up=until
        )

    def note(self, actor: Actor, tenant: str, task_id: str, text: str) -> TaskView:
        """Write a note on a task; whoever may see the task reads it."""
        return self.act(actor, tenant, task_id, "note", text, anyway=True, note=text)

    def save_draft(self, actor: Actor, tenant: str, task_id: str, data: Value) -> TaskView:
        """Keep what was typed so far, without judging it."""
        with self.shell.transaction() as tx:
            at = self.open(tx, actor, tenant, task_id)
            if at.code:
                raise self.refuse(at)
            tx.put_task(replace(at.row, draft=encode(from_python(data))))
            return look.task_view(at.draft, at.row, at.task, at.actor, data=data, language=self.language)

    def _may_take(self, actor: Actor, tenant: str, task_id: str, to: str) -> None:
        with self.shell.transaction() as tx:
            at = self.open(tx, actor, tenant, task_id)
            if to not in at.prepared.office.people:
                raise NotFound(f"There is no person “{to}” in this office.")
            other = people.as_actor(at.prepared.office, to)
            place = at.prepared.place(at.draft.flow_of(at.task.run), at.task.place)
            code, against = people.why_not(at.draft, at.task, place, other)
            if code:
                step = look.title_of(at.prepared, against)
                raise as_error(Refused(code, {"step": step, "why": against}), self.language)

    # ------------------------------------------------------------------------------------------------------ completing

    def complete(
        self,
        actor: Actor,
        tenant: str,
        task_id: str,
        outcome: str = "",
        data: Value = None,
        *,
        base: int | None = None,
        reason: str = "",
        received: datetime | None = None,
        event: str = "",
    ) -> Done:
        """Complete a task. Raises `Refused` with everything that is wrong; nothing is lost of what was typed.

        `outcome` may be left out where there is only one. With `event`, a repeated call gives the recorded result.
        """
        with self.shell.transaction() as tx:
            case_id, task_name = split_task(task_id)
            if event and tx.entry_of_event(case_id, event) is not None:
                return Done(self.shell.load(tx, tenant, case_id), repeated=True)
            at = self.open_or_stale(tx, actor, tenant, task_id)
            holder = at.row.claimed_by
            if holder and holder not in at.actor.people and not at.code:
                raise as_error(Refused("taken", {"person": self.name(at, holder)}), self.language)
            place = at.prepared.place(at.draft.flow_of(at.task.run), at.task.place)
        spec = place.task
        assert spec is not None
        name = outcome or (spec.outcomes[0].id if len(spec.outcomes) == 1 else "")
        kind = Outcome(task_name, name, from_python(data), base, reason)
        done = self.shell.apply(tenant, case_id, Event(event or fresh_id(), at.actor, kind, received))
        if done.refused is not None:
            refused = done.refused
            if refused.code == "same_person":
                step = look.title_of(at.prepared, str(refused.args.get("step", "")))
                refused = replace(refused, args={**refused.args, "step": step})
            raise as_error(refused, self.language)
        return done

    def skip(self, actor: Actor, tenant: str, task_id: str, outcome: str, reason: str) -> Done:
        """Pass over a task with a reason (administration); its form stays as it was."""
        case_id, task = split_task(task_id)
        done = self.shell.apply(tenant, case_id, Event(fresh_id(), actor, Skip(task, outcome, reason)))
        if done.refused is not None:
            raise as_error(done.refused, self.language)
        return done

    def bulk(
        self, actor: Actor, tenant: str, task_ids: Sequence[str], outcome: str, data: Value = None, reason: str = ""
    ) -> tuple[ActResult, ...]:
        """Complete up to 500 tasks the same way; each is checked and has its own result."""
        if len(task_ids) > BULK:
            raise as_error(Refused("limit", {"what": f"{BULK}"}), self.language)
        results = []
        for task_id in task_ids:
            try:
                self.complete(actor, tenant, task_id, outcome, data, reason=reason)
                results.append(ActResult(task_id, True))
            except RefusedError as error:
                results.append(ActResult(task_id, False, error.code, str(error)))
            except AmtswegError as error:
                results.append(ActResult(task_id, False, "not_found", str(error)))
        return tuple(results)


def searched_roles(actor: Actor) -> tuple[str, ...]:
    """What a work-list looks for: the actor's roles (for one procedure too), the actor as a party, and by name.

    By name (`by: pruefen.by`) only for people of the office: nobody outside chooses an id that reads like a role.
    """
    bare = {role.rpartition(":")[2] for role in actor.roles}
    named = actor.people if actor.kind == "person" else frozenset()
    return tuple(sorted({*actor.roles, *bare, *named, *(f"party:{person}" for person in actor.people)}))


def split_task(task_id: str) -> tuple[str, str]:
    """Case and task of a task's id. Raises NotFound for anything else."""
    case, separator, task = task_id.partition(":")
    if not separator or not task:
        raise NotFound("There is no such open task here.", "A task's id is <case>:<task>.")
    return case, task


def fresh_id() -> str:
    """An event id of the engine's own, for acts that are not repeated."""
    return str(uuid.uuid4())


def _token(key: tuple[str, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode()


def _key(token: str) -> tuple[str, str] | None:
    if not token:
        return None
    try:
        first, second = json.loads(base64.urlsafe_b64decode(token.encode()))
    except (ValueError, TypeError):
        raise NotFound("This page of the work-list does not exist.", "Begin at the first page.") from None
    return str(first), str(second)

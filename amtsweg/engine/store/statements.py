"""What is asked of the database, built once per kind of database and filled in with parameters each time.

In: the tables. Out: `Statements`, one attribute per question that always has the same shape; the lists of `sqlrows`,
whose conditions follow from the query, are built there. Parameters of a WHERE are named apart from the columns
(`b_…`) where the statement also sets columns.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import BindParameter, bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from amtsweg.engine.store import tables as t

CASE_COLUMNS = tuple(column for column in t.cases.c if column.name not in ("data", "entries"))


def given(name: str, *, many: bool = False) -> BindParameter[Any]:
    """A parameter of a statement; its type follows from the column it stands beside."""
    return bindparam(name, expanding=many)


ID, TENANT, CASE, NOW, LIMIT = (given(name) for name in ("id", "tenant", "case", "now", "limit"))
BOTH = (False, True)


class Statements:
    """The statements of one kind of database.

    Parameters
    ----------
    insert_or: the dialect's `insert`, which knows ON CONFLICT.
    """

    def __init__(self, insert_or: Any) -> None:
        self._procedures(insert_or)
        self._cases(insert_or)
        self._journal()
        self._tasks(insert_or)
        self._jobs(insert_or)
        self._papers(insert_or)

    def _procedures(self, insert_or: Any) -> None:
        machines, offices, tenants = t.machines.c, t.offices.c, t.tenants.c
        hash_ = given("hash")
        self.put_machine = insert_or(t.machines).on_conflict_do_nothing(index_elements=["hash"])
        self.machine = select(machines.data).where(machines.hash == hash_)
        self.retire = update(t.machines).where(machines.hash == given("b_hash")).values(retired=1)
        self.put_office = insert_or(t.offices).on_conflict_do_nothing(index_elements=["hash"])
        self.put_tenant = _upsert(insert_or, t.tenants, ["tenant"], ["office"])
        self.office = (
            select(offices.data).join(t.tenants, tenants.office == offices.hash).where(tenants.tenant == TENANT)
        )
        self.office_hash = select(tenants.office).where(tenants.tenant == TENANT)
        self.office_by_hash = select(offices.data).where(offices.hash == hash_)
        self.tenants = select(tenants.tenant).order_by(tenants.tenant)

    def _cases(self, insert_or: Any) -> None:
        c, p = t.cases.c, t.parties.c
        self.case = select(c.data).where(c.id == ID, c.tenant == TENANT)
        self.case_locked = self.case.with_for_update()
        self.tenant_of = select(c.tenant).where(c.id == ID)
        self.by_number = select(c.id).where(c.tenant == TENANT, c.number == given("number")).limit(1)
        self.add_case = insert(t.cases)
        self.save_case = update(t.cases).where(c.id == given("b_id"), c.entries == given("b_entries"))
        self.add_parties = insert_or(t.parties).on_conflict_do_nothing()
        ids = given("ids", many=True)
        self.parties = select(p.case_id, p.person).where(p.tenant == TENANT, p.case_id.in_(ids))
        self.case_row = select(*CASE_COLUMNS).where(c.id == ID, c.tenant == TENANT)
        due = select(c.tenant, c.id).where(c.next_due.is_not(None), c.next_due <= NOW)
        self.due_cases = due.order_by(c.next_due, c.id).limit(LIMIT)
        drafts = select(c.tenant, c.id).where(c.status == "draft", c.procedure == given("procedure"))
        self.old_drafts = drafts.where(c.changed < given("before")).order_by(c.changed).limit(LIMIT)
        self.next_timer = select(c.next_due).where(c.next_due.is_not(None)).order_by(c.next_due).limit(1)
        self.next_number = (
            insert_or(t.series)
            .on_conflict_do_update(index_elements=["tenant", "name"], set_={"value": t.series.c.value + 1})
            .returning(t.series.c.value)
        )

    def _journal(self) -> None:
        e, p = t.entries.c, t.parts.c
        self.add_entry = insert(t.entries)
        self.add_parts = insert(t.parts)
        self.last_hash = select(e.hash).where(e.case_id == CASE).order_by(e.no.desc()).limit(1)
        self.entry_of_event = select(e.no).where(e.case_id == CASE, e.event == given("event"))
        self.entries = select(e.data, e.hash).where(e.case_id == CASE).order_by(e.no)
        self.parts = select(p.no, p["class"], p.salt, p.data).where(p.case_id == CASE).order_by(p.no, p["class"])
        erased = (p.case_id == given("b_case"), p["class"].in_(given("b_classes", many=True)))
        self.erase_parts = update(t.parts).where(*erased).values(salt="", data=None)

    def _tasks(self, insert_or: Any) -> None:
        c = t.tasks.c
        self.put_task = _upsert(insert_or, t.tasks, ["id"], [column.name for column in c if column.name != "id"])
        self.drop_task = delete(t.tasks).where(c.id == ID)
        self.add_offers = insert(t.offers)
        self.drop_offers = delete(t.offers).where(t.offers.c.task == ID)
        self.task = select(c.data).where(c.id == ID, c.tenant == TENANT)
        self.tasks_of = select(c.data).where(c.case_id == CASE).order_by(c.opened_key, c.id)

    def _jobs(self, insert_or: Any) -> None:
        c = t.jobs.c
        self.add_job = insert_or(t.jobs).on_conflict_do_nothing(index_elements=["key"])
        self.job = select(t.jobs).where(c.key == given("key"))
        self.job_locked = self.job.with_for_update()
        self.save_job = update(t.jobs).where(c.key == given("b_key"))
        self.jobs_of = select(t.jobs).where(c.case_id == CASE).order_by(c.created, c.key)
        lost = select(t.jobs).where(c.state == "running", c.lease <= NOW).order_by(c.lease).limit(LIMIT)
        ready = select(t.jobs).where(c.state == "ready", c.due <= NOW).order_by(c.due).limit(LIMIT)
        # two statements, each by its own partial index: an OR would scan every waiting job
        self.claimable = tuple(query.with_for_update(skip_locked=True) for query in (lost, ready))
        claimed = update(t.jobs).where(c.key.in_(given("b_keys", many=True)))
        self.claim_jobs = claimed.values(state="running", lease=given("b_until"), attempts=c.attempts + 1)
        self.next_ready = select(c.due).where(c.state == "ready").order_by(c.due).limit(1)
        self.next_lost = select(c.lease).where(c.state == "running").order_by(c.lease).limit(1)

    def _papers(self, insert_or: Any) -> None:
        i, d = t.incidents.c, t.documents.c
        self.put_incident = _upsert(insert_or, t.incidents, ["id"], ["closed", "data"])
        self.incidents = {(of_case, closed): _incidents(of_case, closed) for of_case in BOTH for closed in BOTH}
        self.incident = select(i.data).where(i.id == ID, i.tenant == TENANT)
        self.put_document = _upsert(insert_or, t.documents, ["id"], ["data", "content"])
        self.note_document = update(t.documents).where(d.id == given("b_id"))
        self.documents = select(d.data).where(d.case_id == CASE).order_by(d.created, d.id)
        self.document = select(d.data, d.content).where(d.id == ID, d.tenant == TENANT)


def _incidents(of_case: bool, closed: bool) -> Any:
    """Incidents of a tenant or of one of its cases; closed ones only where asked for."""
    i = t.incidents.c
    query = select(i.data).where(i.tenant == TENANT)
    query = query.where(i.case_id == CASE) if of_case else query
    query = query if closed else query.where(i.closed.is_(None))
    return query.order_by(i.opened, i.id)


def _upsert(insert_or: Any, table: Any, key: list[str], changed: list[str]) -> Any:
    """Insert a row, or give the row with the same key the new values of some columns."""
    statement = insert_or(table)
    return statement.on_conflict_do_update(
        index_elements=key, set_={name: statement.excluded[name] for name in changed}
    )


@cache
def statements(dialect: str) -> Statements:
    """The statements of a dialect, `sqlite` or `postgresql`."""
    return Statements(postgresql.insert if dialect == "postgresql" else sqlite.insert)

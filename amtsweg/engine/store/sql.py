"""The store on a database: SQLite in one file, or PostgreSQL, through the same SQLAlchemy Core code.

SQLite: WAL, `synchronous=FULL`, every transaction `BEGIN IMMEDIATE`, so that a writer never fails half-way for a lock.
PostgreSQL: the case's row is locked while an event is applied; jobs are claimed with `SKIP LOCKED`. The version check
on the case's row decides between two writers everywhere. A transaction inside a transaction is a savepoint.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.pool import QueuePool, StaticPool

from amtsweg.engine.store.sqlrows import SqlTransaction
from amtsweg.errors import Conflict, StoreError

BUSY_MS = 30_000
POOL = 20


def normal_url(url: str) -> URL:
    """A database URL with the driver this program uses (`postgresql://` means psycopg 3)."""
    found = make_url(url)
    if found.drivername in ("postgresql", "postgres"):
        found = found.set(drivername="postgresql+psycopg")
    return found


class SqlStore:
    """Cases in a database."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._local = threading.local()

    @classmethod
    def open(cls, url: str, *, migrate: bool = True) -> SqlStore:
        """A store over a database URL; missing tables are made, older ones brought up to date.

        Raises StoreError if the database does not answer or was made by a newer program.
        """
        try:
            where = normal_url(url)
            if where.get_backend_name() == "sqlite":
                engine = _sqlite(where)
            else:
                engine = create_engine(where, pool_size=POOL, max_overflow=POOL, pool_pre_ping=True)
            if migrate:
                from amtsweg.engine.store.schema import bring_up_to_date

                bring_up_to_date(engine)
        except SQLAlchemyError as error:
            raise StoreError(f"The database does not answer: {_short(error)}", "Check its address.") from error
        return cls(engine)

    def version(self) -> str:
        """The version of the tables; "" where there are none. Raises StoreError if the database does not answer."""
        from amtsweg.engine.store import schema

        try:
            return schema.version(self.engine)
        except SQLAlchemyError as error:
            raise StoreError(f"The database does not answer: {_short(error)}", "Check its address.") from error

    @contextmanager
    def transaction(self, connection: Any = None) -> Iterator[SqlTransaction]:
        """A transaction; inside one that is open in this thread, or on the host's connection, a savepoint."""
        if connection is not None:
            with _said(), connection.begin_nested():
                yield SqlTransaction(connection)
            return
        current: Connection | None = getattr(self._local, "connection", None)
        if current is not None:
            with _said(), current.begin_nested():
                yield SqlTransaction(current)
            return
        with _said(), self.engine.begin() as fresh:
            self._local.connection = fresh
            try:
                yield SqlTransaction(fresh)
            finally:
                self._local.connection = None

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _sqlite(where: URL) -> Engine:
    """An SQLite engine set up as `DEPENDENCIES` measured it."""
    memory = where.database in (None, "", ":memory:")
    arguments = {"check_same_thread": False, "timeout": BUSY_MS / 1000}
    if memory:
        engine = create_engine(where, poolclass=StaticPool, connect_args=arguments)
    else:
        engine = create_engine(where, poolclass=QueuePool, pool_size=POOL, max_overflow=POOL, connect_args=arguments)

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


@contextmanager
def _said() -> Iterator[None]:
    """Database errors as the exceptions that hosts see."""
    try:
        yield
    except IntegrityError as error:
        raise Conflict() from error
    except DBAPIError as error:
        if _is_conflict(error):
            raise Conflict() from error
        raise StoreError(f"The database reports: {_short(error)}", "Nothing was written; try again.") from error


def _is_conflict(error: DBAPIError) -> bool:
    """Serialisation failures and deadlocks: somebody else was faster (SQLSTATE class 40)."""
    state = getattr(error.orig, "sqlstate", None)
    return isinstance(state, str) and state.startswith("40")


def _short(error: Exception) -> str:
    original = getattr(error, "orig", None) or error
    return str(original).strip().splitlines()[0][:200]


__all__: Sequence[str] = ["SqlStore", "normal_url"]

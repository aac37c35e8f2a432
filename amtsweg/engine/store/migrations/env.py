"""Alembic's environment: runs on the connection that `schema.bring_up_to_date` hands in (batch mode for SQLite)."""

from alembic import context

from amtsweg.engine.store.schema import VERSION_TABLE
from amtsweg.engine.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, version_table=VERSION_TABLE)
with context.begin_transaction():
    context.run_migrations()

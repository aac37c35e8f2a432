"""The version of the tables, and how a database is brought to it (Alembic, shipped in the package)."""

from __future__ import annotations

from importlib.resources import files

from sqlalchemy import Engine, inspect, text

from amtsweg.errors import StoreError

HEAD = "0001"
"""The version this program works with."""
VERSION_TABLE = "aw_version"


def version(engine: Engine) -> str:
    """The version of a database's tables; "" for an empty one."""
    if not inspect(engine).has_table(VERSION_TABLE):
        return ""
    with engine.connect() as connection:
        return str(connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar() or "")


def bring_up_to_date(engine: Engine) -> None:
    """Make or upgrade the tables. Raises StoreError if the database is newer than this program."""
    found = version(engine)
    if found == HEAD:
        return
    if found > HEAD:
        raise StoreError(
            f"The database has version {found}, this program knows {HEAD}.", "Install the newer program first."
        )
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(files("amtsweg.engine.store") / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

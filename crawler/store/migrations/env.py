"""What alembic runs for an upgrade: the scripts in `versions/`, on the connection it is given, in its transaction."""

from __future__ import annotations

from alembic import context

# A script that fails leaves the database as it was: SQLite can roll table changes back, whatever alembic assumes.
context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()

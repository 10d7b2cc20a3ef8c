"""Alembic runs the revisions on the connection it is handed."""

from alembic import context
from sqlmodel import SQLModel

import models.tables  # noqa: F401  # the import makes every table known to the metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=False)
with context.begin_transaction():
    context.run_migrations()

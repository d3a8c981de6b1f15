"""How Alembic reaches the gallery: over the connection whose transaction `schema.migrate` is called in."""

from alembic import context

from nbutils.forms.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a table by copying it
)
context.run_migrations()

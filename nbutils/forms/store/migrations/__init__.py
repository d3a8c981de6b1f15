"""What brings the tables of an older program up to date, by Alembic; `schema.py` says when."""

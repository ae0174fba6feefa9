"""Between two tests that commit: empty tables. Django's own way truncates all of them, which takes half a second."""

from django.db import connection

# Of the template, as after a flush; a worker that lives through all tests of a file keeps its place.
KEPT = (
    "django_migrations",
    "django_content_type",
    "auth_permission",
    "force_revision",
    "procrastinate_workers",
)


def empty_tables(_case: object = None) -> None:
    """Delete every row that a test left, whatever guards the tables; numbers go on as after Django's flush.

    The database says which tables there are: not all have a model (jobs, the figures that triggers add up).
    """
    with connection.cursor() as cursor:
        tables = connection.introspection.get_table_list(cursor)
        names = [table.name for table in tables if table.type == "t" and table.name not in KEPT]
        asked = (f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in names)
        cursor.execute(" UNION ALL ".join(asked))
        used = [name for (name,) in cursor.fetchall()]
        if used:
            deleted = "; ".join(f"DELETE FROM {name}" for name in used)
            # Without triggers: neither foreign keys nor the ones that keep records from being deleted.
            cursor.execute(f"BEGIN; SET LOCAL session_replication_role = replica; {deleted}; COMMIT")

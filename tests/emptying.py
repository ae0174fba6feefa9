"""Between two tests that commit: empty tables. Django's own way truncates all of them, which takes half a second."""

from django.db import connection

KEPT = ("django_migrations", "django_content_type", "auth_permission")  # of the template, as after a flush
# Not managed by Django. A job that stays would run in the next test that has a worker.
JOBS = ("procrastinate_jobs", "procrastinate_events", "procrastinate_periodic_defers")


def empty_tables(_case: object = None) -> None:
    """Delete every row that a test left, whatever guards the tables; numbers go on as after Django's flush."""
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    filled = [name for name in (*names, *JOBS) if name not in KEPT]
    asked = (f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in filled)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        used = [name for (name,) in cursor.fetchall()]
        if used:
            deleted = "; ".join(f"DELETE FROM {name}" for name in used)
            # Without triggers: neither foreign keys nor the ones that keep records from being deleted.
            cursor.execute(f"BEGIN; SET LOCAL session_replication_role = replica; {deleted}; COMMIT")

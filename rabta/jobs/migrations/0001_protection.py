"""Who may touch the tables of the libraries: sessions, content types, the queue of deferred jobs."""

from django.db import migrations

from rabta import schema

QUEUE = (
    "procrastinate_jobs",
    "procrastinate_events",
    "procrastinate_periodic_defers",
    "procrastinate_workers",
)


class Migration(migrations.Migration):
    dependencies = [
        ("sessions", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]
    operations = [
        schema.sql("GRANT SELECT, INSERT, UPDATE, DELETE ON django_session TO rabta_web"),
        schema.sql(
            "GRANT SELECT ON django_migrations, django_content_type TO rabta_web, rabta_worker, rabta_relay"
        ),
        *(
            schema.sql(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO rabta_web, rabta_worker")
            for table in QUEUE
        ),
        *(
            schema.sql(f"GRANT USAGE ON SEQUENCE {table}_id_seq TO rabta_web, rabta_worker")
            for table in QUEUE
        ),
    ]

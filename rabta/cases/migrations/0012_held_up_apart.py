"""The worker links the case of a post that a commander held up with the one that it had joined."""

from django.db import migrations

from rabta import schema


class Migration(migrations.Migration):
    dependencies = [("cases", "0011_held_up")]
    operations = [
        schema.sql(
            "GRANT INSERT ON cases_link TO rabta_worker;", "REVOKE INSERT ON cases_link FROM rabta_worker;"
        )
    ]

"""A page that takes an officer's photo links the clean copy to it."""

from django.db import migrations

from rabta import schema


class Migration(migrations.Migration):
    dependencies = [("files", "0002_protection")]
    operations = [
        schema.sql(
            "GRANT UPDATE (cleaned_id) ON files_storedfile TO rabta_web;",
            "REVOKE UPDATE (cleaned_id) ON files_storedfile FROM rabta_web;",
        ),
    ]

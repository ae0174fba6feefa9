"""Pages link no copies any more: the worker makes them."""

from django.db import migrations

from rabta import schema


class Migration(migrations.Migration):
    dependencies = [("files", "0003_cleaned_by_pages")]
    operations = [
        schema.sql(
            "REVOKE UPDATE (cleaned_id) ON files_storedfile FROM rabta_web;",
            "GRANT UPDATE (cleaned_id) ON files_storedfile TO rabta_web;",
        ),
    ]

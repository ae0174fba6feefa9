"""Who may touch this app's tables."""

from django.db import migrations

from rabta import schema


class Migration(migrations.Migration):
    dependencies = [("files", "0001_initial")]
    operations = [
        schema.grant(
            "files_storedfile", web="select, insert", worker="select, insert, update", relay="select"
        ),
    ]

"""Who may touch this app's tables."""

from django.db import migrations

from rabta import schema


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [
        schema.extend_function(),
        schema.grant("audit_record", web="select, insert", worker="select, insert", relay="insert"),
        schema.append_only("audit_record"),
    ]

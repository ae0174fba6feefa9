"""Pages say how much of an imported chat came before: they look up digests of items, which say nothing by themselves."""

from django.db import migrations

from rabta import schema


class Migration(migrations.Migration):
    dependencies = [("intake", "0003_mailbox")]
    operations = [schema.grant("intake_seen", web="select")]

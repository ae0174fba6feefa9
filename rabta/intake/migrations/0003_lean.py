"""Entries of the ledger may be added up by day; a body that fails is in quarantine, and needs no count of failures."""

from django.db import migrations

from rabta import schema


class Migration(migrations.Migration):
    dependencies = [("intake", "0002_protection")]
    operations = [
        migrations.RemoveField(model_name="unread", name="failures"),
        schema.sql(
            "GRANT DELETE ON intake_ledgerentry TO rabta_worker",
            "REVOKE DELETE ON intake_ledgerentry FROM rabta_worker",
        ),
    ]

"""Who may touch this app's tables. The gateway can add to the journal and read nothing of it."""

from django.db import migrations

from rabta import schema


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial")]
    operations = [
        schema.append_only("intake_journal"),
        schema.grant(
            "intake_journalkey",
            web="insert, select (id)",
            gateway="insert, select (id)",
            worker="select, insert",
        ),
        schema.grant(
            "intake_journal",
            web="insert, select (id)",
            gateway="insert, select (id)",
            worker="select, insert",
        ),
        schema.grant(
            "intake_unread",
            web="insert, select (journal_id)",
            gateway="insert, select (journal_id)",
            worker="select, insert, update, delete",
        ),
        schema.grant("intake_refused", gateway="select, insert, update", web="select", worker="select"),
        # Pages say how much of an imported chat came before: they look up digests of items, which say nothing.
        schema.grant("intake_seen", web="select", worker="select, insert"),
        schema.grant("intake_ledgerentry", worker="select, insert, delete", web="select"),
        schema.grant("intake_quarantined", worker="select, insert, update", web="select, update"),
        schema.grant("intake_part", worker="select, insert, delete"),
        schema.grant("intake_asking", worker="select, insert, update"),
        schema.grant("intake_mailbox", web="select", worker="select, insert, update"),
        schema.grant("intake_early", worker="select, insert, delete"),
    ]

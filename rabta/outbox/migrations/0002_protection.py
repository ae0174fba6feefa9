"""Who may touch this app's tables, and whose deliveries they see. Rows are added by statements that name few columns."""

from django.db import migrations

from rabta import schema

DEFAULTS = """
ALTER TABLE outbox_delivery ALTER COLUMN hidden_from SET DEFAULT '{}', ALTER COLUMN buttons SET DEFAULT '[]',
  ALTER COLUMN about SET DEFAULT '', ALTER COLUMN mark SET DEFAULT '', ALTER COLUMN public SET DEFAULT false;
ALTER TABLE outbox_pulse ALTER alarm SET DEFAULT '', ALTER trouble SET DEFAULT '', ALTER trouble_text SET DEFAULT '';
"""
KEEPS = "select, insert, update"


class Migration(migrations.Migration):
    dependencies = [
        ("outbox", "0001_initial"),
    ]
    operations = [
        schema.sql(DEFAULTS),
        schema.grant("outbox_delivery", web=KEEPS, worker=KEEPS, relay="select, update"),
        schema.grant("outbox_attempt", web="select", worker=KEEPS, relay=KEEPS),
        schema.grant("outbox_receiptevent", web="select", worker=KEEPS, relay=KEEPS),
        schema.grant("outbox_window", web="select", worker=KEEPS, relay="select"),
        schema.grant(
            "outbox_heard",
            web="select, update (read_at)",
            worker="select, insert, update, delete",
            relay="select",
        ),
        schema.grant("outbox_pulse", web="select", worker=KEEPS, relay=KEEPS),
        schema.grant("outbox_charge", web="select", worker=KEEPS, relay=KEEPS),
        schema.protect("outbox_delivery", web=schema.SEEN_ASKED_ONCE, web_check="true", relay="true"),
        *(
            schema.protect(
                table,
                web=f"EXISTS (SELECT 1 FROM outbox_delivery d WHERE d.id = {table}.delivery_id)",
                relay="true",
            )
            for table in ("outbox_attempt", "outbox_receiptevent")
        ),
    ]

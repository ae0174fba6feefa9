"""Who may touch this app's tables, and whose deliveries they see."""

from django.db import migrations

from rabta import schema

OWN = f"visible_to && {schema.SCOPE}"


class Migration(migrations.Migration):
    dependencies = [("outbox", "0001_initial")]
    operations = [
        schema.grant(
            "outbox_delivery",
            web="select, insert, update",
            worker="select, insert, update",
            relay="select, update",
        ),
        schema.grant(
            "outbox_attempt", web="select", worker="select, insert, update", relay="select, insert, update"
        ),
        schema.grant(
            "outbox_receiptevent",
            web="select",
            worker="select, insert, update",
            relay="select, insert, update",
        ),
        schema.grant("outbox_window", web="select", worker="select, insert, update", relay="select"),
        schema.protect("outbox_delivery", web=OWN, web_check="true", relay="true"),
        *(
            schema.protect(
                table,
                web=f"EXISTS (SELECT 1 FROM outbox_delivery d WHERE d.id = {table}.delivery_id)",
                relay="true",
            )
            for table in ("outbox_attempt", "outbox_receiptevent")
        ),
    ]

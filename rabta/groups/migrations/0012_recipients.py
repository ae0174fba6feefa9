"""Who hears a broadcast is written without constraints and indexes that nothing asks for, and with the letter's number."""

from django.conf import settings
from django.db import migrations, models

from rabta import schema

# What was on its way when the program was changed: its letters take their numbers now.
NUMBERS = """
WITH waiting AS MATERIALIZED (
  SELECT r.id FROM groups_recipient r JOIN groups_broadcast b ON b.id = r.broadcast_id
  WHERE b.state = 'queueing' AND r.position > b.queued AND r.account_id IS NOT NULL AND r.delivery_id IS NULL
  ORDER BY r.broadcast_id, r.position
), numbered AS MATERIALIZED (
  SELECT id, nextval((SELECT pg_get_serial_sequence('outbox_delivery', 'id'))::regclass) AS delivery FROM waiting
)
UPDATE groups_recipient r SET delivery_id = n.delivery FROM numbered n WHERE r.id = n.id
"""
BARE = {
    "broadcast": ("groups.broadcast", models.CASCADE, False),
    "unit": ("force.unit", models.PROTECT, False),
    "member": ("groups.member", models.CASCADE, True),
    "officer": (settings.AUTH_USER_MODEL, models.PROTECT, True),
    "person": ("force.personnel", models.PROTECT, True),
    "account": ("channels.account", models.PROTECT, True),
    "delivery": ("outbox.delivery", models.DO_NOTHING, True),
}


class Migration(migrations.Migration):
    dependencies = [("groups", "0011_proof_in_time"), ("outbox", "0004_numbers")]
    operations = [
        schema.sql(NUMBERS),
        migrations.RemoveIndex("recipient", "recipient_by_delivery"),
        *(
            migrations.AlterField(
                "recipient",
                name,
                models.ForeignKey(
                    to, on_delete, related_name="+", null=null, db_constraint=False, db_index=False
                ),
            )
            for name, (to, on_delete, null) in BARE.items()
        ),
    ]

"""From whom a delivery is hidden. The policy follows with the cases, which fill it."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

from rabta import schema


class Migration(migrations.Migration):
    dependencies = [("outbox", "0002_protection")]
    operations = [
        migrations.AddField(
            "delivery", "hidden_from", ArrayField(models.BigIntegerField(), default=list, blank=True)
        ),
        schema.sql("ALTER TABLE outbox_delivery ALTER COLUMN hidden_from SET DEFAULT '{}'"),
    ]

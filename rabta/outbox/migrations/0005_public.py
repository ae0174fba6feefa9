"""What is said under a public post, and which post: its id at the provider, sealed to the relay."""

from django.db import migrations, models

from rabta import schema


class Migration(migrations.Migration):
    dependencies = [("outbox", "0004_answering")]
    operations = [
        migrations.AddField("delivery", "public", models.BooleanField(default=False)),
        migrations.AddField("delivery", "in_reply_to", models.BinaryField(null=True)),
        schema.sql("ALTER TABLE outbox_delivery ALTER COLUMN public SET DEFAULT false"),
    ]

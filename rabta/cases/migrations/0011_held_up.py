"""A post that was deleted is found again in the posts that hold it up: its words must not be read there."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0010_force_keys")]
    operations = [
        migrations.AddIndex(
            "message",
            models.Index(
                fields=["about_digest"],
                condition=~models.Q(about_text=""),
                name="message_showing_another",
            ),
        )
    ]

"""Letters that asked whether somebody agrees to join a group are found by the address that they went to."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outbox", "0005_health")]
    operations = [
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                fields=["address_digest"],
                condition=models.Q(("about__startswith", "join:")),
                name="outbox_asked_to_join",
            ),
        )
    ]

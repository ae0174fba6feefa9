"""What an officer was told about his orders is found by the address that it went to."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outbox", "0007_hearing")]
    operations = [
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                fields=["address_digest"],
                condition=models.Q(("about__startswith", "order:")),
                name="outbox_about_orders",
            ),
        )
    ]

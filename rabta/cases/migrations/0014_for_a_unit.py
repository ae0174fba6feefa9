"""The review narrowed to one unit finds its orders by an index; the other must not seem to serve as well."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0013_letters")]
    operations = [
        migrations.RemoveIndex("OrderSeen", "order_as_it_stands"),
        migrations.AddIndex(
            "OrderSeen",
            models.Index(
                fields=["unit_id", "stands", "at", "order"],
                include=["hidden_from"],
                condition=~models.Q(stands=""),
                name="order_as_it_stands",
            ),
        ),
        migrations.AddIndex(
            "OrderSeen",
            models.Index(
                fields=["unit_id", "for_unit_id", "stands", "at", "order"],
                include=["hidden_from"],
                condition=~models.Q(stands=""),
                name="order_for_a_unit",
            ),
        ),
    ]

import django.db.models.deletion
import rabta.kit.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="StoredFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(default=rabta.kit.ids.public_id, max_length=16, unique=True)),
                ("kind", models.CharField(max_length=10)),
                ("mime", models.CharField(max_length=100)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("size", models.BigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("stored_at", models.DateTimeField()),
                (
                    "cleaned",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="original",
                        to="files.storedfile",
                    ),
                ),
            ],
        ),
    ]

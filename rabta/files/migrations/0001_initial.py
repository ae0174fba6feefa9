"""What people send, as it came and cleaned."""

from django.db import migrations, models
from django.db.migrations import CreateModel
from django.db.models import PROTECT

from rabta import schema

STORED_FILE = CreateModel(
    "StoredFile",
    [
        schema.ID,
        schema.PUBLIC_ID,
        ("kind", models.CharField(max_length=10)),
        ("mime", models.CharField(max_length=100)),
        ("name", models.CharField(blank=True, max_length=200)),
        ("size", models.BigIntegerField()),
        ("sha256", models.CharField(max_length=64)),
        (
            "cleaned",
            models.OneToOneField(
                null=True, on_delete=PROTECT, related_name="original", to="files.storedfile"
            ),
        ),
        ("stored_at", models.DateTimeField()),
    ],
)


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [schema.CreateModels(STORED_FILE)]

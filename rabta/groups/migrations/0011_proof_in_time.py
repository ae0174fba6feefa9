"""When a unit was reminded of its proof, and when and whom the level above was told that it did not come."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("groups", "0010_stopping")]
    operations = [
        migrations.AddField("hop", "proof_reminded_at", models.DateTimeField(null=True)),
        migrations.AddField("hop", "proof_late_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "hop",
            "proof_late_to",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="force.post"
            ),
        ),
        migrations.AddIndex(
            "hop",
            models.Index(
                condition=Q(("proof_late_at", None), ("proof_state__in", ["none", "rejected"])),
                fields=["direction"],
                name="hop_without_proof",
            ),
        ),
    ]

"""Lists that are read on every page of the desk: emergencies without a number of the line, and appeals that wait."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("cases", "0011_life")]
    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["opened_at"],
                condition=Q(line_confirmed_at=None)
                & ~Q(state="closed")
                & (Q(urgency=0) | Q(handed_over_at__isnull=False)),
                name="case_line_unconfirmed",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["appealed_at"], condition=Q(appeal_state="open"), name="case_appealed"
            ),
        ),
    ]

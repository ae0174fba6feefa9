"""The desk lists open cases by urgency and next limit."""

from django.db import migrations, models
from django.db.models.functions import Coalesce, Least

NEXT_LIMIT = Coalesce(
    Least(
        models.Case(models.When(replied_at__isnull=True, then=models.F("reply_due_at"))),
        models.Case(models.When(contacted_at__isnull=True, then=models.F("contact_due_at"))),
        models.F("report_due_at"),
    ),
    models.F("opened_at"),
)


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_evidence_camera")]
    operations = [
        migrations.AddIndex(
            "case",
            models.Index(
                models.F("urgency"),
                NEXT_LIMIT,
                models.F("id"),
                condition=~models.Q(state="closed"),
                name="case_by_limit",
            ),
        ),
    ]

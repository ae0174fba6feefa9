"""The open cases of each unit that leads, in the order of the desk's list: a list of many units is put together of theirs."""

from django.db import migrations
from django.db.models import Case, F, Index, Q, When
from django.db.models.functions import Coalesce, Least

NEXT_LIMIT = Coalesce(
    Least(
        Case(When(replied_at__isnull=True, then=F("reply_due_at"))),
        Case(When(contacted_at__isnull=True, then=F("contact_due_at"))),
        F("report_due_at"),
    ),
    F("opened_at"),
)


class Migration(migrations.Migration):
    dependencies = [("cases", "0019_tellers")]
    operations = [
        migrations.AddIndex(
            "case",
            Index(
                F("lead_unit"),
                F("urgency"),
                NEXT_LIMIT,
                F("id"),
                condition=~Q(state="closed") & (Q(part_of=None) | Q(urgency=0)),
                name="case_of_lead_by_limit",
            ),
        )
    ]

"""The open cases that nobody took, and those that wait for a decision, in the order of the desk's list: few among many."""

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
IN_LISTS = ~Q(state="closed") & (Q(part_of=None) | Q(urgency=0))
UNASSIGNED = IN_LISTS & Q(assigned_to=None)
TO_DECIDE = IN_LISTS & (~Q(withheld="") | ~Q(waiting_why={}) | Q(split_offered_at__isnull=False))
ORDER = (F("urgency"), NEXT_LIMIT, F("id"))


class Migration(migrations.Migration):
    dependencies = [("cases", "0020_lead_by_limit")]
    operations = [
        migrations.AddIndex("case", Index(*ORDER, condition=UNASSIGNED, name="case_unassigned")),
        migrations.AddIndex("case", Index(*ORDER, condition=TO_DECIDE, name="case_to_decide")),
    ]

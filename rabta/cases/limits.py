"""When the next limit of a case runs out, as PostgreSQL reckons it: lists are ordered by it, and an index holds it."""

from django.db.models import Case, F, When
from django.db.models.functions import Coalesce, Least

# A reply until somebody replied, a contact until somebody made it, a report always. A case without limits (nobody has
# said yet what it is about) counts from its opening: the longer it waits, the earlier it stands.
NEXT_LIMIT = Coalesce(
    Least(
        Case(When(replied_at__isnull=True, then=F("reply_due_at"))),
        Case(When(contacted_at__isnull=True, then=F("contact_due_at"))),
        F("report_due_at"),
    ),
    F("opened_at"),
)

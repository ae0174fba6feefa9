"""What stands in the desk's lists of open cases, and the indexes that hold each in its order (urgency, next limit).

Where nearly every open case is ordered and assigned, the few that are not are found without reading the others.
"""

from django.db import models
from django.db.models import Q

from rabta.cases.kinds import State
from rabta.cases.limits import NEXT_LIMIT

# What was gathered stands behind its head's line; danger to life never stands behind anything.
IN_LISTS = ~Q(state=State.CLOSED) & (Q(part_of=None) | Q(urgency=0))
UNASSIGNED = IN_LISTS & Q(assigned_to=None)
# Withheld, or with something that only the desk can decide: who acts, or whether it is two matters.
TO_DECIDE = IN_LISTS & (~Q(withheld="") | ~Q(waiting_why={}) | Q(split_offered_at__isnull=False))

_ORDER = ("urgency", NEXT_LIMIT, "id")
INDEXES = [
    models.Index(*_ORDER, condition=~Q(state=State.CLOSED), name="case_by_limit"),
    models.Index("lead_unit", *_ORDER, condition=IN_LISTS, name="case_of_lead_by_limit"),
    models.Index(*_ORDER, condition=UNASSIGNED, name="case_unassigned"),
    models.Index(*_ORDER, condition=TO_DECIDE, name="case_to_decide"),
]

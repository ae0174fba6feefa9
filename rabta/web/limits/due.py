"""Open cases by their next limit: those that are overdue, and those that are due today."""

from datetime import datetime, timedelta

from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from rabta.cases.limits import NEXT_LIMIT
from rabta.cases.looking import looked
from rabta.cases.models import Case, State
from rabta.force.access import Permission, Scope
from rabta.review.models import Pause
from rabta.triage.tables import category_label
from rabta.web.guard import needs
from rabta.web.limits.case import lights_of

MOST = 25
# A case of which nothing runs any more counts from its opening in the desk's order; here it has no place.
RUNS = (
    Q(reply_due_at__isnull=False, replied_at=None)
    | Q(contact_due_at__isnull=False, contacted_at=None)
    | Q(report_due_at__isnull=False)
)


@require_GET
@needs(Permission.SEE_CASES)
def due(request: HttpRequest) -> HttpResponse:
    """The list. `?when=today` what is due before midnight; else what is overdue, the longest first."""
    now, scope = timezone.now(), request.scope
    today = request.GET.get("when") == "today"
    cases = _cases(scope, today=today, now=now)
    looked(cases, by=scope, where="due", now=now)
    paused = {pause.case_id: pause for pause in Pause.objects.filter(case__in=cases, ended_at=None)}
    language = get_language() or "en"
    rows = [
        (
            case,
            category_label(case.category, language=language) or _("No category yet"),
            [
                (words, light)
                for words, light, at in lights_of(case, pause=paused.get(case.pk), now=now)
                if at
            ],
        )
        for case in cases
    ]
    return render(request, "limits/due.html", {"rows": rows, "today": today, "most": MOST})


def _cases(scope: Scope, *, today: bool, now: datetime) -> list[Case]:
    """The first by urgency and limit that the officer may see."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    rows = Case.objects.filter(scope.visible(), RUNS).exclude(state=State.CLOSED)
    rows = rows.annotate(limit_at=NEXT_LIMIT).filter(limit_at__lt=midnight if today else now)
    if today:
        rows = rows.filter(limit_at__gte=now)
    return list(
        rows.select_related("lead_unit")
        .defer("lead_unit__area")
        .order_by("urgency", F("limit_at"), "id")[:MOST]
    )

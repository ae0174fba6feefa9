"""The review, morning and evening: what was passed up to me, and all that I ordered or that is under my command.

Unanswered first, then late, then reported; what changed since my last review is marked. The review itself is recorded:
who, when, what was looked at and decided.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.contrib import messages
from django.db import transaction
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from rabta import journey
from rabta.cases.looking import looked
from rabta.cases.models import Evidence, Order, Report
from rabta.cases.refusal import Refused
from rabta.force.access import Permission, Scope
from rabta.review import holding
from rabta.review.models import Digest, Escalation, Line, Review
from rabta.review.telling import words as limit_words
from rabta.web.guard import needs
from rabta.web.supervisor import queries

supervisors = needs(Permission.SUPERVISE)
MOST = 25


@dataclass(frozen=True, kw_only=True)
class Item:
    """An ordered case as the review shows it: the row, its photos and report, and whether it changed since."""

    row: queries.Row
    changed: bool
    photos: list[Evidence] = field(default_factory=list)
    report: Report | None = None

    @property
    def open(self) -> bool:
        """Whether it can be ordered again or passed up."""
        return self.row.order.case.state != "closed"


@require_GET
@supervisors
def review(request: HttpRequest) -> HttpResponse:
    """The page. `?show=` one class, `?changed=1` only what changed on this page, `?after=` the next page."""
    scope, now = request.scope, timezone.now()
    which = request.GET.get("show", "")
    found = queries.review(scope=scope, which=which, unit=None, after=request.GET.get("after", ""), now=now)
    held, last = holding.of_officer(scope.officer.pk)
    items = _items(found.rows, since=last.ended_at if last else None)
    shown = [item for item in items if item.changed] if request.GET.get("changed") else items
    cases = [item.row.order.case for item in shown]
    looked(cases, by=scope, where="review", now=now)
    facts = {
        "review": found,
        "which": which,
        "changed": request.GET.get("changed", ""),
        "items": shown,
        "escalated": _escalated(scope, now=now),
        "held": held,
        "last": last,
        "names": _names(),
        "digest": Digest.objects.filter(officer=scope.officer.pk).first(),
        "ways": Digest.Way.choices,
        "may_order": scope.has(Permission.ORDER),
    }
    if held:
        holding.note(held, cases=cases, decision=Line.Decision.LOOKED, now=now)
    return render(request, "limits/review.html", facts)


def _names() -> list[tuple[str, str]]:
    return [
        ("", _("All ordered")),
        (queries.UNANSWERED, _("Unanswered")),
        (queries.OVERDUE, _("Overdue")),
        (queries.TO_VERIFY, _("To verify")),
    ]


def _items(rows: list[queries.Row], *, since: datetime | None) -> list[Item]:
    orders = [row.order.pk for row in rows]
    photos: dict[int, list[Evidence]] = {}
    for one in Evidence.objects.filter(order__in=orders).select_related("file").order_by("-id"):
        photos.setdefault(one.order_id, []).append(one)
    waiting = Report.objects.filter(order__in=orders, decision="").select_related("officer").order_by("id")
    reports = {report.order_id: report for report in waiting}
    return [
        Item(
            row=row,
            changed=since is None or row.latest_at > since,
            photos=photos.get(row.order.pk, [])[:4],
            report=reports.get(row.order.pk),
        )
        for row in rows
    ]


def _escalated(scope: Scope, *, now: datetime) -> list[tuple[Escalation, str]]:
    """Passed limits that were told to a post of this officer and that nobody has taken over, the newest first."""
    rows = (
        Escalation.objects.filter(scope.visible("case__"), post__in=scope.posts, level__gt=0)
        .filter(ended_at=None, taken_at=None)
        .select_related("case", "held_by")
        .order_by("-at")[:MOST]
    )
    return [(row, limit_words(row, now=now).capitalize()) for row in rows]


@require_POST
@supervisors
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a review: from now on it is recorded what was looked at and decided."""
    now = timezone.now()
    counts = queries.review(scope=request.scope, which="", unit=None, after="", now=now).counts
    holding.begin(scope=request.scope, figures=counts, now=now)
    return redirect("review")


@require_POST
@supervisors
def end(request: HttpRequest) -> HttpResponse:
    """End the review."""
    if holding.end(officer_id=request.scope.officer.pk, now=timezone.now()):
        messages.success(request, _("The review is recorded."))
    return redirect("review")


@require_POST
@supervisors
def decide(request: HttpRequest, public_id: str, decision: str) -> HttpResponse:
    """One key on one order: accept its report, order again, or pass it up."""
    orders = Order.objects.filter(request.scope.visible(), public_id=public_id).select_related("case", "post")
    order = orders.prefetch_related(Prefetch("reports", Report.objects.order_by("id"))).first()
    if order is None or decision not in DECISIONS:
        raise Http404
    now = timezone.now()
    try:
        with transaction.atomic():
            words = DECISIONS[decision](request.scope, order, now)
            held, _last = holding.of_officer(request.scope.officer.pk)
            if held:
                holding.note(held, cases=[order.case], decision=KINDS[decision], now=now)
        messages.success(request, words)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(
        f"/review/?show={request.POST.get('show', '')[:12]}" if request.POST.get("show") else "review"
    )


def _accept(scope: Scope, order: Order, now: datetime) -> str:
    report = next((one for one in order.reports.all() if not one.decision), None)
    if report is None:
        raise Refused(_("There is no report to accept."))
    journey.decide(report=report, decision=Report.Decision.ACCEPTED, remark="", by=scope, now=now)
    return _("Accepted: %(reference)s.") % {"reference": order.case.reference}


def _again(scope: Scope, order: Order, now: datetime) -> str:
    journey.order(
        case=order.case, post=order.post, part=order.part, instruction=order.instruction, by=scope, now=now
    )
    return _("Ordered: %(post)s.") % {"post": order.post}


def _up(scope: Scope, order: Order, now: datetime) -> str:
    post = journey.pass_up(order=order, by=scope, now=now)
    return _("Passed up: %(post)s.") % {"post": post}


DECISIONS = {"accept": _accept, "again": _again, "up": _up}
KINDS = {"accept": Line.Decision.ACCEPTED, "again": Line.Decision.ORDERED, "up": Line.Decision.ESCALATED}


@require_POST
@supervisors
def digest(request: HttpRequest) -> HttpResponse:
    """Whether the figures come to the officer's phone, when, and over which channel."""
    way = request.POST.get("way", "")
    wanted = {
        "way": way if way in Digest.Way.values else Digest.Way.NEAREST,
        "morning": "morning" in request.POST,
        "evening": "evening" in request.POST,
    }
    Digest.objects.update_or_create(officer=request.scope.officer, defaults=wanted)
    messages.success(request, _("Saved."))
    return redirect("review")


@require_GET
@supervisors
def held(request: HttpRequest, public_id: str) -> HttpResponse:
    """A review that this officer held: what was looked at and decided."""
    found = Review.objects.filter(public_id=public_id, officer=request.scope.officer).first()
    if found is None:
        raise Http404
    lines = found.lines.filter(request.scope.visible("case__")).select_related("case").order_by("at")
    return render(request, "limits/held.html", {"review": found, "lines": lines})

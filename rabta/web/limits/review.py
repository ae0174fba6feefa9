"""The review, morning and evening: what was passed up to me, and all that I ordered or that is under my command.

Unanswered first, then late, then reported; what changed since my last review is marked. The review itself is recorded:
who, when, what was looked at and decided.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from uuid import uuid4

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
from rabta.cases.models import Evidence, Message, Order, Report
from rabta.cases.refusal import Refused
from rabta.channels.ways import Way
from rabta.force import directory
from rabta.force.access import Permission, Scope
from rabta.journey.versions import versions_of
from rabta.review import holding
from rabta.review.models import Digest, Line, Review
from rabta.web.desk.meanwhile import once
from rabta.web.guard import needs
from rabta.web.limits import passed_up
from rabta.web.once import first_time
from rabta.web.supervisor import queries
from rabta.web.supervisor.changed import changed, late_since

supervisors = needs(Permission.SUPERVISE)
SAID = 200  # letters of the citizen's words


@dataclass(frozen=True, kw_only=True)
class Item:
    """An ordered case as the review shows it: the row, its photos and report, and whether it changed since."""

    row: queries.Row
    changed: bool
    said: str = ""
    photos: list[Evidence] = field(default_factory=list)
    report: Report | None = None

    @property
    def open(self) -> bool:
        """Whether it can be ordered again or passed up."""
        return self.row.order.case.state != "closed"


@require_GET
@supervisors
def review(request: HttpRequest) -> HttpResponse:
    """The page. `?show=` one class, `?changed=1` only what changed since the last review, `?after=` the next page."""
    scope, now = request.scope, timezone.now()
    which = request.GET.get("show", "")
    found = queries.review(scope=scope, which=which, unit=None, after=request.GET.get("after", ""), now=now)
    held, last = holding.of_officer(scope.officer.pk)
    since, only = last.ended_at if last else None, bool(request.GET.get("changed"))
    rows = changed(scope=scope, which=which, since=since, now=now) if only and since else found.rows
    shown = _items(rows, since=since, now=now)
    cases = [item.row.order.case for item in shown]
    looked(cases, by=scope, where="review", now=now)
    facts = {
        "review": found,
        "which": which,
        "changed": only and since,
        "items": shown,
        "versions": versions_of(cases),
        "key": uuid4,
        "escalated": passed_up.waiting(scope, now=now),
        "at_once": f":{passed_up.AT_ONCE}",
        "further": f"{passed_up.AT_ONCE}:",
        "held": held,
        "last": last,
        "names": [("", _("All ordered"), found.total), *_names(found.counts)],
        "digest": Digest.objects.filter(officer=scope.officer.pk).first(),
        "ways": Way.choices,
        "may_order": scope.has(Permission.ORDER),
        "may_pass_up": not _is_highest(scope, now=now),
    }
    if held:
        holding.note(held, cases=cases, decision=Line.Decision.LOOKED, now=now)
    return render(request, "limits/review.html", facts)


def _is_highest(scope: Scope, *, now: datetime) -> bool:
    """Whether the officer heads the force: nobody is above him."""
    force = directory.current(now=now)
    heads = [force.head(unit.pk) for unit in force.all_units.values() if unit.parent_id is None]
    return any(head is not None and head.pk in scope.posts for head in heads)


def _names(counts: dict[str, int]) -> list[tuple[str, str, int]]:
    """The classes of the review, and how many stand in each."""
    words = {
        queries.UNANSWERED: _("Unanswered"),
        queries.OVERDUE: _("Overdue"),
        queries.TO_VERIFY: _("To verify"),
        queries.RETURNED: _("Returned"),
        queries.IN_WORK: _("In work"),
        queries.FINISHED: _("Finished (last 30 days)"),
    }
    return [(name, said, counts[name]) for name, said in words.items()]


def _said(cases: list[int]) -> dict[int, str]:
    """The first words of what each citizen wrote first. One query."""
    wrote = Message.objects.filter(case__in=cases, direction=Message.Direction.IN, revoked_at=None)
    first = wrote.exclude(text="").order_by("case_id", "id").distinct("case_id")
    return {case: text[:SAID] for case, text in first.values_list("case_id", "text") if case}


def _items(rows: list[queries.Row], *, since: datetime | None, now: datetime) -> list[Item]:
    orders = [row.order.pk for row in rows]
    photos: dict[int, list[Evidence]] = {}
    for one in Evidence.objects.filter(order__in=orders).select_related("file").order_by("-id"):
        photos.setdefault(one.order_id, []).append(one)
    waiting = Report.objects.filter(order__in=orders, decision="").select_related("officer").order_by("id")
    reports = {report.order_id: report for report in waiting}
    said = _said([row.order.case_id for row in rows])
    return [
        Item(
            row=row,
            changed=since is None or row.latest_at > since or late_since(row, since=since, now=now),
            said=said.get(row.order.case_id, ""),
            photos=photos.get(row.order.pk, [])[:4],
            report=reports.get(row.order.pk),
        )
        for row in rows
    ]


@require_POST
@supervisors
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a review: from now on it is recorded what was looked at and decided."""
    now = timezone.now()
    counts = queries.review(scope=request.scope, which="", unit=None, after="", now=now).counts
    with transaction.atomic():
        if _first(request, now):
            holding.begin(scope=request.scope, figures=counts, now=now)
    return redirect("review")


@require_POST
@supervisors
def end(request: HttpRequest) -> HttpResponse:
    """End the review."""
    now = timezone.now()
    with transaction.atomic():
        if _first(request, now) and holding.end(officer_id=request.scope.officer.pk, now=now):
            messages.success(request, _("The review is recorded."))
    return redirect("review")


def _first(request: HttpRequest, now: datetime) -> bool:
    return first_time(officer=request.scope.officer, key=request.POST.get("key", ""), now=now)


@require_POST
@supervisors
def decide(request: HttpRequest, public_id: str, decision: str) -> HttpResponse:
    """One key on one order: accept its report, order again, or pass it up."""
    orders = Order.objects.filter(request.scope.visible(), public_id=public_id).select_related("case", "post")
    order = orders.prefetch_related(Prefetch("reports", Report.objects.order_by("id"))).first()
    if order is None or decision not in DECISIONS:
        raise Http404
    try:
        do = partial(_decided, request.scope, order, decision)
        messages.success(request, once(request, order.case, act="order", do=do))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(
        f"/review/?show={request.POST.get('show', '')[:12]}" if request.POST.get("show") else "review"
    )


def _decided(scope: Scope, order: Order, decision: str, now: datetime) -> str:
    words = DECISIONS[decision](scope, order, now)
    held, _last = holding.of_officer(scope.officer.pk)
    if held:
        holding.note(held, cases=[order.case], decision=KINDS[decision], now=now)
    return words


def _accept(scope: Scope, order: Order, now: datetime) -> str:
    report = next((one for one in order.reports.all() if not one.decision), None)
    if report is None:
        raise Refused(_("There is no report to accept."))
    journey.decide(report=report, decision=Report.Decision.ACCEPTED, remark="", by=scope, now=now)
    return _("Accepted: %(reference)s.") % {"reference": order.case.reference}


def _again(scope: Scope, order: Order, now: datetime) -> str:
    made = journey.order_again(order=order, by=scope, now=now)
    return _("Ordered: %(post)s.") % {"post": made.post}


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
        "way": way if way in Way.values else Way.NEAREST,
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
    decided_first = sorted(lines, key=lambda line: line.decision == Line.Decision.LOOKED)
    return render(request, "limits/held.html", {"review": found, "lines": decided_first})

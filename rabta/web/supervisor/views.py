"""The supervisor's review: every ordered case, unanswered first; evidence beside the instruction."""

from datetime import datetime
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from rabta import journey
from rabta.cases.looking import looked
from rabta.cases.models import Case, Order, Report
from rabta.cases.refusal import Refused
from rabta.force.access import Permission
from rabta.force.models import Unit
from rabta.journey.versions import version_of
from rabta.replying import closing
from rabta.triage.tables import category_label
from rabta.web import chain_line, choosing
from rabta.web.desk.meanwhile import once
from rabta.web.guard import needs
from rabta.web.lights import light_of
from rabta.web.supervisor import finding, queries, timeline

supervisors = needs(Permission.SUPERVISE)


@require_GET
@supervisors
def cases(request: HttpRequest) -> HttpResponse:
    """The list. `?show=` one class, `?unit=` a unit and those below it, `?after=` the next page; `?q=` searches."""
    which = request.GET.get("show", "")
    units = queries.units_of(request.scope)
    unit = _chosen(units, request.GET.get("unit", ""))
    text = request.GET.get("q", "").strip()[:80]
    if text:
        return finding.found(request, text, unit)
    review = queries.review(
        scope=request.scope, which=which, unit=unit, after=request.GET.get("after", ""), now=timezone.now()
    )
    names = {
        queries.UNANSWERED: _("Unanswered"),
        queries.OVERDUE: _("Overdue"),
        queries.TO_VERIFY: _("To verify"),
        queries.RETURNED: _("Returned"),
        queries.IN_WORK: _("In work"),
        queries.FINISHED: _("Finished (last 30 days)"),
    }
    figures = [{"name": name, "words": words, "count": review.counts[name]} for name, words in names.items()]
    facts = {"review": review, "figures": figures, "which": which, "units": units, "unit": unit}
    return render(request, "supervisor/cases.html", facts)


def _chosen(units: list[Unit], public_id: str) -> Unit | None:
    if not public_id:
        return None
    unit = next((unit for unit in units if unit.public_id == public_id), None)
    if unit is None:
        raise Http404
    return unit


@require_GET
@supervisors
def case(request: HttpRequest, public_id: str) -> HttpResponse:
    """One case: instruction, evidence and report of each order side by side, and what can be decided."""
    found = queries.case_of(scope=request.scope, public_id=public_id)
    if found is None:
        raise Http404
    return _page(request, found)


@require_POST
@supervisors
def decide(request: HttpRequest, public_id: str) -> HttpResponse:
    """Accept or reject an action-taken report, with a remark."""
    visible = Order.objects.filter(request.scope.visible())
    report = (
        Report.objects.filter(order__in=visible, public_id=public_id).select_related("order__case").first()
    )
    if report is None:
        raise Http404
    case = report.order.case
    try:
        said = once(request, case, act="decide", do=lambda now: _decide(request, report, now))
    except Refused as refused:
        return again(request, case, str(refused))
    messages.success(request, said)
    return redirect("supervisor_case", public_id=case.public_id)


def _decide(request: HttpRequest, report: Report, now: datetime) -> str:
    decision, remark = request.POST.get("decision", ""), request.POST.get("remark", "").strip()
    _check(report, decision=decision, remark=remark)
    told = request.POST.get("told", "")
    journey.decide(report=report, decision=decision, remark=remark, told=told, by=request.scope, now=now)
    accepted = decision == Report.Decision.ACCEPTED
    return _("Accepted.") if accepted else _("Rejected. The officer has been told.")


def _check(report: Report, *, decision: str, remark: str) -> None:
    if decision not in Report.Decision.values:
        raise Refused(_("Choose whether the report is accepted or rejected."))
    if decision == Report.Decision.REJECTED and not remark:
        raise Refused(_("Write what is missing, so that the officer can correct it."))
    if report.decision:
        raise Refused(_("This report has already been decided."))


@require_POST
@supervisors
def order_again(request: HttpRequest, public_id: str) -> HttpResponse:
    """Order the matter of an order again: to the same post, or to the one that was chosen."""
    old = (
        Order.objects.filter(request.scope.visible(), public_id=public_id)
        .select_related("case", "post")
        .first()
    )
    if old is None:
        raise Http404
    try:
        said = once(request, old.case, act="order", do=lambda now: _order_again(request, old, now))
    except Refused as refused:
        return again(request, old.case, str(refused))
    messages.success(request, said)
    return redirect("supervisor_case", public_id=old.case.public_id)


def _order_again(request: HttpRequest, old: Order, now: datetime) -> str:
    posts = {post.public_id: post for post in queries.posts_to_order(request.scope)}
    choice = journey.Choice(
        post=posts.get(request.POST.get("post", "")) or old.post,
        part=old.part,
        instruction=request.POST.get("instruction", "").strip(),
        proof=request.POST.get("proof") == "yes",
        proof_words=request.POST.get("proof_words", ""),
    )
    reason = request.POST.get("reason", "")
    made = journey.order_several(case=old.case, choices=[choice], reason=reason, by=request.scope, now=now)
    return choosing.said(made)


def again(request: HttpRequest, case: Case, why: str) -> HttpResponse:
    """The page once more with what is wrong, and with what was typed."""
    found = queries.case_of(scope=request.scope, public_id=case.public_id)
    if found is None:
        raise Http404
    return _page(request, found, why=why)


def _page(request: HttpRequest, case: Case, *, why: str = "") -> HttpResponse:
    scope, now = request.scope, timezone.now()
    looked([case], by=scope, where="review", now=now)
    may_order = scope.may(Permission.ORDER, case)
    facts = {
        "case": case,
        "version": version_of(case),
        "key": uuid4,
        "category": category_label(case.category, language=get_language() or "en") or _("No category yet"),
        "tasks": [(order, light_of(order=order, now=now)) for order in case.tasks],  # type: ignore[attr-defined]
        "latest_lead": next((o for o in case.tasks if o.part == Order.Part.LEAD), None),  # type: ignore[attr-defined]
        "chain": chain_line.line(case.tasks, now=now),  # type: ignore[attr-defined]
        "may_order": may_order,
        "steps": [timeline.step(event) for event in case.events.all()],
        "letters": _letters(case),
        "may_verify": scope.may(Permission.VERIFY, case),
        "may_confide": scope.may(Permission.CONFIDE, case),
        "posts": queries.posts_to_order(scope) if may_order else [],
        "typed": request.POST,
        "why": why,
    }
    return render(request, "supervisor/case.html", facts, status=409 if why else 200)


def _letters(case: Case) -> dict[int, closing.Draft]:
    """By the id of each report that waits: what the citizen gets when it is accepted and the case closes."""
    waiting = [
        report
        for order in case.tasks  # type: ignore[attr-defined]
        if order.part == Order.Part.LEAD and order.state == Order.State.REPORTED
        for report in order.reports.all()
        if not report.decision
    ]
    return {report.pk: closing.draft(case=case, outcome=report.outcome) for report in waiting}

"""The officers' pages of official versions: what is asked, what waits, one version with everything that can be done."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rabta.cases.refusal import Refused
from rabta.force.access import Permission
from rabta.groups.models import Claim
from rabta.journey.groups.bulletins import claiming
from rabta.journey.press import asking, releasing, rumours, writing
from rabta.publishing import checklist, reading
from rabta.publishing.models import Question, Version
from rabta.web.groups import queries
from rabta.web.guard import needs
from rabta.web.press.forms import QuestionForm, ReleaseForm, VersionForm

speakers = needs(Permission.PUBLISH)
SHOWN = 40


@require_safe
@speakers
def press(request: HttpRequest) -> HttpResponse:
    """What is asked, with its clock; what waits for a second officer or for its release; what is out."""
    return page(request, QuestionForm(scope=request.scope))


def page(request: HttpRequest, form: QuestionForm, *, status: int = 200) -> HttpResponse:
    """The page, with this form for a question."""
    rows = writing.versions(request.scope)
    now = timezone.now()
    open_questions = asking.questions(request.scope).filter(state=Question.State.OPEN)[:SHOWN]
    facts = {
        "form": form,
        "questions": [{"row": row, "late": row.due_at < now} for row in open_questions],
        "waiting": rows.filter(state__in=[Version.State.DRAFT, Version.State.APPROVED])[:SHOWN],
        "done": rows.filter(state=Version.State.RELEASED)[:SHOWN],
        "now": now,
    }
    return render(request, "press/press.html", facts, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@speakers
def write(request: HttpRequest) -> HttpResponse:
    """Write a version: of one's own accord, to a question, as a correction, or as the answer to a rumour."""
    about = _about(request)
    older: Version | None = about["corrects"]
    form = VersionForm(request.POST or None, scope=request.scope, initial=_initial(about))
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                made = _write(request, form, about)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Written. Another officer reads and approves it."))
            return redirect("press_version", made.public_id)
    facts = about | {
        "form": form,
        "older": older,
        "longest": writing.LONGEST,
        "asks_verdict": bool(about["claim"]) or bool(older and rumours.is_answer(older)),
    }
    return render(request, "press/write.html", facts, status=400 if form.errors else 200)


def _about(request: HttpRequest) -> dict[str, Any]:
    """What the version is about, by the words of the address; 404 for what the officer does not see."""
    found: dict[str, Any] = {"question": None, "corrects": None, "claim": None}
    rows: dict[str, Any] = {
        "question": asking.questions(request.scope),
        "corrects": writing.versions(request.scope),
        "claim": claiming.claims(request.scope),
    }
    for name, choices in rows.items():
        if public_id := request.GET.get(name, ""):
            found[name] = get_object_or_404(choices, public_id=public_id)
    return found


def _initial(about: dict[str, Any]) -> dict[str, Any]:
    if older := about["corrects"]:
        names = ("title", "text", "title_ur", "text_ur", "title_hi", "text_hi", "place")
        return {name: getattr(older, name) for name in names} | {"unit": older.unit.public_id}
    if question := about["question"]:
        return {"unit": question.unit.public_id}
    if claim := about["claim"]:
        return {"place": claim.place}
    return {}


def _write(request: HttpRequest, form: VersionForm, about: dict[str, Any]) -> Version:
    given = dict(form.cleaned_data)
    verdict, ticked = given.pop("verdict"), frozenset(given.pop("ticked"))
    claim: Claim | None = about["claim"]
    older: Version | None = about["corrects"]
    facts = writing.Facts(
        **given,
        question=about["question"],
        corrects=older,
        about=_what_about(claim, older, verdict),
    )
    now = timezone.now()
    if claim is not None:
        return rumours.answer(
            claim=claim, verdict=verdict, facts=facts, ticked=ticked, by=request.scope, now=now
        )
    return writing.write(facts=facts, ticked=ticked, by=request.scope, now=now)


def _what_about(claim: Claim | None, older: Version | None, verdict: str) -> str:
    if claim is not None:
        return f"{rumours.PREFIX}:{claim.public_id}"
    return rumours.correcting(older, verdict=verdict) if older else ""


@require_safe
@speakers
def version(request: HttpRequest, public_id: str) -> HttpResponse:
    """One version: its words, who wrote and approved it, what can be done, and how far it came."""
    return one(request, public_id, ReleaseForm(scope=request.scope))


def one(request: HttpRequest, public_id: str, form: ReleaseForm, *, status: int = 200) -> HttpResponse:
    """The page of a version, with this form for its release."""
    row = get_object_or_404(writing.versions(request.scope), public_id=public_id)
    correction = Version.objects.filter(corrects=row).exclude(state=Version.State.DROPPED).first()
    facts = {
        "row": row,
        "own": row.written_by_id == request.scope.officer.pk,
        "texts": [
            (language, title, text)
            for language, title, text in zip(
                ("en", "hi", "ur"), reading.titles(row), reading.texts(row), strict=True
            )
            if text
        ],
        "form": form,
        "points": checklist.POINTS.items(),
        "question": row.questions.first(),
        "correction": correction,
        "embargoed": bool(row.embargo_until and row.embargo_until > timezone.now()),
        "answers_rumour": rumours.is_answer(row),
        "broadcasts": queries.with_sums(list(releasing.broadcasts_of(row).select_related("post"))),
    }
    return render(request, "press/version.html", facts, status=status)


@require_POST
@speakers
def decide(request: HttpRequest, public_id: str) -> HttpResponse:
    """Approve what another officer wrote, or drop it."""
    row = get_object_or_404(writing.versions(request.scope), public_id=public_id)
    now = timezone.now()
    try:
        with transaction.atomic():
            if request.POST.get("decision") == "approve":
                ticked = frozenset(request.POST.getlist("ticked"))
                writing.approve(version=row, ticked=ticked, by=request.scope, now=now)
                messages.success(request, _("Approved. It can be released now."))
            else:
                remark = request.POST.get("remark", "")
                writing.drop(version=row, remark=remark, by=request.scope, now=now)
                messages.success(request, _("It is not released."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("press_version", row.public_id)


@require_POST
@speakers
def release(request: HttpRequest, public_id: str) -> HttpResponse:
    """Let an approved version go."""
    row = get_object_or_404(writing.versions(request.scope), public_id=public_id)
    form = ReleaseForm(request.POST, scope=request.scope)
    if not form.is_valid():
        return one(request, public_id, form, status=400)
    try:
        with transaction.atomic():
            releasing.release(
                version=row,
                groups=list(form.cleaned_data["groups"]),
                embargo_until=form.cleaned_data["embargo_until"],
                by=request.scope,
                now=timezone.now(),
            )
    except Refused as refused:
        form.add_error(None, str(refused))
        return one(request, public_id, form, status=400)
    messages.success(request, _("Released. It goes out now; below you see how far it came."))
    return redirect("press_version", row.public_id)


@require_POST
@speakers
def withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say that it does not hold any more."""
    row = get_object_or_404(writing.versions(request.scope), public_id=public_id)
    if row.state != Version.State.RELEASED:
        raise Http404
    try:
        with transaction.atomic():
            releasing.withdraw(
                version=row,
                why=request.POST.get("why", ""),
                hide=request.POST.get("hide") == "on",
                by=request.scope,
                now=timezone.now(),
            )
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Withdrawn. Everybody who got it is told."))
    return redirect("press_version", row.public_id)

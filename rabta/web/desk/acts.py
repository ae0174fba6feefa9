"""What the desk's buttons do: each turns a posted form into one verb of the journey."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rabta import journey
from rabta.cases.models import Case, Message, Report
from rabta.cases.refusal import Refused
from rabta.desk import answers, drafts
from rabta.files import uploads
from rabta.files.checks import LIMITS, UploadRefused
from rabta.files.uploads import Taken
from rabta.journey.meanwhile import Answered, nobody_else_answered
from rabta.web.desk import accusing, joining, life, ordering, protecting
from rabta.web.desk.dossier import found
from rabta.web.desk.meanwhile import look_again
from rabta.web.desk.views import Where, case_facts, operators, partial
from rabta.web.once import first_time

Act = Callable[[HttpRequest, Case, datetime], dict[str, Any]]


def say(request: HttpRequest, case: Case, now: datetime) -> dict[str, Any]:
    """The composer: a private reply, a public answer, or a note among ourselves, by the tab that is chosen."""
    text, tab = request.POST.get("text", ""), request.POST.get("tab", "reply")
    if tab != "note":
        answers.check_filled(text)
    if tab != "note" and "since" in request.POST and request.POST.get("sure") != "yes":
        nobody_else_answered(case=case, since=request.POST["since"], by=request.scope)
    done = _said(request, case, text, tab, now)
    revision = request.POST.get("draft", "")
    drafts.sent(
        case=case,
        officer=request.scope.officer,
        kind=tab,
        text=text,
        revision=int(revision) if revision.isdecimal() else None,
    )
    return done


def _said(request: HttpRequest, case: Case, text: str, tab: str, now: datetime) -> dict[str, Any]:
    if tab == "note":
        journey.note(case=case, text=text, by=request.scope, now=now)
        return {"said": _("Note saved. The citizen does not see it.")}
    if tab == "public":
        confirmed = request.POST.get("confirmed") == "yes"
        message = journey.reply_in_public(
            case=case, text=text, confirmed=confirmed, by=request.scope, now=now
        )
        said = _("The public answer is on its way.")
        return {"said": said, "unsend": message.public_id if message.delivery_id else ""}
    quoted = Message.objects.filter(request.scope.visible(), case=case, direction=Message.Direction.IN)
    quotes = quoted.filter(public_id=request.POST.get("quotes", "")).first()
    files = uploads.keep(getattr(request, "taken", ()), now=now)
    message = journey.reply(
        case=case, text=text, by=request.scope, now=now, file=next(iter(files), None), quotes=quotes
    )
    return {"said": _("The reply is on its way."), "unsend": message.public_id if message.delivery_id else ""}


def template(request: HttpRequest, case: Case, now: datetime) -> dict[str, Any]:
    """A template that the operator chose, with its blanks filled in."""
    message = journey.reply_with_template(
        case=case,
        name=request.POST.get("name", ""),
        language=request.POST.get("language", ""),
        params=request.POST.getlist("value"),
        by=request.scope,
        now=now,
    )
    return {"said": _("The reply is on its way."), "unsend": message.public_id if message.delivery_id else ""}


def unsend(request: HttpRequest, case: Case, now: datetime) -> dict[str, Any]:
    """Take a reply back; its text returns to the composer."""
    rows = Message.objects.filter(request.scope.visible(), case=case).select_related("case", "delivery")
    message = get_object_or_404(rows, public_id=request.POST.get("message", ""))
    text = message.text
    journey.unsend(message=message, by=request.scope, now=now)
    return {"said": _("Undone. Nothing was sent."), "draft": text}


def categorise(request: HttpRequest, case: Case, now: datetime) -> dict[str, Any]:
    journey.categorise(case=case, category=request.POST.get("category", ""), by=request.scope, now=now)
    return {"said": _("Category saved.")}


def place(request: HttpRequest, case: Case, now: datetime) -> dict[str, Any]:
    try:
        lat, lng = float(request.POST.get("lat", "")), float(request.POST.get("lng", ""))
    except ValueError:
        raise Refused(_("Choose the place on the map or from the list first.")) from None
    name = request.POST.get("name", "")
    journey.place(case=case, lat=lat, lng=lng, name=name, by=request.scope, now=now)
    return {"said": _("Place saved.")}


def assign(request: HttpRequest, case: Case, now: datetime) -> dict[str, Any]:
    """Take the case, or give it back to the queue."""
    mine = request.POST.get("to") == "me"
    officer = request.scope.officer if mine else None
    journey.assign(case=case, officer=officer, by=request.scope, now=now)
    return {"said": _("The case is now assigned to you.") if mine else _("The case is back in the queue.")}


def release(request: HttpRequest, case: Case, now: datetime) -> dict[str, Any]:
    journey.release(case=case, remark=request.POST.get("remark", ""), by=request.scope, now=now)
    return {"said": _("Released. The case can now be sent to a unit like any other.")}


def close(request: HttpRequest, case: Case, now: datetime) -> dict[str, Any]:
    journey.close_with_advice(case=case, remark=request.POST.get("remark", ""), by=request.scope, now=now)
    return {"said": _("Closed. The citizen has been told."), "closed": True}


def decide(request: HttpRequest, case: Case, now: datetime) -> dict[str, Any]:
    """Accept or reject an action-taken report."""
    rows = Report.objects.select_related("order__case").filter(order__case=case)
    report = get_object_or_404(rows, public_id=request.POST.get("report", ""))
    decision, remark = request.POST.get("decision", ""), request.POST.get("remark", "")
    told = request.POST.get("told", "")
    journey.decide(report=report, decision=decision, remark=remark, told=told, by=request.scope, now=now)
    return {"said": _("Decision saved.")}


ACTS: dict[str, Act] = {
    "say": say,
    "template": template,
    "unsend": unsend,
    "categorise": categorise,
    "place": place,
    "assign": assign,
    **ordering.ACTS,
    "release": release,
    "accuse": accusing.accuse,
    "confidential": accusing.confidential,
    "end-confidential": accusing.end_confidential,
    "close": close,
    "decide": decide,
    **joining.ACTS,
    **protecting.ACTS,
    **life.ACTS,
}
# After these the forms beside the conversation stay as they are: somebody may be filling one in.
KEEP_FORMS = frozenset({"say", "template", "unsend", "tell-file", "release-file"})


@require_POST
@operators
def act(request: HttpRequest, public_id: str, act: str) -> HttpResponse:
    """One button. The same key twice has one effect; what is refused is said at the form and changes nothing."""
    if act not in ACTS:
        raise Http404
    case = get_object_or_404(found(scope=request.scope), public_id=public_id)
    now = timezone.now()
    try:
        taken = _take_file(request, act)
    except UploadRefused as refused:
        return _refused(request, case, str(refused))
    try:
        with transaction.atomic():
            new = first_time(officer=request.scope.officer, key=request.POST.get("key", ""), now=now)
            if new:
                look_again(case, seen=request.POST.get("seen", ""), act=act, by=request.scope)
            done = (
                ACTS[act](request, case, now)
                if new
                else {"said": _("This was already received."), "again": True}
            )
    except Refused as refused:
        uploads.drop(taken)
        return _refused(request, case, str(refused), sure=isinstance(refused, Answered))
    if not new:
        uploads.drop(taken)
    return _done(request, case, act, done)


def _take_file(request: HttpRequest, act: str) -> list[Taken]:
    """The file that goes with a reply, checked and safe on the disk before the first write."""
    wanted = act == "say" and request.POST.get("tab", "reply") == "reply"
    taken = uploads.take(request.FILES.getlist("file")[:1], kinds=tuple(LIMITS)) if wanted else []
    request.taken = taken  # type: ignore[attr-defined]
    return taken


@require_POST
@operators
def split(request: HttpRequest, public_id: str) -> HttpResponse:
    """Open a case of its own from a message, then show it."""
    rows = Message.objects.filter(request.scope.visible()).select_related("case", "conversation__account")
    message = get_object_or_404(rows, public_id=public_id)
    try:
        with transaction.atomic():
            case = journey.split(message=message, by=request.scope, now=timezone.now())
    except Refused as refused:
        if message.case:
            return _refused(request, message.case, str(refused))
        messages.error(request, str(refused))
        return _go(request, reverse("desk"))
    messages.success(request, _("A new case was opened from the message."))
    return _show(request, case.public_id)


def _done(request: HttpRequest, case: Case, act: str, done: dict[str, Any]) -> HttpResponse:
    """The changed parts for htmx; for a browser without script the page again. `to`: the case that is shown next."""
    if to := done.get("to"):
        messages.success(request, done["said"])
        return _show(request, to)
    if not partial(request):
        messages.success(request, done["said"])
        return redirect(f"{reverse('desk_case', args=[case.public_id])}?{Where.of(request).query}")
    changed = found(scope=request.scope).filter(pk=case.pk).first()
    if changed is None:  # the case has moved out of the officer's sight
        messages.success(request, done["said"])
        return _go(request, reverse("desk"))
    facts = case_facts(request, changed) | {"done": done, "with_forms": act not in KEEP_FORMS}
    return render(request, "desk/done.html", facts)


def _refused(request: HttpRequest, case: Case, why: str, *, sure: bool = False) -> HttpResponse:
    """Say why; `sure`: whoever reads it may do it all the same."""
    if partial(request):
        return render(request, "desk/refused.html", {"why": why, "sure": sure}, status=400)
    shown = get_object_or_404(found(scope=request.scope), pk=case.pk)
    messages.error(request, why)
    facts = case_facts(request, shown) | {"refused": why, "typed": request.POST, "sure": sure}
    return render(request, "desk/case_alone.html", facts, status=400)


def _show(request: HttpRequest, public_id: str) -> HttpResponse:
    """Go to a case; to the desk, where it is out of the officer's sight."""
    seen = found(scope=request.scope).filter(public_id=public_id).exists()
    return _go(request, reverse("desk_case", args=[public_id]) if seen else reverse("desk"))


def _go(request: HttpRequest, address: str) -> HttpResponse:
    """Send the browser there: a plain redirect, or htmx's own."""
    if not partial(request):
        return redirect(address)
    response = HttpResponse(status=200)
    response.headers["HX-Redirect"] = address
    return response

"""While somebody has a case open: drafts are saved, and colleagues see who looks and who writes."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from rabta.cases.models import Case
from rabta.desk import drafts, presence
from rabta.desk.models import Draft, Presence
from rabta.web.desk.queries import cases
from rabta.web.desk.views import operators

CHANGED_ELSEWHERE = 409


@require_POST
@operators
def draft(request: HttpRequest, public_id: str) -> HttpResponse:
    """Save what is typed. 409 with what stands there when another tab or machine saved meanwhile."""
    case = _seen(request, public_id)
    kind, revision = request.POST.get("kind", ""), request.POST.get("revision", "")
    if kind not in Draft.Kind.values or not revision.isdecimal() or len(revision) > 9:
        return JsonResponse({}, status=400)
    text, officer = request.POST.get("text", ""), request.scope.officer
    try:
        saved = drafts.save(
            case=case, officer=officer, kind=kind, text=text, revision=int(revision), now=timezone.now()
        )
    except drafts.Written as other:
        found = {"revision": other.revision, "text": other.text}
        return JsonResponse(found, status=CHANGED_ELSEWHERE)
    return JsonResponse({"revision": saved})


@require_http_methods(["GET", "POST"])
@operators
def here(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say what this officer does in the case (looking, replying, gone), and read who else is there."""
    case, now, officer = _seen(request, public_id), timezone.now(), request.scope.officer
    doing = request.POST.get("doing", "")
    if doing in (*Presence.Doing.values, presence.GONE):
        presence.say(case=case, officer=officer, doing=doing, now=now)
    there = presence.others(case=case, officer=officer, now=now)
    return render(request, "desk/presence.html", {"others": there})


def _seen(request: HttpRequest, public_id: str) -> Case:
    return get_object_or_404(cases(request.scope), public_id=public_id)

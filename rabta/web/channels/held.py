"""The accounts that an officer answers for: he takes them over by name, and reads what has to be renewed."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from rabta.journey.posts import holdings


@require_GET
@login_required
def held(request: HttpRequest) -> HttpResponse:
    """The page: what waits to be taken over first."""
    response = render(request, "channels/held.html", {"held": holdings.held_by(request.scope.officer)})
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_POST
@login_required
def take(request: HttpRequest, public_id: str) -> HttpResponse:
    """The officer's word that he answers for the account from now on."""
    officer = request.scope.officer
    if not holdings.is_held(public_id, officer=officer):
        raise Http404
    if not request.POST.get("answers_for"):
        messages.error(request, _("Please tick the sentence with your name first."))
        return redirect("channels_held")
    holding = holdings.take(public_id, officer=officer, now=timezone.now())
    if holding is None:
        raise Http404
    messages.success(request, _("You hold %(account)s now.") % {"account": holding.account})
    return redirect("channels_held")

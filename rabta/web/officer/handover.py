"""The officer's posts: what is open in each, handing it over with a word, taking it over by name."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from rabta.cases.refusal import Refused
from rabta.force.models import Post
from rabta.journey.posts import handovers


@never_cache
@require_GET
@login_required
def posts(request: HttpRequest) -> HttpResponse:
    """All posts that the officer holds today; it prints as the hand-over list."""
    found = handovers.desks(by=request.scope, on=timezone.localdate())
    return render(request, "officer/handover.html", {"desks": found, "most": handovers.SHOWN})


@require_POST
@login_required
def act(request: HttpRequest, public_id: str, act: str) -> HttpResponse:
    """`give` with a note, or `take`. What is refused is said and changes nothing."""
    post = get_object_or_404(Post, public_id=public_id, pk__in=request.scope.posts)
    try:
        if act == "give":
            note = request.POST.get("note", "")
            handovers.give(post=post, note=note, by=request.scope, now=timezone.now())
            messages.success(request, _("Handed over. Whoever comes next reads your words."))
        elif act == "take":
            handovers.take(post=post, by=request.scope, now=timezone.now())
            messages.success(request, _("You have taken over %(post)s.") % {"post": post})
        else:
            raise Http404
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("officer_handover")

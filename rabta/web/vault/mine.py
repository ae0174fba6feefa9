"""My key: made in the browser, its public half registered here. The secret half is never sent."""

from pathlib import Path

import pyrage
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from rabta import audit
from rabta.people import keyholders, openings

DEMO_KEYS = "demo-keys"  # folder in RABTA_HOME, of the demonstration only


@require_GET
@login_required
@never_cache
def key(request: HttpRequest) -> HttpResponse:
    """What I was appointed to, and the key that I hold or have to make."""
    holder = openings.held_by(request.scope.officer.pk)
    if request.session.get("rings", False) != (holder is not None):  # appointed since the sign-in, or no more
        request.session["rings"] = holder is not None
    return render(request, "vault/key.html", {"holder": holder, "demo_key": _demo_key(request) is not None})


@require_POST
@login_required
def register(request: HttpRequest) -> HttpResponse:
    """Keep the public half of a key that was just made."""
    holder, now = openings.held_by(request.scope.officer.pk), timezone.now()
    if holder is None:
        raise Http404
    try:
        keyholders.register(holder=holder, public_key=request.POST.get("public_key", "")[:100], now=now)
    except keyholders.NotPossible as why:
        messages.error(request, str(why))
        return redirect("vault_key")
    audit.record(
        "key_registered",
        now=now,
        officer_id=request.scope.officer.pk,
        subject="keyholder",
        ids=[holder.pk],
        detail={"fingerprint": holder.fingerprint},
    )
    messages.success(
        request, _("Registered. It counts when a second administrator has compared the fingerprint.")
    )
    return redirect("vault_key")


@require_POST
@login_required
def on_call(request: HttpRequest) -> HttpResponse:
    """Say that I can be reached at any hour for a threat to life, or not any more."""
    holder = openings.held_by(request.scope.officer.pk)
    if holder is None:
        raise Http404
    holder.on_call = request.POST.get("on_call") == "1"
    holder.save(update_fields=["on_call"])
    return redirect("vault_key")


@require_GET
@login_required
def demo_key(request: HttpRequest) -> HttpResponse:
    """The demonstration's ready key of this officer. In service keys are made in the browser, and this is not there."""
    ready = _demo_key(request)
    if ready is None:
        raise Http404
    passphrase = (ready.parent / "passphrase").read_text()
    return HttpResponse(
        pyrage.passphrase.encrypt(ready.read_bytes(), passphrase),  # two seconds: it resists guessing
        content_type="application/octet-stream",
        headers={
            "Content-Disposition": content_disposition_header(True, f"{ready.stem}.age"),
            "Cache-Control": "private, no-store",
        },
    )


def _demo_key(request: HttpRequest) -> Path | None:
    file = Path(settings.HOME) / DEMO_KEYS / f"{request.scope.officer.username}.key"
    return file if settings.DEMO and file.exists() else None

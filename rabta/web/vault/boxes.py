"""Closed boxes on their way to browsers and back, as JSON in base64. What is in them the server cannot read."""

import binascii
from base64 import b64decode, b64encode
from collections.abc import Callable
from functools import wraps
from typing import Any

import orjson
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.request import RawPostDataException
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from rabta.cases.refusal import Refused
from rabta.files import store
from rabta.journey.protecting import vault
from rabta.people import openings
from rabta.people.models import Keyholder, Opening, Sealed
from rabta.web.accounts.step_up import step_up
from rabta.web.vault.views import found

View = Callable[..., HttpResponseBase]


def told(view: View) -> View:
    """The view answers in JSON; what is refused is said there, and nothing of it stays."""

    @wraps(view)
    def around(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            with transaction.atomic():
                response = view(request, *args, **kwargs)
        except Refused as refused:
            response = JsonResponse({"refused": str(refused)}, status=409)
        response.headers["Cache-Control"] = "private, no-store"
        return response

    return around


@require_GET
@login_required
@step_up
@told
def boxes(request: HttpRequest, public_id: str) -> HttpResponse:
    """For the approver: everything that is sealed, in both layers, and the keys that it could be sealed to."""
    asked = found(request, public_id)
    if asked.state != Opening.State.REQUESTED or asked.requested_by_id == request.scope.officer.pk:
        raise Http404
    sealed = vault.hand_out(opening=asked, by=request.scope, now=timezone.now())
    keys = {one.public_id: one.public_key for one in openings.fitting_custodians(asked)}
    return JsonResponse({"boxes": _packed((one.public_id, one.box) for one in sealed), "keys": keys})


@require_POST
@login_required
@step_up
@told
def approve(request: HttpRequest, public_id: str) -> HttpResponse:
    """From the approver: everything sealed again, to one custodian."""
    asked, sent = found(request, public_id), _read(request)
    custodian = Keyholder.objects.filter(public_id=sent.get("custodian", "")).first()
    if custodian is None:
        raise Http404
    vault.approve(
        opening=asked, custodian=custodian, boxes=_unpacked(sent), by=request.scope, now=timezone.now()
    )
    return JsonResponse({"said": "approved"})


@require_POST
@login_required
@step_up
@told
def take(request: HttpRequest, public_id: str) -> HttpResponse:
    """For the named custodian: what was sealed to him; for sealing anew also the keys of today."""
    asked = found(request, public_id)
    taken = vault.take(opening=asked, by=request.scope, now=timezone.now())
    facts: dict[str, Any] = {
        "boxes": _packed((one.sealed.public_id, one.box) for one in taken),
        "commitments": {one.sealed.public_id: one.sealed.commitment for one in taken},
    }
    to = vault.seals_anew(asked)
    if to is not None:
        facts["custodians"] = [holder.public_key for holder in to.custodians]
        facts["approvers"] = [holder.public_key for holder in to.approvers]
    return JsonResponse(facts)


@require_GET
@login_required
@step_up
@told
def file(request: HttpRequest, public_id: str, name: str) -> HttpResponseBase:
    """For the named custodian: a sealed picture or recording, still sealed; its key lies in a box."""
    asked = found(request, public_id)
    if asked.custodian is None or asked.custodian.officer_id != request.scope.officer.pk:
        raise Http404
    vault.may_still_take(opening=asked, by=request.scope, now=timezone.now())
    sealed = (
        Sealed.objects.filter(person=asked.person_id, file__public_id=name).select_related("file").first()
    )
    if sealed is None or sealed.file is None:
        raise Http404
    response = StreamingHttpResponse(store.read(sealed.file), content_type="application/octet-stream")
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_POST
@login_required
@step_up
@told
def opened(request: HttpRequest, public_id: str) -> HttpResponse:
    """The custodian's browser says that it has opened everything, and what it found when it compared."""
    asked, sent = found(request, public_id), _read(request)
    vault.opened(
        opening=asked,
        by=request.scope,
        now=timezone.now(),
        same=_names(sent, "same"),
        differs=_names(sent, "differs"),
    )
    return JsonResponse({"said": "opened"})


@require_POST
@login_required
@step_up
@told
def anew(request: HttpRequest, public_id: str) -> HttpResponse:
    """From the custodian: everything sealed to the keys of today."""
    asked, sent = found(request, public_id), _read(request)
    same = _names(sent, "same")
    vault.seal_anew(opening=asked, boxes=_unpacked(sent), by=request.scope, now=timezone.now(), same=same)
    return JsonResponse({"said": "anew"})


def _names(sent: dict[str, Any], key: str) -> list[str]:
    found = sent.get(key, [])
    return [str(name) for name in found] if isinstance(found, list) else []


def _packed(rows: Any) -> dict[str, str]:
    return {name: b64encode(bytes(box or b"")).decode() for name, box in rows}


def _read(request: HttpRequest) -> dict[str, Any]:
    """The JSON that a page of ours sends; 404 for anything else, also for a form, which was read before us."""
    try:
        sent = orjson.loads(request.body)
    except (orjson.JSONDecodeError, RawPostDataException):
        raise Http404 from None
    return sent if isinstance(sent, dict) else {}


def _unpacked(sent: dict[str, Any]) -> dict[str, bytes]:
    """The boxes by name; anything else than that is a page that nobody of ours made."""
    try:
        return {str(name): b64decode(box, validate=True) for name, box in dict(sent["boxes"]).items()}
    except (KeyError, TypeError, ValueError, binascii.Error):
        raise Http404 from None

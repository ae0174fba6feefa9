"""The receipt code of this visit: sixteen digits that are the only key to a citizen's case.

It stays in a signed cookie for an hour, is turned into a digest for every look-up, and never stands in an address.
"""

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from rabta.cases.models import Case
from rabta.force import access
from rabta.intake.forms import receipt_digest
from rabta.kit import ids

COOKIE = "rabta_receipt"
SENT = "rabta_sent"  # the form that was sent last and may not be in the register yet
_SECONDS = 3600
_SENT_SECONDS = 300


def code_of(request: HttpRequest) -> str | None:
    """The code that was shown or entered in the last hour on this phone; None for a missing or forged cookie."""
    try:
        value = request.get_signed_cookie(COOKIE, max_age=_SECONDS)
    except (KeyError, signing.BadSignature):
        return None
    return ids.parse_receipt_code(text=value or "")


def open_case(code: str) -> Case | None:
    """The case of a code; from then on the running transaction sees it, and nothing else."""
    digest = receipt_digest(code)
    access.enter_receipt(digest)
    return Case.objects.filter(receipt_digest=digest).order_by("-id").first()


def remember(response: HttpResponse, code: str) -> None:
    """Keep the code on this phone for an hour."""
    response.set_signed_cookie(
        COOKIE, code, max_age=_SECONDS, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )


def remember_sent(response: HttpResponse, submission: str) -> None:
    """Note which form was sent, so that the status page can say that it is being read in."""
    response.set_signed_cookie(
        SENT,
        submission,
        max_age=_SENT_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def sent(request: HttpRequest) -> str:
    """The key of the form that this phone sent in the last minutes; empty for none."""
    try:
        return request.get_signed_cookie(SENT, max_age=_SENT_SECONDS) or ""
    except (KeyError, signing.BadSignature):
        return ""


def forget(response: HttpResponse) -> None:
    """Take the code from this phone."""
    for cookie in (COOKIE, SENT):
        response.delete_cookie(cookie, samesite="Lax")

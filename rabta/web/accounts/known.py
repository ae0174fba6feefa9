"""Browsers in which an officer has signed in before. Tries there are counted apart from everybody else's, so that who
types wrong passwords from elsewhere locks nobody out. (OWASP: device cookies.) Such a cookie opens nothing.
"""

import secrets
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from rabta import keys

COOKIE = "rabta_known"
LASTS = timedelta(days=180)
MOST = 12  # officers who take turns at one computer


def mark(request: HttpRequest, response: HttpResponse, *, account: str) -> None:
    """The officer with this user name has signed in here."""
    stands_for = _stands_for(account)
    kept = _read(request)
    mine = kept.pop(stands_for, "") or secrets.token_urlsafe(9)
    newest = {stands_for: mine} | dict(list(kept.items())[: MOST - 1])
    response.set_cookie(
        COOKIE,
        signing.dumps(newest, salt=COOKIE),
        max_age=int(LASTS.total_seconds()),
        path="/login/",
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def of(request: HttpRequest, *, account: str) -> str:
    """What this browser is counted by for the account; empty where that officer never signed in here."""
    return _read(request).get(_stands_for(account), "")


def _read(request: HttpRequest) -> dict[str, str]:
    try:
        found: dict[str, str] = signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=LASTS)
    except signing.BadSignature:
        return {}
    return found


def _stands_for(account: str) -> str:
    """No user name stands in the cookie."""
    return keys.digest("known browser", account.strip().lower()).hex()[:16]

"""Answers that are given before Django is asked: a short sentence in the reader's language."""

import io
import json
from typing import Any

from a2wsgi.wsgi import build_environ
from django.core.handlers.wsgi import WSGIRequest
from django.utils import translation
from django.utils.html import escape
from django.utils.translation import gettext as _

from rabta.web.bridge import Send
from rabta.web.middleware import LANGUAGE_COOKIE, ChosenLanguage


async def answer(status: int, scope: dict[str, Any], send: Send) -> None:
    """Say what is wrong with the request and what helps, as a page or, for programs and the phone's outbox, as JSON."""
    request = WSGIRequest(build_environ(scope, io.BytesIO()))  # type: ignore[arg-type]
    with translation.override(_language(request)):
        title, hint = words(status)
        if scope["path"].startswith("/api/") or request.headers.get("Accept") == "application/json":
            kind, body = (
                "application/problem+json",
                json.dumps({"detail": title, "hint": hint}, ensure_ascii=False),
            )
        else:
            kind, body = "text/html; charset=utf-8", _page(title, hint)
    headers = [
        (b"content-type", kind.encode()),
        (b"content-security-policy", b"default-src 'none'"),
        (b"x-content-type-options", b"nosniff"),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body.encode()})


def words(status: int) -> tuple[str, str]:
    """What happened, and what to do."""
    return {
        400: (_("The request could not be understood."), _("Go back, load the page again and repeat.")),
        408: (
            _("The upload stopped half-way and was not stored."),
            _("Check the connection and send it again. A smaller photo goes through more easily."),
        ),
        413: (
            _("What you sent is too large (40 MB at most) and was not stored."),
            _("Send fewer or smaller files, for example photos instead of a video."),
        ),
        503: (_("Too many people are using this page right now."), _("Please try again in a minute.")),
    }[status]


def _language(request: WSGIRequest) -> str:
    known = ChosenLanguage.known
    chosen = known(request.GET.get("lang", "")) or known(request.COOKIES.get(LANGUAGE_COOKIE, ""))
    return chosen or translation.get_language_from_request(request)


def _page(title: str, hint: str) -> str:
    direction = "rtl" if translation.get_language_bidi() else "ltr"
    return (
        f'<!doctype html><html lang="{translation.get_language()}" dir="{direction}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
        f"<h1>{escape(title)}</h1><p>{escape(hint)}</p>"
    )

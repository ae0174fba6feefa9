"""What every request goes through: the reader's language, and one transaction with the officer's scope."""

from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from rabta.force import access

Handler = Callable[[HttpRequest], HttpResponse]
LANGUAGE_COOKIE = "rabta_language"


class ChosenLanguage:
    """`?lang=ur` or the cookie, else the officer's own language, else the browser's."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.get("lang", "")
        language = self.known(asked) or self.known(request.COOKIES.get(LANGUAGE_COOKIE, ""))
        with translation.override(language or translation.get_language_from_request(request)):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        if self.known(asked):
            response.set_cookie(LANGUAGE_COOKIE, asked, max_age=365 * 86400, samesite="Lax", httponly=True)
        return response

    @staticmethod
    def known(code: str) -> str:
        return code if code in dict(settings.LANGUAGES) else ""


class ScopedTransaction:
    """One transaction per request, in which PostgreSQL knows what the officer may see.

    `request.scope` is the officer's `Scope`, or None for the public. A response with status 500 rolls back.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with transaction.atomic():
            request.scope = None
            if request.user.is_authenticated:
                request.scope = access.scope_of(request.user, on=timezone.localdate())
                access.enter(request.scope)
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response

"""What every request goes through: the reader's language, and one transaction with the officer's scope."""

from collections.abc import Callable, Iterable, Iterator

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone, translation
from django.views.defaults import bad_request

from rabta.force import access

Handler = Callable[[HttpRequest], HttpResponse]
LANGUAGE_COOKIE = "rabta_language"
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


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


def remember_language(response: HttpResponse, code: str) -> HttpResponse:
    """The pages of this browser speak this language from now on."""
    response.set_cookie(LANGUAGE_COOKIE, code, max_age=365 * 86400, samesite="Lax", httponly=True)
    return response


class WithoutNul:
    """PostgreSQL keeps no NUL, and its complaint may quote the text into a log: such a request is answered with 400.

    Stands before the session, whose key comes from a cookie too.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _has_nul([request.path, *request.COOKIES.values()]) or _has_nul(_texts(request, request.GET)):
            return bad_request(request, ValueError("NUL"))
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        """A form is read when its view is known."""
        is_form = request.method == "POST" and request.content_type in FORMS
        if is_form and _has_nul(_texts(request, request.POST)):
            return bad_request(request, ValueError("NUL"))
        return None


def _has_nul(texts: Iterable[str]) -> bool:
    return any("\0" in text for text in texts)


def _texts(request: HttpRequest, given: QueryDict) -> Iterator[str]:
    """Names and values. The API checks its own, and answers in JSON."""
    if request.path.startswith("/api/"):
        return
    for name, values in given.lists():
        yield name
        yield from values


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

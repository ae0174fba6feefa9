"""Errors as JSON: `detail` says what is wrong, `hint` what to do. Nothing of a refused request stays."""

import logging
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.defaults import page_not_found
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from rabta.cases.refusal import Refused
from rabta.files.checks import UploadRefused

log = logging.getLogger(__name__)
TYPE = "application/problem+json"


def install(api: NinjaAPI) -> None:
    """Give the API its answers to everything that goes wrong."""

    def problem(request: HttpRequest, status: int, detail: object, hint: object = "") -> HttpResponse:
        transaction.set_rollback(True)
        response = api.create_response(request, {"detail": str(detail), "hint": str(hint)}, status=status)
        response["Content-Type"] = TYPE
        return response

    @api.exception_handler(Refused)
    def refused(request: HttpRequest, error: Refused) -> HttpResponse:
        return problem(request, 409, error)

    @api.exception_handler(UploadRefused)
    def upload_refused(request: HttpRequest, error: UploadRefused) -> HttpResponse:
        return problem(request, 400, error)

    @api.exception_handler(Http404)
    def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
        return problem(request, 404, _("Not found."), _("It does not exist, or your posts do not reach it."))

    @api.exception_handler(AuthenticationError)
    def unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        hint = _("Send the header “Authorization: Bearer TOKEN”; `rabta token create OFFICER` makes a token.")
        response = problem(request, 401, _("The token is missing, wrong or revoked."), hint)
        response["WWW-Authenticate"] = "Bearer"
        return response

    @api.exception_handler(HttpError)
    def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
        return problem(request, error.status_code, error.message)

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        return problem(request, 422, _("The request is not valid."), "; ".join(map(_in_words, error.errors)))

    @api.exception_handler(Exception)
    def broken(request: HttpRequest, error: Exception) -> HttpResponse:
        log.error("API: %s failed", request.resolver_match and request.resolver_match.route, exc_info=error)
        return problem(
            request, 500, _("Something went wrong here. It has been noted."), _("Try again later.")
        )


def _in_words(error: dict[str, Any]) -> str:
    """`body.lat: Input should be less than or equal to 90`. Never the input itself: it may be a citizen's words."""
    place = ".".join(str(step) for step in error["loc"] if step != "data")
    return f"{place}: {error['msg']}"


def no_such_address(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 for addresses that nothing stands behind: programs get JSON with the way on, people get the page."""
    if not request.path.startswith("/api/"):
        return page_not_found(request, exception)
    hint = _("All addresses are in /api/v1/openapi.json. Mind the end: there is no “/” after the last word.")
    answer = JsonResponse({"detail": _("Nothing is at this address."), "hint": hint}, status=404)
    answer["Content-Type"] = TYPE
    return answer

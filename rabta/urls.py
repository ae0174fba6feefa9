"""All addresses of the pages. Every route is listed with its readers in `tests/web/routes.csv`."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path

PACKAGES = (
    "accounts",
    "desk",
    "officer",
    "supervisor",
    "limits",
    "inquiries",
    "closings",
    "figures",
    "exports",
    "record",
    "channels",
    "press",
    "bulletins",
    "directions",  # before the groups, whose address would take theirs
    "good_work",
    "groups",
    "citizen",
    "files",
    "setup",
    "vault",
    "api",
)


def _live(_request: HttpRequest) -> HttpResponse:
    """The address has its name here; the stream itself is served by `rabta.web.live`, beside Django."""
    raise Http404


urlpatterns: list[URLPattern | URLResolver] = [
    path("live", _live, name="live"),
    *(path("", include(f"rabta.web.{package}.urls")) for package in PACKAGES),
]

handler404 = "rabta.web.api.problems.no_such_address"

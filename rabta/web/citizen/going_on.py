"""Where a page goes on when something was handed in."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse


def on_to(request: HttpRequest, name: str) -> HttpResponse:
    """A redirect to the page of that name; citizen.js is told its address as `{"go": …}`.

    A script can't see where a redirect leads without loading the page, and what it is told once would be gone.
    """
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"go": reverse(name)})
    return redirect(name)

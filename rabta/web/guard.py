"""Who may open a page: public pages aside, everybody logs in and needs one of the named permissions."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from rabta.force.access import Permission, Scope

View = Callable[..., HttpResponseBase]


def needs(*permissions: Permission) -> Callable[[View], View]:
    """The view is for officers who have at least one of the permissions; others get the 403 page in words."""

    def around(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not any(request.scope.has(permission) for permission in permissions):
                return _closed(request)
            response = view(request, *args, **kwargs)
            response.headers.setdefault("Cache-Control", "private, no-store")
            return response

        return login_required(guarded)

    return around


def over_force(permission: Permission) -> Callable[[View], View]:
    """The view is for officers who have the permission over the whole force; others get the 403 page in words."""
    return _where(permission, lambda scope: scope.over_force(permission))


def over_all(permission: Permission) -> Callable[[View], View]:
    """As `over_force`, and not for whom something is kept from at large: for counts that tell of everything."""
    return _where(permission, lambda scope: scope.over_all(permission))


def _where(permission: Permission, true: Callable[[Scope], bool]) -> Callable[[View], View]:
    def around(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return view(request, *args, **kwargs) if true(request.scope) else _closed(request)

        return needs(permission)(guarded)

    return around


def _closed(request: HttpRequest) -> HttpResponse:
    facts = {
        "icon": "lock",
        "title": _("Not open to you"),
        "text": _("None of the posts that you hold today opens this page."),
    }
    return render(request, "errors/page.html", facts, status=403)

"""Who calls: a bearer token, never a cookie. PostgreSQL is told the officer's scope, as for a page.

Another force calls by a key of its own, which opens `handed` alone.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja.errors import HttpError
from ninja.security import HttpBearer

from rabta.force import access
from rabta.force.access import Permission, Scope
from rabta.journey.posts import force_keys
from rabta.web.api import tokens


class Token(HttpBearer):
    """Enters the officer's scope into the transaction of the request; a session that came along counts for nothing."""

    def authenticate(self, request: HttpRequest, token: str) -> Scope | None:
        """The scope of the token's officer; None (401) when the token is no good."""
        officer = tokens.officer_of(token, now=timezone.now())
        if officer is None:
            return None
        scope = access.scope_of(officer, on=timezone.localdate())
        access.enter(scope)
        request.user = officer
        request.scope = scope
        return scope


class ByForce(HttpBearer):
    """Lets a force in by its key. No officer's rights come with it, whatever session came along."""

    def authenticate(self, request: HttpRequest, token: str) -> str | None:
        """The code of the force; None (401) when the key is no good."""
        force = force_keys.force_of(token, now=timezone.now())
        request.user, request.scope = AnonymousUser(), None
        return force


def needs(*permissions: Permission) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Only for officers with one of the permissions: 403 otherwise."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **words: Any) -> Any:
            if not any(request.scope.has(permission) for permission in permissions):
                raise HttpError(403, _("Your posts do not allow this."))
            return view(request, *args, **words)

        return guarded

    return decorate

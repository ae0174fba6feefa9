"""What every page knows."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, get_language_bidi

from rabta.force.access import Permission


def page(request: HttpRequest) -> dict[str, object]:
    """Direction, languages, and what the officer's menu may offer."""
    scope = getattr(request, "scope", None)
    return {
        "direction": "rtl" if get_language_bidi() else "ltr",
        "language": get_language(),
        "languages": settings.LANGUAGES,
        "scope": scope,
        "may": {permission.value: scope.has(permission) for permission in Permission} if scope else {},
        "demo": settings.DEMO,
    }

"""Where passkeys work at all: browsers want a name with https, or localhost."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def host_for_passkeys(request: HttpRequest) -> dict[str, object]:
    """Whether this address can have passkeys (`here`), and the address of this page that can (`elsewhere`).

    A passkey belongs to a name; an address made of numbers has none. On one's own machine that name is localhost.
    """
    name, _colon, port = request.get_host().partition(":")
    try:
        numbers = ip_address(name)
    except ValueError:
        return {"here": request.is_secure() or name == "localhost" or settings.SESSION_COOKIE_SECURE}
    if not numbers.is_loopback:
        return {"here": False}
    return {"here": False, "elsewhere": f"http://localhost:{port}{request.path}"}

"""Who asks: the address that tries are counted by and that the list of devices shows."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """For a proxy of ours (on this machine, or with RABTA_BEHIND_PROXY) whoever it names in X-Real-IP."""
    peer, named = request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_REAL_IP", "")
    try:
        believed = ip_address(peer).is_loopback or settings.BEHIND_PROXY
        return str(ip_address(named)) if believed else peer
    except ValueError:
        return peer

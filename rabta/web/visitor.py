"""Who asks: the address that tries are counted by and that the list of devices shows."""

from ipaddress import ip_address

from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """For a proxy on this machine whoever it names in X-Real-IP, whose word nobody else may use."""
    peer, named = request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_REAL_IP", "")
    try:
        return str(ip_address(named)) if ip_address(peer).is_loopback else peer
    except ValueError:
        return peer

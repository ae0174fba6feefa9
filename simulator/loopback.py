"""Nothing leaves this machine: only loopback addresses are ever called or answered."""

from __future__ import annotations

from ipaddress import ip_address

from yarl import URL


def is_loopback(host: str | None) -> bool:
    """Whether a host name or address means this machine."""
    if not host:
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def check_address(address: str, *, what: str) -> str:
    """Return the address if it is http(s) on loopback, else ValueError."""
    url = URL(address)
    if url.scheme not in ("http", "https") or not is_loopback(url.host):
        raise ValueError(
            f"{what}: {address!r} is not an http address on this machine (127.0.0.1 or localhost)"
        )
    return address

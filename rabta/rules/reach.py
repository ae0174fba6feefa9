"""Where accounts may lead: anywhere in the internet, and inside one's own network only where the force has said so.

Whoever may connect an account could else try, with its test button, which machines and ports there are inside.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from ipaddress import IPv4Network as _V4

Network = _V4 | IPv6Network
LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
# Addresses in which an IPv4 address lies: a translator on the way would take us there.
_TRANSLATED = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))


def networks(text: str) -> tuple[Network, ...]:
    """Networks and addresses, separated by commas. Raises ValueError."""
    return tuple(ip_network(word.strip(), strict=False) for word in text.split(",") if word.strip())


def may_reach(address: str, *, allowed: Iterable[Network]) -> bool:
    """Whether a connection may go to this address (not a name: names are resolved first)."""
    try:
        target = _plain(ip_address(address.partition("%")[0]))
    except ValueError:
        return False
    if any(target.version == network.version and target in network for network in allowed):
        return True
    return target.is_global and not target.is_multicast and not any(target in net for net in _TRANSLATED)


def _plain(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 one stands for, where it does."""
    if isinstance(address, IPv6Address):
        return address.ipv4_mapped or address.sixtofour or address
    return address

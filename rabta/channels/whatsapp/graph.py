"""The Graph API as WhatsApp uses it: the shared requests with WhatsApp's error numbers."""

from rabta.channels.meta.graph import Graph, address, api_url, bearer, failing_as, timeout
from rabta.channels.whatsapp.troubles import MEANINGS

__all__ = ["address", "api_url", "bearer", "failing_as", "get", "post", "timeout", "understood"]

_graph = Graph(lambda number, _subcode: MEANINGS.get(number))
post, get, understood = _graph.post, _graph.get, _graph.understood

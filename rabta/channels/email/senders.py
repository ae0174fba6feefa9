"""Who wrote, and what our own server says of whether that is true.

A From line is a claim. Where our server checked it (Authentication-Results, RFC 8601) and found it false, the writer is
somebody else than whoever is known by that address: what he writes joins nobody's case, and STATUS tells him nothing.
"""

import re
from collections.abc import Collection
from email.message import Message

from rabta.channels.contract import Sender
from rabta.channels.email import mime
from rabta.channels.shapes import Misshapen

SCHEME = "email"
UNVERIFIED = "unverified:"
FALSE, UNSAID = "fail", ""
# Comments, and quoted words: the left part of an address may hold anything, also "; dmarc=pass".
_WRITTEN_BY_STRANGERS = re.compile(r'\([^()]*\)|"(?:[^"\\]|\\.)*"?')
_RESULT = re.compile(r"(?:^|;)\s*(dmarc|spf|dkim)\s*=\s*([a-z]+)", re.IGNORECASE)


def sender(message: Message, *, servers: Collection[str]) -> Sender:
    """Who claims to have written; raises Misshapen when nobody does. Answers never go to Reply-To."""
    for name in ("from", "sender", "return-path"):
        known_as, address = mime.address_of(mime.header(message, name))
        if address:
            break
    else:
        raise Misshapen("no sender")
    name = known_as[:80] if mime.address_of(known_as)[1] in ("", address) else ""
    if judged(message, servers=servers) == FALSE:
        # Stored as it is; the address stays in sight because answers go to its owner.
        return Sender(
            scheme=SCHEME, handle=f"{UNVERIFIED}{address}", address=address, known_as=f"{address} (not verified)",
            name=f"{name} (not verified)" if name else "",
        )  # fmt: skip
    return Sender(scheme=SCHEME, handle=address, address=address, name="" if name == address else name)


def is_verified(writer: Sender) -> bool:
    """Whether nobody found the claim false. Else not even the subject is said again to whoever has that address."""
    return not writer.handle.startswith(UNVERIFIED)


def judged(message: Message, *, servers: Collection[str]) -> str:
    """pass, fail, or "" when our server (one of these names) said nothing. Only its topmost word counts."""
    for line in mime.headers(message, "authentication-results"):
        line = _WRITTEN_BY_STRANGERS.sub(" ", line)
        server = line.partition(";")[0].strip().split(" ")[0].casefold()
        if server not in servers:
            continue
        results: dict[str, set[str]] = {}
        for method, result in _RESULT.findall(line):
            results.setdefault(method.casefold(), set()).add(result.casefold())
        if results.get("dmarc", set()) & {"pass", "fail"}:
            return FALSE if "fail" in results["dmarc"] else "pass"
        if "pass" in results.get("dkim", set()) | results.get("spf", set()):
            return "pass"
        return FALSE if "fail" in results.get("spf", set()) | results.get("dkim", set()) else UNSAID
    return UNSAID

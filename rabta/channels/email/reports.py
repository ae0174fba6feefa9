"""What servers and mail programs say of a letter of ours: bounces (RFC 3464) and notices of reading (RFC 8098).

A letter is found by its Message-ID, which holds the delivery's token, or by the id of its envelope (RFC 3461).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from uuid import UUID

from rabta.channels.contract import TroubleCode
from rabta.channels.email import mime

_OURS = re.compile(r"<rabta\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@([^\s<>@]{1,190})>", re.IGNORECASE)
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_MAILBOX = re.compile(r"[^\s@<>]{1,64}@[^\s@<>]{1,190}")
_LATE = re.compile(r"(?i)\b(delay|warning|will be retried|still trying|not yet been delivered)")
_ACTIONS = {"failed": "failed", "delivered": "delivered", "relayed": "sent", "expanded": "sent"}


@dataclass(frozen=True, kw_only=True)
class Told:
    """What is said of one letter; `status` is empty for what changes nothing (it is late, it was deleted unread)."""

    id: str  # our Message-ID, "" when only the token is known
    token: str
    status: str
    trouble: str = ""
    detail: str = ""


def message_id(token: str, *, address: str) -> str:
    """The Message-ID of a letter of ours: the same whenever the letter is tried."""
    return f"<rabta.{token}@{address.rpartition('@')[2].casefold()}>"


def ours_in(text: str) -> list[str]:
    """Every Message-ID of ours in a text, in order."""
    return [f"<rabta.{found[1].lower()}@{found[2].casefold()}>" for found in _OURS.finditer(text)]


def is_report(message: Message) -> bool:
    """Whether this is a report in the form that standards give it."""
    kind = message.get_content_type()
    return kind == "multipart/report" or any(
        part.get_content_type() in ("message/delivery-status", "message/disposition-notification")
        for part in _parts(message)
    )


def told(message: Message) -> Told | None:
    """What a report says; None when it is of no letter of ours."""
    parts = {part.get_content_type(): part for part in _parts(message)}
    status = parts.get("message/delivery-status")
    read = parts.get("message/disposition-notification")
    if read is not None:
        return _reading(read)
    if status is not None:
        return _delivery(status, parts)
    return None


def bounce(message: Message, text: str) -> Told | None:
    """What a server says in plain words (older ones do); None when it names no letter of ours."""
    found = ours_in(text[:200_000])
    if not found:
        return None
    if _LATE.search(mime.header(message, "subject")):
        return _told(found[0], "", detail="delayed")
    code = _STATUS.search(text[:20_000])
    return _failed(found[0], code[0] if code else "", "")


def _parts(message: Message) -> Iterator[Message]:
    inner = message.get_payload()
    return (part for part in inner if isinstance(part, Message)) if isinstance(inner, list) else iter(())


def _delivery(status: Message, parts: dict[str, Message]) -> Told | None:
    groups = (
        [group for group in status.get_payload() if isinstance(group, Message)]
        if status.is_multipart()
        else []
    )
    id = _about(parts, [mime.header(group, "original-envelope-id") for group in groups[:1]])
    if id is None:
        return None
    for group in groups[1:20] or groups[:1]:
        action = mime.header(group, "action", longest=40).casefold()
        if action == "failed":
            code = mime.header(group, "status", longest=40)
            return _failed(id, code, mime.header(group, "diagnostic-code", longest=300))
        if action in _ACTIONS:
            return _told(id, _ACTIONS[action], detail=action)
    return _told(id, "", detail="delayed")


def _about(parts: dict[str, Message], envelopes: list[str]) -> str | None:
    """The letter that a report is about: by the copy of it, or of its headers, else by the envelope's id."""
    for kind in ("message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers"):
        part = parts.get(kind)
        if part is None:
            continue
        inner = part.get_payload()
        if isinstance(inner, list) and inner and isinstance(inner[0], Message):
            text = mime.header(inner[0], "message-id")
        else:
            text = mime.text_of(part)[:100_000]
        if found := ours_in(text):
            return found[0]
    for given in envelopes:
        try:
            return str(UUID(given.strip()))
        except ValueError:
            continue
    return None


def _reading(part: Message) -> Told | None:
    inner = part.get_payload()
    fields = inner[0] if isinstance(inner, list) and inner and isinstance(inner[0], Message) else part
    if not fields.get("original-message-id"):
        fields = (
            mime.parse(mime.content(part))
            if not part.is_multipart() and mime.content(part).strip()
            else fields
        )
    found = ours_in(mime.header(fields, "original-message-id"))
    if not found:
        return None
    done = mime.header(fields, "disposition", longest=200).casefold().rpartition(";")[2].strip()
    return _told(found[0], "read" if done.startswith("displayed") else "", detail=done[:40])


def _failed(id: str, code: str, words: str) -> Told:
    said = _MAILBOX.sub("…", f"{code} {words}".strip())  # servers quote whom they could not reach
    return _told(id, "failed", trouble=trouble_of(code or words).value, detail=said)


def _told(id: str, status: str, *, trouble: str = "", detail: str = "") -> Told:
    found = _OURS.fullmatch(id)
    token = found[1].lower() if found else id
    return Told(id=id if found else "", token=token, status=status, trouble=trouble, detail=detail[:300])


def trouble_of(code: str) -> TroubleCode:
    """What an enhanced status code (RFC 3463) means for the outbox."""
    found = _STATUS.search(code)
    if found is None:
        return TroubleCode.RECIPIENT
    subject, detail = int(found[2]), int(found[3])
    if (subject, detail) in ((2, 3), (3, 4)):
        return TroubleCode.MEDIA  # larger than the mailbox or the system takes
    if subject in (1, 2):
        return TroubleCode.RECIPIENT
    if subject in (6, 7):
        return TroubleCode.REFUSED
    return TroubleCode.UNREACHABLE

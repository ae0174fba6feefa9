"""What a message from the mailbox is: somebody's words, a server's word on a letter of ours, or a machine's."""

import hashlib
import re
from collections import Counter
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime

from rabta.channels.contract import Arrived, Ignored, Read, Receipt
from rabta.channels.email import automatic, mime, reports
from rabta.channels.email.body import Body, account_of, opened
from rabta.channels.email.files import file_at, files_in
from rabta.channels.email.senders import is_verified, sender
from rabta.channels.email.words import words_of
from rabta.channels.shapes import load, moment
from rabta.channels.single import read_with

CUT = "[…]"
LONGEST_SUBJECT = 200
_ID = re.compile(r"<[^<>\s]{1,400}>")
_PREFIX = re.compile(r"^\s*(?:[^\W\d_]{2,4}(?:\[\d{1,3}\])?\s{0,2}[:：]\s*)+")
_ANSWERS = re.compile(r"^\s*(?:re|aw|sv|antw|r)(?:\[\d{1,3}\])?\s{0,2}[:：]", re.IGNORECASE)
_EMPTY = ("(no subject)", "no subject")


def count(raw: bytes) -> Counter[str]:
    """One: a body is one message."""
    return Counter({account_of(raw): 1})


def read(raw: bytes) -> list[Read]:
    """The message, receipt, or why it is ignored. Raises ValueError when the body is no JSON object."""
    return read_with(lambda _account, body: _message(opened(body)), raw)


def within(raw: bytes, ref: str) -> bytes:
    """A file of the message in this body. Raises ValueError when it is not there."""
    return file_at(list(mime.leaves(mime.parse(opened(load(raw)).raw))), ref)


def _message(body: Body) -> Read:
    message = mime.parse(body.raw)
    id = _id_of(message)
    key = _key(body, message, id)
    if reports.is_report(message):
        return _report(body, key, reports.told(message))
    writer = sender(message, servers=body.servers)
    if automatic.is_machine(message, sender=writer.address):
        said = reports.bounce(message, body.raw[:200_000].decode("latin-1"))
        return _report(body, key, said)
    if reason := automatic.why(message, sender=writer.address, own=body.own | {body.account}):
        return Ignored(account=body.account, key=key, reason=reason)
    leaves = list(mime.leaves(message))
    answers = _answered(message)
    words = words_of(leaves, own=body.own, answers_us=bool(answers and reports.ours_in(answers)))
    subject = mime.header(message, "subject", longest=LONGEST_SUBJECT)
    text = _with_subject(words, subject) + (f"\n{CUT}" if body.cut else "")
    files = files_in(leaves) if not body.cut else ()
    if not text.strip() and not files:
        return Ignored(account=body.account, key=key, reason="nothing said")
    return Arrived(
        account=body.account,
        key=key,
        provider_id=id or key,
        sender=writer,
        kind="text" if text.strip() else files[0].kind,
        text=text,
        media=files,
        sent_at=_sent_at(message) or moment(body.at),
        in_reply_to=answers,
        thread=f"{id} {_PREFIX.sub('', subject)}".strip() if id and is_verified(writer) else "",
    )


def _report(body: Body, key: str, said: reports.Told | None) -> Read:
    if said is None:
        return Ignored(account=body.account, key=key, reason="word of a mail server")
    if not said.status:
        reason = "letter is late" if said.detail == "delayed" else "word of a mail program"
        return Ignored(account=body.account, key=key, reason=reason)
    return Receipt(
        account=body.account,
        key=f"receipt:{said.token}:{said.status}:{key}",
        provider_id=said.id or said.token,
        token=said.token,
        status=said.status,
        at=moment(body.at),
        trouble=said.trouble,
        detail=said.detail if said.status == "failed" else "",
    )


def _id_of(message: Message) -> str:
    """The Message-ID; "" when there is none that can be one."""
    found = _ID.search(mime.header(message, "message-id"))
    return found[0] if found else ""


def _key(body: Body, message: Message, id: str) -> str:
    """The same however often a message is fetched. Two that bear one id, by mistake or by design, are two."""
    if not id:
        return f"message:{hashlib.sha256(body.raw).hexdigest()[:40]}"
    facts = [id, *(mime.header(message, name) for name in ("from", "date"))]
    return f"message:{hashlib.sha256(repr(facts).encode()).hexdigest()[:40]}"


def _answered(message: Message) -> str:
    """The id of what this answers: a letter of ours if it names one, the newest first."""
    to, chain = (mime.header(message, name) for name in ("in-reply-to", "references"))
    ours = [*reports.ours_in(chain), *reports.ours_in(to)]
    if ours:
        return ours[-1]
    found = _ID.findall(to) or _ID.findall(chain)[-1:]
    return found[0] if found else ""


def _with_subject(words: str, subject: str) -> str:
    """The subject above the words, unless it only repeats: an answer's, or what the words begin with."""
    told = "" if subject.casefold() in _EMPTY else subject
    if not words.strip():
        return told
    answers = _ANSWERS.match(told) is not None
    return (
        words if not told or answers or words.casefold().startswith(told.casefold()) else f"{told}\n\n{words}"
    )


def _sent_at(message: Message) -> datetime | None:
    try:
        found = parsedate_to_datetime(mime.header(message, "date", longest=100))
        at = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at if 1970 < at.year < 9999 else None

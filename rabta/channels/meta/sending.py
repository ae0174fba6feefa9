"""Private letters of Messenger and Instagram: to whom, long text in parts, files, the private answer to a comment.

One letter may be several messages. They go one after the other, and once the first was taken nothing is repeated from
the start: a part that fails in passing is tried again here, and if that does not help the letter is in doubt.
"""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass

import orjson
from aiohttp import FormData

from rabta.channels.contract import AccountFacts, Letter, Sent, Session, Trouble, TroubleCode
from rabta.channels.meta import graph
from rabta.channels.meta.messaging import is_message
from rabta.channels.meta.troubles import ANSWERED_ALREADY, GRAPH
from rabta.channels.shapes import Json, text_of

KINDS = {"image": "image", "audio": "audio", "video": "video", "document": "file"}
NAMES = {
    "image/jpeg": "photo.jpg", "image/png": "picture.png", "application/pdf": "document.pdf",
    "video/mp4": "film.mp4", "video/quicktime": "film.mov",
}  # fmt: skip
JSON = {"Content-Type": "application/json"}
PAUSES = (1.0, 4.0, 15.0)  # before a later part is tried again
MOST_BUTTONS = 13
RESPONSE = {"messaging_type": "RESPONSE"}
LATE = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
_SENTENCE = re.compile(r"(?<=[.!?۔؟।…])\s+|\n+")


@dataclass(frozen=True, kw_only=True)
class Way:
    """What differs between the channels: how long a message may be, and what may stand in it."""

    longest: int  # characters
    longest_bytes: int = 0  # 0: characters count
    token: bool = False  # whether our token comes back with the echo
    upload: Json | None = None  # further fields of an upload


async def send_privately(session: Session, account: AccountFacts, letter: Letter, way: Way) -> Sent:
    """Hand one private letter over. Raises Trouble, UNCERTAIN when a part of it may have been taken."""
    if letter.template:
        raise Trouble(TroubleCode.WINDOW_CLOSED, "there are no templates here")
    messages = await _messages(session, account, letter, way)
    if way.token and letter.token:
        messages[-1] = messages[-1] | {"metadata": letter.token}
    sent, writer = await _first(session, account, letter, messages[0])
    for number, message in enumerate(messages[1:], start=2):
        try:
            sent = await _later(session, account, letter, message, writer)
        except Trouble as trouble:
            text = f"part {number} of {len(messages)}: {trouble.text}"
            raise Trouble(TroubleCode.UNCERTAIN, text) from None
    return Sent(provider_id=sent)


async def _messages(session: Session, account: AccountFacts, letter: Letter, way: Way) -> list[Json]:
    """The letter as messages: a file first, then its text in parts; buttons go with the last."""
    messages: list[Json] = []
    if letter.media is not None:
        kind = KINDS.get(letter.media_kind, "file")
        uploaded = await _upload(session, account, letter, kind, way)
        messages.append({"attachment": {"type": kind, "payload": {"attachment_id": uploaded}}})
    text = letter.text
    if letter.place:
        point = f"https://maps.google.com/?q={letter.place.lat:.6f},{letter.place.lng:.6f}"
        text = "\n".join(filter(None, [text, letter.place.name, point]))
    messages += [
        {"text": part} for part in in_parts(text, longest=way.longest, longest_bytes=way.longest_bytes)
    ]
    if not messages:
        raise Trouble(TroubleCode.REFUSED, "a letter without content")
    if letter.buttons and "text" in messages[-1]:
        messages[-1]["quick_replies"] = [
            {"content_type": "text", "title": button.title[:20], "payload": button.key}
            for button in letter.buttons[:MOST_BUTTONS]
        ]
    return messages


def in_parts(text: str, *, longest: int, longest_bytes: int = 0) -> list[str]:
    """The text in parts that fit, divided after sentences, else between words, else anywhere."""
    text, parts = text.strip(), []
    while text:
        end = _fitting(text, longest, longest_bytes)
        if end < len(text):
            end = _good_end(text, end)
        parts.append(text[:end].strip())
        text = text[end:].strip()
    return parts


def _fitting(text: str, longest: int, longest_bytes: int) -> int:
    """How many characters of the text may stand in one message."""
    end = min(len(text), longest)
    if longest_bytes:
        end = len(text[:end].encode()[:longest_bytes].decode(errors="ignore"))
    return end


def _good_end(text: str, most: int) -> int:
    """Where to divide: after the last sentence of the second half, else at the last blank there."""
    ends = [found.end() for found in _SENTENCE.finditer(text, 0, most + 1) if most // 2 < found.end() <= most]
    if ends:
        return ends[-1]
    blank = max(text.rfind(" ", 0, most + 1), text.rfind("\n", 0, most + 1))
    return blank if blank > most // 2 else most


def recipient(letter: Letter, *, answers_comment: bool = True) -> Json:
    """Whom it goes to: a person, or (once) whoever wrote a comment or a post that the letter answers."""
    kind, _, name = letter.to.partition(":")
    if kind in ("comment", "post") and name:
        return {f"{kind}_id": name}
    if (
        answers_comment
        and letter.in_reply_to
        and not is_message(letter.in_reply_to)
        and ":" not in letter.in_reply_to
    ):
        return {"comment_id": letter.in_reply_to}
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,200}", letter.to):
        raise Trouble(TroubleCode.RECIPIENT, "nobody who can be written to privately")
    return {"id": letter.to}


async def _first(session: Session, account: AccountFacts, letter: Letter, message: Json) -> tuple[str, str]:
    """The first message: its id, and whom it went to. A comment that was answered before is answered to its writer."""
    to = recipient(letter)
    try:
        return await _deliver(session, account, letter, message, to)
    except Trouble as trouble:
        direct = recipient(letter, answers_comment=False)
        if direct == to or not trouble.text.startswith(str(ANSWERED_ALREADY)):
            raise
    return await _deliver(session, account, letter, message, direct)


async def _later(session: Session, account: AccountFacts, letter: Letter, message: Json, writer: str) -> str:
    """A further message, to whom the first one went."""
    for pause in (*PAUSES, None):
        try:
            return (await _deliver(session, account, letter, message, {"id": writer}))[0]
        except Trouble as trouble:
            if not trouble.retry or pause is None:
                raise
        await asyncio.sleep(pause)
    raise AssertionError  # the last try returns or raises


async def _deliver(
    session: Session, account: AccountFacts, letter: Letter, message: Json, to: Json
) -> tuple[str, str]:
    """One message: its id, and the person that it went to (the provider says who wrote a comment)."""
    body: Json = {"recipient": to, "message": message}
    if "id" in to:
        body |= LATE if letter.late else RESPONSE
        if letter.in_reply_to and is_message(letter.in_reply_to):
            body["reply_to"] = {"mid": letter.in_reply_to}
    answer = await _made(session, account, (account.external_id, "messages"), body)
    mid = _needed_id(answer, "message_id")
    return mid, text_of(answer, "recipient_id", longest=100) or letter.to


async def post_for_id(session: Session, account: AccountFacts, path: Sequence[str], body: Json) -> str:
    """POST that makes something people see; the id of what was made. Raises Trouble, UNCERTAIN when it may exist."""
    return _needed_id(await _made(session, account, path, body), "id")


async def _made(session: Session, account: AccountFacts, path: Sequence[str], body: Json) -> Json:
    url, raw = graph.address(account, *path), orjson.dumps(body)
    return await GRAPH.post(session, url, account, broken=TroubleCode.UNCERTAIN, data=raw, headers=JSON)


def _needed_id(answer: Json, name: str) -> str:
    found = text_of(answer, name, longest=512)
    if not found:
        raise Trouble(TroubleCode.UNCERTAIN, f"an answer without {name}")
    return found


async def _upload(session: Session, account: AccountFacts, letter: Letter, kind: str, way: Way) -> str:
    """Bring the bytes to the provider; their id. Nothing reaches the person by this, so it may be repeated."""
    form = FormData()
    form.add_field(
        "message", orjson.dumps({"attachment": {"type": kind, "payload": {"is_reusable": False}}}).decode()
    )
    for name, value in (way.upload or {}).items():
        form.add_field(name, value)
    filename = NAMES.get(letter.media_mime, letter.media_kind)
    form.add_field("filedata", letter.media, filename=filename, content_type=letter.media_mime)
    url = graph.address(account, account.external_id, "message_attachments")
    answer = await GRAPH.post(session, url, account, broken=TroubleCode.UNREACHABLE, total=120, data=form)
    uploaded = text_of(answer, "attachment_id", longest=200)
    if not uploaded:
        raise Trouble(TroubleCode.MEDIA, "an upload without an id", retry=True)
    return uploaded

"""Sending a letter: text, buttons, template, picture, document, voice or place; and marking as read."""

from collections.abc import Sequence

import orjson
from aiohttp import FormData

from rabta.channels.contract import (
    AccountFacts,
    Button,
    Letter,
    Sent,
    Session,
    Template,
    Trouble,
    TroubleCode,
    numbered,
)
from rabta.channels.shapes import Json, text_of
from rabta.channels.whatsapp import graph
from rabta.channels.whatsapp.media import LARGEST, MB

MOST_BUTTONS, MOST_ROWS = 3, 10
TITLE, ROW_TITLE, ROW_NOTE = 20, 24, 72
LONGEST_WITH_BUTTONS = 1024
PICTURES = ("image/jpeg", "image/png")  # others go as documents
CAPTIONED = ("image", "video", "document")
NAMES = {"image/jpeg": "photo.jpg", "image/png": "picture.png", "application/pdf": "document.pdf"}


async def send(session: Session, account: AccountFacts, letter: Letter) -> Sent:
    """Hand one letter over; media are uploaded first. Raises Trouble, UNCERTAIN when it may have been taken."""
    url = graph.address(account, account.external_id, "messages")
    if letter.mark_read:
        return await _mark_read(session, account, url, letter)
    content = await _content(session, account, letter)
    answer = await graph.post(
        session, url, account, broken=TroubleCode.UNCERTAIN, data=orjson.dumps(_envelope(letter) | content),
        headers={"Content-Type": "application/json"},
    )  # fmt: skip
    messages = answer.get("messages")
    first = messages[0] if isinstance(messages, list) and messages else None
    provider_id = text_of(first, "id", longest=512) if isinstance(first, dict) else ""
    if not provider_id:
        raise Trouble(TroubleCode.UNCERTAIN, "an answer without a message id")
    return Sent(provider_id=provider_id)


async def _mark_read(session: Session, account: AccountFacts, url: str, letter: Letter) -> Sent:
    """Two blue ticks for the person, on this message and those before it. Doing it twice does no harm."""
    mark = {"messaging_product": "whatsapp", "status": "read", "message_id": letter.in_reply_to}
    await graph.post(session, url, account, broken=TroubleCode.UNREACHABLE, json=mark)
    return Sent(provider_id="")


def _envelope(letter: Letter) -> Json:
    """Everything but the content. People without a visible number are reached by the provider's user id."""
    by_number = letter.to.lstrip("+").isdigit()
    envelope: Json = {"messaging_product": "whatsapp", "recipient_type": "individual"}
    envelope["to" if by_number else "recipient"] = letter.to
    if letter.token:
        envelope["biz_opaque_callback_data"] = letter.token
    if letter.in_reply_to:
        envelope["context"] = {"message_id": letter.in_reply_to}
    return envelope


async def _content(session: Session, account: AccountFacts, letter: Letter) -> Json:
    if letter.template:
        return {"type": "template", "template": template(letter.template, letter.buttons)}
    if letter.media is not None:
        return await _media(session, account, letter)
    if letter.place:
        place = letter.place
        found = {"latitude": place.lat, "longitude": place.lng} | ({"name": place.name} if place.name else {})
        return {"type": "location", "location": found}
    if letter.buttons and len(letter.text) <= LONGEST_WITH_BUTTONS:
        return {"type": "interactive", "interactive": interactive(letter.text, letter.buttons)}
    text = numbered(letter.text, letter.buttons) if letter.buttons else letter.text
    return {"type": "text", "text": {"body": text, "preview_url": False}}


def template(given: Template, buttons: Sequence[Button] = ()) -> Json:
    """A template with its variables, and what each of its own buttons says when it is pressed.

    The provider refuses line ends, tabs, runs of spaces and empty variables.
    """
    filled = [{"type": "text", "text": " ".join(value.split()) or "-"} for value in given.params]
    components: list[Json] = [{"type": "body", "parameters": filled}] if filled else []
    for index, button in enumerate(buttons):
        payload = [{"type": "payload", "payload": button.key}]
        components.append(
            {"type": "button", "sub_type": "quick_reply", "index": str(index), "parameters": payload}
        )
    body: Json = {"name": given.name, "language": {"code": given.language}}
    return body | ({"components": components} if components else {})


def interactive(text: str, buttons: Sequence[Button]) -> Json:
    """Up to three buttons, or a list of up to ten lines. What is too long for its place is cut, never refused.

    The button that sends where one is stands alone, and WhatsApp itself says what is on it.
    """
    if buttons[0].sends_place:
        request: Json = {"type": "location_request_message", "body": {"text": text}}
        return request | {"action": {"name": "send_location"}}
    if len(buttons) <= MOST_BUTTONS and not any(button.note for button in buttons):
        replies = [{"type": "reply", "reply": {"id": b.key, "title": _cut(b.title, TITLE)}} for b in buttons]
        return {"type": "button", "body": {"text": text}, "action": {"buttons": replies}}
    rows = [_row(button) for button in buttons[:MOST_ROWS]]
    action = {"button": _cut(buttons[0].opens or "☰", TITLE), "sections": [{"rows": rows}]}
    return {"type": "list", "body": {"text": text}, "action": action}


def _row(button: Button) -> Json:
    row = {"id": button.key, "title": _cut(button.title, ROW_TITLE)}
    return row | ({"description": _cut(button.note, ROW_NOTE)} if button.note else {})


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


async def _media(session: Session, account: AccountFacts, letter: Letter) -> Json:
    kind = letter.media_kind
    if kind == "image" and letter.media_mime not in PICTURES:
        kind = "document"
    if letter.text and kind not in CAPTIONED:
        raise Trouble(TroubleCode.REFUSED, f"{kind} carries no text here")
    content: Json = {"id": await _upload(session, account, letter)}
    if letter.text:
        content["caption"] = letter.text
    if kind == "document":
        content["filename"] = letter.media_name or NAMES.get(letter.media_mime, "document")
    return {"type": kind, kind: content}


async def _upload(session: Session, account: AccountFacts, letter: Letter) -> str:
    """Bring the bytes to the provider; its media id. Nothing reaches the person by this, so it may be repeated."""
    largest = LARGEST.get(letter.media_kind, 0)
    if letter.media is None or len(letter.media) > largest:
        raise Trouble(TroubleCode.MEDIA, f"more than {largest // MB} MB as {letter.media_kind}")
    form = FormData()
    form.add_field("messaging_product", "whatsapp")
    form.add_field("type", letter.media_mime)
    name = NAMES.get(letter.media_mime, letter.media_kind)
    form.add_field("file", letter.media, filename=name, content_type=letter.media_mime)
    url = graph.address(account, account.external_id, "media")
    answer = await graph.post(session, url, account, broken=TroubleCode.UNREACHABLE, total=120, data=form)
    media_id = text_of(answer, "id", longest=200)
    if not media_id:
        raise Trouble(TroubleCode.MEDIA, "an upload without a media id", retry=True)
    return media_id

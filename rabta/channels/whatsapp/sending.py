"""Sending a letter: text, template, picture, document, voice or place."""

import orjson
from aiohttp import FormData

from rabta.channels.contract import AccountFacts, Letter, Sent, Session, Template, Trouble, TroubleCode
from rabta.channels.shapes import Json, text_of
from rabta.channels.whatsapp import graph

CAPTIONED = ("image", "video", "document")
NAMES = {"image/jpeg": "photo.jpg", "image/png": "picture.png", "application/pdf": "document.pdf"}


async def send(session: Session, account: AccountFacts, letter: Letter) -> Sent:
    """Hand one letter over; media are uploaded first. Raises Trouble, UNCERTAIN when it may have been taken."""
    content = await _content(session, account, letter)
    url = graph.address(account, account.external_id, "messages")
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
        return {"type": "template", "template": template(letter.template)}
    if letter.media is not None:
        return await _media(session, account, letter)
    if letter.place:
        place = letter.place
        found = {"latitude": place.lat, "longitude": place.lng} | ({"name": place.name} if place.name else {})
        return {"type": "location", "location": found}
    return {"type": "text", "text": {"body": letter.text, "preview_url": False}}


def template(given: Template) -> Json:
    """A template with its variables. The provider refuses line ends, tabs, runs of spaces and empty variables."""
    filled = [{"type": "text", "text": " ".join(value.split()) or "-"} for value in given.params]
    body: Json = {"name": given.name, "language": {"code": given.language}}
    return body | ({"components": [{"type": "body", "parameters": filled}]} if filled else {})


async def _media(session: Session, account: AccountFacts, letter: Letter) -> Json:
    kind = letter.media_kind
    if letter.text and kind not in CAPTIONED:
        raise Trouble(TroubleCode.REFUSED, f"{kind} carries no text here")
    content: Json = {"id": await _upload(session, account, letter)}
    if letter.text:
        content["caption"] = letter.text
    if kind == "document":
        content["filename"] = NAMES.get(letter.media_mime, "document")
    return {"type": kind, kind: content}


async def _upload(session: Session, account: AccountFacts, letter: Letter) -> str:
    """Bring the bytes to the provider; its media id. Nothing reaches the person by this, so it may be repeated."""
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

"""Sending a letter: text in parts, a file with its words, a place, and buttons under the last of it.

Telegram gives nothing back that we could recognise a letter by, and no word on its delivery. Whatever broke off after
the request left is in doubt, and a person decides.
"""

import re
from collections.abc import Sequence

import orjson
from aiohttp import FormData

from rabta.channels.contract import (
    AccountFacts,
    Button,
    Letter,
    Place,
    Sent,
    Session,
    Trouble,
    TroubleCode,
    numbered,
)
from rabta.channels.meta.sending import in_parts
from rabta.channels.shapes import Json, optional
from rabta.channels.telegram import api
from rabta.channels.telegram.messages import number_of

MB = 1024 * 1024
LONGEST, LONGEST_CAPTION = 4096, 1024
LARGEST = {"image": 10 * MB, "audio": 50 * MB, "video": 50 * MB, "document": 50 * MB}
MOST_BUTTONS, LONGEST_KEY, LONGEST_TITLE = 10, 64, 60
NAMES = {"image/jpeg": "photo.jpg", "image/png": "picture.png", "application/pdf": "document.pdf"}
# Which method takes a file of this kind as what it is; all others go as documents.
METHODS = (
    ("image", ("image/jpeg", "image/png", "image/webp"), "sendPhoto", "photo"),
    ("audio", ("audio/ogg", "audio/opus"), "sendVoice", "voice"),
    ("audio", ("audio/mpeg", "audio/mp4", "audio/x-m4a"), "sendAudio", "audio"),
    ("video", ("video/mp4",), "sendVideo", "video"),
)
Message = tuple[str, Json, Letter | None]  # the method, what it is given, and whose file goes with it


async def send(session: Session, account: AccountFacts, letter: Letter) -> Sent:
    """Hand one letter over. Raises Trouble, UNCERTAIN when it, or a part of it, may have been taken."""
    if letter.template or letter.public:
        raise Trouble(TroubleCode.REFUSED, "Telegram carries no templates and nothing in public")
    if not re.fullmatch(r"-?[0-9]{1,20}", letter.to):
        raise Trouble(TroubleCode.RECIPIENT, "no id of a chat")
    messages = _messages(letter)
    messages[0][1].update(_quoting(letter))
    first = ""
    for number, one in enumerate(messages):
        try:
            sent = await _deliver(session, account, letter.to, *one)
        except Trouble as trouble:
            if number:  # some of it stands there already: a person decides
                text = f"part {number + 1} of {len(messages)}: {trouble.text}"
                raise Trouble(TroubleCode.UNCERTAIN, text) from None
            raise
        first = first or sent
    return Sent(provider_id=first)


def _messages(letter: Letter) -> list[Message]:
    """The letter as calls: a file or a place first, then its text in parts; buttons stand under the last."""
    text, messages = letter.text.strip(), list[Message]()
    buttons = _keyboard(letter.buttons)
    if letter.buttons and not buttons:
        text = numbered(text, letter.buttons)
    if letter.media is not None:
        caption = text if len(text) <= LONGEST_CAPTION else ""
        method, _field = _method(letter)
        messages.append((method, {"caption": caption} if caption else {}, letter))
        text = "" if caption else text
    if letter.place:
        messages.append(_place(letter.place))
    plain = {"link_preview_options": {"is_disabled": True}}  # nothing of ours makes Telegram fetch a page
    messages += [("sendMessage", {"text": part} | plain, None) for part in in_parts(text, longest=LONGEST)]
    if not messages:
        raise Trouble(TroubleCode.REFUSED, "a letter without content")
    if buttons:
        messages[-1][1]["reply_markup"] = buttons
    return messages


def _keyboard(buttons: Sequence[Button]) -> Json | None:
    """A row for each button; None where one says more than Telegram gives back."""
    if buttons and buttons[0].sends_place:
        ask = [[{"text": buttons[0].title, "request_location": True}]]
        return {"keyboard": ask, "resize_keyboard": True, "one_time_keyboard": True}
    if not buttons or len(buttons) > MOST_BUTTONS or any(len(b.key.encode()) > LONGEST_KEY for b in buttons):
        return None
    rows = [[{"text": b.title[:LONGEST_TITLE], "callback_data": b.key}] for b in buttons]
    return {"inline_keyboard": rows}


def _place(place: Place) -> Message:
    point: Json = {"latitude": place.lat, "longitude": place.lng}
    if not place.name:
        return "sendLocation", point, None
    title, _comma, rest = place.name.partition(", ")
    return "sendVenue", point | {"title": title, "address": rest or title}, None


def _quoting(letter: Letter) -> Json:
    """What is answered is shown above, where it stands in the same chat; a deleted one does not hold the letter up."""
    chat, _colon, number = letter.in_reply_to.rpartition(":")
    if chat != letter.to or not number.isascii() or not number.isdigit():
        return {}
    return {"reply_parameters": {"message_id": int(number), "allow_sending_without_reply": True}}


def _method(letter: Letter) -> tuple[str, str]:
    """By which method a file goes, and the name that it has there."""
    mime, size = letter.media_mime.partition(";")[0], len(letter.media or b"")
    for kind, mimes, method, field in METHODS:
        if letter.media_kind == kind and mime in mimes and size <= LARGEST[kind]:
            return method, field
    return "sendDocument", "document"


async def _deliver(
    session: Session, account: AccountFacts, to: str, method: str, given: Json, file: Letter | None
) -> str:
    """One message; where it stands."""
    body: Json | FormData = {"chat_id": int(to)} | given
    if file is not None:
        body = _form(file, {"chat_id": to} | given)
    total = 120 if file is not None else 20
    result = await api.call(session, account, method, body, broken=TroubleCode.UNCERTAIN, total=total)
    facts = result if isinstance(result, dict) else {}
    try:
        chat = number_of(optional(facts, "chat").get("id"))
        return f"{chat}:{number_of(facts.get('message_id'))}"
    except ValueError:
        raise Trouble(TroubleCode.UNCERTAIN, "an answer without a message id") from None


def _form(letter: Letter, given: Json) -> FormData:
    """A form in parts: what is no text goes as JSON."""
    _method_name, field = _method(letter)
    if letter.media is None or len(letter.media) > LARGEST["document"]:
        raise Trouble(TroubleCode.MEDIA, f"more than {LARGEST['document'] // MB} MB")
    form = FormData()
    for name, value in given.items():
        form.add_field(name, value if isinstance(value, str) else orjson.dumps(value).decode())
    filename = letter.media_name or NAMES.get(letter.media_mime, letter.media_kind or "file")
    form.add_field(field, letter.media, filename=filename, content_type=letter.media_mime or None)
    return form

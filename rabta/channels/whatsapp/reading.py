"""What a hook's body holds. `count` and `read` walk it separately, so that a mistake in one shows against the other."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any

import orjson

from rabta.channels.contract import (
    Arrived,
    Ignored,
    Media,
    Place,
    Read,
    Receipt,
    Unreadable,
)  # fmt: skip
from rabta.channels.shapes import (
    Json,
    Misshapen,
    clean,
    coordinate,
    load,
    moment,
    named,
    needed,
    optional,
    part,
    text_of,
)  # fmt: skip
from rabta.channels.whatsapp import forms
from rabta.channels.whatsapp.changes import CHANGES, user_id_update, whose
from rabta.channels.whatsapp.people import is_ours, sender_of
from rabta.channels.whatsapp.template_news import FIELDS, template_news
from rabta.channels.whatsapp.troubles import trouble_of

LISTS = ("messages", "statuses", "errors", "message_echoes", "user_id_update")
STATUSES = {"sent": "sent", "delivered": "delivered", "read": "read", "played": "read", "failed": "failed"}
MEDIA = {
    "image": "image",
    "sticker": "image",
    "audio": "audio",
    "voice": "audio",
    "video": "video",
    "document": "document",
}
HIDDEN = (
    "unsupported",
    "unknown",
    "ephemeral",
)  # a person sent something that the provider does not pass on …
DEEDS = ("pin", "keep_in_chat", "poll_update", "reaction", "errors")  # … or did something to a message


def count(raw: bytes) -> Counter[str]:
    """Items by the number of ours that they name. A wrong shape counts one, at the level where it is wrong."""
    try:
        entries = load(raw).get("entry")
    except ValueError:
        return Counter({"": 1})
    found: Counter[str] = Counter()
    for entry in entries if isinstance(entries, list) and entries else [None]:
        changes = entry.get("changes") if isinstance(entry, dict) else None
        for change in changes if isinstance(changes, list) and changes else [None]:
            value = change.get("value") if isinstance(change, dict) else None
            if not isinstance(value, dict):
                found[""] += 1
                continue
            given = [value[name] for name in LISTS if value.get(name) is not None]
            items = sum(len(each) if isinstance(each, list) else 1 for each in given)
            metadata = value.get("metadata")
            account = named(metadata.get("phone_number_id")) if isinstance(metadata, dict) else ""
            found[account] += items or 1
    return found


def read(raw: bytes) -> list[Read]:
    """Every item of the body, in order. Raises ValueError when the body is no JSON object."""
    body = load(raw)
    return [
        item
        for entry in _listed(body, "entry")
        for change in _changes(entry)
        for item in _change(change, text_of(entry, "id", longest=80) if isinstance(entry, dict) else "")
    ]


def _listed(holder: Json, name: str) -> list[Any]:
    """The list under this name; a list of one None, which nothing can read, when it is missing or empty."""
    value = holder.get(name)
    return value if isinstance(value, list) and value else [None]


def _changes(entry: object) -> list[Any]:
    return _listed(entry, "changes") if isinstance(entry, dict) else [None]


def _change(change: object, business: str) -> Iterator[Read]:
    """The items of one change, which came to this business."""
    if not isinstance(change, dict) or not isinstance(change.get("value"), dict):
        yield Unreadable(account="", key="", reason="a change without a value")
        return
    value: Json = change["value"]
    account, empty = named(optional(value, "metadata").get("phone_number_id")), True
    if change.get("field") in FIELDS and not any(value.get(name) is not None for name in LISTS):
        yield template_news(account, business, change["field"], value)
        return
    for name in LISTS:
        items = value.get(name)
        if items is None:
            continue
        reader = _long_ago if change.get("field") == "history" else READERS[name]
        for item in items if isinstance(items, list) else [None]:
            empty = False
            yield _item(account, value, item, reader)
    if not empty:
        return
    if any(value.get(name) is not None for name in LISTS):
        yield Ignored(account=account, key="", reason="empty")
    else:
        field = text_of(change, "field", longest=40)
        yield Ignored(
            account=account, key="", reason=field if re.fullmatch(r"[a-z_]+", field) else "unknown field"
        )


Reader = Callable[[str, Json, Json], Read]


def _item(account: str, value: Json, item: object, reader: Reader) -> Read:
    """One item, or why it could not be read. The key of a broken one is its content, if it has an id at all."""
    if not isinstance(item, dict):
        return Unreadable(account=account, key="", reason="an item that is no object")
    try:
        return reader(account, value, item)
    except Misshapen as trouble:
        reason = str(trouble)
    except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError) as trouble:
        reason = f"unexpected shape ({type(trouble).__name__})"
    return Unreadable(account=account, key=_key_of_broken(item), reason=reason)


def _key_of_broken(item: Json) -> str:
    if not text_of(item, "id"):
        return ""
    try:
        return "broken:" + sha256(orjson.dumps(item, option=orjson.OPT_SORT_KEYS)).hexdigest()
    except (TypeError, ValueError, RecursionError):
        return ""


def _message(account: str, value: Json, item: Json) -> Read:
    """A message of a person, or what a person did to an earlier one."""
    provider_id, kind = needed(item, "id"), needed(item, "type", longest=40)
    key = f"{kind}:{provider_id}" if kind in CHANGES else f"message:{provider_id}"
    if item.get("is_echo") is True or is_ours(value, item):
        return Ignored(account=account, key=key, reason="echo")
    if item.get("group_id"):
        return Ignored(account=account, key=key, reason="group")
    if kind == "system":
        item = whose(item)
    if reason := _passed_over(kind, item):
        return Ignored(account=account, key=key, reason=reason)
    sender = sender_of(value, item)
    if kind in CHANGES:
        return CHANGES[kind](account, key, sender, item)
    context = optional(item, "context")
    return Arrived(
        account=account,
        key=key,
        provider_id=provider_id,
        sender=sender,
        sent_at=moment(item.get("timestamp")),
        in_reply_to=text_of(context, "id", longest=512),
        forwarded=context.get("forwarded") is True or context.get("frequently_forwarded") is True,
        **_content(kind, value, item),
    )


def _passed_over(kind: str, item: Json) -> str:
    """Why there is nothing to do with a message, or ``: the talk was only opened, nothing was written to an order,
    somebody changed and nobody says who."""
    found = optional(item, kind)
    nothing_said = kind == "order" and not text_of(found, "text").strip()
    of_nobody = kind == "system" and not (item.get("from") or item.get("from_user_id"))
    if kind == "request_welcome" or nothing_said or of_nobody:
        return kind
    if kind in HIDDEN and found.get("type") in DEEDS:
        return "unsupported"
    on_calls = kind == "interactive" and found.get("type") == "call_permission_reply"
    return "call_permission_reply" if on_calls else ""


def _content(kind: str, value: Json, item: Json) -> Json:
    """What a message says. What the provider itself says it can't pass on is a message all the same: somebody wrote."""
    failed = kind in HIDDEN or bool(item.get("errors") or value.get("errors"))
    try:
        if kind not in CONTENTS:
            raise Misshapen("unknown type of message")
        return {"kind": KINDS.get(kind, kind)} | CONTENTS[kind](item)
    except Misshapen:
        if failed:
            return {"kind": "unsupported", "text": text_of(optional(item, kind), "caption")}
        raise


def _text(item: Json) -> Json:
    return {"text": needed(part(item, "text"), "body", longest=100_000)}


def _media(item: Json) -> Json:
    kind = item["type"]
    found = part(item, kind)
    media = Media(
        kind=MEDIA[kind],
        ref=needed(found, "id", longest=200),
        mime=text_of(found, "mime_type", longest=100),
        name=text_of(found, "filename", longest=200),
        sha256=text_of(found, "sha256", longest=64),
    )
    return {"text": text_of(found, "caption"), "media": (media,)}


def _location(item: Json) -> Json:
    found = part(item, "location")
    names = [text_of(found, name, longest=200) for name in ("name", "address")]
    lat, lng = coordinate(found, "latitude", most=90), coordinate(found, "longitude", most=180)
    return {"place": Place(lat=lat, lng=lng, name=", ".join(filter(None, names))[:200])}


def _contacts(item: Json) -> Json:
    """The cards as text: a name and its numbers on each line."""
    cards = item.get("contacts")
    if not isinstance(cards, list) or not all(isinstance(card, dict) for card in cards):
        raise Misshapen("no contacts")
    return {"text": "\n".join(filter(None, map(_card, cards)))}


def _card(card: Json) -> str:
    phones = card.get("phones")
    numbers = (
        [text_of(p, "phone", longest=40) for p in phones if isinstance(p, dict)]
        if isinstance(phones, list)
        else []
    )
    return " ".join(filter(None, [text_of(optional(card, "name"), "formatted_name", longest=200), *numbers]))


def _order(item: Json) -> Json:
    """What somebody wrote to an order: the police sell nothing, and the goods are left out."""
    return {"text": needed(part(item, "order"), "text", longest=100_000)}


def _button(item: Json) -> Json:
    found = part(item, "button")
    payload = text_of(found, "payload")
    return {"text": text_of(found, "text") or payload, "choices": {"id": payload}}


def _interactive(item: Json) -> Json:
    """An answer by button, list or form."""
    found = part(item, "interactive")
    kind = needed(found, "type", longest=40)
    if kind in ("button_reply", "list_reply"):
        reply = part(found, kind)
        return {"text": needed(reply, "title", longest=1000), "choices": {"id": text_of(reply, "id")}}
    if kind == "nfm_reply":
        reply = part(found, kind)
        response = text_of(reply, "response_json")
        return {"text": forms.words(reply), "choices": {"response": response}}
    raise Misshapen("unknown type of interactive answer")


def _status(account: str, value: Json, item: Json) -> Read:
    """The provider's word on a message of ours. Each is kept once for every time it names."""
    provider_id, status = needed(item, "id"), needed(item, "status", longest=40)
    stamp, person = item.get("timestamp"), item.get("recipient_id")
    key = clean(f"status:{provider_id}:{status}:{stamp}:{person}")
    about = text_of(item, "type", longest=40)
    if about in ("payment", "call") or status in ("deleted", "warning"):
        reason = about if about in ("payment", "call") else status
        return Ignored(account=account, key=key, reason=reason)
    if status not in STATUSES:
        raise Misshapen("unknown status")
    trouble, detail = ("", "")
    if status == "failed":
        trouble, detail = _failure(item)
    return Receipt(
        account=account, key=key, provider_id=provider_id, status=STATUSES[status], at=moment(stamp),
        token=text_of(item, "biz_opaque_callback_data", longest=512), trouble=trouble, detail=detail,
        **_pricing(optional(item, "pricing")),
    )  # fmt: skip


def _pricing(pricing: Json) -> dict[str, Any]:
    """What the provider counts the message as; nothing where it says less than that, or that it is free."""
    category = text_of(pricing, "category", longest=40)
    if not re.fullmatch(r"[a-z_]{1,30}", category) or not isinstance(pricing.get("billable"), bool):
        return {}
    return {"charged_as": category, "billable": pricing["billable"]}


def _failure(item: Json) -> tuple[str, str]:
    """Our code for the provider's first error, and its number and title."""
    errors = item.get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    code = first.get("code")
    number = code if isinstance(code, int) and not isinstance(code, bool) else 0
    return trouble_of(number).code.value, f"{number} {text_of(first, 'title', longest=200)}".strip()


def _error(account: str, value: Json, item: Json) -> Read:
    return Ignored(account=account, key="", reason="provider error")


def _echo(account: str, value: Json, item: Json) -> Read:
    return Ignored(account=account, key=f"echo:{needed(item, 'id')}", reason="echo")


def _long_ago(account: str, value: Json, item: Json) -> Read:
    """A picture of the talks of half a year that an app on a phone hands over: nobody waits for an answer to it."""
    return Ignored(account=account, key="", reason="history")


READERS: dict[str, Reader] = {
    "messages": _message, "statuses": _status, "errors": _error, "message_echoes": _echo,
    "user_id_update": user_id_update,
}  # fmt: skip
CONTENTS: dict[str, Callable[[Json], Json]] = {
    "text": _text, "location": _location, "contacts": _contacts, "button": _button, "interactive": _interactive,
    "order": _order,
    **dict.fromkeys(MEDIA, _media),
}  # fmt: skip
KINDS = {"voice": "audio", "interactive": "button", "order": "text"}  # under other names in Rabta

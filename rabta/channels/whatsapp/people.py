"""Who wrote, as WhatsApp names people: by number, by a user id of one business, or by both."""

import re

from rabta.channels.contract import Sender
from rabta.channels.shapes import Json, Misshapen, optional, text_of


def is_ours(value: Json, item: Json) -> bool:
    """Whether the number that wrote is our own."""
    ours = digits(optional(value, "metadata").get("display_phone_number"))
    return bool(ours) and ours == digits(item.get("from"))


def digits(value: object) -> str:
    """The digits of a telephone number; none of a user id, which may stand in the same place (`PK.2049…`)."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    text = str(value)
    return re.sub(r"\D", "", text) if re.fullmatch(r"[+0-9 ().-]{1,40}", text) else ""


def sender_of(value: Json, item: Json) -> Sender:
    """Who wrote: by telephone number, or by the provider's user id where numbers are hidden.

    The user id of the business, and that of the group of businesses it belongs to, are further ids of the same person.
    """
    phone, user_id = digits(item.get("from")), text_of(item, "from_user_id", longest=200)
    if not phone and not user_id:
        user_id = text_of(item, "from", longest=200)
    if not phone and not user_id:
        phone, user_id = _only_one(value)
    contact = _contact(value, phone=phone, user_id=user_id)
    user_id = user_id or (text_of(contact, "user_id", longest=200) if phone else "")
    parent = text_of(item, "from_parent_user_id", longest=200) or text_of(
        contact, "parent_user_id", longest=200
    )
    name = text_of(optional(contact, "profile"), "name", longest=100)
    if 5 <= len(phone) <= 20:
        return by_phone(phone, name=name, also=names_of(user_id, parent))
    if user_id:
        return by_user_id(user_id, name=name, also=names_of(user_id, parent))
    raise Misshapen("no sender")


def by_phone(phone: str, *, name: str = "", also: tuple[str, ...] = ()) -> Sender:
    """Somebody with a telephone number (digits only)."""
    return Sender(scheme="phone", handle=f"+{phone}", address=f"+{phone}", name=name, also=also)


def by_user_id(user_id: str, *, name: str = "", also: tuple[str, ...] = ()) -> Sender:
    """Somebody whose number the provider keeps to itself."""
    return Sender(scheme="whatsapp_user", handle=user_id, address=user_id, name=name, also=also)


def names_of(user_id: str, parent: str) -> tuple[str, ...]:
    """Both ids as `Sender.also` has them."""
    return tuple(f"{kind}:{name}" for kind, name in (("user", user_id), ("parent", parent)) if name)


def _only_one(value: Json) -> tuple[str, str]:
    """Number and user id of the one person that `contacts` names, where a message itself names nobody."""
    contacts = value.get("contacts")
    one = contacts[0] if isinstance(contacts, list) and len(contacts) == 1 else None
    if not isinstance(one, dict):
        return "", ""
    return digits(one.get("wa_id")), text_of(one, "user_id", longest=200)


def _contact(value: Json, *, phone: str, user_id: str) -> Json:
    """The entry of `contacts` that is this person's. System messages may come without any."""
    contacts = value.get("contacts")
    for contact in contacts if isinstance(contacts, list) else []:
        if isinstance(contact, dict):
            same_phone = phone and digits(contact.get("wa_id")) == phone
            if same_phone or (user_id and contact.get("user_id") == user_id):
                return contact
    return {}

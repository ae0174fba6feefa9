"""What is read in bodies of WhatsApp, where the kind of an item does not say enough."""

from typing import Any

import orjson
import pytest

from rabta.channels.contract import Arrived, Changed, Ignored, Read
from rabta.channels.whatsapp import CHANNEL

OURS = {"display_phone_number": "92915551122", "phone_number_id": "109876543210001"}
NUMBER, FORMER, NEW = "923001234567", "PK.1010", "PK.2020"


def read(field: str = "messages", **value: Any) -> list[Read]:
    """The items of one change."""
    body = {"metadata": OURS} | value
    return CHANNEL.read(
        orjson.dumps({"entry": [{"id": "201", "changes": [{"field": field, "value": body}]}]})
    )


def message(kind: str, content: Any, **more: Any) -> dict[str, Any]:
    return {"id": "wamid.A", "timestamp": "1750000000", "type": kind, kind: content} | more


def arrived(*items: Read) -> Arrived:
    [item] = items
    assert isinstance(item, Arrived)
    return item


@pytest.mark.parametrize(
    ("answers", "text"),
    [
        ({"what": "theft", "flow_token": "t"}, "Sent\nwhat: theft"),
        ('{"what": "چوری", "when": 5}', "Sent\nwhat: چوری\nwhen: 5"),
        ({"values": {"pin": "25000"}, "seen": ["a", {}, "b"]}, "Sent\npin: 25000\nseen: a, b"),
        ({"empty": " ", "none": None}, "Sent"),
        ("no json", "Sent"),
        ("[1]", "Sent"),
    ],
)
def test_the_desk_reads_what_was_answered_in_a_form(answers: object, text: str) -> None:
    reply = {"type": "nfm_reply", "nfm_reply": {"name": "flow", "body": "Sent", "response_json": answers}}
    item = arrived(*read(messages=[message("interactive", reply, **{"from": NUMBER})]))
    assert item.text == text


def test_a_user_id_in_the_place_of_the_number_is_no_number() -> None:
    item = arrived(*read(messages=[message("text", {"body": "a"}, **{"from": "PK.13491208655302741918"})]))
    assert (item.sender.scheme, item.sender.handle) == ("whatsapp_user", "PK.13491208655302741918")


def test_who_is_not_named_by_the_message_is_the_only_contact_and_no_one_of_several() -> None:
    contacts = [{"user_id": FORMER, "wa_id": ""}, {"user_id": NEW}]
    text = message("text", {"body": "a"})
    assert arrived(*read(messages=[text], contacts=contacts[:1])).sender.handle == FORMER
    assert not isinstance(read(messages=[text], contacts=contacts)[0], Arrived)


@pytest.mark.parametrize(
    ("sentence", "was"),
    [
        (f"User Gul Zareen changed from {FORMER} to {NEW}", FORMER),
        (f"User I changed from PK.99 to {NEW} changed from {FORMER} to {NEW}", FORMER),
        (f"User changed from {FORMER} to PK.30", None),
        (f"User changed from {FORMER} to {NEW}, as they say", None),
        ("User changed their user id", None),
    ],
)
def test_of_a_hidden_number_the_sentence_names_the_former_id(sentence: str, was: str | None) -> None:
    change = {"type": "user_changed_user_id", "user_id": NEW, "body": sentence}
    [item] = read(messages=[message("system", change)])
    if was is None:
        assert isinstance(item, Ignored)
    else:
        assert isinstance(item, Changed) and item.sender and item.becomes
        assert (item.sender.handle, item.becomes.handle) == (was, NEW)


def test_user_ids_that_were_replaced_at_once_keep_their_people() -> None:
    ids = {"previous": FORMER, "current": NEW}
    with_number, hidden = read(
        "user_id_update", user_id_update=[{"wa_id": NUMBER, "user_id": ids}, {"user_id": ids}]
    )
    for item, before, after in ((with_number, f"+{NUMBER}", f"+{NUMBER}"), (hidden, FORMER, NEW)):
        assert isinstance(item, Changed) and item.sender and item.becomes
        assert (item.sender.handle, item.becomes.handle) == (before, after)
        assert (item.sender.also, item.becomes.also) == ((f"user:{FORMER}",), (f"user:{NEW}",))


def test_what_an_app_brings_along_of_months_ago_is_no_message_of_today() -> None:
    old = message("image", {"id": "1", "mime_type": "image/jpeg"}, **{"from": NUMBER})
    [item] = read("history", messages=[old])
    assert isinstance(item, Ignored) and item.reason == "history"

"""The button that sends where one is: as each channel has it, and in words alone where there is none."""

import pytest

from rabta.channels.contract import Button, Letter
from rabta.channels.registry import BY_KIND
from rabta.channels.telegram.sending import _messages
from rabta.channels.whatsapp.sending import interactive
from rabta.outbox.composing import _fitting

SEND = Button(key="place", title="Send my location", sends_place=True)
YES = Button(key="yes", title="Yes")


def test_whatsapp_asks_for_the_location_itself() -> None:
    assert interactive("Where is it?", (SEND,)) == {
        "type": "location_request_message",
        "body": {"text": "Where is it?"},
        "action": {"name": "send_location"},
    }


def test_telegram_has_a_keyboard_that_goes_away() -> None:
    ((method, body, _file),) = _messages(Letter(to="5501", token="t", text="Where is it?", buttons=(SEND,)))
    assert method == "sendMessage"
    assert body["reply_markup"]["keyboard"] == [[{"text": "Send my location", "request_location": True}]]
    assert body["reply_markup"]["one_time_keyboard"] is True


@pytest.mark.parametrize(
    ("kind", "form", "left"),
    [
        ("whatsapp", "text", (SEND,)),
        ("telegram", "text", (SEND,)),
        ("whatsapp", "template", ()),
        ("facebook", "text", ()),
        ("sms", "text", ()),
        ("kannel", "text", ()),
        ("email", "text", ()),
    ],
)
def test_where_there_is_no_such_button_nothing_is_numbered(
    kind: str, form: str, left: tuple[Button, ...]
) -> None:
    assert _fitting((SEND,), BY_KIND[kind], form=form) == left
    assert _fitting((YES,), BY_KIND[kind], form=form) == (YES,)

"""Telegram: who may call the hook, what stands in an update, how a letter is put, and how refusals are understood."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from rabta.channels.contract import (
    AccountFacts,
    Arrived,
    Button,
    Changed,
    HookRequest,
    Letter,
    Place,
    Template,
    Trouble,
    TroubleCode,
)
from rabta.channels.telegram import CHANNEL
from rabta.channels.telegram.reading import read
from rabta.outbox.rate import Pairs

BOT, GUL, GROUP = "7700000001", "5501", "-1001550077"
ACCOUNT = AccountFacts(
    external_id=BOT,
    values={"token": f"{BOT}:its-secret", "secret": "of the hook", "api_url": "http://127.0.0.1:9"},
    hook="https://rabta.example/hooks/word",
)
FIXTURES = Path(__file__).parent / "fixtures/telegram"


def items(name: str) -> list[Any]:
    return read(orjson.dumps(json.loads((FIXTURES / f"{name}.json").read_text())["body"]))


def item(name: str) -> Any:
    (found,) = items(name)
    return found


def test_only_the_holder_of_the_secret_may_call_the_hook() -> None:
    def says(header: str | None, secret: str = "of-the-hook") -> bool:
        headers = {} if header is None else {"x-telegram-bot-api-secret-token": header}
        assert CHANNEL.verify is not None
        return CHANNEL.verify(HookRequest(headers=headers, query={}, body=b"{}"), {"secret": secret})

    assert says("of-the-hook")
    for wrong in (None, "", "of-the-hoo", "of-the-hook ", "OF-THE-HOOK", "ö", "\udcff"):
        assert not says(wrong), wrong
    assert not says("", secret=""), "an account without a secret takes no hook"


def test_a_message_stands_in_its_chat_and_its_writer_is_known_by_the_number() -> None:
    text = item("text")
    assert (text.key, text.provider_id) == (f"message:{GUL}:41", f"{GUL}:41")
    assert (text.sender.scheme, text.sender.handle, text.sender.address) == ("telegram", GUL, GUL)
    assert (text.sender.name, text.sender.known_as, text.sender.language) == ("Gul Bibi", "@gul_bibi", "ur")
    assert item("reply").in_reply_to == f"{GUL}:40"
    assert item("reply_in_a_topic").in_reply_to == ""
    assert item("forwarded").forwarded and item("forwarded_older").forwarded and not text.forwarded


def test_what_is_said_in_a_group_is_overheard_and_not_joined_with_private_words() -> None:
    large, small, named = item("supergroup"), item("group"), item("supergroup_with_a_name")
    assert all(one.overheard and one.group for one in (large, small, named))
    assert (large.group, large.link) == (GROUP, "https://t.me/c/1550077/41")
    assert (small.group, small.link) == ("-4410", ""), "a small group has no addresses"
    assert named.link == "https://t.me/gulbahar_news/41"
    assert large.sender.scheme == "telegram_member" and large.sender.address == GUL
    assert not item("text").overheard and not item("text").group
    pressed = item("pressed_in_a_group")
    assert pressed.overheard and pressed.sender.scheme == "telegram_member"


def test_start_is_a_greeting_and_the_word_of_the_link_is_kept() -> None:
    assert item("start").choices == {"word": "bot start"}
    assert item("start_with_payload").choices == {"word": "bot start", "start": "poster-gulbahar_7"}
    assert item("start_with_payload").text == "/start poster-gulbahar_7"
    assert not item("start_in_a_group").choices and not item("command").choices


def test_both_words_of_a_group_that_grew_are_the_same() -> None:
    old, new = item("group_becomes_large"), item("group_was_small")
    assert old.key == new.key
    assert (old.sender, old.becomes) == (new.sender, new.becomes)
    assert (old.sender.handle, old.becomes.handle) == ("-4410", "-1001550078")


def test_an_edit_carries_the_whole_message_and_the_largest_photo_is_kept() -> None:
    change = item("edited")
    assert isinstance(change, Changed) and isinstance(change.whole, Arrived)
    assert (change.whole.key, change.provider_id) == (f"message:{GUL}:41", f"{GUL}:41")
    assert change.key != change.whole.key and change.whole.text == change.text
    assert [media.ref for media in item("photo").media] == ["AgAClarge"]
    assert item("photo").text == "This is the car"
    assert item("venue").place == Place(lat=34.009, lng=71.598, name="Gulbahar Chowk, Peshawar")
    assert item("contact").text == "Asad Khan +923001234567"


def test_a_pressed_button_says_its_title_and_wants_an_answer() -> None:
    pressed = item("pressed")
    assert (pressed.text, pressed.choices) == ("Yes", {"id": "safe:yes"})
    assert (pressed.in_reply_to, pressed.ask) == (f"{GUL}:44", "pressed:4382bfdwdsb323b2d9")
    assert item("pressed_under_a_message_out_of_reach").text == "safe:yes"
    assert (item("reaction").text, item("reaction_taken_back").text) == ("👍", "")


class Answer:
    """One answer of the Bot API."""

    def __init__(self, status: int, body: object) -> None:
        self.status, self._body = status, body if isinstance(body, bytes) else orjson.dumps(body)

    async def read(self) -> bytes:
        return self._body

    async def __aenter__(self) -> "Answer":
        return self

    async def __aexit__(self, *_error: object) -> None:
        return None


def taken(number: int = 77, chat: int = int(GUL)) -> Answer:
    return Answer(
        200, {"ok": True, "result": {"message_id": number, "chat": {"id": chat, "type": "private"}}}
    )


def refused(code: int, description: str, **parameters: Any) -> Answer:
    body = {"ok": False, "error_code": code, "description": description, "parameters": parameters}
    return Answer(code, body)


class Api:
    """Gives the answers in their order and keeps what was asked."""

    def __init__(self, *answers: Answer) -> None:
        self._answers, self.asked = list(answers), list[tuple[str, Any]]()

    def post(self, url: str, **given: Any) -> Answer:
        data = given["data"]
        self.asked.append((url, orjson.loads(data) if isinstance(data, bytes) else data))
        return self._answers.pop(0)

    def get(self, url: str, **given: Any) -> Answer:
        raise AssertionError(url)


def send(session: Api, *, to: str = GUL, account: AccountFacts = ACCOUNT, **letter: Any) -> Any:
    assert CHANNEL.send is not None
    return asyncio.run(CHANNEL.send(session, account, Letter(to=to, token="", **letter)))  # type: ignore[arg-type]


def trouble(answer: Answer, **letter: Any) -> Trouble:
    with pytest.raises(Trouble) as caught:
        send(Api(answer), **({"text": "x"} | letter))
    return caught.value


def test_a_text_goes_with_its_buttons_and_quotes_what_it_answers() -> None:
    session = Api(taken())
    yes, no = Button(key="safe:yes", title="Yes"), Button(key="safe:no", title="No")
    sent = send(session, text="Is it safe?", buttons=(yes, no), in_reply_to=f"{GUL}:41")
    assert sent.provider_id == f"{GUL}:77"
    ((url, given),) = session.asked
    assert url == f"http://127.0.0.1:9/bot{BOT}:its-secret/sendMessage"
    assert given["chat_id"] == int(GUL) and given["link_preview_options"] == {"is_disabled": True}
    assert given["reply_parameters"] == {"message_id": 41, "allow_sending_without_reply": True}
    assert given["reply_markup"]["inline_keyboard"] == [
        [{"text": "Yes", "callback_data": "safe:yes"}],
        [{"text": "No", "callback_data": "safe:no"}],
    ]


@pytest.mark.parametrize("quoted", ["", f"{GROUP}:41", "41", f"{GUL}:x", f"{GUL}:"])
def test_what_stands_in_another_chat_is_not_quoted(quoted: str) -> None:
    session = Api(taken())
    send(session, text="x", in_reply_to=quoted)
    assert "reply_parameters" not in session.asked[0][1]


def test_a_key_that_is_too_long_becomes_a_number_in_the_text() -> None:
    session = Api(taken())
    send(
        session, text="Which?", buttons=(Button(key="k" * 65, title="Theft"), Button(key="b", title="Other"))
    )
    given = session.asked[0][1]
    assert given["text"] == "Which?\n1 Theft\n2 Other" and "reply_markup" not in given


def test_a_long_text_goes_in_parts_and_half_a_letter_is_never_sent_again_by_itself() -> None:
    long = "One sentence of a long answer. " * 200
    session = Api(taken(1), taken(2))
    assert send(session, text=long, buttons=(Button(key="a", title="A"),)).provider_id == f"{GUL}:1"
    first, second = (given for _url, given in session.asked)
    assert len(first["text"]) <= 4096 and f"{first['text']} {second['text']}" == long.strip()
    assert "reply_markup" not in first and "reply_markup" in second
    with pytest.raises(Trouble) as caught:
        send(Api(taken(1), refused(429, "Too Many Requests: retry after 5", retry_after=5)), text=long)
    assert (caught.value.code, caught.value.retry) == (TroubleCode.UNCERTAIN, False)


@pytest.mark.parametrize(
    ("kind", "mime", "method", "field"),
    [
        ("image", "image/jpeg", "sendPhoto", "photo"),
        ("image", "image/tiff", "sendDocument", "document"),
        ("audio", "audio/ogg; codecs=opus", "sendVoice", "voice"),
        ("audio", "audio/mpeg", "sendAudio", "audio"),
        ("audio", "audio/amr", "sendDocument", "document"),
        ("video", "video/mp4", "sendVideo", "video"),
        ("document", "application/pdf", "sendDocument", "document"),
    ],
)
def test_a_file_goes_as_what_it_is(kind: str, mime: str, method: str, field: str) -> None:
    session = Api(taken())
    send(session, text="seen", media=b"bytes", media_kind=kind, media_mime=mime)
    ((url, form),) = session.asked
    assert url.endswith(f"/{method}")
    names = [facts["name"] for facts, _headers, _value in form._fields]
    assert names == ["chat_id", "caption", field]


def test_words_that_are_no_caption_any_more_follow_the_file() -> None:
    session = Api(taken(1), taken(2))
    send(session, text="w" * 1025, media=b"bytes", media_kind="image", media_mime="image/png")
    assert [url.rpartition("/")[2] for url, _given in session.asked] == ["sendPhoto", "sendMessage"]
    with pytest.raises(Trouble) as caught:
        send(Api(), media=b"x" * (50 * 1024 * 1024 + 1), media_kind="document", media_mime="application/pdf")
    assert caught.value.code == TroubleCode.MEDIA


def test_a_place_with_a_name_is_a_venue() -> None:
    session = Api(taken(), taken())
    send(session, place=Place(lat=34.0, lng=71.5))
    send(session, place=Place(lat=34.0, lng=71.5, name="Kotwali, Peshawar"))
    (plain, _point), (venue, given) = session.asked
    assert plain.endswith("/sendLocation") and venue.endswith("/sendVenue")
    assert (given["title"], given["address"]) == ("Kotwali", "Peshawar")


@pytest.mark.parametrize(
    ("answer", "code", "retry", "after"),
    [
        (refused(429, "Too Many Requests: retry after 5", retry_after=5), TroubleCode.BUSY, True, 5),
        (refused(429, "Too Many Requests", retry_after="soon"), TroubleCode.BUSY, True, None),
        (refused(401, "Unauthorized"), TroubleCode.CREDENTIALS, False, None),
        (refused(404, "Not Found"), TroubleCode.CREDENTIALS, False, None),
        (refused(403, "Forbidden: bot was blocked by the user"), TroubleCode.RECIPIENT, False, None),
        (refused(403, "Forbidden: bot can't initiate conversation with a user"), TroubleCode.RECIPIENT, False, None),
        (refused(400, "Bad Request: chat not found"), TroubleCode.RECIPIENT, False, None),
        (refused(400, "Bad Request: PEER_ID_INVALID"), TroubleCode.RECIPIENT, False, None),
        (
            refused(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-1009),
            TroubleCode.RECIPIENT, False, None,
        ),
        (refused(400, "Bad Request: not enough rights to send photos to the chat"), TroubleCode.RECIPIENT, False, None),
        (refused(400, "Bad Request: PHOTO_INVALID_DIMENSIONS"), TroubleCode.MEDIA, False, None),
        (refused(400, "Bad Request: the file is temporarily unavailable"), TroubleCode.MEDIA, True, None),
        (refused(413, "Request Entity Too Large"), TroubleCode.MEDIA, False, None),
        (refused(400, "Bad Request: message is too long"), TroubleCode.REFUSED, False, None),
        (refused(400, "Bad Request: BUTTON_DATA_INVALID"), TroubleCode.REFUSED, False, None),
        (refused(502, "Bad Gateway"), TroubleCode.UNCERTAIN, False, None),
        (Answer(502, b"<html>"), TroubleCode.UNCERTAIN, False, None),
        (Answer(200, b"[]"), TroubleCode.UNCERTAIN, False, None),
        (Answer(200, {"ok": True, "result": True}), TroubleCode.UNCERTAIN, False, None),
        (Answer(200, {"ok": True, "result": {"message_id": 1}}), TroubleCode.UNCERTAIN, False, None),
    ],
    ids=lambda value: getattr(value, "status", None) or str(value),
)  # fmt: skip
def test_refusals(answer: Answer, code: TroubleCode, retry: bool, after: int | None) -> None:
    found = trouble(answer)
    assert (found.code, found.retry) == (code, retry)
    assert found.after == (timedelta(seconds=after) if after else None)


@pytest.mark.parametrize(
    ("letter", "code"),
    [
        ({"template": Template(name="neutral_v1", language="ur")}, TroubleCode.REFUSED),
        ({"public": True}, TroubleCode.REFUSED),
        ({"text": "  "}, TroubleCode.REFUSED),
        ({"to": "@gul_bibi"}, TroubleCode.RECIPIENT),
        ({"to": "5501/../getMe"}, TroubleCode.RECIPIENT),
        ({"account": AccountFacts(external_id=BOT, values={"token": "7/../x"})}, TroubleCode.CREDENTIALS),
    ],
)
def test_what_cannot_go_is_not_tried(letter: dict[str, Any], code: TroubleCode) -> None:
    with pytest.raises(Trouble) as caught:
        send(Api(), **({"text": "x"} | letter))
    assert caught.value.code == code
    assert "its-secret" not in str(caught.value)


def test_no_minute_holds_more_than_a_group_may_get() -> None:
    now = 0.0
    pairs = Pairs.of(CHANNEL.limits, clock=lambda: now)
    went: list[float] = []
    while now < 600:
        if pairs.take(b"a group") is None:
            went.append(now)
        now += 0.25
    assert 18 < max(sum(start <= at < start + 60 for at in went) for start in went) <= 20
    assert len(went) >= 150, "and what may go goes"


def test_the_secret_of_the_hook_is_the_first_and_not_the_token() -> None:
    assert [field.name for field in CHANNEL.fields if field.secret] == ["secret", "token"]

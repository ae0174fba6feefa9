"""X: who may sign, what is said under a post and what in private, and how errors are understood."""

import asyncio
import base64
import hashlib
import hmac
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rabta.channels.contract import (
    AccountFacts,
    Arrived,
    Changed,
    HookRequest,
    Letter,
    Relation,
    Trouble,
    TroubleCode,
)
from rabta.channels.x import CHANNEL, api, media, weights
from rabta.channels.x.reading import read

OURS, MARIAM = "1716450569358098432", "2244994945"
SECRETS = {"consumer_secret": "secret of the app"}
ACCOUNT = AccountFacts(
    external_id=OURS,
    values={
        "consumer_key": "key",
        "consumer_secret": "secret",
        "access_tokens": f"1-other:x {OURS}-token:its-secret",
        "api_url": "http://127.0.0.1:9",
    },
)


def mac(data: bytes) -> str:
    digest = hmac.new(SECRETS["consumer_secret"].encode(), data, hashlib.sha256).digest()
    return "sha256=" + base64.b64encode(digest).decode()


def test_only_the_holder_of_the_secret_can_sign() -> None:
    def says(header: str | None, body: bytes = b'{"a": 1}') -> bool:
        headers = {} if header is None else {"x-twitter-webhooks-signature": header}
        assert CHANNEL.verify is not None
        return CHANNEL.verify(HookRequest(headers=headers, query={}, body=body), SECRETS)

    right = mac(b'{"a": 1}')
    assert says(right)
    assert not says(right, b'{"a": 1} ')
    for wrong in (None, "", "sha256=", right[:-1], right + "=", right.lower(), "sha1=" + right[7:], "\udcff"):
        assert not says(wrong), wrong


def test_the_challenge_is_answered_with_what_only_we_know() -> None:
    shake = CHANNEL.handshake
    assert shake is not None
    answer = shake({"crc_token": "Y2hhbGxlbmdl"}, SECRETS)
    assert json.loads(answer or "") == {"response_token": mac(b"Y2hhbGxlbmdl")}
    for wrong in (
        {},
        {"crc_token": ""},
        {"crc_token": "a b"},
        {"crc_token": "x" * 501},
        {"crc_token": "\udcff"},
    ):
        assert shake(wrong, SECRETS) is None


def items(name: str) -> list[Any]:
    path = Path(__file__).parent / "fixtures/x" / f"{name}.json"
    return read(orjson.dumps(json.loads(path.read_text())["body"]))


def test_the_same_post_has_the_same_key_in_both_forms() -> None:
    (new,), (old,) = items("mention"), items("older_mention")
    assert (new.key, new.provider_id, new.sender.handle) == (old.key, old.provider_id, old.sender.handle)
    assert new.link == old.link == f"https://x.com/mariam_k/status/{new.provider_id}"
    assert new.sender.known_as == "@mariam_k" and new.public


@pytest.mark.parametrize(
    ("name", "relation", "known"),
    [
        ("quote", Relation.QUOTE, True),
        ("repost", Relation.REPOST, True),
        ("reply", Relation.REPLY, True),
        ("older_reply", Relation.REPLY, False),
        ("own_quote", Relation.QUOTE, True),
    ],
)
def test_a_post_tells_what_it_is_about(name: str, relation: Relation, known: bool) -> None:
    (item,) = items(name)
    assert isinstance(item, Arrived) and item.about is not None
    assert item.about.relation == relation and item.about.author is not None
    assert bool(item.about.text) is known
    assert bool(item.text) is (relation != Relation.REPOST), "a repost has no words of its own"


def test_an_edited_post_carries_all_of_itself() -> None:
    (change,) = items("edited")
    assert isinstance(change, Changed) and change.whole is not None
    assert change.whole.provider_id == change.provider_id == "2080761390344937001"
    assert change.whole.text == change.text and change.key != change.whole.key


def test_the_best_film_and_the_picture_are_kept() -> None:
    (item,) = items("photo")
    assert [media.ref[-8:] for media in item.media] == ["ia/a.jpg", "high.mp4"]


@pytest.mark.parametrize(
    ("text", "weighs"),
    [
        ("hello", 5),
        ("سلام دوست", 9),
        ("नमस्ते", 6),
        ("警察", 4),
        ("see https://example.com/a/very/long/path/that/does/not/count now", 31),
        ("👍", 2),
        ("👍🏽", 2),
        ("👩‍👩‍👧", 2),
        ("🇵🇰🇮🇳", 4),
    ],
)
def test_weights_are_those_of_the_provider(text: str, weighs: int) -> None:
    assert weights.weight(text) == weighs


@given(st.text(alphabet="ab مسनमि警👍 \n", max_size=900), st.integers(20, 280))
def test_pieces_fit_and_nothing_is_lost(text: str, longest: int) -> None:
    pieces = weights.parts(text, longest=longest)
    assert all(piece.strip() and weights.weight(piece) <= longest for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


class Answer:
    """One answer of X, and what it was asked."""

    def __init__(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        self.status, self.headers = status, headers or {}
        self._body = orjson.dumps(body)

    async def read(self) -> bytes:
        return self._body

    async def __aenter__(self) -> "Answer":
        return self

    async def __aexit__(self, *_error: object) -> None:
        return None


class Api:
    """Gives the answers in their order and keeps what was asked."""

    def __init__(self, *answers: Answer) -> None:
        self._answers, self.asked = list(answers), list[tuple[str, dict[str, Any]]]()

    def post(self, url: str, **given: Any) -> Answer:
        self.asked.append((url, given))
        return self._answers.pop(0)

    get = post


def send(session: Api, **letter: Any) -> Any:
    assert CHANNEL.send is not None
    return asyncio.run(CHANNEL.send(session, ACCOUNT, Letter(to=MARIAM, token="", **letter)))  # type: ignore[arg-type]


def test_a_public_answer_stands_under_the_post_and_is_signed_in_the_accounts_name() -> None:
    session = Api(Answer(201, {"data": {"id": "77"}}))
    assert send(session, text="Thank you.", public=True, in_reply_to="55").provider_id == "77"
    ((url, given),) = session.asked
    assert url.endswith("/2/tweets")
    assert orjson.loads(given["data"]) == {"text": "Thank you.", "reply": {"in_reply_to_tweet_id": "55"}}
    signature = given["headers"]["Authorization"]
    assert signature.startswith("OAuth ") and f'oauth_token="{OURS}-token"' in signature
    assert "oauth_signature=" in signature and "its-secret" not in signature


def test_a_long_answer_becomes_posts_that_follow_each_other() -> None:
    session = Api(Answer(201, {"data": {"id": "1"}}), Answer(201, {"data": {"id": "2"}}))
    assert send(session, text="word " * 80, public=True, in_reply_to="55").provider_id == "1"
    replies = [orjson.loads(given["data"])["reply"]["in_reply_to_tweet_id"] for _url, given in session.asked]
    assert replies == ["55", "1"]


def test_half_an_answer_is_never_sent_again_by_itself() -> None:
    session = Api(Answer(201, {"data": {"id": "1"}}), Answer(429, {}))
    with pytest.raises(Trouble) as trouble:
        send(session, text="word " * 80, public=True, in_reply_to="55")
    assert trouble.value.code == TroubleCode.UNCERTAIN and not trouble.value.retry


def test_private_words_go_to_the_person_only() -> None:
    session = Api(Answer(201, {"data": {"dm_event_id": "9", "dm_conversation_id": "1-2"}}))
    assert send(session, text="Reference PSH-7K3M-92QF", in_reply_to="55").provider_id == "9"
    ((url, given),) = session.asked
    assert url.endswith(f"/2/dm_conversations/with/{MARIAM}/messages")
    assert orjson.loads(given["data"]) == {"text": "Reference PSH-7K3M-92QF"}


def test_a_picture_is_brought_first() -> None:
    session = Api(Answer(200, {"data": {"id": "m1"}}), Answer(201, {"data": {"id": "77"}}))
    send(
        session,
        text="Found",
        public=True,
        own_post=True,
        media=b"\xff\xd8",
        media_kind="image",
        media_mime="image/jpeg",
    )
    assert [url.rpartition("/2/")[2] for url, _given in session.asked] == ["media/upload", "tweets"]
    assert orjson.loads(session.asked[1][1]["data"]) == {"text": "Found", "media": {"media_ids": ["m1"]}}


def test_a_film_is_brought_in_pieces_and_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "LOOK_EVERY", 0)
    working = {"data": {"id": "m1", "processing_info": {"state": "in_progress"}}}
    done = {"data": {"id": "m1", "processing_info": {"state": "succeeded"}}}
    session = Api(
        Answer(202, {"data": {"id": "m1"}}), *[Answer(204, {})] * 2, Answer(200, working), Answer(200, done),
        Answer(201, {"data": {"id": "77"}}),
    )  # fmt: skip
    film = b"x" * (media.PIECE + 1)
    sent = send(
        session,
        text="Seen?",
        public=True,
        own_post=True,
        media=film,
        media_kind="video",
        media_mime="video/mp4",
    )
    assert sent.link == "https://x.com/i/web/status/77"
    asked = [url.rpartition("/2/")[2] for url, _given in session.asked]
    assert asked == ["media/upload"] * 4 + ["media/upload?command=STATUS&media_id=m1", "tweets"]
    assert orjson.loads(session.asked[-1][1]["data"])["media"] == {"media_ids": ["m1"]}


def test_a_film_that_x_cannot_use_is_no_post() -> None:
    failed = {"data": {"id": "m1", "processing_info": {"state": "failed"}}}
    session = Api(Answer(202, {"data": {"id": "m1"}}), Answer(204, {}), Answer(200, failed))
    with pytest.raises(Trouble) as trouble:
        send(
            session,
            text="Seen?",
            public=True,
            own_post=True,
            media=b"x",
            media_kind="video",
            media_mime="video/mp4",
        )
    assert trouble.value.code == TroubleCode.MEDIA


def test_the_same_thanks_under_another_post_are_told_apart() -> None:
    twice = Answer(403, {"detail": "You are not allowed to create a Tweet with duplicate content."})
    session = Api(twice, Answer(201, {"data": {"id": "77"}}))
    assert send(session, text="Thank you.", public=True, in_reply_to="55").provider_id == "77"
    first, second = [orjson.loads(given["data"]) for _url, given in session.asked]
    assert second["text"].startswith("Thank you. · ") and second["reply"] == first["reply"]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Answer(200, {"data": {"id": OURS, "name": "Police", "username": "police"}}), "Police · @police"),
        (Answer(200, {"data": {"id": "1", "username": "other"}}), TroubleCode.CREDENTIALS),
        (Answer(401, {}), TroubleCode.CREDENTIALS),
        (Answer(429, {}), TroubleCode.BUSY),
    ],
)
def test_the_test_tells_whose_token_it_is(answer: Answer, says: str) -> None:
    session: Any = Api(answer)
    assert CHANNEL.check is not None
    if isinstance(says, TroubleCode):
        with pytest.raises(Trouble) as trouble:
            asyncio.run(CHANNEL.check(session, ACCOUNT))  # type: ignore[arg-type]
        assert trouble.value.code == says
    else:
        assert asyncio.run(CHANNEL.check(session, ACCOUNT)) == says  # type: ignore[arg-type]


def test_an_answer_in_public_carries_no_link() -> None:
    with pytest.raises(Trouble) as trouble:
        send(Api(), text="Read https://police.example/x", public=True, in_reply_to="55")
    assert trouble.value.code == TroubleCode.REFUSED


@pytest.mark.parametrize(
    ("status", "body", "code", "retry"),
    [
        (429, {}, "busy", True),
        (401, {"title": "Unauthorized"}, "credentials", False),
        (403, {"detail": "You are not permitted to send a Direct Message to this user."}, "recipient", False),
        (403, {"detail": "You are not allowed to create a Tweet with duplicate content."}, "refused", False),
        (403, {"type": "https://api.x.com/2/problems/oauth1-permissions"}, "credentials", False),
        (403, {"type": "about:blank", "reason": "client-not-enrolled"}, "credentials", False),
        (404, {}, "recipient", False),
        (400, {"errors": [{"message": "bad"}]}, "refused", False),
        (503, {}, "uncertain", False),
        (201, {}, "uncertain", False),
        (201, {"data": {}}, "uncertain", False),
    ],
)
def test_every_answer_has_its_trouble(status: int, body: object, code: str, retry: bool) -> None:
    with pytest.raises(Trouble) as trouble:
        send(Api(Answer(status, body)), text="x")
    assert (trouble.value.code, trouble.value.retry) == (code, retry)


def test_the_limit_says_when_it_ends() -> None:
    import time

    reset = {"x-rate-limit-reset": str(int(time.time()) + 300)}
    with pytest.raises(Trouble) as trouble:
        send(Api(Answer(429, {}, reset)), text="x")
    assert trouble.value.after is not None
    assert timedelta(seconds=250) < trouble.value.after <= timedelta(seconds=300)


def test_an_account_without_a_token_of_its_own_sends_nothing() -> None:
    other = AccountFacts(external_id="42", values=ACCOUNT.values)
    with pytest.raises(Trouble) as trouble:
        api.signed(other, "https://api.x.com/2/tweets", method="POST")
    assert trouble.value.code == TroubleCode.CREDENTIALS

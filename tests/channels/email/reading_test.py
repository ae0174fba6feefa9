"""What a message becomes where fixtures do not reach: the words that are left, the marks of senders, and bombs."""

import time
from typing import Any

import pytest

from rabta.channels.contract import Arrived, Receipt, Unreadable
from rabta.channels.email import CHANNEL
from rabta.channels.email.body import body_of
from rabta.channels.email.words import without_history
from tests.channels.bodies import FIXTURES

OWN = "help@police.example"
HEAD = b"From: Mariam <mariam@example.org>\r\nSubject: Theft\r\nMessage-ID: <a@example.org>\r\n"
MB = 1024 * 1024


def body(raw: bytes, **facts: Any) -> bytes:
    return body_of(
        raw, **{"account": OWN, "at": 1.8e9, "own": [OWN], "servers": ["mx.police.example"], **facts}
    )


def read(name: str) -> Any:
    import json

    import orjson

    (item,) = CHANNEL.read(
        orjson.dumps(json.loads((FIXTURES / "email" / f"{name}.json").read_text())["body"])
    )
    return item


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("answer_with_history", "It was a red Honda."),
        ("answer_in_urdu_with_history", "وہ سرخ ہونڈا تھی۔"),
        ("answer_of_outlook", "It was a red Honda."),
        ("answer_in_html", "STATUS"),
        ("word_in_body", "STATUS"),
        ("subject_only", "STATUS"),
        ("urdu_in_eight_bits", "موٹر سائیکل چوری\n\nمیری موٹر سائیکل چوری ہو گئی ہے۔"),
        ("html_only", "Motorcycle stolen\n\nMy phone was snatched\nnear Saddar.\n\nblack\nSamsung"),
        ("html_too_deep", "Motorcycle stolen\n\nRobbed near the bridge"),
        ("signature", "Motorcycle stolen\n\nA dog was poisoned."),
    ],
)
def test_the_words_are_what_the_person_wrote(name: str, text: str) -> None:
    assert read(name).text == text


def test_a_letter_of_somebody_else_is_the_matter_itself() -> None:
    assert "break your legs" in read("answer_to_somebody_else").text
    assert "Send 5000." in read("forwarded_letter").text
    strangers = "See:\n\nOn Sun, Ali <ali@x.example> wrote:\n> a threat"
    assert without_history(strangers, own=[OWN], answers_us=False) == strangers
    ours = f"Yes.\n\nOn Sun, Police <{OWN}> wrote:\n> a letter"
    assert without_history(ours, own=[OWN], answers_us=False) == "Yes.\n"
    beginning = "I saw three men:\nAli\nKhan"
    assert without_history(beginning, own=[OWN], answers_us=True) == beginning


def test_an_answer_names_our_letter_and_a_file_keeps_no_folder() -> None:
    token = "0b0c7c3e-5a55-4c5e-9a59-1f2e3d4c5b6a"
    assert read("answer_with_history").in_reply_to == f"<rabta.{token}@police.example>"
    assert [media.name for media in read("with_photo_and_pdf").media] == ["چور.png", "report.pdf"]


@pytest.mark.parametrize(
    ("name", "trouble"),
    [
        ("bounce", "recipient"), ("bounce_mailbox_full", "recipient"), ("bounce_with_message", "refused"),
        ("bounce_too_late", "unreachable"), ("bounce_in_words", "recipient"), ("bounce_by_envelope", "recipient"),
    ],
)  # fmt: skip
def test_a_bounce_finds_the_letter_and_says_what_is_wrong(name: str, trouble: str) -> None:
    told = read(name)
    assert isinstance(told, Receipt)
    assert (told.token, told.trouble) == ("0b0c7c3e-5a55-4c5e-9a59-1f2e3d4c5b6a", trouble)
    assert "mariam" not in told.detail


def test_a_false_sender_is_somebody_else_and_answers_never_go_to_reply_to() -> None:
    true, false = read("sender_checked"), read("sender_false")
    assert true.sender.handle == "mariam@example.org" and true.thread
    assert false.sender.handle == "unverified:mariam@example.org" and not false.thread
    assert read("sender_checked_by_a_stranger").sender.handle.startswith("unverified:")
    assert read("reply_to_elsewhere").sender.address == "mariam@example.org"


def test_the_same_message_has_one_key_and_another_under_its_id_has_another() -> None:
    words = b"\r\n\r\nwords"
    (first,) = CHANNEL.read(body(HEAD + words))
    (again,) = CHANNEL.read(body(HEAD + b"X-Spam: no" + words, at=1.9e9))
    (other,) = CHANNEL.read(body(HEAD.replace(b"mariam", b"thief") + words))
    assert first.key == again.key != other.key


BOMBS = {
    "containers": b"Content-Type: multipart/mixed; boundary=b0\r\n\r\n"
    + b"".join(
        b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (n, n + 1) for n in range(50)
    )
    + b"x\r\n" * 500_000,
    "borders": b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\n" * 1_000_000,
    "lines": b"\r\n" + b"\r\n" * 4_000_000,
    "one line": b"\r\n" + b"x" * (20 * MB),
    "header": b"X-A: " + b"(" * MB + b"\r\n\r\nx",
    "sender": b"Sender: " + b"(" * 100_000 + b"\r\n\r\nx",
    "encoded words": b"Subject: " + b"=?utf-8?q?=" * 100_000 + b"\r\n\r\nx",
    "quotes": b"\r\n" + b"> x\r\n" * 100_000 + b"end",
    "attributions": b"\r\n" + b"a@b.example:\r\n" * 100_000,
    "html": b"Content-Type: text/html\r\n\r\n" + b"<div><b>" * 400_000,
    "open tags": b"Content-Type: text/html\r\n\r\n" + b"<" * 2_000_000,
    "entities": b"Content-Type: text/html\r\n\r\n" + b"&amp;" * 1_000_000,
    "base64": b"Content-Transfer-Encoding: base64\r\n\r\n" + b"QUJD" * (5 * MB),
    "parameters": b"Content-Type: text/plain" + b"; a*0=b" * 50_000 + b"\r\n\r\nx",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_read_or_refused_in_a_moment(name: str) -> None:
    raw = body(HEAD + BOMBS[name])
    began = time.process_time()
    (item,) = CHANNEL.read(raw)
    assert CHANNEL.count(raw) == {OWN: 1}
    assert time.process_time() - began < 15
    assert isinstance(item, Unreadable) or len(getattr(item, "text", "")) < 60_000
    assert isinstance(item, Arrived | Unreadable)

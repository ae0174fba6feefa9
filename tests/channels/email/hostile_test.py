"""Letters that were written to hang the reader, or to pass for somebody else's."""

import time

import pytest

from rabta.channels.email import mime, words
from rabta.channels.email.senders import FALSE, judged

SERVERS = ("mx.police.example",)
BOUND = 30.0  # seconds of the processor; before, these took minutes and grew with the cube


def test_a_page_of_many_repeated_letters_is_read_at_once() -> None:
    page = "<p>Bribe</p>" + "<p id=divRplyFwdMsg>" * 8000
    began = time.process_time()
    assert words.from_html(page, without_quotes=True) == "Bribe"
    assert time.process_time() - began < BOUND


@pytest.mark.parametrize(
    "charset", ["punycode", "PUNYCODE", "idna", "unicode-escape", "raw_unicode_escape", "rot13"]
)
def test_what_is_no_charset_of_letters_decodes_nothing(charset: str) -> None:
    assert mime.in_letters(b"bcher-kva \\u0041", charset) == "bcher-kva \\u0041"


@pytest.mark.parametrize(
    "said",
    [
        'mx.police.example; spf=fail smtp.mailfrom="; dmarc=pass "@evil.example; dmarc=fail',
        'mx.police.example; dmarc=fail; spf=pass smtp.mailfrom="x\\"; dmarc=pass"@evil.example',
        "mx.police.example; spf=fail (; dmarc=pass) smtp.mailfrom=x@evil.example; dmarc=fail header.from=x",
        'mx.police.example; spf=fail smtp.mailfrom="; dkim=pass "@evil.example',
        "mx.police.example; dmarc=fail; dmarc=pass",
    ],
)
def test_nobody_writes_the_verdict_on_himself_into_his_address(said: str) -> None:
    letter = mime.parse(f"Authentication-Results: {said}\r\nFrom: a@b.example\r\n\r\nx".encode())
    assert judged(letter, servers=SERVERS) == FALSE

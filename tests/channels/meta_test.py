"""What Facebook and Instagram share: dividing long text, the provider's error numbers, its allowance, its signature."""

import hashlib
import hmac

import pytest

from rabta.channels.contract import HookRequest, TroubleCode
from rabta.channels.facebook import CHANNEL as FACEBOOK
from rabta.channels.instagram import CHANNEL as INSTAGRAM_CHANNEL
from rabta.channels.meta import paging
from rabta.channels.meta.sending import in_parts
from rabta.channels.meta.troubles import meaning_of


def test_asking_stops_before_the_allowance_is_used_up() -> None:
    assert paging.usage({"X-App-Usage": '{"call_count":28,"total_time":81,"total_cputime":5}'}) == 81
    business = '{"104":[{"type":"pages","call_count":76,"total_time":1,"estimated_time_to_regain_access":0}]}'
    assert paging.usage({"X-Business-Use-Case-Usage": business}) == 76
    assert [paging.usage({"X-App-Usage": odd}) for odd in ("", "x", "[]", '{"call_count":"9"}', "null")] == [
        0
    ] * 5


@pytest.mark.parametrize(
    ("text", "longest", "parts"),
    [
        ("", 10, []),
        ("short", 10, ["short"]),
        ("One. Two three. Four five six.", 16, ["One. Two three.", "Four five six."]),
        ("پہلا جملہ ہے۔ دوسرا جملہ یہ ہے۔", 20, ["پہلا جملہ ہے۔", "دوسرا جملہ یہ ہے۔"]),
        ("पहला वाक्य है। दूसरा वाक्य।", 18, ["पहला वाक्य है।", "दूसरा वाक्य।"]),
        ("no sentence ends here at all", 12, ["no sentence", "ends here at", "all"]),
        ("x" * 25, 10, ["x" * 10, "x" * 10, "x" * 5]),
    ],
)
def test_long_text_is_divided_after_sentences(text: str, longest: int, parts: list[str]) -> None:
    assert in_parts(text, longest=longest) == parts


def test_bytes_count_where_the_provider_counts_bytes() -> None:
    parts = in_parts("سلام " * 300, longest=1000, longest_bytes=100)
    assert all(len(part.encode()) <= 100 for part in parts)
    assert " ".join(parts).split() == ["سلام"] * 300


@pytest.mark.parametrize(
    ("numbers", "code", "retry"),
    [
        ([(4, 0), (613, 0), (613, 1893016), (80001, 0), (32, 0)], TroubleCode.BUSY, True),
        ([(1, 0), (2, 0), (1200, 0)], TroubleCode.UNREACHABLE, True),
        ([(10, 2018278), (10, 2534022), (10900, 0), (10901, 0)], TroubleCode.WINDOW_CLOSED, False),
        ([(551, 0), (551, 1545041), (100, 2018001), (100, 33), (10903, 0)], TroubleCode.RECIPIENT, False),
        ([(100, 2018008)], TroubleCode.MEDIA, True),
        ([(100, 2018047), (100, 2018074)], TroubleCode.MEDIA, False),
        ([(10, 0), (190, 463), (200, 0), (299, 0), (368, 0)], TroubleCode.CREDENTIALS, False),
        ([(100, 0), (100, 999), (506, 0)], TroubleCode.REFUSED, False),
    ],
)
def test_meaning_of_the_providers_numbers(
    numbers: list[tuple[int, int]], code: TroubleCode, retry: bool
) -> None:
    meanings = [meaning_of(*pair) for pair in numbers]
    assert {(meaning.code, meaning.retry) for meaning in meanings if meaning} == {(code, retry)}
    assert all(meanings)
    assert meaning_of(999_999) is None


def test_a_signature_of_another_secret_is_refused() -> None:
    body = b'{"object":"page","entry":[]}'
    right = "sha256=" + hmac.new(b"secret", body, hashlib.sha256).hexdigest()
    for channel in (FACEBOOK, INSTAGRAM_CHANNEL):
        assert channel.verify
        request = HookRequest(headers={"x-hub-signature-256": right}, query={}, body=body)
        assert channel.verify(request, {"app_secret": "secret"})
        assert not channel.verify(request, {"app_secret": "Secret"})

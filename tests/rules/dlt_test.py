"""Which registered template a text is."""

import re

import pytest

from rabta.rules.dlt import read, template_of

LINES = """
1107160000000000001=Your reference number is {#var#}. Please quote it when you write again.
1107160000000000002 = आपकी संदर्भ संख्या {#var#} है।

1107160000000000003: {#var#} {#var#} {#var#}
1107160000000000004=OTP {#var#}{#var#}
"""


@pytest.mark.parametrize(
    ("text", "id"),
    [
        (
            "Your reference number is PRY-7K3M-92QF. Please quote it when you write again.",
            "1107160000000000001",
        ),
        (
            "Your reference number is PRY-7K3M-92QF.\n\nPlease quote  it when you write again.",
            "1107160000000000001",
        ),
        ("आपकी संदर्भ संख्या PRY-7K3M-92QF है।", "1107160000000000002"),
        ("one two three", "1107160000000000003"),
        ("OTP " + "9" * 60, "1107160000000000004"),
        ("OTP " + "9" * 61, None),
        ("Your reference number is " + "x" * 31 + ". Please quote it when you write again.", None),
        ("something that was never registered, and is longer than its variables may be in such a text", None),
        ("", None),
    ],
)
def test_the_template_that_says_most_is_taken(text: str, id: str | None) -> None:
    assert template_of(text, read(LINES)) == id


@pytest.mark.parametrize("line", ["no id", "12=too short an id", "1107160000000000001=", "=text"])
def test_what_is_no_template_is_said(line: str) -> None:
    with pytest.raises(ValueError, match=re.escape(line)):
        read(line)

"""Links that let somebody in do not stand in the log."""

import logging
from typing import Any

import pytest
from django.core import signing

from rabta.kit.logs import WithoutLinks

TOKEN = "aB3_-xyz0123456789aB3_-xyz012345"


@pytest.mark.parametrize(
    "address",
    [f"/login/phone/{TOKEN}/", f"/login/password/{TOKEN}/", f"/setup/{signing.dumps('first')}/"],
    ids=[
        "phone",
        "password",
        "setup",
    ],  # what is signed holds the time: workers of one run must agree on names
)
def test_a_link_is_left_out_and_the_line_stays(address: str) -> None:
    line = logging.LogRecord("django.request", 30, "", 0, "%s: %s", ("Not Found", address), None)
    assert WithoutLinks().filter(line)
    assert line.getMessage() == f"Not Found: {address.rsplit('/', 2)[0]}/…/"


@pytest.mark.parametrize("address", ["/setup/tables/", "/officers/sign-in/0123456789abcdefghjk/", "/status/"])
def test_other_addresses_stay(address: str) -> None:
    line = logging.LogRecord("django.request", 30, "", 0, "%s: %s %d", ("Not Found", address, 7), None)
    WithoutLinks().filter(line)
    assert line.getMessage() == f"Not Found: {address} 7"


def test_every_line_goes_through_it(settings: Any) -> None:
    made = {
        name for name, facts in settings.LOGGING["filters"].items() if facts["()"].endswith("WithoutLinks")
    }
    assert all(made & set(handler["filters"]) for handler in settings.LOGGING["handlers"].values())

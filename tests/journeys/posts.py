"""A public post over HTTP: as a citizen on the simulated X, then as the commander whose quote is an order."""

import json
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

STRANGER, COMMANDER, FORCE = "1790000000000000024", "1790000000000000011", "1790000000000000001"
WORDS = "@KPPoliceDemo somebody snatched my handbag at the bus stop"
REFERENCE = re.compile(r"[A-Z]{3}-[0-9A-Z]{4}-[0-9A-Z]{4}")
PATIENCE = 60.0


def call(address: str, body: object = None) -> Any:
    """The JSON at an address; POST when there is a body."""
    data = None if body is None else json.dumps(body).encode()
    request = Request(address, data=data, headers={"Content-Type": "application/json"})
    with urlopen(request, timeout=60) as answer:
        return json.load(answer)


def until(found: Callable[[], Any], what: str) -> Any:
    """What `found` gives, as soon as it gives anything."""
    end = time.monotonic() + PATIENCE
    while not (result := found()):
        assert time.monotonic() < end, what
        time.sleep(0.2)
    return result


def goes_all_the_way(simulator: str, *, station: str) -> None:
    """Thanks in public, the number in private, and the order on the station's phone once the commander quotes it."""
    mine = call(f"{simulator}/x/post", {"as": STRANGER, "text": WORDS})

    def state() -> Any:
        return call(f"{simulator}/x/state?{urlencode({'as': STRANGER})}")

    def answers() -> list[str]:
        return [
            post["text"]
            for post in state()["posts"]
            if post["other"] == mine["id"] and post["author"] == FORCE
        ]

    def private() -> list[str]:
        return [told["text"] for told in state()["private"] if told["author"] == FORCE]

    def orders(reference: str) -> list[Any]:
        sent = call(f"{simulator}/sim/outbox?phone={station}")["messages"]
        return [one for one in sent if reference in json.dumps(one) and "/o/" in json.dumps(one)]

    (public,) = until(answers, "thanks under the post")
    told = until(private, "a private message")
    reference = REFERENCE.search(told[0])
    assert reference and not REFERENCE.search(public), "the number is said in private only"
    assert not orders(reference[0]), "nobody knows yet where it was"
    quote = {"as": STRANGER, "text": "SHO Gulbahar: act", "relation": "quote", "other": mine["id"]}
    call(f"{simulator}/x/post", quote)  # only named like the commander
    call(f"{simulator}/x/post", quote | {"as": COMMANDER})
    until(lambda: orders(reference[0]), "the order on the station's phone")
    assert len(orders(reference[0])) == 1

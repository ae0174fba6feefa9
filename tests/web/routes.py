"""The table of addresses, `routes.csv`: who may use each, and on whose cases.

| who | means |
|---|---|
| public | anybody, without signing in |
| secret | whoever has the secret in the address or a receipt code; 404 for others |
| any officer | everybody who signs in |
| permissions | officers with at least one of them, on cases that their units see |
| nobody | the name of an address that is served elsewhere |
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.urls import URLPattern, get_resolver


@dataclass(frozen=True)
class Route:
    """One line of the table."""

    route: str
    methods: tuple[str, ...]
    who: str
    object: dict[str, str]

    @property
    def permissions(self) -> frozenset[str]:
        return (
            frozenset()
            if self.who in ("public", "secret", "nobody", "any officer")
            else frozenset(self.who.split())
        )

    def path(self, of: dict[str, str]) -> str:
        """The address with the ids of these objects in it."""

        def fill(match: re.Match[str]) -> str:
            named = self.object[match[1]]
            return of.get(named, named)

        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", fill, self.route)


def table() -> list[Route]:
    with (Path(__file__).parent / "routes.csv").open() as file:
        return [
            Route(
                row["route"],
                tuple(row["methods"].split()),
                row["who"],
                dict(pair.split("=") for pair in row["object"].split()),
            )
            for row in csv.DictReader(file)
        ]


def patterns(resolver: Any = None, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address of the URLconf."""
    for each in (resolver or get_resolver()).url_patterns:
        address = before + str(each.pattern)
        if isinstance(each, URLPattern):
            yield address, each
        else:
            yield from patterns(each, address)


def owned() -> list[Route]:
    """Routes on one case or what belongs to it. An item of quarantine belongs to nobody; a link says nothing;
    officers and their sign-in have tests of their own (tests/web/accounts), keyholders and posts of the force too, and
    so has setting up. A review belongs to whoever held it (tests/web/limits_test.py). Good work is its author's too,
    pictures wait for their copy, an export asks for the second factor (tests/groups/relay_pages_test.py)."""
    free = ("desk/intake/quarantined/<int:pk>/settle/", "o/<slug:public_id>",
            "keyholders/<slug:public_id>/confirm/", "keyholders/<slug:public_id>/end/",
            "officers/sign-in/<slug:public_id>/", "account/factor/<int:pk>/remove/",
            "review/held/<slug:public_id>/",
            "groups/photos/<slug:public_id>/", "groups/directions/<slug:public_id>/export/")  # fmt: skip
    apart = ("setup/", "channels/posts/", "groups/good-work/", "api/v1/good_work/")
    routes = (route for route in table() if not route.route.startswith(apart))
    return [route for route in routes if route.object and route.route not in free]


def turn(roles: list[str], number: int, *, most: int) -> list[str]:
    """At most so many of the roles, others for each number: over many addresses all of them have their turn."""
    start = number % len(roles) if roles else 0
    return (roles[start:] + roles[:start])[:most]


def wrong(found: dict[str, Any]) -> str:
    return "\n".join(f"{what}: {status}" for what, status in found.items())

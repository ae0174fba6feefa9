"""An instruction on its way, for tests: given by the chief, spread and carried as the worker does it."""

import contextlib
from collections.abc import Iterator
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from rabta.force import access
from rabta.force.access import Scope
from rabta.force.models import Officer
from rabta.groups.models import Broadcast, Direction, Hop, Recipient
from rabta.journey.groups.directions import directing, relaying
from rabta.journey.groups.directions.directing import New
from rabta.outbox.models import Delivery
from tests.cast import DAY, NOW, TODAY, as_role
from tests.groups import stage


def given(cast: SimpleNamespace, *, by: str = "igp", at: datetime = NOW, **facts: Any) -> Direction:
    """The instruction, with the first level told of it."""
    defaults = {
        "title": "Watch the bus stands",
        "words": {"": "Two men at each stand till Friday."},
        "group": cast.groups.hq,
    }
    scope = access.scope_of(getattr(cast, by), on=TODAY)
    direction = directing.give(New(**defaults | facts), by=scope, now=at)
    with worker():
        relaying.spread(direction.pk, now=at)
    direction.refresh_from_db()
    return direction


def asking_photos(cast: SimpleNamespace, **facts: Any) -> Direction:
    """The same, with a photo from every lowest group."""
    return given(cast, proof="photo", proof_words="The stand with two men", proof_due_at=NOW + DAY, **facts)


@contextlib.contextmanager
def worker() -> Iterator[None]:
    """The worker's rights."""
    with as_role("rabta_worker"):
        yield


def hop(direction: Direction, group: Any) -> Hop:
    """The hop of a group as it is now."""
    return Hop.objects.select_related("direction", "unit", "group").get(direction=direction, group=group)


def receives(hop: Hop, who: Officer, *, at: datetime = NOW) -> None:
    relaying.receive(hop=hop, by=scope(who), now=at)


def passes(found: Hop, who: Officer, words: str = "", *, at: datetime = NOW) -> None:
    """Passed on by the officer, and carried by the worker."""
    relaying.pass_on(hop=found, words=words, by=scope(who), now=at)
    with worker():
        relaying.carry(found.pk, now=at)


def ticks(*, at: datetime) -> None:
    """The sweep, and what it set going."""
    with worker():
        relaying.tick(now=at)
        with access.system("test"):
            alone = list(
                Hop.objects.filter(alone_at__isnull=False, carried_at=None).values_list("pk", flat=True)
            )
        for pk in alone:
            relaying.carry(pk, now=at)


def scope(who: Officer) -> Scope:
    return access.scope_of(who, on=TODAY)


def broadcasts(direction: Direction) -> list[Broadcast]:
    """All that was said of it, with letters in the outbox."""
    rows = Broadcast.objects.filter(about=f"direction:{direction.public_id}").order_by("pk")
    with access.system("test"):
        return [stage.sent(one) for one in rows]


def heard(direction: Direction) -> list[Recipient]:
    """Everybody who heard anything of it."""
    return list(Recipient.objects.filter(broadcast__in=broadcasts(direction)).order_by("pk"))


def letters_to(who: Officer, *, about: str = "hop:") -> list[Delivery]:
    """What the officer was told on his telephone of hops."""
    return list(Delivery.objects.filter(number=who.phone, about__startswith=about).order_by("pk"))

"""What tests of joining have in common: a trader who asks, on the page and by message."""

from types import SimpleNamespace
from typing import Any

from rabta.channels.contract import Arrived
from rabta.channels.items import Sender
from rabta.groups.models import Door, Group
from rabta.intake.contents import Incoming
from rabta.journey.groups.members import by_message, doors
from rabta.journey.groups.members.joining import Asked, Referee
from rabta.outbox.models import Delivery
from tests.cast import NOW, acting, as_role

TRADER = "+923005550001"


def letters() -> list[str]:
    return list(Delivery.objects.order_by("id").values_list("text", flat=True))


def door_of(cast: SimpleNamespace, group: Group) -> Door:
    with acting(cast.sho) as by:
        return doors.open_door(group=group, by=by, now=NOW)


def asked(**facts: Any) -> Asked:
    said: dict[str, Any] = {
        "name": "Karim Bakhsh", "address": TRADER, "kind": "trader", "section": "traders", "language": "ur",
        "place": "Kotwali", "referees": [Referee(name="Haji Saleem", number="+923005550009")],
    }  # fmt: skip
    return Asked(**said | facts)


def heard(cast: SimpleNamespace, text: str, *, number: str = TRADER) -> bool:
    item = Arrived(
        account="1",
        key="1",
        provider_id="1",
        kind="text",
        text=text,
        sender=Sender(scheme="phone", handle=number, address=number),
    )
    one = Incoming(account=cast.number, item=item, journal_id=1, position=1, received_at=NOW)
    with as_role("rabta_worker", system="reading what came in"):
        return by_message.take(one, now=NOW)

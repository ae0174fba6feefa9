"""Groups at three heights, each with somebody in it and something said to it; and who runs them."""

from types import SimpleNamespace
from typing import Any

from rabta.groups.models import Broadcast, Group, Member, Membership, Reach, Recipient, Seat, Wording
from rabta.kit import ids
from rabta.outbox.models import Body
from tests.access import bulletins, joining, relaying, talking
from tests.cast import NOW, TODAY

# Officers whose posts run groups, by the unit that they serve.
RUN = {
    "igp", "desk_head", "operator", "operator_peshawar", "sp", "operator_mardan", "sp_mardan", "co", "co_rural",
    "sho", "sho_gulbahar", "sho_rustam",
}  # fmt: skip
UNITS = ("kotwali", "city", "mardan", "hq")


def make(cast: SimpleNamespace) -> dict[str, dict[str, list[int]]]:
    """Ids by table for each unit that has a group."""
    return {unit: _group(getattr(cast, unit)) for unit in UNITS}


def _group(unit: Any) -> dict[str, list[int]]:
    seen = {"unit": unit, "visible_to": unit.path}
    group = Group.objects.create(**seen, code=unit.code, name=unit.name, kind="circle", opened_at=NOW)
    member = Member.objects.create(
        **seen, digest=ids.public_id().encode(), channel="whatsapp", kind="clg", state="active",
        opted_in_at=NOW, valid_until=TODAY,
    )  # fmt: skip
    broadcast = Broadcast.objects.create(**seen, what="announcement", asked_at=NOW, due_at=NOW)
    broadcast.groups.add(group)
    through = Broadcast.groups.through.objects.get(broadcast=broadcast)
    made = [
        group,
        member,
        broadcast,
        through,
        Seat.objects.create(group=group, reach="below"),
        Membership.objects.create(group=group, member=member, since=NOW),
        Wording.objects.create(
            broadcast=broadcast, text="x", body=Body.objects.create(text="x", made_at=NOW)
        ),
        Recipient.objects.create(broadcast=broadcast, position=1, unit=unit, member=member),
        Reach.objects.create(broadcast=broadcast, unit=unit, recipients=1),
        *joining.rows(group, member),
        *bulletins.rows(group, member, broadcast),
        *relaying.rows(group),
        *talking.rows(group, member),
    ]
    return {one._meta.db_table: [one.pk] for one in made}

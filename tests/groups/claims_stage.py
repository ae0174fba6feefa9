"""What tests of rumours have in common: volunteers around a bus stand, what they report, and the claim it becomes."""

from types import SimpleNamespace
from typing import Any

from rabta.groups.models import Broadcast, Claim, ClaimReport, Group, Member, Recipient
from rabta.journey.groups.bulletins import claiming
from tests.cast import KOTWALI, NOW, acting, as_role
from tests.groups import stage

RUMOUR = "They say a bomb was found at the old bus stand near Kotwali and the schools are closed."


def town(cast: SimpleNamespace) -> SimpleNamespace:
    """The cast, groups of Kotwali and Gulbahar, and volunteers at growing distances from Kotwali."""
    cast.groups = stage.groups(cast)
    cast.gulbahar_group = stage.opened(cast.gulbahar, Group.Kind.VOLUNTEERS, cast.sho_gulbahar)
    cast.here = [
        stage.member(cast.groups.station, lat=KOTWALI[0] + n / 100, lng=KOTWALI[1]) for n in range(4)
    ]
    cast.there = stage.member(cast.gulbahar_group, lat=34.2, lng=71.65)
    return cast


def reported(member: Member, text: str = RUMOUR, **facts: Any) -> ClaimReport:
    with as_role("rabta_worker", system="a test"):
        return claiming.offered(member=member, text=text, now=NOW, **facts)


def opened(cast: SimpleNamespace, *reports: ClaimReport, by: str = "co") -> Claim:
    with acting(getattr(cast, by)) as scope:
        return claiming.open_claim(
            text="A bomb was found at the bus stand.", unit=cast.city, by=scope, now=NOW, reports=reports,
            at=KOTWALI,
        )  # fmt: skip


def heard(broadcast: Broadcast) -> list[Member]:
    stage.sent(broadcast)
    rows = Recipient.objects.filter(broadcast=broadcast, delivery__isnull=False).order_by("position")
    return [row.member for row in rows.select_related("member") if row.member]

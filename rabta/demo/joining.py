"""Of the demonstration: the square code of Gulbahar's volunteers (/join/gulbahar/), somebody who waits, and somebody
whose refusal is to be looked at again.
"""

from datetime import datetime, timedelta

from django.utils import timezone

from rabta.force.access import scope_of
from rabta.force.models import Post, Role
from rabta.groups.models import Application, Door, Group
from rabta.journey.groups.members import joining, letters, vetting
from rabta.journey.groups.members.joining import Asked, Referee
from rabta.journey.groups.members.vetting import Why
from rabta.rules.joining import word_of

WAITS = Asked(
    name="Karim Bakhsh", address="+923330004501", kind="trader", section="traders", language="ur",
    place="Gulbahar", referees=[Referee(name="Haji Saleem", number="+923330004502")],
)  # fmt: skip
REFUSED = Asked(name="Dilawar Shah", address="+923330004503", kind="police_mitra", language="roman")
SAID = "Main thane ke saamne dukaan chalata hoon, isi liye wahan dikhta hoon."


def play(*, now: datetime) -> None:
    """One address, two applications."""
    group = Group.objects.get(kind=Group.Kind.VOLUNTEERS, unit__code="PSH-GLB")
    post = Post.objects.get(unit=group.unit, role=Role.SHO)
    officer = post.postings.filter(ends=None).select_related("officer").order_by("id")[0].officer
    scope = scope_of(officer, on=timezone.localdate(now))
    door = Door.objects.create(
        word=word_of("gulbahar"), group=group, visible_to=group.visible_to, made_by=officer,
        made_at=now - timedelta(days=20),
    )  # fmt: skip
    _applied(door, REFUSED, now=now - timedelta(days=3))
    refused = Application.objects.get(group=group, state=Application.State.OPEN)
    why = Why(reason="hanger_on", words="Seen at the gate every day.")
    made = vetting.refuse(application=refused, why=why, unrelated=True, by=scope, now=now - timedelta(days=2))
    vetting.contest(decision=made, said=SAID, now=now - timedelta(days=1))
    _applied(door, WAITS, now=now - timedelta(hours=5))


def _applied(door: Door, asked: Asked, *, now: datetime) -> None:
    channel = letters.channel_for(door.group.unit_id, now=now)
    joining.begin(door=door, asked=asked, channel=channel, via="qr", now=now)

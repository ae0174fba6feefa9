"""For a group: its address, an application, what was decided, what it is made of, and who asked for a card."""

from typing import Any

from rabta.groups.models import Application, CardRequest, Cover, Decision, Door, Group, Member
from rabta.kit import ids
from tests.cast import NOW, TODAY


def rows(group: Group, member: Member) -> list[Any]:
    """One row of each table; `Cover` is there already: a trigger counted the member."""
    seen = {"group": group, "visible_to": group.visible_to}
    door = Door.objects.create(**seen, word=group.public_id, made_at=NOW)
    application = Application.objects.create(
        **seen, door=door, member=member, via="qr", channel="whatsapp", digest=b"0" * 16,
        receipt=ids.public_id(), kind="clg", state="open", asked_at=NOW, proved_at=NOW,
    )  # fmt: skip
    return [
        door,
        application,
        Decision.objects.create(
            **seen, member=member, application=application, what="refused", reason="tout", at=NOW
        ),
        Cover.objects.get(group=group),
        CardRequest.objects.create(group=group, day=TODAY),
    ]

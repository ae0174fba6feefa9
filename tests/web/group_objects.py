"""One of everything that belongs to a group, for the test that asks every address."""

from rabta.files.models import StoredFile
from rabta.force.models import Unit
from rabta.groups.models import Application, Broadcast, Decision, Door, Group, Item
from rabta.journey.groups.talk import keeping
from rabta.kit import ids
from rabta.outbox.models import Body
from tests.groups.stage import member
from tests.web import press_objects, relay_objects
from tests.web.small_force import NOW


def objects(seen_by: list[Unit]) -> dict[str, str]:
    """Ids by the words of routes.csv. The group belongs to the last of these units."""
    seen = {"unit": seen_by[-1], "visible_to": [unit.pk for unit in seen_by]}
    group = Group.objects.create(**seen, code=ids.public_id(), name="Group", kind="circle", opened_at=NOW)
    body = Body.objects.create(text="x", made_at=NOW)
    broadcast = Broadcast.objects.create(**seen, what="announcement", asked_at=NOW, due_at=NOW)
    broadcast.groups.add(group)
    broadcast.wordings.create(text="x", body=body)
    somebody = member(group, unit=seen_by[-1])
    somebody.visible_to = seen["visible_to"]
    somebody.save()
    item = Item.objects.create(
        group=group, member=somebody, journal_id=somebody.pk, position=0, received_at=NOW, shown_at=NOW, text="x",
        file=_picture(),
    )  # fmt: skip
    removed = Item.objects.create(
        group=group, member=somebody, journal_id=somebody.pk, position=1, received_at=NOW, state="held",
        noise="greeting", sealed=keeping.seal("x"),
    )  # fmt: skip
    whole = {"group": group, "visible_to": seen["visible_to"]}
    door = Door.objects.create(**whole, word=ids.public_id(), made_at=NOW)
    application = Application.objects.create(
        **whole, door=door, member=somebody, via="qr", channel="whatsapp", digest=b"1" * 16, receipt=ids.public_id(),
        kind="clg", state="open", asked_at=NOW, proved_at=NOW,
    )  # fmt: skip
    decision = Decision.objects.create(**whole, member=somebody, what="refused", at=NOW, contested_at=NOW)
    return {
        "word": door.word, "application": application.public_id, "decision": decision.public_id,
        "item": item.public_id, "item_removed": removed.public_id, "group": group.public_id,
        "broadcast": broadcast.public_id, "member": somebody.public_id,
        **press_objects.objects(group, somebody),
        **relay_objects.objects(group, seen),
    }  # fmt: skip


def _picture() -> StoredFile:
    """A picture with its copy."""
    facts = {"kind": "image", "mime": "image/jpeg", "size": 1, "stored_at": NOW}
    copy = StoredFile.objects.create(**facts, sha256="1" * 64)
    return StoredFile.objects.create(**facts, sha256="0" * 64, cleaned=copy)

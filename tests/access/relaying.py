"""An instruction to a group with a hop and its proof, and good work of its unit, for `tests.access.groups`."""

from typing import Any

from rabta.files.models import StoredFile
from rabta.force.models import Officer
from rabta.groups.models import Direction, GoodWork, GoodWorkStep, Group, Hop, Photo, Proof
from tests.cast import NOW


def rows(group: Group) -> list[Any]:
    """One row in each of their tables. Their author is no officer whose rows are counted."""
    author, _new = Officer.objects.get_or_create(
        username="author", defaults={"name": "Author", "password": "!"}
    )
    seen = {"unit": group.unit, "visible_to": group.visible_to}
    direction = Direction.objects.create(
        **seen, title="x", words={"": "x"}, sha256="0" * 64, group=group, limit_minutes=60, officer=author,
        given_at=NOW,
    )  # fmt: skip
    hop = Hop.objects.create(**seen, direction=direction, group=group)
    proof = Proof.objects.create(hop=hop, officer=author, at=NOW)
    work = GoodWork.objects.create(
        **seen, title="x", text="x", officer=author, at=NOW, promised_at=NOW, changed_at=NOW
    )
    file = StoredFile.objects.create(kind="image", mime="image/jpeg", size=1, sha256="0" * 64, stored_at=NOW)
    return [
        direction,
        hop,
        proof,
        work,
        GoodWorkStep.objects.create(work=work, what="submitted", unit=group.unit, officer=author, at=NOW),
        Photo.objects.create(proof=proof, file=file, at=NOW),
    ]

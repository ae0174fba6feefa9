"""An instruction on its way with a hop and its proof, and good work, for the test that asks every address."""

from typing import Any

from rabta.files.models import StoredFile
from rabta.force.models import Officer
from rabta.groups.models import Direction, GoodWork, Group, Hop, Photo, Proof
from tests.web.small_force import NOW


def objects(group: Group, seen: dict[str, Any]) -> dict[str, str]:
    """Ids by the words of routes.csv."""
    author, _new = Officer.objects.get_or_create(
        username="author", defaults={"name": "Author", "password": "!"}
    )
    direction = Direction.objects.create(
        **seen, title="x", words={"": "x"}, sha256="0" * 64, group=group, limit_minutes=60, officer=author,
        given_at=NOW, spread_at=NOW, proof="photo", proof_words="x", proof_due_at=NOW,
    )  # fmt: skip
    hop = Hop.objects.create(
        **seen, direction=direction, group=group, state="told", told_at=NOW, due_at=NOW, proof_state="waiting"
    )
    hop.path = [hop.pk]
    hop.save()
    proof = Proof.objects.create(hop=hop, officer=author, at=NOW)
    file = StoredFile.objects.create(kind="image", mime="image/jpeg", size=1, sha256="0" * 64, stored_at=NOW)
    photo = Photo.objects.create(proof=proof, file=file, at=NOW)
    work = GoodWork.objects.create(
        **seen, title="x", text="x", officer=author, at=NOW, promised_at=NOW, changed_at=NOW,
        lies_at=seen["unit"],
    )  # fmt: skip
    named: dict[str, Any] = {"direction": direction, "hop": hop, "proof": proof, "photo": photo, "work": work}
    return {name: one.public_id for name, one in named.items()}

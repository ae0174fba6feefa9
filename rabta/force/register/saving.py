"""Writing what the tables say, all of it or nothing."""

from typing import Any, cast

from django.db import transaction
from django.db.models import Manager, Model

from rabta.force import directory
from rabta.force.models import Level, Officer, PlaceName, Post, Posting, Unit
from rabta.force.register.draft import Draft

NAMES = ["name", "name_hi", "name_ur"]
UNIT_FIELDS = [
    *NAMES, "code", "level", "parent", "functional_parent", "area", "lat", "lng", "function", "reference_prefix",
    "accusations_to",
]  # fmt: skip
MODELS: dict[str, type[Model]] = {
    "levels": Level,
    "places": PlaceName,
    "posts": Post,
    "officers": Officer,
    "postings": Posting,
}
BATCH = 500


@transaction.atomic
def save(draft: Draft) -> None:
    """Save a draft that has no problems. The number of statements grows with the depth of the force, not with rows."""
    assert not draft.problems
    _write(draft, "levels", ["rank", *NAMES])
    _units(draft)
    for place in cast(list[PlaceName], draft.of("places")):
        place.unit = place.unit
    _write(draft, "places", ["name_hi", "name_ur", "kind", "lat", "lng", "forms"])
    _posts(draft)
    _write(draft, "officers", [*NAMES, "rank", "phone", "language"])
    for posting in cast(list[Posting], draft.of("postings")):
        posting.officer, posting.post = posting.officer, posting.post
    _write(draft, "postings", ["kind", "starts", "ends", "order_number"])
    directory.forget()


def _write(draft: Draft, table: str, fields: list[str]) -> None:
    """What is new and what is changed. A field that named something new was set again: only then it has the id."""
    things, model = draft.of(table), MODELS[table]
    manager: Manager[Any] = model._default_manager
    known = [thing for thing in things if thing.pk is not None]
    manager.bulk_create([thing for thing in things if thing.pk is None], batch_size=BATCH)
    manager.bulk_update(known, fields, batch_size=BATCH)


def _units(draft: Draft) -> None:
    """From the top down: a parent has its id before its children name it."""
    touched = cast(list[Unit], draft.of("units"))
    waiting = [unit for unit in touched if unit.pk is None]
    for unit in touched:
        unit.level = unit.level
    while waiting:
        ready = [unit for unit in waiting if (above := _above(draft, unit)) is None or above.pk]
        for unit in ready:
            unit.parent = _above(draft, unit)
        Unit.objects.bulk_create(ready, batch_size=BATCH)
        waiting = [unit for unit in waiting if unit.pk is None]
    _paths(draft)
    for unit in touched:
        unit.parent = _above(draft, unit)
        unit.functional_parent = draft.units.get(draft.functional.get(unit.code, ""))
        unit.accusations_to = draft.units.get(draft.receivers.get(unit.code, ""))
    Unit.objects.bulk_update(touched, UNIT_FIELDS, batch_size=BATCH)


def _above(draft: Draft, unit: Unit) -> Unit | None:
    return draft.units.get(draft.parents.get(unit.code, ""))


def _paths(draft: Draft) -> None:
    """The ids from the force down to each unit, by the parents of the draft."""
    moved = []
    for unit in draft.units.values():
        path, at = [unit.pk], unit
        while (above := _above(draft, at)) is not None:
            path.insert(0, above.pk)
            at = above
        if unit.path != path:
            unit.path = path
            moved.append(unit)
    Unit.objects.bulk_update(moved, ["path"], batch_size=BATCH)


def _posts(draft: Draft) -> None:
    touched = cast(list[Post], draft.of("posts"))
    for post in touched:
        post.unit = post.unit
    _write(draft, "posts", ["unit", "role", *NAMES])
    for post in touched:
        post.linked_post = draft.posts.get(draft.linked.get(post.code, ""))
    Post.objects.bulk_update(touched, ["linked_post"], batch_size=BATCH)

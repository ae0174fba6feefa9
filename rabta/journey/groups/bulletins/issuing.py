"""An emergency bulletin: written by one officer, let go by another, heard nearest first, with receipt (H15).

A commander may let one go alone; somebody else looks at it within the hour
(docs/decisions/0045-what-the-police-say-at-once.md).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from rabta import audit
from rabta.cases.refusal import Refused
from rabta.channels.contract import Button
from rabta.force.access import Grant, Permission, Scope
from rabta.force.models import Unit
from rabta.groups import phrases
from rabta.groups.models import Broadcast, Bulletin, Group
from rabta.journey.checks import said_something
from rabta.journey.groups.broadcasts import saying, saying_to
from rabta.journey.groups.registry import post_over
from rabta.kit.distance import metres
from rabta.outbox.models import Delivery
from rabta.publishing import checklist
from rabta.triage.assess import assess

LOOK_WITHIN = timedelta(hours=1)
RECEIPTS = ("told_10", "told_50", "told_more", "seen")
PASSED_ON = RECEIPTS[:-1]  # "seen" alone may be said of anything
TEMPLATE = "bulletin_v1"  # with these buttons: few members wrote within the day
TOLD = {"told_10": 10, "told_50": 50, "told_more": 50, "seen": 0}  # at least so many were told
DECIDES = (Permission.PUBLISH, Permission.DIRECT)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """A bulletin as it is written. `place` and `radius_km` draw a circle on the map: those nearest hear it first."""

    title: str
    words: Mapping[str, str]
    groups: Sequence[Group]
    place: tuple[float, float] | None = None
    radius_km: float | None = None


def reached(
    groups: Sequence[Group], *, units: Collection[Unit], circle: tuple[float, float, float] | None
) -> list[Group]:
    """Those of the groups whose units lie at or below these, or in a circle (latitude, longitude, kilometres)."""
    chosen = {unit.pk for unit in units}
    return [
        group
        for group in groups
        if chosen & set(group.visible_to) or (circle is not None and _in_circle(group.unit, circle))
    ]


def _in_circle(unit: Unit, circle: tuple[float, float, float]) -> bool:
    lat, lng, radius = circle
    if unit.lat is None or unit.lng is None:
        return False
    return metres((unit.lat, unit.lng), (lat, lng)) <= radius * 1000


def write(*, facts: Facts, ticked: Collection[str], by: Scope, now: datetime) -> Bulletin:
    """Write a bulletin; nothing leaves. Refused, in words, where it can't be sent or a point is open."""
    words = saying.check(groups=facts.groups, words=facts.words, by=by)
    return _write(facts, words, ticked=ticked, kind=Bulletin.Kind.NEW, corrects=None, by=by, now=now)


def correct(
    *,
    bulletin: Bulletin,
    words: Mapping[str, str],
    withdraw: bool,
    ticked: Collection[str],
    by: Scope,
    now: datetime,
) -> Bulletin:
    """Correct or withdraw a bulletin by one of its own, decided on like any other, to exactly those who got it."""
    held = _held(bulletin)
    _runs(by, held)
    if held.state != Bulletin.State.SENT or held.broadcast is None:
        raise Refused(_("Only what was sent can be corrected. Write this one anew."))
    if Bulletin.objects.filter(corrects=held, state__in=["waits", "sent"]).exists():
        raise Refused(_("There is a correction of it already. Correct that one."))
    said = saying.checked_words(words)
    kind = Bulletin.Kind.WITHDRAWAL if withdraw else Bulletin.Kind.CORRECTION
    framed = {
        language: phrases.phrase(kind, language=language or assess(text).language or "en", words=text)
        for language, text in said.items()
    }
    facts = Facts(title=held.title, words=framed, groups=list(held.groups.all()))
    return _write(
        facts, saying.checked_words(framed), ticked=ticked, kind=kind, corrects=held, by=by, now=now
    )  # fmt: skip


def _write(
    facts: Facts,
    words: dict[str, str],
    *,
    ticked: Collection[str],
    kind: str,
    corrects: Bulletin | None,
    by: Scope,
    now: datetime,
) -> Bulletin:
    title = said_something(facts.title, limit=120)
    if missing := checklist.missing(ticked):
        raise Refused(_("Confirm each point first: %(point)s") % {"point": missing[0]})
    if (facts.place is None) != (facts.radius_km is None):
        raise Refused(_("A circle needs a place on the map and a distance."))
    unit, post = saying.speaking(facts.groups, by=by)
    lat, lng = facts.place or (None, None)
    bulletin = Bulletin.objects.create(
        title=title, words=words, kind=kind, corrects=corrects, unit=unit, visible_to=unit.path, lat=lat, lng=lng,
        radius_km=facts.radius_km, written_by=by.officer, written_post_id=post, written_at=now,
    )  # fmt: skip
    bulletin.groups.add(*facts.groups)
    _record("bulletin_written", bulletin, by=by, now=now)
    return bulletin


def let_go(*, bulletin: Bulletin, by: Scope, now: datetime, alone: bool = False) -> Bulletin:
    """Send a bulletin. By somebody else than its author; or by a commander alone (`alone`), looked at afterwards."""
    held = _waiting(bulletin)
    _runs(by, held)
    own = held.written_by_id == by.officer.pk
    if alone and _grant(by, held, (Permission.DIRECT,)) is None:
        raise Refused(_("Only who commands this area lets an emergency go alone. Ask a second officer."))
    if not alone and own:
        raise Refused(_("You wrote this yourself. Another officer reads it and lets it go."))
    if _grant(by, held, DECIDES) is None:
        raise Refused(_("None of your posts lets bulletins of this area go. Ask who commands it."))
    held.alone = alone and own
    held.look_due_at = now + LOOK_WITHIN if held.alone else None
    held.state, held.decided_by, held.decided_at = Bulletin.State.SENT, by.officer, now
    held.broadcast = _send(held, by=by, now=now)
    held.save()
    _record("bulletin_sent", held, by=by, now=now, detail={"alone": held.alone})
    return held


def _send(held: Bulletin, *, by: Scope, now: datetime) -> Broadcast:
    again: list[Broadcast] = []
    groups = list(held.groups.filter(closed_at=None))
    if held.corrects is not None and held.corrects.broadcast is not None:
        again, groups = [held.corrects.broadcast], []
        if _still_leaves(again[0]):  # what has not left need not be corrected
            saying.stop(broadcast=again[0], by=by, now=now)
    elif not groups:
        raise Refused(_("Its groups are closed. Nobody would hear it."))
    near = (held.lat, held.lng) if held.lat is not None and held.lng is not None else None
    return saying_to.say_to(
        unit=held.unit, words=held.words, what="bulletin", by=by, now=now, about=about_of(held), groups=groups,
        again=again, near=near, priority=Delivery.Priority.BULLETIN, buttons=receipts(), template=TEMPLATE,
    )  # fmt: skip


def _still_leaves(broadcast: Broadcast) -> bool:
    if broadcast.state != Broadcast.State.QUEUED:
        return broadcast.state != Broadcast.State.STOPPED
    rows = list(broadcast.reach.all())
    return sum(row.recipients - row.unreachable - row.sent - row.failed for row in rows) > 0 or not rows


def refuse(*, bulletin: Bulletin, remark: str, by: Scope, now: datetime) -> Bulletin:
    """It is not sent, and why; its author takes it back so."""
    held = _waiting(bulletin)
    _runs(by, held)
    own = held.written_by_id == by.officer.pk
    if not own and _grant(by, held, DECIDES) is None:
        raise Refused(_("None of your posts decides on bulletins of this area. Ask who commands it."))
    held.remark = remark.strip()[:300]
    if not held.remark and not own:
        raise Refused(_("Say why, for its author."))
    held.state, held.decided_by, held.decided_at = Bulletin.State.REFUSED, by.officer, now
    held.save()
    _record("bulletin_refused", held, by=by, now=now)
    return held


def look(*, bulletin: Bulletin, by: Scope, now: datetime) -> Bulletin:
    """The second officer's look at what a commander let go alone. What is wrong is corrected or withdrawn."""
    held = _held(bulletin)
    if _grant(by, held, DECIDES) is None:
        raise Refused(_("None of your posts decides on bulletins of this area. Ask who commands it."))
    if not held.alone or held.looked_at:
        raise Refused(_("Nobody needs to look at this one any more."))
    if by.officer.pk in (held.written_by_id, held.decided_by_id):
        raise Refused(_("You let it go yourself. Another officer looks at it."))
    held.looked_by, held.looked_at = by.officer, now
    held.save(update_fields=["looked_by", "looked_at"])
    _record("bulletin_looked_at", held, by=by, now=now)
    return held


def miss_looks(*, now: datetime) -> int:
    """Write down which bulletins nobody else looked at within the hour. In a job with a stated reason."""
    missed = list(
        Bulletin.objects.filter(alone=True, looked_at=None, look_missed_at=None, look_due_at__lte=now)
    )
    for bulletin in missed:
        bulletin.look_missed_at = now
        bulletin.save(update_fields=["look_missed_at"])
        audit.record(
            "bulletin_not_looked_at", now=now, reason="nobody looked", subject="bulletin", ids=[bulletin.pk]
        )
    return len(missed)


def bulletins(by: Scope) -> QuerySet[Bulletin]:
    """The bulletins of the areas whose groups this officer runs, the newest first."""
    rows = Bulletin.objects.filter(visible_to__overlap=sorted(by.units_with(Permission.GROUPS)))
    return rows.select_related(
        "unit", "written_by", "decided_by", "looked_by", "corrects", "broadcast"
    ).order_by("-pk")


def from_above(by: Scope) -> QuerySet[Broadcast]:
    """What carried bulletins of others to groups that this officer runs, the newest first."""
    units = sorted(by.units_with(Permission.GROUPS))
    rows = Broadcast.objects.filter(what="bulletin", heard_by__overlap=units)
    return rows.exclude(visible_to__overlap=units).select_related("unit").order_by("-pk")


def may_alone(by: Scope, bulletin: Bulletin) -> bool:
    """Whether the officer commands where it goes."""
    return _grant(by, bulletin, (Permission.DIRECT,)) is not None


def may_decide(by: Scope, bulletin: Bulletin) -> bool:
    """Whether the officer decides on bulletins of this area."""
    return _grant(by, bulletin, DECIDES) is not None


def receipts() -> dict[str, tuple[Button, ...]]:
    """What is pressed, by language: "I have told …", and "seen"."""
    languages = {language: phrases.buttons(*RECEIPTS, language=language) for language in phrases.LANGUAGES}
    return languages | {"": phrases.buttons(*RECEIPTS, language="en")}


def about_of(bulletin: Bulletin) -> str:
    """What stands in `Broadcast.about`."""
    return f"bulletin:{bulletin.public_id}"


def _grant(by: Scope, held: Bulletin, permissions: Sequence[Permission]) -> Grant | None:
    fitting = (g for g in by.grants if g.permissions & set(permissions) and g.unit_id in held.visible_to)
    return next(fitting, None)


def _runs(by: Scope, held: Bulletin) -> None:
    if not all(post_over(by, group) for group in held.groups.all()):
        raise Refused(_("None of your posts runs this group. Ask its administrator."))


def _waiting(bulletin: Bulletin) -> Bulletin:
    held = _held(bulletin)
    if held.state != Bulletin.State.WAITS:
        raise Refused(_("Somebody has decided on this bulletin already."))
    return held


def _held(bulletin: Bulletin) -> Bulletin:
    rows = Bulletin.objects.select_for_update(of=("self",)).select_related(
        "unit", "corrects__broadcast", "broadcast"
    )
    return rows.get(pk=bulletin.pk)


def _record(
    act: str, bulletin: Bulletin, *, by: Scope, now: datetime, detail: dict[str, object] | None = None
) -> None:
    ids = [bulletin.pk]
    audit.record(act, now=now, officer_id=by.officer.pk, subject="bulletin", ids=ids, detail=detail or {})

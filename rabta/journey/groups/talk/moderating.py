"""What a moderator does with what waits: let it through, refuse it, take it to the desk; and take that back.

What is let through goes without its author's name. What is refused is sealed as evidence and leaves every list.
"""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from procrastinate.contrib.django import app as deferred

from rabta import audit, keys
from rabta.cases.refusal import Refused
from rabta.force.access import Scope
from rabta.groups import relays, talk
from rabta.groups.models import Broadcast, Group, Item, Member, Strike
from rabta.journey.groups.broadcasts import quiet, saying
from rabta.journey.groups.registry import post_over
from rabta.journey.groups.talk import keeping
from rabta.rules.moderation import Noise

GRACE = timedelta(seconds=10)  # so long a decision can be taken back before anything leaves
PICK = "pick"


def let_through(*, item: Item, by: Scope, now: datetime, words: str | None = None) -> Item:
    """Pass it on to the group, in the moderator's `words` where he shortened it; a group with a digest hears it there.
    It is a member's word and says so, for the police's name stands over it.

    Refused where the group hears announcements only, or the words can't be sent.
    """
    held = _waiting(item, by)
    group = held.group
    if group.mode == Group.Mode.ANNOUNCEMENTS:
        raise Refused(_("Only announcements go out in this group. Write one, or take this to the desk."))
    text = (held.text if words is None else words).strip()
    if not text:
        raise Refused(_("Write what is to be said."))
    if group.mode == Group.Mode.DIGEST:
        saying.check(groups=[group], words={"": text}, by=by)
        held.text = text
    else:
        due = max(now + GRACE, quiet.until([group], now=now))
        held.broadcast = saying.say(
            groups=[group], words=relays.quoted("member", text), what=PICK, by=by, now=now,
            about=f"item:{held.public_id}",
            file=held.file, due_at=due,
        )  # fmt: skip
    return _decided(held, Item.State.LET_THROUGH, "let_through", by=by, now=now)


def refuse(*, item: Item, reason: str, by: Scope, now: datetime) -> Item:
    """Keep it from the group, for a reason of the closed list; one that is noise is a strike. The member is told."""
    held = _waiting(item, by)
    if reason not in talk.refusals():
        raise Refused(_("Choose why it is not passed on."))
    held.reason, held.sealed, held.text = reason, keeping.seal(held.text), ""
    if reason in set(Noise) and held.member:
        keeping.strike([(held.member, held.group, reason)], now=now)
    _later("tell_refused", held)
    return _decided(held, Item.State.REFUSED, "refused", by=by, now=now, reason=reason)


def to_desk(*, item: Item, by: Scope, now: datetime) -> Item:
    """It is a matter of the police: the desk has it as a citizen's message, and here it is gone."""
    held = _waiting(item, by)
    _later("take_item_to_desk", held)
    return _decided(held, Item.State.TO_DESK, "to_desk", by=by, now=now)


def undo(*, item: Item, by: Scope, now: datetime) -> Item:
    """Take a decision back: it waits again. Refused when it has left already."""
    held = _held(item, by)
    if held.state not in (Item.State.LET_THROUGH, Item.State.REFUSED, Item.State.TO_DESK):
        raise Refused(_("Nothing was decided about this message."))
    if held.broadcast:
        if held.broadcast.state != Broadcast.State.GATHERING or held.broadcast.due_at <= now:
            raise Refused(_("It has left already and can't be taken back."))
        saying.stop(broadcast=held.broadcast, by=by, now=now)
    if held.state == Item.State.REFUSED:
        held.text = opened(held)
        _forgive(held)
    talk.take_back({(held.group_id, held.state): 1}, at=held.decided_at or now)
    held.state, held.reason, held.sealed, held.broadcast = Item.State.WAITING, "", None, None
    held.decided_at, held.officer, held.post_id = None, None, None
    held.save()
    audit.record("item_undone", now=now, officer_id=by.officer.pk, subject="group_item", ids=[held.pk])
    return held


def opened(item: Item) -> str:
    """The words of what was removed from sight."""
    return keys.open_with("files", bytes(item.sealed)).decode() if item.sealed else item.text


def _held(item: Item, by: Scope) -> Item:
    """The message, locked, of a group that this officer runs."""
    rows = Item.objects.select_for_update(of=("self",)).select_related(
        "group__unit", "member", "file", "broadcast"
    )
    held = rows.get(pk=item.pk)
    if post_over(by, held.group) is None:
        raise Refused(_("None of your posts runs this group. Ask its administrator."))
    return held


def _waiting(item: Item, by: Scope) -> Item:
    held = _held(item, by)
    if held.state != Item.State.WAITING:
        raise Refused(_("Another moderator has decided on this message."))
    return held


def _decided(held: Item, state: str, act: str, *, by: Scope, now: datetime, **detail: str) -> Item:
    held.state, held.decided_at = state, now
    held.officer, held.post_id = by.officer, post_over(by, held.group)
    held.save()
    talk.add({(held.group_id, state): 1}, at=now)
    audit.record(
        f"item_{act}", now=now, officer_id=by.officer.pk, subject="group_item", ids=[held.pk], detail=detail
    )
    return held


def _forgive(held: Item) -> None:
    """The strike of a refusal that was taken back counts no more."""
    if held.member is None or held.decided_at is None:
        return
    struck = Strike.objects.filter(member=held.member, at=held.decided_at, noise=held.reason)
    if struck.delete()[0]:
        Member.objects.filter(pk=held.member.pk, strikes__gt=0).update(strikes=held.member.strikes - 1)


def _later(task: str, held: Item) -> None:
    """Have the worker do it when the decision can't be taken back any more."""
    wait = {"seconds": int(GRACE.total_seconds())}
    job = deferred.configure_task(f"rabta.jobs.tasks.{task}", allow_unknown=True, schedule_in=wait)
    job.defer(item_id=held.pk)

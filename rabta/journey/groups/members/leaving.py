"""STOP leaves the groups, START comes back; who names one of several groups behind STOP leaves that one."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from rabta import audit
from rabta.channels.contract import Arrived
from rabta.channels.registry import BY_KIND
from rabta.groups import talk
from rabta.groups.models import Group, Member, Membership
from rabta.intake.contents import Incoming
from rabta.journey.groups.members import letters
from rabta.journey.groups.spoken import World
from rabta.kit import scripts
from rabta.outbox.models import Delivery
from rabta.outbox.posting import Outgoing, post
from rabta.outbox.watching import TAKEN_BACK
from rabta.people.handles import digest_of
from rabta.replying import commands
from rabta.rules.commands import Word

WHY = "stop"
LONGEST_NAME = 60


def take(
    incoming: Incoming[Arrived], member: Member, world: World, *, asked: Word | None, now: datetime
) -> bool:
    """Leave or come back, where that is asked; False for anything else."""
    if asked == Word.START and _may_come_back(member, now=now) and _is_he(incoming, member):
        _come_back(incoming, member, now=now)
        return True
    rows = world.memberships.get(member.pk, [])
    leaves = rows if asked == Word.STOP else _named(incoming.item.text, rows)
    if not leaves:
        return False
    _leave(incoming, member, leaves, all_of_them=len(leaves) == len(rows), now=now)
    return True


def _may_come_back(member: Member, *, now: datetime) -> bool:
    """Whether he left by his own word. Who was refused, removed or not renewed since then asks anew, and is checked."""
    good = member.valid_until is None or member.valid_until >= timezone.localdate(now)
    return bool(member.stopped_at) and member.state == Member.State.LEFT and good


def _is_he(one: Incoming[Arrived], member: Member) -> bool:
    """Whether nobody could write in his name here, or he is reached in no better way: START is a consent."""
    return not BY_KIND[one.account.channel].forgeable or BY_KIND[member.channel].forgeable


def _named(text: str, rows: Sequence[Membership]) -> list[Membership]:
    """The group that is named behind STOP, by its name or its code."""
    first, _space, name = text.strip().partition(" ")
    asked = commands.command(first)
    if not name.strip() or len(name) > LONGEST_NAME or asked is None or asked.word != Word.STOP:
        return []
    said = scripts.words(name)
    return [row for row in rows if said in [scripts.words(word) for word in _names(row)]]


def _names(row: Membership) -> list[str]:
    group = row.group
    return [name for name in (group.name, group.name_hi, group.name_ur, group.code) if name]


def _leave(
    one: Incoming[Arrived], member: Member, rows: Sequence[Membership], *, all_of_them: bool, now: datetime
) -> None:
    Membership.objects.filter(pk__in=[row.pk for row in rows]).update(ended_at=now, why=WHY)
    if all_of_them:
        member.state, member.stopped_at, member.ended_at = Member.State.LEFT, now, now
        member.save(update_fields=["state", "stopped_at", "ended_at"])
        _take_back(member, now=now)
    audit.record("member_left", now=now, reason="STOP", subject="member", ids=[member.pk])
    _tell(one, member, "left", [row.group for row in rows], now=now)


def _take_back(member: Member, *, now: datetime) -> None:
    """What goes to many and has not left yet does not go to somebody who said STOP."""
    if member.address_id:
        waiting = Delivery.objects.filter(
            address=member.address_id, state=Delivery.State.QUEUED, priority__gte=Delivery.Priority.BULLETIN
        )
        waiting.update(state=Delivery.State.FAILED, failed_at=now, trouble=TAKEN_BACK, trouble_text="STOP")


def _come_back(one: Incoming[Arrived], member: Member, *, now: datetime) -> None:
    """The groups that were left by STOP, as far as they are still there. START is a new consent."""
    left = Membership.objects.filter(
        member=member, why=WHY, ended_at=member.stopped_at, group__closed_at=None
    )
    groups = [row.group for row in left.select_related("group")]
    Membership.objects.bulk_create(Membership(group=group, member=member, since=now) for group in groups)
    member.state, member.stopped_at, member.ended_at = Member.State.ACTIVE, None, None
    member.opted_in_at, member.opted_in_by = now, "message"
    member.save(update_fields=["state", "stopped_at", "ended_at", "opted_in_at", "opted_in_by"])
    audit.record("member_came_back", now=now, reason="START", subject="member", ids=[member.pk])
    _tell(one, member, "back", groups, now=now)


def _tell(
    one: Incoming[Arrived], member: Member, code: str, groups: Sequence[Group], *, now: datetime
) -> None:
    names = ", ".join(letters.name_in(group, language=member.language) for group in groups)
    text = talk.reply(code, language=member.language, groups=names)
    answer(one, member, text, now=now)


def answer(one: Incoming[Arrived], member: Member, text: str, *, now: datetime) -> None:
    """Answer a member over the account that he wrote to; nothing where he has no address any more."""
    letter = letter_to(one, member, text)
    if letter:
        post([letter], now)


def letter_to(one: Incoming[Arrived], member: Member, text: str) -> Outgoing | None:
    """The answer as a letter; None where the member has no address any more."""
    if member.address_id is None:
        return None
    sender = one.item.sender
    return Outgoing(
        account=one.account,
        address=member.address_id,
        address_digest=digest_of(scheme=sender.scheme, handle=sender.handle),
        text=text,
        priority=Delivery.Priority.USUAL,
        visible_to=[],
    )

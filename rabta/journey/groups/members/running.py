"""Somebody outside the police who runs a group (K22) speaks to all of it from his telephone: ALL, and then his words.

He signs in nowhere, sees no member, and reads nothing of what others wrote: officers moderate as ever, and may take
his words back. They go out as his, never as those of the police.
"""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone, translation
from procrastinate.contrib.django import app as deferred

from rabta import audit
from rabta.cases.refusal import Refused
from rabta.channels.contract import Arrived
from rabta.channels.registry import BY_KIND
from rabta.force.access import system
from rabta.groups import relays, talk, words
from rabta.groups.models import Group, Item, Member, Said
from rabta.intake.contents import Incoming
from rabta.journey.groups import talk_words
from rabta.journey.groups.broadcasts import quiet, saying
from rabta.journey.groups.members import leaving, letters
from rabta.kit import scripts

REASON = "telling who runs a group"
WHAT = "outside"
GRACE = timedelta(seconds=10)  # so long officers can take it back before anything leaves
APART = timedelta(minutes=10)  # what he writes to all sooner after the last waits for an officer


def take(one: Incoming[Arrived], member: Member, *, now: datetime) -> bool:
    """Say it to the group that the member runs; he is told what became of it. False: it asks for nothing of this, or an
    officer decides on it as on any member's words.

    The caller has made sure that it is no matter of the police. In a job with a stated reason.
    """
    said = _said(one.item.text)
    if not said or one.item.media or talk_words.noise_of(said, forwarded=one.item.forwarded):
        return False
    group = _run_by(member).select_for_update(of=("self",)).select_related("unit").order_by("pk").first()
    if group is None:
        return False
    if BY_KIND[one.account.channel].forgeable:
        _refuse(one, member, group, now=now)
        return True
    if _waits_for_officer(member, group, now=now):
        return False
    leaving.answer(one, member, _to_all(one, member, group, said, now=now), now=now)
    return True


def speaks_to_all(one: Incoming[Arrived], member: Member) -> bool:
    """Whether the member runs a group and writes to all of it."""
    return bool(_said(one.item.text)) and _run_by(member).exists()


def tell_not_said(one: Incoming[Arrived], member: Member, *, now: datetime) -> None:
    """Tell him that his words went to the desk alone; nothing where he may be anybody, as `_refuse` says there."""
    group = _run_by(member).order_by("pk").first()
    if group is None or BY_KIND[one.account.channel].forgeable:
        return
    name = letters.name_in(group, language=member.language)
    leaving.answer(one, member, talk.reply("not_to_all", language=member.language, group=name), now=now)


def _run_by(member: Member) -> QuerySet[Group]:
    return Group.objects.filter(
        outside=member, closed_at=None, memberships__member=member, memberships__ended_at=None
    )


def _refuse(one: Incoming[Arrived], member: Member, group: Group, *, now: datetime) -> None:
    """Tell him that it may have been anybody; once a day, for whoever forges his name pays nothing for it."""
    told = Said.objects.filter(group=group, day=timezone.localdate(now), what=talk.NOT_PROVED)
    if not told.exists():
        leaving.answer(one, member, talk.reply("not_by_sms", language=member.language), now=now)
    talk.add({(group.pk, talk.NOT_PROVED): 1}, at=now)


def _waits_for_officer(member: Member, group: Group, *, now: datetime) -> bool:
    """Whether he is silenced, or spoke to all a moment ago."""
    lately = Item.objects.filter(group=group, member=member, broadcast__what=WHAT, decided_at__gt=now - APART)
    return bool(member.muted_until and member.muted_until > now) or lately.exists()


def _said(text: str) -> str:
    """What stands behind the word for all; empty without it."""
    first, _space, rest = text.strip().partition(" ")
    return rest.strip() if scripts.normalise(first.rstrip(":،,")) in words.keywords("all") else ""


def _to_all(one: Incoming[Arrived], member: Member, group: Group, said: str, *, now: datetime) -> str:
    due_at = max(now + GRACE, quiet.until([group], now=now))
    try:
        with translation.override(words.page_language(member.language)):
            made = saying.say_for_force(
                groups=[group], words=relays.quoted(WHAT, said), what=WHAT, now=now, due_at=due_at
            )
    except Refused as refused:
        return str(refused)
    Item.objects.create(
        group=group, member=member, journal_id=one.journal_id, position=one.position, received_at=one.received_at,
        shown_at=one.received_at, language=member.language, text=said, state=Item.State.LET_THROUGH, decided_at=now,
        answered_at=now, broadcast=made,
    )  # fmt: skip
    talk.add({(group.pk, talk.HEARD): 1, (group.pk, Item.State.LET_THROUGH): 1}, at=now)
    audit.record("said_from_outside", now=now, reason="who runs it wrote", subject="broadcast", ids=[made.pk])
    name = letters.name_in(group, language=member.language)
    return talk.reply("told_all", language=member.language, group=name)


def later(group: Group) -> None:
    """Have the worker tell whoever runs it from outside now."""
    job = deferred.configure_task("rabta.jobs.tasks.tell_appointed", allow_unknown=True, queue="groups")
    job.defer(group_id=group.pk)


def tell(group_id: int, *, now: datetime) -> None:
    """Tell him that he runs it, and how he speaks to it."""
    with system(REASON):
        rows = Group.objects.filter(pk=group_id, closed_at=None).exclude(outside=None)
        group = rows.select_related("outside__address").first()
        if group is None or group.outside is None:
            return
        member = group.outside
        letters.write(
            group=group, address=member.address, channel=member.channel, account=None, language=member.language,
            letter="runs", now=now,
        )  # fmt: skip

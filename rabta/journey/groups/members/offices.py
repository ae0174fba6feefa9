"""Offices outside the police (a home secretary) as members without a login, and who from outside runs a group."""

from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rabta import audit
from rabta.cases.refusal import Refused
from rabta.force.access import Scope
from rabta.force.models import Post
from rabta.groups import kinds, members
from rabta.groups.models import Group, Member, Membership
from rabta.journey.groups.members import letters, running
from rabta.journey.groups.registry import post_over
from rabta.kit import phones
from rabta.rules.vetting import good_until

OFFICE = "office"


def add(
    *, group: Group, name: str, number: str, language: str, agreed: bool, by: Scope, now: datetime
) -> Member:
    """An office outside the police belongs to the group from now on. It hears what is said there and sees no case."""
    if post_over(by, group) is None:
        raise Refused(_("None of your posts runs this group. Ask its administrator."))
    phone = phones.parse(number, region=settings.REGION)
    if not name.strip() or phone is None:
        raise Refused(_("Write the name of the office and the telephone number to which announcements go."))
    if not agreed:
        raise Refused(_("Nobody is added who did not agree: ask the office first."))
    channel = letters.channel_for(group.unit_id, now=now)
    if not channel:
        raise Refused(_("No account of the force can write to a telephone number."))
    today = timezone.localdate(now)
    try:
        with transaction.atomic():
            made = members.made(
                scheme="phone", handle=phone, address=phone, name=name.strip()[:100], unit=group.unit,
                channel=channel, kind=OFFICE, now=now, language=language, state=Member.State.ACTIVE,
                opted_in_at=now, opted_in_by="desk", joined_at=now,
                valid_until=good_until(today=today, days=kinds.kinds()[OFFICE].valid_days),
            )  # fmt: skip
    except IntegrityError:
        # Only whoever sees that member may know that the number is one's.
        if members.find([("phone", phone)]):
            raise Refused(_("This number belongs to a member already.")) from None
        raise Refused(
            _("This number can’t be entered here. Ask whoever runs groups of the whole force.")
        ) from None
    Membership.objects.create(group=group, member=made, since=now)
    audit.record("office_added", now=now, officer_id=by.officer.pk, subject="member", ids=[made.pk])
    return made


def appoint(*, group: Group, post: Post | None, outside: Member | None, by: Scope, now: datetime) -> None:
    """A post, or a member from outside the police, runs the group from now on (K22)."""
    if outside and not Membership.objects.filter(group=group, member=outside, ended_at=None).exists():
        raise Refused(_("Only a member of the group can run it."))
    if (post is None) == (outside is None):
        raise Refused(_("Say which post runs the group, or who outside the police does."))
    if post and post.unit_id not in group.visible_to:
        raise Refused(_("A post of the group's own unit or of one above runs it."))
    if post_over(by, group) is None:
        raise Refused(_("None of your posts runs this group. Ask its administrator."))
    # Not the whole group: whoever runs it may not see the one that it stands below.
    Group.objects.filter(pk=group.pk).update(administrator=post, outside=outside)
    if outside and outside != group.outside:
        running.later(group)
    detail = {"fields": ["administrator", "outside"]}
    audit.record(
        "group_changed", now=now, officer_id=by.officer.pk, subject="group", ids=[group.pk], detail=detail
    )

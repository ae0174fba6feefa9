"""Places end: who has one is told before, the station renews it, and what nobody renewed lapses (H11)."""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from rabta.cases.refusal import Refused
from rabta.force.access import Scope, system
from rabta.groups import kinds
from rabta.groups.models import Application, Decision, Group, Member, Membership
from rabta.journey.groups.members import vetting
from rabta.journey.groups.registry import post_over
from rabta.rules.vetting import REMIND_BEFORE, good_until, to_remind

AT_ONCE = 500
WHY = "watching places that end"
What = Decision.What
UNPROVED_FOR = REMIND_BEFORE / 15  # two days


def renew(*, member: Member, group: Group, by: Scope, now: datetime) -> Decision:
    """Let somebody stay for as long as his kind does. Refused for who has no place here."""
    post = post_over(by, group)
    if post is None:
        raise Refused(_("None of your posts runs this group. Ask its administrator."))
    held = Member.objects.select_for_update().get(pk=member.pk)
    if held.state != Member.State.ACTIVE or not _places(held).filter(group=group).exists():
        raise Refused(_("He has no place in this group any more."))
    days = kinds.kinds()[held.kind].valid_days
    held.valid_until = good_until(today=timezone.localdate(now), days=days)
    held.save(update_fields=["valid_until"])
    return vetting.step(What.RENEWED, held, group, by=by, post=post, now=now)


def wished(member: Member, *, now: datetime) -> bool:
    """A member whose place ends soon wrote that he wants to stay; False where nothing ends soon."""
    today = timezone.localdate(now)
    place = _places(member).select_related("group").order_by("since").first()
    if place is None or member.valid_until is None:
        return False
    if not to_remind(valid_until=member.valid_until, today=today):
        return False
    since = now - REMIND_BEFORE
    if not member.decisions.filter(what=What.WISHED, at__gt=since).exists():
        vetting.step(What.WISHED, member, place.group, now=now)
    return True


def watch(*, now: datetime) -> int:
    """Remind whose place ends soon, end what is over, forget numbers that nobody proved. Returns how many."""
    return (
        _each(_ending(now), What.REMINDED, now=now) + _each(_over(now), What.LAPSED, now=now) + _forget(now)
    )


def _ending(now: datetime) -> QuerySet[Member]:
    today = timezone.localdate(now)
    told = Decision.objects.filter(
        member=OuterRef("pk"), what__in=[What.REMINDED, What.WISHED], at__gt=now - REMIND_BEFORE
    )
    rows = Member.objects.filter(
        ~Exists(told),
        state=Member.State.ACTIVE,
        valid_until__gte=today,
        valid_until__lte=today + REMIND_BEFORE,
    )
    return rows.order_by("valid_until", "pk")


def _over(now: datetime) -> QuerySet[Member]:
    rows = Member.objects.filter(state=Member.State.ACTIVE, valid_until__lt=timezone.localdate(now))
    return rows.order_by("valid_until", "pk")


def _each(rows: QuerySet[Member], what: str, *, now: datetime) -> int:
    with system(WHY):
        found = list(rows.select_for_update(skip_locked=True)[:AT_ONCE])
        for member in found:
            places = list(_places(member).select_related("group"))
            if what == What.LAPSED:
                _places(member).update(ended_at=now, why="lapsed")
                Member.objects.filter(pk=member.pk).update(state=Member.State.LAPSED, ended_at=now)
            if places:
                vetting.step(what, member, places[0].group, now=now)
        return len(found)


def _forget(now: datetime) -> int:
    with system(WHY):
        old = Application.objects.filter(state=Application.State.UNPROVED, asked_at__lt=now - UNPROVED_FOR)
        return old.delete()[0]


def _places(member: Member) -> QuerySet[Membership]:
    return Membership.objects.filter(member=member, ended_at=None)

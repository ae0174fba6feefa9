"""An approved version goes out: to media groups and lists, to whoever asked, and onto the public page. Then it stands.

It is corrected by a version of its own, or withdrawn; both go to exactly those who got it. What answers a rumour goes
to all who sent or received that, and so does what becomes of it: the worker tells them (`rumours`).
"""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from rabta import audit
from rabta.cases.refusal import Refused
from rabta.force.access import Scope
from rabta.groups.models import Broadcast, Group, Member
from rabta.journey.groups.broadcasts import saying, saying_to
from rabta.journey.groups.registry import post_over
from rabta.journey.press import rumours, told
from rabta.journey.press.writing import held_of
from rabta.outbox.models import Delivery
from rabta.publishing.models import Question, Version

PUBLIC = Group.Kind.CITIZENS  # hear nothing before an embargo is over


def release(
    *,
    version: Version,
    groups: Sequence[Group],
    by: Scope,
    now: datetime,
    embargo_until: datetime | None = None,
) -> Version:
    """Let an approved version go: on the public page at once, or when the embargo is over.

    Journalists get it now, with the embargo on top; citizens' lists when it is over. A correction goes to those who
    got the older one, whatever `groups` says. Refused where one of the groups can't be spoken to.
    """
    held = held_of(version, by=by, state=Version.State.APPROVED)
    if embargo_until is not None and embargo_until <= now:
        raise Refused(_("The embargo would be over already. Leave it empty, or choose a later time."))
    if held.corrects is not None and embargo_until is not None:
        raise Refused(_("A correction is not held back: leave the embargo empty."))
    if embargo_until is not None and rumours.is_answer(held):
        raise Refused(_("The answer to a rumour is not held back: leave the embargo empty."))
    if any(post_over(by, group) is None for group in groups):
        raise Refused(_("None of your posts runs this group. Ask its administrator."))
    held.state, held.released_by, held.released_at = Version.State.RELEASED, by.officer, now
    held.embargo_until = embargo_until
    held.groups = [group.public_id for group in groups] if held.corrects is None else held.corrects.groups
    held.save()
    if held.corrects is not None and not rumours.is_answer(held):
        _to_those_of(held.corrects, words=told.words_of(held), about=held, by=by, now=now)
    elif held.corrects is None:
        _send(held, groups, by=by, now=now)
    Question.objects.filter(version=held, state=Question.State.OPEN).update(
        state=Question.State.ANSWERED, ended_at=now, ended_by=by.officer
    )
    rumours.changed(held)
    audit.record("version_released", now=now, officer_id=by.officer.pk, subject="version", ids=[held.pk])
    return held


def _send(version: Version, groups: Sequence[Group], *, by: Scope, now: datetime) -> None:
    later = version.embargo_until
    askers = Member.objects.filter(
        public_id__in=version.questions.exclude(asker="").values_list("asker", flat=True)
    )
    early = [group for group in groups if not (later and group.kind == PUBLIC)]
    members = list(askers)
    if early or members:
        _say(version, early, told.words_of(version, embargo=True), members=members, by=by, now=now)
    if later and (held_back := [group for group in groups if group.kind == PUBLIC]):
        _say(version, held_back, told.words_of(version), members=[], by=by, now=now, due_at=later)


def _say(
    version: Version,
    groups: Sequence[Group],
    words: dict[str, str],
    *,
    members: Sequence[Member],
    by: Scope,
    now: datetime,
    due_at: datetime | None = None,
) -> None:
    saying_to.say_to(
        unit=version.unit, words=words, what="version", by=by, now=now, about=about_of(version), groups=groups,
        members=members, priority=Delivery.Priority.USUAL if not groups else Delivery.Priority.BULLETIN,
        due_at=due_at,
    )  # fmt: skip


def withdraw(*, version: Version, why: str, hide: bool, by: Scope, now: datetime) -> Version:
    """Say that it does not hold any more, and why, to exactly those who got it. It stays on the page, marked.

    `hide`: its words harm somebody, and are shown to nobody any more.
    """
    held = held_of(version, by=by, state=Version.State.RELEASED)
    if held.withdrawn_at:
        raise Refused(_("It was withdrawn already."))
    held.withdrawn_why = why.strip()[:300]
    if not held.withdrawn_why:
        raise Refused(_("Say why it is withdrawn: everybody who got it reads this."))
    held.withdrawn_at, held.withdrawn_by, held.hidden = now, by.officer, hide
    held.save()
    for waiting in broadcasts_of(held).filter(due_at__gt=now, state=Broadcast.State.GATHERING):
        saying.stop(broadcast=waiting, by=by, now=now)
    if rumours.is_answer(held):
        rumours.changed(held)
    else:
        _to_those_of(held, words=told.withdrawn(held), about=held, by=by, now=now)
    audit.record("version_withdrawn", now=now, officer_id=by.officer.pk, subject="version", ids=[held.pk])
    return held


def _to_those_of(older: Version, *, words: dict[str, str], about: Version, by: Scope, now: datetime) -> None:
    """Exactly those who got it. Refused when it went to groups that this officer does not run."""
    sent = list(broadcasts_of(older))
    if older.groups and not sent:
        raise Refused(
            _("It went to groups that none of your posts runs. Somebody above who runs them corrects it.")
        )
    if sent:
        saying_to.say_to(
            unit=about.unit, words=words, what="version", by=by, now=now, about=about_of(about), again=sent,
            priority=Delivery.Priority.BULLETIN,
        )  # fmt: skip


def about_of(version: Version) -> str:
    """What stands in `Broadcast.about`."""
    return f"version:{version.public_id}"


def broadcasts_of(version: Version) -> QuerySet[Broadcast]:
    """What carried it, the oldest first, as far as the context sees it."""
    abouts = [about_of(version)]
    if rumours.is_answer(version):
        abouts.append(f"answer:{version.about.split(':')[1]}")
    return Broadcast.objects.filter(about__in=abouts).select_related("unit").order_by("pk")

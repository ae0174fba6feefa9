"""The station looks at who wants to join and decides; a refusal or a removal is looked at again one level up (H11)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app as deferred

from rabta import audit
from rabta.cases.refusal import Refused
from rabta.force.access import Permission, Scope, system
from rabta.force.names import listed
from rabta.groups import kinds, members, words
from rabta.groups.models import Application, Decision, Group, Member, Membership
from rabta.journey.groups.members import letters
from rabta.journey.groups.members.letters import receipt_digest
from rabta.journey.groups.registry import post_over
from rabta.kit import ids
from rabta.rules.vetting import Conflict, Deciding, Reviewing, contest_conflict, good_until, review_conflict
from rabta.rules.vetting import conflict as conflict_of

MOST_WORDS = 1000
CONTESTABLE = (Decision.What.REFUSED, Decision.What.REMOVED)


@dataclass(frozen=True, kw_only=True)
class Why:
    """A reason from the closed list, and words (needed for `other`)."""

    reason: str
    words: str = ""


def check(*, application: Application, seen: Iterable[str], by: Scope, now: datetime) -> Application:
    """Write down what the station looked at so far."""
    held, member, _post = _open(application, by)
    held.checks = {code: code in set(seen) for code in words.checks()}
    held.save(update_fields=["checks"])
    detail = {"group": held.group_id, "seen": [code for code, yes in held.checks.items() if yes]}
    _record("application_checked", member, by=by, now=now, detail=detail)
    return held


def accept(*, application: Application, unrelated: bool, by: Scope, now: datetime) -> Decision:
    """Take him in. Refused while something on the list was not looked at, or the officer is no stranger to him."""
    held, member, post = _open(application, by)
    _no_conflict(member, held.referees, unrelated=unrelated, by=by)
    missing = [str(label) for code, label in words.checks().items() if not held.checks.get(code)]
    if missing:
        raise Refused(_("Not looked at yet: %(what)s.") % {"what": listed(missing)})
    _settle(held)
    _place(member, held.group, via=held.via, consented=held.proved_at or now, now=now)
    return _decided(Decision.What.ACCEPTED, member, held.group, by=by, post=post, now=now, of=held)


def accept_at_once(application: Application, *, now: datetime) -> Decision:
    """Where nobody vets (citizens who want news): in a job, by the force itself."""
    assert application.member is not None
    _settle(application)
    _place(
        application.member,
        application.group,
        via=application.via,
        consented=application.proved_at or now,
        now=now,
    )
    return _decided(
        Decision.What.ACCEPTED,
        application.member,
        application.group,
        by=None,
        post=None,
        now=now,
        of=application,
    )


def refuse(*, application: Application, why: Why, unrelated: bool, by: Scope, now: datetime) -> Decision:
    """Do not take him in. He gets a neutral answer, and how to have it looked at again."""
    held, member, post = _open(application, by)
    _no_conflict(member, held.referees, unrelated=unrelated, by=by)
    _fits(why, "refused")
    _settle(held)
    if member.state == Member.State.APPLIED:
        member.state, member.ended_at = Member.State.REFUSED, now
        member.save(update_fields=["state", "ended_at"])
    return _decided(Decision.What.REFUSED, member, held.group, by=by, post=post, now=now, of=held, why=why)


def remove(*, member: Member, group: Group, why: Why, unrelated: bool, by: Scope, now: datetime) -> Decision:
    """End somebody's place in a group."""
    post = _runs(group, by)
    _no_conflict(member, (), unrelated=unrelated, by=by)
    _fits(why, "removed")
    if not _end(member, group, why="removed", now=now):
        raise Refused(_("He has no place in this group any more."))
    _leave_if_last(member, Member.State.REMOVED, now=now)
    return _decided(Decision.What.REMOVED, member, group, by=by, post=post, now=now, why=why)


def contest(*, decision: Decision, said: str, now: datetime) -> Decision:
    """Whoever was refused or removed wants another officer to look at it. Once, within thirty days."""
    held = Decision.objects.select_for_update().get(pk=decision.pk)
    if held.what not in CONTESTABLE:
        raise Refused(_("There is nothing here that another officer could look at."))
    against = contest_conflict(decided_at=held.at, contested=bool(held.contested_at), now=now)
    if against == Conflict.AGAIN:
        raise Refused(_("Another officer was asked already. You hear from us."))
    if against == Conflict.LATE:
        raise Refused(_("This was decided too long ago. You may ask to join again."))
    held.contested_at, held.contest_words = now, said.strip()[:MOST_WORDS]
    held.save(update_fields=["contested_at", "contest_words"])
    audit.record("decision_contested", now=now, subject="member", ids=[held.member_id])
    _tell(held, "contested")
    return held


def review(*, decision: Decision, uphold: bool, remark: str, by: Scope, now: datetime) -> Decision:
    """Look at a decision again, as an officer of a higher level who did not take it. Overturned, the place is his."""
    held = (
        Decision.objects.select_for_update(of=("self",)).select_related("group", "member").get(pk=decision.pk)
    )
    post = _runs(held.group, by)
    if held.contested_at is None or held.reviewed_at is not None:
        raise Refused(_("Nobody asked for this to be looked at again, or it was already."))
    facts = Reviewing(
        first=held.officer_id, officer=by.officer.pk, officer_units=by.units_with(Permission.GROUPS),
        group_path=tuple(held.group.visible_to),
    )  # fmt: skip
    _refuse(review_conflict(facts))
    referees = held.application.referees if held.application else []
    _refuse(conflict_of(_deciding(held.member, referees, related=False, by=by)))
    if not remark.strip():
        raise Refused(_("Write down why. It stays with the decision."))
    held.reviewer, held.reviewer_post_id, held.reviewed_at = by.officer, post, now
    held.upheld, held.review_words = uphold, remark.strip()[:MOST_WORDS]
    held.save()
    _record("decision_upheld" if uphold else "decision_overturned", held.member, by=by, now=now)
    if not uphold:
        via = held.application.via if held.application else held.member.opted_in_by
        _place(held.member, held.group, via=via, consented=held.member.opted_in_at or held.at, now=now)
    _tell(held, "reviewed")
    return held


def contestable(member: Member) -> Decision | None:
    """The newest decision on somebody that can still be contested or was."""
    return member.decisions.filter(what__in=CONTESTABLE).order_by("-at").first()


def tell(decision_id: int, step: str, *, now: datetime) -> None:
    """Write to him what became of it: `decided`, `contested` or `reviewed`. In a job."""
    with system("telling of a place in a group"):
        rows = Decision.objects.select_related("member__address", "member__account", "group__unit")
        held = rows.get(pk=decision_id)
        values: dict[str, str] = {}
        if step == "decided" and held.what in CONTESTABLE:
            receipt = ids.receipt_code()
            Decision.objects.filter(pk=held.pk).update(receipt=receipt_digest(receipt))
            values = {"receipt": receipt, "link": letters.answer_page()}
        letter = _letter(held, step)
        if letter in ("accepted", "renewed", "reminded") and held.member.valid_until:
            values["day"] = f"{held.member.valid_until:%d.%m.%Y}"
        member = held.member
        letters.write(
            group=held.group, address=member.address, channel=member.channel, account=member.account,
            language=member.language, letter=letter, now=now, **values,  # type: ignore[arg-type]
        )  # fmt: skip


def _letter(decision: Decision, step: str) -> str:
    if step == "contested":
        return "contested"
    if step == "reviewed":
        return "upheld" if decision.upheld else "accepted"
    if decision.what == "accepted" and decision.group.kind == Group.Kind.CITIZENS:
        return "listed"  # whoever reads news is no volunteer
    return decision.what


def step(
    what: str,
    member: Member,
    group: Group,
    *,
    now: datetime,
    by: Scope | None = None,
    post: int | None = None,
) -> Decision:
    """A step that nobody contests (renewed, reminded, lapsed), with its letter."""
    return _decided(what, member, group, by=by, post=post, now=now)


def _open(application: Application, by: Scope) -> tuple[Application, Member, int]:
    rows = Application.objects.select_for_update(of=("self",)).select_related("group__unit", "member")
    held = rows.get(pk=application.pk)
    post = _runs(held.group, by)
    if held.state != Application.State.OPEN or held.member is None:
        raise Refused(_("A colleague has decided on this application already."))
    return held, held.member, post


def _runs(group: Group, by: Scope) -> int:
    post = post_over(by, group)
    if post is None:
        raise Refused(_("None of your posts runs this group. Ask its administrator."))
    return post


def _deciding(
    member: Member, referees: Iterable[bytes | memoryview], *, related: bool, by: Scope
) -> Deciding:
    phone = by.officer.phone
    number = members.digest_of(scheme="phone", handle=phone) if phone else b""
    return Deciding(
        officer_number=number, number=bytes(member.digest), related=related,
        referees=frozenset(bytes(one) for one in referees),
    )  # fmt: skip


def _no_conflict(
    member: Member, referees: Iterable[bytes | memoryview], *, unrelated: bool, by: Scope
) -> None:
    _refuse(conflict_of(_deciding(member, referees, related=not unrelated, by=by)))


def _refuse(found: Conflict | None) -> None:
    reasons = {
        Conflict.SELF: _("This is your own number. Another officer decides."),
        Conflict.REFEREE: _("You spoke for this person. Another officer decides."),
        Conflict.RELATED: _(
            "Say that you are neither related to this person nor spoke for him or her; else another officer "
            "decides."
        ),
        Conflict.FIRST: _("You decided on this yourself. Another officer looks at it again."),
        Conflict.LEVEL: _("An officer of the level above looks at this again."),
    }
    if found:
        raise Refused(reasons[found])


def _fits(why: Why, what: str) -> None:
    reason = words.reasons().get(why.reason)
    if reason is None or what not in reason.fits:
        raise Refused(_("Choose a reason from the list."))
    if why.reason == "other" and not why.words.strip():
        raise Refused(_("Write down which reason it is."))


def _settle(held: Application) -> None:
    held.state = Application.State.SETTLED
    held.save(update_fields=["state"])


def _place(member: Member, group: Group, *, via: str, consented: datetime, now: datetime) -> None:
    days = kinds.kinds()[member.kind].valid_days
    member.state, member.ended_at, member.stopped_at = Member.State.ACTIVE, None, None
    member.opted_in_at, member.opted_in_by = consented, via
    member.joined_at = member.joined_at or now
    member.valid_until = good_until(today=timezone.localdate(now), days=days)
    member.save()
    Membership.objects.get_or_create(group=group, member=member, ended_at=None, defaults={"since": now})


def _end(member: Member, group: Group, *, why: str, now: datetime) -> bool:
    places = Membership.objects.filter(group=group, member=member, ended_at=None)
    return bool(places.update(ended_at=now, why=why))


def _leave_if_last(member: Member, state: str, *, now: datetime) -> None:
    if not Membership.objects.filter(member=member, ended_at=None).exists():
        Member.objects.filter(pk=member.pk).update(state=state, ended_at=now)


def _decided(
    what: str,
    member: Member,
    group: Group,
    *,
    by: Scope | None,
    post: int | None,
    now: datetime,
    of: Application | None = None,
    why: Why | None = None,
) -> Decision:
    made = Decision.objects.create(
        member=member, group=group, application=of, visible_to=group.visible_to, what=what, at=now,
        reason=why.reason if why else "", words=why.words.strip()[:MOST_WORDS] if why else "",
        officer=by.officer if by else None, post_id=post,
    )  # fmt: skip
    detail: dict[str, object] = {"group": group.pk} | ({"reason": made.reason} if why else {})
    _record(f"member_{what}", member, by=by, now=now, detail=detail)
    _tell(made, "decided")
    return made


def _tell(decision: Decision, step: str) -> None:
    task = deferred.configure_task("rabta.jobs.tasks.tell_decision", allow_unknown=True, queue="groups")
    task.defer(decision_id=decision.pk, step=step)


def _record(
    act: str,
    member: Member | None,
    *,
    by: Scope | None,
    now: datetime,
    detail: dict[str, object] | None = None,
) -> None:
    audit.record(
        act, now=now, officer_id=by.officer.pk if by else None, reason="" if by else "groups",
        subject="member", ids=[member.pk] if member else [], detail=detail or {},
    )  # fmt: skip

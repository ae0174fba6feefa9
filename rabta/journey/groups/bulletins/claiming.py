"""Rumours (H15): what several groups report becomes one claim by a person's hand; a program only suggests.

What a case of the desk says stays with whoever sees that case: it is joined to a claim, and moderators do not learn it.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app as deferred

from rabta import audit
from rabta.cases.models import Case
from rabta.cases.refusal import Refused
from rabta.force.access import Permission, Scope
from rabta.force.models import Unit
from rabta.groups import claims as rows_of
from rabta.groups.models import Claim, ClaimCase, ClaimReport, Group, Member
from rabta.journey.checks import said_something

LONGEST = 400  # with what is asked around it, it fits into one message


def offered(
    *,
    member: Member,
    text: str,
    now: datetime,
    group: Group | None = None,
    item: str = "",
    place: tuple[float, float] | None = None,
) -> ClaimReport:
    """A member's message that reads like a rumour waits to be joined to a claim; the same `item` only once.

    In a job with a stated reason, or by whoever moderates: the caller has checked that.
    """
    lat, lng = place or (member.lat, member.lng)
    facts = {
        "member": member, "group": group, "unit": member.unit, "visible_to": member.unit.path, "text": text[:2000],
        "lat": lat, "lng": lng, "bands": rows_of.bands(text, at=now), "at": now,
    }  # fmt: skip
    if not item:
        return ClaimReport.objects.create(**facts)
    report, _made = ClaimReport.objects.get_or_create(item=item, defaults=facts)
    return report


def open_claim(
    *,
    text: str,
    unit: Unit,
    by: Scope,
    now: datetime,
    reports: Iterable[ClaimReport] = (),
    place: str = "",
    at: tuple[float, float] | None = None,
) -> Claim:
    """Begin a claim: the rumour in neutral words, as verifiers will read it. Refused without a group to run there."""
    if not by.units_with(Permission.GROUPS) & set(unit.path):
        raise Refused(_("None of your posts runs groups of this unit."))
    lat, lng = at or (None, None)
    claim = Claim.objects.create(
        text=said_something(text, limit=LONGEST), place=place.strip()[:120], lat=lat, lng=lng, unit=unit,
        visible_to=unit.path, opened_by=by.officer, opened_at=now,
    )  # fmt: skip
    _record("claim_opened", claim, by=by, now=now)
    for report in reports:
        join(claim=claim, report=report, by=by, now=now)
    return claim


def join(*, claim: Claim, report: ClaimReport, by: Scope, now: datetime) -> Claim:
    """Put a report into a claim; whoever runs the reporter's groups sees the claim from then on.

    Whoever sent it is told by the worker what the police say, where that is known already.
    """
    held = held_of(claim, by=by)
    one = _report(report, by=by)
    if one.claim_id == held.pk:
        raise Refused(_("It is in this claim already."))
    one.claim, one.set_aside_at = held, None
    one.save(update_fields=["claim", "set_aside_at"])
    held.visible_to = sorted(set(held.visible_to) | set(one.visible_to))
    if held.lat is None:
        held.lat, held.lng = one.lat, one.lng
    held.save(update_fields=["visible_to", "lat", "lng"])
    _record("claim_joined", held, by=by, now=now, detail={"report": one.pk})
    if held.answered_at is not None:
        job = deferred.configure_task("rabta.jobs.tasks.tell_late", allow_unknown=True, queue="groups")
        job.defer(report_id=one.pk)
    return held


def part(*, report: ClaimReport, by: Scope, now: datetime) -> None:
    """Take a report out of its claim: it is another matter."""
    one = _report(report, by=by)
    if one.claim is None:
        raise Refused(_("It is in no claim."))
    claim = one.claim
    one.claim = None
    one.save(update_fields=["claim"])
    _record("claim_parted", claim, by=by, now=now, detail={"report": one.pk})


def set_aside(*, report: ClaimReport, by: Scope, now: datetime) -> None:
    """Say that it is no rumour. Refused while it is in a claim."""
    one = _report(report, by=by)
    if one.claim_id:
        raise Refused(_("Take it out of its claim first."))
    one.set_aside_at = now
    one.save(update_fields=["set_aside_at"])
    ids = [one.pk]
    audit.record("rumour_set_aside", now=now, officer_id=by.officer.pk, subject="report", ids=ids)


def join_case(*, claim: Claim, case: Case, by: Scope, now: datetime) -> None:
    """A case of the desk is about the same. Only who sees and handles the case does this, and only they see it."""
    held = held_of(claim, by=by)
    if not by.may(Permission.HANDLE_CASES, case):
        raise Refused(_("None of your postings allows this here. Ask the desk that handles the case."))
    _made, new = ClaimCase.objects.get_or_create(
        claim=held, case=case, defaults={"joined_by": by.officer, "at": now}
    )
    if not new:
        raise Refused(_("It is in this claim already."))
    audit.record(
        "claim_joined_case",
        now=now,
        officer_id=by.officer.pk,
        subject="claim",
        ids=[held.pk],
        case_id=case.pk,
    )


def close(*, claim: Claim, by: Scope, now: datetime) -> Claim:
    """Nothing more is to be done about it."""
    held = held_of(claim, by=by)
    held.state, held.closed_at = Claim.State.CLOSED, now
    held.save(update_fields=["state", "closed_at"])
    _record("claim_closed", held, by=by, now=now)
    return held


def claims(by: Scope) -> QuerySet[Claim]:
    """The claims of which somebody in this officer's area told, the newest first."""
    rows = Claim.objects.filter(visible_to__overlap=sorted(by.units_with(Permission.GROUPS)))
    return rows.select_related("unit", "opened_by").order_by("-pk")


def reports(by: Scope) -> QuerySet[ClaimReport]:
    """What members of this officer's area reported, the newest first."""
    rows = ClaimReport.objects.filter(visible_to__overlap=sorted(by.units_with(Permission.GROUPS)))
    return rows.select_related("unit", "group", "claim").order_by("-at", "-pk")


def waiting(by: Scope) -> QuerySet[ClaimReport]:
    """Reports that are in no claim, and that nobody has set aside."""
    return reports(by).filter(claim=None, set_aside_at=None)


def held_of(claim: Claim, *, by: Scope) -> Claim:
    """The claim, locked. Refused when it is closed or belongs to others."""
    held = Claim.objects.select_for_update(of=("self",)).select_related("unit").get(pk=claim.pk)
    if not by.units_with(Permission.GROUPS) & set(held.visible_to):
        raise Refused(_("None of your posts runs groups of this unit."))
    if held.state == Claim.State.CLOSED:
        raise Refused(_("This claim is closed. Open a new one."))
    return held


def _report(report: ClaimReport, *, by: Scope) -> ClaimReport:
    held = ClaimReport.objects.select_for_update(of=("self",)).select_related("claim").get(pk=report.pk)
    if not by.units_with(Permission.GROUPS) & set(held.visible_to):
        raise Refused(_("None of your posts runs groups of this unit."))
    return held


def _record(
    act: str, claim: Claim, *, by: Scope, now: datetime, detail: dict[str, object] | None = None
) -> None:
    ids = [claim.pk]
    audit.record(act, now=now, officer_id=by.officer.pk, subject="claim", ids=ids, detail=detail or {})

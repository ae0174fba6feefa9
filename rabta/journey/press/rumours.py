"""The official answer to a rumour: an approved version, for all who sent or received the rumour."""

from datetime import datetime

from django.utils.translation import gettext as _
from procrastinate.contrib.django import app as deferred

from rabta import audit
from rabta.cases.refusal import Refused
from rabta.force.access import Scope, system
from rabta.groups.models import Broadcast, Chosen, Claim, ClaimReport, Item, Member, Recipient
from rabta.journey.groups.broadcasts import saying_to
from rabta.journey.groups.bulletins import claiming, verifying
from rabta.journey.press import told
from rabta.journey.press.writing import Facts, write
from rabta.outbox.models import Delivery
from rabta.publishing.models import Version

WHY = "telling everybody the answer to a rumour"
PREFIX = "claim"


def answer(
    *, claim: Claim, verdict: str, facts: Facts, ticked: frozenset[str], by: Scope, now: datetime
) -> Version:
    """Write the answer as a version; it goes out when another officer has approved and released it."""
    held = claiming.held_of(claim, by=by)
    if held.state == Claim.State.ANSWERED:
        raise Refused(_("It is answered already. Correct the version that answered it."))
    if verdict not in Claim.Verdict.values:
        raise Refused(_("Say whether it is true, not true, or not clear yet."))
    written = Version.objects.filter(public_id=held.version, withdrawn_at=None)
    waiting = written.exclude(state=Version.State.DROPPED).first()
    if waiting is not None:
        raise Refused(_("An answer is written already and waits: %(number)s.") % {"number": waiting.number})
    version = write(facts=facts, ticked=ticked, by=by, now=now)
    held.verdict, held.version = verdict, version.public_id
    held.save(update_fields=["verdict", "version"])
    return version


def is_answer(version: Version) -> bool:
    """Whether it answers a rumour, or corrects what did: all who heard that are told when it is released."""
    return version.about.startswith(f"{PREFIX}:")


def correcting(older: Version, *, verdict: str) -> str:
    """What a correction is about (`Version.about`): where it corrects an answer the same claim, and what is true of it
    now, which nobody may leave to the older words. Empty where it corrects no answer."""
    if not is_answer(older):
        return ""
    if verdict not in Claim.Verdict.values:
        raise Refused(_("Say whether it is true, not true, or not clear yet."))
    return f"{PREFIX}:{older.about.split(':')[1]}:{verdict}"


def changed(version: Version) -> None:
    """A version that answers a rumour is out, or withdrawn: the worker tells everybody."""
    if is_answer(version):
        job = deferred.configure_task("rabta.jobs.tasks.tell_claim", allow_unknown=True, queue="groups")
        job.defer(version_id=version.pk)


def tell(version_id: int, *, now: datetime) -> None:
    """Tell all who sent or received the rumour what the police say, or that it holds no more. Once, however often the
    job runs; what another version has corrected meanwhile is told to nobody."""
    with system(WHY):
        version = Version.objects.select_related("unit", "corrects").get(pk=version_id)
        _prefix, public_id, verdict = (*version.about.split(":"), "")[:3]
        rows = Claim.objects.select_for_update(of=("self",)).select_related("unit")
        claim = rows.filter(public_id=public_id).first()
        if claim is None or version.state != Version.State.RELEASED:
            return
        if version.withdrawn_at:
            _take_back(claim, version, now=now)
        elif not _is_told(claim, version):
            _tell(claim, version, verdict=verdict or claim.verdict, now=now)


def _is_told(claim: Claim, version: Version) -> bool:
    corrected = Version.objects.filter(corrects=version, state=Version.State.RELEASED).exists()
    return corrected or bool(claim.answered_at and claim.version == version.public_id)


def _tell(claim: Claim, version: Version, *, verdict: str, now: datetime) -> None:
    senders = Member.objects.filter(
        pk__in=ClaimReport.objects.filter(claim=claim).exclude(member=None).values("member")
    )
    saying_to.say_to(
        unit=claim.unit, words=told.words_of(version, verdict=verdict), what="answer", by=None, now=now,
        about=about_of(claim), members=senders, again=[*heard_it(claim), *_got(claim, version.corrects)],
        priority=Delivery.Priority.BULLETIN,
    )  # fmt: skip
    claim.state, claim.answered_at, claim.version = Claim.State.ANSWERED, now, version.public_id
    claim.verdict = verdict
    claim.save(update_fields=["state", "answered_at", "version", "verdict"])
    audit.record("claim_answered", now=now, reason=WHY, subject="claim", ids=[claim.pk])


def _take_back(claim: Claim, version: Version, *, now: datetime) -> None:
    """Tell whoever got it. Where it was the answer that held, the rumour has none now, and is open for another."""
    done = Broadcast.objects.filter(about=about_of(claim), what="version", asked_at__gte=version.withdrawn_at)
    if not done.exists() and (got := _got(claim, version)):
        saying_to.say_to(
            unit=claim.unit, words=told.withdrawn(version), what="version", by=None, now=now, about=about_of(claim),
            again=got, priority=Delivery.Priority.BULLETIN,
        )  # fmt: skip
    if claim.answered_at and claim.version == version.public_id:
        if claim.state == Claim.State.ANSWERED:
            claim.state = Claim.State.ASKED if claim.asked_at else Claim.State.OPEN
        claim.answered_at = None
        claim.save(update_fields=["state", "answered_at"])
        audit.record("claim_answer_withdrawn", now=now, reason=WHY, subject="claim", ids=[claim.pk])


def tell_late(report_id: int, *, now: datetime) -> None:
    """Tell who sent the rumour when it was answered already what the police say now. Once; nothing where the answer is
    withdrawn, or where he got it as one of those who received the rumour."""
    with system(WHY):
        report = ClaimReport.objects.select_related("claim__unit", "member").get(pk=report_id)
        claim, member = report.claim, report.member
        if claim is None or member is None or claim.answered_at is None:
            return
        Claim.objects.select_for_update().get(pk=claim.pk)
        version = Version.objects.select_related("corrects").get(public_id=claim.version)
        told_now = Broadcast.objects.filter(about=about_of(claim), asked_at__gte=claim.answered_at)
        has_it = (
            Chosen.objects.filter(broadcast__in=told_now, member=member).exists()
            or Recipient.objects.filter(broadcast__in=told_now, member=member).exists()
        )
        if version.withdrawn_at or has_it:
            return
        saying_to.say_to(
            unit=claim.unit, words=told.words_of(version, verdict=claim.verdict), what="answer", by=None, now=now,
            about=about_of(claim), members=[member], priority=Delivery.Priority.BULLETIN,
        )  # fmt: skip


def about_of(claim: Claim) -> str:
    """What stands in `Broadcast.about` of whatever carries the answer, its corrections and its withdrawal."""
    return f"answer:{claim.public_id}"


def _got(claim: Claim, version: Version | None) -> list[Broadcast]:
    """What carried any answer to the rumour, and this version to media groups and lists."""
    abouts = [about_of(claim), *([f"version:{version.public_id}"] if version else [])]
    return list(Broadcast.objects.filter(about__in=abouts).order_by("pk"))


def heard_it(claim: Claim) -> list[Broadcast]:
    """What carried the rumour: to those who were asked, and to groups into which a moderator let it."""
    asked = Broadcast.objects.filter(about=verifying.about_of(claim), what="verify")
    items = ClaimReport.objects.filter(claim=claim).exclude(item="").values("item")
    through = Item.objects.filter(public_id__in=items).exclude(broadcast=None).values("broadcast")
    return [*asked, *Broadcast.objects.filter(pk__in=through)]


def answers_of(claim: Claim) -> list[Broadcast]:
    """What carried the answer, with its reach."""
    rows = Broadcast.objects.filter(about=about_of(claim)).order_by("pk")
    return list(rows.prefetch_related("reach__unit"))

"""The official answer to a rumour: an approved version, for all who sent or received the rumour."""

from datetime import datetime

from django.utils.translation import gettext as _
from procrastinate.contrib.django import app as deferred

from rabta import audit
from rabta.cases.refusal import Refused
from rabta.force.access import Scope, system
from rabta.groups.models import Broadcast, Claim, ClaimReport, Item, Member
from rabta.journey.groups import claiming, saying_to, verifying
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
    waiting = Version.objects.filter(public_id=held.version).exclude(state=Version.State.DROPPED).first()
    if waiting is not None:
        raise Refused(_("An answer is written already and waits: %(number)s.") % {"number": waiting.number})
    version = write(facts=facts, ticked=ticked, by=by, now=now)
    held.verdict, held.version = verdict, version.public_id
    held.save(update_fields=["verdict", "version"])
    return version


def is_answer(version: Version) -> bool:
    """Whether it answers a rumour: all who heard that are told when it is released."""
    return version.about.startswith(f"{PREFIX}:")


def released(version: Version) -> None:
    """A version that answers a rumour is out: the worker tells everybody."""
    if is_answer(version):
        job = deferred.configure_task("rabta.jobs.tasks.tell_claim", allow_unknown=True, queue="groups")
        job.defer(version_id=version.pk)


def tell(version_id: int, *, now: datetime) -> None:
    """Tell all who sent or received the rumour. Once, however often the job runs."""
    with system(WHY):
        version = Version.objects.select_related("unit", "corrects").get(pk=version_id)
        about = version.about.partition(":")[2]
        rows = Claim.objects.select_for_update(of=("self",)).select_related("unit")
        claim = rows.filter(public_id=about, answered_at=None).first()
        if claim is None or version.state != Version.State.RELEASED:
            return
        senders = Member.objects.filter(
            pk__in=ClaimReport.objects.filter(claim=claim).exclude(member=None).values("member")
        )
        saying_to.say_to(
            unit=claim.unit, words=told.words_of(version, verdict=claim.verdict), what="answer", by=None, now=now,
            about=f"answer:{claim.public_id}", members=senders, again=heard_it(claim),
            priority=Delivery.Priority.BULLETIN,
        )  # fmt: skip
        claim.state, claim.answered_at, claim.version = Claim.State.ANSWERED, now, version.public_id
        claim.save(update_fields=["state", "answered_at", "version"])
        audit.record("claim_answered", now=now, reason=WHY, subject="claim", ids=[claim.pk])


def heard_it(claim: Claim) -> list[Broadcast]:
    """What carried the rumour: to those who were asked, and to groups into which a moderator let it."""
    asked = Broadcast.objects.filter(about=verifying.about_of(claim), what="verify")
    items = ClaimReport.objects.filter(claim=claim).exclude(item="").values("item")
    through = Item.objects.filter(public_id__in=items).exclude(broadcast=None).values("broadcast")
    return [*asked, *Broadcast.objects.filter(pk__in=through)]


def answers_of(claim: Claim) -> list[Broadcast]:
    """What carried the answer, with its reach."""
    rows = Broadcast.objects.filter(about=f"answer:{claim.public_id}")
    return list(rows.prefetch_related("reach__unit"))

"""Volunteers near by are asked whether a rumour is true, and answer by a button or in words.

They are told never to go there, never to approach anybody. Who does not want to be asked is not asked again.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from rabta import audit
from rabta.cases.refusal import Refused
from rabta.force.access import Permission, Scope
from rabta.force.models import Unit
from rabta.groups import phrases
from rabta.groups.models import (
    Broadcast,
    Claim,
    ClaimReport,
    Group,
    Member,
    Membership,
    Sighting,
    Unasked,
)
from rabta.journey.groups import talk_words
from rabta.journey.groups.broadcasts import saying_to
from rabta.journey.groups.bulletins import claiming
from rabta.outbox.models import Delivery
from rabta.rules.near import Neighbour, nearest

USUAL, MOST = 10, 50
ANSWERS = phrases.SIGHTINGS
ASKED_OF = (Group.Kind.VOLUNTEERS, Group.Kind.CIRCLE, Group.Kind.DISTRICT)
LOOKED_AT = 20_000


def chosen(claim: Claim, *, most: int, by: Scope) -> list[Member]:
    """Whom asking would reach: members of groups that this officer runs, the nearest first; nobody twice.

    Left out: who asked not to be asked, who stopped, who is silenced, and whoever reported the rumour himself.
    """
    groups = Group.objects.filter(
        visible_to__overlap=sorted(by.units_with(Permission.GROUPS)), kind__in=ASKED_OF, closed_at=None
    )
    inside = Membership.objects.filter(group__in=groups, ended_at=None).values("member")
    members = list(
        Member.objects.filter(pk__in=inside, state=Member.State.ACTIVE, stopped_at=None, unasked=None)
        .exclude(address=None)
        .select_related("unit")
        .defer("unit__area", "shown")
        .order_by("pk")[:LOOKED_AT]
    )
    reporters = ClaimReport.objects.filter(claim=claim).values_list("member", flat=True)
    known = {pk for pk in reporters if pk} | set(
        Sighting.objects.filter(claim=claim).values_list("member", flat=True)
    )
    known |= asked_of(claim)
    at = (claim.lat, claim.lng) if claim.lat is not None and claim.lng is not None else None
    found = nearest(
        [Neighbour(member.pk, _place(member)) for member in members], to=at, most=most, not_these=known
    )
    by_id = {member.pk: member for member in members}
    return [by_id[pk] for pk in found]


def asked_of(claim: Claim) -> set[int]:
    """Who was asked about it before, by whomever: nobody is asked twice. Nobody for whoever does not see the claim."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rabta_asked_of(%s)", [claim.pk])
        return {row[0] for row in cursor.fetchall()}


def _place(member: Member) -> tuple[float, float] | None:
    if member.lat is not None and member.lng is not None:
        return (member.lat, member.lng)
    unit = member.unit
    return (unit.lat, unit.lng) if unit.lat is not None and unit.lng is not None else None


def ask(*, claim: Claim, by: Scope, now: datetime, most: int = USUAL) -> Broadcast:
    """Ask those near by. Refused when nobody can be asked, or more than is allowed are wanted."""
    if not 1 <= most <= MOST:
        raise Refused(_("Between 1 and %(most)d people can be asked at a time.") % {"most": MOST})
    held = claiming.held_of(claim, by=by)
    if held.state == Claim.State.ANSWERED:
        raise Refused(_("The official answer is out already."))
    members = chosen(held, most=most, by=by)
    if not members:
        raise Refused(_("Nobody near by can be asked: no volunteers, or all were asked already."))
    broadcast = saying_to.say_to(
        unit=_over(members, by), words=phrases.in_all("ask", claim=held.text), what="verify", by=by, now=now,
        about=about_of(held), members=members, priority=Delivery.Priority.USUAL, buttons=_buttons(),
    )  # fmt: skip
    held.state, held.asked_at = Claim.State.ASKED, now
    held.save(update_fields=["state", "asked_at"])
    ids, detail = [held.pk], {"asked": len(members)}
    audit.record("claim_asked", now=now, officer_id=by.officer.pk, subject="claim", ids=ids, detail=detail)
    return broadcast


def _over(members: Sequence[Member], by: Scope) -> Unit:
    """The officer's own unit over the nearest of them: in its name they are asked."""
    first = members[0].unit
    mine = by.units_with(Permission.GROUPS)
    own = [pk for pk in first.path if pk in mine]
    return Unit.objects.get(pk=own[-1] if own else first.pk)


def _buttons() -> dict[str, tuple[phrases.Button, ...]]:
    named = {language: phrases.buttons(*ANSWERS, language=language) for language in phrases.LANGUAGES}
    return named | {"": phrases.buttons(*ANSWERS, language="en")}


def answered(*, member: Member, claim: Claim, answer: str, words: str = "", now: datetime) -> Sighting | None:
    """What a verifier said; the last word counts. `never`: he is not asked again, and nothing is counted.

    In a job with a stated reason.
    """
    if answer == "never":
        Unasked.objects.get_or_create(member=member, defaults={"at": now})
        return None
    if answer not in Sighting.Answer.values:
        raise ValueError(f"no such answer: {answer}")
    facts = {"unit": member.unit, "answer": answer, "words": words[:1000], "at": now}
    sighting, _new = Sighting.objects.update_or_create(claim=claim, member=member, defaults=facts)
    return sighting


def heard(
    *, member: Member, broadcast: Broadcast, key: str, text: str, now: datetime, quoted: bool = False
) -> bool:
    """An answer to a letter that asked: by the key of a button, or in words. False when it says none of the answers.

    Words at any length where he quotes the letter, but none that accuse: those are read by the desk alone (`is_more`).
    """
    claim = Claim.objects.filter(public_id=broadcast.about.partition(":")[2]).first()
    answer = (
        phrases.pressed(key, of=ANSWERS)
        or phrases.pressed(text.strip(), of=ANSWERS)
        or phrases.titled(text, of=ANSWERS)
        or phrases.sighting(text, quoted=quoted)
    )
    if claim is None or not answer or (is_more(text, key=key) and talk_words.is_withheld(text)):
        return False
    answered(member=member, claim=claim, answer=answer, words="" if key else text, now=now)
    return True


def is_more(text: str, *, key: str) -> bool:
    """Whether an answer says more than that, and may be a matter of the police: then it is read by the desk, too."""
    return not key and not phrases.is_mere_sighting(text) and talk_words.is_for_desk(text)


def about_of(claim: Claim) -> str:
    """What stands in `Broadcast.about`."""
    return f"claim:{claim.public_id}"

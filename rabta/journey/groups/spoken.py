"""What is known of the members who wrote in a batch: their groups, what they wrote before, whether they have a case."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q

from rabta.audit.models import Record
from rabta.cases.arrival import provider_digest
from rabta.cases.models import Case, Message, State
from rabta.channels.contract import Arrived
from rabta.groups import claims, talk
from rabta.groups.models import Group, Item, Member, Membership
from rabta.intake.contents import Incoming
from rabta.outbox import receipts
from rabta.outbox.models import Delivery
from rabta.people.handles import digest_of
from rabta.rules.moderation import Noise
from rabta.rules.second_look import WITHIN

TOGETHER = timedelta(minutes=10)  # what is written within this time may be parts of one matter
ANSWERED_ONCE_IN = timedelta(days=1)
_ORDER = {kind: n for n, kind in enumerate(("volunteers", "circle", "district", "range"))}


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """One message that is talk of a group."""

    one: Incoming[Arrived]
    member: Member
    group: Group
    digest: bytes  # of the address, as windows and rates know it
    noise: Noise | None


@dataclass(kw_only=True)
class World:
    """All of it, asked for once a batch."""

    places: Mapping[int, Group]  # the group whose moderators read a member, by member
    memberships: Mapping[int, list[Membership]]
    with_cases: frozenset[bytes]  # digests of members who are known as citizens with a matter that goes on …
    known: frozenset[bytes]  # … or that was closed lately
    waiting: dict[int, list[Item]] = field(default_factory=dict)
    answered: frozenset[tuple[int, bool]] = frozenset()  # who was, and whether about what was held back
    quoted: Mapping[bytes, Delivery] = field(default_factory=dict)

    def before(self, member: Member, one: Incoming[Arrived]) -> list[Item]:
        """What the member wrote just before and still waits."""
        return [i for i in self.waiting.get(member.pk, ()) if i.received_at > one.received_at - TOGETHER]

    def withdraw(self, member: Member) -> list[Item]:
        """Take what waits of this member out of his group, and out of its counts; returns it.

        What was looked at stays: it must not vanish before the eyes of whoever is accused now.
        """
        items = self.waiting.pop(member.pk, [])
        unseen = [item for item in items if not _was_looked_at(item)]
        for item in unseen:
            talk.take_back({(item.group_id, talk.HEARD): 1}, at=item.received_at)
        if unseen:
            claims.forget(unseen)
            Item.objects.filter(pk__in=[item.pk for item in unseen]).delete()
        return items

    def quote(self, one: Incoming[Arrived]) -> Delivery | None:
        """The letter of ours that it answers."""
        return self.quoted.get(_quoted(one)) if one.item.in_reply_to else None

    def quotes_citizen(self, one: Incoming[Arrived]) -> bool:
        """Whether it answers what was written to the citizen."""
        letter = self.quote(one)
        return letter is not None and letter.handle_id is not None


def _was_looked_at(item: Item) -> bool:
    """Whether anybody opened what waits in its group since it came."""
    rows = Record.objects.filter(act=talk.LOOKED, subject="group", at__gte=item.received_at)
    return rows.filter(subject_ids__contains=[item.group_id]).exists()


def known_to_desk(one: Incoming[Arrived]) -> bool:
    """Whether the desk has it already: what stays in its group when its writer accuses is there and here."""
    return Message.objects.filter(
        provider_digest=provider_digest(one.account.pk, one.item.provider_id)
    ).exists()


def world_of(
    theirs: Sequence[Incoming[Arrived]], found: Mapping[tuple[str, str], Member], *, now: datetime
) -> World:
    """Five queries, whatever the number of messages; one less where nobody quotes a letter."""
    members = {member.pk: member for member in found.values()}
    memberships = _memberships(members)
    with_cases, known = _citizens(found, now=now)
    return World(
        places={pk: _lowest(rows) for pk, rows in memberships.items()},
        memberships=memberships,
        with_cases=with_cases,
        known=known,
        waiting=_waiting(members, since=min((one.received_at for one in theirs), default=now) - TOGETHER),
        answered=_answered(members, now=now),
        quoted=_letters(theirs),
    )


def _memberships(members: Mapping[int, Member]) -> dict[int, list[Membership]]:
    active = [pk for pk, member in members.items() if member.state == Member.State.ACTIVE]
    rows = Membership.objects.filter(member__in=active, ended_at=None, group__closed_at=None)
    found: dict[int, list[Membership]] = {}
    for row in rows.select_related("group").order_by("id"):
        found.setdefault(row.member_id, []).append(row)
    return found


def _lowest(rows: Sequence[Membership]) -> Group:
    """The group of the station, else the lowest of all."""
    groups = [row.group for row in rows]
    return min(groups, key=lambda g: (_ORDER.get(g.kind, len(_ORDER)), -len(g.visible_to), g.pk))


def _citizens(
    found: Mapping[tuple[str, str], Member], *, now: datetime
) -> tuple[frozenset[bytes], frozenset[bytes]]:
    """Digests of members whose numbers have a matter that goes on, and of those who have or had one lately."""
    digests = {
        digest_of(scheme=scheme, handle=handle): bytes(m.digest) for (scheme, handle), m in found.items()
    }
    rows = Case.objects.filter(conversation__handle__digest__in=digests)
    asked = Q(feedback_asked_at__isnull=False, satisfaction=None, closed_at__gt=now - WITHIN)
    lately = rows.filter(~Q(state=State.CLOSED) | Q(closed_at__gt=now - WITHIN)).annotate(asked=asked)
    goes_on, known = set(), set()
    for digest, state, feedback in lately.values_list("conversation__handle__digest", "state", "asked"):
        known.add(digests[bytes(digest)])
        if state != State.CLOSED or feedback:
            goes_on.add(digests[bytes(digest)])
    return frozenset(goes_on), frozenset(known)


def _waiting(members: Iterable[int], *, since: datetime) -> dict[int, list[Item]]:
    rows = Item.objects.filter(member__in=list(members), state=Item.State.WAITING, received_at__gt=since)
    found: dict[int, list[Item]] = {}
    for item in rows.order_by("received_at", "id"):
        found.setdefault(item.member_id or 0, []).append(item)
    return found


def _answered(members: Iterable[int], *, now: datetime) -> frozenset[tuple[int, bool]]:
    rows = Item.objects.filter(member__in=list(members), answered_at__gt=now - ANSWERED_ONCE_IN)
    return frozenset((pk, bool(noise)) for pk, noise in rows.values_list("member", "noise") if pk)


def _letters(theirs: Sequence[Incoming[Arrived]]) -> dict[bytes, Delivery]:
    digests = {_quoted(one) for one in theirs if one.item.in_reply_to}
    rows = Delivery.objects.filter(provider_digest__in=digests) if digests else Delivery.objects.none()
    return {bytes(row.provider_digest or b""): row for row in rows.only("provider_digest", "about", "handle")}


def _quoted(one: Incoming[Arrived]) -> bytes:
    return receipts.provider_digest(account_id=one.account.pk, provider_id=one.item.in_reply_to)

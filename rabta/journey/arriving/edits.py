"""Edits that are heard as messages of their own, and leave the message that they change as it is.

A station may be reading that one, and nobody looks at it again: so what must be withheld, or is urgent, comes in as if
it had been written anew. So does, from somebody who has a secret matter, what the rule of `rabta.rules.threading` would
not let stand where the message stands.
"""

from collections.abc import Mapping, Sequence, Set
from datetime import datetime

from rabta.cases import arrival, placing, secret_matters
from rabta.cases.arrival import Heard
from rabta.cases.changes import edited
from rabta.cases.models import Message
from rabta.channels.contract import Arrived, Changed, Sender
from rabta.force import directory as force_directory
from rabta.intake.reading import Incoming
from rabta.kit.scripts import words
from rabta.rules.matter import URGENT
from rabta.triage.assess import Assessment, assess


def part(
    incoming: Sequence[Incoming[Changed]], *, now: datetime
) -> tuple[list[Incoming[Arrived]], list[Incoming[Changed]]]:
    """The edits that are heard anew, as messages; and all other changes. Few queries for edits; more only where their
    writers have a secret matter."""
    changed = _changed(incoming)
    said = [
        (one, as_message(one, one.item.sender, changed.get(_digest(one))), assess(one.item.text))
        for one in incoming
        if one.item.what == "edit" and one.item.sender and not _says_the_same(one, changed.get(_digest(one)))
    ]
    anew = [(one, item) for one, item, found in said if found.withheld or found.urgency <= URGENT]
    aside = {id(one) for one, _item in anew}
    unsure = [each for each in said if id(each[0]) not in aside and not each[2].noise]
    apart = _apart(unsure, changed, now=now) if unsure else frozenset()
    anew += [(one, item) for one, item, _found in unsure if id(one) in apart]
    aside |= apart
    anew.sort(key=lambda each: (each[0].received_at, each[0].journal_id, each[0].position))
    return [with_item(one, item) for one, item in anew], [one for one in incoming if id(one) not in aside]


def _digest(one: Incoming[Changed]) -> bytes:
    return arrival.provider_digest(one.account.pk, one.item.provider_id)


def _changed(incoming: Sequence[Incoming[Changed]]) -> dict[bytes, Message]:
    """The messages that are edited, by the digest of the provider's id. One query, or none."""
    digests = {_digest(one) for one in incoming if one.item.what == "edit" and one.item.sender}
    rows = Message.objects.filter(provider_digest__in=digests, direction=Message.Direction.IN)
    rows = rows.select_related("conversation__account", "conversation__handle") if digests else rows.none()
    return {bytes(row.provider_digest): row for row in rows if row.provider_digest}


def _says_the_same(one: Incoming[Changed], message: Message | None) -> bool:
    """Whether only marks and spaces change: those words were heard already, and are judged as they were."""
    return message is not None and words(one.item.text) == words(message.text)


def _apart(
    said: Sequence[tuple[Incoming[Changed], Arrived, Assessment]],
    changed: Mapping[bytes, Message],
    *,
    now: datetime,
) -> Set[int]:
    """Those that by the rule would not join the case of their message, by the identity of the change: only of people
    who have a secret matter."""
    digests = [_digest(one) for one, _item, _found in said]
    changed = {digest: row for digest, row in changed.items() if row.case_id}
    people = {row.conversation_id: row.conversation.handle.person_id for row in changed.values()}
    secretive = secret_matters.out_of_reach(people, known=(), now=now)
    heard = {}
    for digest, (one, item, found) in zip(digests, said, strict=True):
        message = changed.get(digest)
        if message and message.conversation_id in secretive:
            heard[id(one)] = _heard(one, item, found, message), message
    if not heard:
        return frozenset()
    placed = [each for each, _message in heard.values()]
    known, beside = arrival.open_and_secret(placed)
    placing.place(
        placed,
        open_by_conversation=known,
        beside=beside,
        answered={},
        places_in=force_directory.current(now=now).places_in,
    )
    return frozenset(
        key for key, (h, message) in heard.items() if h.case is None or h.case.pk != message.case_id
    )


def _heard(one: Incoming[Changed], item: Arrived, found: Assessment, message: Message) -> Heard:
    """What the edit says, to be placed as if it were new; nothing of it is saved."""
    heard = Heard(
        account=one.account,
        item=item,
        received_at=one.received_at,
        handle=message.conversation.handle,
        language=found.language,
        category=found.category,
        urgency=found.known_urgency,
    )
    heard.conversation = message.conversation
    return heard


def as_message(one: Incoming[Changed], sender: Sender, message: Message | None) -> Arrived:
    """What an edit says, as a message of its own; it is public, and answered, as the `message` that it changes is."""
    change, whole = one.item, one.item.whole
    return Arrived(
        account=change.account,
        key=change.key,
        provider_id=edited(change.provider_id),
        thread=change.provider_id,
        sender=sender,
        kind="text",
        text=change.text,
        sent_at=change.at,
        public=message.public if message else whole is not None and whole.public,
        link=message.link if message else whole.link if whole else "",
        unaddressed=message.public and not message.sealed_id
        if message
        else bool(whole and whole.unaddressed),
    )


def taken_back(told: Sequence[Incoming[Arrived]]) -> list[tuple[int, Changed, datetime]]:
    """What takes these heard edits along whose message was taken back before: as `cases.changes.apply` wants it."""
    of = {arrival.provider_digest(one.account.pk, one.item.thread): one for one in told}
    rows = Message.objects.filter(provider_digest__in=of, revoked_at__isnull=False)
    gone = {bytes(digest) for digest in rows.values_list("provider_digest", flat=True) if digest}
    return [
        (one.account.pk, _revocation(one.item), one.received_at)
        for digest, one in of.items()
        if digest in gone
    ]


def _revocation(item: Arrived) -> Changed:
    return Changed(account=item.account, key=item.key, what="revoke", provider_id=item.thread)


def with_item(one: Incoming[Changed], item: Arrived) -> Incoming[Arrived]:
    """The item in place of the change that brought it."""
    return Incoming(
        account=one.account,
        item=item,
        journal_id=one.journal_id,
        position=one.position,
        received_at=one.received_at,
    )

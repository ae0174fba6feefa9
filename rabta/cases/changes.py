"""What people do to messages afterwards: edits, revocations, reactions. The earlier text is kept, out of sight, and so
are its copies: the subject of the case, words that a reason quotes, posts that hold it up."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db.models import Q

from rabta.cases import subjects
from rabta.cases.arrival import provider_digest, sent_by_us
from rabta.cases.events import Actor, event
from rabta.cases.locking import lock
from rabta.cases.models import Event, Message, MessageVersion
from rabta.cases.protection import hide_own_numbers
from rabta.channels.contract import Changed


def edited(provider_id: str) -> str:
    """The id under which the edits of a message are kept that were heard as messages of their own: it is found again
    when the message is taken back."""
    return f"{provider_id} edited"


def apply(changes: Sequence[tuple[int, Changed, datetime]], *, actor: Actor, now: datetime) -> list[int]:
    """Apply (account id, change, when received) in order; returns the places of those whose message is unknown to us,
    which have no effect."""
    ours = _ours(changes)
    _lock_cases(changes, ours.values())
    messages, anew = _messages(changes, ours)
    unknown: list[int] = []
    versions: list[MessageVersion] = []
    events: list[Event] = []
    for place, (account, change, at) in enumerate(changes):
        digest = provider_digest(account, change.provider_id)
        message = messages.get(digest)
        if message is None:
            unknown.append(place)
        meant = [*([message] if message else []), *(anew.get(digest, ()) if change.what == "revoke" else ())]
        for one in meant:
            if change.what != "reaction" and one.direction != Message.Direction.IN:
                continue
            earlier = _change(one, change, at)
            said: list[Message | MessageVersion] = [one]
            if earlier is not None:
                versions.append(MessageVersion(message=one, text=earlier, until=at))
                said.append(versions[-1])
            if one.hides_author:
                hide_own_numbers([(row, one.conversation.handle) for row in said], now=now)
            if one.case:
                what = f"message_{change.what}"
                events.append(event(one.case, what, now=now, actor=actor, message=one.public_id))
    MessageVersion.objects.bulk_create(versions)
    every = [*messages.values(), *(one for rows in anew.values() for one in rows)]
    Message.objects.bulk_update(every, ["text", "edited_at", "revoked_at", "reaction"])
    Event.objects.bulk_create(events)
    touched = {version.message_id for version in versions}
    others = _hold_up_no_more([one for one in every if one.pk in touched and one.revoked_at])
    cases = {one.case_id for one in every if one.pk in touched}
    subjects.retake(pk for pk in cases | others if pk)
    return unknown


def _lock_cases(changes: Sequence[tuple[int, Changed, datetime]], ours: Iterable[int]) -> None:
    """Cases are locked before their messages, everywhere: those of what is changed, and of posts that show it."""
    theirs = [provider_digest(account, change.provider_id) for account, change, _at in changes]
    gone = {digest for digest, (_, change, _) in zip(theirs, changes, strict=True) if change.what == "revoke"}
    showing = Q(about_digest__in=gone) & ~Q(about_text="")
    meant = Q(provider_digest__in=[*theirs, *_heard_anew(changes)]) | Q(pk__in=list(ours)) | showing
    lock(pk for pk in Message.objects.filter(meant).values_list("case", flat=True) if pk)


def _hold_up_no_more(revoked: Sequence[Message]) -> set[int | None]:
    """Posts that quote or repeat these do not show their words any more; returns the cases of those posts."""
    digests = [bytes(one.provider_digest or b"") for one in revoked if one.public]
    if not digests:
        return set()
    rows = Message.objects.filter(about_digest__in=digests).exclude(about_text="")
    cases: set[int | None] = set(rows.values_list("case_id", flat=True))
    rows.update(about_text="")
    return cases


def _ours(changes: Sequence[tuple[int, Changed, datetime]]) -> dict[bytes, int]:
    """Ids of our own messages among those that somebody reacted to, by the digest of the provider's id."""
    reacted = {(account, change.provider_id) for account, change, _at in changes if change.what == "reaction"}
    return {provider_digest(*pair): message_id for pair, message_id in sent_by_us(reacted).items()}


def _heard_anew(changes: Sequence[tuple[int, Changed, datetime]]) -> dict[bytes, bytes]:
    """Where edits of what is taken back were heard as messages of their own: its digest, by theirs."""
    return {
        provider_digest(account, edited(change.provider_id)): provider_digest(account, change.provider_id)
        for account, change, _at in changes
        if change.what == "revoke"
    }


def _messages(
    changes: Sequence[tuple[int, Changed, datetime]], ours: Mapping[bytes, int]
) -> tuple[dict[bytes, Message], dict[bytes, list[Message]]]:
    """The messages that are meant, locked in the order of their ids: theirs, and those of ours that they react to; and
    the edits that were heard of theirs. By the digest of the provider's id."""
    theirs = {provider_digest(account, change.provider_id) for account, change, _at in changes}
    of_edits = _heard_anew(changes)
    rows = Message.objects.select_for_update(of=("self",)).select_related(
        "case", "conversation__handle__person"
    )
    meant = rows.filter(Q(provider_digest__in=[*theirs, *of_edits]) | Q(pk__in=ours.values())).order_by("id")
    by_id = {message.pk: message for message in meant}
    found = {digest: by_id[pk] for digest, pk in ours.items() if pk in by_id}
    anew: dict[bytes, list[Message]] = {}
    for message in by_id.values():
        digest = bytes(message.provider_digest or b"")
        if digest in of_edits:
            anew.setdefault(of_edits[digest], []).append(message)
        elif digest:
            found[digest] = message
    return found, anew


def _change(message: Message, change: Changed, at: datetime) -> str | None:
    """Change the message; returns the text that is not, or no longer, what it says.

    What is revoked stays revoked, and the edit that was made last counts, in whatever order they are read.
    """
    if change.what == "reaction":
        message.reaction = change.text[:16]
        return None
    made = min(change.at or at, at)
    if change.what == "edit":
        if message.revoked_at or (message.edited_at and made < message.edited_at):
            return change.text
        earlier, message.text, message.edited_at = message.text, change.text, made
        return earlier
    if change.what == "revoke" and not message.revoked_at:
        earlier, message.text, message.revoked_at = message.text, "", at
        return earlier
    return None

"""What somebody answers to what was said to his group: "I have told 50", "seen", what he knows of a rumour."""

from datetime import datetime

from django.db.models import Count

from rabta.groups import phrases
from rabta.groups.models import Broadcast, Recipient
from rabta.journey.groups.bulletins import verifying
from rabta.journey.groups.bulletins.issuing import PASSED_ON, RECEIPTS

PREFIX = "group"
BULLETIN, VERIFY = ("bulletin",), ("verify",)
ASKS = BULLETIN + VERIFY  # what asks for an answer


def broadcast_of(about: str) -> Broadcast | None:
    """What a letter belonged to, by the words in `Delivery.about`."""
    prefix, _colon, public_id = about.partition(":")
    return Broadcast.objects.filter(public_id=public_id).first() if prefix == PREFIX else None


def typed(text: str) -> str:
    """Which answer to a bulletin somebody typed unasked; "" for none, and for what may be said of anything."""
    return phrases.titled(text, of=PASSED_ON) or phrases.passed_on(text)


def asks_of(text: str, *, has_case: bool) -> tuple[str, ...]:
    """Which kinds of broadcasts (`Broadcast.what`) words answer that quote nothing; none for what is no answer.

    Who has an open matter may as well answer what the desk asked: of him only what was told on is taken.
    """
    if typed(text):
        return BULLETIN
    if has_case:
        return ()
    if is_receipt(text) or phrases.told_on(text):
        return BULLETIN
    if text.strip().isdecimal():
        return ASKS
    return VERIFY if phrases.is_mere_sighting(text) else ()


def is_receipt(text: str) -> bool:
    """Whether somebody typed just what stands on a button below bulletins."""
    return bool(phrases.titled(text, of=RECEIPTS))


def heard(
    *, broadcast: Broadcast, recipient: Recipient, key: str, text: str, now: datetime, quoted: bool = False
) -> bool:
    """Take an answer by the key of a button, a typed number or words; False when it goes on as a message: it is
    none, or says more than that.

    In a job with a stated reason. The last answer counts; the first moment stays.
    """
    if broadcast.what == "verify" and recipient.member is not None:
        taken = verifying.heard(
            member=recipient.member, broadcast=broadcast, key=key, text=text, now=now, quoted=quoted
        )
        answer = "answered" if taken else ""
    elif broadcast.what == "bulletin":
        said = text.strip()
        answer = (
            phrases.pressed(key, of=RECEIPTS)
            or phrases.pressed(said, of=RECEIPTS)
            or phrases.titled(said, of=RECEIPTS)
            or phrases.passed_on(said)
            or ("seen" if phrases.told_on(said) else "")
        )
    else:
        return False
    if not answer:
        return False
    first = recipient.answered_at or now
    Recipient.objects.filter(pk=recipient.pk).update(answered_at=first, answer=answer)
    return broadcast.what != "verify" or not verifying.is_more(text, key=key)


def told(broadcast: Broadcast) -> dict[int, dict[str, int]]:
    """How many pressed which button, by unit."""
    rows = Recipient.objects.filter(broadcast=broadcast).exclude(answer="")
    found: dict[int, dict[str, int]] = {}
    for unit, answer, count in rows.values_list("unit", "answer").annotate(n=Count("pk")):
        found.setdefault(unit, {})[answer] = count
    return found

"""What somebody writes to the force's number about belonging to a group: JOIN, REVIEW, RENEW, in five languages."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import Q

from rabta.cases.refusal import Refused
from rabta.channels.contract import Arrived
from rabta.channels.items import Sender
from rabta.groups import members, words
from rabta.groups.models import Application, Decision, Door
from rabta.intake.contents import Incoming
from rabta.journey.groups import joining, letters, renewing, talk_words, vetting
from rabta.journey.groups.joining import Asked
from rabta.kit import scripts
from rabta.outbox import receipts, windows
from rabta.outbox.models import Delivery
from rabta.outbox.posting import Outgoing, post
from rabta.people import handles
from rabta.rules import joining as rules
from rabta.rules.joining import Said

ANSWERS = ("join", "yes", "review", "renew")
ABOUT = "join:"  # what stands with the letter that asks for consent; behind it the word of the address
WAITS_FOR_YES = timedelta(days=2)
LANGUAGE_OF_SCRIPT = {"arabic": "ur", "devanagari": "hi"}


def by_message(one: Incoming[Arrived], *, now: datetime) -> bool:
    """Do what the message asks for, and answer it. False: it asks for nothing of this, and is to be read as any other.

    In a job with a stated reason. Nothing is learnt of the sender as a citizen.
    """
    said = rules.read(one.item.text, keywords={what: words.keywords(what) for what in ANSWERS})
    if said is None:
        return False
    if said.what == "yes":
        word = _asked_for(one, now=now)
        return bool(word) and _asks(one, replace(said, word=word), now=now)
    if said.what != "join":
        return _of_member(one.item.sender, said, now=now)
    windows.wrote([(one.account.pk, _digest(one), one.received_at)])  # the answers go where he wrote
    number = members.digest_of(scheme=one.item.sender.scheme, handle=one.item.sender.handle)
    waiting = joining.waiting_for(digest=number, code=said.word, now=now)
    if waiting is not None:
        joining.prove_by_message(waiting, now=now)
        return True
    return _asks(one, said, now=now)


def _asks(one: Incoming[Arrived], said: Said, *, now: datetime) -> bool:
    """First he is told what he agrees to; with his YES and his name it is an application."""
    door, sender = _door(said.word, now=now), one.item.sender
    language = LANGUAGE_OF_SCRIPT.get(scripts.script_of(one.item.text), "")
    name = said.name or sender.name
    if door is None:
        if not rules.looks_typed(said.word):
            return False  # "joining duty at nine" is something else
        _answer(one, words.letter("unknown", language=language), now=now)
    elif not (said.agreed and name):
        _answer(one, _consent(door, language), about=f"{ABOUT}{door.word}", now=now)
    else:
        kinds = joining.kinds_for(door.group)
        asked = Asked(
            name=name, address=sender.address, scheme=sender.scheme, handle=sender.handle,
            kind=kinds[0].code, language=language,
        )  # fmt: skip
        joining.begin(door=door, asked=asked, channel=one.account.channel, via="message", now=now)
    return True


def _asked_for(one: Incoming[Arrived], *, now: datetime) -> str:
    """The word of the address for which he was asked lately whether he agrees; "" where he has answered, or quotes
    another letter."""
    rows = Delivery.objects.filter(about__startswith=ABOUT, address_digest=_digest(one))
    last = rows.filter(queued_at__gt=now - WAITS_FOR_YES).order_by("-id").first()
    if last is None or (one.item.in_reply_to and _quoted(one) != bytes(last.provider_digest or b"")):
        return ""
    number = members.digest_of(scheme=one.item.sender.scheme, handle=one.item.sender.handle)
    answered = Application.objects.filter(digest=number, asked_at__gte=last.queued_at).exists()
    return "" if answered else last.about.removeprefix(ABOUT)


def _quoted(one: Incoming[Arrived]) -> bytes:
    return receipts.provider_digest(account_id=one.account.pk, provider_id=one.item.in_reply_to)


def _of_member(sender: Sender, said: Said, *, now: datetime) -> bool:
    member = members.find([(sender.scheme, sender.handle)]).get((sender.scheme, sender.handle))
    if member is None:
        return False
    if said.what == "renew":
        return renewing.wished(member, now=now)
    decision = vetting.contestable(member)
    return decision is not None and _contests(decision, said.why, now=now)


def _contests(decision: Decision, why: str, *, now: datetime) -> bool:
    """His own words go with it, unless they accuse: those are read by the desk alone, as a message of its own."""
    accuses = talk_words.is_withheld(why)
    try:
        vetting.contest(decision=decision, said="" if accuses else why, now=now)
    except Refused:  # asked twice: the answer to the first is on its way, and what he adds is a message
        return not why and decision.contested_at is not None and decision.reviewed_at is None
    return not accuses


def _door(word: str, *, now: datetime) -> Door | None:
    rows = Door.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), word=word, closed_at=None)
    return rows.filter(group__closed_at=None).select_related("group__unit").first()


def _consent(door: Door, language: str) -> str:
    return words.letter(
        "ask",
        language=language,
        group=letters.name_in(door.group, language=language),
        consent=words.letter("consent", language=language),
        word=door.word.upper(),
        link=letters.join_page(door.word),
    )


def _answer(one: Incoming[Arrived], text: str, *, now: datetime, about: str = "") -> None:
    """He wrote just now: free text goes to the account that he wrote to."""
    sender = one.item.sender
    address = joining.address_for(scheme=sender.scheme, handle=sender.handle, address=sender.address)
    letter = Outgoing(
        account=one.account,
        address=address.pk,
        address_digest=_digest(one),
        text=text,
        about=about,
        visible_to=[],
    )
    post([letter], now)


def _digest(one: Incoming[Arrived]) -> bytes:
    return handles.digest_of(scheme=one.item.sender.scheme, handle=one.item.sender.handle)

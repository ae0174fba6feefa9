"""What somebody writes to the force's number about belonging to a group: JOIN, REVIEW, RENEW, in five languages.

None of these words swallows what may be said behind it: whatever is no name goes to the desk as every message does.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from rabta.cases.models import Case, State
from rabta.cases.refusal import Refused
from rabta.channels.contract import Arrived
from rabta.channels.items import Sender
from rabta.channels.registry import BY_KIND
from rabta.groups import members, words
from rabta.groups.models import Application, Decision, Door, Recipient
from rabta.intake.contents import Incoming
from rabta.journey.groups import talk_words
from rabta.journey.groups.members import joining, letters, renewing, strangers, vetting
from rabta.journey.groups.members.joining import Asked
from rabta.kit import scripts
from rabta.outbox import receipts, windows
from rabta.outbox.models import Delivery
from rabta.rules import joining as rules
from rabta.rules.joining import Said

ANSWERS = ("join", "yes", "review", "renew")
ABOUT = (
    "join:"  # what stands with an answer to JOIN; behind it the word of an address where it asks for consent
)
WAITS_FOR_YES = timedelta(days=2)
LANGUAGE_OF_SCRIPT = {"arabic": "ur", "devanagari": "hi"}


def take(one: Incoming[Arrived], *, now: datetime) -> bool:
    """Do what the message asks for, and answer it. False: it is to be read as any other, whatever was done for it.

    In a job with a stated reason. Nothing is learnt of the sender as a citizen.
    """
    said = rules.read(one.item.text, keywords={what: words.keywords(what) for what in ANSWERS})
    if said is None or one.item.media or one.item.place:
        return False
    if said.what == "yes":
        return _agrees(one, said, now=now)
    if said.what != "join":
        return _of_member(one.item.sender, said, now=now)
    windows.wrote(
        [(one.account.pk, strangers.digest_of(one), one.received_at)]
    )  # the answers go where he wrote
    number = members.digest_of(scheme=one.item.sender.scheme, handle=one.item.sender.handle)
    waiting = joining.waiting_for(digest=number, code=said.word, now=now)
    no_more = not said.name or talk_words.is_name(said.name)
    if waiting is not None:
        joining.prove_by_message(waiting, now=now)
        return no_more
    return _asks(one, said, named=no_more, now=now) and no_more


def _agrees(one: Incoming[Arrived], said: Said, *, now: datetime) -> bool:
    """YES and a name, from who was asked whether he agrees. Any other words are no application, for the station reads
    its name: they may accuse it."""
    names = not said.name or (talk_words.is_name(said.name) and not talk_words.is_for_desk(one.item.text))
    word = _asked_for(one, now=now) if names else ""
    return bool(word) and _asks(one, replace(said, word=word), named=True, now=now)


def _asks(one: Incoming[Arrived], said: Said, *, named: bool, now: datetime) -> bool:
    """First he is told what he agrees to; with his YES and his name it is an application. `named`: nothing but a name
    stands where he gives it."""
    door, sender = _door(said.word, now=now), one.item.sender
    language = LANGUAGE_OF_SCRIPT.get(scripts.script_of(one.item.text), "")
    name = (said.name or sender.name) if named else ""
    if door is None:
        if not rules.looks_typed(said.word):
            return False  # "joining duty at nine" is something else
        strangers.answer(one, words.letter("unknown", language=language), about=ABOUT, now=now)
    elif not (said.agreed and name):
        strangers.answer(one, _consent(door, language), about=f"{ABOUT}{door.word}", now=now)
    else:
        kinds = joining.kinds_for(door.group)
        asked = Asked(
            name=name, address=sender.address, scheme=sender.scheme, handle=sender.handle,
            kind=kinds[0].code, language=language,
        )  # fmt: skip
        joining.begin(door=door, asked=asked, channel=one.account.channel, via="message", now=now)
    return True


def _asked_for(one: Incoming[Arrived], *, now: datetime) -> str:
    """The word of the address for which he was asked lately over this account whether he agrees; "" where he has
    answered, or may answer something else: he quotes another letter, or quotes none while others wait for his answer.

    Never where anybody can ask in his name: whoever does would have the next YES of his taken for consent.
    """
    if BY_KIND[one.account.channel].forgeable:
        return ""
    rows = _answers(one).filter(account=one.account, queued_at__gt=now - WAITS_FOR_YES)
    last = rows.order_by("-id").first()
    if last is None:
        return ""
    if one.item.in_reply_to:
        meant = _quoted(one) == bytes(last.provider_digest or b"")
    else:
        meant = not _may_answer_another(one, last)
    number = members.digest_of(scheme=one.item.sender.scheme, handle=one.item.sender.handle)
    answered = Application.objects.filter(digest=number, asked_at__gte=last.queued_at).exists()
    return last.about.removeprefix(ABOUT) if meant and not answered else ""


def _may_answer_another(one: Incoming[Arrived], last: Delivery) -> bool:
    """Whether he has an open case, or another letter came to him since then, as a citizen or as a member."""
    number = members.digest_of(scheme=one.item.sender.scheme, handle=one.item.sender.handle)
    cases = Case.objects.filter(conversation__handle__digest=strangers.digest_of(one)).exclude(
        state=State.CLOSED
    )
    letters_since = Delivery.objects.filter(handle__digest=strangers.digest_of(one), id__gt=last.pk)
    said_since = Recipient.objects.filter(member__digest=number, broadcast__asked_at__gt=last.queued_at)
    return cases.exists() or letters_since.exists() or said_since.exists()


def _answers(one: Incoming[Arrived]) -> QuerySet[Delivery]:
    """What this number was answered to JOIN."""
    return Delivery.objects.filter(about__startswith=ABOUT, address_digest=strangers.digest_of(one))


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
    """His own words go with it, unless they may be a matter of the police: those are read by the desk alone, as a
    message of its own."""
    for_desk = talk_words.is_for_desk(why)
    try:
        vetting.contest(decision=decision, said="" if for_desk else why, now=now)
    except Refused:  # asked twice: the answer to the first is on its way, and what he adds is a message
        return not why and decision.contested_at is not None and decision.reviewed_at is None
    return not for_desk


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

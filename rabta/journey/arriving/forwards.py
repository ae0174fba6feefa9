"""Messages that officers forward from their own number (K7): a case of an unknown citizen, and asking who wrote it.

The officer is asked once, over the account that he wrote to, and told nothing of the case but its number, which is the
same whatever becomes of it. The citizen is never told who forwarded.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from rabta import bulk, keys
from rabta.cases.arrival import Heard
from rabta.cases.events import Actor, event, record
from rabta.cases.models import Case, Conversation, Event, Message
from rabta.cases.protection import protect_authors
from rabta.channels.contract import Arrived, Button, Sender
from rabta.channels.registry import BY_KIND
from rabta.force.directory import Directory
from rabta.force.models import Officer
from rabta.intake.contents import Incoming
from rabta.journey.checks import locked
from rabta.outbox import receipts, windows
from rabta.outbox.models import Delivery
from rabta.outbox.posting import Outgoing, post
from rabta.people.handles import UNKNOWN as SCHEME
from rabta.people.handles import Writer, digest_of, recognise
from rabta.people.models import Handle
from rabta.replying import acknowledge
from rabta.replying.letters import say, sensitive
from rabta.rules import forwarded as rule
from rabta.rules.forwarded import Contact
from rabta.rules.questions import PLACES
from rabta.tasking import contacts
from rabta.triage.assess import assess

HEARSAY, NOWHERE = "hearsay", "+0"  # of a number that a protected person writes from
Messages = Sequence[Incoming[Arrived]]


def part(
    incoming: Messages, *, directory: Directory
) -> tuple[list[Incoming[Arrived]], list[Incoming[Arrived]]]:
    """(what is read now, what may tell who wrote a forward). Forwards are an unknown citizen's words from here on."""
    theirs = {id(one) for one in incoming if _of_an_officer(one, directory)}
    if not theirs:
        return list(incoming), []
    officers = _officers(one for one in incoming if id(one) in theirs)
    now: list[Incoming[Arrived]] = []
    may_tell: list[Incoming[Arrived]] = []
    bursts: dict[int, tuple[datetime, str]] = {}
    for one in incoming:
        officer = officers.get(one.item.sender.handle) if id(one) in theirs else None
        if officer and contacts.may_tell(one.item):
            may_tell.append(one)
        elif officer and _is_forward(one.item):
            now.append(_as_unknown(one, officer, bursts))
        else:
            now.append(one)
    return now, may_tell


def _of_an_officer(one: Incoming[Arrived], directory: Directory) -> bool:
    item, sender = one.item, one.item.sender
    known = sender.scheme == "phone" and sender.handle in directory.officer_phones
    channel = BY_KIND[one.account.channel]
    sure = channel.send is not None and not channel.forgeable
    return known and sure and not item.public and not item.group


def _officers(theirs: Iterable[Incoming[Arrived]]) -> dict[str, Officer]:
    """By number; not those whose number two officers have."""
    numbers = {one.item.sender.handle for one in theirs}
    found: dict[str, list[Officer]] = {}
    for officer in Officer.objects.filter(phone__in=numbers, is_active=True):
        found.setdefault(officer.phone, []).append(officer)
    return {number: rows[0] for number, rows in found.items() if len(rows) == 1}


def _is_forward(item: Arrived) -> bool:
    """Whether it is somebody's matter: forwarded, and no chain letter or greeting."""
    more = item.media or item.place
    return item.forwarded and bool(more or (item.text.strip() and not assess(item.text).noise))


def _as_unknown(
    one: Incoming[Arrived], officer: Officer, bursts: dict[int, tuple[datetime, str]]
) -> Incoming[Arrived]:
    """The message as an unknown citizen's. What is forwarded at once is one writer's, until the desk splits it."""
    last = bursts.get(officer.pk) or _last_burst(officer, one.received_at)
    joins = last is not None and one.received_at - last[0] <= rule.BURST
    name = last[1] if last and joins else _name_of(one)
    bursts[officer.pk] = one.received_at, name
    choices = {"entered_by": str(officer.pk), "forward": name}
    item = replace(one.item, sender=Sender(scheme=SCHEME, handle=name), in_reply_to="", choices=choices)
    return replace(one, item=item)


def _name_of(one: Incoming[Arrived]) -> str:
    return keys.digest("forward", f"{one.account.pk}:{one.item.provider_id}").hex()


def _last_burst(officer: Officer, at: datetime) -> tuple[datetime, str] | None:
    rows = Event.objects.filter(what="forwarded_in", officer=officer, at__gt=at - rule.BURST, at__lte=at)
    last = rows.order_by("-at", "-id").first()
    return (last.at, last.data["forward"]) if last else None


def ask(heard: Sequence[Heard], *, now: datetime) -> list[Event]:
    """Note who forwarded, and ask of each new case who wrote it; the events are saved by the caller."""
    mine = [h for h in heard if h.case and h.handle.scheme == SCHEME]
    if not mine:
        return []
    officers = Officer.objects.in_bulk([int(h.item.choices["entered_by"]) for h in mine])
    events, letters = [], []
    for h in mine:
        officer, case = officers[int(h.item.choices["entered_by"])], h.case
        assert case is not None
        actor = Actor(officer_id=officer.pk)
        name = h.item.choices["forward"]
        events.append(event(case, "forwarded_in", now=h.received_at, actor=actor, forward=name))
        if h.opens:
            events.append(event(case, "contact_asked", now=h.received_at, actor=actor))
            letters.append(_question(h, case, officer))
    post(letters, now)
    return events


def _question(h: Heard, case: Case, officer: Officer) -> Outgoing:
    with translation.override(officer.language):
        text = _(
            "What you forwarded was received: %(reference)s. Who wrote it? Answer this message with the contact card,"
            " with the telephone number, or with “not known”."
        )
        button = Button(key=rule.key_of(case.public_id, "unknown"), title=_("Not known"))
    digest = digest_of(scheme="phone", handle=officer.phone)
    windows.wrote([(h.account.pk, digest, h.received_at)])
    return Outgoing(
        account=h.account,
        number=officer.phone,
        address_digest=digest,
        text=text % {"reference": case.reference},
        buttons=(button,),
        about=rule.key_of(case.public_id),
        visible_to=case.visible_to,
        hidden_from=case.hidden_from,
    )


def hear(may_tell: Messages, *, now: datetime) -> list[Incoming[Arrived]]:
    """Take what tells who wrote a forward; returns the messages that are something else."""
    officers = _officers(may_tell)
    return [one for one in may_tell if not _heard(one, officers.get(one.item.sender.handle), now=now)]


def _heard(one: Incoming[Arrived], officer: Officer | None, *, now: datetime) -> bool:
    if officer is None:
        return False
    named = _named(one)
    told = contacts.told(one.item, quoted=bool(named))
    if told is None:
        return False
    cases = _asked(officer, at=one.received_at, named=named)
    if not cases:
        return False
    with translation.override(officer.language):
        text = _several() if len(cases) > 1 else _take(cases[0], told, officer, now=now)
    _answer(one, text, cases[0], now=now)
    return True


def _several() -> str:
    return _(
        "You forwarded several matters. Hold the message with the right reference number, choose Reply, and send the"
        " contact again."
    )


def _named(one: Incoming[Arrived]) -> str:
    """The case that is named by the button or by the letter that is quoted. One query, or none."""
    pressed = rule.of_key(one.item.choices.get("id", ""))
    if pressed or not one.item.in_reply_to:
        return pressed[0] if pressed else ""
    digest = receipts.provider_digest(account_id=one.account.pk, provider_id=one.item.in_reply_to)
    abouts = Delivery.objects.filter(provider_digest=digest, about__startswith=f"{rule.PREFIX}:")
    found = rule.of_key(abouts.values_list("about", flat=True).first() or "")
    return found[0] if found else ""


def _asked(officer: Officer, *, at: datetime, named: str) -> list[Case]:
    """The one that is named, of those of which this officer was asked who wrote; else those where he has not told."""
    asked = Event.objects.filter(what="contact_asked", officer=officer).select_related("case")
    if named:
        return [event.case for event in asked.filter(case__public_id=named)]
    lately = asked.filter(at__gt=at - rule.ANSWERED_WITHIN, at__lte=at).order_by("-at", "-id")
    return [event.case for event in lately if not _answered(event.case, "contact_told", "contact_unknown")]


def _answered(case: Case, *what: str) -> bool:
    return case.events.filter(what__in=what).exists()


def _take(case: Case, told: Contact, officer: Officer, *, now: datetime) -> str:
    """Put the contact to the case; what the officer reads says nothing of it."""
    case = locked(case)
    actor = Actor(officer_id=officer.pk)
    values = {"reference": case.reference}
    if _answered(case, "contact_told"):
        return _("%(reference)s: who wrote it was noted before. Tell the desk if it is wrong.") % values
    if not told.number or told.number == officer.phone:
        record(case, "contact_unknown", now=now, actor=actor)
        return _("%(reference)s: noted that the writer is not known to you.") % values
    _give(case, told, actor=actor, now=now)
    return _("%(reference)s: noted who wrote it. Thank you.") % values


def _give(case: Case, told: Contact, *, actor: Actor, now: datetime) -> None:
    """The case and all that was forwarded with it are this person's from now on, who is told where that is allowed."""
    old = case.conversation
    moved = [case]
    if old.handle.scheme == SCHEME:
        handle = _handle(told, now=now)
        conversation = _conversation(old, handle.pk)
        moved = list(Case.objects.select_for_update().filter(conversation=old).order_by("id"))
        for each in moved:
            each.conversation, each.changed_at = conversation, now
        Message.objects.filter(conversation=old).update(conversation=conversation)
        bulk.update(moved, ["conversation", "changed_at"])
        protect_authors([each for each in moved if each.withheld], now=now)
    record(case, "contact_told", now=now, actor=actor)
    say([_receipt(each) for each in moved if _may_be_told(each)], now=now)


def _handle(told: Contact, *, now: datetime) -> Handle:
    """Whose number it is. A protected person is not joined: an officer who names a number would read by which alias
    that person is known here. To him it is a stranger's number, and what is sent there fails as where nobody is.
    """
    known = Handle.objects.filter(scheme="phone", digest=digest_of(scheme="phone", handle=told.number))
    hidden = known.filter(person__protected=True).exists()
    scheme, address = (HEARSAY, NOWHERE) if hidden else ("phone", told.number)
    writer = Writer(scheme=scheme, handle=told.number, address=address, name=told.name, number=told.number)
    return recognise([writer], now=now)[scheme, told.number]


def _conversation(old: Conversation, handle_id: int) -> Conversation:
    made, _new = Conversation.objects.get_or_create(
        account=old.account, handle_id=handle_id, defaults={"language": old.language}
    )
    found = Conversation.objects.select_for_update(of=("self",)).select_related("account", "handle__person")
    return found.get(pk=made.pk)


def _may_be_told(case: Case) -> bool:
    """Nobody who did not write here himself is written to in a matter that others must not read."""
    return not sensitive(case) and not case.hides_author


def _receipt(case: Case) -> acknowledge.Said:
    return acknowledge.of_forwarded(case, asks_place=case.waiting_why.get("code") in PLACES)


def _answer(one: Incoming[Arrived], text: str, case: Case, *, now: datetime) -> None:
    number = one.item.sender.handle
    digest = digest_of(scheme="phone", handle=number)
    windows.wrote([(one.account.pk, digest, one.received_at)])
    letter = Outgoing(
        account=one.account,
        number=number,
        address_digest=digest,
        text=text,
        visible_to=case.visible_to,
        hidden_from=case.hidden_from,
    )
    post([letter], now)

"""From the journal to the register: a batch of messages becomes cases, acknowledgements and orders.

Everything here works on lists: the number of queries is the same for one message and for two hundred.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import cast

from procrastinate.contrib.django import app as deferred
from procrastinate.types import JSONValue

from rabta import bulk
from rabta.cases import arrival, beside, changes, placing, secret_matters, visibility
from rabta.cases.arrival import Heard
from rabta.cases.events import Actor, event
from rabta.cases.models import Event, Message, Order
from rabta.cases.protection import hide_in_new, protect_authors
from rabta.channels import templates
from rabta.channels.contract import Arrived, Changed, Ignored, Receipt
from rabta.channels.registry import BY_KIND
from rabta.force import directory as force_directory
from rabta.force.directory import Directory
from rabta.intake import early, effects, reading
from rabta.intake.reading import Handlers, Incoming
from rabta.journey.arriving import acknowledging, edits, forwards, hearing, identities, overheard, questions
from rabta.journey.arriving.judge import Judged, judge
from rabta.journey.ending import wishes
from rabta.journey.groups.bulletins import officer_receipts
from rabta.journey.groups.directions import answers as hop_answers
from rabta.journey.groups.directions import photos as hop_photos
from rabta.journey.groups.talk import hearing as talk
from rabta.journey.groups.talk import overhearing
from rabta.journey.matters import gathering
from rabta.journey.orders import answering, commanding, explaining, photos
from rabta.journey.press import asking as press
from rabta.kit import ids
from rabta.outbox import heard as outbox_heard
from rabta.outbox import receipts as outbox_receipts
from rabta.outbox import windows
from rabta.outbox.receipts import Recorded
from rabta.replying import commands
from rabta.tasking import notify, orders
from rabta.triage import tables
from rabta.triage.assess import Assessment, with_beside

READER = Actor(system_reason="reading the journal")
TOUCHED_FIELDS = [
    "last_in_at", "changed_at", "split_offered_at", "subject", "language", "place", "lat", "lng",
    "place_source",
]  # fmt: skip
JUDGED_FIELDS = [
    "state", "lead_unit", "subject", "language", "kind", "category", "category_source", "urgency", "withheld",
    "withheld_why", "place", "lat", "lng", "place_source", "routing_why", "waiting_why", "desk_unit",
    "reply_due_at", "contact_due_at", "report_due_at", "limits_version",
]  # fmt: skip


def read_journal(*, limit: int, now: datetime, ahead: int = 0, only: Sequence[int] | None = None) -> int:
    """Read up to `limit` bodies from the journal in one transaction, with all their effects; returns how many.

    `ahead`: leave so many of the oldest to another reader. `only`: no others than these rows.
    """
    handlers = Handlers(
        arrived=lambda items: arrived(items, now=now),
        receipts=lambda items: receipts(items, now=now),
        changed=lambda items: changed(items, now=now),
        news=lambda news: templates.take_news(news, now=now),
        asked=ask,
    )
    return reading.read_batch(limit=limit, now=now, handlers=handlers, ahead=ahead, only=only)


def ask(incoming: Sequence[Incoming[Ignored | Arrived]]) -> None:
    """Have the provider asked for what hooks only pointed to; the answers come in as bodies of their own.

    So is answered at once what the provider waits for (`Arrived.ask`).
    """
    for one in incoming:
        deferred.configure_task("rabta.jobs.tasks.ask_provider", allow_unknown=True).defer(
            journal_id=one.journal_id, position=one.position
        )


def arrived(incoming: Sequence[Incoming[Arrived]], *, now: datetime) -> None:
    """Take messages into the register: who wrote, which case, what about, who must act, what is answered."""
    directory = force_directory.current(now=now)
    here = [(one.account.pk, _digest_of(one)) for one in incoming]
    overhearing.count(incoming, now=now)
    incoming = overheard.take(
        incoming, actor=READER, directory=directory, now=now, save=partial(_keep, directory=directory)
    )
    incoming = officer_receipts.take(incoming, directory=directory, now=now)
    incoming = hop_photos.take(incoming, directory=directory, now=now)
    incoming = photos.take(incoming, directory=directory, now=now)
    incoming = hop_answers.take(incoming, directory=directory, now=now)
    incoming = answering.take(incoming, directory=directory, now=now)
    incoming = commanding.take(incoming, now=now, open_case=lambda posts: arrived(posts, now=now))
    incoming, may_tell = forwards.part(incoming, directory=directory)
    incoming = talk.take(incoming, directory=directory, press=press.asked, now=now)
    if incoming:
        _take(incoming, directory=directory, now=now)
    rest = forwards.hear(may_tell, now=now)
    if rest:
        _take(rest, directory=directory, now=now)
    explaining.tell([*incoming, *rest], directory=directory, now=now)
    _change(early.take(here), now=now)


def as_citizen(incoming: Sequence[Incoming[Arrived]], *, now: datetime) -> None:
    """Take in what was held for talk of a group, and is a matter of the police."""
    _take(incoming, directory=force_directory.current(now=now), now=now)


def settle_early(*, now: datetime) -> None:
    """Apply the changes that wait for messages which are in the register by now."""
    _change(early.take_known(), now=now)


def _take(incoming: Sequence[Incoming[Arrived]], *, directory: Directory, now: datetime) -> None:
    """The way of what citizens wrote, and of what officers wrote or forwarded as somebody's matter."""
    assessed = [_assess(one) for one in incoming]
    heard = hearing.recognise(incoming, assessed, actor=READER, now=now)
    arrival.find_conversations(heard)
    wishes.hear(heard, now=now)
    known, beside_them = arrival.open_and_secret(heard)
    questions.hear(heard, known, directory=directory)
    last_words = {case.pk: case.last_in_at for cases in known.values() for case in cases}
    placing.place(
        heard,
        open_by_conversation=known,
        beside=beside_them,
        answered=arrival.answered_messages(heard),
        places_in=directory.places_in,
    )
    judged = judge(heard, directory=directory)
    gathered = gathering.gather(judged, heard, now=now)
    made = _orders(judged, now=now)
    events = _save_cases(heard, judged, made, directory=directory)
    gathered.save()
    events += gathered.events(actor=READER, now=now)
    asked = questions.ask(judged, heard, directory=directory)  # new cases have their reference numbers now
    events += questions.events(heard, asked, actor=READER, directory=directory)
    _save_messages(heard, directory=directory)
    _remember_ids(heard)
    events += forwards.ask(heard, now=now)
    events += _send_orders(made, directory=directory, now=now)
    acknowledging.answer(heard, judged, asked, last_words, directory=directory, now=now)
    events += [event(head, "part_in", now=now, actor=READER) for head in arrival.touch_heads(heard)]
    bulk.insert(events)
    windows.wrote((h.account.pk, bytes(h.handle.digest), h.received_at) for h in heard)


def _keep(heard: Sequence[Heard], judged: Sequence[Judged], *, directory: Directory) -> None:
    """Save what was overheard: cases and messages, no orders and no answers."""
    events = _save_cases(heard, judged, [], directory=directory)
    _save_messages(heard, directory=directory)
    bulk.insert(events)


def _remember_ids(heard: Sequence[Heard]) -> None:
    """Keep what a letter needs to quote a message, to mark it as read, or to stand under it."""
    outbox_heard.remember(
        outbox_heard.Said(
            account_id=h.account.pk,
            provider_digest=bytes(h.message.provider_digest or b""),
            address_digest=bytes(h.handle.digest),
            provider_id=h.item.thread or h.item.provider_id,
            at=h.received_at,
        )
        for h in heard
        if _can_be_named(h)
    )


def _can_be_named(h: Heard) -> bool:
    channel = BY_KIND[h.account.channel]
    stands_under = bool(h.item.thread) and (channel.threads or channel.marks_read)
    return stands_under or (channel.marks_read and h.item.provider_id in h.item.key)


def _assess(one: Incoming[Arrived]) -> Assessment:
    item = one.item
    assessment = with_beside(arrival.text_judged(item), beside.of_item(item), choices=item.choices)
    if asked := commands.asked_in(item, channel=BY_KIND[one.account.channel]):
        return assessment.as_word(language=asked.language)
    says_more = item.media or item.place or item.place_name or item.kind == "unsupported"
    return assessment.without_noise() if says_more else assessment


def _save_cases(
    heard: Sequence[Heard], judged: Sequence[Judged], made: Sequence[Order], *, directory: Directory
) -> list[Event]:
    """Save new cases and changed ones; returns the events of what came in."""
    new = [j.case for j in judged if j.opens]
    for case in new:
        case.reference = ids.reference(prefix=directory.reference_prefix(case.account.unit_id))
    for h in heard:
        if h.case and h.offered and not h.case.part_of_id:
            h.case.split_offered_at = h.case.split_offered_at or h.received_at
    bulk.insert(new)
    secret_matters.link(
        [(h.beside, h.case) for h in heard if h.beside and h.case], now=max(h.received_at for h in heard)
    )
    for order in made:
        order.case = order.case  # it has its id now
    again = {j.case.pk: j.case for j in judged if not j.opens}
    bulk.update(list(again.values()), JUDGED_FIELDS)
    opened = {case.pk for case in new}
    joined = {h.case.pk: h.case for h in heard if h.case and h.case.pk not in opened}
    bulk.update(list(joined.values()), TOUCHED_FIELDS)
    visibility.write(list(again.values()))
    protect_authors((j.case for j in judged if j.case.withheld), now=heard[0].received_at)
    beside = {id(h.case): {secret_matters.BESIDE: True} for h in heard if h.beside and not h.withheld}
    events = [
        event(case, "opened", now=case.runs_since, actor=READER, **beside.get(id(case), {})) for case in new
    ]
    events += [
        event(h.case, "message_in", now=h.received_at, actor=READER) for h in heard if h.case and not h.opens
    ]
    return events


def _save_messages(heard: Sequence[Heard], *, directory: Directory) -> None:
    paths = {h.account.unit_id: directory.path(h.account.unit_id) for h in heard}
    for h in heard:
        h.message.case = h.case
    hide_in_new([(h.message, h.handle) for h in heard], now=heard[0].received_at)
    attachments = arrival.save_messages(heard, directory_path=paths)
    for start in range(0, len(attachments), 10):
        batch: list[JSONValue] = [attachment.pk for attachment in attachments[start : start + 10]]
        deferred.configure_task("rabta.jobs.tasks.fetch_media", allow_unknown=True).defer(
            attachment_ids=batch
        )


def _orders(judged: Sequence[Judged], *, now: datetime) -> list[Order]:
    """The orders that go out by themselves, not saved yet; their cases are `forwarded` by it."""
    return [
        orders.make(j.case, to=to, part=part, why=why, actor=READER, now=now)
        for j in judged
        if not j.route.waiting
        for to, part, why in j.parts()
    ]


def _send_orders(made: Sequence[Order], *, directory: Directory, now: datetime) -> list[Event]:
    """Tell the officers, and save the orders with the letters that tell of them."""
    if not made:
        return []
    labels = {code: dict(category.labels) for code, category in tables.categories().items()}
    notify.notify(made, labels=labels, accounts=notify.sending_accounts(), directory=directory, now=now)
    return orders.save(made, actor=READER, now=now)


def receipts(incoming: Sequence[Incoming[Receipt]], *, now: datetime) -> None:
    """Put the provider's words to our deliveries, and let open pages know."""
    show_moved(outbox_receipts.record(((one.account.pk, one.item) for one in incoming), now), now=now)


def show_moved(moved: Recorded, *, now: datetime) -> None:
    """Let open pages know of the deliveries that moved: of letters to citizens, and of orders."""
    messages = Message.objects.filter(delivery__in=moved.changed).exclude(case=None).select_related("case")
    orders = Order.objects.filter(delivery__in=moved.changed).select_related("case")
    cases = {order.case.pk: order.case for order in orders}
    cases |= {message.case.pk: message.case for message in messages if message.case}
    bulk.insert([event(case, "delivery", now=now, actor=READER) for case in cases.values()])


def changed(incoming: Sequence[Incoming[Changed]], *, now: datetime) -> None:
    """Edits, revocations and reactions of earlier messages.

    An edit that may not be read, or not be found, where the message stands is a message of its own (`arriving.edits`).
    An edit of a message that never reached us is that message.
    """
    identities.changed([one for one in incoming if one.item.what == "identity"], actor=READER, now=now)
    incoming, missed = _parted([one for one in incoming if one.item.what != "identity"], now=now)
    waited = early.take((one.account.pk, _digest_of(one)) for one in incoming)  # what came earlier goes first
    unknown = _change([*waited, *incoming], now=now)
    early.keep((_digest_of(one), one) for one in unknown)
    if missed:
        arrived(missed, now=now)


def _change(incoming: Sequence[Incoming[Changed]], *, now: datetime) -> list[Incoming[Changed]]:
    """Apply these in order, or hear them as messages; returns those whose message is unknown to us."""
    told, others = edits.part(incoming, now=now)
    said = [(one.account.pk, one.item, one.received_at) for one in others]
    if told:  # first: what is taken back by now goes with its edits
        arrived(told, now=now)
        said += edits.taken_back(told)
    unknown = changes.apply(said, actor=READER, now=now) if said else []
    return [others[place] for place in unknown]


def _parted(
    incoming: Sequence[Incoming[Changed]], *, now: datetime
) -> tuple[list[Incoming[Changed]], list[Incoming[Arrived]]]:
    """Changes of what we have, and whole messages that an edit brings which never reached us as they were first.

    The last edit of a message brings it; what earlier ones said of it is over.
    """
    digests = {_digest_of(one): one for one in incoming if one.item.whole}
    rows = Message.objects.filter(provider_digest__in=digests) if digests else Message.objects.none()
    known = {bytes(digest) for digest in rows.values_list("provider_digest", flat=True) if digest}
    missed = [
        edits.with_item(one, one.item.whole)
        for digest, one in digests.items()
        if digest not in known and one.item.whole
    ]
    # One that is no news here has just been taken in by another worker: it is changed as any other.
    new, _known = effects.remember(missed, now=now)
    whole = cast(list[Incoming[Arrived]], new)
    brought = {_digest_of(one) for one in whole}
    return [one for one in incoming if not (one.item.whole and _digest_of(one) in brought)], whole


def _digest_of(one: Incoming[Arrived | Changed]) -> bytes:
    """What stands for the id of the message that it is, or changes."""
    return arrival.provider_digest(one.account.pk, one.item.provider_id)

"""A batch of messages on its way into the register: conversations, the cases that are open there, and what is saved.

Works on lists with a fixed number of queries. Nothing is decided here about what a case is about or who must act; which
case a message joins is decided in `cases.placing`.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q

from rabta import bulk, keys
from rabta.cases.attaching import Carried, attached
from rabta.cases.locking import lock
from rabta.cases.models import Attachment, Case, Conversation, Message, Order, State
from rabta.cases.protection import hide_own_numbers
from rabta.cases.secret_matters import out_of_reach
from rabta.cases.subjects import subject_of
from rabta.channels.contract import Arrived, Relation
from rabta.channels.models import Account
from rabta.channels.webform import EARLIER
from rabta.kit.mentions import without_mentions
from rabta.outbox import receipts
from rabta.people.models import Handle
from rabta.rules.questions import Pressed

ANSWER = Message.ANSWER
GOES_ON = ~Q(state=State.CLOSED) | Q(part_of__isnull=False) & ~Q(part_of__state=State.CLOSED)
UNJUDGED = 3  # how urgent a case is taken to be before anybody looked


@dataclass(kw_only=True)
class Heard:
    """One message on its way into the register. Filled in step by step."""

    account: Account
    item: Arrived
    received_at: datetime
    handle: Handle
    journal_id: int = 0
    language: str = ""
    noise: str = ""
    category: str = ""
    urgency: int | None = None
    withheld: str = ""  # why it must be, if it must
    conversation: Conversation = field(init=False)
    kept: tuple[Any, ...] = ()  # the conversation's facts as the database has them
    is_new_here: bool = False  # the conversation begins in this batch
    case: Case | None = None
    beside: Case | None = None  # the secret one with which the new one is linked
    message: Message = field(init=False)
    answer: Pressed | None = None  # what it answers of what the machine asked …
    chosen: str = ""  # … and the choice
    about: Case | None = None  # the case that it asks to reopen, to withdraw …, or says an opinion on
    opens: bool = False
    offered: bool = False


def find_conversations(heard: Sequence[Heard]) -> None:
    """Give each message its conversation, adding missing ones; all are locked in one order until the batch ends."""
    wanted = {(h.account.pk, h.handle.pk): h for h in heard}
    rows = [
        bulk.new(
            Conversation,
            account=h.account,
            handle=h.handle,
            language=h.language or h.item.sender.language,
            last_in_at=h.received_at,
        )
        for _, h in sorted(wanted.items(), key=lambda item: item[0])
    ]
    new = {_key(row): row for row in bulk.insert_missing(rows, unique=("account_id", "handle_id"))}
    by_key = new | _lock(wanted.keys() - new.keys())
    for h in heard:
        key = h.account.pk, h.handle.pk
        h.conversation, h.is_new_here = by_key[key], key in new
        h.conversation.account, h.conversation.handle = h.account, h.handle
        h.kept = _facts(h.conversation)


def _lock(wanted: Set[tuple[int, int]]) -> dict[tuple[int, int], Conversation]:
    """The conversations of these accounts and handles, locked in the order of their ids. One query, or none.

    Rows that only refer to one may be written meanwhile: else whoever has its case would wait for us, and we for him.
    """
    if not wanted:
        return {}
    accounts, handles = ({key[n] for key in wanted} for n in (0, 1))
    rows = Conversation.objects.select_for_update(no_key=True).filter(
        account__in=accounts, handle__in=handles
    )
    return {_key(row): row for row in rows.order_by("id")}


def _key(row: Conversation) -> tuple[int, int]:
    return row.account_id, row.handle_id


def _facts(row: Conversation) -> tuple[Any, ...]:
    """What a batch may change on a conversation."""
    return row.language, row.last_in_at, row.greeted_at


def open_cases(heard: Sequence[Heard]) -> dict[int, list[Case]]:
    """The open cases of the conversations, by conversation id; and closed ones that are part of a matter still open.

    They are locked with what they are part of: whoever accuses somebody in one at this moment is waited for, or what
    comes in would be shown to whom it was shown before.
    """
    return _locked(heard, people={})[0]


def open_and_secret(heard: Sequence[Heard]) -> tuple[dict[int, list[Case]], dict[int, list[Case]]]:
    """The same, and by conversation the secret matters of its person that nothing can join there. All are locked at
    once and in one order: what comes in may be linked with any of them."""
    return _locked(
        heard, people={h.conversation.pk: h.handle.person_id for h in heard if not h.handle.is_new}
    )


def _locked(
    heard: Sequence[Heard], *, people: Mapping[int, int]
) -> tuple[dict[int, list[Case]], dict[int, list[Case]]]:
    conversations = {h.conversation.pk: h.conversation for h in heard if not h.is_new_here}
    rows = Case.objects.filter(GOES_ON, conversation__in=conversations.keys()).order_by("id")
    wanted = list(rows.values_list("pk", flat=True)) if conversations else []
    secret = out_of_reach(people, known=wanted, now=max(h.received_at for h in heard)) if people else {}
    now_is = lock([*wanted, *(case.pk for cases in secret.values() for case in cases)])
    for case in now_is.values():
        if case.part_of_id in now_is:
            case.part_of = now_is[case.part_of_id]
    found: dict[int, list[Case]] = {}
    for case in (now_is[pk] for pk in wanted if pk in now_is):
        if State.CLOSED == case.state == (case.part_of or case).state:  # closed while we waited
            continue
        case.conversation = conversations[case.conversation_id]
        case.account = case.conversation.account
        found.setdefault(case.conversation_id, []).append(case)
    say_what_is_ordered(one for cases in found.values() for case in cases for one in (case, case.part_of))
    return found, {pk: _as_now(cases, now_is) for pk, cases in secret.items()}


def _as_now(cases: Sequence[Case], now_is: Mapping[int, Case]) -> list[Case]:
    """These as they were locked, with the writers that were read with them."""
    found = []
    for case in cases:
        if case.pk in now_is:
            now_is[case.pk].conversation = case.conversation
            found.append(now_is[case.pk])
    return found


def say_what_is_ordered(cases: Iterable[Case | None]) -> None:
    """Cases that nobody leads yet may have been sent to a unit in support, or for information; or have been led. One
    query, or none."""
    rest = {case.pk: case for case in cases if case and case.lead_unit_id is None and case.state == State.NEW}
    orders = Order.objects.filter(case__in=rest) if rest else Order.objects.none()
    for pk, finished_at in orders.values_list("case_id", "finished_at"):
        rest[pk].was_ordered = True
        rest[pk].is_ordered = rest[pk].is_ordered or finished_at is None


def answered_messages(heard: Sequence[Heard]) -> dict[bytes, Message]:
    """The messages that these answer, by the digest of the provider's id."""
    digests = {provider_digest(h.account.pk, h.item.in_reply_to) for h in heard if h.item.in_reply_to}
    if not digests:
        return {}
    found = Message.objects.filter(provider_digest__in=digests)
    answered = {bytes(m.provider_digest): m for m in found if m.provider_digest}
    asked = {(h.account.pk, h.item.in_reply_to) for h in heard if h.item.in_reply_to}
    ours = sent_by_us({pair for pair in asked if provider_digest(*pair) not in answered})
    messages = Message.objects.in_bulk(list(ours.values()))
    return answered | {provider_digest(*pair): messages[pk] for pair, pk in ours.items()}


def sent_by_us(pairs: Set[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """Ids of our own messages by account and the provider's id. One query, or none."""
    digests = {
        receipts.provider_digest(account_id=account, provider_id=name): (account, name)
        for account, name in pairs
    }
    if not digests:
        return {}
    rows = Message.objects.filter(delivery__provider_digest__in=digests)
    found = rows.values_list("delivery__provider_digest", "pk")
    return {digests[bytes(digest)]: pk for digest, pk in found if digest is not None}


def provider_digest(account_id: int, provider_id: str) -> bytes:
    """What stands for a provider's message id: the raw one may carry the sender's number."""
    return keys.digest("provider", f"{account_id}:{provider_id}")


def take_in(h: Heard, case: Case) -> None:
    """What a message tells of its case: where, the first words, and that it moved."""
    _take_place(h, case)
    _take_subject(h, case)
    case.last_in_at = max(case.last_in_at, h.received_at)
    case.changed_at = h.received_at


def _take_place(h: Heard, case: Case) -> None:
    """A point that was sent says better where it is than words do; what an operator set stays."""
    point = h.item.place
    if point and case.place_source != "operator":
        case.lat, case.lng, case.place_source = point.lat, point.lng, "pin"
        case.place = point.name[:200] or case.place
    elif h.item.place_name and case.place_source in ("", "text"):
        case.place, case.place_source = h.item.place_name[:200], "citizen"


def _take_subject(h: Heard, case: Case) -> None:
    """The first words of a case, or after these were taken back the next ones."""
    if not (case.subject or h.noise or h.about or h.answer):
        case.subject = subject_of(text_judged(h.item))


def touch_heads(heard: Sequence[Heard]) -> list[Case]:
    """What is written in a part raises the case that it is part of, where the desk is asked, too, whether it is another
    matter; returns these. Two queries, or none."""
    last: dict[int, datetime] = {}
    offered: dict[int, datetime] = {}
    for h in heard:
        if h.case and h.case.part_of_id and not h.opens:
            last[h.case.part_of_id] = max(h.received_at, last.get(h.case.part_of_id, h.received_at))
            if h.offered:
                offered.setdefault(h.case.part_of_id, h.received_at)
    if not last:
        return []
    heads = list(Case.objects.select_for_update().filter(pk__in=last).order_by("id"))
    for head in heads:
        head.last_in_at = max(head.last_in_at, last[head.pk])
        head.changed_at = last[head.pk]
        head.split_offered_at = head.split_offered_at or offered.get(head.pk)
    bulk.update(heads, ["last_in_at", "changed_at", "split_offered_at"])
    return heads


def new_case(h: Heard) -> Case:
    """A new case, which is judged later; what its first words say is compared with what follows until then.

    One of the register of before was opened on its day there; its limits run from now.
    """
    before = h.item.sent_at if h.item.kind == EARLIER else None
    case = bulk.new(
        Case,
        category=h.category,
        urgency=UNJUDGED if h.urgency is None else h.urgency,
        conversation=h.conversation,
        account=h.account,
        desk_unit_id=h.account.unit_id,
        opened_at=before or h.received_at,
        limits_from=h.received_at if before else None,
        last_in_at=h.received_at,
        changed_at=h.received_at,
        receipt_digest=h.item.choices.get("receipt", ""),
    )
    case.opens_withheld = h.withheld
    return case


def text_judged(item: Arrived) -> str:
    """The words that say what a message is about. Of a post without the @names that it is addressed to, and with the
    words of another that it holds up for us to see."""
    if not item.public:
        return item.text
    shown = item.about.text if item.about and item.about.relation == Relation.QUOTE else ""
    return "\n".join(filter(None, map(without_mentions, (item.text, shown))))


def new_message(h: Heard, answer: Message | None) -> Message:
    """What was heard as a message of its case, not saved yet; `answer` is the one of ours that it answers."""
    item, place_ = h.item, h.item.place
    message = bulk.new(
        Message,
        conversation=h.conversation,
        case=h.case,
        direction=Message.Direction.IN,
        kind=ANSWER if h.answer else item.kind[:12],
        text=item.text,
        language=h.language,
        noise=h.noise,
        forwarded=item.forwarded,
        in_reply_to=answer,
        provider_digest=provider_digest(h.account.pk, item.provider_id),
        lat=place_.lat if place_ else None,
        lng=place_.lng if place_ else None,
        place_name=(place_.name if place_ else item.place_name)[:200],
        sent_at=item.sent_at,
        received_at=h.received_at,
        public=item.public,
        link=item.link[:300],
    )
    if entered_by := item.choices.get("entered_by", ""):
        message.author_id = int(entered_by)
    if item.about:
        message.about, message.about_text = item.about.relation.value, item.about.text
        message.about_digest = provider_digest(h.account.pk, item.about.provider_id)
    return message


def _seal_ids(heard: Sequence[Heard]) -> None:
    """Keep the ids of public posts for the relay, which answers under them where the provider lets us."""
    posts = [h for h in heard if h.item.public and not h.item.unaddressed]
    sealed = (
        keys.seal_each_for("relay", [(h.item.thread or h.item.provider_id).encode() for h in posts])
        if posts
        else []
    )
    for h, sealed_id in zip(posts, sealed, strict=True):
        h.message.sealed_id = sealed_id


def save_messages(heard: Sequence[Heard], *, directory_path: dict[int, tuple[int, ...]]) -> list[Attachment]:
    """Save messages (cases are saved before) and what hangs on them; returns the attachments still to be fetched."""
    if not heard:
        return []
    for h in heard:
        h.message.case = h.case
        h.message.visible_to = h.case.visible_to if h.case else sorted(directory_path[h.account.unit_id])
        h.message.hidden_from = h.case.hidden_from if h.case else []
    _seal_ids(heard)
    bulk.insert([h.message for h in heard])
    attachments = attached(
        [
            Carried(message=h.message, journal_id=h.journal_id, media=h.item.media)
            for h in heard
            if h.item.media
        ]
    )
    hidden = ((one, one.message.conversation.handle) for one in attachments if one.message.hides_author)
    hide_own_numbers(hidden, now=heard[0].received_at)
    bulk.insert(attachments)
    return [one for one in attachments if one.state == Attachment.State.WAITING]


def save_conversations(heard: Sequence[Heard]) -> None:
    """Save what the batch changed on its conversations."""
    changed = {h.conversation.pk: h.conversation for h in heard if _facts(h.conversation) != h.kept}
    bulk.update(list(changed.values()), ["language", "last_in_at", "greeted_at"])

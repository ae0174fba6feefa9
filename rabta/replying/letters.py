"""Letters to citizens: what goes at once, what goes as a template, and the message that stands in the conversation."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from rabta import bulk
from rabta.cases.models import Case, Conversation, Message
from rabta.channels.contract import Button, Template
from rabta.channels.registry import BY_KIND
from rabta.files.models import StoredFile
from rabta.force.models import Officer
from rabta.outbox import heard, windows
from rabta.outbox.models import Delivery
from rabta.outbox.posting import Outgoing, post
from rabta.replying import texts
from rabta.rules import contact
from rabta.rules.contact import Leaves


@dataclass(frozen=True, kw_only=True)
class Said:
    """Something that we say in a conversation. `template` goes when free text is over."""

    conversation: Conversation
    case: Case | None
    text: str
    language: str
    visible_to: list[int]
    hidden_from: list[int]
    template: Template | None = None
    automatic: bool = True
    author: Officer | None = None
    author_post_id: int | None = None
    priority: int = Delivery.Priority.USUAL
    hold: timedelta = timedelta(0)  # how long it can still be taken back
    receipt: bool = False  # says no more than that something was received
    answers: Message | None = None  # what this answers: a public post, or a message that it quotes
    public: bool = False  # under that post, where everybody reads it
    buttons: tuple[Button, ...] = ()
    file: StoredFile | None = None  # goes with the text; a template carries none


def say(said: list[Said], *, now: datetime) -> list[Message]:
    """Write the messages and queue what a channel can send; a web form's answers are read on the status page.

    What is not safe to send (`rabta.rules.contact`) is not said at all, or leaves as the neutral sentence while the
    words wait. A private letter to somebody who can be reached in public only stands in the conversation without a
    delivery: the desk sees that it waits.
    """
    said = [
        s for s in said if (_leaves(s) != Leaves.NOTHING and _is_wanted(s) if _sends(s) else not s.public)
    ]
    sendable = [s for s in said if _sends(s)]
    above = _above(sendable)
    letters = [_outgoing(s, now, above=above.get(_place(s))) for s in sendable]
    deliveries = dict(zip(map(id, sendable), post(letters, now), strict=True))
    return bulk.insert(
        [
            bulk.new(
                Message,
                conversation=s.conversation,
                case=s.case,
                direction=Message.Direction.OUT,
                text=s.text,
                language=s.language,
                automatic=s.automatic,
                author=s.author,
                author_post_id=s.author_post_id,
                delivery=deliveries.get(id(s)),
                waits=_sends(s) and _waits(s, now),
                public=s.public,
                in_reply_to=s.answers,
                received_at=now,
                visible_to=s.visible_to,
                hidden_from=s.hidden_from,
            )
            for s in said
        ]
    )


def _sends(s: Said) -> bool:
    if not BY_KIND[s.conversation.account.channel].send:
        return False
    return _sealed_id(s) is not None if s.public else bool(s.conversation.handle.address)


def _is_wanted(s: Said) -> bool:
    """Whoever said STOP hears nothing by itself, but for danger and for answers to what he writes."""
    urgent = s.priority <= Delivery.Priority.URGENT
    return not (s.conversation.handle.stopped_at and s.automatic and not urgent and not s.receipt)


def _sealed_id(s: Said) -> bytes | None:
    return bytes(s.answers.sealed_id) if s.answers and s.answers.sealed_id else None


def _quoted(s: Said) -> int | None:
    """The message that is quoted, where its id is still known."""
    if s.answers is None or s.answers.sealed_id or not s.answers.provider_digest:
        return None
    digest = bytes(s.answers.provider_digest)
    return heard.ids_of([digest]).get(digest)


def _place(s: Said) -> tuple[int, bytes]:
    return s.conversation.account_id, bytes(s.conversation.handle.digest)


def _above(said: Iterable[Said]) -> dict[tuple[int, bytes], int]:
    """The newest message of each person, where letters stand under it. One query, or none.

    It says again what the person wrote (an e-mail's subject), so nothing careful stands there.
    """
    return heard.newest(
        _place(s)
        for s in said
        if BY_KIND[s.conversation.account.channel].threads and not s.public and not _is_careful(s)
    )


def _is_careful(s: Said) -> bool:
    return sensitive(s.case) if s.case else s.conversation.handle.person.protected


def _leaves(s: Said) -> Leaves:
    handle = s.conversation.handle
    careful = _is_careful(s)
    safe = safe_of(s.case) if s.case else handle.safe
    # Under a public post stand thanks and nothing else.
    return contact.what_leaves(
        automatic=s.automatic, receipt=s.receipt or s.public, careful=careful, safe=safe
    )


def _waits(s: Said, now: datetime) -> bool:
    """Whether an officer's words stay here for the time being, because the neutral sentence goes in their place."""
    if s.automatic or s.public or s.case is None or not sensitive(s.case):
        return False
    return _leaves(s) == Leaves.NEUTRAL or not free_text(s.conversation, now=now)


def let_go(cases: Iterable[Case], *, now: datetime) -> int:
    """Send the words that waited, to those for whom it is safe now and who may be sent free text; how many went."""
    safe = [case for case in cases if sensitive(case) and safe_of(case) == contact.YES]
    rows = Message.objects.filter(case__in=safe, waits=True, revoked_at=None) if safe else ()
    by_id, waiting = {case.pk: case for case in safe}, sorted(rows, key=lambda message: message.pk)
    letters = []
    for message in waiting:
        case = by_id[message.case_id or 0]
        words = to_citizen(case, text=message.text, language=message.language, automatic=False)
        letters.append(_outgoing(words, now))
    for message, delivery in zip(waiting, post(letters, now), strict=True):
        message.delivery, message.waits = delivery, False
        message.save(update_fields=["delivery", "waits"])
    return len(waiting)


def queue_again(letters: Iterable[tuple[Message, Said]], *, now: datetime) -> None:
    """Queue messages anew that stand in the conversation and never arrived, each as the letter that goes now."""
    letters = list(letters)
    queued = post([_outgoing(said, now) for _message, said in letters], now)
    for (message, said), delivery in zip(letters, queued, strict=True):
        message.delivery, message.waits = delivery, _waits(said, now)
        message.save(update_fields=["delivery", "waits"])


def free_text(conversation: Conversation, *, now: datetime) -> bool:
    """Whether an officer's free text may be sent to this person now; else a template goes."""
    if BY_KIND[conversation.account.channel].limits.free_text_window is None:
        return True
    until = windows.open_until(conversation.account, bytes(conversation.handle.digest), personal=True)
    return until is not None and until > now


def safe_of(case: Case) -> str:
    """What was said on safe contact, as far as it counts in this case: here, or in this person's ordinary matters."""
    return contact.most_careful((case.safe, case.conversation.handle.safe))


def leaves_of(case: Case) -> str:
    """What of an officer's words would leave now (`rabta.rules.contact`); nothing is said where we send nothing."""
    if not private_way(case.conversation):
        return ""
    return contact.what_leaves(automatic=False, receipt=False, careful=sensitive(case), safe=safe_of(case))


def _text(s: Said) -> str:
    if _leaves(s) != Leaves.NEUTRAL or s.case is None:
        return s.text
    sentence = texts.template("neutral_v1", language=s.language, params=(s.case.reference,))
    question = texts.reply("safe_question", language=s.language)
    return f"{texts.template_words(sentence)}\n\n{question}"


def _yes_and_no(s: Said) -> tuple[Button, ...]:
    """Under the question whether it is safe to write. Pressing says the word, which `replying.safety` knows; where
    nothing can be pressed the question itself says what to write."""
    asked = texts.reply("safe_question", language=s.language)
    if not BY_KIND[s.conversation.account.channel].limits.buttons or asked not in _text(s):
        return ()
    return tuple(
        Button(key=f"safe:{answer}", title=texts.reply(f"safe_{answer}", language=s.language))
        for answer in (contact.YES, contact.NO)
    )


def _outgoing(s: Said, now: datetime, *, above: int | None = None) -> Outgoing:
    neutral = _leaves(s) == Leaves.NEUTRAL  # then neither a file nor what is quoted goes either
    return Outgoing(
        account=s.conversation.account,
        handle=s.conversation.handle,
        address_digest=bytes(s.conversation.handle.digest),
        text=_text(s),
        template=None if s.public else s.template,
        personal=not s.automatic,
        public=s.public,
        in_reply_to=_sealed_id(s),
        answers=None if neutral else _quoted(s) or (None if _is_careful(s) else above),
        buttons=s.buttons or _yes_and_no(s),
        file=None if neutral else s.file,
        priority=s.priority,
        visible_to=s.visible_to,
        hidden_from=s.hidden_from,
        due_at=now + s.hold,
    )


def priority_of(case: Case) -> int:
    """Emergencies first, then the urgent."""
    if case.urgency == 0:
        return Delivery.Priority.EMERGENCY
    return Delivery.Priority.URGENT if case.urgency == 1 else Delivery.Priority.USUAL


def sensitive(case: Case) -> bool:
    """Whether anything that could be read over a shoulder must be left out (safe contact: every U1, and withheld)."""
    return bool(case.withheld) or case.confidential or case.urgency == 1


def to_citizen(
    case: Case,
    *,
    text: str,
    language: str,
    automatic: bool = True,
    author: Officer | None = None,
    author_post_id: int | None = None,
    hold: timedelta = timedelta(0),
    receipt: bool = False,
    answers: Message | None = None,
    buttons: tuple[Button, ...] = (),
    file: StoredFile | None = None,
) -> Said:
    """A private letter about a case. Out of the window a neutral template goes for sensitive cases, else the text."""
    if sensitive(case):
        template = texts.template("neutral_v1", language=language, params=(case.reference,))
    else:
        template = texts.template("update_v1", language=language, params=(case.reference, text))
    return Said(
        conversation=case.conversation,
        case=case,
        text=text,
        language=language,
        template=template,
        automatic=automatic,
        author=author,
        author_post_id=author_post_id,
        priority=priority_of(case),
        visible_to=case.visible_to,
        hidden_from=case.hidden_from,
        hold=hold,
        receipt=receipt,
        answers=answers,
        buttons=buttons,
        file=file,
    )


def private_way(conversation: Conversation) -> bool:
    """Whether the writer can be reached where nobody else reads it."""
    return bool(BY_KIND[conversation.account.channel].send and conversation.handle.address)


def language_for(case: Case) -> str:
    """The language that a citizen is answered in."""
    return case.language or case.conversation.language

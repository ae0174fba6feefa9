"""Letters to citizens: what goes at once, what goes as a template, and the message that stands in the conversation."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from rabta import bulk
from rabta.cases.models import Case, Conversation, Message
from rabta.channels.contract import Template
from rabta.channels.registry import BY_KIND
from rabta.force.models import Officer
from rabta.outbox.models import Delivery
from rabta.outbox.posting import Outgoing, post
from rabta.replying import texts
from rabta.rules import contact


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
    answers: Message | None = None  # the public post that this answers, under it or privately
    public: bool = False  # under that post, where everybody reads it


def say(said: list[Said], *, now: datetime) -> list[Message]:
    """Write the messages and queue what a channel can send; a web form's answers are read on the status page.

    What is not safe to send (`rabta.rules.contact`) is not said at all. A private letter to somebody who can be reached
    in public only stands in the conversation without a delivery: the desk sees that it waits.
    """
    said = [s for s in said if (_is_safe(s) if _sends(s) else not s.public)]
    sendable = [s for s in said if _sends(s)]
    deliveries = dict(zip(map(id, sendable), post([_outgoing(s, now) for s in sendable], now), strict=True))
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


def _sealed_id(s: Said) -> bytes | None:
    return bytes(s.answers.sealed_id) if s.answers and s.answers.sealed_id else None


def _is_safe(s: Said) -> bool:
    handle = s.conversation.handle
    careful = sensitive(s.case) if s.case else handle.person.protected
    return contact.may_leave(automatic=s.automatic, receipt=s.receipt, careful=careful, safe=handle.safe)


def _outgoing(s: Said, now: datetime) -> Outgoing:
    return Outgoing(
        account=s.conversation.account,
        handle=s.conversation.handle,
        address_digest=bytes(s.conversation.handle.digest),
        text=s.text,
        template=None if s.public else s.template,
        public=s.public,
        in_reply_to=_sealed_id(s),
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
    )


def private_way(conversation: Conversation) -> bool:
    """Whether the writer can be reached where nobody else reads it."""
    return bool(BY_KIND[conversation.account.channel].send and conversation.handle.address)


def language_for(case: Case) -> str:
    """The language that a citizen is answered in."""
    return case.language or case.conversation.language

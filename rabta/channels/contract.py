"""The whole interface between Rabta and a channel. A channel declares a `Channel` and takes one line of the registry.

What comes in is turned into `Arrived`, `Receipt`, `Changed` or `Ignored`; what goes out is a `Letter`; whatever can go
wrong while sending is a `Trouble` with a code from a closed list. Nothing outside a channel's file asks for its kind.
"""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from django.utils.functional import Promise


@dataclass(frozen=True, kw_only=True)
class Field:
    """One line of a channel's set-up form; secret fields are encrypted at rest and never logged.

    What is `fixed` is said when an account is connected and changed on no page: letters would go elsewhere.
    """

    name: str
    label: str | Promise
    help: str | Promise = ""
    secret: bool = False
    required: bool = True
    fixed: bool = False


@dataclass(frozen=True, kw_only=True)
class Windowed:
    """At most so many letters within any such time."""

    most: int
    within: timedelta


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What the provider allows. Bytes, characters, seconds."""

    text_length: int
    free_text_window: timedelta | None = None  # free text only this long after the person's last message
    personal_window: timedelta | None = None  # … and this long what an officer wrote by hand
    per_second: int = 80
    pair_interval: timedelta | None = None  # to one person only one letter in this time …
    pair_burst: int = 1  # … after so many at once
    windowed: Mapping[str, Windowed] = field(
        default_factory=dict
    )  # "public" and "private" letters of an account
    media_bytes: Mapping[str, int] = field(default_factory=dict)  # by kind: image, audio, video, document
    buttons: int = 0  # most things to press under a letter; a channel without gets numbers in the text


@dataclass(frozen=True, kw_only=True)
class HookRequest:
    """An HTTP request of a provider, before anything in it is believed. Header names in lower case."""

    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Media:
    """A picture, voice note or document that a person sent. `ref` is what `fetch` needs."""

    kind: str  # image, audio, video, document
    ref: str
    mime: str = ""
    name: str = ""
    sha256: str = ""


@dataclass(frozen=True, kw_only=True)
class Place:
    """A point that a person sent."""

    lat: float
    lng: float
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Who wrote, as the provider names them: `handle` is the key (within `scheme`), `address` where an answer goes."""

    scheme: str  # "phone", "whatsapp_user", "receipt" …: what the handle is unique in
    handle: str
    address: str = ""
    name: str = ""
    known_as: str = ""  # what people call the handle where it is no telephone number: "@name"
    also: tuple[
        str, ...
    ] = ()  # further ids of the same person, each with its kind; known at this account only


class Relation(StrEnum):
    """How a public post stands to the one that it is about."""

    REPLY = "reply"
    QUOTE = "quote"
    REPOST = "repost"


@dataclass(frozen=True, kw_only=True)
class Post:
    """The public post that another one replies to, quotes or repeats, as far as the provider tells of it.

    When that post comes by itself, its key is `message:` and its id.
    """

    relation: Relation
    provider_id: str
    author: Sender | None = None
    text: str = ""
    link: str = ""


@dataclass(frozen=True, kw_only=True)
class Item:
    """What every item has: the account that it names (its external id), and a key that is the same on a replay."""

    account: str
    key: str
    repeats: tuple[str, ...] = ()  # further keys under which a repetition of this item may come


@dataclass(frozen=True, kw_only=True)
class Part:
    """Which part of a longer message this is. Parts of one sender with the same `group` belong together."""

    group: str
    number: int  # from 1
    total: int
    coding: str = ""
    data: bytes = field(default=b"", repr=False)  # undecoded: parts may end in the middle of a letter


@dataclass(frozen=True, kw_only=True)
class Arrived(Item):
    """A message from a person."""

    provider_id: str
    sender: Sender
    kind: str  # text, image, audio, video, document, location, contacts, button …
    text: str = ""
    media: tuple[Media, ...] = ()
    place: Place | None = None
    place_name: str = ""  # a place in words, asked for by itself (a form); without a point
    sent_at: datetime | None = None
    in_reply_to: str = ""
    forwarded: bool = False
    public: bool = False  # a post or comment that everybody can read; else a private message
    link: str = ""  # where a public post stands
    about: Post | None = None
    group: str = ""  # the provider's id of the group it was written in; "" for a talk between two
    part: Part | None = None  # it is no whole message: `Channel.join` makes one of all parts
    choices: Mapping[str, str] = field(
        default_factory=dict
    )  # what a form asked: category, language, receipt …


@dataclass(frozen=True, kw_only=True)
class Receipt(Item):
    """The provider's word on something we sent: on one letter, or (`up_to`) on all to a person until `at`."""

    provider_id: str
    status: str  # sent, delivered, read, failed
    token: str = ""  # our own callback data, when the provider gave it back
    at: datetime | None = None
    trouble: str = ""  # a TroubleCode when failed
    detail: str = ""
    up_to: Sender | None = None


@dataclass(frozen=True, kw_only=True)
class Changed(Item):
    """A message was edited, revoked or reacted to, or a person's id changed."""

    what: str  # edit, revoke, reaction, identity
    provider_id: str
    sender: Sender | None = None
    becomes: Sender | None = None  # `sender` under the new number or id, when what changed is the identity
    text: str = ""
    at: datetime | None = None
    whole: Arrived | None = None  # the message as it reads now, taken in where the first one never reached us


@dataclass(frozen=True, kw_only=True)
class TemplateNews(Item):
    """The provider's word on a template. It names the business behind the credential, and none of its accounts."""

    business: str
    name: str
    language: str
    state: str = ""  # as in `TemplateFacts`; "" when it says nothing of it
    quality: str = ""
    category: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Ignored(Item):
    """Read, understood, and nothing to do; the reason is counted.

    `ask`: the hook only pointed to something. `Channel.complete` asks the provider what it says, and the answer comes
    in as a body of its own.
    """

    reason: str
    ask: str = ""


@dataclass(frozen=True, kw_only=True)
class Unreadable(Item):
    """An item that does not have the shape it should have: kept raw, counted, shown."""

    reason: str


Read = Arrived | Receipt | Changed | TemplateNews | Ignored | Unreadable


class TroubleCode(StrEnum):
    """Why a letter did not go. Closed list: the outbox decides by these and by nothing else."""

    BUSY = "busy"  # the provider throttles: back off, try again
    UNREACHABLE = "unreachable"  # no connection was made, or the provider failed before it took anything
    UNCERTAIN = "uncertain"  # the connection broke after we had sent: it may or may not have been taken
    WINDOW_CLOSED = "window_closed"  # free text is over: a template is needed
    TEMPLATE = "template"  # the template is unknown, paused or has other variables
    RECIPIENT = "recipient"  # this person cannot be reached here
    CREDENTIALS = "credentials"  # token refused: an administrator must act
    REFUSED = "refused"  # the provider will not take this content
    MEDIA = "media"  # the file could not be fetched or was refused


class Trouble(Exception):
    """A letter did not go. `retry`: trying again can help, not before `after`."""

    def __init__(
        self, code: TroubleCode, text: str = "", *, retry: bool = False, after: timedelta | None = None
    ) -> None:
        super().__init__(text or code.value)
        self.code, self.text, self.retry, self.after = code, text, retry, after


@dataclass(frozen=True, kw_only=True)
class Template:
    """An approved template with its variables filled in."""

    name: str
    language: str
    params: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TemplateFacts:
    """A template as the provider knows it: `state` is pending, approved, rejected, paused or disabled."""

    name: str
    language: str
    category: str = ""
    state: str = ""
    quality: str = ""
    reason: str = ""
    components: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, kw_only=True)
class TemplateDraft:
    """A template to submit: its text with {{1}} …, an example for each, and what can be pressed under it."""

    name: str
    language: str
    category: str
    body: str
    examples: tuple[str, ...] = ()
    buttons: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Button:
    """Something to press instead of typing. `key` comes back in the choice; at most 20 characters of `title` show.

    `opens`: where a channel folds several into a list, what stands on that list (the first button says it for all).
    `number`: what is written instead of pressing; 0 for its place in the row.
    """

    key: str
    title: str
    note: str = ""
    opens: str = ""
    number: int = 0


def numbered(text: str, buttons: Sequence[Button]) -> str:
    """The text followed by what to write instead of pressing, for where nothing can be pressed."""
    lines = [f"{button.number or place} {button.title}" for place, button in enumerate(buttons, start=1)]
    return "\n".join([text, *lines])


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One thing to send to one address: `template`, or `media` (`text` is its caption), or `place`, or `text`.

    `public`: said where everybody reads it, under the post or comment `in_reply_to`. `buttons` go with `text`; a
    channel without buttons leaves them out, so the text says what to write instead (the outbox sees to that). With
    `mark_read` it is no letter: the message `in_reply_to` is marked as read, where the channel `marks_read`.
    """

    to: str
    token: str  # our delivery's public token: comes back with every receipt
    text: str = ""
    template: Template | None = None
    in_reply_to: str = ""
    media: bytes | None = None
    media_kind: str = ""
    media_mime: str = ""
    media_name: str = ""
    place: Place | None = None
    public: bool = False
    buttons: tuple[Button, ...] = ()
    late: bool = False  # an officer's words after the free-text window, within `Limits.personal_window`
    mark_read: bool = False


@dataclass(frozen=True, kw_only=True)
class Sent:
    """The provider took the letter. That is not delivery."""

    provider_id: str


@dataclass(frozen=True, kw_only=True)
class AccountFacts:
    """What a channel needs to know of an account: its external id and its fields, secrets opened."""

    external_id: str
    values: Mapping[str, str]
    hook: str = ""  # where the provider reaches us


class Session(Protocol):
    """The part of aiohttp.ClientSession that channels use."""

    def post(self, url: str, **kwargs: Any) -> Any: ...

    def get(self, url: str, **kwargs: Any) -> Any: ...


@dataclass(frozen=True, kw_only=True)
class Channel:
    """A channel as a record of facts and functions.

    verify(request, secrets)  True when the request is the provider's own (constant time, over the raw bytes)
    count(raw)                items in a body by the account they name ("" when they name none), without `read`
    read(raw)                 exactly that many items, in order; raises ValueError when the whole body has no shape
    handshake(query, secrets) the answer to the provider's GET, or None to refuse
    send(session, account, letter)  Sent, or raises Trouble
    fetch(session, account, ref)    chunks of the media's bytes, or raises Trouble
    complete(session, account, ask) a body that says all of what an `Ignored.ask` points to, or raises Trouble
    poll(session, account, since)   bodies as hooks would have brought them, of all that came since; or raises Trouble
    by_phone                        whether it reaches whoever has a telephone number
    join(parts)                     one message of the parts that came, in order; some may be missing
    by_get                          hooks are GET: the journal keeps `{"query": …}` as the body
    ready(account), rate(account)   whether letters can leave now, and how many a second, if not as `limits` say
    templates(session, account)     every template of the business behind the account, or raises Trouble
    submit(session, account, draft) hands a template in for approval, or raises Trouble
    marks_read                      whether a person's message can be marked as read
    check(session, account)         how the provider names this account, if it takes our token; or raises Trouble
    steps                           what is to be done at the provider, in order; {hook} stands for our address
    """

    kind: str
    label: str | Promise
    limits: Limits
    fields: tuple[Field, ...]
    count: Callable[[bytes], Counter[str]]
    read: Callable[[bytes], list[Read]]
    verify: Callable[[HookRequest, Mapping[str, str]], bool] | None = None
    handshake: Callable[[Mapping[str, str], Mapping[str, str]], str | None] | None = None
    send: Callable[[Session, AccountFacts, Letter], Awaitable[Sent]] | None = None
    fetch: Callable[[Session, AccountFacts, str], AsyncIterator[bytes]] | None = None
    complete: Callable[[Session, AccountFacts, str], Awaitable[bytes]] | None = None
    poll: Callable[[Session, AccountFacts, datetime], AsyncIterator[bytes]] | None = None
    by_phone: bool = False
    join: Callable[[Sequence[Arrived]], Arrived] | None = None
    by_get: bool = False
    process: str = "relay"  # which process of ours sends: this, or one that keeps connections
    ready: Callable[[AccountFacts], bool] | None = None
    rate: Callable[[AccountFacts], int] | None = None
    templates: Callable[[Session, AccountFacts], Awaitable[list[TemplateFacts]]] | None = None
    submit: Callable[[Session, AccountFacts, TemplateDraft], Awaitable[TemplateFacts]] | None = None
    marks_read: bool = False
    check: Callable[[Session, AccountFacts], Awaitable[str]] | None = None
    steps: tuple[str | Promise, ...] = ()

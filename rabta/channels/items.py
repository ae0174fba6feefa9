"""What comes in from a channel, as the rest of the product sees it: `Arrived`, `Receipt`, `Changed`, `Ignored` …"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


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
    language: str = (
        ""  # en, hi, ur, ps: what the provider says they read; asked where their words do not tell
    )
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
    """A message from a person.

    `ask`: the provider waits for a word of ours at once (that a button was pressed); `Channel.complete` gives it.
    """

    provider_id: str
    sender: Sender
    kind: str  # text, image, audio, video, document, location, contacts, button …
    text: str = ""
    media: tuple[Media, ...] = ()
    place: Place | None = None
    place_name: str = ""  # a place in words, asked for by itself (a form); without a point
    sent_at: datetime | None = None
    in_reply_to: str = ""
    thread: str = ""  # what a letter must name to stand under this message, where that is more than its id
    forwarded: bool = False
    public: bool = False  # a post or comment that everybody can read; else a private message
    link: str = ""  # where a public post stands
    unaddressed: bool = (
        False  # a post that is not to us, shown by somebody else: nothing of ours can stand under it
    )
    about: Post | None = None
    group: str = ""  # the provider's id of the group it was written in; "" for a talk between two
    overheard: bool = False  # said to others and brought to us: nobody is answered, a person reads it first
    history: bool = False  # overheard, and too old to be a matter of today
    part: Part | None = None  # it is no whole message: `Channel.join` makes one of all parts
    choices: Mapping[str, str] = field(
        default_factory=dict
    )  # what a form asked: category, language, receipt …
    ask: str = ""


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
    charged_as: str = ""  # what kind of message the provider counts it as, where it says so …
    billable: bool = True  # … and whether it charges for it


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

"""The whole interface between Rabta and a channel. A channel declares a `Channel` and takes one line of the registry.

What comes in is turned into `Arrived`, `Receipt`, `Changed` or `Ignored` (`items`); what goes out is a `Letter`, and
whatever can go wrong while sending is a `Trouble` with a code from a closed list (`letters`). Nothing outside a
channel's file asks for its kind. Every name of the interface can be taken from here.
"""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.utils.functional import Promise

from rabta.channels.items import (
    Arrived,
    Changed,
    Ignored,
    Item,
    Media,
    Part,
    Place,
    Post,
    Read,
    Receipt,
    Relation,
    Sender,
    TemplateNews,
    Unreadable,
)
from rabta.channels.letters import (
    Button,
    Letter,
    Sent,
    Template,
    TemplateDraft,
    TemplateFacts,
    Trouble,
    TroubleCode,
    numbered,
)

__all__ = [
    "AccountFacts",
    "Arrived",
    "Button",
    "Changed",
    "Channel",
    "Field",
    "HookRequest",
    "Ignored",
    "Item",
    "Letter",
    "Limits",
    "Media",
    "Part",
    "Place",
    "Post",
    "Publishing",
    "Read",
    "Receipt",
    "Relation",
    "Sender",
    "Sent",
    "Session",
    "Tariff",
    "Template",
    "TemplateDraft",
    "TemplateFacts",
    "TemplateNews",
    "Trouble",
    "TroubleCode",
    "Unreadable",
    "Windowed",
    "numbered",
]


@dataclass(frozen=True, kw_only=True)
class Field:
    """One line of a channel's set-up form; secret fields are encrypted at rest and never logged.

    What is `fixed` is said when an account is connected, and changed on no page once it carried a message: letters
    would go elsewhere.
    """

    name: str
    label: str | Promise
    help: str | Promise = ""
    secret: bool = False
    required: bool = True
    fixed: bool = False
    lines: bool = False  # it may have several lines
    choices: tuple[
        tuple[str, str | Promise], ...
    ] = ()  # one of these; the first is what counts if none is chosen


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
    place_button: bool = False  # a person can be offered to send where he is (`Button.sends_place`)
    buttons: int = 0  # most things to press under a letter; a channel without gets numbers in the text


class Headers(Protocol):
    """Headers of a request: one is looked up, by its name in lower case, and none is copied."""

    def get(self, name: str, default: str = "", /) -> str: ...


@dataclass(frozen=True, kw_only=True)
class HookRequest:
    """An HTTP request of a provider, before anything in it is believed."""

    headers: Headers
    query: Mapping[str, str]
    body: bytes


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
class Tariff:
    """What a provider charges for. `kinds` are the words of a price table, `counted` what a letter is: (kind, units).

    The kind is empty where only the provider's receipt says what it was (`Receipt.charged_as`).
    """

    kinds: Mapping[str, str | Promise]
    counted: Callable[[AccountFacts, Letter], tuple[str, int]]


@dataclass(frozen=True, kw_only=True)
class Publishing:
    """Posts of the force's own: how long one may be by the provider's way of counting, and what it needs.

    `fetches`: the provider takes no bytes, but fetches picture or film from an address of ours (`Letter.media_url`).
    """

    longest: int
    counted: Callable[[str], int] = len
    needs_picture: bool = False  # … or a film
    pictures: tuple[str, ...] = ("image/jpeg",)  # the forms of pictures that it takes
    films: tuple[str, ...] = ("video/mp4", "video/quicktime")
    fetches: bool = False


@dataclass(frozen=True, kw_only=True)
class Channel:
    """A channel as a record of facts and functions.

    verify(request, secrets)  True when the request is the provider's own (constant time, over the raw bytes)
    count(raw)                items in a body by the account they name ("" when they name none), without `read`
    read(raw)                 exactly that many items, in order; raises ValueError when the whole body has no shape
    handshake(query, secrets) the answer to the provider's GET, or None to refuse
    handshake_json                  whether that answer is JSON
    send(session, account, letter)  Sent, or raises Trouble
    fetch(session, account, ref)    chunks of the media's bytes, or raises Trouble
    within(raw, ref)                a file that came within the body itself; raises ValueError when it is not there
    complete(session, account, ask) a body that says all of what an item's `ask` points to (empty: nothing comes of
                                    it), or raises Trouble
    poll(session, account, since)   bodies as hooks would have brought them, of all that came since; or raises Trouble
    listen(session, account)        bodies as they come, while no hook brings them: the next is asked for when the last
                                    is durable; ends where there is a hook, or raises Trouble
    by_phone                        whether it reaches whoever has a telephone number
    forgeable                       whoever likes can write in another's name, as by SMS or e-mail
    join(parts)                     one message of the parts that came, in order; some may be missing
    alone                           a credential has one account, which is what its items mean: they name none
    by_get                          hooks are GET: the journal keeps `{"query": …}` as the body
    by_file                         an officer brings it in as files; each account stands for one group
    ready(account), rate(account)   whether letters can leave now, and how many a second, if not as `limits` say
    templates(session, account)     every template of the business behind the account, or raises Trouble
    submit(session, account, draft) hands a template in for approval, or raises Trouble
    threads                         a letter stands under the person's newest message, which it names
    marks_read                      whether a person's message can be marked as read
    reached_at                      the link to an account that people know as {name}, or by the {digits} of its number
    publishes                       what a post of our own may be, where `send` takes those (`Letter.own_post`)
    tariff                          what the provider charges for, where it does
    accepts(account)                refuses fields that can't be, before anybody is asked: raises `fields.WrongField`
    check(session, account)         how the provider names this account, if it takes our token; or raises Trouble
    known_by                        what the id of an account is, in words
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
    handshake_json: bool = False
    send: Callable[[Session, AccountFacts, Letter], Awaitable[Sent]] | None = None
    fetch: Callable[[Session, AccountFacts, str], AsyncIterator[bytes]] | None = None
    within: Callable[[bytes, str], bytes] | None = None
    complete: Callable[[Session, AccountFacts, str], Awaitable[bytes]] | None = None
    poll: Callable[[Session, AccountFacts, datetime], AsyncIterator[bytes]] | None = None
    listen: Callable[[Session, AccountFacts], AsyncIterator[bytes]] | None = None
    by_phone: bool = False
    forgeable: bool = False
    alone: bool = False
    join: Callable[[Sequence[Arrived]], Arrived] | None = None
    by_get: bool = False
    by_file: bool = False
    process: str = "relay"  # which process of ours sends: this, or one that keeps connections
    ready: Callable[[AccountFacts], bool] | None = None
    rate: Callable[[AccountFacts], int] | None = None
    templates: Callable[[Session, AccountFacts], Awaitable[list[TemplateFacts]]] | None = None
    submit: Callable[[Session, AccountFacts, TemplateDraft], Awaitable[TemplateFacts]] | None = None
    threads: bool = False
    marks_read: bool = False
    reached_at: str = ""
    publishes: Publishing | None = None
    tariff: Tariff | None = None
    accepts: Callable[[AccountFacts], None] | None = None
    check: Callable[[Session, AccountFacts], Awaitable[str]] | None = None
    known_by: str | Promise = ""
    steps: tuple[str | Promise, ...] = ()

"""What goes out by a channel: a `Letter` and its parts, what the provider says of it, and what can go wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from rabta.channels.items import Place


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
    `number`: what is written instead of pressing; 0 for its place in the row. `sends_place`: pressed, it lets the
    person send where he is, which comes as a message of its own; the text asks for it in words as well.
    """

    key: str
    title: str
    note: str = ""
    opens: str = ""
    number: int = 0
    sends_place: bool = False


def numbered(text: str, buttons: Sequence[Button]) -> str:
    """The text followed by what to write instead of pressing, for where nothing can be pressed."""
    lines = [f"{button.number or place} {button.title}" for place, button in enumerate(buttons, start=1)]
    return "\n".join([text, *lines])


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One thing to send to one address: `template`, or `media` (`text` is its caption), or `place`, or `text`.

    `public`: said where everybody reads it, under the post or comment `in_reply_to`, or with `own_post` as a post of
    our own, of a `text` and perhaps a picture (`alt_text` says what is on it; `media_url` is where a provider may fetch
    it for a while, where it takes no bytes). `buttons` go with `text`; a
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
    own_post: bool = False  # said so, and never guessed: an answer whose post is unknown must not become one
    media_url: str = ""
    alt_text: str = ""
    place: Place | None = None
    public: bool = False
    buttons: tuple[Button, ...] = ()
    personal: bool = False  # an officer wrote it; else it goes by itself
    late: bool = False  # an officer's words after the free-text window, within `Limits.personal_window`
    mark_read: bool = False


@dataclass(frozen=True, kw_only=True)
class Sent:
    """The provider took the letter. That is not delivery. `link`: where everybody can read what is public."""

    provider_id: str
    link: str = ""

"""Putting letters into the outbox. They leave when the caller's transaction is committed, and only then."""

import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from rabta import bulk
from rabta.channels.contract import Button, Template
from rabta.channels.models import Account
from rabta.files.models import StoredFile
from rabta.outbox.models import Delivery
from rabta.people.models import Handle


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """One thing to send: to a citizen's `handle`, to a member's `address`, or to a `number` that is no secret (an
    officer's own).

    `text` (with `file`) goes while the person's free-text window is open, `template` otherwise; one may be missing.
    `buttons` stand under the text; `about` says what an answer to it means; `answers` is the message that it quotes.
    `public`: said under the post whose sealed id is `in_reply_to`, where everybody reads it; without one it is a post
    of the account's own, to nobody in particular (`alt_text` says what is on its picture). `personal`: an officer
    wrote it.
    `address_digest` names the address for rates and windows. `visible_to` and `hidden_from` are those of the
    record it is sent for.
    """

    account: Account
    address_digest: bytes
    visible_to: list[int]
    handle: Handle | None = None
    address: int | None = None  # of `outbox.models.Address`
    number: str = ""
    text: str = ""
    template: Template | None = None
    file: StoredFile | None = None
    personal: bool = False
    public: bool = False
    in_reply_to: bytes | None = None
    buttons: tuple[Button, ...] = ()
    about: str = ""
    answers: int | None = None
    mark: str = ""
    alt_text: str = ""
    hidden_from: list[int] = field(default_factory=list)
    priority: int = Delivery.Priority.USUAL
    due_at: datetime | None = None
    token: UUID = field(default_factory=uuid.uuid4)

    def __post_init__(self) -> None:
        own = self.public and self.in_reply_to is None
        given = (self.handle is not None, self.address is not None, bool(self.number)).count(True)
        if own and given:
            raise ValueError("A post of our own goes to nobody in particular.")
        if not own and given != 1:
            raise ValueError("A letter goes either to a handle, to an address or to a number.")
        if not (self.text or self.template or self.file or self.mark):
            raise ValueError("A letter needs a text, a file or a template.")
        if self.public and not self.text:
            raise ValueError("What is said in public has words.")


def post(letters: Iterable[Outgoing], now: datetime) -> list[Delivery]:
    """Queue the letters in the caller's transaction, in one insert; returns the deliveries in the same order."""
    return bulk.insert([_delivery(letter, now) for letter in letters])


def post_unread(letters: Iterable[Outgoing], now: datetime) -> None:
    """Queue letters that whoever writes them may not read back: what a page tells another officer on the telephone."""
    bulk.insert([_delivery(letter, now) for letter in letters], ignore_conflicts=True)


def _delivery(letter: Outgoing, now: datetime) -> Delivery:
    return bulk.new(
        Delivery,
        token=letter.token,
        account=letter.account,
        handle=letter.handle,
        address_id=letter.address,
        number=letter.number,
        address_digest=letter.address_digest,
        priority=letter.priority,
        text=letter.text,
        template=_facts(letter.template) if letter.template else None,
        file=letter.file,
        personal=letter.personal,
        public=letter.public,
        in_reply_to=letter.in_reply_to,
        buttons=[asdict(button) for button in letter.buttons],
        about=letter.about,
        answers_id=letter.answers,
        mark=letter.mark,
        alt_text=letter.alt_text,
        queued_at=now,
        due_at=letter.due_at or now,
        visible_to=letter.visible_to,
        hidden_from=letter.hidden_from,
    )


def _facts(template: Template) -> dict[str, Any]:
    return {"name": template.name, "language": template.language, "params": template.params}

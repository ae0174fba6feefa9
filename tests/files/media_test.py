"""Files that came with messages are fetched, kept as evidence and shown clean; bad ones are refused."""

import base64
import hashlib
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rabta import keys
from rabta.cases.models import Attachment, Case, Conversation, Event, Message
from rabta.channels.contract import AccountFacts, Channel, Limits, Session, Trouble, TroubleCode
from rabta.channels.registry import BY_KIND
from rabta.files import store
from rabta.files.models import StoredFile
from rabta.jobs import media
from rabta.people.models import Handle, Person
from tests.files import pictures
from tests.outbox.stage import KIND, account

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)


class Shelf:
    """What the provider has under which reference: pieces, or trouble."""

    def __init__(self) -> None:
        self.things: dict[str, list[bytes] | Trouble] = {}
        self.asked: list[str] = []
        self.tokens: set[str] = set()

    async def fetch(self, session: Session, facts: AccountFacts, ref: str) -> AsyncIterator[bytes]:
        self.asked.append(ref)
        self.tokens.add(facts.values["token"])
        thing = self.things[ref]
        if isinstance(thing, Trouble):
            yield b"some"
            raise thing
        for piece in thing:
            yield piece


@pytest.fixture
def shelf(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    settings.FILES_DIR = tmp_path / "files"
    shelf = Shelf()
    channel = Channel(
        kind=KIND,
        label="Pigeon",
        limits=Limits(text_length=100),
        fields=(),
        count=lambda raw: Counter(),
        read=lambda raw: [],
        fetch=shelf.fetch,
    )
    monkeypatch.setitem(BY_KIND, KIND, channel)
    return shelf


@pytest.fixture
def message() -> Message:
    """A citizen's message in a case."""
    hq = account()
    person = Person.objects.create(alias="Citizen 1", first_seen_at=NOW)
    handle = Handle.objects.create(person=person, scheme="phone", digest=b"d" * 16, created_at=NOW)
    conversation = Conversation.objects.create(account=hq, handle=handle)
    case = Case.objects.create(
        reference="PRY-7K3M-92QF",
        conversation=conversation,
        account=hq,
        desk_unit=hq.unit,
        opened_at=NOW,
        last_in_at=NOW,
        changed_at=NOW,
    )
    return Message.objects.create(conversation=conversation, case=case, direction="in", received_at=NOW)


def attached(message: Message, ref: str, **facts: Any) -> Attachment:
    facts = {"kind": "image", "mime": "image/jpeg"} | facts
    sealed = keys.fernet("accounts").encrypt(ref.encode())
    return Attachment.objects.create(message=message, sealed_ref=sealed, **facts)


def fetched(*attachments: Attachment) -> None:
    media.fetch_attachments([attachment.pk for attachment in attachments], now=NOW)
    for attachment in attachments:
        attachment.refresh_from_db()


def test_a_photo_is_kept_as_it_came_and_shown_clean(shelf: Shelf, message: Message, as_role: Any) -> None:
    photo = pictures.photo()
    shelf.things["m1"] = [photo[:1000], photo[1000:]]
    sha = hashlib.sha256(photo)
    attachment = attached(
        message, "m1", name="street.jpg", expected_sha256=base64.b64encode(sha.digest()).decode()
    )
    with as_role("rabta_worker"):
        media.fetch_attachments([attachment.pk], now=NOW)
    attachment.refresh_from_db()
    assert attachment.state == "stored"
    assert attachment.sealed_ref is None
    assert b"".join(store.read(attachment.file)) == photo
    assert attachment.file.sha256 == sha.hexdigest()
    assert b"CANARY" not in b"".join(store.read(attachment.file.cleaned))
    assert shelf.tokens == {"secret"}
    event = Event.objects.get()
    assert (event.case_id, event.what, event.data) == (
        message.case_id,
        "attachment_stored",
        {"attachment": attachment.public_id},
    )


def test_fetching_again_changes_nothing(shelf: Shelf, message: Message) -> None:
    shelf.things["m1"] = [pictures.PDF]
    attachment = attached(message, "m1", kind="document", mime="application/pdf")
    fetched(attachment)
    fetched(attachment)
    assert shelf.asked == ["m1"]
    assert (Event.objects.count(), StoredFile.objects.count()) == (1, 1)


def test_a_photo_sent_as_a_document_is_a_photo(shelf: Shelf, message: Message) -> None:
    shelf.things["m1"] = [pictures.photo()]
    attachment = attached(message, "m1", kind="document", mime="application/octet-stream")
    fetched(attachment)
    assert attachment.file.kind == "image"
    assert attachment.file.cleaned is not None


def test_a_document_of_an_unknown_kind_is_kept_but_its_type_is_not_believed(
    shelf: Shelf, message: Message
) -> None:
    shelf.things["m1"] = [pictures.HTML]
    attachment = attached(message, "m1", kind="document", mime="text/html")
    fetched(attachment)
    assert (attachment.state, attachment.file.mime) == ("stored", "application/octet-stream")


@pytest.mark.parametrize(
    ("thing", "facts", "reason"),
    [
        ([pictures.SVG], {}, media.NO_PICTURE),
        ([pictures.photo()[:2000]], {}, media.NO_PICTURE),
        ([pictures.bomb()], {}, media.NO_PICTURE),
        ([pictures.PDF], {}, media.NO_PICTURE),
        ([pictures.photo()], {"expected_sha256": "0" * 64}, media.CHANGED),
        (Trouble(TroubleCode.MEDIA, "gone"), {}, media.UNFETCHABLE),
    ],
    ids=["svg", "cut off", "bomb", "pdf", "other bytes", "gone"],
)
def test_what_cannot_be_shown_is_refused_with_the_reason(
    shelf: Shelf, message: Message, thing: Any, facts: dict[str, str], reason: str
) -> None:
    shelf.things["m1"] = thing
    attachment = attached(message, "m1", **facts)
    fetched(attachment)
    assert (attachment.state, attachment.reason) == ("refused", reason)
    assert attachment.file is None
    assert Event.objects.get().what == "attachment_refused"


def test_trouble_that_passes_is_tried_later_and_keeps_nobody_else_waiting(
    shelf: Shelf, message: Message
) -> None:
    shelf.things = {"m1": Trouble(TroubleCode.UNREACHABLE, retry=True), "m2": [pictures.PDF]}
    first = attached(message, "m1")
    second = attached(message, "m2", kind="document")
    with pytest.raises(media.FetchLater) as later:
        media.fetch_attachments([first.pk, second.pk], now=NOW)
    assert later.value.attachment_ids == [first.pk]
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("waiting", "stored")
    shelf.things["m1"] = [pictures.photo()]
    fetched(first)
    assert first.state == "stored"


def test_what_never_comes_is_given_up_with_the_reason(shelf: Shelf, message: Message) -> None:
    attachment = attached(message, "m1")
    media.give_up([attachment.pk], now=NOW)
    attachment.refresh_from_db()
    assert (attachment.state, attachment.reason) == ("refused", media.UNFETCHABLE)

"""A batch of the journal becomes effects, and every item of it is accounted for."""

from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection

from rabta.channels.models import Credential
from rabta.intake import journal, ledger
from rabta.intake.models import Quarantined, Seen, Unread
from rabta.intake.reading import Handlers, read_batch
from tests.conftest import AsRole
from tests.intake.bodies import FIRST, FOREIGN, SECOND, body, change, message, status
from tests.intake.stage import NOW, Recorder


def put(credential: Credential, *raws: bytes) -> None:
    """Into the journal, as the web role may; the gateway's way is in gateway_test."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE rabta_web")
        for raw in raws:
            journal.append(credential, raw, NOW)
        cursor.execute("SET ROLE rabta_worker")


def line(name: str) -> ledger.Line:
    """The ledger's line of an account, in a ledger that balances."""
    balance = ledger.balance()
    assert balance.balanced, balance.to_json()
    return next(line for line in balance.accounts if line.name == name)


def numbers(name: str) -> dict[str, int]:
    """What of a line is not zero."""
    facts = vars(line(name)) | {"ignored": line(name).ignored.total()}
    return {key: value for key, value in facts.items() if isinstance(value, int) and value}


@pytest.mark.usefixtures("worker")
def test_one_batch_of_two_numbers_with_one_broken_item(desk: SimpleNamespace, heard: Recorder) -> None:
    many = [message(n, text=f"text {n}") for n in range(998)]
    broken = {"id": "wamid.broken", "from": "923001234567", "type": "text", "text": 7}
    put(desk.app, body(change(FIRST, messages=many[:500]), change(SECOND, messages=[*many[500:], broken])))
    assert read_batch(10, NOW, heard.handlers()) == 1
    assert heard.texts == [f"text {n}" for n in range(998)]
    assert heard.accounts == ["First"] * 500 + ["Second"] * 498
    assert numbers("First") == {"received": 500, "messages": 500}
    assert numbers("Second") == {"received": 499, "messages": 498, "quarantined": 1}
    kept = Quarantined.objects.get()
    assert (kept.position, kept.account, kept.reason) == (998, desk.second, "no text")
    assert read_batch(10, NOW, heard.handlers()) == 0


@pytest.mark.usefixtures("worker")
def test_a_helper_leaves_the_oldest_to_others(desk: SimpleNamespace, heard: Recorder) -> None:
    put(desk.app, *(body(change(messages=[message(n, text=f"text {n}")])) for n in range(5)))
    assert read_batch(2, NOW, heard.handlers(), ahead=2) == 2
    assert heard.texts == ["text 2", "text 3"]
    assert read_batch(2, NOW, heard.handlers(), ahead=3) == 0  # fewer are left
    assert read_batch(9, NOW, heard.handlers()) == 3
    assert numbers("First") == {"received": 5, "messages": 5}


@pytest.mark.usefixtures("worker")
def test_every_kind_has_its_handler_and_its_column(desk: SimpleNamespace, heard: Recorder) -> None:
    reaction = message(2, type="reaction", reaction={"message_id": "wamid.1", "emoji": "👍"})
    order = message(3, type="order", order={})
    messages = [message(1), reaction, order]
    put(desk.app, body(change(messages=messages), change(statuses=[status(9, "sent"), status(9, "read")])))
    read_batch(10, NOW, heard.handlers())
    assert (heard.texts, heard.changes) == (["salaam"], ["reaction"])
    assert heard.receipts == ["wamid.out.9 sent", "wamid.out.9 read"]
    assert line("First").ignored == {"order": 1}
    assert numbers("First") == {"received": 5, "messages": 1, "changes": 1, "receipts": 2, "ignored": 1}


@pytest.mark.usefixtures("worker")
def test_replay_has_no_second_effect(desk: SimpleNamespace, heard: Recorder) -> None:
    order = message(3, type="order", order={})
    raw = body(change(messages=[message(1), message(1), order], statuses=[status(1)]))
    put(desk.app, raw, raw)
    read_batch(10, NOW, heard.handlers())
    put(desk.app, raw)
    read_batch(10, NOW, heard.handlers())
    assert (heard.texts, len(heard.receipts)) == (["salaam"], 1)
    assert numbers("First") == {"received": 12, "messages": 1, "receipts": 1, "ignored": 1, "duplicates": 9}


@pytest.mark.usefixtures("worker")
def test_same_id_at_two_of_our_numbers_is_two_messages(desk: SimpleNamespace, heard: Recorder) -> None:
    put(desk.app, body(change(FIRST, messages=[message(1)]), change(SECOND, messages=[message(1)])))
    read_batch(10, NOW, heard.handlers())
    assert heard.accounts == ["First", "Second"]


@pytest.mark.usefixtures("worker")
def test_items_of_others_are_unattributed_and_seen(desk: SimpleNamespace, heard: Recorder) -> None:
    """A number that is not ours, and one of ours that came under another credential's signature."""
    template = {"field": "message_template_status_update", "value": {"event": "APPROVED"}}
    put(
        desk.app, body(change(FOREIGN, messages=[message(1)]), change("777", messages=[message(2)]), template)
    )
    read_batch(10, NOW, heard.handlers())
    balance = ledger.balance()
    assert (heard.texts, balance.unattributed, balance.balanced) == ([], 3, True)
    assert balance.nobody.ignored == {"message_template_status_update": 1}
    assert set(Quarantined.objects.values_list("reason", "account")) == {("no account of ours", None)}
    assert numbers("Elsewhere") == {}


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("raw", [b"not JSON", b"[]", b"\xff", b""])
def test_a_body_without_shape_is_quarantined(desk: SimpleNamespace, heard: Recorder, raw: bytes) -> None:
    put(desk.app, raw, body(change(messages=[message(1)])))
    read_batch(10, NOW, heard.handlers())
    kept = Quarantined.objects.get()
    assert (kept.position, kept.account, kept.reason) == (-1, None, "not a body of this channel")
    assert (heard.texts, ledger.balance().unattributed) == (["salaam"], 1)
    assert ledger.balance().balanced


@pytest.mark.usefixtures("worker")
def test_an_item_that_fails_alone_is_quarantined_alone(desk: SimpleNamespace, heard: Recorder) -> None:
    heard.poison = "poison"
    texts = [f"text {n}" for n in range(40)]
    texts[17] = "poison"
    put(desk.app, *(body(change(messages=[message(n, text=text)])) for n, text in enumerate(texts)))
    assert read_batch(100, NOW, heard.handlers()) == 40
    assert heard.texts == [text for text in texts if text != "poison"]
    assert numbers("First") == {"received": 40, "messages": 39, "quarantined": 1}
    assert (
        Quarantined.objects.get().reason == "could not be processed (ValueError)"
    )  # and nothing of its content
    assert Seen.objects.count() == 39  # so that a replay of it is tried again


@pytest.mark.usefixtures("worker")
def test_trouble_of_the_database_is_no_items_fault(desk: SimpleNamespace, heard: Recorder) -> None:
    def dead(items: object) -> None:
        raise OperationalError("the connection is lost")

    put(desk.app, body(change(messages=[message(1)])))
    with pytest.raises(OperationalError):
        read_batch(10, NOW, Handlers(arrived=dead, receipts=dead, changed=dead))
    assert numbers("First") == {"received": 1, "pending": 1}
    read_batch(10, NOW, heard.handlers())
    assert heard.texts == ["salaam"]


@pytest.mark.usefixtures("worker")
def test_what_count_and_read_see_differently_is_quarantined(
    desk: SimpleNamespace, heard: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from rabta.channels import registry

    forgetful = replace(
        registry.BY_KIND["whatsapp"], read=lambda raw: registry.whatsapp.CHANNEL.read(raw)[1:]
    )
    monkeypatch.setitem(registry.BY_KIND, "whatsapp", forgetful)
    put(
        desk.app,
        body(change(FIRST, messages=[message(1), message(2)]), change(SECOND, messages=[message(3)])),
    )
    read_batch(10, NOW, heard.handlers())
    assert heard.texts == []
    assert numbers("First") == {"received": 2, "quarantined": 2}
    assert numbers("Second") == {"received": 1, "quarantined": 1}


@pytest.mark.usefixtures("worker")
def test_pending_is_counted_before_it_is_read(desk: SimpleNamespace, heard: Recorder) -> None:
    put(desk.app, body(change(messages=[message(1), message(2)])), b"junk")
    assert numbers("First") == {"received": 2, "pending": 2}
    assert (ledger.balance().unattributed, ledger.balance().balanced) == (1, True)
    assert read_batch(1, NOW, heard.handlers()) == 1
    assert numbers("First") == {"received": 2, "messages": 2}
    assert Unread.objects.count() == 1


@pytest.mark.usefixtures("worker")
def test_large_bodies_are_read_a_few_at_a_time(desk: SimpleNamespace, heard: Recorder) -> None:
    put(desk.app, *(body(change(messages=[message(n, text="x" * 90_000)])) for n in range(60)))
    read = [read_batch(200, NOW, heard.handlers()) for _ in range(3)]
    assert sum(read) == 60
    assert max(read) < 60


@pytest.mark.usefixtures("worker")
def test_a_body_moved_under_another_hook_does_not_open(desk: SimpleNamespace, heard: Recorder) -> None:
    put(desk.app, body(change(messages=[message(1)])))
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("ALTER TABLE intake_journal DISABLE TRIGGER append_only")
        cursor.execute("UPDATE intake_journal SET credential_id = %s", [desk.other.pk])
        cursor.execute("SET ROLE rabta_worker")
    read_batch(10, NOW, heard.handlers())
    assert Quarantined.objects.get().reason == "could not be opened"
    assert heard.texts == []


def test_pages_see_the_ledger_without_the_bodies(
    desk: SimpleNamespace, as_role: AsRole, heard: Recorder
) -> None:
    journal.append(desk.app, body(change(messages=[message(1)])), NOW)
    with as_role("rabta_worker"):
        read_batch(10, NOW, heard.handlers())
    journal.append(desk.app, body(change(messages=[message(2)])), NOW)
    with as_role("rabta_web"):
        assert numbers("First") == {"received": 1, "messages": 1}


def test_the_journal_keeps_no_readable_body(desk: SimpleNamespace) -> None:
    journal.append(desk.app, body(change(messages=[message(1, text="my brother is in danger")])), NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed_body, sealed_key FROM intake_journal, intake_journalkey")
        sealed_body, sealed_key = map(bytes, cursor.fetchone())
    assert b"danger" not in sealed_body
    assert sealed_key.startswith(b"age-encryption.org")

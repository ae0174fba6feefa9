"""An edit, a revocation or a reaction that is read before its message has its effect when the message comes."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace

from django.db import connection
from django.test.utils import CaptureQueriesContext

from rabta.cases.models import Case, Message, MessageVersion
from rabta.channels import accounts
from rabta.intake import early, journal, ledger
from rabta.intake.models import Early, JournalKey
from rabta.journey.timing import watch
from rabta.outbox import receipts
from tests.cast import DAY, HQ_NUMBER, MINUTE, NOW, PESHAWAR_NUMBER, Citizen, as_role, deliver, hears, read
from tests.intake import bodies
from tests.steps.stage import counts, happened

WORDS = "My motorcycle was stolen near Kotwali"
OTHERS = "My bicycle was stolen near Kotwali"


def came() -> Message:
    """The only message that came in."""
    return Message.objects.get(direction="in")


def test_a_message_that_was_revoked_before_is_empty_and_its_text_is_kept(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    message = citizen.says(WORDS)
    hears(cast, citizen.revokes(message))
    assert Early.objects.count() == 1
    hears(cast, message, at=NOW + MINUTE)
    now = came()
    assert (now.text, now.revoked_at) == ("", NOW)
    assert MessageVersion.objects.get().text == WORDS
    assert happened(Case.objects.get())[-1] == "message_revoke"
    assert not Early.objects.exists()


def test_a_message_that_was_edited_before_reads_as_it_was_edited(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    message = citizen.says(WORDS)
    change = citizen.edits(message, OTHERS)
    hears(cast, change)
    hears(cast, message, at=NOW + MINUTE)
    assert (came().text, came().edited_at) == (OTHERS, datetime.fromtimestamp(int(change["timestamp"]), UTC))
    assert [version.text for version in MessageVersion.objects.all()] == [WORDS]


def test_a_reaction_that_came_before_is_shown(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    message = citizen.says(WORDS)
    hears(cast, citizen.reacts(message, "👍"))
    hears(cast, message, at=NOW + MINUTE)
    assert (came().reaction, came().text) == ("👍", WORDS)


def test_several_changes_have_their_effect_in_the_order_in_which_they_came(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    message = citizen.says(WORDS)
    hears(cast, citizen.edits(message, "second"), citizen.edits(message, "third"))
    hears(cast, citizen.edits(message, "fourth"), at=NOW + MINUTE)
    hears(cast, message, citizen.edits(message, "fifth"), at=NOW + 2 * MINUTE)
    assert came().text == "fifth"
    kept = MessageVersion.objects.order_by("id").values_list("text", flat=True)
    assert list(kept) == [WORDS, "second", "third", "fourth"]


def test_a_change_before_its_message_in_one_batch(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    message = citizen.says(WORDS)
    deliver(cast, citizen.revokes(message))
    deliver(cast, message)
    assert read() == 2
    assert (came().text, Early.objects.count()) == ("", 0)


def test_a_replay_changes_nothing_and_nothing_is_counted_twice(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    message = citizen.says(WORDS)
    revoked = deliver(cast, citizen.revokes(message))
    read()
    journal.append(cast.app, revoked, NOW)
    read()
    assert Early.objects.count() == 1
    said = deliver(cast, message)
    read()
    before = counts()
    for raw in (said, revoked):
        journal.append(cast.app, raw, NOW)
        read()
    assert (counts(), Early.objects.count(), MessageVersion.objects.count()) == (before, 0, 1)
    balance = ledger.balance()
    line = next(line for line in balance.accounts if line.name == "Headquarters")
    assert balance.balanced
    assert (line.received, line.messages, line.changes, line.duplicates) == (5, 1, 1, 3)


def test_the_same_id_at_another_account_is_another_message(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    message = citizen.says(WORDS)
    hears(cast, citizen.revokes(message), to=PESHAWAR_NUMBER)
    hears(cast, message, to=HQ_NUMBER)
    with as_role("rabta_worker"):
        watch.settle_early(now=NOW)
    assert (came().text, Early.objects.get().account) == (WORDS, cast.number_peshawar)


def test_what_waits_for_one_message_is_nothing_to_another(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, citizen.revokes(citizen.says(WORDS)))
    hears(cast, citizen.says(OTHERS))
    assert (came().text, Early.objects.count()) == (OTHERS, 1)


def at_once(cast: SimpleNamespace, change: bodies.Json, message: bodies.Json) -> None:
    """Two workers have the two in hand: neither sees what the other has not committed, and the pointer stays."""
    hears(cast, change)
    waiting = Early.objects.get()
    early.take([(waiting.account_id, bytes(waiting.digest))])
    hears(cast, message)
    assert came().text == WORDS
    waiting.save(force_insert=True)


def test_a_change_and_its_message_that_are_read_at_once_are_joined_by_the_sweep(
    cast: SimpleNamespace,
) -> None:
    citizen = Citizen()
    message = citizen.says(WORDS)
    at_once(cast, citizen.revokes(message), message)
    with as_role("rabta_worker"):
        watch.settle_early(now=NOW + MINUTE)
    assert (came().text, Early.objects.count()) == ("", 0)


def test_a_later_change_does_not_overtake_one_that_waits(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    message = citizen.says(WORDS)
    at_once(cast, citizen.edits(message, "second"), message)
    hears(cast, citizen.edits(message, "third"), at=NOW + MINUTE)
    with as_role("rabta_worker"):
        watch.settle_early(now=NOW + MINUTE)
    assert (came().text, Early.objects.count()) == ("third", 0)


def test_what_waits_in_vain_is_forgotten_after_eight_days(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, citizen.revokes(citizen.says(WORDS)))
    with as_role("rabta_worker"):
        assert early.forget(now=NOW + 8 * DAY) == 0
        assert early.forget(now=NOW + 8 * DAY + MINUTE) == 1
    assert not Early.objects.exists()


def test_a_change_whose_data_key_was_destroyed_holds_up_no_message(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    message = citizen.says(WORDS)
    hears(cast, citizen.revokes(message))
    JournalKey.objects.filter(pk=Early.objects.get().journal.key_id).update(sealed_key=b"")
    said = bodies.body(bodies.change(HQ_NUMBER, messages=[message]))
    journal.append(cast.app, said, NOW + DAY)
    read(at=NOW + DAY)
    assert (came().text, Early.objects.count()) == (WORDS, 0)


def test_an_edit_that_brings_its_message_whole_is_over_when_a_later_one_does(cast: SimpleNamespace) -> None:
    """Of two edits in one batch whose message never came, the last one is what it says."""
    values = {"token": "55:token", "secret": bodies.SECRET}
    app = accounts.create_credential(channel="telegram", name="bot", values=values)
    accounts.create_account(credential=app, name="Bot", external_id="55", unit=cast.hq)
    person = {"id": 7, "is_bot": False, "first_name": "Gul"}
    said = {"message_id": 5, "from": person, "chat": {"id": 7, "type": "private"}, "date": 1763720000}
    for number, text in enumerate((WORDS, OTHERS)):
        edited = said | {"edit_date": 1763720100 + number, "text": text}
        journal.append(app, json.dumps({"update_id": number, "edited_message": edited}).encode(), NOW)
    read()
    assert (came().text, Early.objects.count()) == (OTHERS, 0)


def test_looking_for_what_waits_costs_a_batch_one_query(cast: SimpleNamespace) -> None:
    deliver(cast, *(Citizen().says(WORDS) for _ in range(20)))
    with CaptureQueriesContext(connection) as captured:
        read()
    assert sum("intake_early" in query["sql"] for query in captured) == 1


def test_a_reaction_to_a_letter_whose_id_is_not_known_yet_waits_for_it(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, citizen.says(WORDS))
    letter = Message.objects.get(direction="out")
    hears(cast, citizen.reacts({"id": "wamid.ours"}, "👍"), at=NOW + MINUTE)
    with as_role("rabta_worker"):
        watch.settle_early(now=NOW + MINUTE)
    assert (Message.objects.get(pk=letter.pk).reaction, Early.objects.count()) == ("", 1)
    assert letter.delivery
    letter.delivery.provider_digest = receipts.provider_digest(
        account_id=letter.delivery.account_id, provider_id="wamid.ours"
    )
    letter.delivery.save(update_fields=["provider_digest"])
    with as_role("rabta_worker"):
        watch.settle_early(now=NOW + 2 * MINUTE)
    assert (Message.objects.get(pk=letter.pk).reaction, Early.objects.count()) == ("👍", 0)

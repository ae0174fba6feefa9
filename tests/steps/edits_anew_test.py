"""Edits that are heard as messages of their own stay edits: they go when their message goes, and are answered there."""

from types import SimpleNamespace

import pytest

from rabta import keys
from rabta.cases.models import Case, Message
from rabta.channels import accounts
from rabta.channels.contract import Arrived, Changed, Sender
from rabta.intake.contents import Incoming
from rabta.journey import arrival
from rabta.outbox.models import Delivery
from tests.cast import DAY, HOUR, MINUTE, NOW, Citizen, deliver, hears, read
from tests.steps import posts
from tests.steps.edits_test import HELP, RED, SOON, who_accuses
from tests.steps.stage import ACCUSATION, theft

IT_IS_ME = "He came again. It is me, Haider of shop 14"
MISSING = "My daughter is missing since this morning near Gulbahar"


def nothing_of(words: str) -> bool:
    return not (Message.objects.filter(text=words).exists() or Case.objects.filter(subject=words).exists())


@pytest.mark.parametrize("one_body", [True, False])
def test_what_is_deleted_goes_with_its_edits(cast: SimpleNamespace, one_body: bool) -> None:
    citizen, message = who_accuses(cast)
    changes = citizen.edits(message, IT_IS_ME), citizen.edits(message, HELP), citizen.revokes(message)
    for change in changes:
        deliver(cast, change, at=SOON + 2 * MINUTE)
        if not one_body:
            read(at=SOON + 2 * MINUTE)
    read(at=SOON + 2 * MINUTE)
    for words in (RED, IT_IS_ME, HELP):
        assert nothing_of(words)
    assert Message.objects.filter(direction="in", revoked_at__isnull=False).count() == 3


def test_also_where_the_edit_is_read_after_the_deletion(cast: SimpleNamespace) -> None:
    citizen, message = who_accuses(cast)
    edit = citizen.edits(message, IT_IS_ME)
    hears(cast, citizen.revokes(message), at=SOON + 2 * MINUTE)
    hears(cast, edit, at=SOON + 3 * MINUTE)
    assert nothing_of(RED) and nothing_of(IT_IS_ME)


def test_also_where_the_message_is_read_last(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    message = citizen.says(RED)
    hears(cast, citizen.edits(message, HELP), at=NOW)
    hears(cast, citizen.revokes(message), at=NOW + MINUTE)
    assert nothing_of(HELP)
    hears(cast, message, at=NOW + 2 * MINUTE)
    assert nothing_of(RED) and nothing_of(HELP)


def test_a_mark_more_is_no_new_cry(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    message = citizen.says(MISSING)
    hears(cast, message)
    Case.objects.update(state="closed", outcome="resolved", closed_at=NOW + MINUTE)
    hears(cast, citizen.edits(message, f"{MISSING}!!"), at=NOW + HOUR)
    assert Message.objects.get(direction="in").text == f"{MISSING}!!"
    assert Case.objects.count() == 1


def test_nor_a_new_accusation(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    theft(cast, citizen)
    message = citizen.says(ACCUSATION["en"])
    hears(cast, message, at=SOON)
    Case.objects.filter(withheld="accusation").update(accused_unit=cast.kotwali)
    for number in (1, 2, 3):
        hears(cast, citizen.edits(message, ACCUSATION["en"] + "." * number), at=NOW + DAY + number * MINUTE)
    assert Case.objects.count() == 2


def under(letter: Delivery) -> str:
    return keys.open_with("relay", bytes(letter.in_reply_to)).decode() if letter.in_reply_to else ""


def test_the_answer_to_an_edited_post_stands_under_the_post(cast: SimpleNamespace) -> None:
    posts.add_x(cast)
    first = posts.post("@KPPolice what a day in Gulbahar, please look")
    posts.hears(cast, first)
    edit = posts.post(f"@KPPolice {HELP}") | {"edit_history_tweet_ids": [first["id"], "3999999999999999999"]}
    posts.hears(cast, edit | {"id": "3999999999999999999"}, at=NOW + MINUTE)
    public = Delivery.objects.filter(public=True)
    assert public and {under(letter) for letter in public} == {first["id"]}


def test_also_that_to_an_edited_comment(cast: SimpleNamespace) -> None:
    values = {"app_secret": "s", "verify_token": "v", "access_token": "t"}
    credential = accounts.create_credential(channel="facebook", name="Page", values=values)
    page = accounts.create_account(
        credential=credential, name="Page", external_id="1234", unit=cast.hq, address="page"
    )
    sender = Sender(scheme="facebook", handle="777")
    comment = Arrived(
        account="1234",
        key="c1",
        provider_id="1234_1_2",
        sender=sender,
        kind="text",
        text="What a day in Gulbahar, police, look",
        public=True,
        link="https://facebook.com/1234_1_2",
    )
    edit = Changed(
        account="1234", key="c1:edit", what="edit", provider_id="1234_1_2", sender=sender, text=HELP
    )
    arrival.arrived(
        [Incoming(account=page, item=comment, journal_id=1, position=0, received_at=NOW)], now=NOW
    )
    before = set(Delivery.objects.values_list("pk", flat=True))
    later = NOW + MINUTE
    arrival.changed(
        [Incoming(account=page, item=edit, journal_id=2, position=0, received_at=later)], now=later
    )
    heard = Message.objects.get(text=HELP)
    assert (heard.public, heard.link) == (True, comment.link)
    letters = Delivery.objects.filter(account=page).exclude(pk__in=before)
    assert letters and {under(letter) for letter in letters} == {"1234_1_2"}

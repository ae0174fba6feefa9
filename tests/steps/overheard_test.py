"""A group's chat is brought in: kept as history, what looks like a report waits at the desk, and nobody is answered."""

import io
import json
import zipfile
from datetime import timedelta
from types import SimpleNamespace

import pytest
from PIL import Image

from rabta import keys
from rabta.cases.models import Attachment, Case, Conversation, Message
from rabta.cases.models import Order as OrderToPost
from rabta.channels import accounts
from rabta.channels.export.dates import Order
from rabta.files.models import StoredFile
from rabta.intake import exports, ledger
from rabta.intake.exports import HandedIn
from rabta.intake.models import LedgerEntry
from rabta.outbox.models import Delivery
from tests.cast import DAY, NOW, Citizen, hears, read
from tests.steps.stage import accusation, theft

pytestmark = pytest.mark.django_db
THEFT = "My motorcycle was stolen near Kotwali last night"


@pytest.fixture
def group(cast: SimpleNamespace) -> SimpleNamespace:
    credential = accounts.create_credential(channel="whatsapp_export", name="Groups", values={})
    cast.group = accounts.create_account(
        credential=credential, name="Traders of Kotwali", external_id="traders", unit=cast.kotwali
    )
    return cast


def picture(colour: str = "navy") -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (20, 20), colour).save(made, "JPEG")
    return made.getvalue()


def zipped(text: str, **files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("WhatsApp Chat with Traders.txt", text)
        for name, data in files.items():
            archive.writestr(name.replace("_", ".", 1), data)
    return made.getvalue()


def brought(cast: SimpleNamespace, *lines: str, raw: bytes = b"", since: timedelta = 7 * DAY) -> HandedIn:
    """The export is handed in and read."""
    source = io.BytesIO(raw or "\n".join(lines).encode())
    with exports.opened(source, now=NOW, order=Order.DMY) as export:
        files = exports.take_files(export)
        done = exports.hand_in(account=cast.group, export=export, files=files, since=NOW - since, now=NOW)
    while read():
        pass
    assert ledger.balance().balanced
    return done


def says(text: str, *, who: str = "Gul", at: str = "01/03/2026, 21:05") -> str:
    return f"{at} - {who}: {text}"


def became() -> dict[str, int]:
    """What the ledger says of the group."""
    found: dict[str, int] = {}
    for entry in LedgerEntry.objects.filter(account__external_id="traders"):
        name = f"ignored: {entry.reason}" if entry.reason else entry.became
        found[name] = found.get(name, 0) + entry.items
    return found


def test_a_report_waits_at_the_desk_and_nothing_goes_out(group: SimpleNamespace) -> None:
    brought(group, says(THEFT))
    case = Case.objects.get()
    assert (case.category, case.state, case.waiting_why) == ("theft", "new", {"code": "overheard"})
    assert case.reply_due_at is None
    assert case.report_due_at is not None
    assert not OrderToPost.objects.exists()
    assert not Delivery.objects.exists()
    assert not Message.objects.filter(direction="out").exists()
    message = Message.objects.get()
    assert (message.sent_at.isoformat(), message.received_at) == ("2026-03-01T16:05:00+00:00", NOW)  # type: ignore[union-attr]


def test_what_is_old_is_kept_without_a_case(group: SimpleNamespace) -> None:
    brought(group, says(THEFT, at="01/02/2026, 21:05"), says("Good morning", at="13/02/2026, 08:00"))
    assert not Case.objects.exists()
    assert [m.text for m in Message.objects.order_by("id")] == [THEFT, "Good morning"]
    assert not Message.objects.filter(direction="out").exists()


def test_an_old_accusation_is_not_left_lying_and_not_shown_to_the_station(group: SimpleNamespace) -> None:
    brought(group, says("The SHO of Kotwali asked me for a bribe", at="13/02/2026, 21:05"))
    case = Case.objects.get()
    assert case.withheld == "accusation"
    assert group.kotwali.pk not in case.visible_to
    assert group.kotwali.pk not in Message.objects.get().visible_to


def test_talk_of_the_group_opens_nothing(group: SimpleNamespace) -> None:
    talk = ["Good morning sir", "ok", "STATUS", "1", "Thank you very much police", "Where is the meeting?"]
    brought(
        group, *(says(text, at=f"{13 + n}/02/2026, 21:05") for n, text in enumerate(talk)), since=30 * DAY
    )
    assert not Case.objects.exists()
    assert Message.objects.filter(case=None, overheard=True).count() == len(talk)


def test_an_officers_talk_is_no_answer_to_an_order(group: SimpleNamespace) -> None:
    case = theft(group)
    brought(group, says("1", who="+92 300 0000012"))
    assert case.orders.get(part="lead").state == "issued"


def test_words_and_pictures_around_a_report_go_with_it(group: SimpleNamespace) -> None:
    text = "\n".join([
        says("IMG-20260301-WA0001.jpg (file attached)", at="01/03/2026, 21:01"),
        says("sab theek?", who="Noor", at="01/03/2026, 21:02"),
        says(THEFT, at="01/03/2026, 21:03"),
        says("a black one", at="01/03/2026, 21:04"),
        says("IMG-20260301-WA0002.jpg (file attached)\nthis one", at="01/03/2026, 21:05"),
        says("ok", at="01/03/2026, 23:05"),
    ])  # fmt: skip
    brought(group, raw=zipped(text, **{
        "IMG-20260301-WA0001_jpg": picture(), "IMG-20260301-WA0002_jpg": picture("red"),
    }))  # fmt: skip
    said = Message.objects.filter(case=Case.objects.get()).order_by("id").values_list("kind", "text")
    assert list(said) == [
        ("image", ""),
        ("text", THEFT),
        ("text", "a black one"),
        ("text", "this one"),
        ("image", ""),
    ]
    assert Message.objects.filter(case=None).count() == 2
    assert [a.state for a in Attachment.objects.all()] == ["waiting", "waiting"]


def test_two_matters_of_one_person_are_two_cases(group: SimpleNamespace) -> None:
    fraud = "I was cheated, somebody took money from my bank account by OTP fraud"
    brought(group, says(THEFT), says(fraud, at="01/03/2026, 21:30"), says(THEFT, at="01/03/2026, 22:30"))
    cases = Case.objects.order_by("id")
    assert [case.category for case in cases] == ["theft", "cyber_fraud"]
    assert [case.messages.count() for case in cases] == [2, 1]


def test_the_next_export_goes_on_with_the_open_case(group: SimpleNamespace) -> None:
    brought(group, says(THEFT))
    brought(group, says(THEFT), says("It was stolen by two men, theft again today", at="02/03/2026, 09:00"))
    assert Case.objects.get().messages.count() == 2


def test_bringing_it_in_again_adds_nothing(group: SimpleNamespace) -> None:
    lines = [
        says(THEFT),
        says("ok"),
        says("ok"),
        says("<Media omitted>"),
        "01/03/2026, 21:06 - Gul added Noor",
    ]
    first = brought(group, *lines)
    assert (first.items, first.known) == (5, 0)
    again = brought(group, *lines)
    assert (again.items, again.known) == (5, 5)
    assert became() == {
        "received": 10,
        "message": 3,
        "ignored: left out of the export": 1,
        "ignored: WhatsApp's own line": 1,
        "duplicate": 5,
    }


def test_an_export_of_another_telephone_adds_only_what_is_new(group: SimpleNamespace) -> None:
    brought(group, says(THEFT), says("ok"), says("ok"))
    done = brought(
        group,
        f"[01/03/2026, 21:05:06] Gul: {THEFT}",
        "[01/03/2026, 21:05:09] ~\u202fGul: ok",
        "\u200e[01/03/2026, 21:05:11] Gul: ok",
        "[01/03/2026, 21:06:11] Gul: ok",
    )
    assert (done.items, done.known) == (4, 3)
    assert Message.objects.count() == 4


def test_an_export_with_its_files_adds_them_to_one_without(group: SimpleNamespace) -> None:
    brought(group, says("<Media omitted>\nSee this"))
    text = says("IMG-20260301-WA0001.jpg (file attached)\nSee this")
    raw = zipped(text, **{"IMG-20260301-WA0001_jpg": picture()})
    for files in (1, 0):
        assert brought(group, raw=raw).files == files
    assert Message.objects.count() == 2
    assert StoredFile.objects.count() == 1


def test_what_somebody_says_in_a_group_does_not_stand_beside_what_he_told_us(group: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(group, citizen.says("Hello, I have a question about a licence"))
    number = f"+{citizen.phone[:2]} {citizen.phone[2:5]} {citizen.phone[5:]}"
    brought(group, says(THEFT, who=number))
    there, here = (conversation.handle for conversation in Conversation.objects.order_by("id"))
    assert here.person != there.person
    assert here.address is None
    shown = json.loads(keys.fernet("desk").decrypt(bytes(here.shown or b"")))
    assert shown == {"name": "", "number": f"+{citizen.phone}"}


def test_names_are_of_this_group_only(group: SimpleNamespace) -> None:
    brought(group, says(THEFT))
    credential = group.group.credential
    group.group = accounts.create_account(
        credential=credential, name="Teachers", external_id="teachers", unit=group.gulbahar
    )
    brought(group, says(THEFT))
    handles = {conversation.handle_id for conversation in Conversation.objects.all()}
    assert len(handles) == Case.objects.count() == 2


def test_an_accusation_does_not_join_what_the_station_reads(group: SimpleNamespace) -> None:
    brought(
        group, says(THEFT), says("Kotwali police took a bribe for the theft report", at="01/03/2026, 21:06")
    )
    assert sorted(Case.objects.values_list("withheld", flat=True)) == ["", "accusation"]
    accusation(group)  # the way of everybody else's messages is as it was
    assert Message.objects.filter(direction="out").count() == 1

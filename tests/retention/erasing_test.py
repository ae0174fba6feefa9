"""What is past its time is erased and proved; what is held, reopened or too young is not."""

import json
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction

from rabta.cases.events import Actor
from rabta.cases.models import Attachment, Case, Event, Message, MessageVersion, Order
from rabta.cases.refusal import Refused
from rabta.cases.related import Link
from rabta.desk.models import Draft, Notice
from rabta.files import store
from rabta.intake.models import JournalKey
from rabta.jobs import keeping as keeping_jobs
from rabta.journey.ending import keeping
from rabta.outbox.models import Delivery, Window
from rabta.people.models import Handle, Sealed
from rabta.retention import erasing, holding, ledger
from rabta.retention.models import Erasure
from tests.cast import DAY, HOUR, NOW, Citizen, acting, also_holds, as_role, hears, post_named
from tests.people import holders

YEAR = 365 * DAY
WORD = "Canaryword"
TIP = f"Secret information, do not tell anyone my name: {WORD} a drug dealer near Kotwali"
THEFT = f"My motorcycle {WORD} was stolen near Kotwali last night"


@pytest.fixture(autouse=True)
def _worker(cast: SimpleNamespace, settings: object, tmp_path: object) -> None:
    settings.HEADS_DIR = tmp_path  # type: ignore[attr-defined]


def closed(cast: SimpleNamespace, text: str = THEFT, *, citizen: Citizen | None = None) -> Case:
    hears(cast, (citizen or Citizen()).says(text))
    case = Case.objects.latest("id")
    Case.objects.filter(pk=case.pk).update(
        state="closed", outcome="advice", closed_at=NOW, closing_remark=f"{WORD} found"
    )
    return Case.objects.get(pk=case.pk)


def erase(after: timedelta) -> int:
    with as_role("rabta_worker"):
        return erasing.run(now=NOW + after)


def kept(case: Case) -> bool:
    return WORD in Case.objects.get(pk=case.pk).closing_remark


@pytest.mark.parametrize(
    ("text", "stays", "goes", "of"),
    [
        (THEFT, 5 * YEAR - DAY, 5 * YEAR + DAY, "ordinary"),
        (TIP, 3 * YEAR - DAY, 3 * YEAR + DAY, "tip"),
        (f"The SHO of Kotwali asked me for a bribe {WORD}", 10 * YEAR - DAY, 10 * YEAR + DAY, "accusation"),
    ],
)
def test_each_class_has_its_time(
    cast: SimpleNamespace, text: str, stays: timedelta, goes: timedelta, of: str
) -> None:
    case = closed(cast, text)
    erase(stays)
    assert kept(case)
    erase(goes)
    assert not kept(case)
    proof = Erasure.objects.get(what="case")
    assert (proof.subject, proof.of, proof.rows > 0, len(proof.digest)) == (case.public_id, of, True, 32)


def test_an_open_case_is_never_erased(cast: SimpleNamespace) -> None:
    hears(cast, Citizen().says(THEFT))
    erase(50 * YEAR)
    assert WORD in Message.objects.get(direction="in").text


def test_a_hold_keeps_a_case_until_it_ends(cast: SimpleNamespace) -> None:
    case = closed(cast)
    hold = holding.hold(
        case=case, reason="Appeal", by=cast.desk_head, actor=Actor(system_reason="test"), now=NOW
    )
    erase(6 * YEAR)
    assert kept(case)
    holding.end(hold=hold, by=cast.desk_head, actor=Actor(system_reason="test"), now=NOW + 6 * YEAR)
    erase(6 * YEAR)
    assert not kept(case)


def test_nothing_that_was_said_is_left_in_any_table(
    cast: SimpleNamespace, django_capture_on_commit_callbacks: object
) -> None:
    holders.make(cast)
    citizen = Citizen()
    case = closed(cast, citizen=citizen)
    message = Message.objects.get(case=case, direction="in")
    file = store.save([b"x"], "document", "application/pdf", f"{WORD}.pdf", NOW)
    path = store.path_of(file.public_id)
    Attachment.objects.create(message=message, kind="document", name=f"{WORD}.pdf", file=file, state="stored")
    MessageVersion.objects.create(message=message, text=f"{WORD} earlier", until=NOW)
    Event.objects.create(case=case, at=NOW, what="released", system_reason="test", data={"remark": WORD})
    Order.objects.filter(case=case).update(
        instruction=f"Look for {WORD}", proof_words=WORD, added_words=WORD, ended_why=WORD
    )
    other = closed(cast, "My phone was stolen near Kotwali")
    facts = {"fir_number": WORD, "fir_unit": cast.kotwali, "fir_on": NOW.date(), "handed_over_to": WORD}
    line = {"line_incident": WORD, "line_confirmed_at": NOW, "handed_over_at": NOW}
    Case.objects.filter(pk=case.pk).update(**facts, **line)
    Case.objects.filter(pk=other.pk).update(closing_remark="")
    Link.objects.create(one=case, other=other, reason=WORD, officer=cast.operator, at=NOW)
    Draft.objects.create(officer=cast.operator, case=case, kind="reply", text=WORD, revision=1, at=NOW)
    Notice.objects.create(
        officer=cast.operator, case=case, what="assigned", key="x", data={"name": WORD}, at=NOW
    )
    Delivery.objects.update(text=f"About {WORD}")
    assert found(WORD) >= {
        "cases_message",
        "cases_case",
        "cases_event",
        "cases_attachment",
        "cases_link",
        "cases_order",
        "desk_draft",
        "desk_notice",
        "outbox_delivery",
    }
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        erase(5 * YEAR + DAY)
    assert found(WORD) == set()
    assert not path.exists()
    handle = Handle.objects.get(pk=case.conversation.handle_id)
    assert (handle.shown, handle.address, Window.objects.count()) == (None, None, 0)
    assert Case.objects.get(pk=case.pk).category == "theft"  # figures of past years stay true


def test_the_letters_to_all_holders_of_an_ordered_post_are_emptied(cast: SimpleNamespace) -> None:
    also_holds(cast.sho_rustam, post_named(cast.sho))
    case = closed(cast)
    order = Order.objects.get(case=case, part="lead")
    letters = Delivery.objects.filter(pk__in=order.letters)
    assert {letter.number for letter in letters} == {cast.sho.phone, cast.sho_rustam.phone}
    assert all(case.reference in letter.text and letter.template for letter in letters)
    erase(5 * YEAR + DAY)
    assert {(letter.text, letter.template, str(letter.buttons)) for letter in letters.all()} == {
        ("", None, "[]")
    }
    assert not Delivery.objects.filter(text__contains=case.reference).exists()


def found(word: str) -> set[str]:
    """The tables that hold the word anywhere."""
    tables = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
            " AND relnamespace = 'public'::regnamespace"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT 1 FROM "{table}" t WHERE t::text ILIKE %s LIMIT 1', [f"%{word}%"])
            tables += [table] if cursor.fetchone() else []
    return set(tables)


def test_the_address_of_a_source_is_destroyed_after_closing(cast: SimpleNamespace) -> None:
    holders.make(cast)
    citizen = Citizen()
    case = closed(cast, TIP, citizen=citizen)
    before = bytes(Handle.objects.get().digest)
    erase(29 * DAY)
    assert Handle.objects.get().address
    erase(31 * DAY)
    handle = Handle.objects.get()
    assert handle.address is None and handle.destroyed_at and bytes(handle.digest) != before
    assert Sealed.objects.count() == 1  # what is sealed stays for its own time
    assert kept(case)
    hears(cast, citizen.says(TIP), at=NOW + 40 * DAY)
    assert Handle.objects.count() == 2  # to us it is somebody new


@pytest.mark.parametrize("how", ["reopened", "another case", "held"])
def test_whoever_can_still_be_answered_keeps_his_address(cast: SimpleNamespace, how: str) -> None:
    citizen = Citizen()
    case = closed(cast, TIP, citizen=citizen)
    if how == "reopened":
        Case.objects.filter(pk=case.pk).update(
            state="in_inquiry", outcome="", closed_at=None, reopened_at=NOW + DAY
        )
    elif how == "another case":
        hears(cast, citizen.says(TIP), at=NOW + 20 * DAY)
    else:
        holding.hold(case=case, reason="Court", by=cast.desk_head, actor=Actor(system_reason="test"), now=NOW)
    erase(60 * DAY)
    assert Handle.objects.get().address


def test_ordinary_people_keep_their_address_as_long_as_the_case(cast: SimpleNamespace) -> None:
    closed(cast)
    erase(60 * DAY)
    assert Handle.objects.get().address


def test_the_journal_of_a_source_is_shredded_within_the_hour_and_all_of_it_in_a_week(
    cast: SimpleNamespace,
) -> None:
    hears(cast, Citizen().says(TIP))
    hears(cast, Citizen().says(THEFT), at=NOW + 10 * HOUR)
    source, other = JournalKey.objects.order_by("id")
    JournalKey.objects.filter(pk=source.pk).update(created_at=NOW)
    JournalKey.objects.filter(pk=other.pk).update(created_at=NOW + 10 * HOUR)
    erase(timedelta(minutes=30))
    assert all(bytes(key.sealed_key) for key in JournalKey.objects.all())
    erase(2 * HOUR)
    assert [bool(bytes(key.sealed_key)) for key in JournalKey.objects.order_by("id")] == [False, True]
    erase(9 * DAY)
    assert not any(bytes(key.sealed_key) for key in JournalKey.objects.all())


def test_what_is_unread_is_not_shredded(cast: SimpleNamespace) -> None:
    from tests.cast import deliver

    deliver(cast, Citizen().says(TIP))
    erase(100 * DAY)
    assert all(bytes(key.sealed_key) for key in JournalKey.objects.all())


def test_greetings_go_after_their_time(cast: SimpleNamespace) -> None:
    hears(cast, Citizen().says("good morning"))
    assert Message.objects.filter(case=None, direction="in").exists()
    erase(91 * DAY)
    assert not Message.objects.filter(case=None).exclude(text="").exists()


def test_events_change_only_while_a_case_is_erased(cast: SimpleNamespace) -> None:
    case = closed(cast)
    for context in ({"erasing": "on"}, {}):
        for role in ("rabta_worker", "rabta_web"):
            with (
                pytest.raises(DatabaseError),
                transaction.atomic(),
                as_role(role, system="x", **context),
                connection.cursor() as cursor,
            ):
                cursor.execute("UPDATE cases_event SET data = '{}' WHERE case_id = %s", [case.pk])


@pytest.mark.parametrize("role", ["rabta_web", "rabta_relay", "rabta_gateway"])
def test_only_the_worker_erases(cast: SimpleNamespace, role: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), as_role(role), connection.cursor() as cursor:
        cursor.execute("SELECT rabta_erase_case(1)")


def test_the_ledger_holds_every_erasure_once_and_no_content(cast: SimpleNamespace) -> None:
    closed(cast)
    erase(5 * YEAR + DAY)
    assert ledger.write() == Erasure.objects.count() > 1
    assert ledger.write() == 0
    lines = list(ledger.read(ledger.path()))
    assert {line["what"] for line in lines} >= {"case", "person", "journal"}
    assert WORD not in ledger.path().read_text()
    with ledger.path().open("a") as file:
        file.write('{"id": 99')  # the machine lost its power here
    assert len(list(ledger.read(ledger.path()))) == len(lines)


def test_what_was_erased_is_in_the_ledger_though_something_else_failed(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = closed(cast)
    Case.objects.filter(pk=case.pk).update(closed_at=NOW - 9 * YEAR)

    def fails(now: datetime) -> list[bool]:
        raise DatabaseError("a table is being changed")

    monkeypatch.setattr(erasing, "_journal", fails)
    with pytest.raises(DatabaseError):
        keeping_jobs.erase()
    assert case.public_id in {line["subject"] for line in ledger.read(ledger.path())}


def test_a_line_that_was_cut_off_takes_no_other_with_it(cast: SimpleNamespace) -> None:
    case = closed(cast)
    erasing.run(now=NOW + 6 * YEAR)
    ledger.path().write_text('{"id": 7, "what": "ca')
    assert ledger.write() == Erasure.objects.count()
    assert case.public_id in {line["subject"] for line in ledger.read(ledger.path())}


def test_what_is_erased_after_a_restore_is_written_though_its_numbers_came_before(
    cast: SimpleNamespace,
) -> None:
    """A backup's next numbers were given already to what was erased after it was made."""
    case = closed(cast)
    erasing.run(now=NOW + 6 * YEAR)
    before = {"id": 1_000_000, "what": "case", "subject": "another", "of": "ordinary"}
    ledger.path().write_text(json.dumps(before | {"at": (NOW + 6 * YEAR).isoformat()}) + "\n")
    assert ledger.write() == Erasure.objects.count()
    assert ledger.write() == 0
    assert case.public_id in {line["subject"] for line in ledger.read(ledger.path())}


def test_whoever_decides_on_a_case_holds_it_and_nobody_else(cast: SimpleNamespace) -> None:
    case = closed(cast)
    with acting(cast.desk_head) as scope:
        keeping.hold(case=case, reason="The court has it", by=scope, now=NOW)
        with pytest.raises(Refused, match="already"):
            keeping.hold(case=case, reason="Again", by=scope, now=NOW)
    with acting(cast.co) as scope, pytest.raises(Refused):
        keeping.end_hold(case=case, by=scope, now=NOW)
    erase(6 * YEAR)
    assert kept(case)
    with acting(cast.desk_head) as scope:
        keeping.end_hold(case=case, by=scope, now=NOW)
    erase(6 * YEAR)
    assert not kept(case)

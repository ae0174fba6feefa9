"""What a citizen does to a message afterwards: the case shows it, and the earlier text is kept out of sight."""

from datetime import UTC, datetime
from itertools import permutations
from types import SimpleNamespace

import pytest
from django.db import connection

from rabta.cases.models import Case, Message, MessageVersion
from tests.cast import DAY, MINUTE, NOW, Citizen, acting, hears
from tests.steps import posts
from tests.steps.stage import happened

WORDS = "My motorcycle was stolen near Kotwali"
EDIT = "My bicycle was stolen near Kotwali"


def said(cast: SimpleNamespace) -> tuple[Citizen, dict[str, object]]:
    citizen = Citizen()
    message = citizen.says(WORDS)
    hears(cast, message)
    return citizen, message


def test_an_edit_is_a_new_version(cast: SimpleNamespace) -> None:
    citizen, message = said(cast)
    change = citizen.edits(message, EDIT)
    hears(cast, change, at=NOW + MINUTE)
    now = Message.objects.get(direction="in")
    assert (now.text, now.edited_at) == (EDIT, datetime.fromtimestamp(int(change["timestamp"]), UTC))
    assert MessageVersion.objects.get().text == WORDS
    assert happened(Case.objects.get())[-1] == "message_edit"


def test_two_edits_in_one_batch_keep_both_earlier_texts(cast: SimpleNamespace) -> None:
    citizen, message = said(cast)
    hears(cast, citizen.edits(message, "second"), citizen.edits(message, "third"), at=NOW + MINUTE)
    assert Message.objects.get(direction="in").text == "third"
    assert [v.text for v in MessageVersion.objects.order_by("id")] == [WORDS, "second"]


def test_a_revoked_message_is_empty_and_its_text_is_kept(cast: SimpleNamespace) -> None:
    citizen, message = said(cast)
    hears(cast, citizen.revokes(message), at=NOW + MINUTE)
    now = Message.objects.get(direction="in")
    assert (now.text, now.revoked_at) == ("", NOW + MINUTE)
    assert MessageVersion.objects.get().text == WORDS
    assert Case.objects.get().state == "forwarded"


def test_a_reaction_comes_and_goes(cast: SimpleNamespace) -> None:
    citizen, message = said(cast)
    hears(cast, citizen.reacts(message, "👍"), at=NOW + MINUTE)
    assert Message.objects.get(direction="in").reaction == "👍"
    hears(cast, citizen.reacts(message, ""), at=NOW + 2 * MINUTE)
    assert Message.objects.get(direction="in").reaction == ""
    assert not MessageVersion.objects.exists()


def test_a_change_of_an_unknown_message_changes_nothing(cast: SimpleNamespace) -> None:
    citizen, _message = said(cast)
    hears(cast, citizen.revokes({"id": "wamid.never"}), at=NOW + MINUTE)
    assert Message.objects.get(direction="in").text == WORDS


def test_a_message_and_its_edit_in_one_batch(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    message = citizen.says(WORDS)
    hears(cast, message, citizen.edits(message, "My bicycle was stolen near Kotwali"))
    assert Message.objects.get(direction="in").text == "My bicycle was stolen near Kotwali"


def test_an_edit_into_an_accusation_opens_a_case_that_the_station_does_not_see(cast: SimpleNamespace) -> None:
    citizen, message = said(cast)
    hears(cast, citizen.edits(message, "The SHO of Kotwali demanded a bribe from me"), at=NOW + MINUTE)
    ordered, accusation = Case.objects.order_by("id")
    assert Message.objects.get(case=ordered, direction="in").text == WORDS
    assert accusation.withheld == "accusation"
    assert ordered.lead_unit_id not in accusation.visible_to


@pytest.mark.parametrize("order", list(permutations(("said", "edited", "revoked"))))
def test_what_is_revoked_stays_revoked_in_whatever_order(
    cast: SimpleNamespace, order: tuple[str, ...]
) -> None:
    citizen = Citizen()
    message = citizen.says(WORDS)
    came = {
        "said": message,
        "edited": citizen.edits(message, EDIT),
        "revoked": citizen.revokes(message),
    }
    for minute, name in enumerate(order):
        hears(cast, came[name], at=NOW + minute * MINUTE)
    now = Message.objects.get(direction="in")
    assert now.text == ""
    assert now.revoked_at
    assert {version.text for version in MessageVersion.objects.all()} == {WORDS, EDIT}


@pytest.mark.parametrize("late_first", [True, False])
def test_the_edit_that_was_made_last_counts(cast: SimpleNamespace, late_first: bool) -> None:
    citizen, message = said(cast)
    first, last = citizen.edits(message, EDIT), citizen.edits(message, "My scooter was stolen near Kotwali")
    first["timestamp"] = str(int(first["timestamp"]) - 60)
    for minute, change in enumerate([last, first] if late_first else [first, last], start=1):
        hears(cast, change, at=NOW + minute * MINUTE)
    assert Message.objects.get(direction="in").text == "My scooter was stolen near Kotwali"
    assert {version.text for version in MessageVersion.objects.all()} == {WORDS, EDIT}


def test_an_edit_that_comes_late_says_nothing_of_a_protected_number(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    message = citizen.says("SHO Gulbahar took a bribe of 20000 from me")
    hears(cast, message)
    hears(cast, citizen.revokes(message), at=NOW + MINUTE)
    hears(cast, citizen.edits(message, f"Call me on +{citizen.phone}"), at=NOW + 2 * MINUTE)
    assert [citizen.phone in version.text for version in MessageVersion.objects.all()] == [False, False]


def subject() -> str:
    return Case.objects.order_by("id")[0].subject


def found(cast: SimpleNamespace, words: str) -> int:
    with acting(cast.operator), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM rabta_search_cases(%s, %s, %s, %s, 10)",
            [words, NOW - DAY, NOW + DAY, 10**9],
        )
        return int(cursor.fetchone()[0])


def test_deleted_words_are_no_subject_and_are_not_found(cast: SimpleNamespace) -> None:
    citizen, message = said(cast)
    assert subject() == WORDS and found(cast, "motorcycle") == 1
    hears(cast, citizen.revokes(message), at=NOW + MINUTE)
    assert subject() == "" and found(cast, "motorcycle") == 0


def test_a_case_whose_words_were_deleted_takes_its_subject_from_the_next(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    message = citizen.says("somebody has stolen my phone")
    hears(cast, message)
    hears(cast, citizen.revokes(message), at=NOW + MINUTE)
    hears(cast, citizen.says("My bicycle was stolen"), at=NOW + 2 * MINUTE)
    assert subject() == "My bicycle was stolen"


def test_the_subject_is_taken_from_what_remains(cast: SimpleNamespace) -> None:
    citizen, message = said(cast)
    later = citizen.says("It was red and rather new")
    hears(cast, later, at=NOW + MINUTE)
    hears(cast, citizen.revokes(later), at=NOW + 2 * MINUTE)
    assert subject() == WORDS, "what was deleted was not the subject"
    hears(cast, citizen.says("Last night"), at=NOW + 3 * MINUTE)
    hears(cast, citizen.revokes(message), at=NOW + 4 * MINUTE)
    assert subject() == "Last night"


def test_an_edit_gives_the_subject_its_new_words(cast: SimpleNamespace) -> None:
    citizen, message = said(cast)
    hears(cast, citizen.edits(message, EDIT), at=NOW + MINUTE)
    assert subject() == EDIT and found(cast, "motorcycle") == 0 and found(cast, "bicycle") == 1


def test_what_was_deleted_before_it_came_was_never_a_subject(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    message = citizen.says(WORDS)
    hears(cast, citizen.revokes(message))
    hears(cast, message, at=NOW + MINUTE)
    assert subject() == "" and found(cast, "motorcycle") == 0


def test_a_reason_does_not_quote_what_was_deleted(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    message = citizen.says("The SHO of Kotwali demanded a bribe from me")
    hears(cast, message)
    case = Case.objects.get()
    assert "demanded" in case.withheld_reason
    hears(cast, citizen.revokes(message), at=NOW + MINUTE)
    case.refresh_from_db()
    assert case.withheld == "accusation" and "demanded" not in str(case.withheld_why)
    assert "“…”" in case.withheld_reason


def test_a_post_that_was_deleted_is_not_read_in_the_one_that_held_it_up(cast: SimpleNamespace) -> None:
    posts.add_x(cast)
    first = posts.post("@KPPolice my phone was snatched near Kotwali")
    posts.hears(cast, first)
    posts.hears(cast, posts.about("quoted", first, "@KPPolice look here", by=posts.ASAD))
    case = Case.objects.order_by("-id")[0]
    assert "snatched" in case.subject
    posts.removed(cast, first, at=NOW + MINUTE)
    case.refresh_from_db()
    quoting = Message.objects.get(case=case, direction="in")
    assert case.subject == "look here" and quoting.about_text == ""
    assert MessageVersion.objects.get().text == first["text"]

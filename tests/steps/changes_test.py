"""What a citizen does to a message afterwards: the case shows it, and the earlier text is kept out of sight."""

from types import SimpleNamespace

from rabta.cases.models import Case, Message, MessageVersion
from tests.cast import MINUTE, NOW, Citizen, hears
from tests.steps.stage import happened

WORDS = "My motorcycle was stolen near Kotwali"


def said(cast: SimpleNamespace) -> tuple[Citizen, dict[str, object]]:
    citizen = Citizen()
    message = citizen.says(WORDS)
    hears(cast, message)
    return citizen, message


def test_an_edit_is_a_new_version(cast: SimpleNamespace) -> None:
    citizen, message = said(cast)
    hears(cast, citizen.edits(message, "My bicycle was stolen near Kotwali"), at=NOW + MINUTE)
    now = Message.objects.get(direction="in")
    assert (now.text, now.edited_at) == ("My bicycle was stolen near Kotwali", NOW + MINUTE)
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

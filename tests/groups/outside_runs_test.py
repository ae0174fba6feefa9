"""Somebody outside the police runs a group (K22): chosen on the page, told so, heard by the whole group as himself."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from rabta.cases.models import Case, Message
from rabta.channels import accounts
from rabta.channels.contract import Arrived
from rabta.channels.items import Sender
from rabta.force import directory
from rabta.groups.models import Application, Broadcast, Group, Item, Member, Recipient
from rabta.intake.contents import Incoming
from rabta.journey.groups.members import offices, running
from rabta.journey.groups.talk import hearing, moderating
from rabta.outbox.models import Delivery
from rabta.publishing.models import Question
from tests.cast import DAY, NOW, Citizen, acting, as_role, hears
from tests.groups import stage
from tests.groups.hearing_test import told
from tests.groups.joining_stage import door_of

pytestmark = pytest.mark.django_db
LOGIN = {
    "username": "u", "password": "p", "imap_host": "127.0.0.1", "imap_port": "1", "imap_security": "none",
    "smtp_host": "127.0.0.1", "smtp_port": "9", "smtp_security": "none",
}  # fmt: skip
WORDS = "The road to the stadium is closed on Sunday for the cricket match."


@pytest.fixture
def media(cast: SimpleNamespace) -> SimpleNamespace:
    """A media group of Peshawar with two journalists, run by the first of them."""
    cast.media = stage.opened(cast.peshawar, Group.Kind.MEDIA, cast.sp)
    cast.phone = Citizen()
    cast.runs = stage.member(
        cast.media, number=f"+{cast.phone.phone}", kind="journalist", name="Jamil Akhtar", language="en"
    )
    cast.other = stage.member(cast.media, kind="journalist")
    with acting(cast.sp) as by:
        offices.appoint(group=cast.media, post=None, outside=cast.runs, by=by, now=NOW)
    cast.media.refresh_from_db()
    return cast


def says(cast: Any, text: str) -> None:
    hears(cast, cast.phone.says(text))


def test_the_page_lists_the_journalists_of_a_media_group_and_says_what_he_can_do(
    media: SimpleNamespace, client: Client
) -> None:
    client.force_login(media.sp)
    page = client.get(f"/groups/{media.media.public_id}/seats/").content.decode()
    assert "Jamil Akhtar" in page and page.count("outside the police)") == 2
    assert "writes ALL and then his words" in page
    assert page.count("Jamil Akhtar") == 1, "he is no office"
    station = stage.opened(media.kotwali, Group.Kind.VOLUNTEERS, media.sho)
    stage.member(station, kind="clg")
    assert "outside the police)" not in client.get(f"/groups/{station.public_id}/seats/").content.decode()


def test_he_is_told_that_he_runs_it(media: SimpleNamespace) -> None:
    with as_role("rabta_worker"):
        running.tell(media.media.pk, now=NOW)
    (letter,) = told(media.runs)
    assert "You now run" in letter and "ALL" in letter
    with acting(media.sp) as by:
        offices.appoint(group=media.media, post=media.media.unit.posts.first(), outside=None, by=by, now=NOW)
    with as_role("rabta_worker"):
        running.tell(media.media.pk, now=NOW)
    assert len(told(media.runs)) == 1, "nobody from outside runs it any more"


@pytest.mark.parametrize("word", ["ALL", "all:", "سب", "सब"])
def test_what_he_writes_to_all_goes_to_all_as_his_and_can_be_taken_back(
    media: SimpleNamespace, word: str
) -> None:
    says(media, f"{word} {WORDS}")
    item = Item.objects.get()
    assert (item.state, item.text, item.member) == ("let_through", WORDS, media.runs)
    assert item.broadcast is not None and item.broadcast.due_at > NOW
    said = item.broadcast.wordings.get(language="en")
    assert said.text == f"Who runs this group, not the police, writes: {WORDS}"
    assert "in a moment" in told(media.runs)[-1] and not Case.objects.exists()
    with acting(media.sp) as by:
        moderating.undo(item=item, by=by, now=NOW)
    item.refresh_from_db()
    assert item.state == "waiting" and Broadcast.objects.get().state == "stopped"


def test_without_the_word_or_from_anybody_else_it_is_a_members_word(media: SimpleNamespace) -> None:
    says(media, WORDS)
    assert Item.objects.get().state == "waiting"
    says(media, "What happened in Saddar?")
    assert Question.objects.count() == 1
    other = Citizen()
    stage.member(media.media, number=f"+{other.phone}", kind="journalist")
    hears(media, other.says(f"ALL {WORDS}"))
    assert set(Item.objects.values_list("state", flat=True)) == {"waiting"}
    assert not Broadcast.objects.filter(what="outside").exists()


def test_noise_is_held_and_what_is_for_the_police_is_theirs_alone(media: SimpleNamespace) -> None:
    says(media, "ALL Good morning everyone")
    says(media, "ALL The SHO of Kotwali takes bribes from the shopkeepers")
    assert not Item.objects.filter(state="let_through").exists()
    assert Case.objects.count() == 1 and not Broadcast.objects.filter(what="outside").exists()


def test_who_has_a_matter_of_his_own_still_speaks_to_all(media: SimpleNamespace) -> None:
    says(media, "The SHO of Kotwali takes bribes from the shopkeepers")
    case = Case.objects.get()
    says(media, f"ALL {WORDS}")
    assert Item.objects.get().state == "let_through" and "in a moment" in told(media.runs)[-1]
    says(
        media, "ALL The gate of the stadium opens at three on Sunday for the press"
    )  # too soon after: an officer decides
    assert Item.objects.get(text__contains="opens").state == "waiting"
    says(media, "The shopkeepers will speak")
    texts = list(Message.objects.filter(case=case).values_list("text", flat=True))
    assert Item.objects.count() == 2 and "The shopkeepers will speak" in texts
    assert not any("stadium" in text for text in texts)


@pytest.mark.parametrize(
    "text", ["Press briefing at the Lines at four", "The SHO took money and beat my brother"]
)
def test_what_he_says_to_all_and_the_desk_reads_he_is_told_of(media: SimpleNamespace, text: str) -> None:
    says(media, f"ALL {text}")  # a case of its own
    says(media, f"ALL {text}")  # more of a matter that goes on
    assert Case.objects.count() == 1 and Message.objects.filter(text=f"ALL {text}").count() == 2
    assert len([letter for letter in told(media.runs) if "did not go to" in letter]) == 2
    assert not Item.objects.exists() and not Broadcast.objects.filter(what="outside").exists()


def test_by_a_channel_where_senders_are_forged_nothing_goes_out(
    media: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Forgeable(dict[str, Any]):
        def __getitem__(self, kind: str) -> Any:
            return SimpleNamespace(forgeable=True)

    monkeypatch.setattr(running, "BY_KIND", Forgeable())
    for n in range(8):
        says(media, f"ALL {WORDS} {n}")
    (letter,) = told(media.runs)
    assert "anybody can write in your name" in letter, "and he is told so once a day"
    assert not Broadcast.objects.filter(what="outside").exists() and not Item.objects.exists()
    hears(media, media.phone.says(f"ALL {WORDS}"), at=NOW + DAY)
    assert len(told(media.runs)) == 2


def test_a_from_line_proves_nobody(media: SimpleNamespace) -> None:
    handle = "editor@daily.example"
    runs = stage.member(
        media.media, scheme="email", number=handle, channel="email", kind="journalist", language="en"
    )
    with acting(media.sp) as by:
        offices.appoint(group=media.media, post=None, outside=runs, by=by, now=NOW)
    writes(media, f"ALL {WORDS}", of=handle)
    assert "anybody can write in your name" in told(runs)[-1]
    assert not Broadcast.objects.filter(what="outside").exists()
    writes(
        media, f"JOIN {door_of(media, stage.groups(media).station).word} YES Jamil", of="jamil@home.example"
    )
    assert Application.objects.get().state == "unproved", "its address is sent six digits first"


def writes(cast: Any, text: str, *, of: str) -> None:
    """An e-mail with this address in its From line."""
    login = accounts.create_credential(channel="email", name="Mail", values=LOGIN)
    address = f"desk{login.pk}@police.example"
    account = accounts.create_account(credential=login, name=address, external_id=address, unit=cast.hq)
    sender = Sender(scheme="email", handle=of, address=of)
    item = Arrived(account=address, key="1", provider_id="<1@x>", kind="text", text=text, sender=sender)
    one = Incoming(account=account, item=item, journal_id=login.pk, position=1, received_at=NOW)
    with as_role("rabta_worker", system="a test"):
        force = directory.current(now=NOW)
        assert not hearing.take([one], directory=force, press=lambda **_facts: False, now=NOW)


def test_who_is_silenced_does_not_speak_to_all(media: SimpleNamespace) -> None:
    Member.objects.filter(pk=media.runs.pk).update(muted_until=NOW + DAY)
    says(media, f"ALL {WORDS}")
    assert not Broadcast.objects.filter(what="outside").exists()
    assert Item.objects.get().noise == "muted"


def test_what_follows_at_once_waits_for_an_officer(media: SimpleNamespace) -> None:
    for n in range(3):
        says(media, f"ALL {WORDS} {n}")
    states = list(Item.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["let_through", "waiting", "waiting"]
    assert Broadcast.objects.filter(what="outside").count() == 1
    hears(media, media.phone.says(f"ALL {WORDS}"), at=NOW + running.APART)
    assert Broadcast.objects.filter(what="outside").count() == 2


def test_words_that_do_not_fit_are_refused_in_words(media: SimpleNamespace) -> None:
    says(media, "ALL " + "The road to the stadium is closed on Sunday. " * 25)
    assert "too long" in told(media.runs)[-1]
    assert not Broadcast.objects.filter(what="outside").exists()


def test_who_left_the_group_runs_it_no_more(media: SimpleNamespace) -> None:
    media.runs.memberships.update(ended_at=NOW)
    second = stage.opened(media.mardan, Group.Kind.MEDIA, media.sp_mardan)
    second.memberships.create(member=media.runs, since=NOW)
    says(media, f"ALL {WORDS}")
    assert not Broadcast.objects.filter(what="outside").exists()


def test_a_number_of_a_member_whom_the_officer_does_not_see_is_refused_without_saying_so(
    media: SimpleNamespace,
) -> None:
    known = {"name": "Home Department", "language": "en", "agreed": True, "now": NOW}
    number = f"+{media.phone.phone}"
    with acting(media.sp) as by, pytest.raises(offices.Refused, match="member already"):
        offices.add(group=media.media, number=number, by=by, **known)  # type: ignore[arg-type]
    mardan = stage.opened(media.mardan, Group.Kind.DISTRICT, media.sp_mardan)
    with acting(media.sp_mardan) as by, pytest.raises(offices.Refused, match="entered here"):
        offices.add(group=mardan, number=number, by=by, **known)  # type: ignore[arg-type]
    assert Member.objects.count() == 2 and not Recipient.objects.exists() and not Delivery.objects.exists()

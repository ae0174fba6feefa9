"""A moderator lets through, refuses with a reason, gives to the desk, and takes it back; what is removed is sealed."""

from datetime import time, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from rabta.audit.models import Record
from rabta.cases.models import Case
from rabta.cases.refusal import Refused
from rabta.files.models import StoredFile
from rabta.groups import looks, talk
from rabta.groups.models import ClaimReport, Group, Item, Member, Said, Strike
from rabta.jobs import group_talk
from rabta.journey.groups.broadcasts import digesting
from rabta.journey.groups.bulletins import claiming
from rabta.journey.groups.talk import moderating
from rabta.outbox.models import Delivery
from rabta.rules import moderation
from tests.cast import NOW, Citizen, acting, as_role, hears
from tests.groups import stage
from tests.groups.stage import member, sent

pytestmark = pytest.mark.django_db
HINT = "ہماری گلی کے چوک میں اسٹریٹ لائٹ خراب ہے، رات کو اندھیرا رہتا ہے"
LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def groups(cast: SimpleNamespace) -> SimpleNamespace:
    return stage.groups(cast)


def wrote(cast: Any, group: Group, text: str = HINT, **facts: Any) -> tuple[Member, Item]:
    """A member, and what he wrote."""
    phone = Citizen()
    who = member(group, number=f"+{phone.phone}", **facts)
    hears(cast, phone.says(text))
    return who, Item.objects.get(member=who)


def letters(who: Member) -> list[str]:
    rows = Delivery.objects.filter(address=who.address_id).select_related("body").order_by("id")
    return [row.body.text if row.body else row.text for row in rows]


def test_what_is_let_through_reaches_the_others_without_a_name(cast: Any, groups: Any) -> None:
    _who, item = wrote(cast, groups.station, name="Bakht Zaman")
    other = member(groups.station)
    with acting(cast.sho) as scope:
        moderating.let_through(item=item, by=scope, now=NOW)
    item.refresh_from_db()
    assert item.state == "let_through" and item.broadcast and item.broadcast.due_at == NOW + moderating.GRACE
    item.broadcast.due_at = NOW
    item.broadcast.save()
    sent(item.broadcast)
    (words,) = letters(other)
    assert HINT in words and "Bakht" not in words


def test_it_can_be_taken_back_until_it_leaves(cast: Any, groups: Any) -> None:
    _who, item = wrote(cast, groups.station)
    with acting(cast.sho) as scope:
        moderating.let_through(item=item, by=scope, now=NOW)
        moderating.undo(item=item, by=scope, now=NOW + timedelta(seconds=5))
    item.refresh_from_db()
    assert (item.state, item.text, item.broadcast) == ("waiting", HINT, None)
    assert dict(Said.objects.filter(count__gt=0).values_list("what", "count")) == {"heard": 1}
    with acting(cast.sho) as scope:
        moderating.let_through(item=item, by=scope, now=NOW)
        with pytest.raises(Refused, match="left already"):
            moderating.undo(item=item, by=scope, now=LATER)


def test_what_is_refused_is_sealed_and_its_writer_told_why(cast: Any, groups: Any) -> None:
    who, item = wrote(cast, groups.station, language="en")
    with acting(cast.sho) as scope:
        moderating.refuse(item=item, reason="advertisement", by=scope, now=NOW)
    item.refresh_from_db()
    assert (
        (item.state, item.text) == ("refused", "") and item.sealed and HINT.encode() not in bytes(item.sealed)
    )
    assert moderating.opened(item) == HINT
    group_talk.tell_refused(item.pk, now=LATER)
    assert "Advertisement" in letters(who)[-1]
    assert Strike.objects.get(member=who).weight == 2
    with acting(cast.sho) as scope:
        moderating.undo(item=item, by=scope, now=LATER)
    item.refresh_from_db()
    assert (item.state, item.text, item.sealed) == ("waiting", HINT, None) and not Strike.objects.exists()


def test_a_reason_is_of_the_closed_list(cast: Any, groups: Any) -> None:
    _who, item = wrote(cast, groups.station)
    with acting(cast.sho) as scope, pytest.raises(Refused):
        moderating.refuse(item=item, reason="because", by=scope, now=NOW)


def test_what_goes_to_the_desk_is_a_citizens_message_and_gone_here(cast: Any, groups: Any) -> None:
    who, item = wrote(cast, groups.station)
    with acting(cast.sho) as scope:
        moderating.to_desk(item=item, by=scope, now=NOW)
        assert not talk.waiting(Group.objects.all(), now=LATER).exists()
    group_talk.to_desk(item.pk, now=LATER)
    group_talk.to_desk(item.pk, now=LATER)
    assert Case.objects.get().messages.get(direction="in").text == HINT
    assert not Item.objects.exists() and not Said.objects.filter(count__gt=0).exists()
    with acting(cast.sho):
        assert not Record.objects.filter(subject="case").exists()
    assert who.strikes == 0


def test_what_goes_to_the_desk_is_no_rumour_of_the_station(cast: Any, groups: Any) -> None:
    _who, item = wrote(cast, groups.station)
    browser = Client(headers={"Accept-Language": "en"})
    browser.force_login(cast.sho)
    offer = f"/groups/claims/items/{item.public_id}/"
    with as_role("rabta_web"):
        browser.post(offer)
    assert ClaimReport.objects.get().text == HINT
    with acting(cast.sho) as scope:
        moderating.to_desk(item=item, by=scope, now=NOW)
    with as_role("rabta_worker"):
        group_talk.to_desk(item.pk, now=LATER)
    assert Case.objects.exists() and not ClaimReport.objects.exists()


def test_nobody_makes_a_rumour_of_what_a_colleague_gave_to_the_desk(cast: Any, groups: Any) -> None:
    _who, item = wrote(cast, groups.station)
    with acting(cast.sho) as scope:
        moderating.to_desk(item=item, by=scope, now=NOW)
    browser = Client(headers={"Accept-Language": "en"})
    browser.force_login(cast.sho)
    page = browser.post(f"/groups/claims/items/{item.public_id}/", follow=True)
    assert "not here any more" in page.content.decode() and not ClaimReport.objects.exists()


def test_what_was_offered_as_a_rumour_follows_the_matter_that_it_is_part_of(cast: Any, groups: Any) -> None:
    phone = Citizen()
    who = member(groups.station, number=f"+{phone.phone}")
    hears(cast, phone.says(HINT))
    item = Item.objects.get(member=who)
    claiming.offered(member=who, text=item.text, group=groups.station, item=item.public_id, now=NOW)
    hears(cast, phone.says("The SHO took a bribe of 5000 rupees from me"))
    assert not Item.objects.exists() and not ClaimReport.objects.exists()


def test_another_unit_decides_nothing(cast: Any, groups: Any) -> None:
    _who, item = wrote(cast, groups.station)
    with acting(cast.sho_rustam) as scope:
        assert not Item.objects.exists()
    with pytest.raises(Refused, match="None of your posts"):
        moderating.let_through(item=item, by=scope, now=NOW)


def test_two_moderators_do_not_decide_twice(cast: Any, groups: Any) -> None:
    _who, item = wrote(cast, groups.station)
    with acting(cast.sho) as scope:
        moderating.let_through(item=item, by=scope, now=NOW)
        with pytest.raises(Refused, match="Another moderator"):
            moderating.refuse(item=item, reason="not_here", by=scope, now=NOW)


def test_a_group_of_announcements_passes_nothing_on(cast: Any, groups: Any) -> None:
    _who, item = wrote(cast, groups.station)
    Group.objects.filter(pk=groups.station.pk).update(mode="announcements")
    with acting(cast.sho) as scope, pytest.raises(Refused, match="announcements"):
        moderating.let_through(item=item, by=scope, now=NOW)


def test_in_quiet_hours_it_waits_until_they_end(cast: Any, groups: Any) -> None:
    from django.utils import timezone

    _who, item = wrote(cast, groups.station)
    local = timezone.localtime(NOW)
    begins, ends = (local - timedelta(hours=1)).time(), (local + timedelta(hours=2)).time()
    Group.objects.filter(pk=groups.station.pk).update(
        quiet_from=time(begins.hour, begins.minute), quiet_to=time(ends.hour, ends.minute)
    )
    with acting(cast.sho) as scope:
        moderating.let_through(item=item, by=scope, now=NOW)
    item.refresh_from_db()
    assert item.broadcast and timedelta(minutes=118) < item.broadcast.due_at - NOW <= timedelta(minutes=120)


def test_what_is_let_through_is_said_to_be_a_members_word(cast: Any, groups: Any) -> None:
    _who, item = wrote(cast, groups.station)
    with acting(cast.sho) as scope:
        done = moderating.let_through(item=item, by=scope, now=NOW)
    assert done.broadcast is not None
    said = dict(done.broadcast.wordings.values_list("language", "text"))
    assert said["en"] == f"A member writes: {item.text}" and said["ur"].startswith("ایک رکن لکھتے ہیں")
    assert set(said) == {"", "en", "hi", "ur", "ps", "roman"}


def test_a_digest_goes_out_once_with_all_that_was_let_through(cast: Any, groups: Any) -> None:
    Group.objects.filter(pk=groups.station.pk).update(mode="digest")
    _one, first = wrote(cast, groups.station)
    _two, second = wrote(cast, groups.station, text="سکول کے سامنے صبح گاڑیاں غلط کھڑی ہوتی ہیں")
    with acting(cast.sho) as scope:
        for item in (first, second):
            moderating.let_through(item=item, by=scope, now=NOW)
    with as_role("rabta_worker", system="sending digests"):
        assert digesting.send(now=NOW.replace(hour=15)) == 1
        assert digesting.send(now=NOW.replace(hour=15) + timedelta(minutes=5)) == 0
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.broadcast == second.broadcast and first.broadcast
    assert HINT in first.broadcast.wordings.get(language="").text


def picture(cast: Any, who: Member, look: bytes | None, *, n: int) -> Item:
    """A picture of a member without words, as the job finds it, of this look."""
    stored = StoredFile.objects.create(
        kind="image", mime="image/jpeg", size=1, sha256=f"{n:064}", stored_at=NOW
    )
    return Item.objects.create(
        group=who.memberships.get().group, member=who, journal_id=n, position=0, received_at=NOW, file=stored,
        picture="coming",
    )  # fmt: skip


def test_a_picture_that_several_send_without_a_word_greets(
    cast: Any, groups: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = bytes(range(0, 240, 15))
    copies = [look, bytes([look[0] ^ 3]) + look[1:], bytes([look[0] ^ 5]) + look[1:]]
    states = []
    for n, copy in enumerate(copies, start=1):
        monkeypatch.setattr(looks, "look_of", lambda _file, copy=copy: copy)
        item = picture(cast, member(groups.station), copy, n=n)
        group_talk._judge(item, now=NOW)
        states.append(item.state)
    assert states == ["waiting", "waiting", "held"]
    monkeypatch.setattr(looks, "look_of", lambda _file: bytes(255 - byte for byte in look))
    other = picture(cast, member(groups.station), None, n=9)
    group_talk._judge(other, now=NOW)
    assert other.state == "waiting"


def test_alike_pictures_share_a_band() -> None:
    look = bytes(range(0, 240, 15))
    bits = int.from_bytes(look, "big")
    for n in (0, 5, 31, 64, 127):
        changed = bits
        for at in range(moderation.ALIKE):
            changed ^= 1 << (n + 17 * at) % 128
        other = changed.to_bytes(16, "big")
        assert moderation.alike(look, other)
        assert set(moderation.bands_of(look)) & set(moderation.bands_of(other))


def test_the_database_shows_waiting_messages_to_who_runs_the_group_alone(cast: Any, groups: Any) -> None:
    wrote(cast, groups.station)
    with acting(cast.sho), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM groups_item")
        assert cursor.fetchone() == (1,)
    with acting(cast.sho_gulbahar), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM groups_item")
        assert cursor.fetchone() == (0,)

"""What is said to groups reaches everybody in them once, over their own channels, nearest first, and can be stopped."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, transaction

from rabta.cases.refusal import Refused
from rabta.force import access
from rabta.force.models import Personnel, Role
from rabta.groups import fanning, forgetting, reach
from rabta.groups.models import Broadcast, Group, Member, Reach, Recipient, Wording
from rabta.journey.groups import registry
from rabta.journey.groups.broadcasts import saying
from rabta.journey.groups.registry import Wanted
from rabta.outbox.models import Delivery
from tests.cast import HOUR, NOW, TODAY, acting, also_holds, as_role, post_named
from tests.groups import stage
from tests.web.small_force import officer


@pytest.fixture
def said(cast: SimpleNamespace) -> Iterator[SimpleNamespace]:
    """The cast with its groups."""
    cast.groups = stage.groups(cast)
    with access.system("test"):
        yield cast


def say(cast: SimpleNamespace, *groups: Group, by: str = "igp", **facts: object) -> Broadcast:
    """Said by an officer, as the web process does it."""
    facts = {"words": {"": "The road is closed."}, "what": "announcement"} | facts
    with acting(getattr(cast, by)) as scope:
        return saying.say(groups=groups, by=scope, now=NOW, **facts)  # type: ignore[arg-type]


def letters(broadcast: Broadcast) -> list[Delivery]:
    ids = (
        Recipient.objects.filter(broadcast=broadcast)
        .order_by("position")
        .values_list("delivery_id", flat=True)
    )
    found = Delivery.objects.in_bulk([pk for pk in ids if pk])
    return [found[pk] for pk in ids if pk in found]


def test_who_finds_not_his_own_language_reads_the_next_that_he_can(said: SimpleNamespace) -> None:
    readers = {one: stage.member(said.groups.station, language=one) for one in ("ps", "roman", "hi", "en")}
    with acting(said.sho) as by:
        made = saying.say(
            groups=[said.groups.station],
            words={"": "To all.", "ur": "سب کو۔", "en": "In English."},
            what="announcement",
            by=by,
            now=NOW,
        )
    stage.sent(made)
    heard = {}
    for language, who in readers.items():
        letter = Delivery.objects.select_related("body").get(address=who.address_id)
        assert letter.body is not None
        heard[language] = letter.body.template["params"][1]
    assert heard == {"ps": "سب کو۔", "roman": "In English.", "hi": "To all.", "en": "In English."}


def test_a_member_hears_it_in_his_language_once_though_he_is_in_two_groups(said: SimpleNamespace) -> None:
    gul = stage.member(said.groups.station, language="ur")
    said.groups.circle.memberships.create(member=gul, since=NOW)
    words = {"en": "The road is closed.", "ur": "سڑک بند ہے۔"}
    broadcast = stage.sent(say(said, said.groups.circle, said.groups.station, words=words))
    (letter,) = [one for one in letters(broadcast) if one.address_id]
    assert letter.address_id == gul.address_id
    assert "سڑک بند ہے۔" in letter.body.text
    assert letter.body.template["language"] == "ur"
    assert letter.priority == Delivery.Priority.BULK
    assert letter.text == "" and letter.number == ""


def test_officers_belong_by_their_posts_and_hear_it_on_their_own_numbers(said: SimpleNamespace) -> None:
    broadcast = stage.sent(say(said, said.groups.circle))
    heard = set(Recipient.objects.filter(broadcast=broadcast).values_list("officer__username", flat=True))
    assert heard >= {said.co.username, said.sho.username, said.sp.username}
    assert said.sp_mardan.username not in heard
    numbers = {letter.number for letter in letters(broadcast)}
    assert said.sho.phone in numbers


def test_what_is_for_police_only_reaches_no_civilian(said: SimpleNamespace) -> None:
    stage.member(said.groups.circle)
    broadcast = stage.sent(say(said, said.groups.circle, officers_only=True))
    assert not Recipient.objects.filter(broadcast=broadcast, member__isnull=False).exists()
    assert all(letter.address_id is None for letter in letters(broadcast))


@pytest.mark.parametrize("facts", [{"state": "removed"}, {"state": "applied"}, {"stopped_at": NOW}])
def test_who_left_or_said_stop_hears_nothing(said: SimpleNamespace, facts: dict[str, object]) -> None:
    gone = stage.member(said.groups.station)
    Member.objects.filter(pk=gone.pk).update(**facts)
    broadcast = stage.sent(say(said, said.groups.station))
    assert not Recipient.objects.filter(broadcast=broadcast, member=gone).exists()


def test_personnel_without_a_login_hear_what_goes_to_all_police(said: SimpleNamespace) -> None:
    everybody = stage.opened(said.hq, Group.Kind.POLICE, said.igp)
    for n in range(3):
        Personnel.objects.create(
            name="Constable", number=f"B-{n}", unit=said.kotwali, phone=f"+92333000000{n}"
        )
    Personnel.objects.create(
        name="Gone", number="B-9", unit=said.kotwali, phone="+923330000009", is_active=False
    )
    broadcast = stage.sent(say(said, everybody))
    assert Recipient.objects.filter(broadcast=broadcast, person__isnull=False).count() == 3
    assert {"+923330000000", "+923330000002"} <= {letter.number for letter in letters(broadcast)}


def test_those_nearest_come_first(said: SimpleNamespace) -> None:
    far = stage.member(said.groups.station, lat=34.9, lng=72.9)
    near = stage.member(said.groups.station, lat=34.05, lng=71.55)
    broadcast = stage.sent(say(said, said.groups.station, near=(34.05, 71.55)))
    places = dict(
        Recipient.objects.filter(broadcast=broadcast, member__isnull=False).values_list("member", "position")
    )
    assert places[near.pk] < places[far.pk]


def test_pieces_go_on_where_the_last_one_ended(
    said: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fanning, "PIECE", 2)
    for _ in range(7):
        stage.member(said.groups.station)
    broadcast = say(said, said.groups.station)
    fanning.go_on(broadcast.pk, now=NOW)
    fanning.go_on(broadcast.pk, now=NOW)
    first = len(letters(broadcast))
    assert 0 < first <= 2
    done = stage.sent(broadcast)
    assert done.state == Broadcast.State.QUEUED
    assert len(letters(done)) == done.recipients
    assert Delivery.objects.count() == done.recipients
    assert not fanning.go_on(done.pk, now=NOW)


def test_a_piece_that_died_is_done_again_and_nobody_gets_two(
    said: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fanning, "PIECE", 2)
    for _ in range(7):
        stage.member(said.groups.station)
    broadcast = say(said, said.groups.station)
    fanning.go_on(broadcast.pk, now=NOW)
    fanning.go_on(broadcast.pk, now=NOW)
    before = Delivery.objects.count()
    with monkeypatch.context() as dying:

        def die(*_args: object, **_facts: object) -> None:
            raise InterruptedError

        dying.setattr(Broadcast, "save", die)  # the letters of the piece are written, what says so is not
        with pytest.raises(InterruptedError):
            fanning.go_on(broadcast.pk, now=NOW)
    assert Delivery.objects.count() == before
    done = stage.sent(broadcast)
    assert len(letters(done)) == Delivery.objects.count() == done.recipients


def test_letters_leave_in_the_order_in_which_they_stand(said: SimpleNamespace) -> None:
    for _ in range(5):
        stage.member(said.groups.station)
    done = stage.sent(say(said, said.groups.station))
    numbers = [letter.pk for letter in letters(done)]
    assert len(numbers) == done.recipients > 5
    assert numbers == sorted(numbers)


def test_nothing_goes_before_its_time(said: SimpleNamespace) -> None:
    broadcast = say(said, said.groups.station, due_at=NOW + HOUR)
    assert not fanning.go_on(broadcast.pk, now=NOW)
    assert fanning.due(now=NOW) == []
    assert fanning.due(now=NOW + HOUR) == [broadcast.pk]


def test_who_says_stop_while_it_is_being_queued_hears_nothing(said: SimpleNamespace) -> None:
    stays, leaves = (stage.member(said.groups.station) for _n in range(2))
    broadcast = say(said, said.groups.station)
    with as_role("rabta_worker"):
        assert fanning.go_on(broadcast.pk, now=NOW), "everybody is written down"
    Member.objects.filter(pk=leaves.pk).update(state="left", stopped_at=NOW)
    stage.sent(broadcast)
    states = {one.address_id: (one.state, one.trouble) for one in letters(broadcast) if one.address_id}
    assert states == {stays.address_id: ("queued", ""), leaves.address_id: ("failed", "taken_back")}


def test_what_is_stopped_is_taken_back(said: SimpleNamespace) -> None:
    stage.member(said.groups.station)
    broadcast = stage.sent(say(said, said.groups.station))
    with acting(said.igp) as scope:
        assert saying.stop(broadcast=broadcast, by=scope, now=NOW) == broadcast.recipients
    assert not Delivery.objects.filter(state="queued").exists()
    with acting(said.igp) as scope, pytest.raises(Refused, match="stopped already"):
        saying.stop(broadcast=broadcast, by=scope, now=NOW)


def test_who_sees_no_case_takes_back_what_goes_to_his_groups_and_nobody_else_s(said: SimpleNamespace) -> None:
    pro = officer("pro", Role.PRO, said.peshawar)
    stage.member(said.groups.district)
    own, other = (stage.sent(say(said, group)) for group in (said.groups.district, said.groups.hq))
    leaving = len(letters(own))
    with acting(pro) as scope:
        assert saying.stop(broadcast=own, by=scope, now=NOW) == leaving > 0
        with pytest.raises(DatabaseError, match="no such broadcast"), transaction.atomic():
            fanning.take_back(other, now=NOW)
    assert Delivery.objects.filter(state="queued").count() == len(letters(other)) > 0


def test_how_far_it_came_is_counted_by_unit(said: SimpleNamespace) -> None:
    for _ in range(3):
        stage.member(said.groups.station)
    broadcast = stage.sent(say(said, said.groups.station))
    one, two, three = [letter for letter in letters(broadcast) if letter.address_id]
    Delivery.objects.filter(pk=one.pk).update(state="read")
    Delivery.objects.filter(pk=two.pk).update(state="delivered")
    Delivery.objects.filter(pk=three.pk).update(state="failed")
    assert list(reach.to_count(now=NOW)) == [broadcast]
    reach.count(broadcast, now=NOW)
    row = Reach.objects.get(broadcast=broadcast, unit=said.kotwali)
    assert (row.read, row.delivered, row.failed) == (1, 2, 1)
    assert list(reach.to_count(now=NOW)) == []


def test_the_estimate_counts_as_the_sending_does(said: SimpleNamespace) -> None:
    for _ in range(5):
        stage.member(said.groups.station)
    said.number.prices = {"currency": "PKR", "rows": [["utility", "", "0.50"]]}
    said.number.save()
    said.number_peshawar.prices = said.number.prices
    said.number_peshawar.save()
    told = saying.estimate(groups=[said.groups.station], words={"": "x"}, now=NOW)
    broadcast = stage.sent(say(said, said.groups.station))
    assert told.recipients == broadcast.recipients
    assert told.amounts["PKR"] * 2 == told.recipients - told.unreachable
    assert told.minutes == 1


def test_who_does_not_run_a_group_says_nothing_in_it(said: SimpleNamespace) -> None:
    with pytest.raises(Refused, match="runs this group"):
        say(said, said.groups.station, by="sp_mardan")
    with pytest.raises(Refused, match="runs this group"):
        say(said, said.groups.circle, by="sho")


@pytest.mark.parametrize(("words", "why"), [({"": "  "}, "Write"), ({"": "x" * 901}, "too long by 1")])
def test_words_that_can_t_be_sent_are_refused(said: SimpleNamespace, words: dict[str, str], why: str) -> None:
    with pytest.raises(Refused, match=why):
        say(said, said.groups.station, words=words)


def test_a_closed_group_hears_nothing(said: SimpleNamespace) -> None:
    scope = access.scope_of(said.sho, on=TODAY)
    registry.close(group=said.groups.station, by=scope, now=NOW)
    said.groups.station.refresh_from_db()
    with pytest.raises(Refused, match="closed"):
        say(said, said.groups.station)


def test_seats_are_chosen_anew(said: SimpleNamespace) -> None:
    scope = access.scope_of(said.co, on=TODAY)
    registry.seat(group=said.groups.circle, seats=[Wanted("sho", "below")], by=scope, now=NOW)
    broadcast = stage.sent(say(said, said.groups.circle))
    heard = set(Recipient.objects.filter(broadcast=broadcast).values_list("officer__username", flat=True))
    assert said.sho.username in heard and said.sp.username not in heard


def test_who_heard_it_is_forgotten_and_how_far_it_came_is_kept(said: SimpleNamespace) -> None:
    stage.member(said.groups.station)
    broadcast = stage.sent(say(said, said.groups.station))
    reach.count(broadcast, now=NOW)
    with as_role("rabta_worker", system="test"):
        assert forgetting.forget(now=NOW + 180 * 24 * HOUR) == 0
        assert forgetting.forget(now=NOW + 181 * 24 * HOUR) == broadcast.recipients
    assert not Recipient.objects.exists() and not Delivery.objects.exists()
    assert sum(row.recipients for row in Reach.objects.all()) == broadcast.recipients


def test_what_goes_to_several_units_is_said_by_the_lowest_over_all_of_them(said: SimpleNamespace) -> None:
    gulbahar = stage.opened(said.gulbahar, Group.Kind.VOLUNTEERS, said.sho_gulbahar)
    broadcast = say(said, gulbahar, said.groups.station, by="sp")
    assert broadcast.unit == said.city
    assert "City" in broadcast.wordings.get(language="").body.text
    assert say(said, gulbahar, by="sp").unit == said.gulbahar
    assert say(said, gulbahar, said.groups.district, by="sp").unit == said.peshawar


def test_lines_stay_lines_and_how_to_leave_is_said_in_each_language(said: SimpleNamespace) -> None:
    words = {"": "First line.\nSecond line.", "ur": "پہلی سطر۔\nدوسری سطر۔"}
    broadcast = say(said, said.groups.station, words=words)
    text = {one.language: one.body.text for one in broadcast.wordings.select_related("body")}
    assert text[""].split("\n")[1:] == ["First line.", "Second line.", "Write STOP to leave."]
    assert text["ur"].endswith("گروپ چھوڑنے کے لیے بند لکھیں۔")


def test_nobody_speaks_for_a_unit_that_none_of_his_posts_serves(said: SimpleNamespace) -> None:
    gulbahar = stage.opened(said.gulbahar, Group.Kind.VOLUNTEERS, said.sho_gulbahar)
    also_holds(said.sho, post_named(said.sho_gulbahar))
    assert say(said, gulbahar, by="sho").unit == said.gulbahar
    with pytest.raises(Refused, match="stands over all of these groups"):
        say(said, gulbahar, said.groups.station, by="sho")


def test_whoever_runs_a_group_reads_what_was_said_to_it_from_above_and_counts_his_own(
    said: SimpleNamespace,
) -> None:
    gulbahar = stage.opened(said.gulbahar, Group.Kind.VOLUNTEERS, said.sho_gulbahar)
    for group in (gulbahar, said.groups.station):
        stage.member(group)
    broadcast = stage.sent(say(said, gulbahar, said.groups.station, by="sp"))
    with as_role("rabta_worker", system="a test"):
        reach.count(broadcast, now=NOW)
    for who, own in (("sho", {said.kotwali.pk}), ("sho_gulbahar", {said.gulbahar.pk})):
        with acting(getattr(said, who)) as by:
            assert list(saying.said_to(by)) == [broadcast]
            assert Wording.objects.filter(broadcast=broadcast).exists()
            counted = set(Reach.objects.filter(broadcast=broadcast).values_list("unit", flat=True))
            heard = set(Recipient.objects.filter(broadcast=broadcast).values_list("unit", flat=True))
            assert counted == heard == own
            with pytest.raises(Refused, match="unit above yours"), transaction.atomic():
                saying.stop(broadcast=broadcast, by=by, now=NOW)
            assert Broadcast.objects.filter(pk=broadcast.pk).update(what="other") == 0
            with pytest.raises(DatabaseError), transaction.atomic():
                Wording.objects.create(broadcast=broadcast, language="ur", text="x", body_id=1)
    with acting(said.sho_rustam) as by:
        assert not saying.said_to(by).exists() and not Broadcast.objects.exists()
    with acting(said.sp) as by:
        assert Reach.objects.filter(broadcast=broadcast).count() >= 2

"""An instruction goes down the tree: received by name, added to, passed on; late hops go on by themselves."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import translation

from rabta.cases.refusal import Refused
from rabta.force import directory
from rabta.force.models import Posting
from rabta.groups import directions
from rabta.groups.models import Direction, Hop, Recipient
from rabta.journey.groups.directions import directing, relaying
from rabta.journey.groups.directions.directing import New
from rabta.outbox.models import Delivery
from rabta.web.directions import queries
from tests.cast import DAY, HOUR, MINUTE, NOW, acting, also_holds, post_named
from tests.groups import stage
from tests.groups.relay_stage import (
    broadcasts,
    given,
    heard,
    hop,
    letters_to,
    passes,
    receives,
    scope,
    ticks,
    worker,
)

pytestmark = pytest.mark.django_db
LIMIT = 4 * HOUR


@pytest.fixture
def told(cast: SimpleNamespace) -> SimpleNamespace:
    """The cast with its groups, and a member in the station's."""
    cast.groups = stage.groups(cast)
    cast.gul = stage.member(cast.groups.station, language="ur")
    return cast


def texts(direction: Direction) -> list[str]:
    return [wording.text for one in broadcasts(direction) for wording in one.wordings.filter(language="")]


def test_giving_it_tells_the_first_level_and_nobody_below(told: SimpleNamespace) -> None:
    direction = given(told)
    district, circle = (hop(direction, group) for group in (told.groups.district, told.groups.circle))
    assert (district.state, district.post, district.due_at) == ("told", post_named(told.sp), NOW + LIMIT)
    assert (circle.state, circle.post, circle.parent) == ("ahead", None, district)
    (letter,) = letters_to(told.sp)
    assert "Watch the bus stands" in letter.text and f"/groups/hops/{district.public_id}/" in letter.text
    assert [button["title"] for button in letter.buttons] == ["Received", "Pass on"]
    assert letters_to(told.co) == []


def test_spreading_twice_is_spreading_once(told: SimpleNamespace) -> None:
    direction = given(told)
    with worker():
        relaying.spread(direction.pk, now=NOW)
    assert Hop.objects.filter(direction=direction).count() == 3
    assert len(letters_to(told.sp)) == 1


def test_each_level_adds_words_under_its_name_and_the_instruction_stays(told: SimpleNamespace) -> None:
    direction = given(told, words={"": "Two men at each stand.", "ur": "ہر اڈے پر دو آدمی۔"})
    passes(hop(direction, told.groups.district), told.sp)
    passes(hop(direction, told.groups.circle), told.co, "Also the  railway\nstation")
    passes(hop(direction, told.groups.station), told.sho, "From six in the evening")
    assert hop(direction, told.groups.station).above == [[told.city.pk, "Also the railway station"]]
    last = broadcasts(direction)[-1]
    said = dict(last.wordings.values_list("language", "text"))
    assert said[""] == (
        "Instruction: Watch the bus stands\nTwo men at each stand."
        "\n\nCity adds: Also the railway station\n\nKotwali adds: From six in the evening"
    )
    assert "ہر اڈے پر دو آدمی۔" in said["ur"] and "City کی طرف سے: Also the railway station" in said["ur"]
    (recipient,) = [one for one in heard(direction) if one.member_id]
    assert recipient.member == told.gul
    direction.refresh_from_db()
    assert directions.is_unchanged(direction)
    direction.words[""] += "!"
    assert not directions.is_unchanged(direction)


def test_the_head_of_the_group_itself_receives_it_and_his_members_hear_it_from_him(
    told: SimpleNamespace,
) -> None:
    direction = given(
        told, by="co", group=told.groups.station, proof="photo", proof_words="x", proof_due_at=NOW + DAY
    )
    station = hop(direction, told.groups.station)
    assert (station.post, station.lowest, station.proof_state) == (post_named(told.sho), True, "none")
    assert len(letters_to(told.sho)) == 1 and heard(direction) == []
    passes(station, told.sho, "From six")
    assert told.gul.pk in {one.member_id for one in heard(direction)}


def test_nobody_is_passed_over_between_the_giver_and_the_levels_below(told: SimpleNamespace) -> None:
    direction = given(told, group=told.groups.district)
    district, circle = (hop(direction, group) for group in (told.groups.district, told.groups.circle))
    assert (district.state, circle.state, circle.parent) == ("told", "ahead", district)
    passes(district, told.sp)
    ticks(at=NOW + LIMIT)
    late = hop(direction, told.groups.circle)
    assert late.escalated_to == post_named(told.sp)


def test_of_what_he_gives_to_his_own_group_alone_no_receipt_and_no_proof_is_asked(
    told: SimpleNamespace,
) -> None:
    police = stage.opened(told.hq, "police", told.igp)
    direction = given(told, group=police)
    assert not Hop.objects.filter(direction=direction).exists() and heard(direction)
    with pytest.raises(Refused, match="nobody would be asked for proof"):
        given(told, group=police, proof="answer", proof_words="x", proof_due_at=NOW + DAY)
    assert given(told, by="sp", group=told.groups.station).hops.get().post == post_named(told.sho)


def test_the_holder_is_named_in_the_readers_language(told: SimpleNamespace) -> None:
    told.sp.name_ur = "محمد علی"
    told.sp.save()
    found = hop(given(told), told.groups.district)
    with translation.override("ur"):
        (line,) = queries.lines([found], now=NOW, directory=directory.current(now=NOW))
    assert line.holders == "محمد علی"


def test_who_stands_in_for_a_vacant_head_is_asked_though_he_gave_it(told: SimpleNamespace) -> None:
    Posting.objects.filter(officer=told.sho).delete()
    directory.forget()
    (found,) = given(told, by="co", group=told.groups.station).hops.all()
    assert (found.post, found.why) == (post_named(told.co), "vacant_parent")


def test_what_does_not_fit_into_a_letter_comes_in_the_next(told: SimpleNamespace) -> None:
    direction = given(told, words={"": "x" * 600})
    passes(hop(direction, told.groups.district), told.sp, "a" * 300)
    passes(hop(direction, told.groups.circle), told.co, "b" * 300)
    first, second = texts(direction)[-2:]
    assert "x" * 600 in first and "b" * 300 not in first
    assert "a" * 300 in first + second and "b" * 300 in second
    assert max(len(first), len(second)) <= 900


def test_the_database_changes_no_word_of_what_was_given(told: SimpleNamespace) -> None:
    direction = given(told)
    for column in ("title", "titles", "words", "police_only"):
        direction.title, direction.words, direction.police_only = "Other", {"": "Other"}, True
        direction.titles = {"ur": "Other"}
        with acting(told.igp), pytest.raises(DatabaseError), transaction.atomic():
            direction.save(update_fields=[column])


def test_of_one_for_police_only_not_one_civilian_hears(told: SimpleNamespace) -> None:
    direction = given(told, police_only=True)
    passes(hop(direction, told.groups.district), told.sp)
    passes(hop(direction, told.groups.circle), told.co, "Our own words")
    passes(hop(direction, told.groups.station), told.sho)
    everybody = heard(direction)
    assert len(broadcasts(direction)) == 4 and everybody
    assert all(one.member_id is None and (one.officer_id or one.person_id) for one in everybody)
    assert not Delivery.objects.exclude(address=None).exists()
    control = given(told, at_once=True)
    assert told.gul.pk in {one.member_id for one in heard(control)}


def test_at_once_everybody_hears_it_now_once_and_every_hop_is_asked(told: SimpleNamespace) -> None:
    direction = given(told, at_once=True)
    assert {one.state for one in Hop.objects.filter(direction=direction)} == {"told"}
    (said,) = broadcasts(direction)
    people = Recipient.objects.filter(broadcast=said)
    officers = [one.officer_id for one in people if one.officer_id]
    assert len(officers) == len(set(officers)) and told.sho.pk in officers
    assert told.gul.pk in {one.member_id for one in people}
    passes(hop(direction, told.groups.circle), told.co, "At the railway station too")
    added = broadcasts(direction)[-1]
    assert added.wordings.get(language="").text == "City adds: At the railway station too"
    assert list(added.groups.all()) == [told.groups.circle]


def test_only_a_holder_of_the_post_receives_it_and_by_name(told: SimpleNamespace) -> None:
    direction = given(told)
    district = hop(direction, told.groups.district)
    with pytest.raises(Refused, match="not addressed to a post that you hold"):
        receives(district, told.co)
    receives(district, told.sp)
    receives(district, told.sp, at=NOW + HOUR)
    district = hop(direction, told.groups.district)
    assert (district.received_by, district.received_at, district.state) == (told.sp, NOW, "received")


def test_whoever_comes_second_is_told_who_was_first(told: SimpleNamespace) -> None:
    also_holds(told.sp_mardan, post_named(told.sp))
    directory.forget()
    direction = given(told)
    district = hop(direction, told.groups.district)
    receives(district, told.sp)
    with pytest.raises(Refused, match=r"Sp received this at .* already"):
        receives(district, told.sp_mardan)
    passes(district, told.sp_mardan, "Mine")
    with pytest.raises(Refused, match=r"Sp-Mardan passed this on at .* already"):
        passes(district, told.sp, "No, mine")
    assert hop(direction, told.groups.district).addition == "Mine"


def test_a_late_hop_goes_on_by_itself_is_told_one_level_up_and_stays_late(told: SimpleNamespace) -> None:
    direction = given(told)
    passes(hop(direction, told.groups.district), told.sp)
    ticks(at=NOW + LIMIT / 2)
    first, again = letters_to(told.co)
    assert first.template["name"] == "direction_v1" and again.template["name"] == "direction_again_v1"
    assert again.text.startswith(("Reminder", "یاد دہانی"))
    ticks(at=NOW + LIMIT / 2 + MINUTE)
    assert len(letters_to(told.co)) == 2
    ticks(at=NOW + LIMIT)
    circle, station = (hop(direction, group) for group in (told.groups.circle, told.groups.station))
    assert (circle.alone_at, circle.escalated_to, circle.addition) == (NOW + LIMIT, post_named(told.sp), "")
    assert (station.state, station.told_at) == ("told", NOW + LIMIT)
    above = Delivery.objects.filter(number=told.sp.phone).latest("pk")
    assert "Post of co" in above.text and "has not confirmed" in above.text
    ticks(at=NOW + LIMIT + MINUTE)
    assert Delivery.objects.filter(number=told.sp.phone).latest("pk") == above
    assert len(broadcasts(direction)) == 3
    from rabta.rules.relaying import Light, light

    assert light(circle.facts, now=NOW + DAY) == Light.LATE
    with pytest.raises(Refused, match="went on by itself"):
        passes(circle, told.co, "Too late")
    receives(circle, told.co, at=NOW + DAY)
    assert light(hop(direction, told.groups.circle).facts, now=NOW + DAY) == Light.ALONE


def test_what_a_job_lost_is_taken_up_by_the_sweep(told: SimpleNamespace) -> None:
    direction = directing.give(
        New(title="x", words={"": "y"}, group=told.groups.hq), by=scope(told.igp), now=NOW
    )
    ticks(at=NOW + HOUR)
    district = hop(direction, told.groups.district)
    assert district.told_at == NOW + HOUR
    relaying.pass_on(hop=district, words="", by=scope(told.sp), now=NOW + HOUR)
    ticks(at=NOW + 2 * HOUR)
    assert hop(direction, told.groups.circle).told_at == NOW + 2 * HOUR


def test_a_vacant_post_falls_to_the_linked_one_then_to_the_unit_above(told: SimpleNamespace) -> None:
    gulbahar = stage.opened(told.gulbahar, "volunteers", told.sho_gulbahar, parent=told.groups.circle)
    Posting.objects.filter(officer=told.sho_gulbahar).delete()
    directory.forget()
    direction = given(told, at_once=True)
    found = hop(direction, gulbahar)
    assert (found.post, found.why) == (post_named(told.sho), "vacant_linked")
    with acting(told.sho) as by:
        assert queries.hop_or_404(found.public_id, by) == found
    receives(found, told.sho)
    Posting.objects.filter(officer=told.sho).delete()
    directory.forget()
    assert hop(given(told, at_once=True), gulbahar).post == post_named(told.co)


def test_nobody_reads_it_before_his_superior_passed_it_on(told: SimpleNamespace) -> None:
    direction = given(told)

    def seen_by(name: str) -> tuple[bool, int]:
        with acting(getattr(told, name)) as by:
            seen = queries.directions_of(by).filter(pk=direction.pk).exists()
            return seen, len(queries.hops_of(by).filter(direction=direction))

    assert seen_by("igp") == (True, 3)
    assert seen_by("sp") == (True, 3)
    assert seen_by("co") == (False, 0)
    assert seen_by("sho") == (False, 0)
    assert seen_by("sp_mardan") == (False, 0)
    passes(hop(direction, told.groups.district), told.sp)
    assert seen_by("co") == (True, 2)
    assert seen_by("sho") == (False, 0)


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 121}, "too long"),
        ({"titles": {"ur": "x" * 121}}, "too long"),
        ({"titles": {"": "For all"}}, "language that nobody here reads"),
        ({"titles": {"xx": "Klingon"}}, "language that nobody here reads"),
        ({"words": {"": " "}}, "at least one language"),
        ({"words": {"ur": "x" * 601}}, "too long"),
        ({"limit": MINUTE}, "between 5 minutes and 14 days"),
        ({"reminders": 9}, "At most 5"),
        ({"proof": "photo", "proof_due_at": NOW + DAY}, "what the proof must show"),
        ({"proof": "photo", "proof_words": "x", "proof_due_at": NOW}, "a time to come"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(
    told: SimpleNamespace, facts: dict[str, Any], why: str
) -> None:
    with pytest.raises(Refused, match=why):
        given(told, **facts)


def test_only_who_gives_instructions_there_gives_one(told: SimpleNamespace) -> None:
    for name in ("sho", "sp_mardan", "operator"):
        with pytest.raises(Refused, match="None of your posts"):
            given(told, by=name, group=told.groups.station)
    assert given(told, by="co", group=told.groups.circle).unit == told.city


def test_ended_it_asks_nothing_of_anybody(told: SimpleNamespace) -> None:
    direction = given(told)
    with pytest.raises(Refused, match="why it ends"):
        directing.end(direction=direction, why=" ", by=scope(told.igp), now=NOW)
    directing.end(direction=direction, why="The strike is over", by=scope(told.igp), now=NOW)
    with pytest.raises(Refused, match="The strike is over"):
        receives(hop(direction, told.groups.district), told.sp)
    with pytest.raises(Refused, match="ended already"):
        directing.end(direction=direction, why="Again", by=scope(told.igp), now=NOW)
    ticks(at=NOW + DAY)
    assert hop(direction, told.groups.district).escalated_at is None
    assert len(letters_to(told.sp)) == 1

"""The force as it stands today: whose ground a point is on, who answers for a unit, which desk is above whom."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from rabta.force import directory
from rabta.force.directory import Directory
from rabta.force.models import Officer, Posting
from tests.cast import GULBAHAR, ISLAMABAD, KOTWALI, NOW, TODAY, post_named


@pytest.fixture
def today(cast: SimpleNamespace) -> Directory:
    return Directory(on=TODAY)


def test_a_point_is_on_the_ground_of_its_station(cast: SimpleNamespace, today: Directory) -> None:
    def at(lat: float, lng: float) -> tuple[int, ...]:
        return today.stations_at(lat=lat, lng=lng)

    assert (at(*KOTWALI), at(*GULBAHAR), at(*ISLAMABAD)) == ((cast.kotwali.pk,), (cast.gulbahar.pk,), ())
    assert set(at(KOTWALI[0], 71.60)) <= {cast.kotwali.pk, cast.gulbahar.pk}  # on the border


@pytest.mark.parametrize("text", ["near Kotwali thana", "کوتوالی کے پاس", "कोतवाली के पास"])
def test_a_place_is_found_in_every_script(cast: SimpleNamespace, today: Directory, text: str) -> None:
    (place,) = today.places_in(text)
    assert place.stations == (cast.kotwali.pk,)


@pytest.mark.parametrize("text", ["कोत्वाली के पास", "कोतवालि के पास"])
def test_a_hindi_name_is_found_in_every_spelling_and_shown_as_the_table_has_it(
    cast: SimpleNamespace, today: Directory, text: str
) -> None:
    (place,) = today.places_in(text)
    assert (place.stations, place.name) == ((cast.kotwali.pk,), "कोतवाली")


def test_a_text_without_a_place_names_none(today: Directory) -> None:
    assert today.places_in("help me") == today.places_in("") == ()


def test_a_unit_is_answered_for_by_its_head_the_linked_post_or_the_unit_above(
    cast: SimpleNamespace,
) -> None:
    def who() -> tuple[object, str]:
        to = Directory(on=TODAY).addressee(cast.katlang.pk)
        return to and to.post, to.why.get("code", "") if to else ""

    assert who() == (post_named(cast.sho_rustam), "vacant_linked")
    rustam = post_named(cast.sho_rustam)
    Posting.objects.filter(officer=cast.sho_rustam).update(ends=TODAY - timedelta(days=1))
    assert who() == (cast.rural.posts.get(), "vacant_parent")
    Posting.objects.create(officer=cast.nobody, post=cast.vacant, starts=TODAY)
    assert who() == (cast.vacant, "")
    Posting.objects.all().delete()
    assert who() == (None, "")
    assert Directory(on=TODAY).next_above(rustam) is None


def test_an_order_that_does_not_arrive_goes_to_the_linked_post_then_above(
    cast: SimpleNamespace, today: Directory
) -> None:
    def above(who: Officer) -> object:
        to = today.next_above(post_named(who))
        return to and to.post

    assert above(cast.sho_gulbahar) == post_named(cast.sho)
    assert above(cast.sho) == post_named(cast.co)
    assert above(cast.co) == post_named(cast.sp)
    assert above(cast.sp) == post_named(cast.igp)
    assert above(cast.ctd_head) == post_named(cast.igp)
    assert above(cast.igp) is None


def test_a_reference_begins_with_the_letters_of_the_nearest_unit_that_has_some(cast: SimpleNamespace) -> None:
    cast.kotwali.reference_prefix, cast.city.reference_prefix = "", "CTY"
    cast.kotwali.save()
    cast.city.save()
    made = Directory(on=TODAY)
    assert made.reference_prefix(cast.kotwali.pk) == "CTY"
    assert made.reference_prefix(cast.gulbahar.pk) == "PRY"


def test_a_desk_serves_the_unit_that_it_belongs_to(cast: SimpleNamespace, today: Directory) -> None:
    served = {path[-1] for path in today.desk_paths()}
    assert served == {cast.hq.pk, cast.peshawar.pk, cast.mardan.pk}


def test_the_snapshot_is_kept_for_a_while_and_made_anew_when_told(
    cast: SimpleNamespace, django_assert_num_queries: object
) -> None:
    first = directory.current(now=NOW)
    with django_assert_num_queries(0):
        assert directory.current(now=NOW) is first
    directory.forget()
    assert directory.current(now=NOW) is not first
    assert directory.current(now=NOW + timedelta(days=1)).on == TODAY + timedelta(days=1)


def test_using_it_asks_the_database_nothing(
    cast: SimpleNamespace, today: Directory, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(0):
        today.places_in("Kotwali")
        today.stations_at(lat=34.05, lng=71.55)
        today.addressee(cast.katlang.pk)
        today.next_above(cast.vacant)
        today.reference_prefix(cast.kotwali.pk)
        today.desk_paths()

"""The title of an instruction in each reader's language: in letters, answers and pages; and in the hash."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from rabta.force import directory
from rabta.force.models import Officer
from rabta.groups import directions
from rabta.groups.models import Direction
from rabta.journey.groups.directions import telling
from rabta.outbox.models import Delivery
from tests.cast import DAY, HOUR, NOW, hears
from tests.groups import stage
from tests.groups.relay_stage import broadcasts, given, hop, letters_to, ticks
from tests.steps.answering_test import last_to, phone_of, presses

pytestmark = pytest.mark.django_db
ENGLISH, URDU, HINDI = "Watch the bus stands", "بس اڈوں کی نگرانی", "बस अड्डों की निगरानी"
TITLES = {"ur": URDU, "hi": HINDI}
LINES = {"": "Two men at each stand till Friday.", "ur": "ہر اڈے پر دو آدمی۔"}


@pytest.fixture
def told(cast: SimpleNamespace) -> SimpleNamespace:
    """The cast with its groups; the head of the district reads Urdu, the head of the circle English."""
    cast.groups = stage.groups(cast)
    for name, language in (("sp", "ur"), ("co", "en"), ("sho", "ur")):
        Officer.objects.filter(pk=getattr(cast, name).pk).update(language=language)
        getattr(cast, name).language = language
    directory.forget()
    return cast


def test_without_other_titles_the_hash_is_the_one_of_old() -> None:
    old = "e080cb06abd63c46017928b3574a9776f4a1c92dce70a20473833ca053465cfd"
    assert directions.hash_of(title=ENGLISH, titles={}, words=LINES) == old
    assert directions.hash_of(title=ENGLISH, titles=TITLES, words=LINES) != old


def test_the_hash_covers_every_title(told: SimpleNamespace) -> None:
    direction = given(told, titles=TITLES | {"ps": " "})
    direction.refresh_from_db()
    assert direction.titles == TITLES and directions.is_unchanged(direction)
    for other in ({}, {"ur": URDU}, TITLES | {"hi": URDU}):
        direction.titles = other
        assert not directions.is_unchanged(direction), other


@pytest.mark.parametrize(
    ("language", "title"),
    [("ur", URDU), ("ps", URDU), ("hi", HINDI), ("en", ENGLISH), ("roman", ENGLISH), ("", ENGLISH)],
)
def test_everybody_reads_the_title_that_he_can_read(language: str, title: str) -> None:
    assert Direction(title=ENGLISH, titles=TITLES).title_in(language) == title
    assert Direction(title=ENGLISH).title_in(language) == ENGLISH


def test_members_read_it_over_the_words_of_their_language(told: SimpleNamespace) -> None:
    direction = given(told, titles=TITLES, words=LINES, at_once=True)
    (said,) = broadcasts(direction)
    texts = dict(said.wordings.values_list("language", "text"))
    assert texts[""] == texts["en"] == f"Instruction: {ENGLISH}\n{LINES['']}"
    assert texts["ur"] == f"ہدایت: {URDU}\n{LINES['ur']}"
    assert texts["hi"] == f"निर्देश: {HINDI}\n{LINES['']}", "the title alone is in Hindi"


def test_officers_are_told_reminded_and_answered_in_theirs(told: SimpleNamespace) -> None:
    direction = given(told, titles=TITLES)
    (letter,) = letters_to(told.sp)
    assert URDU in letter.text and ENGLISH not in letter.text and URDU in letter.template["params"]
    ticks(at=NOW + 2 * HOUR)
    assert URDU in letters_to(told.sp)[-1].text
    found = hop(direction, told.groups.district)
    for act in (telling.Act.ACCEPT, telling.Act.ONWARD, telling.Act.ONWARD):  # the last is refused
        answer = presses(told, told.sp, telling.key(found, act))
        assert URDU in answer and ENGLISH not in answer


def test_of_several_each_is_named_in_the_officers_language(told: SimpleNamespace) -> None:
    given(told, titles=TITLES)
    given(told, title="Second")
    hears(told, phone_of(told.sp).says("1"), at=NOW + HOUR)
    answer = last_to(told.sp)
    assert URDU in answer and "Second" in answer and ENGLISH not in answer


def test_the_level_above_reads_in_its_own_language_what_is_late(told: SimpleNamespace) -> None:
    given(told, titles=TITLES, at_once=True)
    ticks(at=NOW + 5 * HOUR)
    (late,) = Delivery.objects.filter(number=told.sp.phone, template__name="direction_late_v1")
    assert URDU in late.text
    (late,) = Delivery.objects.filter(number=told.co.phone, template__name="direction_late_v1")
    assert ENGLISH in late.text


PAGES = (
    "/groups/directions/?show=all",
    "/groups/directions/{direction}/",
    "/groups/directions/{direction}/wall/",
    "/groups/hops/{hop}/",
)


def test_pages_are_headed_by_the_readers_title(told: SimpleNamespace) -> None:
    proof: dict[str, Any] = {"proof": "photo", "proof_words": "x", "proof_due_at": timezone.now() + DAY}
    direction = given(told, titles=TITLES, words=LINES, at=timezone.now(), at_once=True, **proof)
    found = hop(direction, told.groups.district)
    browser = Client()
    browser.force_login(told.sp)
    for language, title in (("ur", URDU), ("hi", HINDI), ("en", ENGLISH)):
        for page in PAGES:
            address = page.format(direction=direction.public_id, hop=found.public_id)
            body = browser.get(address, {"lang": language, "show": "all"}).content.decode()
            assert title in body, (language, page)
            heading = body.partition("<main")[2].partition("</h1>")[0]
            others = {URDU, HINDI, ENGLISH} - {title}
            assert not any(other in heading for other in others), (language, page)
    waiting = browser.get("/groups/directions/", {"lang": "ur"}).content.decode()
    assert URDU in waiting and ENGLISH not in waiting


def test_the_page_shows_all_titles_that_the_hash_covers_each_once(told: SimpleNamespace) -> None:
    direction = given(told, titles=TITLES, words=LINES)
    browser = Client()
    browser.force_login(told.igp)
    body = browser.get(f"/groups/directions/{direction.public_id}/?lang=ur").content.decode()
    main = body.partition("<main")[2]
    assert [main.count(one) for one in (URDU, ENGLISH, HINDI)] == [1, 1, 1]
    assert f'<p class="said" dir="auto" lang="hi"><strong>{HINDI}</strong></p>' in main


def test_the_active_language_decides_how_it_names_itself() -> None:
    direction = Direction(title=ENGLISH, titles=TITLES)
    with translation.override("ur"):
        assert str(direction) == URDU
    with translation.override(None):
        assert str(direction) == ENGLISH

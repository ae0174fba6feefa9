"""An instruction with proof, in real browsers: given, received on the phone, added to, proved, rejected, verified."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from rabta.force.access import system
from rabta.groups import fanning
from rabta.groups.models import Broadcast, Direction, Hop, Photo, Recipient
from rabta.jobs import photos
from rabta.journey.groups.directions import relaying
from tests.files import pictures
from tests.groups import stage
from tests.groups.relay_stage import heard, worker
from tests.journeys.review_test import window

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast(transactional_db: None) -> SimpleNamespace:
    """The cast with its groups; a volunteer in the station's."""
    from tests import cast

    with transaction.atomic():
        made = cast.make()
        made.groups = stage.groups(made)
        made.gul = stage.member(made.groups.station, valid_until=timezone.localdate().replace(year=2090))
    return made


def types(page: Page, label: str, words: str) -> None:
    page.get_by_label(label, exact=True).first.focus()
    page.keyboard.insert_text(words)


def gives(page: Page) -> None:
    """The chief writes it: police only, with a photo from every station."""
    page.goto("/groups/directions/new/?lang=en")
    page.get_by_label("To this group and all below").select_option(label="Hq group")
    types(page, "Title", "Watch the bus stands")
    types(page, "Instruction", "Two men at each stand till Friday.")
    page.get_by_label("Police only: not one civilian").check()
    page.get_by_label("Proof that it was done").select_option(label="A photo")
    page.get_by_label("Proof till").fill("2089-12-31T10:00")
    types(page, "What the proof must show", "The stand with two men")
    page.get_by_role("button", name="Give it").click()
    expect(page.get_by_text("Given. The first level is being told now.")).to_be_visible()


def receives_and_passes_on(page: Page, words: str = "") -> None:
    """On a phone: from the list, by two big buttons."""
    page.goto("/groups/directions/?lang=en")
    page.get_by_role("link", name="Watch the bus stands").click()
    page.get_by_role("button", name="I have received this").click()
    expect(page.get_by_text("Received, in your name.")).to_be_visible()
    if words:
        types(page, "Words of your own, if you like", words)
    page.get_by_role("button", name="Pass on").click()
    expect(page.get_by_text("Passed on. It goes to your members")).to_be_visible()


def sends_photo(page: Page, picture: Path) -> None:
    page.get_by_label("Photos", exact=True).set_input_files(picture)
    page.get_by_role("button", name="Send the proof").click()
    expect(page.get_by_text("Sent. Your superior looks at it.")).to_be_visible()
    with worker():
        for pk in list(_all_photos()):
            photos.prepare(pk, now=timezone.now())


def _all_photos() -> list[int]:
    with system("test"):
        return list(Photo.objects.values_list("pk", flat=True))


def carried(direction: Direction) -> None:
    """The worker brings on what was passed on."""
    with worker():
        for pk in _passed(direction):
            relaying.carry(pk, now=timezone.now())


def _passed(direction: Direction) -> list[int]:
    with system("test"):
        rows = Hop.objects.filter(direction=direction, passed_at__isnull=False, carried_at=None)
        return list(rows.values_list("pk", flat=True))


def test_from_the_chief_to_the_station_and_its_photo_back(
    browser: Browser, web: Any, cast: SimpleNamespace, tmp_path: Path
) -> None:
    picture = tmp_path / "stand.jpg"
    picture.write_bytes(pictures.photo())
    chief = window(browser, web, cast.igp, width=1366, language="en")
    gives(chief)
    direction = Direction.objects.get()
    with worker():
        relaying.spread(direction.pk, now=timezone.now())
    phones = {
        name: window(browser, web, getattr(cast, name), width=390, language="en")
        for name in ("sp", "co", "sho")
    }
    receives_and_passes_on(phones["sp"])
    carried(direction)
    receives_and_passes_on(phones["co"], "Also at the railway station.")
    carried(direction)
    receives_and_passes_on(phones["sho"])
    expect(phones["sho"].get_by_text("Also at the railway station.")).to_be_visible()
    carried(direction)
    sends_photo(phones["sho"], picture)

    wall = f"/groups/directions/{direction.public_id}/wall/"
    phones["co"].goto(wall)
    types(phones["co"], "Remark (needed when you reject)", "Only one man is seen.")
    phones["co"].get_by_role("button", name="Reject").click()
    expect(phones["co"].get_by_text("Decided. The unit sees it.")).to_be_visible()
    phones["sho"].reload()
    expect(phones["sho"].get_by_text("Only one man is seen.")).to_be_visible()
    sends_photo(phones["sho"], picture)
    phones["co"].goto(wall)
    phones["co"].get_by_role("button", name="Verify").click()
    expect(phones["co"].get_by_role("link", name="1 verified")).to_be_visible()

    chief.goto(f"{wall}?state=verified")
    image = chief.locator(".d-wall img")
    expect(image).to_have_count(1)
    chief.wait_for_function("document.querySelector('.d-wall img').naturalWidth > 0")
    chief.get_by_role("link", name="1 verified").click()
    expect(chief.locator("tbody tr")).to_have_count(1)
    for page in (chief, *phones.values()):
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        page.context.close()
    for broadcast in Broadcast.objects.all():
        while fanning.go_on(broadcast.pk, now=timezone.now()):
            pass
    hearers = heard(direction)
    assert {one.officer_id for one in hearers} >= {cast.sp.pk, cast.co.pk, cast.sho.pk}
    assert not Recipient.objects.filter(member=cast.gul).exists()

"""Pages of instructions and good work: foreign ones do not exist, figures open their lists, files leave as they may."""

import io
import zipfile
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from rabta.force.models import Officer
from rabta.groups.models import Direction, GoodWork, Photo, Proof
from rabta.jobs import photos
from rabta.journey.groups.directions import proving
from tests.cast import DAY, acting
from tests.files import pictures
from tests.groups import stage
from tests.groups.relay_stage import given, hop, worker

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(cast: SimpleNamespace) -> SimpleNamespace:
    """Given just now, at once, with a photo asked of the station."""
    now = timezone.now()
    cast.groups = stage.groups(cast)
    facts: dict[str, Any] = {"proof": "photo", "proof_words": "The stand", "proof_due_at": now + DAY}
    cast.direction = given(cast, at=now, at_once=True, **facts)
    cast.hop = hop(cast.direction, cast.groups.station)
    return cast


def client(who: Officer) -> Client:
    made = Client()
    made.force_login(who)
    return made


def proved(told: SimpleNamespace) -> Photo:
    """The station sent a photo on its page; the worker made the copy."""
    upload = SimpleUploadedFile("a.jpg", pictures.photo(), "image/jpeg")
    answer = client(told.sho).post(f"/groups/hops/{told.hop.public_id}/proof/", {"files": upload})
    assert answer.status_code == 302
    photo = Photo.objects.get()
    with worker():
        photos.prepare(photo.pk, now=timezone.now())
    return photo


def test_what_is_foreign_does_not_exist(told: SimpleNamespace) -> None:
    photo = proved(told)
    addresses = [
        f"/groups/directions/{told.direction.public_id}/",
        f"/groups/directions/{told.direction.public_id}/wall/",
        f"/groups/hops/{told.hop.public_id}/",
        f"/groups/photos/{photo.public_id}/",
    ]
    mine, foreign = client(told.co), client(told.sp_mardan)
    assert [mine.get(one).status_code for one in addresses] == [200] * 4
    assert [foreign.get(one).status_code for one in addresses] == [404] * 4
    assert foreign.post(f"/groups/hops/{told.hop.public_id}/receive/").status_code == 404
    proof = Proof.objects.get()
    assert (
        foreign.post(f"/groups/proofs/{proof.public_id}/decide/", {"decision": "verified"}).status_code == 404
    )


def test_every_figure_opens_a_list_that_is_as_long(told: SimpleNamespace) -> None:
    chief = client(told.igp)
    page = f"/groups/directions/{told.direction.public_id}/"
    whole = chief.get(page).context
    assert sum(figure.number for figure in whole["figures"]) == whole["total"] == 3
    assert sum(figure.number for figure in whole["proofs"]) == whole["asked"] == 1
    for name, figures in (("show", whole["figures"]), ("proof", whole["proofs"])):
        for figure in figures:
            rows = chief.get(page, {name: figure.code}).context["rows"]
            assert len(rows) == figure.number, figure


def test_the_wall_of_an_instruction_without_proof_says_so_and_is_not_linked(told: SimpleNamespace) -> None:
    chief, plain = client(told.igp), given(told, at_once=True)
    page = f"/groups/directions/{plain.public_id}/"
    assert "/wall/" not in chief.get(page).content.decode()
    wall = chief.get(f"{page}wall/").content.decode()
    assert "asks nobody for proof" in wall
    assert "units asked" not in wall and "till" not in wall
    asked = chief.get(f"/groups/directions/{told.direction.public_id}/wall/").content.decode()
    assert "asks nobody for proof" not in asked and "units asked" in asked


def test_the_pages_say_when_it_was_given_and_when_it_ended(told: SimpleNamespace) -> None:
    told.direction.ended_at, told.direction.ended_by, told.direction.ended_why = (
        told.direction.given_at,
        told.igp,
        "Over",
    )
    told.direction.save()
    chief, at = client(told.igp), f'datetime="{timezone.localtime(told.direction.given_at):%Y-%m-%dT%H:%M}'
    page = chief.get(f"/groups/directions/{told.direction.public_id}/").content.decode()
    assert page.count(at) == 2, "given, and ended"
    assert at in chief.get(f"/groups/hops/{told.hop.public_id}/").content.decode()


def test_the_photo_that_is_shown_holds_nothing_of_the_camera(told: SimpleNamespace) -> None:
    photo = proved(told)
    shown = b"".join(client(told.co).get(f"/groups/photos/{photo.public_id}/"))  # type: ignore[arg-type]
    assert shown.startswith(b"\xff\xd8") and b"CANARY" not in shown


def test_list_and_verified_pictures_leave_as_files(told: SimpleNamespace) -> None:
    proved(told)
    with acting(told.sp) as by:
        proving.judge(proof=Proof.objects.get(), decision="verified", remark="", by=by, now=timezone.now())
    head = client(told.sp)
    session = head.session
    session["account_authentication_methods"] = [{"method": "password", "at": timezone.now().timestamp()}]
    session["account_authentication_methods_user"] = str(told.sp.pk)
    session.save()
    page = f"/groups/directions/{told.direction.public_id}/export/"
    sheet = load_workbook(io.BytesIO(head.post(page, {"format": "xlsx"}).content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 4 and {row[0] for row in rows[1:]} == {"Peshawar", "City", "Kotwali"}
    answer = head.post(page, {"format": "zip"})
    assert answer.status_code == 200, answer.content.decode()[-900:]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        (name,) = archive.namelist()
        assert name.startswith("kotwali-") and b"CANARY" not in archive.read(name)


def written(told: SimpleNamespace, **more: str) -> dict[str, str]:
    """What the form of a campaign sends."""
    return {
        "group": told.groups.hq.public_id, "kind": "campaign", "title": "Helmets", "text": "Wear one.",
        "police_only": "all", "at_once": "hops", "minutes": "240", "reminders": "1", "proof": "none", "key": "k",
    } | more  # fmt: skip


def test_a_form_that_comes_twice_gives_one_instruction(told: SimpleNamespace) -> None:
    form, chief = written(told), client(told.igp)
    assert [chief.post("/groups/directions/new/", form).status_code for _ in range(2)] == [302, 302]
    assert Direction.objects.filter(title="Helmets").count() == 1
    wrong = chief.post("/groups/directions/new/", form | {"proof": "photo", "key": "other"})
    assert wrong.status_code == 400 and "what the proof must show" in wrong.content.decode()


def test_the_form_asks_for_a_title_beside_the_words_of_each_language(told: SimpleNamespace) -> None:
    chief, address = client(told.igp), "/groups/directions/new/"
    page = chief.get(address, {"lang": "en"}).content.decode()
    names = [f"{part}{code}" for code in ("ur", "hi", "ps", "roman") for part in ("title_", "")]
    places = [page.index(f'name="{name}"') for name in ("title", "text", *names)]
    assert places == sorted(places)
    assert all('dir="auto"' in field for field in page.split("<input") if 'name="title' in field)
    assert chief.post(address, written(told, title_ur="ہیلمٹ")).status_code == 302
    assert Direction.objects.get(title="Helmets").titles == {"ur": "ہیلمٹ"}
    wrong = chief.post(address, written(told, key="other", title="", title_ur="x" * 121))
    assert wrong.status_code == 400
    assert set(wrong.context["form"].errors) == {"title", "title_ur"}
    assert not Direction.objects.filter(title="").exists()


def test_good_work_is_handed_in_and_supported_by_page(told: SimpleNamespace) -> None:
    sho, form = client(told.sho), {"title": "Gang", "text": "Three.", "people": "Imran\n\nGul", "key": "k"}
    refused = sho.post("/groups/good-work/new/", form)
    assert refused.status_code == 409 and "Three." in refused.content.decode()
    assert sho.post("/groups/good-work/new/", form | {"promised": "yes"}).status_code == 302
    work = GoodWork.objects.get()
    assert work.people == ["Imran", "Gul"]
    address = f"/groups/good-work/{work.public_id}/"
    assert client(told.sho_rustam).get(address).status_code == 404
    assert client(told.co).post(f"{address}support/", {"remark": "Good"}).status_code == 302
    work.refresh_from_db()
    assert work.lies_at == told.peshawar
    assert client(told.co).post(f"{address}support/", {"remark": "Again"}).status_code == 409

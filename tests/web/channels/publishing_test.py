"""Posts of the force: what may stand in one, who lets it go, how it leaves, and who may fetch its picture."""

import io
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from rabta.channels.models import Account, Credential
from rabta.files import images, lending
from rabta.files.models import StoredFile
from rabta.jobs import media
from rabta.outbox.models import Delivery
from rabta.publishing.models import Publication
from tests.files import films_test
from tests.web import small_force

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/channels/posts/"


@pytest.fixture
def force(settings: Any, tmp_path: Path) -> SimpleNamespace:
    settings.FILES_DIR = tmp_path
    force = small_force.make()
    for kind, name in (("facebook", "Page"), ("x", "Bird"), ("instagram", "Pictures")):
        credential = Credential.objects.create(channel=kind, name=name, sealed_values=b"")
        made = Account.objects.create(
            credential=credential, channel=kind, name=name, external_id=name, unit=force.hq
        )
        setattr(force, kind, made)
    Account.objects.filter(pk=force.account.pk).update(address="+92 91 9210000")
    return force


def signed_in(officer: object) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(officer)  # type: ignore[arg-type]
    return client


def photo() -> SimpleUploadedFile:
    target = io.BytesIO()
    Image.new("RGB", (20, 20), "red").save(target, "JPEG")
    return SimpleUploadedFile("photo.jpg", target.getvalue(), "image/jpeg")


def words(**facts: Any) -> dict[str, Any]:
    return {
        "text": "From 22 November 2026 the road to Saddar is open again. Help: 0919210000",
        "confirmed": "on",
    } | facts


def test_one_writes_another_lets_go_and_it_leaves_once(force: SimpleNamespace) -> None:
    writer, head = signed_in(force.operator), signed_in(force.desk_head)
    accounts = [force.facebook.public_id, force.x.public_id]
    assert writer.post(PAGE, words(accounts=accounts)).status_code == 302
    first, second = Publication.objects.order_by("pk")
    assert not Delivery.objects.exists(), "nothing leaves before the second officer"
    decide = f"{PAGE}{first.public_id}/decide/"
    page = writer.post(decide, {"decision": "let_go"}, follow=True).content.decode()
    assert "You wrote this yourself" in page and not Delivery.objects.exists()
    for _twice in range(2):
        head.post(decide, {"decision": "let_go"})
    (delivery,) = Delivery.objects.all()
    assert (delivery.account, delivery.public, delivery.text) == (force.facebook, True, first.text)
    assert delivery.visible_to == force.hq.path and not delivery.number and delivery.handle is None
    head.post(f"{PAGE}{second.public_id}/decide/", {"decision": "refuse"})
    second.refresh_from_db()
    assert second.state == "waits", "without a reason nothing is refused"
    head.post(f"{PAGE}{second.public_id}/decide/", {"decision": "refuse", "remark": "Not yet"})
    Delivery.objects.update(state="sent", link="https://www.facebook.com/1_2")
    page = writer.get(PAGE).content.decode()
    assert "https://www.facebook.com/1_2" in page and "Not yet" in page and "published" in page


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"accounts": []}, "Choose at least one account"),
        ({"text": " "}, "Write something first"),
        ({"confirmed": ""}, "Confirm that nobody is harmed"),
        ({"text": "About PSH-7K3M-92QF"}, "a reference number"),
        ({"text": "Call Ali at 0300 1234567"}, "a telephone or other number"),
        ({"text": "x" * 281}, "too long for Bird by 1"),
        ({"accounts": "instagram"}, "publishes nothing without a picture"),
        ({"picture": True}, "Say in words what is on the picture"),
    ],
)
def test_what_may_not_stand_in_a_post_is_said(
    force: SimpleNamespace, facts: dict[str, Any], says: str
) -> None:
    given = words(accounts=[force.x.public_id]) | facts
    if given["accounts"] == "instagram":
        given["accounts"] = [force.instagram.public_id]
    if "picture" in given:
        given["picture"] = photo()
    answer = signed_in(force.operator).post(PAGE, given)
    page = answer.content.decode()
    assert answer.status_code == 400 and says in page
    assert ("Choose the file again" in page) == ("picture" in facts)
    assert not Publication.objects.exists() and not StoredFile.objects.exists()


def test_a_picture_goes_without_the_cameras_notes_and_is_lent_for_a_while(
    force: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, head = signed_in(force.operator), signed_in(force.desk_head)
    given = words(accounts=[force.instagram.public_id], picture=photo(), alt_text="A red car")
    assert writer.post(PAGE, given).status_code == 302
    made = Publication.objects.select_related("file").get()
    decide = f"{PAGE}{made.public_id}/decide/"
    page = head.post(decide, {"decision": "let_go"}, follow=True).content.decode()
    assert "still being prepared" in page and made.file is not None
    images.ensure_clean(made.file, datetime.now(UTC))
    head.post(decide, {"decision": "let_go"})
    delivery = Delivery.objects.get()
    assert (delivery.alt_text, delivery.file) == ("A red car", made.file)
    copy = made.file.cleaned
    assert copy is not None
    address = lending.address(copy.public_id)
    path = "/lent/" + address.rpartition("/")[2]
    answer = Client().get(path)
    assert answer.status_code == 200 and answer["Content-Type"] == "image/jpeg"
    assert b"".join(answer.streaming_content).startswith(b"\xff\xd8")  # type: ignore[attr-defined]
    assert Client().get(path[:-20] + "AAAA" + path[-16:]).status_code == 404
    monkeypatch.setattr(lending, "LENT_FOR", -1)
    assert Client().get(path).status_code == 404


def test_a_film_is_checked_when_it_is_handed_in_and_goes_without_notes(force: SimpleNamespace) -> None:
    writer, head = signed_in(force.operator), signed_in(force.desk_head)
    cut = SimpleUploadedFile("film.mp4", films_test.film()[:-60], "video/mp4")
    given = words(accounts=[force.x.public_id], picture=cut)
    answer = writer.post(PAGE, given)
    assert answer.status_code == 400 and "Save it as MP4" in answer.content.decode()
    assert not StoredFile.objects.exists()
    whole = SimpleUploadedFile("film.mp4", films_test.film(), "video/mp4")
    assert writer.post(PAGE, given | {"picture": whole}).status_code == 302
    made = Publication.objects.select_related("file").get()
    assert made.file is not None
    media.clean_picture(made.file.pk, now=datetime.now(UTC))
    head.post(f"{PAGE}{made.public_id}/decide/", {"decision": "let_go"})
    assert Delivery.objects.get().file == made.file
    shown = head.get(f"{PAGE}{made.public_id}/picture/")
    copy = b"".join(shown.streaming_content)  # type: ignore[attr-defined]
    assert shown["Content-Type"] == "video/mp4"
    assert films_test.PICTURE in copy and b"34.0123" not in copy
    assert "<video" in head.get(PAGE).content.decode()


def test_only_those_who_may_publish_for_the_account_see_the_page(force: SimpleNamespace) -> None:
    assert signed_in(force.sho_north).get(PAGE).status_code == 403
    assert signed_in(force.administrator).get(PAGE).status_code == 403
    assert "Write a post" in signed_in(force.desk_head).get("/channels/").content.decode()

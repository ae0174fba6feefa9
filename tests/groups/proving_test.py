"""Units send proof, superiors verify or reject it; good work goes up; answers by telephone; two at once."""

from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction

from rabta.cases.refusal import Refused
from rabta.files import uploads
from rabta.files.uploads import Taken
from rabta.groups.models import Broadcast, GoodWork, GoodWorkStep, Hop, Photo, Proof
from rabta.jobs import photos
from rabta.journey.groups.broadcasts import saying
from rabta.journey.groups.directions import praising, proving, relaying
from rabta.journey.groups.directions.praising import Told
from rabta.outbox.models import Delivery
from tests.cast import HOUR, NOW, acting, post_named
from tests.files import pictures
from tests.groups import stage
from tests.groups.relay_stage import asking_photos, given, hop, scope, worker

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(cast: SimpleNamespace) -> SimpleNamespace:
    """The cast with its groups, told at once of an instruction that asks the lowest for a photo."""
    cast.groups = stage.groups(cast)
    cast.direction = asking_photos(cast, at_once=True)
    cast.hop = hop(cast.direction, cast.groups.station)
    return cast


def taken(data: bytes | None = None) -> list[Taken]:
    picture = data or pictures.photo()
    return uploads.take([SimpleUploadedFile("stand.jpg", picture, "image/jpeg")], kinds=("image",))


def sends(asked: SimpleNamespace, text: str = "") -> Proof:
    with acting(asked.sho) as by, transaction.atomic():
        return proving.send(hop=asked.hop, text=text, files=taken(), by=by, now=NOW + HOUR)


def decides(proof: Proof, who: object, decision: str, remark: str = "") -> None:
    sent = list(proof.photos.values_list("pk", flat=True))
    with worker():
        for photo in sent:
            photos.prepare(photo, now=NOW)
    with acting(who) as by, transaction.atomic():  # type: ignore[arg-type]
        proving.judge(proof=proof, decision=decision, remark=remark, by=by, now=NOW + 2 * HOUR)


def state(asked: SimpleNamespace) -> str:
    return hop(asked.direction, asked.groups.station).proof_state


def test_only_the_lowest_are_asked_unless_every_level_is(asked: SimpleNamespace) -> None:
    def states(direction: object) -> list[str]:
        rows = Hop.objects.filter(direction=direction).order_by("path")  # type: ignore[misc]
        return list(rows.values_list("proof_state", flat=True))

    assert states(asked.direction) == ["", "", "none"]
    assert states(asking_photos(asked, proof_of_all=True)) == ["none"] * 3


def test_a_photo_is_rejected_sent_again_and_verified(asked: SimpleNamespace) -> None:
    first = sends(asked)
    received = hop(asked.direction, asked.groups.station)
    assert (received.received_by, received.proof_state) == (asked.sho, "waiting")
    with pytest.raises(Refused, match="already with your superior"):
        sends(asked)
    with pytest.raises(Refused, match="what is missing"):
        decides(first, asked.co, "rejected")
    decides(first, asked.co, "rejected", "Only one man is seen")
    assert state(asked) == "rejected"
    assert "not enough" in Delivery.objects.filter(number=asked.sho.phone).latest("pk").text
    second = sends(asked, "Now both")
    decides(second, asked.co, "verified")
    assert state(asked) == "verified"
    with pytest.raises(Refused, match="verified already"):
        sends(asked)
    assert [one.state for one in asked.hop.proofs.order_by("pk")] == ["rejected", "verified"]


def test_the_copy_holds_nothing_of_the_camera_and_the_notes_stand_beside_it(asked: SimpleNamespace) -> None:
    picture = pictures.photo()
    with acting(asked.sho) as by, transaction.atomic():
        proof = proving.send(hop=asked.hop, text="", files=taken(picture), by=by, now=NOW)
    photo = Photo.objects.get(proof=proof)
    with worker():
        photos.prepare(photo.pk, now=NOW)
        photos.prepare(photo.pk, now=NOW)
    photo = Photo.objects.select_related("file__cleaned").get(pk=photo.pk)
    assert photo.camera_at and photo.camera_lat is not None
    from rabta.files import store

    clean = b"".join(store.read(photo.file.cleaned))  # type: ignore[arg-type]
    assert b"CANARY-CAMERA" in picture and b"CANARY" not in clean
    assert b"".join(store.read(photo.file)) == picture


def test_without_a_photo_nothing_is_sent_where_one_is_asked(asked: SimpleNamespace) -> None:
    with pytest.raises(Refused, match="A photo is asked for"):
        proving.send(hop=asked.hop, text="Done", by=scope(asked.sho), now=NOW)
    with pytest.raises(Refused, match="not addressed to a post"):
        proving.send(hop=asked.hop, text="", files=taken(), by=scope(asked.co), now=NOW)
    circle = hop(asked.direction, asked.groups.circle)
    with pytest.raises(Refused, match="No proof is asked"):
        proving.send(hop=circle, text="", files=taken(), by=scope(asked.co), now=NOW)


def test_nobody_verifies_what_nobody_could_look_at(asked: SimpleNamespace) -> None:
    proof = sends(asked)
    with acting(asked.co) as by, transaction.atomic(), pytest.raises(Refused, match="still being prepared"):
        proving.judge(proof=proof, decision="verified", remark="", by=by, now=NOW + 2 * HOUR)
    proof.photos.update(trouble="It cannot be opened.")  # nobody will ever see it
    with acting(asked.co) as by, transaction.atomic():
        proving.judge(proof=proof, decision="verified", remark="", by=by, now=NOW + 2 * HOUR)
    assert state(asked) == "verified"


def test_superiors_decide_and_nobody_else(asked: SimpleNamespace) -> None:
    proof = sends(asked)
    for name in ("sho", "operator", "co_rural"):
        with pytest.raises(Refused, match="A superior of this unit decides"):
            proving.judge(
                proof=proof, decision="verified", remark="", by=scope(getattr(asked, name)), now=NOW
            )
    decides(proof, asked.sp, "verified")
    with pytest.raises(Refused, match="Sp decided meanwhile: verified"):
        decides(proof, asked.co, "rejected", "Too late")
    assert state(asked) == "verified"


def test_the_counts_add_up_with_those_to_whom_it_does_not_apply(asked: SimpleNamespace) -> None:
    from rabta.web.directions.queries import proof_figures

    gulbahar = stage.opened(asked.gulbahar, "volunteers", asked.sho_gulbahar, parent=asked.groups.circle)
    direction = asking_photos(asked, at_once=True)
    with pytest.raises(Refused, match="why it does not apply"):
        proving.excuse(hop=hop(direction, gulbahar), why=" ", by=scope(asked.co), now=NOW)
    proving.excuse(hop=hop(direction, gulbahar), why="No bus stand there", by=scope(asked.co), now=NOW)
    with pytest.raises(Refused, match="does not apply to you"):
        proving.send(
            hop=hop(direction, gulbahar), text="", files=taken(), by=scope(asked.sho_gulbahar), now=NOW
        )
    hops = Hop.objects.filter(direction=direction).exclude(proof_state="")
    found = {figure.code: figure.number for figure in proof_figures(hops)}
    assert found == {"none": 1, "waiting": 0, "rejected": 0, "verified": 0, "excused": 1}
    assert sum(found.values()) == hops.count() == 2


GOOD = Told(title="Gang arrested", text="Three men.", people=["Constable Imran"], promised=True)


def submits(cast: SimpleNamespace) -> GoodWork:
    with acting(cast.sho) as by, transaction.atomic():
        return praising.submit(told=GOOD, by=by, now=NOW)


def test_good_work_goes_up_level_by_level_and_circles_hear_of_it(asked: SimpleNamespace) -> None:
    asked.kotwali.name_ur = "کوتوالی"
    asked.kotwali.save()
    work = submits(asked)
    assert work.lies_at_id == asked.city.pk
    for who, at in ((asked.co, asked.peshawar), (asked.sp, asked.hq)):
        with acting(who) as by, transaction.atomic():
            praising.support(work=work, remark="Well done", by=by, now=NOW)
        work.refresh_from_db()
        assert work.lies_at_id == at.pk
    with pytest.raises(Refused, match="not your turn"):
        praising.support(work=work, remark="", by=scope(asked.co), now=NOW)
    with pytest.raises(Refused, match="approve it or return it"):
        praising.support(work=work, remark="", by=scope(asked.igp), now=NOW)
    with acting(asked.igp) as by, transaction.atomic():
        praising.approve(work=work, remark="", by=by, now=NOW)
    with worker():
        praising.tell_circles(work.pk, now=NOW)
        praising.tell_circles(work.pk, now=NOW)
    (said,) = Broadcast.objects.filter(what="good_work")
    assert said.wordings.get(language="ur").text.startswith("قابلِ تعریف کام، کوتوالی: ")
    assert list(said.groups.all()) == [asked.groups.circle] and said.unit == asked.hq
    with acting(asked.co) as by:
        assert saying.said_to(by).filter(pk=said.pk).exists(), "its members heard it, so he reads it"
    assert (
        said.wordings.get(language="").text
        == "Good work, Kotwali: Gang arrested\nThree men.\nDone by: Constable Imran"
    )
    assert [step.what for step in work.steps.order_by("pk")] == [
        "submitted",
        "supported",
        "supported",
        "approved",
    ]
    with pytest.raises(Refused, match="decided meanwhile: approved"):
        praising.give_back(work=work, remark="x", by=scope(asked.igp), now=NOW)


def test_returned_it_comes_again_to_whoever_returned_it(asked: SimpleNamespace) -> None:
    work = submits(asked)
    with pytest.raises(Refused, match="why it is returned"):
        praising.give_back(work=work, remark=" ", by=scope(asked.sp), now=NOW)
    praising.give_back(work=work, remark="Who found them?", by=scope(asked.sp), now=NOW)
    with pytest.raises(Refused, match="Only the officer who handed it in"):
        praising.amend(work=work, told=GOOD, files=(), by=scope(asked.co), now=NOW)
    praising.amend(work=work, told=GOOD, files=(), by=scope(asked.sho), now=NOW)
    work.refresh_from_db()
    assert (work.state, work.lies_at_id) == ("moving", asked.peshawar.pk)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"promised": False}, "Tick that no victim"),
        ({"title": ""}, "Write a title"),
        ({"text": "x" * 2001}, "too long"),
        ({"people": ["x"] * 31}, "At most 30 people"),
    ],
)
def test_without_the_promise_or_too_long_nothing_is_handed_in(
    asked: SimpleNamespace, change: dict[str, object], why: str
) -> None:
    from dataclasses import replace

    with pytest.raises(Refused, match=why):
        praising.submit(told=replace(GOOD, **change), by=scope(asked.sho), now=NOW)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="hold no post"):
        praising.submit(told=GOOD, by=scope(asked.nobody), now=NOW)


def test_good_work_is_seen_by_its_author_and_those_above_and_its_steps_stay(asked: SimpleNamespace) -> None:
    work = submits(asked)
    for name, sees in (
        ("sho", True),
        ("co", True),
        ("igp", True),
        ("sho_gulbahar", False),
        ("sp_mardan", False),
    ):
        with acting(getattr(asked, name)):
            assert GoodWork.objects.filter(pk=work.pk).exists() is sees, name
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE groups_goodworkstep SET remark = 'x'")
    assert GoodWorkStep.objects.filter(work=work).count() == 1


def test_a_long_text_is_cut_for_the_letter_and_its_end_marked(asked: SimpleNamespace) -> None:
    from dataclasses import replace

    work = praising.submit(told=replace(GOOD, text="x" * 2000), by=scope(asked.sho), now=NOW)
    text = praising._words(work)[""]
    assert len(text) <= 900 and "…\nDone by: Constable Imran" in text


def test_who_passes_on_meanwhile_is_named_to_the_second(asked: SimpleNamespace) -> None:
    direction = given(asked)
    found = hop(direction, asked.groups.district)
    relaying.pass_on(hop=found, words="", by=scope(asked.sp), now=NOW)
    with pytest.raises(Refused, match="passed this on at"):
        relaying.pass_on(hop=found, words="", by=scope(asked.sp), now=NOW)
    assert post_named(asked.sp) == hop(direction, asked.groups.district).post

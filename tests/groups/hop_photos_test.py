"""A photo from an officer's own telephone, in answer to an instruction, is his unit's proof."""

import hashlib
from types import SimpleNamespace
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from rabta.cases.models import Case, Evidence, Message
from rabta.channels.contract import Trouble, TroubleCode
from rabta.force.models import Officer
from rabta.groups.models import Hop, Photo, Proof
from rabta.jobs import photos as job
from rabta.journey.groups.directions import proving
from rabta.outbox.models import Delivery
from tests.cast import DAY, HOUR, HQ_NUMBER, MINUTE, NOW, PESHAWAR_NUMBER, hears
from tests.cast import _role as role
from tests.files import pictures
from tests.groups import stage
from tests.groups.relay_stage import asking_photos, given, hop, scope, worker
from tests.steps.answering_test import last_to, phone_of, presses
from tests.steps.photos_test import photo, provider, quotable  # noqa: F401
from tests.steps.stage import theft

pytestmark = pytest.mark.django_db
LATER = NOW + HOUR


@pytest.fixture
def asked(cast: SimpleNamespace, provider: SimpleNamespace) -> SimpleNamespace:  # noqa: F811
    """A station whose in-charge was asked for a photo."""
    cast.provider = provider
    cast.provider.content = pictures.photo()
    Officer.objects.filter(pk=cast.co.pk).update(language="en")
    cast.groups = stage.groups(cast)
    cast.direction = asking_photos(cast, at_once=True)
    return cast


def sends(cast: SimpleNamespace, caption: str = "", *, at: Any = LATER, **more: Any) -> str:
    to = HQ_NUMBER
    if "answers" in more:  # the account that sent the letter
        to = Delivery.objects.filter(number=cast.sho.phone).latest("id").account.external_id
    hears(cast, photo(cast.sho, cast.provider, caption, **more), at=at, to=to)
    return last_to(cast.sho)


def run(*, at: Any = LATER, last: bool = False, again: bool = False) -> None:
    """The worker does what is queued."""
    rows = ProcrastinateJob.objects.filter(task_name="rabta.jobs.tasks.fetch_proof").order_by("id")
    for args in rows.values_list("args", flat=True):
        with role("rabta_worker"):
            job.fetch(**args, now=at, last=last)
    if not again:
        rows.delete()


def mine(cast: SimpleNamespace) -> Hop:
    return hop(cast.direction, cast.groups.station)


def test_a_photo_in_answer_to_the_letter_is_proof_with_hash_and_what_the_camera_noted(
    asked: SimpleNamespace,
) -> None:
    assert "answer this message with a photo" in last_to(asked.sho)
    assert "goes to your superior as proof" in sends(asked, "Both men", answers=quotable(asked.sho))
    assert mine(asked).proof_state == "none", "nothing is there before the photo is"
    run(again=True)
    run()
    (proof,) = Proof.objects.filter(hop=mine(asked))
    assert (proof.officer, proof.text, mine(asked).proof_state) == (asked.sho, "Both men", "waiting")
    assert mine(asked).received_by == asked.sho
    (kept,) = proof.photos.select_related("file")
    assert kept.file.sha256 == hashlib.sha256(asked.provider.content).hexdigest()
    with worker():
        job.prepare(kept.pk, now=LATER)
    kept = Photo.objects.select_related("file__cleaned").get(pk=kept.pk)
    assert kept.camera_at and kept.camera_lat is not None and kept.file.cleaned is not None
    assert not Case.objects.exists()


def test_further_photos_of_a_moment_join_it_and_later_ones_are_refused(asked: SimpleNamespace) -> None:
    sends(asked, "The first")
    run()
    asked.provider.content = pictures.photo(size=(50, 40))
    assert "goes to your superior" in sends(asked, "The second", at=LATER + MINUTE)
    run(at=LATER + MINUTE)
    (proof,) = Proof.objects.filter(hop=mine(asked))
    assert proof.text == "The first\nThe second" and proof.photos.count() == 2
    answer = sends(asked, "Much later", at=LATER + HOUR, answers=quotable(asked.sho))
    assert "already with your superior" in answer
    assert Proof.objects.count() == 1


def test_a_rejected_one_is_sent_again_in_answer_to_the_letter_that_says_so(asked: SimpleNamespace) -> None:
    sends(asked)
    run()
    proof = Proof.objects.get()
    proving.judge(proof=proof, decision="rejected", remark="Too dark", by=scope(asked.co), now=LATER + MINUTE)
    assert "not enough" in last_to(asked.sho)
    sends(asked, answers=quotable(asked.sho), at=LATER + 2 * MINUTE)
    run(at=LATER + 2 * MINUTE)
    assert list(Proof.objects.order_by("pk").values_list("state", flat=True)) == ["rejected", "waiting"]


def test_where_an_order_may_be_meant_he_is_asked(asked: SimpleNamespace) -> None:
    theft(asked)
    assert sends(asked) == "What is this photo for?"
    buttons = Delivery.objects.filter(number=asked.sho.phone).latest("id").buttons
    reference = Case.objects.get().reference
    assert [one["title"] for one in buttons] == ["Watch the bus stands", reference, "None of these"]
    assert "as proof" in presses(asked, asked.sho, buttons[0]["key"], buttons[0]["title"])
    run()
    assert (mine(asked).proof_state, Evidence.objects.count()) == ("waiting", 0)


def test_of_two_that_ask_he_says_which_and_none_goes_to_the_desk(asked: SimpleNamespace) -> None:
    second = asking_photos(asked, title="A title that is longer than a button", at_once=True)
    sends(asked, "A fallen tree")
    buttons = Delivery.objects.filter(number=asked.sho.phone).latest("id").buttons
    assert [len(one["title"]) for one in buttons[:2]] == [20, 20]
    presses(asked, asked.sho, buttons[2]["key"], buttons[2]["title"])
    assert Message.objects.filter(text="A fallen tree", case__isnull=False).exists()
    presses(asked, asked.sho, buttons[1]["key"], buttons[1]["title"])
    run()
    assert hop(second, asked.groups.station).proof_state == "waiting"
    assert mine(asked).proof_state == "none"


def test_button_and_answer_hold_the_title_in_the_officers_language(asked: SimpleNamespace) -> None:
    Officer.objects.filter(pk=asked.sho.pk).update(language="ur")
    title = "بس اڈوں پر دو آدمی کھڑے رہیں"
    asking_photos(asked, title="Something else", titles={"ur": title}, at_once=True)
    sends(asked)
    buttons = Delivery.objects.filter(number=asked.sho.phone).latest("id").buttons
    assert [one["title"] for one in buttons[:2]] == ["Watch the bus stands", title[:20]]
    answer = presses(asked, asked.sho, buttons[1]["key"], buttons[1]["title"])
    assert title in answer and "Something else" not in answer


def test_somebody_elses_is_not_proved(asked: SimpleNamespace) -> None:
    letter = quotable(asked.sho)
    hears(asked, photo(asked.co, asked.provider, answers=letter), at=LATER, to=PESHAWAR_NUMBER)
    assert "not addressed to a post that you hold" in last_to(asked.co)
    run()
    assert not Proof.objects.exists()


def test_where_no_proof_is_asked_it_says_so(asked: SimpleNamespace) -> None:
    hears(asked, photo(asked.co, asked.provider, answers=quotable(asked.co)), at=LATER, to=PESHAWAR_NUMBER)
    assert "No proof is asked of this unit" in last_to(asked.co)


def test_a_film_is_no_proof(asked: SimpleNamespace) -> None:
    letter = quotable(asked.sho)
    message = photo(asked.sho, asked.provider, answers=letter)
    message["video"] = message.pop("image") | {"mime_type": "video/mp4"}
    message["type"] = "video"
    hears(asked, message, at=LATER, to=PESHAWAR_NUMBER)
    assert "only photos are taken" in last_to(asked.sho)


def test_one_that_cannot_be_fetched_is_told_of(asked: SimpleNamespace) -> None:
    sends(asked)
    asked.provider.trouble = Trouble(TroubleCode.UNREACHABLE, retry=True)
    with pytest.raises(Trouble):
        run()
    run(last=True)
    assert "The photo was not taken" in last_to(asked.sho) and "the instruction" in last_to(asked.sho)
    assert mine(asked).proof_state == "none"


def test_what_ended_meanwhile_takes_no_proof(asked: SimpleNamespace) -> None:
    sends(asked)
    asked.direction.ended_at, asked.direction.ended_why = LATER, "Done"
    asked.direction.save()
    run()
    assert "has ended" in last_to(asked.sho) and not Proof.objects.exists()


def test_an_answer_in_words_is_proof_where_one_is_asked(cast: SimpleNamespace) -> None:
    cast.groups = stage.groups(cast)
    direction = given(cast, proof="answer", proof_words="How many?", proof_due_at=NOW + DAY, at_once=True)
    assert "write 2 and then your answer" in last_to(cast.sho)
    hears(
        cast,
        phone_of(cast.sho).says("2 eleven men", answers=quotable(cast.sho)),
        at=LATER,
        to=PESHAWAR_NUMBER,
    )
    assert "your answer is with your superior" in last_to(cast.sho)
    proof = Proof.objects.get(hop=hop(direction, cast.groups.station))
    assert (proof.text, proof.officer) == ("eleven men", cast.sho)


@pytest.mark.parametrize("quoted", [True, False])
def test_an_accusation_under_a_photo_is_the_desks_and_on_no_wall(
    asked: SimpleNamespace, quoted: bool
) -> None:
    words = "DPO Farrukh Durrani takes bribes from every station"
    sends(asked, words, **({"answers": quotable(asked.sho)} if quoted else {}))
    kept = Message.objects.get(text=words)
    assert kept.case and kept.case.withheld == "accusation" and kept.attachments.exists()
    sends(asked, at=LATER + MINUTE)
    assert last_to(asked.sho) == "What is this photo for?"
    run()
    assert (Proof.objects.count(), Evidence.objects.count()) == (0, 0)

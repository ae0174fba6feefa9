"""What the desk sees and does of a messenger's own: files, quotations, edits, reactions, the window, its template."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from rabta.cases.models import Attachment, Case, MessageVersion
from rabta.channels import templates
from rabta.channels.contract import TemplateFacts
from rabta.outbox.models import Delivery, Heard
from tests.files.pictures import photo
from tests.web.desk import stage
from tests.web.desk.stage import Browser

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def force() -> SimpleNamespace:
    return stage.make()


@pytest.fixture
def case(force: SimpleNamespace) -> Case:
    made = stage.case(force, language="en")
    stage.named(made, name="Gul", number="+923001112233")
    stage.says(made, "My cow was stolen", provider_digest=b"d" * 16)
    stage.open_window(made, since=timedelta(hours=1))
    return made


@pytest.fixture
def desk(force: SimpleNamespace) -> Browser:
    return Browser(force.operator)


def say(desk: Browser, case: Case, **data: object):
    return desk.post(f"/desk/case/{case.public_id}/say/", data, headers=HTMX)


def shown(desk: Browser, case: Case) -> str:
    return desk.get(f"/desk/case/{case.public_id}/", headers=HTMX).body.decode()


def pdf(size: int = 1000) -> SimpleUploadedFile:
    return SimpleUploadedFile("copy of the FIR.pdf", b"%PDF-1.4" + bytes(size), "application/pdf")


def test_a_file_goes_with_the_reply_and_stays_in_the_conversation(desk: Browser, case: Case) -> None:
    assert say(desk, case, text="Your copy", file=pdf()).status_code == 200
    delivery = Delivery.objects.get()
    assert (delivery.file.name, delivery.text) == ("copy of the FIR.pdf", "Your copy")
    attachment = Attachment.objects.get(message__direction="out")
    assert (attachment.file, attachment.state) == (delivery.file, "stored")
    assert "copy of the FIR.pdf" in shown(desk, case)


def test_a_photo_alone_waits_for_its_copy(desk: Browser, case: Case) -> None:
    picture = SimpleUploadedFile("here.jpg", photo(), "image/jpeg")
    assert say(desk, case, text="", file=picture).status_code == 200
    assert Attachment.objects.get(message__direction="out").state == "waiting"


def test_what_the_channel_does_not_take_is_refused_in_words(desk: Browser, case: Case, settings) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024

    def refusal(**data: object) -> str:
        answer = say(desk, case, **data)
        assert answer.status_code == 400
        return answer.body.decode()

    large = SimpleUploadedFile(
        "a.png", photo(size=(9000, 400), format="PNG") + bytes(6 * 1024 * 1024), "image/png"
    )
    assert "5 MB" in refusal(text="x", file=large)
    voice = SimpleUploadedFile("a.ogg", b"OggS" + bytes(100), "audio/ogg")
    assert "without words" in refusal(text="x", file=voice)
    assert "flash-error" in refusal(text="x", file=SimpleUploadedFile("a.exe", b"MZ" + bytes(100)))
    case.messages.update(received_at=timezone.now() - timedelta(hours=30))
    stage.Window.objects.update(last_in_at=timezone.now() - timedelta(hours=30))
    assert "24 hours" in refusal(text="x", file=pdf())
    assert not Delivery.objects.exists()


def test_a_reply_quotes_what_it_answers(desk: Browser, case: Case) -> None:
    message = case.messages.get(text="My cow was stolen")
    heard = Heard.objects.create(
        account=case.account,
        provider_digest=b"d" * 16,
        address_digest=b"a" * 16,
        sealed_id=b"x",
        at=timezone.now(),
    )
    assert f'data-quote="{message.public_id}"' in shown(desk, case)
    assert say(desk, case, text="What colour?", quotes=message.public_id).status_code == 200
    answered = Delivery.objects.get(mark="")
    assert answered.answers_id == heard.pk
    assert case.messages.get(direction="out").in_reply_to == message


def test_opening_a_case_marks_it_as_read_once(desk: Browser, case: Case, settings) -> None:
    facts = {"account": case.account, "address_digest": b"a" * 16, "sealed_id": b"x", "at": timezone.now()}
    Heard.objects.create(provider_digest=b"d" * 16, **facts)
    settings.READ_MARKS = False
    shown(desk, case)
    assert not Delivery.objects.exists()
    settings.READ_MARKS = True
    shown(desk, case)
    shown(desk, case)
    assert Delivery.objects.get().mark == "read"


def test_edits_reactions_and_what_was_taken_back(desk: Browser, case: Case) -> None:
    edited = stage.says(case, "It was two cows", edited_at=timezone.now(), reaction="🙏")
    MessageVersion.objects.create(message=edited, text="It was one cow", until=timezone.now())
    gone = stage.says(case, "", revoked_at=timezone.now())
    MessageVersion.objects.create(message=gone, text="SECRET WORDS", until=timezone.now())
    page = shown(desk, case)
    assert "It was one cow" in page
    assert "🙏" in page
    assert "SECRET WORDS" not in page


def test_the_window_counts_down_and_shows_the_template_that_follows(desk: Browser, case: Case) -> None:
    page = shown(desk, case)
    assert "data-until=" in page
    assert "About your reference" in page  # hidden until it is over
    facts = [TemplateFacts(name="update_v1", language="en", state="paused")]
    templates.store(credential_id=case.account.credential_id, facts=facts, now=timezone.now())
    stage.Window.objects.update(last_in_at=timezone.now() - timedelta(hours=30))
    case.messages.update(received_at=timezone.now() - timedelta(hours=30))
    assert "The provider has no template neutral_v1" in shown(desk, case)
    body = {"type": "BODY", "text": "Police desk: news on {{1}}."}
    facts += [TemplateFacts(name="neutral_v1", language="en_GB", state="approved", components=(body,))]
    templates.store(credential_id=case.account.credential_id, facts=facts, now=timezone.now())
    assert "Police desk: news on" in shown(desk, case)


VISIT = {"type": "BODY", "text": "Reference {{1}}: please come to {{2}} with your papers."}


def later(case: Case, *facts: TemplateFacts) -> None:
    """A day after the citizen's last word; the provider has approved these."""
    templates.store(credential_id=case.account.credential_id, facts=facts, now=timezone.now())
    stage.Window.objects.update(last_in_at=timezone.now() - timedelta(hours=30))
    case.messages.update(received_at=timezone.now() - timedelta(hours=30))


def approved(name: str = "visit_v1", *parts: dict[str, object], **more: str) -> TemplateFacts:
    facts = {"language": "en", "state": "approved", "category": "UTILITY"} | more
    return TemplateFacts(name=name, components=parts or (VISIT,), **facts)


def fill(desk: Browser, case: Case, *values: str, name: str = "visit_v1", **more: str):
    data = {"name": name, "language": "en", "value": values} | more
    return desk.post(f"/desk/case/{case.public_id}/template/", data, headers=HTMX)


def test_once_the_window_is_over_an_approved_template_can_be_chosen_and_filled_in(
    desk: Browser, case: Case
) -> None:
    assert "visit_v1" not in shown(desk, case)
    picture = {"type": "HEADER", "format": "IMAGE"}
    others = (
        approved("picture_v1", picture, VISIT),
        approved("order_v1"),
        approved("sale_v1", category="MARKETING"),
    )
    later(case, approved(), *others)
    page = shown(desk, case)
    assert "Reference [1]: please come to [2]" in page and f'value="{case.reference}"' in page
    assert not any(name in page for name in ("picture_v1", "order_v1", "sale_v1"))
    assert fill(desk, case, case.reference, "Kotwali on Monday").status_code == 200
    letter = Delivery.objects.get()
    expected = {"name": "visit_v1", "language": "en", "params": [case.reference, "Kotwali on Monday"]}
    assert letter.template == expected
    message = case.messages.get(direction="out")
    assert message.text == f"Reference {case.reference}: please come to Kotwali on Monday with your papers."
    assert case.events.latest("id").data["template"] == "visit_v1"
    case.refresh_from_db()
    assert case.replied_at


def test_a_template_with_a_blank_left_or_that_may_not_be_chosen_is_refused(desk: Browser, case: Case) -> None:
    later(case, approved(), approved("order_v1"), approved("new_v1", state="pending"))
    for answer in (
        fill(desk, case, case.reference, " "),
        fill(desk, case, case.reference),
        fill(desk, case, "a", "b", name="order_v1"),
        fill(desk, case, "a", "b", name="new_v1"),
        fill(desk, case, "a", "b", language="hi"),
    ):
        assert answer.status_code == 400
    Case.objects.filter(pk=case.pk).update(urgency=1)
    assert "visit_v1" not in shown(desk, case)
    assert fill(desk, case, "a", "b").status_code == 400
    assert not Delivery.objects.exists()

"""Original files of sources: sealed, with a cleaned copy for handling; others are sealed when the desk says so."""

import hashlib
from pathlib import Path
from types import SimpleNamespace

import pyrage
import pytest
from django.template.loader import render_to_string

from rabta.cases.models import Attachment, Case, Event, Message
from rabta.cases.refusal import Refused
from rabta.cases.source_files import stays_at_desk
from rabta.files import store
from rabta.files.models import StoredFile
from rabta.jobs import keeping
from rabta.journey.protecting import sources
from rabta.people.models import Person, Sealed
from tests.cast import NOW, Citizen, acting, as_role, hears
from tests.people import holders

TIP = "Secret information, do not tell anyone my name: a drug dealer near Kotwali"
CAMERA = b"a picture with the camera's notes and the house of the source"


@pytest.fixture(autouse=True)
def _files(settings, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path


def sent(cast: SimpleNamespace, *, kind: str, mime: str, cleaned: bool) -> tuple[Case, StoredFile]:
    """A source sent a file."""
    hears(cast, Citizen().says(TIP))
    case = Case.objects.latest("id")
    file = store.save([CAMERA], kind, mime, "file", NOW)
    if cleaned:
        file.cleaned = store.save([b"clean"], kind, mime, "file", NOW)
        file.save()
    message = Message.objects.get(case=case, direction="in")
    Attachment.objects.create(message=message, kind=kind, file=file, state="stored", name="zarmina.file")
    return case, file


def read_by_custodian(held: dict[str, holders.Held]) -> bytes:
    """What the two browsers make of the sealed file."""
    sealed = Sealed.objects.get(what="media")
    inner = holders.reseal(sealed.box, approver=held["oversight"], custodian=held["ctd_head"])
    facts = holders.open_box(inner, custodian=held["ctd_head"])
    assert sealed.file and facts["file"] == sealed.file.public_id
    content = b"".join(store.read(sealed.file))
    assert CAMERA not in content
    opened = pyrage.decrypt(content, [pyrage.x25519.Identity.from_str(facts["key"])])
    assert hashlib.sha256(opened).hexdigest() == facts["sha256"]
    return opened


def test_the_original_of_a_picture_is_sealed_and_gone_and_the_copy_stays(
    cast: SimpleNamespace, django_capture_on_commit_callbacks
) -> None:
    held = holders.make(cast)
    _case, file = sent(cast, kind="image", mime="image/jpeg", cleaned=True)
    with django_capture_on_commit_callbacks(execute=True), as_role("rabta_worker"):
        keeping.seal_originals()
        keeping.seal_originals()
    with pytest.raises(store.Damaged):
        b"".join(store.read(file))
    assert file.cleaned and b"".join(store.read(file.cleaned)) == b"clean"
    assert read_by_custodian(held) == CAMERA


def test_without_keyholders_the_original_stays(cast: SimpleNamespace) -> None:
    _case, file = sent(cast, kind="image", mime="image/jpeg", cleaned=True)
    with as_role("rabta_worker"):
        keeping.seal_originals()
    assert b"".join(store.read(file)) == CAMERA


@pytest.mark.parametrize(
    ("page", "kept"),
    [
        ("desk/attachments.html", "Only the desk gets this file"),
        ("officer/attachment.html", "A document came. The desk is reading it"),
    ],
)
def test_the_name_of_a_source_s_file_is_on_no_page_and_officers_are_warned(
    cast: SimpleNamespace, page: str, kept: str
) -> None:
    def shown() -> str:
        attachment = Attachment.objects.get()
        facts = {"attachment": attachment, "message": attachment.message, "case": attachment.message.case}
        return render_to_string(page, facts)

    sent(cast, kind="document", mime="application/pdf", cleaned=False)
    Attachment.objects.update(name="CV of Ahmed Khan.pdf")
    assert "Ahmed" not in shown() and kept in shown()
    Attachment.objects.update(released=True)
    assert "Ahmed" not in shown() and "As it came" in shown() and kept not in shown()
    Person.objects.update(protected=False)
    assert "CV of Ahmed Khan.pdf" in shown() and "As it came" not in shown()


def test_of_a_source_s_recording_officers_read_what_the_desk_notes(cast: SimpleNamespace) -> None:
    case, _file = sent(cast, kind="audio", mime="audio/ogg", cleaned=False)
    file = Attachment.objects.get().public_id
    with acting(cast.operator) as by:
        with pytest.raises(Refused):
            sources.tell_of_file(case=case, file=file, text=" ", by=by, now=NOW)
        sources.tell_of_file(case=case, file=file, text="The house behind the mill", by=by, now=NOW)
    attachment = Attachment.objects.get()
    page = render_to_string("officer/attachment.html", {"attachment": attachment})
    assert "What the desk heard" in page and "behind the mill" in page and "/file/" not in page
    assert stays_at_desk(attachment)


def test_a_source_s_file_is_let_go_with_a_reason_by_the_desk_alone(cast: SimpleNamespace) -> None:
    case, _file = sent(cast, kind="video", mime="video/mp4", cleaned=False)
    file = Attachment.objects.get().public_id
    with acting(cast.sho) as by, pytest.raises(Refused):
        sources.release_file(case=case, file=file, remark="I want it", by=by, now=NOW)
    with acting(cast.operator) as by:
        sources.release_file(case=case, file=file, remark="Shows the street only", by=by, now=NOW)
        with pytest.raises(Refused):  # it does not wait any more
            sources.tell_of_file(case=case, file=file, text="A street", by=by, now=NOW)
    assert not stays_at_desk(Attachment.objects.get())
    assert Event.objects.get(what="file_released").data["remark"] == "Shows the street only"


def test_what_we_send_to_a_source_and_pictures_do_not_stay_at_the_desk(cast: SimpleNamespace) -> None:
    sent(cast, kind="audio", mime="audio/ogg", cleaned=False)
    Message.objects.update(direction="out")
    assert not stays_at_desk(Attachment.objects.get())
    Message.objects.update(direction="in")
    assert stays_at_desk(Attachment.objects.get())
    StoredFile.objects.update(kind="image")
    assert not stays_at_desk(Attachment.objects.get())


def test_a_voice_is_sealed_when_the_desk_says_so(
    cast: SimpleNamespace, django_capture_on_commit_callbacks
) -> None:
    held = holders.make(cast)
    case, file = sent(cast, kind="audio", mime="audio/ogg", cleaned=False)
    with as_role("rabta_worker"):
        keeping.seal_originals()
    assert b"".join(store.read(file)) == CAMERA  # nobody has noted yet what it says
    with django_capture_on_commit_callbacks(execute=True), acting(cast.operator) as scope:
        assert sources.seal_recordings(case=case, by=scope, now=NOW) == 1
        assert sources.seal_recordings(case=case, by=scope, now=NOW) == 0
    attachment = Attachment.objects.get()
    assert (attachment.state, attachment.reason) == ("refused", sources.SEALED_REASON)
    assert attachment.name == ""
    assert read_by_custodian(held) == CAMERA


def test_an_original_that_a_crash_left_behind_is_removed(cast: SimpleNamespace) -> None:
    holders.make(cast)
    _case, file = sent(cast, kind="image", mime="image/jpeg", cleaned=True)
    with as_role("rabta_worker"):
        keeping.seal_originals()  # what follows the commit did not run
        assert store.path_of(file.public_id).exists()
        keeping.end_openings()
    assert not store.path_of(file.public_id).exists()

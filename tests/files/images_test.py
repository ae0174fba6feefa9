"""Pictures are written anew without what the camera noted; hostile ones are refused and harm nobody."""

import contextlib
import io
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import ProgrammingError, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image

from rabta.files import images, store
from rabta.files.checks import FileType, UploadRefused, check_upload
from rabta.files.models import StoredFile
from tests.files import pictures

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)
ALL = ("image", "audio", "video", "document")


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, settings: object) -> None:
    settings.FILES_DIR = tmp_path / "files"  # type: ignore[attr-defined]


def upload(data: bytes, *, name: str = "photo.jpg", mime: str = "image/jpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type=mime)


def cleaned(data: bytes) -> tuple[Image.Image, bytes, images.Cleaned]:
    stored = store.save([data], "image", "image/jpeg", "photo.jpg", NOW)
    result = images.clean_with_facts(stored, NOW)
    stored.refresh_from_db()
    assert stored.cleaned_id == result.file.pk
    again = b"".join(store.read(result.file))
    return Image.open(io.BytesIO(again)), again, result


def test_the_copy_stands_upright_and_tells_nothing() -> None:
    image, data, _result = cleaned(pictures.photo(orientation=6))
    assert image.size == (480, 640)
    red, _green, blue = image.getpixel((240, 40))
    assert red > 200 > 60 > blue, "turned by 90 degrees: what was left is above"
    assert b"CANARY" not in data
    assert not image.getexif()


def test_a_broken_picture_leaves_its_place_to_the_next() -> None:
    broken = store.save([pictures.photo()[:300]], "image", "image/jpeg", "photo.jpg", NOW)
    for _ in range(images.AT_ONCE):
        with pytest.raises(UploadRefused):
            images.clean(broken, NOW)
    assert images._room.acquire(timeout=0)
    images._room.release()


def test_the_original_stays_and_its_notes_are_evidence() -> None:
    original = pictures.photo()
    _image, _data, result = cleaned(original)
    assert (result.lat, result.lng) == (pictures.LAT, pictures.LNG)
    assert result.taken_at == datetime(2026, 3, 14, 15, 9, 26)
    assert b"".join(store.read(result.file.original)) == original


@pytest.mark.parametrize("change", [{"sha256": "0" * 64}, {"cleaned": None}])
def test_a_page_may_store_a_file_and_change_nothing_of_it(as_role: Any, change: dict[str, Any]) -> None:
    with as_role("rabta_web"):
        stored = store.save([pictures.photo()], "image", "image/jpeg", "", NOW)
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            StoredFile.objects.filter(pk=stored.pk).update(**change)


def test_a_large_photo_becomes_small_enough_to_look_at() -> None:
    image, _data, _result = cleaned(pictures.photo(size=(6000, 3000), orientation=1))
    assert image.size == (2560, 1280)


def test_transparency_is_kept() -> None:
    target = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(target, "PNG")
    image, _data, result = cleaned(target.getvalue())
    assert (result.file.mime, image.mode) == ("image/webp", "RGBA")


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF", "MPO"])
def test_every_accepted_kind_of_picture_comes_out(format: str) -> None:
    target = io.BytesIO()
    first, second = Image.new("RGB", (60, 40), "red"), Image.new("RGB", (60, 40), "blue")
    first.save(target, format, save_all=format in ("GIF", "MPO"), append_images=[second])
    found = check_upload(upload(target.getvalue()), ["image"])
    assert found.kind == "image"
    image, _data, result = cleaned(target.getvalue())
    assert (image.size, result.file.mime, getattr(image, "n_frames", 1)) == ((60, 40), "image/jpeg", 1)
    assert image.getpixel((30, 20))[0] > 200


def test_what_hides_behind_a_picture_does_not_reach_the_copy() -> None:
    _image, data, _result = cleaned(pictures.photo() + pictures.HTML + pictures.PDF)
    assert b"CANARY" not in data
    assert b"%PDF" not in data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8\xff",
        pictures.SVG,
        pictures.HTML,
        pictures.PDF,
        pictures.photo()[:3000],
        pictures.bomb(),
    ],
    ids=["nothing", "three bytes", "svg", "html", "pdf", "cut off", "bomb"],
)
def test_what_is_no_whole_picture_is_refused(data: bytes) -> None:
    stored = store.save([data], "image", "image/jpeg", "photo.jpg", NOW)
    with pytest.raises(UploadRefused):
        images.clean(stored, NOW)
    stored.refresh_from_db()
    assert stored.cleaned is None


def test_a_picture_that_takes_too_much_memory_ends_only_its_own_process() -> None:
    """RGBA of 119 million points and its copy do not fit; the answer is a refusal within seconds."""
    started = time.monotonic()
    stored = store.save([pictures.honest_bomb()], "image", "image/png", "", NOW)
    with contextlib.suppress(UploadRefused):
        images.clean(stored, NOW)
    assert time.monotonic() - started < 60


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cut=st.integers(min_value=0, max_value=len(pictures.photo(size=(64, 48)))), noise=st.binary(max_size=40)
)
@example(cut=0, noise=b"")
def test_a_cut_and_scribbled_photo_is_refused_or_comes_out_harmless(cut: int, noise: bytes) -> None:
    data = pictures.photo(size=(64, 48))[:cut] + noise
    stored = store.save([data], "image", "image/jpeg", "", NOW)
    try:
        copy = b"".join(store.read(images.clean(stored, NOW)))
    except UploadRefused:
        return
    assert Image.open(io.BytesIO(copy)).size == (48, 64)
    assert b"CANARY" not in copy


@pytest.mark.parametrize(
    ("data", "claimed", "found"),
    [
        (pictures.photo(), "image/jpeg", FileType(kind="image", mime="image/jpeg")),
        (pictures.photo(format="PNG"), "image/jpeg", FileType(kind="image", mime="image/png")),
        (
            pictures.photo(format="WEBP"),
            "application/x-msdownload",
            FileType(kind="image", mime="image/webp"),
        ),
        (pictures.PDF, "application/pdf", FileType(kind="document", mime="application/pdf")),
        (b"OggS\0\2" + b"\0" * 60, "audio/ogg", FileType(kind="audio", mime="audio/ogg")),
        (
            b"\x1a\x45\xdf\xa3" + b"\0" * 60,
            "audio/webm;codecs=opus",
            FileType(kind="audio", mime="audio/webm"),
        ),
        (b"\x1a\x45\xdf\xa3" + b"\0" * 60, "video/webm", FileType(kind="video", mime="video/webm")),
        (b"\0\0\0\x18ftypmp42" + b"\0" * 60, "video/mp4", FileType(kind="video", mime="video/mp4")),
    ],
)
def test_the_bytes_say_what_a_file_is(data: bytes, claimed: str, found: FileType) -> None:
    assert check_upload(upload(data, mime=claimed), ALL) == found


@pytest.mark.parametrize(
    ("data", "kinds", "why"),
    [
        (b"", ALL, "empty"),
        (pictures.SVG, ALL, "not accepted"),
        (pictures.HTML, ALL, "not accepted"),
        (b"MZ\x90\0" + b"\0" * 60, ALL, "not accepted"),
        (pictures.PDF + pictures.photo(), ("image",), "not accepted"),
        (pictures.bomb(), ALL, "too many pixels"),
        (pictures.bomb(side=12_000), ALL, "too many pixels"),
        (pictures.photo() + b"\0" * 10 * 1024 * 1024, ALL, "The limit is 10 MB"),
        (b"OggS" + b"\0" * 17 * 1024 * 1024, ALL, "The limit is 16 MB"),
        (pictures.PDF + b"\0" * 21 * 1024 * 1024, ALL, "The limit is 20 MB"),
    ],
    ids=["empty", "svg", "html", "program", "pdf as picture", "bomb", "big", "image", "audio", "document"],
)
def test_other_uploads_are_refused_with_the_reason(data: bytes, kinds: tuple[str, ...], why: str) -> None:
    with pytest.raises(UploadRefused, match=why):
        check_upload(upload(data), kinds)

"""What members told their groups goes with them, pictures too."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rabta.files import store
from rabta.files.models import StoredFile
from rabta.groups.models import Item, Member, Strike
from rabta.retention import erasing
from tests.cast import DAY, NOW
from tests.groups import stage


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, settings: Any) -> None:
    settings.FILES_DIR = tmp_path / "files"


def picture() -> StoredFile:
    """A picture in the store."""
    blob = store.write([b"a picture"])
    return StoredFile.objects.create(
        public_id=blob.public_id, kind="image", mime="image/jpeg", size=blob.size, sha256=blob.sha256,
        name="IMG.jpg", stored_at=NOW,
    )  # fmt: skip


def there(file: StoredFile) -> bool:
    try:
        return b"".join(store.read_blob(file.public_id)) == b"a picture"
    except (store.Damaged, OSError):
        return False


def told(cast: SimpleNamespace, **facts: Any) -> Item:
    """A message with a picture that the moderator refused."""
    cast.groups = stage.groups(cast)
    gul = stage.member(cast.groups.station)
    Strike.objects.create(member=gul, group=cast.groups.station, noise="picture", at=NOW)
    defaults = {"state": Item.State.REFUSED, "text": "See this", "file": picture()} | facts
    return Item.objects.create(
        group=cast.groups.station,
        member=gul,
        journal_id=1,
        position=0,
        received_at=NOW,
        shown_at=NOW,
        **defaults,
    )


def test_a_picture_is_removed_with_its_message_after_its_time(
    cast: SimpleNamespace, django_capture_on_commit_callbacks: Any
) -> None:
    item = told(cast)
    with django_capture_on_commit_callbacks(execute=True):
        erasing.run(now=NOW + 729 * DAY)
    assert Item.objects.filter(pk=item.pk).exists() and there(item.file)
    with django_capture_on_commit_callbacks(execute=True):
        erasing.run(now=NOW + 731 * DAY)
    assert not Item.objects.filter(pk=item.pk).exists()
    assert not there(item.file)


def test_what_a_member_told_his_groups_goes_with_him(
    cast: SimpleNamespace, django_capture_on_commit_callbacks: Any
) -> None:
    item = told(cast)
    Member.objects.filter(pk=item.member_id).update(state=Member.State.LEFT, ended_at=NOW)
    item.member.memberships.update(ended_at=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        erasing.run(now=NOW + 366 * DAY)
    item.refresh_from_db()
    assert (item.text, item.file, item.member.shown) == ("", None, None)
    assert not Strike.objects.exists()
    assert not there(StoredFile.objects.get())

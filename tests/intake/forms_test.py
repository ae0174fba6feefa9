"""The web form goes the way of every message, and the receipt is the only key to what became of it."""

from types import SimpleNamespace

from rabta.channels.contract import Arrived
from rabta.files.models import StoredFile
from rabta.intake import forms
from rabta.intake.reading import Handlers, Incoming, read_batch
from tests.conftest import AsRole
from tests.intake.stage import NOW


def submitted(
    desk: SimpleNamespace, as_role: AsRole, *entries: forms.Entry, files: tuple[StoredFile, ...] = ()
):  # type: ignore[no-untyped-def]
    """The receipt codes, and the messages that the worker reads."""
    got: list[Incoming] = []
    with as_role("rabta_web"):
        codes = [forms.submit(account=desk.form, entry=entry, files=files, now=NOW) for entry in entries]
    with as_role("rabta_worker"):
        ignore = lambda items: None  # noqa: E731
        read_batch(10, NOW, Handlers(arrived=got.extend, receipts=ignore, changed=ignore))
    items = [incoming.item for incoming in got]
    assert all(isinstance(item, Arrived) for item in items)
    return codes, items


def test_submission_arrives_with_all_that_was_said(desk: SimpleNamespace, as_role: AsRole) -> None:
    photo = StoredFile.objects.create(
        kind="image", mime="image/jpeg", size=9, sha256="ab" * 32, stored_at=NOW
    )
    entry = forms.Entry(
        submission="k1", text="چوری", language="ur", category="theft", lat=34.0, lng=71.5, place="bazaar",
        name="Gul", phone="+923001234567",
    )  # fmt: skip
    (code,), (item,) = submitted(desk, as_role, entry, files=(photo,))
    assert (item.text, item.place.lat, item.place.name) == ("چوری", 34.0, "bazaar")
    assert item.media[0].ref == photo.public_id
    assert (item.sender.scheme, item.sender.name) == ("receipt", "Gul")
    assert item.sender.handle == forms.receipt_digest(code)
    assert code not in repr(item)
    assert item.choices["phone"] == "+923001234567"
    assert (item.choices["category"], item.choices["language"]) == ("theft", "ur")


def test_same_form_twice_is_one_message_and_one_receipt(desk: SimpleNamespace, as_role: AsRole) -> None:
    entry = forms.Entry(submission="k1", text="help")
    codes, items = submitted(desk, as_role, entry, entry)
    assert len(items) == 1
    assert len(set(codes)) == 1
    other, _items = submitted(desk, as_role, forms.Entry(submission="k2", text="help"))
    assert other[0] != codes[0]


def test_later_message_comes_under_the_same_receipt(desk: SimpleNamespace, as_role: AsRole) -> None:
    (code,), (first,) = submitted(desk, as_role, forms.Entry(submission="k1", text="help"))
    later = forms.Entry(submission="k3", text="any news?", receipt_code=code)
    (again,), (second,) = submitted(desk, as_role, later)
    assert again == code
    assert second.sender.handle == first.sender.handle
    assert second.choices["follow_up"] == "yes"


def test_a_place_in_words_keeps_a_field_of_its_own(desk: SimpleNamespace, as_role: AsRole) -> None:
    _codes, (item,) = submitted(
        desk, as_role, forms.Entry(submission="k1", text="fire", place="Chowk Yadgar")
    )
    assert (item.text, item.place, item.place_name) == ("fire", None, "Chowk Yadgar")

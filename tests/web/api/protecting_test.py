"""By the API as on the pages: people who must not be known, what they told of themselves, and safe contact."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from rabta.cases.models import Attachment, Case
from rabta.files import store
from rabta.people.models import Sealed
from tests.people import holders
from tests.web import small_force

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(north_case: Case) -> str:
    return f"/cases/{north_case.public_id}"


@pytest.fixture
def keyed(force: SimpleNamespace) -> dict[str, holders.Held]:
    """A custodian and an approver whose keys are confirmed."""
    cast = SimpleNamespace(administrator=force.desk_head, desk_head=force.operator)
    custodian = holders.held(small_force.officer("cust", "oversight", force.desk), "custodian", cast)
    return {"custodian": custodian, "approver": holders.held(force.sho_south, "approver", cast)}


def test_who_asks_for_it_is_an_alias_from_then_on(api: Any, force: SimpleNamespace, path: str) -> None:
    desk = api(force.operator)
    assert desk.get(path)[1]["citizen_protected"] is False
    status, shown = desk.post(f"{path}/protect")
    assert (status, shown["citizen_protected"]) == (200, True)
    status, why = desk.post(f"{path}/protect")
    assert (status, why["detail"]) == (409, "This person is protected already.")
    assert api(force.sho_north).post(f"{path}/protect")[0] == 403


def test_what_the_source_told_is_sealed_and_answered_nowhere(
    api: Any, force: SimpleNamespace, path: str, keyed: dict[str, holders.Held]
) -> None:
    desk = api(force.operator)
    told = {"name": "Zarmina Canary", "national_id": "17301-1234567-1"}
    assert desk.post(f"{path}/seal", told)[0] == 409  # nobody is protected yet
    desk.post(f"{path}/protect")
    assert desk.post(f"{path}/seal", {})[0] == 409
    assert desk.post(f"{path}/seal", told | {"mother": "x"})[0] == 422
    sealed = Sealed.objects.count()
    assert desk.post(f"{path}/seal", {"remark": "x" * 501})[0] == 409  # nothing is cut off
    assert Sealed.objects.count() == sealed
    status, shown = desk.post(f"{path}/seal", told)
    assert status == 200
    assert "Canary" not in json.dumps(shown)
    box = holders.reseal(Sealed.objects.latest("id").box, **keyed)
    assert holders.open_box(box, custodian=keyed["custodian"]) == told
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_event WHERE data::text LIKE '%%Canary%%'")
        assert cursor.fetchone() == (0,)


def test_recordings_are_sealed_for_protected_people_only(
    api: Any, force: SimpleNamespace, path: str, keyed: dict[str, holders.Held]
) -> None:
    desk = api(force.operator)
    assert desk.post(f"{path}/seal_recordings")[0] == 409
    desk.post(f"{path}/protect")
    assert desk.post(f"{path}/seal_recordings")[0] == 200


def test_a_source_s_file_is_noted_and_let_go(
    api: Any, force: SimpleNamespace, path: str, north_case: Case, settings: Any, tmp_path: Path
) -> None:
    settings.FILES_DIR = tmp_path
    stored = store.save([b"voice"], "audio", "audio/ogg", "", small_force.NOW)
    message = north_case.messages.get()
    kept = Attachment.objects.create(message=message, kind="audio", file=stored, state="stored")
    desk, sho = api(force.operator), api(force.sho_north)

    def read() -> tuple[str, bool]:
        (file,) = sho.get(f"{path}/messages")[1]["items"][0]["attachments"]
        assert file["id"] == kept.public_id
        return file["told"], file["at_desk"]

    asked = {"file": kept.public_id, "text": "A house"}
    assert desk.post(f"{path}/tell_file", asked)[0] == 409  # nobody is protected
    desk.post(f"{path}/protect")
    assert read() == ("", True)
    assert sho.post(f"{path}/tell_file", asked)[0] == 403
    assert desk.post(f"{path}/tell_file", asked)[0] == 200
    assert read() == ("A house", True)
    assert desk.post(f"{path}/release_file", {"file": kept.public_id, "remark": "no voice"})[0] == 200
    assert read() == ("A house", False)


def test_without_keyholders_it_says_who_is_to_be_asked(api: Any, force: SimpleNamespace, path: str) -> None:
    desk = api(force.operator)
    desk.post(f"{path}/protect")
    status, why = desk.post(f"{path}/seal", {"name": "x"})
    assert status == 409
    assert "administrator" in why["detail"]


def test_safe_contact_is_kept_and_read(api: Any, force: SimpleNamespace, path: str) -> None:
    desk = api(force.operator)
    assert desk.get(path)[1]["safe_contact"] == ""
    status, shown = desk.post(f"{path}/safe_contact", {"safe": "no"})
    assert (status, shown["safe_contact"]) == (200, "no")
    assert desk.post(f"{path}/safe_contact", {"safe": "perhaps"})[0] == 422
    assert api(force.sho_north).post(f"{path}/safe_contact", {"safe": "yes"})[0] == 403

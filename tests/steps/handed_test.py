"""A case that another force hands over: once only, to the desk that serves the force, whoever asks again."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from rabta.cases.models import Case, Message
from rabta.cases.transfers import ForceKey, Handed
from rabta.files.models import StoredFile
from rabta.journey.posts import force_keys
from rabta.people.reveal import _shown
from rabta.web.api import tokens
from tests.cast import KOTWALI, NOW, as_role, read
from tests.steps.stage import ACCUSATION, THEFT, happened, told

PAPERS = {
    "number": "0123456789abcdef",
    "reference": "SND-7K3M-92QF",
    "opened_at": "2026-03-01T08:00:00+00:00",
    "language": "en",
    "category": "theft",
    "text": THEFT["en"],
    "place": {"name": "Kotwali", "lat": KOTWALI[0], "lng": KOTWALI[1]},
    "person": {"name": "Saima Gul", "number": "+923001234567"},
    "safe": "no",
    "left_out": 1,
}


@pytest.fixture
def key(cast: SimpleNamespace) -> str:
    return force_keys.make(force="sindh", by=cast.administrator, now=NOW)


def hand_in(key: str, papers: dict[str, Any] | str = PAPERS, *files: SimpleUploadedFile) -> Any:
    """The other force's request, as the web process hears it."""
    text = papers if isinstance(papers, str) else json.dumps(papers)
    with as_role("rabta_web"):
        return Client().post(
            "/api/v1/handed",
            {"papers": text, "files": list(files)},
            headers={"authorization": f"Bearer {key}"},
        )


def test_it_waits_at_the_desk_of_the_force_and_its_number_is_answered(
    cast: SimpleNamespace, key: str
) -> None:
    picture = SimpleUploadedFile("a.pdf", b"%PDF-1.4 x", "application/pdf")
    program = SimpleUploadedFile("b.exe", b"MZ", "application/octet-stream")
    assert hand_in(key, PAPERS, picture, program).status_code == 202
    read(at=NOW)
    answer = hand_in(key)
    case = Case.objects.get()
    assert (answer.status_code, answer.json()) == (200, {"reference": case.reference})
    assert (case.desk_unit, case.state, case.waiting_why) == (cast.hq, "new", {"code": "handed"})
    assert (case.category, case.visible_to, case.orders.count(), told(case)) == ("theft", [cast.hq.pk], 0, [])
    message = Message.objects.get(case=case)
    assert (message.text, message.sent_at.isoformat()) == (THEFT["en"], PAPERS["opened_at"])
    assert [a.name for a in message.attachments.all()] == ["a.pdf"]
    handed = Handed.objects.get()
    assert (handed.case, handed.force, handed.reference, handed.left_out) == (
        case, "sindh", "SND-7K3M-92QF", 2,
    )  # fmt: skip
    assert happened(case) == ["opened", "handed"]
    assert case.reply_due_at is None  # nobody reads an answer here
    assert case.contact_due_at is not None
    shown = _shown(case.conversation.handle)
    assert (shown.name, shown.number, case.conversation.handle.safe) == ("Saima Gul", "+923001234567", "no")


def test_the_same_request_again_and_again_is_one_case(cast: SimpleNamespace, key: str) -> None:
    papers = SimpleUploadedFile("a.pdf", b"%PDF-1.4 x", "application/pdf")
    for _ in range(3):
        assert hand_in(key, PAPERS, papers).status_code == 202
        papers.seek(0)
    read(at=NOW)
    assert [hand_in(key).status_code for _ in range(2)] == [200, 200]
    read(at=NOW)
    assert (Case.objects.count(), Handed.objects.count(), StoredFile.objects.count()) == (1, 1, 1)


def test_a_key_hands_in_so_many_an_hour_and_what_came_before_is_still_answered(
    cast: SimpleNamespace, key: str, settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"handed": "2/h/key"}
    others = [PAPERS | {"number": f"{n:016d}"} for n in range(3)]
    answers = [hand_in(key, papers) for papers in others]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert "again later" in answers[-1].json()["detail"]
    assert Handed.objects.count() == 2  # nothing stays of what was refused, so that it can come again
    assert hand_in(key, others[0]).status_code == 202


def test_another_force_with_the_same_number_has_its_own_case(cast: SimpleNamespace, key: str) -> None:
    other = force_keys.make(force="punjab_pk", by=cast.administrator, now=NOW)
    hand_in(key)
    hand_in(other)
    read(at=NOW)
    first, second = hand_in(key).json(), hand_in(other).json()
    assert first != second
    assert Case.objects.count() == 2


def test_what_accuses_ours_is_kept_from_them_as_if_it_had_come_to_us(cast: SimpleNamespace, key: str) -> None:
    hand_in(key, PAPERS | {"text": ACCUSATION["en"], "category": ""})
    read(at=NOW)
    case = Case.objects.get()
    assert (case.withheld, case.visible_to, case.conversation.handle.person.protected) == (
        "accusation", [cast.hq.pk], True,
    )  # fmt: skip
    assert hand_in(key).status_code == 200  # the other force learns the number, nothing else


def test_a_tip_stays_a_tip_and_nobody_is_named(cast: SimpleNamespace, key: str) -> None:
    papers = {name: PAPERS[name] for name in ("number", "reference", "opened_at")}
    hand_in(key, papers | {"text": "A man sells pistols behind the mill", "tip": True, "newer": "field"})
    read(at=NOW)
    case = Case.objects.get()
    assert (case.withheld, _shown(case.conversation.handle).number) == ("tip", "")


@pytest.mark.parametrize(
    "wrong",
    [
        "no json",
        "[]",
        PAPERS | {"number": "../../etc"},
        PAPERS | {"opened_at": "yesterday"},
        PAPERS | {"place": {"lat": 91}},
        PAPERS | {"text": "x" * 60_001},
        PAPERS | {"text": "a\0b"},
        {},
    ],
    ids=str,
)
def test_what_is_wrong_is_refused_with_the_place_and_nothing_stays(
    cast: SimpleNamespace, key: str, wrong: Any
) -> None:
    answer = hand_in(key, wrong)
    assert (answer.status_code, answer["content-type"]) == (422, "application/problem+json")
    assert "papers" in answer.json()["hint"]
    assert "yesterday" not in answer.content.decode()
    assert not Handed.objects.exists()


def test_a_key_that_ended_and_an_officers_token_hand_nothing_in(cast: SimpleNamespace, key: str) -> None:
    token = tokens.create(username=cast.desk_head.username)
    force_keys.end(ForceKey.objects.get(), by=cast.administrator, now=NOW)
    for wrong in (key, token, "rabta_force_x", ""):
        assert hand_in(wrong).status_code == 401
    assert not Handed.objects.exists()


def test_a_key_of_a_force_opens_nothing_else(cast: SimpleNamespace, key: str) -> None:
    from rabta.web.api.urls import api

    paths = [
        (f"/api/v1{prefix}{path}".rstrip("/").replace("{id}", "0123456789abcdef"), method)
        for prefix, router in api._routers
        for path, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
        if prefix != "/handed"
    ]
    assert len(paths) > 50
    with as_role("rabta_web"):
        opened = [
            (path, method)
            for path, method in paths
            if getattr(Client(), method.lower())(path, headers={"authorization": f"Bearer {key}"}).status_code
            != 401
        ]
    assert opened == []

"""A case on its way to another force: what goes along, what went wrong, when it is tried again and given up."""

import json
import threading
from collections.abc import Iterator
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings

from rabta import journey, keys
from rabta.cases.models import Attachment, Case, Message
from rabta.cases.refusal import Refused
from rabta.cases.transfers import Neighbour, Transfer
from rabta.desk.models import Notice
from rabta.files import store
from rabta.files.models import StoredFile
from rabta.force.models import Officer
from rabta.jobs import handing, sweeps
from rabta.journey.ending import transferring
from rabta.journey.posts import neighbours
from rabta.kit import ids
from rabta.replying.forces import forces
from tests.cast import DAY, HOUR, MINUTE, NOW, Citizen, acting, as_role
from tests.steps.stage import accusation, happened, theft, told

LATER = NOW + HOUR
KEY = "rabta_force_theirs"


class Other(ThreadingHTTPServer):
    """The other force: answers as it is told, and keeps what it heard."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[tuple[int, dict[str, Any]]] = []
        self.heard: list[SimpleNamespace] = []
        self.address = f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Other

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        _all, first, *others = message_from_bytes(head + body).walk()
        papers = json.loads(bytes(first.get_payload(decode=True)))  # type: ignore[arg-type]
        files = {part.get_filename(): part.get_payload(decode=True) for part in others}
        self.server.heard.append(
            SimpleNamespace(papers=papers, files=files, path=self.path, key=self.headers["Authorization"])
        )
        status, answer = self.server.answers.pop(0)
        self.send_response(status)
        if status == 307:
            self.send_header("Location", f"{self.server.address}/elsewhere")
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *_words: object) -> None:
        """Nothing on the error output."""


POST = "https://x.example/haider/status/17"


@pytest.fixture
def other() -> Iterator[Other]:
    with Other() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handing, "BETWEEN", 0.0)


def join(cast: SimpleNamespace, other: Other) -> None:
    neighbours.join(force="sindh", address=other.address, key=KEY, by=cast.administrator, now=NOW)


def given(case: Case, by: Officer, force: str = "sindh") -> Transfer:
    with acting(by) as scope:
        return journey.transfer(case=case, force=force, remark="Karachi", by=scope, now=LATER)


def tries(transfer: Transfer) -> Transfer:
    """The worker's job, with the worker's rights."""
    with as_role("rabta_worker"):
        handing.hand_over(transfer.pk, now=LATER)
    return Transfer.objects.get(pk=transfer.pk)


def with_picture(case: Case) -> None:
    """A picture with its copy, a note by voice, and a file that was never fetched."""
    message = Message.objects.filter(case=case).order_by("id")[0]
    original = store.save([b"with the place in it"], "image", "image/jpeg", name="p.jpg", now=NOW)
    original.cleaned = store.save([b"cleaned"], "image", "image/jpeg", name="p.jpg", now=NOW)
    original.save()
    voice = store.save([b"OggS"], "audio", "audio/ogg", name="v.ogg", now=NOW)
    for file in (original, voice):
        Attachment.objects.create(message=message, kind=file.kind, file=file, state="stored", name=file.name)
    Attachment.objects.create(message=message, kind="image", state="waiting")


def test_the_papers_go_and_their_number_is_kept_and_told(cast: SimpleNamespace, other: Other) -> None:
    join(cast, other)
    case, number = theft(cast), ids.reference(prefix="SND")
    with_picture(case)
    Message.objects.filter(case=case).update(link=POST)
    other.answers = [(202, {"reference": ""}), (200, {"reference": number})]
    transfer = tries(given(case, cast.operator))
    assert (transfer.state, transfer.reference, transfer.received_at) == ("received", number, LATER)
    assert other.heard[0].papers == other.heard[1].papers
    first = other.heard[0]
    assert (first.path, first.key) == ("/api/v1/handed", f"Bearer {KEY}")
    assert first.files == {"p.jpg": b"cleaned", "v.ogg": b"OggS"}
    papers, handle = first.papers, case.conversation.handle
    assert (papers["reference"], papers["category"], papers["left_out"]) == (case.reference, "theft", 1)
    assert "My motorcycle was stolen" in papers["text"] and POST in papers["text"]
    assert papers["person"]["number"].startswith("+92301")
    assert happened(case)[-1] == "papers_received"
    assert number in told(case)[-1]
    assert "Sindh Police" in told(case)[-1]
    assert handle.shown is not None
    with as_role("rabta_worker"):
        handing.hand_over(transfer.pk, now=LATER)
    assert len(other.heard) == 2


def test_of_a_protected_person_only_words_go(cast: SimpleNamespace, other: Other) -> None:
    join(cast, other)
    citizen = Citizen()
    case = theft(cast, citizen)
    with_picture(case)
    Message.objects.filter(case=case).update(link=POST)
    person = case.conversation.handle.person
    type(person).objects.filter(pk=person.pk).update(protected=True)
    other.answers = [(200, {"reference": ids.reference(prefix="SND")})]
    tries(given(case, cast.operator))
    (heard,) = other.heard
    assert "person" not in heard.papers
    assert not [one for one in (citizen.phone, POST) if one in json.dumps(heard.papers)]
    assert (heard.files, heard.papers["left_out"]) == ({}, 3)


def test_what_accuses_ours_never_goes_by_machine(cast: SimpleNamespace, other: Other) -> None:
    join(cast, other)
    case = accusation(cast)
    with acting(cast.desk_head) as by:
        journey.accuse(case=case, accused_unit=cast.kotwali, by=by, now=NOW)
    assert given(case, cast.desk_head).state == "told"
    # … nor when that is known only while it waits.
    late = theft(cast)
    transfer = given(late, cast.operator)
    Case.objects.filter(pk=late.pk).update(accused_unit=cast.kotwali)
    assert tries(transfer).state == "told"
    assert other.heard == []


@pytest.mark.parametrize(
    ("status", "body", "trouble", "final"),
    [
        (200, b'{"reference": "<b>call +92 300</b>"}', "no_number", False),
        (200, b'{"reference": "SND-7K3M-92QX"}', "no_number", False),
        (200, b'{"reference": 7}', "no_number", False),
        (200, b"<html>", "no_number", False),
        (200, b"[]", "no_number", False),
        (202, b'{"reference": ""}', "no_number", False),
        (401, b"", "key", False),
        (403, b"", "key", False),
        (301, b"", "address", False),
        (404, b"", "address", False),
        (429, b"", "broken", False),
        (503, b"", "broken", False),
        (422, b"", "refused", True),
        (413, b"", "refused", True),
    ],
)
def test_what_an_answer_means(status: int, body: bytes, trouble: str, final: bool) -> None:
    answer = handing.answer_of(status, body)
    assert (answer.trouble, answer.final, answer.reference) == (trouble, final, "")


def test_what_goes_wrong_is_kept_and_no_redirect_is_followed(cast: SimpleNamespace, other: Other) -> None:
    join(cast, other)
    other.answers = [(307, {}), (422, {})]
    case = theft(cast)
    transfer = tries(given(case, cast.operator))
    assert (transfer.trouble, transfer.state) == ("address", "waiting")
    assert not Notice.objects.filter(what="transfer_failed").exists()
    transfer = tries(transfer)
    assert (transfer.trouble, transfer.state, transfer.reference) == ("refused", "failed", "")
    assert {heard.path for heard in other.heard} == {"/api/v1/handed"}
    assert Notice.objects.get(what="transfer_failed").officer == cast.operator


def test_it_is_tried_again_with_pauses_then_given_up_and_sent_again_by_hand(
    cast: SimpleNamespace, other: Other, monkeypatch: pytest.MonkeyPatch
) -> None:
    join(cast, other)
    case = theft(cast)
    transfer, at, moments = given(case, cast.operator), LATER, []
    while transfer.state == "waiting":
        assert transfer.next_at is not None
        moments.append(transfer.next_at - at)
        at = transfer.next_at
        with as_role("rabta_worker", system="test"):
            transferring.send_due(now=at - MINUTE)
            assert Transfer.objects.get().tries == len(moments)
            transferring.send_due(now=at)
        transfer = Transfer.objects.get()
    assert moments[:-1] == sorted(moments[:-1])
    assert min(moments) > MINUTE  # more than one try may take
    assert 1 < len(moments) < 12
    assert (transfer.trouble, happened(case)[-1]) == ("unreachable", "papers_failed")
    with as_role("rabta_worker"):
        sweeps.hand_over_cases()
    assert Transfer.objects.get().state == "failed"
    with acting(cast.operator) as by:
        journey.hand_over_again(case=case, by=by, now=at)
        with pytest.raises(Refused):
            journey.hand_over_again(case=case, by=by, now=at)
    other.answers = [(200, {"reference": ids.reference(prefix="SND")})]
    assert tries(transfer).state == "received"


def test_a_case_that_was_opened_again_does_not_go(cast: SimpleNamespace, other: Other) -> None:
    join(cast, other)
    case = theft(cast)
    transfer = given(case, cast.operator)
    with acting(cast.desk_head) as by:
        journey.reopen(case=case, reason="It is ours", by=by, now=LATER)
    transfer = tries(transfer)
    assert (transfer.state, transfer.trouble, other.heard) == ("failed", "reopened", [])
    with acting(cast.operator) as by, pytest.raises(Refused):
        journey.hand_over_again(case=case, by=by, now=LATER)


def test_nothing_goes_inside_the_network_unless_the_force_said_so(
    cast: SimpleNamespace, other: Other, monkeypatch: pytest.MonkeyPatch
) -> None:
    join(cast, other)
    monkeypatch.setattr(settings, "REACH", ())
    transfer = tries(given(theft(cast), cast.operator))
    assert (transfer.trouble, other.heard) == ("address", [])


def test_our_own_force_is_not_offered_and_not_taken(cast: SimpleNamespace) -> None:
    case = theft(cast)
    assert set(neighbours.others().forces) == set(forces())
    neighbours.say_own(force="kp", by=cast.administrator, now=NOW)
    assert set(forces()) - set(neighbours.others().forces) == {"kp"}
    with pytest.raises(Refused):
        given(case, cast.operator, force="kp")
    with pytest.raises(Refused):
        neighbours.join(force="kp", address="https://a.pk", key="k", by=cast.administrator, now=NOW)


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("http://desk.sindh.pk", "k"),
        ("ftp://desk.sindh.pk", "k"),
        ("https://desk.sindh.pk/api", "k"),
        ("https://user:word@desk.sindh.pk", "k"),
        ("https://desk.sindh.pk:port", "k"),
        ("https://", "k"),
        ("https://" + "a" * 200, "k"),
        ("https://desk.sindh.pk", ""),
    ],
)
def test_a_wrong_address_is_refused(cast: SimpleNamespace, address: str, key: str) -> None:
    with pytest.raises(Refused):
        neighbours.join(force="sindh", address=address, key=key, by=cast.administrator, now=NOW)
    assert not Neighbour.objects.exists()


def test_the_key_is_sealed_stays_when_none_is_entered_and_goes_with_the_address(
    cast: SimpleNamespace,
) -> None:
    def say(address: str, key: str = "") -> Neighbour:
        neighbours.join(force="sindh", address=address, key=key, by=cast.administrator, now=NOW)
        return Neighbour.objects.get()

    kept = say("https://desk.sindh.pk/", KEY)
    assert kept.address == "https://desk.sindh.pk"
    assert KEY.encode() not in bytes(kept.sealed_key or b"")
    assert (
        keys.fernet("accounts").decrypt(bytes(say("https://desk.sindh.pk").sealed_key or b"")) == KEY.encode()
    )
    with pytest.raises(Refused, match="its own key"):  # else our key would go wherever somebody says
        say("https://other.example")
    assert say("").sealed_key is None
    assert not neighbours.others().with_rabta


def test_every_force_is_named_and_found_in_every_language() -> None:
    for force in forces().values():
        for language in ("en", "hi", "ur", "ps", "roman"):
            assert force.name(language), force.code
            assert force.address(language), force.code
        assert force.address("ur") != force.address("en") != force.address("hi")
        assert force.address("ps") == force.address("ur")


def test_whoever_is_sent_elsewhere_is_not_offered_to_have_it_reopened(cast: SimpleNamespace) -> None:
    case = theft(cast)
    given(case, cast.operator)
    (letter,) = [words for words in told(case) if "Sindh Police" in words]
    assert case.reference in letter
    assert "REOPEN" not in letter  # he would be refused (rules.second_look)


def test_a_lost_job_is_found_by_the_sweep(cast: SimpleNamespace, other: Other) -> None:
    join(cast, other)
    transfer = given(theft(cast), cast.operator)
    with as_role("rabta_worker", system="test"):
        transferring.send_due(now=LATER + DAY)
    assert Transfer.objects.get(pk=transfer.pk).tries == 2
    assert StoredFile.objects.count() == 0

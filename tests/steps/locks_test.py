"""Who changes a message and who acts on a case that shows it wait for each other, and neither for ever."""

import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError, transaction

from rabta import journey
from rabta.cases import arrival, changes, secret_matters, subjects
from rabta.cases.events import Actor
from rabta.cases.locking import lock
from rabta.cases.models import Case, Message
from rabta.cases.related import Link
from rabta.channels.contract import Changed
from rabta.channels.models import Account
from rabta.force import directory
from rabta.journey.checks import locked
from rabta.journey.matters import linking, splitting
from rabta.outbox import receipts
from tests.cast import HOUR, MINUTE, NOW, PESHAWAR_NUMBER, Citizen, acting, deliver, hears
from tests.steps import posts
from tests.steps.races_test import does, went_well
from tests.steps.stage import ACCUSATION, theft
from tests.steps.together_test import as_worker, cast, together

__all__ = ["cast"]
pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + HOUR


def changed(account: Account, what: str, provider_id: str) -> Callable[[], object]:
    """The change is applied as the worker does it."""
    change = Changed(
        account="", key="k", what=what, provider_id=provider_id, text="👍" * (what == "reaction")
    )

    def run() -> object:
        with transaction.atomic():
            return changes.apply([(account.pk, change, LATER)], actor=Actor(system_reason="x"), now=LATER)

    return run


class Meeting:
    """One of two stops at a line of its way until the other has taken what it needs, or has waited long enough."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
        self.there, self.goes_on = threading.Event(), threading.Event()
        act = getattr(module, name)

        def stops(*args: Any, **more: Any) -> Any:
            self.there.set()
            self.goes_on.wait(1)
            return act(*args, **more)

        monkeypatch.setattr(module, name, stops)

    def accuses(self, case: Case, cast: SimpleNamespace) -> Callable[[], object]:
        """The desk takes the case while the other stands there."""

        def run() -> None:
            self.there.wait(20)
            with transaction.atomic(), acting(cast.desk_head) as by:
                mine = locked(case)
                threading.Timer(0.3, self.goes_on.set).start()
                journey.accuse(case=mine, accused_unit=cast.kotwali, by=by, now=LATER)

        return run

    def links(self, one: Case, other: Case, cast: SimpleNamespace) -> Callable[[], object]:
        """The desk links two cases, of which it held the first already, while the other stands there."""

        def run() -> None:
            self.there.wait(20)
            with transaction.atomic(), acting(cast.desk_head) as by:
                locked(one)
                threading.Timer(0.3, self.goes_on.set).start()
                linking.link(case=one, other=other, reason="The same person", by=by, now=LATER)

        return run


def test_a_post_is_deleted_while_the_desk_accuses_a_case_that_quotes_it(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    posts.add_x(cast)
    first = posts.post("@KPPolice My motorcycle was stolen near Kotwali")
    quoting = posts.about(
        "quoted", first, "@KPPolice the same thieves took my bicycle near Kotwali", by=posts.ASAD
    )
    posts.hears(cast, first)
    posts.hears(cast, quoting, at=NOW + MINUTE)
    case = Message.objects.get(text__contains="bicycle").case
    assert case
    meeting = Meeting(monkeypatch, subjects, "retake")
    results = together(changed(cast.x, "revoke", first["id"]), meeting.accuses(case, cast))
    assert results == [[], None]
    case.refresh_from_db()
    assert case.withheld == "accusation"
    assert not Message.objects.filter(case=case).exclude(about_text="").exists()


def test_a_reaction_to_our_words_comes_while_the_desk_accuses_their_case(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = theft(cast)
    ours = Message.objects.filter(case=case, direction="out").exclude(delivery=None).latest("id")
    assert ours.delivery
    ours.delivery.provider_digest = receipts.provider_digest(account_id=case.account_id, provider_id="ours")
    ours.delivery.save()
    meeting = Meeting(monkeypatch, changes, "_change")
    results = together(changed(case.account, "reaction", "ours"), meeting.accuses(case, cast))
    assert results == [[], None]
    ours.refresh_from_db()
    assert ours.reaction == "👍"


def test_a_part_is_changed_while_the_desk_accuses_its_matter(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    citizen = Citizen()
    said = citizen.says("My motorcycle was stolen near Kotwali")
    hears(cast, said)
    part = Case.objects.get()
    head = theft(cast)
    Case.objects.filter(pk=part.pk).update(part_of=head)
    meeting = Meeting(monkeypatch, subjects, "retake")
    results = together(changed(part.account, "revoke", said["id"]), meeting.accuses(head, cast))
    assert results == [[], None]


def test_a_part_is_written_to_while_the_desk_accuses_its_matter(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    citizen = Citizen()
    hears(cast, citizen.says("My motorcycle was stolen near Kotwali"))
    part, head = Case.objects.get(), theft(cast, Citizen())
    Case.objects.filter(pk=part.pk).update(part_of=head)
    deliver(cast, citizen.says("It is a red one"), at=NOW + MINUTE)
    meeting = Meeting(monkeypatch, arrival, "touch_heads")
    results = together(as_worker, meeting.accuses(head, cast))
    assert results == [1, None]
    assert Message.objects.get(text="It is a red one").hidden_from


@pytest.mark.parametrize("first", ["Something bad happened in Kotwali", "My bicycle was stolen near Kotwali"])
def test_what_comes_in_while_the_desk_accuses_undoes_nothing_and_is_kept_from_the_accused(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    citizen = Citizen()
    hears(cast, citizen.says(first))
    case = Case.objects.get()
    deliver(cast, citizen.says("It was there at nine"), at=NOW + MINUTE)
    meeting = Meeting(monkeypatch, arrival, "answered_messages")
    results = together(as_worker, meeting.accuses(case, cast))
    assert results == [1, None]
    case.refresh_from_db()
    assert (case.withheld, case.accused_unit) == ("accusation", cast.kotwali)
    for message in Message.objects.filter(case=case):
        assert cast.kotwali.pk in message.hidden_from, message.text


def test_a_matter_is_locked_before_its_parts_whatever_their_numbers_are(cast: SimpleNamespace) -> None:
    part, other, head = theft(cast), theft(cast, Citizen()), theft(cast, Citizen())
    Case.objects.filter(pk=part.pk).update(part_of=head)
    with transaction.atomic():
        assert list(lock([part.pk, other.pk])) == [other.pk, head.pk, part.pk]
        assert lock([]) == {}


def beside_an_accusation(cast: SimpleNamespace) -> tuple[Case, Case]:
    """An accusation told to one number and a theft to another, of whose teller unsure words wait to be read."""
    citizen = Citizen()
    hears(cast, citizen.says(ACCUSATION["en"]), at=NOW, to=PESHAWAR_NUMBER)
    secret, ordinary = Case.objects.get(), theft(cast, citizen)
    deliver(cast, citizen.says("He came again and stood before my shop"), at=NOW + MINUTE)
    return secret, ordinary


@pytest.mark.parametrize("stops_at", ["answered_messages", "touch_heads"])
def test_words_come_beside_a_secret_matter_that_the_desk_links(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, stops_at: str
) -> None:
    secret, ordinary = beside_an_accusation(cast)
    meeting = Meeting(monkeypatch, arrival, stops_at)
    results = together(as_worker, meeting.links(secret, ordinary, cast))
    assert results == [1, None]
    assert Link.objects.count() == 2


def test_a_batch_that_postgresql_gave_up_is_read_again(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside_an_accusation(cast)
    cases, link = Case.objects.count(), secret_matters.link

    def gives_up(*args: Any, **more: Any) -> None:
        monkeypatch.setattr(secret_matters, "link", link)
        raise OperationalError("deadlock detected")

    monkeypatch.setattr(secret_matters, "link", gives_up)
    (trouble,) = together(as_worker)
    assert isinstance(trouble, OperationalError) and Case.objects.count() == cases
    assert together(as_worker) == [1]
    assert Message.objects.filter(text__startswith="He came again").count() == 1
    assert (Case.objects.count(), Link.objects.count()) == (cases + 1, 1)


@pytest.mark.parametrize("of_part", [False, True])
def test_what_is_taken_out_of_a_case_while_somebody_accuses_is_kept_from_the_accused_too(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, of_part: bool
) -> None:
    citizen = Citizen()
    case = theft(cast, citizen)
    hears(cast, citizen.says("They took my telephone as well"), at=NOW + MINUTE)
    head = theft(cast) if of_part else case
    if of_part:
        Case.objects.filter(pk=case.pk).update(part_of=head)
    message = case.messages.filter(direction="in").latest("id")
    meeting = Meeting(monkeypatch, splitting, "_case_of")
    results = together(does(cast.desk_head, journey.split, message=message), meeting.accuses(head, cast))
    assert went_well(results), results
    directory.forget()
    with transaction.atomic(), acting(cast.sho):
        assert list(Case.objects.filter(messages=message.pk)) == []

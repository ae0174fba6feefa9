"""What is stuck is counted for those who answer for the accounts, whoever reads the letters; as the processes do."""

from types import SimpleNamespace

import pytest
from django.db import connection

from rabta.channels.models import Account
from rabta.force.access import Permission
from rabta.journey.posts import accounts
from rabta.outbox import health
from rabta.outbox.models import Delivery
from rabta.rules.accounts import Finding
from rabta.rules.visibility import person
from tests.cast import NOW, acting, as_role, post_named


def letters(cast: SimpleNamespace, number: int, *, state: str = "failed", **more: object) -> None:
    facts = {"text": "Hello", "number": "+923001234567", "address_digest": b"x", "queued_at": NOW}
    for _ in range(number):
        Delivery.objects.create(account=cast.number, state=state, due_at=NOW, **facts | more)


def test_an_administrator_is_told_how_many_and_reads_none(cast: SimpleNamespace) -> None:
    letters(cast, 3, visible_to=[cast.peshawar.pk])
    letters(cast, 2, state="queued", visible_to=[])
    letters(cast, 1, trouble="taken_back")
    with acting(cast.administrator) as scope:
        assert scope.over_all(Permission.SEE_INTAKE)
        assert not Delivery.objects.exists()
        (one,) = accounts.health(Account.objects.filter(pk=cast.number.pk), now=NOW)
        assert (one.outbox.waiting, one.outbox.stuck, one.outbox.oldest_due) == (2, 3, NOW)
        assert Finding.LEFT in one.findings


@pytest.mark.parametrize("who", ["administrator", "desk_head"])
def test_nobody_learns_by_a_count_of_what_is_kept_from_him(cast: SimpleNamespace, who: str) -> None:
    officer = getattr(cast, who)
    kept_from = [
        [person(officer.pk)],  # he himself is accused
        [post_named(officer).unit_id],  # his unit is
    ]
    for hidden_from in kept_from:
        for state in ("failed", "in_doubt", "queued"):
            letters(cast, 1, state=state, visible_to=[cast.hq.pk], hidden_from=hidden_from)
    with acting(officer):
        outbox = health.outboxes([cast.number.pk])[cast.number.pk]
        assert (outbox.waiting, outbox.stuck, outbox.oldest_due) == (0, 0, None)
    with acting(cast.sp):
        assert health.outboxes([cast.number.pk])[cast.number.pk].stuck == 4


def test_the_sweep_counts_all_and_who_says_nothing_of_himself_nothing(cast: SimpleNamespace) -> None:
    letters(cast, 1, hidden_from=[cast.desk_hq.pk])
    with as_role("rabta_worker", system="watching the accounts"):
        assert health.outboxes([cast.number.pk])[cast.number.pk].stuck == 1
    with as_role("rabta_web"), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM rabta_outboxes(%s, 10)", [[cast.number.pk]])
        assert cursor.fetchall() == []

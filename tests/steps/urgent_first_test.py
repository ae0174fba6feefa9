"""While much waits, danger to life is read first, whatever form the words come in."""

from types import SimpleNamespace

import pytest

from rabta.cases.models import Case
from rabta.intake import ahead
from rabta.journey import urgent_first
from rabta.outbox.models import Delivery
from tests.cast import NOW, Citizen, as_role, deliver, read

SHOOTING = "Help, they are shooting at us near Kotwali"


def test_danger_in_the_middle_of_a_backlog_is_read_and_acknowledged_first(cast: SimpleNamespace) -> None:
    for n in range(6):
        deliver(cast, Citizen().says(SHOOTING if n == 3 else f"Where do I get a licence number {n}"))
    with as_role("rabta_worker"):
        last = urgent_first.read_urgent(after=0, now=NOW)
    assert [case.urgency for case in Case.objects.all()] == [0]
    assert Delivery.objects.filter(priority=Delivery.Priority.EMERGENCY).count() >= 1
    with as_role("rabta_worker"):
        assert urgent_first.read_urgent(after=last, now=NOW) == last
    assert read() == 5
    assert Case.objects.filter(urgency=0).count() == 1 and Case.objects.count() == 6


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b'{"text": "they are shooting at us"}', True),
        (
            rb'{"text": "\u0641\u0627\u0626\u0631\u0646\u06af \u06c1\u0648 \u0631\u06c1\u06cc \u06c1\u06d2"}',
            True,
        ),
        ("text=فائرنگ ہو رہی ہے".encode(), True),
        (b"text=they+are+shooting+at%20us&from=92", True),
        (b'{"text": "where do I get a licence"}', False),
        (rb'{"text": "\ud83d\ude00 \ud83d"}', False),
        (b"\xff\xfe\x00", False),
    ],
)
def test_words_of_danger_are_seen_in_every_form_of_body(body: bytes, found: bool) -> None:
    assert urgent_first.speaks_of_danger(ahead.words_of(body)) is found

"""The figures of the review on the phone: once for each half of the day, by the officer's choice, numbers only."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from rabta import journey
from rabta.outbox.models import Delivery
from rabta.review import digests
from rabta.review.models import Digest
from tests.cast import NOW, acting, as_role
from tests.steps.stage import accusation, theft

MORNING, NOON, EVENING = (
    datetime(2026, 3, 3, hour, 0, tzinfo=UTC) for hour in (3, 7, 14)
)  # 8:00, 12:00, 19:00


def sent(now: datetime) -> int:
    with as_role("rabta_worker"):
        return digests.send(now=now)


def test_once_each_morning_and_each_evening_to_whoever_wants_it(cast: SimpleNamespace) -> None:
    theft(cast)
    Digest.objects.create(officer=cast.igp)
    Digest.objects.create(officer=cast.sp, evening=False)
    assert [sent(MORNING), sent(MORNING), sent(NOON), sent(EVENING)] == [2, 0, 0, 1]
    letter = Delivery.objects.filter(number=cast.igp.phone).latest("id")
    assert (
        "1 unanswered, 0 overdue, 0 to verify, 0 passed up to you" in letter.text
        and "/review/" in letter.text
    )
    assert letter.visible_to == [-cast.igp.pk] and "theft" not in letter.text.lower()


def test_what_is_hidden_from_the_reader_is_in_no_number(cast: SimpleNamespace) -> None:
    theft(cast)
    case = accusation(cast)
    with acting(cast.desk_head) as by:
        journey.accuse(case=case, accused_unit=cast.kotwali, accused_officers=[cast.sp], by=by, now=NOW)
        journey.order(
            case=case, post=cast.sp_mardan.postings.get().post, part="lead", instruction="", by=by, now=NOW
        )
    found = {}
    for who in (cast.sp, cast.sp_mardan, cast.igp):
        with acting(who) as scope:
            by_page = scope
        with as_role("rabta_worker", system="a test"):
            found[who.username] = digests.figures(by_page, now=NOW)[0]
    assert found == {"sp": 1, "sp-mardan": 1, "igp": 2}


@pytest.mark.parametrize("way", ["whatsapp", "sms", "nearest"])
def test_the_channel_is_the_officer_s_choice(cast: SimpleNamespace, way: str) -> None:
    Digest.objects.create(officer=cast.igp, way=way)
    assert sent(MORNING) == (0 if way == "sms" else 1)  # this force has no account for SMS

"""Who waits long hears in between, safely; an urgent order that reaches nobody goes by SMS, then by telephone."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from rabta import journey
from rabta.cases.models import Case, Order
from rabta.cases.refusal import Refused
from rabta.channels import accounts
from rabta.channels.models import Account
from rabta.journey.timing import watch
from rabta.outbox.models import Delivery
from rabta.review import interims, tables
from rabta.review.models import Call, Interim, Version
from tests.cast import DAY, HOUR, MINUTE, NOW, Citizen, acting, as_role, hears, post_named
from tests.steps.stage import THEFT, happened, lead, theft, told
from tests.steps.watch_test import robbery


def suggested(after: timedelta) -> int:
    with as_role("rabta_worker"):
        return interims.suggest(now=NOW + after)


def test_after_21_days_the_desk_is_asked_once_and_after_21_more_again(cast: SimpleNamespace) -> None:
    case = theft(cast)
    assert [suggested(days * DAY) for days in (20.9, 21.1, 30, 42.2)] == [0, 1, 0, 1]
    assert Interim.objects.filter(case=case).count() == 2 and happened(case).count("interim_suggested") == 2


def test_whoever_was_written_to_meanwhile_is_not_due(cast: SimpleNamespace) -> None:
    case = theft(cast)
    with acting(cast.operator) as by:
        journey.reply(case=case, text="We found a witness", by=by, now=NOW + 10 * DAY)
    assert [suggested(days * DAY) for days in (22, 32)] == [0, 1]


def test_one_tap_sends_it_in_the_citizen_s_language(cast: SimpleNamespace) -> None:
    hears(cast, Citizen().says(THEFT["ur"]))
    case = Case.objects.latest("id")
    suggested(22 * DAY)
    with acting(cast.operator) as by:
        journey.send_interim(case=case, by=by, now=NOW + 22 * DAY)
    assert case.reference in told(case)[-1] and "کارروائی جاری ہے" in told(case)[-1]
    row = Interim.objects.get(case=case)
    assert row.sent and row.by == cast.operator and "interim_sent" in happened(case)


@pytest.mark.parametrize("safe", ["no", "", "yes"])
def test_an_automatic_one_leaves_only_where_it_is_safe_and_stops_no_clock(
    cast: SimpleNamespace, safe: str
) -> None:
    hears(cast, Citizen().says("My husband beats me, please help"))
    case = Case.objects.latest("id")
    assert case.urgency == 1
    Case.objects.filter(pk=case.pk).update(safe=safe)
    before = len(told(case))
    Version.objects.create(made_at=NOW, body={"interim_automatic": True})
    tables.forget()
    try:
        suggested(22 * DAY)
    finally:
        tables.forget()
    case.refresh_from_db()
    assert len(told(case)) - before == (1 if safe == "yes" else 0)
    assert Interim.objects.get(case=case).sent == (safe == "yes")
    assert case.replied_at is None


def test_an_undelivered_urgent_order_goes_by_sms_once_where_there_is_an_account(
    cast: SimpleNamespace,
) -> None:
    case = robbery(cast)
    assert by_sms(1.5) == 0
    sms = sms_account(cast)
    assert [by_sms(0.9), by_sms(1.5), by_sms(1.8)] == [0, 1, 0]
    letters = Delivery.objects.filter(pk__in=lead(case).letters).order_by("id")
    assert [letter.account_id == sms.pk for letter in letters] == [False, True]
    assert letters[1].number == cast.sho.phone
    assert happened(case).count("ordered_by_sms") == 1
    letters.filter(pk=letters[0].pk).update(state="delivered")  # the first arrives in the end
    with as_role("rabta_worker"):
        assert watch.pass_on_undelivered(now=NOW + 3 * MINUTE) == 0


def test_an_order_that_does_not_arrive_by_sms_either_goes_to_the_next_post(cast: SimpleNamespace) -> None:
    case = robbery(cast)
    sms_account(cast)
    assert by_sms(1.5) == 1
    Delivery.objects.filter(pk__in=lead(case).letters).update(state="sent")
    with as_role("rabta_worker"):
        assert [watch.pass_on_undelivered(now=NOW + minutes * MINUTE) for minutes in (1.9, 2.1)] == [0, 1]
    assert Order.objects.get(case=case, part="support").post == post_named(cast.co)


def test_whom_no_sms_can_reach_none_is_told_of(cast: SimpleNamespace) -> None:
    from rabta.force import directory

    case = robbery(cast)
    sms_account(cast)
    type(cast.sho).objects.filter(pk=cast.sho.pk).update(phone="")
    directory.forget()
    assert by_sms(1.5) == 0
    assert "ordered_by_sms" not in happened(case)


def sms_account(cast: SimpleNamespace) -> Account:
    values = {
        "host": "127.0.0.1",
        "port": "1",
        "system_id": "police",
        "password": "secret",
        "per_second": "9",
    }
    values |= {"window": "20", "message_ids": "hex/dec"}
    credential = accounts.create_credential(channel="sms", name="sms", values=values)
    return accounts.create_account(credential=credential, name="8300", external_id="8300", unit=cast.hq)


def by_sms(minutes: float) -> int:
    with as_role("rabta_worker"):
        return watch.send_by_sms(now=NOW + minutes * MINUTE)


def test_the_desk_telephones_until_somebody_is_reached(cast: SimpleNamespace) -> None:
    case = robbery(cast)
    with as_role("rabta_worker"):
        watch.pass_on_undelivered(now=NOW + 3 * MINUTE)
    call = Call.objects.get(order=lead(case))
    with acting(cast.sho) as by, pytest.raises(Refused, match="None of your postings"):
        journey.telephoned(call=call, reached=True, by=by, now=NOW + HOUR)
    for reached in (False, True):
        with acting(cast.operator) as by:
            journey.telephoned(call=call, reached=reached, by=by, now=NOW + HOUR)
    call.refresh_from_db()
    assert (call.tries, call.result, call.tried_by) == (2, "reached", cast.operator) and call.ended_at
    assert happened(case).count("called") == 2 and happened(case).count("call_asked") == 1
    with acting(cast.operator) as by, pytest.raises(Refused, match="already"):
        journey.telephoned(call=call, reached=False, by=by, now=NOW + HOUR)

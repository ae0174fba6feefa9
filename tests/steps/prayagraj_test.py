"""The report of Prayagraj, April to December 2020: 3473 complaints come in, end by verbs, and the table is theirs.

1560 came by X, 901 by Facebook and 1012 by the web form; 1718 were disposed of, 425 are in confidential inquiry, 1330
were found false, and 322 of these are under investigation. The suite does a fortieth, `make security` all.
"""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import count
from types import SimpleNamespace

import orjson
import pytest

from rabta import journey
from rabta.cases.models import Case, Order
from rabta.channels import accounts
from rabta.figures import folding, reports
from rabta.figures.counting import Period
from rabta.force import directory as force
from rabta.intake import forms, journal
from rabta.rules.report_classes import Flag, ReportClass
from tests import cast as players
from tests.cast import acting, read
from tests.figures import Figure, measured
from tests.steps import posts

pytestmark = [pytest.mark.django_db, pytest.mark.security]
PART = measured(whole=1, part=40)
CAME = {"x": 1560 // PART, "facebook": 901 // PART, "webform": 1012 // PART}
CONFIDENTIAL, FALSE, INVESTIGATED = 425 // PART, 1330 // PART, 322 // PART
ALL = sum(CAME.values())
DISPOSED = ALL - CONFIDENTIAL - FALSE  # 1718 of all
EACH = 20 if PART == 1 else 5
PAGE = "104512345678901"
PERIOD = Period(since=date(2020, 4, 1), until=date(2021, 1, 1))
NOW = players.NOW
numbers = count(1)


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    made = players.make()
    posts.add_x(made)
    made.page_app = accounts.create_credential(
        channel="facebook", name="P", values={"app_secret": "s", "access_token": "t", "verify_token": "v"}
    )
    accounts.create_account(credential=made.page_app, name="Page", external_id=PAGE, unit=made.hq)
    return made


def months() -> Iterator[datetime]:
    """The day of each complaint: the nine months one after the other."""
    return (datetime(2020, 4 + n * 9 // ALL, 1 + n % 28, 12, n % 60, tzinfo=UTC) for n in range(ALL))


def text(n: int) -> str:
    return f"My motorcycle number {n * 7919} was stolen near Kotwali, from the house of {n:o}, lane {n * 104729 % 9973}"


def arrive(cast: SimpleNamespace, channel: str, n: int, at: datetime) -> None:
    """One complaint of one person, as the provider or the form brings it to the journal."""
    if channel == "webform":
        entry = forms.Entry(submission=f"s{n}", text=text(n), category="theft", place="Kotwali")
        forms.submit(account=cast.form, entry=entry, files=(), now=at)
    elif channel == "facebook":
        said = {"mid": f"m_{n}", "text": text(n)}
        message = {"sender": {"id": f"61{n:012d}"}, "recipient": {"id": PAGE}, "message": said}
        message["timestamp"] = int(at.timestamp() * 1000)
        body = {"object": "page", "entry": [{"id": PAGE, "time": 1, "messaging": [message]}]}
        journal.append(cast.page_app, orjson.dumps(body), at)
    else:
        writer = f"30{n:012d}"
        payload = posts.post(f"@KPPolice {text(n)}", by=writer) | {
            "created_at": f"{at:%Y-%m-%dT%H:%M:%S}.000Z"
        }
        event = {
            "event_uuid": f"u{n}", "filter": {"user_id": posts.HQ}, "event_type": "post.mention.create",
            "payload": payload, "includes": {"users": [{"id": writer, "name": writer, "username": f"u{n}"}]},
        }  # fmt: skip
        journal.append(cast.x_app, orjson.dumps({"data": event}), at)


def intake(cast: SimpleNamespace) -> None:
    """All of them, mixed as they came, read in batches like a worker's."""
    left, order = dict(CAME), []
    while any(left.values()):
        for channel in left:
            order += [channel] * min(left[channel], 3)
            left[channel] -= min(left[channel], 3)
    came = list(zip(order, months(), strict=True))
    for batch in (came[n : n + 200] for n in range(0, ALL, 200)):
        for channel, at in batch:
            arrive(cast, channel, next(numbers), at)
        assert read(at=batch[-1][1], limit=200) == len(batch)


def ordered(cast: SimpleNamespace, cases: list[Case]) -> list[Order]:
    """The desk orders the station and informs the circle officer: in 2020 nobody of this force served yet."""
    with acting(cast.operator) as by:
        for case in cases:
            journey.order_suggested(case=case, by=by, now=NOW)
    return list(Order.objects.filter(part="lead", case__in=cases).select_related("case"))


def ends(cast: SimpleNamespace, orders: list[Order], *, outcome: str) -> None:
    """The station accepts and reports, the circle officer approves."""
    made = []
    with acting(cast.sho) as by:
        for order in orders:
            journey.accept(order=order, by=by, now=NOW)
            made.append(journey.report(order=order, text="Done", outcome=outcome, by=by, now=NOW))
    with acting(cast.co) as by:
        for report in made:
            journey.decide(report=report, decision="accepted", remark="", by=by, now=NOW)


def confide(cast: SimpleNamespace, cases: list[Case]) -> None:
    with acting(cast.desk_head) as by:
        for case in cases:
            journey.name_officers(case=case, officers=[cast.desk_head, cast.sp_mardan], by=by, now=NOW)


def inquired(cases: list[Case]) -> list[Case]:
    """Those for confidential inquiries: in no month fewer than five of a channel, or the report would not tell them."""
    by_month: dict[tuple[str, int], list[Case]] = {}
    for case in cases:
        by_month.setdefault((case.account.channel, case.opened_at.month), []).append(case)
    chosen: list[Case] = []
    for group in by_month.values():
        left = CONFIDENTIAL - len(chosen)
        number = left if left < 2 * EACH else EACH
        if len(group) >= number:
            chosen += group[:number]
    assert len(chosen) == CONFIDENTIAL
    return chosen


def test_the_table_of_prayagraj_comes_out_exactly(cast: SimpleNamespace, figure: Figure) -> None:
    began = time.monotonic()
    intake(cast)
    cases = list(Case.objects.select_related("account").order_by("id"))
    assert len(cases) == ALL == DISPOSED + CONFIDENTIAL + FALSE
    secret = inquired(cases)
    others = [case for case in cases if case not in secret]
    by_turn = [others[n * 61 % len(others)] for n in range(len(others))]  # channels and months mixed
    assert len(set(by_turn)) == DISPOSED + FALSE
    ends(cast, ordered(cast, by_turn[:DISPOSED]), outcome="action_taken")
    false = by_turn[DISPOSED:]
    ends(cast, ordered(cast, false), outcome="found_false")
    with acting(cast.co) as by:
        for case in Case.objects.filter(pk__in=[case.pk for case in false[:INVESTIGATED]]):  # on closed cases
            journey.set_investigation(case=case, under=True, by=by, now=NOW)
    confide(cast, secret)

    with acting(cast.igp) as scope:
        folding.fold()
        table = reports.of_unit(cast.hq.pk, period=PERIOD, scope=scope, directory=force.current(now=NOW))
    assert {row.name: row.total for row in table.rows} == CAME
    assert table.sum.total == ALL
    assert table.sum.classes == {
        ReportClass.DISPOSED: DISPOSED,
        ReportClass.CONFIDENTIAL: CONFIDENTIAL,
        ReportClass.FOUND_FALSE: FALSE,
        ReportClass.PENDING: 0,
    }
    assert table.sum.of_which[ReportClass.FOUND_FALSE, Flag.UNDER_INVESTIGATION] == INVESTIGATED
    with acting(cast.operator_peshawar) as scope:  # answers for no inquiry: they are in none of his figures
        below = reports.of_unit(cast.hq.pk, period=PERIOD, scope=scope, directory=force.current(now=NOW))
    assert below.sum.classes[ReportClass.CONFIDENTIAL] == 0
    figure("complaints in the report of Prayagraj", table.sum.total, str(ALL))
    figure("seconds for it", round(time.monotonic() - began, 1))

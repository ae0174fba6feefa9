"""Facts and sums of figures: always what the register says, whoever changes it and however it is folded in."""

from collections import Counter
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection

from rabta.cases.models import Case
from rabta.figures import counting, folding
from rabta.force import directory as force
from tests import cast as players
from tests.cast import NOW, acting, as_role
from tests.web import small_force

pytestmark = pytest.mark.django_db
TALLY = "SELECT unit_id, what, day, value, n FROM figures_tally WHERE n <> 0"
ANEW = """
SELECT unit, v.what, v.day, v.value, count(*)::int FROM figures_fact f,
  unnest(f.path[1:greatest(1, cardinality(f.path) - 2)]) AS unit, LATERAL rabta_figures_of(f) v
WHERE f.plain GROUP BY 1, 2, 3, 4
"""


def rows(sql: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def fold() -> None:
    with as_role("rabta_worker", system="a test"):
        folding.fold()


def made(cast: SimpleNamespace, unit: object, number: int = 1, **facts: object) -> list[Case]:
    seen = [cast.hq, cast.peshawar, cast.city, cast.kotwali] if unit == cast.kotwali else [cast.hq]
    facts = {"lead_unit": unit, "seen_by": seen, "category": "theft"} | facts
    return [small_force.case(desk=cast.hq, account=cast.number, **facts) for _ in range(number)]


@pytest.fixture
def cast() -> SimpleNamespace:
    return players.make()


def test_sums_are_those_of_the_facts_after_every_change(cast: SimpleNamespace) -> None:
    cases = made(cast, cast.kotwali, 4) + made(cast, None, 2)
    fold()
    assert sorted(rows(TALLY)) == sorted(rows(ANEW)) != []
    Case.objects.filter(pk__in=[case.pk for case in cases[:3]]).update(
        state="closed", outcome="action_taken", closed_at=NOW, under_investigation=True
    )
    Case.objects.filter(pk=cases[3].pk).update(category="fraud", assigned_to=cast.operator)
    fold()
    assert sorted(rows(TALLY)) == sorted(rows(ANEW))
    assert (cast.hq.pk, "class", NOW.date().replace(day=1), "whatsapp|disposed", 3) in rows(TALLY)
    flagged = "whatsapp|disposed|under_investigation"
    assert (cast.hq.pk, "flag", NOW.date().replace(day=1), flagged, 3) in rows(TALLY)


def test_a_case_that_becomes_confidential_leaves_the_figures(cast: SimpleNamespace) -> None:
    (case, *_rest) = made(cast, cast.kotwali, 3)
    fold()
    case.named_officers, case.visible_to = [cast.sp.pk], [-cast.sp.pk]
    case.save()
    fold()
    assert rows("SELECT count(*) FROM figures_fact") == [(2,)]
    assert sorted(rows(TALLY)) == sorted(rows(ANEW))


def test_what_some_must_not_see_is_in_no_sum(cast: SimpleNamespace) -> None:
    made(cast, cast.kotwali, hidden_from=[cast.kotwali.pk])
    made(cast, cast.kotwali, seen_by=[cast.hq])  # not ordered yet: it counts with the desk
    fold()
    assert rows("SELECT plain, unit_id FROM figures_fact ORDER BY 1") == [
        (False, cast.kotwali.pk),
        (True, cast.hq.pk),
    ]
    assert {row[0] for row in rows(TALLY)} == {cast.hq.pk}


def test_what_is_folded_in_parts_is_the_same(cast: SimpleNamespace) -> None:
    made(cast, cast.kotwali, 5)
    with as_role("rabta_worker", system="a test"):
        assert [folding.step(most=2) for _ in range(4)] == [2, 2, 1, 0]
    assert sorted(rows(TALLY)) == sorted(rows(ANEW))
    assert rows("SELECT count(*) FROM figures_changed") == [(0,)]


MARCH = counting.Period(since=date(2026, 3, 1), until=date(2026, 4, 1))
WHAT = tuple(counting.COLUMNS)


def read(cast: SimpleNamespace, who: object, unit: object) -> dict[str, Counter[str]]:
    with acting(who) as scope:
        folding.fold()
        found = counting.sums(
            [unit.pk], what=WHAT, period=MARCH, scope=scope, directory=force.current(now=NOW)
        )
        for what in ("all", "class", "kind", "category", "state", "outcome", "channel"):
            for value, number in found[unit.pk][what].items():
                ids = counting.cases(
                    unit.pk,
                    what=what,
                    value=value,
                    period=MARCH,
                    scope=scope,
                    directory=force.current(now=NOW),
                )
                assert len(ids) == number == Case.objects.filter(pk__in=ids).count(), (what, value)
        return found[unit.pk]


def test_every_figure_of_every_reader_is_as_many_cases_as_it_opens(cast: SimpleNamespace) -> None:
    made(cast, cast.kotwali, 4, state="closed", outcome="found_false", closed_at=NOW)
    made(cast, None, 3, kind="query", category="")
    made(cast, cast.kotwali, 2, kind="complaint_against_police", accused_unit=cast.kotwali,
         seen_by=[cast.hq], hidden_from=[cast.kotwali.pk, cast.city.pk])  # fmt: skip
    (secret,) = made(cast, cast.kotwali)
    secret.named_officers, secret.visible_to = [cast.igp.pk], [-cast.igp.pk]
    secret.save()
    readers = {"igp": (cast.hq, 9), "sp": (cast.peshawar, 4), "co": (cast.city, 4)}
    for who, (unit, number) in readers.items():
        found = read(cast, getattr(cast, who), unit)
        assert found["all"][""] == number == sum(found["class"].values()), who
    assert read(cast, cast.igp, cast.hq)["flag"] == {"whatsapp|pending|against_police": 2}
    assert read(cast, cast.igp, cast.kotwali)["all"][""] == 4  # the accusations are never with the accused
    assert read(cast, cast.sp_mardan, cast.kotwali)["all"][""] == 0  # whose cases he does not see


def test_days_add_up_to_the_month(cast: SimpleNamespace) -> None:
    made(cast, cast.kotwali, 3)
    made(cast, cast.kotwali, 2, opened_at=NOW.replace(day=31, hour=20))  # the next day in the force's zone
    with acting(cast.igp) as scope:
        folding.fold()
        found = counting.by_day(cast.hq.pk, period=MARCH, scope=scope, directory=force.current(now=NOW))
    assert found == {(date(2026, 3, 2), "pending"): 3}


def test_no_small_number_of_confidential_inquiries_is_told_or_can_be_subtracted(
    cast: SimpleNamespace,
) -> None:
    def told(since: str, until: str) -> list[tuple[object, ...]]:
        with acting(cast.igp), connection.cursor() as cursor:
            cursor.execute("SELECT * FROM rabta_confidential_report(%s, %s, 'UTC')", [since, until])
            return sorted(cursor.fetchall())

    named = {"named_officers": [cast.igp.pk], "visible_to": [-cast.igp.pk]}
    made(cast, None, 6, **named)
    made(cast, None, 5, **named, opened_at=NOW + timedelta(days=62))
    three = made(cast, None, 3, **named, opened_at=NOW + timedelta(days=31))
    Case.objects.filter(pk=three[0].pk - 1).update(under_investigation=True)
    march, may = told("2026-03-01", "2026-04-01"), told("2026-05-01", "2026-06-01")
    assert march == [("whatsapp", "", "", 6), ("whatsapp", "confidential", "", 6)]
    assert may == [("whatsapp", "", "", 5), ("whatsapp", "confidential", "", 5)]
    assert told("2026-04-01", "2026-05-01") == []
    assert told("2026-03-01", "2026-06-01") == [
        ("whatsapp", "", "", 11),
        ("whatsapp", "confidential", "", 11),
    ]
    assert told("2026-03-02", "2026-04-01") == told("2026-03-01", "2026-03-20") == []

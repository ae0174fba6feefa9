"""Facts and sums of figures: always what the register says, whoever changes it and however it is folded in."""

from collections import Counter
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection

from rabta.cases.models import Case
from rabta.figures import counting, folding
from rabta.force import directory as force
from rabta.rules import durations
from tests import cast as players
from tests.cast import NOW, acting, as_role
from tests.web import small_force

pytestmark = pytest.mark.django_db
TALLY = "SELECT unit_id, what, day, value, n FROM figures_tally WHERE n <> 0"
ANEW = """
SELECT unit, v.what, v.day, v.value, count(*)::int FROM figures_fact f,
  LATERAL rabta_figures_of(f) v, unnest(rabta_levels(v.what, f.path)) AS unit
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


def test_the_database_puts_times_into_the_steps_of_the_rule(cast: SimpleNamespace) -> None:
    whole = [2**power - 1 for power in range(21)]  # where a doubling ends, to the minute
    seconds = [-5, 1, 59.999999, *(minutes * 60 + by for minutes in whole for by in (-0.001, 0, 0.001)), 5e7]
    for taken in seconds:
        made(cast, None, opened_at=NOW, replied_at=NOW + timedelta(seconds=taken))
    fold()
    found = [row[0] for row in rows("SELECT reply FROM figures_fact ORDER BY case_id")]
    assert found == [durations.step_of(timedelta(seconds=taken)) for taken in seconds]


def test_days_add_up_to_the_month(cast: SimpleNamespace) -> None:
    made(cast, cast.kotwali, 3)
    made(cast, cast.kotwali, 2, opened_at=NOW.replace(day=31, hour=20))  # the next day in the force's zone
    with acting(cast.igp) as scope:
        folding.fold()
        found = counting.by_day(cast.hq.pk, period=MARCH, scope=scope, directory=force.current(now=NOW))
    assert found == {(date(2026, 3, 2), "pending"): 3}


def confidential(who: object, since: str, until: str) -> list[tuple[object, ...]]:
    with acting(who), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM rabta_confidential_report(%s, %s, 'UTC')", [since, until])
        return sorted(cursor.fetchall())


def test_no_small_number_of_confidential_inquiries_is_told_or_can_be_subtracted(
    cast: SimpleNamespace,
) -> None:
    def told(since: str, until: str) -> list[tuple[object, ...]]:
        fold()
        return confidential(cast.igp, since, until)

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


GUARDED = "SELECT seen_as, unit_id, what, day, value, n FROM figures_guarded WHERE n <> 0"
GUARDED_ANEW = """
SELECT seen_as, unit, v.what, v.day, v.value, count(*)::int FROM figures_fact f,
  unnest(f.seen_by) AS seen_as, unnest(f.path) AS unit, LATERAL rabta_figures_of(f) v
WHERE NOT f.plain AND seen_as > 0 GROUP BY 1, 2, 3, 4, 5
"""
FILLED = {
    "state": "closed", "outcome": "fir_registered", "closed_at": NOW + timedelta(hours=9), "fir_number": "7/26",
    "fir_on": NOW.date(), "replied_at": NOW + timedelta(minutes=3), "satisfaction": 4, "feedback_at": NOW,
    "contacted_at": NOW + timedelta(hours=1), "reopened_at": NOW,
}  # fmt: skip


def test_an_inquiry_is_in_the_report_while_it_is_one_and_is_not_hidden_from_the_reader(
    cast: SimpleNamespace,
) -> None:
    named = {"named_officers": [cast.igp.pk], "visible_to": [-cast.igp.pk]}
    cases = made(cast, None, 8, **named)

    def number(who: object) -> int:
        return sum(row[3] for row in confidential(who, "2026-03-01", "2026-04-01") if not row[1])

    assert number(cast.igp) == 0  # nothing is folded in
    fold()
    assert (number(cast.igp), number(cast.oversight), number(cast.sp)) == (8, 8, 0)
    Case.objects.filter(pk=cases[0].pk).update(hidden_from=[-cast.igp.pk])
    assert number(cast.igp) == 7  # at once
    fold()
    assert (number(cast.igp), number(cast.oversight)) == (7, 8)
    Case.objects.filter(pk=cases[1].pk).update(named_officers=[], visible_to=[cast.hq.pk])
    Case.objects.filter(pk=cases[2].pk).update(state="closed", outcome="action_taken", closed_at=NOW)
    fold()
    assert rows("SELECT report_class, count(*) FROM figures_inquiry GROUP BY 1 ORDER BY 1") == [
        ("confidential", 6),
        ("disposed", 1),
    ]
    assert told(cast.igp, cast.hq, what="all") == {"": 1}


def seen_one_by_one(who: object, unit: object) -> Counter[str]:
    """By category, from the cases that the reader's own lists hold."""
    with acting(who) as scope:
        mine = Case.objects.filter(scope.visible(), named_officers=[], fact__path__contains=[unit.pk])
        return Counter(mine.values_list("category", flat=True))


def told(who: object, unit: object, *, what: str = "category") -> Counter[str]:
    with acting(who) as scope:
        found = counting.sums(
            [unit.pk], what=[what], period=MARCH, scope=scope, directory=force.current(now=NOW)
        )
        return found[unit.pk][what]


def test_what_only_some_may_see_is_told_to_each_as_his_lists_tell_it(cast: SimpleNamespace) -> None:
    players.also_holds(cast.co, players.post_named(cast.ctd_head))
    players.also_holds(cast.oversight, players.post_named(cast.sho))
    hidden = {
        "nobody": [],
        "at large": [0],
        "kotwali": [cast.kotwali.pk],
        "the chief": [-cast.igp.pk],
        "a circle": [cast.city.pk, -cast.sp.pk],
    }
    seen = [
        [cast.hq], [cast.ctd], [cast.hq, cast.ctd], [cast.peshawar, cast.city], [cast.hq, cast.peshawar, cast.kotwali],
    ]  # fmt: skip
    for number, (category, hidden_from) in enumerate(hidden.items()):
        for seen_by in seen:
            made(cast, cast.kotwali, number + 1, category=category, seen_by=seen_by, hidden_from=hidden_from)
    (named,) = made(cast, cast.kotwali, category="by name", seen_by=[cast.hq])
    Case.objects.filter(pk=named.pk).update(visible_to=[cast.hq.pk, -cast.sp.pk])
    made(cast, cast.kotwali, 3, category="plain")
    fold()
    assert sorted(rows(GUARDED)) == sorted(rows(GUARDED_ANEW)) != []
    readers = (cast.igp, cast.oversight, cast.sp, cast.co, cast.sho, cast.ctd_head, cast.sp_mardan)
    for who in readers:
        for unit in (cast.hq, cast.peshawar, cast.city, cast.kotwali):
            with acting(who) as scope:
                in_sight = bool(scope.sees_as & set(unit.path))
            ought = seen_one_by_one(who, unit) if in_sight else Counter()
            assert told(who, unit) == ought, (who, unit)
    Case.objects.filter(category="at large").update(hidden_from=[-cast.sp.pk])
    Case.objects.filter(category="the chief").update(category="theft")
    fold()
    assert sorted(rows(GUARDED)) == sorted(rows(GUARDED_ANEW))
    for who in readers:
        assert told(who, who.postings.first().post.unit) == seen_one_by_one(
            who, who.postings.first().post.unit
        )


def test_whoever_is_nobody_reads_no_sum(cast: SimpleNamespace) -> None:
    made(cast, None, 3, hidden_from=[cast.kotwali.pk])
    fold()
    ask = (
        f"SELECT * FROM rabta_guarded_figures(ARRAY[{cast.hq.pk}], ARRAY['all'], '2026-03-01', '2026-04-01')"
    )
    with as_role("rabta_web"):
        assert rows(ask) == []
    with as_role("rabta_web", units=f"{{{cast.hq.pk}}}"):  # as whom he is shut out is not said
        assert rows(ask) == []
    with acting(cast.igp):
        assert [row[4] for row in rows(ask)] == [3]


@pytest.mark.parametrize("change", ["accused", "withdrawn", "confidential"])
def test_what_is_put_out_of_sight_is_in_no_figure_before_it_is_folded_in(
    cast: SimpleNamespace, change: str
) -> None:
    made(cast, cast.kotwali, 2, category="theft")
    gone = made(cast, cast.kotwali, category="theft")
    guarded = made(cast, cast.kotwali, category="fraud", hidden_from=[cast.kotwali.pk])
    fold()
    assert told(cast.sp, cast.peshawar) == {"theft": 3, "fraud": 1}
    changes = {
        "accused": {"hidden_from": [cast.peshawar.pk, cast.kotwali.pk]},
        "withdrawn": {"visible_to": [cast.hq.pk]},
        "confidential": {"named_officers": [cast.igp.pk], "visible_to": [-cast.igp.pk]},
    }
    Case.objects.filter(pk__in=[gone[0].pk, guarded[0].pk]).update(**changes[change])
    late = {unit.pk: told(cast.sp, unit) for unit in (cast.peshawar, cast.city, cast.kotwali)}
    assert set(map(tuple, map(Counter.items, late.values()))) == {(("theft", 2),)}
    fold()
    assert late == {unit.pk: told(cast.sp, unit) for unit in (cast.peshawar, cast.city, cast.kotwali)}
    assert told(cast.igp, cast.hq)["theft"] == (2 if change == "confidential" else 3)


def test_a_station_is_counted_from_its_cases_as_its_circle_from_its_sums(cast: SimpleNamespace) -> None:
    made(cast, cast.kotwali, 3, **FILLED, fir_unit=cast.kotwali, assigned_to=cast.operator)
    made(cast, cast.kotwali, 2, assigned_to=cast.operator, under_investigation=True)
    fold()
    for what in WHAT:
        found = told(cast.co, cast.kotwali, what=what)
        assert found == told(cast.co, cast.city, what=what) == told(cast.igp, cast.hq, what=what) != {}, what
    with acting(cast.co) as scope:
        asked = {"period": MARCH, "scope": scope, "directory": force.current(now=NOW), "only": "pending"}
        whose = {"what": "officer", "value": str(cast.operator.pk)} | {
            k: asked[k] for k in asked if k != "only"
        }
        assert len(counting.cases(cast.kotwali.pk, **whose)) == 2  # what is closed is nobody's work
        found = counting.by_day(cast.kotwali.pk, **asked)
        assert found == counting.by_day(cast.city.pk, **asked) == {(date(2026, 3, 2), "pending"): 2}


def test_the_cases_behind_a_figure_are_read_page_by_page_from_the_last_day_on(cast: SimpleNamespace) -> None:
    days = [3, 9, 2, 9, 5]
    found = [made(cast, cast.kotwali, opened_at=NOW.replace(day=day))[0].pk for day in days]
    newest = [found[3], found[1], found[4], found[0], found[2]]
    with acting(cast.co) as scope:
        folding.fold()
        asked = {
            "what": "all",
            "value": "",
            "period": MARCH,
            "scope": scope,
            "directory": force.current(now=NOW),
        }
        assert counting.cases(cast.city.pk, **asked, most=2) == newest[:2]
        assert counting.cases(cast.city.pk, **asked, most=2, after=newest[1]) == newest[2:4]
        assert counting.cases(cast.city.pk, **asked, most=2, after=newest[3]) == newest[4:]
        assert counting.cases(cast.city.pk, **asked, after=0) == newest  # of no case: from the beginning

"""Search by words: what is found, in which writing, and that nobody finds what he may not see."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction

from rabta.cases import searching
from rabta.cases.models import Case
from rabta.force.models import Officer
from tests.cast import NOW, acting, as_role
from tests.steps.eyes import accused
from tests.steps.stage import accusation, theft

DAY = timedelta(days=1)


def found(who: Officer, text: str, *, since=NOW - DAY, before=None, most: int = 9) -> list[int]:
    with acting(who):
        return searching.by_words(text, since=since, before=before, most=most)


def about(case: Case, subject: str, place: str = "", **facts: object) -> Case:
    Case.objects.filter(pk=case.pk).update(subject=subject, place=place, **facts)
    return case


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("My Motorcycle was stolen", "motorcyc STOLEN"),
        ("Stolen: motorcycle (red), number PSH-4711!", "red psh 4711"),
        ("موٹر سائیکل چوری ہو گئی", "چورى"),  # with the yeh of another keyboard
        ("موٹر سائيكل، چوری۔", "سائیکل چوری"),
        ("मोटरसाइकिल चोरी हो गई।", "चोरी मोटर"),
        ("पढ़ने की जगह", "पढने"),  # without its dot below
        ("نمبر ۴۷۱۱", "4711"),
        ("Number ４７１１", "۴۷۱۱"),
        ("O'Hara's shop", "o'hara"),
    ],
)
def test_words_are_found_as_people_write_them(cast: SimpleNamespace, subject: str, text: str) -> None:
    case = about(theft(cast), subject)
    assert found(cast.operator, text) == [case.pk]


@pytest.mark.parametrize(
    "text", ["", "  ", "!", "' OR 1=1", "car:* | a & !b", "horse", "motorcycle horse", "\\", "of"]
)
def test_what_is_not_there_is_not_found(cast: SimpleNamespace, text: str) -> None:
    about(theft(cast), "My motorcycle was stolen often")
    assert found(cast.operator, text) == []


def test_the_place_counts_and_the_newest_comes_first(cast: SimpleNamespace) -> None:
    first, second, third = (about(theft(cast), "Stolen", "Saddar Road") for _ in range(3))
    Case.objects.filter(pk=first.pk).update(last_in_at=NOW + DAY)
    Case.objects.filter(pk=third.pk).update(last_in_at=NOW - 2 * DAY)
    assert found(cast.operator, "saddar") == [first.pk, second.pk]
    assert found(cast.operator, "saddar", most=1) == [first.pk]
    assert found(cast.operator, "saddar", before=(NOW + DAY, first.pk)) == [second.pk]


@pytest.mark.parametrize("common", [False, True])
def test_nobody_finds_what_he_may_not_see(cast: SimpleNamespace, common: bool) -> None:
    """Both ways of the function: by the index of words, and from the newest on when they are in most cases."""
    ours, theirs, hidden = theft(cast), theft(cast), accusation(cast)
    for case in (ours, theirs, hidden):
        about(case, "Bribe taken")
    accused(cast.operator, hidden, cast.kotwali)
    accused(cast.operator, theirs, cast.kotwali)
    if common:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE cases_case")
    assert found(cast.sho, "bribe taken") == [ours.pk]
    assert found(cast.sho_rustam, "bribe") == []
    assert set(found(cast.operator, "bribe")) == {ours.pk, theirs.pk, hidden.pk}
    assert found(cast.administrator, "bribe") == []
    with as_role("rabta_web"):
        assert searching.by_words("bribe", since=NOW - DAY, before=None, most=9) == []
    with as_role("rabta_web", units=f"{{{cast.kotwali.pk}}}"):  # not told as whom he is shut out
        assert searching.by_words("bribe", since=NOW - DAY, before=None, most=9) == []


@pytest.mark.parametrize("role", ["rabta_worker", "rabta_relay", "rabta_gateway"])
def test_only_the_pages_search(cast: SimpleNamespace, role: str) -> None:
    refused = pytest.raises(DatabaseError, match="permission denied")
    with as_role(role, system="a test"), refused, transaction.atomic():
        searching.by_words("bribe", since=NOW - DAY, before=None, most=9)


def test_the_function_reads_nothing_but_what_it_compares(cast: SimpleNamespace) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_column_privilege('rabta_search', 'cases_case', 'subject', 'select')")
        assert cursor.fetchall() == [(False,)]
        cursor.execute("SELECT r.rolname FROM pg_proc p JOIN pg_roles r ON r.oid = proowner"
                       " WHERE proname = 'rabta_search_cases'")  # fmt: skip
        assert cursor.fetchall() == [("rabta_search",)]

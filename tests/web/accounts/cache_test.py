"""The cache that all web processes share."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from rabta.jobs import sweeps
from rabta.web.models import Kept
from tests.cast import as_role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _as_web(db: None) -> Iterator[None]:
    with as_role("rabta_web"):
        yield


def test_a_value_is_kept_until_its_end():
    cache.set("a", [1.5, 2], 60)
    assert cache.get("a") == [1.5, 2]
    Kept.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert cache.get("a", "gone") == "gone"
    assert not cache.touch("a", 60)
    with pytest.raises(ValueError, match="nothing is counted"):
        cache.incr("a")


def test_only_the_first_one_adds_until_the_end_has_come():
    assert cache.add("lock", 1, 60)
    assert not cache.add("lock", 2, 60)
    assert cache.get("lock") == 1
    Kept.objects.update(until=timezone.now())
    assert cache.add("lock", 2, 60)
    assert cache.get("lock") == 2


def test_counting_goes_on_where_it_stood():
    cache.set("n", 1, 60)
    assert [cache.incr("n"), cache.incr("n", 5), cache.decr("n")] == [2, 7, 6]


def test_deleting_and_clearing():
    cache.set_many({"a": 1, "b": 2})
    assert cache.delete("a")
    assert not cache.delete("a")
    cache.clear()
    assert cache.get("b") is None


def test_a_value_without_end_stays():
    cache.set("for-ever", "x", None)
    assert Kept.objects.get().until is None
    assert cache.get("for-ever") == "x"


def test_what_has_ended_is_swept_by_the_worker():
    cache.set("old", 1, -1)
    cache.set("new", 1, 60)
    with as_role("rabta_worker"):
        sweeps.sweep_sign_in()
    with as_role("rabta_migrate"):
        assert [key.rsplit(":", 1)[1] for key in Kept.objects.values_list("key", flat=True)] == ["new"]

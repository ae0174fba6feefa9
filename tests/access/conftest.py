"""The cast and what it has done: cases of every kind, with all that hangs on them. Made once for each file of tests."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest


@pytest.fixture(scope="module")
def _standing_world(django_db_setup: None, django_db_blocker: Any) -> Iterator[SimpleNamespace]:
    from django.db import transaction

    from tests.access import world

    with django_db_blocker.unblock(), transaction.atomic():
        yield world.make()
        transaction.set_rollback(True)


@pytest.fixture
def world(_standing_world: SimpleNamespace, db: None) -> SimpleNamespace:
    """`world.cast`, and `world.facts` by case."""
    return _standing_world

"""The cast stands once for each file of tests; what a test does is undone when it ends."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest


@pytest.fixture(scope="module")
def _standing_cast(django_db_setup: None, django_db_blocker: Any) -> Iterator[SimpleNamespace]:
    from django.db import transaction

    from tests import cast

    with django_db_blocker.unblock(), transaction.atomic():
        yield cast.make()
        transaction.set_rollback(True)


@pytest.fixture
def cast(_standing_cast: SimpleNamespace, db: None) -> Iterator[SimpleNamespace]:
    """The force of `tests/cast.py`, as it was made."""
    from rabta.force import directory

    directory.forget()
    yield _standing_cast
    directory.forget()


@pytest.fixture
def town(cast: SimpleNamespace) -> Iterator[SimpleNamespace]:
    """The same with volunteers who report rumours (`tests/groups/claims_stage.py`)."""
    from rabta.force import access
    from tests.groups import claims_stage

    with access.system("test"):
        yield claims_stage.town(cast)

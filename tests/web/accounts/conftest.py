"""Officers who can sign in, in the service's strictness where a test asks for it."""

from types import SimpleNamespace
from typing import Any

import pytest


@pytest.fixture
def force(db: None) -> SimpleNamespace:
    from tests.web.accounts import stage  # not before Django is set up

    return stage.make()


@pytest.fixture
def strict(settings: Any) -> None:
    """As in service: second factors don't wait."""
    settings.SECOND_FACTOR_MAY_WAIT = False

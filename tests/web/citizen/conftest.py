"""The force with a public form. Its models are imported when Django is there."""

from types import SimpleNamespace

import pytest


@pytest.fixture
def force(db: None) -> SimpleNamespace:
    from tests.web.citizen import stage

    return stage.with_a_form()

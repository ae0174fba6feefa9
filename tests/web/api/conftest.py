"""A small force, one case, and the API as any officer asks it. (Django is loaded inside: see `tests/intake`.)"""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.conftest import AsRole


@pytest.fixture
def force(db: None) -> SimpleNamespace:
    from tests.web import small_force

    return small_force.make()


@pytest.fixture
def api(as_role: AsRole) -> Any:
    from tests.web.api.asking import Api

    return lambda officer: Api(as_role, officer)


@pytest.fixture
def north_case(force: SimpleNamespace) -> Any:
    from tests.web import small_force

    return small_force.case(desk=force.hq, seen_by=[force.hq, force.north], account=force.account)


@pytest.fixture(autouse=True)
def _files(tmp_path: Any, settings: Any) -> None:
    settings.FILES_DIR = tmp_path / "files"

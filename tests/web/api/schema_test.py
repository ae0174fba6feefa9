"""The API, tried by its own description: what it describes is sent, and every answer must be as it says.

schemathesis makes the requests from `/api/v1/openapi.json`, good ones and broken ones, always the same. They come in
through WSGI with a token of each role in turn, most of them with ids of things that exist. What a request changes is
undone before the next.
"""

import logging
from collections import Counter
from collections.abc import Iterator
from itertools import cycle
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from rabta.force.access import PERMISSIONS
from tests.conftest import AsRole
from tests.figures import Figure, measured
from tests.web.route_world import World

pytestmark = pytest.mark.django_db
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
KINDS = {"/cases/": "case", "/orders/": "order", "/reports/": "report"}


class Asking:
    """Sends what schemathesis made, as one role after the other."""

    def __init__(self, world: World, as_role: AsRole) -> None:
        self.world, self.as_role = world, as_role
        self.tokens = {role: world.token(officer) for role, officer in world.roles["north"].items()}
        self.roles = cycle(self.tokens)
        self.invented = cycle([False, False, True])
        self.answers: Counter[int] = Counter()
        self.asked: Counter[str] = Counter()

    def send(self, case: schemathesis.Case) -> None:
        """One request and all checks; it leaves nothing."""
        role = next(self.roles)
        if not next(self.invented):
            self._put_in_what_exists(case)
        with transaction.atomic():
            with connection.cursor() as cursor:  # in service the scope ends with the transaction of a request
                cursor.execute(
                    "SELECT set_config('rabta.units', '', true), set_config('rabta.own', '', true)"
                )
            with self.as_role("rabta_web"):
                answer = case.call(headers={"Authorization": f"Bearer {self.tokens[role]}"})
            transaction.set_rollback(True)
        self.asked[role] += 1
        self.answers[answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)

    def _put_in_what_exists(self, case: schemathesis.Case) -> None:
        for start, kind in KINDS.items():
            if start in case.operation.path and "id" in case.path_parameters:
                case.path_parameters["id"] = self.world.foreign[kind]
        force = self.world.force
        known = {
            "post": "sho-south-post",
            "accused_unit": force.south.public_id,
            "accused_officers": [force.sho_south.public_id],
            "officers": [self.world.roles["north"][role].public_id for role in ("desk_head", "sho")],
            "category": "theft",
        }
        if isinstance(case.body, dict):
            case.body |= {name: value for name, value in known.items() if name in case.body}


@pytest.fixture
def asking(db: None, as_role: AsRole) -> Iterator[Asking]:
    logging.disable(logging.WARNING)  # hundreds of refusals are what is wanted here
    for signal in (request_started, request_finished):  # the test's transaction goes on between requests
        signal.disconnect(close_old_connections)
    yield Asking(World(as_role), as_role)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
    logging.disable(logging.NOTSET)


@pytest.mark.security
def test_the_api_answers_as_it_describes_and_never_breaks(asking: Asking, figure: Figure) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    operations = [found.ok() for found in schema.get_all_operations()]
    examples = {
        GenerationMode.POSITIVE: measured(whole=30, part=3),
        GenerationMode.NEGATIVE: measured(whole=15, part=1),
    }
    for operation in operations:
        for mode, number in examples.items():
            _try(asking, operation, mode, number)
    broken = sum(count for status, count in asking.answers.items() if status >= 500)
    figure("requests to the API that broke the server", f"{broken} of {asking.answers.total()}", "0")
    assert set(asking.asked) == set(PERMISSIONS) and not broken
    assert {200, 403, 404, 409, 422} <= set(asking.answers)


def _try(asking: Asking, operation: Any, mode: GenerationMode, number: int) -> None:
    @settings(
        max_examples=number,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: schemathesis.Case) -> None:
        asking.send(case)

    send()

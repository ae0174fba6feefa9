"""Somebody who asks the API, as rabta_web."""

import json
from typing import Any

from django.db import connection
from django.test import Client

from rabta.force.models import Officer
from rabta.web.api import tokens
from tests.conftest import AsRole


class Api:
    """Asks as one officer; every request begins without the scope of the one before."""

    def __init__(self, as_role: AsRole, officer: Officer | None) -> None:
        self.as_role, self.client = as_role, Client()
        self.token = tokens.create(username=officer.username) if officer else ""

    def ask(self, method: str, path: str, body: Any = None, **words: Any) -> Any:
        """Status and parsed body."""
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        if body is not None:
            words |= {"data": json.dumps(body), "content_type": "application/json"}
        forget_scope()
        with self.as_role("rabta_web"):
            answer = getattr(self.client, method)(f"/api/v1{path}", headers=headers, **words)
        forget_scope()
        return answer.status_code, json.loads(answer.content) if answer.content else None

    def get(self, path: str, **query: Any) -> Any:
        return self.ask("get", path, data=query)

    def post(self, path: str, body: Any = None) -> Any:
        return self.ask("post", path, body if body is not None else {})


def forget_scope() -> None:
    """In service it ends with the transaction of the request; a test is one transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('rabta.units', '', true), set_config('rabta.system', '', true)")

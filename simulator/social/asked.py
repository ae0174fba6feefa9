"""A request to the Graph API of a page."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from simulator.errors import GraphError, no_such_object
from simulator.social.people import People
from simulator.store import Row

Json = dict[str, Any]


class Asked:
    """A request of a page: whose token it is, which object it is about, and what it holds."""

    def __init__(self, request: web.Request, people: People, pages: list[Row], name: str) -> None:
        self.request, self.people, self.square, self.name = request, people, people.square, name
        self.pages = pages
        self.body: Json = {}
        self.file: str = ""  # media id of an upload

    def page(self) -> Row:
        """The page that the address names, if the token is its own."""
        found = next((page for page in self.pages if page["id"] == self.name), None)
        if found is None:
            raise no_such_object(self.name, verb=self.request.method.lower())
        return found

    def post(self) -> tuple[Row, Row]:
        """(page, post) of the address."""
        post = self.square.needed_post(self.name, verb=self.request.method.lower())
        page = next((page for page in self.pages if page["id"] == post["page"]), None)
        if page is None:
            raise no_such_object(self.name, verb=self.request.method.lower())
        return page, post

    def text(self, name: str = "message", *, limit: int = 8000) -> str:
        """A text that must be there."""
        value = self.body.get(name)
        if not isinstance(value, str) or not value.strip() or len(value) > limit:
            raise GraphError(100, f"Param {name} must be a text of 1 to {limit} characters")
        return value

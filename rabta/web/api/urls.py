"""`/api/v1`. Its description is at `/api/v1/openapi.json`; there is no page with somebody else's scripts."""

from typing import Any

from django.urls import path
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from rabta import __version__
from rabta.web.api import (
    assigning,
    bulletins,
    cases,
    directions,
    figures,
    good_work,
    group_members,
    group_talk,
    groups,
    handed,
    joining,
    life,
    limits,
    ordering,
    orders,
    others,
    problems,
    protecting,
    versions,
)
from rabta.web.api.auth import Token


class Described(NinjaAPI):
    """With a description that is true of errors too: these come as `application/problem+json`."""

    def __init__(self, **facts: Any) -> None:
        super().__init__(**facts)
        self._descriptions: dict[str, OpenAPISchema] = {}

    def get_openapi_schema(self, **where: Any) -> OpenAPISchema:
        """Made once for each place of the API (there is one): anybody may ask, and making it takes most of a second."""
        place = repr(sorted(where.items()))
        if place not in self._descriptions:
            self._descriptions[place] = self._described(**where)
        return self._descriptions[place]

    def _described(self, **where: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**where)
        for operations in schema["paths"].values():
            for operation in operations.values():
                for status, answer in operation["responses"].items():
                    if int(status) >= 400 and "application/json" in answer.get("content", {}):
                        answer["content"] = {problems.TYPE: answer["content"]["application/json"]}
        return schema


api = Described(
    title="Rabta",
    version=__version__,
    description="The register of the contact desk and its verbs. A token has the rights of its officer, as they "
    "are at the time. Times are in UTC. What the officer may not see is answered with 404.",
    auth=Token(),
    docs_url=None,
    urls_namespace="api",
)
api.add_router("/cases", cases.router)
api.add_router("/cases", assigning.router)
api.add_router("/cases", joining.router)
api.add_router("/cases", protecting.router)
api.add_router("/cases", life.router)
api.add_router("/closings", life.closings)
api.add_router("/cases", limits.router)
api.add_router("/escalations", limits.escalations)
api.add_router("/orders", orders.router)
api.add_router("/reports", orders.reports)
api.add_router("/cases", ordering.cases)
api.add_router("/orders", ordering.router)
api.add_router("/reports", ordering.reports)
api.add_router("/figures", figures.router)
api.add_router("/groups", group_talk.router)
api.add_router("/groups", group_members.router)
api.add_router("/groups", groups.router)
api.add_router("/broadcasts", groups.broadcasts)
api.add_router("/directions", directions.router)
api.add_router("/hops", directions.hops)
api.add_router("/proofs", directions.proofs)
api.add_router("/good_work", good_work.router)
api.add_router("/versions", versions.router)
api.add_router("/questions", versions.questions)
api.add_router("/bulletins", bulletins.router)
api.add_router("/claims", bulletins.claims)
api.add_router("/rumours", bulletins.rumours)
api.add_router("/handed", handed.router)
api.add_router("", others.router)
problems.install(api)

urlpatterns = [path("api/v1/", api.urls)]

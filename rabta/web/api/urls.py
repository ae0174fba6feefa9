"""`/api/v1`. Its description is at `/api/v1/openapi.json`; there is no page with somebody else's scripts."""

from django.urls import path
from ninja import NinjaAPI

from rabta import __version__
from rabta.web.api import cases, orders, others, problems
from rabta.web.api.auth import Token

api = NinjaAPI(
    title="Rabta",
    version=__version__,
    description="The register of the contact desk and its verbs. A token has the rights of its officer, as they "
    "are at the time. Times are in UTC. What the officer may not see is answered with 404.",
    auth=Token(),
    docs_url=None,
    urls_namespace="api",
)
api.add_router("/cases", cases.router)
api.add_router("/orders", orders.router)
api.add_router("/reports", orders.reports)
api.add_router("", others.router)
problems.install(api)

urlpatterns = [path("api/v1/", api.urls)]

"""All addresses of the pages. Every route is listed with its readers in `tests/web/routes_test.py`."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []

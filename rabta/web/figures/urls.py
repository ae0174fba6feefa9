"""Addresses of the figures."""

from django.urls import path

from rabta.web.figures import behind, overview, places, public, report, views

urlpatterns = [
    path("figures/", views.figures, name="figures"),
    path("figures/overview/", overview.overview, name="figures_overview"),
    path("figures/report/", report.report, name="figures_report"),
    path("figures/cases/", behind.cases, name="figures_cases"),
    path("figures/places/", places.places, name="figures_places"),
    path("figures/places/watch/", places.watch, name="figures_watch"),
    path("figures/crimes/", places.register, name="figures_crimes"),
    path("figures/public/", public.public, name="figures_public"),
]

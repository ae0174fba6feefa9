"""Addresses of the figures."""

from django.urls import path

from rabta.web.figures import behind, overview, report, views

urlpatterns = [
    path("figures/", views.figures, name="figures"),
    path("figures/overview/", overview.overview, name="figures_overview"),
    path("figures/report/", report.report, name="figures_report"),
    path("figures/cases/", behind.cases, name="figures_cases"),
]

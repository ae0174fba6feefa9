"""Addresses of exports."""

from django.urls import path

from rabta.web.exports import tables, views

urlpatterns = [
    path("export/cases/", views.cases, name="export_cases"),
    path("export/figures/", tables.table, name="export_figures"),
    path("export/overview/", tables.overview, name="export_overview"),
    path("export/report/", tables.report, name="export_report"),
]

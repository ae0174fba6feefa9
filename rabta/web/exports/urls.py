"""Addresses of exports."""

from django.urls import path

from rabta.web.exports import views

urlpatterns = [
    path("export/cases/", views.cases, name="export_cases"),
    path("export/figures/", views.table, name="export_figures"),
]

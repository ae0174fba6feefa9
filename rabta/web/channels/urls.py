"""Addresses of the page on the force's accounts."""

from django.urls import path

from rabta.web.channels import costs, views

urlpatterns = [
    path("channels/", views.channels, name="channels"),
    path("channels/costs/", costs.costs, name="channels_costs"),
]

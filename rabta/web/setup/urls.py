"""Addresses of the first start."""

from django.urls import path

from rabta.web.setup import views

urlpatterns = [path("setup/<str:token>/", views.first_administrator, name="first_administrator")]

"""Addresses of the page on which an exported chat is brought in."""

from django.urls import path

from rabta.web.groups import views

urlpatterns = [path("groups/import/", views.bring, name="groups_import")]

"""Address of the record."""

from django.urls import path

from rabta.web.record import views

urlpatterns = [path("record/", views.record, name="record")]

"""Addresses of what waits for a second officer or the next level."""

from django.urls import path

from rabta.web.closings import views

urlpatterns = [
    path("closings/", views.closings, name="closings"),
    path("closings/<slug:public_id>/decide/", views.decide, name="closing_decide"),
    path("closings/appeals/<slug:public_id>/decide/", views.decide_appeal, name="appeal_decide"),
]

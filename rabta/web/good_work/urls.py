"""Addresses of good work."""

from django.urls import path

from rabta.web.good_work import views

urlpatterns = [
    path("groups/good-work/", views.listed, name="good_works"),
    path("groups/good-work/new/", views.new, name="good_work_new"),
    path("groups/good-work/<slug:public_id>/", views.one, name="good_work"),
    path("groups/good-work/<slug:public_id>/<slug:act>/", views.act, name="good_work_act"),
]

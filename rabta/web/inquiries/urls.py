"""Addresses of confidential inquiries."""

from django.urls import path

from rabta.web.inquiries import views

urlpatterns = [
    path("inquiries/", views.inquiries, name="inquiries"),
    path("inquiries/<slug:public_id>/", views.inquiry, name="inquiry"),
    path("inquiries/<slug:public_id>/<slug:act>/", views.act, name="inquiry_act"),
]

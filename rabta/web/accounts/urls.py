"""Signing in and out, the first page of each role, and the language."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from rabta.web.accounts import views

urlpatterns = [
    path("home/", views.home, name="home"),
    path("login/", views.SignIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("language/", views.language, name="language"),
]

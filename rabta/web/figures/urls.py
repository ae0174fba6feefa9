"""The address of the figures."""

from django.urls import path

from rabta.web.figures import views

urlpatterns = [path("figures/", views.figures, name="figures")]

"""Addresses of the page on the force's accounts."""

from django.urls import path

from rabta.web.channels import costs, held, publishing, views

urlpatterns = [
    path("channels/", views.channels, name="channels"),
    path("channels/costs/", costs.costs, name="channels_costs"),
    path("channels/held/", held.held, name="channels_held"),
    path("channels/held/<slug:public_id>/take/", held.take, name="channels_take"),
    path("channels/posts/", publishing.publications, name="publications"),
    path("channels/posts/<slug:public_id>/decide/", publishing.decide, name="publication_decide"),
    path("channels/posts/<slug:public_id>/picture/", publishing.picture, name="publication_picture"),
    path("lent/<str:word>", publishing.lent, name="lent"),
]

"""Addresses of instructions, of what units do with them, and of their pictures."""

from django.urls import path

from rabta.web.directions import hops, pages, walls

urlpatterns = [
    path("groups/directions/", pages.listed, name="directions"),
    path("groups/directions/new/", pages.new, name="direction_new"),
    path("groups/directions/<slug:public_id>/", pages.one, name="direction"),
    path("groups/directions/<slug:public_id>/end/", pages.end, name="direction_end"),
    path("groups/directions/<slug:public_id>/wall/", walls.wall, name="direction_wall"),
    path("groups/directions/<slug:public_id>/export/", walls.export, name="direction_export"),
    path("groups/hops/<slug:public_id>/", hops.hop, name="hop"),
    path("groups/hops/<slug:public_id>/<slug:act>/", hops.act, name="hop_act"),
    path("groups/proofs/<slug:public_id>/decide/", hops.decide, name="proof_decide"),
    path("groups/photos/<slug:public_id>/", hops.photo, name="group_photo"),
]

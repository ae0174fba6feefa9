"""Addresses of the phone page. `o/` is what orders carry: it gives no rights and says nothing."""

from django.urls import path

from rabta.web.officer import handover, met, share, views

urlpatterns = [
    path("o/<slug:public_id>", views.from_link, name="order_link"),
    path("officer/", views.tasks, name="officer"),
    path("officer/met/", met.met, name="officer_met"),
    path("officer/handover/", handover.posts, name="officer_handover"),
    path("officer/handover/<slug:public_id>/<slug:act>/", handover.act, name="officer_handover_act"),
    path("officer/share/", share.share, name="officer_share"),
    path("officer/shared/", share.shared, name="officer_shared"),
    path("officer/order/<slug:public_id>/", views.order, name="officer_order"),
    path("officer/order/<slug:public_id>/<slug:act>/", views.act, name="officer_act"),
    path("officer/offline/", views.offline, name="officer_offline"),
    path("officer/worker.js", views.service_worker, name="officer_worker"),
    path("officer/manifest.webmanifest", views.manifest, name="officer_manifest"),
]

"""Addresses of the review page."""

from django.urls import path

from rabta.web.supervisor import ordering, views

urlpatterns = [
    path("supervisor/", views.cases, name="supervisor"),
    path("supervisor/case/<slug:public_id>/", views.case, name="supervisor_case"),
    path("supervisor/report/<slug:public_id>/", views.decide, name="supervisor_decide"),
    path("supervisor/order/<slug:public_id>/", views.order_again, name="supervisor_order"),
    path("supervisor/case/<slug:public_id>/order/", ordering.order_several, name="supervisor_orders"),
    path("supervisor/order/<slug:public_id>/<slug:act>/", ordering.act, name="supervisor_order_act"),
]

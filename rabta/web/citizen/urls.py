"""Public addresses: nobody logs in here. What a citizen sees of a case needs the receipt code."""

from django.urls import path

from rabta.web.citizen import status, views, wishing

urlpatterns = [
    path("", views.form, name="citizen_form"),
    path("received/", views.received, name="citizen_received"),
    path("received/reference", views.reference, name="citizen_reference"),
    path("areas.json", views.areas, name="citizen_areas"),
    path("numbers/", views.numbers, name="citizen_numbers"),
    path("status/", status.status, name="citizen_status"),
    path("status/pulse/", status.pulse, name="citizen_pulse"),
    path("status/message/", status.message, name="citizen_message"),
    path("status/wish/", wishing.wish, name="citizen_wish"),
    path("status/leave/", status.leave, name="citizen_leave"),
]

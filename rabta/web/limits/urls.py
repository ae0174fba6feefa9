"""Addresses of limits and reviews."""

from django.urls import path

from rabta.web.limits import case, due, lists, review, settings

urlpatterns = [
    path("review/", review.review, name="review"),
    path("review/begin/", review.begin, name="review_begin"),
    path("review/end/", review.end, name="review_end"),
    path("review/digest/", review.digest, name="review_digest"),
    path("review/held/<slug:public_id>/", review.held, name="review_held"),
    path("review/order/<slug:public_id>/<slug:decision>/", review.decide, name="review_decide"),
    path("review/due/", due.due, name="due"),
    path("review/calls/", lists.calls, name="calls"),
    path("review/calls/<slug:public_id>/", lists.called, name="called"),
    path("setup/limits/", settings.limits, name="setup_limits"),
    path("review/case/<slug:public_id>/", case.case, name="limits_case"),
    path("review/case/<slug:public_id>/<slug:act>/", case.act, name="limits_act"),
    path("review/limit/<slug:public_id>", case.from_link, name="limits_link"),
    path("review/limit/<slug:public_id>/take/", case.take, name="limits_take"),
]

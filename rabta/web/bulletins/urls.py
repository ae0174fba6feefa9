"""Addresses of bulletins and rumours."""

from django.urls import path

from rabta.web.bulletins import bulletins, claims

urlpatterns = [
    path("groups/bulletins/", bulletins.bulletins, name="bulletins"),
    path("groups/bulletins/new/", bulletins.new, name="bulletin_new"),
    path("groups/bulletins/<slug:public_id>/", bulletins.bulletin, name="bulletin"),
    path("groups/bulletins/<slug:public_id>/reach/", bulletins.reach, name="bulletin_reach"),
    path("groups/bulletins/<slug:public_id>/decide/", bulletins.decide, name="bulletin_decide"),
    path("groups/bulletins/<slug:public_id>/look/", bulletins.look, name="bulletin_look"),
    path("groups/bulletins/<slug:public_id>/correct/", bulletins.correct, name="bulletin_correct"),
    path("groups/claims/", claims.claims, name="claims"),
    path("groups/claims/open/", claims.begin, name="claim_open"),
    path("groups/claims/items/<slug:public_id>/", claims.offer, name="claim_offer"),
    path("groups/claims/reports/<slug:public_id>/", claims.settle, name="claim_settle"),
    path("groups/claims/<slug:public_id>/", claims.claim, name="claim"),
    path("groups/claims/<slug:public_id>/ask/", claims.ask, name="claim_ask"),
    path("groups/claims/<slug:public_id>/case/", claims.join_case, name="claim_case"),
    path("groups/claims/<slug:public_id>/close/", claims.close, name="claim_close"),
]

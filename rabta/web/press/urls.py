"""Addresses of official versions: the officers' pages, and those of everybody."""

from django.urls import path

from rabta.web.press import news, public, questions, versions

urlpatterns = [
    path("press/", versions.press, name="press"),
    path("press/write/", versions.write, name="press_write"),
    path("press/questions/", questions.enter, name="press_enter"),
    path("press/questions/<slug:public_id>/decline/", questions.decline, name="press_decline"),
    path("press/<slug:public_id>/", versions.version, name="press_version"),
    path("press/<slug:public_id>/decide/", versions.decide, name="press_decide"),
    path("press/<slug:public_id>/release/", versions.release, name="press_release"),
    path("press/<slug:public_id>/withdraw/", versions.withdraw, name="press_withdraw"),
    path("versions/", public.versions, name="versions"),
    path("versions/check/", public.check, name="versions_check"),
    path("versions/feed.atom", public.feed, name="versions_feed"),
    path("versions/<str:number>/", public.version, name="version"),
    path("news/", news.news, name="news"),
]

"""Addresses of groups: the tree, one group, what is said; and the page on which an exported chat is brought in."""

from django.urls import path

from rabta.web.groups import (
    applicants,
    chat,
    coverage,
    importing,
    joining,
    members,
    registry,
    removed,
    saying,
    seats,
    talk,
)

urlpatterns = [
    path("groups/", registry.groups, name="groups"),
    path("groups/new/", registry.new, name="group_new"),
    path("groups/import/", importing.bring, name="groups_import"),
    path("groups/said/<slug:public_id>/", saying.broadcast, name="broadcast"),
    path("groups/said/<slug:public_id>/stop/", saying.stop, name="broadcast_stop"),
    path("groups/members/<slug:public_id>/", members.member, name="group_member"),
    path("groups/applications/<slug:public_id>/", applicants.application, name="group_application"),
    path("groups/decisions/<slug:public_id>/review/", applicants.review, name="group_review"),
    path("groups/<slug:public_id>/", registry.group, name="group"),
    path("groups/<slug:public_id>/members/", members.page, name="group_members"),
    path("groups/<slug:public_id>/applicants/", applicants.page, name="group_applicants"),
    path("groups/<slug:public_id>/door/", applicants.door, name="group_door"),
    path("groups/<slug:public_id>/code/<slug:word>.svg", applicants.code, name="group_code"),
    path("groups/<slug:public_id>/coverage/", coverage.page, name="group_coverage"),
    path("groups/<slug:public_id>/seats/", seats.page, name="group_seats"),
    path("groups/<slug:public_id>/administrator/", seats.administrator, name="group_administrator"),
    path("groups/<slug:public_id>/edit/", registry.edit, name="group_edit"),
    path("groups/<slug:public_id>/close/", registry.close, name="group_close"),
    path("groups/<slug:public_id>/say/", saying.say, name="group_say"),
    path("groups/<slug:public_id>/chat/", chat.chat, name="group_chat"),
    path("groups/<slug:public_id>/removed/", removed.page, name="group_removed"),
    path("groups/<slug:public_id>/removed/<slug:item_id>/", removed.one, name="group_removed_one"),
    path("groups/<slug:public_id>/talk/", talk.page, name="group_talk"),
    path("groups/<slug:public_id>/talk/<slug:item_id>/", talk.act, name="group_item"),
    path("groups/<slug:public_id>/talk/<slug:item_id>/picture/", talk.picture, name="group_picture"),
    path("join/answer/", joining.answer, name="join_answer"),
    path("join/<slug:word>/", joining.join, name="join"),
    path("join/<slug:word>/code/", joining.code, name="join_code"),
]

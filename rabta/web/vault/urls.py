"""Keys to sealed identities, and their opening. What is opened is seen in the custodian's browser and nowhere else."""

from django.urls import path

from rabta.web.vault import boxes, keyholders, mine, views

urlpatterns = [
    path("key/", mine.key, name="vault_key"),
    path("key/register/", mine.register, name="vault_register"),
    path("key/on-call/", mine.on_call, name="vault_on_call"),
    path("key/try/", mine.demo_key, name="vault_demo_key"),
    path("keyholders/", keyholders.page, name="vault_keyholders"),
    path("keyholders/appoint/", keyholders.appoint, name="vault_appoint"),
    path("keyholders/<slug:public_id>/confirm/", keyholders.confirm, name="vault_confirm"),
    path("keyholders/<slug:public_id>/end/", keyholders.end, name="vault_end"),
    path("openings/", views.openings_of_mine, name="vault"),
    path("openings/ringing/", views.ringing, name="vault_ringing"),
    path("openings/ask/<slug:public_id>/", views.ask, name="vault_ask"),
    path("openings/<slug:public_id>/", views.opening, name="vault_opening"),
    path("openings/<slug:public_id>/refuse/", views.refuse, name="vault_refuse"),
    path("openings/<slug:public_id>/boxes/", boxes.boxes, name="vault_boxes"),
    path("openings/<slug:public_id>/approve/", boxes.approve, name="vault_approve"),
    path("openings/<slug:public_id>/take/", boxes.take, name="vault_take"),
    path("openings/<slug:public_id>/file/<slug:name>/", boxes.file, name="vault_file"),
    path("openings/<slug:public_id>/opened/", boxes.opened, name="vault_opened"),
    path("openings/<slug:public_id>/anew/", boxes.anew, name="vault_anew"),
]

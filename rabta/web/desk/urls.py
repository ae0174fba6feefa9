"""Addresses of the desk."""

from django.urls import path

from rabta.web.desk import accusing, acts, answering, earlier, intake, lookups, many, rota, views, writing

urlpatterns = [
    path("desk/", views.desk, name="desk"),
    path("desk/list/", views.more, name="desk_list"),
    path("desk/rows/", views.rows, name="desk_rows"),
    path("desk/queues/", views.queues, name="desk_queues"),
    path("desk/areas.geojson", lookups.areas, name="desk_areas"),
    path("desk/places/", lookups.places, name="desk_places"),
    path("desk/posts/", lookups.posts, name="desk_posts"),
    path("desk/units/", lookups.units, name="desk_units"),
    path("desk/officers/", accusing.officers, name="desk_officers"),
    path("desk/many/", many.choose, name="desk_many"),
    path("desk/many/result/", many.batch, name="desk_batch"),
    path("desk/shifts/", rota.rota, name="desk_rota"),
    path("desk/shifts/change/", rota.change, name="desk_rota_change"),
    path("desk/shifts/away/", rota.away, name="desk_rota_away"),
    path("desk/handover/", rota.handover, name="desk_handover"),
    path("desk/handover/take/", rota.take_over, name="desk_take_over"),
    path("desk/import/", earlier.bring, name="desk_bring"),
    path("desk/import/complaints.csv", earlier.empty, name="desk_earlier_table"),
    path("desk/answers/", answering.prepared, name="desk_answers"),
    path("desk/intake/", intake.intake, name="desk_intake"),
    path("desk/intake/quarantined/<int:pk>/settle/", intake.settle, name="desk_settle"),
    path("desk/intake/deliveries/<uuid:token>/retry/", intake.retry, name="desk_retry"),
    path("desk/message/<slug:public_id>/open/", acts.split, name="desk_split"),
    path("desk/case/<slug:public_id>/", views.case, name="desk_case"),
    path("desk/case/<slug:public_id>/fresh/", views.fresh, name="desk_fresh"),
    path("desk/case/<slug:public_id>/draft/", writing.draft, name="desk_draft"),
    path("desk/case/<slug:public_id>/here/", writing.here, name="desk_here"),
    path("desk/case/<slug:public_id>/earlier/", views.earlier, name="desk_earlier"),
    path("desk/case/<slug:public_id>/<slug:act>/", acts.act, name="desk_act"),
]

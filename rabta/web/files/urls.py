"""One address for every file; what it names is found through the message or order it belongs to."""

from django.urls import path

from rabta.web.files import views

urlpatterns = [path("file/<slug:public_id>", views.file, name="file")]

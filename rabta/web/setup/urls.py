"""Addresses of setting up a force: the first start, the next steps, tables, accounts, links to sign in."""

from django.urls import path

from rabta.web.setup import (
    accounts,
    commanders,
    forces,
    links,
    personnel,
    receivers,
    steps,
    tables,
    templates,
    testing,
    transfers,
    views,
    waiting,
)

urlpatterns = [
    path("setup/", steps.steps, name="setup"),
    path("setup/tables/", tables.tables, name="setup_tables"),
    path("setup/tables/<slug:name>.csv", tables.empty, name="setup_empty_table"),
    path("setup/accounts/", accounts.accounts, name="setup_accounts"),
    path("setup/accounts/add/<slug:channel>/", accounts.add, name="setup_add_account"),
    path("setup/accounts/<slug:public_id>/", accounts.account, name="setup_account"),
    path("setup/accounts/<slug:public_id>/remove/", accounts.remove, name="setup_remove_account"),
    path("setup/accounts/<slug:public_id>/pause/", accounts.pause, name="setup_pause_account"),
    path("setup/accounts/<slug:public_id>/test/", testing.test, name="setup_test_account"),
    path("setup/credentials/<int:pk>/", accounts.change, name="setup_credential"),
    path("setup/templates/", templates.templates, name="setup_templates"),
    path("setup/templates/<int:pk>/refresh/", templates.refresh, name="setup_refresh_templates"),
    path("setup/templates/<int:pk>/submit/", templates.submit, name="setup_submit_template"),
    path("setup/personnel/", personnel.page, name="setup_personnel"),
    path("setup/personnel/empty.csv", personnel.empty, name="setup_empty_personnel"),
    path("setup/links/", links.links, name="setup_links"),
    path("setup/forces/", forces.forces, name="setup_forces"),
    path("setup/transfers/", transfers.transfer, name="setup_transfers"),
    path("setup/commanders/", commanders.commanders, name="setup_commanders"),
    path("setup/commanders/<slug:public_id>/end/", commanders.end, name="setup_end_commander"),
    path("setup/accusations/", receivers.receivers, name="setup_receivers"),
    path("setup/waiting/", waiting.waiting, name="setup_waiting"),
    path("setup/waiting/<slug:public_id>/", waiting.decide, name="setup_decide"),
    path("setup/<str:token>/", views.first_administrator, name="first_administrator"),
]
